"""Measures by hand: what each kind does to the rows it acts on, and in which order they apply."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.model import KINDS
from emissions.scenario.revision.measures import apply, in_order
from emissions.scenario.revision.sheet import Sheet
from emissions.scenario.revision.values import Values
from scenario.support import HOUSEHOLD_COAL, WORDS, measure, sheet_of, story

YEARS = (2020, 2021, 2022, 2023, 2024, 2025)
COAL = {"activities": "coal"}
STEEL = {"activity": "raw_coal", "category": "IPCC2006:1A2a"}
GAS = {"activity": "natural_gas"}


def done(kind: str, *items: dict[str, Any], acts_on: dict[str, Any] | None = None, **fields: Any) -> Sheet:
    """Apply one measure to small rows of coal, from 2021 on and full in 2025."""
    sheet = sheet_of(*(items or ({"quantity": 100.0},)), years=len(YEARS))
    values = Values(story(), YEARS)
    assert apply(measure("m", kind, acts_on or COAL, **fields), sheet, values, WORDS)
    return sheet


def row(sheet: Sheet, number: int) -> list[float]:
    found: list[float] = sheet.quantity[:, number].round(9).tolist()
    return found


def refused(kind: str, **fields: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        done(kind, **fields)
    return [(one.code, one.facts.get("year", ""), one.found) for one in caught.value.problems]


# ---------------------------------------------------------------- caps


def test_a_cap_as_a_change_holds_each_row_at_its_base_year_from_the_start_on() -> None:
    sheet = sheet_of({"quantity": 100.0}, {"quantity": 50.0}, {**GAS, "dimension": "volume"}, years=len(YEARS))
    sheet.quantity *= np.array([1.0, 1.1, 1.2, 0.9, 1.3, 1.4])[:, None]
    cap = measure("m", "activity_cap", COAL, amount=0, amount_is="change", start=2022, full=2022)
    assert apply(cap, sheet, Values(story(), YEARS), WORDS)
    assert row(sheet, 0) == [100, 110, 100, 90, 100, 100]
    assert row(sheet, 1) == [50, 55, 50, 45, 50, 50]
    assert row(sheet, 2) == [100, 110, 120, 90, 130, 140]


def test_a_cap_as_a_change_may_lie_below_the_base_year() -> None:
    sheet = done("activity_cap", amount=-20, amount_is="change", start=2023, full=2023)
    assert row(sheet, 0) == [100, 100, 100, 80, 80, 80]


def test_a_cap_as_a_level_is_a_total_in_its_own_unit_shared_as_it_stands() -> None:
    items = ({"quantity": 300e3}, {"quantity": 100e3})
    sheet = done("activity_cap", *items, amount=0.2, unit="Mt", start=2021, full=2021)
    assert row(sheet, 0) == [300e3, *[150e3] * 5]
    assert row(sheet, 1) == [100e3, *[50e3] * 5]
    assert row(done("activity_cap", *items, amount=0.5, unit="Mt", full=2021), 0) == [300e3] * 6


# ---------------------------------------------------------------- efficiency


def test_efficiency_changes_what_is_used_step_by_step() -> None:
    assert row(done("efficiency", amount=-20, amount_is="change"), 0) == [100, 96, 92, 88, 84, 80]
    assert row(done("efficiency", amount=10, amount_is="change", shape="step"), 0) == [100, 100, 100, 100, 100, 110]


def test_no_more_than_all_can_be_saved() -> None:
    assert refused("efficiency", amount=-125, amount_is="change") == [("level_out_of_range", "2025", "-25 %")]
    drawn = Values(story(), YEARS, shifts={"measures.m": np.array([[0.0], [-30.0]])})
    sheet = sheet_of({"quantity": 100.0}, years=len(YEARS))
    apply(measure("m", "efficiency", COAL, amount=-80, amount_is="change"), sheet, drawn, WORDS)
    assert drawn.impossible.tolist() == [False, True]
    assert sheet.quantity.min() >= 0


# ---------------------------------------------------------------- scrapping


def test_scrapping_takes_rows_down_to_a_share_of_the_base_year() -> None:
    assert row(done("scrap_stock", amount=0, base=100), 0) == [100, 80, 60, 40, 20, 0]
    # 40 of the 80 percent that were there in the base year are half of them
    assert row(done("scrap_stock", amount=40, base=80), 0) == [100, 90, 80, 70, 60, 50]


def test_what_is_scrapped_is_replaced_where_the_measure_says_by_what() -> None:
    sheet = done("scrap_stock", amount=0, base=100, replaced_by={"control": "scr"})
    assert row(sheet, 0) == [100, 80, 60, 40, 20, 0]
    assert row(sheet, 1) == [0, 20, 40, 60, 80, 100]
    assert sheet.rows["control"].tolist() == ["", "scr"]
    assert len(done("scrap_stock", amount=0, base=100)) == 1


def test_scrapping_cannot_end_above_where_it_began() -> None:
    assert refused("scrap_stock", amount=90, base=80)[0] == ("level_out_of_range", "2021", "102.5 %")


# ---------------------------------------------------------------- shift


def test_a_shift_takes_what_is_not_yet_shifted_to_several_places_in_their_own_units() -> None:
    """From 20 to 60 percent: half of what is left in the base year; 60 % of it to gas, 30 % to power, 10 % closed."""
    to = [
        {"set": {"activity": "natural_gas"}, "share": 0.6, "ratio": 500.0, "unit": "m^3"},
        {"set": {"activity": "grid_electricity", "use": "own_use"}, "share": 0.3, "ratio": 0.01, "unit": "TJ"},
    ]
    sheet = done("shift", {**HOUSEHOLD_COAL, "quantity": 1000.0}, amount=60, base=20, to=to)
    assert row(sheet, 0) == [1000, 900, 800, 700, 600, 500]
    assert row(sheet, 1) == pytest.approx([0, 30e3, 60e3, 90e3, 120e3, 150e3])
    assert row(sheet, 2) == pytest.approx([0, 0.3, 0.6, 0.9, 1.2, 1.5])
    columns = ["category", "activity", "use", "unit", "dimension"]
    assert sheet.rows[columns].iloc[1:].to_numpy().tolist() == [
        ["IPCC2006:1A4b", "natural_gas", "combustion", "m^3", "volume"],
        ["IPCC2006:1A4b", "grid_electricity", "own_use", "TJ", "energy"],
    ]


def test_a_shift_keeps_the_unit_where_it_names_none() -> None:
    to = [{"set": {"category": "IPCC2006:1A3c"}, "share": 1, "ratio": 0.1}]
    sheet = done("shift", amount=50, base=0, to=to)
    assert row(sheet, 0) == [100, 90, 80, 70, 60, 50]
    assert row(sheet, 1) == [0, 1, 2, 3, 4, 5]
    assert sheet.rows["unit"].tolist() == ["t", "t"]


def test_what_is_wholly_shifted_already_stays() -> None:
    to = [{"set": {"activity": "coke"}, "share": 1, "ratio": 1}]
    assert row(done("shift", amount=100, base=100, to=to), 0) == [100] * 6


def test_destinations_over_the_whole_and_levels_out_of_range_are_refused() -> None:
    to = [{"set": {"activity": "coke"}, "share": 0.7, "ratio": 1}] * 2
    assert refused("shift", amount=50, base=0, to=to) == [("shift_shares", "", "m")]
    assert refused("shift", amount=105, base=50, to=to[:1]) == [("level_out_of_range", "2025", "110 %")]
    assert refused("shift", amount=40, base=60, to=to[:1])[0] == ("level_out_of_range", "2021", "-10 %")


@given(
    parts=st.lists(st.integers(0, 9), min_size=1, max_size=4),
    whole=st.sampled_from([0.0, 0.3, 0.9, 1.0]),
    amount=st.integers(0, 100),
    base=st.integers(0, 100),
)
@example(parts=[9, 0], whole=1.0, amount=100, base=0)
@example(parts=[1, 2, 4], whole=1.0, amount=100, base=0)
def test_a_shift_makes_nothing_negative_and_loses_only_what_is_closed(
    parts: list[int], whole: float, amount: int, base: int
) -> None:
    base = min(base, amount)
    size = sum(parts)
    shares = [whole * one / size for one in parts] if size else [whole]
    to = [{"set": {"activity": "coke"}, "share": share, "ratio": 1} for share in shares]
    sheet = done("shift", amount=amount, base=base, to=to)
    reached = (amount - base) / (100 - base) if base < 100 else 0.0
    assert sheet.quantity.min() >= 0
    assert sheet.quantity[5, 0] == pytest.approx(100 * (1 - reached), abs=1e-6)
    for place, share in enumerate(shares, start=1):
        assert sheet.quantity[5, place] == pytest.approx(100 * reached * share, abs=1e-6)


# ---------------------------------------------------------------- controls


def test_a_control_splits_rows_and_its_shares_add_up() -> None:
    sheet = done(
        "control_share", {"quantity": 100.0}, {**STEEL, "quantity": 40.0}, technology="ultra_low_emission",
        amount=80, base=0,
    )  # fmt: skip
    assert row(sheet, 0) == [100, 84, 68, 52, 36, 20]
    assert row(sheet, 2) == [0, 16, 32, 48, 64, 80]
    assert sheet.rows["control"].tolist() == ["", "", "ultra_low_emission", "ultra_low_emission"]
    assert sheet.quantity.sum(axis=1) == pytest.approx(np.full(6, 140.0))


def test_of_a_share_that_the_rows_do_not_show_only_what_comes_on_top_is_moved() -> None:
    """From 50 to 75 percent where no row stands under the control: 25 of 100 t, and the officer is told."""
    values = Values(story(), YEARS)
    sheet = sheet_of({"quantity": 100.0}, years=len(YEARS))
    assert apply(measure("m", "control_share", COAL, technology="scr", amount=75, base=50), sheet, values, WORDS)
    assert row(sheet, 0) == [100, 95, 90, 85, 80, 75]
    assert [(one.code, one.level, one.found) for one in values.notes.values()] == [
        ("control_base_not_in_rows", "warning", "50")
    ]


def test_a_level_counts_the_rows_that_stand_under_the_control() -> None:
    """80 of 100 t have it; at 90 percent the rest has given 10 of its 20 t, at 100 percent all of them."""
    items = ({"quantity": 80.0, "control": "esp+scr"}, {"quantity": 20.0})
    sheet = done("control_share", *items, technology="scr", amount=90, base=80)
    assert row(sheet, 0) == [80] * 6
    assert row(sheet, 1) == [20, 18, 16, 14, 12, 10]
    assert row(sheet, 2) == [0, 2, 4, 6, 8, 10]
    assert row(done("control_share", *items, technology="scr", amount=100, base=80), 1)[5] == 0


def test_a_level_holds_also_where_the_rows_under_the_control_grow_by_themselves() -> None:
    sheet = sheet_of({"quantity": 80.0, "control": "scr"}, {"quantity": 20.0}, years=len(YEARS))
    sheet.quantity[1:, 0] *= 2
    apply(
        measure("m", "control_share", COAL, technology="scr", amount=95, base=80, shape="step"),
        sheet,
        Values(story(), YEARS),
        WORDS,
    )
    assert row(sheet, 1) == [20, 20, 20, 20, 20, 9]
    assert (160 + sheet.quantity[5, 2]) / 180 == pytest.approx(0.95)


def test_shares_are_of_the_rows_of_a_dimension() -> None:
    items = (
        {"quantity": 80.0, "control": "scr"},
        {"quantity": 20.0},
        {"quantity": 7.0, "dimension": "energy", "unit": "TJ"},
    )
    sheet = sheet_of(*items, years=len(YEARS))
    apply(
        measure("m", "control_share", COAL, technology="scr", amount=100, base=80), sheet, Values(story(), YEARS), WORDS
    )
    assert row(sheet, 1)[5] == 0
    assert row(sheet, 2)[5] == pytest.approx(7 * 0.8)


@pytest.mark.parametrize(("base", "fits"), [(79.2, True), (80.9, True), (78.0, False), (83.0, False)])
def test_a_base_that_differs_from_the_activity_data_is_refused(base: float, fits: bool) -> None:
    items = ({"quantity": 80.0, "control": "scr"}, {"quantity": 20.0})
    sheet = sheet_of(*items, years=len(YEARS))
    one = measure("m", "control_share", COAL, technology="scr", amount=100, base=base)
    if fits:
        assert apply(one, sheet, Values(story(), YEARS), WORDS)
        assert row(sheet, 1) == [20, 16, 12, 8, 4, 0]
        return
    with pytest.raises(ScenarioError) as caught:
        apply(one, sheet, Values(story(), YEARS), WORDS)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.facts["inventory"]) == ("control_base_differs", f"{base:.4g}", "80")


@pytest.mark.parametrize(
    ("kind", "missing", "fields"),
    [
        ("activity_cap", "amount", {"amount_is": "change"}), ("activity_cap", "amount", {"unit": "t"}),
        ("efficiency", "amount", {}), ("scrap_stock", "base", {"amount": 0}), ("scrap_stock", "amount", {"base": 100}),
        ("shift", "base", {"amount": 5, "to": [{"set": {"activity": "coke"}, "share": 1, "ratio": 1}]}),
        ("control_share", "base", {"amount": 5, "technology": "scr"}),
    ],
)  # fmt: skip
def test_a_number_that_is_not_stated_is_never_taken_for_nothing(
    kind: str, missing: str, fields: dict[str, Any]
) -> None:
    fields = {"amount": None, "base": None} | fields
    with pytest.raises(ScenarioError) as caught:
        apply(
            measure("m", kind, COAL, **fields),
            sheet_of({"quantity": 1.0}, years=len(YEARS)),
            Values(story(), YEARS),
            WORDS,
        )
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.facts["measure"]) == ("measure_without_number", missing, "m")


def test_what_was_moved_or_scaled_is_settled_and_controls_settle_nothing() -> None:
    assert done("efficiency", amount=-5, amount_is="change").settled.tolist() == [True]
    assert done("control_share", technology="scr", amount=80, base=0).settled.tolist() == [False, True]


# ---------------------------------------------------------------- order


def test_kinds_apply_in_their_order_and_those_of_a_kind_as_they_stand() -> None:
    names = [("b", "efficiency"), ("c", "control_share"), ("a", "activity_cap"), ("d", "efficiency"), ("e", "shift")]
    ordered = in_order(tuple(measure(name, kind) for name, kind in names))
    assert [one.id for one in ordered] == ["a", "e", "b", "d", "c"]
    assert [one.do.kind for one in in_order(tuple(measure(kind, kind) for kind in KINDS[::-1]))] == list(KINDS)


def test_a_measure_that_acts_on_no_row_says_so() -> None:
    sheet = sheet_of({}, years=len(YEARS))
    values = Values(story(), YEARS)
    assert not apply(measure("m", "efficiency", {"activities": "diesel"}, amount=-5), sheet, values, WORDS)
    assert not apply(measure("m", "add_capacity", COAL, amount=5), sheet, values, WORDS)
    assert sheet.moved == []


@given(
    kind=st.sampled_from(["activity_cap", "efficiency", "scrap_stock", "shift", "control_share"]),
    amount=st.integers(0, 100),
    base=st.integers(1, 100),
    shape=st.sampled_from(["linear", "step", "logistic"]),
    draws=st.lists(st.integers(-80, 80), min_size=1, max_size=3),
)
def test_no_measure_and_no_draw_makes_a_quantity_negative(
    kind: str, amount: int, base: int, shape: str, draws: list[int]
) -> None:
    change = kind in {"activity_cap", "efficiency"}
    low, high = sorted((amount, base))
    fields: dict[str, Any] = {
        "amount": -amount if change else low if kind == "scrap_stock" else high,
        "amount_is": "change" if change else "level",
        "base": None if change else high if kind == "scrap_stock" else low,
        "technology": "scr",
        "to": [{"set": {"activity": "coke"}, "share": 0.7, "ratio": 0.5}],
        "shape": shape,
    }
    sheet = sheet_of({"quantity": 100.0}, {"quantity": 0.0}, {**STEEL, "quantity": 7.0}, years=len(YEARS))
    values = Values(story(), YEARS, shifts={"measures.m": np.array(draws, dtype=np.float64)[:, None]})
    apply(measure("m", kind, COAL, **fields), sheet, values, WORDS)
    assert sheet.quantity.min() >= 0
    assert sheet.quantity[..., 0, :3].reshape(-1, 3).tolist()[0] == [100.0, 0.0, 7.0]
