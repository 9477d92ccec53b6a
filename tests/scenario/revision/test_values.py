"""Paths over the years of a scenario: points, growth, phases of measures, and draws on top."""

from __future__ import annotations

import numpy as np
import pytest

from emissions.errors import ScenarioError
from emissions.scenario.model import Path
from emissions.scenario.revision.values import Values
from scenario.support import measure, story, values_of

RATE = Path(unit="percent/year", points={2021: 10.0, 2023: 20.0})


def test_a_path_is_linear_between_points_in_the_unit_asked_for() -> None:
    values = values_of(2020, 2022, 2025, 2030)
    found = values.path("levers.coal_share", Path(unit="percent", points={2020: 80, 2025: 70}), "1")
    assert found.tolist() == pytest.approx([0.80, 0.76, 0.70, 0.70])
    (note,) = values.notes.values()
    assert (note.code, note.found, note.facts["year"]) == ("path_held", "levers.coal_share", "2025")


def test_before_its_first_point_a_path_has_the_value_of_that_point_and_says_so() -> None:
    values = values_of(2020, 2021, 2022)
    found = values.path("x", Path(unit="GW", points={2021: 4, 2022: 6}), "GW")
    assert found.tolist() == [4.0, 4.0, 6.0]
    (note,) = values.notes.values()
    assert (note.code, note.facts["year"]) == ("path_before_first_point", "2021")


def test_a_path_of_one_point_is_held_without_a_note() -> None:
    values = values_of(2020, 2025)
    assert values.path("x", Path(unit="GW", points={2020: 4}), "GW").tolist() == [4.0, 4.0]
    assert values.notes == {}


def test_a_path_drawn_as_a_shift_moves_in_its_own_unit_and_not_in_the_base_year() -> None:
    share = Path(unit="percent", points={2020: 80, 2025: 70})
    values = Values(story(), (2020, 2025), shifts={"a": np.array([[-2.0], [0.0], [5.0]])})
    assert values.path("a", share, "1").round(12).tolist() == [[0.8, 0.68], [0.8, 0.7], [0.8, 0.75]]
    assert values.path("b", share, "1").shape == (2,)


def test_a_path_drawn_as_a_factor_is_multiplied_after_the_base_year() -> None:
    values = Values(story(), (2020, 2025), factors={"a": np.array([[0.5], [2.0]])})
    assert values.path("a", Path(unit="GW", points={2020: 10, 2025: 20}), "MW").tolist() == [[10e3, 10e3], [10e3, 40e3]]


def test_growth_compounds_every_year_also_those_not_shown() -> None:
    """10 %, 15 % (on the line), 20 %, then 20 % held."""
    found = values_of(2020, 2021, 2022, 2023, 2024).growth("g", RATE)
    assert found.tolist() == pytest.approx([1, 1.1, 1.1 * 1.15, 1.1 * 1.15 * 1.2, 1.1 * 1.15 * 1.2 * 1.2])
    alone = values_of(2020, 2024).growth("g", RATE)
    assert alone.tolist() == [1.0, found[-1]]


def test_growth_of_the_base_year_alone_is_one() -> None:
    assert values_of(2020).growth("g", RATE).tolist() == [1.0]


def test_growth_under_draws_shifts_the_rate() -> None:
    values = Values(story(), (2020, 2021, 2022), shifts={"g": np.array([[0.0], [10.0]])})
    found = values.growth("g", Path(unit="percent/year", points={2021: 10, 2022: 10}))
    assert found == pytest.approx(np.array([[1, 1.1, 1.21], [1, 1.2, 1.44]]))


@pytest.mark.parametrize(
    ("shape", "phases"),
    [
        ("linear", [0.0, 0.25, 0.5, 0.75, 1.0, 1.0]),
        ("step", [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]),
    ],
)
def test_the_year_before_the_start_is_the_last_without_effect(shape: str, phases: list[float]) -> None:
    values = values_of(2020, 2021, 2022, 2023, 2024, 2025)
    found = values.phase(measure("m", "efficiency", shape=shape, start=2021, full=2024))
    assert found.tolist() == pytest.approx(phases)


def test_a_measure_full_in_its_first_year_is_a_step() -> None:
    values = values_of(2020, 2021, 2022, 2023)
    assert values.phase(measure("m", "efficiency", start=2022, full=2022)).tolist() == [0, 0, 1, 1]


def test_a_logistic_phase_runs_from_nought_to_one_through_a_half() -> None:
    values = values_of(2020, 2021, 2022, 2023, 2024, 2025, 2026)
    found = values.phase(measure("m", "efficiency", shape="logistic", start=2021, full=2024))
    assert found.tolist()[0] == pytest.approx(0.0, abs=1e-12)
    assert found.tolist()[4:] == pytest.approx([1.0, 1.0, 1.0])
    assert found[2] == pytest.approx(0.5)
    # slower than a straight line at both ends
    assert 0 < found[1] < 0.25
    assert 0.75 < found[3] < 1


def test_the_level_of_a_measure_runs_from_its_base_and_a_draw_comes_in_with_it() -> None:
    """Half way in 2022: half of what is drawn; from 2023 on all of it."""
    scrap = measure("m", "scrap_stock", start=2022, full=2023)
    years = (2020, 2021, 2022, 2023, 2024)
    assert values_of(*years).level(scrap, 100.0, 20.0).tolist() == [100, 100, 60, 20, 20]
    drawn = Values(story(), years, shifts={"measures.m": np.array([[0.0], [10.0]])})
    assert drawn.level(scrap, 100.0, 20.0).tolist() == [[100, 100, 60, 20, 20], [100, 100, 65, 30, 30]]
    scaled = Values(story(), years, factors={"measures.m": np.array([[0.5]])})
    assert scaled.level(scrap, 100.0, 20.0).tolist() == [[100, 100, 55, 10, 10]]


def test_a_step_is_drawn_from_the_year_of_the_step_on() -> None:
    scrap = measure("m", "scrap_stock", start=2021, full=2023, shape="step")
    drawn = Values(story(), (2020, 2021, 2022, 2023), shifts={"measures.m": np.array([[10.0]])})
    assert drawn.level(scrap, 100.0, 20.0).tolist() == [[100, 100, 100, 30]]


def test_what_leaves_its_bounds_is_refused_with_every_year() -> None:
    with pytest.raises(ScenarioError) as caught:
        values_of(2020, 2021, 2022).within("shares_over_one", np.array([90.0, 101.0, 103.0]), "%", high=100.0, what="x")
    assert [(one.code, one.found, one.facts["year"], one.facts["what"]) for one in caught.value.problems] == [
        ("shares_over_one", "101 %", "2021", "x"),
        ("shares_over_one", "103 %", "2022", "x"),
    ]


def test_a_draw_that_leaves_its_bounds_is_set_apart_and_stays_so() -> None:
    values = Values(story(), (2020, 2021), shifts={"a": np.zeros((3, 1))})
    values.within("x", np.array([[0.0, 1.0], [0.0, -1.0], [0.0, 1.0]]), "GW")
    values.within("x", np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]]), "GW")
    assert values.impossible.tolist() == [False, True, False]
