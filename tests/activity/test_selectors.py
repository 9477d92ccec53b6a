from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emissions.activity import read_activity
from emissions.vocabulary import describe

from .support import GOOD, HEADINGS, codes, refused

Writer = Callable[..., Path]
MEASURED = ("参数", "数值", "单位", "活动", "设施")
STRATA = ("控制措施", "占比（%）", "运行率（%）", "类别", "活动")


def _with(book: Writer, name: str, *rows: tuple[object, ...]) -> Path:
    return book({"能源": [HEADINGS, GOOD], name: rows})


@pytest.mark.parametrize(
    ("row", "parameter", "value", "unit"),
    [
        (("低位发热量", 19500, "kJ/kg", "原煤", ""), "net_calorific_value", 0.0195, "TJ/(t)"),
        (("低位发热量", 35.5, "MJ/m3", "天然气", ""), "net_calorific_value", 3.55e-5, "TJ/(m^3)"),
        (("收到基硫分", 0.6, "%", "原煤", ""), "sulphur_content", 0.006, "1"),
        (("收到基硫分", "0.6%", "", "原煤", ""), "sulphur_content", 0.006, "1"),
        (("收到基硫分", 0.006, "", "原煤", "甲厂"), "sulphur_content", 0.006, "1"),
        (("碳氧化率", 98, "%", "", ""), "oxidation_factor", 0.98, "1"),
    ],
)
def test_measured_parameters_come_in_the_unit_of_the_parameter(
    book: Writer,
    row: tuple[object, ...],
    parameter: str,
    value: float,
    unit: str,
) -> None:
    found = read_activity(_with(book, "实测参数", MEASURED, row)).measured.iloc[0]
    assert (found["parameter"], found["unit"], found["cell"]) == (parameter, unit, "B2")
    assert found["value"] == pytest.approx(value)
    assert found["measured_id"] == "a.xlsx 实测参数!B2"
    assert (found["value_as_printed"], found["unit_as_printed"]) == (str(row[1]), row[2])


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("低位热", 1, "kJ/kg", "", ""), "unknown_parameter"),
        (("收到基硫分", 6, "", "", ""), "percent_or_fraction"),
        (("收到基硫分", 60, "%", "", ""), "outside_range"),
        (("低位发热量", 4500, "大卡/千克", "", ""), "unit_ambiguous"),
        (("低位发热量", 4500, "t", "", ""), "unit_not_of_parameter"),
        (("低位发热量", "NE", "kJ/kg", "", ""), "not_a_number"),
        (("低位发热量", 1, "kJ/kg", "天燃气", ""), "unknown_activity"),
        (("", 1, "kJ/kg", "", ""), "parameter_missing"),
        (("低位发热量", 1, "", "", ""), "unit_missing"),
    ],
)
def test_slips_of_measured_parameters(book: Writer, row: tuple[object, ...], code: str) -> None:
    assert codes(refused(_with(book, "实测参数", MEASURED, row))) == [code]


def test_one_selection_is_measured_once(book: Writer) -> None:
    row = ("收到基硫分", 0.6, "%", "原煤", "")
    (problem,) = refused(_with(book, "实测参数", MEASURED, row, row))
    assert (problem.code, problem.cell, problem.facts["other"]) == ("selection_twice", "B3", "B2")


def test_strata_sum_to_one(book: Writer) -> None:
    rows = (
        STRATA,
        ("袋式除尘+SCR脱硝", 85, 98, "1A1a", "原煤"),
        ("无", 15, "", "1A1a", "原煤"),
        ("无", 100, "", "1A4b", ""),
    )
    strata = read_activity(_with(book, "控制分层", *rows)).strata
    assert strata["share"].tolist() == pytest.approx([0.85, 0.15, 1.0])
    assert strata["control"].tolist() == ["fabric_filter+scr", "none", "none"]
    assert strata["operating_rate"].iloc[0] == pytest.approx(0.98)


def test_strata_that_do_not_sum(book: Writer) -> None:
    rows = (STRATA, ("袋式除尘", 85, "", "1A1a", "原煤"), ("无", 16, "", "1A1a", "原煤"))
    (problem,) = refused(_with(book, "控制分层", *rows))
    assert problem.code == "shares_do_not_sum"
    assert problem.facts["cells"] == "控制分层!B2, 控制分层!B3"
    assert (
        "the shares in 控制分层!B2, 控制分层!B3 sum to 1.01 and must sum to 1 (100 %); they are for: 1A1a Main Activity "
        "Electricity and Heat Production, raw coal. Correct them; "
    ) in describe(problem, "en")
    assert "之和为 1.01，应为 1（100 %）（适用对象：1A1a " in describe(problem, "zh")


def test_strata_for_everything_are_said_to_be(book: Writer) -> None:
    (problem,) = refused(_with(book, "控制分层", STRATA, ("无", 90, "", "", "")))
    assert "are for: everything." in describe(problem, "en")
    assert "适用对象：全部" in describe(problem, "zh")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("袋式除尘", 185, "", "", ""), "share_outside"),
        (("", 100, "", "", ""), "control_missing"),
        (("风车", 100, "", "", ""), "unknown_control"),
        (("无", "全部", "", "", ""), "not_a_number"),
    ],
)
def test_slips_of_strata(book: Writer, row: tuple[object, ...], code: str) -> None:
    assert codes(refused(_with(book, "控制分层", STRATA, row))) == [code]


def test_a_small_percent_is_said(book: Writer) -> None:
    rows = (STRATA, ("袋式除尘", 1, "", "", ""), ("无", 99, "", "", ""))
    assert "small_percent" in [note.code for note in read_activity(_with(book, "控制分层", *rows)).notes]


def test_a_fraction_column_wants_fractions(book: Writer) -> None:
    rows = (("控制措施", "占比"), ("袋式除尘", 0.85), ("无", "15%"))
    assert read_activity(_with(book, "控制分层", *rows)).strata["share"].tolist() == pytest.approx([0.85, 0.15])
    assert codes(refused(_with(book, "控制分层", rows[0], ("袋式除尘", 85), ("无", 0.15)))) == ["percent_or_fraction"]
