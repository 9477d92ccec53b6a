"""Distinct keys: everything about a row except how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.table import KEY_COLUMNS
from emissions.vocabulary import Vocabulary

RATE_COLUMNS = ("collection_efficiency", "operating_rate")
"""Numbers of a control stratum that belong to the key."""


@dataclass(frozen=True)
class Keys:
    """Distinct keys of a table of activity rows.

    Attributes
    ----------
    frame
        One row a key, index 0..n-1 (words as categoricals): :data:`emissions.activity.table.KEY_COLUMNS`, condition
        columns, :data:`RATE_COLUMNS`, ``measured`` (number of the set of measured values, -1: none) and ``notation``
        (notation key that stands in place of the quantity).
    of_row
        Key number of each activity row.
    """

    frame: pd.DataFrame
    of_row: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frame)


def distinct_keys(rows: pd.DataFrame, conditions: list[str]) -> Keys:
    """Return the distinct keys of activity rows, in order of first appearance.

    Parameters
    ----------
    rows
        Activity rows after :mod:`emissions.engine.expand`.
    conditions
        Condition columns among them.
    """
    columns = [*KEY_COLUMNS, *conditions, *RATE_COLUMNS, "measured", "notation"]
    combined = np.zeros(len(rows), dtype=np.int64)
    for name in columns:
        codes, values = pd.factorize(rows[name], use_na_sentinel=False)
        _, combined = np.unique(combined * (len(values) + 1) + codes, return_inverse=True)
    codes, _ = pd.factorize(combined)
    first = np.full(int(codes.max()) + 1 if len(codes) else 0, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    frame = rows.iloc[first][columns].reset_index(drop=True)
    words = [name for name in columns if not pd.api.types.is_numeric_dtype(frame[name])]
    frame = frame.astype(dict.fromkeys(words, "category"))
    return Keys(frame, codes.astype(np.int64))


def complete(rows: pd.DataFrame, conditions: list[str], vocabulary: Vocabulary) -> pd.DataFrame:
    """Return rows with every condition column of the factor library, the rate columns and the derived sector.

    Word conditions that are not stated are blank, number conditions NaN. The condition ``sector`` is that of the
    category where the activity data state none.
    """
    rows = rows.copy()
    for name in conditions:
        number = vocabulary.conditions[name]["kind"] == "number"
        if name not in rows:
            rows[name] = np.nan if number else ""
        elif not number:
            rows[name] = rows[name].astype(object).fillna("")
    for name in RATE_COLUMNS:
        if name not in rows:
            rows[name] = np.nan
    rows["notation"] = rows["notation"].astype(object).fillna("")
    if "measured" not in rows:
        rows["measured"] = -1
    if "sector" in rows:
        sectors: Mapping[object, str] = {
            category: vocabulary.sector_of(str(category)) for category in rows["category"].unique()
        }
        rows["sector"] = rows["sector"].where(rows["sector"] != "", rows["category"].astype(object).map(sectors))
    return rows
