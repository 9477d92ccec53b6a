"""Write ``examples/demo-city.xlsx``: a made-up city that fills every sheet of the template.

The rows stand in ``demo_city.yaml``; one seed makes the same file every time::

    python docs/scripts/make_demo_city.py examples/demo-city.xlsx
"""  # noqa: INP001

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from emissions.activity.template_model import Template, TemplateSheet, load_template, shown
from emissions.activity.template_style import Styles, page_setup
from emissions.vocabulary import label

IN_FRONT = ("mark", "region", "year")
HEADING_ROW = 4
WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001  a workbook has no time zone

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Writing:
    """A workbook being written: the file, its formats, the template and the rows as data."""

    book: Any
    styles: Styles
    template: Template
    data: Mapping[str, Any]


def repeated(rows: Sequence[Row], quantity: str, data: Mapping[str, Any], draw: random.Random) -> Iterator[Row]:
    """Yield every row for each of its regions and years, the quantity scaled."""
    for region, of_region in data["regions"].items():
        for year, of_year in data["years"].items():
            for row in rows:
                if row.get("in", region) == region:
                    value = row[quantity] * of_region * of_year * draw.uniform(*data["spread"])
                    yield {**row, "region": region, "year": year, quantity: three_digits(value)}


def three_digits(value: float) -> float:
    """Return a number with three significant digits.

    Examples
    --------
    >>> three_digits(123456.0), three_digits(0.98765)
    (123000.0, 0.988)
    """
    return float(f"{value:.3g}")


def columns_of(sheet: TemplateSheet, data: Mapping[str, Any]) -> list[str]:
    """Return the columns of a sheet of the template, with region and year in front."""
    own = [*sheet.columns, *data["extra_columns"].get(sheet.layout, [])]
    return [*IN_FRONT, *(name for name in own if name not in IN_FRONT)]


def cell_of(column: str, row: Row, data: Mapping[str, Any]) -> object:
    """Return what stands in a cell: the Chinese label of a word, any other value as it is."""
    value = row.get(column, "")
    if column == "region" and value:
        return label("regions", str(value), "zh")
    return shown(column, str(value), "zh") if value and column in data["columns_of_words"] else value


def write_sheet(writing: Writing, sheet: TemplateSheet, rows: Sequence[Row]) -> None:
    """Write one sheet: title, guidance, headings, rows."""
    data, styles, template = writing.data, writing.styles, writing.template
    page, columns = writing.book.add_worksheet(sheet.name), columns_of(sheet, data)
    widths = template.widths | data["widths"]
    page_setup(page, landscape=True)
    page.set_row(0, 28)
    page.write(0, 0, marked(data, sheet.title.zh, sheet.title.en), styles["title"])
    page.write(1, 0, sheet.guidance.zh, styles["guidance"])
    page.write(2, 0, sheet.guidance.en, styles["guidance_other"])
    page.set_row(HEADING_ROW, 38)
    for position, column in enumerate(columns):
        text = sheet.headings.get(column) or template.headings.get(column)
        heading = f"{text.zh}\n{text.en}" if text else data["headings"][column]
        style = styles["heading" if column in sheet.required else "heading_optional"]
        page.write(HEADING_ROW, position, heading, style)
        page.set_column(position, position, widths[column])
    for number, row in enumerate(rows, HEADING_ROW + 1):
        for position, column in enumerate(columns):
            value = cell_of(column, row, data)
            is_number = isinstance(value, int | float) and column != "year"
            page.write(number, position, value, styles["number" if is_number else "cell"])
    page.freeze_panes(HEADING_ROW + 1, len(IN_FRONT))
    page.repeat_rows(HEADING_ROW)


def marked(data: Mapping[str, Any], zh: str, en: str) -> str:
    """Return a title that says that the numbers are made up."""
    return f"【{data['made_up']['zh']}】{zh} / [{data['made_up']['en']}] {en}"


def write_notes(writing: Writing) -> None:
    """Write the sheet of notes."""
    notes, styles = writing.template.notes, writing.styles
    page = writing.book.add_worksheet(notes.name)
    page_setup(page)
    page.set_column(0, 0, 120)
    page.set_row(0, 28)
    page.write(0, 0, marked(writing.data, notes.title.zh, notes.title.en), styles["title"])
    for number, note in enumerate(writing.data["notes"]):
        page.write(2 * number + 1, 0, note["zh"], styles["guidance"])
        page.write(2 * number + 2, 0, note["en"], styles["guidance_other"])


def make(path: Path, data: Mapping[str, Any]) -> None:
    """Write the workbook."""
    draw = random.Random(data["seed"])  # noqa: S311  numbers of an example
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": data["made_up"]["en"], "created": WRITTEN})
        writing = Writing(book, Styles(book), load_template(), data)
        for sheet in writing.template.sheets:
            rows = data["rows"][sheet.layout]
            quantity = data["quantities"].get(sheet.layout)
            write_sheet(writing, sheet, [*repeated(rows, quantity, data, draw)] if quantity else rows)
        write_notes(writing)


if __name__ == "__main__":
    rows_of_city = Path(__file__).with_name("demo_city.yaml").read_text(encoding="utf-8")
    make(Path(sys.argv[1]), yaml.safe_load(rows_of_city))
