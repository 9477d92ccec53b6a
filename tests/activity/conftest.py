"""Small awkward files, made where they are needed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from emissions.activity import read_activity
from emissions.errors import Problem, ProblemsError

Rows = Sequence[Sequence[object]]
HEADINGS = ("地区", "年份", "行业", "能源品种", "用途", "数量", "单位", "企业名称")
GOOD = ("内蒙古", 2020, "造纸和纸制品业", "原煤", "燃烧", 12.5, "万吨", "甲厂")


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
        names = dict(zip(("region", "year", "branch", "activity", "use", "quantity", "unit", "facility"), GOOD, strict=True))
        return text_file([HEADINGS, tuple({**names, **cells}.values())])

    return write


def refused(*paths: Path, **options: Any) -> list[Problem]:
    """Return the problems with which a reading is refused."""
    with pytest.raises(ProblemsError) as caught:
        read_activity(*paths, **options)
    return list(caught.value.problems)


def codes(problems: Sequence[Problem], level: str = "error") -> list[str]:
    """Return the codes of the problems of one level."""
    return [problem.code for problem in problems if problem.level == level]
