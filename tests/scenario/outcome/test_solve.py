"""Solving: the smallest change of a lever that meets a target; running it then meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emissions.errors import ScenarioError
from emissions.factors import FactorLibrary
from emissions.scenario.model import Scenario, Solve
from emissions.scenario.outcome import solve as solving
from emissions.scenario.outcome.compare import evaluate_targets, peak_of
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.outcome.solve import scaled, solve
from reference.workbench import activity_table
from scenario.support import HOUSEHOLD_COAL, OIL, POWER_COAL, emissions, path, story

LEVERS = {
    "energy_total": path("Mtce", y2020=90, y2025=130),
    "coal_share": path("percent", y2020=55, y2025=55),
    "nonfossil_share": path("percent", y2020=30),
}
OUTPUT = path("Mt", y2020=10, y2022=11, y2025=14) | {"drives": [{"activities": "coal"}]}


def request(lever: str, low: float = 0.5, high: float = 2.0, after: int = 2022, **until: Any) -> Solve:
    body = {"lever": lever, "scale_after": after, "until": until, "bounds": {"low": low, "high": high}}
    return Solve.model_validate(body)


@pytest.fixture(scope="module")
def base(factors: FactorLibrary) -> Start:
    return start(activity_table(POWER_COAL, HOUSEHOLD_COAL, OIL), factors, 2020)


@pytest.fixture(scope="module")
def driven() -> Scenario:
    return story(drivers={"output": OUTPUT})


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look through the bounds in five steps: enough where what is asked of is a straight line."""
    monkeypatch.setattr(solving, "GRID", 5)


def test_scaling_leaves_a_path_as_it_was_up_to_the_year() -> None:
    """8, then 10 in 2022 and 14 in 2026, after 2024 by half: 12 in 2024 as before, and 7 in 2026."""
    scenario = story(drivers={"output": OUTPUT | {"points": {2020: 8, 2022: 10, 2026: 14}}})
    found = scaled(scenario, request("drivers.output", after=2024), 0.5)
    assert found.drivers["output"].points == {2020: 8, 2022: 10, 2024: 12, 2026: 7}
    assert scenario.drivers["output"].points == {2020: 8, 2022: 10, 2026: 14}
    same = scaled(scenario, request("drivers.output", after=2026), 0.5)
    assert same.drivers["output"].points == {2020: 8, 2022: 10, 2026: 14}


@pytest.mark.usefixtures("coarse")
def test_what_is_solved_for_is_met_when_it_is_run(base: Start, driven: Scenario) -> None:
    """CO2 is linear in the driver: the factor is known on paper."""
    table = emissions(base.run, ("category", "substance"))
    oil = table["IPCC2006:1A3b", "CO2"] / 1e6
    coal = (table["IPCC2006:1A1ai", "CO2"] + table["IPCC2006:1A4b", "CO2"]) / 1e6
    wanted = oil + 1.2 * coal
    found = solve(driven, base, request("drivers.output", indicator="co2", value=wanted))
    assert found.reachable
    assert found.factor == pytest.approx(12 / 14, abs=2e-6)
    assert (found.lever, found.unit, found.year) == ("drivers.output", "Mt", 2025)
    assert (found.before, found.after) == (14.0, pytest.approx(12.0, abs=3e-5))
    assert found.wanted == f"co2 <= {wanted:g}"
    again = project(found.scenario, base).indicator("co2").loc[2025]
    assert again == found.achieved
    assert wanted * (1 - 1e-5) <= again <= wanted * (1 + 1e-9)


@pytest.mark.usefixtures("coarse")
def test_a_floor_is_met_from_below(base: Start, driven: Scenario) -> None:
    wanted = 1.1 * float(project(driven, base).indicator("co2").loc[2025])
    found = solve(driven, base, request("drivers.output", indicator="co2", comparator=">=", value=wanted))
    assert found.factor > 1
    assert wanted * (1 - 1e-9) <= found.achieved <= wanted * (1 + 1e-5)


@pytest.mark.usefixtures("coarse")
def test_a_share_of_the_envelope_may_be_solved_for(base: Start) -> None:
    """Coal of 60 Mtce of 130 in 2025: 46.2 % instead of 55."""
    wanted = request("levers.coal_share", indicator="coal_consumption", value=60.0, after=2021)
    found = solve(story(levers=LEVERS), base, wanted)
    assert found.after == pytest.approx(100 * 60 / 130, abs=1e-4)
    assert (found.before, found.unit) == (55.0, "percent")


def test_a_peak_is_brought_forward(base: Start) -> None:
    """11 Mt in 2022 and 13 in 2030: with less than 11/13 of that the year 2022 is the highest."""
    driver = OUTPUT | {"points": {2020: 10, 2022: 11, 2030: 13}}
    scenario = story(drivers={"output": driver}, horizon={"from": 2020, "to": 2030})
    wanted = request("drivers.output", indicator="co2_peak_year", value=2023)
    found = solve(scenario, base, wanted)
    assert found.factor == pytest.approx(11 / 13, abs=2e-6)
    assert found.achieved == 2022
    peak = peak_of(project(found.scenario, base))
    assert peak is not None
    assert peak.peak_year == 2022


def test_what_is_met_already_needs_no_change(base: Start, driven: Scenario) -> None:
    found = solve(driven, base, request("drivers.output", indicator="co2", value=1e9))
    assert (found.factor, found.reachable, found.before, found.after) == (1.0, True, 14.0, 14.0)
    assert found.scenario.drivers["output"].points[2025] == 14.0


@pytest.mark.usefixtures("coarse")
def test_what_cannot_be_met_gives_the_best_there_is(base: Start, driven: Scenario) -> None:
    found = solve(driven, base, request("drivers.output", indicator="co2", value=1.0, low=0.5))
    assert not found.reachable
    assert (found.factor, found.after) == (0.5, 7.0)
    assert found.achieved == pytest.approx(project(found.scenario, base).indicator("co2").loc[2025], rel=1e-12)
    assert found.achieved > 1.0


@pytest.mark.usefixtures("coarse")
def test_bounds_that_reach_into_the_impossible_are_passed_over(base: Start) -> None:
    """Above 70 % coal there is less than nothing left for oil and gas."""
    scenario = story(levers=LEVERS)
    more = request("levers.coal_share", indicator="coal_consumption", comparator=">=", value=84.0, high=1.5)
    found = solve(scenario, base, more)
    assert found.reachable
    assert found.achieved == pytest.approx(84.0, rel=1e-5)
    far = request("levers.coal_share", indicator="coal_consumption", comparator=">=", value=120.0, high=3.0)
    assert not solve(scenario, base, far).reachable
    # the scenario as it stands must be possible
    broken = story(levers=LEVERS | {"coal_share": path("percent", y2020=55, y2025=75)})
    with pytest.raises(ScenarioError):
        solve(broken, base, far)


def test_levers_indicators_and_values_that_are_not_there_are_refused(base: Start, driven: Scenario) -> None:
    for wanted, code in (
        (request("drivers.steel", indicator="co2", value=1.0), "unknown_path"),
        (request("power.demand", indicator="co2", value=1.0), "unknown_path"),
        (request("drivers.output", indicator="nothing", value=1.0), "indicator_not_there"),
        (request("drivers.output", indicator="co2"), "solve_without_value"),
    ):
        with pytest.raises(ScenarioError) as caught:
            solve(driven, base, wanted)
        assert [one.code for one in caught.value.problems] == [code]


# ---------------------------------------------------------------- shipped scenarios


@pytest.mark.usefixtures("coarse")
def test_a_target_of_the_plans_is_met_by_the_share_it_asks_for(
    shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start]
) -> None:
    """With new energy as observed coal is at 82 % in 2025, and the plan of Ordos asks for 72.7."""
    scenario = shipped("or-s2-observed")
    base = base_of(scenario)
    wanted = request("levers.coal_share", after=2021, low=0.8, high=1.0, target="or-coal-share-2025")
    found = solve(scenario, base, wanted)
    assert (found.year, found.before, found.unit) == (2025, 82.0, "percent")
    assert found.after == pytest.approx(72.7, abs=1e-3)
    assert found.wanted.startswith("or-coal-share-2025: ")
    for which, status in ((found.scenario, "met"), (scenario, "missed")):
        targets = evaluate_targets(project(which, base, years=(2025,))).set_index("id")
        assert targets.loc["or-coal-share-2025", "status"] == status


def test_a_deep_cut_that_peaks_in_time_needs_no_change(
    shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start]
) -> None:
    deep = shipped("nm-s3-deep")
    found = solve(deep, base_of(deep), deep.solve[0])
    assert (found.factor, found.reachable, found.achieved) == (1.0, True, 2027.0)
    assert found.wanted == "co2_peak_year <= 2028"
