"""Whether two inventories estimate a substance to the same extent: only then is their difference an effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Amounts, Run
from emissions.engine.lines import as_texts

Floats = npt.NDArray[np.float64]
PLACE = ("substance", "year", "dimension", "category", "activity")
_ALIKE = 1e-9
"""Relative difference of two quantities that is only rounding."""


def estimated(run: Run | Amounts) -> pd.DataFrame:
    """Return the quantities for which each substance is estimated and not estimated.

    Returns
    -------
    pandas.DataFrame
        Index :data:`PLACE`; ``estimated`` and ``not_estimated`` in the base unit of the dimension. A key counts once
        for a substance, whatever number of streams it has.
    """
    extent = _extent(run)
    names = [extent.names[column].take(extent.codes[column]) for column in PLACE]
    index = pd.MultiIndex.from_arrays(names, names=list(PLACE))
    return pd.DataFrame({"estimated": extent.estimated, "not_estimated": extent.not_estimated}, index=index)


def unlike(mine: pd.DataFrame, theirs: pd.DataFrame) -> pd.Index:
    """Return the places at which the share of the quantity that is estimated differs; what only one has is no such.

    Parameters
    ----------
    mine, theirs
        As :func:`estimated` returns them, or with fewer levels of the index.
    """
    mine, theirs = mine.align(theirs, join="inner")
    one, two = mine.sum(axis=1), theirs.sum(axis=1)
    there = (one > 0) & (two > 0)
    apart = (mine["not_estimated"] * two - theirs["not_estimated"] * one).abs() > _ALIKE * one * two
    return mine.index[(there & apart).to_numpy()]


def unlike_base(run: Run, base_year: int) -> pd.DataFrame:
    """Return the substances, years and activities whose extent is not that of the base year.

    A control that a measure brings makes an emission computable that the base year could not estimate: a path that
    begins there would rise for no other reason.

    Returns
    -------
    pandas.DataFrame
        substance, year, category, activity.
    """
    extent = _extent(run)
    year = extent.names["year"].to_numpy(dtype=np.int64)[extent.codes["year"]]
    kind = np.zeros(len(year), dtype=np.int64)
    for column in PLACE:
        if column != "year":
            kind = kind * max(len(extent.names[column]), 1) + extent.codes[column]
    _, kind = np.unique(kind, return_inverse=True)
    base = np.full(int(kind.max(initial=-1)) + 1, -1, dtype=np.int64)
    base[kind[year == base_year]] = np.flatnonzero(year == base_year)
    later = np.flatnonzero((year != base_year) & (base[kind] >= 0))
    start = base[kind[later]]
    one, missing = extent.estimated[later] + extent.not_estimated[later], extent.not_estimated[later]
    two, missing_base = extent.estimated[start] + extent.not_estimated[start], extent.not_estimated[start]
    apart = np.abs(missing * two - missing_base * one) > _ALIKE * one * two
    found = later[(one > 0) & (two > 0) & apart]
    columns = ("substance", "year", "category", "activity")
    return pd.DataFrame({name: extent.names[name].take(extent.codes[name][found]) for name in columns})


@dataclass(frozen=True)
class _Extent:
    """Quantities by place, in the order of :data:`PLACE`: of each column the code of its word, and the words."""

    codes: Mapping[str, npt.NDArray[np.int64]]
    names: Mapping[str, pd.Index[Any]]
    estimated: Floats
    not_estimated: Floats


def _extent(run: Run | Amounts) -> _Extent:
    lines = run.coded_lines
    status = lines["status"]
    good = (status == "ok").to_numpy()
    used = np.flatnonzero((good | (status == "NE").to_numpy()) & (lines["memo"] == "").to_numpy())
    used = used[np.argsort(~good[used], kind="stable")]
    key = lines["key"].to_numpy(dtype=np.int64)[used]
    substance, substances = pd.factorize(as_texts(lines[["substance"]].iloc[used])["substance"], sort=True)
    _, first = np.unique(key * max(len(substances), 1) + substance, return_index=True)
    first = np.sort(first)
    used, key = used[first], key[first]
    codes, names = {"substance": substance[first].astype(np.int64)}, {"substance": pd.Index(substances)}
    for column in PLACE[1:]:
        of_key, words = pd.factorize(run.keys[column], sort=True)
        codes[column], names[column] = of_key[key].astype(np.int64), pd.Index(words)
        if isinstance(names[column], pd.CategoricalIndex):
            names[column] = pd.Index(names[column].astype(str))
    place = np.zeros(len(used), dtype=np.int64)
    for column in PLACE:
        place = place * max(len(names[column]), 1) + codes[column]
    _, first, group = np.unique(place, return_index=True, return_inverse=True)
    quantity = lines["quantity"].to_numpy(dtype=np.float64)[used]
    number = len(first)
    here: Floats = np.bincount(group, np.where(good[used], quantity, 0.0), number).astype(np.float64)
    missing: Floats = np.bincount(group, np.where(good[used], 0.0, quantity), number).astype(np.float64)
    return _Extent({column: code[first] for column, code in codes.items()}, names, here, missing)
