"""A chart of paths for the terminal, drawn with braille dots: eight dots a character, one column wide anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from string import ascii_uppercase

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from emissions.report.console import text
from emissions.report.scenario.picture import Line, Picture, tick_text, value_ticks, year_ticks

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bit of each dot of a braille character: four rows of two."""
_BLANK = 0x2800
_DASHES = ((1, 0), (4, 3), (1, 2), (7, 2), (2, 4))
"""Dots drawn and dots left out along a line, so that lines differ without colour."""
_STYLES = ("bar", "doubt", "good", "place", "bad")
_WIDEST, _NARROWEST, _HEIGHT = 76, 24, 14


def print_chart(picture: Picture, console: Console) -> None:
    """Print a chart with its legend; nothing where the terminal cannot show the characters or is too narrow."""
    ticks = value_ticks(picture.values(), 5) if picture.lines else []
    labels = [tick_text(tick, ticks) for tick in ticks]
    margin = max((len(label) for label in labels), default=0) + 1
    width = min(_WIDEST, console.width - margin - 4)
    if not picture.lines or width < _NARROWEST or "utf" not in console.encoding.lower():
        return
    console.print(text(picture.title, "heading"))
    console.print(text(f"{picture.unit:>{max(0, margin - cell_len(picture.unit) + len(picture.unit))}}", "quiet"))
    canvas = _Canvas(width, _HEIGHT, picture.years, (ticks[0], ticks[-1]))
    for number, line in enumerate(picture.lines):
        canvas.draw(line, number)
    rows = {canvas.row(tick): label for tick, label in zip(ticks, labels, strict=True)}
    for row in range(_HEIGHT):
        label = rows.get(row, "")
        axis = text(f"{label:>{margin - 1}}{'┤' if label else '│'}", "quiet")
        console.print(axis + canvas.text(row), soft_wrap=True)
    _years(canvas, picture, margin, console)
    _legend(picture, console)


class _Canvas:
    """Dots, and which line drew each character last."""

    def __init__(self, width: int, height: int, years: tuple[int, int], values: tuple[float, float]) -> None:
        self.width, self.height = width, height
        self.years, self.values = years, values
        self.cells = [[0] * width for _ in range(height)]
        self.owner = [[-1] * width for _ in range(height)]
        self.ends: dict[int, list[int]] = {}

    def draw(self, line: Line, number: int) -> None:
        on, off = _DASHES[number % len(_DASHES)]
        first, last = (self.column(year) for year in (line.years[0], line.years[-1]))
        before: int | None = None
        for column in range(first, last + 1):
            dot = self._dot(_at(line, self._year(column)))
            if (column - first) % (on + off) < on:
                # a steep piece is filled from the dot before it, so that a line has no holes
                reach = range(dot, dot + 1) if before is None else range(min(dot, before + 1), max(dot, before - 1) + 1)
                for one in reach if off == 0 else (dot,):
                    self._set(column, one, number)
            before = dot
        if line.peak is not None:
            self._mark(line, number)
        self.ends.setdefault(self._dot(line.values[-1]) // 4, []).append(number)

    def column(self, year: float) -> int:
        span = max(1, self.years[1] - self.years[0])
        return round((year - self.years[0]) / span * (2 * self.width - 1))

    def row(self, value: float) -> int:
        return self._dot(value) // 4

    def text(self, row: int) -> Text:
        made = Text()
        for column in range(self.width):
            owner = self.owner[row][column]
            style = "" if owner < 0 else _STYLES[owner % len(_STYLES)]
            cell = self.cells[row][column]
            made.append(chr(-cell) if cell < 0 else chr(_BLANK + cell) if cell else " ", style=style)
        for number in self.ends.get(row, []):
            made.append(ascii_uppercase[number % 26], style=_STYLES[number % len(_STYLES)])
        return made

    def _mark(self, line: Line, number: int) -> None:
        """Put a mark at the peak; a negative cell is a character of its own."""
        if line.peak is not None:
            row, column = self._dot(line.peak[1]) // 4, self.column(line.peak[0]) // 2
            self.cells[row][column] = -ord("●")
            self.owner[row][column] = number

    def _set(self, column: int, dot: int, number: int) -> None:
        row, place = dot // 4, column // 2
        if self.cells[row][place] >= 0:
            self.cells[row][place] |= _DOTS[dot % 4][column % 2]
            self.owner[row][place] = number

    def _dot(self, value: float) -> int:
        low, high = self.values
        part = (value - low) / (high - low) if high > low else 0.0
        return min(4 * self.height - 1, max(0, round((1 - part) * (4 * self.height - 1))))

    def _year(self, column: int) -> float:
        return self.years[0] + column / (2 * self.width - 1) * (self.years[1] - self.years[0])


def _at(line: Line, year: float) -> float:
    """Return the value of a line at a point of time, straight between its years."""
    pairs = list(zip(line.years, line.values, strict=True))
    for (first, value), (second, following) in pairwise(pairs):
        if first <= year <= second:
            return value + (following - value) * (year - first) / (second - first)
    return pairs[0][1] if year < pairs[0][0] else pairs[-1][1]


def _years(canvas: _Canvas, picture: Picture, margin: int, console: Console) -> None:
    marks, labels = ["─"] * canvas.width, [" "] * (canvas.width + 4)
    for year in year_ticks(*picture.years, canvas.width // 8):
        place = canvas.column(year) // 2
        marks[place] = "┴"
        start = max(0, place - 2)
        labels[start : start + 4] = list(str(year))
    console.print(text(" " * (margin - 1) + "└" + "".join(marks), "quiet"), soft_wrap=True)
    console.print(text(" " * margin + "".join(labels).rstrip(), "quiet"), soft_wrap=True)


def _legend(picture: Picture, console: Console) -> None:
    for number, line in enumerate(picture.lines):
        sample = _sample(_DASHES[number % len(_DASHES)])
        peak = f"  ● {line.peak[0]}" if line.peak is not None else ""
        style = _STYLES[number % len(_STYLES)]
        console.print(text(f"  {ascii_uppercase[number % 26]} {sample} ", style) + text(line.label) + text(peak, style))
    console.print()


def _sample(dash: Sequence[int]) -> str:
    """Return four characters of a line with a dash."""
    on, off = dash
    cells = [0, 0, 0, 0]
    for column in range(8):
        if column % (on + off) < on:
            cells[column // 2] |= _DOTS[1][column % 2]
    return "".join(chr(_BLANK + cell) for cell in cells)
