"""Whether two inventories estimate a substance to the same extent: only then is their difference an effect."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emissions.engine import Amounts, Run

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
    lines = run.lines[run.lines["status"].isin(["ok", "NE"]) & (run.lines["memo"] == "")]
    lines = lines.sort_values("status", ascending=False, kind="stable").drop_duplicates(["key", "substance"])
    keys = run.keys.loc[lines["key"], ["year", "dimension", "category", "activity"]].reset_index(drop=True)
    good = (lines["status"] == "ok").to_numpy()
    quantity = lines["quantity"].to_numpy(dtype=np.float64)
    found = keys.astype({"dimension": str, "category": str, "activity": str}).assign(
        substance=lines["substance"].astype(str).to_numpy(),
        estimated=np.where(good, quantity, 0.0),
        not_estimated=np.where(good, 0.0, quantity),
    )
    return found.groupby(list(PLACE))[["estimated", "not_estimated"]].sum()


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
    table = estimated(run).reset_index()
    base = table[table["year"] == base_year].drop(columns="year")
    place = [name for name in PLACE if name != "year"]
    later = table[table["year"] != base_year].merge(base, on=place, suffixes=("", "_base"))
    one, two = later["estimated"] + later["not_estimated"], later["estimated_base"] + later["not_estimated_base"]
    apart = (later["not_estimated"] * two - later["not_estimated_base"] * one).abs() > _ALIKE * one * two
    found = later[(one > 0) & (two > 0) & apart]
    return found[["substance", "year", "category", "activity"]].reset_index(drop=True)
