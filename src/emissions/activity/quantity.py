"""Quantities of a sheet: numbers, units, bounds, all in the base unit of their dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emissions.activity.cells import Reading, read_quantity, read_share, text_of
from emissions.activity.collect import Collector
from emissions.activity.words import LookedUnit, find_unit
from emissions.units import BASE_UNITS
from emissions.vocabulary import load_vocabulary, normalise

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Quantities:
    """Columns of quantities; values and bounds in base units."""

    value: Floats
    low: Floats
    high: Floats
    dimension: list[str]
    notation: list[str]
    printed: list[str]
    unit_printed: list[str]


def read_quantities(found: Collector, field: str, activities: Sequence[str], decimal_comma: str) -> Quantities:
    """Read the quantities of a sheet with their units.

    Parameters
    ----------
    found
        Rows and collector of problems.
    field
        Column of the quantity.
    activities
        Activity of every row, blank where it is unknown.
    decimal_comma
        What ``1,5`` means.
    """
    readings = _readings(found, field, decimal_comma)
    texts = _unit_texts(found, field, readings)
    units = {text: find_unit(text) for text in dict.fromkeys(texts)}
    _unit_problems(found, field, texts, units, readings, activities)
    factor = np.array([units[text].factor for text in texts], dtype=np.float64)
    value = np.array([reading.value for reading in readings], dtype=np.float64) * factor
    low, high = _bounds(found, field, value, factor, decimal_comma)
    dimension = [
        units[text].dimension or (_only_dimension(activity) if reading.notation else "")
        for text, activity, reading in zip(texts, activities, readings, strict=True)
    ]
    printed = found.texts("printed") if "printed" in found.raw.table.columns else found.texts(field)
    return Quantities(value, low, high, dimension, [reading.notation for reading in readings], printed, texts)


def _readings(found: Collector, field: str, decimal_comma: str) -> list[Reading]:
    cells = found.raw.table[field]
    is_text = found.raw.is_text
    readings = [read_quantity(cell, from_text_file=is_text, decimal_comma=decimal_comma) for cell in cells]
    for position, reading in enumerate(readings):
        if reading.problem:
            found.add(
                reading.problem,
                position,
                field,
                found=text_of(cells.iat[position]),
                nearest="NA" if normalise(text_of(cells.iat[position])) == "n/a" else "",
            )
        elif reading.blank:
            found.refused[position] = True
        elif reading.said:
            found.say(reading.said, position, field, text_of(cells.iat[position]))
    return readings


def _unit_texts(found: Collector, field: str, readings: Sequence[Reading]) -> list[str]:
    """Return the unit text of every row: of the unit column, else the heading, else behind the number."""
    heading = found.raw.units.get(field, "")
    texts = found.texts("unit", heading) if field in {"quantity", "value"} else [heading] * len(readings)
    own = found.texts("unit") if heading and field == "quantity" else []
    for position, text in enumerate(own):
        if text and find_unit(text).unit != find_unit(heading).unit:
            found.add("unit_twice", position, "unit", found=text, other=heading)
    for position, reading in enumerate(readings):
        if not reading.unit:
            continue
        if texts[position] and find_unit(texts[position]).unit != find_unit(reading.unit).unit:
            found.add("unit_twice", position, field, found=reading.unit, other=texts[position])
        texts[position] = texts[position] or reading.unit
    return texts


def _unit_problems(
    found: Collector,
    field: str,
    texts: Sequence[str],
    units: dict[str, LookedUnit],
    readings: Sequence[Reading],
    activities: Sequence[str],
) -> None:
    allowed = {activity: _dimensions(activity) for activity in dict.fromkeys(activities)}
    rows = zip(texts, readings, activities, strict=True)
    for position, (text, reading, activity) in enumerate(rows):
        unit = units[text]
        if not text and (reading.notation or reading.blank or reading.problem):
            continue
        where = "unit" if "unit" in found.raw.columns or "unit" in found.raw.cells else field
        if unit.problem:
            found.add(
                unit.problem,
                position,
                where,
                found=text,
                nearest=unit.nearest,
                readings=unit.readings,
                hint_zh=unit.hint_zh,
                hint_en=unit.hint_en,
                activity=activity,
            )
        elif activity and allowed[activity] and unit.dimension not in allowed[activity]:
            row = load_vocabulary().activities[activity]
            found.add(
                "wrong_dimension",
                position,
                where,
                found=text,
                dimension=unit.dimension,
                allowed=", ".join(BASE_UNITS[name] for name in allowed[activity]),
                activity_zh=row["label_zh"],
                activity_en=row["label_en"],
            )


def _dimensions(activity: str) -> tuple[str, ...]:
    if not activity:
        return ()
    return tuple(name for name in load_vocabulary().activities[activity]["dimensions"].split("|") if name)


def _only_dimension(activity: str) -> str:
    """Return the first dimension of an activity, for a notation key without a unit."""
    return next(iter(_dimensions(activity)), "")


def _bounds(found: Collector, field: str, value: Floats, factor: Floats, decimal_comma: str) -> tuple[Floats, Floats]:
    """Read low and high, or a relative uncertainty, and hold them against the quantity."""
    low, high = (_bound(found, name, factor, decimal_comma) for name in ("low", "high"))
    if "uncertainty" in found.raw.table.columns:
        percent = found.raw.units.get("uncertainty", "") == "%"
        for position, cell in enumerate(found.raw.table["uncertainty"]):
            plain = cell.strip().lstrip("±+-/ ") if isinstance(cell, str) else cell
            reading = read_share(plain, percent_column=percent)
            if reading.problem or reading.notation:
                found.add(reading.problem or "not_a_number", position, "uncertainty", found=text_of(cell))
            elif not reading.blank:
                low[position] = value[position] * (1 - reading.value)
                high[position] = value[position] * (1 + reading.value)
    with np.errstate(invalid="ignore"):
        disordered = (low > value) | (high < value)
    for position in np.flatnonzero(disordered).tolist():
        found.add(
            "bounds_out_of_order",
            position,
            field,
            found=found.texts(field)[position],
            low=found.texts("low")[position],
            high=found.texts("high")[position],
        )
    return low, high


def _bound(found: Collector, name: str, factor: Floats, decimal_comma: str) -> Floats:
    result = np.full(len(factor), np.nan)
    if name not in found.raw.table.columns:
        return result
    for position, cell in enumerate(found.raw.table[name]):
        reading = read_quantity(cell, from_text_file=True, decimal_comma=decimal_comma)
        if reading.problem or reading.unit or reading.notation:
            found.add(reading.problem or "not_a_number", position, name, found=text_of(cell))
        elif not reading.blank:
            result[position] = reading.value * factor[position]
    return result
