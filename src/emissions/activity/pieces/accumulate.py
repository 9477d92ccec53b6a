"""Adding quantities in their places: the only steps that are done for every row.

Rows are taken in blocks that stay in the processor's cache. A quantity is cut on a coarse and on a fine grid: what is
on one grid adds up without rounding, so the order and the number of rows do not matter. What the fine grid leaves
over is far below the last digit of the smallest quantity, or is added too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.activity.pieces.compiled import adder, as_taken
from emissions.activity.pieces.part import Codes, Numbers, two_sum

BLOCK = 1 << 13
"""Rows of a block; (BLOCK + number of blocks) x 2**-53 < 1e-12, so that even what is left over adds up well."""
_CLOSE = 2.0**-12
"""Where the smallest quantity is no smaller than this part of the largest, the fine grid leaves nothing over."""
_ROOM = 21
"""So many powers of two of rows have room on a grid, whatever the number of rows, so that the grid is the same."""
_CACHED = 1 << 15
_WHOLE = 1 << 20


@dataclass(frozen=True)
class Amounts:
    """Quantities of rows.

    Attributes
    ----------
    values
        Finite numbers, not negative.
    usable
        Rows that are summed; None: all.
    lowest, top
        No quantity but zero is smaller, none is larger, in the unit it is summed in.
    factors, units
        Number that converts each unit, and the unit of each row; None where nothing is to be converted.
    """

    values: Numbers
    usable: npt.NDArray[np.bool_] | None
    lowest: float
    top: float
    factors: Numbers | None = None
    units: Codes | None = None


def bounds(values: npt.NDArray[Any]) -> tuple[Any, Any]:
    """Return the smallest and the largest value, in one pass through the cache; 0 where there is none."""
    if not len(values):
        return 0, 0
    blocks = [values[start : start + _CACHED] for start in range(0, len(values), _CACHED)]
    both = [(block.min(), block.max()) for block in blocks]
    return np.min([low for low, _ in both]), np.max([high for _, high in both])


class Places:
    """The place of each row among all combinations of words.

    Parameters
    ----------
    columns
        Numbers of the words of each column.
    sizes
        How many words each column has.
    rows
        Number of rows.
    """

    def __init__(self, columns: Sequence[Codes], sizes: Sequence[int], rows: int) -> None:
        self.columns = columns
        self.sizes = sizes
        self.rows = rows
        self.span = math.prod(sizes)

    def block(self, low: int, high: int, usable: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
        """Return the places of some rows; rows that are not summed have the place behind the last."""
        high = min(high, self.rows)
        place: npt.NDArray[Any] = np.zeros(high - low if not self.columns else 0, dtype=np.int32)
        for number, (codes, size) in enumerate(zip(self.columns, self.sizes, strict=True)):
            if number:
                place *= np.int32(size)
                place += codes[low:high]
            else:
                place = codes[low:high].astype(np.int32)
        places = place.astype(np.int64)
        if usable is not None:
            places[~usable[low:high]] = self.span
        return places


def sums_by_place(
    places: Places, amounts: Amounts, *, compiled: bool = False
) -> tuple[Numbers, Numbers, npt.NDArray[np.int64]]:
    """Return for each place the sum of its quantities in two parts and the number of its rows.

    Parameters
    ----------
    compiled
        By the compiled function, where the places are few enough for it; the bits are the same.
    """
    rows, size = len(amounts.values), places.span + 1
    coarse, fine, rest = np.zeros(size), np.zeros(size), np.zeros(size)
    count = np.zeros(size, dtype=np.int64)
    top = math.frexp(amounts.top)[1]
    grids = 2.0 ** (top + _ROOM), 2.0 ** max(top + 2 * _ROOM - 53, -960)
    step = BLOCK if size <= BLOCK else min(_WHOLE, 1 << (4 * size).bit_length())
    if compiled and step == BLOCK and places.columns:
        coarse, fine, rest = _compiled(places, amounts, grids, count)
        rows = 0
    for start in range(0, rows, step):
        stop = min(rows, start + step)
        place = places.block(start, stop, amounts.usable)
        left = amounts.values[start:stop]
        if amounts.factors is not None and amounts.units is not None:
            left = left * amounts.factors.take(amounts.units[start:stop])
        count += np.bincount(place, minlength=size)
        piece = left + grids[0]
        piece -= grids[0]
        coarse += np.bincount(place, piece, size)
        left = np.subtract(left, piece)
        np.add(left, grids[1], out=piece)
        piece -= grids[1]
        fine += np.bincount(place, piece, size)
        if amounts.lowest < amounts.top * _CLOSE:
            rest += _left_over(place, np.subtract(left, piece, out=piece), size, small=step == BLOCK)
    high, low = two_sum(coarse, rest, fine, 0.0)
    return high[:-1], low[:-1], count[:-1]


def _compiled(
    places: Places, amounts: Amounts, grids: tuple[float, float], count: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return coarse, fine and left over sums by the compiled function, and fill the counts."""
    sums = np.zeros((4, len(count)))
    adder()(
        tuple(as_taken(codes, np.int32) for codes in places.columns),
        np.array(places.sizes, dtype=np.int64),
        as_taken(amounts.values, np.float64),
        as_taken(() if amounts.usable is None else amounts.usable, np.bool_),
        np.empty(0) if amounts.factors is None else amounts.factors,
        as_taken(() if amounts.units is None else amounts.units, np.int32),
        np.array(grids),
        amounts.lowest < amounts.top * _CLOSE,
        BLOCK,
        sums,
        count,
    )
    return sums[:3]


def _left_over(place: npt.NDArray[np.int64], values: Numbers, size: int, *, small: bool) -> Numbers:
    """Return sums of what the grids left over; where a place has many rows, sums of blocks of them are added."""
    added = np.asarray(np.bincount(place, values, size), dtype=np.float64)
    crowded = np.empty(0) if small else np.flatnonzero(np.bincount(place, minlength=size) > BLOCK)
    if not len(crowded):
        return added
    number = np.full(size, -1, dtype=np.int64)
    number[crowded] = np.arange(len(crowded))
    rows = np.flatnonzero(number[place] >= 0)
    sums = np.zeros(len(crowded))
    for start in range(0, len(rows), BLOCK):
        own = rows[start : start + BLOCK]
        sums += np.bincount(number[place[own]], values[own], len(crowded))
    added[crowded] = sums
    return added
