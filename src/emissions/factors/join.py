"""Keys and the rows asked for, joined column by column: each column leaves the pairs that fit, with their scores.

Keys that are alike in every column are one class. Beginning with the activity, each column splits the classes made
so far and drops the rows that do not fit: few pairs are ever looked at, whatever the number of keys and requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from emissions.factors.match import NO, Codes, distinct_rows

_MAX_BLOCK = 16_000_000
"""Classes x rows asked for that are looked at in one piece; those that fit are a small part of them."""
_MAX_SPAN = 2**40
"""Combined classes beyond which they are numbered anew, so that they fit an integer."""

Scored = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """What one column adds to the score of a pair.

    Attributes
    ----------
    keys
        Value of each key.
    words
        Word of each row asked for.
    table
        Shape (values, words): what is added, or :data:`~emissions.factors.match.NO` where the row does not fit.
    """

    keys: Codes
    words: Codes
    table: Scored


@dataclass(frozen=True)
class Pairs:
    """Classes of keys with the rows that fit them, in the order of classes, then of rows."""

    of_class: Codes
    row: Codes
    score: Scored


class Join:
    """Classes of keys, and the rows asked for that fit them.

    Parameters
    ----------
    columns
        The one that leaves the fewest rows first.
    start
        Score of each row asked for before any column.
    size
        Number of keys.
    """

    def __init__(self, columns: Sequence[Scores], start: Scored, size: int) -> None:
        self._row = np.arange(len(start))
        self._score = start
        self._columns = self._that_split(columns)
        self._number(size)

    def _that_split(self, columns: Sequence[Scores]) -> list[Scores]:
        """Return the columns that tell keys apart, each with its distinct lines; the others are looked at here."""
        for one in columns:
            if len(one.table) == 1:
                self._narrow(one.table[0][one.words[self._row]])
        found = []
        for one in columns:
            if len(one.table) > 1:
                used, words = _those_used(one.words[self._row], one.words, one.table.shape[1])
                lines, line_of = distinct_rows(one.table[:, used])
                if len(lines) > 1:
                    found.append(Scores(line_of[one.keys], words, lines))
                else:
                    self._narrow(lines[0][words[self._row]])
        return found

    def _narrow(self, score: Scored) -> None:
        """Keep the rows that fit in a column in which all keys are alike."""
        kept = score != NO
        self._row, self._score = self._row[kept], (self._score + score)[kept]

    def _number(self, size: int) -> None:
        """Number the classes in the order of columns, so that those alike in the first columns stand together."""
        combined, span = np.zeros(size, dtype=np.int64), 1
        for one in self._columns:
            if span * len(one.table) > _MAX_SPAN:
                combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
                span = int(combined.max(initial=0)) + 1
            combined = combined * len(one.table) + one.keys
            span *= len(one.table)
        _, self._first, of_key = np.unique(combined, return_index=True, return_inverse=True)
        self.of_key: Codes = of_key.astype(np.int64)

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self._first)

    def pairs(self) -> Iterator[Pairs]:
        """Yield the pairs that fit in every column, some classes at a time."""
        step = max(1, _MAX_BLOCK // max(1, len(self._row)))
        for begin in range(0, len(self), step):
            yield self._pairs(begin, self._first[begin : begin + step])

    def _pairs(self, begin: int, first: Codes) -> Pairs:
        """Return the pairs of classes from a number on, of each of which the first key is given."""
        if not self._columns:
            return Pairs(np.full(len(self._row), begin), self._row, self._score)
        head, *others = self._columns
        value = head.keys[first]
        new = np.append(True, value[1:] != value[:-1])
        group, row, score = self._by_first_column
        group, member = _split(group, value[new])
        row, score = row[member], score[member]
        for one in others:
            value, parent = one.keys[first], np.cumsum(new) - 1
            new[1:] |= value[1:] != value[:-1]
            group, member = _split(group, parent[new])
            row, score = row[member], score[member]
            added = one.table[value[new][group], one.words[row]]
            fits = np.flatnonzero(added != NO)
            group, row, score = group[fits], row[fits], (score + added)[fits]
        return Pairs(begin + group, row, score)

    @cached_property
    def _by_first_column(self) -> tuple[Codes, Codes, Scored]:
        """Each value of the first column with the rows that fit it, which are few of them, and their scores."""
        first = self._columns[0]
        value, place = np.nonzero((first.table != NO)[:, first.words[self._row]])
        row = self._row[place]
        return value, row, self._score[place] + first.table[value, first.words[row]]


def best_of(pairs: Pairs, asked_by: Codes) -> tuple[Codes, Codes, Codes]:
    """Return, for each class and request that some row fits, where its pairs begin, the best and an equal rival.

    All are places among the pairs; -1 where there is no rival. The lowest score is the best, of equal ones the first.

    Parameters
    ----------
    asked_by
        Number of the request of each row asked for.
    """
    request = asked_by[pairs.row]
    new = np.ones(len(request), dtype=bool)
    new[1:] = (pairs.of_class[1:] != pairs.of_class[:-1]) | (request[1:] != request[:-1])
    begins = np.flatnonzero(new)
    if not len(begins):
        return begins, begins, begins
    number = np.cumsum(new) - 1
    equal = np.flatnonzero(pairs.score == np.minimum.reduceat(pairs.score, begins)[number])
    first = np.searchsorted(equal, begins)
    following = np.append(equal, len(request))[first + 1]
    tied = following < np.append(begins[1:], len(request))
    return begins, equal[first], np.where(tied, following, NO)


def _split(group: Codes, parent: Codes) -> tuple[Codes, Codes]:
    """Give each part of a group the members of the group.

    Parameters
    ----------
    group
        Group of each member, in order.
    parent
        Group of each part, in order.

    Returns
    -------
    part, member
        In the order of parts.

    Examples
    --------
    >>> part, member = _split(np.array([0, 0, 2]), np.array([0, 0, 1, 2]))
    >>> part.tolist(), member.tolist()
    ([0, 0, 1, 1, 3], [0, 1, 0, 1, 2])
    """
    count = np.bincount(group, minlength=int(parent[-1]) + 1)
    before = np.cumsum(count) - count
    times = count[parent]
    ends = np.cumsum(times)
    part = np.repeat(np.arange(len(parent)), times)
    member = np.arange(int(ends[-1])) + np.repeat(before[parent] - (ends - times), times)
    return part, member


def _those_used(codes: Codes, all_codes: Codes, size: int) -> tuple[Codes, Codes]:
    """Return the codes that occur, and all codes numbered among these; one that does not occur has any number."""
    there = np.zeros(size, dtype=bool)
    there[codes] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[all_codes]
