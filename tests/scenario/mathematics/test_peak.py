"""Peaks, plateaus, and what is neither."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.peak import (
    VERDICTS,
    YEARS_AFTER,
    cumulative_emissions,
    find_peak,
    share_peaked_by,
    smooth,
)
from emissions.vocabulary import message

SERIES = st.lists(st.floats(min_value=0.0, max_value=1e6), min_size=1, max_size=25)


def years(values: list[float]) -> range:
    return range(2010, 2010 + len(values))


def test_a_rise_to_the_last_year_is_rising() -> None:
    found = find_peak(range(2015, 2020), [1, 2, 3, 4, 5], observed_until=2019)
    assert (found.verdict, found.reason) == ("rising", "maximum_in_last_year")
    assert (found.peak_year, found.years_after, found.test) == (2019, 0, None)


def test_a_record_in_the_last_year_is_rising_after_years_of_plateau_too() -> None:
    assert find_peak(range(2010, 2018), [100, 100, 100, 100, 100, 100, 100, 100.5]).verdict == "rising"


def test_a_plateau_outranks_a_significant_fall() -> None:
    values = [80, 90, 100, 99.9, 99.8, 99.7, 99.6, 99.5, 99.4]
    found = find_peak(years(values), values, observed_until=2018)
    assert found.test is not None
    assert found.test.p_value < 0.05
    assert (found.verdict, found.reason, found.plateau) == ("plateau", "band_long_enough", (2012, 2018))


def test_the_plateau_is_unbroken_and_holds_the_peak() -> None:
    values = [100, 90, 99.5, 100.5, 101, 99.5, 95.5, 101, 100]
    found = find_peak(years(values), values)
    assert found.peak_year == 2014
    assert found.plateau == (2012, 2015)
    assert find_peak(years(values), values, band=0.06).plateau == (2012, 2018)
    assert find_peak(years(values), values, band=0.0).plateau == (2014, 2014)


@pytest.mark.parametrize(
    ("after", "alternative", "verdict"),
    [(3, "less", "not_testable"), (4, "less", "peaked"), (4, "two-sided", "not_testable"), (5, "two-sided", "peaked")],
)
def test_a_fall_needs_years_enough_for_its_test(after: int, alternative: str, verdict: str) -> None:
    values = [60.0, 80.0, 100.0, *(90.0 - 5 * number for number in range(after))]
    found = find_peak(years(values), values, observed_until=2040, alternative=alternative)  # type: ignore[arg-type]
    assert found.years_after == after
    assert found.verdict == verdict
    assert (found.test is None) == (verdict == "not_testable")
    if found.test:
        assert (found.test.alternative, found.test.n) == (alternative, after)


def test_a_fall_that_is_not_significant_is_a_plateau() -> None:
    values = [60.0, 80.0, 100.0, 80.0, 90.0, 80.0, 90.0, 85.0, 86.0]
    found = find_peak(years(values), values)
    assert (found.verdict, found.reason) == ("plateau", "fall_not_significant")


def test_two_sided_a_rise_after_the_peak_is_no_fall() -> None:
    """Sixteen years after a short, high peak emissions have risen every year: significant, and no fall."""
    values = [1.0, 99.0, 99.5, 98.0, *(10.0 + number for number in range(12))]
    found = find_peak(years(values), values, alternative="two-sided")
    assert found.test is not None
    assert found.test.score > 0
    assert found.test.p_value < 0.05
    assert found.verdict == "plateau"


def test_the_year_of_the_mean_and_of_the_highest_value_are_both_told() -> None:
    """A single high year is not where emissions peaked."""
    values = [50, 52, 75, 54, 70, 72, 71, 60, 50, 40, 30]
    found = find_peak(years(values), values)
    assert (found.highest_year, found.highest_value) == (2012, 75)
    assert (found.peak_year, found.peak_value) == (2015, 72)


def test_a_sharp_peak_keeps_its_year() -> None:
    """A steep rise before a slow fall: the highest mean is a year late, the peak is not."""
    found = find_peak(range(2010, 2016), [60, 80, 100, 90, 85, 80])
    assert (int(np.nanargmax(found.smoothed)), found.peak_year) == (3, 2012)
    assert find_peak(range(2010, 2014), [1, 2, 3, 1]).peak_year == 2012


def test_a_peak_at_the_ends() -> None:
    assert find_peak(range(2010, 2016), [9, 8, 7, 6, 5, 4]).peak_year == 2010
    assert find_peak(range(2010, 2013), [9.5, 12, 6]).peak_year == 2011
    found = find_peak(range(2010, 2013), [6, 12, 9.5])
    assert (found.peak_year, found.verdict) == (2011, "not_testable")


def test_the_highest_value_of_all_in_the_last_year_is_rising_whatever_the_means_say() -> None:
    found = find_peak(range(2010, 2015), [120, 120, 120, 60, 121])
    assert (found.peak_year, found.verdict) == (2014, "rising")


def test_projected_years_after_the_peak_make_the_test_circular() -> None:
    values = [60.0, 80.0, 100.0, 90.0, 80.0, 70.0, 60.0]
    told = {
        until: (found.observed_after, found.circular)
        for until in (None, 2010, 2014, 2016, 2030)
        for found in [find_peak(years(values), values, until)]
    }
    assert told == {None: (0, True), 2010: (0, True), 2014: (2, True), 2016: (4, False), 2030: (4, False)}


@pytest.mark.parametrize(
    ("values", "verdict"), [([1.0], "not_testable"), ([1.0, 2.0], "rising"), ([2.0, 1.0], "not_testable")]
)
def test_very_short_series_have_a_verdict(values: list[float], verdict: str) -> None:
    assert find_peak(years(values), values).verdict == verdict


def test_constant_emissions_are_a_plateau() -> None:
    assert find_peak(years([3.0] * 8), [3.0] * 8).verdict == "plateau"
    assert find_peak(years([0.0] * 8), [0.0] * 8).plateau == (2010, 2017)


@given(values=SERIES, power=st.integers(-10, 10))
def test_what_always_holds(values: list[float], power: int) -> None:
    found = find_peak(years(values), values)
    assert found.plateau[0] <= found.peak_year <= found.plateau[1]
    assert found.verdict == VERDICTS[found.reason]
    assert found.years_after == 2010 + len(values) - 1 - found.peak_year
    assert found.highest_value == max(values)
    assert (found.test is not None) == (found.years_after >= YEARS_AFTER["less"])
    scaled = find_peak(years(values), np.array(values) * 2.0**power)
    assert (scaled.peak_year, scaled.plateau, scaled.reason) == (found.peak_year, found.plateau, found.reason)


@given(st.lists(st.lists(st.floats(min_value=0.0, max_value=100.0), min_size=9, max_size=9), min_size=1, max_size=6))
def test_the_share_of_runs_is_counted_by_the_same_rule(runs: list[list[float]]) -> None:
    span = range(2020, 2029)
    peaks = [find_peak(span, run).peak_year for run in runs]
    expected = [sum(peak <= year and peak < 2028 for peak in peaks) / len(runs) for year in span]
    assert share_peaked_by(span, runs) == pytest.approx(expected)


def test_means_are_centred_and_keep_a_straight_line() -> None:
    assert smooth(np.arange(5.0))[1:-1].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(smooth(np.arange(5.0))[[0, -1]]).all()
    assert np.isnan(smooth([1.0, 2.0])).all()


def test_cumulative_emissions_as_sum_and_as_area() -> None:
    found = cumulative_emissions(range(2020, 2024), [1.0, 2.0, 4.0, 8.0], 2021, 2023)
    assert (found.first, found.last, found.sum_of_years, found.trapezoid) == (2021, 2023, 14.0, 9.0)
    assert cumulative_emissions([2020], [3.0]).trapezoid == 0.0
    with pytest.raises(ScenarioError, match="span_outside_years"):
        cumulative_emissions(range(2020, 2024), [1.0, 2.0, 4.0, 8.0], 2019)


@pytest.mark.parametrize(
    ("span", "values", "codes"),
    [
        ([2020, 2022], [1.0, 2.0], ["years_not_consecutive"]),
        ([2021, 2020], [1.0, 2.0], ["years_not_consecutive"]),
        ([2020, 2022], [math.nan, math.inf], ["years_not_consecutive", "emission_not_finite", "emission_not_finite"]),
    ],
)
def test_series_that_are_none_are_refused(span: list[int], values: list[float], codes: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        find_peak(span, values)
    assert [one.code for one in caught.value.problems] == codes


def test_wrong_use_is_said() -> None:
    with pytest.raises(ValueError, match="for 3 years"):
        find_peak([2020, 2021, 2022], [1.0, 2.0])
    with pytest.raises(ValueError, match="greater"):
        find_peak([2020], [1.0], alternative="greater")  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_verdicts_and_reasons_have_words(language: str) -> None:
    codes = [f"verdict.{one}" for one in VERDICTS.values()] + [f"verdict_reason.{one}" for one in VERDICTS]
    assert [code for code in codes if message(code, language) == code] == []  # type: ignore[arg-type]
