"""How the workbook looks: the same few formats everywhere, fonts, colours, page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

_INK, _PAPER, _LINE = "#1F2A33", "#FFFFFF", "#C9D3DA"
_DEEP, _LIGHT, _PALE = "#1F5C66", "#C7DADD", "#EAF1F2"
_GREY, _DOUBT = "#8A949B", "#FBE9C6"
BAR_COLOUR = "#2F7F8C"
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": _INK, "valign": "vcenter"}
_RULED = {"border": 1, "border_color": _LINE}
_MASS = "[>=100]#,##0;[<=-100]-#,##0;#,##0.0##"
"""Whole tonnes where there are a hundred or more."""
_RIGHT = {"align": "right", "indent": 1}
_FACTOR = "0.000000E+00"
LEVELS = 7
"""Depths of indentation of a category."""

_STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16, "font_color": _DEEP},
    "subtitle": {"font_color": _GREY},
    "guidance": {"font_color": _GREY, "font_size": 9},
    "section": {"bold": True, "font_size": 12, "font_color": _DEEP, "bottom": 2, "bottom_color": _DEEP},
    "heading": {"bold": True, "font_color": _PAPER, "bg_color": _DEEP, "text_wrap": True, "align": "center", **_RULED},
    "item": {"bold": True, "bg_color": _PALE, "indent": 1, **_RULED},
    "content": {"text_wrap": True, "indent": 1, **_RULED},
    "text": {"indent": 1, **_RULED},
    "wrap": {"text_wrap": True, "indent": 1, **_RULED},
    "whole": {"num_format": "0", "align": "center", **_RULED},
    "number": {"num_format": _MASS, **_RIGHT, **_RULED},
    "factor": {"num_format": "General", **_RIGHT, **_RULED},
    "implied": {"num_format": _FACTOR, **_RIGHT, **_RULED},
    "mass": {"num_format": _MASS, **_RIGHT, **_RULED},
    "mass_strong": {"num_format": _MASS, "bold": True, "bg_color": _PALE, **_RIGHT, **_RULED},
    "mass_doubt": {"num_format": _MASS, "bg_color": _DOUBT, **_RIGHT, **_RULED},
    "mass_total": {**_RIGHT, "num_format": _MASS, "bold": True, "bg_color": _LIGHT, "top": 2, "top_color": _DEEP},
    "mass_total_doubt": {**_RIGHT, "num_format": _MASS, "bold": True, "bg_color": _DOUBT, "top": 2, "top_color": _DEEP},
    "share": {"num_format": "0.0%", **_RIGHT, **_RULED},
    "key": {**_RIGHT, "font_color": _GREY, **_RULED},
    "key_doubt": {**_RIGHT, "font_color": _GREY, "bg_color": _DOUBT, **_RULED},
    "total": {"bold": True, "bg_color": _LIGHT, "top": 2, "top_color": _DEEP, "indent": 1},
    "total_key": {**_RIGHT, "font_color": _GREY, "bg_color": _LIGHT, "top": 2, "top_color": _DEEP},
    "block": {"bold": True, "font_size": 11, "font_color": _PAPER, "bg_color": _DEEP},
    "gwp": {"num_format": "0.###", "font_color": _GREY, **_RIGHT, **_RULED},
    "gwp_label": {"font_color": _GREY, "indent": 1, **_RULED},
    "doubt": {"bg_color": _DOUBT, "indent": 1, **_RULED},
    **{f"level_{level}": {"indent": level + 1, "bold": level < 2, **_RULED} for level in range(LEVELS)},
    **{
        f"code_{level}": {"indent": level + 1, "bold": level < 2, "font_color": _DEEP, **_RULED}
        for level in range(LEVELS)
    },
}


class Styles:
    """The formats of a workbook by name; each is made once."""

    def __init__(self, book: Any) -> None:
        self._formats = {name: book.add_format({**_FONT, **style}) for name, style in _STYLES.items()}

    def __getitem__(self, name: str) -> Any:
        return self._formats[name]

    def index(self, name: str) -> int:
        """Return the number under which a format stands in the file."""
        number: int = self._formats[name]._get_xf_index()  # noqa: SLF001  no public way in
        return number


def page(sheet: Any, widths: Iterable[float], *, landscape: bool = True) -> None:
    """Set column widths and A4 pages as wide as the sheet, without grid lines."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.hide_gridlines(2)
    sheet.set_default_row(18)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&8&A&R&8&P / &N")
    if landscape:
        sheet.set_landscape()


def height(texts: Iterable[tuple[str, float]]) -> float:
    """Return the height in points of a row with wrapped texts in columns of some widths.

    Examples
    --------
    >>> height([("short", 20.0)]), height([("长" * 30, 20.0)])
    (18.0, 60.0)
    """
    lines = max((-(-_columns(text) // max(1, int(width - 2))) for text, width in texts), default=1)
    return max(18.0, 4.0 + 14.0 * lines)


def _columns(text: str) -> int:
    """Return the columns a text takes; Chinese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
