"""Writing the workbook that officers fill in: bilingual headings, drop-down lists, examples, guidance."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from emissions.activity.cells import FIRST_YEAR, LAST_YEAR
from emissions.activity.replace_file import written_in_place
from emissions.activity.roll import rows_to_roll
from emissions.activity.template_model import Template, TemplateSheet, Text, list_words, load_template, shown
from emissions.activity.template_style import BLANK_ROWS, VALIDATED_ROWS, Styles, page_setup
from emissions.activity.words import find_word
from emissions.errors import ActivityErrors, Problem
from emissions.vocabulary import Language, label

_QUANTITIES = ("quantity", "stock", "value", "share")
_TITLE_ROW, _GUIDANCE_ROW, _OTHER_GUIDANCE_ROW, _CONTEXT_ROW, _HEADING_ROW = 0, 1, 2, 3, 5
_NUMBER_COLUMNS = frozenset(
    {
        "quantity",
        "stock",
        "mileage",
        "uncertainty",
        "low",
        "high",
        "value",
        "share",
        "collection_efficiency",
        "operating_rate",
        "speed_km_h",
        "load_percent",
        "capacity_MW",
        "boiler_tph",
        "mining_depth_m",
        "previous",
    }
)

Rows = Sequence[Mapping[str, object]]


@dataclass
class _Book:
    """A workbook that is being written, with the drop-down lists it has so far."""

    book: Any
    styles: Styles
    template: Template
    language: Language
    region: str
    year: int
    lists: dict[tuple[str, ...], str] = field(default_factory=dict)
    columns_of_lists: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def write_template(
    path: str | Path,
    region: str,
    year: int,
    *,
    language: Language = "zh",
    roll_from: str | Path | None = None,
) -> None:
    """Write an empty workbook for a region and year.

    Parameters
    ----------
    path
        Where to write; an existing file is replaced only when the new one is complete.
    region
        Region in any known spelling.
    year
        Year of the data.
    language
        Language of the drop-down lists and of the first of the two texts.
    roll_from
        Workbook of an earlier year: its rows are copied with the quantity emptied and the earlier quantity
        in a grey column beside it.

    Raises
    ------
    ActivityErrors
        If region or year are not known, or the earlier workbook cannot be read.
    """
    word = _checked_region(region, year)
    rolled: Mapping[str, Rows] = rows_to_roll(Path(roll_from), word) if roll_from is not None else {}
    with (
        written_in_place(Path(path)) as temporary,
        xlsxwriter.Workbook(str(temporary), {"strings_to_formulas": False, "strings_to_urls": False}) as book,
    ):
        writing = _Book(book, Styles(book), load_template(), language, label("regions", word, language), year)
        _write_guide(writing)
        for sheet in writing.template.sheets:
            _write_sheet(writing, sheet, rolled.get(sheet.layout, ()))
        _write_notes(writing)
        _write_lists(writing)


def _checked_region(region: str, year: int) -> str:
    looked = find_word("regions", region)
    problems = []
    if not looked.word:
        problems.append(Problem("unknown_region", found=region, nearest=looked.nearest))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        problems.append(Problem("year_out_of_range", found=str(year), allowed=f"{FIRST_YEAR}–{LAST_YEAR}"))
    if problems:
        raise ActivityErrors(problems)
    return looked.word


def _both(text: Text, language: Language) -> str:
    return f"{text.own(language)} / {text.other(language)}"


def _write_guide(writing: _Book) -> None:
    guide, styles, language = writing.template.guide, writing.styles, writing.language
    sheet = writing.book.add_worksheet(guide.name)
    page_setup(sheet)
    sheet.set_column(0, 0, 3)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 92)
    sheet.set_row(1, 34)
    sheet.merge_range(1, 1, 1, 2, f"{guide.title.zh}　{guide.title.en}", styles["guide_title"])
    context: tuple[tuple[int, Text, object], ...]
    context = (3, guide.region_heading, writing.region), (4, guide.year_heading, writing.year)
    for row, heading, value in context:
        sheet.set_row(row, 20)
        sheet.write(row, 1, _both(heading, language), styles["context_label"])
        sheet.write(row, 2, value, styles["context_value_left"])
    sheet.write(6, 1, _both(guide.steps_heading, language), styles["guide_heading"])
    sheet.write_blank(6, 2, None, styles["guide_heading"])
    row = 7
    for number, step in enumerate(guide.steps, 1):
        own, other = step.own(language), step.other(language)
        sheet.set_row(row, 18 * sum(1 + _columns_of(text) // 165 for text in (own, other)) + 4)
        sheet.merge_range(row, 1, row, 2, "", styles["guide_text"])
        sheet.write_rich_string(
            row,
            1,
            styles["strong"],
            f"{number}　",
            styles["plain"],
            own,
            styles["faint"],
            f"\n　  {other}",
            styles["guide_text"],
        )
        row += 1
    sheet.write(row + 1, 1, _both(guide.sheet_heading, language), styles["guide_heading"])
    sheet.write(row + 1, 2, _both(guide.content_heading, language), styles["guide_heading"])
    listed = [(each.name, each.title) for each in writing.template.sheets]
    listed.append((writing.template.notes.name, writing.template.notes.title))
    for offset, (name, title) in enumerate(listed, row + 2):
        sheet.set_row(offset, 20)
        sheet.write_url(offset, 1, f"internal:'{name}'!A1", styles["guide_link"], name)
        sheet.write(offset, 2, _both(title, language), styles["guide_text"])


def _columns_of(text: str) -> int:
    """Return how wide a text is, in columns of half-width letters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _write_sheet(writing: _Book, definition: TemplateSheet, rolled: Rows) -> None:
    styles, language = writing.styles, writing.language
    sheet = writing.book.add_worksheet(definition.name)
    page_setup(sheet, landscape=True)
    columns = _with_previous(definition.columns) if rolled else list(definition.columns)
    last = len(columns) - 1
    sheet.set_row(_TITLE_ROW, 28)
    sheet.merge_range(_TITLE_ROW, 0, _TITLE_ROW, last, _both(definition.title, language), styles["title"])
    sheet.write(_GUIDANCE_ROW, 0, definition.guidance.own(language), styles["guidance"])
    sheet.write(_OTHER_GUIDANCE_ROW, 0, definition.guidance.other(language), styles["guidance_other"])
    _write_context(writing, sheet)
    sheet.set_row(_HEADING_ROW, 38)
    for position, column in enumerate(columns):
        text = definition.headings.get(column) or writing.template.headings[column]
        sheet.write(_HEADING_ROW, position, f"{text.zh}\n{text.en}", styles[_heading_style(column, definition)])
        sheet.set_column(position, position, writing.template.widths[column])
    first = _write_examples(writing, sheet, definition, columns)
    _write_rows(writing, sheet, columns, first, rolled)
    _write_validation(writing, sheet, definition, columns, first)
    sheet.freeze_panes(_HEADING_ROW + 1, 2)
    sheet.repeat_rows(_HEADING_ROW)


def _heading_style(column: str, definition: TemplateSheet) -> str:
    if column == "previous":
        return "heading_previous"
    return "heading" if column in definition.required else "heading_optional"


def _with_previous(columns: Sequence[str]) -> list[str]:
    found = list(columns)
    quantity = next(index for index, column in enumerate(found) if column in _QUANTITIES)
    return [*found[: quantity + 1], "previous", *found[quantity + 1 :]]


def _write_context(writing: _Book, sheet: Any) -> None:
    guide, styles = writing.template.guide, writing.styles
    sheet.set_row(_CONTEXT_ROW, 20)
    cells = (guide.region_heading, writing.region), (guide.year_heading, writing.year)
    for position, (heading, value) in enumerate(cells):
        sheet.write(_CONTEXT_ROW, 2 * position, _both(heading, writing.language), styles["context_label"])
        sheet.write(_CONTEXT_ROW, 2 * position + 1, value, styles["context_value"])


def _write_examples(writing: _Book, sheet: Any, definition: TemplateSheet, columns: Sequence[str]) -> int:
    row = _HEADING_ROW + 1
    for example in definition.examples:
        for position, column in enumerate(columns):
            value = writing.template.example_mark if column == "mark" else example.get(column, "")
            if isinstance(value, Text):
                value = value.own(writing.language)
            elif isinstance(value, str) and column not in {"mark", "facility", "data_source", "note"} and value:
                value = shown(column, value, writing.language)
            style = "example_number" if column in _NUMBER_COLUMNS else "example"
            sheet.write(row, position, value, writing.styles[style])
        row += 1
    return row


def _write_rows(writing: _Book, sheet: Any, columns: Sequence[str], first: int, rolled: Rows) -> None:
    for offset in range(max(BLANK_ROWS, len(rolled) + 10)):
        values = rolled[offset] if offset < len(rolled) else {}
        for position, column in enumerate(columns):
            style = "previous" if column == "previous" else "number" if column in _NUMBER_COLUMNS else "cell"
            value = values.get(column, "")
            if isinstance(value, int | float):
                sheet.write_number(first + offset, position, value, writing.styles[style])
            elif value:
                sheet.write_string(first + offset, position, str(value), writing.styles[style])
            else:
                sheet.write_blank(first + offset, position, None, writing.styles[style])


def _write_validation(
    writing: _Book,
    sheet: Any,
    definition: TemplateSheet,
    columns: Sequence[str],
    first: int,
) -> None:
    for position, column in enumerate(columns):
        words = tuple(dict.fromkeys(shown(column, word, writing.language) for word in list_words(definition, column)))
        if not words:
            continue
        if words not in writing.lists:
            letters = xl_col_to_name(len(writing.lists))
            writing.lists[words] = f"='{writing.template.lists_name}'!${letters}$2:${letters}${len(words) + 1}"
            writing.columns_of_lists.append((column, words))
        sheet.data_validation(
            first,
            position,
            first + VALIDATED_ROWS,
            position,
            {
                "validate": "list",
                "source": writing.lists[words],
                "error_type": "information",
                "ignore_blank": True,
                "error_title": "词表 / List",
                "error_message": "不在列表中；若为常用名称仍可读取。\nNot in the list; a common name is still read.",
            },
        )


def _write_notes(writing: _Book) -> None:
    notes, styles, language = writing.template.notes, writing.styles, writing.language
    sheet = writing.book.add_worksheet(notes.name)
    page_setup(sheet)
    sheet.set_column(0, 0, 120)
    sheet.set_row(0, 28)
    sheet.write(0, 0, _both(notes.title, language), styles["title"])
    sheet.write(1, 0, notes.guidance.own(language), styles["guidance"])
    sheet.write(2, 0, notes.guidance.other(language), styles["guidance_other"])
    for row in range(4, 34):
        sheet.write_blank(row, 0, None, styles["cell"])


def _write_lists(writing: _Book) -> None:
    sheet = writing.book.add_worksheet(writing.template.lists_name)
    for position, (column, words) in enumerate(writing.columns_of_lists):
        sheet.write(0, position, column, writing.styles["heading_optional"])
        sheet.set_column(position, position, 28)
        for row, word in enumerate(words, 1):
            sheet.write_string(row, position, word)
    sheet.hide()
