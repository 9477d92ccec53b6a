"""Looking up indicators by name, boundary and year, with the reason where one is not there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from emissions.errors import UnknownUnit
from emissions.units import scale
from emissions.vocabulary import Language, load_vocabulary, message

SAME = 1e-9
"""Relative distance of two values that are one."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why something has no value, as a message of the vocabulary with its facts."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_words(cls, zh: str, en: str) -> Why:
        """Return a reason that data state in both languages."""
        return cls("target_reason.words", {"words_zh": zh, "words_en": en})

    def text(self, language: Language) -> str:
        """Return the reason in words."""
        return message(self.code, language, **self.facts)


class IndicatorTable:
    """Indicators of one region, asked for one value at a time.

    Parameters
    ----------
    table
        Columns indicator, year, value, unit, boundary; a row without a value counts as absent.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        known = table[table["value"].notna()]
        columns = (known[name] for name in ("indicator", "boundary", "year", "value", "unit"))
        self._values: dict[str, dict[str, dict[int, list[tuple[float, str]]]]] = {}
        for name, boundary, year, value, unit in zip(*columns, strict=True):
            years = self._values.setdefault(str(name), {}).setdefault(str(boundary), {})
            years.setdefault(int(year), []).append((float(value), str(unit)))

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def get(self, name: str, boundary: str, year: int, unit: str) -> float | Why:
        """Return a value in ``unit``, or why there is none.

        A value of another boundary is never taken; several different values are refused.
        """
        found = self._stated(name, boundary, year)
        if isinstance(found, Why):
            return found
        try:
            values = [value * unit_factor(own, unit) for value, own in found]
        except UnknownUnit:
            return Why("target_reason.unit", {"name": name, "found": found[0][1], "unit": unit})
        return _one(name, year, values)

    def change(self, name: str, boundary: str, first: int, last: int) -> float | Why:
        """Return the relative change of an indicator between two years in percent, or why there is none."""
        start = self._stated(name, boundary, first)
        if isinstance(start, Why):
            return start
        unit = start[0][1]
        before, after = self.get(name, boundary, first, unit), self.get(name, boundary, last, unit)
        if isinstance(before, Why):
            return before
        if isinstance(after, Why):
            return after
        if before == 0:
            return Why("target_reason.zero", {"name": name, "year": str(first)})
        return 100 * (after / before - 1)

    def _stated(self, name: str, boundary: str, year: int) -> list[tuple[float, str]] | Why:
        boundaries = self._values.get(name)
        if not boundaries:
            return Why("target_reason.not_supplied", {"name": name})
        years = boundaries.get(boundary)
        if years is None:
            words = {
                f"{which}_{language}": _boundary(word, language)
                for which, word in (("found", next(iter(boundaries))), ("wanted", boundary))
                for language in ("zh", "en")
            }
            return Why("target_reason.boundary", {"name": name, **words})
        return years.get(year) or Why("target_reason.no_year", {"name": name, "year": str(year)})


def _one(name: str, year: int, values: list[float]) -> float | Why:
    if all(math.isclose(values[0], other, rel_tol=SAME, abs_tol=SAME) for other in values):
        return values[0]
    found = ", ".join(f"{one:g}" for one in sorted(set(values)))
    return Why("target_reason.several", {"name": name, "year": str(year), "found": found})


def _boundary(word: str, language: Language) -> str:
    return message(f"target_boundary.{word or 'none'}", language)


def unit_factor(unit: str, target: str) -> float:
    """Return the number that turns ``unit`` into ``target``, each a word of the vocabulary or an expression.

    Raises
    ------
    UnknownUnit
        A unit is unknown, or the dimensions differ.

    Examples
    --------
    >>> unit_factor("1", "%"), unit_factor("万吨标准煤", "Mtce")
    (100.0, 0.01)
    """
    return 1.0 if unit == target else scale(_expression(unit), _expression(target))


def _expression(unit: str) -> str:
    vocabulary = load_vocabulary()
    word = vocabulary.resolve("units", unit)
    return vocabulary.units[word].expression if word else unit
