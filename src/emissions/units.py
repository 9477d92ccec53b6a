"""Units: the only module that imports pint.

The registry differs from pint's own where accounting needs it: the accounting year ``a`` is a base
unit (a rate per year is not a rate per second), ``kt`` is kilotonne (pint: knot), ``unit`` counts
vehicles, animals and mines, ``tce`` is the tonne of coal equivalent of 29.3076 GJ (7000 kcal of
4.1868 kJ per kg, GB/T 2589), money is ``CNY``.
"""

from __future__ import annotations

from functools import cache
from tokenize import TokenError
from typing import TYPE_CHECKING

from emissions.errors import UnknownUnit

if TYPE_CHECKING:
    import pint

BASE_UNITS: dict[str, str] = {
    "mass": "t",
    "energy": "TJ",
    "volume": "m^3",
    "distance": "km",
    "count": "unit",
    "area": "ha",
    "ratio": "1",
}
"""Base unit of each dimension of activity data."""

_PARSING = (AttributeError, ValueError, TypeError, SyntaxError, AssertionError, ArithmeticError)
"""What pint raises for a text that is no unit, beside its own errors."""

_DEFINITIONS = """
unit = [item]
person = [person]
CNY = [money]
a = [accounting_year] = _ = year
d = a / 365
t = 1000 * kilogram
kt = 1000 * t
Mt = 1e6 * t
Gt = 1e9 * t
tce = 29.3076 * gigajoule
ktce = 1e3 * tce
Mtce = 1e6 * tce
kgce = 1e-3 * tce
gce = 1e-6 * tce
ha = 10000 * meter ** 2
percent = 0.01
percentage_point = 0.01
permille = 0.001
ppm = 1e-6
degC = [temperature_level]
"""


@cache
def registry() -> pint.UnitRegistry[float]:
    """Return the registry of this package (built once; no global state of pint is touched).

    Returns
    -------
    pint.UnitRegistry

    Examples
    --------
    >>> registry().Quantity(1, "kt").to("kg").magnitude
    1000000
    """
    import pint  # noqa: PLC0415  pint costs 0.4 s; only work with units pays for it

    lines = [
        "kilogram = [mass] = kg",
        "gram = 1e-3 * kilogram = g",
        "milligram = 1e-6 * kilogram = mg",
        "microgram = 1e-9 * kilogram = ug",
        "Mg = 1e3 * kilogram",
        "Gg = 1e6 * kilogram",
        "Tg = 1e9 * kilogram",
        "meter = [length] = m",
        "km = 1000 * meter",
        "cm = 0.01 * meter",
        "liter = 0.001 * meter ** 3 = L = l",
        "hectoliter = 0.1 * meter ** 3 = hl",
        "joule = [energy_content] = J",
        "kilojoule = 1e3 * joule = kJ",
        "megajoule = 1e6 * joule = MJ",
        "gigajoule = 1e9 * joule = GJ",
        "terajoule = 1e12 * joule = TJ",
        "petajoule = 1e15 * joule = PJ",
        "exajoule = 1e18 * joule = EJ",
        "kWh = 3.6e6 * joule",
        "MWh = 3.6e9 * joule",
        "GWh = 3.6e12 * joule",
        "TWh = 3.6e15 * joule",
        "minute = [clock_time] = min",
        "hour = 60 * minute = h",
        "second = minute / 60 = s",
        "MW = 1e6 * joule / second",
        "kW = 1e3 * joule / second",
        "GW = 1e9 * joule / second",
        "kPa = [pressure]",
        "mV = [voltage]",
        *(line for line in _DEFINITIONS.strip().splitlines()),
    ]
    ureg: pint.UnitRegistry[float] = pint.UnitRegistry(lines, on_redefinition="raise", cache_folder=None)
    ureg.formatter.default_format = "~C"
    return ureg


@cache
def scale(unit: str, target: str) -> float:
    """Return the number that turns a magnitude in ``unit`` into one in ``target``.

    Parameters
    ----------
    unit, target
        Pint expressions; ``1`` is dimensionless. A number may stand in front: ``1e4 t``.

    Raises
    ------
    UnknownUnit
        If a unit is unknown or the dimensions differ.

    Examples
    --------
    >>> scale("kJ/kg", "TJ/t")
    1e-06
    >>> scale("percent", "1")
    0.01
    """
    import pint  # noqa: PLC0415

    ureg = registry()
    try:
        return float(_parse(ureg, unit).to(_parse(ureg, target).units).magnitude) / _front(ureg, target)
    except (pint.errors.PintError, TokenError, *_PARSING) as error:
        raise UnknownUnit(f"{unit!r} cannot be converted to {target!r}: {error}") from error


def convertible(unit: str, target: str) -> bool:
    """Tell whether ``unit`` is known and has the dimension of ``target``.

    Examples
    --------
    >>> convertible("g/kg", "t/t"), convertible("g/m^3", "t/t")
    (True, False)
    """
    try:
        scale(unit, target)
    except UnknownUnit:
        return False
    return True


def per(unit: str, dimension: str) -> str:
    """Put the base unit of an activity dimension into a unit such as ``GJ/{per}``.

    Examples
    --------
    >>> per("TJ/{per}", "volume")
    'TJ/(m^3)'
    """
    return unit.replace("{per}", f"({BASE_UNITS[dimension]})")


def _parse(ureg: pint.UnitRegistry[float], unit: str) -> pint.Quantity[float]:
    return ureg.Quantity(1.0, "") if unit in {"1", ""} else ureg.Quantity(1.0, "") * ureg.parse_expression(unit)


def _front(ureg: pint.UnitRegistry[float], unit: str) -> float:
    return float(_parse(ureg, unit).magnitude)
