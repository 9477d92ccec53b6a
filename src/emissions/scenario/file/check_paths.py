"""What is wrong with drivers, levers, the bridge, the power balance and fleets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from emissions.errors import Problem, ScenarioError
from emissions.scenario.file.extend import nearest
from emissions.scenario.file.form import Draft
from emissions.scenario.file.places import Loc
from emissions.scenario.file.quantities import POWER_PATHS, RATE, SHARE
from emissions.scenario.file.spell import STAGES
from emissions.scenario.mathematics.paths import path_values
from emissions.scenario.model import Lever, Path

SHARES = ("coal_share", "oil_share", "gas_share", "nonfossil_share")
"""Levers that share one total."""
TOLERANCE = 1e-9
"""By which shares may miss 100 percent, in percent."""


def check_paths(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with the paths of a draft and with what they say together."""
    for loc, path in paths_of(draft):
        yield from _shape(draft, loc, path)
        yield from _years(draft, loc, path.points)
        if loc not in draft.unmeasured:
            yield from _range(draft, loc, path)
    yield from _points_of_parts(draft)
    yield from _drivers(draft)
    yield from _determinants(draft)
    yield from _shares_together(draft)
    yield from _fleets(draft)


def paths_of(draft: Draft) -> Iterator[tuple[Loc, Path]]:
    """Yield every path of a scenario and where it stands."""
    scenario = draft.scenario
    yield from ((("drivers", name), path) for name, path in scenario.drivers.items())
    yield from ((("levers", name), path) for name, path in scenario.levers.items())
    if scenario.power is not None:
        yield from ((("power", name), getattr(scenario.power, name)) for name in POWER_PATHS)


def _shape(draft: Draft, loc: Loc, path: Path) -> Iterator[Problem]:
    """Yield what keeps the path from having a value in every year."""
    years = sorted(path.points)
    cap = 100.0 if path.unit == SHARE else None
    try:
        path_values(path.points, years, path.shape, cap=cap)
    except ScenarioError as error:
        for problem in error.problems:
            placed = draft.problem(problem.code, (*loc, "points"), problem.found or None)
            yield replace(placed, facts={**placed.facts, **problem.facts})


def _years(draft: Draft, loc: Loc, points: Mapping[int, float]) -> Iterator[Problem]:
    if not draft.has_years:
        return
    first, last = draft.scenario.base.year, draft.scenario.horizon.end
    for year in points:
        if not first <= year <= last:
            yield draft.problem("year_outside", (*loc, "points", year), year, allowed=f"{first}-{last}")


def _range(draft: Draft, loc: Loc, path: Path) -> Iterator[Problem]:
    """Yield shares outside 0 to 100 percent, rates that leave nothing, and negative levels."""
    export = loc == ("power", "export")
    for year, value in path.points.items():
        at = (*loc, "points", year)
        if path.unit == SHARE and not 0 <= value <= 100:
            yield draft.problem("scenario_share_outside", at, f"{value:g}", allowed="0-100 %")
        elif path.unit == RATE and value <= -100:
            yield draft.problem("rate_has_no_level", at, f"{value:g} %", facts={"year": str(year)})
        elif path.unit not in {SHARE, RATE} and value < 0 and not export:
            yield draft.problem("level_negative", at, f"{value:g}", facts={"year": str(year)})


def _points_of_parts(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with points that are not written as paths: bridge, technologies, growth of fleets."""
    scenario = draft.scenario
    found: list[tuple[Loc, Mapping[int, float]]] = [
        (("bridge", number, "points"), term.points) for number, term in enumerate(scenario.bridge)
    ]
    for name, one in scenario.power.technologies.items() if scenario.power else ():
        base: Loc = ("power", "technologies", name)
        found += [((*base, "capacity"), one.capacity), ((*base, "hours"), one.hours)]
    for loc, points in found:
        if not points:
            yield draft.problem("path_without_points", loc)
        for year, value in points.items():
            if value < 0 and loc not in draft.unmeasured:
                yield draft.problem("level_negative", (*loc, year), f"{value:g}", facts={"year": str(year)})
    found += [(("fleets", number, "growth"), fleet.growth) for number, fleet in enumerate(scenario.fleets)]
    for loc, points in found:
        for year in points:
            first, last = scenario.base.year, scenario.horizon.end
            if draft.has_years and not first <= year <= last:
                yield draft.problem("year_outside", (*loc, year), year, allowed=f"{first}-{last}")


def _drivers(draft: Draft) -> Iterator[Problem]:
    """Yield drivers that drive nothing, and levels that do not say where they start."""
    for name, driver in draft.scenario.drivers.items():
        loc = ("drivers", name)
        if name != "gdp_growth" and not any(not one.is_empty for one in driver.drives):
            yield draft.problem("driver_drives_nothing", loc, name)
        is_level = loc not in draft.unmeasured and driver.unit != RATE
        if is_level and draft.has_years and driver.points.get(draft.scenario.base.year, 0.0) <= 0:
            yield draft.problem(
                "driver_without_base", (*loc, "points"), name, facts={"year": str(draft.scenario.base.year)}
            )


def _determinants(draft: Draft) -> Iterator[Problem]:
    """Yield levers that state one thing twice, or lean on something that is not there."""
    levers = draft.scenario.levers
    total, rate, base = (levers.get(name) for name in ("energy_total", "energy_intensity_rate", "energy_total_base"))
    for name, lever in levers.items():
        if lever.solve_base and name != "energy_total":
            yield draft.problem("solve_base_elsewhere", ("levers", name, "solve_base"), name)
    if levers:
        missing = [name for name in ("coal_share", "nonfossil_share") if name not in levers]
        missing += ["energy_total_base"] if total is None and base is None else []
        missing += ["energy_intensity_rate"] if total is None and rate is None else []
        if missing and "levers" not in draft.wrong:
            yield draft.problem("envelope_incomplete", ("levers",), ", ".join(missing))
    if total is not None and rate is not None and not total.solve_base:
        yield draft.problem("energy_said_twice", ("levers", "energy_total"), "energy_total, energy_intensity_rate")
    if total is not None and total.solve_base:
        yield from _solve_base(draft, total, has_rate=rate is not None, has_base=base is not None)
    if "power_share_of_coal" in levers and draft.scenario.power is not None:
        yield draft.problem("power_said_twice", ("levers", "power_share_of_coal"), "power_share_of_coal, power")
    if rate is not None and "gdp_growth" not in draft.scenario.drivers and "drivers" not in draft.wrong:
        yield draft.problem("intensity_needs_growth", ("levers", "energy_intensity_rate"), "energy_intensity_rate")
    if base is not None and draft.has_years and set(base.points) != {draft.scenario.base.year}:
        yield draft.problem(
            "base_level_elsewhere",
            ("levers", "energy_total_base", "points"),
            ", ".join(map(str, base.points)),
            facts={"year": str(draft.scenario.base.year)},
        )


def _solve_base(draft: Draft, total: Lever, *, has_rate: bool, has_base: bool) -> Iterator[Problem]:
    loc = ("levers", "energy_total", "solve_base")
    if has_base:
        yield draft.problem("base_said_twice", loc, "energy_total_base, solve_base")
    if not has_rate:
        yield draft.problem("solve_base_needs_rate", loc, "solve_base")
    if len(total.points) != 1:
        yield draft.problem("solve_base_needs_one_point", loc, ", ".join(map(str, total.points)))


def _shares_together(draft: Draft) -> Iterator[Problem]:
    """Yield the years in which the shares of the fuels are together over 100 percent, or all four are not 100."""
    usable = {
        name: lever
        for name, lever in draft.scenario.levers.items()
        if name in SHARES and lever.points and ("levers", name) not in draft.unmeasured
    }
    whole = len(usable) == len(SHARES)
    for year in sorted({year for lever in usable.values() for year in lever.points}):
        values = {name: _value(lever, year) for name, lever in usable.items()}
        total = sum(values.values())
        stated = next(name for name, lever in usable.items() if year in lever.points)
        facts = {"year": str(year), "parts": " + ".join(f"{name} {value:g}" for name, value in values.items())}
        loc = ("levers", stated, "points", year)
        if total > 100 + TOLERANCE:
            yield draft.problem("shares_over_whole", loc, f"{total:g} %", facts=facts)
        elif whole and total < 100 - TOLERANCE:
            yield draft.problem("shares_under_whole", loc, f"{total:g} %", facts=facts)


def _value(lever: Lever, year: int) -> float:
    first = lever.points[min(lever.points)]
    try:
        return float(path_values(lever.points, [year], lever.shape, base=first, cap=100.0).values[0])
    except ScenarioError:
        return 0.0  # the path itself is a problem already


def _fleets(draft: Draft) -> Iterator[Problem]:
    for number, fleet in enumerate(draft.scenario.fleets):
        loc = ("fleets", number)
        for name in ("mean_life", "shape"):
            value = getattr(fleet, name)
            if value <= 0:
                yield draft.problem("not_above_zero", (*loc, name), f"{value:g}")
        for stage, (first, last) in fleet.stage_years.items():
            if stage not in STAGES:
                yield draft.problem(
                    "no_stage",
                    (*loc, "stage_years", stage),
                    stage,
                    allowed=", ".join(STAGES),
                    nearest=nearest(stage, STAGES),
                )
            if first > last:
                yield draft.problem("scenario_end_before_start", (*loc, "stage_years", stage), f"{first} > {last}")
