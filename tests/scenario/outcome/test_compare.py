"""Scenarios side by side: the tables, and what the three sketches of Inner Mongolia come to in full."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from emissions.scenario.model import Scenario
from emissions.scenario.outcome.compare import (
    PATHS,
    PEAK_COLUMNS,
    Comparison,
    compare,
    evaluate_targets,
    peak_of,
    peaks,
)
from emissions.scenario.outcome.contributions import CONTRIBUTION_COLUMNS
from emissions.scenario.outcome.project import Start, project
from emissions.scenario.projection import Projection

ORDOS = ("or-s1-plan", "or-s2-observed")
MEASURES = ("wind", "pv", "rail", "ule-power")
SKETCHES = ("nm-s1-current", "nm-s2-plan", "nm-s3-deep")


@pytest.fixture(scope="module")
def ordos(shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start]) -> Comparison:
    """Return the two scenarios of Ordos with a few of their measures, to 2028."""
    found = []
    for name in ORDOS:
        scenario = shipped(name)
        measures = tuple(one for one in scenario.measures if one.id in MEASURES)
        horizon = scenario.horizon.model_copy(update={"end": 2028})
        found.append(scenario.model_copy(update={"measures": measures, "horizon": horizon}))
    return compare(found, base_of, years=(2025,))


@pytest.fixture(scope="module")
def sketches(projected: Callable[[str], Projection]) -> pd.DataFrame:
    return pd.concat([peaks(projected(name)) for name in SKETCHES]).set_index(["scenario", "boundary"])


# ---------------------------------------------------------------- tables


def test_projections_stand_in_the_order_asked_for(ordos: Comparison) -> None:
    assert tuple(one.scenario.id for one in ordos.projections) == ORDOS


def test_paths_are_those_of_the_projections(ordos: Comparison) -> None:
    table = ordos.paths
    assert table.columns.tolist() == ["scenario", "indicator", "year", "value", "unit"]
    names = set(table["indicator"])
    assert names >= {*PATHS, "emission:CO2", "emission:SO2", "emission:CH4"}
    assert "capacity_wind" not in names
    for one in ordos.projections:
        here = table[(table["scenario"] == one.scenario.id) & (table["indicator"] == "co2")]
        assert here.set_index("year")["value"].to_dict() == one.indicator("co2").to_dict()


def test_peaks_are_given_for_both_boundaries_with_the_sum_of_the_years_after_the_base_year(ordos: Comparison) -> None:
    table = ordos.peaks
    assert tuple(table.columns) == PEAK_COLUMNS
    assert list(zip(table["scenario"], table["boundary"], strict=True)) == [
        (name, boundary) for name in ORDOS for boundary in ("territorial", "energy_balance")
    ]
    for one in ordos.projections:
        row = table[(table["scenario"] == one.scenario.id) & (table["boundary"] == "territorial")].iloc[0]
        path = one.indicator("co2")
        assert row["cumulative"] == pytest.approx(path.loc[2021:2028].sum())
        assert (row["first"], row["last"], row["unit"]) == (2021, 2028, "Mt")
        peak = peak_of(one)
        assert peak is not None
        assert (row["peak_year"], row["verdict"], row["reason"]) == (peak.peak_year, peak.verdict, peak.reason)
        assert (row["band_from"], row["band_to"]) == peak.plateau
        assert row["circular"] == peak.circular


def test_levels_are_held_against_the_base_year(ordos: Comparison) -> None:
    table = ordos.levels
    assert table.columns.tolist() == ["scenario", "substance", "year", "value", "unit", "change"]
    assert set(table["year"]) == {2025, 2028}
    one = ordos.projections[0]
    path = one.indicator("emission:CO2")
    row = table[(table["scenario"] == ORDOS[0]) & (table["substance"] == "CO2") & (table["year"] == 2025)].iloc[0]
    assert row["value"] == path.loc[2025]
    assert row["change"] == pytest.approx(100 * (path.loc[2025] / path.loc[2020] - 1))
    assert set(table["unit"]) == {"t"}


def test_a_substance_that_the_base_year_does_not_have_has_no_change(ordos: Comparison) -> None:
    """Ultra-low emission brings numbers where there were none: no percentage of nothing."""
    table = ordos.levels
    start = {
        name for name in table["substance"] if not ordos.projections[0].indicator(f"emission:{name}").loc[2020] > 0
    }
    assert table[table["substance"].isin(start)]["change"].isna().all()
    assert table[table["substance"] == "CO2"]["change"].notna().all()


def test_targets_of_each_scenario_have_a_status(ordos: Comparison) -> None:
    for one in ordos.projections:
        here = ordos.targets[ordos.targets["scenario"] == one.scenario.id].drop(columns="scenario")
        pd.testing.assert_frame_equal(here.reset_index(drop=True), evaluate_targets(one), check_dtype=False)
    status = ordos.targets.set_index(["scenario", "id"])["status"]
    assert status["or-s1-plan", "or-coal-share-2025"] == "met"
    assert status["or-s2-observed", "or-coal-share-2025"] == "missed"
    assert status["or-s1-plan", "or-energy-total-2025"] == "met"


def test_measures_stand_side_by_side(ordos: Comparison) -> None:
    table = ordos.measures.set_index("id")
    assert table.columns.tolist() == ["title_zh", "title_en", "kind", *ORDOS, "differs"]
    assert table.loc["pv", [*ORDOS, "differs"]].tolist() == ["40 GW 2021–2025", "", True]
    assert table.loc["wind", [*ORDOS, "differs"]].tolist() == ["10 GW 2021–2025", "27.79 GW 2021–2025", True]
    assert table.loc["rail", [*ORDOS, "differs"]].tolist() == ["50 percent 2021–2025"] * 2 + [False]


def test_contributions_are_given_for_the_years_asked_for_and_the_last(ordos: Comparison) -> None:
    table = ordos.contributions
    assert table.columns.tolist() == ["scenario", *CONTRIBUTION_COLUMNS]
    assert set(table["year"]) == {2025, 2028}
    assert set(table["scenario"]) == set(ORDOS)


def test_contributions_sum_to_what_the_measures_change(ordos: Comparison, base_of: Callable[[Scenario], Start]) -> None:
    for one in ordos.projections:
        bare = project(one.scenario, base_of(one.scenario), measures=(), years=(2025,))
        change = one.indicator("emission:CO2").loc[2025] - bare.indicator("emission:CO2").loc[2025]
        table = ordos.contributions[ordos.contributions["scenario"] == one.scenario.id]
        parts = table[(table["substance"] == "CO2") & (table["year"] == 2025)].set_index("measure")
        assert abs(change) > 1e5
        assert parts["sequence"].sum() == pytest.approx(change, rel=1e-9)
        assert parts["alone"].sum() == pytest.approx(change, rel=1e-9)
        assert set(parts.index) == {measure.id for measure in one.scenario.measures} | {"interaction"}


def test_documents_that_differ_are_shown(ordos: Comparison) -> None:
    assert not ordos.conflicts.empty
    assert ordos.conflicts.astype(str).apply(lambda row: row.str.contains("or-energy-intensity-2025")).any(axis=None)


def test_a_path_with_gaps_or_of_one_year_has_no_peak(projected: Callable[[str], Projection]) -> None:
    whole = projected("or-s1-plan")
    assert peak_of(whole, "nothing") is None
    every_other = whole.indicators[whole.indicators["year"] % 2 == 0]
    gaps = Projection(whole.scenario, whole.run, every_other, whole.bridge, whole.moves, whole.harmonisation, ())
    assert peak_of(gaps) is None
    assert peaks(gaps).empty


def test_targets_may_be_held_against_an_earlier_year(projected: Callable[[str], Projection]) -> None:
    early, late = (evaluate_targets(projected("nm-s1-current"), year).set_index("id") for year in (2023, None))
    assert late.loc["nm-coal-share-2025", "year"] == 2025
    assert early.loc["nm-coal-share-2025", "year"] == 2023


# ---------------------------------------------------------------- the sketches in full


def test_the_plan_is_a_plateau_from_2023_to_2030(sketches: pd.DataFrame) -> None:
    row = sketches.loc["nm-s2-plan", "energy_balance"]
    assert (row["verdict"], row["reason"]) == ("plateau", "band_long_enough")
    assert (row["band_from"], row["band_to"]) == (2023, 2030)


def test_the_deep_cut_peaks_by_2028(sketches: pd.DataFrame) -> None:
    for boundary in ("energy_balance", "territorial"):
        row = sketches.loc["nm-s3-deep", boundary]
        assert (row["verdict"], row["peak_year"]) == ("peaked", 2027)


def test_current_policies_do_not_peak_before_2035(sketches: pd.DataFrame) -> None:
    row = sketches.loc["nm-s1-current", "energy_balance"]
    assert row["peak_year"] >= 2035
    assert row["verdict"] in {"plateau", "rising"}


def test_the_late_and_fast_cut_emits_more_than_the_plan_and_less_than_current_policies(sketches: pd.DataFrame) -> None:
    for boundary in ("energy_balance", "territorial"):
        current, plan, deep = (sketches.loc[(name, boundary), "cumulative"] for name in SKETCHES)
        assert plan < deep < current


def test_both_boundaries_start_apart_by_the_power_sent_out(projected: Callable[[str], Projection]) -> None:
    result = projected("nm-s1-current")
    power = result.indicator("electricity_export") / (
        result.indicator("electricity_export") + result.indicator("electricity_demand")
    )
    gap = result.indicator("co2", "territorial") - result.indicator("co2_energy_balance", "energy_balance")
    table = result.run.counted
    keys = result.run.keys
    here = table[(table["substance"].astype(str) == "CO2") & (table["category"].astype(str) == "IPCC2006:1A1ai")]
    by_year = here["emission"].groupby(keys["year"].to_numpy()[here["key"].to_numpy()]).sum() / 1e6
    assert gap.to_numpy() == pytest.approx((by_year * power).to_numpy())
    assert np.isfinite(gap).all()
