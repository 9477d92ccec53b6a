"""Which layout a sheet has, and reading it with that layout."""

from __future__ import annotations

from emissions.activity.cells import is_blank
from emissions.activity.grid import find_grid, known_labels
from emissions.activity.header import find_header
from emissions.activity.layout import IgnoredLayout, MatrixLayout, TableLayout, load_headings, load_layouts
from emissions.activity.matrix import read_matrix_sheet
from emissions.activity.raw import SheetRead
from emissions.activity.tidy import read_table_sheet
from emissions.activity.workbook import Sheet
from emissions.errors import ActivityErrors, Problem
from emissions.vocabulary import normalise

AnyLayout = TableLayout | MatrixLayout | IgnoredLayout


def read_sheet(sheet: Sheet, layout: str | None) -> tuple[AnyLayout | None, SheetRead]:
    """Read a sheet with the layout of a name, or the first that fits.

    Returns
    -------
    tuple
        The layout (None where none fits) and what the sheet gave. A sheet without content gives nothing;
        a sheet that has the name of a layout but not its columns is a problem, any other that is left unread
        is said.
    """
    if not any(not is_blank(cell) for row in sheet.rows for cell in row):
        return None, SheetRead()
    matrix = _best_matrix(sheet) if layout is None else None
    for each in load_layouts():
        if layout is not None and each.layout != layout and not isinstance(each, IgnoredLayout):
            continue
        if layout is None and isinstance(each, MatrixLayout) and each is not matrix:
            continue
        found = _try(sheet, each, forced=layout is not None)
        if found is not None:
            return each, _with_hidden(sheet, found)
    for each in load_layouts():
        if layout is None and isinstance(each, TableLayout) and _is_named(sheet, each):
            return each, read_table_sheet(sheet, each)
    known = [each.layout for each in load_layouts()]
    if layout is not None and layout not in known:
        raise ActivityErrors([Problem("unknown_layout", found=layout, allowed=", ".join(known))])
    return None, SheetRead(problems=(_unread(sheet),))


def _best_matrix(sheet: Sheet) -> MatrixLayout | None:
    """Return the matrix layout that knows most of the labels of a sheet, None where none fits."""
    fitting = [
        (known_labels(sheet, each, grid), each)
        for each in load_layouts()
        if isinstance(each, MatrixLayout) and (grid := find_grid(sheet, each)) is not None
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _try(sheet: Sheet, layout: AnyLayout, *, forced: bool) -> SheetRead | None:
    if isinstance(layout, MatrixLayout):
        grid = find_grid(sheet, layout)
        return None if grid is None else read_matrix_sheet(sheet, layout, grid)
    named = _is_named(sheet, layout)
    if isinstance(layout, IgnoredLayout):
        note = Problem("sheet_skipped", "info", sheet.file, sheet.name)
        return SheetRead(problems=(note,) if layout.said else ()) if named else None
    fits = forced or ((named or not layout.sheets) and _has_columns(sheet, layout))
    return read_table_sheet(sheet, layout) if fits else None


def _is_named(sheet: Sheet, layout: TableLayout | IgnoredLayout) -> bool:
    return bool(sheet.name) and normalise(sheet.name) in {normalise(name) for name in layout.sheets}


def _has_columns(sheet: Sheet, layout: TableLayout) -> bool:
    header = find_header(sheet, layout.layout)
    if header is None:
        return False
    there = set(header.columns)
    return all(name in there or layout.stand_in.get(name) in there for name in layout.needs)


def _with_hidden(sheet: Sheet, found: SheetRead) -> SheetRead:
    if not sheet.hidden or not found.rows:
        return found
    note = Problem("hidden_sheet_read", "info", sheet.file, sheet.name)
    return SheetRead(found.rows, found.excluded, (note, *found.problems))


def _unread(sheet: Sheet) -> Problem:
    """Say that a sheet is not read: an error where it is nearly a table of activity data."""
    header = find_header(sheet, "")
    if header is not None:
        known = set(header.columns)
        missing = [name for name in ("activity", "quantity") if name not in known]
        if len(missing) == 1 and len(known) >= 3:
            unread = ", ".join(heading.text for heading in header.headings.values() if not heading.column)
            return Problem(
                "missing_column",
                file=sheet.file,
                sheet=sheet.name,
                row=header.last + 1,
                found=unread,
                facts={"column": missing[0], "heading": load_headings().columns[missing[0]][0]},
            )
    return Problem("sheet_not_recognised", "warning", sheet.file, sheet.name)
