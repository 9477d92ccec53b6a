"""Write ``examples/demo-city.xlsx``: a made-up city that fills every sheet of the template.

The rows stand in ``demo_city.yaml``; one seed makes the same file every time::

    python docs/scripts/make_demo_city.py examples/demo-city.xlsx
"""  # noqa: INP001

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from emissions.activity.template_model import Template, TemplateSheet, load_template, shown
from emissions.activity.template_style import Styles, page_setup
from emissions.vocabulary import label

WORDS = frozenset({"branch", "category", "activity", "use", "technology", "feedstock", "control", "unit", "stage", "coal_form",
                   "transformation", "mine_gas_class", "parameter", "substance"})
HEADING_ROW = 4
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)

Row = Mapping[str, object]


def repeated(rows: Sequence[dict[str, Any]], definition: Mapping[str, Any], quantity: str, draw: random.Random) -> Iterator[Row]:
    """Yield every row for each of its regions and years, the quantity scaled."""
    for region, of_region in definition["regions"].items():
        for year, of_year in definition["years"].items():
            for row in rows:
                if row.get("in", region) == region:
                    value = row[quantity] * of_region * of_year * draw.uniform(*definition["spread"])
                    yield row | {"region": region, "year": year, quantity: three_digits(value)}


def three_digits(value: float) -> float:
    """Return a number with three significant digits.

    Examples
    --------
    >>> three_digits(123456.0), three_digits(0.98765)
    (123000.0, 0.988)
    """
    return float(f"{value:.3g}")


def columns_of(sheet: TemplateSheet, definition: Mapping[str, Any]) -> list[str]:
    """Return the columns of a sheet of the template, with region and year in front."""
    extra = definition["extra_columns"].get(sheet.layout, [])
    return ["mark", "region", "year", *(name for name in [*sheet.columns, *extra] if name not in {"mark", "region", "year"})]


def cell_of(column: str, row: Row) -> object:
    """Return what stands in a cell: the Chinese label of a word, any other value as it is."""
    value = row.get(column, "")
    if column == "region" and value:
        return label("regions", str(value), "zh")
    return shown(column, str(value), "zh") if column in WORDS and value else value


def write_sheet(book: Any, styles: Styles, template: Template, sheet: TemplateSheet, rows: Sequence[Row], definition: Any) -> None:
    """Write one sheet: title, guidance, headings, rows."""
    page, made_up, columns = book.add_worksheet(sheet.name), definition["made_up"], columns_of(sheet, definition)
    page_setup(page, landscape=True)
    page.set_row(0, 28)
    page.write(0, 0, f"【{made_up['zh']}】{sheet.title.zh} / [{made_up['en']}] {sheet.title.en}", styles["title"])
    page.write(1, 0, sheet.guidance.zh, styles["guidance"])
    page.write(2, 0, sheet.guidance.en, styles["guidance_other"])
    page.set_row(HEADING_ROW, 38)
    own, widths = definition["headings"], template.widths | definition["widths"]
    for position, column in enumerate(columns):
        text = sheet.headings.get(column) or template.headings.get(column)
        zh, en = (text.zh, text.en) if text else (own[column]["zh"], own[column]["en"])
        page.write(HEADING_ROW, position, f"{zh}\n{en}", styles["heading" if column in sheet.required else "heading_optional"])
        page.set_column(position, position, widths[column])
    for number, row in enumerate(rows, HEADING_ROW + 1):
        for position, column in enumerate(columns):
            value = cell_of(column, row)
            page.write(number, position, value, styles["number" if isinstance(value, int | float) and column != "year" else "cell"])
    page.freeze_panes(HEADING_ROW + 1, 3)
    page.repeat_rows(HEADING_ROW)


def write_notes(book: Any, styles: Styles, template: Template, definition: Mapping[str, Any]) -> None:
    """Write the sheet of notes."""
    page, regions = book.add_worksheet(template.notes.name), "、".join(label("regions", code, "zh") for code in definition["regions"])
    page_setup(page)
    page.set_column(0, 0, 120)
    page.set_row(0, 28)
    lines = (
        (f"【{definition['made_up']['zh']}】备注 / [{definition['made_up']['en']}] Notes", "title"),
        (f"虚构示例：{regions}的区名只用来演示两个地区；所有数字都是编造的，不代表任何真实地区、企业或年份。", "guidance"),
        ("Made-up example: the names of two districts only show how two regions share a workbook; every number is invented and "
         "stands for no real place, plant or year.", "guidance_other"),
        ("每张表都填了内容：各种控制措施、分层写法、实测参数、各排放阶段的车辆、电力热力的调入调出。", "guidance"),
        ("Every sheet is filled: all kinds of control devices, strata, measured parameters, vehicles of every emission stage, "
         "power and heat sent in and out.", "guidance_other"),
    )
    for row, (text, style) in enumerate(lines):
        page.write(row, 0, text, styles[style])


def make(path: Path, definition: Mapping[str, Any]) -> None:
    """Write the workbook."""
    template, draw = load_template(), random.Random(definition["seed"])  # noqa: S311  numbers of an example
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "demo city (made-up numbers)", "created": WRITTEN})
        styles = Styles(book)
        for sheet in template.sheets:
            rows: Sequence[Row] = {"template_measured": definition["measured"], "template_controls": definition["strata"]}.get(
                sheet.layout, [])
            if sheet.layout in definition["rows"]:
                rows = [*repeated(definition["rows"][sheet.layout], definition, definition["quantities"][sheet.layout], draw)]
            write_sheet(book, styles, template, sheet, rows, definition)
        write_notes(book, styles, template, definition)


if __name__ == "__main__":
    folder = Path(__file__).parent
    make(Path(sys.argv[1]), yaml.safe_load((folder / "demo_city.yaml").read_text(encoding="utf-8")))
