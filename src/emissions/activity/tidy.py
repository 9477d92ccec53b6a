"""Reading a sheet with one heading a column and one data row a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from emissions.activity.cells import column_letters, is_blank, text_of
from emissions.activity.header import Header, find_header, title_block
from emissions.activity.layout import TableLayout, load_headings
from emissions.activity.raw import Excluded, RawRows, SheetRead, object_frame
from emissions.activity.workbook import Cell, Sheet
from emissions.errors import Problem
from emissions.vocabulary import load_vocabulary, normalise

_QUANTITIES = {"activity": "quantity", "vehicles": "stock", "measured": "value", "strata": "share"}
_WORDS = {"activity", "category", "branch", "facility", "parameter", "mark"}
"""Columns in which the word of a sum may stand."""
_FILLED_DOWN = {"region", "year", "category", "activity", "use", "unit", "control", "facility", "data_source"}
"""Columns in which a merged cell counts for every row it covers."""
_CELLS_SHOWN = 8
"""Cells of sums that a note names."""
NOT_READ = {"note", "previous", "mark"}
"""Columns that are known and hold nothing that counts."""


def read_table_sheet(sheet: Sheet, layout: TableLayout) -> SheetRead:
    """Read the data rows of a sheet with a given layout.

    Rows without any content are passed over; rows marked as examples, sums of other rows and rows without
    a quantity are excluded with the reason.
    """
    header = find_header(sheet, layout.layout)
    if header is None:
        return SheetRead(problems=(Problem("no_headings", file=sheet.file, sheet=sheet.name),))
    columns = _columns(header, layout)
    problems = [*_header_problems(sheet, header, columns, layout)]
    if any(problem.level == "error" for problem in problems):
        return SheetRead(problems=tuple(problems))
    body = sheet.rows[header.last + 1 :]
    width = max(columns.values()) + 1
    across = list(zip_longest(*body, fillvalue="")) or [()] * width
    absent: list[Cell] = [""] * len(body)
    cells: dict[str, list[Cell]] = {
        name: list(across[position] if position < len(across) else absent) for name, position in columns.items()
    }
    offset = header.last + 2
    problems += _fill_merged(sheet, cells, columns, header.last + 1, layout)
    problems += _unseen_problems(sheet, columns, header.last + 1)
    keep, excluded = _data_rows(sheet, cells, columns, offset, layout)
    problems += _subtotals(sheet, excluded)
    table = object_frame({name: [values[index] for index in keep] for name, values in cells.items()})
    table["row"] = [offset + index for index in keep]
    above = {name: (value, cell) for name, (value, cell) in title_block(sheet, header, layout.layout).items()}
    for name, (value, _) in above.items():
        table[name] = [value if is_blank(own) else own for own in table[name]] if name in columns else value
    rows = RawRows(
        sheet.file,
        sheet.name,
        layout.content,
        table,
        columns={name: column_letters(position + 1) for name, position in columns.items()},
        units={name: unit for name, position in columns.items() if (unit := header.headings[position].unit)},
        places={name: cell for name, (_, cell) in above.items() if name not in columns},
        is_text=sheet.is_text,
    )
    return SheetRead((rows,) if len(table) else (), tuple(excluded), tuple(problems))


def _columns(header: Header, layout: TableLayout) -> dict[str, int]:
    columns = header.columns
    for missing, other in layout.stand_in.items():
        if missing not in columns and other in columns:
            columns[missing] = columns.pop(other)
    return columns


def _header_problems(sheet: Sheet, header: Header, columns: dict[str, int], layout: TableLayout) -> Iterator[Problem]:
    row = header.first + 1
    for name in layout.required:
        if name not in columns:
            unread = [heading.text for heading in header.headings.values() if not heading.column]
            words = load_headings().columns.get(name, (name,))
            yield Problem(
                "missing_column",
                file=sheet.file,
                sheet=sheet.name,
                row=row,
                found=", ".join(unread),
                facts={"column": name, "heading": words[0]},
            )
    for name, first, second in header.twice():
        yield Problem(
            "column_twice",
            file=sheet.file,
            sheet=sheet.name,
            cell=f"{column_letters(second + 1)}{row}",
            found=header.headings[second].text,
            facts={"column": name, "first": f"{column_letters(first + 1)}{row}"},
        )
    for top, left, _, right in sheet.merged:
        if header.first <= top <= header.last and right > left and left in header.headings:
            bare = [
                position
                for position in range(left + 1, right + 1)
                if position not in header.headings and _has_data(sheet, header, position)
            ]
            if bare:
                yield Problem(
                    "merged_heading",
                    file=sheet.file,
                    sheet=sheet.name,
                    cell=f"{column_letters(left + 1)}{top + 1}",
                    found=header.headings[left].text,
                    facts={"columns": ", ".join(column_letters(position + 1) for position in bare)},
                )
    known = {*columns.values(), *(position for position, heading in header.headings.items() if heading.column)}
    for position, heading in header.headings.items():
        if position not in known and _has_data(sheet, header, position):
            yield Problem(
                "column_not_read",
                "info",
                sheet.file,
                sheet.name,
                f"{column_letters(position + 1)}{row}",
                found=heading.text,
            )


def _has_data(sheet: Sheet, header: Header, position: int) -> bool:
    return any(position < len(row) and not is_blank(row[position]) for row in sheet.rows[header.last + 1 :])


def _fill_merged(
    sheet: Sheet,
    cells: dict[str, list[Cell]],
    columns: dict[str, int],
    first: int,
    layout: TableLayout,
) -> Iterator[Problem]:
    """Let a merged word count for all rows it covers; a merged quantity has two readings and is refused."""
    names = {position: name for name, position in columns.items()}
    conditions = load_vocabulary().conditions
    for top, left, bottom, right in sheet.merged:
        name = names.get(left, "")
        if top < first or bottom == top or not name or is_blank(cells[name][top - first]):
            continue
        where = f"{column_letters(left + 1)}{top + 1}:{column_letters(right + 1)}{bottom + 1}"
        cell = f"{column_letters(left + 1)}{top + 1}"
        if name in _FILLED_DOWN or name in conditions:
            for index in range(top - first + 1, min(bottom - first + 1, len(cells[name]))):
                cells[name][index] = cells[name][top - first]
            yield Problem(
                "merged_cell_filled",
                "info",
                sheet.file,
                sheet.name,
                cell,
                found=text_of(cells[name][top - first]),
                facts={"range": where},
            )
        elif name not in NOT_READ and layout.content in _QUANTITIES:
            yield Problem(
                "merged_quantity",
                file=sheet.file,
                sheet=sheet.name,
                cell=cell,
                found=text_of(cells[name][top - first]),
                facts={"range": where},
            )


def _unseen_problems(sheet: Sheet, columns: dict[str, int], first: int) -> Iterator[Problem]:
    """Report error cells and formulas without a stored value in columns that count."""
    letters = {column_letters(position + 1): name for name, position in columns.items() if name not in NOT_READ}
    for cell in sorted({*sheet.unseen.errors, *sheet.unseen.without_value}):
        column = cell.rstrip("0123456789")
        if column not in letters or int(cell[len(column) :]) <= first:
            continue
        if cell in sheet.unseen.errors:
            yield Problem("error_value", file=sheet.file, sheet=sheet.name, cell=cell, found=sheet.unseen.errors[cell])
        else:
            yield Problem("formula_without_value", file=sheet.file, sheet=sheet.name, cell=cell)


def _data_rows(
    sheet: Sheet,
    cells: dict[str, list[Cell]],
    columns: dict[str, int],
    offset: int,
    layout: TableLayout,
) -> tuple[list[int], list[Excluded]]:
    """Return the positions of the rows to read and the rows that are not read, with the reason."""
    quantity = _QUANTITIES[layout.content]
    names = [name for name in cells if name not in {"note", "previous"}]
    said = [_says(cells[name], load_headings().totals) for name in names if name in _WORDS]
    example = _says(cells.get("mark", ()), load_headings().examples)
    unseen = {*sheet.unseen.errors, *sheet.unseen.without_value}
    letters = column_letters(columns[quantity] + 1)
    blank = {name: _blank(cells[name]) for name in names}
    empty = [all(row) for row in zip(*blank.values(), strict=True)]
    sums = [any(row) for row in zip(*said, strict=True)] if said else [False] * len(empty)
    keep: list[int] = []
    excluded: list[Excluded] = []
    for index in range(len(empty)):
        if empty[index]:
            continue
        reason = ""
        if example and example[index]:
            reason = "example_row"
        elif sums[index]:
            reason = "subtotal"
        elif blank[quantity][index] and f"{letters}{index + offset}" not in unseen:
            reason = "no_quantity"
        if not reason:
            keep.append(index)
            continue
        text = " | ".join(text_of(cells[name][index]) for name in names if not blank[name][index])
        excluded.append(Excluded(sheet.file, sheet.name, index + offset, f"{letters}{index + offset}", reason, text))
    return keep, excluded


def _subtotals(sheet: Sheet, excluded: Sequence[Excluded]) -> Iterator[Problem]:
    """Say which rows of a sheet were taken for sums of other rows."""
    sums = [row for row in excluded if row.reason == "subtotal"]
    if sums:
        cells = ", ".join(row.cell for row in sums[:_CELLS_SHOWN]) + (" …" if len(sums) > _CELLS_SHOWN else "")
        facts = {"count": str(len(sums)), "cells": cells}
        yield Problem(
            "subtotals_left_out", "info", sheet.file, sheet.name, sums[0].cell, found=sums[0].text, facts=facts
        )


def _blank(column: Sequence[Cell]) -> list[bool]:
    """Tell for every cell of a column whether it states nothing, looking at a distinct cell once."""
    states_nothing = {cell for cell in set(column) if is_blank(cell)}
    return [cell in states_nothing for cell in column]


def _says(column: Sequence[Cell], words: Sequence[str]) -> list[bool]:
    """Tell for every cell of a column whether it, or a side of it, is one of some words."""
    spellings = {normalise(word) for word in words}
    first_letters = {spelling[0] for spelling in spellings}
    texts = {cell for cell in column if isinstance(cell, str) and cell.strip()[:1].casefold() in first_letters}
    saying = {text for text in texts if any(normalise(side) in spellings for side in (text, *text.split("/")))}
    return [isinstance(cell, str) and cell in saying for cell in column]
