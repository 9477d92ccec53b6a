"""Emission of each row of activity data per unit of its quantity: what every row-level output is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emissions.engine import Run

_DEEPEST = 8
"""Generations of children: netting, control strata, mixes."""


def row_factors(run: Run) -> pd.DataFrame:
    """Return, for each row of the activity data as given, the emission per unit of its quantity.

    A row that was split into children (control strata, mixes of fuels) has the sum of its children; one that was
    netted has its part of what is left. Lines that count are summed over streams and categories, so that quantity
    times factor, summed over the rows, is the total of the result.

    Returns
    -------
    pandas.DataFrame
        One row a row of ``run.given.rows`` in their order, a column a substance (t per base unit of the row's
        dimension); NaN where nothing is counted. Empty where the result does not hold the activity data as given.
    """
    if run.given is None:
        return pd.DataFrame()
    per_key = _per_key(run)
    shares = _shares(run)
    values = per_key.to_numpy(dtype=np.float64)[run.key_of_row[shares["row"].to_numpy(dtype=np.int64)]]
    weighed = pd.DataFrame(values * shares["coefficient"].to_numpy(dtype=np.float64)[:, None], columns=per_key.columns)
    summed = weighed.groupby(shares["given"].to_numpy(dtype=np.int64)).sum(min_count=1)
    return summed.reindex(range(len(run.given.rows)))


def _per_key(run: Run) -> pd.DataFrame:
    """Return what the counted lines of each key emit per unit of its quantity, a column a substance."""
    lines = run.counted
    quantity = lines["quantity"].to_numpy(dtype=np.float64)
    factor = lines["ief"].to_numpy(dtype=np.float64).copy()
    np.divide(lines["emission"].to_numpy(dtype=np.float64), quantity, out=factor, where=quantity != 0)
    table = pd.DataFrame({"key": lines["key"], "substance": lines["substance"].astype(str), "factor": factor})
    wide = table.pivot_table(index="key", columns="substance", values="factor", aggfunc="sum", sort=True)
    return wide.rename_axis(columns=None).reindex(range(len(run.keys)))


def _shares(run: Run) -> pd.DataFrame:
    """Return which computed rows come from which given rows: row, given (positions) and the coefficient."""
    assert run.given is not None  # noqa: S101  row_factors asks before
    links = run.activity.parents[["activity_id", "parent_id", "coefficient"]]
    open_rows = pd.DataFrame(
        {
            "row": np.arange(len(run.activity.rows)),
            "activity_id": run.activity.rows["activity_id"].astype(str).to_numpy(dtype=object),
            "coefficient": 1.0,
        }
    )
    found = []
    for _ in range(_DEEPEST):
        split = open_rows["activity_id"].isin(links["activity_id"])
        found.append(open_rows[~split])
        joined = open_rows[split].merge(links, on="activity_id", suffixes=("", "_of"))
        joined["coefficient"] *= joined["coefficient_of"].astype(np.float64)
        open_rows = joined[["row", "parent_id", "coefficient"]].rename(columns={"parent_id": "activity_id"})
        if open_rows.empty:
            break
    whole = pd.concat(found, ignore_index=True)
    ids = run.given.rows["activity_id"].astype(str)
    position = pd.Series(np.arange(len(ids)), index=ids.to_numpy(dtype=object))
    given = whole["activity_id"].map(position[~position.index.duplicated()])
    known = given.notna()
    return whole[known].assign(given=given[known].astype(np.int64))
