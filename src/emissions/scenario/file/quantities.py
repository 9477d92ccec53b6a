"""Units of a scenario file: what an officer writes, and the unit in which each thing is used."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TypeVar

from emissions.errors import UnknownUnit
from emissions.scenario.model import Path
from emissions.units import convertible, scale
from emissions.vocabulary import load_vocabulary
from emissions.vocabulary.tables import read_table

AnyPath = TypeVar("AnyPath", bound=Path)

RATE = "percent/year"
SHARE = "percent"
ENERGY = "Mtce"
CAPACITY = "GW"
ELECTRICITY = "TWh"
COAL_RATE = "gce/kWh"
HOURS = "hour/year"

POWER_PATHS: dict[str, str] = {
    "demand": ELECTRICITY,
    "export": ELECTRICITY,
    "losses": SHARE,
    "supply_coal_rate": COAL_RATE,
    "coal_capacity": CAPACITY,
}
"""Paths of the power balance and the unit in which they are used."""

_JOINTS = re.compile(r"\s*([/*·])\s*")


@cache
def expression(text: str) -> str:
    """Return the unit of a text as an expression of the registry, blank where it is unknown or has two readings.

    Words of the vocabulary (``亿吨标准煤``, ``%``) and expressions (``t*km``) serve, also joined by ``/`` or ``·``.

    Examples
    --------
    >>> expression("百分比/年"), expression("万千瓦"), expression("furlong")
    ('(percent)/(a)', '1e4*kW', '')
    """
    spelled = unicodedata.normalize("NFKC", text).strip()
    refused = {"".join(row["alias"].split()) for row in read_table("units_refused")}
    if not spelled or "".join(spelled.split()) in refused:
        return ""
    known = _known(spelled)
    if known:
        return known
    parts = _JOINTS.split(spelled)
    words = [_known(part) or part for part in parts[::2]]
    joined = f"({words[0]})" + "".join(
        f"{'/' if joint == '/' else '*'}({word})" for joint, word in zip(parts[1::2], words[1:], strict=True)
    )
    return joined if _is_unit(joined) else ""


def _known(text: str) -> str:
    """Return the expression of a word of the vocabulary or of the registry."""
    vocabulary = load_vocabulary()
    name = vocabulary.resolve("units", text)
    if name is not None:
        return vocabulary.units[name].expression
    return text if _is_unit(text) else ""


def _is_unit(text: str) -> bool:
    if text != "1" and text.replace(".", "").isdigit():
        return False
    try:
        scale(text, text)
    except (UnknownUnit, ZeroDivisionError):
        return False
    return True


def fits(text: str, unit: str) -> bool:
    """Tell whether a text is a unit of the dimension of ``unit``.

    Examples
    --------
    >>> fits("亿千瓦时", "TWh"), fits("Mtce", "TWh"), fits("percent", "Mtce")
    (True, True, False)
    """
    found = expression(text)
    return bool(found) and convertible(found, unit)


def in_unit(path: AnyPath, unit: str) -> AnyPath:
    """Return the same path with its points in another unit of the same dimension.

    Examples
    --------
    >>> in_unit(Path(unit="1", points={2020: 0.5}), "percent").points
    {2020: 50.0}
    """
    if path.unit == unit:
        return path
    factor = scale(expression(path.unit), unit)
    return path.model_copy(
        update={"unit": unit, "points": {year: value * factor for year, value in path.points.items()}}
    )


def unit_of_driver(name: str, unit: str) -> str:
    """Return the unit in which a driver is used: growth in percent a year, a level in its own (as an expression).

    Blank where the unit is unknown.

    Examples
    --------
    >>> unit_of_driver("output", "1/a"), unit_of_driver("population", "万人")
    ('percent/year', '1e4*person')
    """
    return RATE if name == "gdp_growth" or fits(unit, RATE) else expression(unit)
