"""Sheets that are one long table, written column by column.

A result has tens of thousands of lines; writing each cell through a call costs most of the run. The rows of a
:class:`TableSheet` are put together as text, column by column, and written between the rows of the sheet's head.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from emissions.report.book.style import Styles, height, page

HEAD_ROWS = 4
"""Rows of the head: title, guidance, a blank row, headings."""
FIRST_ROW = HEAD_ROWS + 1
"""Number of the first row of data as a spreadsheet counts."""
_LONGEST = 32_767


@dataclass(frozen=True)
class Cells:
    """A column: heading, width, format and values; with ``formulas`` the values are what the formulas give.

    A value is a text, a number, or None for a blank cell; NaN is blank too.
    """

    heading: str
    width: float
    style: str
    values: Sequence[object]
    formulas: Sequence[str | None] = field(default=())


class TableSheet(Worksheet):  # type: ignore[misc]
    """A sheet whose rows below the head are given as columns."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[list[str]] = []
        self._heights: Sequence[float] = ()

    def add_columns(self, columns: Sequence[Cells], styles: Styles) -> None:
        """Put the columns below the head; rows with wrapped texts are as high as these need."""
        rows = len(columns[0].values) if columns else 0
        wrapped = [column for column in columns if column.style == "wrap"]
        if wrapped:
            self._heights = [
                height((str(column.values[row] or ""), column.width) for column in wrapped) for row in range(rows)
            ]
        for number, column in enumerate(columns):
            self._blocks.append(self._cells(column, xl_col_to_name(number), styles.index(column.style)))
        self._check_dimensions(HEAD_ROWS + max(rows - 1, 0), max(len(columns) - 1, 0))

    def _cells(self, column: Cells, letters: str, style: int) -> list[str]:
        rows = range(FIRST_ROW, FIRST_ROW + len(column.values))
        if column.formulas:
            return [
                f'<c r="{letters}{row}" s="{style}"><f>{formula}</f><v>{value!r}</v></c>'
                if formula
                else self._cell(value, f"{letters}{row}", style)
                for row, value, formula in zip(rows, column.values, column.formulas, strict=True)
            ]
        known: dict[str, str] = {}
        cells = []
        for row, value in zip(rows, column.values, strict=True):
            if isinstance(value, str) and value:
                end = known.get(value)
                if end is None:
                    end = known[value] = self._text_end(value, style)
                cells.append(f'<c r="{letters}{row}{end}')
            else:
                cells.append(self._cell(value, f"{letters}{row}", style))
        return cells

    def _text_end(self, text: str, style: int) -> str:
        number = self.str_table._get_shared_string_index(text[:_LONGEST])  # noqa: SLF001  no public way in
        return f'" s="{style}" t="s"><v>{number}</v></c>'

    def _cell(self, value: object, place: str, style: int) -> str:
        if isinstance(value, str) and value:
            return f'<c r="{place}{self._text_end(value, style)}'
        if isinstance(value, int | float) and math.isfinite(value):
            return f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'
        return f'<c r="{place}" s="{style}"/>'

    def _write_rows(self) -> None:
        """Write the rows of the head as any sheet does, then the rows of the table."""
        last: int = self.__dict__["dim_rowmax"]
        self.dim_rowmax = min(HEAD_ROWS - 1, last)
        super()._write_rows()
        self.dim_rowmax = last
        write = self.fh.write
        heights = [f' ht="{one}" customHeight="1"' for one in self._heights]
        for number, cells in enumerate(zip(*self._blocks, strict=True)):
            write(f'<row r="{FIRST_ROW + number}"{heights[number] if heights else ""}>{"".join(cells)}</row>')


def write_table(
    sheet: TableSheet, columns: Sequence[Cells], styles: Styles, *, title: str, guidance: str = "", frozen: int = 1
) -> None:
    """Write a whole sheet: head, columns, filter, frozen panes, page.

    Parameters
    ----------
    frozen
        Columns that stay in view.
    """
    page(sheet, [column.width for column in columns])
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_string(1, 0, guidance, styles["guidance"])
    sheet.set_row(HEAD_ROWS - 1, 34)
    for number, column in enumerate(columns):
        sheet.write_string(HEAD_ROWS - 1, number, column.heading, styles["heading"])
    sheet.add_columns(columns, styles)
    rows = len(columns[0].values)
    if rows:
        sheet.autofilter(HEAD_ROWS - 1, 0, HEAD_ROWS - 1 + rows, len(columns) - 1)
    sheet.freeze_panes(HEAD_ROWS, frozen)
    sheet.repeat_rows(HEAD_ROWS - 1)
