"""Sizes that are hardly right: what is usual is a row of the vocabulary or the rest of the same workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from emissions.activity.table import SELECTOR_COLUMNS, cell_of
from emissions.errors import Problem
from emissions.vocabulary import Graph, load_vocabulary
from emissions.vocabulary.tables import read_table

_ALIKE = ["activity", "category", "use", "dimension"]
"""What rows agree in whose sizes are held against each other."""
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
    place = large.assign(**{name: large[name].astype(str) for name in [*_ALIKE, "region"]})
    sums = place.groupby([*_ALIKE, "region", "year"], sort=False)["quantity"].sum().reset_index()
    of_year = sums.groupby(["activity", "use", "dimension", "region", "year"], sort=False)["quantity"]
    sums["others"] = of_year.transform("size") - 1
    sums["rest"] = of_year.transform("sum") - sums["quantity"]
    most = bound("times_the_others").value
    smallest = sums.groupby(_ALIKE, sort=False)["quantity"].transform("min").clip(upper=sums["rest"])
    known = _Known(sums)
    unlike: dict[tuple[object, ...], list[tuple[pd.Series, float]]] = {}
    for number in np.flatnonzero((sums["quantity"] > most * smallest).to_numpy()).tolist():
        code, usual = known.usual(number)
        if usual and known.quantity[number] > most * usual:
            one = sums.iloc[number]
            unlike.setdefault((code, one["activity"], one["region"], one["year"]), []).append((one, usual))
    for alike, found in unlike.items():
        one, usual = max(found, key=lambda each: float(each[0]["quantity"]))
        yield _unlike(str(alike[0]), one, usual, place, len(found))


def more_coal_than_the_country(rows: pd.DataFrame) -> Iterator[Problem]:
    """Yield a warning for every region and year with more coal of one use, in tonnes, than the whole country uses.

    It finds a slip of the unit where the workbook has nothing to hold a quantity against. The country itself, and
    what is above it, is not asked.
    """
    large = rows[rows["quantity"] > 0] if len(rows) else rows
    if large.empty:
        return
    words = load_vocabulary()
    coal, inside = (large[name].astype(str) for name in ("activity", "region"))
    asked = coal.isin(_below(words.activity_graph, "coal", coal.unique())) & (large["dimension"] == "mass")
    asked &= inside.isin(_below(words.region_graph, "CN", inside.unique()))
    most = bound("coal_of_the_country")
    for _, same in large[asked].groupby(["region", "year", "use"], observed=True, sort=False):
        quantity = float(same["quantity"].sum())
        if quantity <= most.value:
            continue
        row = same.iloc[int(same["quantity"].to_numpy(dtype=np.float64).argmax())]
        place = {name: str(row[name]) for name in ("file", "sheet", "cell")}
        facts = {name: str(row[name]) for name in ("region", "year", "use")}
        facts |= {**most.facts, "bound": f"{most.value:.4g}", "unit": most.unit}
        code, found = "more_coal_than_the_country", f"{quantity:.4g}"
        yield Problem(code, "warning", row=int(row["row"]), found=found, facts=facts, **place)


def _below(graph: Graph, word: str, asked: Iterable[str]) -> list[str]:
    """Return the words among some that stand below a word."""
    return [one for one in asked if one != word and word in graph.ancestors(one)]


class _Known:
    """What sums are held against; columns as arrays, because many sums are asked about in a large workbook."""

    def __init__(self, sums: pd.DataFrame) -> None:
        parents = load_vocabulary().region_graph.parents
        self.quantity = sums["quantity"].to_numpy(dtype=np.float64)
        self._kind = sums.groupby(_ALIKE, sort=False).ngroup().to_numpy()
        self._members = sums.groupby(self._kind, sort=False).indices
        self._region, words = pd.factorize(sums["region"])
        self._parent = pd.factorize(pd.Series([str(parents.get(word)) for word in words]))[0][self._region]
        self._year = sums["year"].to_numpy()
        self._others = sums["others"].to_numpy()
        self._rest = sums["rest"].to_numpy(dtype=np.float64)

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
        return "size_unlike_rows", float(self._rest[number]) if self._others[number] >= _FEWEST else 0.0


def _unlike(code: str, one: pd.Series, usual: float, rows: pd.DataFrame, count: int) -> Problem:
    """Return the warning at the largest row of a sum."""
    names = [*_ALIKE, "region", "year"]
    same = rows[rows[names].eq(one.reindex(names)).all(axis=1)]
    row = same.iloc[int(same["quantity"].to_numpy().argmax())]
    quantity = float(one["quantity"])
    return Problem(
        code,
        "warning",
        file=str(row["file"]),
        sheet=str(row["sheet"]),
        cell=str(row["cell"]),
        row=int(row["row"]),
        found=f"{quantity:.4g}",
        facts={
            **{name: str(one[name]) for name in ("activity", "category", "region", "year", "others")},
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
