from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emissions.activity import read_activity

from .support import codes, refused

Writer = Callable[..., Path]
HEADINGS = ("地区", "年份", "车型", "燃料", "排放标准", "保有量（万辆）", "年均行驶里程（km）", "平均速度（km/h）")
ROW = ("内蒙古", 2020, "小型客车", "汽油", "国五", 1.2, 12000, 30)


def test_stock_and_mileage_give_two_rows_of_one_cell(text_file: Writer) -> None:
    rows = read_activity(text_file([HEADINGS, ROW])).rows.set_index("use")
    assert rows["activity"].unique().tolist() == ["small_passenger_car_gasoline"]
    assert rows.loc["stock", ["quantity", "dimension", "unit", "unit_as_printed"]].tolist() == [
        12000.0,
        "count",
        "unit",
        "万辆",
    ]
    assert rows.loc["distance", ["quantity", "dimension", "unit"]].tolist() == [1.44e8, "distance", "km"]
    assert rows.loc["distance", "quantity_as_printed"] == "1.2 万辆 × 12000 km"
    assert rows.loc["distance", "unit_as_printed"] == ""
    assert rows["cell"].tolist() == ["F2", "F2"]
    assert rows["stage"].tolist() == ["V", "V"]
    assert rows["speed_km_h"].tolist() == [30.0, 30.0]
    assert rows["activity_id"].tolist() == ["a.csv F2", "a.csv F2 distance"]


def test_one_cell_counts_once(text_file: Writer) -> None:
    table = read_activity(text_file([HEADINGS, ROW]))
    assert (table.rows_read, len(table.rows)) == (1, 2)


@pytest.mark.parametrize(
    ("mileage", "heading", "driven"),
    [
        ("1.2 万公里", "年均行驶里程", 1.44e8),
        (12000, "年均行驶里程（km/a）", 1.44e8),
        ("1.2", "年均行驶里程（万公里）", 1.44e8),
    ],
)
def test_units_of_the_mileage(text_file: Writer, mileage: object, heading: str, driven: float) -> None:
    rows = read_activity(text_file([(*HEADINGS[:6], heading), (*ROW[:6], mileage)])).rows
    assert rows.loc[rows["use"] == "distance", "quantity"].tolist() == pytest.approx([driven])


def test_without_a_mileage_only_the_stock_is_read_and_that_is_said(text_file: Writer) -> None:
    table = read_activity(text_file([HEADINGS, (*ROW[:6], "", 30)]))
    assert table.rows["use"].tolist() == ["stock"]
    assert [(note.code, note.level) for note in table.notes] == [("mileage_missing", "warning")]


def test_a_notation_key_of_the_stock_holds_for_both(text_file: Writer) -> None:
    rows = read_activity(text_file([HEADINGS, (*ROW[:5], "NE", 12000, 30)])).rows
    assert rows["notation"].tolist() == ["NE", "NE"]
    assert rows["dimension"].tolist() == ["count", "distance"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ((*ROW[:6], -1, 30), "negative_quantity"),
        ((*ROW[:6], "很多", 30), "not_a_number"),
        ((*ROW[:6], "3 吨", 30), "wrong_dimension"),
        ((*ROW[:6], "3 kx", 30), "unknown_unit"),
        ((*ROW[:2], "火箭", *ROW[3:]), "unknown_activity"),
        ((*ROW[:4], "国九", *ROW[5:]), "unknown_condition"),
        ((*ROW[:2], "小型客车", "", *ROW[4:]), "activity_is_group"),
    ],
)
def test_slips(text_file: Writer, cells: tuple[object, ...], code: str) -> None:
    assert code in codes(refused(text_file([HEADINGS, cells])))


def test_a_unit_of_the_mileage_is_needed(text_file: Writer) -> None:
    assert codes(refused(text_file([(*HEADINGS[:6], "年均行驶里程"), ROW[:7]]))) == ["unit_missing"]


def test_a_speed_in_another_unit(text_file: Writer) -> None:
    (problem,) = refused(text_file([(*HEADINGS[:7], "平均速度（m）"), ROW]))
    assert (problem.code, problem.found, problem.allowed) == ("condition_in_other_unit", "m", "km/h")
