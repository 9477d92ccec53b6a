"""Text files in blocks of bytes that end where a line ends, so that each can be read by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from emissions.activity.header import SEARCH_ROWS
from emissions.activity.workbook import Cell, decoded, delimiter_of
from emissions.errors import Problem, UnreadableWorkbook

BLOCK = 1 << 24
"""Bytes of a block; the blocks of a file are the same whatever reads them."""

_CODINGS = {"UTF-8": "utf-8", "GB 18030": "gb18030"}
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""First bytes of a file -> its coding, where the file says it."""
_UNITS = {"utf-16-le": np.dtype("<u2"), "utf-16-be": np.dtype(">u2")}
"""Numbers in which a line end or a quote is one of its own; bytes in the other codings."""


@dataclass(frozen=True)
class TextForm:
    """How a text file is written.

    Attributes
    ----------
    coding
        Name of the coding for Python.
    delimiter
        Between the cells of a line.
    rows
        First rows, for finding the headings.
    width
        Number of columns.
    first_row
        One-based row of the sheet at which the data begin.
    start
        First byte of the data.
    ends
        Byte at which each of the first rows ends.
    """

    coding: str
    delimiter: str
    rows: list[list[Cell]]
    ends: tuple[int, ...]
    width: int = 0
    first_row: int = 1
    start: int = 0

    def from_row(self, row: int) -> TextForm:
        """Return the form of a file whose data begin at a zero-based row."""
        width = len(self.rows[row - 1])
        return replace(self, rows=[], ends=(), width=width, first_row=row + 1, start=self.ends[row - 1])


def text_form(head: bytes, name: str) -> TextForm:
    """Return how a text file is written, from its first bytes.

    Raises
    ------
    UnreadableWorkbook
        If the coding is not known.
    """
    coding = _MARKS.get(head[:2], "")
    breaks = np.flatnonzero(_units(head, coding) == ord("\n"))
    whole = head[: (int(breaks[-1]) + 1) * _width(coding)] if len(breaks) else head
    text, label = decoded(name, whole)
    coding = coding or _CODINGS[label]
    delimiter = delimiter_of(text)
    ends = (_line_ends(_units(whole, coding), opened=False)[0] + 1) * _width(coding)
    first = [one for _, one in zip(range(SEARCH_ROWS + 1), (*ends.tolist(), len(whole)), strict=False)]
    rows: list[list[Cell]] = []
    for low, high in zip((0, *first), first, strict=False):
        line = whole[low:high].decode(coding).removeprefix("\ufeff")
        rows += list(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter)) or [[]]
    return TextForm(coding, delimiter, rows, tuple(first))


def as_utf8(content: bytes, form: TextForm, name: str) -> bytes:
    """Return a block of text in UTF-8.

    Raises
    ------
    UnreadableWorkbook
        If the block is not in the coding that the file began with.
    """
    if form.coding == "utf-8":
        return content
    try:
        return content.decode(form.coding).encode()
    except UnicodeDecodeError as error:
        raise unknown_coding(name) from error


def unknown_coding(name: str) -> UnreadableWorkbook:
    """Return the error of a text file whose coding is not known."""
    return UnreadableWorkbook([Problem("text_coding_unknown", file=name, allowed="UTF-8, UTF-16, GB 18030 (GBK)")])


def _width(coding: str) -> int:
    return _UNITS.get(coding, np.dtype(np.uint8)).itemsize


def _units(content: bytes, coding: str) -> Any:
    """Return bytes as the numbers that a coding is made of; what is left at the end is not one."""
    return np.frombuffer(content, _UNITS.get(coding, np.dtype(np.uint8)), len(content) // _width(coding))


def text_blocks(stream: Any, form: TextForm, size: int) -> Iterator[tuple[int, int]]:
    """Yield first byte and end of each block: about :data:`BLOCK` bytes, to the end of a line outside quotes."""
    start, place, within = form.start, form.start, False
    width = _width(form.coding)
    stream.seek(place)
    while place < size:
        content = stream.read(min(BLOCK // width * width, size - place))
        ends, within = _line_ends(_units(content, form.coding), opened=within)
        place += len(content)
        if place < size and len(ends):
            stop = place - len(content) + (int(ends[-1]) + 1) * width
            yield start, stop
            start = stop
    if start < size:
        yield start, size


def _line_ends(content: Any, *, opened: bool) -> tuple[Any, bool]:
    """Return at which numbers lines end outside quotes, and whether the content ends within quotes."""
    ends = np.flatnonzero(content == ord("\n"))
    quotes = np.flatnonzero(content == ord('"'))
    if not len(quotes):
        return (ends[:0] if opened else ends), opened
    before = np.searchsorted(quotes, ends) + int(opened)
    return ends[before % 2 == 0], bool((len(quotes) + int(opened)) % 2)
