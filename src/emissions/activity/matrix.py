"""Reading a sheet with activities across and the rows of a balance down."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from emissions.activity.cells import Reading, column_letters, is_blank, read_quantity, text_of
from emissions.activity.layout import MatrixLayout, MatrixRow
from emissions.activity.raw import Excluded, RawRows, SheetRead, object_frame
from emissions.activity.words import find_unit, find_word
from emissions.activity.workbook import Cell, Sheet
from emissions.errors import Problem
from emissions.vocabulary import load_vocabulary, normalise

HEADING_ROWS = 15
"""The headings are looked for in this many rows from the top."""
TOTAL_TOLERANCE = 0.005
"""A printed total that differs by more than this share from the sum of its parts is reported."""

_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|\d+[、.]|#|其中[:：]?|\s)+")
_HAN_LATIN = re.compile(r"(?<=[㐀-鿿)）])\s+(?=[A-Za-z#])")
_UNIT_ABOVE = re.compile(r"(?:计量)?单位\s*[:：]\s*(.+)|unit\s*[:：]\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class FuelColumn:
    """A column of a matrix: its position, heading, activity (blank for a sum), unit and where the unit stands."""

    position: int
    heading: str
    activity: str
    unit: str = ""
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


@dataclass
class _Collected:
    cells: list[dict[str, object]] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sums: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    totals: list[tuple[MatrixRow, int, FuelColumn, float]] = field(default_factory=list)


def label_spelling(text: str) -> str:
    """Return a row label without its numbering, marks of a part, spaces and case.

    Examples
    --------
    >>> label_spelling("（一）火力发电"), label_spelling("  #用作原料、材料")
    ('火力发电', '用作原料、材料')
    """
    return normalise(_NUMBERING.sub("", unicodedata.normalize("NFKC", text).strip()))


_LABELLED: dict[str, dict[str, MatrixRow]] = {}


def _labelled(layout: MatrixLayout) -> dict[str, MatrixRow]:
    """Return label -> row of a layout: its own rows and, behind them, the branches of the vocabulary."""
    vocabulary = load_vocabulary()
    found: dict[str, MatrixRow] = {}
    for spelling, branch in vocabulary.aliases["branch"].items():
        code = vocabulary.condition_values["branch"][branch].get("ipcc2006", "")
        found[label_spelling(spelling)] = MatrixRow(
            labels=(spelling,), groups=layout.branches.groups, use=layout.branches.use,
            category=f"IPCC2006:{code}" if code else "", conditions={"branch": branch},
            category_by_activity=layout.branches.category_by_activity.get(branch, {}),
        )
    found |= {label_spelling(label): row for row in layout.rows for label in row.labels}
    found.pop("", None)
    return found


def row_of(layout: MatrixLayout, text: str) -> MatrixRow | None:
    """Return what a row label means in a layout, None where it is unknown."""
    if layout.layout not in _LABELLED:
        _LABELLED[layout.layout] = _labelled(layout)
    labelled = _LABELLED[layout.layout]
    for candidate in (text, *_HAN_LATIN.split(text)):
        row = labelled.get(label_spelling(candidate))
        if row is not None:
            return row
    return None


def find_grid(sheet: Sheet, layout: MatrixLayout) -> Grid | None:
    """Return where the parts of a matrix are, None where the sheet is not of this layout.

    A sheet is of a layout where a row holds at least five activities and at least half of the labels
    below it, and no fewer than five, are rows of the layout.
    """
    best: tuple[int, list[FuelColumn], list[tuple[int, str]]] | None = None
    for index, row in enumerate(sheet.rows[:HEADING_ROWS]):
        columns, unknown = _fuel_columns(row, layout)
        if sum(1 for column in columns if column.activity) >= 5 and (best is None or len(columns) > len(best[1])):
            best = index, columns, unknown
    if best is None:
        return None
    heading_row, columns, unknown = best
    label_column = _label_column(sheet, layout, heading_row, min(column.position for column in columns))
    if label_column is None:
        return None
    first_row = next((index for index in range(heading_row + 1, len(sheet.rows))
                      if row_of(layout, text_of(_at(sheet.rows[index], label_column)))), len(sheet.rows))
    columns = _with_units(sheet, columns, heading_row, first_row)
    return Grid(heading_row, first_row, label_column, tuple(columns), tuple(unknown))


def _at(row: Sequence[Cell], position: int) -> Cell:
    return row[position] if position < len(row) else ""


def _fuel_columns(row: Sequence[Cell], layout: MatrixLayout) -> tuple[list[FuelColumn], list[tuple[int, str]]]:
    totals = {normalise(label): total.of for total in layout.total_columns for label in total.labels}
    columns: list[FuelColumn] = []
    unknown: list[tuple[int, str]] = []
    for position, cell in enumerate(row):
        if not isinstance(cell, str) or is_blank(cell):
            continue
        bare = _BRACKETS.sub("", cell).strip()
        unit = next((inner for inner in _BRACKETS.findall(cell) if not find_unit(inner).problem), "")
        spelling = next((text for text in (cell, bare, *_HAN_LATIN.split(bare)) if normalise(text) in totals), None)
        activity = next((word for word in (find_word("activities", text).word for text in (cell, bare, *_HAN_LATIN.split(bare)))
                         if word), "")
        if spelling is not None:
            columns.append(FuelColumn(position, cell, "", unit, total_of=totals[normalise(spelling)]))
        elif activity:
            columns.append(FuelColumn(position, cell, activity, unit))
        elif position:
            unknown.append((position, cell))
    return columns, unknown


def _label_column(sheet: Sheet, layout: MatrixLayout, heading_row: int, before: int) -> int | None:
    body = sheet.rows[heading_row + 1:]
    best: tuple[int, int] | None = None
    for position in range(before):
        labels = [text_of(_at(row, position)) for row in body]
        known = sum(1 for label in labels if label and row_of(layout, label) is not None)
        if known >= 5 and known * 2 >= sum(1 for label in labels if label) and (best is None or known > best[0]):
            best = known, position
    return None if best is None else best[1]


def _with_units(sheet: Sheet, columns: list[FuelColumn], heading_row: int, first_row: int) -> list[FuelColumn]:
    """Give every column its unit: from its heading, a row of units, or one unit stated above the headings."""
    above = next((text for row in sheet.rows[:heading_row + 1] for text in _units_above(row)), "")
    unit_rows = range(heading_row + 1, first_row)
    found: list[FuelColumn] = []
    for column in columns:
        unit, cell = column.unit, f"{column_letters(column.position + 1)}{heading_row + 1}"
        for index in unit_rows:
            text = text_of(_at(sheet.rows[index], column.position)).strip("()（） ")
            if not unit and text and (find_unit(text).problem != "unknown_unit" or index == first_row - 1):
                unit, cell = text, f"{column_letters(column.position + 1)}{index + 1}"
        found.append(FuelColumn(column.position, column.heading, column.activity, unit or above, cell, column.total_of))
    return found


def _units_above(row: Sequence[Cell]) -> Iterator[str]:
    for cell in row:
        match = _UNIT_ABOVE.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match:
            yield (match[1] or match[2]).strip()


def read_matrix_sheet(sheet: Sheet, layout: MatrixLayout, grid: Grid) -> SheetRead:
    """Read the cells of a balance: activity data, and what is excluded with the reason; totals are checked."""
    found = _Collected()
    meanings = [row_of(layout, text_of(_at(row, grid.label_column))) for row in sheet.rows]
    present = {group for row in meanings if row is not None for group in row.groups}
    for index in range(grid.first_row, len(sheet.rows)):
        row = meanings[index]
        if row is not None and row.treatment == "total" and row.use and not present.intersection(row.of):
            row = row.model_copy(update={"treatment": "activity", "groups": layout.branches.groups})
        _read_row(sheet, layout, grid, index, row, found)
    found.problems += _unknown_columns(sheet, grid)
    found.problems += _total_rows(sheet, found)
    table = object_frame({name: [cell[name] for cell in found.cells] for name in found.cells[0]}) if found.cells else None
    rows: tuple[RawRows, ...] = ()
    if table is not None:
        context, places = _region_and_year(sheet, layout, grid)
        for name, value in context.items():
            table[name] = value
        columns = {"label": column_letters(grid.label_column + 1)}
        rows = (RawRows(sheet.file, sheet.name, "activity", table, columns,
                        {"quantity": "cell", "activity": "heading_cell", "unit": "unit_cell"}, places=places),)
    return SheetRead(rows, tuple(found.excluded), tuple(found.problems))


def _read_row(
    sheet: Sheet, layout: MatrixLayout, grid: Grid, index: int, row: MatrixRow | None, found: _Collected,
) -> None:
    label = text_of(_at(sheet.rows[index], grid.label_column))
    unseen = {**sheet.unseen.errors, **dict.fromkeys(sheet.unseen.without_value, "")}
    wanted = {column.total_of for column in grid.columns if column.total_of}
    printed: dict[str, float] = defaultdict(float)
    totals: list[tuple[FuelColumn, str, float]] = []
    for column in grid.columns:
        cell = f"{column_letters(column.position + 1)}{index + 1}"
        reading = read_quantity(_at(sheet.rows[index], column.position), from_text_file=sheet.is_text)
        if cell in unseen:
            code = "error_value" if unseen[cell] else "formula_without_value"
            found.problems.append(Problem(code, file=sheet.file, sheet=sheet.name, cell=cell, found=unseen[cell]))
        elif reading.problem and row is not None and row.treatment == "activity":
            found.problems.append(Problem(reading.problem, file=sheet.file, sheet=sheet.name, cell=cell,
                                          found=text_of(_at(sheet.rows[index], column.position))))
        elif not reading.blank and not reading.problem:
            _read_cell(sheet, layout, (label, row, index + 1), column, (cell, reading), found)
            if not column.activity and column.total_of:
                totals.append((column, cell, reading.value))
            elif column.activity and wanted:
                for group in wanted.intersection(load_vocabulary().activity_graph.ancestors(column.activity)):
                    printed[group] += reading.value
    for column, cell, value in totals:
        found.problems += _difference(sheet, cell, column.heading, value, [printed[column.total_of or ""]])


def _read_cell(
    sheet: Sheet, layout: MatrixLayout, row_read: tuple[str, MatrixRow | None, int], column: FuelColumn,
    cell_read: tuple[str, Reading], found: _Collected,
) -> None:
    label, row, number = row_read
    cell, reading = cell_read
    text = f"{label} | {column.heading} | {reading.notation or format(reading.value, 'g')}"
    reason = _reason(row, column, reading)
    if row is not None and column.activity:
        for group in row.groups:
            found.sums[group, column.position].append(reading.value)
        if row.treatment == "total":
            found.totals.append((row, number, column, reading.value))
    if reason == "unknown_row":
        nearest = get_close_matches(label_spelling(label), list(_labelled(layout)), n=1, cutoff=0.6)
        found.problems.append(Problem("unknown_row", file=sheet.file, sheet=sheet.name, cell=cell, row=number, found=label,
                                      nearest=nearest[0] if nearest else ""))
    elif reason:
        found.excluded.append(Excluded(sheet.file, sheet.name, number, cell, reason, text))
    elif row is not None:
        found.cells.append(_activity_cell(layout, row, column, reading, label) | {"row": number, "cell": cell})


def _reason(row: MatrixRow | None, column: FuelColumn, reading: Reading) -> str:
    """Return why a cell is no activity data, blank if it is."""
    if reading.value == 0:
        return "zero_cell"
    if row is None:
        return "unknown_row" if column.activity else "subtotal"
    if row.treatment == "total" or not column.activity:
        return "subtotal"
    if row.treatment != "activity":
        return {"of_which": "of_which", "supply": "supply_side", "skip": "not_activity"}[row.treatment]
    if row.only and column.activity not in row.only:
        return "supply_side"
    return ""


def _activity_cell(layout: MatrixLayout, row: MatrixRow, column: FuelColumn, reading: Reading, label: str) -> dict[str, object]:
    value, use = reading.value, row.use
    if row.negative_use:
        value = value if layout.inputs_are == "positive" else -value
        use = row.use if value > 0 or reading.notation else row.negative_use
    if use == "combustion":
        use = layout.memo.get(column.activity, use)
    quantity: object = reading.notation or (abs(value) if row.negative_use or row.printed != "positive" else value)
    return {
        "label": label, "activity": column.activity, "use": use,
        "category": _category(row, column.activity), "quantity": quantity, "unit": column.unit or reading.unit,
        "printed": reading.notation or repr(reading.value), "heading_cell": column.unit_cell, "unit_cell": column.unit_cell,
        **{condition: row.conditions.get(condition, "") for condition in _stated_conditions(layout)},
    }


def _stated_conditions(layout: MatrixLayout) -> list[str]:
    return sorted({"branch", *(name for each in layout.rows for name in each.conditions)})


def _category(row: MatrixRow, activity: str) -> str:
    for group in load_vocabulary().activity_graph.ancestors(activity):
        if group in row.category_by_activity:
            return row.category_by_activity[group]
    return row.category


def _unknown_columns(sheet: Sheet, grid: Grid) -> Iterator[Problem]:
    for position, heading in grid.unknown:
        body = [read_quantity(_at(row, position)) for row in sheet.rows[grid.first_row:]]
        if any(reading.value not in (0,) and not reading.blank and not reading.problem and not reading.notation for reading in body):
            looked = find_word("activities", heading)
            yield Problem("unknown_activity", file=sheet.file, sheet=sheet.name, found=heading, nearest=looked.nearest,
                          cell=f"{column_letters(position + 1)}{grid.heading_row + 1}")


def _total_rows(sheet: Sheet, found: _Collected) -> Iterator[Problem]:
    for row, number, column, value in found.totals:
        parts = [part for group in row.of for part in found.sums.get((group, column.position), [])]
        if row.of and parts:
            yield from _difference(sheet, f"{column_letters(column.position + 1)}{number}", row.labels[0], value, parts)


def _difference(sheet: Sheet, cell: str, label: str, printed: float, parts: Sequence[float]) -> Iterator[Problem]:
    total = sum(parts)
    size = max(abs(printed), sum(abs(part) for part in parts))
    if abs(printed - total) > TOTAL_TOLERANCE * size:
        yield Problem("total_differs", "warning", sheet.file, sheet.name, cell, found=f"{printed:g}",
                      facts={"label": label, "sum": f"{total:g}", "difference": f"{printed - total:g}"})


def _region_and_year(sheet: Sheet, layout: MatrixLayout, grid: Grid) -> tuple[dict[str, str], dict[str, str]]:
    """Return region and year from the sheet name or a text above the headings."""
    texts = [(sheet.name, "")] + [
        (text_of(cell), f"{column_letters(position + 1)}{index + 1}")
        for index, row in enumerate(sheet.rows[:grid.heading_row + 1]) for position, cell in enumerate(row) if text_of(cell)
    ]
    context: dict[str, str] = {}
    places: dict[str, str] = {}
    for named in layout.named:
        for text, cell in texts:
            match = re.search(named.pattern, text)
            for name, value in (match.groupdict() if match else {}).items():
                if value and name not in context:
                    context[name], places[name] = value.strip(), cell
    return context, places
