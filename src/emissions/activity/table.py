"""The activity table: what was counted, how much, and the cell it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from emissions.errors import Problem, place_of

KEY_COLUMNS = ("region", "year", "category", "activity", "use", "dimension", "control")
"""Columns of the key that every row has; the condition columns of the vocabulary follow."""

ROW_COLUMNS = (
    "activity_id",
    *KEY_COLUMNS,
    "quantity",
    "unit",
    "quantity_as_printed",
    "unit_as_printed",
    "low",
    "high",
    "facility",
    "data_source",
    "file",
    "sheet",
    "row",
    "cell",
    "notation",
)
"""Columns of :attr:`ActivityTable.rows` beside the condition columns."""

PARENT_COLUMNS = ("activity_id", "parent_id", "coefficient", "why")
MEASURED_COLUMNS = (
    "measured_id",
    "parameter",
    "substance",
    "value",
    "unit",
    "value_as_printed",
    "unit_as_printed",
    "low",
    "high",
    "data_source",
    "file",
    "sheet",
    "row",
    "cell",
)
STRATA_COLUMNS = (
    "stratum_id",
    "control",
    "share",
    "collection_efficiency",
    "operating_rate",
    "file",
    "sheet",
    "row",
    "cell",
)
REFUSED_COLUMNS = ("file", "row_group", "row", "kind", "column", "found", "quantity")
SELECTOR_COLUMNS = ("region", "year", "category", "activity", "technology", "facility")
"""Columns by which a measured value or a control stratum names the rows it is for; blank means any."""


@dataclass(frozen=True)
class ActivityTable:
    """Activity data of any number of regions and years.

    Attributes
    ----------
    rows
        One row a line of activity data: :data:`ROW_COLUMNS` and the condition columns that occur (text, blank
        where not stated; numbers for number conditions, NaN where not stated). ``quantity`` is float64 in the
        base unit of ``dimension`` (:data:`emissions.units.BASE_UNITS`), NaN where ``notation`` holds a key.
        ``cell`` is the cell of the quantity.
    parents
        Rows that were derived: :data:`PARENT_COLUMNS`; quantity of a child = sum of coefficient x parent's quantity.
    sources
        Rows of the workbook that are not in ``rows`` any more because children took their place; same columns.
    measured
        Measured parameters: :data:`MEASURED_COLUMNS` and :data:`SELECTOR_COLUMNS`.
    strata
        Control strata: :data:`STRATA_COLUMNS` and :data:`SELECTOR_COLUMNS`.
    excluded
        Rows that were read and not used: file, sheet, row, cell, reason (text code), text.
    refused
        Rows that were set apart because they break rules: :data:`REFUSED_COLUMNS`, one line a row; ``row_group`` and
        ``row`` (one-based, in the file), ``kind`` (code of the first problem), ``column`` and what was ``found``
        there; ``quantity`` as the file has it, NaN where it is none.
    notes
        What was read in a way worth saying (levels ``warning`` and ``info``).
    files
        File name -> SHA-256 of its bytes; of a file that is scanned in pieces ``blake3:`` and its BLAKE3 digest.
    rows_read
        Number of data cells with a quantity that were read: used + refused + excluded.
    """

    rows: pd.DataFrame
    parents: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PARENT_COLUMNS)))
    sources: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ROW_COLUMNS)))
    measured: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*MEASURED_COLUMNS, *SELECTOR_COLUMNS]))
    strata: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*STRATA_COLUMNS, *SELECTOR_COLUMNS]))
    excluded: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["file", "sheet", "row", "cell", "reason", "text"])
    )
    refused: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REFUSED_COLUMNS)))
    notes: tuple[Problem, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    rows_read: int = 0

    @property
    def condition_columns(self) -> list[str]:
        """Condition columns that occur in ``rows``, in the order of the table."""
        return [column for column in self.rows.columns if column not in ROW_COLUMNS]

    def with_rows(
        self,
        rows: pd.DataFrame,
        *,
        sources: pd.DataFrame | None = None,
        parents: pd.DataFrame | None = None,
        notes: Sequence[Problem] = (),
    ) -> ActivityTable:
        """Return a table with other rows; ``sources``, ``parents`` and ``notes`` are added to those there are."""
        return replace(
            self,
            rows=rows.reset_index(drop=True),
            sources=_joined(self.sources, sources),
            parents=_joined(self.parents, parents),
            notes=(*self.notes, *notes),
        )


def cell_of(row: Mapping[Any, Any] | pd.Series) -> str:
    """Return sheet and cell of a row; the file stands in where a file has no sheets.

    Examples
    --------
    >>> cell_of({"file": "a.xlsx", "sheet": "data", "cell": "D2"})
    'data!D2'
    >>> cell_of({"file": "a.csv", "sheet": "", "cell": "D2"})
    'a.csv D2'
    """
    return place_of("" if row["sheet"] else str(row["file"]), str(row["sheet"]), str(row["cell"]))


def _joined(first: pd.DataFrame, second: pd.DataFrame | None) -> pd.DataFrame:
    parts = [part for part in (first, second) if part is not None and len(part)]
    if not parts:
        return first
    return pd.concat(parts, ignore_index=True)
