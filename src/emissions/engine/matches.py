"""Matches: one factor row or measured value a line, for an argument of a formula or for one device of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emissions.factors import Matched

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MEASURED, PUBLISHED = 1, 0
"""Origin of a match."""


@dataclass(frozen=True)
class Match:
    """One factor row or measured value a line (-1: none) for an argument, or for one device of it."""

    argument: str
    device: str
    origin: int
    row: Rows
    value: Numbers
    rival: Rows
    earlier: Flags

    def only(self, mask: Flags) -> Match:
        """Return the match of some of the lines; the others have none."""
        if mask.all():
            return self
        return Match(
            self.argument,
            self.device,
            self.origin,
            np.where(mask, self.row, -1),
            np.where(mask, self.value, np.nan),
            np.where(mask, self.rival, -1),
            self.earlier & mask,
        )

    def with_others(self, matched: Matched, mask: Flags) -> Match:
        """Return the match with other rows for some of the lines."""
        return Match(
            self.argument,
            self.device,
            self.origin,
            np.where(mask, matched.row, self.row),
            np.where(mask, matched.value, self.value),
            np.where(mask, matched.rival, self.rival),
            np.where(mask, matched.earlier, self.earlier),
        )


def published(argument: str, device: str, matched: Matched) -> Match:
    """Return the rows that were found as a match."""
    return Match(argument, device, PUBLISHED, matched.row, matched.value, matched.rival, matched.earlier)


def measured(argument: str, row: Rows, value: Numbers) -> Match:
    """Return measured values as a match; they have no rival."""
    none = np.full(len(row), -1, dtype=np.int64)
    return Match(argument, "", MEASURED, row, value, none, np.zeros(len(row), dtype=bool))


def no_match(argument: str, size: int) -> Match:
    """Return the match of lines that have none."""
    none = np.full(size, -1, dtype=np.int64)
    return Match(argument, "", PUBLISHED, none, np.full(size, np.nan), none, np.zeros(size, dtype=bool))


def first_of(matches: Sequence[Match]) -> tuple[Numbers, tuple[Match, ...]]:
    """Return for each line the first value that there is, and the matches for the lines that each of them serves."""
    value, kept = matches[0].value, [matches[0]]
    for match in matches[1:]:
        taken = np.isfinite(value)
        kept.append(match.only(~taken))
        value = np.where(taken, value, match.value)
    return value, tuple(kept)
