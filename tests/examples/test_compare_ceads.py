"""The comparison of the example with the inventory of CEADs: every tonne of the difference has a cause."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from example_totals import EXAMPLES, load_script, run_example

MT = 1e6


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return load_script("compare_ceads")


@pytest.fixture(scope="module")
def case(shared: Path) -> Path:
    return shared / "cases" / "ceads_inner_mongolia_2020"


@pytest.fixture(scope="module")
def comparison(script: ModuleType, case: Path) -> Any:
    return script.compare(case, EXAMPLES / "2020.xlsx")


def test_effects_sum_to_the_difference(comparison: Any) -> None:
    effects = comparison.effects["effect"].sum()
    assert abs(comparison.difference) > 10 * MT
    assert effects == pytest.approx(comparison.difference, rel=1e-9)
    assert abs(effects - comparison.difference) / MT < 1e-9


def test_effects_sum_by_fuel(comparison: Any) -> None:
    by_fuel = comparison.effects.groupby("fuel")["effect"].sum()
    totals = pd.DataFrame({"ours": comparison.ours, "ceads": comparison.ceads}).fillna(0.0)
    for fuel, row in totals.iterrows():
        assert by_fuel.get(fuel, 0.0) == pytest.approx(row["ours"] - row["ceads"], abs=1e-9 * MT), fuel


def test_every_effect_has_a_cause_with_texts(comparison: Any, script: ModuleType) -> None:
    causes = script.WORDS["causes"]
    assert set(comparison.effects["cause"]) <= set(causes)
    for words in causes.values():
        assert words["kind"]["zh"]
        assert words["text"]["en"]
    assert not {"other", "rest", "residual"} & {words["text"]["en"] for words in causes.values()}


def test_total_of_ceads_is_the_published_one(comparison: Any, case: Path) -> None:
    published = pd.read_csv(case / "expected_totals.csv")
    of_fuels = ~published["column"].isin(["Process", "Scope_1_Total"])
    total = published[(published["sector_no"] == 0) & of_fuels]
    assert comparison.ceads.sum() / MT == pytest.approx(total["MtCO2"].sum(), rel=1e-9)
    assert comparison.ceads.sum() / MT == pytest.approx(829.2, abs=0.05)


def test_our_total_is_that_of_the_inventory(comparison: Any) -> None:
    _, run = run_example("2020.xlsx")
    lines = run.counted
    energy = lines["category"].astype(str).str.startswith("IPCC2006:1") & lines["substance"].eq("CO2")
    assert comparison.ours.sum() == pytest.approx(lines.loc[energy, "emission"].sum(), rel=1e-12)


def test_quantities_agree(comparison: Any) -> None:
    quantities = comparison.effects.loc[comparison.effects["cause"] == "activity", "effect"]
    assert quantities.abs().sum() / MT < 1e-6


def test_a_changed_quantity_is_an_effect_of_activity(script: ModuleType) -> None:
    row = pd.Series({
        "fuel": "diesel", "sector": "agriculture", "gross": 110.0, "counted": 110.0, "elsewhere": 0.0,
        "not_estimated": 0.0, "not_burnt": 0.0, "emission": 330.0, "bituminous": 0.0, "ceads_gross": 100.0,
        "ceads_counted": 100.0, "ceads_emission": 320.0,
    })  # fmt: skip
    effects = {cause: effect for _, _, cause, effect in script.effects_of(row, {})}
    assert effects == pytest.approx({"activity": 10 * 3.2, "factor": 110 * (3.0 - 3.2)})


def test_coal_factor_is_taken_apart_exactly(script: ModuleType) -> None:
    parts = script.factor_parts("raw_coal", 1.58, 1.73, 1.74, {"raw_coal": (0.01957, 0.020908)})
    assert sum(parts.values()) == pytest.approx(1.58 - 1.73, rel=1e-12)
    assert parts["coal_types"] == pytest.approx(1.58 - 1.74)
    assert parts["calorific_value"] < 0 < parts["carbon_and_oxidation"]
    equal = script.factor_parts("raw_coal", 1.7, 1.7, 1.7, {"raw_coal": (0.02, 0.021)})
    assert sum(equal.values()) == pytest.approx(0.0, abs=1e-15)


def test_committed_page_is_the_generated_one(comparison: Any, script: ModuleType, root: Path) -> None:
    committed = (root / "docs" / "background" / "ceads-2020.md").read_text(encoding="utf-8")
    assert committed == script.page(comparison)
