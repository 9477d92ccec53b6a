"""What each given row emits per unit: its children's, and what netting leaves of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.activity import read_activity
from emissions.engine import calculate
from emissions.factors import load_factors
from emissions.inventory.row_factors import row_factors
from reference.workbench import activity_table, card, factor, library, run

ROOT = Path(__file__).resolve().parents[2]


def test_a_row_has_the_implied_factor_of_its_key(tmp_path: Path) -> None:
    rows = [factor("a", 2.0, "t/t"), factor("m", 0.5, "kg/t", substance="CH4")]
    result = run(activity_table({}, {"year": 2021}), library(tmp_path, *rows), card("one", substances=["CO2", "CH4"]))
    assert row_factors(result).to_numpy().tolist() == [[0.0005, 2.0]] * 2
    assert list(row_factors(result).columns) == ["CH4", "CO2"]


def test_what_is_not_counted_has_no_number(tmp_path: Path) -> None:
    rows = [factor("a", 2.0, "t/t", activity="lignite")]
    table = activity_table({}, {"activity": "anthracite"})
    found = row_factors(run(table, library(tmp_path, *rows), card("one")))["CO2"]
    assert found.tolist()[0] == 2.0
    assert np.isnan(found.tolist()[1])


def test_a_row_split_by_control_has_the_mean_of_its_strata(tmp_path: Path) -> None:
    sulphur = card(
        "sulphur", formula="controlled", substances=["SO2"],
        parameters={"emission_factor": {"basis": ["before_control"]},
                    "removal": {"parameter": "removal_efficiency", "combine": "series"}},
        example={"per": "mass", "given": {"emission_factor": 1, "removal": 0}, "gives": 1, "kind": "derived by hand"},
    )  # fmt: skip
    rows = [
        factor("ef", 0.02, "t/t", substance="SO2", basis="before_control"),
        factor("r", 0.9, "1", parameter="removal_efficiency", substance="SO2", control="fgd_ammonia"),
    ]
    strata = [{"control": "fgd_ammonia", "share": 0.75}, {"control": "none", "share": 0.25}]
    result = run(activity_table({}, strata=strata), library(tmp_path, *rows), sulphur)
    assert len(result.activity.rows) == 2
    assert row_factors(result)["SO2"].tolist() == pytest.approx([0.02 * (0.75 * 0.1 + 0.25)])


def test_rows_sum_to_the_totals_of_a_balance_with_netting_and_mixes() -> None:
    result = calculate(read_activity(ROOT / "examples" / "2020.xlsx"), load_factors("cn-2026.1"))
    assert result.given is not None
    assert result.activity.parents["why"].eq("net_feedstock").any()
    quantity = result.given.rows["quantity"].fillna(0.0).to_numpy()
    found = row_factors(result).mul(quantity, axis=0).sum()
    totals = result.counted.groupby("substance", observed=True)["emission"]
    for substance, total in totals.sum().items():
        size = totals.agg(lambda values: values.abs().sum())[substance]
        assert abs(found[substance] - total) <= 1e-12 * size


def test_a_result_without_its_activity_has_none(tmp_path: Path) -> None:
    result = run(activity_table({}), library(tmp_path, factor("a", 2.0, "t/t")), card("one"))
    pd.testing.assert_frame_equal(row_factors(replace(result, given=None)), pd.DataFrame())
