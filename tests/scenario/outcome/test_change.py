"""What drove a change of CO2: the parts close, the boundary is one, wrong years are told together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.engine import Run
from emissions.errors import ScenarioError
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.change import between_scenarios, between_years
from emissions.scenario.projection import INDICATOR_COLUMNS, Projection
from scenario.support import story

YEARS = range(2020, 2026)
GDP = [1.0, 1.06, 1.1, 1.18, 1.24, 1.3]
ENERGY = [100.0, 104.0, 106.0, 110.0, 112.0, 113.0]
NONFOSSIL = [10.0, 12.0, 14.0, 17.0, 20.0, 23.0]
CO2 = [250.0, 255.0, 254.0, 256.0, 252.0, 245.0]
TERRITORY = [400.0, 410.0, 415.0, 420.0, 425.0, 430.0]


def projection(scenario: Scenario | None = None, scale: float = 1.0, **levels: list[float] | None) -> Projection:
    known: dict[str, tuple[list[float] | None, str]] = {
        "gdp_index": (GDP, ""),
        "energy_consumption_total": (ENERGY, "energy_balance"),
        "nonfossil_consumption": (NONFOSSIL, "energy_balance"),
        "co2": (TERRITORY, "territorial"),
        "co2_energy_balance": (CO2, "energy_balance"),
    }
    known |= {name: (values, known[name][1]) for name, values in levels.items()}
    rows = [
        (name, year, value * (scale if name.startswith("co2") else 1.0), "", where)
        for name, (values, where) in known.items()
        if values is not None
        for year, value in zip(YEARS, values, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS))
    nothing: Any = pd.DataFrame()
    run: Run = None  # type: ignore[assignment]
    return Projection(scenario or story(), run, table, nothing, nothing, nothing, ())


def test_the_effects_close_and_the_energy_is_of_the_boundary_of_the_co2() -> None:
    found = between_years(projection(), 2020, 2025)
    assert found.boundary == "energy_balance"
    assert found.additive.factors == ("gdp", "energy/gdp", "fossil_energy/energy", "co2/fossil_energy")
    assert found.additive.effects.sum() == pytest.approx(-5.0)
    assert found.additive.residual == pytest.approx(0.0, abs=1e-9)
    assert found.multiplicative.effects.prod() == pytest.approx(245 / 250)
    assert found.multiplicative.residual == pytest.approx(1.0)
    # the effect of GDP by hand: L(245, 250) ln(1.3 / 1)
    assert found.additive.effects[0] == pytest.approx((245 - 250) / np.log(245 / 250) * np.log(1.3))
    assert found.chained is not None
    assert found.chained.years == tuple(YEARS)
    assert found.chained.cumulative[-1].prod() == pytest.approx(245 / 250)


def test_without_a_power_balance_the_co2_is_that_of_the_territory() -> None:
    found = between_years(projection(co2_energy_balance=None), 2020, 2025)
    assert found.boundary == "territorial"
    assert (found.additive.before, found.additive.after) == pytest.approx((400.0, 430.0))


def test_without_an_envelope_there_is_gdp_and_carbon() -> None:
    bare = projection(energy_consumption_total=None, nonfossil_consumption=None, co2_energy_balance=None)
    assert between_years(bare, 2020, 2025).additive.factors == ("gdp", "co2/gdp")


@pytest.mark.parametrize(
    ("driver", "ratio"),
    [
        ({"unit": "percent/year", "points": {2021: 1, 2025: 1}}, 1.01**5),
        ({"unit": "person", "points": {2020: 200, 2025: 220}}, 1.1),
    ],
)
def test_a_driver_of_population_is_the_first_factor(driver: dict[str, Any], ratio: float) -> None:
    own = story(drivers={"population": driver})
    found = between_years(projection(own), 2020, 2025)
    assert found.additive.factors[:2] == ("population", "gdp/population")
    assert found.levels["population"].tolist() == pytest.approx([1.0, ratio])
    assert found.additive.effects.sum() == pytest.approx(-5.0)


def test_backwards_is_the_opposite() -> None:
    there, back = between_years(projection(), 2020, 2025), between_years(projection(), 2025, 2020)
    assert back.additive.effects == pytest.approx(-there.additive.effects)
    assert back.chained is not None
    assert there.chained is not None
    assert back.chained.cumulative[-1] == pytest.approx(1 / there.chained.cumulative[-1])


def test_tapio_state_of_the_whole_span() -> None:
    found = between_years(projection(), 2020, 2025).decoupling
    assert found is not None
    assert found.state == "strong_decoupling"
    assert found.elasticity == pytest.approx((-5 / 250) / 0.3)


def test_two_scenarios_in_one_year() -> None:
    found = between_scenarios(projection(), projection(scale=0.9), 2025)
    assert found.additive.effects == pytest.approx([0.0, 0.0, 0.0, -24.5])
    assert found.chained is None
    assert found.decoupling is None


def test_two_scenarios_are_compared_in_a_boundary_that_both_have() -> None:
    found = between_scenarios(projection(), projection(co2_energy_balance=None), 2025)
    assert found.boundary == "territorial"
    assert found.additive.effects == pytest.approx([0.0] * 4)


def test_wrong_years_are_told_together() -> None:
    with pytest.raises(ScenarioError) as error:
        between_years(projection(), 2019, 2031)
    assert [one.code for one in error.value.problems] == ["year_outside_horizon"] * 2
    with pytest.raises(ScenarioError, match="years_are_the_same"):
        between_years(projection(), 2021, 2021)


def test_other_base_years_are_not_compared() -> None:
    other = story(base={"year": 2021, "boundary": "territorial"})
    with pytest.raises(ScenarioError, match="base_years_differ"):
        between_scenarios(projection(), projection(other), 2025)
