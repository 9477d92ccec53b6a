"""The result of a calculation: tables joined by number, nothing stored twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.table import ActivityTable
from emissions.engine.lines import KindLines, as_texts
from emissions.errors import Problem
from emissions.factors import FactorLibrary


def counts(lines: pd.DataFrame) -> pd.Series:
    """Tell which lines count in totals: computed, and no memo item."""
    return (lines["status"] == "ok") & (lines["memo"] == "")


@dataclass(frozen=True)
class Run:
    """Everything a calculation knows.

    Attributes
    ----------
    activity
        The expanded activity table (children instead of the rows they replace).
    keys
        Distinct keys, one row each.
    key_of_row
        Key number of each activity row.
    kind_lines
        Lines of kinds of keys, of which :attr:`lines` are made where they are asked for.
    kind_matches
        What the arguments of these lines came from, as :attr:`matches`; ``line`` is that of ``kind_lines``.
    library
        The factor library used.
    measured_sets
        Sets of measured values that the key column ``measured`` numbers.
    gwp
        GWP metric of CO2 equivalents.
    notes
        What the user should know, in order.
    manifest
        Versions, digests, choices: enough to compute the same again.
    given
        The activity data the calculation began with; None for a stored result that does not hold them.
    """

    activity: ActivityTable
    keys: pd.DataFrame
    key_of_row: npt.NDArray[np.int64]
    kind_lines: KindLines
    kind_matches: pd.DataFrame
    library: FactorLibrary
    measured_sets: tuple[Any, ...]
    gwp: str
    notes: tuple[Problem, ...]
    manifest: Mapping[str, Any]
    given: ActivityTable | None = None

    @property
    def coded_lines(self) -> pd.DataFrame:
        """:attr:`lines`, in which words may be categoricals: for sums over many of them."""
        return self.kind_lines.of_all_keys

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row a key, substance and stream.

        Columns: key, substance, stream, category (output), memo, card, status (``ok``, ``NE``, ``IE`` or another
        notation key), reason, stopped (why preferred cards did not serve), ief (t per base unit of the key's
        dimension), tier, quantity (sum over the key, base unit), emission (t). ``emission`` is NaN where nothing
        could be computed; a line counts in totals only where status is ``ok`` and memo is blank.
        """
        return as_texts(self.coded_lines)

    @cached_property
    def matches(self) -> pd.DataFrame:
        """What each line's arguments came from: line, argument, device, origin, row, value, earlier."""
        return as_texts(self.coded_matches)

    @cached_property
    def coded_matches(self) -> pd.DataFrame:
        """:attr:`matches`, in which words may be categoricals."""
        return self.kind_lines.matches_of_all(self.kind_matches)

    @property
    def counted(self) -> pd.DataFrame:
        """Lines that count in totals: computed, and no memo item."""
        return self.lines[counts(self.lines)]

    @property
    def gaps(self) -> pd.DataFrame:
        """Lines that were not estimated."""
        return self.lines[self.lines["status"] == "NE"]
