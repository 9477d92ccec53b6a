"""The same additions as :mod:`emissions.activity.pieces.accumulate`, compiled: one pass over the rows, the same bits.

Needs the optional package numba, which takes longer to load than a few million rows to read; so it is asked for only
where there are many (:data:`ROWS`).
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

ROWS = 20_000_000
"""From so many rows on, compiled additions repay loading them."""


def worthwhile(rows: int) -> bool:
    """Tell whether compiled additions are there and repay loading them for a number of rows."""
    return rows >= ROWS and find_spec("numba") is not None


@cache
def adder() -> Any:
    """Return the compiled function that adds rows to sums by place, a block at a time."""
    import numba  # noqa: PLC0415  0.2 s and optional; only very many rows repay it

    return numba.njit(nogil=True, cache=True)(_add)


def _add(
    columns: Any,
    sizes: Any,
    values: Any,
    usable: Any,
    factors: Any,
    units: Any,
    grids: Any,
    deep: Any,
    block: Any,
    sums: Any,
    count: Any,
) -> None:
    """Add rows to ``sums`` (coarse, fine, rest and room for the rest of a block) and ``count``."""
    rows, places = len(values), len(count)
    for start in range(0, rows, block):
        for row in range(start, min(rows, start + block)):
            place = 0
            for number in range(len(columns)):
                place = place * sizes[number] + columns[number][row]
            if len(usable) and not usable[row]:
                place = places - 1
            value = values[row]
            if len(units):
                value *= factors[units[row]]
            count[place] += 1
            piece = (value + grids[0]) - grids[0]
            sums[0, place] += piece
            value -= piece
            piece = (value + grids[1]) - grids[1]
            sums[1, place] += piece
            if deep:
                sums[3, place] += value - piece
        if deep:
            for place in range(places):
                sums[2, place] += sums[3, place]
                sums[3, place] = 0.0


def as_taken(column: Any, kind: Any) -> Any:
    """Return a column in the one form that the compiled function takes: of one type, in one piece, read only."""
    view = np.ascontiguousarray(column, dtype=kind).view()
    view.flags.writeable = False
    return view
