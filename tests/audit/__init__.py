"""An auditor who trusts nothing but the workbook and the printed factor tables, and faults put into the engine."""
