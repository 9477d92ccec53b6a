"""Units by a small table of factors and exponents, for the reference calculation."""

from __future__ import annotations

import re
from functools import cache

Unit = tuple[float, dict[str, int]]

_PLAIN: dict[str, tuple[float, str]] = {
    "g": (1e-6, "mass"), "kg": (1e-3, "mass"), "mg": (1e-9, "mass"), "ug": (1e-12, "mass"), "t": (1.0, "mass"),
    "Mg": (1.0, "mass"), "kt": (1e3, "mass"), "Gg": (1e3, "mass"), "Mt": (1e6, "mass"), "Tg": (1e6, "mass"),
    "Gt": (1e9, "mass"),
    "J": (1e-12, "energy"), "kJ": (1e-9, "energy"), "MJ": (1e-6, "energy"), "GJ": (1e-3, "energy"),
    "TJ": (1.0, "energy"), "PJ": (1e3, "energy"), "EJ": (1e6, "energy"),
    "kWh": (3.6e-6, "energy"), "MWh": (3.6e-3, "energy"), "GWh": (3.6, "energy"), "TWh": (3.6e3, "energy"),
    "tce": (29.3076e-3, "energy"), "kgce": (29.3076e-6, "energy"), "ktce": (29.3076, "energy"),
    "Mtce": (29.3076e3, "energy"),
    "km": (1.0, "length"), "m": (1e-3, "length"), "cm": (1e-5, "length"),
    "unit": (1.0, "item"), "person": (1.0, "person"), "CNY": (1.0, "money"),
    "a": (1.0, "year"), "d": (1 / 365, "year"), "h": (1.0, "hour"), "min": (1 / 60, "hour"), "s": (1 / 3600, "hour"),
    "mV": (1.0, "voltage"), "degC": (1.0, "temperature"),
}  # fmt: skip
_POWERS: dict[str, Unit] = {
    "ha": (1e-2, {"length": 2}), "L": (1e-12, {"length": 3}), "hl": (1e-10, {"length": 3}),
    "MW": (3.6e-3, {"energy": 1, "hour": -1}), "1": (1.0, {}), "percent": (1e-2, {}), "permille": (1e-3, {}),
    "ppm": (1e-6, {}),
}  # fmt: skip
_TOKEN = re.compile(r"\s*(\d[\d.]*(?:e[+-]?\d+)?|[A-Za-z]+|\*\*|[*/^()])")


class NoUnit(Exception):
    """A text is no unit of the table, or two units differ in dimension."""


def convert(value: float, unit: str, target: str) -> float:
    """Return a value in another unit."""
    own, wanted = parse(unit), parse(target)
    if own[1] != wanted[1]:
        raise NoUnit(f"{unit} is no {target}")
    return value * own[0] / wanted[0]


@cache
def parse(text: str) -> Unit:
    """Return factor and exponents of a product of units such as ``(kg/t)/(min/d)``."""
    tokens = _TOKEN.findall(text or "1")
    if "".join(tokens) != re.sub(r"\s", "", text or "1"):
        raise NoUnit(text)
    unit, rest = _product(tokens)
    if rest:
        raise NoUnit(text)
    return unit[0], {name: power for name, power in unit[1].items() if power}


def _product(tokens: list[str]) -> tuple[Unit, list[str]]:
    unit, tokens = _power(tokens)
    while tokens and tokens[0] in {"*", "/"}:
        sign = 1 if tokens[0] == "*" else -1
        other, tokens = _power(tokens[1:])
        unit = _times(unit, other, sign)
    return unit, tokens


def _power(tokens: list[str]) -> tuple[Unit, list[str]]:
    unit, tokens = _atom(tokens)
    if tokens and tokens[0] in {"^", "**"}:
        power = int(tokens[1])
        return (unit[0] ** power, {name: one * power for name, one in unit[1].items()}), tokens[2:]
    return unit, tokens


def _atom(tokens: list[str]) -> tuple[Unit, list[str]]:
    if not tokens:
        raise NoUnit("nothing where a unit should stand")
    first, rest = tokens[0], tokens[1:]
    if first == "(":
        unit, rest = _product(rest)
        if not rest or rest[0] != ")":
            raise NoUnit("a bracket is not closed")
        return unit, rest[1:]
    if first in _POWERS:
        return _POWERS[first], rest
    if first in _PLAIN:
        factor, dimension = _PLAIN[first]
        return (factor, {dimension: 1}), rest
    if first[0].isdigit():
        return (float(first), {}), rest
    raise NoUnit(first)


def _times(one: Unit, other: Unit, sign: int) -> Unit:
    powers = dict(one[1])
    for name, power in other[1].items():
        powers[name] = powers.get(name, 0) + sign * power
    return one[0] * other[0] ** sign, powers
