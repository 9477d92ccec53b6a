"""Solving: the smallest change of a lever that meets a target; running it then meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.errors import Problem, ScenarioError
from emissions.factors import FactorLibrary
from emissions.scenario.model import Scenario, Solve
from emissions.scenario.outcome import solve as solving
from emissions.scenario.outcome.compare import evaluate_targets, peak_of
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.outcome.solve import Solution, scaled, solve
from emissions.scenario.revision.values import Values
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


@pytest.mark.parametrize(
    ("shape", "unit", "points"),
    [
        ("linear", "percent", {2020: 20, 2030: 60}),
        ("step", "percent", {2020: 20, 2023: 30, 2027: 60}),
        ("logistic", "percent", {2020: 5, 2030: 60}),
        ("constant", "percent", {2020: 40}),
        ("constant", "percent", {2026: 40}),
    ],
)
def test_scaling_follows_the_curve_of_the_path(shape: str, unit: str, points: dict[int, float]) -> None:
    """Up to the year every value is as it was, whatever the shape; what is stated later is scaled."""
    scenario = story(drivers={"output": {"unit": unit, "points": points, "shape": shape}})
    found = scaled(scenario, request("drivers.output", after=2024), 0.5)

    def values(which: Scenario) -> list[float]:
        return Values(which, range(2020, 2033)).path("p", which.drivers["output"], "percent").tolist()

    before, after = values(scenario), values(found)
    assert after[:5] == pytest.approx(before[:5], rel=1e-12)
    assert after[-1] == pytest.approx(before[-1] / 2)


def test_the_value_before_is_that_of_the_curve(base: Start) -> None:
    """Half way between 10 and 90 % in 2025 a logistic path of 2020 to 2032 is not half way between the values."""
    share = {"unit": "percent", "points": {2020: 10, 2032: 90}, "shape": "logistic"}
    scenario = story(drivers={"share": share, "output": OUTPUT})
    found = solve(scenario, base, request("drivers.share", indicator="co2", value=1e9))
    assert found.before == pytest.approx(
        Values(scenario, (2020, 2025)).path("p", scenario.drivers["share"], "percent")[1]
    )
    assert found.before != pytest.approx(10 + 80 * 5 / 12, rel=0.01)


# ---------------------------------------------------------------- what is asked of need not be a straight line


def solved(
    monkeypatch: pytest.MonkeyPatch,
    base: Start,
    answer: Callable[[float], float],
    *,
    value: float,
    comparator: str = "<=",
) -> tuple[Solution, list[float]]:
    """Solve for an indicator that is a given function of the factor; return also the factors that were looked at."""
    asked = []

    class Answer:
        def __init__(self, scenario: Scenario, *_: object, **__: object) -> None:
            factor = scenario.drivers["output"].points[2025] / 14
            asked.append(factor)
            self.value = answer(factor)
            if not np.isfinite(self.value):
                raise ScenarioError([Problem("carrier_negative")])

        def indicator(self, _name: str) -> pd.Series:
            return pd.Series({2025: self.value})

    monkeypatch.setattr(solving, "project", Answer)
    wanted = request("drivers.output", indicator="made", value=value, comparator=comparator)
    return solve(story(drivers={"output": OUTPUT}), base, wanted), asked


@pytest.mark.parametrize(
    ("answer", "value", "comparator", "factor"),
    [
        # narrower than the grid
        (lambda factor: 10 * abs(factor - 1.437), 0.02, "<=", 1.435),
        (lambda factor: 10 - 10 * abs(factor - 0.667), 9.99, ">=", 0.668),
        # the value to be reached lies between two points, rising and falling, or is only touched
        (lambda factor: 10 * factor**2, 17.0, "==", (17.0 * (1 - 1e-4) / 10) ** 0.5),
        (lambda factor: 20 - 10 * factor, 4.0, "==", 1.6 - 4e-5),
        (lambda factor: 5 + (factor - 1.3) ** 2, 5.0, "==", 1.3 - 5e-4**0.5),
        # a jump to the very goal, as a peak year makes it
        (lambda factor: 2028.0 if factor > 1.2345 else 2033.0, 2028, "<=", 1.2345),
        (lambda factor: 2028.0 if factor < 0.8123 else 2033.0, 2028, "<=", 0.8123),
        # of two spans the nearer one
        (lambda factor: 1.0 if 0.8 < factor < 1.1 else 0.0, 0.5, "<=", 1.1),
        # in a corner beyond which nothing is possible
        (lambda factor: 3 - factor if factor < 1.41 else float("nan"), 1.62, "<=", 1.38),
        (lambda factor: 3 - factor if factor < 1.41 else float("nan"), 1.595, "<=", 1.405),
        # an edge that a straight line misses by far
        (lambda factor: np.exp(8 * factor), float(np.exp(8 * 0.613)), "<=", 0.613),
    ],
)
def test_the_edge_is_found(
    answer: Callable[[float], float], value: float, comparator: str, factor: float, base: Start,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    found, asked = solved(monkeypatch, base, answer, value=value, comparator=comparator)
    assert found.reachable
    assert found.factor == pytest.approx(factor, abs=2e-6)
    assert found.achieved == answer(found.scenario.drivers["output"].points[2025] / 14)
    assert len(asked) < 100
    if comparator == "==":
        assert found.achieved == pytest.approx(value, rel=1.001e-4)
    else:
        sign = 1 if comparator == "<=" else -1
        assert sign * found.achieved <= sign * value + 2e-9 * abs(value)


def test_where_nothing_meets_the_goal_the_best_is_nearer_than_the_grid(
    base: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, asked = solved(monkeypatch, base, lambda factor: 1 + (factor - 1.3) ** 2, value=0.5)
    assert not found.reachable
    assert found.factor == pytest.approx(1.3, abs=1e-3)
    assert len(asked) < 60


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
