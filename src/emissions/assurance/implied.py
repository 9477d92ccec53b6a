"""The distinct implied factors behind the lines of a result, and how each follows from its sources.

Lines that took the same factor rows through the same card have the same implied factor in every draw, however many
regions, years and rows they stand for. The formula is evaluated anew for every draw; nothing is linearised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.assurance.spread import Floats
from emissions.engine import Run
from emissions.engine.arguments import MEASURED
from emissions.engine.keys import RATE_COLUMNS, first_places
from emissions.engine.lines import as_texts
from emissions.methods import FORMULAS, Card, Formula
from emissions.units import BASE_UNITS, per, scale

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """An argument of a formula: its values and where each draws from.

    Attributes
    ----------
    value
        As used, in the unit of the formula, shape (factors, slots); one slot, or one a device.
    source
        Number of the source of each value; the last ratio of all is 1 and stands for what is not uncertain.
    rate
        Collection x operation of each device, same shape.
    series
        True where the slots are devices in series.
    """

    value: Floats
    source: Numbers
    rate: Floats
    series: bool

    def values(self, ratios: Floats) -> Floats:
        """Return the argument under draws, shape (factors, draws)."""
        if not self.series:
            found: Floats = self.value[:, :1] * ratios[self.source[:, 0]]
            return found
        passing = np.ones((len(self.value), ratios.shape[1]))
        for slot in range(self.value.shape[1]):
            acting = self.value[:, slot] * self.rate[:, slot]
            passing *= 1 - acting[:, None] * ratios[self.source[:, slot]]
        result: Floats = 1 - passing
        return result

    def chosen(self, which: Numbers) -> Part:
        """Return the part of some factors."""
        return Part(self.value[which], self.source[which], self.rate[which], self.series)


@dataclass(frozen=True)
class Group:
    """Implied factors of one card and dimension.

    Attributes
    ----------
    number
        Numbers of the implied factors.
    factor
        What the formula's result is multiplied by to give t per base unit.
    """

    number: Numbers
    formula: Formula
    factor: float
    parts: Mapping[str, Part]

    def implied(self, ratios: Floats) -> Floats:
        """Return the implied factors under draws (t per base unit), shape (factors, draws)."""
        arguments = {name: part.values(ratios) for name, part in self.parts.items()}
        result: Floats = np.asarray(self.formula(**arguments), dtype=np.float64) * self.factor
        return result

    def chosen(self, which: Numbers) -> Group:
        """Return the group of some of its factors, by position."""
        parts = {name: part.chosen(which) for name, part in self.parts.items()}
        return Group(self.number[which], self.formula, self.factor, parts)


@dataclass(frozen=True)
class Distinct:
    """The distinct implied factors of some lines, each with the line that stands for it.

    Attributes
    ----------
    of_row
        Number of the implied factor of each row of lines.
    card, key
        Card and key of each implied factor.
    matches
        argument, device, origin, row, value of the lines that stand for them; ``factor`` is their number.
    """

    of_row: Numbers
    card: npt.NDArray[np.str_]
    key: Numbers
    matches: pd.DataFrame


def distinct_factors(run: Run, rows: Numbers) -> Distinct:
    """Return the distinct implied factors of some lines.

    Lines are told apart by 64 bits that card, dimension, rates and all matched rows are hashed to; of 10^5 implied
    factors two would be taken for one with a probability below 10^-9.

    Parameters
    ----------
    rows
        Of the table of ``run.kind_lines``, of kinds that have keys.
    """
    lines = run.kind_lines
    line = lines.table["line"].to_numpy(dtype=np.int64)[rows]
    key = lines.first_key[lines.kind[rows]]
    card, cards = _coded(lines.table["card"].iloc[rows])
    of_key = _combined(run.keys.iloc[key], ["dimension", *RATE_COLUMNS])
    hashed = _mixed(
        _of_matches(run.kind_matches, lines.table)[line] ^ _mixed((of_key * len(cards) + card).astype(np.uint64))
    )
    of_row = pd.factorize(hashed)[0].astype(np.int64)
    first = first_places(of_row)
    factor = np.full(int(lines.table["line"].max()) + 1 if len(lines.table) else 0, -1, dtype=np.int64)
    factor[line[first]] = np.arange(len(first))
    own = factor[run.kind_matches["line"].to_numpy(dtype=np.int64)]
    chosen = np.flatnonzero(own >= 0)
    chosen = chosen[np.argsort(own[chosen], kind="stable")]
    matches = as_texts(run.kind_matches[["argument", "device", "origin", "row", "value"]].iloc[chosen])
    matches = matches.reset_index(drop=True)
    return Distinct(of_row, cards[card[first]], key[first], matches.assign(factor=own[chosen]))


def _of_matches(matches: pd.DataFrame, table: pd.DataFrame) -> npt.NDArray[np.uint64]:
    """Return a hash of the matched rows of each line that does not depend on their order."""
    code = np.zeros(len(matches), dtype=np.int64)
    for name in ("argument", "device"):
        codes, words = _coded(matches[name])
        code = code * len(words) + codes
    row = matches["row"].to_numpy(dtype=np.int64)
    code = (code * 2 + matches["origin"].to_numpy(dtype=np.int64)) * (int(row.max(initial=0)) + 1) + row
    line = matches["line"].to_numpy(dtype=np.int64)
    size = int(max(line.max(initial=-1), table["line"].max() if len(table) else -1)) + 1
    once = _mixed(code.astype(np.uint64))
    hashed = np.zeros(size, dtype=np.uint64)
    for each in (once, _mixed(once)):
        # numbers below 2^40 add up exactly in float64, whatever their order
        sums = np.bincount(line, (each >> np.uint64(24)).astype(np.float64), size)
        hashed = _mixed(hashed) ^ sums.astype(np.uint64)
    return hashed


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return numbers whose bits depend on all bits of those given (splitmix64, Steele et al. 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: npt.NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return found


def _coded(column: pd.Series) -> tuple[Numbers, npt.NDArray[np.str_]]:
    """Return the code of every element and the distinct texts."""
    codes, words = pd.factorize(column, use_na_sentinel=False)
    return codes.astype(np.int64), np.array([str(word) for word in words], dtype=str)


def _combined(table: pd.DataFrame, columns: list[str]) -> Numbers:
    """Return one number for every distinct combination of some columns."""
    combined = np.zeros(len(table), dtype=np.int64)
    for name in columns:
        codes = pd.factorize(table[name], use_na_sentinel=False)[0].astype(np.int64)
        combined = pd.factorize(combined * (int(codes.max(initial=0)) + 1) + codes)[0].astype(np.int64)
    return combined


def groups_of(
    run: Run, found: Distinct, cards: Mapping[str, Card], source: Numbers, certain: int
) -> tuple[tuple[Group, ...], Numbers]:
    """Return implied factors by card and dimension, and how many of the values each rests on have bounds.

    Parameters
    ----------
    source
        Number of the source of each match of ``found``; ``certain`` where it has no bounds.

    Returns
    -------
    groups : tuple
        Every implied factor in one of them.
    known : array of int64
        0 none, 1 some, 2 all.
    """
    keys = run.keys.iloc[found.key]
    rates = np.ones(len(keys))
    for name in RATE_COLUMNS:
        rates *= np.nan_to_num(keys[name].to_numpy(dtype=np.float64), nan=1.0)
    used = found.matches.assign(source=source)
    of = used["factor"].to_numpy(dtype=np.int64)
    count, bounded = np.bincount(of, minlength=len(keys)), np.bincount(of, source != certain, len(keys))
    known = np.where(bounded == 0, 0, np.where(bounded == count, 2, 1)).astype(np.int64)
    dimension = keys["dimension"].to_numpy(dtype=str)
    groups = []
    for name, kind in dict.fromkeys(zip(found.card.tolist(), dimension.tolist(), strict=True)):
        number = np.flatnonzero((found.card == name) & (dimension == kind))
        formula = FORMULAS[cards[name].formula]
        own = used[np.isin(of, number)]
        place = np.searchsorted(number, own["factor"].to_numpy())
        parts = {
            argument: _part(argument, cards[name], own, place, rates[number], certain) for argument in formula.units
        }
        size = scale(per(formula.returns, kind), formula.target(BASE_UNITS[kind]))
        groups.append(Group(number, formula, cards[name].sign * size, parts))
    return tuple(groups), known


def _part(argument: str, card: Card, used: pd.DataFrame, place: Numbers, rates: Floats, certain: int) -> Part:
    """Return an argument over the factors of a group; ``place`` is the position of each match's factor."""
    here = np.flatnonzero((used["argument"] == argument).to_numpy())
    own, place = used.iloc[here], place[here]
    series = card.parameters[argument].combine == "series"
    slot = pd.Series(place).groupby(place).cumcount().to_numpy() if len(place) else place
    slots = int(slot.max(initial=0)) + 1
    value = np.full((len(rates), slots), 0.0 if series else np.nan)
    source = np.full((len(rates), slots), certain, dtype=np.int64)
    rate = np.ones((len(rates), slots))
    value[place, slot] = own["value"].to_numpy(dtype=np.float64)
    source[place, slot] = own["source"].to_numpy(dtype=np.int64)
    by_device = (own["device"] != "").to_numpy() & (own["origin"] != MEASURED).to_numpy()
    rate[place[by_device], slot[by_device]] = rates[place[by_device]]
    return Part(value, source, rate, series)
