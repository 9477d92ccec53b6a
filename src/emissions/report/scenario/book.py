"""The workbook of a scenario or of several: a summary with a chart, and tables to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from emissions.report.book.names import Names
from emissions.report.book.style import Styles, height, page
from emissions.report.book.table import Cells, TableSheet, write_table
from emissions.report.scenario.picture import Picture
from emissions.vocabulary import Language

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_TAB, _TAB_SUMMARY = "#2F7F8C", "#1F5C66"
_CHART_COLOURS = ("#12394F", "#D2691E", "#4FA3A5", "#8C5FA8", "#A8A000", "#7A1F2B")
_CHART_DASHES = ("solid", "dash", "round_dot", "dash_dot", "square_dot", "long_dash")


@dataclass(frozen=True)
class Column:
    """A column of a sheet: code of its heading (a year stays as it is), width, style, values."""

    heading: str
    width: float
    style: str
    values: Sequence[object]


@dataclass(frozen=True)
class Sheet:
    """A sheet that is a table: name (``sheet.NAME`` and ``guide.NAME`` of the texts), columns, frozen columns."""

    name: str
    columns: Sequence[Column]
    frozen: int = 1


@dataclass(frozen=True)
class Summary:
    """The first sheet: title, lines of text, a table, and the chart below it.

    Attributes
    ----------
    title, subtitle
        In the language of the book and in the other one.
    lines
        Item and content.
    sentences
        Paragraphs below the items.
    headings, rows
        The table: headings and rows of texts or numbers.
    """

    title: str
    subtitle: str
    lines: Sequence[tuple[str, str]]
    sentences: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


def write_scenario_book(
    path: Path, summary: Summary, picture: Picture, sheets: Sequence[Sheet], names: Names, language: Language
) -> None:
    """Write a workbook: the summary first, then the sheets in their order."""
    book = Workbook(path, dict(_OPTIONS))
    styles = Styles(book)
    front = book.add_worksheet(names.words.text("sheet.summary"))
    front.set_tab_color(_TAB_SUMMARY)
    made = [(sheet, book.add_worksheet(names.words.text(f"sheet.{sheet.name}"), TableSheet)) for sheet in sheets]
    chart_sheet = book.add_worksheet(names.words.text("sheet.chart"), Worksheet)
    row = _write_summary(front, summary, styles)
    _chart(book, front, chart_sheet, picture, row, styles)
    for sheet, target in made:
        target.set_tab_color(_TAB)
        columns = [Cells(_heading(one, names), one.width, one.style, one.values) for one in sheet.columns]
        title = names.words.text(f"sheet.{sheet.name}")
        guidance = names.words.text(f"guide.{sheet.name}")
        write_table(target, columns, styles, title=title, guidance=guidance, frozen=sheet.frozen)
    book.set_properties({"title": summary.title, "comments": f"emissions ({language})"})
    book.close()


def years_of(table: pd.DataFrame, style: str = "mass", width: float = 12) -> list[Column]:
    """Return a column for each year of a wide table; cells without a number are blank."""
    years = [name for name in table.columns if isinstance(name, int | np.integer)]
    return [Column(str(year), width, style, [float(value) for value in table[year]]) for year in years]


def texts(table: pd.DataFrame, heading: str, column: str, width: float, style: str = "text") -> Column:
    """Return a column of texts."""
    return Column(heading, width, style, ["" if pd.isna(one) else str(one) for one in table[column]])


def numbers(table: pd.DataFrame, heading: str, column: str, width: float = 14, style: str = "mass") -> Column:
    """Return a column of numbers."""
    return Column(heading, width, style, [float("nan") if pd.isna(one) else float(one) for one in table[column]])


def _heading(column: Column, names: Names) -> str:
    if column.heading.isdigit() or column.heading.startswith("="):
        return column.heading.removeprefix("=")
    return names.heading(column.heading)


def _write_summary(sheet: Any, summary: Summary, styles: Styles) -> int:
    """Write the first sheet; return the row below it."""
    widths = (34, *([16] * max(7, len(summary.headings) - 1)))
    page(sheet, widths, landscape=False)
    last = len(widths) - 1
    sheet.set_row(0, 32)
    sheet.write_string(0, 0, summary.title, styles["title"])
    sheet.write_string(1, 0, summary.subtitle, styles["subtitle"])
    row = 3
    for item, content in summary.lines:
        sheet.write_string(row, 0, item, styles["item"])
        sheet.merge_range(row, 1, row, last, "", styles["content"])
        sheet.write_string(row, 1, content, styles["content"])
        sheet.set_row(row, height([(content, float(sum(widths[1:])))]))
        row += 1
    row += 1
    for sentence in summary.sentences:
        sheet.merge_range(row, 0, row, last, "", styles["content"])
        sheet.write_string(row, 0, sentence, styles["content"])
        sheet.set_row(row, height([(sentence, float(sum(widths)))]))
        row += 1
    row += 1
    for column, heading in enumerate(summary.headings):
        sheet.write_string(row, column, heading, styles["heading"])
    sheet.set_row(row, 32)
    row += 1
    for line in summary.rows:
        for column, value in enumerate(line):
            style = "item" if column == 0 else "key" if column == len(line) - 1 else "mass"
            _cell(sheet, row, column, value, styles[style])
        row += 1
    return row + 1


def _cell(sheet: Any, row: int, column: int, value: object, style: Any) -> None:
    if isinstance(value, int | float) and np.isfinite(value):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, str) and value:
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_blank(row, column, None, style)


def _chart(book: Any, front: Any, data: Any, picture: Picture, row: int, styles: Styles) -> None:
    """Put the chart below the summary; its numbers stand on a sheet of their own."""
    years = sorted({year for line in picture.lines for year in line.years})
    page(data, (10, *([26] * len(picture.lines))))
    data.write_string(0, 0, picture.unit, styles["heading"])
    for number, year in enumerate(years, 1):
        data.write_number(number, 0, year, styles["whole"])
    chart = book.add_chart({"type": "line"})
    name = data.get_name()
    for column, line in enumerate(picture.lines, 1):
        data.write_string(0, column, line.label, styles["heading"])
        data.set_row(0, 48)
        values = dict(zip(line.years, line.values, strict=True))
        for number, year in enumerate(years, 1):
            if year in values:
                data.write_number(number, column, values[year], styles["mass"])
        look = (column - 1) % len(_CHART_COLOURS)
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, len(years), 0],
                "values": [name, 1, column, len(years), column],
                "line": {"color": _CHART_COLOURS[look], "dash_type": _CHART_DASHES[look], "width": 2.25},
            }
        )
    font = {"size": 9, "color": "#5F6B73"}
    title = {"size": 11, "bold": True, "color": "#1F5C66"}
    chart.set_title({"name": f"{picture.title} ({picture.unit})", "name_font": title, "overlay": False})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_x_axis({"num_font": font, "interval_unit": 5, "line": {"color": "#5F6B73"}})
    lines = {"visible": True, "line": {"color": "#DDE3E7"}}
    chart.set_y_axis({"num_font": font, "num_format": "#,##0", "major_gridlines": lines, "line": {"none": True}})
    chart.set_size({"width": 1060, "height": 420})
    front.insert_chart(row, 0, chart, {"object_position": 1})
