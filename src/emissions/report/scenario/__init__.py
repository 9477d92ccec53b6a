"""What a scenario gives, for people: terminal, charts, workbook, CSV, IAMC table, JSON."""
