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
from emissions.engine.keys import RATE_COLUMNS
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
class Implied:
    """Distinct implied factors.

    Attributes
    ----------
    of_line
        Number of the implied factor of each line.
    groups
        All of them, by card and dimension.
    known
        How many of the values that each rests on have bounds: 0 none, 1 some, 2 all.
    """

    of_line: Numbers
    groups: tuple[Group, ...]
    known: Numbers


def implied_factors(
    run: Run, lines: pd.DataFrame, cards: Mapping[str, Card], factor_of: Mapping[tuple[int, int], int], certain: int
) -> Implied:
    """Return the distinct implied factors of some lines.

    Parameters
    ----------
    lines
        Of ``run.lines``, with their index.
    factor_of
        (origin, row) of a match -> number of its source; what is not there has no bounds.
    certain
        Number that stands for what is not uncertain.
    """
    matches, start = _matches_of(run, lines)
    keys = run.keys.iloc[lines["key"].to_numpy(dtype=np.int64)]
    code = _combined(matches, ["argument", "device", "origin", "row"])
    combined = _combined(
        pd.DataFrame(
            {"card": lines["card"].to_numpy(), **{name: keys[name].to_numpy() for name in ("dimension", *RATE_COLUMNS)}}
        ),
        ["card", "dimension", *RATE_COLUMNS],
    )
    count = np.diff(start)
    size = int(code.max(initial=0)) + 2
    for slot in range(int(count.max(initial=0))):
        there = count > slot
        taken = np.zeros(len(lines), dtype=np.int64)
        taken[there] = code[start[:-1][there] + slot] + 1
        combined = pd.factorize(combined * size + taken)[0].astype(np.int64)
    first = np.unique(combined, return_index=True)[1]
    pairs = zip(matches["origin"].tolist(), matches["row"].tolist(), strict=True)
    matches = matches.assign(source=[factor_of.get(pair, certain) for pair in pairs])
    groups, known = _groups(lines.iloc[first], keys.iloc[first], matches, start[first], count[first], cards, certain)
    return Implied(combined, groups, known)


def _matches_of(run: Run, lines: pd.DataFrame) -> tuple[pd.DataFrame, Numbers]:
    """Return the matches of lines in the order of the lines, and where those of each line begin."""
    position = np.full(len(run.lines), -1, dtype=np.int64)
    position[lines.index.to_numpy(dtype=np.int64)] = np.arange(len(lines))
    line = position[run.matches["line"].to_numpy(dtype=np.int64)]
    chosen = np.flatnonzero(line >= 0)
    names = ["argument", "device", "origin", "row", "value"]
    found = run.matches[names].iloc[chosen].reset_index(drop=True)
    order = np.lexsort((_combined(found, names[:-1]), line[chosen]))
    start = np.searchsorted(line[chosen][order], np.arange(len(lines) + 1))
    return found.iloc[order].reset_index(drop=True), start.astype(np.int64)


def _combined(table: pd.DataFrame, columns: list[str]) -> Numbers:
    """Return one number for every distinct combination of some columns."""
    combined = np.zeros(len(table), dtype=np.int64)
    for name in columns:
        codes = pd.factorize(table[name], use_na_sentinel=False)[0].astype(np.int64)
        combined = pd.factorize(combined * (int(codes.max(initial=0)) + 1) + codes)[0].astype(np.int64)
    return combined


def _groups(
    lines: pd.DataFrame,
    keys: pd.DataFrame,
    matches: pd.DataFrame,
    start: Numbers,
    count: Numbers,
    cards: Mapping[str, Card],
    certain: int,
) -> tuple[tuple[Group, ...], Numbers]:
    rates = np.ones(len(keys))
    for name in RATE_COLUMNS:
        rates *= np.nan_to_num(keys[name].to_numpy(dtype=np.float64), nan=1.0)
    card, dimension = lines["card"].to_numpy(dtype=str), keys["dimension"].to_numpy(dtype=str)
    of = np.repeat(np.arange(len(lines)), count)
    inside = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    used = matches.iloc[start[of] + inside].assign(of=of)
    bounded = used["source"].to_numpy() != certain
    with_bounds = np.bincount(of, bounded, len(lines))
    known = np.where(with_bounds == 0, 0, np.where(with_bounds == count, 2, 1))
    groups = []
    for name, kind in dict.fromkeys(zip(card.tolist(), dimension.tolist(), strict=True)):
        number = np.flatnonzero((card == name) & (dimension == kind))
        formula = FORMULAS[cards[name].formula]
        own = used[np.isin(of, number)]
        place = np.searchsorted(number, own["of"].to_numpy())
        parts = {
            argument: _part(argument, cards[name], own, place, rates[number], certain) for argument in formula.units
        }
        size = scale(per(formula.returns, kind), formula.target(BASE_UNITS[kind]))
        groups.append(Group(number, formula, cards[name].sign * size, parts))
    return tuple(groups), known.astype(np.int64)


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
