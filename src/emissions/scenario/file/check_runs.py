"""What is wrong with the frame of a scenario: years, base, solving and draws."""

from __future__ import annotations

from collections.abc import Iterator

from emissions.errors import Problem
from emissions.factors.library import set_names
from emissions.scenario.file.extend import nearest
from emissions.scenario.file.form import Draft
from emissions.scenario.file.places import Loc
from emissions.scenario.file.quantities import POWER_PATHS
from emissions.scenario.file.sources import known_targets, nearest_target
from emissions.scenario.model import Solve, Uncertainty, Until, Vary

PARAMETERS = {"triangular": ("low", "mode", "high"), "uniform": ("low", "high"), "normal": ("sd",)}
"""Distribution -> parameters it needs and takes; ``normal`` is around what leaves the path as it is."""
_PARTS = ("low", "mode", "high", "mean", "sd")


def check_runs(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with base, horizon, solving and uncertainty."""
    yield from _frame(draft)
    for number, solve in enumerate(draft.scenario.solve):
        yield from _solve(draft, solve, ("solve", number))
    if draft.scenario.uncertainty is not None:
        yield from _uncertainty(draft, draft.scenario.uncertainty)


def solved_paths(draft: Draft) -> list[str]:
    """Return the names of what can be solved for: the paths of drivers and levers."""
    scenario = draft.scenario
    return [*(f"drivers.{name}" for name in scenario.drivers), *(f"levers.{name}" for name in scenario.levers)]


def varied_paths(draft: Draft) -> list[str]:
    """Return the names of what can be varied: paths of drivers, levers, bridge and power balance, and measures."""
    scenario = draft.scenario
    power = [*POWER_PATHS] if scenario.power is not None else []
    for name in scenario.power.technologies if scenario.power is not None else ():
        power += [f"{name}.capacity", f"{name}.hours"]
    return [
        *solved_paths(draft),
        *(f"bridge.{term.id}" for term in scenario.bridge),
        *(f"power.{name}" for name in power),
        *(f"measures.{measure.id}" for measure in scenario.measures),
    ]


def _frame(draft: Draft) -> Iterator[Problem]:
    base, horizon = draft.scenario.base, draft.scenario.horizon
    if "base" not in draft.wrong and not base.factors.endswith((".yaml", ".yml")) and base.factors not in set_names():
        known = set_names()
        at: Loc = ("base", "factors")
        yield draft.problem(
            "unknown_set", at, base.factors, allowed=", ".join(known), nearest=nearest(base.factors, known)
        )
    if "horizon" in draft.wrong:
        return
    if horizon.end < horizon.start:
        yield draft.problem("scenario_end_before_start", ("horizon", "to"), f"{horizon.end} < {horizon.start}")
    if horizon.step < 1:
        yield draft.problem("not_above_zero", ("horizon", "step"), horizon.step)
    if draft.has_years and horizon.start < base.year:
        yield draft.problem("year_outside", ("horizon", "from"), horizon.start, allowed=f">= {base.year}")


def _existing(draft: Draft, name: str, known: list[str], loc: Loc) -> Iterator[Problem]:
    if name not in known and name.partition(".")[0] not in draft.wrong:
        yield draft.problem("scenario_no_path", loc, name, nearest=nearest(name, known), allowed=", ".join(known))


def _solve(draft: Draft, solve: Solve, loc: Loc) -> Iterator[Problem]:
    yield from _existing(draft, solve.lever, solved_paths(draft), (*loc, "lever"))
    low, high = solve.bounds.low, solve.bounds.high
    if low >= high:
        yield draft.problem("bounds_crossed", (*loc, "bounds"), f"{low:g} >= {high:g}")
    if low < 0:
        yield draft.problem("level_negative", (*loc, "bounds", "low"), f"{low:g}", facts={"year": ""})
    if draft.has_years:
        first, last = draft.scenario.base.year, draft.scenario.horizon.end
        if not first <= solve.scale_after < last:
            allowed = f"{first}-{last - 1}"
            yield draft.problem("year_outside", (*loc, "scale_after"), solve.scale_after, allowed=allowed)
    yield from _until(draft, solve.until, (*loc, "until"))


def _until(draft: Draft, until: Until, loc: Loc) -> Iterator[Problem]:
    if bool(until.target) == bool(until.indicator):
        yield draft.problem("until_one_of", loc)
    if until.indicator and until.value is None:
        yield draft.problem("until_needs_value", loc, until.indicator)
    if until.target and until.target not in known_targets():
        yield draft.problem("target_unknown", (*loc, "target"), until.target, nearest=nearest_target(until.target))


def _uncertainty(draft: Draft, uncertainty: Uncertainty) -> Iterator[Problem]:
    if uncertainty.runs < 1:
        yield draft.problem("not_above_zero", ("uncertainty", "runs"), uncertainty.runs)
    if uncertainty.seed < 0:
        yield draft.problem("level_negative", ("uncertainty", "seed"), uncertainty.seed, facts={"year": ""})
    named: set[str] = set()
    for number, vary in enumerate(uncertainty.vary):
        loc: Loc = ("uncertainty", "vary", number)
        yield from _existing(draft, vary.path, varied_paths(draft), (*loc, "path"))
        if vary.path in named:
            yield draft.problem("varied_twice", (*loc, "path"), vary.path)
        named.add(vary.path)
        yield from _distribution(draft, vary, loc)
    for pair, value in uncertainty.correlation.items():
        at: Loc = ("uncertainty", "correlation", pair)
        names = pair.split("|")
        if len(names) != 2 or not set(names) <= named or names[0] == names[1]:
            yield draft.problem("correlation_pair", at, pair, allowed=", ".join(sorted(named)))
        if not -1 <= value <= 1:
            yield draft.problem("correlation_outside", at, f"{value:g}", allowed="-1 - 1")


def _distribution(draft: Draft, vary: Vary, loc: Loc) -> Iterator[Problem]:
    needed = PARAMETERS[vary.distribution]
    values = {name: getattr(vary, name) for name in _PARTS}
    missing = [name for name in needed if values[name] is None]
    if missing:
        facts = {"needs": ", ".join(needed)}
        yield draft.problem("distribution_needs", loc, f"{vary.distribution}: {', '.join(missing)}", facts=facts)
    for name in _PARTS:
        if values[name] is not None and name not in needed:
            facts = {"distribution": vary.distribution}
            yield draft.problem("distribution_does_not_take", (*loc, name), name, facts=facts)
    if missing:
        return
    low, mode, high = (values[name] for name in ("low", "mode", "high"))
    if vary.distribution != "normal" and not low < high:
        yield draft.problem("bounds_crossed", loc, f"{low:g} >= {high:g}")
    elif vary.distribution == "triangular" and not low <= mode <= high:
        yield draft.problem("mode_outside", (*loc, "mode"), f"{mode:g}", allowed=f"{low:g} - {high:g}")
    if vary.distribution == "normal" and values["sd"] <= 0:
        yield draft.problem("not_above_zero", (*loc, "sd"), f"{values['sd']:g}")
