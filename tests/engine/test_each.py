"""Variants calculated together are what each of them is alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emissions.activity.table import ActivityTable
from emissions.engine import calculate, calculate_each
from emissions.engine.lines import as_texts
from emissions.factors import FactorLibrary, load_factors
from reference.workbench import activity_table

IDENTITY = ["region", "year", "category", "activity", "use", "control", "branch"]
INDUSTRY = {"category": "IPCC2006:1A2c", "activity": "natural_gas", "branch": "chemicals", "transformation": ""}
PLANT = {"category": "IPCC2006:1A1ai", "activity": "lignite", "control": "none"}
MINE = {"category": "IPCC2006:1B1ai1", "activity": "underground_coal_mining", "use": "production"}
GAS = MINE | {"activity": "coal_mine_gas_recovered", "use": "recovery", "dimension": "volume"}
FEED = INDUSTRY | {"use": "feedstock", "transformation": "non_energy_use"}


@pytest.fixture(scope="module")
def factors() -> FactorLibrary:
    return load_factors("cn-2026.1")


def with_quantities(table: ActivityTable, *quantities: float) -> ActivityTable:
    rows = table.rows.assign(quantity=quantities)
    return replace(table, rows=rows[np.isfinite(rows["quantity"])].reset_index(drop=True))


def as_index(keys: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines by what their key is, not by its number."""
    own = keys.iloc[lines["key"].to_numpy(dtype=np.int64)]
    names = [own[name].astype(str).to_numpy() for name in IDENTITY if name in own]
    place = [*names, lines["substance"].to_numpy(), lines["stream"].to_numpy()]
    return lines.drop(columns="key").set_index(place).sort_index()


def test_each_variant_is_the_calculation_alone(factors: FactorLibrary) -> None:
    """Netting takes another share in each, a row is not there, another is 0: all of it variant by variant."""
    table = activity_table(INDUSTRY, FEED, INDUSTRY | {"branch": "ferrous_metals"}, PLANT, PLANT | {"year": 2016})
    variants = [
        with_quantities(table, *quantities)
        for quantities in (
            (100.0, 30.0, 50.0, 7.0, 3.0),
            (20.0, 30.0, 50.0, 7.0, np.nan),
            (100.0, 0.0, 50.0, 0.0, 3.0),
            (100.0, np.nan, 50.0, 70.0, 3.0),
        )
    ]
    together = calculate_each(variants, factors)
    assert len(together) == 4
    for amounts, variant in zip(together, variants, strict=True):
        alone = calculate(variant, factors)
        pd.testing.assert_frame_equal(
            as_index(amounts.keys, as_texts(amounts.coded_lines)), as_index(alone.keys, alone.lines), check_exact=True
        )
        assert amounts.counted["emission"].sum() == pytest.approx(alone.counted["emission"].sum(), rel=1e-12)
    burnt = [one.counted.loc[one.counted["substance"] == "CO2", "emission"].sum() for one in together]
    assert len(set(burnt)) == 4


def test_recovery_is_held_against_the_mines_of_its_own_variant(factors: FactorLibrary) -> None:
    table = activity_table(MINE, GAS)
    variants = [with_quantities(table, *amounts) for amounts in ((1e6, -1e3), (1e6, -1e12), (0.0, -1e3))]
    together = calculate_each(variants, factors)
    for amounts, variant in zip(together, variants, strict=True):
        alone = calculate(variant, factors)
        assert amounts.coded_lines["status"].tolist() == alone.lines["status"].tolist()
        assert amounts.coded_lines["reason"].tolist() == alone.lines["reason"].tolist()
    taken = [one.coded_lines.loc[one.coded_lines["stream"] == "recovery", "status"].tolist() for one in together]
    assert taken == [["ok"], ["NE"], ["NE"]]
