"""Numbers and years as people read them."""

from __future__ import annotations

import math

import pytest

from emissions.report.scenario.shown import Shown, change, quantity, short_years


@pytest.mark.parametrize(
    ("unit", "language", "text"),
    [
        ("Mt", "zh", "72,526 万吨"),
        ("Mt", "en", "725.3 Mt"),
        ("percent", "zh", "725.3 %"),
        ("GW", "zh", "72,526 万千瓦"),
        ("TWh", "zh", "7,253 亿千瓦时"),
        ("furlong", "zh", "725.3 furlong"),
    ],
)
def test_a_quantity_stands_in_the_unit_of_the_plans(unit: str, language: str, text: str) -> None:
    assert quantity(725.26, unit, language) == text  # type: ignore[arg-type]


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    assert Shown(1.0, "", 0).text(-0.2, signed=True) == "+0"
    assert Shown(1.0, "", 0).text(math.inf) == "–"


def test_short_tables_keep_base_and_last_year() -> None:
    assert short_years(range(2021, 2038), 2021) == [2021, 2025, 2030, 2035, 2037]
    assert len(short_years(range(2020, 2101), 2020)) <= 8


def test_a_change_needs_a_base() -> None:
    assert change(90.0, 100.0) == "-10.0 %"
    assert change(math.nan, 100.0) == "–"
