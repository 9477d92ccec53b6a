"""Turnover of a stock by vintage, stages, forced scrapping, shares of sales and of the stock."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.stock import Turnover, forced_scrapping, stage_of_vintage, stock_by_stage, turn_over
from emissions.scenario.mathematics.survival import weibull_survival
from emissions.scenario.mathematics.technology import sales_share_for_stock, technology_stock

AMOUNT = st.floats(min_value=0.0, max_value=1e6).map(lambda value: value if value > 1e-6 else 0.0)
SHARE = st.floats(min_value=0.0, max_value=1.0)


@st.composite
def turnovers(draw: st.DrawFn) -> tuple[Turnover, list[float]]:
    """Return a turnover with scrapping, and its targets."""
    stock = draw(st.lists(AMOUNT, min_size=1, max_size=5))
    target = draw(st.lists(AMOUNT, min_size=1, max_size=6))
    survival = weibull_survival(np.arange(8), draw(st.floats(min_value=3, max_value=20)), draw(st.floats(1.0, 5.0)))
    years, vintages = range(2021, 2021 + len(target)), range(2021 - len(stock), 2021 + len(target))
    start = draw(st.integers(2019, 2026))
    cut = forced_scrapping(
        years, vintages, draw(st.integers(2015, 2024)), start, start + draw(st.integers(0, 4)), draw(SHARE)
    )
    return turn_over(2020, stock, survival, target, allowed=cut), target


@given(drawn=turnovers())
def test_nothing_is_lost_or_negative(drawn: tuple[Turnover, list[float]]) -> None:
    found, target = drawn
    size = max(found.stock.sum(), sum(target), 1.0)
    assert found.stock.min() >= 0
    assert found.sales.min() >= 0
    assert found.scrapped.min() >= 0
    assert (found.retired >= found.scrapped).all()
    moved = np.diff(found.stock.sum(axis=1)) - (found.sales - found.retired.sum(axis=1))
    assert np.abs(moved).max() <= 1e-12 * size
    assert found.stock[1:].sum(axis=1) == pytest.approx(np.array(target) + found.above_target, abs=1e-12 * size)
    assert (found.sales * found.above_target == 0).all()


@given(drawn=turnovers())
def test_a_cohort_never_grows_and_is_not_there_before_its_year(drawn: tuple[Turnover, list[float]]) -> None:
    found, _ = drawn
    for column, vintage in enumerate(found.vintages):
        sold = max(vintage - 2020, 0)
        assert (found.stock[:sold, column] == 0).all()
        assert (np.diff(found.stock[sold:, column]) <= 0).all()


@given(drawn=turnovers(), power=st.integers(-6, 6))
def test_the_unit_of_the_stock_does_not_matter(drawn: tuple[Turnover, list[float]], power: int) -> None:
    found, target = drawn
    survival = [1.0, 0.9, 0.5]
    old = found.stock[0, : len(found.vintages) - len(found.sales)][::-1]
    one, other = (turn_over(2020, old * scale, survival, np.array(target) * scale) for scale in (1.0, 2.0**power))
    assert (one.stock * 2.0**power).tolist() == other.stock.tolist()


def test_a_fleet_by_hand() -> None:
    """Survival 1, 0.8, 0.4 and then half a year; 100 new, 50 one year old, 20 two years or older; target 180, 200.

    2021: 80 + 25 + 10 left, 65 sold. 2022: 40 + 12.5 + 5 + 52 left, 90.5 sold.
    """
    found = turn_over(2020, [100.0, 50.0, 20.0], [1.0, 0.8, 0.4], [180.0, 200.0])
    assert found.vintages == (2018, 2019, 2020, 2021, 2022)
    assert found.stock == pytest.approx(
        np.array([[20, 50, 100, 0, 0], [10, 25, 80, 65, 0], [5, 12.5, 40, 52, 90.5]], dtype=float)
    )
    assert found.sales == pytest.approx([65.0, 90.5])
    assert found.retired.sum(axis=1) == pytest.approx([55.0, 70.5])
    table = found.table()
    assert table.loc[2022].to_dict() == pytest.approx(
        {"stock": 200, "sales": 90.5, "retired": 70.5, "scrapped": 0, "above_target": 0}
    )
    assert table.loc[2020].isna().tolist() == [False, True, True, True, True]


def test_a_stock_that_shrinks_faster_than_it_wears_out_stays_above_its_target() -> None:
    found = turn_over(2020, [100.0], [1.0, 0.9], [50.0, 85.0])
    assert found.sales == pytest.approx([0.0, 4.0])
    assert found.above_target == pytest.approx([40.0, 0.0])


def test_scrapping_cuts_old_cohorts_and_sales_replace_them() -> None:
    """Half of the cohorts of 2018 and before in 2021, all of them in 2022; nobody wears out."""
    cut = forced_scrapping([2021, 2022], range(2017, 2023), 2018, 2021, 2022)
    assert cut.tolist() == [[0.5, 0.5, 1, 1, 1, 1], [0, 0, 1, 1, 1, 1]]
    found = turn_over(2020, [10.0, 10.0, 10.0, 10.0], [1.0, 1.0], [40.0, 40.0], allowed=cut)
    assert found.stock.tolist() == [[10, 10, 10, 10, 0, 0], [5, 5, 10, 10, 10, 0], [0, 0, 10, 10, 10, 10]]
    assert found.scrapped.sum(axis=1).tolist() == [10.0, 10.0]


def test_scrapping_can_leave_a_part() -> None:
    cut = forced_scrapping(range(2020, 2026), [2010], 2012, 2022, 2024, remaining=0.05)
    assert cut[:, 0] == pytest.approx([1, 1, 1 - 0.95 / 3, 1 - 0.95 * 2 / 3, 0.05, 0.05])


def test_two_cuts_are_multiplied() -> None:
    """Cohorts cut to half, and to half again, leave a quarter of the survivors."""
    cut = forced_scrapping([2021], range(2020, 2022), 2020, 2021, 2021, 0.5)
    found = turn_over(2020, [8.0], [1.0, 1.0], [0.0], allowed=cut * cut)
    assert found.stock[1].tolist() == [2.0, 0.0]


@pytest.mark.parametrize(
    ("stock", "survival", "target", "codes"),
    [
        ([-1.0, math.nan], [1.0, 0.5], [math.inf], ["stock_negative"] * 3),
        ([1.0, 2.0, 0.0], [1.0, 0.0], [1.0], ["stock_beyond_survival"]),
        ([1.0], [1.0, 1.1], [1.0], ["survival_outside_range", "survival_rises"]),
    ],
)
def test_stocks_that_cannot_be_are_refused(
    stock: list[float], survival: list[float], target: list[float], codes: list[str]
) -> None:
    with pytest.raises(ScenarioError) as caught:
        turn_over(2020, stock, survival, target)
    assert [one.code for one in caught.value.problems] == codes


def test_scrapping_that_cannot_be_is_refused() -> None:
    with pytest.raises(ScenarioError, match="scrapping_taken_back"):
        turn_over(2020, [1.0], [1.0, 1.0], [1.0, 1.0], allowed=[[0.5, 1, 1], [0.6, 1, 1]])
    with pytest.raises(ScenarioError, match="share_outside_range"):
        turn_over(2020, [1.0], [1.0, 1.0], [1.0], allowed=[[1.5, 1]])
    with pytest.raises(ValueError, match="is wanted"):
        turn_over(2020, [1.0], [1.0, 1.0], [1.0], allowed=[[1.0]])
    with pytest.raises(ScenarioError, match=r"end_before_start.*\nshare_outside_range"):
        forced_scrapping([2021], [2020], 2020, 2025, 2022, remaining=1.5)


# ---------------------------------------------------------------- stages


def test_stages_by_vintage() -> None:
    begins = {3: 2008, 4: 2013, 5: 2017}
    assert stage_of_vintage([2008, 2012, 2013, 2030], begins).tolist() == [3, 3, 4, 5]
    with pytest.raises(ScenarioError, match="vintage_without_stage: 2007"):
        stage_of_vintage([2007, 2013], begins)
    with pytest.raises(ScenarioError, match="stage_out_of_order: 4"):
        stage_of_vintage([2013], {3: 2008, 4: 2008})


@given(drawn=turnovers())
def test_stages_hold_the_whole_stock(drawn: tuple[Turnover, list[float]]) -> None:
    found, _ = drawn
    table = stock_by_stage(found, {0: 1990, 1: 2018, 2: 2021})
    assert table.sum(axis=1).to_numpy() == pytest.approx(found.stock.sum(axis=1))
    assert table.loc[2020].get(2, 0.0) == 0


# ---------------------------------------------------------------- shares


def fleet() -> Turnover:
    return turn_over(
        2020,
        np.full(15, 10.0),
        weibull_survival(np.arange(20), 16.0, 4.0),
        [150.0 * 1.02**year for year in range(1, 11)],
    )


def test_a_share_of_sales_is_a_smaller_share_of_the_stock() -> None:
    """20 % of sales from 2021 on is by 2025 clearly less than 20 % of the stock."""
    found = fleet()
    stock = technology_stock(found, 0.01, np.full(10, 0.2))
    share = stock.sum(axis=1) / found.stock.sum(axis=1)
    assert share[0] == pytest.approx(0.01)
    assert share[5] < 0.7 * 0.2
    assert (np.diff(share) > 0).all()


@given(target=st.floats(min_value=0.02, max_value=0.45), start=st.integers(2021, 2024), base=st.floats(0.0, 0.02))
def test_the_share_found_reaches_its_share_of_the_stock(target: float, start: int, base: float) -> None:
    found = fleet()
    before = np.full(10, 0.05)
    profile = np.minimum(np.arange(1, 2031 - start + 1) / 3, 1.0)
    solved = sales_share_for_stock(found, base, target, 2030, start=start, before=before, profile=profile.tolist())
    reached = technology_stock(found, base, solved.sales_share)[10].sum() / found.stock[10].sum()
    assert reached == pytest.approx(solved.stock_share)
    assert solved.stock_share >= target * (1 - 1e-12)
    if solved.level > 0:
        assert solved.stock_share == pytest.approx(target)
    assert solved.sales_share[: start - 2021].tolist() == before[: start - 2021].tolist()


def test_what_all_sales_cannot_reach_is_refused_with_the_best() -> None:
    with pytest.raises(ScenarioError) as caught:
        sales_share_for_stock(fleet(), 0.0, 0.9, 2023, start=2021, before=np.zeros(10))
    (problem,) = caught.value.problems
    assert problem.code == "stock_share_not_reachable"
    everything = technology_stock(fleet(), 0.0, np.ones(10))[3].sum() / fleet().stock[3].sum()
    assert float(problem.facts["best"]) == pytest.approx(everything, rel=1e-3)


def test_a_share_already_there_needs_no_sales() -> None:
    solved = sales_share_for_stock(fleet(), 0.5, 0.1, 2023, start=2021, before=np.zeros(10))
    assert solved.level == 0
    assert solved.stock_share > 0.1


def test_an_empty_stock_has_no_share_to_miss() -> None:
    empty = turn_over(2020, [0.0], [1.0, 1.0], [0.0])
    assert sales_share_for_stock(empty, 0.0, 0.5, 2021, start=2021, before=[0.0]).level == 0


def test_shares_that_cannot_be_are_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        sales_share_for_stock(fleet(), 0.0, 1.5, 2019, start=2035, before=np.zeros(10))
    assert [one.code for one in caught.value.problems] == [
        "year_outside_turnover", "year_outside_turnover", "end_before_start", "share_outside_range",
    ]  # fmt: skip
    with pytest.raises(ScenarioError, match=r"share_outside_range: 1\.2"):
        technology_stock(fleet(), 1.2, np.zeros(10))
    with pytest.raises(ValueError, match="is wanted"):
        technology_stock(fleet(), 0.0, np.zeros(3))
    with pytest.raises(ValueError, match="a profile of 1 years for 10"):
        sales_share_for_stock(fleet(), 0.0, 0.1, 2023, start=2021, before=np.zeros(10), profile=[1.0])
