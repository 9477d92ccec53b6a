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
CELL = np.dtype([("added", np.float64), ("number", np.int32), ("left", np.int32)])
"""Of a place in a block: sum of its quantities, number of its rows, and how many rows of the block there are from its
first row on. They stand side by side, so that a place is fetched once; a highest number needs no branch."""
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


def _sum(rows: Any, amounts: Any, limits: Any, start: Any, cells: Any, sums: Any) -> tuple[int, bool]:
    """Add blocks of rows to sums by place, from a row on, until a place has more rows of a block than may be added.

    Parameters
    ----------
    rows, amounts
        As :func:`as_placed` and :func:`as_amounts` return them.
    limits
        Largest quantity, rows of a block, rows of a place in a block that are added plainly, number of the first
        row, and the number that stands for no row.
    cells
        What is known of each place of a block (:data:`CELL`), written to.
    sums
        Number of rows by place, the sum of quantities in two parts (the second zeros at first), and the first row.
        The first block is what they hold, whether it is too crowded or not.

    Returns
    -------
    tuple
        The first row of the block that is too crowded, or the number of rows; and whether all could be summed.
    """
    largest, step, most, number_of_first, never = limits
    count, high, low, first = sums
    end = len(amounts[0])
    for begin in range(start, end, step):
        for place in range(len(cells)):
            cells[place].added, cells[place].number, cells[place].left = 0.0, 0, 0
        end_of_block = min(begin + step, end)
        if not _add(rows, amounts, largest, begin, end_of_block, cells):
            return begin, False
        highest = np.int32(0)
        for place in range(len(cells)):
            number = cells[place].number
            highest = max(highest, number)
            if begin == 0:
                count[place] = number
                high[place] = cells[place].added
                first[place] = number_of_first + end_of_block - cells[place].left if number else never
            elif number and first[place] == never:
                first[place] = number_of_first + end_of_block - cells[place].left
        if highest > most:
            return begin, True
        if begin > 0:
            for place in range(len(cells)):
                added = cells[place].added
                total = high[place] + added
                taken = total - high[place]
                low[place] += (high[place] - (total - taken)) + (added - taken)
                high[place] = total
                count[place] += cells[place].number
    return end, True


def _add(rows: Any, amounts: Any, largest: Any, start: Any, stop: Any, cells: Any) -> bool:
    """Add rows of a block to its cells; tell whether all quantities can be summed."""
    columns, weights, wide, weight_of_wide, offset = rows
    values, factors, units = amounts
    place = np.empty(_STRIP, dtype=np.uint32)
    fit = True
    for begin in range(start, stop, _STRIP):
        size = min(_STRIP, stop - begin)
        if len(wide):
            long = wide[begin : begin + size]
            for row in range(size):
                place[row] = np.uint32(np.uint32(long[row]) * weight_of_wide - offset)
        else:
            place[:] = np.uint32(-np.int64(offset))
        for column in range(len(columns)):
            weight, codes = weights[column], columns[column][begin : begin + size]
            for row in range(size):
                place[row] = np.uint32(place[row] + np.uint32(codes[row]) * weight)
        last = np.uint32(0)
        for row in range(size):
            last = max(last, place[row])
        if last >= len(cells):
            raise IndexError("a place that is none")  # nobody else would keep it from writing beside the cells
        strip = values[begin : begin + size]
        unit = units[begin : begin + size]
        for row in range(size):
            fit &= 0.0 <= strip[row] <= largest
            amount = strip[row] * factors[np.uint32(unit[row])] if len(units) else strip[row]
            cell = cells[np.uint64(place[row])]
            cell.left = max(cell.left, np.int32(stop - begin - row))
            cell.number += 1
            cell.added += amount
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
