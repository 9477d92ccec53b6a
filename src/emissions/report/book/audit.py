"""The joins of a calculation as the workbook prints them: lines, distinct implied factors, factor rows.

Lines that use the same method with the same factor rows share one implied factor; a result with tens of thousands
of lines has a few thousand of these and a few hundred factor rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Run
from emissions.engine.keys import RATE_COLUMNS
from emissions.engine.lines import as_texts
from emissions.report.tables import used_lines

MAX_LINES = 100_000
"""Lines the workbook holds at most, the largest; the other formats hold all."""

MEASURED = 1
"""Origin of a match that is a measured value."""


@dataclass(frozen=True)
class Slot:
    """One match of an implied factor: argument, device, where its row is, its value in the formula's unit."""

    argument: str
    device: str
    origin: int
    row: int
    value: float


@dataclass(frozen=True)
class Implied:
    """A distinct implied factor: the method, what it is for, the rows it uses, its value (t per base unit)."""

    card: str
    substance: str
    stream: str
    dimension: str
    rate: float
    slots: tuple[Slot, ...]
    value: float


@dataclass(frozen=True)
class Audit:
    """Lines and what they come from; see :func:`audit`."""

    run: Run
    lines: pd.DataFrame
    left_out: int
    implied: tuple[Implied, ...]

    @cached_property
    def factor_rows(self) -> list[int]:
        """Numbers of the library rows in use, in the order of parameter, substance and package."""
        numbers = sorted({slot.row for one in self.implied for slot in one.slots if slot.origin != MEASURED})
        rows = self.run.library.rows.iloc[numbers]
        order = rows.sort_values(["parameter", "substance", "activity", "package", "factor_id"], kind="stable").index
        return [int(number) for number in order]

    @cached_property
    def measured_rows(self) -> list[int]:
        """Numbers of the measured values in use."""
        return sorted({slot.row for one in self.implied for slot in one.slots if slot.origin == MEASURED})

    @property
    def complete(self) -> bool:
        """True where every line with an emission is among ``lines``."""
        return self.left_out == 0


def audit(run: Run, most: int = MAX_LINES) -> Audit:
    """Return the lines with an emission, sorted for reading; ``implied`` numbers the implied factor of each."""
    lines = as_texts(used_lines(run))
    left_out = max(0, len(lines) - most)
    if left_out:
        largest = lines["emission"].abs().sort_values(ascending=False, kind="stable").index[:most]
        lines = lines.loc[np.sort(largest.to_numpy())].reset_index(drop=True)
    lines = lines.sort_values(
        ["region", "year", "category", "activity", "key", "substance", "stream"], kind="stable", ignore_index=True
    )
    if lines.empty:
        return Audit(run, lines.assign(implied=[]), left_out, ())
    number, implied = _distinct(run, lines)
    return Audit(run, lines.assign(implied=number), left_out, implied)


def _distinct(run: Run, lines: pd.DataFrame) -> tuple[npt.NDArray[np.int64], tuple[Implied, ...]]:
    slots, table = _slots(run, lines)
    rate = _rates(lines)
    rate[(slots < 0).all(axis=1) | ~_has_device(slots, table)] = 1.0
    columns = [pd.factorize(lines[name])[0] for name in ("card", "substance", "stream", "dimension")]
    signature = np.column_stack([*columns, pd.factorize(rate)[0], slots])
    _, first, number = np.unique(signature, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    known = [
        Slot(*one)
        for one in zip(
            *(table[name].tolist() for name in ("argument", "device", "origin", "row", "value")), strict=True
        )
    ]
    heads = lines.iloc[first[order]]
    implied = tuple(
        Implied(
            card,
            substance,
            stream,
            dimension,
            float(rate[line]),
            tuple(known[slot] for slot in slots[line] if slot >= 0),
            value,
        )
        for card, substance, stream, dimension, value, line in zip(
            *(heads[name].astype(str) for name in ("card", "substance", "stream", "dimension")),
            heads["ief"].tolist(),
            first[order].tolist(),
            strict=True,
        )
    )
    return position[number.reshape(-1)], implied


def _slots(run: Run, lines: pd.DataFrame) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Return per line the numbers of its distinct matches, filled up with -1, and the table of distinct matches."""
    position = np.full(len(run.lines), -1, dtype=np.int64)
    position[lines["line"].to_numpy(dtype=np.int64)] = np.arange(len(lines))
    line = position[run.matches["line"].to_numpy(dtype=np.int64)]
    matches = run.matches[line >= 0]
    line = line[line >= 0]
    columns = ["argument", "device", "origin", "row", "value"]
    matches = matches.astype({"origin": "int64", "row": "int64", "value": "float64"})
    number = matches.groupby(columns, sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64)
    order = np.lexsort((number, line))
    line, number = line[order], number[order]
    place = np.arange(len(line)) - np.searchsorted(line, line)
    slots = np.full((len(lines), int(place.max()) + 1 if len(place) else 1), -1, dtype=np.int64)
    slots[line, place] = number
    return slots, matches[columns].drop_duplicates(ignore_index=True)


def _has_device(slots: npt.NDArray[np.int64], table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    device = np.append((table["device"].astype(str) != "").to_numpy(), [False])
    return np.asarray(device[slots].any(axis=1), dtype=np.bool_)


def _rates(lines: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return collection efficiency x operating rate of each line, as the devices of its key work."""
    rate = np.ones(len(lines))
    for name in RATE_COLUMNS:
        stated = lines[name].to_numpy(dtype=np.float64)
        rate = np.where(np.isfinite(stated), rate * stated, rate)
    return rate
