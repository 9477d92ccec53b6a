"""Distinct keys: everything about a row except how much."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.table import KEY_COLUMNS
from emissions.engine.columns import (
    Codes,
    at_places,
    codes_of,
    in_order,
    in_words,
    is_number,
    of_words,
    one_word,
    same,
    smallest,
)
from emissions.vocabulary import Vocabulary

_LARGEST_SPAN = 2**62
"""Combinations beyond which they are numbered anew, so that their numbers fit an integer."""
_LARGEST_SMALL = 2**31
"""Combinations whose numbers fit the smaller integer, which is faster."""
_LEAST_ROOM = 2**16
"""Combinations that may have a place each in a table, however few the rows."""
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
    columns = {name: rows[name] for name in (*KEY_COLUMNS, *conditions, *RATE_COLUMNS, "measured", "notation")}
    coded = {name: codes_of(column) for name, column in columns.items()}
    number = numbered(len(rows), coded.values())
    first = first_places(number)
    frame = pd.DataFrame(
        {
            name: at_places(columns[name].to_numpy(), first)
            if is_number(columns[name])
            else in_order(at_places(codes, first), words)
            for name, (codes, words) in coded.items()
        },
        index=pd.RangeIndex(len(first)),
        copy=False,
    )
    return Keys(frame, number)


def numbered(size: int, columns: Iterable[tuple[Codes, Sized]]) -> npt.NDArray[np.int64]:
    """Number the distinct rows of coded columns in order of first appearance.

    Combinations are counted column by column, those with few values first; where they may be more than rows twice
    over, those that occur are numbered anew. A combination is then a place in a table, not to be searched for.
    """
    if not size:
        return np.empty(0, dtype=np.int64)
    room = max(_LEAST_ROOM, 2 * size)
    combined: Codes = np.zeros(size, dtype=np.int32)
    span = 1
    for codes, values in sorted(columns, key=lambda column: len(column[1])):
        many = len(values)
        if many <= 1:
            continue
        if span <= room < span * many:
            combined, span = _occurring_only(combined, span)
        elif span * many > _LARGEST_SPAN:
            found, known = pd.factorize(combined)
            combined, span = found, len(known)
        span *= many
        if span > _LARGEST_SMALL:
            combined = combined.astype(np.int64, copy=False)
        combined *= many
        combined += codes.astype(combined.dtype, copy=False)
    return _in_order_of_rows(combined, span) if span <= room else pd.factorize(combined)[0].astype(np.int64, copy=False)


def first_places(number: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the first place of each number; numbers are 0, 1, ... in order of first appearance."""
    size = len(number)
    if size and number[-1] == size - 1:
        return np.arange(size)
    first = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(size)[::-1]
    return first


def _occurring_only(number: Codes, span: int) -> tuple[npt.NDArray[np.int32], int]:
    """Return numbers of 0..span-1 numbered anew without those that do not occur, in the same order."""
    places = _occurring(number, span)
    rank = np.empty(span, dtype=np.int32)
    rank[places] = np.arange(len(places))
    return rank.take(number), len(places)


def _in_order_of_rows(number: Codes, span: int) -> npt.NDArray[np.int64]:
    """Return numbers of 0..span-1 numbered anew in order of first appearance."""
    size = len(number)
    places = _occurring(number, span)
    if len(places) == size:
        return np.arange(size)
    first = np.empty(span, dtype=np.int64)
    first[number[::-1]] = np.arange(size)[::-1]
    rank = np.empty(size, dtype=np.int64)
    rank[_occurring(first[places], size)] = np.arange(len(places))
    anew = np.empty(span, dtype=np.int64)
    anew[places] = rank[first[places]]
    return anew.take(number)


def _occurring(number: Codes, span: int) -> npt.NDArray[np.int64]:
    """Return the numbers of 0..span-1 that occur, in order."""
    there = np.zeros(span, dtype=np.bool_)
    there[number] = True
    return np.flatnonzero(there)


def complete(rows: pd.DataFrame, conditions: list[str], vocabulary: Vocabulary) -> pd.DataFrame:
    """Return rows with every condition column of the factor library, the rate columns and the derived sector.

    Words of key columns are categoricals. Word conditions that are not stated are blank, number conditions NaN. The
    condition ``sector`` is that of the category where the activity data state none.
    """
    size = len(rows)
    wanted = [*conditions, *RATE_COLUMNS]
    numbers = {name for name in conditions if vocabulary.conditions[name]["kind"] == "number"} | {*RATE_COLUMNS}
    words = [name for name in (*KEY_COLUMNS, *wanted, "sector", "notation") if name not in numbers and name != "year"]
    columns = {name: in_words(rows[name]) for name in dict.fromkeys(words) if name in rows}
    unstated, blank = same(np.nan, size), one_word("", size)
    added: dict[str, Any] = {name: unstated if name in numbers else blank for name in wanted if name not in rows}
    if "measured" not in rows:
        added["measured"] = same(np.int64(-1), size)
    if "sector" in {*wanted, *columns}:
        of_rows = columns if "sector" in columns else added
        of_rows["sector"] = _sectors(of_rows["sector"], columns["category"], vocabulary)
    return pd.concat([rows.assign(**columns), pd.DataFrame(added, index=rows.index, copy=False)], axis=1)


def _sectors(stated: pd.Categorical[str], category: pd.Categorical[str], vocabulary: Vocabulary) -> pd.Categorical[str]:
    """Return the sector of each row: as stated, or else that of its category."""
    texts = [vocabulary.sector_of(str(one)) for one in category.categories]
    words = [str(one) for one in stated.categories]
    merged = sorted({*texts, *words})
    kind = smallest(len(merged))
    own = np.array([merged.index(word) for word in texts], dtype=kind).take(category.codes)
    if words == [""]:
        return of_words(own, merged)
    given = np.array([merged.index(word) for word in words], dtype=kind).take(stated.codes)
    blank = merged.index("") if "" in words else -1
    return of_words(np.where(given == blank, own, given), merged)
