"""Sums of one piece of a large table: words become numbers, numbers a place in an array, quantities are added there.

Nothing is done row by row that can be done word by word: a unit is looked up once, words are compared as numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.activity.amounts import Column, quantities_of
from emissions.activity.cells import text_of
from emissions.activity.implied import use_of
from emissions.activity.part import DENSE, NEVER, Codes, Numbers, Part, PieceFacts, fold, numbered, two_sum
from emissions.activity.words import find_category, find_unit, find_word
from emissions.units import BASE_UNITS

SLICE = 1 << 20
"""Rows whose sums are taken together; a larger piece is several slices added in order."""
NEGATIVE_USES = frozenset({"recovery"})
"""Uses whose quantity is taken off; either sign is read."""
NOTATION = "notation"
"""Key column of the notation key that stands in place of a quantity, where a piece has any."""

_SPREAD = 2.0**-26
"""Where the smallest quantity is no smaller than this part of the largest, two sums are exact enough for each."""
_PLAIN = 1 << 16
"""Range of whole numbers that are their own codes."""


@dataclass(frozen=True)
class Coded:
    """A key column: its words, and the number of the word of each row."""

    words: tuple[str, ...]
    codes: Codes


def part_of(
    table: Any,
    fields: Sequence[str],
    headings: Mapping[str, str],
    constant: Mapping[str, str],
    place: tuple[int, str],
    without: Codes | None = None,
) -> Part:
    """Return the sums of a piece.

    Parameters
    ----------
    table
        The columns of the piece, of pyarrow.
    fields
        Key columns of the sums, the same for every piece; a column that the piece has not holds blanks.
    headings
        Field -> column of the table, ``quantity`` among them.
    constant
        Field -> word of rows that state none.
    place
        Number of the piece among the pieces of all files, and how ``1,5`` is read.
    without
        Rows (zero-based) that are not summed.
    """
    piece, decimal_comma = place
    parts = []
    for start in range(0, max(table.num_rows, 1), SLICE):
        rows = table.slice(start, SLICE)
        left = None if without is None else without[(without >= start) & (without < start + SLICE)] - start
        column = quantities_of(rows.column(headings["quantity"]), decimal_comma)
        key = key_columns(rows, fields, headings, constant, column)
        parts.append(_sums(key, list(fields), column, (piece << 32) + start, left))
    total = parts[0] if len(parts) == 1 else fold(parts)
    facts = total.facts
    whole = PieceFacts(
        piece,
        table.num_rows,
        sum(one.bad for one in facts),
        tuple(np.unique(np.concatenate(each)) for each in zip(*(one.words for one in facts), strict=True)),
    )
    return replace(total, facts=(whole,))


def key_columns(
    table: Any, fields: Sequence[str], headings: Mapping[str, str], constant: Mapping[str, str], column: Column
) -> list[Coded]:
    """Return the key columns of rows; notation keys in place of a quantity are one of them."""
    coded = []
    for name in fields:
        if name == NOTATION:
            coded.append(Coded(("", *column.notation), column.notation_code(table.num_rows)))
            continue
        if name in headings:
            one = coded_column(table.column(headings[name]), constant.get(name, ""))
        else:
            one = Coded((constant.get(name, ""),), np.zeros(table.num_rows, dtype=np.int32))
        coded.append(one)
    return coded


def coded_column(column: Any, blank: str = "") -> Coded:
    """Return the words of a column as texts and the number of each row's; nulls and blanks are the word ``blank``."""
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it
    from pyarrow import compute  # noqa: PLC0415

    if column.num_chunks != 1 and pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], column.type)
    if pa.types.is_integer(array.type) and not array.null_count and len(array):
        plain = array.to_numpy()
        low, high = int(plain.min()), int(plain.max())
        if high - low < _PLAIN:
            return Coded(tuple(map(str, range(low, high + 1))), (plain - low).astype(np.int32))
    if not pa.types.is_dictionary(array.type):
        array = compute.dictionary_encode(array)
    indices = array.indices
    found = [text_of(word) for word in array.dictionary.to_pylist()]
    if indices.null_count:
        indices = indices.fill_null(len(found))
        found.append("")
    found = [word or blank for word in found] or [blank]
    codes = indices.to_numpy(zero_copy_only=False)
    known = {word: number for number, word in enumerate(dict.fromkeys(found))}
    if len(known) < len(found):
        codes = np.array([known[word] for word in found], dtype=np.int32)[codes]
    return Coded(tuple(known), codes)


def _sums(key: list[Coded], fields: list[str], column: Column, start: int, without: Codes | None) -> Part:
    values, usable = column.values, column.usable
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    if usable is not None or not (low >= 0 and high < math.inf):
        values, usable = _without_bad(key, fields, values, usable)
    if without is not None and len(without):
        usable = np.ones(len(values), dtype=bool) if usable is None else usable
        usable[without] = False
    if usable is not None:
        values = np.where(usable, values, 0.0)
        low, high = float(np.abs(values).min()), float(np.abs(values).max())
    bad = 0 if usable is None else len(values) - int(np.count_nonzero(usable))
    unit = fields.index("unit") if "unit" in fields else None
    scale = None if unit is None else _scales(key[unit].words)
    if scale is not None and unit is not None:
        values = values * scale[1].take(key[unit].codes)
        key[unit] = _base(key[unit], scale[0])
        low, high = float(values.min()), float(values.max())
    span = math.prod(len(each.words) for each in key)
    if span <= DENSE:
        part = _dense(key, values, usable, span, (low, high), start)
    else:
        part = _sparse(key, values, usable, (low, high), start)
    facts = PieceFacts(0, len(values), bad, tuple(np.arange(len(each.words), dtype=np.int32) for each in key))
    return replace(part, facts=(facts,))


def _dense(key: list[Coded], values: Numbers, usable: Any, span: int, bounds: tuple[float, float], start: int) -> Part:
    combined = _combined(key, len(values))
    if usable is not None:
        combined[~usable] = span
    count = np.bincount(combined, minlength=span + 1)
    if usable is not None:
        count[span] = 0
    high, low = split_sums(combined, values, span + 1, bounds)
    first = _first(combined, count, start)
    words = tuple(each.words for each in key)
    return Part(words, None, high[:span], low[:span], count[:span], first[:span], ())


def _sparse(key: list[Coded], values: Numbers, usable: Any, bounds: tuple[float, float], start: int) -> Part:
    row = np.arange(len(values)) if usable is None else np.flatnonzero(usable)
    columns = [each.codes if usable is None else each.codes[row] for each in key]
    number, where = numbered(columns, [len(each.words) for each in key])
    count = np.bincount(number, minlength=len(where))
    high, low = split_sums(number, values[row], len(where), bounds)
    keys = tuple(codes[where].astype(np.int32) for codes in columns)
    return Part(tuple(each.words for each in key), keys, high, low, count, row[where] + start, ())


def _combined(key: list[Coded], rows: int) -> npt.NDArray[np.int64]:
    """Return the place of each row among all combinations of words."""
    combined = np.zeros(rows, dtype=np.int32)
    for each in key:
        if len(each.words) > 1:
            combined *= len(each.words)
            combined += each.codes
    return combined.astype(np.int64)


def split_sums(codes: Codes, values: Numbers, size: int, bounds: tuple[float, float]) -> tuple[Numbers, Numbers]:
    """Return sums by code in two parts: high parts on one grid, which add up without rounding, and the rest.

    Where some quantities are so small beside the largest that the rounding of the rest would tell in their sums, the
    rest is cut on a finer grid once more, so that every sum is right to 1e-12 of the sum of its absolute values.
    """
    top = max(abs(bounds[0]), abs(bounds[1]))
    if top == 0.0:
        return np.zeros(size), np.zeros(size)
    room = 2.0 ** np.ceil(np.log2(len(values) + 2))
    grid = 2.0 ** np.ceil(np.log2(top)) * room
    piece = values + grid
    piece -= grid
    high = _by_code(codes, piece, size)
    rest = np.subtract(values, piece, out=piece)
    lowest = bounds[0] or float(np.min(values, where=values > 0, initial=top))
    if lowest >= top * _SPREAD:
        return high, _by_code(codes, rest, size)
    low = np.zeros(size)
    for _ in range(2):
        top = float(np.max(np.abs(rest)))
        if top == 0.0:
            break
        grid = 2.0 ** np.ceil(np.log2(top)) * room
        piece = (rest + grid) - grid
        high, low = two_sum(high, low, _by_code(codes, piece, size), 0.0)
        rest = np.subtract(rest, piece)
    return two_sum(high, low, _by_code(codes, rest, size), 0.0)


def _by_code(codes: Codes, values: Numbers, size: int) -> Numbers:
    return np.asarray(np.bincount(codes, weights=values, minlength=size), dtype=np.float64)


def _first(combined: npt.NDArray[np.int64], count: npt.NDArray[np.int64], start: int) -> npt.NDArray[np.int64]:
    """Return the first row of each combination that occurs; no further row is looked at once all are found."""
    first = np.full(len(count), NEVER)
    there = count > 0
    left, low, size = int(np.count_nonzero(there)), 0, 1 << 14
    while left:
        block = combined[low : low + size]
        rows = np.flatnonzero(first[block] == NEVER)[::-1]
        first[block[rows]] = rows + (low + start)
        left = int(np.count_nonzero(first[there] == NEVER))
        low, size = low + size, size * 4
    first[~there] = NEVER
    return first


def _without_bad(key: list[Coded], fields: list[str], values: Numbers, usable: Any) -> tuple[Numbers, Any]:
    """Return the quantities and which of them are summed: finite, and negative only where they are taken off."""
    good = np.isfinite(values)
    if usable is not None:
        good &= usable
    negative = np.flatnonzero(good & (values < 0))
    if len(negative):
        taken_off = taken_off_rows(key, fields, negative)
        values = values.copy()
        values[negative[taken_off]] *= -1.0
        good[negative[~taken_off]] = False
    return values, good


def taken_off_rows(key: list[Coded], fields: list[str], rows: Codes) -> npt.NDArray[np.bool_]:
    """Tell which of some rows state an amount that is taken off, by their use or what implies it."""
    names = ("use", "activity", "category", "unit")
    nothing = Coded(("",), np.zeros(len(rows), dtype=np.int32))
    there = [
        Coded((own := key[fields.index(name)]).words, own.codes[rows]) if name in fields else nothing for name in names
    ]
    number, where = numbered([each.codes for each in there], [len(each.words) for each in there])
    known = []
    for row in where:
        use, activity, category, unit = (each.words[int(each.codes[row])] for each in there)
        word = find_word("uses", use).word or use_of(
            find_word("activities", activity).word, find_category(category).word, find_unit(unit).dimension, ""
        )
        known.append(word in NEGATIVE_USES)
    return np.array(known, dtype=bool)[number]


def _scales(words: tuple[str, ...]) -> tuple[tuple[str, ...], Numbers] | None:
    """Return the base unit of each unit and the number that converts to it; None where nothing is to be converted."""
    pairs = [base_unit(word) for word in words]
    if all(word == own and factor == 1.0 for (word, factor), own in zip(pairs, words, strict=True)):
        return None
    return tuple(word for word, _ in pairs), np.array([factor for _, factor in pairs])


def base_unit(word: str) -> tuple[str, float]:
    """Return the base unit a unit stands for and the number that converts to it; an unclear unit stands for itself."""
    unit = find_unit(word)
    base = BASE_UNITS.get(unit.dimension, "")
    known = not unit.problem and find_unit(base).dimension == unit.dimension and find_unit(base).factor == 1.0
    return (base, unit.factor) if known else (word, 1.0)


def _base(unit: Coded, bases: tuple[str, ...]) -> Coded:
    known = {word: number for number, word in enumerate(dict.fromkeys(bases))}
    return Coded(tuple(known), np.array([known[word] for word in bases], dtype=np.int32)[unit.codes])
