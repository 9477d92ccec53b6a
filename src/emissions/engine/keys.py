"""Distinct keys: everything about a row except how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from emissions.activity.table import KEY_COLUMNS
from emissions.vocabulary import Vocabulary

Coded = tuple[npt.NDArray[np.integer[Any]], npt.NDArray[Any]]
"""Code of every element of a column, and its distinct values."""
_LARGEST_SPAN = 2**62
"""Combinations beyond which they are numbered anew, so that their numbers fit an integer."""
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
    coded = {name: coded_column(rows[name]) for name in columns}
    number = numbered(len(rows), coded.values())
    first = first_places(number)
    frame = pd.DataFrame(
        {
            name: rows[name].to_numpy()[first] if is_numeric_dtype(rows[name]) else _words(codes[first], values)
            for name, (codes, values) in coded.items()
        }
    )
    return Keys(frame, number)


def coded_column(column: pd.Series) -> Coded:
    """Return the code of every element and the distinct values, of which some may not occur; NaN is a value."""
    if isinstance(column.dtype, pd.CategoricalDtype) and not column.hasnans:
        return column.cat.codes.to_numpy(), np.asarray(column.cat.categories)
    if column.dtype == np.float64 and column.isna().all():
        return np.zeros(len(column), dtype=np.int8), np.array([np.nan])
    codes, values = pd.factorize(column, use_na_sentinel=False)
    return codes, values.to_numpy(dtype=None if is_numeric_dtype(column) else object)


def numbered(size: int, columns: Iterable[Coded]) -> npt.NDArray[np.int64]:
    """Number the distinct rows of coded columns in order of first appearance."""
    combined = np.zeros(size, dtype=np.int64)
    span = 1
    for codes, values in columns:
        if len(values) <= 1:
            continue
        if span * len(values) > _LARGEST_SPAN:
            combined, known = pd.factorize(combined)
            span = len(known)
        combined = combined * len(values) + codes
        span *= len(values)
    return np.asarray(pd.factorize(combined)[0], dtype=np.int64)


def first_places(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the first place of each number; numbers are 0, 1, ... in order of first appearance."""
    first = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return first


def _words(codes: npt.NDArray[np.integer[Any]], values: npt.NDArray[Any]) -> pd.Categorical[str]:
    """Return words as a categorical whose categories are those that occur, in order."""
    there = np.flatnonzero(np.bincount(codes, minlength=len(values)))
    words = [str(values[code]) for code in there]
    order = np.argsort(words)
    rank = np.zeros(len(values), dtype=np.int32)
    rank[there[order]] = np.arange(len(words))
    return pd.Categorical.from_codes(rank[codes], categories=pd.Index([words[one] for one in order]), validate=False)


def complete(rows: pd.DataFrame, conditions: list[str], vocabulary: Vocabulary) -> pd.DataFrame:
    """Return rows with every condition column of the factor library, the rate columns and the derived sector.

    Words of key columns are categoricals. Word conditions that are not stated are blank, number conditions NaN. The
    condition ``sector`` is that of the category where the activity data state none.
    """
    numbers = {name for name in conditions if vocabulary.conditions[name]["kind"] == "number"} | {*RATE_COLUMNS}
    wanted = [*conditions, *RATE_COLUMNS]
    nothing = pd.Categorical.from_codes(np.zeros(len(rows), dtype=np.int8), pd.Index([""]))
    columns: dict[str, Any] = {str(name): rows[name] for name in rows}
    columns |= {name: np.nan if name in numbers else nothing for name in wanted if name not in rows}
    columns.setdefault("measured", -1)
    for name in dict.fromkeys([*KEY_COLUMNS, "notation", *(name for name in wanted if name not in numbers)]):
        if name in rows and name != "year":
            columns[name] = _in_words(rows[name])
    if "sector" in columns:
        columns["sector"] = _sectors(columns["sector"], columns["category"], vocabulary)
    return pd.DataFrame(columns, index=rows.index)


def _in_words(column: pd.Series) -> pd.Categorical[str]:
    """Return a column of words as a categorical, in which what is missing is blank."""
    if isinstance(column.dtype, pd.CategoricalDtype) and not column.hasnans:
        known: pd.Categorical[str] = column.array
        return known
    codes, words = pd.factorize(column, use_na_sentinel=True)
    texts = [str(word) for word in words]
    if (codes < 0).any():
        texts += [] if "" in texts else [""]
        codes = np.where(codes < 0, texts.index(""), codes)
    return pd.Categorical.from_codes(codes, pd.Index(texts, dtype=object), validate=False)


def _sectors(stated: pd.Categorical[str], category: pd.Categorical[str], vocabulary: Vocabulary) -> pd.Categorical[str]:
    """Return the sector of each row: as stated, or else that of its category."""
    own = np.array([vocabulary.sector_of(str(one)) for one in category.categories], dtype=object)[category.codes]
    return _in_words(pd.Series(np.where(stated == "", own, np.asarray(stated, dtype=object)), dtype=object))
