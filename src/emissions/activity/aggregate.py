"""Sums of a columnar file by everything but how much: one pass over its row groups, in constant memory.

Key columns stay integer codes from the dictionaries of the file; a dictionary differs from row group to row group,
so its few entries are recoded, not the rows. One partial sum a row group, added in file order: the same bits whatever
reads the groups.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
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


StandsFor = Callable[[object], tuple[object, float]]
"""From a word of a unit column to the word its rows are summed under and the number their quantities are scaled by."""


def aggregate_parquet(
    path: Path, columns: Sequence[str], quantity: str, stands_for: Mapping[str, StandsFor] | None = None
) -> Aggregate:
    """Return the sums of a Parquet file by key columns.

    Parameters
    ----------
    path
        A Parquet file.
    columns
        Key columns (text or numbers).
    quantity
        Column of the quantities.
    stands_for
        Key column -> what each of its words stands for, so that rows in t and in kt are one combination.
    """
    from pyarrow import parquet  # noqa: PLC0415  0.1 s; only columnar files pay for it

    metadata = parquet.read_metadata(path)
    with ThreadPoolExecutor(max_workers=min(max(1, metadata.num_row_groups), os.cpu_count() or 1)) as pool:
        read = partial(_read_group, path, metadata, tuple(columns), quantity)
        parts = list(pool.map(read, range(metadata.num_row_groups)))
    return _joined(tuple(columns), parts, stands_for or {})


@dataclass(frozen=True)
class _Part:
    """Sums of one row group.

    Attributes
    ----------
    words
        Words of each key column, in the order of their codes.
    keys
        Codes of each combination, shape (combinations, columns).
    sums
        Two sums a combination, shape (2, combinations), that add up to the sum of its quantities.
    count, first
        Rows of each combination and the first of them (zero-based, within the group).
    rows
        Rows of the group.
    bad
        Kind of bad quantity -> rows (zero-based, within the group).
    """

    words: tuple[list[object], ...]
    keys: Codes
    sums: npt.NDArray[np.float64]
    count: Codes
    first: Codes
    rows: int
    bad: dict[str, Codes]


def _read_group(path: Path, metadata: Any, columns: tuple[str, ...], quantity: str, group: int) -> _Part:
    from pyarrow import parquet  # noqa: PLC0415

    with parquet.ParquetFile(path, metadata=metadata, read_dictionary=list(columns)) as source:
        table = source.read_row_group(group, columns=[*columns, quantity])
    values, good, bad = _values(table.column(quantity))
    words, codes = zip(*(_codes(table.column(name)) for name in columns), strict=True) if columns else ((), ())
    position = np.flatnonzero(good) if bad else np.arange(len(values))
    if bad:
        values, codes = values[position], tuple(code[position] for code in codes)
    keys, where, inverse = _distinct(codes, [len(each) for each in words], len(values))
    count = np.bincount(inverse, minlength=len(keys))
    return _Part(tuple(words), keys, _sums(inverse, values, len(keys)), count, position[where], table.num_rows, bad)


def _codes(column: Any) -> tuple[list[object], npt.NDArray[np.integer[Any]]]:
    """Return the words of a column and the code of every element; nulls are a word of their own."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import compute  # noqa: PLC0415

    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if not pa.types.is_dictionary(array.type):
        array = compute.dictionary_encode(array)
    words, indices = array.dictionary.to_pylist(), array.indices
    if indices.null_count:
        indices = indices.fill_null(len(words))
        words.append(None)
    return words, indices.to_numpy(zero_copy_only=False)


def _values(column: Any) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], dict[str, Codes]]:
    """Return the quantities, which of them count, and the rows of those that do not by kind."""
    import pyarrow as pa  # noqa: PLC0415

    column = column.cast(pa.float64())
    missing = np.asarray(column.is_null())
    values = column.to_numpy().astype(np.float64, copy=False)
    finite = np.isfinite(values)
    negative = finite & (values < 0)
    kinds = {"missing": missing, "not_finite": ~finite & ~missing, "negative": negative}
    return values, finite & ~negative, {kind: np.flatnonzero(hit) for kind, hit in kinds.items() if hit.any()}


def _distinct(codes: Sequence[npt.NDArray[np.integer[Any]]], sizes: list[int], rows: int) -> tuple[Codes, Codes, Codes]:
    """Return the distinct combinations of codes, the first row of each, and the combination of each row."""
    span = math.prod(sizes)
    if span > np.iinfo(np.int64).max:
        keys, where, inverse = np.unique(np.column_stack(codes), axis=0, return_index=True, return_inverse=True)
        return keys.astype(np.int64), where, inverse.reshape(-1)
    combined = np.zeros(rows, dtype=np.int64)
    for code, size in zip(codes, sizes, strict=True):
        combined *= size
        combined += code
    if span <= _DENSE:
        present = np.flatnonzero(np.bincount(combined, minlength=span))
        index = np.zeros(span, dtype=np.int64)
        index[present] = np.arange(len(present))
        inverse = index[combined]
        where = np.empty(len(present), dtype=np.int64)
        where[inverse[::-1]] = np.arange(rows)[::-1]
    else:
        present, where, inverse = np.unique(combined, return_index=True, return_inverse=True)
    return np.column_stack(np.unravel_index(present, sizes)).astype(np.int64), where, inverse


def _joined(columns: tuple[str, ...], parts: list[_Part], stands_for: Mapping[str, StandsFor]) -> Aggregate:
    """Add the parts in file order; combinations come in the order of their first rows."""
    starts = np.cumsum([0, *(part.rows for part in parts)])
    result = Aggregate(columns, rows=int(starts[-1]))
    for start, part in zip(starts, parts, strict=False):
        for kind, hit in part.bad.items():
            result.bad.setdefault(kind, []).extend((hit + 1 + start).tolist())
    if not parts:
        return result
    words: list[dict[object, int]] = [{} for _ in columns]
    recoded = [_recoded(part, words, [stands_for.get(name, _itself) for name in columns]) for part in parts]
    keys = np.vstack([keys for keys, _ in recoded])
    inverse, where = _numbered(keys, [len(entries) for entries in words])
    first = np.full(len(where), np.iinfo(np.int64).max)
    shifted = [part.first + start for part, start in zip(parts, starts, strict=False)]
    np.minimum.at(first, inverse, np.concatenate(shifted))
    order = np.argsort(first, kind="stable")
    names = [np.array(list(entries), dtype=object) for entries in words]
    texts = [name[codes].tolist() for name, codes in zip(names, keys[where[order]].T, strict=True)]
    result.keys = list(zip(*texts, strict=True))
    result.quantity = _added(inverse, np.hstack([sums for _, sums in recoded]), len(where))[order].tolist()
    count = np.bincount(inverse, np.concatenate([part.count for part in parts]), len(where))
    result.count = count[order].astype(np.int64).tolist()
    result.first = (first[order] + 1).tolist()
    return result


def _recoded(
    part: _Part, words: list[dict[object, int]], stands_for: list[StandsFor]
) -> tuple[Codes, npt.NDArray[np.float64]]:
    """Return keys and sums of a part in codes of the whole file; a word met for the first time gets the next code."""
    keys = np.empty_like(part.keys)
    sums = part.sums
    for column, (own, known, instead) in enumerate(zip(part.words, words, stands_for, strict=True)):
        pairs = [instead(word) for word in own]
        codes = np.array([known.setdefault(word, len(known)) for word, _ in pairs], dtype=np.int64)
        keys[:, column] = codes[part.keys[:, column]]
        if any(factor != 1.0 for _, factor in pairs):
            sums = sums * np.array([factor for _, factor in pairs])[part.keys[:, column]]
    return keys, sums


def _itself(word: object) -> tuple[object, float]:
    return word, 1.0


def _numbered(keys: Codes, sizes: list[int]) -> tuple[Codes, Codes]:
    """Number the distinct rows of a table of codes; return the number of each row and one row of each number."""
    if math.prod(sizes) < np.iinfo(np.int64).max:
        combined = np.zeros(len(keys), dtype=np.int64)
        for codes, size in zip(keys.T, sizes, strict=True):
            combined = combined * size + codes
        _, where, inverse = np.unique(combined, return_index=True, return_inverse=True)
    else:
        _, where, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return inverse.reshape(-1).astype(np.int64), where.astype(np.int64)


def _added(inverse: Codes, sums: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    """Return the sum of the two partial sums of every part by combination, rounded once."""
    by_key = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[by_key], np.arange(size + 1)).tolist()
    flat = sums.T[by_key].ravel().tolist()
    return np.array([math.fsum(flat[2 * low : 2 * high]) for low, high in pairwise(bounds)])


def _sums(codes: Codes, values: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    """Return sums by code in two parts: high parts on one grid, which add up without rounding, and the rest."""
    top = float(np.max(np.abs(values))) if len(values) else 0.0
    if top == 0.0:
        return np.zeros((2, size))
    grid = 2.0 ** np.ceil(np.log2(top)) * 2.0 ** np.ceil(np.log2(len(values) + 2))
    high = (grid + values) - grid
    return np.vstack([np.bincount(codes, high, size), np.bincount(codes, values - high, size)])
