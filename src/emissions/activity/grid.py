"""Finding the parts of a matrix: the row of activities, the column of labels, what each row and column is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from emissions.activity.cells import column_letters, is_blank, text_of
from emissions.activity.layout import MatrixLayout, MatrixRow, load_layouts
from emissions.activity.words import find_unit, known_word
from emissions.activity.workbook import Cell, Sheet
from emissions.vocabulary import load_vocabulary, normalise

HEADING_ROWS = 15
"""The headings are looked for in this many rows from the top."""

_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|\d+[、.]|#|其中[:：]?|\s)+")
_HAN_LATIN = re.compile(r"(?<=[㐀-鿿)）])\s+(?=[A-Za-z#])")
_UNIT_ABOVE = re.compile(r"(?:计量)?单位\s*[:：]\s*(.+)|unit\s*[:：]\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class FuelColumn:
    """A column of a matrix: its position and heading, its activity (blank for a sum), its unit and their cells."""

    position: int
    heading: str
    activity: str
    unit: str = ""
    heading_cell: str = ""
    unit_cell: str = ""
    total_of: str | None = None


@dataclass(frozen=True)
class Grid:
    """Where the parts of a matrix are: row of the headings, first data row, column of the labels, columns."""

    heading_row: int
    first_row: int
    label_column: int
    columns: tuple[FuelColumn, ...]
    unknown: tuple[tuple[int, str], ...] = ()


def label_spelling(text: str) -> str:
    """Return a row label without its numbering, marks of a part, spaces and case.

    Examples
    --------
    >>> label_spelling("（一）火力发电"), label_spelling("  #用作原料、材料")
    ('火力发电', '用作原料、材料')
    """
    return normalise(_NUMBERING.sub("", unicodedata.normalize("NFKC", text).strip()))


def labelled_rows(layout: MatrixLayout) -> Mapping[str, MatrixRow]:
    """Return label -> row of a layout: its own rows and, behind them, the branches of the vocabulary."""
    return _labelled_rows(layout.layout)


@cache
def _labelled_rows(name: str) -> dict[str, MatrixRow]:
    layout = next(each for each in load_layouts() if each.layout == name and isinstance(each, MatrixLayout))
    vocabulary = load_vocabulary()
    found: dict[str, MatrixRow] = {}
    for spelling, branch in vocabulary.aliases["branch"].items():
        code = vocabulary.condition_values["branch"][branch].get("ipcc2006", "")
        found[label_spelling(spelling)] = MatrixRow(
            labels=(spelling,),
            groups=layout.branches.groups,
            use=layout.branches.use,
            category=f"IPCC2006:{code}" if code else "",
            conditions={"branch": branch},
            category_by_activity=layout.branches.category_by_activity.get(branch, {}),
        )
    found |= {label_spelling(label): row for row in layout.rows for label in row.labels}
    found.pop("", None)
    return found


def row_of(layout: MatrixLayout, text: str) -> MatrixRow | None:
    """Return what a row label means in a layout, None where it is unknown."""
    labelled = labelled_rows(layout)
    for candidate in (text, *_HAN_LATIN.split(text)):
        row = labelled.get(label_spelling(candidate))
        if row is not None:
            return row
    return None


def known_labels(sheet: Sheet, layout: MatrixLayout, grid: Grid) -> int:
    """Return how many labels of a matrix a layout knows: of two layouts that fit, the one that knows more reads it."""
    labels = (text_of(cell_at(row, grid.label_column)) for row in sheet.rows[grid.heading_row + 1 :])
    return sum(1 for label in labels if label and row_of(layout, label) is not None)


def find_grid(sheet: Sheet, layout: MatrixLayout) -> Grid | None:
    """Return where the parts of a matrix are, None where the sheet is not of this layout.

    A sheet is of a layout where a row holds at least five activities and at least half of the labels
    below it, and no fewer than five, are rows of the layout.
    """
    best: tuple[int, list[FuelColumn], list[tuple[int, str]]] | None = None
    totals = {normalise(label): total.of for total in layout.total_columns for label in total.labels}
    for index, row in enumerate(sheet.rows[:HEADING_ROWS]):
        columns, unknown = _fuel_columns(row, totals)
        if sum(1 for column in columns if column.activity) >= 5 and (best is None or len(columns) > len(best[1])):
            best = index, columns, unknown
    if best is None:
        return None
    heading_row, columns, unknown = best
    label_column = _label_column(sheet, layout, heading_row, min(column.position for column in columns))
    if label_column is None:
        return None
    first_row = next(
        (
            index
            for index in range(heading_row + 1, len(sheet.rows))
            if row_of(layout, text_of(cell_at(sheet.rows[index], label_column)))
        ),
        len(sheet.rows),
    )
    columns = _with_units(sheet, columns, heading_row, first_row)
    return Grid(heading_row, first_row, label_column, tuple(columns), tuple(unknown))


def cell_at(row: Sequence[Cell], position: int) -> Cell:
    """Return a cell of a row that may be short, blank where it has none."""
    return row[position] if position < len(row) else ""


def _fuel_columns(row: Sequence[Cell], totals: Mapping[str, str]) -> tuple[list[FuelColumn], list[tuple[int, str]]]:
    columns: list[FuelColumn] = []
    unknown: list[tuple[int, str]] = []
    for position, cell in enumerate(row):
        if not isinstance(cell, str) or is_blank(cell):
            continue
        bare = _BRACKETS.sub("", cell).strip()
        unit = next((inner for inner in _BRACKETS.findall(cell) if not find_unit(inner).problem), "")
        texts = (cell, bare, *_HAN_LATIN.split(bare))
        spelling = next((text for text in texts if normalise(text) in totals), None)
        words = (known_word("activities", text) for text in texts if text)
        activity = next((word for word in words if word), "")
        if spelling is not None:
            columns.append(FuelColumn(position, cell, "", unit, total_of=totals[normalise(spelling)]))
        elif activity:
            columns.append(FuelColumn(position, cell, activity, unit))
        elif position:
            unknown.append((position, cell))
    return columns, unknown


def _label_column(sheet: Sheet, layout: MatrixLayout, heading_row: int, before: int) -> int | None:
    body = sheet.rows[heading_row + 1 :]
    best: tuple[int, int] | None = None
    for position in range(before):
        labels = [text_of(cell_at(row, position)) for row in body]
        known = sum(1 for label in labels if label and row_of(layout, label) is not None)
        if known >= 5 and known * 2 >= sum(1 for label in labels if label) and (best is None or known > best[0]):
            best = known, position
    return None if best is None else best[1]


def _with_units(sheet: Sheet, columns: list[FuelColumn], heading_row: int, first_row: int) -> list[FuelColumn]:
    """Give every column its unit: from its heading, a row of units, or one unit stated above the headings."""
    above = next((text for row in sheet.rows[: heading_row + 1] for text in _units_above(row)), "")
    unit_rows = range(heading_row + 1, first_row)
    found: list[FuelColumn] = []
    for column in columns:
        unit = column.unit
        heading_cell = cell = f"{column_letters(column.position + 1)}{heading_row + 1}"
        for index in unit_rows:
            text = text_of(cell_at(sheet.rows[index], column.position)).strip("()（） ")
            if not unit and text and (find_unit(text).problem != "unknown_unit" or index == first_row - 1):
                unit, cell = text, f"{column_letters(column.position + 1)}{index + 1}"
        found.append(replace(column, unit=unit or above, heading_cell=heading_cell, unit_cell=cell))
    return found


def _units_above(row: Sequence[Cell]) -> Iterator[str]:
    for cell in row:
        match = _UNIT_ABOVE.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match:
            yield (match[1] or match[2]).strip()
