"""Hand-calculated fuel combustion of the GPC: amount x factor per gas x GWP, in t CO2 equivalent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.activity import ActivityTable
from emissions.engine import Run, calculate
from emissions.factors import load_factors
from emissions.inventory import co2_equivalent
from emissions.units import scale

TOLERANCE = 0.005
CATEGORIES = {
    "I.1.1": "IPCC2006:1A4b", "I.2.1": "IPCC2006:1A4a", "I.3.1": "IPCC2006:1A2", "I.4.1": "IPCC2006:1A1",
    "I.5.1": "IPCC2006:1A4c", "I.6.1": "IPCC2006:1A5",
}  # fmt: skip
FUELS = {
    "natural-gas": "natural_gas", "charcoal": "charcoal", "liquefied-petroleum-gases": "lpg", "peat": "peat",
    "anthracite": "anthracite", "gasoline": "gasoline", "firewood": "wood", "wood-wood-waste": "wood",
    "sub-bituminous-coal": "sub_bituminous_coal", "lignite": "lignite", "coking-coal": "coking_coal",
    "residual-fuel-oil": "fuel_oil", "gas-oil": "diesel", "diesel-oil": "diesel", "other-kerosene": "kerosene",
    "jet-kerosene": "jet_kerosene", "crude-oil": "crude_oil", "naphtha": "naphtha",
    "refinery-gas": "refinery_gas", "coke-oven-gas": "coke_oven_gas", "waste-oils": "waste_oils",
    "natural-gas-liquids": "natural_gas_liquids", "bitumen": "bitumen",
    "other-primary-solid-biomass": "other_primary_solid_biomass",
}  # fmt: skip
UNITS = {"m3": ("volume", "m^3", "kg/m^3"), "kg": ("mass", "t", "kg/kg")}
"""Unit of the fuel -> dimension, base unit, unit of the factor."""
GASES = {"ef_co2": "CO2", "ef_ch4": "CH4", "ef_n2o": "N2O"}


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[dict[str, str]]:
    path = shared / "cases" / "worked_stationary_fuel_gpc" / "inputs.csv"
    rows: list[dict[str, str]] = pd.read_csv(path, dtype=str).to_dict("records")
    assert len(rows) == 56
    assert {(row["co2_gwp"], row["ch4_gwp"], row["n2o_gwp"]) for row in rows} == {("1", "28", "265")}
    assert {(row["ef_unit"], row["fuel_unit"]) for row in rows} == {("kg/m3", "m3"), ("kg/kg", "kg")}
    return rows


@pytest.fixture(scope="module")
def run(cases: list[dict[str, str]]) -> Run:
    """All rows in one run: a facility a row, with the factors of the case as its measured values."""
    rows = pd.DataFrame([_row(number, case) for number, case in enumerate(cases)])
    measured = pd.DataFrame([_factor(case, column) for case in cases for column in GASES])
    return calculate(ActivityTable(rows, measured=measured), load_factors("ipcc-2006.1"))


def _row(number: int, case: Mapping[str, str]) -> dict[str, object]:
    dimension, unit, _ = UNITS[case["fuel_unit"]]
    quantity = float(case["fuel_value"]) * scale(case["fuel_unit"].replace("m3", "m^3"), unit)
    return {
        "activity_id": case["case_id"], "region": "CN", "year": 2020, "category": CATEGORIES[case["subsector"]],
        "activity": FUELS[case["fuel_type"].removeprefix("fuel-type-")], "use": "combustion",
        "dimension": dimension, "control": "", "quantity": quantity,
        "unit": unit, "quantity_as_printed": case["fuel_value"], "unit_as_printed": case["fuel_unit"],
        "low": np.nan, "high": np.nan, "facility": case["case_id"], "data_source": "", "file": "inputs.csv",
        "sheet": "", "row": number + 2, "cell": f"L{number + 2}", "notation": "",
    }  # fmt: skip


def _factor(case: Mapping[str, str], column: str) -> dict[str, object]:
    return {
        "measured_id": f"{case['case_id']} {column}", "parameter": "emission_factor", "substance": GASES[column],
        "value": float(case[column]), "unit": UNITS[case["fuel_unit"]][2], "low": np.nan, "high": np.nan,
        "data_source": "", "file": "inputs.csv", "sheet": "", "row": 1, "cell": "A1", "region": "", "year": "",
        "category": "", "activity": "", "technology": "", "facility": case["case_id"],
    }  # fmt: skip


def test_every_row_is_reproduced(run: Run, cases: list[dict[str, str]], shared: Path) -> None:
    expected = pd.read_csv(shared / "cases" / "worked_stationary_fuel_gpc" / "expected.csv", dtype={"case_id": str})
    gases = run.lines[run.lines["substance"].isin(GASES.values())]
    assert set(gases["status"]) == {"ok"}
    table = co2_equivalent(gases, "AR5GWP100")
    case_of_key = dict(zip(run.key_of_row.tolist(), run.activity.rows["facility"], strict=True))
    assert len(case_of_key) == len(cases)
    found = table.groupby(table["key"].map(case_of_key))["co2e"].sum()
    assert sorted(found.index) == sorted(expected["case_id"])
    np.testing.assert_allclose(found[expected["case_id"]], expected["tCO2e"], rtol=0, atol=TOLERANCE)


def test_factors_of_the_case_go_before_published_ones(run: Run) -> None:
    gases = run.lines[run.lines["substance"].isin(GASES.values())]
    assert set(gases["card"]) == {"measured_combustion"}
    assert set(gases["tier"]) == {"measured"}
    assert len(gases) == 3 * 56
