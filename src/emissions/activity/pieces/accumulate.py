"""Adding quantities in their places: the only steps that are done for every row.

Rows are taken in blocks that stay in the processor's cache. Within a block the quantities of a place are added as they
come, never more than :data:`PART` of them; the sums of blocks are added in two parts, so that nothing is lost between
them. So a sum is wrong by less than PART x 2**-53 < 1e-12 of itself, whatever the number of rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.activity.pieces.compiled import CELL, as_amounts, as_placed, summer
from emissions.activity.pieces.memory import ROWS, Rooms, filled, unfilled
from emissions.activity.pieces.part import NEVER, Codes, Numbers, two_sum

Counts = npt.NDArray[np.int64]

_ROOMS = Rooms()

PART = 1 << 13
"""So many quantities of a place are added plainly, no more."""
LARGEST = 2.0**900
"""Larger numbers are taken for infinite: sums of them might be."""
_WHOLE = 1 << 20
_ROWS_A_PLACE = 32
"""A block has so many rows a place, so that adding the sums of blocks is little beside adding its rows."""
_CACHED = 1 << 15


class UnfitQuantityError(ValueError):
    """A quantity is negative or not finite."""


@dataclass(frozen=True)
class Amounts:
    """Quantities of rows.

    Attributes
    ----------
    values
        Numbers.
    factors, units
        Number that converts each unit, and the unit of each row; None where nothing is to be converted.
    """

    values: Numbers
    factors: Numbers | None = None
    units: Codes | None = None

    def check(self) -> None:
        """Raise :class:`UnfitQuantityError` where a quantity cannot be summed."""
        _check(*bounds(self.values))

    def block(self, rows: range, out: Numbers) -> None:
        """Write some quantities, in the unit they are summed in, to ``out``; raises as :meth:`check`."""
        values = self.values[rows.start : rows.stop]
        _check(values.min(), values.max())
        if self.factors is None or self.units is None:
            out[:] = values
            return
        unit, factor = _ROOMS.unit[: len(rows)], _ROOMS.factor[: len(rows)]
        unit[:] = self.units[rows.start : rows.stop]
        np.multiply(values, self.factors.take(unit, out=factor, mode="clip"), out=out)


def _check(low: Any, high: Any) -> None:
    if not (low >= 0 and high <= LARGEST):
        raise UnfitQuantityError


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
    bases
        Number of the first word of each column; 0 of every column if not given.
    """

    def __init__(
        self, columns: Sequence[Codes], sizes: Sequence[int], rows: int, bases: Sequence[int] | None = None
    ) -> None:
        self.columns = columns
        self.sizes = sizes
        self.bases = bases or [0] * len(sizes)
        self.rows = rows
        self.span = math.prod(sizes)
        self.weights = [math.prod(sizes[column + 1 :]) for column in range(len(sizes))]
        # places are less than 2**31: what runs over in between is the same number again in the end
        self.offset = _as_int32(sum(map(mul, self.bases, self.weights)))

    @property
    def step(self) -> int:
        """Number of rows of a block: more where there are many places."""
        return min(_WHOLE, max(PART, 1 << (_ROWS_A_PLACE * self.span - 1).bit_length()))

    def block(self, low: int, high: int) -> Counts:
        """Return the places of some rows, no more than :data:`ROWS`, in memory that the next call writes to."""
        high = min(high, self.rows)
        place, narrow = _ROOMS.place[: high - low], _ROOMS.narrow[: high - low]
        if not self.columns:
            place[:] = 0
            return place
        left: Codes = self.columns[0][low:high]
        for codes, size in zip(self.columns[1:], self.sizes[1:], strict=True):
            np.multiply(left, size, out=narrow, dtype=np.int32, casting="unsafe")
            left = np.add(narrow, codes[low:high], out=narrow, dtype=np.int32, casting="unsafe")
        np.subtract(left, self.offset, out=place, dtype=np.int32, casting="unsafe")
        return place

    def first(self, count: Counts, start: int = 0) -> Counts:
        """Return the first row of each place, :data:`NEVER` of one without rows.

        Parameters
        ----------
        count
            Number of rows of each place; no further row is looked at once all places that have any are found.
        start
            Number of the first row.
        """
        if self.rows <= self.step:
            return self._first_of_all(count, start)
        first = np.full(self.span, NEVER)
        there = np.flatnonzero(count)
        left, low, size = len(there), 0, ROWS >> 2
        while left:
            block = self.block(low, low + size)
            rows = np.flatnonzero(first[block] == NEVER)[::-1]
            first[block[rows]] = rows + (low + start)
            left = int(np.count_nonzero(first[there] == NEVER))
            low, size = low + size, ROWS
        return first

    def _first_of_all(self, count: Counts, start: int) -> Counts:
        """Return the first row of each place where there may be nearly as many places as rows: from the last row on."""
        row: npt.NDArray[Any] = filled(self.span, 0, np.int32)
        for low in reversed(range(0, self.rows, ROWS)):
            high = min(low + ROWS, self.rows)
            row[self.block(low, high)[::-1]] = np.arange(high - 1, low - 1, -1, dtype=np.int32)
        first: Counts = unfilled(self.span, np.int64)
        np.add(row, np.int64(start), out=first)
        never = (count == 0).astype(np.int64)
        never *= NEVER
        first |= never
        return first


def _as_int32(number: int) -> np.int32:
    """Return the number of 32 bits that differs from a whole number by a multiple of 2**32."""
    return np.int32((number + (1 << 31)) % (1 << 32) - (1 << 31))


def sums_and_first(
    places: Places, amounts: Amounts, start: int = 0, *, compiled: bool = False
) -> tuple[Numbers, Numbers, Counts, Counts]:
    """Return what :func:`sums_by_place` does, and the first row of each place as :meth:`Places.first` does."""
    if compiled and places.rows:
        return _compiled(places, amounts, start)
    high, low, count = sums_by_place(places, amounts)
    return high, low, count, places.first(count, start)


def sums_by_place(places: Places, amounts: Amounts, *, compiled: bool = False) -> tuple[Numbers, Numbers, Counts]:
    """Return for each place the sum of its quantities in two parts and the number of its rows.

    Parameters
    ----------
    compiled
        By the compiled function; the bits are the same.

    Raises
    ------
    UnfitQuantityError
        A quantity is negative or not finite.
    """
    if compiled and places.rows:
        return _compiled(places, amounts)[:3]
    size, rows = places.span, len(amounts.values)
    sums = np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.int64)
    for start in range(0, rows, places.step):
        block = range(start, min(start + places.step, rows))
        number, added = _block(places, amounts, block)
        # the first sum is the sum: with many places there is no other block
        if not start and number.max() <= PART:
            sums = added, sums[1], number
        else:
            sums = _with_block(places, amounts, block, sums, number, added)
    return sums


def _with_block(
    places: Places,
    amounts: Amounts,
    block: range,
    sums: tuple[Numbers, Numbers, Counts],
    number: Counts,
    added: Numbers,
) -> tuple[Numbers, Numbers, Counts]:
    """Return sums with those of a block; a place with many rows in it is added in parts."""
    high, low, count = sums
    crowded = np.flatnonzero(number > PART)
    if len(crowded):
        added[crowded] = 0.0
        _add_in_parts(places, amounts, block, crowded, (high, low))
    return *two_sum(high, low, added, 0.0), count + number


def _block(places: Places, amounts: Amounts, block: range) -> tuple[Counts, Numbers]:
    """Return number and plain sum of the rows of a block by place.

    Where there are many places, both are added as one number of two parts, quantity and 1: a place is looked up once,
    and a quantity is added as it would be alone.
    """
    if len(block) <= ROWS:
        values, place = _ROOMS.values[: len(block)], places.block(block.start, block.stop)
        amounts.block(block, values)
        added = np.asarray(np.bincount(place, values, places.span), dtype=np.float64)
        return np.bincount(place, minlength=places.span), added
    total = filled(places.span, 0, np.complex128)
    for start in block[::ROWS]:
        rows = range(start, min(start + ROWS, block.stop))
        pairs = _ROOMS.pairs[: len(rows)]
        amounts.block(rows, pairs.real)
        np.add.at(total, places.block(rows.start, rows.stop), pairs)
    number, added = unfilled(places.span, np.int64), unfilled(places.span, np.float64)
    np.copyto(number, total.imag, casting="unsafe")
    np.copyto(added, total.real)
    return number, added


def _compiled(places: Places, amounts: Amounts, number: int = 0) -> tuple[Numbers, Numbers, Counts, Counts]:
    """Return sums and first rows by the compiled function, which stops at a block that is too crowded.

    Parameters
    ----------
    number
        Of the first row.
    """
    size, rows, step = places.span, len(amounts.values), places.step
    low, high = np.zeros(size), unfilled(size, np.float64)
    count, first = unfilled(size, np.int64), unfilled(size, np.int64)
    cells = unfilled(size, CELL)
    limits = LARGEST, step, PART, number, NEVER
    placed = as_placed(places.columns, places.weights, places.offset, places.rows)
    quantities = as_amounts(amounts.values, amounts.factors, amounts.units)
    start = 0
    while start < rows:
        end, fit = summer()(placed, quantities, limits, start, cells, (count, high, low, first))
        if not fit:
            raise UnfitQuantityError
        if end < rows:
            block = range(end, min(end + step, rows))
            of_block = cells["number"].astype(np.int64), cells["added"].copy()
            if end == 0:
                high, count = np.zeros(size), np.zeros(size, dtype=np.int64)
            high, low, count = _with_block(places, amounts, block, (high, low, count), *of_block)
        start = end + step
    return high, low, count, first


def _add_in_parts(
    places: Places, amounts: Amounts, block: range, crowded: Codes, sums: tuple[Numbers, Numbers]
) -> None:
    """Add the rows of a block to the sums of places that have many of them, a part of the block at a time."""
    high, low = sums
    number = np.full(places.span, -1, dtype=np.int64)
    number[crowded] = np.arange(len(crowded))
    for start in block[::PART]:
        part = range(start, min(start + PART, block.stop))
        own, values = number[places.block(part.start, part.stop)], np.empty(len(part))
        amounts.block(part, values)
        added = np.asarray(np.bincount(own[own >= 0], values[own >= 0], len(crowded)), dtype=np.float64)
        high[crowded], low[crowded] = two_sum(high[crowded], low[crowded], added, 0.0)
