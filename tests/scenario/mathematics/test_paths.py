"""Values between the years a scenario states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.paths import compound, levels_of_rates, path_values

POINTS = {2025: 75.0, 2020: 82.0}
VALUES = st.floats(min_value=-1e6, max_value=1e6)
PATHS = st.dictionaries(st.integers(2000, 2060), VALUES, min_size=1, max_size=6)


def test_between_points_a_path_is_straight() -> None:
    found = path_values(POINTS, [2025, 2021, 2020])
    assert found.values == pytest.approx([75.0, 80.6, 82.0])
    assert not found.from_base.any()
    assert not found.held.any()


def test_before_the_first_point_stands_the_base_and_after_the_last_its_value() -> None:
    found = path_values(POINTS, range(2018, 2028), base=90.0)
    assert found.values[:3].tolist() == [90.0, 90.0, 82.0]
    assert found.values[-3:].tolist() == [75.0, 75.0, 75.0]
    assert found.from_base.tolist() == [True, True] + [False] * 8
    assert found.held.tolist() == [False] * 8 + [True, True]


def test_a_step_holds_the_earlier_point() -> None:
    assert path_values(POINTS, [2020, 2024, 2025, 2026], "step").values.tolist() == [82.0, 82.0, 75.0, 75.0]
    assert path_values(POINTS, [2019, 2020], "step", base=1.0).values.tolist() == [1.0, 82.0]


def test_a_constant_holds_everywhere() -> None:
    found = path_values({2025: 35.0}, [2019, 2025, 2040], "constant")
    assert found.values.tolist() == [35.0] * 3
    assert not (found.from_base | found.held).any()


def test_a_logistic_path_is_straight_in_the_logarithm_of_the_odds() -> None:
    found = path_values({2020: 10.0, 2030: 90.0, 2032: 95.0}, range(2020, 2034), "logistic", cap=100.0).values
    odds = np.log(found / (100 - found))
    assert np.diff(odds[:11]) == pytest.approx([odds[1] - odds[0]] * 10)
    assert [found[0], found[10], found[12], found[13]] == [10.0, 90.0, 95.0, 95.0]
    # the time from 10 to 90 percent is 4.394 / b
    assert 4.394 / (odds[1] - odds[0]) == pytest.approx(10, rel=2e-4)


@given(points=PATHS, shape=st.sampled_from(["linear", "step"]))
def test_a_path_goes_through_its_points_and_never_beyond_them(points: dict[int, float], shape: str) -> None:
    years = range(min(points), 2070)
    found = path_values(points, years, shape)  # type: ignore[arg-type]
    at = dict(zip(found.years, found.values.tolist(), strict=True))
    assert {year: at[year] for year in points} == points
    assert min(points.values()) <= found.values.min()
    assert found.values.max() <= max(points.values())


@given(points=PATHS)
def test_one_year_alone_is_that_year_of_many(points: dict[int, float]) -> None:
    many = path_values(points, range(1995, 2066), base=1.0)
    for number, year in enumerate(many.years):
        assert path_values(points, [year], base=1.0).values[0] == many.values[number]


@pytest.mark.parametrize(
    ("points", "shape", "options", "codes"),
    [
        ({}, "linear", {}, ["path_without_points"]),
        ({2025: math.nan}, "linear", {"base": 1.0}, ["path_value_not_finite"]),
        ({2025: 1.0}, "linear", {}, ["path_needs_base"]),
        ({2020: 1.0, 2025: 1.0}, "constant", {}, ["path_constant_with_points"]),
        ({2020: 0.5}, "logistic", {}, ["path_needs_cap"]),
        ({2020: 0.0, 2025: 1.0}, "logistic", {"cap": 1.0}, ["path_outside_cap"] * 2),
        ({2021: math.inf, 2025: 1.0}, "logistic", {"cap": 2.0}, ["path_value_not_finite", "path_needs_base", "path_outside_cap"]),
    ],
)  # fmt: skip
def test_what_is_no_path_is_refused_with_all_its_problems(
    points: dict[int, float], shape: str, options: dict[str, float], codes: list[str]
) -> None:
    with pytest.raises(ScenarioError) as caught:
        path_values(points, [2020], shape, **options)  # type: ignore[arg-type]
    assert [one.code for one in caught.value.problems] == codes


def test_an_unknown_shape_is_said() -> None:
    with pytest.raises(ValueError, match="curved"):
        path_values({2020: 1.0}, [2020], "curved")  # type: ignore[arg-type]


# ---------------------------------------------------------------- growth


def test_a_rate_applies_up_to_its_milestone() -> None:
    found = compound(100.0, 2020, {2025: 0.01, 2027: -0.5}, [2020, 2023, 2025, 2026, 2027, 2028])
    assert found.values == pytest.approx([100, 1.01**3 * 100, 1.01**5 * 100, 52.550502, 26.275251, 13.137625])
    assert found.held.tolist() == [False] * 5 + [True]


@given(rates=st.lists(st.floats(min_value=-0.5, max_value=0.5), min_size=1, max_size=20))
def test_yearly_milestones_are_yearly_rates(rates: list[float]) -> None:
    years = range(2021, 2021 + len(rates))
    found = compound(7.0, 2020, dict(zip(years, rates, strict=True)), years)
    assert found.values == pytest.approx(levels_of_rates(7.0, rates), rel=1e-12)


def test_levels_of_many_draws_at_once() -> None:
    levels = levels_of_rates(2.0, [[0.5, 0.0], [-0.5, 1.0]])
    assert levels.tolist() == [[3.0, 3.0], [1.0, 2.0]]


@pytest.mark.parametrize(
    ("rates", "years", "codes"),
    [
        ({}, [2020], ["path_without_points"]),
        ({2020: 0.1}, [2019, 2021], ["path_before_base_year"] * 2),
        ({2021: -1.0, 2022: math.nan}, [2021], ["rate_has_no_level"] * 2),
    ],
)
def test_growth_that_leads_nowhere_is_refused(rates: dict[int, float], years: list[int], codes: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        compound(1.0, 2020, rates, years)
    assert [one.code for one in caught.value.problems] == codes
