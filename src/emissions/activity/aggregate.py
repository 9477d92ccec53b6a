"""Sums of a columnar file by everything but how much: one pass over its row groups, in constant memory.

Key columns stay integer codes from the dictionaries of the file; a dictionary differs from row group to row group,
so its few entries are recoded, not the rows. One partial sum a row group, added in file order: the same bits whatever
reads the groups.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]

_DENSE = 4_000_000
"""Largest number of combinations for which a direct index is used in place of sorting."""


@dataclass
class Aggregate:
    """Distinct combinations of the key columns of one file with the sum of their quantities.

    Attributes
    ----------
    columns
        Names of the key columns.
    keys
        One tuple a combination, in order of first appearance; None where the file has no value.
    quantity
        Sum of the quantities of each combination.
    count, first
        Number of rows, and the first row (one-based), of each combination.
    rows
        Rows read.
    bad
        Kind of bad quantity (``missing``, ``not_finite``, ``negative``) -> one-based row numbers.
    """

    columns: tuple[str, ...]
    keys: list[tuple[object, ...]] = field(default_factory=list)
    quantity: list[float] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    rows: int = 0
    bad: dict[str, list[int]] = field(default_factory=dict)


def aggregate_parquet(path: Path, columns: Sequence[str], quantity: str) -> Aggregate:
    """Return the sums of a Parquet file by key columns.

    Parameters
    ----------
    path
        A Parquet file.
    columns
        Key columns (text or numbers).
    quantity
        Column of the quantities.
    """
    from pyarrow import parquet  # noqa: PLC0415  0.1 s; only columnar files pay for it

    result = Aggregate(tuple(columns))
    words: list[dict[object, int]] = [{} for _ in columns]
    parts: list[_Part] = []
    with parquet.ParquetFile(path, read_dictionary=list(columns)) as source:
        for group in range(source.num_row_groups):
            table = source.read_row_group(group, columns=[*columns, quantity])
            codes = [_codes(table.column(name), words[position]) for position, name in enumerate(columns)]
            values, good = _values(table.column(quantity), result)
            position = np.arange(len(values)) if good.all() else np.flatnonzero(good)
            if len(position) < len(values):
                codes, values = [code[good] for code in codes], values[good]
            parts.append(_part(codes, values, position + result.rows, [len(entries) for entries in words]))
            result.rows += table.num_rows
    return _joined(result, parts, words)


@dataclass(frozen=True)
class _Part:
    """Sums of one row group: codes of each combination (combinations x columns), two sums, rows, first row."""

    keys: Codes
    sums: npt.NDArray[np.float64]
    count: Codes
    first: Codes


def _codes(column: Any, words: dict[object, int]) -> Codes:
    """Return the code of every element, numbered over the whole file; nulls are a word of their own."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if not pa.types.is_dictionary(array.type):
        array = compute.dictionary_encode(array)
    local = [words.setdefault(word, len(words)) for word in array.dictionary.to_pylist()]
    indices = array.indices
    if indices.null_count:
        local.append(words.setdefault(None, len(words)))
        indices = indices.fill_null(len(local) - 1)
    codes: Codes = np.array(local or [0], dtype=np.int64)[indices.to_numpy(zero_copy_only=False)]
    return codes


def _values(column: Any, result: Aggregate) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    import pyarrow as pa  # noqa: PLC0415

    column = column.cast(pa.float64())
    missing = np.asarray(column.is_null())
    values = column.to_numpy().astype(np.float64, copy=False)
    finite = np.isfinite(values)
    negative = finite & (values < 0)
    for kind, hit in (("missing", missing), ("not_finite", ~finite & ~missing), ("negative", negative)):
        if hit.any():
            result.bad.setdefault(kind, []).extend((np.flatnonzero(hit) + 1 + result.rows).tolist())
    return values, finite & ~negative


def _part(codes: list[Codes], values: npt.NDArray[np.float64], position: Codes, sizes: list[int]) -> _Part:
    combined = np.zeros(len(values), dtype=np.int64)
    for code, size in zip(codes, sizes, strict=True):
        combined = combined * size + code
    span = math.prod(sizes)
    if span <= _DENSE:
        present = np.flatnonzero(np.bincount(combined, minlength=span))
        index = np.zeros(span, dtype=np.int64)
        index[present] = np.arange(len(present))
        inverse = index[combined]
        where = np.empty(len(present), dtype=np.int64)
        where[inverse[::-1]] = np.arange(len(values))[::-1]
    else:
        present, where, inverse = np.unique(combined, return_index=True, return_inverse=True)
    keys = np.column_stack(np.unravel_index(present, sizes)).astype(np.int64)
    count = np.bincount(inverse, minlength=len(present))
    return _Part(keys, _sums(inverse, values, len(present)), count, position[where] if len(where) else where)


def _joined(result: Aggregate, parts: list[_Part], words: list[dict[object, int]]) -> Aggregate:
    """Add the parts in file order; combinations come in the order of their first rows."""
    keys = np.vstack([part.keys for part in parts])
    first = np.concatenate([part.first for part in parts])
    distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    earliest = np.full(len(distinct), np.iinfo(np.int64).max)
    np.minimum.at(earliest, inverse, first)
    order = np.argsort(earliest, kind="stable")
    by_key = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[by_key], np.arange(len(distinct) + 1))
    sums = np.vstack([part.sums.T for part in parts])[by_key]
    total = [math.fsum(sums[bounds[one] : bounds[one + 1]].ravel().tolist()) for one in order]
    names = [list(entries) for entries in words]
    result.keys = [tuple(names[place][code] for place, code in enumerate(key)) for key in distinct[order].tolist()]
    result.quantity = total
    result.count = np.bincount(inverse, np.concatenate([part.count for part in parts]))[order].astype(int).tolist()
    result.first = (earliest[order] + 1).tolist()
    return result


def _sums(codes: Codes, values: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    """Return sums by code in two parts: high parts on one grid, which add up without rounding, and the rest."""
    top = float(np.max(np.abs(values))) if len(values) else 0.0
    if top == 0.0:
        return np.zeros((2, size))
    grid = 2.0 ** np.ceil(np.log2(top)) * 2.0 ** np.ceil(np.log2(len(values) + 2))
    high = (grid + values) - grid
    return np.vstack([np.bincount(codes, high, size), np.bincount(codes, values - high, size)])
