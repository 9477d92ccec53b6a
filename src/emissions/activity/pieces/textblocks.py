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


@dataclass(frozen=True)
class TextForm:
    """How a text file is written.

    Attributes
    ----------
    coding
        Name of the coding for Python; one in which line ends and quotes are single bytes of their own.
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
        If the coding is not known, or is one that cannot be read in blocks (UTF-16).
    """
    whole = head[: head.rfind(b"\n") + 1] or head
    text, coding = decoded(name, whole)
    if coding not in _CODINGS:
        raise UnreadableWorkbook([Problem("text_coding_unknown", file=name, allowed="UTF-8, GB 18030 (GBK)")])
    delimiter = delimiter_of(text)
    ends = _line_ends(np.frombuffer(whole, dtype=np.uint8), opened=False)[0] + 1
    first = [one for _, one in zip(range(SEARCH_ROWS + 1), (*ends.tolist(), len(whole)), strict=False)]
    rows: list[list[Cell]] = []
    for low, high in zip((0, *first), first, strict=False):
        rows += list(csv.reader(io.StringIO(decoded(name, whole[low:high])[0], newline=""), delimiter=delimiter)) or [
            []
        ]
    return TextForm(_CODINGS[coding], delimiter, rows, tuple(first))


def text_blocks(stream: Any, form: TextForm, size: int) -> Iterator[tuple[int, int]]:
    """Yield first byte and end of each block: about :data:`BLOCK` bytes, to the end of a line outside quotes."""
    start, place, within = form.start, form.start, False
    stream.seek(place)
    while place < size:
        content = stream.read(min(BLOCK, size - place))
        ends, within = _line_ends(np.frombuffer(content, dtype=np.uint8), opened=within)
        place += len(content)
        if place < size and len(ends):
            stop = place - len(content) + int(ends[-1]) + 1
            yield start, stop
            start = stop
    if start < size:
        yield start, size


def _line_ends(content: np.ndarray[Any, np.dtype[np.uint8]], *, opened: bool) -> tuple[Any, bool]:
    """Return where lines end outside quotes, and whether the content ends within quotes."""
    ends = np.flatnonzero(content == ord("\n"))
    quotes = np.flatnonzero(content == ord('"'))
    if not len(quotes):
        return (ends[:0] if opened else ends), opened
    before = np.searchsorted(quotes, ends) + int(opened)
    return ends[before % 2 == 0], bool((len(quotes) + int(opened)) % 2)
