"""Numbers of a scenario file in the unit in which each is used; units that do not fit are problems."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from emissions.errors import Problem
from emissions.scenario.file.extend import nearest
from emissions.scenario.file.form import Draft
from emissions.scenario.file.kinds import kinds
from emissions.scenario.file.places import Loc
from emissions.scenario.file.quantities import (
    CAPACITY,
    ENERGY,
    HOURS,
    POWER_PATHS,
    RATE,
    SHARE,
    expression,
    fits,
    in_unit,
    unit_of_driver,
)
from emissions.scenario.model import LEVERS, Do, Driver, Lever, Measure, Path, Power, Share, Technology, Term
from emissions.units import BASE_UNITS, scale
from emissions.vocabulary import load_vocabulary

AnyPath = TypeVar("AnyPath", bound=Path)


def measured(draft: Draft) -> tuple[Draft, list[Problem]]:
    """Return the draft with every number in the unit in which it is used, and the units that do not fit.

    Growth is in percent a year, shares are in percent, energy in Mtce, capacity in GW, electricity in TWh, the supply
    coal rate in gce/kWh, full-load hours in hours a year; a level that drives activity keeps its unit.
    """
    work = _Work(draft)
    scenario = draft.scenario
    parts = {
        "drivers": {name: work.driver(name, one) for name, one in scenario.drivers.items()},
        "levers": {name: work.lever(name, one) for name, one in scenario.levers.items()},
        "bridge": tuple(work.term(number, one) for number, one in enumerate(scenario.bridge)),
        "power": None if scenario.power is None else work.power(scenario.power),
        "measures": tuple(work.measure(number, one) for number, one in enumerate(scenario.measures)),
    }
    done = replace(draft, scenario=scenario.model_copy(update=parts), unmeasured=frozenset(work.unmeasured))
    return done, work.problems


class _Work:
    """Converts the parts of one draft and gathers the problems on the way."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.problems: list[Problem] = []
        self.unmeasured: set[Loc] = set()

    def unit(self, text: str, wanted: str, loc: Loc, key: str = "unit") -> bool:
        """Tell whether a unit fits; it is a problem where it does not."""
        if fits(text, wanted):
            return True
        self.unmeasured.add(loc)
        code = "scenario_unit_differs" if expression(text) else "scenario_unknown_unit"
        near = "" if expression(text) else nearest(text, [wanted, *load_vocabulary().units])
        self.problems.append(self.draft.problem(code, (*loc, key), text, allowed=wanted, nearest=near))
        return False

    def path(self, path: AnyPath, wanted: str, loc: Loc) -> AnyPath:
        return in_unit(path, wanted) if self.unit(path.unit, wanted, loc) else path

    def driver(self, name: str, driver: Driver) -> Driver:
        loc = ("drivers", name)
        unit = unit_of_driver(name, driver.unit)
        if unit and unit == expression(driver.unit):
            return driver.model_copy(update={"unit": unit})
        return self.path(driver, unit or RATE, loc)

    def lever(self, name: str, lever: Lever) -> Lever:
        if name not in LEVERS:
            near = nearest(name, list(LEVERS))
            self.problems.append(
                self.draft.problem("unknown_lever", ("levers", name), name, nearest=near, allowed=", ".join(LEVERS))
            )
            self.unmeasured.add(("levers", name))
            return lever
        return self.path(lever, LEVERS[name], ("levers", name))

    def term(self, number: int, term: Term) -> Term:
        if not self.unit(term.unit, ENERGY, ("bridge", number)):
            return term
        factor = scale(expression(term.unit), ENERGY)
        return term.model_copy(update={"unit": ENERGY, "points": _times(term.points, factor)})

    def power(self, power: Power) -> Power:
        paths = {name: self.path(getattr(power, name), unit, ("power", name)) for name, unit in POWER_PATHS.items()}
        technologies = {name: self.technology(name, one) for name, one in power.technologies.items()}
        return power.model_copy(update={**paths, "technologies": technologies})

    def technology(self, name: str, one: Technology) -> Technology:
        loc = ("power", "technologies", name)
        found: dict[str, object] = {}
        for part, unit in (("capacity", CAPACITY), ("hours", HOURS)):
            stated = getattr(one, f"{part}_unit")
            if stated != unit and self.unit(stated, unit, (*loc, part), f"{part}_unit"):
                factor = scale(expression(stated), unit)
                found |= {f"{part}_unit": unit, part: _times(getattr(one, part), factor)}
        return one.model_copy(update=found)

    def measure(self, number: int, measure: Measure) -> Measure:
        kind = kinds().get(measure.do.kind)
        loc = ("measures", number, "do")
        if kind is None or not measure.do.unit:
            return measure
        level = kind.unit == "activity" and measure.do.amount_is == "level"
        wanted = self.activity_unit(measure.do.unit, (*loc, "unit")) if level else kind.unit
        wanted = SHARE if wanted == "activity" else wanted
        if not wanted:
            self.unmeasured.add(loc)
        elif self.unit(measure.do.unit, wanted, loc):
            measure = measure.model_copy(update={"do": _do_in(measure.do, wanted)})
        to = tuple(self.share(one, (*loc, "to", number)) for number, one in enumerate(measure.do.to))
        return measure.model_copy(update={"do": measure.do.model_copy(update={"to": to})})

    def share(self, share: Share, loc: Loc) -> Share:
        """Return a destination whose unit is the base unit of its dimension."""
        unit = self.activity_unit(share.unit, (*loc, "unit")) if share.unit else ""
        if not unit:
            return share
        return share.model_copy(update={"unit": unit, "ratio": share.ratio * scale(expression(share.unit), unit)})

    def activity_unit(self, text: str, loc: Loc) -> str:
        """Return the base unit of activity data that a unit is converted to; blank, and a problem, if there is none."""
        units = [unit for unit in BASE_UNITS.values() if unit != "1"]
        for unit in units:
            if fits(text, unit):
                return unit
        code = "scenario_unit_differs" if expression(text) else "scenario_unknown_unit"
        self.problems.append(self.draft.problem(code, loc, text, allowed=" | ".join(units)))
        return ""


def _do_in(do: Do, unit: str) -> Do:
    if do.unit == unit:
        return do
    factor = scale(expression(do.unit), unit)
    changed = {name: value * factor for name, value in (("amount", do.amount), ("base", do.base)) if value is not None}
    return do.model_copy(update={**changed, "unit": unit})


def _times(points: dict[int, float], factor: float) -> dict[int, float]:
    return {year: value * factor for year, value in points.items()}
