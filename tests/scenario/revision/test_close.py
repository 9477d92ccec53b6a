"""Closing the envelope: what is left open of a carrier goes to a named residual, and no tonne moves twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.revision.revise import Revised
from scenario.support import (
    HEATING_POWER,
    HOUSEHOLD_COAL,
    OIL,
    POWER_COAL,
    WORDS,
    by_year,
    deed,
    path,
    revised,
    story,
)

YEARS = (2020, 2021, 2022, 2023, 2024, 2025)
ROWS = (POWER_COAL, HOUSEHOLD_COAL, OIL)
# 100 Mtce of coal and 10 of oil, all of it burnt here: what the plan says too
LEVERS = {
    "energy_total": path("Mtce", y2020=125, y2025=150),
    "coal_share": path("percent", y2020=80),
    "nonfossil_share": path("percent", y2020=12),
}
POWER = {
    "demand": path("TWh", y2020=150, y2025=160),
    "export": path("TWh", y2020=50),
    "losses": path("percent", y2020=0),
    "supply_coal_rate": path("gce/kWh", y2020=300),
    "coal_capacity": path("GW", y2020=40),
}
TO_POWER = {"set": {"activity": "grid_electricity", "use": "own_use"}, "share": 1, "ratio": 0.0009, "unit": "TJ"}


def coal(found: Revised) -> np.ndarray:
    """Return Mtce of all coal rows by year."""
    here = ["coal" in WORDS.activity_graph.ancestors(str(word)) for word in found.sheet.rows["activity"]]
    total: np.ndarray = np.nan_to_num(found.sheet.quantity[..., here]).sum(axis=-1) / 1e6
    return total


def bridge(found: Revised) -> dict[tuple[str, str], list[float]]:
    return {(line[0], line[1]): line[4].round(6).tolist() for line in found.bridge.lines}


def moves(found: Revised, step: str) -> dict[tuple[str, str], list[float]]:
    """Return row and destination -> change by year, in Mt."""
    rows = found.sheet.rows["activity_id"]
    return {
        (rows.iat[row], to): (change / 1e6).round(6).tolist()
        for one, row, to, change in found.sheet.moved
        if one.id == step
    }


def codes(**parts: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        revised(story(**parts), *ROWS)
    return [(one.code, one.found, one.facts.get("year", "")) for one in caught.value.problems]


# ---------------------------------------------------------------- envelope alone


def test_every_row_of_a_carrier_follows_its_path() -> None:
    """80 % of 125 to 150 Mtce: coal grows by a fifth, oil and gas with it."""
    found = revised(story(levers=LEVERS), *ROWS)
    assert coal(found).tolist() == pytest.approx([100, 104, 108, 112, 116, 120])
    assert by_year(found, 0) == pytest.approx([60e6, 62.4e6, 64.8e6, 67.2e6, 69.6e6, 72e6])
    assert by_year(found, 2) == pytest.approx([10e6, 10.4e6, 10.8e6, 11.2e6, 11.6e6, 12e6])
    assert found.bridge.ratio == {
        "coal": (100.0, 100.0, 1.0),
        "oil_gas": (10.0, pytest.approx(10.0), pytest.approx(1.0)),
    }
    assert moves(found, "residual_coal")["r1", "residual"] == [0, 1.6, 3.2, 4.8, 6.4, 8.0]


def test_the_inventory_keeps_its_level_and_the_plan_gives_the_path() -> None:
    """The inventory has 100 Mtce of coal where the plan has 80 % of 100: the ratio of 1.25 holds in every year."""
    levers = LEVERS | {"energy_total": path("Mtce", y2020=100, y2025=120), "nonfossil_share": path("percent", y2020=10)}
    found = revised(story(levers=levers), *ROWS)
    assert coal(found)[[0, 5]].tolist() == pytest.approx([100.0, 120.0])
    assert found.bridge.ratio["coal"] == (100.0, 80.0, 1.25)
    assert bridge(found)["coal", "rest"] == pytest.approx([20.0, 20.8, 21.6, 22.4, 23.2, 24.0])


def test_an_inventory_too_far_from_the_plan_is_refused() -> None:
    levers = LEVERS | {"energy_total": path("Mtce", y2020=70, y2025=120)}
    assert codes(levers=levers) == [("harmonisation_too_far", "1.79", "")]


def test_a_carrier_that_the_base_year_does_not_have_is_left_out() -> None:
    found = revised(story(levers=LEVERS), POWER_COAL, HOUSEHOLD_COAL)
    assert list(found.bridge.ratio) == ["coal"]


def test_oil_and_gas_apart_follow_their_own_paths() -> None:
    gas = {"activity": "natural_gas", "category": "IPCC2006:1A4b", "quantity": 5e6}
    levers = LEVERS | {
        "nonfossil_share": path("percent", y2020=8),
        "gas_share": path("percent", y2020=4, y2025=8),
    }
    found = revised(story(levers=levers), *ROWS, gas)
    assert by_year(found, 3)[5] == pytest.approx(12e6)
    assert by_year(found, 2)[5] == pytest.approx(10e6 * (150 * 0.04) / (125 * 0.08))
    assert sorted(found.bridge.ratio) == ["coal", "gas", "oil"]


# ---------------------------------------------------------------- measures inside it


def test_what_a_measure_frees_goes_to_the_others_and_is_named() -> None:
    """Households save half of their 40 Mt by 2025; the envelope of 120 stands, so power coal takes what they leave."""
    saving = deed("save", "efficiency", {"categories": "1A4b"}, amount=-50, amount_is="change")
    found = revised(story(levers=LEVERS, measures=[saving]), *ROWS)
    assert by_year(found, 1) == pytest.approx([40e6, 36e6, 32e6, 28e6, 24e6, 20e6])
    assert by_year(found, 0) == pytest.approx([60e6, 68e6, 76e6, 84e6, 92e6, 100e6])
    assert coal(found).tolist() == pytest.approx([100, 104, 108, 112, 116, 120])
    assert moves(found, "save") == {("r1", ""): [0, -4, -8, -12, -16, -20]}
    assert moves(found, "residual_coal") == {("r0", "residual"): [0, 8, 16, 24, 32, 40]}


def test_measures_that_need_more_than_there_is_are_refused_by_year() -> None:
    more = deed("more", "efficiency", {"categories": "1A4b"}, amount=250, amount_is="change")
    found = codes(levers=LEVERS, measures=[more])
    # 40 Mt by 3 and by 3.5 against 116 and 120
    assert found == [("carrier_negative", "-4 Mtce", "2024"), ("carrier_negative", "-20 Mtce", "2025")]


def test_nothing_to_take_the_residual_is_refused() -> None:
    """Every coal row has its determinant already: the envelope cannot be met, and that is said."""
    still = deed("still", "efficiency", {"activities": "coal"}, amount=-5, amount_is="change")
    found = codes(levers=LEVERS, measures=[still])
    assert [(code, year) for code, _, year in found] == [("carrier_unmet", str(year)) for year in YEARS[1:]]
    assert found[-1][1] == "25 Mtce"


def test_gas_made_from_coal_moves_with_it_and_counts_nothing() -> None:
    gas = {"activity": "coke_oven_gas", "category": "IPCC2006:1A2a", "quantity": 7e6}
    found = revised(story(levers=LEVERS), *ROWS, gas)
    assert by_year(found, 3)[5] == pytest.approx(8.4e6)
    assert found.bridge.ratio["coal"][0] == 100.0


def test_a_control_moves_no_energy() -> None:
    scrub = deed("scrub", "control_share", {"categories": "1A1ai"}, technology="scr", amount=80, base=0)
    found = revised(story(levers=LEVERS, measures=[scrub]), *ROWS)
    assert coal(found).tolist() == pytest.approx([100, 104, 108, 112, 116, 120])
    assert by_year(found, 3)[5] == pytest.approx(0.8 * 72e6)


# ---------------------------------------------------------------- power


def test_power_coal_follows_the_balance_and_what_is_sent_out_is_a_term() -> None:
    """200 TWh at 300 g are 60 Mtce, a quarter of them sent out: 15; 85 burnt here for use here against a plan of 80."""
    levers = LEVERS | {"energy_total": path("Mtce", y2020=100, y2025=120)}
    found = revised(story(levers=levers, power=POWER), *ROWS)
    assert found.bridge.ratio["power"] == (60.0, 60.0, 1.0)
    assert found.bridge.ratio["coal"] == (85.0, 80.0, 1.0625)
    lines = bridge(found)
    assert lines["coal", "energy_balance"] == pytest.approx([80, 83.2, 86.4, 89.6, 92.8, 96])
    assert lines["coal", "exported_power"] == pytest.approx([15.0] * 6)
    assert lines["coal", "territorial"] == pytest.approx([100, 103.4, 106.8, 110.2, 113.6, 117])
    # power from 200 to 210 TWh: 63 Mtce; the others take the rest of 117
    assert by_year(found, 0)[5] == pytest.approx(63e6)
    assert by_year(found, 1)[5] == pytest.approx(54e6)
    assert moves(found, "power_balance")["r0", ""][5] == pytest.approx(3.0)


def test_the_bridge_adds_up_and_its_end_is_what_the_table_burns() -> None:
    levers = LEVERS | {"energy_total": path("Mtce", y2020=100, y2025=120)}
    term = {"id": "coking", "title": "coking", "unit": "Mtce", "points": {2020: 4, 2025: 9}}
    found = revised(story(levers=levers, power=POWER, bridge=[term]), *ROWS)
    lines = bridge(found)
    parts = np.sum([lines["coal", name] for name in ("energy_balance", "exported_power", "coking", "rest")], axis=0)
    assert parts == pytest.approx(np.array(lines["coal", "territorial"]))
    assert coal(found) == pytest.approx(np.array(lines["coal", "territorial"]))
    assert lines["coal", "coking"] == [4, 5, 6, 7, 8, 9]


def test_a_term_with_rows_of_its_own_moves_them() -> None:
    term = {
        "id": "coking",
        "title": "c",
        "unit": "Mtce",
        "points": {2020: 20, 2025: 40},
        "rows": {"categories": "1A4b"},
    }
    found = revised(story(levers=LEVERS | {"energy_total": path("Mtce", y2020=100)}, bridge=[term]), *ROWS)
    assert by_year(found, 1) == pytest.approx([40e6, 48e6, 56e6, 64e6, 72e6, 80e6])
    assert coal(found).tolist() == pytest.approx([100, 104, 108, 112, 116, 120])
    assert moves(found, "bridge_coking")["r1", ""][5] == pytest.approx(40.0)


def test_the_coal_of_exported_power_is_not_stated_twice() -> None:
    term = {"id": "exported_power", "title": "e", "unit": "Mtce", "points": {2020: 15}}
    assert codes(levers=LEVERS, power=POWER, bridge=[term]) == [("exported_power_twice", "exported_power", "")]


@pytest.mark.parametrize(("rate", "ratio"), [(190, "1.58"), (460, "0.652")])
def test_a_power_balance_too_far_from_the_inventory_is_refused(rate: float, ratio: str) -> None:
    power = POWER | {"supply_coal_rate": path("gce/kWh", y2020=rate)}
    assert codes(power=power) == [("harmonisation_too_far", ratio, "")]


def test_a_power_balance_without_coal_in_the_base_year_is_refused() -> None:
    hydro = {"hydro": {"capacity": {2020: 100}, "hours": {2020: 2000}, "renewable": True, "new_energy": False}}
    assert [one[0] for one in codes(power=POWER | {"technologies": hydro})] == ["harmonisation_too_far"]


def test_a_power_balance_without_a_row_of_power_coal_is_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        revised(story(power=POWER), HOUSEHOLD_COAL)
    assert [(one.code, one.found) for one in caught.value.problems] == [("harmonisation_too_far", "0")]


def test_heating_by_power_raises_the_coal_of_power() -> None:
    """A quarter of 40 Mt becomes 9,000 TJ, that is 2.5 TWh: 0.75 Mtce more of coal at 300 g."""
    shift = deed("heat", "shift", {"categories": "1A4b", "activities": "coal"}, amount=25, base=0, to=[TO_POWER])
    power = POWER | {"demand": path("TWh", y2020=150)}
    rows = (*ROWS, HEATING_POWER)
    plain, heated = revised(story(power=power), *rows), revised(story(power=power, measures=[shift]), *rows)
    assert by_year(plain, 0)[5] == pytest.approx(60e6)
    assert by_year(heated, 0)[5] == pytest.approx(60.75e6)
    assert by_year(heated, 1)[5] == pytest.approx(30e6)
    assert by_year(heated, 3)[5] == pytest.approx(36000.0)
    assert by_year(heated, 4)[5] == pytest.approx(9000.0)
    assert heated.power is not None
    assert heated.power.demand[5] == pytest.approx(152.5)
    assert coal(heated)[5] == pytest.approx(90.75)


@pytest.mark.parametrize("rows", [ROWS, (*ROWS, HEATING_POWER)])
def test_power_that_came_in_is_no_coal_whether_or_not_the_base_year_has_any(rows: tuple[dict[str, Any], ...]) -> None:
    shift = deed("heat", "shift", {"categories": "1A4b", "activities": "coal"}, amount=25, base=0, to=[TO_POWER])
    found = revised(story(levers=LEVERS, measures=[shift]), *rows)
    assert coal(found)[5] == pytest.approx(120.0)
    assert by_year(found, 0)[5] == pytest.approx(90e6)


def test_a_fuel_that_came_in_is_counted_as_what_it_is() -> None:
    """Coal of households becomes gas that the base year has elsewhere: it is in the envelope of gas."""
    gas = {"activity": "natural_gas", "category": "IPCC2006:1A2", "quantity": 10e6}
    to = {"set": {"activity": "natural_gas"}, "share": 1, "ratio": 0.2}
    shift = deed("heat", "shift", {"categories": "1A4b"}, amount=25, base=0, to=[to])
    levers = LEVERS | {"nonfossil_share": path("percent", y2020=4)}
    found = revised(story(levers=levers, measures=[shift]), *ROWS, gas)
    # 20 Mtce of oil and gas grow to 24, of which 2 heat: 22 are left for the others
    assert by_year(found, 4)[5] == pytest.approx(2e6)
    assert by_year(found, 3)[5] == pytest.approx(11e6)
    assert by_year(found, 2)[5] == pytest.approx(11e6)
    assert coal(found)[5] == pytest.approx(120.0)


def test_a_fuel_that_came_in_and_is_unlike_any_row_is_refused() -> None:
    to = {"set": {"activity": "natural_gas"}, "share": 1, "ratio": 500, "unit": "m^3"}
    shift = deed("heat", "shift", {"categories": "1A4b"}, amount=25, base=0, to=[to])
    assert codes(levers=LEVERS, measures=[shift]) == [("came_in_without_energy", "natural_gas", "")]
    # without an envelope no energy has to be known
    assert by_year(revised(story(measures=[shift], power=POWER), *ROWS), 3)[5] == pytest.approx(5e9)


def test_a_row_without_a_quantity_that_moves_leaves_the_carrier_whole() -> None:
    unknown = HOUSEHOLD_COAL | {"quantity": np.nan, "notation": "NE", "region": "150621"}
    to = {"set": {"activity": "lignite"}, "share": 1, "ratio": 1}
    shift = deed("heat", "shift", {"categories": "1A4b"}, amount=25, base=0, to=[to])
    found = revised(story(levers=LEVERS, measures=[shift]), *ROWS, unknown)
    assert np.nan_to_num(found.sheet.quantity[5, [0, 1, 4]]).tolist() == pytest.approx([80e6, 30e6, 10e6])


# ---------------------------------------------------------------- share of power


def test_coal_of_power_as_a_share_of_coal_starts_at_that_of_the_inventory() -> None:
    """60 of 100 Mt in the inventory, to 50 % of 120 in 2025: the line between is at 54 % of 112 in 2023."""
    levers = LEVERS | {"power_share_of_coal": path("percent", y2025=50)}
    found = revised(story(levers=levers), *ROWS)
    assert by_year(found, 0)[0] == 60e6
    assert by_year(found, 0)[3] == pytest.approx(0.54 * 112e6)
    assert by_year(found, 0)[5] == pytest.approx(60e6)
    assert by_year(found, 1)[5] == pytest.approx(60e6)
    assert coal(found)[5] == pytest.approx(120.0)


def test_a_stated_share_of_the_base_year_gives_the_path_and_the_inventory_the_level() -> None:
    """From 75 to 50 %, where the inventory has 60: two thirds of 60, that is 40 % of 120."""
    levers = LEVERS | {"power_share_of_coal": path("percent", y2020=75, y2025=50)}
    assert by_year(revised(story(levers=levers), *ROWS), 0)[5] == pytest.approx(48e6)


def test_where_there_is_no_power_coal_its_share_says_nothing() -> None:
    levers = LEVERS | {"power_share_of_coal": path("percent", y2025=50)}
    rows = (HOUSEHOLD_COAL | {"quantity": 100e6}, OIL)
    assert by_year(revised(story(levers=levers), *rows), 0)[5] == pytest.approx(120e6)


# ---------------------------------------------------------------- properties


@given(
    saving=st.integers(-60, 10),
    heat=st.integers(0, 80),
    total=st.integers(95, 150),
    export=st.integers(0, 60),
)
def test_whatever_measures_do_the_envelope_stands(saving: int, heat: int, total: int, export: int) -> None:
    """After all steps each carrier has the energy of its envelope, and the moves are the difference to the base year."""
    measures = [
        deed("save", "efficiency", {"activities": "diesel"}, amount=saving, amount_is="change"),
        deed("heat", "shift", {"categories": "1A4b", "activities": "coal"}, amount=heat, base=0, to=[TO_POWER]),
        deed("scrub", "control_share", {"categories": "1A1ai"}, technology="scr", amount=heat, base=0),
    ]
    levers = LEVERS | {
        "energy_total": path("Mtce", y2020=100, y2025=total),
        "nonfossil_share": path("percent", y2020=7),
    }
    petrol = {"activity": "gasoline", "category": "IPCC2006:1A3b", "quantity": 22e6 / 7}
    other = {"activity": "raw_coal", "category": "IPCC2006:1A2", "quantity": 46e6 / 3}
    power = POWER | {"export": path("TWh", y2020=50, y2025=export)}
    rows = (POWER_COAL, HOUSEHOLD_COAL, OIL, HEATING_POWER, petrol, other)
    found = revised(story(levers=levers, power=power, measures=measures), *rows)
    lines = bridge(found)
    assert coal(found) == pytest.approx(np.array(lines["coal", "territorial"]))
    oil = found.sheet.quantity[:, [2, 4]].sum(axis=1) / 1e6
    assert oil == pytest.approx(np.array(lines["oil_gas", "territorial"]))
    assert found.sheet.quantity.min() >= 0
    # the base year is that of the inventory to the last bit
    assert found.sheet.quantity[0, :6].tolist() == [float(row["quantity"]) for row in rows]
    table = found.sheet.table(YEARS)
    for place, year in enumerate(YEARS):
        noted = table[table["year"] == year].groupby("activity_id")["amount"].sum()
        start = found.sheet.quantity[0]
        for row, name in enumerate(found.sheet.rows["activity_id"]):
            change = found.sheet.quantity[place, row] - start[row]
            assert noted.get(name, 0.0) == pytest.approx(change, abs=1.0)


# ---------------------------------------------------------------- one determinant a cell


def test_the_power_balance_alone_moves_coal_for_power() -> None:
    """A measure on all coal leaves the rows of power to the balance, and says so."""
    save = deed("save", "efficiency", {"activities": "coal"}, amount=-50, amount_is="change")
    found = revised(story(power=POWER, measures=[save]), *ROWS)
    plain = revised(story(power=POWER), *ROWS)
    assert by_year(found, 0) == by_year(plain, 0)
    assert by_year(found, 1)[5] == pytest.approx(20e6)
    (note,) = [one for one in found.notes if one.code == "power_rows_left_out"]
    assert (note.found, note.facts["rows"], note.level) == ("save", "1", "info")


@pytest.mark.parametrize(
    "one",
    [
        deed("twice", "efficiency", {"categories": "1A1ai"}, amount=-5, amount_is="change"),
        deed("twice", "activity_cap", {"categories": "1A1ai", "activities": "coal"}, amount=0, amount_is="change"),
        deed("twice", "scrap_stock", {"categories": "1A1ai"}, amount=50, base=100),
        deed("twice", "shift", {"categories": "1A1ai"}, amount=50, base=0, to=[{"set": {"activity": "natural_gas"}, "share": 1, "ratio": 1}]),
        deed("twice", "shift", {"categories": "1A4b"}, amount=50, base=0, to=[{"set": {"category": "IPCC2006:1A1ai"}, "share": 1, "ratio": 1}]),
    ],
    ids=lambda one: f"{one['do']['kind']} {one['acts_on']['categories']}",
)  # fmt: skip
@pytest.mark.parametrize("determinant", ["power", "share"])
def test_no_tonne_of_coal_for_power_moves_twice(one: dict[str, Any], determinant: str) -> None:
    parts = {"power": POWER} if determinant == "power" else {
        "levers": LEVERS | {"power_share_of_coal": path("percent", y2025=50)}
    }  # fmt: skip
    with pytest.raises(ScenarioError) as caught:
        revised(story(measures=[one], **parts), *ROWS)
    assert [(problem.code, problem.found) for problem in caught.value.problems] == [("power_determines_rows", "twice")]


def test_nor_does_a_driver_move_it() -> None:
    driver = {"unit": "percent/year", "points": {2021: 5}, "drives": [{"categories": "1A1ai"}]}
    with pytest.raises(ScenarioError) as caught:
        revised(story(power=POWER, drivers={"output": driver}), *ROWS)
    assert [problem.code for problem in caught.value.problems] == ["power_determines_rows"]


def test_without_a_balance_coal_for_power_is_a_row_like_any_other() -> None:
    save = deed("save", "efficiency", {"categories": "1A1ai"}, amount=-50, amount_is="change")
    assert by_year(revised(story(measures=[save]), *ROWS), 0)[5] == pytest.approx(30e6)
