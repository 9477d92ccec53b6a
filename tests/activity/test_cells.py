from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.activity.cells import column_letters, is_blank, read_quantity, read_share, read_year, text_of
from emissions.activity.container import column_number


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,234.5", 1234.5, ""),
        ("1,234", 1234.0, ""),
        ("１２３", 123.0, ""),
        ("１，２３４．５", 1234.5, ""),
        ("12.3 万吨", 12.3, "万吨"),
        ("12.3万吨", 12.3, "万吨"),
        ("1 234 567", 1234567.0, ""),
        ("+3", 3.0, ""),
        ("−3", -3.0, ""),
        ("1e3", 1000.0, ""),
        ("1.5E-2 t", 0.015, "t"),
        (".5", 0.5, ""),
        ("5.", 5.0, ""),
        ("85%", 85.0, "%"),
        (" 7 ", 7.0, ""),
    ],
)
def test_text_with_one_reading_is_read_and_said(text: str, value: float, unit: str) -> None:
    reading = read_quantity(text)
    assert (reading.value, reading.unit, reading.problem) == (value, unit, "")
    assert reading.said == "number_as_text"


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("1,5", "number_ambiguous"),
        ("12,34", "number_ambiguous"),
        ("1.234,5", "not_a_number"),
        ("1,23,456", "number_ambiguous"),
        ("约12", "not_a_number"),
        ("<5", "not_a_number"),
        ("1-2", "not_a_number"),
        ("10~20", "not_a_number"),
        ("1/2", "not_a_number"),
        ("N/A", "not_a_number"),
        ("#N/A", "error_value"),
        ("#REF!", "error_value"),
        ("NaN", "not_finite"),
        ("-inf", "not_finite"),
        ("1e999", "not_finite"),
        (math.nan, "not_finite"),
        (math.inf, "not_finite"),
        (True, "truth_value_as_quantity"),
        (dt.date(2020, 1, 2), "date_as_quantity"),
        (dt.timedelta(1), "date_as_quantity"),
        ("…", "not_a_number"),
    ],
)
def test_what_has_two_readings_or_none_is_refused(cell: object, problem: str) -> None:
    assert read_quantity(cell).problem == problem


@pytest.mark.parametrize("cell", ["", "  ", None, "-", "—", "——", "－", " – "])
def test_nothing_and_dashes_are_no_row(cell: object) -> None:
    assert is_blank(cell)
    assert read_quantity(cell).blank


@pytest.mark.parametrize("key", ["NE", "no", "NA", "ie", "C", "Ｃ"])
def test_notation_keys_are_values(key: str) -> None:
    assert read_quantity(key).notation in {"NE", "NO", "NA", "IE", "C"}


def test_zero_is_a_quantity() -> None:
    assert read_quantity(0).value == 0
    assert not read_quantity(0).blank
    assert not is_blank("0")
    assert not is_blank("一")


def test_decimal_comma_is_read_where_the_caller_says_so() -> None:
    assert read_quantity("1,5", decimal_comma="decimal").value == 1.5
    assert read_quantity("1,5", decimal_comma="thousands").value == 15


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_text(number: float) -> None:
    assert read_quantity(repr(number), from_text_file=True).value == number


@given(st.integers(min_value=0, max_value=10**15))
def test_grouped_digits_are_the_number(number: int) -> None:
    assert read_quantity(f"{number:,}").value == number


@given(st.text(max_size=12))
def test_any_text_is_read_refused_or_blank(text: str) -> None:
    reading = read_quantity(text)
    states = [bool(reading.problem), bool(reading.notation), reading.blank, math.isfinite(reading.value)]
    assert states.count(True) == 1


@pytest.mark.parametrize(
    ("cell", "percent", "value", "problem", "said"),
    [
        (0.85, False, 0.85, "", ""),
        ("85 %", False, 0.85, "", ""),
        ("85%", True, 0.85, "", ""),
        (85, True, 0.85, "", ""),
        (85, False, None, "percent_or_fraction", ""),
        (1, True, 0.01, "", "small_percent"),
        (1, False, 1.0, "", ""),
        (0, True, 0.0, "", ""),
        ("85 t", False, None, "not_a_number", ""),
    ],
)
def test_percent_and_fraction(cell: object, percent: bool, value: float | None, problem: str, said: str) -> None:
    reading = read_share(cell, percent_column=percent)
    assert (reading.problem, reading.said) == (problem, said)
    if value is not None:
        assert reading.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        (2020, 2020),
        (2020.0, 2020),
        ("2020年", 2020),
        ("２０２０年度", 2020),
        ("20", None),
        ("2020-21", None),
        (dt.date(2020, 1, 1), None),
        (2020.5, None),
    ],
)
def test_years(cell: object, year: int | None) -> None:
    assert read_year(cell) == year


def test_texts() -> None:
    assert [text_of(cell) for cell in (150100.0, 0.5, "  a ", None, math.nan, 3)] == ["150100", "0.5", "a", "", "", "3"]


@given(st.integers(min_value=1, max_value=16_384))
def test_column_letters_and_numbers_are_inverse(number: int) -> None:
    assert column_number(column_letters(number)) == number
