"""Road transport as usual: kilometres that grow between milestones, fuel shares, consumption, energy, CO2."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from emissions.scenario.mathematics.paths import compound, path_values

YEARS = [2020, 2025, 2030, 2035, 2040, 2050]


@pytest.fixture(scope="module")
def inputs(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "cases" / "road_fleet_bau_myc" / "inputs.csv", keep_default_na=False)


@pytest.fixture(scope="module")
def found(inputs: pd.DataFrame, shared: Path) -> dict[tuple[str, str, str, int], float]:
    """(vehicle, fuel or blank for all fuels, quantity, year) -> value."""
    factors = pd.read_csv(shared / "cases" / "road_fleet_bau_myc" / "factors.csv", index_col="fuel")

    def points(vehicle: str, fuel: str, quantity: str) -> dict[int, float]:
        own = inputs[(inputs["vehicle"] == vehicle) & (inputs["fuel"] == fuel) & (inputs["quantity"] == quantity)]
        return dict(zip(own["year"].tolist(), own["value"].tolist(), strict=True))

    def grown(vehicle: str, fuel: str, quantity: str, rates: str) -> list[float]:
        (start,) = points(vehicle, fuel, quantity).values()
        shares = {year: rate / 100 for year, rate in points(vehicle, fuel, rates).items()}
        return compound(start, 2020, shares, YEARS).values.tolist()

    result: dict[tuple[str, str, str, int], float] = {}
    for vehicle in inputs["vehicle"].unique():
        whole = grown(vehicle, "", "vkt_million_km", "vkt_growth_pct_per_year_to")
        result |= {(vehicle, "", "vkt", year): value for year, value in zip(YEARS, whole, strict=True)}
        for fuel in sorted(set(inputs.loc[inputs["vehicle"] == vehicle, "fuel"]) - {""}):
            share = path_values(points(vehicle, fuel, "vkt_share_pct"), YEARS).values / 100
            litres = grown(vehicle, fuel, "consumption_per_100km", "consumption_growth_pct_per_year_to")
            calorific, factor = factors.loc[fuel, ["ncv_MJ_per_l_or_unit", "wtw_kgCO2e_per_TJ"]]
            for number, year in enumerate(YEARS):
                distance = whole[number] * share[number]
                energy = calorific * distance * litres[number] / 100
                result |= {(vehicle, fuel, "vkt", year): distance}
                result |= {(vehicle, fuel, "consumption_per_100km", year): litres[number]}
                for quantity, value in (("energy_TJ_rounded2", energy), ("co2_kt_rounded2", energy * factor / 1e6)):
                    result[vehicle, "", quantity, year] = result.get((vehicle, "", quantity, year), 0.0) + value
    return result


def test_every_published_value_is_reproduced(found: dict[tuple[str, str, str, int], float], shared: Path) -> None:
    """Kilometres and consumption to 1e-12; energy and CO2, published with 2 decimals, to 0.0051."""
    expected = pd.read_csv(shared / "cases" / "road_fleet_bau_myc" / "expected.csv", keep_default_na=False)
    assert len(expected) == 60
    for row in expected.itertuples():
        tolerance = {"abs": 0.0051} if "rounded2" in row.quantity else {"rel": 1e-12}
        assert found[row.vehicle, row.fuel, row.quantity, row.year] == pytest.approx(row.value, **tolerance), row
