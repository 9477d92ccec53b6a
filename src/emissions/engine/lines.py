"""Lines of kinds of keys, and lines of keys made of them: words stay numbers of words until somebody reads them.

All keys of a kind have the same lines but for the quantity. So what is decided of lines is decided kind by kind; lines
of keys, which may be many times as many, are made where somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from emissions.engine.columns import coded_column, smallest

Numbers = npt.NDArray[np.int64]
_INDEXED = 1 << 22
"""Span of numbers up to which the distinct ones are found by marking places of an array."""


@dataclass(frozen=True)
class KindLines:
    """Lines of kinds of keys, which kind each key is, and how much of it there is.

    Attributes
    ----------
    table
        One row a kind, substance and stream; ``key`` is the number of the kind, ``line`` that of the line as it was
        chosen: several rows have it where the kind was split. In the order of ``line``, then of kinds; texts are
        categoricals.
    of_key
        Kind of each key; -1 for a key that has no lines here.
    quantity
        Of each key, in the base unit of its dimension.
    chosen
        Kind as it was chosen of each kind.
    """

    table: pd.DataFrame
    of_key: Numbers
    quantity: npt.NDArray[np.float64]
    chosen: Numbers

    @classmethod
    def of(cls, lines: pd.DataFrame, of_key: Numbers, quantity: npt.NDArray[np.float64]) -> KindLines:
        """Return the lines that were chosen for kinds (``key``), with the keys of these kinds."""
        kinds = int(max(of_key.max(initial=-1), lines["key"].max() if len(lines) else -1)) + 1
        words = coded(lines).assign(line=np.arange(len(lines)))
        return cls(words, of_key, quantity, np.arange(kinds))

    @property
    def kind(self) -> Numbers:
        """Kind of each row of the table."""
        return self.table["key"].to_numpy(dtype=np.int64)

    @cached_property
    def keys_of_kind(self) -> Numbers:
        """Number of keys of each kind."""
        return np.bincount(self.of_key[self.of_key >= 0], minlength=len(self.chosen))

    @cached_property
    def first_key(self) -> Numbers:
        """First key of each kind; -1 of a kind without keys."""
        first = np.full(len(self.chosen) + 1, -1, dtype=np.int64)
        first[self.of_key[::-1]] = np.arange(len(self.of_key))[::-1]
        return first[:-1]

    @cached_property
    def _by_kind(self) -> tuple[Numbers, Numbers]:
        return _by_kind(self.of_key, len(self.chosen))

    def __len__(self) -> int:
        """Return the number of lines of keys."""
        return int(self.keys_of_kind[self.kind].sum())

    @cached_property
    def of_all_keys(self) -> pd.DataFrame:
        """Lines of keys with ``quantity`` of the key and ``emission`` = quantity x implied factor, in t.

        Line by line as they were chosen, each with its keys in their order.
        """
        line = self.table["line"].to_numpy(dtype=np.int64)
        row = np.flatnonzero(np.diff(line, prepend=-1))
        by_kind = np.argsort(self.chosen, kind="stable")
        rank = np.zeros(len(self.chosen), dtype=np.int64)
        own = self.chosen[by_kind]
        rank[by_kind] = np.arange(len(own)) - np.searchsorted(own, own)
        chosen = np.append(self.chosen, -1)[self.of_key]
        key, number = _placed(self.chosen[self.kind[row]], _by_kind(chosen, int(own.max(initial=-1)) + 1))
        return self._lines(key, row[number] + rank[self.of_key[key]])

    def matches_of_all(self, matches: pd.DataFrame) -> pd.DataFrame:
        """Return the matches of lines as they were chosen as matches of the lines of :attr:`of_all_keys`.

        Parameters
        ----------
        matches
            ``line`` is the number of a line as it was chosen; in the order of lines.
        """
        own = matches["line"].to_numpy(dtype=np.int64)
        line = self.table["line"].to_numpy(dtype=np.int64)
        count = np.zeros(int(max(own.max(initial=-1), line.max(initial=-1))) + 1, dtype=np.int64)
        np.add.at(count, line, self.keys_of_kind[self.kind])
        offset = np.cumsum(count) - count
        times = count[own]
        copies = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        rows = np.repeat(np.arange(len(matches)), times)
        return _repeated(coded(matches.drop(columns="line")), rows, {"line": np.repeat(offset[own], times) + copies})

    def of_rows(self, rows: npt.NDArray[np.bool_]) -> pd.DataFrame:
        """Return the lines of keys of some rows of the table, as :attr:`of_all_keys`; ``row`` is the row of each."""
        places = np.flatnonzero(rows)
        key, number = self.keys_of(places)
        return self._lines(key, places[number]).assign(row=places[number])

    def keys_of(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return the key of each line of keys of some rows of the table, row by row, and which of the rows it is of."""
        return _placed(self.kind[rows], self._by_kind)

    def without_keys(self, keys: npt.NDArray[np.bool_]) -> KindLines:
        """Return the lines without those of some keys."""
        return replace(self, of_key=np.where(keys, -1, self.of_key))

    def with_status(self, rows: npt.NDArray[np.bool_], status: str, reason: str) -> KindLines:
        """Return the lines with another status and reason of some rows of the table."""
        return replace(self, table=marked(self.table, rows, status, reason)) if rows.any() else self

    def split(self, code: Numbers) -> tuple[KindLines, Numbers]:
        """Return the lines with kinds split so that all keys of one have the same code, and the row each row was.

        Parameters
        ----------
        code
            Number of each key, 0 or above.
        """
        size = int(code.max(initial=0)) + 1
        number = np.where(self.of_key < 0, -1, self.of_key * size + code)
        known, of_key = distinct(number, len(self.chosen) * size)
        old = known // size
        copies = np.bincount(old, minlength=len(self.chosen))
        if (copies <= 1).all():
            return self, np.arange(len(self.table))
        kind = self.kind
        times = copies[kind]
        start = np.cumsum(copies) - copies
        within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        rows = np.repeat(np.arange(len(kind)), times)
        table = self.table.iloc[rows].reset_index(drop=True).assign(key=start[kind[rows]] + within)
        return KindLines(table, of_key, self.quantity, self.chosen[old]), rows

    def _lines(self, key: Numbers, row: Numbers) -> pd.DataFrame:
        lines = _repeated(self.table.drop(columns=["key", "line"]), row, {"key": key})
        quantity = self.quantity[key]
        emission = quantity * lines["ief"].to_numpy(dtype=np.float64)
        return lines.assign(quantity=quantity, emission=emission)


def distinct(number: Numbers, span: int) -> tuple[Numbers, Numbers]:
    """Return the distinct numbers from 0 to ``span`` in their order, and the place of each number among them.

    Numbers below 0 are no numbers; their place is -1.
    """
    there = number >= 0
    if span > _INDEXED:
        known, place = np.unique(number, return_inverse=True)
        none = int(np.count_nonzero(known < 0))
        return known[none:], np.where(there, place - none, -1)
    known = np.flatnonzero(np.bincount(number[there], minlength=1))
    places = np.full(span + 1, -1, dtype=np.int64)
    places[known] = np.arange(len(known))
    return known, places[number]


def as_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its words as texts, as everything that reads a result expects them."""
    words = {
        str(name): pd.Series(column.cat.categories, dtype="str").array.take(column.cat.codes.to_numpy())
        for name, column in table.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    return table.assign(**words) if words else table


def order_of(table: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the places of the rows of a table in the order of some columns, equal rows as they stand."""
    keys = []
    for name in reversed(columns):
        codes, values = coded_column(table[name])
        rank = np.empty(len(values), dtype=smallest(len(values)))
        rank[np.argsort(values, kind="stable")] = np.arange(len(values))
        keys.append(rank[codes])
    return np.lexsort(keys) if len(table) else np.empty(0, dtype=np.int64)


def marked(lines: pd.DataFrame, rows: npt.NDArray[np.bool_], status: str, reason: str) -> pd.DataFrame:
    """Return the lines with another status and reason of some of them."""
    return lines.assign(status=_with(lines["status"], rows, status), reason=_with(lines["reason"], rows, reason))


def _with(column: pd.Series, rows: npt.NDArray[np.bool_], word: str) -> pd.Series | pd.Categorical[str]:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(object).mask(rows, word)
    words = column.cat.categories
    if word not in words:
        words = words.append(pd.Index([word]))
    codes = np.where(rows, words.tolist().index(word), column.cat.codes.to_numpy())
    return pd.Categorical.from_codes(codes.astype(smallest(len(words))), categories=words, validate=False)


def coded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts are categoricals; what they hold when they are missing is a word too."""
    columns: dict[str, Any] = {}
    for name in table.columns:
        columns[str(name)] = column = table[name]
        if not is_numeric_dtype(column) and not isinstance(column.dtype, pd.CategoricalDtype):
            codes, words = pd.factorize(column, use_na_sentinel=False)
            columns[str(name)] = pd.Categorical.from_codes(
                codes.astype(smallest(len(words))), categories=pd.Index(words, dtype=object), validate=False
            )
    return pd.DataFrame(columns, copy=False)


def _by_kind(of_key: Numbers, kinds: int) -> tuple[Numbers, Numbers]:
    """Return the keys kind by kind, and where each kind begins; keys without a kind come first."""
    start = np.cumsum(np.bincount(of_key + 1, minlength=kinds + 1))
    return np.argsort(of_key.astype(smallest(kinds)), kind="stable"), start


def _placed(kind: Numbers, by_kind: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
    """Return the key of each line of keys, line of a kind by line of a kind, and the line of a kind it is.

    Parameters
    ----------
    kind
        Of each line.
    by_kind
        From :func:`_by_kind`.
    """
    keys, start = by_kind
    count = start[kind + 1] - start[kind]
    offset = np.concatenate([[0], np.cumsum(count)])
    position = np.arange(offset[-1]) - np.repeat(offset[:-1] - start[kind], count)
    return keys[position], np.repeat(np.arange(len(kind)), count)


def _repeated(table: pd.DataFrame, rows: Numbers, first: dict[str, Numbers]) -> pd.DataFrame:
    """Return some rows of a table without texts, however often."""
    columns: dict[str, object] = dict(first)
    for name in table.columns:
        column = table[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes = column.cat.codes.to_numpy()[rows]
            columns[name] = pd.Categorical.from_codes(codes, dtype=column.dtype, validate=False)
        else:
            columns[name] = column.to_numpy()[rows]
    return pd.DataFrame(columns, copy=False)
