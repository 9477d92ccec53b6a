"""The lever that meets a target: how far it has to go, or that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from emissions.errors import Problem, ScenarioError
from emissions.scenario.model import Path, Scenario, Solve, Until
from emissions.scenario.peak import find_peak
from emissions.scenario.project import Start, project
from emissions.scenario.projection import Projection
from emissions.scenario.targets import load_targets

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
        If the lever or the indicator does not exist.
    """
    until, year = _until(request.until, scenario)
    path = _path(scenario, request.lever)

    def tried(factor: float) -> tuple[Scenario, float]:
        changed = scaled(scenario, request, factor)
        shown = None if until.indicator == PEAK else (year,)
        return changed, _achieved(project(changed, base, years=shown), until, year)

    low, high = request.bounds.low, request.bounds.high
    grid = sorted({1.0, *np.linspace(low, high, GRID).tolist()}, key=lambda factor: abs(factor - 1))
    values = {factor: tried(factor)[1] for factor in grid if low <= factor <= high or factor == 1.0}
    met = [factor for factor, value in values.items() if _meets(value, until)]
    if not met:
        best = min(values, key=lambda factor: _distance(values[factor], until))
        return _solution(scenario, request, path, year, until, best, values[best], reachable=False)
    factor = _edge(met[0], values, until, lambda one: tried(one)[1]) if met[0] != 1.0 else 1.0
    return _solution(scenario, request, path, year, until, factor, tried(factor)[1], reachable=True)


def scaled(scenario: Scenario, request: Solve, factor: float) -> Scenario:
    """Return the scenario with a path scaled after a year; up to that year it is as it was."""
    room, _, name = request.lever.partition(".")
    path = _path(scenario, request.lever)
    after = request.scale_after
    kept = {year: value for year, value in path.points.items() if year <= after}
    if any(year > after for year in path.points):
        kept[after] = _value(path, after)
    points = kept | {year: value * factor for year, value in path.points.items() if year > after}
    paths = dict(getattr(scenario, room)) | {name: path.model_copy(update={"points": dict(sorted(points.items()))})}
    return scenario.model_copy(update={room: paths})


def _edge(met: float, values: dict[float, float], until: Until, value_of: Callable[[float], float]) -> float:
    """Return the factor nearest to 1 that still meets the target, on the way from ``met`` towards 1."""
    between = [one for one in values if min(1.0, met) <= one <= max(1.0, met) and not _meets(values[one], until)]
    failing = min(between, key=lambda one: abs(one - met))
    good = met
    for _ in range(STEPS):
        middle = (good + failing) / 2
        if _meets(value_of(middle), until):
            good = middle
        else:
            failing = middle
        if abs(good - failing) < 1e-6:
            break
    return good


def _solution(
    scenario: Scenario,
    request: Solve,
    path: Path,
    year: int,
    until: Until,
    factor: float,
    achieved: float,
    *,
    reachable: bool,
) -> Solution:
    changed = scaled(scenario, request, factor)
    before, after = _value(path, year), _value(_path(changed, request.lever), year)
    wanted = f"{until.indicator} {until.comparator} {until.value:g}"
    return Solution(request.lever, path.unit, year, before, after, factor, reachable, wanted, achieved, changed)


def _until(until: Until, scenario: Scenario) -> tuple[Until, int]:
    """Return indicator, comparator and value of what is asked, and the year for which it is asked."""
    if not until.target:
        if until.value is None or not until.indicator:
            raise ScenarioError([Problem("solve_without_value", found=until.indicator)])
        return until, scenario.years[-1]
    known = {target.id: target for target in load_targets()}
    target = known.get(until.target)
    if target is None or target.target_value is None or target.target_year is None:
        raise ScenarioError([Problem("solve_without_value", found=until.target)])
    comparator = target.comparator if target.comparator in {"<=", ">=", "=="} else "=="
    found = Until.model_validate(
        {"indicator": target.indicator, "comparator": comparator, "value": target.target_value}
    )
    return found, target.target_year


def _achieved(projection: Projection, until: Until, year: int) -> float:
    if until.indicator == PEAK:
        co2 = projection.indicator("co2")
        return float(find_peak(tuple(int(one) for one in co2.index), co2.to_numpy()).peak_year)
    found = projection.indicator(until.indicator)
    if year not in found.index:
        raise ScenarioError([Problem("indicator_not_there", found=until.indicator, facts={"year": str(year)})])
    return float(found.loc[year])


def _meets(value: float, until: Until) -> bool:
    return _distance(value, until) <= 1e-9


def _distance(value: float, until: Until) -> float:
    wanted = float(until.value or 0.0)
    scale = max(abs(wanted), 1.0)
    if until.comparator == "<=":
        return max(0.0, value - wanted) / scale
    if until.comparator == ">=":
        return max(0.0, wanted - value) / scale
    return max(0.0, abs(value - wanted) / scale - 1e-4)


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
