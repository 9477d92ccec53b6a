"""Numbers of scenarios as plans in each language state them: unit, decimals, years that a short table shows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from emissions.report.numbers import decimals
from emissions.vocabulary import Language

_UNITS: dict[str, dict[str, tuple[float, str]]] = {
    "zh": {
        "t": (1e-4, "万吨"),
        "kt": (0.1, "万吨"),
        "Mt": (100.0, "万吨"),
        "Mtce": (100.0, "万吨标准煤"),
        "GW": (100.0, "万千瓦"),
        "TWh": (10.0, "亿千瓦时"),
        "gce/kWh": (1.0, "克标准煤/千瓦时"),
        "percent": (1.0, "%"),
        "percent/year": (1.0, "%/年"),
        "hour/year": (1.0, "小时/年"),
        "1": (1.0, ""),
    },
    "en": {"t": (1e-3, "kt"), "percent": (1.0, "%"), "percent/year": (1.0, "%/a"), "1": (1.0, "")},
}
"""Unit of a table -> factor and unit for reading; a unit that is not here is shown as it is."""

_MOST_PLACES = {"percent": 1, "percent/year": 2}
"""Unit -> most decimals; three for any other."""

_LARGE = 1e7
"""Tonnes from which a column in English is in Mt."""

STEP = 5
"""A short table shows the base year, the years that this divides, and the last one."""
MOST_YEARS = 8


@dataclass(frozen=True)
class Shown:
    """A unit for reading, and the decimals a row of numbers needs.

    Parameters
    ----------
    factor
        What a number of the table is multiplied by.
    unit
        Unit for reading; blank where there is none.
    places
        Decimals.
    """

    factor: float
    unit: str
    places: int

    @classmethod
    def of(cls, values: Iterable[float], unit: str, language: Language) -> Shown:
        """Return the form for some values in a unit.

        Examples
        --------
        >>> Shown.of([271.0, 324.0], "Mtce", "zh").text(271.0)
        '27,100'
        >>> Shown.of([271.0, 324.0], "Mtce", "en").text(271.0)
        '271.0'
        """
        largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
        factor, name = shown_unit(unit, language)
        if unit == "t" and language == "en" and largest >= _LARGE:
            factor, name = 1e-6, "Mt"
        return cls(factor, name, min(decimals(largest * factor), _MOST_PLACES.get(unit, 3)))

    @classmethod
    def of_mass(cls, values: Iterable[float], substance: str, language: Language) -> Shown:
        """Return the form for tonnes of a substance: in English CO2 is in Mt everywhere, any other in kt.

        Examples
        --------
        >>> Shown.of_mass([-47_900.0], "CO2", "en").with_unit(-47_900.0)
        '-0.048 Mt'
        >>> Shown.of_mass([2e10], "SO2", "en").unit
        'kt'
        """
        factor, unit = (1e-6, "Mt") if language == "en" and substance == "CO2" else shown_unit("t", language)
        largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
        return cls(factor, unit, min(decimals(largest * factor), _MOST_PLACES.get("t", 3)))

    def text(self, value: float, *, signed: bool = False) -> str:
        """Return a number of the table for reading; a dash where there is none.

        Examples
        --------
        >>> Shown(1.0, "%", 1).text(-1.54, signed=True), Shown(1.0, "", 0).text(float("nan"))
        ('-1.5', '–')
        """
        if not math.isfinite(value):
            return "–"
        rounded = round(value * self.factor, self.places) + 0.0
        return f"{rounded:{'+' if signed else ''},.{self.places}f}"

    def with_unit(self, value: float, *, signed: bool = False) -> str:
        """Return a number with its unit."""
        return f"{self.text(value, signed=signed)} {self.unit}".strip()


def shown_unit(unit: str, language: Language) -> tuple[float, str]:
    """Return factor and unit for reading a unit of a table.

    Examples
    --------
    >>> shown_unit("GW", "zh"), shown_unit("GW", "en")
    ((100.0, '万千瓦'), (1.0, 'GW'))
    """
    return _UNITS[language].get(unit, (1.0, unit))


def quantity(value: float, unit: str, language: Language, *, signed: bool = False) -> str:
    """Return one number with the unit for reading.

    Examples
    --------
    >>> quantity(4.0, "Mtce", "zh")
    '400.0 万吨标准煤'
    """
    return Shown.of([value], unit, language).with_unit(value, signed=signed)


def short_years(years: Sequence[int], base: int) -> list[int]:
    """Return the years a short table shows: base year, every fifth, the last; every tenth where these are many.

    Examples
    --------
    >>> short_years(range(2020, 2036), 2020), short_years(range(2021, 2061), 2021)
    ([2020, 2025, 2030, 2035], [2021, 2030, 2040, 2050, 2060])
    """
    for step in (STEP, 2 * STEP, 4 * STEP):
        found = [year for year in years if year in {base, years[-1]} or year % step == 0]
        if len(found) <= MOST_YEARS:
            return found
    return [base, years[-1]]


def change(value: float, base: float) -> str:
    """Return a relative change as percent with its sign; a dash where there is no base.

    Examples
    --------
    >>> change(110.0, 100.0), change(1.0, 0.0)
    ('+10.0 %', '–')
    """
    if not (math.isfinite(value) and math.isfinite(base)) or base == 0:
        return "–"
    return f"{100 * (value / base - 1):+.1f} %"
