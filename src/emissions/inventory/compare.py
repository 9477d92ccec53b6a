"""The difference of two results, put down to its causes so that the parts sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emissions.engine import Run
from emissions.engine.total import exact_sums
from emissions.inventory.tables import with_key

CAUSES = ("activity", "factor", "method", "scope")
"""Causes of a difference: quantity; implied factor under one method; another method; counted in one result only."""


def compare(first: Run, second: Run, substance: str, *, by: Sequence[str] = ("activity",)) -> pd.DataFrame:
    """Return the difference ``second - first`` of a substance by cause.

    For a cell that both results count, with quantity q and emission e, the mean implied factor is f = e / q; the
    part of the activity is (q2 - q1)(f1 + f2)/2 and that of the factor (f2 - f1)(q1 + q2)/2, whose sum is e2 - e1
    exactly in algebra. The second part is put down to ``method`` where the two results use different cards. A
    cell that only one result counts is ``scope``.

    Parameters
    ----------
    by
        Columns of a cell: key columns or ``category``.

    Returns
    -------
    pandas.DataFrame
        The columns of ``by``, ``first`` and ``second`` (t), a column a cause (t), ``difference`` (t); the causes
        sum to the difference to rounding.
    """
    one, two = _cells(first, substance, by), _cells(second, substance, by)
    table = one.merge(two, on=[*by, "dimension"], how="outer", suffixes=("_1", "_2"))
    number = {
        name: table[name].fillna(0.0).to_numpy(dtype=np.float64)
        for name in ("emission_1", "emission_2", "quantity_1", "quantity_2")
    }
    both = table["cards_1"].notna().to_numpy() & table["cards_2"].notna().to_numpy()
    usable = both & (number["quantity_1"] != 0) & (number["quantity_2"] != 0)
    factor_1 = np.divide(number["emission_1"], number["quantity_1"], out=np.zeros(len(table)), where=usable)
    factor_2 = np.divide(number["emission_2"], number["quantity_2"], out=np.zeros(len(table)), where=usable)
    activity = np.where(usable, (number["quantity_2"] - number["quantity_1"]) * (factor_1 + factor_2) / 2, 0.0)
    rest = number["emission_2"] - number["emission_1"] - activity
    same = (table["cards_1"] == table["cards_2"]).to_numpy()
    result = table[[*by, "dimension"]].assign(
        first=number["emission_1"],
        second=number["emission_2"],
        activity_part=activity,
        factor=np.where(usable & same, rest, 0.0),
        method=np.where(usable & ~same, rest, 0.0),
        scope=np.where(usable, 0.0, rest),
        difference=number["emission_2"] - number["emission_1"],
    )
    return result.rename(columns={"activity_part": "activity" if "activity" not in by else "quantity"})


def _cells(run: Run, substance: str, by: Sequence[str]) -> pd.DataFrame:
    lines = with_key(run, run.counted[run.counted["substance"] == substance], [*by, "dimension"])
    columns = [*by, "dimension"]
    if lines.empty:
        return pd.DataFrame(columns=[*columns, "emission", "quantity", "cards"])
    groups = lines.groupby(columns, sort=True, observed=True, dropna=False)
    codes = groups.ngroup().to_numpy(dtype=np.int64)
    size = int(codes.max()) + 1
    once = ~lines.duplicated([*columns, "key"]).to_numpy()
    frame = groups.agg(cards=("card", lambda names: "+".join(sorted(set(names))))).reset_index()
    return frame.assign(
        emission=exact_sums(codes, lines["emission"].to_numpy(dtype=np.float64), size),
        quantity=exact_sums(codes[once], lines["quantity"].to_numpy(dtype=np.float64)[once], size),
    )
