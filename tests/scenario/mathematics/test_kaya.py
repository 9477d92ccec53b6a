"""Kaya factors and Tapio states."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.decomposition import lmdi_chained
from emissions.scenario.mathematics.kaya import kaya, tapio
from emissions.vocabulary import message

POSITIVE = st.floats(min_value=1e-3, max_value=1e6)


@given(st.lists(st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE), min_size=1, max_size=5))
def test_the_product_of_the_factors_is_the_last_level(rows: list[tuple[float, ...]]) -> None:
    levels = pd.DataFrame(rows, columns=["P", "G", "E", "C"])
    factors = kaya(levels)
    assert list(factors.columns) == ["P", "G/P", "E/G", "C/E"]
    assert factors.prod(axis=1).to_numpy() == pytest.approx(levels["C"].to_numpy(), rel=1e-12)


def test_a_fuel_that_appears_counts_for_its_share() -> None:
    """Two fuels, the second one new in 2021: the whole of its emissions is put down to its share of energy."""
    levels = pd.DataFrame(
        {"energy": [10.0, 10.0, 10.0, 10.0], "fuel": [10.0, 0.0, 6.0, 4.0], "CO2": [20.0, 0.0, 12.0, 4.0]},
        index=pd.MultiIndex.from_product([[2020, 2021], ["coal", "gas"]]),
    )
    found = lmdi_chained(kaya(levels).to_numpy().reshape(2, 2, 3), [2020, 2021])
    assert found.steps[0] == pytest.approx([0.0, -8.0 + 4.0, 0.0], abs=1e-12)
    assert found.shared == ()


def test_levels_that_have_no_ratio_are_refused_all_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        kaya(pd.DataFrame({"P": [0.0, math.nan], "G": [1.0, 2.0]}, index=[2020, 2021]))
    assert [(one.code, one.found, one.facts["row"]) for one in caught.value.problems] == [
        ("level_not_finite", "P", "2021"),
        ("level_is_zero", "P", "2020"),
    ]


@pytest.mark.parametrize(
    ("emission", "growth", "state"),
    [
        (-1.0, 5.0, "strong_decoupling"),
        (0.0, 5.0, "weak_decoupling"),
        (2.0, 5.0, "weak_decoupling"),
        (4.0, 5.0, "expansive_coupling"),
        (6.0, 5.0, "expansive_coupling"),
        (6.1, 5.0, "expansive_negative_decoupling"),
        (1.0, -5.0, "strong_negative_decoupling"),
        (-2.0, -5.0, "weak_negative_decoupling"),
        (-5.0, -5.0, "recessive_coupling"),
        (-7.0, -5.0, "recessive_decoupling"),
    ],
)
def test_the_eight_states(emission: float, growth: float, state: str) -> None:
    found = tapio(emission, 100.0, growth, 100.0, flat=0.01)
    assert found.state == state
    assert found.elasticity == pytest.approx(emission / growth)
    assert message(f"state.{state}", "zh") != f"state.{state}"


@pytest.mark.parametrize("growth", [0.0, 0.2, -0.2])
def test_near_zero_growth_there_is_no_state(growth: float) -> None:
    """Inner Mongolia 2020: 0.2 % growth with 7.1 % more energy would be an elasticity of 35."""
    found = tapio(7.1, 100.0, growth, 100.0, flat=0.005)
    assert found.state == "undefined"
    assert np.isnan(found.elasticity)
    if growth:
        assert tapio(7.1, 100.0, abs(growth), 100.0, flat=0.001).elasticity == pytest.approx(35.5)


def test_a_first_year_of_zero_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        tapio(1.0, 0.0, 1.0, -1.0, flat=0.005)
    assert [one.code for one in caught.value.problems] == ["first_level_not_positive"] * 2
