"""Sizes that are hardly right: what is usual is a row of the vocabulary or the rest of the same workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.pieces.part import CodedWords, numbered
from emissions.activity.table import SELECTOR_COLUMNS, cell_of
from emissions.errors import Problem
from emissions.vocabulary import Graph, load_vocabulary
from emissions.vocabulary.tables import read_table

Numbers = npt.NDArray[np.int64]

_ALIKE = ["activity", "category", "use", "dimension"]
"""What rows agree in whose sizes are held against each other."""
_SHARED = ("activity", "region", "year")
"""What the sums of one warning agree in."""
_NAMED = ("activity", "category", "region", "year")
"""What a warning names of the row it is about."""
_ONE_COAL = ("region", "year", "use")
"""What rows of coal agree in that are one sum."""
_TOP = {"activity": "coal", "region": "CN"}
"""Below which the coal of the country stands."""
_PLACE = ("file", "sheet", "cell")
_FEWEST = 3
"""Other regions, or other rows of one activity, from which on they say what is usual."""
_HOLDS = {"BC": "PM2.5", "OC": "PM2.5", "PM2.5": "PM10"}
"""Substance -> the one whose mass holds its own."""


@dataclass(frozen=True)
class Bound:
    """A size beyond which a value is asked about: number, unit, why it is the bound."""

    value: float
    unit: str
    why_zh: str
    why_en: str

    @property
    def facts(self) -> dict[str, str]:
        """Fields of a message that names the bound."""
        return {"bound": f"{self.value:.10g}", "why_zh": self.why_zh, "why_en": self.why_en}


@cache
def _bounds() -> dict[str, Bound]:
    rows = read_table("plausible")
    return {row["bound"]: Bound(float(row["value"]), row["unit"], row["why_zh"], row["why_en"]) for row in rows}


def bound(name: str) -> Bound:
    """Return a bound of the table ``plausible`` of the vocabulary.

    Examples
    --------
    >>> bound("annual_mileage").value == 8760 * 120
    True
    """
    return _bounds()[name]


def sizes_to_look_at(
    rows: pd.DataFrame, *, compared: bool = True, coded: Mapping[str, CodedWords] | None = None
) -> list[Problem]:
    """Return warnings of sizes that are hard to believe, one a place.

    Parameters
    ----------
    rows
        Of the activity table.
    compared
        Hold sums against each other too, which takes long where there are very many.
    coded
        Columns of ``rows`` whose words are numbered already: column -> number of each row, words.
    """
    large = _Large(rows, dict(coded or {}))
    if not len(large.quantity):
        return []
    unlike = list(_sizes_unlike_others(large)) if compared else []
    places = {(one.file, one.sheet, one.cell, one.row) for one in unlike}
    more = _more_coal_than_the_country(large)
    return unlike + [one for one in more if (one.file, one.sheet, one.cell, one.row) not in places]


class _Large:
    """Rows with a quantity above 0, their words as numbers; a column is looked through once."""

    def __init__(self, rows: pd.DataFrame, coded: dict[str, CodedWords]) -> None:
        self._rows = rows
        self._coded = coded
        quantity = rows["quantity"].to_numpy(dtype=np.float64)
        self._where: Numbers | slice = np.flatnonzero(quantity > 0)
        if len(self._where) == len(quantity):
            self._where = slice(None)
        self.quantity = quantity[self._where]

    def coded(self, column: str) -> CodedWords:
        """Return the number of the word of each row in a column, and the words."""
        if column not in self._coded:
            code, words = pd.factorize(self._rows[column].array)
            self._coded[column] = code, words.tolist()
        code, words = self._coded[column]
        return code[self._where], words

    def numbered(self, columns: Sequence[str], among: Any = slice(None)) -> tuple[Numbers, Numbers]:
        """Number what some rows state in some columns, in order of appearance; the first row of each number too."""
        codes = [self.coded(name) for name in columns]
        return numbered([code[among] for code, _ in codes], [len(words) for _, words in codes])

    def stated(self, places: Numbers, columns: Sequence[str]) -> list[dict[str, str]]:
        """Return what rows at some places state in some columns, as texts."""
        where = places if isinstance(self._where, slice) else self._where[places]
        texts = (map(str, self._rows[name].iloc[where].tolist()) for name in columns)
        return [dict(zip(columns, each, strict=True)) for each in zip(*texts, strict=True)]


def _sizes_unlike_others(large: _Large) -> Iterator[Problem]:
    """Yield a warning for every quantity that is a hundred times what the rest of the workbook has.

    A sum of one activity in one category, region and year is held against the median of the other years of the region,
    or else with the largest of the other regions below the same parent (regions differ a hundredfold in what they have
    little of); where there is neither, with the sum of the other rows of the activity in the region and year. The
    categories of one activity share a warning. No
    published number says how much coal a region may burn.
    """
    sums = _Sums(large)
    most = bound("times_the_others").value
    unlike: dict[tuple[object, ...], list[tuple[int, float]]] = {}
    for number in sums.suspects(most).tolist():
        code, usual = sums.usual(number)
        if usual and sums.quantity[number] > most * usual:
            unlike.setdefault((code, *sums.names(number, _SHARED)), []).append((number, usual))
    for alike, found in unlike.items():
        number, usual = max(found, key=lambda each: float(sums.quantity[each[0]]))
        yield sums.problem(str(alike[0]), number, usual, len(found))


def _more_coal_than_the_country(large: _Large) -> Iterator[Problem]:
    """Yield a warning for every region and year with more coal of one use, in tonnes, than the whole country uses.

    It finds a slip of the unit where the workbook has nothing to hold a quantity against. The country itself, and
    what is above it, is not asked.
    """
    vocabulary = load_vocabulary()
    asked = np.ones(len(large.quantity), dtype=bool)
    for column, above in (("activity", vocabulary.activity_graph), ("region", vocabulary.region_graph)):
        code, words = large.coded(column)
        asked &= np.array([_below(above, _TOP[column], str(word)) for word in words], dtype=bool)[code]
    code, words = large.coded("dimension")
    asked &= np.array([word == "mass" for word in words], dtype=bool)[code]
    coal = np.flatnonzero(asked)
    number, quantity = large.numbered(_ONE_COAL, coal)[0], large.quantity[coal]
    most = bound("coal_of_the_country")
    sums = np.bincount(number, quantity)
    members = _members(number, np.flatnonzero(sums > most.value))
    largest = coal[[same[quantity[same].argmax()] for same in members]]
    for same, row in zip(members, large.stated(largest, [*_PLACE, "row", *_ONE_COAL]), strict=True):
        facts = {name: row[name] for name in _ONE_COAL}
        facts |= {**most.facts, "bound": f"{most.value:.4g}", "unit": most.unit}
        place = {name: row[name] for name in _PLACE}
        found = f"{float(quantity[same].sum()):.4g}"
        yield Problem("more_coal_than_the_country", "warning", row=int(row["row"]), found=found, facts=facts, **place)


def _below(graph: Graph, top: str, word: str) -> bool:
    """Tell whether a word stands below another."""
    return word != top and top in graph.ancestors(word)


def _members(number: Numbers, wanted: Numbers) -> list[Numbers]:
    """Return the places that have each of some numbers."""
    asked = np.zeros(int(number.max(initial=-1)) + 1, dtype=bool)
    asked[wanted] = True
    own = np.flatnonzero(asked[number])
    own = own[np.argsort(number[own], kind="stable")]
    return np.split(own, np.flatnonzero(np.diff(number[own])) + 1) if len(own) else []


class _Sums:
    """Sums of rows of one activity, category, use, dimension, region and year; arrays, for there may be many."""

    def __init__(self, large: _Large) -> None:
        self._large = large
        self._sum_of_row, self._first = large.numbered([*_ALIKE, "region", "year"])
        self.quantity = np.bincount(self._sum_of_row, weights=large.quantity)
        self._kind, _ = large.numbered(_ALIKE, self._first)
        of_year, _ = large.numbered(["activity", "use", "dimension", "region", "year"], self._first)
        self._others = np.bincount(of_year)[of_year] - 1
        self._rest = np.bincount(of_year, weights=self.quantity)[of_year] - self.quantity
        self._rest[self._others < _FEWEST] = 0.0
        parents = load_vocabulary().region_graph.parents
        region, words = large.coded("region")
        parent = pd.factorize(np.array([str(parents.get(str(word))) for word in words]))[0]
        self._region, self._year = region[self._first], large.coded("year")[0][self._first]
        self._parent = parent[self._region]

    def suspects(self, most: float) -> Numbers:
        """Return the sums that are so many times the least they may be held against."""
        least = np.full(int(self._kind.max()) + 1, np.inf)
        np.minimum.at(least, self._kind, self.quantity)
        rest = np.where(self._rest > 0, self._rest, np.inf)
        return np.flatnonzero(self.quantity > most * np.minimum(least[self._kind], rest))

    @cached_property
    def _members(self) -> list[Numbers]:
        """The sums of each kind."""
        return np.split(np.argsort(self._kind, kind="stable"), np.cumsum(np.bincount(self._kind))[:-1])

    def usual(self, number: int) -> tuple[str, float]:
        """Return the code and the size of what a sum is held against, 0 where there is nothing."""
        alike = self._members[self._kind[number]]
        region, year = self._region[alike] == self._region[number], self._year[alike] == self._year[number]
        years = self.quantity[alike[region & ~year]]
        if len(years):
            return "size_unlike_years", float(np.median(years))
        siblings = self._parent[alike] == self._parent[number]
        regions = self.quantity[alike[~region & year & siblings]]
        if len(regions) >= _FEWEST:
            return "size_unlike_regions", float(regions.max())
        return "size_unlike_rows", float(self._rest[number])

    def names(self, number: int, columns: Sequence[str]) -> list[str]:
        """Return what the rows of a sum state in some columns."""
        return list(self._large.stated(self._first[[number]], columns)[0].values())

    def problem(self, code: str, number: int, usual: float, count: int) -> Problem:
        """Return the warning at the largest row of a sum."""
        own = np.flatnonzero(self._sum_of_row == number)
        place = own[[self._large.quantity[own].argmax()]]
        (row,) = self._large.stated(place, [*_PLACE, "row", *_NAMED, "unit"])
        quantity = float(self.quantity[number])
        return Problem(
            code,
            "warning",
            file=row["file"],
            sheet=row["sheet"],
            cell=row["cell"],
            row=int(row["row"]),
            found=f"{quantity:.4g}",
            facts={
                **{name: row[name] for name in _NAMED},
                "others": str(self._others[number]),
                "unit": row["unit"],
                "usual": f"{usual:.4g}",
                "times": f"{quantity / usual:.0f}",
                "count": str(count),
            },
        )


def parts_above_whole(measured: pd.DataFrame) -> Iterator[Problem]:
    """Yield a warning for every measured emission factor that exceeds that of the particles that hold it.

    Held against each other are values for the same rows of activity data, in the same unit.
    """
    factors = measured[measured["substance"].isin([*_HOLDS, *_HOLDS.values()])]
    names = ["parameter", "unit", *SELECTOR_COLUMNS]
    for _, same in factors.groupby(names, dropna=False, sort=False):
        by_substance = {str(row["substance"]): row for _, row in same.iterrows()}
        for part, whole in _HOLDS.items():
            if part not in by_substance or whole not in by_substance:
                continue
            small, large = by_substance[part], by_substance[whole]
            if small["value"] > large["value"]:
                facts = {"whole": whole, "other": cell_of(large)}
                facts |= {"part_value": _printed(small), "whole_value": _printed(large)}
                place = {name: str(small[name]) for name in ("file", "sheet", "cell")}
                yield Problem(
                    "measured_part_above_whole", "warning", row=int(small["row"]), found=part, facts=facts, **place
                )


def _printed(row: pd.Series) -> str:
    return f"{row['value_as_printed']} {row['unit_as_printed']}".strip()
