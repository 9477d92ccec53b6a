"""Small awkward files, made where they are needed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from .support import GOOD, HEADINGS

Rows = Sequence[Sequence[object]]


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook of sheets; ``change`` may alter it before it is saved."""

    def write(sheets: Mapping[str, Rows], name: str = "a.xlsx", change: Callable[[Any], None] | None = None) -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.worksheets[0])
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        if change is not None:
            change(workbook)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def text_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a comma-separated file."""

    def write(rows: Rows, name: str = "a.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream).writerows(rows)
        return path

    return write


@pytest.fixture
def one(text_file: Callable[..., Path]) -> Callable[..., Path]:
    """Write a file with one good row in which some cells are replaced."""

    def write(**cells: object) -> Path:
        names = dict(
            zip(("region", "year", "branch", "activity", "use", "quantity", "unit", "facility"), GOOD, strict=True)
        )
        return text_file([HEADINGS, tuple({**names, **cells}.values())])

    return write
