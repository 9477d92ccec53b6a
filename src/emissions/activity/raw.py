"""Rows as they stand in a sheet, before any word is looked up, and the places of their cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from emissions.errors import Level, Problem

Content = Literal["activity", "vehicles", "measured", "strata"]


@dataclass(frozen=True)
class RawRows:
    """Rows of one sheet that hold one kind of content.

    Attributes
    ----------
    table
        One row a data row; a column a field of the layout, cells as the reader of the file gave them, and
        ``row`` (one-based).
    columns
        Field -> letters of its column.
    cells
        Field -> column of ``table`` that holds the address of its cell, where rows differ (matrices).
    units
        Field -> unit that stands in the heading of its column.
    places
        Field -> cell outside the rows that states it for the whole sheet (a title block).
    """

    file: str
    sheet: str
    content: Content
    table: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = False

    def cell(self, position: int, field_name: str) -> str:
        """Return the address of a field of the row at ``position``, blank where it has none."""
        if field_name in self.cells:
            return str(self.table[self.cells[field_name]].iat[position])
        if field_name in self.columns:
            return f"{self.columns[field_name]}{self.table['row'].iat[position]}"
        return self.places.get(field_name, "")

    def problem(
        self,
        code: str,
        position: int,
        field_name: str,
        *,
        level: Level = "error",
        found: str = "",
        allowed: str = "",
        nearest: str = "",
        facts: Mapping[str, str] | None = None,
    ) -> Problem:
        """Return a problem at a field of the row at ``position``."""
        return Problem(
            code,
            level,
            self.file,
            self.sheet,
            self.cell(position, field_name),
            int(str(self.table["row"].iat[position])),
            found,
            allowed,
            nearest,
            facts or {},
        )


@dataclass(frozen=True)
class Excluded:
    """A row or cell that was read and is not used, and why."""

    file: str
    sheet: str
    row: int
    cell: str
    reason: str
    text: str


@dataclass(frozen=True)
class SheetRead:
    """What a sheet gave: rows, rows that are not used, problems and notes."""

    rows: tuple[RawRows, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    problems: tuple[Problem, ...] = ()


def excluded_table(excluded: Iterable[Excluded]) -> pd.DataFrame:
    """Return the excluded rows as the table of :class:`~emissions.activity.table.ActivityTable`."""
    columns = ["file", "sheet", "row", "cell", "reason", "text"]
    return pd.DataFrame([[getattr(row, column) for column in columns] for row in excluded], columns=columns)


def object_frame(columns: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Return a frame that keeps the cells as they are, without guessing types."""
    return pd.DataFrame({name: pd.Series(list(values), dtype=object) for name, values in columns.items()})
