"""The same additions as :mod:`emissions.activity.pieces.accumulate`, compiled: one pass over the rows, the same bits.

Needs the optional package numba. Loading it takes as long as it saves in about 10^8 rows; so it is asked for only
where there are as many (:data:`ROWS`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

ROWS = 100_000_000
"""From so many rows on, compiled additions repay loading them."""
_STRIP = 64
"""Rows whose places are computed together, so that the processor takes several at once."""


def worthwhile(rows: int) -> bool:
    """Tell whether compiled additions are there and repay loading them for a number of rows."""
    return rows >= ROWS and find_spec("numba") is not None


@cache
def summer() -> Any:
    """Return the compiled function that sums rows by place, block after block."""
    import numba  # noqa: PLC0415  0.5 s and optional; only very many rows repay it
    from numba.extending import register_jitable  # noqa: PLC0415

    register_jitable(_add)
    return numba.njit(nogil=True, cache=True)(_sum)


def _sum(rows: Any, amounts: Any, limits: Any, start: Any, of_block: Any, sums: Any) -> tuple[int, bool]:
    """Add blocks of rows to sums by place, from a row on, until a place has more rows of a block than may be added.

    Parameters
    ----------
    rows, amounts
        As :func:`as_placed` and :func:`as_amounts` return them.
    limits
        Largest quantity, rows of a block, and rows of a place in a block that are added plainly.
    of_block
        Number of rows and sum of quantities of the last block by place; the first block is summed in ``sums``.
    sums
        Number of rows by place, and the sum of quantities in two parts.

    Returns
    -------
    tuple
        The first row of the block that is too crowded, or the number of rows; and whether all could be summed.
    """
    largest, step, most = limits
    count, high, low = sums
    end = len(amounts[0])
    for first in range(start, end, step):
        number, added = of_block if first else (count, high)
        number[:] = 0
        added[:] = 0.0
        if not _add(rows, amounts, largest, first, min(first + step, end), number, added):
            return first, False
        if number.max() > most:
            return first, True
        if first:
            for place in range(len(count)):
                total = high[place] + added[place]
                taken = total - high[place]
                low[place] += (high[place] - (total - taken)) + (added[place] - taken)
                high[place] = total
                count[place] += number[place]
    return end, True


def _add(rows: Any, amounts: Any, largest: Any, start: Any, stop: Any, number: Any, added: Any) -> bool:
    """Add rows of a block to its sums by place; tell whether all quantities can be summed."""
    columns, weights, wide, weight_of_wide, offset = rows
    values, factors, units = amounts
    place = np.empty(_STRIP, dtype=np.uint32)
    fit = True
    for first in range(start, stop, _STRIP):
        size = min(_STRIP, stop - first)
        if len(wide):
            long = wide[first : first + size]
            for row in range(size):
                place[row] = np.uint32(np.uint32(long[row]) * weight_of_wide - offset)
        else:
            place[:] = 0
        for column in range(len(columns)):
            weight, codes = weights[column], columns[column][first : first + size]
            for row in range(size):
                place[row] = np.uint32(place[row] + np.uint32(codes[row]) * weight)
        strip = values[first : first + size]
        if len(units):
            unit = units[first : first + size]
            for row in range(size):
                fit &= 0.0 <= strip[row] <= largest
                number[np.uint64(place[row])] += 1
                added[np.uint64(place[row])] += strip[row] * factors[np.uint32(unit[row])]
        else:
            for row in range(size):
                fit &= 0.0 <= strip[row] <= largest
                number[np.uint64(place[row])] += 1
                added[np.uint64(place[row])] += strip[row]
    return fit


def as_placed(columns: Sequence[Any], weights: Sequence[int], offset: Any, rows: int) -> tuple[Any, ...]:
    """Return key columns as the compiled function takes them: those of 32 bits, then one of 64, each with its weight.

    Parameters
    ----------
    columns
        Numbers of words; the sum of all by their weights, less ``offset``, is the place of a row.
    """
    wide = next((place for place, codes in enumerate(columns) if codes.dtype == np.int64), None)
    rest = [place for place in range(len(columns)) if place != wide]
    return (
        tuple(_as_taken(columns[place], np.int32) for place in rest) or (_as_taken(np.zeros(rows), np.int32),),
        np.array([weights[place] for place in rest] or [0], dtype=np.uint32),
        _as_taken(() if wide is None else columns[wide], np.int64),
        np.uint32(0 if wide is None else weights[wide]),
        offset.astype(np.uint32),
    )


def as_amounts(values: Any, factors: Any, units: Any) -> tuple[Any, Any, Any]:
    """Return quantities as the compiled function takes them; blank factors and units where there are none."""
    if factors is None or units is None:
        factors, units = (), ()
    return _as_taken(values, np.float64), _as_taken(factors, np.float64), _as_taken(units, np.int32)


def _as_taken(column: Any, kind: Any) -> Any:
    """Return a column in the one form that the compiled function takes: of one type, in one piece, read only."""
    view = np.ascontiguousarray(column, dtype=kind).view()
    view.flags.writeable = False
    return view
