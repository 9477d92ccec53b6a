"""The sheet: nothing is lost when rows are scaled, moved or added, and everything is noted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.scenario.projection import MOVE_COLUMNS
from emissions.scenario.revision.sheet import Sheet, Step
from reference.workbench import activity_table
from scenario.support import HOUSEHOLD_COAL, OIL, POWER_COAL, sheet_of

STEP = Step("m", "shift")
BOTH = np.array([True, True])
FIRST = np.array([True, False])
SHARES = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3)


def small(years: int = 3) -> Sheet:
    return sheet_of({"quantity": 100.0}, {"quantity": 40.0, "activity": "coke"}, years=years)


def test_at_first_every_year_is_the_base_year() -> None:
    sheet = small()
    assert sheet.quantity.tolist() == [[100.0, 40.0]] * 3
    assert (len(sheet), sheet.origin.tolist(), sheet.settled.tolist()) == (2, [0, 1], [False, False])
    assert sheet.moved == []


def test_scaling_multiplies_the_rows_named_and_notes_the_change() -> None:
    sheet = small()
    sheet.scale(STEP, FIRST, np.array([1.0, 0.5, 2.0]), to="residual")
    assert sheet.quantity.tolist() == [[100, 40], [50, 40], [200, 40]]
    ((step, row, to, change),) = sheet.moved
    assert (step, row, to, change.tolist()) == (STEP, 0, "residual", [0.0, -50.0, 100.0])


def test_a_cap_holds_rows_at_or_below_a_level_and_lifts_none() -> None:
    sheet = small()
    sheet.cap(STEP, BOTH, np.array([[np.inf, np.inf], [90.0, 50.0], [30.0, 30.0]]))
    assert sheet.quantity.tolist() == [[100, 40], [90, 40], [30, 30]]
    sheet.cap(STEP, FIRST, np.zeros((3, 2)))
    assert sheet.quantity.tolist() == [[0, 40], [0, 40], [0, 30]]


def test_a_move_makes_rows_like_the_old_ones_with_other_columns() -> None:
    sheet = small()
    new = sheet.move(STEP, BOTH, np.array([0.0, 0.25, 1.0]), {"activity": "natural_gas"}, ratio=2.0)
    assert new.tolist() == [2, 3]
    assert sheet.quantity.tolist() == [[100, 40, 0, 0], [75, 30, 50, 20], [0, 0, 200, 80]]
    assert sheet.rows["activity"].tolist() == ["lignite", "coke", "natural_gas", "natural_gas"]
    assert sheet.rows["activity_id"].tolist() == ["r0", "r1", "r0/m", "r1/m"]
    assert (sheet.origin.tolist(), sheet.settled.tolist()) == ([0, 1, 0, 1], [False, False, True, True])


def test_a_second_move_of_one_step_has_names_of_its_own() -> None:
    sheet = small()
    for _ in range(3):
        sheet.move(STEP, np.append(FIRST, [False] * (len(sheet) - 2)), np.full(3, 0.5), {"control": "scr"})
    assert sheet.rows["activity_id"].tolist() == ["r0", "r1", "r0/m", "r0/m.2", "r0/m.3"]
    assert sheet.quantity[0].tolist() == [12.5, 40.0, 50.0, 25.0, 12.5]


def test_a_move_of_no_row_is_none() -> None:
    sheet = small()
    assert len(sheet.move(STEP, ~BOTH, np.ones(3), {"activity": "coke"})) == 0
    assert (len(sheet), sheet.moved) == (2, [])


def test_putting_leaves_the_base_year_as_it_is() -> None:
    sheet = small()
    sheet.put(STEP, 1, np.array([7.0, 8.0, 9.0]))
    assert sheet.quantity.tolist() == [[100, 40], [100, 8], [100, 9]]


def test_adding_appends_a_row_that_nothing_else_moves() -> None:
    sheet = small()
    sheet.add(STEP, 1, {"activity": "diesel"}, np.array([0.0, 1.0, 2.0]))
    assert sheet.quantity.tolist() == [[100, 40, 0], [100, 40, 1], [100, 40, 2]]
    assert sheet.rows.iloc[2][["activity_id", "activity"]].tolist() == ["r1/m", "diesel"]
    assert (sheet.origin.tolist(), sheet.settled.tolist()) == ([0, 1, 1], [False, False, True])


def test_draws_come_first_and_a_sheet_without_them_gets_them() -> None:
    sheet = small(years=2)
    sheet.scale(STEP, FIRST, np.array([[1.0, 0.5], [1.0, 2.0]]))
    assert sheet.quantity.tolist() == [[[100, 40], [50, 40]], [[100, 40], [200, 40]]]
    moved = small(years=2)
    moved.move(STEP, FIRST, np.array([[0.0, 0.5], [0.0, 1.0]]), {"activity": "coke"})
    assert moved.quantity.tolist() == [[[100, 40, 0], [50, 40, 50]], [[100, 40, 0], [0, 40, 100]]]
    put = small(years=2)
    put.put(STEP, 0, np.array([[0.0, 1.0], [0.0, 2.0]]))
    put.add(STEP, 0, {}, np.array([[0.0, 9.0], [0.0, 9.0]]))
    assert put.quantity.tolist() == [[[100, 40, 0], [1, 40, 9]], [[100, 40, 0], [2, 40, 9]]]


def test_the_table_of_moves_says_who_did_what_where() -> None:
    sheet = small(years=2)
    sheet.move(STEP, FIRST, np.array([0.0, 0.25]), {"activity": "coke"})
    table = sheet.table((2020, 2030))
    assert tuple(table.columns) == MOVE_COLUMNS
    assert table.to_numpy().tolist() == [
        ["m", "shift", 2030, "r0", "IPCC2006:1A1ai", "lignite", "coke", -25.0, "t"],
        ["m", "shift", 2030, "r0/m", "IPCC2006:1A1ai", "coke", "", 25.0, "t"],
    ]


def test_a_row_without_a_quantity_moves_nowhere() -> None:
    """NE is no number: half of it goes under a control, but no tonne is noted."""
    sheet = sheet_of({"quantity": np.nan, "notation": "NE"}, {"quantity": 40.0}, years=2)
    sheet.scale(STEP, BOTH, np.array([1.0, 0.5]))
    sheet.move(STEP, BOTH, np.array([0.0, 0.5]), {"control": "scr"})
    assert sheet.table((2020, 2021))["activity_id"].tolist() == ["r1", "r1", "r1/m"]
    # in a year in which nothing has moved yet there is no second row without a number
    assert sheet.quantity[0, 2] == 0
    assert np.isnan(sheet.quantity[1, [0, 2]]).all()


@given(shares=SHARES, draws=st.booleans(), again=SHARES)
def test_moves_conserve_and_never_go_below_zero(shares: list[float], draws: bool, again: list[float]) -> None:
    sheet = Sheet.of(activity_table(POWER_COAL, HOUSEHOLD_COAL, OIL).rows, 3)
    whole = sheet.quantity.sum(axis=-1)
    first = np.array([shares, again]) if draws else np.array(shares)
    sheet.move(STEP, np.array([True, False, True]), first, {"control": "scr"})
    sheet.move(Step("n", "shift"), np.array([True, True, False, True, False]), np.array(again), {"control": "none"})
    assert sheet.quantity.min() >= 0
    assert sheet.quantity.sum(axis=-1) == pytest.approx(np.broadcast_to(whole, sheet.quantity.shape[:-1]), rel=1e-12)
    table = sheet.table((2020, 2021, 2022))
    assert table["amount"].sum() == pytest.approx(0.0, abs=1.0)


@given(factor=st.lists(st.floats(0.0, 10.0), min_size=3, max_size=3))
def test_the_moves_of_a_row_are_the_difference_to_the_base_year(factor: list[float]) -> None:
    sheet = small()
    sheet.scale(STEP, BOTH, np.array(factor))
    sheet.cap(Step("cap", "activity_cap"), FIRST, np.full((3, 2), 80.0))
    sheet.move(Step("n", "shift"), FIRST, np.array([0.0, 0.5, 1.0]), {"activity": "coke"})
    table = sheet.table((0, 1, 2))
    for year in range(3):
        noted = table[table["year"] == year].groupby("activity_id")["amount"].sum()
        now = dict(zip(sheet.rows["activity_id"], sheet.quantity[year].tolist(), strict=True))
        before = {"r0": 100.0, "r1": 40.0}
        for name, value in now.items():
            assert noted.get(name, 0.0) == pytest.approx(value - before.get(name, 0.0), abs=1e-9)
