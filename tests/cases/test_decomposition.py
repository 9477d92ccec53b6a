"""Published decompositions: a textbook example, the freight of the United States, a world scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.scenario.mathematics.decomposition import Form, lmdi, lmdi2_chained, lmdi_chained
from emissions.scenario.mathematics.kaya import kaya


def cube(table: pd.DataFrame, term: str, factor: str) -> np.ndarray:
    """Return the values of a long table as (years, terms, factors)."""
    wide = table.pivot_table(index=["year", term], columns=factor, values="value", sort=True)
    years = table["year"].nunique()
    return wide.to_numpy().reshape(years, -1, wide.shape[1])


@pytest.mark.parametrize("form", ["additive", "multiplicative"])
def test_the_textbook_example(shared: Path, form: Form) -> None:
    """3 factors, 2 terms, 4 years, printed with 10 digits: relative tolerance 1e-8."""
    folder = shared / "cases" / "lmdi_textbook_small"
    values = cube(pd.read_csv(folder / "inputs.csv"), "subcategory", "factor")
    expected = pd.read_csv(folder / "expected.csv").query("form == @form").pivot_table(
        index="to_year", columns="term", values="value"
    )  # fmt: skip
    found = lmdi_chained(values, [1971, 1972, 1973, 1974], form)
    assert found.totals.tolist() == [80, 180, 239, 338]
    np.testing.assert_allclose(found.steps, expected[["factor1", "factor2", "factor3"]], rtol=1e-8)
    totals = np.diff(found.totals) if form == "additive" else found.totals[1:] / found.totals[:-1]
    np.testing.assert_allclose(totals, expected["total"], rtol=1e-8)


@pytest.fixture(scope="module")
def freight(shared: Path) -> tuple[np.ndarray, list[int], pd.DataFrame]:
    """Activity, structure and intensity of five modes in 48 years, and the published indexes (1985 = 1)."""
    folder = shared / "cases" / "lmdi_us_freight_pnnl"
    wide = pd.read_csv(folder / "inputs.csv").pivot_table(index="year", columns=["data", "component"], values="value")
    activity, energy = wide["Activity"].to_numpy(), wide["Energy"].to_numpy()
    total = activity.sum(axis=1, keepdims=True)
    factors = np.stack([np.broadcast_to(total, activity.shape), activity / total, energy / activity], axis=2)
    return factors, wide.index.tolist(), pd.read_csv(folder / "expected_lmdi2_chained_1985.csv", index_col="year")


COLUMNS = ["activity_index", "structure_index", "intensity_index", "energy_index"]


def test_freight_by_the_second_lmdi_chained(freight: tuple[np.ndarray, list[int], pd.DataFrame]) -> None:
    """Printed with 9 digits: relative tolerance 1e-8."""
    factors, years, expected = freight
    found = lmdi2_chained(factors, years, factors=["activity", "structure", "intensity"]).table(1985)
    assert found.shape == (48, 5)
    np.testing.assert_allclose(found[["activity", "structure", "intensity", "total"]], expected[COLUMNS], rtol=1e-8)
    np.testing.assert_allclose(found["residual"], 1, rtol=1e-12)


def test_freight_by_the_first_lmdi_is_near_and_not_the_same(
    freight: tuple[np.ndarray, list[int], pd.DataFrame],
) -> None:
    """The case states the largest difference of the two methods: 8.4e-5."""
    factors, years, expected = freight
    table = lmdi_chained(factors, years, "multiplicative").table(1985).iloc[:, :3]
    apart = np.abs(table.to_numpy() / expected[COLUMNS[:3]].to_numpy() - 1).max()
    assert apart == pytest.approx(8.4e-5, rel=0.01)


def test_kaya_and_contributions_of_a_world_scenario(shared: Path) -> None:
    """IMAGE SSP2: ratios and contributions against 2020 to 1e-5 relative (inputs with 6 decimals)."""
    folder = shared / "cases" / "kaya_lmdi_image_ssp2"
    inputs = pd.read_csv(folder / "inputs.csv").pivot_table(index="year", columns="variable", values="value")
    levels = pd.DataFrame(
        {
            "P": inputs["Population"],
            "GDP": inputs["GDP|PPP"],
            "FE": inputs["Final Energy"],
            "PE": inputs["Primary Energy"],
            "PEfossil": inputs[[f"Primary Energy|{fuel}" for fuel in ("Coal", "Gas", "Oil")]].sum(axis=1),
            "CO2": inputs["Emissions|CO2|Energy and Industrial Processes"]
            - inputs["Emissions|CO2|Industrial Processes"],
        }
    )
    factors = kaya(levels)
    expected = pd.read_csv(folder / "expected.csv")
    ratios = expected[expected["quantity"] == "kaya_ratio"]
    assert len(ratios) == 20
    for row in ratios.itertuples():
        assert factors.loc[row.year, row.term] == pytest.approx(row.value, rel=1e-5), row
    effects = expected[expected["quantity"] == "lmdi1_additive_vs_2020_GtCO2"]
    assert len(effects) == 18
    for year, rows in effects.groupby("year"):
        found = lmdi(factors.loc[[2020]], factors.loc[[year]], factors=list(factors.columns))
        gigatonnes = dict(zip(found.factors, found.effects / 1000, strict=True))
        assert {row.term: gigatonnes[row.term] for row in rows.itertuples()} == pytest.approx(
            dict(zip(rows["term"], rows["value"], strict=True)), rel=1e-5
        )
        assert found.residual == pytest.approx(0, abs=1e-9)
