"""The same additions as :mod:`emissions.activity.pieces.accumulate`, compiled: one pass over the rows, the same bits.

Needs the optional package numba. Loading it takes as long as it saves in about 10^8 rows; so it is asked for only
where there are as many (:data:`ROWS`).
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

ROWS = 100_000_000
"""From so many rows on, compiled additions repay loading them."""
_STRIP = 256
"""Rows whose places are computed together, so that the processor takes several at once."""


def worthwhile(rows: int) -> bool:
    """Tell whether compiled additions are there and repay loading them for a number of rows."""
    return rows >= ROWS and find_spec("numba") is not None


@cache
def adder() -> Any:
    """Return the compiled function that adds rows to sums by place, a block at a time."""
    import numba  # noqa: PLC0415  0.5 s and optional; only very many rows repay it

    return numba.njit(nogil=True, cache=True)(_add)


def _add(
    columns: Any,
    sizes: Any,
    values: Any,
    factors: Any,
    units: Any,
    largest: Any,
    start: Any,
    stop: Any,
    number: Any,
    added: Any,
) -> bool:
    """Add rows to ``number`` and ``added`` by place; tell whether all quantities can be summed."""
    place = np.empty(_STRIP, dtype=np.uint32)
    fit = True
    for first in range(start, stop, _STRIP):
        rows = min(_STRIP, stop - first)
        place[:] = 0
        for column in range(len(columns)):
            size, codes = np.uint32(sizes[column]), columns[column][first : first + rows]
            for row in range(rows):
                place[row] = place[row] * size + np.uint32(codes[row])
        strip = values[first : first + rows]
        if len(units):
            unit = units[first : first + rows]
            for row in range(rows):
                fit &= 0.0 <= strip[row] <= largest
                number[np.uint64(place[row])] += 1
                added[np.uint64(place[row])] += strip[row] * factors[np.uint32(unit[row])]
        else:
            for row in range(rows):
                fit &= 0.0 <= strip[row] <= largest
                number[np.uint64(place[row])] += 1
                added[np.uint64(place[row])] += strip[row]
    return fit


def as_taken(column: Any, kind: Any) -> Any:
    """Return a column in the one form that the compiled function takes: of one type, in one piece, read only."""
    view = np.ascontiguousarray(column, dtype=kind).view()
    view.flags.writeable = False
    return view
