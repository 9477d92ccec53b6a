"""The lever that meets a target: how far it has to go, or that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.paths import path_values
from emissions.scenario.model import Path, Scenario, Solve, Until
from emissions.scenario.outcome.compare import peak_of, with_levels
from emissions.scenario.outcome.project import Start, project
from emissions.scenario.projection import Projection
from emissions.scenario.revision.values import ceiling
from emissions.scenario.targets.data import targets_of
from emissions.scenario.targets.status import evaluate

GRID = 13
"""Points of the first look through the bounds."""
LOOKS = 12
"""Looks at most between the best point and those beside it, where the first look meets nothing."""
EXACT = 1e-7
"""To this the factor is known at the edge between met and not met."""
REACHED = 1e-4
"""A value to be reached is reached within this, relative."""
ROUNDING = 1e-9
"""A bound is kept if it is exceeded by no more than this, relative."""
IMPOSSIBLE = 1.0
"""Distance from the goal, relative, where the lever asks for what cannot be."""
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

    The bounds are looked through on a grid, for what is asked of a peak year, or of measures with caps, need not be a
    continuous function of the lever. Where no point meets the goal it is looked for between two points on either side
    of it, and else ever closer to the best point. Brent's method then finds the edge between met and not met that is
    nearest to no change.

    Guaranteed: what is ``reachable`` meets the goal when it is run, and :data:`EXACT` nearer to no change it does not
    or another span of factors begins. Also that a value to be reached (``==``) is found where the indicator passes
    through it between two points of the grid. Not guaranteed: that no span narrower than the grid lies nearer to no
    change; and, where no point meets the goal, that a span is found which is narrower than the grid and not beside
    the best point.

    Raises
    ------
    ScenarioError
        If the lever or the indicator does not exist, or the scenario as it stands asks for what is impossible.
    """
    goal = _goal(request.until, scenario)
    path = _path(scenario, request.lever)
    years = None if goal.whole_path else (goal.year,)

    @cache
    def achieved(factor: float) -> float:
        try:
            found = project(scaled(scenario, request, factor), base, years=years)
        except ScenarioError:
            if factor == 1.0:
                raise
            return float("nan")  # the bounds reach into what is impossible
        return goal.read(found)

    low, high = request.bounds.low, request.bounds.high
    grid = [1.0] if goal.is_met(achieved(1.0)) else sorted({1.0, *np.linspace(low, high, GRID).tolist()})
    met = [factor for factor in grid if goal.is_met(achieved(factor))] or _between(grid, goal, achieved)
    if not met:
        met, grid = _near_the_best(grid, goal, achieved)
    if not met:
        best = min(grid, key=lambda factor: (goal.distance(achieved(factor)), abs(factor - 1)))
        return _solution(scenario, request, path, goal, best, achieved(best), reachable=False)
    nearest = min(met, key=lambda factor: abs(factor - 1))
    factor = _edge(nearest, grid, goal, achieved)
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
    shape = path.shape
    later = {year: value for year, value in path.points.items() if year > after}
    if path.shape == "constant":
        # one value for all years becomes two
        shape, later = "step", {after + 1: _value(path, after)}
    if later:
        kept[after] = _value(path, after)
    points = kept | {year: value * factor for year, value in later.items()}
    changed = path.model_copy(update={"points": dict(sorted(points.items())), "shape": shape})
    paths = dict(getattr(scenario, room)) | {name: changed}
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

    def over(self, value: float) -> float:
        """Return how far a value is on the wrong side of the goal, relative; negative where it is beyond it."""
        if not np.isfinite(value):
            return IMPOSSIBLE
        return (self.value - value if self.comparator == ">=" else value - self.value) / max(abs(self.value), 1.0)

    def margin(self, value: float) -> float:
        """Return what is missing to the goal, relative; zero at the edge, negative where it is met."""
        if self.comparator in {"<=", ">="} or not np.isfinite(value):
            return self.over(value)
        return abs(self.over(value)) - REACHED

    def distance(self, value: float) -> float:
        """Return how far a value is from the goal, relative; 0 where it is met, infinite where there is none."""
        return max(0.0, self.margin(value)) if np.isfinite(value) else float("inf")

    def is_met(self, value: float) -> bool:
        """Tell whether a value meets the goal."""
        return self.distance(value) <= ROUNDING


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


def _between(grid: list[float], goal: _Goal, achieved: Callable[[float], float]) -> list[float]:
    """Return factors that meet the goal between two points of which one is over it and the other under."""
    found = []
    for first, second in pairwise(grid):
        ends = achieved(first), achieved(second)
        if np.isfinite(ends).all() and goal.over(ends[0]) * goal.over(ends[1]) < 0:
            root = _root(lambda factor: goal.over(achieved(factor)), first, second)
            found += [root] if goal.is_met(achieved(root)) else []
    return found


def _near_the_best(
    grid: list[float], goal: _Goal, achieved: Callable[[float], float]
) -> tuple[list[float], list[float]]:
    """Look closer and closer around the best point; return what meets the goal, if anything, and all points."""
    points = list(grid)
    for _ in range(LOOKS):
        best = min(points, key=lambda factor: (goal.distance(achieved(factor)), abs(factor - 1)))
        place = points.index(best)
        beside = [(one + best) / 2 for one in (*points[max(place - 1, 0) : place], *points[place + 1 : place + 2])]
        points = sorted({*points, *beside})
        met = [factor for factor in beside if goal.is_met(achieved(factor))] or _between(points, goal, achieved)
        if met:
            return met, points
    return [], points


def _edge(met: float, grid: list[float], goal: _Goal, achieved: Callable[[float], float]) -> float:
    """Return the factor nearest to 1 that still meets the goal, on the way from ``met`` to the next point towards 1."""
    inside = [one for one in grid if min(1.0, met) <= one <= max(1.0, met) and not goal.is_met(achieved(one))]
    if not inside:
        return met
    failing = min(inside, key=lambda one: abs(one - met))
    tried = [met]

    def margin(factor: float) -> float:
        if goal.is_met(achieved(factor)):
            tried.append(factor)
            # never 0, at which the search would stop short of the edge of a span in which nothing changes
            return min(goal.margin(achieved(factor)), -ROUNDING)
        return goal.margin(achieved(factor))

    tried.append(_root(margin, failing, met))
    return min((one for one in tried if goal.is_met(achieved(one))), key=lambda one: abs(one - failing))


def _root(function: Callable[[float], float], first: float, second: float) -> float:
    """Return where a function changes its sign between two points, to :data:`EXACT`; it need not be continuous."""
    return float(brentq(function, first, second, xtol=EXACT, maxiter=1_000))


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
    """Return the value of a path in a year, in its own unit, on the curve that the scenario follows."""
    found = path_values(path.points, (year,), path.shape, base=path.points[min(path.points)], cap=ceiling(path))
    return float(found.values[0])
