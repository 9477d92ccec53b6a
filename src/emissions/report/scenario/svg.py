"""A chart of paths as SVG, without a drawing library: for documents and slides, legible in grey and in print."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from emissions.report.scenario.picture import Line, Picture, tick_text, value_ticks, year_ticks
from emissions.report.words import Words, plain

WIDTH, HEIGHT = 960, 560
_LEFT, _RIGHT, _TOP = 84, 40, 74
_FONT = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC','Segoe UI',sans-serif"
_INK, _GREY, _RULE = "#1F2A33", "#5F6B73", "#DDE3E7"
_COLOURS = ("#12394F", "#D2691E", "#4FA3A5", "#8C5FA8", "#A8A000", "#7A1F2B")
"""From dark to light and apart in hue: two of them never have the same grey side by side."""
_DASHES = ("", "9 5", "2 4", "12 4 2 4", "5 3", "1 6")
_MARKS = ("circle", "square", "triangle", "diamond")
_LINE_HEIGHT = 22
_HALO = ' stroke="#FFFFFF" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'
"""A white rim that keeps a text legible on a line."""


def draw_svg(picture: Picture, words: Words) -> str:
    """Return the chart as the text of an SVG file."""
    rows = len(picture.lines)
    bottom = 56 + _LINE_HEIGHT * rows
    frame = _Frame.of(picture, HEIGHT - bottom)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    named = f'aria-label="{_clean(picture.title)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {named} font-family="{_FONT}" fill="{_INK}">',
        f"<title>{_clean(picture.title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>',
        _text(_LEFT - 60, 34, picture.title, size=18, weight="bold"),
        _text(_LEFT - 60, 58, picture.unit, size=12, colour=_GREY),
        *_grid(frame),
        *_base_year(frame, picture, words),
        *(part for number, line in enumerate(picture.lines) for part in _shades(frame, picture, line, number)),
        *(_path(frame, line, number) for number, line in enumerate(picture.lines)),
        *_peaks(frame, picture),
        *_legend(frame, picture, words),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


@dataclass(frozen=True)
class _Frame:
    """The place of the axes: from years and values to points."""

    years: tuple[int, int]
    ticks: tuple[float, ...]
    bottom: float

    @classmethod
    def of(cls, picture: Picture, bottom: float) -> _Frame:
        return cls(picture.years, tuple(value_ticks(picture.values(), 6)), bottom)

    def x(self, year: float) -> float:
        span = max(1, self.years[1] - self.years[0])
        return _LEFT + (year - self.years[0]) / span * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - (value - low) / (high - low) * (self.bottom - _TOP)


def _grid(frame: _Frame) -> list[str]:
    parts = []
    for tick in frame.ticks:
        y = frame.y(tick)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" stroke="{_RULE}"/>')
        parts.append(_text(_LEFT - 10, y + 4, tick_text(tick, frame.ticks), anchor="end", colour=_GREY))
    parts.append(f'<path d="M{_LEFT} {frame.bottom:.1f}H{WIDTH - _RIGHT}" stroke="{_INK}" stroke-width="1.2"/>')
    for year in year_ticks(*frame.years, 12):
        x = frame.x(year)
        parts.append(f'<path d="M{x:.1f} {frame.bottom:.1f}v6" stroke="{_INK}"/>')
        parts.append(_text(x, frame.bottom + 22, str(year), anchor="middle", colour=_GREY))
    return parts


def _base_year(frame: _Frame, picture: Picture, words: Words) -> list[str]:
    first, last = frame.years
    if not first <= picture.base_year <= last:
        return []
    x = frame.x(picture.base_year)
    label = words.text("chart.base_year", year=picture.base_year)
    return [
        f'<path d="M{x:.1f} {_TOP}V{frame.bottom:.1f}" stroke="{_GREY}" stroke-dasharray="1 3"/>',
        _text(x + 6, frame.bottom - 8, label, size=11, colour=_GREY),
    ]


def _shades(frame: _Frame, picture: Picture, line: Line, number: int) -> list[str]:
    """Return the band of the draws, and the box of the plateau: its years, and the width that makes a plateau."""
    colour = _COLOURS[number % len(_COLOURS)]
    parts = []
    if line.low and line.high:
        upper = _points(frame, line.years, line.high)
        lower = _points(frame, line.years[::-1], line.low[::-1])
        parts.append(f'<path class="draws" d="M{"L".join([*upper, *lower])}Z" fill="{colour}" fill-opacity="0.13"/>')
    if line.peak is not None and line.plateau is not None and line.plateau[0] < line.plateau[1]:
        left, right = (frame.x(year) for year in line.plateau)
        top, low = (frame.y(line.peak[1] * (1 + side * picture.band)) for side in (1, -1))
        box = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{low - top:.1f}"'
        parts.append(
            f'<rect class="plateau" {box} fill="{colour}" fill-opacity="0.18" stroke="{colour}" stroke-opacity="0.5"'
            ' stroke-dasharray="3 3"/>'
        )
    return parts


def _path(frame: _Frame, line: Line, number: int) -> str:
    colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    points = "L".join(_points(frame, line.years, line.values))
    return (
        f'<path class="line" d="M{points}" fill="none" stroke="{colour}" stroke-width="2.6" stroke-linejoin="round"'
        f"{dashed}/>"
    )


def _points(frame: _Frame, years: Sequence[int], values: Sequence[float]) -> list[str]:
    return [f"{frame.x(year):.1f} {frame.y(value):.1f}" for year, value in zip(years, values, strict=True)]


def _peaks(frame: _Frame, picture: Picture) -> list[str]:
    """Return marks and years of the peaks; a year that would stand on another one is left to the legend."""
    parts: list[str] = []
    taken: list[tuple[float, float]] = []
    for number, line in enumerate(picture.lines):
        if line.peak is None:
            continue
        x, y = frame.x(line.peak[0]), frame.y(line.peak[1])
        parts.append(_mark(x, y, number))
        if all(abs(x - other) > 34 or abs(y - height) > 16 for other, height in taken):
            parts.append(_text(x, y - 12, str(line.peak[0]), anchor="middle", size=12, weight="bold"))
            taken.append((x, y))
    return parts


def _mark(x: float, y: float, number: int) -> str:
    style = f'class="peak" fill="#FFFFFF" stroke="{_COLOURS[number % len(_COLOURS)]}" stroke-width="2.2"'
    kind = _MARKS[number % len(_MARKS)]
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" {style}/>'
    if kind == "square":
        return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" {style}/>'
    shape = "l6 10h-12z" if kind == "triangle" else "l6 6l-6 6l-6 -6z"
    return f'<path d="M{x:.1f} {y - 6:.1f}{shape}" {style}/>'


def _legend(frame: _Frame, picture: Picture, words: Words) -> list[str]:
    parts = []
    for number, line in enumerate(picture.lines):
        y = frame.bottom + 48 + _LINE_HEIGHT * number
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<path d="M{_LEFT} {y:.1f}h44" stroke="{colour}" stroke-width="2.6"{dashed}/>')
        if line.peak is not None:
            parts.append(_mark(_LEFT + 22, y, number))
        parts.append(_text(_LEFT + 54, y + 4, line.label, size=13))
        said = _said(line, picture, words)
        if said:
            parts.append(_text(_LEFT + 54 + _width(line.label, 13) + 14, y + 4, said, size=12, colour=_GREY))
    return parts


def _said(line: Line, picture: Picture, words: Words) -> str:
    """Return what the legend says of peak, plateau and draws of a line."""
    parts = []
    if line.peak is not None:
        parts.append(words.text("chart.peak", year=line.peak[0]))
        if line.plateau is not None and line.plateau[0] < line.plateau[1]:
            first, last = line.plateau
            parts.append(words.text("chart.plateau", first=first, last=last, band=f"{100 * picture.band:g}"))
    if line.low:
        parts.append(words.text("chart.draws"))
    return words.text("report.separator").join(parts)


def _text(
    x: float, y: float, content: str, *, size: int = 12, anchor: str = "start", colour: str = _INK, weight: str = ""
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{bold}{_HALO}>'
        f"{_clean(content)}</text>"
    )


def _width(content: str, size: int) -> float:
    """Return about how wide a text is; Chinese letters are as wide as high."""
    return sum(size * (1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.56) for letter in content)


def _clean(content: str) -> str:
    return escape(plain(content))
