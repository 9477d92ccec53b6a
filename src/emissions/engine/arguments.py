"""The arguments of a card's formula for the lines it is tried for: measured values, factor rows, devices in series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product

import numpy as np
import pandas as pd

from emissions.engine.matches import (
    MEASURED,
    PUBLISHED,
    Flags,
    Match,
    Numbers,
    Rows,
    first_of,
    measured,
    no_match,
    published,
)
from emissions.engine.measured import Selection
from emissions.engine.reasons import Reasons
from emissions.engine.trials import Trial
from emissions.factors import FactorLibrary, Matched, Request, Resolver
from emissions.factors.match import Column, can_be_controlled, devices_on, treats
from emissions.methods import FORMULAS, Card
from emissions.units import convertible, per, scale
from emissions.vocabulary import Vocabulary

__all__ = ["MEASURED", "PUBLISHED", "ArgumentFinder", "Arguments"]

_Asked = tuple[str, str, str, str, str, str]
"""Card, argument, dimension, substance, package and device of a request."""
_Devices = tuple[str, ...] | None


@dataclass(frozen=True)
class Arguments:
    """Values of the arguments of a card for some lines, and what they came from.

    Attributes
    ----------
    values
        Argument -> float64 over lines, NaN where it could not be found.
    matches
        What the values came from; several a line and argument for devices in series.
    missing
        Argument -> number of the reason where it was not found: one for all lines, or one a line.
    """

    values: dict[str, Numbers]
    matches: tuple[Match, ...]
    missing: dict[str, int | Rows]

    @cached_property
    def complete(self) -> Flags:
        """True for lines for which every argument was found."""
        found: Flags = np.logical_and.reduce([np.isfinite(value) for value in self.values.values()])
        return found

    def reasons(self, lines: Flags) -> Rows:
        """Return, for some lines, the number of the reason of the first argument that was not found."""
        reason = np.zeros(len(lines), dtype=np.int64)
        for name, value in self.values.items():
            reason = np.where((reason == 0) & ~np.isfinite(value), self.missing[name], reason)
        return reason[lines]


@dataclass
class ArgumentFinder:
    """Finds arguments; one for a run."""

    keys: pd.DataFrame
    library: FactorLibrary
    vocabulary: Vocabulary
    measured: pd.DataFrame
    selection: Selection
    resolver: Resolver = field(init=False)
    reasons: Reasons = field(init=False, default_factory=Reasons)
    _number: dict[_Asked, int] = field(init=False, default_factory=dict)
    _measured: dict[tuple[str, str, str], tuple[Rows, Numbers]] = field(init=False, default_factory=dict)
    _bundles: dict[str, list[str]] = field(init=False, default_factory=dict)
    _acting: dict[tuple[str, str], list[_Devices]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the keys for matching."""
        self.resolver = Resolver(self.library, self.vocabulary, self.keys)

    def ask(self, trials: Iterable[Trial]) -> None:
        """Ask the factor library for everything that cards want for some lines, all at once."""
        asked = {name: request for trial in trials for name, request in self._wanted(trial)}
        numbers = self.resolver.numbers(list(asked.values()))
        self._number.update(zip(asked, numbers.tolist(), strict=True))

    def find(self, trial: Trial) -> Arguments:
        """Return the arguments of a card for some lines that were asked for, in the units its formula declares.

        Behind an argument that none of the lines has, the others are not looked for: the card cannot serve.
        """
        units = units_of(trial.card, trial.dimension)
        values: dict[str, Numbers] = {}
        missing: dict[str, int | Rows] = {}
        matches: list[Match] = []
        if bundle := self._bundled(trial.card):
            found = self._bundle(trial, {name: units[name] for name in bundle})
            matches += found.matches
            values |= found.values
            missing |= found.missing
        for name, unit in units.items():
            if name not in values:
                part = self._argument(trial, name, unit)
                matches += part.matches
                values[name], missing[name] = part.values[name], part.missing[name]
                if not np.isfinite(values[name]).any():
                    break
        return Arguments({name: values[name] for name in units if name in values}, tuple(matches), missing)

    def nothing_measured(self, card: Card) -> str:
        """Return the reason where a card needs a measured parameter of which the workbook gives none, else blank."""
        needed = [
            argument.parameter or name for name, argument in card.parameters.items() if argument.origin == "measured"
        ]
        absent = [parameter for parameter in needed if parameter not in self._given]
        return f"measured_missing:{absent[0]}" if absent else ""

    @cached_property
    def _given(self) -> set[str]:
        return {parameter for pairs in self.selection.sets for (parameter, _), _ in pairs}

    # ------------------------------------------------------------------ the factor library

    def request(
        self,
        card: Card,
        substance: str,
        name: str,
        unit: str,
        *,
        packages: tuple[str, ...] = (),
        device: str = "",
    ) -> Request:
        """Return what a card asks the factor library for one argument."""
        argument = card.parameters[name]
        return Request(
            parameter=argument.parameter or name,
            substance=substance if argument.substance is None else argument.substance,
            streams=("", card.stream) if argument.stream is None else (argument.stream,),
            unit=unit,
            bases=argument.basis,
            device=device,
            activity=argument.activity or "",
            category=argument.category or "",
            where=tuple(sorted(argument.where.items())),
            earlier_year="earlier_year" in card.fallback,
            packages=packages,
        )

    def _wanted(self, trial: Trial) -> Iterator[tuple[_Asked, Request]]:
        """Yield what a card wants from the factor library for some lines."""
        card, bundle = trial.card, self._bundled(trial.card)
        for name, unit in units_of(card, trial.dimension).items():
            series = card.parameters[name].combine == "series"
            if card.parameters[name].origin == "measured" and not series and name not in bundle:
                continue
            packages = [one for order in self._orders(trial, bundle)[1] for one in order] if name in bundle else [""]
            lists = [self._lists(card, substance, name) for substance in trial.substances] if series else []
            devices = self._all_devices(one for each in lists for one in each) if series else [""]
            for substance, package, device in product(trial.substances, packages, devices):
                only = (package,) if package else ()
                request = self.request(card, substance, name, unit, packages=only, device=device)
                yield (card.id, name, trial.dimension, substance, package, device), request

    def _published(self, trial: Trial, name: str, *, package: str = "", device: str = "") -> Matched:
        """Return the best row of each line for one argument, of one package or device where it is named."""
        asked = [(trial.card.id, name, trial.dimension, substance, package, device) for substance in trial.substances]
        numbers = np.array([self._number[one] for one in asked], dtype=np.int64)
        return self.resolver.at(numbers[trial.substance], trial.key)

    # ------------------------------------------------------------------ one argument

    def _argument(self, trial: Trial, name: str, unit: str) -> Arguments:
        argument = trial.card.parameters[name]
        if argument.combine == "series":
            return self._series(trial, name, unit)
        matches = [] if argument.origin == "published" else self._measured_match(trial, name, unit)
        if argument.origin != "measured":
            matches.append(published(name, "", self._published(trial, name)))
        value, kept = first_of(matches or [no_match(name, len(trial))])
        reason = "measured_missing" if argument.origin == "measured" else "no_factor"
        return Arguments({name: value}, kept, {name: self.reasons.number(f"{reason}:{argument.parameter or name}")})

    def _measured_match(self, trial: Trial, name: str, unit: str) -> list[Match]:
        argument = trial.card.parameters[name]
        if not self.selection.sets:
            return []
        found = [
            self._measured_values(
                argument.parameter or name, one if argument.substance is None else argument.substance, unit
            )
            for one in trial.substances
        ]
        number = self.keys["measured"].to_numpy(dtype=np.int64)[trial.key]
        row, value = (np.array(each)[trial.substance, number] for each in zip(*found, strict=True))
        return [measured(name, row, value)]

    def _measured_values(self, parameter: str, substance: str, unit: str) -> tuple[Rows, Numbers]:
        """Return the row of measured values of each set and its value in a unit; the last is that of no set."""
        known = self._measured.get((parameter, substance, unit))
        if known is not None:
            return known
        row_of_set = np.full(len(self.selection.sets) + 1, -1, dtype=np.int64)
        units, values = self.measured["unit"].astype(str).tolist(), self.measured["value"].tolist()
        for number, pairs in enumerate(self.selection.sets):
            for (given, of), row in pairs:
                if given == parameter and of in {"", substance} and convertible(units[row], unit):
                    row_of_set[number] = row
        value = np.array(
            [float(values[row]) * scale(units[row], unit) if row >= 0 else np.nan for row in row_of_set.tolist()]
        )
        self._measured[parameter, substance, unit] = row_of_set, value
        return row_of_set, value

    # ------------------------------------------------------------------ devices in series

    def _series(self, trial: Trial, name: str, unit: str) -> Arguments:
        """Removal of the devices that act on the substance: 1 - product(1 - efficiency x collection x operation).

        A measured removal stands for all devices of the key; it does not serve a key that states that none acts.
        """
        given = self._measured_match(trial, name, unit)
        each = [self._lists(trial.card, substance, name) for substance in trial.substances]
        lists = [devices for one in each for devices in one]
        codes = trial.substance * len(self._controls.values) + self._controls.codes[trial.key]
        of = [trial.card.parameters[name].substance or substance for substance in trial.substances]
        stated = np.array([devices is not None for devices in lists])[codes]
        stated |= np.array([not can_be_controlled(one, self.vocabulary) for one in of])[trial.substance]
        passing = np.where(stated, 1.0, np.nan)
        missing = np.full(len(trial), self.reasons.number("control_not_stated"))
        matches = []
        rates = self._rates[trial.key]
        for device in self._all_devices(lists):
            has = np.array([devices is not None and device in devices for devices in lists])[codes]
            if not has.any():
                continue
            matched = self._published(trial, name, device=device)
            missing[has & ~np.isfinite(matched.value)] = self.reasons.number(f"no_removal:{device}")
            passing = np.where(has, passing * (1 - matched.value * rates), passing)
            matches.append(published(name, device, matched).only(has))
        value = 1 - passing
        if given:
            idle = np.array([devices is not None and not devices for devices in lists])[codes]
            whole = given[0].only(~idle)
            taken = np.isfinite(whole.value)
            value = np.where(taken, whole.value, value)
            matches = [whole, *(one.only(~taken) for one in matches)]
        return Arguments({name: value}, tuple(matches), {name: missing})

    def _lists(self, card: Card, substance: str, name: str) -> list[_Devices]:
        """Return, for each control of the keys, the devices that act on a substance and treat the stream of a card."""
        of = card.parameters[name].substance or substance
        if (of, card.stream) not in self._acting:
            lists = [devices_on(str(control), of, self.vocabulary) for control in self._controls.values]
            self._acting[of, card.stream] = [
                devices and tuple(device for device in devices if treats(device, card.stream, self.vocabulary))
                for devices in lists
            ]
        return self._acting[of, card.stream]

    @staticmethod
    def _all_devices(lists: Iterable[_Devices]) -> list[str]:
        return sorted({device for devices in lists if devices for device in devices})

    @cached_property
    def _controls(self) -> Column:
        """Distinct controls of the keys, and which of them each key has."""
        return Column.of(self.keys["control"].to_numpy(dtype=object))

    @cached_property
    def _rates(self) -> Numbers:
        """Return collection x operating rate of each key; what is not stated leaves the published efficiency alone.

        A run says for how many lines (:func:`emissions.engine.notes.efficiencies_taken_whole`).
        """
        rates = np.ones(len(self.keys))
        for name in ("collection_efficiency", "operating_rate"):
            stated = self.keys[name].to_numpy(dtype=np.float64)
            rates = np.where(np.isfinite(stated), rates * stated, rates)
        return rates

    # ------------------------------------------------------------------ bundles

    def _bundled(self, card: Card) -> list[str]:
        """Return the arguments of a card that belong together, if there are several."""
        if card.id not in self._bundles:
            asked = [(name, card.parameters[name].parameter or name) for name in FORMULAS[card.formula].units]
            rows = [(name, self.vocabulary.parameters.get(parameter)) for name, parameter in asked]
            names = [name for name, row in rows if row and row["bundle"]]
            self._bundles[card.id] = names if len(names) > 1 else []
        return self._bundles[card.id]

    def _bundle(self, trial: Trial, units: Mapping[str, str]) -> Arguments:
        """Take parameters that belong together from one package and one row family; measured values go first."""
        size = len(trial)
        given = {name: self._measured_match(trial, name, unit) for name, unit in units.items()}
        values = {name: np.full(size, np.nan) for name in units}
        chosen = {name: no_match(name, size) for name in units}
        open_lines = np.ones(size, dtype=bool)
        which, orders = self._orders(trial, list(units))
        for number, order in enumerate(orders):
            for package in order:
                asked = open_lines & (which == number)
                if not asked.any():
                    break
                found = {name: self._published(trial, name, package=package) for name in units}
                good = asked & self._one_family(found, given)
                for name, matched in found.items():
                    here = _there(given[name], size)
                    own = good & ~here
                    values[name][own] = matched.value[own]
                    chosen[name] = chosen[name].with_others(matched, own)
                    if given[name]:
                        values[name] = np.where(good & here, given[name][0].value, values[name])
                open_lines &= ~good
        all_measured = np.logical_and.reduce([_there(given[name], size) for name in units])
        for name in units:
            if given[name]:
                values[name] = np.where(all_measured, given[name][0].value, values[name])
        served = ~open_lines | all_measured
        matches = [one.only(served) for name in units for one in given[name]] + list(chosen.values())
        reason = "no_bundle:" + "+".join(trial.card.parameters[name].parameter or name for name in units)
        return Arguments(values, tuple(matches), dict.fromkeys(units, self.reasons.number(reason)))

    def _orders(self, trial: Trial, names: Iterable[str]) -> tuple[Rows, list[tuple[str, ...]]]:
        """Return the orders in which packages are tried for a bundle, and which of them each line has.

        The order is that of the category of the key.
        """
        parameters = [trial.card.parameters[name].parameter or name for name in names]
        categories = self._categories
        pair = trial.substance * len(categories.values) + categories.codes[trial.key]
        pairs, of_line = np.unique(pair, return_inverse=True)
        orders: dict[tuple[str, ...], int] = {}
        number = []
        for substance, category in (divmod(one, len(categories.values)) for one in pairs.tolist()):
            asked = trial.substances[substance], str(categories.values[category])
            packages = dict.fromkeys(one for name in parameters for one in self.resolver.packages(name, *asked))
            number.append(orders.setdefault(tuple(packages), len(orders)))
        return np.array(number, dtype=np.int64)[of_line], list(orders)

    @cached_property
    def _categories(self) -> Column:
        return Column.of_series(self.keys["category"])

    @cached_property
    def _families(self) -> tuple[Rows, int]:
        """Family of each factor row as a number, and that of rows that name none."""
        families = self.library.coded["bundle"]
        return families.codes, families.values.index("") if "" in families.values else -1

    def _one_family(self, found: Mapping[str, Matched], given: Mapping[str, list[Match]]) -> Flags:
        """True for lines whose parameters are all there and whose rows name one bundle."""
        bundle, blank = self._families
        size = len(next(iter(found.values())).row)
        good = np.ones(size, dtype=bool)
        family = np.full(size, blank)
        published_any = np.zeros(size, dtype=bool)
        for name, matched in found.items():
            here = _there(given[name], size)
            good &= here | (matched.row >= 0)
            own = np.where((matched.row >= 0) & ~here, bundle[matched.row], blank)
            good &= (own == blank) | (family == blank) | (own == family)
            family = np.where(family == blank, own, family)
            published_any |= ~here
        return good & published_any


def units_of(card: Card, dimension: str) -> Mapping[str, str]:
    """Return the unit of each argument of a card's formula for activity data of a dimension."""
    return _units(card.formula, dimension)


@cache
def _units(formula: str, dimension: str) -> Mapping[str, str]:
    return {name: per(unit, dimension) for name, unit in FORMULAS[formula].units.items()}


def _there(given: list[Match], size: int) -> Flags:
    return np.isfinite(given[0].value) if given else np.zeros(size, dtype=bool)
