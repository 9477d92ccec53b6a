"""The lever that meets a target: how far it has to go, or that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from emissions.errors import Problem, ScenarioError
from emissions.scenario.model import Path, Scenario, Solve, Until
from emissions.scenario.outcome.compare import peak_of, with_levels
from emissions.scenario.outcome.project import Start, project
from emissions.scenario.projection import Projection
from emissions.scenario.targets.data import targets_of
from emissions.scenario.targets.status import evaluate

GRID = 13
"""Points of the first look through the bounds."""
STEPS = 24
"""Halvings at most."""
PEAK = "co2_peak_year"


@dataclass(frozen=True)
class Solution:
    """Answer to a request.

    Attributes
    ----------
    lever, unit, year
        Path, its unit, and the year for which ``before`` and ``after`` are given: that of the target, or the last.
    before, after
        Value of the path there, as the file has it and as it has to be.
    factor
        What the path is scaled by after ``scale_after``.
    reachable
        Whether the bounds hold a solution; if not, ``after`` is the best there is.
    wanted, achieved
        In words, and the value that is reached.
    scenario
        The scenario with the lever so set.
    """

    lever: str
    unit: str
    year: int
    before: float
    after: float
    factor: float
    reachable: bool
    wanted: str
    achieved: float
    scenario: Scenario


def solve(scenario: Scenario, base: Start, request: Solve) -> Solution:
    """Return the smallest change of a lever that meets a target, within the bounds of the request.

    The bounds are looked through on a grid (what is asked of a peak year is no continuous function), then the edge
    between met and not met that is nearest to no change is halved until it is known to 1e-6.

    Raises
    ------
    ScenarioError
        If the lever or the indicator does not exist, or the scenario as it stands asks for what is impossible.
    """
    goal = _goal(request.until, scenario)
    path = _path(scenario, request.lever)
    years = None if goal.whole_path else (goal.year,)

    def achieved(factor: float) -> float:
        try:
            found = project(scaled(scenario, request, factor), base, years=years)
        except ScenarioError:
            if factor == 1.0:
                raise
            return float("nan")  # the bounds reach into what is impossible
        return goal.read(found)

    values = {1.0: achieved(1.0)}
    if goal.is_met(values[1.0]):
        return _solution(scenario, request, path, goal, 1.0, values[1.0], reachable=True)
    low, high = request.bounds.low, request.bounds.high
    grid = sorted({1.0, *np.linspace(low, high, GRID).tolist()}, key=lambda factor: abs(factor - 1))
    values |= {factor: achieved(factor) for factor in grid if factor != 1.0}
    met = [factor for factor in grid if goal.is_met(values[factor])]
    if not met:
        best = min(grid, key=lambda factor: goal.distance(values[factor]))
        return _solution(scenario, request, path, goal, best, values[best], reachable=False)
    factor = _edge(met[0], values, goal, achieved)
    return _solution(scenario, request, path, goal, factor, achieved(factor), reachable=True)


def scaled(scenario: Scenario, request: Solve, factor: float) -> Scenario:
    """Return the scenario with a path scaled after a year; up to that year it is as it was.

    Examples
    --------
    >>> scenario = Scenario.model_validate(
    ...     {"schema": "scenario/1", "id": "a", "title": "A", "region": "150600",
    ...      "base": {"year": 2020, "boundary": "territorial"}, "horizon": {"from": 2020, "to": 2025},
    ...      "levers": {"coal_share": {"unit": "percent", "points": {2020: 80, 2025: 70, 2030: 60}}}})
    >>> request = Solve.model_validate(
    ...     {"lever": "levers.coal_share", "scale_after": 2022, "bounds": {"low": 0.5, "high": 1.0},
    ...      "until": {"indicator": "co2", "value": 700}})
    >>> scaled(scenario, request, 0.9).levers["coal_share"].points
    {2020: 80.0, 2022: 76.0, 2025: 63.0, 2030: 54.0}
    """
    room, _, name = request.lever.partition(".")
    path = _path(scenario, request.lever)
    after = request.scale_after
    kept = {year: value for year, value in path.points.items() if year <= after}
    if any(year > after for year in path.points):
        kept[after] = _value(path, after)
    points = kept | {year: value * factor for year, value in path.points.items() if year > after}
    paths = dict(getattr(scenario, room)) | {name: path.model_copy(update={"points": dict(sorted(points.items()))})}
    return scenario.model_copy(update={room: paths})


@dataclass(frozen=True)
class _Goal:
    """What is to be reached, in which year, and how it is read from a projection."""

    text: str
    comparator: str
    value: float
    year: int
    read: Callable[[Projection], float]
    whole_path: bool

    def distance(self, value: float) -> float:
        """Return how far a value is from the goal, relative; 0 where it is met, infinite where there is none."""
        if not np.isfinite(value):
            return float("inf")
        size = max(abs(self.value), 1.0)
        if self.comparator == "<=":
            return max(0.0, value - self.value) / size
        if self.comparator == ">=":
            return max(0.0, self.value - value) / size
        return max(0.0, abs(value - self.value) / size - 1e-4)

    def is_met(self, value: float) -> bool:
        return self.distance(value) <= 1e-9


def _goal(until: Until, scenario: Scenario) -> _Goal:
    if until.target:
        return _goal_of_target(until.target, scenario)
    if until.value is None or not until.indicator:
        raise ScenarioError([Problem("solve_without_value", found=until.indicator)])
    year = scenario.years[-1]
    text = f"{until.indicator} {until.comparator} {until.value:g}"
    if until.indicator == PEAK:
        return _Goal(text, until.comparator, until.value, year, _peak_year, whole_path=True)

    def read(projection: Projection) -> float:
        found = projection.indicator(until.indicator)
        if year not in found.index:
            raise ScenarioError([Problem("indicator_not_there", found=until.indicator, facts={"year": str(year)})])
        return float(found.loc[year])

    return _Goal(text, until.comparator, until.value, year, read, whole_path=False)


def _goal_of_target(name: str, scenario: Scenario) -> _Goal:
    (target,) = targets_of([name], scenario.region)
    if target.value is None or target.year is None:
        raise ScenarioError([Problem("solve_without_value", found=name)])
    peak = target.source.startswith("peak:")
    comparator = target.comparator if target.comparator in {"<=", ">="} else "=="

    def read(projection: Projection) -> float:
        found = evaluate(with_levels(projection), peak_of(projection), (target,))
        value = float(found["achieved"].iloc[0])
        if not np.isfinite(value):
            facts = {"year": str(target.year), "reason": str(found["reason_en"].iloc[0])}
            raise ScenarioError([Problem("indicator_not_there", found=name, facts=facts)])
        return value

    text = f"{name}: {target.indicator.name} {target.comparator} {target.value:g} {target.unit}"
    return _Goal(text, comparator, target.value, target.year, read, whole_path=peak)


def _peak_year(projection: Projection) -> float:
    peak = peak_of(projection)
    return float("nan") if peak is None else float(peak.peak_year)


def _edge(met: float, values: dict[float, float], goal: _Goal, achieved: Callable[[float], float]) -> float:
    """Return the factor nearest to 1 that still meets the goal, on the way from ``met`` towards 1."""
    missing = [one for one in values if min(1.0, met) <= one <= max(1.0, met) and not goal.is_met(values[one])]
    failing = min(missing, key=lambda one: abs(one - met))
    good = met
    for _ in range(STEPS):
        if abs(good - failing) < 1e-6:
            break
        middle = (good + failing) / 2
        if goal.is_met(achieved(middle)):
            good = middle
        else:
            failing = middle
    return good


def _solution(
    scenario: Scenario, request: Solve, path: Path, goal: _Goal, factor: float, achieved: float, *, reachable: bool
) -> Solution:
    changed = scaled(scenario, request, factor)
    before, after = _value(path, goal.year), _value(_path(changed, request.lever), goal.year)
    return Solution(request.lever, path.unit, goal.year, before, after, factor, reachable, goal.text, achieved, changed)


def _path(scenario: Scenario, name: str) -> Path:
    room, _, word = name.partition(".")
    paths = getattr(scenario, room, {}) if room in {"drivers", "levers"} else {}
    if word not in paths:
        raise ScenarioError([Problem("unknown_path", found=name, allowed=", ".join(f"{room}.{one}" for one in paths))])
    path: Path = paths[word]
    return path


def _value(path: Path, year: int) -> float:
    points = sorted(path.points.items())
    years, values = [one for one, _ in points], [value for _, value in points]
    return float(np.interp(year, years, values))
