"""Sizes that are hardly right: what is usual is a row of the vocabulary or the rest of the same workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.pieces.part import Codes, numbered
from emissions.activity.table import SELECTOR_COLUMNS, cell_of
from emissions.errors import Problem
from emissions.vocabulary import Graph, load_vocabulary
from emissions.vocabulary.tables import read_table

_ALIKE = ["activity", "category", "use", "dimension"]
"""What rows agree in whose sizes are held against each other."""
_SHARED = ("activity", "region", "year")
"""What the sums of one warning agree in."""
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


def sizes_to_look_at(rows: pd.DataFrame, *, compared: bool = True) -> list[Problem]:
    """Return warnings of sizes that are hard to believe, one a place.

    Parameters
    ----------
    compared
        Hold sums against each other too, which takes long where there are very many.
    """
    unlike = list(sizes_unlike_others(rows)) if compared else []
    places = {(one.file, one.sheet, one.cell, one.row) for one in unlike}
    more = more_coal_than_the_country(rows)
    return unlike + [one for one in more if (one.file, one.sheet, one.cell, one.row) not in places]


def sizes_unlike_others(rows: pd.DataFrame) -> Iterator[Problem]:
    """Yield a warning for every quantity that is a hundred times what the rest of the workbook has.

    A sum of one activity in one category, region and year is held against the median of the other years of the region,
    or else with the largest of the other regions below the same parent (regions differ a hundredfold in what they have
    little of); where there is neither, with the sum of the other rows of the activity in the region and year. The
    categories of one activity share a warning. No
    published number says how much coal a region may burn.
    """
    large = rows[rows["quantity"] > 0] if len(rows) else rows
    if large.empty:
        return
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


def more_coal_than_the_country(rows: pd.DataFrame) -> Iterator[Problem]:
    """Yield a warning for every region and year with more coal of one use, in tonnes, than the whole country uses.

    It finds a slip of the unit where the workbook has nothing to hold a quantity against. The country itself, and
    what is above it, is not asked.
    """
    large = rows[rows["quantity"] > 0] if len(rows) else rows
    if large.empty:
        return
    words = load_vocabulary()
    asked = large["activity"].isin(_below(words.activity_graph, "coal", large["activity"].unique()))
    asked &= (large["dimension"] == "mass") & large["region"].isin(
        _below(words.region_graph, "CN", large["region"].unique())
    )
    most = bound("coal_of_the_country")
    coal = large[asked]
    whole = coal.groupby(["region", "year", "use"], observed=True, sort=False)["quantity"].transform("sum")
    above = coal[whole > most.value]
    for _, same in above.groupby(["region", "year", "use"], observed=True, sort=False) if len(above) else ():
        quantity = float(same["quantity"].sum())
        row = same.iloc[int(same["quantity"].to_numpy(dtype=np.float64).argmax())]
        place = {name: str(row[name]) for name in ("file", "sheet", "cell")}
        facts = {name: str(row[name]) for name in ("region", "year", "use")}
        facts |= {**most.facts, "bound": f"{most.value:.4g}", "unit": most.unit}
        code, found = "more_coal_than_the_country", f"{quantity:.4g}"
        yield Problem(code, "warning", row=int(row["row"]), found=found, facts=facts, **place)


def _below(graph: Graph, word: str, asked: Iterable[str]) -> list[str]:
    """Return the words among some that stand below a word."""
    return [one for one in asked if one != word and word in graph.ancestors(str(one))]


class _Sums:
    """Sums of rows of one activity, category, use, dimension, region and year; arrays, for there may be many."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = rows
        codes = {name: pd.factorize(rows[name].to_numpy()) for name in [*_ALIKE, "region", "year"]}
        self._sum_of_row, self._first = self._numbered(codes, list(codes), slice(None))
        self.quantity = np.bincount(self._sum_of_row, weights=rows["quantity"].to_numpy(dtype=np.float64))
        self._kind, _ = self._numbered(codes, _ALIKE, self._first)
        of_year, _ = self._numbered(codes, ["activity", "use", "dimension", "region", "year"], self._first)
        self._others = np.bincount(of_year)[of_year] - 1
        self._rest = np.bincount(of_year, weights=self.quantity)[of_year] - self.quantity
        self._rest[self._others < _FEWEST] = 0.0
        parents = load_vocabulary().region_graph.parents
        parent = pd.factorize(np.array([str(parents.get(str(word))) for word in codes["region"][1]]))[0]
        self._region, self._year = codes["region"][0][self._first], codes["year"][0][self._first]
        self._parent = parent[self._region]

    @staticmethod
    def _numbered(
        codes: Mapping[str, tuple[Codes, Any]], names: Sequence[str], rows: Any
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return numbered([codes[name][0][rows] for name in names], [len(codes[name][1]) for name in names])

    def suspects(self, most: float) -> npt.NDArray[np.int64]:
        """Return the sums that are so many times the least they may be held against."""
        least = np.full(int(self._kind.max()) + 1, np.inf)
        np.minimum.at(least, self._kind, self.quantity)
        rest = np.where(self._rest > 0, self._rest, np.inf)
        return np.flatnonzero(self.quantity > most * np.minimum(least[self._kind], rest))

    @cached_property
    def _members(self) -> list[npt.NDArray[np.int64]]:
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
        row = self._rows.iloc[self._first[number]]
        return [str(row[name]) for name in columns]

    def problem(self, code: str, number: int, usual: float, count: int) -> Problem:
        """Return the warning at the largest row of a sum."""
        own = self._rows.iloc[np.flatnonzero(self._sum_of_row == number)]
        row = own.iloc[int(own["quantity"].to_numpy().argmax())]
        quantity = float(self.quantity[number])
        return Problem(
            code,
            "warning",
            file=str(row["file"]),
            sheet=str(row["sheet"]),
            cell=str(row["cell"]),
            row=int(row["row"]),
            found=f"{quantity:.4g}",
            facts={
                **{name: str(row[name]) for name in ("activity", "category", "region", "year")},
                "others": str(self._others[number]),
                "unit": str(row["unit"]),
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
