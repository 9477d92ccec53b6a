"""Sums of one piece of a large table: words become numbers, numbers a place in an array, quantities are added there.

Nothing is done row by row that can be done word by word: a unit is looked up once, words are compared as numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.activity.cells import text_of
from emissions.activity.implied import use_of
from emissions.activity.pieces.accumulate import (
    LARGEST,
    Amounts,
    Places,
    UnfitQuantityError,
    sums_and_first,
    sums_by_place,
)
from emissions.activity.pieces.amounts import Column, quantities_of
from emissions.activity.pieces.part import DENSE, NEVER, Codes, Numbers, Part, PieceFacts, Words, fold, numbered
from emissions.activity.words import find_category, find_unit, find_word
from emissions.units import BASE_UNITS

SLICE = 1 << 20
"""Rows whose sums are taken together; a larger piece is several slices added in order."""
NEGATIVE_USES = frozenset({"recovery"})
"""Uses whose quantity is taken off; either sign is read."""
NOTATION = "notation"
"""Key column of the notation key that stands in place of a quantity, where a piece has any."""
UNIT_TWICE = "unit_twice"
"""Kind of a row of which two units are given that differ."""

_PLAIN = 1 << 16
"""Range of whole numbers that are their own codes."""


@dataclass(frozen=True)
class Coded:
    """A key column.

    Attributes
    ----------
    words
        In the order of their numbers.
    stored
        The number of the word of each row plus ``base``.
    base
        Years are taken as they stand, without a pass over the rows that numbers them: the base is the first year.
    """

    words: tuple[str, ...]
    stored: Codes
    base: int = 0

    @cached_property
    def codes(self) -> Codes:
        """The number of the word of each row."""
        if self.stored.dtype == np.int32 and not self.base:
            return self.stored
        return np.subtract(self.stored, self.base, dtype=np.int64, casting="unsafe").astype(np.int32)


def part_of(
    table: Any,
    fields: Sequence[str],
    headings: Mapping[str, str],
    constant: Mapping[str, str],
    place: tuple[int, str],
    without: Codes | None = None,
    *,
    compiled: bool = False,
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
    compiled
        Add by the compiled function.
    """
    piece, decimal_comma = place
    parts = []
    for start in range(0, max(table.num_rows, 1), SLICE):
        rows = table.slice(start, SLICE)
        left = None if without is None else without[(without >= start) & (without < start + SLICE)] - start
        column, key = quantities_and_key(rows, fields, headings, constant, decimal_comma)
        parts.append(_sums(key, list(fields), column, (piece << 32) + start, left, compiled))
    total = parts[0] if len(parts) == 1 else fold(parts, reuse=True)
    facts = total.facts
    whole = PieceFacts(
        piece,
        table.num_rows,
        sum(one.bad for one in facts),
        tuple(np.unique(np.concatenate(each)) for each in zip(*(one.words for one in facts), strict=True)),
    )
    return replace(total, facts=(whole,))


def quantities_and_key(
    table: Any, fields: Sequence[str], headings: Mapping[str, str], constant: Mapping[str, str], decimal_comma: str
) -> tuple[Column, list[Coded]]:
    """Return the quantities of rows and their key columns.

    The unit of a row is that of its own cell, else of the heading, else the one that stands behind the number. A row
    of which two are given that differ is not usable; its unit is then that of the heading, or its own.
    """
    column = quantities_of(table.column(headings["quantity"]), decimal_comma)
    key = key_columns(table, fields, headings, constant, column)
    heading = constant.get("unit", "") if "unit" in headings else ""
    if column.unit_codes is None and not heading:
        return column, key
    place = list(fields).index("unit")
    codes = np.zeros(table.num_rows, dtype=np.int32) if column.unit_codes is None else column.unit_codes
    key[place], twice = _one_unit(key[place], Coded(("", *column.units), codes), heading)
    return column.without(twice, UNIT_TWICE), key


def _one_unit(own: Coded, behind: Coded, heading: str) -> tuple[Coded, npt.NDArray[np.bool_]]:
    """Return the unit of each row from its own, or that of the heading, and the one behind the number.

    Returns
    -------
    tuple
        The units, and which rows have two that differ.
    """
    number, where = numbered([own.codes, behind.codes], [len(own.words), len(behind.words)])
    pairs = [(own.words[int(own.codes[row])], behind.words[int(behind.codes[row])]) for row in where]
    other = [_differ(one, heading) for one, _ in pairs]
    twice = [wrong or _differ(*pair) for wrong, pair in zip(other, pairs, strict=True)]
    words = [heading if wrong else one or more for wrong, (one, more) in zip(other, pairs, strict=True)]
    known = {word: place for place, word in enumerate(dict.fromkeys(words))}
    codes = np.array([known[word] for word in words], dtype=np.int32)[number]
    return Coded(tuple(known), codes), np.array(twice, dtype=bool)[number]


def _differ(one: str, other: str) -> bool:
    """Tell whether two texts name different units; a blank names none."""
    return bool(one and other) and find_unit(one).unit != find_unit(other).unit


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
        low, high = (int(bound.as_py()) for bound in compute.min_max(array).values())
        if high - low < _PLAIN and high <= NEVER:
            return Coded(tuple(map(str, range(low, high + 1))), array.to_numpy(), low)
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


def _sums(
    key: list[Coded], fields: list[str], column: Column, start: int, without: Codes | None, compiled: bool
) -> Part:
    """Return the sums of a slice; rows are looked at one by one only where some cannot be summed."""
    rows = len(column.values)
    if column.usable is None and (without is None or not len(without)):
        with suppress(UnfitQuantityError):
            return _summed(key, fields, column.values, np.arange(0), (start, rows), compiled)
    values, usable = _without_bad(key, fields, column.values, column.usable)
    if without is not None:
        usable[without] = False
    good = np.flatnonzero(usable)
    left = [Coded(each.words, each.codes[good]) for each in key]
    return _summed(left, fields, values[good], good, (start, rows), compiled)


def _summed(
    key: list[Coded], fields: list[str], values: Numbers, good: Codes, place: tuple[int, int], compiled: bool
) -> Part:
    """Return the sums of rows that may be summed.

    Parameters
    ----------
    good
        Where they stand in the slice; empty if they are all of it.
    place
        Of the first row of the slice among all rows, and number of its rows.
    """
    unit = fields.index("unit") if "unit" in fields else -1
    bases = [base_unit(word) for word in key[unit].words] if unit >= 0 else []
    amounts = Amounts(values)
    if any(pair != (word, 1.0) for pair, word in zip(bases, key[unit].words if bases else (), strict=True)):
        amounts = Amounts(values, np.array([factor for _, factor in bases]), key[unit].codes)
        key = [*key[:unit], _renamed(key[unit], [word for word, _ in bases]), *key[unit + 1 :]]
    words = tuple(each.words for each in key)
    dense = math.prod(map(len, words)) <= DENSE
    part = (_dense if dense else _sparse)(key, words, amounts, 0 if len(good) else place[0], compiled)
    if len(good):
        there = np.flatnonzero(part.count)
        part.first[there] = good[part.first[there]] + place[0]
    numbers = tuple(np.arange(len(each), dtype=np.int32) for each in words)
    return replace(part, facts=(PieceFacts(0, place[1], place[1] - len(values), numbers),))


def _dense(key: list[Coded], words: Words, amounts: Amounts, start: int, compiled: bool) -> Part:
    several = [each for each in key if len(each.words) > 1]
    places = Places(
        [each.stored for each in several],
        [len(each.words) for each in several],
        len(amounts.values),
        [each.base for each in several],
    )
    high, low, count, first = sums_and_first(places, amounts, start, compiled=compiled)
    return Part(words, None, high, low, count, first, ())


def _sparse(key: list[Coded], words: Words, amounts: Amounts, start: int, compiled: bool) -> Part:
    """Return the sums of combinations that are listed."""
    amounts.check()
    columns = [each.codes for each in key]
    number, where = numbered(columns, [len(each) for each in words])
    keys = tuple(codes[where].astype(np.int32) for codes in columns)
    high, low, count = sums_by_place(Places([number], [len(where)], len(number)), amounts, compiled=compiled)
    return Part(words, keys, high, low, count, where + start, ())


def _without_bad(
    key: list[Coded], fields: list[str], values: Numbers, usable: npt.NDArray[np.bool_] | None
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return the quantities and which of them are summed: finite, and negative only where they are taken off."""
    good = np.abs(values) <= LARGEST
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


def base_unit(word: str) -> tuple[str, float]:
    """Return the base unit a unit stands for and the number that converts to it; an unclear unit stands for itself."""
    unit = find_unit(word)
    base = BASE_UNITS.get(unit.dimension, "")
    known = not unit.problem and find_unit(base).dimension == unit.dimension and find_unit(base).factor == 1.0
    return (base, unit.factor) if known else (word, 1.0)


def _renamed(column: Coded, words: list[str]) -> Coded:
    """Return a column under other words, of which several may be the same."""
    known = {word: number for number, word in enumerate(dict.fromkeys(words))}
    if len(known) == 1:
        return Coded(tuple(known), np.broadcast_to(np.int32(0), len(column.codes)))
    return Coded(tuple(known), np.array([known[word] for word in words], dtype=np.int32)[column.codes])
