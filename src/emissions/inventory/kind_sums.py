"""Exact sums over lines of keys, made from lines of kinds: all lines of all keys never stand in memory at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emissions.engine.lines import KindLines, distinct
from emissions.engine.total import exact_sums

Numbers = npt.NDArray[np.int64]

TOGETHER = 1 << 18
"""Lines of keys that are summed together: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Sums:
    """Sums by group and place.

    Attributes
    ----------
    group, place
        Of each sum.
    total
        What the sum is.
    lines
        How many lines of keys it holds.
    """

    group: Numbers
    place: Numbers
    total: npt.NDArray[np.float64]
    lines: Numbers


def sums_of_lines(
    lines: KindLines, rows: Numbers, group: Numbers, place: Numbers, factor: npt.NDArray[np.float64]
) -> Sums:
    """Return the sum of quantity x factor over the lines of keys of each group and place.

    Parameters
    ----------
    rows
        Rows of the table of lines.
    group, factor
        Of each of these rows: number of the group it belongs to, and what quantities are multiplied by.
    place
        Number of the place of each key.

    Returns
    -------
    Sums
        Of each pair of group and place that occurs, in the order of both.
    """
    size = int(place.max(initial=0)) + 1
    found = [
        _sums(lines, rows[some], group[some], place, size, factor[some])
        for some in _together(group, lines.keys_of_kind[lines.kind[rows]])
    ]
    none = np.empty(0, dtype=np.int64)
    pairs, sums, count = (np.concatenate(each) for each in zip((none, np.empty(0), none), *found, strict=True))
    return Sums(pairs // size, pairs % size, sums, count)


def _together(group: Numbers, times: Numbers) -> Iterator[Numbers]:
    """Yield the rows of some groups at a time, so that they have about :data:`TOGETHER` lines of keys."""
    order = np.argsort(group, kind="stable")
    if not len(order):
        return
    before = np.cumsum(times[order]) - times[order]
    first = np.flatnonzero(np.diff(group[order], prepend=-1))
    # groups that begin within the same stretch of lines
    starts = first[np.flatnonzero(np.diff(before[first] // TOGETHER, prepend=-1))]
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        yield order[start:end]


def _sums(
    lines: KindLines, rows: Numbers, group: Numbers, place: Numbers, size: int, factor: npt.NDArray[np.float64]
) -> tuple[Numbers, npt.NDArray[np.float64], Numbers]:
    """Return the pairs (group x size + place) among the lines of keys of some rows, their sums and how many lines."""
    key, number = lines.keys_of(rows)
    low = int(group.min())
    pair = (group - low)[number] * size + place[key]
    known, code = distinct(pair, (int(group.max()) - low + 1) * size)
    sums = exact_sums(code, lines.quantity[key] * factor[number], len(known))
    return known + low * size, sums, np.bincount(code, minlength=len(known))
