"""Rows of activity data that take the place of the row they were made from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.table import ActivityTable


def children(
    table: ActivityTable,
    position: npt.NDArray[np.int64],
    share: npt.NDArray[np.float64],
    columns: dict[str, npt.NDArray[np.object_]],
    suffix: str,
    why: list[str],
) -> ActivityTable:
    """Return the table with rows replaced by children, which keep their parents.

    Parameters
    ----------
    position
        Row of the parent of each child.
    share
        Coefficient of each child: its share of the parent's quantity and bounds.
    columns
        What a child has that its parent has not.
    suffix
        What the children are called after: ``control_strata``, ``mix``.
    why
        Where the share of each child comes from.
    """
    if not len(position):
        return table
    rows = table.rows
    parents = rows.iloc[position].reset_index(drop=True)
    order = pd.Series(position).groupby(position).cumcount().to_numpy() + 1
    child_id = parents["activity_id"].astype(str) + "/" + suffix + "." + order.astype(str)
    scaled = {name: parents[name].to_numpy(dtype=np.float64) * share for name in ("quantity", "low", "high")}
    made = parents.assign(activity_id=child_id, **scaled, **columns)
    replaced = np.zeros(len(rows), dtype=bool)
    replaced[position] = True
    links = pd.DataFrame(
        {"activity_id": child_id, "parent_id": parents["activity_id"], "coefficient": share, "why": why}
    )
    kept = rows[~replaced]
    joined = pd.concat([kept, made], ignore_index=True) if len(kept) else made
    return table.with_rows(
        joined,
        sources=rows[[name for name in rows if name in table.sources.columns]][replaced],
        parents=links,
    )
