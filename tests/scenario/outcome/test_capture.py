"""Capture of CO2: what is left, what is stored and what else moves, against the closed form."""

from __future__ import annotations

from typing import Any

import pytest

from emissions import load_factors
from emissions.errors import ScenarioError
from emissions.scenario.outcome.contributions import contributions
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.projection import Projection
from reference.workbench import activity_table
from scenario.support import HOUSEHOLD_COAL, POWER_COAL, deed, emissions, path, story

PLANT = POWER_COAL | {"control": "fgd_ammonia+scr+fabric_filter", "activity": "bituminous_coal"}
CLINKER = {"activity": "cement_clinker", "category": "IPCC2006:2A1", "use": "production", "quantity": 1e6}
COAL = {"categories": "1A1ai", "activities": "coal"}
SULPHUR = {"parameter": "sulphur_content", "value": 0.01, "unit": "1", "activity": "bituminous_coal"}
EFFICIENCY = 0.9


def capture(acts_on: Any = COAL, **fields: Any) -> dict[str, Any]:
    return deed("ccs", "capture", acts_on, **{"amount": 50, "base": 0, "removal_efficiency": 100 * EFFICIENCY} | fields)


def base(*items: Any, **more: Any) -> Start:
    return start(activity_table(*items, **more), load_factors("cn-2026.1"), 2020)


def found(*measures: Any, items: Any = (PLANT,), **more: Any) -> Projection:
    return project(story(measures=list(measures)), base(*items, **more))


@pytest.mark.parametrize("item", [PLANT, PLANT | {"dimension": "energy", "unit": "TJ"}, CLINKER])
@pytest.mark.parametrize("penalty", [None, 25.0])
def test_what_is_left_and_what_is_stored_are_the_closed_form(item: dict[str, Any], penalty: float | None) -> None:
    """Half of it captured at 90 %, with p more fuel: E (1/2 + 1/2 (1 + p) 1/10) left, E 1/2 (1 + p) 9/10 stored."""
    acts_on = {"categories": item["category"]}
    result = found(capture(acts_on, energy_penalty=penalty), items=(item,))
    co2, stored = result.indicator("co2"), result.indicator("captured_co2")
    more = 1 + (penalty or 0) / 100
    assert co2[2025] == pytest.approx(co2[2020] * (0.5 + 0.5 * more * (1 - EFFICIENCY)))
    assert stored[2025] == pytest.approx(co2[2020] * 0.5 * more * EFFICIENCY)
    assert stored[2020] == 0
    assert stored[2023] == pytest.approx(stored[2025] * 0.6)


def test_the_stored_is_a_line_of_its_own_in_no_total_and_no_emission_is_negative() -> None:
    run = found(capture()).run
    lines = run.lines[run.lines["stream"] == "capture"]
    assert set(lines["category"]) == {"MEMO:captured_co2"}
    assert not set(lines.index) & set(run.counted.index)
    assert run.lines["emission"].min() >= 0
    assert set(run.lines[lines.index.min() :]["status"]) <= {"ok", "NE"}


def test_other_devices_of_the_plant_stay_and_pollutants_follow_the_fuel() -> None:
    plain = emissions(found(measured=[SULPHUR]).run)
    kept = emissions(found(capture(), measured=[SULPHUR]).run)
    more = emissions(found(capture(energy_penalty=20), measured=[SULPHUR]).run)
    for substance in ("SO2", "NOx", "NH3"):
        assert plain["2025", substance] > 0
        assert kept["2025", substance] == pytest.approx(plain["2025", substance])
        assert more["2025", substance] == pytest.approx(plain["2025", substance] * 1.1)


def test_a_plant_whose_devices_are_not_stated_is_not_taken_for_one_without() -> None:
    """Its SO2 is not estimated before and after; strata of the workbook serve the captured share too."""
    bare = PLANT | {"control": ""}
    result = found(capture(), items=(bare,), measured=[SULPHUR])
    assert "SO2" not in set(result.run.counted["substance"])
    strata = [
        {"control": "fgd_ammonia+fabric_filter", "share": 0.75, "activity": "bituminous_coal"},
        {"control": "none", "share": 0.25, "activity": "bituminous_coal"},
    ]
    split = emissions(found(capture(), items=(bare,), measured=[SULPHUR], strata=strata).run)
    assert split["2020", "SO2"] > 0
    assert split["2025", "SO2"] == pytest.approx(split["2020", "SO2"])
    assert split["2025", "CO2"] == pytest.approx(split["2020", "CO2"] * 0.55)


def test_rows_that_are_captured_in_the_base_year_count_towards_the_level() -> None:
    """A fifth is captured already; the level of half takes three tenths of the whole more."""
    done = PLANT | {"control": f"{PLANT['control']}+carbon_capture", "quantity": 15e6}
    measured = {"parameter": "removal_efficiency", "substance": "CO2", "value": EFFICIENCY, "unit": "1"}
    result = found(capture(base=20), items=(PLANT, done), measured=[measured])
    whole = result.indicator("co2") + result.indicator("captured_co2")
    assert whole.to_numpy() == pytest.approx(whole[2020])
    assert (result.indicator("captured_co2") / whole)[[2020, 2025]].tolist() == pytest.approx([0.18, 0.45])


def test_an_inventory_states_capture_as_any_device_and_without_its_efficiency_nothing_is_taken_off() -> None:
    captured = PLANT | {"control": "carbon_capture"}
    measured = {"parameter": "removal_efficiency", "substance": "CO2", "value": 0.8, "unit": "1"}
    plain, taken = base(PLANT).run, base(captured, measured=[measured]).run
    unknown = base(captured).run
    assert emissions(taken)["2020", "CO2"] == pytest.approx(0.2 * emissions(plain)["2020", "CO2"])
    assert emissions(unknown)["2020", "CO2"] == emissions(plain)["2020", "CO2"]


def test_two_efficiencies_for_rows_that_no_selector_tells_apart_are_refused() -> None:
    items = [PLANT | {"capacity_MW": size} for size in (300.0, 600.0)]
    first, second = (COAL | {"where": {"capacity_MW": size}} for size in ("300", "600"))
    with pytest.raises(ScenarioError, match="capture_twice"):
        found(capture(first), capture(second, removal_efficiency=80) | {"id": "more"}, items=items)
    assert found(capture(first), capture(second) | {"id": "more"}, items=items).indicator("captured_co2")[2025] > 0


def test_more_fuel_is_refused_where_something_else_states_the_fuel() -> None:
    levers = {
        "energy_total": path("Mtce", y2020=64), "coal_share": path("percent", y2020=100),
        "nonfossil_share": path("percent", y2020=0),
    }  # fmt: skip
    with pytest.raises(ScenarioError, match="penalty_stated_elsewhere"):
        project(story(measures=[capture(energy_penalty=20)], levers=levers), base(PLANT, HOUSEHOLD_COAL))


def test_what_capture_contributes_is_what_the_scenario_differs_by() -> None:
    """Also where the first variant computed has no capture and none of its efficiencies."""
    saving = deed("saving", "efficiency", COAL, amount=-10, amount_is="change")
    start_of = base(PLANT)
    scenario = story(measures=[saving, capture()])
    table = contributions(scenario, start_of, (2025,)).query("substance == 'CO2'").set_index("measure")
    plain, only, whole = (
        project(scenario, start_of, measures=some).indicator("co2")[2025] for some in ((), ("ccs",), None)
    )
    assert only / plain == pytest.approx(0.55)
    assert table.loc["ccs", "alone"] / 1e6 == pytest.approx(only - plain)
    assert table.loc[["saving", "ccs"], "sequence"].sum() / 1e6 == pytest.approx(whole - plain)
