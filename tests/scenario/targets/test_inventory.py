"""An inventory as indicators."""

from __future__ import annotations

import pytest

from emissions.engine import calculate
from emissions.factors import load_factors
from emissions.inventory import totals
from emissions.scenario.projection import INDICATOR_COLUMNS
from emissions.scenario.targets.inventory import inventory_indicators
from reference.workbench import activity_table


def test_emissions_of_every_year_and_nothing_else() -> None:
    coal = {"activity": "lignite", "category": "IPCC2006:1A1ai", "quantity": 1e6}
    run = calculate(activity_table(coal | {"year": 2020}, coal | {"year": 2025, "quantity": 2e6}), load_factors())
    table = inventory_indicators(run)
    assert tuple(table.columns) == INDICATOR_COLUMNS
    assert set(table["boundary"]) == {"territorial"}
    known = table.set_index(["indicator", "year"])["value"]
    assert known["co2", 2025] == pytest.approx(2 * known["co2", 2020])
    assert known["emission:CO2", 2020] == pytest.approx(1e6 * known["co2", 2020])
    assert known["ghg", 2020] > known["co2", 2020]
    assert len(known) == len(totals(run, ("year", "substance"))) + 4
