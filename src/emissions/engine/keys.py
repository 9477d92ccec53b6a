"""Distinct keys: everything about a row except how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

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
    coded = {name: _coded(rows[name]) for name in columns}
    combined = np.zeros(len(rows), dtype=np.int64)
    for codes, values in coded.values():
        if len(values) > 1:
            combined = pd.factorize(combined * len(values) + codes)[0]
    size = int(combined.max()) + 1 if len(combined) else 0
    first = np.full(size, -1, dtype=np.int64)
    first[combined[::-1]] = np.arange(len(rows))[::-1]
    frame = pd.DataFrame(
        {
            name: rows[name].to_numpy()[first] if is_numeric_dtype(rows[name]) else _words(codes[first], values)
            for name, (codes, values) in coded.items()
        }
    )
    return Keys(frame, combined.astype(np.int64))


def _coded(column: pd.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """Return the code of every element and the distinct values; what is missing is a value."""
    plain = column.to_numpy() if is_numeric_dtype(column) else column.to_numpy(dtype=object)
    codes, values = pd.factorize(plain, use_na_sentinel=False)
    return codes.astype(np.int64), np.asarray(values)


def _words(codes: npt.NDArray[np.int64], values: npt.NDArray[Any]) -> pd.Categorical[str]:
    """Return words as a categorical whose categories are in order."""
    there, codes = np.unique(codes, return_inverse=True)
    words = [str(values[code]) for code in there]
    order = np.argsort(words)
    rank = np.empty(len(words), dtype=np.int64)
    rank[order] = np.arange(len(words))
    return pd.Categorical.from_codes(rank[codes], categories=pd.Index([words[one] for one in order]), validate=False)


def complete(rows: pd.DataFrame, conditions: list[str], vocabulary: Vocabulary) -> pd.DataFrame:
    """Return rows with every condition column of the factor library, the rate columns and the derived sector.

    Word conditions that are not stated are blank, number conditions NaN. The condition ``sector`` is that of the
    category where the activity data state none.
    """
    numbers = {name for name in conditions if vocabulary.conditions[name]["kind"] == "number"} | {*RATE_COLUMNS}
    wanted = [*conditions, *RATE_COLUMNS]
    blank = {name: np.nan if name in numbers else "" for name in wanted if name not in rows}
    blank |= {} if "measured" in rows else {"measured": -1}
    rows = pd.concat([rows, pd.DataFrame(blank, index=rows.index)], axis=1)
    for name in ("notation", *(name for name in wanted if name not in blank and name not in numbers)):
        rows[name] = rows[name].astype(object).fillna("")
    if "sector" in rows:
        sectors: Mapping[object, str] = {
            category: vocabulary.sector_of(str(category)) for category in rows["category"].unique()
        }
        rows["sector"] = rows["sector"].where(rows["sector"] != "", rows["category"].astype(object).map(sectors))
    return rows
