"""Sums of a part of the rows by combination of words, and how two parts are added.

The words of each key column have numbers within the part. Where the numbers of all columns span few enough
combinations, a combination is a place in an array (dense); else the combinations that occur are listed (sparse).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.integer[Any]]
Numbers = npt.NDArray[np.float64]
Words = tuple[tuple[str, ...], ...]
CodedWords = tuple[Codes, Sequence[Any]]
"""The number of the word of each row, and the words."""

DENSE = 1 << 21
"""Largest number of combinations that have a place each whether they occur or not."""
NEVER = np.iinfo(np.int64).max
"""Place of the first row of a combination that does not occur."""
_CACHED = 1 << 15
"""Numbers that are added together, so that what lies between the steps stays in the processor's cache."""
FAN = 8
"""So many neighbours are added to one; the same tree for every executor."""


@dataclass(frozen=True)
class PieceFacts:
    """What is known of one piece that was read.

    Attributes
    ----------
    piece
        Its number among the pieces of all files.
    rows
        Rows read.
    bad
        Rows whose quantity was not summed.
    words
        Words of each key column that may occur in it, as numbers of the part.
    """

    piece: int
    rows: int
    bad: int
    words: tuple[Codes, ...]


@dataclass(frozen=True)
class Part:
    """Sums of one piece or of several neighbours.

    Attributes
    ----------
    words
        Words of each key column, in the order of their numbers.
    keys
        Numbers of the words of each combination, an array a column; None where the part is dense.
    high, low
        Two numbers a combination that add up to the sum of its quantities.
    count, first
        Rows of a combination, and its first: piece x 2**32 + row within the piece.
    facts
        Of every piece.
    """

    words: Words
    keys: tuple[Codes, ...] | None
    high: Numbers
    low: Numbers
    count: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    facts: tuple[PieceFacts, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of words of each column."""
        return tuple(map(len, self.words))

    def listed(self) -> Part:
        """Return the part with the combinations that occur, listed."""
        if self.keys is not None:
            return self
        there = np.flatnonzero(self.count)
        keys = _numbers(there, self.shape)
        if len(there) == len(self.count):
            return replace(self, keys=keys)
        return replace(
            self,
            keys=keys,
            high=self.high[there],
            low=self.low[there],
            count=self.count[there],
            first=self.first[there],
        )


def _numbers(places: Codes, shape: Sequence[int]) -> tuple[Codes, ...]:
    """Return the numbers of words that have each of some places (no more than :data:`DENSE`), an array a column."""
    left = places.astype(np.uint32)
    found: list[Codes] = []
    for size in reversed(shape):
        rest = left // np.uint32(size)
        found.append((left - rest * np.uint32(size)).view(np.int32))
        left = rest
    return tuple(reversed(found))


def fold(parts: Sequence[Part], *, reuse: bool = False) -> Part:
    """Return the sum of neighbours, added from left to right.

    Parameters
    ----------
    reuse
        Nobody needs the first part any more: the sum may be written to its memory.
    """
    words = joined_words([part.words for part in parts])
    total = with_words(parts[0], words)
    if len(parts) > 1 and total.keys is None and not (reuse and _writable(total)) and total is parts[0]:
        total = _copied(total)
    for part in parts[1:]:
        total = _add(total, with_words(part, words))
    return total


def _writable(part: Part) -> bool:
    return all(each.flags.writeable for each in (part.high, part.low, part.count, part.first))


def _copied(part: Part) -> Part:
    return replace(part, high=+part.high, low=+part.low, count=+part.count, first=+part.first)


def joined_words(several: Iterable[Words]) -> Words:
    """Return the words of all, those of the first first."""
    columns = zip(*several, strict=True)
    return tuple(
        column[0] if all(each == column[0] for each in column) else tuple(dict.fromkeys(w for c in column for w in c))
        for column in columns
    )


def with_words(part: Part, words: Words) -> Part:
    """Return the part with its words numbered as in ``words``, which holds all of them; dense where it may be."""
    dense = math.prod(map(len, words)) <= DENSE
    if part.words == words and dense == (part.keys is None):
        return part
    places = [{word: place for place, word in enumerate(column)} for column in words]
    moves = [
        np.array([place[word] for word in own], dtype=np.int64) for own, place in zip(part.words, places, strict=True)
    ]
    facts = tuple(
        replace(one, words=tuple(move[own].astype(np.int32) for move, own in zip(moves, one.words, strict=True)))
        for one in part.facts
    )
    if part.keys is None and dense and all(len(move) for move in moves):
        to = np.zeros(1, dtype=np.int64)
        for move, size in zip(moves, map(len, words), strict=True):
            to = (to[:, None] * size + move).reshape(-1)
        there = np.flatnonzero(part.count)
        return _spread(part, words, to[there], there, facts)
    listed = part.listed()
    keys = tuple(move[own] for move, own in zip(moves, listed.keys or (), strict=True))
    if dense:
        to = np.zeros(len(listed.count), dtype=np.int64)
        for own, size in zip(keys, map(len, words), strict=True):
            to = to * size + own
        return _spread(listed, words, to, slice(None), facts)
    return replace(listed, words=words, keys=tuple(each.astype(np.int32) for each in keys), facts=facts)


def _spread(part: Part, words: Words, to: Codes, there: Any, facts: tuple[PieceFacts, ...]) -> Part:
    size = math.prod(map(len, words))
    high, low, count = np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.int64)
    first = np.full(size, NEVER)
    high[to], low[to], count[to], first[to] = part.high[there], part.low[there], part.count[there], part.first[there]
    return Part(words, None, high, low, count, first, facts)


def _add(one: Part, other: Part) -> Part:
    """Return the sum of two parts of the same words; that of dense ones is written to the memory of the first."""
    facts = (*one.facts, *other.facts)
    if one.keys is None or other.keys is None:
        for start in range(0, len(one.count), _CACHED):
            rows = slice(start, start + _CACHED)
            one.high[rows], one.low[rows] = two_sum(one.high[rows], one.low[rows], other.high[rows], other.low[rows])
        np.add(one.count, other.count, out=one.count)
        np.minimum(one.first, other.first, out=one.first)
        return replace(one, facts=facts)
    both = [np.concatenate(pair) for pair in zip(one.keys, other.keys, strict=True)]
    number, where = numbered(both, one.shape)
    mine, theirs = number[: len(one.count)], number[len(one.count) :]
    size = len(where)
    high, low, count = np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.int64)
    first = np.full(size, NEVER)
    high[mine], low[mine], count[mine], first[mine] = one.high, one.low, one.count, one.first
    high[theirs], low[theirs] = two_sum(high[theirs], low[theirs], other.high, other.low)
    count[theirs] += other.count
    first[theirs] = np.minimum(first[theirs], other.first)
    return Part(one.words, tuple(each[where] for each in both), high, low, count, first, facts)


def two_sum(high: Numbers, low: Numbers, more: Numbers, rest: Numbers | float) -> tuple[Numbers, Numbers]:
    """Return the sum of two numbers of two parts each, in two parts; what the high parts lose goes to the low."""
    total = high + more
    taken = total - high
    lost = (high - (total - taken)) + (more - taken)
    lost += low
    lost += rest
    return total, lost


def numbered(columns: Sequence[Codes], sizes: Sequence[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Number the distinct rows of columns of codes in order of appearance.

    Parameters
    ----------
    columns
        Codes from 0 on.
    sizes
        Number of codes of each column.

    Returns
    -------
    tuple of arrays
        The number of each row, and the first row of each number.
    """
    combined = np.zeros(len(columns[0]) if columns else 1, dtype=np.int64)
    span = 1
    for codes, size in zip(columns, sizes, strict=True):
        if span * size > NEVER // 2:
            combined, known = pd.factorize(combined)
            span = len(known)
        combined = combined * size + codes
        span *= size
    number, known = pd.factorize(combined)
    where = np.empty(len(known), dtype=np.int64)
    where[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    return number.astype(np.int64), where


class Tree:
    """Adds parts that come in order: :data:`FAN` neighbours to one, so many of those to one, and so on.

    The shape depends on the number of parts alone; each level waits for its last :data:`FAN` at most. Parts that were
    added belong to the tree: sums are written to their memory.
    """

    def __init__(self) -> None:
        self._sums: list[Part | None] = []
        self._taken: list[int] = []

    def add(self, part: Part) -> None:
        """Take the next part."""
        for level, so_far in enumerate(self._sums):
            part = part if so_far is None else fold([so_far, part], reuse=True)
            self._taken[level] += 1
            if self._taken[level] < FAN:
                self._sums[level] = part
                return
            self._sums[level], self._taken[level] = None, 0
        self._sums.append(part)
        self._taken.append(1)

    def total(self) -> Part | None:
        """Return the sum of all parts, None where there is none."""
        total: Part | None = None
        for so_far in self._sums:
            there = [part for part in (so_far, total) if part is not None]
            total = fold(there, reuse=True) if there else None
        return total
