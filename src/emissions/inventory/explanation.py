"""What an explanation of a number holds, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class SourceRow:
    """A row of activity data behind a line, with the cells it came from.

    ``row`` is its row in the file; of a sum of many rows (``summed``; 1 otherwise) it is the first.
    """

    activity_id: str
    quantity: float
    unit: str
    as_printed: str
    file: str
    sheet: str
    cell: str
    row: int
    summed: int
    facility: str
    data_source: str
    parents: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class FactorUse:
    """One argument of the formula: its value and where that came from.

    ``beaten`` are the next best rows with the reason they lost; ``how`` says how the row fits the key.
    """

    argument: str
    device: str
    parameter: str
    value: float
    unit: str
    origin: str
    factor_id: str
    printed: str
    package: str
    source: str
    source_title: str
    locator: str
    grade: str
    note: str
    how: Mapping[str, str]
    earlier_year: bool
    beaten: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Explanation:
    """One line of a number: key x substance x stream."""

    category: str
    region: str
    year: int
    substance: str
    stream: str
    emission: float
    share: float
    status: str
    reason: str
    memo: str
    key: Mapping[str, Any]
    quantity: float
    unit: str
    implied_factor: float
    implied_unit: str
    tier: str
    card: str
    card_title: Mapping[str, str]
    formula: str
    expression: str
    numbers: str
    arguments: tuple[FactorUse, ...]
    rows: tuple[SourceRow, ...]
    row_count: int
    stopped: str

    def record(self) -> dict[str, Any]:
        """Return the explanation as plain dictionaries, for JSON."""
        return asdict(self)
