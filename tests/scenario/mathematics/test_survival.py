"""Survival curves and ownership."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.survival import (
    checked_survival,
    gompertz_ownership,
    mean_life,
    survival_at,
    weibull_scale,
    weibull_survival,
)


@given(life=st.floats(min_value=1.0, max_value=40.0), shape=st.floats(min_value=0.5, max_value=12.0))
def test_survival_starts_at_one_and_never_rises(life: float, shape: float) -> None:
    shares = weibull_survival(np.arange(60), life, shape)
    assert shares[0] == 1
    assert (np.diff(shares) <= 0).all()
    assert shares.min() >= 0
    assert checked_survival(shares) is not None


def test_the_weibull_form_by_hand() -> None:
    """T = 10, b = 2: exp(-(12/10)^2) over exp(-(2/10)^2)."""
    assert weibull_survival(10, 10.0, 2.0) == pytest.approx(math.exp(-1.44) / math.exp(-0.04))


@given(life=st.floats(min_value=0.5, max_value=60.0), shape=st.floats(min_value=0.5, max_value=12.0))
def test_the_scale_gives_the_mean_life_that_is_stated(life: float, shape: float) -> None:
    scale = weibull_scale(life, shape)
    assert mean_life(scale, shape) == pytest.approx(life, rel=1e-9)
    by_steps, error = quad(lambda age: float(weibull_survival(age, scale, shape)), 0, np.inf, limit=500)
    assert by_steps == pytest.approx(life, rel=1e-5, abs=10 * error)


def test_a_life_that_no_curve_has_is_refused() -> None:
    with pytest.raises(ScenarioError, match="survival_parameter"):
        weibull_scale(1e-6, 4.0)
    with pytest.raises(ScenarioError, match="survival_parameter"):
        weibull_scale(0.0, 4.0)


@pytest.mark.parametrize(("life", "shape"), [(0.0, 2.0), (10.0, -1.0), (math.nan, math.inf)])
def test_parameters_of_no_curve_are_refused(life: float, shape: float) -> None:
    with pytest.raises(ScenarioError, match="survival_parameter"):
        weibull_survival(1, life, shape)


def test_beyond_the_table_the_last_yearly_rate_goes_on() -> None:
    assert survival_at([1.0, 0.8, 0.4], [[0, 1], [2, 4]]).tolist() == [[1.0, 0.8], [0.4, 0.1]]
    assert survival_at([1.0, 0.5, 0.0], [2, 3, 9]).tolist() == [0.0, 0.0, 0.0]
    assert survival_at([1.0, 0.0, 0.0], [5]).tolist() == [0.0]
    assert survival_at([1.0, 1.0], [50]).tolist() == [1.0]


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ([0.9, 0.5], ["survival_starts_elsewhere"]),
        ([1.0, 0.5, 0.6, 0.7], ["survival_rises", "survival_rises"]),
        ([1.2, -0.1], ["survival_outside_range", "survival_starts_elsewhere"]),
        ([1.0, math.nan], ["survival_outside_range"]),
    ],
)
def test_a_table_that_is_no_survival_is_refused(table: list[float], codes: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        survival_at(table, [1])
    assert [one.code for one in caught.value.problems] == codes


def test_a_table_of_one_age_is_wrong_use() -> None:
    with pytest.raises(ValueError, match="ages 0, 1"):
        survival_at([1.0], [0])


@given(st.lists(st.floats(min_value=0, max_value=500), min_size=2, max_size=20).map(sorted))
def test_ownership_rises_towards_its_saturation(incomes: list[float]) -> None:
    owned = gompertz_ownership(incomes, 400.0, -5.0, -0.05)
    assert (np.diff(owned) >= 0).all()
    assert owned.max() <= 400


def test_ownership_by_hand_and_its_refusals() -> None:
    assert gompertz_ownership(0.0, 400.0, -5.0, -0.05) == pytest.approx(400 * math.exp(-5))
    assert gompertz_ownership(20.0, 400.0, -5.0, -0.05) == pytest.approx(400 * math.exp(-5 * math.exp(-1)))
    with pytest.raises(ScenarioError) as caught:
        gompertz_ownership(1.0, 0.0, 5.0, 0.1)
    assert [one.facts["name"] for one in caught.value.problems] == ["g", "a", "b"]
