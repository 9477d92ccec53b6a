"""What is doubtful about a scenario that breaks no rule: warnings, none of which stops anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem
from emissions.scenario.file.quantities import POWER_PATHS
from emissions.scenario.file.sources import ALL_OF_REGION, known_targets
from emissions.scenario.mathematics.paths import path_values
from emissions.scenario.model import Path, Scenario
from emissions.scenario.targets.conflicts import conflicts
from emissions.vocabulary import load_vocabulary

Floats = npt.NDArray[np.float64]

LEAST_REST = 0.5
"""Part of its share in the base year below which what is left for oil and gas is doubtful."""
FASTEST = 15.0
"""Points within :data:`SPAN` years above which the move of a share is doubtful."""
SPAN = 5
"""Years."""
_ONE_VALUE = ("energy_total_base",)
"""Levers that state one year only."""


def lint_scenario(scenario: Scenario) -> tuple[Problem, ...]:
    """Return what is implausible in a scenario, or worth a second look.

    - What coal and non-fossil energy leave for oil and gas falls below half of its share in the base year.
    - A share moves by more than 15 points within five years.
    - A path ends before the horizon does, so that its last value is held.
    - A measure is full only after the horizon.
    - A measure on sales or stock of vehicles has no fleet: where there are such vehicles, it cannot be computed.
    - Targets of the scenario contradict each other.

    Parameters
    ----------
    scenario
        As :func:`emissions.scenario.file.read.read_scenario` returns it (shares in percent).

    Returns
    -------
    tuple of Problem
        Level ``warning``; ``facts`` hold the years and values.
    """
    return tuple(
        _warning(scenario, one)
        for check in (_rest, _fast_shares, _held, _late_measures, _no_fleet, _contradictions)
        for one in check(scenario)
    )


def _warning(scenario: Scenario, problem: Problem) -> Problem:
    return Problem(
        problem.code,
        level="warning",
        file=scenario.file,
        found=problem.found,
        allowed=problem.allowed,
        facts=problem.facts,
    )


def _rest(scenario: Scenario) -> Iterator[Problem]:
    """Yield the first year in which oil and gas have less than half of what they had."""
    levers = scenario.levers
    if not {"coal_share", "nonfossil_share"} <= levers.keys() or {"oil_share", "gas_share"} <= levers.keys():
        return
    years = _years(scenario)
    rest = 100 - _values(levers["coal_share"], years) - _values(levers["nonfossil_share"], years)
    low = np.flatnonzero(rest < LEAST_REST * rest[0])
    if rest[0] > 0 and len(low):
        facts = {"year": str(years[low[0]]), "base_year": str(years[0]), "base": f"{rest[0]:.3g}"}
        yield Problem("lint_rest_small", found=f"{rest[low[0]]:.3g} %", facts=facts)


def _fast_shares(scenario: Scenario) -> Iterator[Problem]:
    """Yield, for each share, the five years in which it moves most, where that is too much."""
    years = _years(scenario)
    for name, lever in scenario.levers.items():
        if lever.unit != "percent":
            continue
        values = _values(lever, years)
        span = min(SPAN, len(years) - 1)
        moves = values[span:] - values[: len(values) - span]
        largest = int(np.argmax(np.abs(moves)))
        if span and abs(moves[largest]) > FASTEST:
            first, last = years[largest], years[largest + span]
            facts = {
                "lever": name,
                "first": str(first),
                "last": str(last),
                "before": f"{values[largest]:.3g}",
                "after": f"{values[largest + span]:.3g}",
            }
            yield Problem("lint_share_fast", found=f"{moves[largest]:+.3g}", facts=facts)


def _held(scenario: Scenario) -> Iterator[Problem]:
    """Yield paths whose last point lies before the end of the horizon."""
    end = scenario.horizon.end
    for name, path in _paths(scenario):
        last = max(path.points)
        if last < end and path.shape != "constant":
            facts = {"path": name, "end": str(end), "value": f"{path.points[last]:g} {path.unit}"}
            yield Problem("lint_path_held", found=str(last), facts=facts)


def _late_measures(scenario: Scenario) -> Iterator[Problem]:
    for measure in scenario.measures:
        if measure.full > scenario.horizon.end:
            facts = {"measure": measure.id, "end": str(scenario.horizon.end)}
            yield Problem("lint_full_late", found=str(measure.full), facts=facts)


def _contradictions(scenario: Scenario) -> Iterator[Problem]:
    """Yield targets for one indicator and year with different values, side by side."""
    known = known_targets().values()
    mine = [
        one
        for one in known
        if one.id in scenario.targets or (ALL_OF_REGION in scenario.targets and one.region == scenario.region)
    ]
    table = conflicts(mine)
    rows = [row for row in table.to_dict("records") if row["found_by"] == "values"]
    for (_, _, year), group in groupby(rows, lambda row: (row["region"], row["indicator"], row["target_year"])):
        sides = list(group)
        shown = [
            f"{row['id']} {row['comparator']} {row['target_value']:g} {row['unit']} ({row['document']})"
            for row in sides
        ]
        facts = {
            "year": str(year),
            "label_zh": str(sides[0]["label_zh"]),
            "label_en": str(sides[0]["label_en"]),
        }
        yield Problem("lint_targets_differ", found=" | ".join(shown), facts=facts)


# ---------------------------------------------------------------- steps


def _paths(scenario: Scenario) -> Iterator[tuple[str, Path]]:
    yield from ((f"drivers.{name}", path) for name, path in scenario.drivers.items())
    for name, lever in scenario.levers.items():
        if name not in _ONE_VALUE and not lever.solve_base:
            yield f"levers.{name}", lever
    for term in scenario.bridge:
        yield f"bridge.{term.id}", Path(unit=term.unit, points=term.points)
    if scenario.power is not None:
        yield from ((f"power.{name}", cast("Path", getattr(scenario.power, name))) for name in POWER_PATHS)


def _years(scenario: Scenario) -> Sequence[int]:
    return range(scenario.base.year, scenario.horizon.end + 1)


def _values(path: Path, years: Sequence[int]) -> Floats:
    """Return the values of a share in percent; before the first point stands the first."""
    return path_values(path.points, years, path.shape, base=path.points[min(path.points)], cap=100.0).values


def _no_fleet(scenario: Scenario) -> Iterator[Problem]:
    """Yield measures on sales or stock whose vehicles no fleet of the file covers."""
    vocabulary = load_vocabulary()
    graph = vocabulary.activity_graph
    fleets = {word for fleet in scenario.fleets for word in fleet.vehicles}
    for measure in scenario.measures:
        if measure.do.kind not in {"sales_share", "stock_share"}:
            continue
        acted = {
            vehicle
            for word in measure.acts_on.activities or ("road_vehicle",)
            if word in graph
            for vehicle in graph.descendants(word)
            if vocabulary.activities[vehicle]["kind"] == "vehicle"
        }
        missing = sorted(vehicle for vehicle in acted if not fleets & set(graph.ancestors(vehicle)))
        if missing:
            named = ", ".join(missing[:6]) + (" ..." if len(missing) > 6 else "")
            facts = {"field": measure.id, "vehicles": named, "fleets": ", ".join(sorted(fleets)) or "—"}
            yield Problem("no_fleet", found=measure.do.kind, facts=facts)
