from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from emissions.activity import annotate, read_activity
from emissions.errors import Problem, UnreadableWorkbook

from .support import GOOD, HEADINGS, refused

Writer = Callable[..., Path]


def test_every_problem_stands_at_its_cell(book: Writer, tmp_path: Path) -> None:
    path = book(
        {"能源": [HEADINGS, (*GOOD[:5], "1,5", "kx", "甲厂")]},
        change=lambda workbook: workbook["能源"].__setitem__("J1", "=1+1"),
    )
    problems = refused(path)
    annotate(path, problems, tmp_path / "out.xlsx")
    copy = openpyxl.load_workbook(tmp_path / "out.xlsx")
    sheet = copy["能源"]
    assert sheet["F2"].comment.text == "[错误] 数值“1,5”有两种读法（小数或千分位）；请写成 1.5 或 1500 的形式"
    assert sheet["G2"].comment.text.startswith("[错误] 未知单位“kx”")
    assert sheet["F2"].fill.start_color.rgb == "FFF4B6B6"
    assert sheet["J1"].value == "=1+1"
    assert [sheet.cell(2, column).value for column in (1, 8)] == ["内蒙古", "甲厂"]
    listed = copy["问题清单"]
    assert [listed.cell(2, column).value for column in (1, 2, 3)] == ["错误", "能源", "F2"]
    assert listed["C2"].hyperlink.location == "'能源'!F2"
    assert copy.active.title == "问题清单"


def test_the_copy_can_be_corrected_and_read(book: Writer, tmp_path: Path) -> None:
    path, out = book({"能源": [HEADINGS, (*GOOD[:6], "kx", "甲厂")]}), tmp_path / "out.xlsx"
    annotate(path, refused(path), out, language="en")
    copy = openpyxl.load_workbook(out)
    copy["能源"]["G2"] = "万吨"
    copy.save(out)
    table = read_activity(out)
    assert table.rows["quantity"].tolist() == [125_000.0]
    annotate(out, table.notes, out, language="en")
    assert openpyxl.load_workbook(out).sheetnames == ["Problems", "能源"]


def test_text_files_become_a_workbook_of_values(text_file: Writer, tmp_path: Path) -> None:
    path = text_file([HEADINGS, (*GOOD[:6], "kx", "=1+1")])
    annotate(path, refused(path), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Sheet1"]
    assert (sheet["H2"].value, sheet["H2"].data_type) == ("=1+1", "s")
    assert sheet["G2"].comment is not None


def test_problems_of_merged_cells_rows_and_whole_files(book: Writer, tmp_path: Path) -> None:
    path = book({"a": [HEADINGS, GOOD, GOOD]}, change=lambda workbook: workbook["a"].merge_cells("A2:A3"))
    problems = [
        Problem("unknown_region", file="a.xlsx", sheet="a", cell="A3", found="=x"),
        Problem("missing_column", file="a.xlsx", sheet="a", row=1),
        Problem("no_data_rows", file="a.xlsx"),
        Problem("unknown_unit", file="b.xlsx", sheet="a", cell="B2"),
    ]
    annotate(path, problems, tmp_path / "out.xlsx", language="en")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["a"]
    assert sheet["A2"].comment is not None
    assert sheet["A1"].comment is not None
    assert sheet["B2"].comment is None
    listed = openpyxl.load_workbook(tmp_path / "out.xlsx")["Problems"]
    assert listed.max_row == 4


def test_a_file_that_cannot_be_opened_gives_no_copy(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("x")
    with pytest.raises(UnreadableWorkbook):
        annotate(tmp_path / "a.xlsx", [], tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
