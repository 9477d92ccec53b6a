"""Cost of abatement: annuities, single and sequential values, measures that save."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.abate import annual_cost, annuity, cost_curve

ALONE = {"a": 10.0, "b": 4.0, "c": 8.0, "d": 2.0, "e": 0.0, "f": 1.0}
COSTS = {"a": 100.0, "b": 20.0, "c": -16.0, "d": -40.0, "e": 5.0, "f": -10.0}


def together(measures: tuple[str, ...]) -> float:
    """Each further measure abates half of what it abates alone."""
    return sum(ALONE[name] * (1.0 if place == 0 else 0.5) for place, name in enumerate(measures))


@given(rate=st.floats(min_value=1e-9, max_value=0.5), years=st.integers(1, 50))
def test_an_annuity_pays_back_the_investment(rate: float, years: int) -> None:
    paid = sum(annuity(rate, years) / (1 + rate) ** year for year in range(1, years + 1))
    assert paid == pytest.approx(1, rel=1e-6)


def test_an_annuity_without_interest_is_its_limit() -> None:
    assert annuity(0.0, 25) == 0.04
    assert annuity(1e-12, 25) == pytest.approx(0.04)
    assert annuity(0.08, 15) == pytest.approx(0.08 * 1.08**15 / (1.08**15 - 1))


def test_a_yearly_cost_may_be_a_saving() -> None:
    assert annual_cost(1000.0, 0.05, 20, 10.0, -200.0) == pytest.approx(80.2425872 - 190)


def test_the_curve_counts_each_tonne_once() -> None:
    """By hand: saving c, d, f first as given (8, 1, 0.5), then b (2) and a (5); alone b costs 5 a tonne and a 10."""
    found = cost_curve(COSTS, together)
    assert found.saving.index.tolist() == ["c", "d", "f"]
    assert found.ranked.index.tolist() == ["b", "a"]
    assert found.ranked["cost_single"].tolist() == [5.0, 10.0]
    assert found.ranked["abated"].tolist() == [2.0, 5.0]
    assert found.ranked["cost"].tolist() == [10.0, 20.0]
    assert found.ranked["cumulative"].tolist() == [11.5, 16.5]
    assert found.ranked["cumulative"].iloc[-1] == together(("c", "d", "f", "b", "a"))
    assert found.without_effect == ("e",)


def test_measures_that_save_have_no_rank_but_may_be_dominated() -> None:
    """c abates more and d saves more than the other; f does less of both than d."""
    saving = cost_curve(COSTS, together).saving
    assert "cumulative" not in saving.columns
    assert saving["dominated"].tolist() == [False, False, True]
    assert saving["abated_single"].tolist() == [8.0, 2.0, 1.0]


def test_a_measure_that_adds_nothing_to_the_others_has_no_sequential_cost() -> None:
    found = cost_curve({"a": 1.0, "b": 2.0}, lambda measures: 5.0 if measures else 0.0)
    assert found.ranked["abated"].tolist() == [5.0, 0.0]
    assert math.isnan(found.ranked["cost"].iloc[1])
    assert found.ranked["cost_single"].iloc[1] == pytest.approx(0.4)


def test_no_measures_have_an_empty_curve() -> None:
    found = cost_curve({}, lambda _: 0.0)
    assert found.ranked.empty
    assert found.saving.empty


def test_numbers_that_cannot_be_are_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        cost_curve({"a": math.nan, "b": 1.0}, lambda measures: math.inf if measures == ("b",) else 1.0)
    assert [one.found for one in caught.value.problems] == ["a", "b"]
    with pytest.raises(ScenarioError, match="cost_not_finite: b"):
        cost_curve({"a": 1.0, "b": 1.0}, lambda measures: 1.0 if len(measures) == 1 else math.inf)
    with pytest.raises(ScenarioError) as caught:
        annuity(-1.0, 0)
    assert [one.code for one in caught.value.problems] == ["interest_not_usable", "lifetime_not_usable"]
