"""Rows of an earlier workbook for the template of a new year."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from emissions.activity.cells import read_quantity, text_of
from emissions.activity.layout import TableLayout
from emissions.activity.raw import RawRows
from emissions.activity.recognise import read_sheet
from emissions.activity.template_model import load_template
from emissions.activity.words import find_word
from emissions.activity.workbook import open_file
from emissions.errors import ActivityErrors, Problem

_QUANTITY = {"activity": "quantity", "vehicles": "stock", "measured": "value", "strata": "share"}
_SHEET = {
    "activity": "template_any",
    "vehicles": "template_vehicles",
    "measured": "template_measured",
    "strata": "template_controls",
}
_DROPPED = frozenset({"year", "mark", "activity_id", "low", "high", "uncertainty", "previous"})
"""Columns that hold for the earlier year only."""


def rows_to_roll(path: Path, region: str) -> dict[str, list[Mapping[str, object]]]:
    """Return layout of the template -> rows of the earlier workbook, with the quantity as ``previous``.

    Rows of other regions are left out; a balance and long tables go to the sheet for any data.

    Raises
    ------
    UnreadableWorkbook
        If the file cannot be opened.
    ActivityErrors
        If no sheet of it can be read.
    """
    known = {sheet.layout for sheet in load_template().sheets}
    rolled: dict[str, list[Mapping[str, object]]] = {}
    for sheet in open_file(path, path.name).sheets:
        layout, found = read_sheet(sheet, None)
        for raw in found.rows:
            own = isinstance(layout, TableLayout) and layout.layout in known
            target = layout.layout if own and layout is not None else _SHEET[raw.content]
            rolled.setdefault(target, []).extend(_rows(raw, region, target))
    if not any(rolled.values()):
        raise ActivityErrors([Problem("nothing_to_roll", file=path.name)])
    return rolled


def _rows(raw: RawRows, region: str, target: str) -> list[Mapping[str, object]]:
    quantity = _QUANTITY[raw.content]
    columns = next(sheet.columns for sheet in load_template().sheets if sheet.layout == target)
    rows: list[Mapping[str, object]] = []
    for record in raw.table.to_dict("records"):
        own = find_word("regions", text_of(record.get("region", ""))).word
        if own and own != region:
            continue
        row: dict[str, object] = {
            name: record[name]
            for name in columns
            if name in record and name not in _DROPPED and name not in {quantity, "region"} and text_of(record[name])
        }
        row["previous"] = _number(record[quantity])
        if "unit" in columns and not row.get("unit"):
            row["unit"] = raw.units.get(quantity, "")
        rows.append(row)
    return rows


def _number(cell: object) -> object:
    reading = read_quantity(cell, from_text_file=True)
    return cell if reading.problem or reading.notation or reading.unit else reading.value
