"""Every formula has exactly the unit it declares, and computes the same on bare numbers."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pint
import pytest

from emissions.methods import FORMULAS, Formula, formula
from emissions.units import BASE_UNITS, per, registry

GIVEN = (0.37, 0.81, 1.7, 0.043, 0.59, 2.3, 0.11, 0.93, 1.31, 0.67)
"""Numbers for the arguments of any formula, in order; no two alike and none neutral."""

each_case = pytest.mark.parametrize(
    ("name", "dimension"), [(name, dimension) for name, one in FORMULAS.items() for dimension in one.per]
)


def quantities(one: Formula, dimension: str) -> dict[str, pint.Quantity[float]]:
    units = {name: per(unit, dimension) for name, unit in one.units.items()}
    return {
        name: registry().Quantity(value, "" if unit == "1" else unit)
        for (name, unit), value in zip(units.items(), GIVEN[: len(units)], strict=True)
    }


def numbers(one: Formula) -> dict[str, float]:
    return dict(zip(one.units, GIVEN[: len(one.units)], strict=True))


def factor_left(result: pint.Quantity[float], declared: str) -> float:
    """Return the factor between the unit of a result and the declared one; 1 if they are the same unit."""
    return float(registry().Quantity(1.0, result.units).to(declared).magnitude)


@each_case
def test_result_has_the_declared_unit(name: str, dimension: str) -> None:
    one = FORMULAS[name]
    result = registry().Quantity(1.0, "") * one(**quantities(one, dimension))
    assert factor_left(result, per(one.returns, dimension)) == pytest.approx(1.0, rel=1e-15)


@each_case
def test_bare_numbers_give_the_same_magnitude(name: str, dimension: str) -> None:
    one = FORMULAS[name]
    with_units = registry().Quantity(1.0, "") * one(**quantities(one, dimension))
    bare = one(**numbers(one))
    assert math.isfinite(bare)
    assert bare != 0
    assert float(with_units.to(per(one.returns, dimension)).magnitude) == pytest.approx(bare, rel=1e-15)


@pytest.mark.parametrize("name", FORMULAS)
def test_arrays_give_what_numbers_give(name: str) -> None:
    one = FORMULAS[name]
    scales = np.array([1.0, 0.5, 0.01])
    arrays = {argument: value * scales for argument, value in numbers(one).items()}
    found = one(**arrays)
    for line in range(len(scales)):
        assert found[line] == one(**{argument: float(value[line]) for argument, value in arrays.items()})


@pytest.mark.parametrize("name", FORMULAS)
def test_no_argument_is_ignored(name: str) -> None:
    one = FORMULAS[name]
    given = numbers(one)
    for argument, value in given.items():
        assert one(**{**given, argument: 1.5 * value}) != one(**given), argument


@pytest.mark.parametrize("name", FORMULAS)
def test_declaration_says_what_the_formula_is(name: str) -> None:
    one = FORMULAS[name]
    assert one.name == name
    assert list(inspect.signature(one.function).parameters) == list(one.units)
    assert set(one.per) <= set(BASE_UNITS)
    assert all(one.reference)
    assert one.summary.endswith(".")


@pytest.mark.parametrize("name", FORMULAS)
def test_expression_for_the_trace_holds_every_argument(name: str) -> None:
    one = FORMULAS[name]
    assert [argument for argument in one.units if argument not in one.expression] == []


# ---------------------------------------------------------------- the proof finds what is wrong


def energy_per_mass(net_calorific_value: Any, factor: Any) -> Any:
    """Return what an energy content and a factor per energy give per mass."""
    return net_calorific_value * factor


def declared(**units: str) -> Formula:
    return formula(per=("mass",), returns="t/{per}", reference=("a", "b"), **units)(energy_per_mass)


def test_a_factor_left_is_found() -> None:
    one = declared(net_calorific_value="GJ/{per}", factor="t/TJ")
    assert factor_left(one(**quantities(one, "mass")), "t/t") == pytest.approx(1e-3)


def test_another_dimension_is_found() -> None:
    one = declared(net_calorific_value="GJ/{per}", factor="t/t")
    with pytest.raises(pint.DimensionalityError):
        factor_left(one(**quantities(one, "mass")), "t/t")


def test_an_argument_without_unit_is_refused() -> None:
    with pytest.raises(TypeError, match="energy_per_mass"):
        declared(factor="t/t")
