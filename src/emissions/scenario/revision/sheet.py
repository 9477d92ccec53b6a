"""The activity data of a scenario while it is revised: rows of the base year x years (x draws), and what moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.scenario.projection import MOVE_COLUMNS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Step:
    """A lever or measure that changes rows: its id and kind."""

    id: str
    kind: str


@dataclass
class Sheet:
    """Rows and their quantities by year.

    Attributes
    ----------
    rows
        Activity rows of the base year, then rows that came in; index 0..n-1.
    quantity
        Shape (years, n) or (draws, years, n), base units.
    origin
        Row of the base year each row comes from.
    settled
        Rows whose quantity a measure or the power balance determines: the residual of the envelope leaves them alone.
    moved
        What was done, in order: step, row, destination (blank, ``residual``, ``new`` or an activity) and the change
        of the quantity, shape (years,) (of the first draw).

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"activity_id": ["a"], "category": ["IPCC2006:1A4b"], "activity": ["raw_coal"], "unit": ["t"],
    ...      "quantity": [100.0]})
    >>> sheet = Sheet.of(rows, years=2)
    >>> new = sheet.move(Step("heat", "shift"), np.array([True]), np.array([0.0, 0.3]), {"activity": "coke"}, ratio=0.5)
    >>> sheet.quantity.tolist()
    [[100.0, 0.0], [70.0, 15.0]]
    >>> sheet.table((2020, 2025))[["step", "year", "activity_id", "to", "amount"]].to_numpy().tolist()
    [['heat', 2025, 'a', 'coke', -30.0], ['heat', 2025, 'a/heat', '', 15.0]]
    """

    rows: pd.DataFrame
    quantity: Floats
    origin: npt.NDArray[np.int64]
    settled: Flags
    moved: list[tuple[Step, int, str, Floats]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: pd.DataFrame, years: int) -> Sheet:
        """Return the sheet in which every year is the base year."""
        rows = rows.reset_index(drop=True)
        base = rows["quantity"].to_numpy(dtype=np.float64)
        return cls(rows, np.tile(base, (years, 1)), np.arange(len(rows)), np.zeros(len(rows), dtype=bool))

    def __len__(self) -> int:
        return len(self.rows)

    def scale(self, step: Step, rows: Flags, factor: Floats, to: str = "") -> None:
        """Multiply rows with a factor, shape (years,) or (draws, years)."""
        before = self.quantity
        self.quantity = np.where(rows, self.quantity * factor[..., None], self.quantity)
        self._note(step, np.flatnonzero(rows), before, to)

    def cap(self, step: Step, rows: Flags, most: Floats) -> None:
        """Hold each row at or below a level, shape (years, n) or (draws, years, n)."""
        before = self.quantity
        self.quantity = np.where(rows, np.minimum(self.quantity, most), self.quantity)
        self._note(step, np.flatnonzero(rows), before, "")

    def move(
        self, step: Step, rows: Flags, share: Floats, columns: Mapping[str, str | float], ratio: float = 1.0
    ) -> npt.NDArray[np.int64]:
        """Take a share of rows to new rows with other columns, ``ratio`` units for one; return the new rows.

        Parameters
        ----------
        share
            Of what the rows hold now, shape (years,) or (draws, years), within 0 and 1.
        """
        places = np.flatnonzero(rows)
        if not len(places):
            return places
        before = self.quantity
        # a row without a quantity (NE) has a second one only from the year in which something has moved
        part = share[..., None]
        taken = np.where(part > 0, self.quantity[..., places] * part, 0.0)
        self.quantity = np.concatenate([np.broadcast_to(self.quantity, (*taken.shape[:-1], len(self))), taken], axis=-1)
        self.quantity[..., places] -= taken
        new = np.arange(len(self), len(self) + len(places))
        self.quantity[..., new] *= ratio
        added = self.rows.iloc[places].assign(**columns)
        known = set(self.rows["activity_id"])
        added["activity_id"] = [_new_id(f"{name}/{step.id}", known) for name in added["activity_id"]]
        self.rows = pd.concat([self.rows, added], ignore_index=True)
        self.origin = np.append(self.origin, self.origin[places])
        self.settled = np.append(self.settled, np.ones(len(places), dtype=bool))
        self._note(step, places, before, str(columns.get("activity", columns.get("control", "new"))))
        self._note(step, new, np.zeros_like(self.quantity), "")
        return new

    def put(self, step: Step, row: int, amount: Floats) -> None:
        """Set the quantity of a row, shape (years,) or (draws, years); the base year stays as it is."""
        before = self.quantity
        after = np.broadcast_to(before, (*amount.shape, len(self))).copy()
        after[..., 1:, row] = amount[..., 1:]
        self.quantity = after
        self._note(step, np.array([row]), before, "")

    def add(self, step: Step, like: int, columns: Mapping[str, str | float], amount: Floats) -> None:
        """Add a row like another with other columns and a quantity of its own, shape (years,) or (draws, years)."""
        before = np.broadcast_to(self.quantity, (*amount.shape, len(self)))
        self.quantity = np.concatenate([before, amount[..., None]], axis=-1)
        added = self.rows.iloc[[like]].assign(**columns)
        added["activity_id"] = [
            _new_id(f"{name}/{step.id}", set(self.rows["activity_id"])) for name in added["activity_id"]
        ]
        self.rows = pd.concat([self.rows, added], ignore_index=True)
        self.origin = np.append(self.origin, self.origin[like])
        self.settled = np.append(self.settled, True)
        self._note(step, np.array([len(self) - 1]), np.zeros_like(self.quantity), "")

    def table(self, years: tuple[int, ...]) -> pd.DataFrame:
        """Return what moved as :data:`~emissions.scenario.projection.MOVE_COLUMNS`, years with a change only."""
        names = ("activity_id", "category", "activity", "unit")
        columns = {name: self.rows[name].astype(str).tolist() for name in names}
        records = [
            (step.id, step.kind, year, *(columns[name][row] for name in names[:3]), to, amount, columns["unit"][row])
            for step, row, to, change in self.moved
            for year, amount in zip(years, change.tolist(), strict=True)
            if amount
        ]
        return pd.DataFrame(records, columns=list(MOVE_COLUMNS))

    def _note(self, step: Step, places: npt.NDArray[np.int64], before: Floats, to: str) -> None:
        first_after = self.quantity.reshape(-1, *self.quantity.shape[-2:])[0]
        first_before = before.reshape(-1, *before.shape[-2:])[0]
        for row in places.tolist():
            change = np.nan_to_num(first_after[:, row] - first_before[:, row])
            if change.any():
                self.moved.append((step, row, to, change))


def _new_id(name: str, known: set[str]) -> str:
    """Return a name that no row has yet."""
    number = 2
    wanted = name
    while wanted in known:
        wanted = f"{name}.{number}"
        number += 1
    return wanted
