"""The unit table of the reference calculation agrees with the registry on every unit that occurs."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from emissions.units import convertible, scale
from reference.unit_table import NoUnit, convert
from reference.words import read


def test_both_know_the_same_units_and_conversions(root: Path) -> None:
    tables = sorted((root / "factors" / "packages").glob("*/*/*.csv"))
    units = {row["unit"] for table in tables for row in read(table) if row.get("unit")}
    assert len(units) > 20
    targets = ["t/(t)", "t/(TJ)", "t/(m^3)", "t/(km)", "TJ/(t)", "TJ/(m^3)", "t/TJ", "1", "m^3/(t)", "t/m^3",
               "t/((unit)*a)", "g/h", "km/h", "(kg/t)/(min/d)", "min/d", "km/a"]  # fmt: skip
    for unit, target in product(sorted(units), targets):
        if convertible(unit, target):
            assert convert(1.0, unit, target) == pytest.approx(scale(unit, target), rel=1e-14)
        else:
            with pytest.raises(NoUnit):
                convert(1.0, unit, target)
