"""How the template looks: fonts, colours, borders, page."""

from __future__ import annotations

from typing import Any

BLANK_ROWS = 40
"""Ruled rows below the examples."""
ROW_HEIGHT = 18
"""Height of a row in points."""
VALIDATED_ROWS = 5_000
"""Rows that have drop-down lists."""

_INK, _PAPER, _LINE = "#1F2A33", "#FFFFFF", "#C9D3DA"
_DEEP, _LIGHT, _PALE = "#1F5C66", "#C7DADD", "#EAF1F2"
_GREY, _GREY_PAPER = "#8A949B", "#F3F4F5"
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": _INK, "valign": "vcenter"}
_NUMBER = "#,##0.########"
_RULED = {"border": 1, "border_color": _LINE}

_STYLES: dict[str, dict[str, object]] = {
    "guide_title": {"bold": True, "font_size": 20, "font_color": _DEEP},
    "guide_heading": {"bold": True, "font_size": 11, "font_color": _PAPER, "bg_color": _DEEP, "indent": 1},
    "strong": {"bold": True, "font_color": _DEEP},
    "plain": {},
    "faint": {"font_color": _GREY, "font_size": 9},
    "guide_text": {"text_wrap": True, "bottom": 1, "bottom_color": _LINE, "indent": 1},
    "guide_link": {"font_color": _DEEP, "underline": 1, "bottom": 1, "bottom_color": _LINE, "indent": 1},
    "title": {"bold": True, "font_size": 15, "font_color": _DEEP, "align": "left"},
    "guidance": {},
    "guidance_other": {"font_color": _GREY, "font_size": 9},
    "context_label": {"bold": True, "bg_color": _PALE, "align": "right", "indent": 1, **_RULED},
    "context_value": {"bold": True, "align": "center", **_RULED},
    "context_value_left": {"bold": True, "align": "left", "indent": 1, **_RULED},
    "heading": {"bold": True, "font_color": _PAPER, "bg_color": _DEEP, "text_wrap": True, "align": "center", **_RULED},
    "heading_optional": {"bold": True, "bg_color": _LIGHT, "text_wrap": True, "align": "center", **_RULED},
    "heading_previous": {
        "bold": True,
        "font_color": _PAPER,
        "bg_color": _GREY,
        "text_wrap": True,
        "align": "center",
        **_RULED,
    },
    "example": {"italic": True, "font_color": _GREY, "bg_color": _GREY_PAPER, "indent": 1, **_RULED},
    "example_number": {
        "italic": True,
        "font_color": _GREY,
        "bg_color": _GREY_PAPER,
        "num_format": _NUMBER,
        "align": "right",
        "indent": 1,
        **_RULED,
    },
    "cell": {"indent": 1, **_RULED},
    "number": {"num_format": _NUMBER, "align": "right", "indent": 1, **_RULED},
    "previous": {
        "num_format": _NUMBER,
        "align": "right",
        "indent": 1,
        "font_color": _GREY,
        "bg_color": _GREY_PAPER,
        **_RULED,
    },
}


class Styles:
    """The formats of a workbook by name."""

    def __init__(self, book: Any) -> None:
        self._formats = {name: book.add_format({**_FONT, **style}) for name, style in _STYLES.items()}

    def __getitem__(self, name: str) -> Any:
        return self._formats[name]


def page_setup(sheet: Any, *, landscape: bool = False) -> None:
    """Hide the grid and set a sheet up for A4."""
    sheet.hide_gridlines(2)
    sheet.set_default_row(ROW_HEIGHT)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    if landscape:
        sheet.set_landscape()
