"""Revising: the empty scenario is the identity, drivers multiply, and every tonne has one determinant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.activity import ActivityTable
from emissions.errors import ScenarioError
from emissions.scenario.revision.revise import base_rows, revise, selected_power
from reference.workbench import activity_table
from scenario.support import (
    HEATING_POWER,
    HOUSEHOLD_COAL,
    OIL,
    POWER_COAL,
    WORDS,
    by_year,
    carriers_by_hand,
    deed,
    path,
    revised,
    story,
)

ROWS = (POWER_COAL, HOUSEHOLD_COAL, OIL)
COAL = {"activities": "coal"}


def driver(unit: str, *drives: dict[str, Any], **points: float) -> dict[str, Any]:
    return path(unit, **points) | {"drives": list(drives)}


def tables(scenario: Any, base: ActivityTable, **options: Any) -> ActivityTable:
    return revise(base, carriers_by_hand(base), scenario, WORDS, **options).table(base)


# ---------------------------------------------------------------- the empty scenario


def test_the_empty_scenario_of_one_year_is_the_table_itself() -> None:
    base = activity_table(*ROWS)
    assert tables(story(), base, years=(2020,)) is base


def test_the_empty_scenario_repeats_the_base_year() -> None:
    base = activity_table(*ROWS, {"quantity": np.nan, "notation": "NE"})
    rows = tables(story(), base).rows
    pd.testing.assert_frame_equal(rows.iloc[:4].reset_index(drop=True), base.rows, check_dtype=False)
    for year in range(2021, 2026):
        here = rows[rows["year"] == year]
        assert here["activity_id"].tolist() == [f"r{number} @{year}" for number in range(4)]
        for name in ("quantity", "category", "activity", "unit", "notation", "cell"):
            assert here[name].reset_index(drop=True).equals(base.rows[name]), name
    assert len(rows) == 24


def test_rows_of_later_years_keep_their_parents_and_their_relative_bounds() -> None:
    base = activity_table({"quantity": 100.0, "low": 90.0, "high": 120.0})
    table = tables(story(drivers={"output": driver("Mt", COAL, y2020=1, y2025=2)}), base, years=(2020, 2025))
    later = table.rows.iloc[1]
    assert later[["activity_id", "year", "quantity", "low", "high"]].tolist() == ["r0 @2025", 2025, 200.0, 180.0, 240.0]
    assert table.parents[["activity_id", "parent_id", "coefficient"]].to_numpy().tolist() == [["r0 @2025", "r0", 2.0]]
    assert table.rows.iloc[0][["quantity", "low", "high"]].tolist() == [100.0, 90.0, 120.0]


def test_what_is_stated_for_the_base_year_holds_in_every_year() -> None:
    base = activity_table(
        *ROWS,
        measured=[{"parameter": "carbon_content", "value": 27.0, "unit": "t/TJ", "year": 2020}],
        strata=[{"control": "scr", "share": 1.0, "year": "2020"}, {"control": "none", "share": 1.0, "year": "2019"}],
    )
    table = tables(story(), base)
    assert table.measured["year"].tolist() == [""]
    assert table.strata["year"].tolist() == ["", "2019"]


def test_only_rows_of_the_base_year_are_taken() -> None:
    both = activity_table(POWER_COAL, OIL | {"year": 2019}, HOUSEHOLD_COAL)
    assert base_rows(both, 2020, WORDS).rows["activity"].tolist() == ["lignite", "raw_coal"]
    alone = activity_table(*ROWS)
    assert base_rows(alone, 2020, WORDS) is alone
    with pytest.raises(ScenarioError) as caught:
        base_rows(both, 2018, WORDS)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.allowed) == ("base_year_not_in_data", "2018", "2019, 2020")


def test_rows_under_several_controls_are_split_before_anything_is_revised() -> None:
    """What a measure brings under a control sees what stands there already: 60 of 100 have it, the rest follows."""
    strata = [
        {"control": "scr", "share": 0.6, "category": "IPCC2006:1A1ai", "cell": "B2"},
        {"control": "none", "share": 0.4, "category": "IPCC2006:1A1ai", "cell": "B3"},
        {"control": "esp", "share": 1.0, "category": "IPCC2006:2C1", "cell": "B4"},
    ]
    base = base_rows(activity_table(POWER_COAL, OIL, strata=strata), 2020, WORDS)
    split = base.rows.set_index("control")["quantity"].to_dict()
    assert split == {"": 10e6, "scr": 36e6, "none": 24e6}
    assert base.strata["control"].tolist() == ["esp"]
    assert base.notes == ()
    scrub = deed("scrub", "control_share", {"categories": "1A1ai"}, technology="scr", amount=100, base=60)
    later = revise(base, carriers_by_hand(base), story(measures=[scrub]), WORDS).table(base).rows
    last = later[(later["year"] == 2025) & (later["category"] == "IPCC2006:1A1ai")]
    assert last.groupby("control")["quantity"].sum().to_dict() == {"none": 0.0, "scr": 60e6}


def test_a_line_of_controls_in_the_same_cell_of_another_file_is_still_said_to_be_unused() -> None:
    strata = [
        {"control": "scr", "share": 1.0, "category": "IPCC2006:1A1ai", "file": "power.xlsx", "cell": "B2"},
        {"control": "esp", "share": 1.0, "category": "IPCC2006:2C1", "file": "steel.xlsx", "cell": "B2"},
    ]
    base = base_rows(activity_table(POWER_COAL, OIL, strata=strata), 2020, WORDS)
    assert base.strata[["file", "control"]].to_numpy().tolist() == [["steel.xlsx", "esp"]]


# ---------------------------------------------------------------- drivers


def test_a_driver_scales_its_rows_by_its_value_over_that_of_the_base_year() -> None:
    found = revised(story(drivers={"output": driver("Mt", COAL, y2020=8, y2025=10)}), *ROWS)
    assert by_year(found, 0) == pytest.approx([60e6, 63e6, 66e6, 69e6, 72e6, 75e6])
    assert by_year(found, 1)[5] == pytest.approx(50e6)
    assert by_year(found, 2) == [10e6] * 6


def test_a_driver_in_percent_a_year_compounds() -> None:
    found = revised(story(drivers={"output": driver("percent/year", COAL, y2021=10)}), *ROWS)
    assert by_year(found, 0) == pytest.approx([60e6 * 1.1**step for step in range(6)])


def test_several_drivers_of_a_row_multiply_and_several_selectors_of_a_driver_do_not() -> None:
    drivers = {
        "people": driver(
            "1", {"categories": "1A3b"}, {"categories": "1A4b"}, {"activities": "raw_coal"}, y2020=1, y2025=2
        ),
        "output": driver("Mt", COAL, y2020=2, y2025=3),
    }
    found = revised(story(drivers=drivers), *ROWS)
    assert by_year(found, 1)[5] == pytest.approx(40e6 * 2 * 1.5)
    assert by_year(found, 0)[5] == pytest.approx(60e6 * 1.5)
    assert by_year(found, 2)[5] == pytest.approx(10e6 * 2)


def test_a_driver_that_drives_nothing_here_is_noted_and_growth_of_gdp_drives_no_row() -> None:
    drivers = {
        "steel": driver("Mt", {"categories": "2C1"}, y2020=1, y2025=2),
        "gdp_growth": path("percent/year", y2021=5),
    }
    found = revised(story(drivers=drivers), *ROWS)
    assert [(one.code, one.level, one.found) for one in found.notes] == [("driver_moves_nothing", "warning", "steel")]
    assert found.gdp.tolist() == pytest.approx([1.05**step for step in range(6)])
    assert by_year(found, 0) == [60e6] * 6


@given(
    factor=st.floats(0.1, 10.0),
    points=st.lists(st.floats(0.5, 3.0), min_size=2, max_size=2),
)
def test_scaling_a_path_scales_what_it_drives(factor: float, points: list[float]) -> None:
    first, last = points
    plain = driver("Mt", COAL, y2020=1, y2021=first, y2025=last)
    scaled = driver("Mt", COAL, y2020=1, y2021=factor * first, y2025=factor * last)
    one, other = (revised(story(drivers={"output": each}), *ROWS).sheet.quantity for each in (plain, scaled))
    assert other[1:, :2] == pytest.approx(factor * one[1:, :2])
    assert other[:, 2].tolist() == one[:, 2].tolist()
    assert other[0].tolist() == one[0].tolist()


# ---------------------------------------------------------------- the whole


def test_measures_may_be_chosen_and_apply_in_the_order_of_their_kinds() -> None:
    """A cap at 80 and a saving of a quarter: 60 of 100, not 75 and not 80."""
    saving = deed("save", "efficiency", COAL, amount=-25, amount_is="change", full=2021)
    cap = deed("cap", "activity_cap", COAL, amount=-20, amount_is="change", full=2021)
    scenario = story(measures=[saving, cap])
    assert by_year(revised(scenario, *ROWS), 1)[1] == pytest.approx(0.6 * 40e6)
    assert by_year(revised(scenario, *ROWS, measures={"save"}), 1)[1] == pytest.approx(0.75 * 40e6)
    assert by_year(revised(scenario, *ROWS, measures=()), 1)[1] == 40e6
    steps = [step.id for step, row, _, _ in revised(scenario, *ROWS).sheet.moved if row == 1]
    assert steps == ["cap", "save"]


def test_a_control_comes_last_and_takes_its_share_of_what_is_left() -> None:
    saving = deed("save", "efficiency", COAL, amount=-50, amount_is="change", full=2021)
    scrub = deed("scrub", "control_share", {"categories": "1A1ai"}, technology="scr", amount=60, base=0, full=2021)
    found = revised(story(measures=[scrub, saving]), *ROWS)
    assert (by_year(found, 0)[1], by_year(found, 3)[1]) == (pytest.approx(12e6), pytest.approx(18e6))


def test_a_measure_that_acts_on_nothing_is_noted() -> None:
    idle = deed("idle", "efficiency", {"categories": "2C1"}, amount=-5, amount_is="change")
    found = revised(story(measures=[idle]), *ROWS)
    assert [(one.code, one.found) for one in found.notes] == [("measure_acts_on_nothing", "idle")]


def test_rows_that_nothing_moves_are_named_where_others_move() -> None:
    drivers = {"output": driver("Mt", COAL, y2020=1, y2025=2)}
    found = revised(story(drivers=drivers), *ROWS, {"activity": "coke", "quantity": np.nan, "notation": "NE"})
    (note,) = found.notes
    assert (note.code, note.found, note.facts["rows"]) == ("rows_held", "1", "IPCC2006:1A3b diesel")
    assert revised(story(), *ROWS).notes == ()


def test_rows_that_came_in_stand_in_the_years_in_which_there_is_any() -> None:
    scrub = deed("scrub", "control_share", COAL, technology="scr", amount=60, base=0, start=2023, full=2024)
    base = activity_table(POWER_COAL)
    table = tables(story(measures=[scrub]), base)
    came = table.rows[table.rows["control"] == "scr"]
    assert came["activity_id"].tolist() == [f"r0/scrub @{year}" for year in (2023, 2024, 2025)]
    assert came["quantity"].tolist() == pytest.approx([18e6, 36e6, 36e6])
    links = table.parents.set_index("activity_id")
    assert links.loc["r0/scrub @2023", ["parent_id", "coefficient"]].tolist() == ["r0", pytest.approx(0.3)]


def test_a_row_without_a_quantity_under_a_control_stays_one_until_the_control_comes() -> None:
    scrub = deed("scrub", "control_share", COAL, technology="scr", amount=60, base=0, start=2023, full=2024)
    base = activity_table({"quantity": np.nan, "notation": "NE"})
    rows = tables(story(measures=[scrub]), base).rows
    assert rows[rows["control"] == "scr"]["year"].tolist() == [2023, 2024, 2025]


def test_power_is_what_is_used_here() -> None:
    rows = activity_table(HEATING_POWER, HEATING_POWER | {"use": "export"}, POWER_COAL | {"use": "own_use"}).rows
    assert selected_power(rows, WORDS).tolist() == [True, False, False]
    odd = rows.assign(activity="not a word")
    assert not selected_power(odd, WORDS).any()


@pytest.mark.parametrize("year", [2021, 2023, 2025])
def test_one_year_alone_is_that_year_of_the_batch(year: int) -> None:
    power = {
        "demand": path("TWh", y2020=150, y2025=170),
        "export": path("TWh", y2020=50),
        "losses": path("percent", y2020=0),
        "supply_coal_rate": path("gce/kWh", y2020=300, y2025=290),
        "coal_capacity": path("GW", y2020=40),
    }
    levers = {
        "energy_total_base": path("Mtce", y2020=125),
        "energy_intensity_rate": path("percent/year", y2021=-2, y2025=-4),
        "coal_share": path("percent", y2020=80, y2025=76),
        "nonfossil_share": path("percent", y2020=12, y2025=13),
    }
    parts = {
        "drivers": {"gdp_growth": path("percent/year", y2021=6, y2024=4), "cars": driver("1", {"activities": "diesel"}, y2020=1, y2025=2)},
        "levers": levers,
        "power": power,
        "measures": [
            deed("save", "efficiency", {"categories": "1A4b"}, amount=-20, amount_is="change", shape="logistic"),
            deed("scrub", "control_share", COAL, technology="scr", amount=60, base=0),
        ],
    }  # fmt: skip
    petrol = {"activity": "gasoline", "category": "IPCC2006:1A3b", "quantity": 1e6}
    rows = (*ROWS, petrol, POWER_COAL | {"category": "IPCC2006:1A2", "quantity": 20e6})
    batch = revised(story(**parts), *rows)
    alone = revised(story(**parts), *rows, years=(2020, year))
    place = batch.years.index(year)
    assert alone.sheet.quantity[1].tolist() == batch.sheet.quantity[place].tolist()
    assert alone.sheet.quantity[0].tolist() == batch.sheet.quantity[0].tolist()


def test_impossible_draws_are_told_apart_and_the_base_year_has_none() -> None:
    scenario = story(
        levers={
            "energy_total_base": path("Mtce", y2020=125),
            "coal_share": path("percent", y2020=80),
            "nonfossil_share": path("percent", y2020=12),
        }
    )
    shifts = {"levers.coal_share": np.array([[0.0], [5.0], [9.0]])}
    found = revised(scenario, *ROWS, shifts=shifts)
    assert found.impossible.tolist() == [False, False, True]
    assert found.sheet.quantity.shape == (3, 6, 3)
    assert (found.sheet.quantity[:, 0] == found.sheet.quantity[0, 0]).all()
    assert found.sheet.quantity[1, 1, 0] == pytest.approx(60e6 * 85 / 80)
    # where there is no draw the same is refused
    lever = scenario.levers["coal_share"].model_copy(update={"points": {2020: 80.0, 2021: 89.0}})
    with pytest.raises(ScenarioError):
        revised(scenario.model_copy(update={"levers": {**scenario.levers, "coal_share": lever}}), *ROWS)


def test_the_table_is_that_of_the_first_draw() -> None:
    base = activity_table(*ROWS)
    scenario = story(drivers={"output": driver("Mt", COAL, y2020=1, y2025=2)})
    shifts = {"drivers.output": np.array([[0.0], [1.0]])}
    drawn = revise(base, carriers_by_hand(base), scenario, WORDS, shifts=shifts)
    plain = tables(scenario, base)
    assert drawn.table(base).rows["quantity"].tolist() == plain.rows["quantity"].tolist()
    assert drawn.sheet.quantity[1, 5, 0] == pytest.approx(180e6)
