"""The table of the integrated assessment models: parts sum, units and names are the common ones."""

from __future__ import annotations

import pandas as pd
import pytest

from emissions.report.scenario.iamc import COLUMNS, iamc_table, variables_of, write_iamc
from emissions.report.scenario.outcome import Outcome
from emissions.report.scenario.tables import inventory_by_year
from emissions.scenario.outcome.compare import Comparison


def rows(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("variable")


def test_the_parts_of_co2_sum_to_the_total(result: Outcome) -> None:
    table = rows(iamc_table([result.projection]))
    parts = table.loc[["Emissions|CO2|Energy", "Emissions|CO2|Industrial Processes"], 2030].sum()
    assert parts == pytest.approx(table.loc["Emissions|CO2", 2030], rel=1e-12)
    energy = ["Emissions|CO2|Energy|Supply", "Emissions|CO2|Energy|Demand"]
    assert table.loc[energy, 2030].sum() == pytest.approx(table.loc["Emissions|CO2|Energy", 2030], rel=1e-12)
    assert table.loc["Emissions|CO2", 2030] == pytest.approx(result.projection.indicator("co2").loc[2030], rel=1e-12)


def test_a_category_counts_once_in_each_variable_above_it(result: Outcome) -> None:
    own = inventory_by_year(result.projection)
    co2 = own[(own["substance"] == "CO2") & (own["category"] == "IPCC2006:1A1ai") & (own["year"] == 2025)]
    table = rows(iamc_table([result.projection]))
    for name in ("Electricity", "Combustion"):
        assert table.loc[f"Emissions|CO2|Energy|Supply|{name}", 2025] == pytest.approx(co2["emission"].sum() / 1e6)


@pytest.mark.parametrize(
    ("variable", "unit"),
    [
        ("Emissions|CO2", "Mt CO2/yr"),
        ("Emissions|N2O", "kt N2O/yr"),
        ("Emissions|Sulfur", "Mt SO2/yr"),
        ("Emissions|NOx", "Mt NO2/yr"),
        ("Emissions|Kyoto Gases", "Mt CO2-equiv/yr"),
    ],
)
def test_units_are_the_common_ones(result: Outcome, variable: str, unit: str) -> None:
    assert rows(iamc_table([result.projection])).loc[variable, "unit"] == unit


def test_n2o_is_in_kilotonnes(result: Outcome) -> None:
    tonnes = result.projection.indicator("emission:N2O").loc[2020]
    assert rows(iamc_table([result.projection])).loc["Emissions|N2O", 2020] == pytest.approx(tonnes / 1e3)


def test_the_form_is_wide_with_years_as_columns(pair: Comparison, tmp_path: pytest.TempPathFactory) -> None:
    table = iamc_table(pair.projections, model="mine")
    assert tuple(table.columns[:5]) == COLUMNS
    assert list(table.columns[5:]) == list(range(2020, 2033))
    assert set(table["scenario"]) == {"city", "city-faster"}
    assert set(table["model"]) == {"mine"}
    assert set(table["region"]) == {"Ordos"}
    assert not table.duplicated(["scenario", "variable"]).any()
    write_iamc(table, tmp_path / "iamc.csv")  # type: ignore[operator]
    again = pd.read_csv(tmp_path / "iamc.csv")  # type: ignore[operator]
    assert again["2032"].to_numpy() == pytest.approx(table[2032].to_numpy(), rel=1e-12)


def test_a_category_without_a_variable_counts_in_the_total_only() -> None:
    assert variables_of("MEMO:biogenic_co2") == ("",)
