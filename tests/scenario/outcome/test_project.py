"""From a scenario to its inventories: the empty one is the inventory bit for bit, and the shipped ones add up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.activity import read_activity
from emissions.engine import calculate
from emissions.errors import ScenarioError
from emissions.factors import FactorLibrary
from emissions.inventory import co2_equivalent, totals
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.projection import BRIDGE_COLUMNS, INDICATOR_COLUMNS, MOVE_COLUMNS, Projection
from emissions.scenario.revision.revise import revise
from reference.workbench import activity_table
from scenario.support import HOUSEHOLD_COAL, OIL, POWER_COAL, deed, emissions, path, story

SHIPPED = ("nm-s1-current", "nm-s2-plan", "nm-s3-deep", "or-s1-plan", "or-s2-observed", "mz-s1-plan", "hm-s1-plan")
WITH_ENVELOPE = SHIPPED[:5]
POWER = {
    "demand": path("TWh", y2020=75, y2025=90),
    "export": path("TWh", y2020=25),
    "losses": path("percent", y2020=0),
    "supply_coal_rate": path("gce/kWh", y2020=250),
    "coal_capacity": path("GW", y2020=20, y2025=22),
    "technologies": {
        "wind": {"capacity": {2020: 5, 2025: 8}, "hours": {2020: 1000}, "renewable": True, "new_energy": True},
        "nuclear": {"capacity": {2020: 1}, "hours": {2020: 0}, "renewable": False, "new_energy": False},
    },
}
WITH_A_FLEET = "mz-s1-plan"


@pytest.fixture(scope="module")
def small(factors: FactorLibrary) -> Start:
    return start(activity_table(POWER_COAL, HOUSEHOLD_COAL, OIL), factors, 2020)


def of_year(result: Projection, year: int) -> pd.Series:
    found: pd.Series = emissions(result.run)[str(year)]
    return found


# ---------------------------------------------------------------- the empty scenario


@pytest.mark.parametrize("controls", [(), ("scenarios/neimenggu/controls-2020.csv",)], ids=["plain", "controls"])
def test_the_empty_scenario_is_the_inventory_bit_for_bit(
    root: Path, factors: FactorLibrary, controls: tuple[str, ...]
) -> None:
    """Every category and substance, of the base year and of the years after it: no factor depends on the year here."""
    activity = read_activity(root / "examples" / "2020.xlsx", *(root / name for name in controls))
    by = ("category", "substance")
    plain = totals(calculate(activity, factors), by)
    base = start(activity, factors, 2020)
    scenario = story(region="150000", horizon={"from": 2020, "to": 2023})
    for years in ((2020,), (2020, 2021, 2022, 2023)):
        result = project(scenario, base, years=years)
        found = totals(result.run, (*by, "year"))
        for year in years:
            here = found[found["year"] == year].drop(columns="year").reset_index(drop=True)
            pd.testing.assert_frame_equal(here[list(plain)], plain, check_exact=True, check_categorical=False)
        assert result.moves.empty
        assert result.notes == ()


def test_the_base_year_of_a_shipped_scenario_is_its_inventory_bit_for_bit(
    projected: Callable[[str], Projection], base_of: Callable[[Scenario], Start]
) -> None:
    for name in SHIPPED:
        result = projected(name)
        plain = emissions(base_of(result.scenario).run, ("category", "substance"))
        found = emissions(result.run, ("year", "category", "substance"))[str(result.scenario.base.year)]
        assert found.to_dict() == plain.to_dict(), name


def test_activity_of_several_years_starts_at_the_base_year(factors: FactorLibrary) -> None:
    both = activity_table(POWER_COAL, POWER_COAL | {"year": 2019, "quantity": 1.0})
    alone = start(activity_table(POWER_COAL), factors, 2020)
    assert emissions(start(both, factors, 2020).run).to_dict() == emissions(alone.run).to_dict()
    with pytest.raises(ScenarioError):
        start(both, factors, 2018)


# ---------------------------------------------------------------- drivers and emissions


def test_scaling_a_driver_scales_the_emissions_of_its_rows(small: Start) -> None:
    def found(factor: float) -> pd.Series:
        driver = path("Mt", y2020=1, y2021=1.5 * factor) | {"drives": [{"activities": "coal"}]}
        result = project(story(drivers={"output": driver}), small, years=(2021,))
        return emissions(result.run, ("category", "year", "substance"))

    one, two = found(1.0), found(2.5)
    start_ = emissions(small.run, ("category", "substance"))
    for category in ("IPCC2006:1A1ai", "IPCC2006:1A4b"):
        assert two[category, "2021"].to_dict() == pytest.approx((2.5 * one[category, "2021"]).to_dict(), rel=1e-12)
        assert one[category, "2021"].to_dict() == pytest.approx((1.5 * start_[category]).to_dict(), rel=1e-12)
    assert two["IPCC2006:1A3b", "2021"].to_dict() == start_["IPCC2006:1A3b"].to_dict()


def test_a_measure_lowers_what_it_acts_on_and_may_be_left_out(small: Start) -> None:
    saving = deed("save", "efficiency", {"categories": "1A4b"}, amount=-40, amount_is="change", full=2021)
    scenario = story(measures=[saving])
    start_ = emissions(small.run, ("category", "substance"))["IPCC2006:1A4b"]
    found = emissions(project(scenario, small, years=(2021,)).run, ("category", "year", "substance"))
    assert found["IPCC2006:1A4b", "2021"].to_dict() == pytest.approx((0.6 * start_).to_dict(), rel=1e-12)
    none = project(scenario, small, years=(2021,), measures=())
    assert of_year(none, 2021).to_dict() == emissions(small.run, ("substance",)).to_dict()


@pytest.mark.parametrize("name", SHIPPED)
def test_one_year_alone_is_that_year_of_the_batch(
    name: str, projected: Callable[[str], Projection], base_of: Callable[[Scenario], Start]
) -> None:
    batch = projected(name)
    years = batch.scenario.years
    for year in (years[len(years) // 2], years[-1]):
        alone = project(batch.scenario, base_of(batch.scenario), years=(year,))
        assert of_year(alone, year).to_dict() == of_year(batch, year).to_dict()
        indicators = alone.indicators[alone.indicators["year"] == year].reset_index(drop=True)
        same = batch.indicators[batch.indicators["year"] == year].reset_index(drop=True)
        pd.testing.assert_frame_equal(indicators, same, check_exact=True)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("name", WITH_ENVELOPE)
def test_the_bridge_adds_up_in_every_year_and_ends_at_what_is_burnt(
    name: str, projected: Callable[[str], Projection], base_of: Callable[[Scenario], Start]
) -> None:
    """Energy balance + named terms + rest = territorial = the counted energy of the revised activity data."""
    result = projected(name)
    wide = result.bridge.pivot_table(index=["fuel", "year"], columns="term", values="value")
    assert tuple(result.bridge.columns) == BRIDGE_COLUMNS
    terms = [term for term in wide if term != "territorial"]
    assert wide[terms].fillna(0.0).sum(axis=1).to_numpy() == pytest.approx(wide["territorial"].to_numpy(), rel=1e-12)
    energy = energy_by_carrier(base_of(result.scenario), result.scenario)
    assert energy["coal"] == pytest.approx(wide.loc["coal", "territorial"].to_numpy(), rel=1e-9)
    assert energy["oil"] + energy["gas"] == pytest.approx(wide.loc["oil_gas", "territorial"].to_numpy(), rel=1e-9)


def energy_by_carrier(base: Start, scenario: Scenario) -> dict[str, np.ndarray]:
    """Return Mtce of each carrier by year; a row that came in has the energy of one of its activity and use."""
    sheet = revise(base.activity, base.known, scenario, base.vocabulary).sheet
    own = len(base.activity.rows)
    names = list(zip(*(sheet.rows[column].astype(str) for column in ("activity", "dimension", "use")), strict=True))
    known = {names[row]: row for row in range(own)[::-1] if np.isfinite(base.known.heat[row])}
    found = {carrier: np.zeros(len(scenario.years)) for carrier in ("coal", "oil", "gas", "")}
    for row, name in enumerate(names):
        like = row if row < own else known.get(name)
        if like is not None and base.known.counted[like] and np.isfinite(base.known.heat[like]):
            found[base.known.of_row[like]] += sheet.quantity[:, row] * base.known.heat[like]
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_the_moves_of_a_year_are_the_difference_to_the_base_year(
    name: str, projected: Callable[[str], Projection], base_of: Callable[[Scenario], Start]
) -> None:
    result = projected(name)
    assert tuple(result.moves.columns) == MOVE_COLUMNS
    assert result.moves["amount"].notna().all()
    base = base_of(result.scenario)
    rows = revise(base.activity, base.known, result.scenario, base.vocabulary).table(base.activity).rows
    before = base.activity.rows.set_index("activity_id")["quantity"]
    for year in (result.scenario.base.year + 1, result.scenario.years[-1]):
        now = rows[rows["year"] == year].set_index("activity_id")["quantity"]
        now.index = now.index.astype(str).str.removesuffix(f" @{year}")
        change = now.sub(before, fill_value=0.0).fillna(0.0)
        noted = result.moves[result.moves["year"] == year].groupby("activity_id")["amount"].sum()
        places = change.index.union(noted.index)
        difference = noted.reindex(places, fill_value=0.0) - change.reindex(places, fill_value=0.0)
        assert difference.abs().max() <= 1e-12 * now.abs().max()
        assert (change.abs().max() > 0) == (name in {*WITH_ENVELOPE, WITH_A_FLEET})


def test_what_measures_free_goes_to_the_named_residual(projected: Callable[[str], Projection]) -> None:
    moves = projected("nm-s2-plan").moves
    residual = moves[moves["to"] == "residual"]
    assert set(residual["kind"]) == {"residual"}
    assert set(residual["step"]) == {"residual_coal", "residual_oil_gas"}
    assert set(moves[moves["kind"] == "residual"]["to"]) == {"residual"}


def test_levels_of_inventory_and_plan_stand_side_by_side(projected: Callable[[str], Projection]) -> None:
    table = projected("nm-s1-current").harmonisation.set_index("fuel")
    assert table.columns.tolist() == ["inventory", "statement", "unit", "ratio"]
    assert table["ratio"].to_numpy() == pytest.approx((table["inventory"] / table["statement"]).to_numpy())
    assert table.loc["coal", "statement"] == pytest.approx(271 * 0.82)
    assert table.loc["oil_gas", "statement"] == pytest.approx(271 * 0.07)
    assert ((table["ratio"] > 1 / 1.5) & (table["ratio"] < 1.5)).all()


def test_indicators_of_energy_and_power_by_hand(small: Start) -> None:
    levers: dict[str, Any] = {
        "energy_total_base": path("Mtce", y2020=60),
        "coal_share": path("percent", y2020=60, y2025=50),
        "nonfossil_share": path("percent", y2020=10, y2025=25),
    }
    scenario = story(
        power=POWER, levers=levers, drivers={"gdp_growth": path("percent/year", y2021=2)}, horizon={"from": 2020, "to": 2025}
    )  # fmt: skip
    result = project(scenario, small)
    assert tuple(result.indicators.columns) == INDICATOR_COLUMNS

    def last(name: str, boundary: str = "") -> float:
        return float(result.indicator(name, boundary).loc[2025])

    gdp = 1.02**5
    assert last("gdp_index") == pytest.approx(gdp)
    assert last("energy_consumption_total", "energy_balance") == pytest.approx(60 * gdp)
    assert last("coal_consumption") == pytest.approx(30 * gdp)
    assert last("oil_and_gas_share_of_energy") == pytest.approx(25.0)
    assert last("nonfossil_consumption") == pytest.approx(15 * gdp)
    assert last("energy_intensity") == pytest.approx(60.0)
    assert last("generation_coal") == pytest.approx(115 - 8)
    assert last("generation_wind") == pytest.approx(8.0)
    assert last("capacity_coal_power") == 22.0
    assert last("capacity_total") == 31.0
    assert (last("capacity_renewable"), last("capacity_new_energy"), last("new_renewable_capacity")) == (8, 8, 3)
    assert last("renewable_share_of_capacity") == pytest.approx(800 / 31)
    assert last("electricity_demand") == 90.0
    co2 = of_year(result, 2025)["CO2"]
    assert last("emission:CO2") == pytest.approx(co2, rel=1e-12)
    assert last("co2", "territorial") == pytest.approx(co2 / 1e6, rel=1e-12)
    assert last("co2_intensity", "territorial") == pytest.approx(co2 / 1e6 / gdp, rel=1e-12)
    power = emissions(result.run, ("category", "year", "substance"))["IPCC2006:1A1ai", "2025", "CO2"]
    here = (co2 - power * 25 / 115) / 1e6
    assert last("co2_energy_balance") == pytest.approx(here, rel=1e-12)
    assert last("co2_intensity", "energy_balance") == pytest.approx(here / gdp, rel=1e-12)
    gases = co2_equivalent(totals(result.run, ("year", "substance")), result.run.gwp)
    assert last("ghg") == pytest.approx(gases[gases["year"] == 2025]["co2e"].sum() / 1e6)


def test_an_indicator_that_is_not_there_is_empty(projected: Callable[[str], Projection]) -> None:
    result = projected("mz-s1-plan")
    assert result.indicator("capacity_wind").empty
    assert result.bridge.empty
    assert tuple(result.bridge.columns) == BRIDGE_COLUMNS


def test_power_for_heating_raises_coal_and_emissions_of_power(factors: FactorLibrary) -> None:
    base = start(activity_table(POWER_COAL, HOUSEHOLD_COAL), factors, 2020)
    to = {"set": {"activity": "grid_electricity", "use": "own_use"}, "share": 1, "ratio": 0.0018, "unit": "TJ"}
    heat = deed("heat", "shift", {"categories": "1A4b"}, amount=50, base=0, to=[to], full=2021)
    scenario = story(power=POWER, measures=[heat])
    found = project(scenario, base, years=(2021,))
    # 20 Mt x 0.0018 TJ are 10 TWh; coal gave 95 TWh in 2020 and gives 3 more for other demand
    more = found.indicator("generation_coal").loc[2021] - found.indicator("generation_coal").loc[2020]
    assert more == pytest.approx(10 + 3 - 0.6)
    by = emissions(found.run, ("category", "year", "substance"))
    ratio = by["IPCC2006:1A1ai", "2021", "CO2"] / by["IPCC2006:1A1ai", "2020", "CO2"]
    assert ratio == pytest.approx((95 + more) / 95)
    assert by["IPCC2006:1A4b", "2021", "CO2"] == pytest.approx(by["IPCC2006:1A4b", "2020", "CO2"] / 2)
