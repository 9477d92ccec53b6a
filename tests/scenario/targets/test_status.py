"""Status of targets: met, missed, on the way, and what cannot be said."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.scenario.mathematics.peak import find_peak
from emissions.scenario.projection import INDICATOR_COLUMNS
from emissions.scenario.targets.data import load_targets, targets_of
from emissions.scenario.targets.observed import observed_indicators
from emissions.scenario.targets.rule import rule_of
from emissions.scenario.targets.status import STATUS_COLUMNS, STATUSES, evaluate
from emissions.vocabulary import message

EB, TERRITORY = "energy_balance", "territorial"


def table(*rows: tuple[str, int, float, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS))


def one(name: str, rows: pd.DataFrame, year: int | None = None, **options: Any) -> dict[str, Any]:
    found = evaluate(rows, options.pop("peak", None), targets_of([name], ""), year, **options)
    assert list(found.columns) == list(STATUS_COLUMNS)
    assert len(found) == 1
    return dict(found.iloc[0])


def coal(value: float, year: int = 2025, unit: str = "percent", boundary: str = EB) -> pd.DataFrame:
    return table(("coal_share_of_energy", year, value, unit, boundary))


# ---------------------------------------------------------------- met and missed


@pytest.mark.parametrize(("value", "status", "gap"), [(75.0, "met", 0.0), (70.0, "met", -5.0), (75.5, "missed", 0.5)])
def test_at_most(value: float, status: str, gap: float) -> None:
    found = one("nm-coal-share-2025", coal(value))
    assert (found["status"], found["gap"], found["year"]) == (status, gap, 2025)
    assert found["normalised_gap"] == pytest.approx((value - 82) / (75 - 82))
    assert found["reason_en"] == found["reason_zh"] == ""
    assert found["quote_zh"] == "煤炭占能源消费总量比重降低到75%以下"
    assert found["document"] == "内蒙古自治区“十四五”生态环境保护规划"


@pytest.mark.parametrize(("value", "status"), [(49.0, "missed"), (50.0, "met"), (60.0, "met")])
def test_at_least(value: float, status: str) -> None:
    assert one("nm-rail-share-2025", table(("rail_share_of_freight", 2025, value, "%", "")))["status"] == status


@pytest.mark.parametrize(
    ("name", "indicator", "unit", "value", "status"),
    [
        ("nm-re-capacity-share-2025", "renewable_share_of_capacity", "%", 42.9, "missed"),
        ("nm-re-capacity-share-2025", "renewable_share_of_capacity", "%", 43.0, "met"),
        ("nm-re-capacity-share-2025", "renewable_share_of_capacity", "%", 51.0, "met"),
        ("nm-diesel-truck-iii-2025", "diesel_truck_stage_iii_or_older_share", "%", 5.0, "met"),
        ("nm-diesel-truck-iii-2025", "diesel_truck_stage_iii_or_older_share", "%", 5.1, "missed"),
        ("or-new-wind-2025", "new_wind_capacity", "GW", 9.5, "met"),
        ("or-new-wind-2025", "new_wind_capacity", "GW", 9.4, "missed"),
        ("or-new-wind-2025", "new_wind_capacity", "MW", 9500.0, "met"),
        ("nm-ext-supply-coal-rate-2025", "coal_power_supply_rate", "gce/kWh", 320.25, "met"),
        ("nm-ext-supply-coal-rate-2025", "coal_power_supply_rate", "gce/kWh", 320.3, "missed"),
        ("nm-ext-supply-coal-rate-2025", "coal_power_supply_rate", "gce/kWh", 290.0, "met"),
        ("mz-bus-stock", "bus_stock", "count", 188.0, "missed"),
        ("mz-bus-stock", "bus_stock", "count", 207.0, "met"),
        ("mz-bus-stock", "bus_stock", "count", 208.0, "missed"),
    ],
)
def test_about_has_its_margin_and_the_better_side_is_met(
    name: str, indicator: str, unit: str, value: float, status: str
) -> None:
    assert one(name, table((indicator, 2025, value, unit, "")))["status"] == status


@pytest.mark.parametrize(("value", "status"), [(17.9, "missed"), (18.0, "met"), (18.0 - 1e-12, "met"), (19.0, "met")])
def test_to_be_reached_is_met_above_too_and_has_no_margin(value: float, status: str) -> None:
    found = one("nm-nonfossil-share-2025", table(("nonfossil_share_of_energy", 2025, value, "%", EB)))
    assert found["status"] == status
    assert math.isnan(found["normalised_gap"])


def test_the_margin_is_printed_in_words() -> None:
    found = one("nm-re-capacity-share-2025", table(("renewable_share_of_capacity", 2025, 44.0, "%", "")))
    assert found["tolerance_en"] == "at least 43 %, with a margin of 2 percentage points"
    assert found["tolerance_zh"] == "不低于 43 %，含容差 2 个百分点"
    assert one("nm-coal-share-2025", coal(70.0))["tolerance_en"] == "at most 75 %, no margin"
    both = one("mz-bus-stock", table(("bus_stock", 2025, 198.0, "count", "")))
    assert both["tolerance_en"] == "between 188.1 and 207.9 count, with a margin of 5 percent"


def test_a_change_is_that_since_its_baseline_year() -> None:
    rows = table(("energy_intensity", 2020, 2.0, "tce", EB), ("energy_intensity", 2025, 1.7, "tce", EB))
    assert one("nm-ext-energy-intensity-2025", rows)["status"] == "met"
    conflict = one("nm-ext-energy-intensity-2025b", rows)
    assert (conflict["status"], conflict["achieved"]) == ("missed", pytest.approx(-15.0))
    assert conflict["normalised_gap"] == pytest.approx(15 / 15.5)
    later = table(("energy_intensity", 2021, 2.0, "tce", EB), ("energy_intensity", 2025, 1.7, "tce", EB))
    assert one("nm-ext-energy-intensity-2025", later)["reason_en"].endswith("energy_intensity for 2020")


def test_a_change_of_emissions_is_that_of_the_substance() -> None:
    rows = table(("emission:NOx", 2020, 100.0, "t", TERRITORY), ("emission:NOx", 2025, 0.095, "kt", TERRITORY))
    assert one("nm-ext-nox-2025", rows)["achieved"] == pytest.approx(-5.0)
    assert one("nm-ext-nox-2025", rows)["status"] == "missed"
    assert one("nm-ext-voc-2025", rows)["status"] == "not_evaluable"
    zero = table(("emission:NOx", 2020, 0.0, "t", TERRITORY), ("emission:NOx", 2025, 1.0, "t", TERRITORY))
    assert "0 in 2020" in one("nm-ext-nox-2025", zero)["reason_en"]


def test_an_upper_bound_can_show_a_miss_but_never_a_success() -> None:
    def under(total: float) -> dict[str, Any]:
        return one("or-new-pv-2025", table(("capacity_new_energy", 2025, total, "GW", "")))

    assert (under(27.79)["status"], under(27.79)["gap"]) == ("missed", pytest.approx(-12.21))
    assert "upper bound" in under(27.79)["reason_en"]
    assert under(60.0)["status"] == "not_evaluable"
    assert math.isnan(under(60.0)["achieved"])


# ---------------------------------------------------------------- what cannot be said


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (coal(70.0, boundary=TERRITORY), "never compared across boundaries"),
        (coal(70.0, boundary=""), "never compared across boundaries"),
        (coal(70.0, year=2024), "no value of coal_share_of_energy for 2025"),
        (coal(math.nan), "no indicator coal_share_of_energy"),
        (coal(70.0, unit="Mtce"), "cannot be converted"),
        (coal(70.0, unit="nonsense"), "cannot be converted"),
        (pd.concat([coal(70.0), coal(80.0)]), "several values for 2025 (70, 80)"),
        (table(), "no indicator coal_share_of_energy"),
    ],
)
def test_a_value_that_does_not_fit_is_not_taken(rows: pd.DataFrame, words: str) -> None:
    found = one("nm-coal-share-2025", rows)
    assert found["status"] == "not_evaluable"
    assert words in found["reason_en"]
    assert found["reason_zh"]
    assert math.isnan(found["achieved"])


def test_equal_values_are_one_and_other_boundaries_do_not_disturb() -> None:
    rows = pd.concat([coal(0.7, unit="1"), coal(70.0), coal(99.0, boundary=TERRITORY)])
    assert one("nm-coal-share-2025", rows)["achieved"] == pytest.approx(70.0)


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("or-voc-2025", "not_evaluable", "superior body"),
        ("nm-co2-peak", "not_evaluable", "without a year"),
        ("or-new-power-demand", "not_evaluable", "only mainly"),
        ("nm-coal-share-base", "not_evaluable", "only what was"),
        ("or-nox-13fyp", "not_evaluable", "only what was"),
        ("nm-forest-cover-2025", "not_evaluable", "not in the inventory yet"),
        ("hm-pm25-2025", "not_evaluable", "dispersion"),
        ("nm-wuhai-voc-2025", "not_evaluable", "only to Wuhai"),
        ("mz-grass-cover-2025", "contradictory_baseline", "a person must check"),
    ],
)
def test_what_cannot_be_evaluated_says_why(name: str, status: str, words: str) -> None:
    found = one(name, coal(70.0), 2023)
    assert found["status"] == status
    assert words in found["reason_en"]
    assert found["reason_zh"] != found["reason_en"]


def test_the_whole_region_says_nothing_of_a_part() -> None:
    rows = table(("clean_heating_rate", 2025, 99.0, "%", ""))
    assert one("nm-clean-heating-2025", rows)["status"] == "met"
    assert one("nm-wuhai-clean-heating-urban-2025", rows)["status"] == "not_evaluable"
    own = table(("clean_heating_rate@nm-wuhai-clean-heating-urban-2025", 2025, 97.0, "%", ""))
    assert one("nm-wuhai-clean-heating-urban-2025", own)["status"] == "missed"


# ---------------------------------------------------------------- mid-term


@pytest.mark.parametrize(("value", "status"), [(77.8, "on_track"), (77.9, "behind"), (74.0, "on_track")])
def test_before_it_is_due_a_target_is_held_against_the_straight_way(value: float, status: str) -> None:
    found = one("nm-coal-share-2025", coal(value, 2023), 2023)
    assert found["way"] == pytest.approx(82 - 7 * 3 / 5)
    assert (found["status"], found["year"], found["target_value"]) == (status, 2023, 75.0)
    assert "77.8 %" in found["reason_en"]
    assert found["gap"] == pytest.approx(value - 75)


def test_the_way_of_a_change_starts_from_nothing() -> None:
    rows = table(("energy_intensity", 2020, 1.0, "tce", EB), ("energy_intensity", 2023, 0.92, "tce", EB))
    found = one("nm-ext-energy-intensity-2025", rows, 2023)
    assert (found["status"], found["way"]) == ("behind", pytest.approx(-9.0))


def test_the_way_of_about_has_the_margin_too() -> None:
    rows = table(("renewable_share_of_capacity", 2023, 39.5, "%", ""))
    assert one("nm-re-capacity-share-2025", rows, 2023)["status"] == "on_track"
    assert one("nm-re-capacity-share-2025", rows.assign(value=39.4), 2023)["status"] == "behind"


def test_without_a_baseline_only_the_final_value_can_be_compared() -> None:
    rows = table(("capacity_new_energy", 2024, 120.0, "GW", ""))
    assert one("nm-ext-new-energy-capacity-2025", rows, 2024)["status"] == "on_track"
    early = one("nm-ext-new-energy-capacity-2030", rows, 2024)
    assert (early["status"], early["reason_en"][:11]) == ("not_due", "due in 2030")


def test_a_target_that_is_due_is_judged_in_its_own_year_also_later() -> None:
    rows = table(
        ("coal_power_ultra_low_share", 2023, 90.0, "%", ""), ("coal_power_ultra_low_share", 2025, 100.0, "%", "")
    )
    found = one("or-thermal-ule-2023", rows, 2025)
    assert (found["status"], found["year"], found["achieved"]) == ("missed", 2023, 90.0)


# ---------------------------------------------------------------- peak


def peaking(at: int, last: int = 2040, fall: float = 3.0) -> Any:
    years = range(2020, last + 1)
    return find_peak(years, [100 - (3.0 * (at - year) if year < at else fall * (year - at)) for year in years])


def test_a_peak_in_time_is_met_and_its_plateau_is_told() -> None:
    found = one("nm-ext-co2-peak", table(), peak=peaking(2028))
    assert (found["status"], found["achieved"], found["gap"]) == ("met", 2028, -2)
    assert found["reason_en"] == "peak year 2028, verdict: peaked; plateau 2028-2028, highest single year 2028"
    # emissions have peaked when they leave a plateau, not in the highest year of it
    flat = one("nm-ext-co2-peak", table(), peak=peaking(2028, fall=0.3))
    assert (flat["status"], flat["achieved"], flat["gap"]) == ("missed", 2034, 4)
    assert "plateau from 2028 to 2034" in flat["reason_en"]
    assert "平台期" in flat["reason_zh"]
    early = one("nm-ext-co2-peak", table(), peak=peaking(2022, fall=0.3))
    assert (early["status"], early["achieved"]) == ("met", 2028)


def test_a_plateau_that_lasts_to_the_end_is_no_peak() -> None:
    flat = one("nm-ext-co2-peak", table(), peak=peaking(2025, fall=0.01))
    assert flat["status"] == "missed"
    assert "to the end of the series" in flat["reason_en"]


def test_a_late_peak_and_no_peak_are_missed() -> None:
    assert one("nm-ext-co2-peak", table(), peak=peaking(2031))["gap"] == 1
    assert one("nm-ext-co2-peak", table(), peak=peaking(2031))["status"] == "missed"
    rising = one("nm-ext-co2-peak", table(), peak=peaking(2050))
    assert rising["status"] == "missed"
    assert math.isnan(rising["achieved"])
    assert "rises in 2040" in rising["reason_en"]


@pytest.mark.parametrize(("at", "last"), [(2025, 2029), (2050, 2030), (2028, 2031)])
def test_a_series_too_short_tells_nothing(at: int, last: int) -> None:
    found = one("nm-ext-co2-peak", table(), peak=peaking(at, last))
    assert found["status"] == "not_evaluable"
    assert math.isnan(found["achieved"])


def test_before_2030_may_be_read_as_2029() -> None:
    peak = peaking(2030)
    loose, tight = (one("or-co2-peak", table(), peak=peak, strict=strict) for strict in (False, True))
    assert (loose["status"], loose["target_value"], loose["strict"]) == ("met", 2030, False)
    assert (tight["status"], tight["target_value"], tight["strict"]) == ("missed", 2029, True)
    other = one("hm-co2-peak", table(), peak=peaking(2029), strict=True)
    assert (other["status"], other["strict"]) == ("met", False)


def test_a_peak_is_due_in_its_year_and_needs_a_series() -> None:
    assert one("nm-ext-co2-peak", table(), 2025, peak=peaking(2023))["status"] == "not_due"
    assert one("or-co2-peak", table(), 2029, peak=peaking(2023))["status"] == "not_due"
    assert one("or-co2-peak", table(), 2029, peak=peaking(2023), strict=True)["status"] == "met"
    assert "no yearly series" in one("nm-ext-co2-peak", table())["reason_en"]


# ---------------------------------------------------------------- together


def test_from_what_was_observed() -> None:
    region = evaluate(observed_indicators("150000"), None, targets_of("all_of_region", "150000")).set_index("id")
    assert region["status"].value_counts()["missed"] == 3
    assert region["gap"].dropna().to_dict() == {
        "nm-energy-total-2020": 46.0, "nm-ext-13fyp-energy-cap": 46.0, "nm-ext-13fyp-carbon-intensity": 19.0,
    }  # fmt: skip
    ordos = evaluate(observed_indicators("150600"), None, targets_of("all_of_region", "150600"), 2025).set_index("id")
    missed = ordos[ordos["status"] == "missed"]["gap"].round(2).to_dict()
    assert missed == {"or-new-re-capacity-2025": -22.21, "or-new-pv-2025": -12.21}
    assert "for 2020" in ordos["reason_en"]["or-carbon-intensity-13fyp-target"]


def test_every_target_gets_a_row_and_a_word_for_its_status() -> None:
    found = evaluate(table(), None, load_targets(), 2025)
    assert found["id"].tolist() == [one.id for one in load_targets()]
    assert set(found["status"]) <= set(STATUSES)
    assert not found.loc[found["status"] == "not_evaluable", ["reason_zh", "reason_en"]].eq("").any(axis=None)
    for status in STATUSES:
        for language in ("zh", "en"):
            assert message(f"target_status.{status}", language) != f"target_status.{status}"  # type: ignore[arg-type]


@given(
    st.sampled_from(
        [one for one in load_targets() if one.value is not None and one.comparator and one.indicator.source]
    ),
    st.floats(-1e4, 1e4),
)
def test_the_target_itself_meets_its_rule_and_better_never_breaks_it(target: Any, step: float) -> None:
    rule = rule_of(target, target.value)
    assert rule.allows(target.value)
    better = {"<=": "lower", ">=": "higher"}.get(target.comparator, target.indicator.better)
    if better:
        assert rule.allows(target.value + (abs(step) if better == "higher" else -abs(step)))
