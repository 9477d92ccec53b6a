"""Finding the headings of a table and what they head."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from emissions.activity.cells import column_letters, is_blank, text_of
from emissions.activity.layout import TableLayout, load_headings, load_layouts
from emissions.activity.words import find_unit
from emissions.activity.workbook import Cell, Sheet
from emissions.vocabulary import load_vocabulary, normalise

SEARCH_ROWS = 30
"""The headings are looked for in this many rows from the top."""

_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
_SIDES = re.compile(r"\s*[/|／\n]\s*")
_HAN_LATIN = re.compile(r"(?<=[㐀-鿿)])\s*(?=[A-Za-z])|(?<=[A-Za-z)])\s*(?=[㐀-鿿])")


@dataclass(frozen=True)
class Heading:
    """A heading: the text, the column of ours it heads (blank if none), a unit it names (blank if none)."""

    text: str
    column: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Header:
    """The headings of a sheet.

    Attributes
    ----------
    first, last
        Zero-based first and last row of the headings.
    headings
        Zero-based column -> heading, only cells that are not blank.
    """

    first: int
    last: int
    headings: Mapping[int, Heading]

    @property
    def columns(self) -> dict[str, int]:
        """Our column -> zero-based position; the first where two have one heading."""
        found: dict[str, int] = {}
        for position, heading in self.headings.items():
            if heading.column:
                found.setdefault(heading.column, position)
        return found

    def twice(self) -> Iterator[tuple[str, int, int]]:
        """Yield columns that are headed twice, with both positions."""
        first = self.columns
        for position, heading in self.headings.items():
            if heading.column and first[heading.column] != position:
                yield heading.column, first[heading.column], position


@cache
def general_headings() -> dict[str, str]:
    """Return normalised heading -> column, from the heading words and the conditions of the vocabulary."""
    words = load_headings()
    found: dict[str, str] = {}
    for column, texts in words.columns.items():
        for text in (column, *texts):
            found.setdefault(normalise(text), column)
    for condition, row in load_vocabulary().conditions.items():
        labels = (row["label_zh"], row["label_en"])
        bare = (_BRACKETS.sub("", label) for label in labels)
        for text in (condition, *words.conditions.get(condition, ()), *labels, *bare):
            found.setdefault(normalise(text), condition)
    return found


@lru_cache(maxsize=16_384)
def read_heading(text: str, layout: str) -> Heading:
    """Return what a heading heads.

    The whole text counts first, then its sides (``数量 / Quantity``), then both without what stands in
    brackets; a unit in brackets is the unit of the column.

    Parameters
    ----------
    text
        Text of the heading.
    layout
        Name of the layout whose own headings count before the general ones, blank for none.
    """
    inside = (inner.strip() for inner in _BRACKETS.findall(text))
    unit = next((inner for inner in inside if inner == "%" or find_unit(inner).unit), "")
    general = general_headings()
    bare = _BRACKETS.sub(" ", text)
    candidates = [text, *_SIDES.split(text), bare, *_SIDES.split(bare), *_HAN_LATIN.split(bare)]
    for words in (_own_headings(layout), general):
        for candidate in candidates:
            column = words.get(normalise(candidate)) if candidate.strip() else None
            if column:
                return Heading(" ".join(text.split()), column, unit)
    return Heading(" ".join(text.split()), "", unit)


@cache
def _own_headings(layout: str) -> dict[str, str]:
    """Return normalised heading -> column of a layout."""
    found = (each for each in load_layouts() if each.layout == layout and isinstance(each, TableLayout))
    return {normalise(text): column for each in found for column, texts in each.headings.items() for text in texts}


def find_header(sheet: Sheet, layout: str) -> Header | None:
    """Return the headings of a sheet: the row with most known headings, and a second row that goes with it.

    Returns
    -------
    Header or None
        None where no row has two known headings.
    """
    best: Header | None = None
    for index, row in enumerate(sheet.rows[:SEARCH_ROWS]):
        headings = _row_headings(row, layout)
        if best is None or _known(headings) > _known(best.headings):
            best = Header(index, index, headings)
    if best is None or _known(best.headings) < 2:
        return None
    return _with_second_row(sheet, best, layout)


def _known(headings: Mapping[int, Heading]) -> int:
    return len({heading.column for heading in headings.values() if heading.column})


def _row_headings(row: Sequence[Cell], layout: str) -> dict[int, Heading]:
    return {
        position: read_heading(unicodedata.normalize("NFKC", cell).strip(), layout)
        for position, cell in enumerate(row)
        if isinstance(cell, str) and not is_blank(cell) and len(cell) <= 80
    }


def _with_second_row(sheet: Sheet, header: Header, layout: str) -> Header:
    """Join a row above (group headings) or below (the other language) with the headings."""
    first, last, headings = header.first, header.last, dict(header.headings)
    for index in (header.first - 1, header.last + 1):
        if not 0 <= index < len(sheet.rows):
            continue
        other = _row_headings(sheet.rows[index], layout)
        numeric = any(isinstance(cell, int | float) for cell in sheet.rows[index])
        agreeing = sum(
            1
            for position, heading in other.items()
            if heading.column and headings.get(position, heading).column in {"", heading.column}
        )
        if numeric or agreeing < 2 or agreeing < _known(other):
            continue
        for position, heading in other.items():
            if heading.column and not (position in headings and headings[position].column):
                headings[position] = heading
        first, last = min(first, index), max(last, index)
    return Header(first, last, dict(sorted(headings.items())))


def title_block(sheet: Sheet, header: Header, layout: str) -> dict[str, tuple[Cell, str]]:
    """Return region and year that stand above the headings as ``label, value`` or ``label: value``.

    Returns
    -------
    dict
        ``region`` or ``year`` -> value and the address of its cell.
    """
    found: dict[str, tuple[Cell, str]] = {}
    for index, row in enumerate(sheet.rows[: header.first]):
        for position, cell in enumerate(row):
            if not isinstance(cell, str) or not cell.strip():
                continue
            label, _, inner = unicodedata.normalize("NFKC", cell).partition(":")
            column = read_heading(label.strip(), layout).column
            if column not in {"region", "year"} or column in found:
                continue
            if inner.strip():
                found[column] = (inner.strip(), f"{column_letters(position + 1)}{index + 1}")
                continue
            right = (
                (offset, value) for offset, value in enumerate(row[position + 1 :], position + 1) if text_of(value)
            )
            offset, value = next(right, (position, ""))
            if text_of(value):
                found[column] = (value, f"{column_letters(offset + 1)}{index + 1}")
    return found
