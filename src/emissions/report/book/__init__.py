"""The workbook of a result: tables an officer reads, and the calculation as live cell formulas."""

from emissions.report.book.workbook import write_workbook

__all__ = ["write_workbook"]
