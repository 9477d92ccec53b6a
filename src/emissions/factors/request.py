"""What is asked of the factor rows, what is answered, and what a rank counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

ANY_ACTIVITY, ANY_CATEGORY, UNSTATED_WORD, ANY_REGION, ANY_TIME = 63, 127, 16, 31, 511
"""Ranks of rows that name nothing in a column: behind all that name something that fits."""
RADIX = {
    "package": 64,
    "activity": 64,
    "category": 128,
    "conditions": 32,
    "words": 64,
    "region": 32,
    "time": 512,
    "grade": 8,
}


@dataclass(frozen=True)
class Request:
    """One parameter as a card asks for it; see :class:`emissions.methods.Argument`.

    Attributes
    ----------
    streams
        Streams a row may name; a blank among them allows rows that name none.
    unit
        Unit the value is wanted in; rows of another dimension are no candidates.
    bases
        Allowed bases; empty asks for rows that name none.
    device
        Ask for rows of this control device only (removal efficiencies).
    activity, category
        In place of the key's own.
    where
        Conditions in place of the key's own, as pairs.
    earlier_year
        Allow the nearest earlier year where no row is valid in the key's year.
    packages
        Only these packages; empty: those of the set's order.
    """

    parameter: str
    substance: str
    streams: tuple[str, ...]
    unit: str
    bases: tuple[str, ...] = ()
    device: str = ""
    activity: str = ""
    category: str = ""
    where: tuple[tuple[str, str], ...] = ()
    earlier_year: bool = False
    packages: tuple[str, ...] = ()

    @property
    def instead(self) -> tuple[object, ...]:
        """What is put in place of the key's own: requests that put the same can be answered together."""
        return self.activity, self.category, self.where


@dataclass(frozen=True)
class Matched:
    """Answer to a request, one element a key.

    Attributes
    ----------
    row
        Row number in the library, -1 where no row fits.
    rival
        Row number of an equally good row where there is one, else -1.
    value
        Value in the unit asked for, NaN where no row fits.
    earlier
        True where an earlier year's row stands in.
    """

    row: npt.NDArray[np.int64]
    rival: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    earlier: npt.NDArray[np.bool_]


@cache
def weight(name: str) -> int:
    """Return what one rank of a column counts in the score: more than all later columns together."""
    names = list(RADIX)
    return math.prod(RADIX[later] for later in names[names.index(name) + 1 :])
