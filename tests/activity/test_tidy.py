from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.activity import layouts, read_activity
from emissions.activity.header import find_header, read_heading
from emissions.activity.workbook import Sheet
from emissions.errors import ActivityErrors
from emissions.vocabulary import describe

from .support import GOOD, HEADINGS, codes, refused

Writer = Callable[..., Path]


@pytest.mark.parametrize(
    ("text", "column", "unit"),
    [
        ("数量", "quantity", ""),
        ("Quantity", "quantity", ""),
        ("数量 / Quantity", "quantity", ""),
        ("数量\nQuantity", "quantity", ""),
        ("数量 Quantity", "quantity", ""),
        ("消费量（万吨）", "quantity", "万吨"),
        ("活动水平(10^4 t)", "quantity", "10^4 t"),
        ("share (%)", "share", "%"),
        ("ＱＵＡＮＴＩＴＹ", "quantity", ""),
        ("平均速度 (km/h)", "speed_km_h", "km/h"),
        ("排放标准", "stage", ""),
        ("电话", "", ""),
    ],
)
def test_headings_in_either_language(text: str, column: str, unit: str) -> None:
    heading = read_heading(text, "")
    assert (heading.column, heading.unit) == (column, unit)


@given(st.permutations(range(len(HEADINGS))))
def test_the_order_of_columns_does_not_matter(order: list[int]) -> None:
    sheet = Sheet("a", "a", [["说明"], [HEADINGS[place] for place in order], [GOOD[place] for place in order]])
    header = find_header(sheet, "")
    assert header is not None
    assert [header.columns[name] for name in ("region", "quantity")] == [order.index(0), order.index(5)]


def test_two_rows_of_headings_are_one(book: Writer) -> None:
    english = ("region", "year", "branch", "activity", "use", "quantity", "unit", "facility")
    table = read_activity(book({"a": [HEADINGS, english, GOOD]}))
    assert table.rows[["region", "year", "category", "activity", "quantity"]].iloc[0].tolist() == [
        "150000",
        2020,
        "IPCC2006:1A2d",
        "raw_coal",
        125_000.0,
    ]


def test_region_and_year_above_the_headings(book: Writer) -> None:
    rows = [["2020年能源消费"], ["地区 / Region", "呼和浩特", "年份：2020年"], [], HEADINGS[2:], GOOD[2:]]
    table = read_activity(book({"a": rows}))
    assert table.rows[["region", "year"]].iloc[0].tolist() == ["150100", 2020]


def test_region_and_year_from_the_caller(book: Writer) -> None:
    path = book({"a": [HEADINGS[2:], GOOD[2:]]})
    assert sorted(codes(refused(path))) == ["region_missing", "year_missing"]
    table = read_activity(path, region="内蒙古", year=2020)
    assert table.rows[["region", "year"]].iloc[0].tolist() == ["150000", 2020]
    (problem,) = refused(path, region="蒙古高原", year=2020)
    assert problem.code == "unknown_region"


def test_the_cell_of_every_row_is_its_quantity(book: Writer) -> None:
    table = read_activity(book({"数据": [["标题"], HEADINGS, GOOD, (*GOOD[:-1], "乙厂")]}))
    assert table.rows["cell"].tolist() == ["F3", "F4"]
    assert table.rows["activity_id"].tolist() == ["a.xlsx 数据!F3", "a.xlsx 数据!F4"]


def test_own_ids_are_kept_and_must_differ(text_file: Writer) -> None:
    rows = [(*HEADINGS, "编号"), (*GOOD, "x1"), (*GOOD[:-1], "乙厂", "x2")]
    assert read_activity(text_file(rows)).rows["activity_id"].tolist() == ["x1", "x2"]
    assert codes(refused(text_file([*rows[:2], (*GOOD[:-1], "乙厂", "x1")]))) == ["id_twice"]


def test_merged_words_are_filled_down_and_merged_quantities_refused(book: Writer) -> None:
    def merge(workbook: object) -> None:
        workbook["a"].merge_cells("D2:D3")  # type: ignore[index]

    rows = [HEADINGS, GOOD, (*GOOD[:3], None, *GOOD[4:7], "乙厂")]
    table = read_activity(book({"a": rows}, change=merge))
    assert table.rows["activity"].tolist() == ["raw_coal", "raw_coal"]
    assert [note.facts["range"] for note in table.notes] == ["D2:D3"]

    def merge_quantity(workbook: object) -> None:
        workbook["a"].merge_cells("F2:F3")  # type: ignore[index]

    (problem,) = refused(book({"a": [HEADINGS, GOOD, (*GOOD[:5], None, *GOOD[6:7], "乙厂")]}, change=merge_quantity))
    assert (problem.code, problem.cell) == ("merged_quantity", "F2")


def test_a_merged_heading_over_two_columns_of_data(book: Writer) -> None:
    def merge(workbook: object) -> None:
        workbook["a"].merge_cells("F1:G1")  # type: ignore[index]

    problems = refused(book({"a": [HEADINGS, GOOD]}, change=merge))
    assert ("merged_heading", "F1") in [(problem.code, problem.cell) for problem in problems]
    assert "column G has no heading of its own" in describe(problems[0], "en")


def test_columns_that_are_missing_double_or_unknown(book: Writer) -> None:
    (problem,) = refused(book({"a": [[*HEADINGS[:5], "数两", *HEADINGS[6:]], GOOD]}))[:1]
    assert (problem.code, problem.found, problem.facts["column"]) == ("missing_column", "数两", "quantity")
    assert describe(problem, "zh") == "a.xlsx a!1: 缺少“数量”列（quantity）；未识别的表头：数两"
    (problem,) = refused(book({"a": [(*HEADINGS, "消费量"), (*GOOD, 3)]}))
    assert (problem.code, problem.cell, problem.facts["first"]) == ("column_twice", "I1", "F1")
    table = read_activity(book({"a": [(*HEADINGS, "电话"), (*GOOD, "123")]}))
    assert [(note.code, note.cell) for note in table.notes] == [("column_not_read", "I1")]


def test_nothing_to_read(book: Writer, text_file: Writer) -> None:
    assert codes(refused(book({"a": [HEADINGS]}))) == ["no_data_rows"]
    assert codes(refused(book({"a": []}))) == ["no_sheet_recognised"]
    problems = refused(book({"a": [["hello", "world"], [1, 2]]}))
    assert [problem.code for problem in problems] == ["sheet_not_recognised", "no_sheet_recognised"]
    assert codes(refused(text_file([HEADINGS]))) == ["no_data_rows"]


def test_a_sheet_that_is_no_table_is_said_and_the_rest_read(book: Writer) -> None:
    table = read_activity(book({"a": [HEADINGS, GOOD], "计算": [["x"], [1]]}))
    assert [(note.code, note.sheet, note.level) for note in table.notes] == [
        ("sheet_not_recognised", "计算", "warning")
    ]


def test_sums_examples_and_rows_without_quantity_are_excluded_with_the_reason(text_file: Writer) -> None:
    rows = [
        ("标记", *HEADINGS),
        ("", *GOOD),
        ("例 / example", *GOOD),
        ("", "内蒙古", 2020, "合 计", "", "", 12.5, "万吨", ""),
        ("", *GOOD[:5], "—", "万吨", "丙厂"),
        ("", *[""] * 8),
    ]
    table = read_activity(text_file(rows))
    assert table.excluded["reason"].tolist() == ["example_row", "subtotal", "no_quantity"]
    assert table.excluded["cell"].tolist() == ["G3", "G4", "G5"]
    assert table.rows_read == 4


def test_rows_read_are_used_refused_or_excluded(text_file: Writer) -> None:
    rows = [HEADINGS, GOOD, (*GOOD[:5], "", "万吨", "丙厂"), (*GOOD[:5], 3, "万吨", "丁厂")]
    table = read_activity(text_file(rows))
    assert table.rows_read == len(table.rows) + len(table.excluded) == 3


def test_text_that_begins_like_a_formula_stays_text(text_file: Writer) -> None:
    names = ["=cmd|'/c calc'!A0", "+1", "-厂", "@厂"]
    table = read_activity(text_file([HEADINGS, *((*GOOD[:-1], name) for name in names)]))
    assert table.rows["facility"].tolist() == names


def test_a_layout_may_be_named(book: Writer) -> None:
    path = book({"a": [HEADINGS, GOOD]})
    assert len(read_activity(path, layout="tidy").rows) == 1
    with pytest.raises(ActivityErrors, match="unknown_layout"):
        read_activity(path, layout="nonsense")
    assert codes(refused(book({"a": [["x", "y"], [1, 2]]}), layout="tidy")) == ["no_headings"]


def test_a_sheet_named_like_one_of_the_template_may_be_something_else(book: Writer) -> None:
    table = read_activity(book({"工业": [HEADINGS, GOOD]}))
    assert table.rows["use"].tolist() == ["combustion"]
    balance = [
        ["Energy_inventory", "Raw_Coal", "Coke", "Gasoline", "Diesel_Oil", "LPG"],
        ["unit", *["10^4 ton"] * 5],
        *(
            [label, 1, 2, 3, 4, 5]
            for label in ("Textile Industry", "Food Production", "Metal Products", "Urban", "Rural")
        ),
    ]
    table = read_activity(book({"能源": balance}), region="内蒙古", year=2019)
    assert len(table.rows) == 25
    problem = refused(book({"能源": [["x", "y"], [1, 2]]}))[0]
    assert problem.code == "no_headings"


def test_layouts_are_listed() -> None:
    names = [name for name, _, _ in layouts()]
    assert {"tidy", "template_energy", "ceads_energy_inventory", "regional_energy_balance"} <= set(names)
    assert len(names) == len(set(names))
