"""The arguments of a card's formula for every key: measured values, factor rows, devices in series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.measured import Selection
from emissions.engine.where import unstated
from emissions.factors import FactorLibrary, Matched, Request, Resolver
from emissions.factors.match import can_be_controlled, devices_on, treats
from emissions.methods import FORMULAS, Argument, Card
from emissions.units import convertible, per, scale
from emissions.vocabulary import Vocabulary

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MEASURED, PUBLISHED = 1, 0
"""Origin of a match."""


@dataclass(frozen=True)
class Match:
    """One factor row or measured value per key for an argument, or for one device of it."""

    argument: str
    device: str
    origin: int
    row: Rows
    value: Numbers
    rival: Rows
    earlier: Flags


@dataclass(frozen=True)
class Arguments:
    """Values of all arguments of a card over all keys, and what they came from.

    Attributes
    ----------
    values
        Argument -> float64 over keys, NaN where it could not be found.
    matches
        What the values came from; several a key and argument for devices in series.
    missing
        Argument -> reason code where it was not found: one for all keys, or one a key.
    """

    values: dict[str, Numbers]
    matches: tuple[Match, ...]
    missing: dict[str, str | npt.NDArray[np.object_]]

    def reasons(self, keys: Flags) -> npt.NDArray[np.object_]:
        """Return, for some keys, the reason of the first argument that was not found."""
        reason = np.full(int(keys.sum()), "", dtype=object)
        for name, value in self.values.items():
            absent = (reason == "") & ~np.isfinite(value[keys])
            text = self.missing[name]
            reason[absent] = text if isinstance(text, str) else text[keys][absent]
        return reason

    @property
    def complete(self) -> Flags:
        """True for keys for which every argument was found."""
        found: Flags = np.logical_and.reduce([np.isfinite(value) for value in self.values.values()])
        return found


@dataclass
class ArgumentFinder:
    """Finds arguments; one for a run."""

    keys: pd.DataFrame
    library: FactorLibrary
    vocabulary: Vocabulary
    measured: pd.DataFrame
    selection: Selection
    resolver: Resolver = field(init=False)
    _measured: dict[tuple[str, str, str], tuple[Rows, Numbers]] = field(init=False, default_factory=dict)

    _unstated: dict[str, Flags] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the keys for matching."""
        self.resolver = Resolver(self.library, self.vocabulary, self.keys)

    def find(self, card: Card, substance: str, dimension: str, here: Flags) -> Arguments:
        """Return the arguments of a card for a substance over all keys, in the units its formula declares.

        Behind an argument that none of the keys ``here`` has, the others are not looked for: the card cannot serve.
        """
        formula = FORMULAS[card.formula]
        units = {name: per(unit, dimension) for name, unit in formula.units.items()}
        values: dict[str, Numbers] = {}
        missing: dict[str, str | npt.NDArray[np.object_]] = {}
        matches: list[Match] = []
        bundle = [name for name in units if self._bundled(card, name)]
        if len(bundle) > 1:
            found = self._bundle(card, substance, {name: units[name] for name in bundle})
            matches += found.matches
            values |= found.values
            missing |= found.missing
        for name, unit in units.items():
            if name not in values:
                part = self._argument(card, substance, name, unit)
                matches += part.matches
                values[name], missing[name] = part.values[name], part.missing[name]
                if not np.isfinite(values[name][here]).any():
                    break
        return Arguments({name: values[name] for name in units if name in values}, tuple(matches), missing)

    def unstated(self, column: str) -> Flags:
        """Return which keys state nothing in a condition column."""
        if column not in self._unstated:
            self._unstated[column] = unstated(self.keys[column])
        return self._unstated[column]

    def nothing_measured(self, card: Card) -> str:
        """Return the reason where a card needs a measured parameter of which the workbook gives none, else blank."""
        given = {parameter for pairs in self.selection.sets for (parameter, _), _ in pairs}
        needed = [
            argument.parameter or name for name, argument in card.parameters.items() if argument.origin == "measured"
        ]
        absent = [parameter for parameter in needed if parameter not in given]
        return f"measured_missing:{absent[0]}" if absent else ""

    # ------------------------------------------------------------------ one argument

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

    def _argument(self, card: Card, substance: str, name: str, unit: str) -> Arguments:
        argument = card.parameters[name]
        if argument.combine == "series":
            return self._series(card, substance, name, unit)
        matches = [] if argument.origin == "published" else self._measured_match(card, substance, name, unit)
        if argument.origin != "measured":
            matches.append(_match(name, "", self.resolver.resolve(self.request(card, substance, name, unit))))
        value, kept = _first(matches or [_empty(name, len(self.keys))])
        reason = "measured_missing" if argument.origin == "measured" else "no_factor"
        return Arguments({name: value}, kept, {name: f"{reason}:{argument.parameter or name}"})

    def _measured_match(self, card: Card, substance: str, name: str, unit: str) -> list[Match]:
        argument = card.parameters[name]
        wanted = substance if argument.substance is None else argument.substance
        if not self.selection.sets:
            return []
        row, value = self._measured_values(argument, name, wanted, unit)
        none = np.full(len(self.keys), -1, dtype=np.int64)
        return [Match(name, "", MEASURED, row, value, none, np.zeros(len(self.keys), dtype=bool))]

    def _measured_values(self, argument: Argument, name: str, substance: str, unit: str) -> tuple[Rows, Numbers]:
        parameter = argument.parameter or name
        known = self._measured.get((parameter, substance, unit))
        if known is not None:
            return known
        row_of_set = np.full(len(self.selection.sets) + 1, -1, dtype=np.int64)
        for number, pairs in enumerate(self.selection.sets):
            for (given, of), row in pairs:
                if (
                    given == parameter
                    and of in {"", substance}
                    and convertible(str(self.measured["unit"].iloc[row]), unit)
                ):
                    row_of_set[number] = row
        row = row_of_set[self.keys["measured"].to_numpy(dtype=np.int64)]
        value = np.full(len(row), np.nan)
        for one in np.unique(row[row >= 0]):
            value[row == one] = float(self.measured["value"].iloc[one]) * scale(
                str(self.measured["unit"].iloc[one]), unit
            )
        self._measured[parameter, substance, unit] = row, value
        return row, value

    # ------------------------------------------------------------------ devices in series

    def _series(self, card: Card, substance: str, name: str, unit: str) -> Arguments:
        """Removal of the devices that act on the substance: 1 - product(1 - efficiency x collection x operation).

        A measured removal stands for all devices of the key; it does not serve a key that states that none acts.
        """
        measured = self._measured_match(card, substance, name, unit)
        of = card.parameters[name].substance or substance
        controls, codes = self._controls
        lists = [self._devices(control, of, card.stream) for control in controls]
        stated = np.array([devices is not None for devices in lists])[codes]
        stated |= not can_be_controlled(of, self.vocabulary)
        passing = np.where(stated, 1.0, np.nan)
        missing = np.full(len(self.keys), "control_not_stated", dtype=object)
        matches = list(measured)
        rates = self._rates
        for device in sorted({device for devices in lists if devices for device in devices}):
            has = np.array([devices is not None and device in devices for devices in lists])[codes]
            matched = self.resolver.resolve(self.request(card, substance, name, unit, device=device))
            missing[has & ~np.isfinite(matched.value)] = f"no_removal:{device}"
            passing = np.where(has, passing * (1 - matched.value * rates), passing)
            matches.append(_match(name, device, matched, has))
        value = 1 - passing
        if measured:
            idle = np.array([devices is not None and not devices for devices in lists])[codes]
            measured = [_only(measured[0], ~idle)]
            matches[0] = measured[0]
            value = np.where(np.isfinite(measured[0].value), measured[0].value, value)
            taken = np.isfinite(measured[0].value)
            matches = [measured[0], *(_without(one, taken) for one in matches[1:])]
        return Arguments({name: value}, tuple(matches), {name: missing})

    def _devices(self, control: str, substance: str, stream: str) -> tuple[str, ...] | None:
        devices = devices_on(control, substance, self.vocabulary)
        return devices and tuple(device for device in devices if treats(device, stream, self.vocabulary))

    @cached_property
    def _controls(self) -> tuple[list[str], Rows]:
        """Distinct controls of the keys, and which of them each key has."""
        controls, codes = np.unique(self.keys["control"].to_numpy(dtype=str), return_inverse=True)
        return [str(control) for control in controls], codes.astype(np.int64)

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

    def _bundled(self, card: Card, name: str) -> bool:
        argument = card.parameters[name]
        row = self.vocabulary.parameters.get(argument.parameter or name)
        return bool(row and row["bundle"])

    def _bundle(self, card: Card, substance: str, units: Mapping[str, str]) -> Arguments:
        """Take parameters that belong together from one package and one row family; measured values go first."""
        size = len(self.keys)
        measured = {name: self._measured_match(card, substance, name, unit) for name, unit in units.items()}
        values = {name: np.full(size, np.nan) for name in units}
        chosen = {name: _empty(name, size) for name in units}
        open_keys = np.ones(size, dtype=bool)
        for package, asked in self._packages(card, substance, units):
            found = {
                name: self.resolver.resolve(self.request(card, substance, name, unit, packages=(package,)))
                for name, unit in units.items()
            }
            good = open_keys & asked & self._one_family(found, measured)
            for name, matched in found.items():
                own = good & ~_measured_here(measured[name], size)
                values[name][own] = matched.value[own]
                chosen[name] = _merged(chosen[name], matched, own)
                if measured[name]:
                    given = measured[name][0].value
                    values[name][good] = np.where(np.isfinite(given[good]), given[good], values[name][good])
            open_keys &= ~good
        all_measured = np.logical_and.reduce([_measured_here(measured[name], size) for name in units])
        for name in units:
            if measured[name]:
                values[name] = np.where(all_measured, measured[name][0].value, values[name])
        served = ~open_keys | all_measured
        matches = [_only(one, served) for name in units for one in measured[name]] + list(chosen.values())
        reason = "no_bundle:" + "+".join(card.parameters[name].parameter or name for name in units)
        return Arguments(values, tuple(matches), dict.fromkeys(units, reason))

    def _packages(self, card: Card, substance: str, units: Mapping[str, str]) -> list[tuple[str, Flags]]:
        """Return packages to try and the keys to try each for, every key in the order of its own category."""
        categories = self.keys["category"].astype(str).to_numpy()
        parameters = [card.parameters[name].parameter or name for name in units]
        orders: dict[tuple[str, ...], Flags] = {}
        for category in dict.fromkeys(categories):
            order = tuple(
                dict.fromkeys(
                    package
                    for parameter in parameters
                    for package in self.resolver.packages(parameter, substance, str(category))
                )
            )
            orders[order] = orders.get(order, np.zeros(len(categories), dtype=bool)) | (categories == category)
        return [(package, keys) for order, keys in orders.items() for package in order]

    def _one_family(self, found: Mapping[str, Matched], measured: Mapping[str, list[Match]]) -> Flags:
        """True for keys whose parameters are all there and whose rows name one bundle."""
        bundle = self.library.column["bundle"]
        size = len(self.keys)
        good = np.ones(size, dtype=bool)
        family = np.full(size, "", dtype=object)
        for name, matched in found.items():
            here = _measured_here(measured[name], size)
            good &= here | (matched.row >= 0)
            own = np.where(matched.row >= 0, bundle[matched.row], "")
            own = np.where(here, "", own)
            good &= (own == "") | (family == "") | (own == family)
            family = np.where(family == "", own, family)
        none_published: Flags = np.logical_and.reduce([_measured_here(measured[name], size) for name in found])
        usable: Flags = good & ~none_published
        return usable


def _match(argument: str, device: str, matched: Matched, mask: Flags | None = None) -> Match:
    keep = np.ones(len(matched.row), dtype=bool) if mask is None else mask
    return Match(
        argument,
        device,
        PUBLISHED,
        np.where(keep, matched.row, -1),
        np.where(keep, matched.value, np.nan),
        np.where(keep, matched.rival, -1),
        matched.earlier & keep,
    )


def _first(matches: list[Match]) -> tuple[Numbers, tuple[Match, ...]]:
    value = matches[0].value
    kept = [matches[0]]
    for match in matches[1:]:
        taken = np.isfinite(value)
        kept.append(_without(match, taken))
        value = np.where(taken, value, match.value)
    return value, tuple(kept)


def _without(match: Match, taken: Flags) -> Match:
    return _only(match, ~taken)


def _only(match: Match, mask: Flags) -> Match:
    return Match(
        match.argument,
        match.device,
        match.origin,
        np.where(mask, match.row, -1),
        np.where(mask, match.value, np.nan),
        np.where(mask, match.rival, -1),
        match.earlier & mask,
    )


def _merged(match: Match, matched: Matched, mask: Flags) -> Match:
    return Match(
        match.argument,
        "",
        PUBLISHED,
        np.where(mask, matched.row, match.row),
        np.where(mask, matched.value, match.value),
        np.where(mask, matched.rival, match.rival),
        np.where(mask, matched.earlier, match.earlier),
    )


def _empty(name: str, size: int) -> Match:
    none = np.full(size, -1, dtype=np.int64)
    return Match(name, "", PUBLISHED, none, np.full(size, np.nan), none, np.zeros(size, dtype=bool))


def _measured_here(measured: list[Match], size: int) -> Flags:
    return np.isfinite(measured[0].value) if measured else np.zeros(size, dtype=bool)
