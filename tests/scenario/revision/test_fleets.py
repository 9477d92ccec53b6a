"""Fleets by vintage: two stages on paper, scrapping, and shares of sales that are no shares of the stock."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.survival import weibull_scale, weibull_survival
from emissions.scenario.revision.revise import Revised
from scenario.support import deed, path, revised, story

TRUCK = {
    "activity": "heavy_truck_diesel", "category": "IPCC2006:1A3biii", "use": "distance", "dimension": "distance",
    "quantity": 200.0,
}  # fmt: skip
STAGE_V = TRUCK | {"stage": "V"}
# a life of 1 / ln 2 years with shape 1: every year half of a cohort is left
HALVES = {
    "vehicles": "truck",
    "mean_life": 1 / math.log(2),
    "shape": 1.0,
    "stage_years": {"V": [2019, 2020], "VI": [2021, 2030]},
}
OLD = {"activities": "diesel_truck", "stage_at_most": 5}
TRUCKS = {"activities": "truck"}
ELECTRIC = {"technology": "heavy_truck_electric", "base": 0, "start": 2021}


def fleet(*measures: dict[str, Any], items: tuple[dict[str, Any], ...] = (STAGE_V,), **changed: Any) -> Revised:
    years = changed.pop("years", None)
    parts = {"fleets": [HALVES | changed], "measures": list(measures), "horizon": {"from": 2020, "to": 2023}}
    return revised(story(**parts), *items, years=years)


def by_stage(found: Revised) -> dict[str, list[float]]:
    """Return distance by stage, or by activity where there is no stage."""
    rows = found.sheet.rows
    names = [stage or activity for stage, activity in zip(rows["stage"], rows["activity"].astype(str), strict=True)]
    total = found.sheet.quantity.reshape(-1, *found.sheet.quantity.shape[-2:])[0]
    return {
        name: total[:, [one == name for one in names]].sum(axis=1).round(6).tolist() for name in dict.fromkeys(names)
    }


def codes(*measures: dict[str, Any], **changed: Any) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        fleet(*measures, **changed)
    return [(one.code, one.found) for one in caught.value.problems]


# ---------------------------------------------------------------- turnover


def test_half_of_the_old_ones_are_replaced_by_the_newest_stage_every_year() -> None:
    found = fleet()
    assert by_stage(found) == {"V": [200, 100, 50, 25], "VI": [0, 100, 150, 175]}
    added = found.sheet.rows.iloc[1]
    assert added[["activity", "stage", "category", "unit"]].tolist() == [
        "heavy_truck_diesel", "VI", "IPCC2006:1A3biii", "km",
    ]  # fmt: skip


def test_the_stock_grows_at_its_rate_and_sales_fill_the_gap() -> None:
    """Ten percent more each year: 220, 242, 266.2."""
    stages = by_stage(fleet(growth={2021: 10}))
    assert stages["V"] == [200, 100, 50, 25]
    assert stages["VI"] == pytest.approx([0, 120, 192, 241.2])


def test_the_stock_follows_the_driver_that_scales_its_rows() -> None:
    driver = path("index", y2020=1, y2023=2.5) | {"unit": "1", "drives": [{"activities": "truck"}]}
    found = revised(
        story(fleets=[HALVES], drivers={"freight": driver}, horizon={"from": 2020, "to": 2023}), STAGE_V
    )  # fmt: skip
    assert by_stage(found) == {"V": [200, 100, 50, 25], "VI": [0, 200, 350, 475]}


def test_a_stock_that_should_fall_faster_than_it_dies_buys_nothing() -> None:
    assert by_stage(fleet(growth={2021: -90})) == {"V": [200, 100, 50, 25]}


def test_new_vehicles_die_by_their_own_curve_beyond_the_ages_of_the_base_year() -> None:
    """Everything is sold in 2021; what is left of it later follows the Weibull curve, also at ages nothing had."""
    stages = {"V": [2020, 2020], "VI": [2021, 2021], "I": [2022, 2030]}
    found = revised(
        story(
            fleets=[HALVES | {"mean_life": 4.0, "shape": 2.0, "stage_years": stages}],
            horizon={"from": 2020, "to": 2026},
        ),
        STAGE_V,
    )
    left = weibull_survival(np.arange(7), weibull_scale(4.0, 2.0), 2.0)
    assert by_stage(found)["V"] == pytest.approx((200 * left).tolist(), abs=1e-5)
    bought = 200 * (1 - left[1])
    assert by_stage(found)["VI"][1:] == pytest.approx((bought * left[:6]).tolist(), abs=1e-5)


def test_rows_of_one_stage_keep_their_proportions_and_classes_turn_over_apart() -> None:
    items = (
        STAGE_V | {"quantity": 150.0, "speed_km_h": 40.0},
        STAGE_V | {"quantity": 50.0, "speed_km_h": 80.0},
        STAGE_V | {"quantity": 8.0, "region": "150621"},
    )
    quantity = fleet(items=items).sheet.quantity
    assert quantity[:, :3].round(6).tolist() == [[150, 50, 8], [75, 25, 4], [37.5, 12.5, 2], [18.75, 6.25, 1]]
    assert quantity[1, 3:].round(6).tolist() == [100, 4]


def test_rows_without_a_stage_or_of_other_vehicles_stay() -> None:
    items = (STAGE_V, TRUCK | {"stage": ""}, STAGE_V | {"activity": "bus_diesel"})
    found = fleet(items=items)
    assert found.sheet.quantity[:, 1:3].tolist() == [[200, 200]] * 4


def test_a_stage_without_years_is_refused() -> None:
    assert codes(items=(STAGE_V, TRUCK | {"stage": "IV"})) == [("stage_without_years", "IV")]


def test_vehicles_of_a_stage_that_has_not_begun_are_refused() -> None:
    """They would stand in no vintage and vanish."""
    assert codes(items=(STAGE_V, TRUCK | {"stage": "VI"})) == [("stage_after_base", "VI")]


def test_one_year_alone_has_the_vintages_of_the_batch() -> None:
    sold = deed("s", "sales_share", TRUCKS, amount=40, full=2023, **ELECTRIC)
    growth = {2021: 30, 2022: -20, 2023: 50}
    driver = path("1", y2020=1, y2021=3, y2022=2, y2023=5) | {"drives": [{"activities": "truck"}]}
    parts = {
        "fleets": [HALVES | {"growth": growth}],
        "measures": [sold],
        "drivers": {"freight": driver},
        "horizon": {"from": 2020, "to": 2023},
    }
    batch = revised(story(**parts), STAGE_V)
    for place, year in enumerate(batch.years[1:], start=1):
        alone = revised(story(**parts), STAGE_V, years=(2020, year))
        assert alone.sheet.quantity[1].tolist() == pytest.approx(batch.sheet.quantity[place].tolist(), rel=1e-12)


# ---------------------------------------------------------------- measures


def test_scrapping_a_stage_ends_it_in_time_and_sales_make_it_good() -> None:
    """Half of the survivors may run in 2021, none in 2022."""
    scrap = deed("scrap", "scrap_stock", OLD, amount=0, base=100, start=2021, full=2022)
    found = fleet(scrap)
    assert by_stage(found) == {"V": [200, 50, 0, 0], "VI": [0, 150, 200, 200]}
    kept = deed("scrap", "scrap_stock", OLD, amount=60, base=100, start=2021, full=2022)
    assert by_stage(fleet(kept))["V"] == pytest.approx([200, 80, 30, 15])


def test_two_cuts_are_multiplied() -> None:
    cuts = [deed(f"cut{one}", "scrap_stock", OLD, amount=50, base=100, start=2021, full=2021) for one in (1, 2)]
    assert by_stage(fleet(*cuts))["V"] == [200, 25, 12.5, 6.25]


def test_a_share_of_sales_is_far_from_the_same_share_of_the_stock() -> None:
    """Sales are 100 a year: 20 electric in 2021, half of those and 20 in 2022 ..."""
    sold = deed("nev", "sales_share", TRUCKS, amount=20, shape="step", full=2021, **ELECTRIC)
    found = fleet(sold)
    assert by_stage(found) == {
        "V": [200, 100, 50, 25],
        "VI": [0, 80, 120, 140],
        "heavy_truck_electric": [0, 20, 30, 35],
    }


def test_a_share_of_sales_rises_with_the_measure() -> None:
    sold = deed("nev", "sales_share", TRUCKS, amount=40, full=2022, **ELECTRIC)
    assert by_stage(fleet(sold))["heavy_truck_electric"] == pytest.approx([0, 20, 50, 65])


def test_a_share_of_the_stock_is_reached_in_its_year_by_sales() -> None:
    """150 of the 200 in 2022 were sold since 2021: 40 of them need 26.7 % of sales."""
    stock = deed("nev", "stock_share", TRUCKS, amount=20, full=2022, **ELECTRIC)
    found = by_stage(fleet(stock))
    share = 40 / 150
    assert found["heavy_truck_electric"] == pytest.approx([0, 100 * share, 40, 20 + 100 * share])
    assert np.sum([*found.values()], axis=0) == pytest.approx(np.full(4, 200.0))


def test_a_share_of_the_stock_beyond_all_sales_is_refused_with_the_best() -> None:
    stock = deed("nev", "stock_share", TRUCKS, amount=80, full=2022, **ELECTRIC)
    with pytest.raises(ScenarioError) as caught:
        fleet(stock)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.facts["best"]) == ("stock_share_not_reachable", "0.8", "0.75")


def test_a_share_of_the_stock_reached_after_the_years_shown_is_on_its_way() -> None:
    stock = deed("nev", "stock_share", TRUCKS, amount=20, full=2022, **ELECTRIC)
    shown = by_stage(fleet(stock, years=(2020, 2021)))
    assert shown["heavy_truck_electric"] == pytest.approx([0, 100 * 40 / 150])


def test_shares_of_sales_over_all_sales_are_refused() -> None:
    sold = [deed(name, "sales_share", TRUCKS, amount=60, full=2021, **ELECTRIC) for name in "ab"]
    assert codes(*sold) == [("new_energy_over_all_sales", "a, b")]


def test_new_vehicles_may_be_told_by_other_columns() -> None:
    columns = {"activity": "heavy_truck_hydrogen", "technology": "fuel_cell"}
    sold = deed("nev", "sales_share", TRUCKS, amount=20, full=2021, replaced_by=columns, **ELECTRIC)
    assert list(by_stage(fleet(sold))) == ["V", "VI", "heavy_truck_hydrogen"]


def test_what_acted_on_the_fleet_does_not_act_again() -> None:
    scrap = deed("scrap", "scrap_stock", OLD, amount=50, base=100, start=2021, full=2021)
    found = fleet(scrap)
    assert by_stage(found)["V"] == [200, 50, 25, 12.5]
    assert [one.code for one in found.notes if one.found == "scrap"] == []


def test_without_a_fleet_scrapping_acts_on_the_rows_and_shares_of_sales_on_nothing() -> None:
    scrap = deed("scrap", "scrap_stock", OLD, amount=50, base=100, start=2021, full=2021)
    sold = deed("nev", "sales_share", TRUCKS, amount=20, full=2021, **ELECTRIC)
    found = revised(story(measures=[scrap, sold]), STAGE_V)
    assert found.sheet.quantity[:, 0].tolist() == [200.0, *[100.0] * 5]
    assert [(one.code, one.found) for one in found.notes if one.level == "warning"] == [
        ("measure_acts_on_nothing", "nev")
    ]


# ---------------------------------------------------------------- properties


@given(
    life=st.floats(1.0, 20.0),
    shape=st.floats(0.5, 5.0),
    growth=st.integers(-10, 15),
    cut=st.integers(0, 100),
    sold=st.integers(0, 50),
)
def test_the_stock_is_conserved_ages_and_never_negative(
    life: float, shape: float, growth: int, cut: int, sold: int
) -> None:
    measures = [
        deed("scrap", "scrap_stock", OLD, amount=cut, base=100, start=2021, full=2022),
        deed("nev", "sales_share", TRUCKS, amount=sold, full=2022, **ELECTRIC),
    ]
    stages = {"IV": [2012, 2016], "V": [2017, 2020], "VI": [2021, 2030]}
    items = (STAGE_V, TRUCK | {"stage": "IV", "quantity": 70.0})
    found = fleet(*measures, items=items, mean_life=life, shape=shape, growth={2021: growth}, stage_years=stages)
    quantity = found.sheet.quantity
    assert quantity.min() >= 0
    total, wanted = quantity.sum(axis=1), 270.0 * (1 + growth / 100) ** np.arange(4)
    # never below the target; above it only while nothing is bought
    assert (total >= wanted * (1 - 1e-9)).all()
    parts = by_stage(found)
    for stage in ("IV", "V"):
        assert (np.diff(parts[stage]) <= 1e-6).all()
    if cut == 0:
        assert parts["IV"][2] == parts["V"][2] == 0.0
