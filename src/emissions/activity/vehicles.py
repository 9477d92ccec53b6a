"""Vehicles: a stock and an annual mileage give vehicles present and kilometres driven."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from emissions.activity.cells import read_quantity, text_of
from emissions.activity.check import Checked, check_activity
from emissions.activity.collect import Collector
from emissions.activity.given import Given
from emissions.activity.plausible import bound
from emissions.activity.raw import RawRows
from emissions.activity.words import find_unit, find_word
from emissions.units import BASE_UNITS, convertible, scale
from emissions.vocabulary import load_vocabulary

_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


def check_vehicles(raw: RawRows, given: Given) -> Checked:
    """Check a sheet of vehicles; every row gives a row of stock and, with a mileage, a row of distance.

    A class and a fuel together name the activity where the class alone does not
    (``小型客车`` and ``汽油``). The distance is stock x annual mileage.
    """
    named, contradicted = _with_activity(raw)
    found = Collector(named)
    for position in contradicted:
        found.add(
            "fuel_differs",
            position,
            "fuel",
            found=text_of(raw.table["fuel"].iat[position]),
            vehicle=text_of(raw.table["activity"].iat[position]),
        )
    stock = check_activity(named, given, quantity="stock", use="stock")
    mileage, texts = _mileage(found, given.decimal_comma)
    keep = np.array([position for position in stock.positions if not found.refused[position]], dtype=np.intp)
    rows = stock.rows.iloc[[index for index, position in enumerate(stock.positions) if not found.refused[position]]]
    per_vehicle = mileage[keep]
    moving = ~np.isnan(per_vehicle) | (rows["notation"] != "").to_numpy()
    driven = rows.loc[moving].copy()
    driven["use"], driven["dimension"], driven["unit"] = "distance", "distance", BASE_UNITS["distance"]
    driven["quantity_as_printed"] = [
        f"{stated} {unit} × {texts[position] or '—'}"
        for stated, unit, position in zip(
            driven["quantity_as_printed"], driven["unit_as_printed"], keep[moving], strict=True
        )
    ]
    for name in ("quantity", "low", "high"):
        driven[name] = driven[name] * per_vehicle[moving]
    driven["unit_as_printed"] = ""
    refused = len(raw.table) - len(rows)
    return Checked(
        pd.concat([rows, driven], ignore_index=True),
        (*stock.problems, *found.problems),
        (*stock.notes, *found.notes()),
        refused,
        keep.tolist(),
    )


def _with_activity(raw: RawRows) -> tuple[RawRows, list[int]]:
    """Name the activity by class and fuel together; return also the rows whose fuel is not that of their class."""
    if "fuel" not in raw.table.columns or "activity" not in raw.table.columns:
        return raw, []
    pairs = list(zip(map(text_of, raw.table["activity"]), map(text_of, raw.table["fuel"]), strict=True))
    named = {pair: _activity_text(*pair) for pair in dict.fromkeys(pairs)}
    table = raw.table.drop(columns="fuel")
    table["activity"] = [named[pair] or pair[0] for pair in pairs]
    return replace(raw, table=table), [position for position, pair in enumerate(pairs) if named[pair] is None]


def _activity_text(vehicle: str, fuel: str) -> str | None:
    """Return the text that names the activity, None where the fuel contradicts the class."""
    if not fuel or not vehicle:
        return vehicle
    bare = _BRACKETS.sub("", vehicle).strip()
    texts = (f"{bare}{fuel}", f"{fuel}{bare}", f"{bare}（{fuel}）", f"{bare}, {fuel}")
    joined = next((text for text in texts if _vehicle(text)), "")
    if not _vehicle(vehicle):
        return joined or vehicle
    return vehicle if _vehicle(joined) == _vehicle(vehicle) else None


def _vehicle(text: str) -> str:
    """Return the activity of a text if it is one that can be counted, blank otherwise."""
    word = find_word("activities", text).word
    return word if word and load_vocabulary().activities[word]["dimensions"] else ""


def _mileage(found: Collector, decimal_comma: str) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], list[str]]:
    """Return kilometres a vehicle and year, NaN where not stated, and each as printed."""
    raw = found.raw
    if "mileage" not in raw.table.columns:
        return np.full(len(raw.table), np.nan), [""] * len(raw.table)
    heading = raw.units.get("mileage", "")
    values = np.full(len(raw.table), np.nan)
    most = bound("annual_mileage")
    texts: list[str] = []
    for position, cell in enumerate(raw.table["mileage"]):
        reading = read_quantity(cell, from_text_file=raw.is_text, decimal_comma=decimal_comma)
        unit = reading.unit or heading
        texts.append("" if reading.blank else f"{text_of(cell)} {'' if reading.unit else heading}".strip())
        if reading.blank:
            found.say("mileage_missing", position, "mileage", "", "warning")
        elif reading.problem or reading.notation:
            found.add(reading.problem or "not_a_number", position, "mileage", found=text_of(cell))
        elif reading.value < 0:
            found.add("negative_quantity", position, "mileage", found=text_of(cell))
        else:
            values[position] = reading.value * _kilometres(found, position, unit)
            if values[position] > most.value:
                found.say("mileage_not_possible", position, "mileage", texts[-1], "warning", **most.facts)
    return values, texts


def _kilometres(found: Collector, position: int, unit: str) -> float:
    looked = find_unit(unit)
    if looked.dimension == "distance":
        return looked.factor
    expression = load_vocabulary().units[looked.unit].expression if looked.unit else ""
    if expression and convertible(expression, "km/a"):
        return scale(expression, "km/a")
    code = looked.problem if looked.problem in {"unknown_unit", "unit_missing", "unit_ambiguous"} else "wrong_dimension"
    found.add(
        code,
        position,
        "mileage",
        found=unit,
        nearest=looked.nearest,
        readings=looked.readings,
        hint_zh=looked.hint_zh,
        hint_en=looked.hint_en,
        allowed="distance (km)",
    )
    return float("nan")
