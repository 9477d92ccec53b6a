"""Reading a sheet with activities across and the rows of a balance down."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from emissions.activity.cells import Reading, column_letters, read_quantity, text_of
from emissions.activity.grid import FuelColumn, Grid, cell_at, label_spelling, labelled_rows, row_of
from emissions.activity.layout import MatrixLayout, MatrixRow
from emissions.activity.raw import Excluded, RawRows, SheetRead, object_frame
from emissions.activity.words import find_word
from emissions.activity.workbook import Sheet
from emissions.errors import Problem
from emissions.vocabulary import load_vocabulary

TOTAL_TOLERANCE = 0.005
"""A printed total that differs by more than this share from the sum of its parts is reported."""


@dataclass
class _Collected:
    cells: list[dict[str, object]] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sums: dict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))
    totals: list[tuple[MatrixRow, int, FuelColumn, float]] = field(default_factory=list)


def read_matrix_sheet(sheet: Sheet, layout: MatrixLayout, grid: Grid) -> SheetRead:
    """Read the cells of a balance: activity data, and what is excluded with the reason; totals are checked."""
    found = _Collected()
    meanings = [row_of(layout, text_of(cell_at(row, grid.label_column))) for row in sheet.rows]
    present = {group for row in meanings if row is not None for group in row.groups}
    for index in range(grid.first_row, len(sheet.rows)):
        row = meanings[index]
        if row is not None and row.treatment == "total" and row.use and not present.intersection(row.of):
            row = row.model_copy(update={"treatment": "activity", "groups": layout.branches.groups})
        _read_row(sheet, layout, grid, index, row, found)
    found.problems += _unknown_columns(sheet, grid)
    found.problems += _total_rows(sheet, found)
    rows = (_raw_rows(sheet, layout, grid, found),) if found.cells else ()
    return SheetRead(rows, tuple(found.excluded), tuple(found.problems))


def _raw_rows(sheet: Sheet, layout: MatrixLayout, grid: Grid, found: _Collected) -> RawRows:
    table = object_frame({name: [cell[name] for cell in found.cells] for name in found.cells[0]})
    context, places = _region_and_year(sheet, layout, grid)
    for name, value in context.items():
        table[name] = value
    letters = column_letters(grid.label_column + 1)
    return RawRows(
        sheet.file,
        sheet.name,
        "activity",
        table,
        columns={"category": letters, "branch": letters},
        cells={"quantity": "cell", "activity": "heading_cell", "unit": "unit_cell"},
        places=places,
    )


def _read_row(
    sheet: Sheet,
    layout: MatrixLayout,
    grid: Grid,
    index: int,
    row: MatrixRow | None,
    found: _Collected,
) -> None:
    label = text_of(cell_at(sheet.rows[index], grid.label_column))
    unseen = {**sheet.unseen.errors, **dict.fromkeys(sheet.unseen.without_value, "")}
    wanted = {column.total_of for column in grid.columns if column.total_of}
    printed: dict[str, float] = defaultdict(float)
    totals: list[tuple[FuelColumn, str, float]] = []
    for column in grid.columns:
        cell = f"{column_letters(column.position + 1)}{index + 1}"
        reading = read_quantity(cell_at(sheet.rows[index], column.position), from_text_file=sheet.is_text)
        if cell in unseen:
            code = "error_value" if unseen[cell] else "formula_without_value"
            found.problems.append(Problem(code, file=sheet.file, sheet=sheet.name, cell=cell, found=unseen[cell]))
        elif reading.problem and row is not None and row.treatment == "activity":
            found.problems.append(
                Problem(
                    reading.problem,
                    file=sheet.file,
                    sheet=sheet.name,
                    cell=cell,
                    found=text_of(cell_at(sheet.rows[index], column.position)),
                )
            )
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
    sheet: Sheet,
    layout: MatrixLayout,
    row_read: tuple[str, MatrixRow | None, int],
    column: FuelColumn,
    cell_read: tuple[str, Reading],
    found: _Collected,
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
        nearest = get_close_matches(label_spelling(label), list(labelled_rows(layout)), n=1, cutoff=0.6)
        found.problems.append(
            Problem(
                "unknown_row",
                file=sheet.file,
                sheet=sheet.name,
                cell=cell,
                row=number,
                found=label,
                nearest=nearest[0] if nearest else "",
            )
        )
    elif reason:
        found.excluded.append(Excluded(sheet.file, sheet.name, number, cell, reason, text))
    elif row is not None:
        found.cells.append(_activity_cell(layout, row, column, reading) | {"row": number, "cell": cell})


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


def _activity_cell(layout: MatrixLayout, row: MatrixRow, column: FuelColumn, reading: Reading) -> dict[str, object]:
    value, use = reading.value, row.use
    if row.negative_use:
        value = value if layout.inputs_are == "positive" else -value
        use = row.use if value > 0 or reading.notation else row.negative_use
    if use == "combustion":
        use = layout.memo.get(column.activity, use)
    quantity: object = reading.notation or (abs(value) if row.negative_use or row.printed != "positive" else value)
    return {
        "activity": column.activity,
        "use": use,
        "category": _category(row, column.activity),
        "quantity": quantity,
        "unit": column.unit or reading.unit,
        "printed": reading.notation or repr(reading.value),
        "heading_cell": column.heading_cell,
        "unit_cell": column.unit_cell or column.heading_cell,
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
        body = [read_quantity(cell_at(row, position)) for row in sheet.rows[grid.first_row :]]
        if any(abs(reading.value) > 0 for reading in body):
            looked = find_word("activities", heading)
            yield Problem(
                "unknown_activity",
                file=sheet.file,
                sheet=sheet.name,
                found=heading,
                nearest=looked.nearest,
                cell=f"{column_letters(position + 1)}{grid.heading_row + 1}",
            )


def _total_rows(sheet: Sheet, found: _Collected) -> Iterator[Problem]:
    for row, number, column, value in found.totals:
        parts = [part for group in row.of for part in found.sums.get((group, column.position), [])]
        if row.of and parts:
            yield from _difference(sheet, f"{column_letters(column.position + 1)}{number}", row.labels[0], value, parts)


def _difference(sheet: Sheet, cell: str, label: str, printed: float, parts: Sequence[float]) -> Iterator[Problem]:
    total = sum(parts)
    size = max(abs(printed), sum(abs(part) for part in parts))
    if abs(printed - total) > TOTAL_TOLERANCE * size:
        yield Problem(
            "total_differs",
            "warning",
            sheet.file,
            sheet.name,
            cell,
            found=f"{printed:g}",
            facts={"label": label, "sum": f"{total:g}", "difference": f"{printed - total:g}"},
        )


def _region_and_year(sheet: Sheet, layout: MatrixLayout, grid: Grid) -> tuple[dict[str, str], dict[str, str]]:
    """Return region and year from the sheet name or a text above the headings."""
    texts = [(sheet.name, "")] + [
        (text_of(cell), f"{column_letters(position + 1)}{index + 1}")
        for index, row in enumerate(sheet.rows[: grid.heading_row + 1])
        for position, cell in enumerate(row)
        if text_of(cell)
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
