"""Warnings on what is doubtful in a scenario; the sketches have some of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from emissions.errors import Problem
from emissions.scenario.file.lint import lint_scenario
from emissions.scenario.file.read import read_scenario
from emissions.vocabulary import describe
from scenario.stories import GOOD, SKETCHES, read_text


def warnings(folder: Path, *changes: tuple[str, str]) -> dict[str, Problem]:
    """Return the last warning of each code for the good file with some texts changed."""
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return {one.code: one for one in lint_scenario(read_text(folder, text))}


def of_sketch(name: str) -> list[Problem]:
    return list(lint_scenario(read_scenario(SKETCHES / f"{name}.yaml")))


def test_the_ordos_plan_leaves_too_little_oil_and_gas_and_moves_too_fast() -> None:
    found = {one.code: one for one in of_sketch("or-s1-plan") if one.code != "lint_path_held"}
    rest, fast, differ = (found[code] for code in ("lint_rest_small", "lint_share_fast", "lint_targets_differ"))
    assert (rest.found, rest.facts["year"], rest.facts["base"]) == ("4.7 %", "2025", "10")
    assert (fast.found, fast.facts["lever"]) == ("+19.5", "nonfossil_share")
    assert (fast.facts["first"], fast.facts["last"], fast.facts["before"], fast.facts["after"]) == (
        "2020", "2025", "3.1", "22.6"
    )  # fmt: skip
    assert "or-energy-intensity-2025 <= -15 %" in differ.found
    assert "or-ext-energy-intensity-2025 <= -16.5 %" in differ.found
    assert differ.facts["year"] == "2025"


def test_the_region_has_two_targets_for_energy_intensity() -> None:
    differ = [one.found for one in of_sketch("nm-s2-plan") if one.code == "lint_targets_differ"]
    assert any("-15 %" in one and "-15.5 %" in one for one in differ)


def test_targets_that_the_scenario_does_not_name_are_not_compared() -> None:
    assert [one for one in of_sketch("nm-s1-current") if one.code == "lint_targets_differ"] == []


def test_warnings_stop_nothing_and_name_the_file() -> None:
    found = of_sketch("or-s1-plan")
    assert {(one.level, one.file) for one in found} == {("warning", "or-s1-plan.yaml")}


@pytest.mark.parametrize(("value", "told"), [(67.0, False), (67.5, True)])
def test_the_rest_is_half_of_its_base(tmp_path: Path, value: float, told: bool) -> None:
    # 100 - 80 - 10 = 10 in the base year, 100 - value - 28 in the last
    found = warnings(tmp_path, ("{2020: 80, 2035: 60}", f"{{2020: 80, 2035: {value}}}"))
    assert ("lint_rest_small" in found) is told


def test_no_rest_where_oil_and_gas_are_stated(tmp_path: Path) -> None:
    levers = "  oil_share: {unit: percent, points: {2020: 6}, source: assumption, why: x}\n"
    gas = "  gas_share: {unit: percent, points: {2020: 4, 2035: 0}, source: assumption, why: x}\n"
    changed = [("{2020: 80, 2035: 60}", "{2020: 80, 2035: 66}"), ("bridge:\n", f"{levers}{gas}bridge:\n")]
    assert "lint_rest_small" not in warnings(tmp_path, *changed)


@pytest.mark.parametrize(("year", "told"), [(2025, True), (2026, False)])
def test_a_share_may_move_15_points_in_five_years(tmp_path: Path, year: int, told: bool) -> None:
    found = warnings(tmp_path, ("{2020: 80, 2035: 60}", f"{{2020: 80, {year}: 62, 2035: 62}}"))
    assert ("lint_share_fast" in found) is told
    step = warnings(tmp_path, ("{2020: 80, 2035: 60}", "{2020: 80, 2033: 62}, shape: step"))
    assert step["lint_share_fast"].found == "-18"
    assert step["lint_share_fast"].facts["first"] == "2028"


def test_a_short_horizon_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    text = GOOD.replace("2035", "2023")
    assert [one.code for one in lint_scenario(read_text(tmp_path, text.split("solve:")[0]))].count(
        "lint_share_fast"
    ) == 2


def test_a_path_that_ends_early_is_held(tmp_path: Path) -> None:
    held = {
        one.facts["path"]: one.found for one in lint_scenario(read_text(tmp_path, GOOD)) if one.code == "lint_path_held"
    }
    assert held == {
        "bridge.export": "2020", "power.demand": "2020", "power.export": "2020", "power.losses": "2020",
        "power.supply_coal_rate": "2020", "power.coal_capacity": "2020",
    }  # fmt: skip
    changed = GOOD.replace("{2021: 6, 2035: 4}", "{2021: 6, 2034: 4}").replace(
        "{2020: 4}", "{2020: 4}, shape: constant"
    )
    later = {one.facts["path"] for one in lint_scenario(read_text(tmp_path, changed)) if one.code == "lint_path_held"}
    assert later == held.keys() - {"power.losses"} | {"drivers.gdp_growth"}


def test_a_total_from_which_the_base_is_solved_is_not_held() -> None:
    assert "levers.energy_total" not in {one.facts.get("path") for one in of_sketch("or-s1-plan")}


def test_a_measure_that_is_full_after_the_end(tmp_path: Path) -> None:
    found = warnings(tmp_path, ("    full: 2023", "    full: 2036"))["lint_full_late"]
    assert (found.found, found.facts["measure"], found.facts["end"]) == ("2036", "scrap", "2035")
    assert "lint_full_late" not in warnings(tmp_path, ("    full: 2023", "    full: 2035"))


@pytest.mark.parametrize("name", ["or-s1-plan", "nm-s2-plan", "or-s2-observed"])
def test_every_warning_has_a_whole_text_in_both_languages(name: str) -> None:
    for one in of_sketch(name):
        for language in ("zh", "en"):
            text = describe(one, language)  # type: ignore[arg-type]
            assert one.code not in text
            assert one.found in text


def test_vehicles_without_a_fleet_are_told(tmp_path: Path) -> None:
    assert "no_fleet" not in warnings(tmp_path)
    told = warnings(tmp_path, ("vehicles: [truck]", "vehicles: [bus]"))["no_fleet"]
    assert (told.found, told.facts["fleets"]) == ("sales_share", "bus")
