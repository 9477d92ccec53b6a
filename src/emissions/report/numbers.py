"""Numbers for reading: one unit a column, as many decimals as it needs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from emissions.vocabulary import Language

_UNITS: dict[str, tuple[tuple[float, str], ...]] = {
    "zh": ((1e5, "万吨"), (0.0, "吨")),
    "en": ((1e7, "Mt"), (1e4, "kt"), (0.0, "t")),
}
_SIZE = {"万吨": 1e4, "吨": 1.0, "Mt": 1e6, "kt": 1e3, "t": 1.0}
DIGITS = 4
"""Significant digits of the largest number of a column."""


@dataclass(frozen=True)
class Scale:
    """A unit for a column of masses in t.

    Examples
    --------
    >>> Scale.of([688814000.0, 12000.0], "en").show(688814000.0)
    '688.8'
    """

    unit: str
    decimals: int

    @classmethod
    def of(cls, values: Iterable[float], language: Language) -> Scale:
        """Return the scale that suits the largest of some masses in t."""
        largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
        unit = next(unit for bound, unit in _UNITS[language] if largest >= bound)
        return cls(unit, decimals(largest / _SIZE[unit]))

    def show(self, value: float) -> str:
        """Return a mass in t in this unit; what would round to nothing is shown as smaller than the last digit."""
        if not math.isfinite(value):
            return "–"
        scaled = value / _SIZE[self.unit]
        least = 10.0**-self.decimals
        if scaled != 0 and abs(scaled) < least / 2:
            return f"<{least:.{self.decimals}f}" if scaled > 0 else f">-{least:.{self.decimals}f}"
        return f"{scaled:,.{self.decimals}f}"


def decimals(largest: float) -> int:
    """Return the decimals a column with this largest number needs.

    Examples
    --------
    >>> decimals(68881.4), decimals(10.77), decimals(0.0)
    (0, 2, 0)
    """
    if largest == 0 or not math.isfinite(largest):
        return 0
    return min(6, max(0, DIGITS - 1 - math.floor(math.log10(largest))))


def mass(value: float, language: Language) -> str:
    """Return a mass in t with the unit that suits it.

    Examples
    --------
    >>> mass(809863.0, "en")
    '809.9 kt'
    """
    scale = Scale.of([value], language)
    return f"{scale.show(value)} {scale.unit}"


def share(value: float) -> str:
    """Return a share as percent.

    Examples
    --------
    >>> share(0.1234), share(float("nan"))
    ('12.3 %', '–')
    """
    return f"{100 * value:.1f} %" if math.isfinite(value) else "–"


def figure(value: float) -> str:
    """Return a number with six significant digits, thousands separated where it is large.

    Examples
    --------
    >>> figure(628500.0), figure(0.0153732), figure(1e-7)
    ('628,500', '0.0153732', '1e-07')
    """
    if not math.isfinite(value):
        return "–"
    if 1e5 <= abs(value) < 1e15:
        return f"{value:,.0f}" if value == round(value) or abs(value) >= 1e6 else f"{value:,.1f}"
    return f"{value:.6g}"
