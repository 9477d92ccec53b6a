"""One unit for the values of a parameter, so that rows of different sources can be held against each other."""

from __future__ import annotations

from functools import cache

from emissions.units import BASE_UNITS, convertible, per, scale
from emissions.vocabulary import load_vocabulary


@cache
def common_unit(unit: str, parameter: str) -> tuple[str, float]:
    """Return the unit of the parameter that a unit can be turned into, and the factor; itself where there is none."""
    declared = load_vocabulary().parameters[parameter]["unit"]
    for dimension in BASE_UNITS:
        target = per(declared, dimension) if dimension != "ratio" else declared
        if "{per}" not in target and convertible(unit, target):
            return target.replace("(", "").replace(")", ""), scale(unit, target)
    return unit, 1.0
