"""Scenario files that are wrong: every kind of problem, with its line, and all of them at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emissions.errors import Problem
from emissions.scenario.file.check_runs import PARAMETERS
from emissions.scenario.file.kinds import kinds
from emissions.scenario.model import KINDS, WITH_THEIR_SECTOR
from emissions.vocabulary import describe
from emissions.vocabulary.tables import read_yaml
from scenario.stories import GOOD, line_of, problems_of, read_text

GROWTH = "gdp_growth: {unit: percent/year, points: {2021: 6, 2035: 4}, source: assumption, why: tested}"
COAL = 'coal_share: {unit: percent, points: {2020: 80, 2035: 60}, source: "target:or-coal-share-2025"}'
RATE = "energy_intensity_rate: {unit: percent/year, points: {2021: -3, 2035: -2}, source: assumption, why: tested}"
BASE = "energy_total_base: {unit: Mtce, points: {2020: 70}, source: assumption, why: tested}"
NORMAL = "{path: levers.energy_intensity_rate, how: shift, distribution: normal, sd: 0.5}"
TRIANGLE = "{path: drivers.gdp_growth, how: shift, distribution: triangular, low: -1.5, mode: 0, high: 1}"
CONTROL = "{kind: control_share, technology: ultra_low_emission, amount: 80, unit: percent, base: 5}"
CAP = "{kind: activity_cap, amount: 500, unit: 万吨}"
WIND = "{kind: add_capacity, technology: wind, amount: 1000, unit: 万千瓦}"
SALES = "{kind: sales_share, technology: battery_electric, amount: 20, unit: percent, base: 1}"
SCRAP = "{kind: scrap_stock, amount: 0, unit: percent, base: 10}"
TO = "{set: {activity: natural_gas}, share: 0.9, ratio: 0.05, unit: 万立方米}"
UNTIL = "until: {indicator: co2_peak_year, value: 2028}"
MORE = "source: assumption, why: tested}"


def lever(name: str, body: str) -> str:
    return f"{COAL}\n  {name}: {{{body}, source: assumption, why: tested}}"


CASES: dict[str, tuple[str, str, str, str, str]] = {
    # name: (text to replace, text instead, code, what was found, nearest or a part of what is allowed)
    "unknown key at the top": ("targets: [", "target: [", "scenario_unknown_key", "target", "targets"),
    "unknown key of a path": ("2035: 60}, source", "2035: 60}, sources", "scenario_unknown_key", "sources", "source"),
    "unknown key of a measure": (
        "    full: 2021\n", "    full: 2021\n    priority: 3\n", "scenario_unknown_key", "priority", "acts_on"),
    "unknown key of what it does": (CAP, CAP.replace("amount", "amont"), "scenario_unknown_key", "amont", "amount"),
    "unknown key of a selection": ("{vehicles: diesel_truck,", "{vehicels: diesel_truck,", "selector_unknown_key", "vehicels", "vehicles"),
    "unknown key of draws": ("seed: 7", "sed: 7", "scenario_unknown_key", "sed", "seed"),
    "the name of a field that no file holds": ("targets: [", "file: x\ntargets: [", "scenario_unknown_key", "file", "title"),
    "a comma in a text": ("{2020: 12}, source: assumption, why: tested", "{2020: 12}, source: assumption, why: tested, and so on", "scenario_comma_in_text", "and so on", ""),
    "a key twice": ("    start: 2021\n    full: 2023", "    start: 2021\n    start: 2022\n    full: 2023", "scenario_key_twice", "start", ""),
    "a missing key": ("    full: 2023\n", "", "scenario_missing_key", "full", ""),
    "a missing top key": ("id: test-good\n", "", "scenario_missing_key", "id", ""),
    "no whole number": ("full: 2023", "full: soon", "scenario_not_whole", "soon", ""),
    "no whole year": ("{2020: 12}", "{base: 12}", "scenario_not_whole", "base", ""),
    "no number": ("ratio: 0.05", "ratio: much", "scenario_not_number", "much", ""),
    "a truth value for a number": ("{2020: 12}", "{2020: yes}", "scenario_not_number", "true", ""),
    "not a number": ("{2020: 12}", "{2020: .nan}", "scenario_not_number", "nan", ""),
    "no text": ("unit: Mtce, points: {2020: 12}", "unit: [a], points: {2020: 12}", "scenario_not_text", "[a]", ""),
    "no truth value": ("renewable: true", "renewable: partly", "scenario_not_truth", "partly", ""),
    "a blank title": ("title: 风电", 'title: ""', "scenario_blank", "", ""),
    "no mapping": ("horizon: {from: 2020, to: 2035}", "horizon: 2035", "scenario_not_a_mapping", "2035", ""),
    "no list": ("stage_years: {V: [2017, 2020]}", "stage_years: {V: 2017}", "scenario_not_a_list", "2017", ""),
    "a word where no other is allowed": ("boundary: energy_balance", "boundary: energy", "scenario_not_allowed", "energy", "energy_balance"),
    "another schema": ("scenario/1", "scenario/9", "scenario_not_allowed", "scenario/9", "scenario/1"),
    "unknown region": ('"150600"', '"159999"', "scenario_unknown_word", "159999", ""),
    "unknown category": ("{category: 2C1,", "{category: 2Z1,", "scenario_unknown_word", "2Z1", ""),
    "unknown activity": ("fuel: coal", "fuel: coall", "scenario_unknown_word", "coall", "coal"),
    "unknown control": ("ultra_low_emission", "ultra_low_emision", "scenario_unknown_word", "ultra_low_emision", "ultra-low emission"),
    "unknown substance": ("[SO2, PM2.5]", "[SOX, PM2.5]", "scenario_unknown_word", "SOX", ""),
    "unknown stage": ("stage_at_most: 3", "stage_at_most: 9", "no_stage", "9", "3 (III)"),
    "unknown stage of a fleet": ("{V: [2017", "{W: [2017", "no_stage", "W", "VI"),
    "unknown word of a condition": ('boiler_tph: "[0,65)"', "technology: boilr", "scenario_unknown_word", "boilr", "boiler"),
    "no interval": ('"[0,65)"', '"0 to 65"', "not_an_interval", "0 to 65", ""),
    "unknown condition": ('boiler_tph: "[0,65)"', "where: {boiler_tp: 3}", "scenario_no_column", "boiler_tp", "boiler_tph"),
    "unknown column": ("set: {activity: natural_gas}", "set: {activty: natural_gas}", "scenario_no_column", "activty", "activity"),
    "what cannot be selected": ('boiler_tph: "[0,65)"', "scope: urban", "cannot_select", "scope", ""),
    "a mapping for a word": ("fuel: coal", "fuel: {a: b}", "scenario_word_needed", "{a}", ""),
    "substances twice": ("    do: {kind: control_share", "    substances: [NOx]\n    do: {kind: control_share", "scenario_said_twice", "", ""),
    "a shift from": ("{kind: shift,", "{kind: shift, from: coal,", "shift_from", "coal", ""),
    "a shift to a word": (f"to: [{TO}]", "to: [natural_gas]", "shift_to", "natural_gas", ""),
    "unknown unit": ("unit: Mtce, points: {2020: 12}", "unit: Mtcee, points: {2020: 12}", "scenario_unknown_unit", "Mtcee", "Mtce"),
    "a unit with two readings": ("unit: Mtce, points: {2020: 12}", "unit: mt, points: {2020: 12}", "scenario_unknown_unit", "mt", ""),
    "wrong dimension of a lever": (COAL, COAL.replace("unit: percent", "unit: Mtce"), "scenario_unit_differs", "Mtce", "percent"),
    "wrong dimension of growth": (GROWTH, GROWTH.replace("percent/year", "percent"), "scenario_unit_differs", "percent", "percent/year"),
    "wrong dimension of power": ("demand: {unit: TWh", "demand: {unit: GW", "scenario_unit_differs", "GW", "TWh"),
    "wrong dimension of capacity": ("hours: {2020: 2400}", "hours: {2020: 2400}, capacity_unit: TWh", "scenario_unit_differs", "TWh", "GW"),
    "wrong dimension of an amount": (WIND, WIND.replace("万千瓦", "万吨"), "scenario_unit_differs", "万吨", "GW"),
    "wrong dimension of a cap": (CAP, CAP.replace("万吨", "percent"), "scenario_unit_differs", "percent", "TJ"),
    "wrong dimension of a destination": ("unit: 万立方米", "unit: CNY", "scenario_unit_differs", "CNY", "m^3"),
    "unknown unit of a driver": ("unit: 万人", "unit: heads of people", "scenario_unknown_unit", "heads of people", ""),
    "a point before the base year": ("{2021: 6, 2035: 4}", "{2019: 6, 2035: 4}", "year_outside", "2019", "2020-2035"),
    "a point after the horizon": ("points: {2020: 12}", "points: {2020: 12, 2036: 12}", "year_outside", "2036", "2020-2035"),
    "capacity after the horizon": ("capacity: {2020: 2}", "capacity: {2020: 2, 2040: 3}", "year_outside", "2040", "2020-2035"),
    "growth of a fleet after the horizon": ("growth: {2021: 2}", "growth: {2021: 2, 2051: 2}", "year_outside", "2051", "2020-2035"),
    "a start outside": ("    start: 2021\n    full: 2023", "    start: 2041\n    full: 2043", "year_outside", "2041", "2020-2035"),
    "full before start": ("    full: 2023", "    full: 2020", "full_before_start", "2020 < 2021", ""),
    "the end before the start": ("{from: 2020, to: 2035}", "{from: 2040, to: 2035}", "scenario_end_before_start", "2035 < 2040", ""),
    "a horizon before the base year": ("{from: 2020, to: 2035}", "{from: 2015, to: 2035}", "year_outside", "2015", ">= 2020"),
    "a stage that ends before it starts": ("[2017, 2020]", "[2020, 2017]", "scenario_end_before_start", "2020 > 2017", ""),
    "no step": ("to: 2035}", "to: 2035, step: 0}", "not_above_zero", "0", ""),
    "no life": ("mean_life: 12.8", "mean_life: 0", "not_above_zero", "0", ""),
    "unknown factor set": ("boundary: energy_balance,", "boundary: energy_balance, factors: cn-2026.9,", "unknown_set", "cn-2026.9", "cn-2026.1"),
    "a level that begins later": ("points: {2020: 28}", "points: {2022: 28}", "path_begins_late", "power.coal_capacity", ""),
    "a rate that begins later": ("{2021: 6, 2035: 4}", "{2022: 6, 2035: 4}", "path_begins_late", "drivers.gdp_growth", ""),
    "a capacity that begins later": ("capacity: {2020: 2}", "capacity: {2025: 2}", "path_begins_late", "power.technologies.wind", ""),
    "a share over 100": ("{2020: 4}", "{2020: 104}", "scenario_share_outside", "104", "0-100 %"),
    "a share below 0": ("{2020: 4}", "{2020: -4}", "scenario_share_outside", "-4", "0-100 %"),
    "shares over 100 together": ("{2020: 80, 2035: 60}", "{2020: 80, 2030: 80, 2035: 60}", "shares_over_whole", "102 %", ""),
    "four shares below 100": (COAL, lever("oil_share", "unit: percent, points: {2020: 6, 2035: 6}") + "\n  gas_share: {unit: percent, points: {2020: 3, 2035: 6}, " + MORE, "shares_under_whole", "99 %", ""),
    "growth that leaves nothing": ("{2021: 6, 2035: 4}", "{2021: -100, 2035: 4}", "rate_has_no_level", "-100 %", ""),
    "a negative level": ("{2020: 28}", "{2020: -28}", "level_negative", "-28", ""),
    "a negative term": ("points: {2020: 12}", "points: {2020: -12}", "level_negative", "-12", ""),
    "a path without points": ("points: {2020: 28}", "points: {}", "path_without_points", "{}", ""),
    "capacity without points": ("capacity: {2020: 2}", "capacity: {}", "path_without_points", "{}", ""),
    "a constant with points": ("points: {2021: 6, 2035: 4}", "points: {2021: 6, 2035: 4}, shape: constant", "path_constant_with_points", "2021, 2035", ""),
    "a logistic without a cap": ("points: {2021: 6, 2035: 4}", "points: {2021: 6, 2035: 4}, shape: logistic", "path_needs_cap", "", ""),
    "a logistic from zero": ("{2020: 10, 2035: 28}", "{2020: 0, 2035: 28}, shape: logistic", "path_outside_cap", "0.0", ""),
    "unknown lever": (COAL, lever("coal_shar", "unit: percent, points: {2020: 1}"), "unknown_lever", "coal_shar", "coal_share"),
    "a total and a rate": (COAL, lever("energy_total", "unit: Mtce, points: {2020: 70, 2025: 80}"), "energy_said_twice", "energy_total, energy_intensity_rate", ""),
    "a base that is given and solved": (COAL, lever("energy_total", "unit: Mtce, points: {2025: 80}, solve_base: true"), "base_said_twice", "energy_total_base, solve_base", ""),
    "solving from several years": (BASE, "energy_total: {unit: Mtce, solve_base: true, points: {2025: 80, 2030: 90}, " + MORE, "solve_base_needs_one_point", "2025, 2030", ""),
    "solving another lever": (COAL, COAL.replace("unit:", "solve_base: true, unit:"), "solve_base_elsewhere", "coal_share", ""),
    "a base level of another year": ("{2020: 70}", "{2020: 70, 2025: 80}", "base_level_elsewhere", "2020, 2025", ""),
    "levers without a total": (BASE, "power_share_of_coal: {remove: true}", "remove_unknown", "power_share_of_coal", ""),
    "the coal of power twice": (COAL, lever("power_share_of_coal", "unit: percent, points: {2020: 40}"), "power_said_twice", "power_share_of_coal, power", ""),
    "a driver of nothing": ("    drives: [{category: 1A4b}]\n", "", "driver_drives_nothing", "population", ""),
    "a driver without its base": ("{2020: 216, 2035: 220}", "{2021: 216, 2035: 220}", "driver_without_base", "population", ""),
    "unknown kind": ("kind: activity_cap", "kind: activity_cup", "unknown_kind", "activity_cup", "activity_cap"),
    "a kind of a sector to come": ("kind: activity_cap", "kind: afforestation", "kind_with_its_sector", "afforestation", ""),
    "a category of a sector to come": ("{activity: coke}\n    do: " + CAP, "{category: 3A1}\n    do: " + CAP, "kind_with_its_sector", "IPCC2006:3A1", ""),
    "a field that a kind does not take": (CAP, CAP.replace("unit", "technology: wind, unit"), "kind_does_not_take", "technology", ""),
    "a level where a change is meant": (WIND, WIND.replace("unit", "amount_is: level, unit"), "scenario_not_allowed", "level", "change"),
    "a shape that measures have not": ("shape: logistic", "shape: constant", "scenario_not_allowed", "constant", "linear"),
    "acting on nothing": ("acts_on: {activity: coke}\n    do: " + CAP, "acts_on: {}\n    do: " + CAP, "acts_on_nothing", "cap", ""),
    "an amount over 100": (CONTROL, CONTROL.replace("80", "180"), "amount_outside", "180 percent", "<= 100"),
    "a base below 0": (CONTROL, CONTROL.replace("base: 5", "base: -5"), "amount_outside", "-5 percent", ">= 0"),
    "scrapping from nothing": (SCRAP, SCRAP.replace("base: 10", "base: 0"), "amount_outside", "0 percent", "> 0"),
    "all capacity renewable": (WIND, "{kind: capacity_share, technology: renewable, amount: 100, unit: percent}", "amount_outside", "100 percent", "< 100"),
    "more than all is cut": (CAP, "{kind: efficiency, amount: -101, unit: percent}", "amount_outside", "-101 percent", ">= -100"),
    "a share that is not of renewables": (WIND, "{kind: capacity_share, technology: renewables, amount: 40, unit: percent}", "scenario_not_allowed", "renewables", "renewable"),
    "a technology that power has not": ("technology: wind", "technology: winde", "technology_not_of_power", "winde", "wind"),
    "a group that no technology is of": ("technology: wind", "technology: new_energy", "technology_not_of_power", "new_energy", "renewable"),
    "capture of more than all": (CONTROL, "{kind: capture, amount: 20, unit: percent, base: 0, removal_efficiency: 190}", "amount_outside", "190 percent", "> 0, <= 100 percent"),
    "capture that saves fuel": (CONTROL, "{kind: capture, amount: 20, unit: percent, base: 0, removal_efficiency: 90, energy_penalty: -5}", "amount_outside", "-5 percent", ">= 0 percent"),
    "fuel of capture beside a total": (CONTROL, "{kind: capture, amount: 20, unit: percent, base: 0, removal_efficiency: 90, energy_penalty: 5}", "penalty_stated_elsewhere", "control", ""),
    "shares of a shift over 1": ("share: 0.9", "share: 0.9, ratio: 1}, {set: {activity: lng}, share: 0.2", "shift_over_whole", "1.1", "<= 1"),
    "a share of a shift below 0": ("share: 0.9", "share: -0.9", "scenario_share_outside", "-0.9", "0-1"),
    "a ratio of nothing": ("ratio: 0.05", "ratio: 0", "not_above_zero", "0", ""),
    "a shift that changes nothing": ("set: {activity: natural_gas}", "set: {}", "shift_sets_nothing", "to", ""),
    "no source": ("renewable: true, source: assumption, why: tested", "renewable: true", "source_missing", "wind", ""),
    "an assumption without why": ("renewable: true, source: assumption, why: tested", "renewable: true, source: assumption", "why_missing", "assumption", ""),
    "a source of no form": ('"target:nm-nev-sales-2025"', "yearbook", "source_form", "yearbook", "baseline:ID"),
    "a source of an unknown table": ('"target:nm-nev-sales-2025"', '"targets:nm-nev-sales-2025"', "source_form", "targets:nm-nev-sales-2025", "target"),
    "an unknown source": ('"target:nm-nev-sales-2025"', '"target:nm-nev-sale-2025"', "source_unknown", "target:nm-nev-sale-2025", "nm-nev-sales-2025"),
    "a source of another table": ('"target:nm-nev-sales-2025"', '"external:nm-nev-sales-2025"', "source_unknown", "external:nm-nev-sales-2025", "target:nm-nev-sales-2025"),
    "an unknown baseline": ('"target:nm-nev-sales-2025"', '"baseline:nm-gdp-1915"', "source_unknown", "baseline:nm-gdp-1915", "nm-gdp-2019"),
    "an unknown target": ("or-ext-energy-intensity-2025]", "or-ext-energy-intensity-2026]", "target_unknown", "or-ext-energy-intensity-2026", "or-ext-energy-intensity-2025"),
    "a lever to solve for that is not there": ("lever: levers.coal_share", "lever: levers.coal_shares", "scenario_no_path", "levers.coal_shares", "levers.coal_share"),
    "bounds that cross": ("{low: 0.5, high: 1.2}", "{low: 1.5, high: 1.2}", "bounds_crossed", "1.5 >= 1.2", ""),
    "a bound below 0": ("{low: 0.5, high: 1.2}", "{low: -0.5, high: 1.2}", "level_negative", "-0.5", ""),
    "solving after the end": ("scale_after: 2025", "scale_after: 2035", "year_outside", "2035", "2020-2034"),
    "solving until two things": (UNTIL, UNTIL.replace("value", "target: or-co2-peak, value"), "until_one_of", "", ""),
    "solving until nothing": (UNTIL, "until: {value: 2028}", "until_one_of", "", ""),
    "solving without a value": (UNTIL, "until: {indicator: co2_peak_year}", "until_needs_value", "co2_peak_year", ""),
    "solving until an unknown target": (UNTIL, "until: {target: or-co2-peek}", "target_unknown", "or-co2-peek", "or-co2-peak"),
    "a path to vary that is not there": ("path: drivers.gdp_growth", "path: driver.gdp_growth", "scenario_no_path", "driver.gdp_growth", "drivers.gdp_growth"),
    "no runs": ("runs: 100", "runs: 0", "not_above_zero", "0", ""),
    "a negative seed": ("seed: 7", "seed: -7", "level_negative", "-7", ""),
    "a path that is varied twice": (NORMAL, f"{NORMAL}\n    - {NORMAL}", "varied_twice", "levers.energy_intensity_rate", ""),
    "a distribution without its parameter": (NORMAL, NORMAL.replace(", sd: 0.5", ""), "distribution_needs", "normal: sd", ""),
    "a parameter of another distribution": (NORMAL, NORMAL.replace("sd: 0.5", "sd: 0.5, high: 1"), "distribution_does_not_take", "high", ""),
    "no spread": (NORMAL, NORMAL.replace("sd: 0.5", "sd: 0"), "not_above_zero", "0", ""),
    "a distribution that crosses": (TRIANGLE, TRIANGLE.replace("low: -1.5", "low: 1.5"), "bounds_crossed", "1.5 >= 1", ""),
    "a mode outside": (TRIANGLE, TRIANGLE.replace("mode: 0", "mode: 2"), "mode_outside", "2", "-1.5 - 1"),
    "a correlation of what is not varied": ("growth|levers.energy_intensity_rate", "growth|levers.coal_share", "correlation_pair", "drivers.gdp_growth|levers.coal_share", ""),
    "a correlation over 1": ('rate": 0.5', 'rate": 1.5', "correlation_outside", "1.5", "-1 - 1"),
    "a measure twice": ("  - id: cap\n", "  - id: wind\n", "measure_twice", "wind", ""),
    "replacing what is not there": ("  - id: cap\n", "  - id: cap\n    replace: true\n", "replace_unknown", "cap", ""),
    "an unknown parent": ("targets: [", "extends: test-god\ntargets: [", "extends_unknown", "test-god", ""),
    "a parent that is the file itself": ("targets: [", "extends: test-good\ntargets: [", "extends_circle", "test-good", ""),
}  # fmt: skip

NOT_AT_THE_TEXT = {
    "a missing key", "a missing top key", "a driver of nothing", "a path that is varied twice",
    "substances twice", "a correlation of what is not varied",
}  # fmt: skip
"""Cases whose problem does not stand in the line that was changed."""
WITH_OTHERS = {
    "levers without a total": {"envelope_incomplete"},
    "a mapping for a word": {"scenario_not_text"},
    "the end before the start": {"year_outside"},
    "a path to vary that is not there": {"correlation_pair"},
}
"""Further problems that follow from the first."""


def changed(case: str) -> str:
    old, new, *_ = CASES[case]
    assert GOOD.count(old) == 1, (case, GOOD.count(old))
    return GOOD.replace(old, new)


@pytest.mark.parametrize("case", CASES)
def test_a_problem_is_told_with_what_was_found_and_what_is_allowed(tmp_path: Path, case: str) -> None:
    _, _, code, found, help_ = CASES[case]
    problems = problems_of(tmp_path, changed(case))
    assert {one.code for one in problems} <= {code} | WITH_OTHERS.get(case, set()), problems
    mine = [one for one in problems if one.code == code]
    assert mine
    assert mine[0].file == "story.yaml"
    assert found in mine[0].found
    assert mine[0].level == "error"
    assert help_ in f"{mine[0].nearest} / {mine[0].allowed}"


@pytest.mark.parametrize("case", [case for case in CASES if case not in NOT_AT_THE_TEXT])
def test_a_problem_is_told_with_its_line(tmp_path: Path, case: str) -> None:
    old, new, code, *_ = CASES[case]
    problems = [one for one in problems_of(tmp_path, changed(case)) if one.code == code]
    first = line_of(GOOD, old)
    last = first + new.rstrip("\n").count("\n")
    assert problems[0].row is not None
    assert first - 1 <= problems[0].row <= last


def test_the_line_is_that_of_the_key(tmp_path: Path) -> None:
    text = GOOD.replace("    full: 2023", "    full: soon")
    assert [one.row for one in problems_of(tmp_path, text)] == [line_of(text, "    full: soon")]
    text = GOOD.replace("{2020: 216, 2035: 220}", "\n      2020: 216\n      2036: 220")
    assert [one.row for one in problems_of(tmp_path, text)] == [line_of(text, "      2036: 220")]


# ---------------------------------------------------------------- tables of what a kind needs


def test_every_kind_has_its_needs_in_the_order_in_which_they_apply() -> None:
    assert tuple(kinds()) == KINDS
    assert not set(kinds()) & set(WITH_THEIR_SECTOR)


RIGHT = {
    "activity_cap": "amount: 0, unit: percent, amount_is: change",
    "shift": "to: [{set: {activity: lng}, share: 1, ratio: 1}], amount: 90, unit: percent, base: 50",
    "scrap_stock": "amount: 0, unit: percent, base: 5",
    "sales_share": "technology: electric_vehicle, amount: 20, unit: percent, base: 1",
    "stock_share": "technology: hydrogen_vehicle, amount: 20, unit: percent, base: 1",
    "efficiency": "amount: -5, unit: percent",
    "add_capacity": "technology: wind, amount: 3, unit: GW",
    "capacity_total": "technology: wind, amount: 3, unit: GW",
    "capacity_share": "technology: renewable, amount: 45, unit: percent",
    "control_share": "technology: scr+fgd_ammonia, amount: 20, unit: percent, base: 1",
    "capture": "amount: 20, unit: percent, base: 0, removal_efficiency: 90",
}


def of_kind(name: str, fields: str) -> str:
    """Return the good file with another first measure."""
    acts = "{vehicles: diesel_truck}" if name in {"sales_share", "stock_share"} else "{category: 2C1}"
    text = GOOD.replace("acts_on: {category: 2C1, substances: [SO2, PM2.5]}", f"acts_on: {acts}")
    return text.replace(CONTROL, f"{{kind: {name}, {fields}}}")


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_reads_with_what_it_needs(tmp_path: Path, name: str) -> None:
    assert read_text(tmp_path, of_kind(name, RIGHT[name])).measures[0].do.kind == name


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, kind in kinds().items() for field in kind.needs])
def test_a_kind_without_a_field_it_needs_is_a_problem(tmp_path: Path, name: str, field: str) -> None:
    # a share or "to" holds commas of its own: what comes after it goes with it
    without = re.sub(rf"(^|, ){field}: (\[.*\]|[^,]+)", "", RIGHT[name]).removeprefix(", ")
    problems = problems_of(tmp_path, of_kind(name, without))
    assert [(one.code, one.facts["needed"]) for one in problems] == [("kind_needs", field)]


@pytest.mark.parametrize("name", ["add_capacity", "capacity_total", "capacity_share"])
def test_capacity_needs_a_power_balance(tmp_path: Path, name: str) -> None:
    text = of_kind(name, RIGHT[name])
    start, end = text.index("power:\n"), text.index("fleets:\n")
    problems = problems_of(tmp_path, text[:start] + text[end:])
    assert {one.code for one in problems} == {"kind_needs_power"}


@pytest.mark.parametrize("word", WITH_THEIR_SECTOR)
def test_kinds_of_sectors_to_come_are_refused_with_that_reason(tmp_path: Path, word: str) -> None:
    problems = problems_of(tmp_path, of_kind(word, "amount: 90, unit: percent"))
    assert [one.code for one in problems] == ["kind_with_its_sector"]


@pytest.mark.parametrize(("name", "needed"), PARAMETERS.items())
def test_a_distribution_needs_its_parameters(tmp_path: Path, name: str, needed: tuple[str, ...]) -> None:
    values = {"low": 1, "mode": 2, "high": 3, "sd": 1}
    given = ", ".join(f"{one}: {values[one]}" for one in needed)
    vary = f"{{path: measures.wind, how: scale, distribution: {name}, "
    assert problems_of(tmp_path, GOOD.replace(NORMAL, f"{NORMAL}\n    - {vary}{given}}}")) == []
    bare = problems_of(tmp_path, GOOD.replace(NORMAL, f"{NORMAL}\n    - {vary.rstrip(', ')}}}"))
    assert [(one.code, one.found) for one in bare] == [("distribution_needs", f"{name}: {', '.join(needed)}")]


@pytest.mark.parametrize(
    "path", ["measures.cap", "bridge.export", "power.demand", "power.wind.hours", "levers.coal_share"]
)
def test_what_can_be_varied(tmp_path: Path, path: str) -> None:
    assert problems_of(tmp_path, GOOD.replace("path: levers.energy_intensity_rate", f"path: {path}").replace(
        "|levers.energy_intensity_rate", f"|{path}")) == []  # fmt: skip


# ---------------------------------------------------------------- the envelope


@pytest.mark.parametrize(
    ("gone", "missing"),
    [
        (COAL, "coal_share"),
        (BASE, "energy_total_base"),
        (RATE, "energy_intensity_rate"),
        ("nonfossil_share: {unit: percent, points: {2020: 10, 2035: 28}, source: assumption, why: tested}", "nonfossil_share"),
    ],
)  # fmt: skip
def test_levers_that_lack_one_another_are_a_problem(tmp_path: Path, gone: str, missing: str) -> None:
    text = GOOD.replace(f"  {gone}\n", "").split("solve:")[0]
    assert [(one.code, one.found) for one in problems_of(tmp_path, text)] == [("envelope_incomplete", missing)]


def test_intensity_needs_growth(tmp_path: Path) -> None:
    text = GOOD.replace(f"  {GROWTH}\n", "").split("solve:")[0]
    assert [one.code for one in problems_of(tmp_path, text)] == ["intensity_needs_growth"]


def test_a_total_without_a_rate_or_one_from_which_the_base_is_solved_is_right(tmp_path: Path) -> None:
    total = "energy_total: {unit: Mtce, points: {2020: 70, 2035: 90}, source: assumption, why: tested}"
    text = GOOD.split("solve:")[0]
    assert problems_of(tmp_path, text.replace(BASE, total).replace(f"  {RATE}\n", "")) == []
    solved = "energy_total: {unit: Mtce, points: {2025: 80}, solve_base: true, source: assumption, why: tested}"
    assert problems_of(tmp_path, text.replace(BASE, solved)) == []
    found = problems_of(tmp_path, text.replace(BASE, solved).replace(f"  {RATE}\n", ""))
    assert [one.code for one in found] == ["solve_base_needs_rate"]


# ---------------------------------------------------------------- extending


def family(folder: Path, **texts: str) -> list[Problem]:
    """Write several files, and return the problems of the last."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    name, text = list(texts.items())[-1]
    return problems_of(folder, text, f"{name}.yaml")


CHILD = "schema: scenario/1\nid: child\ntitle: c\nextends: test-good\n"


def test_a_circle_of_files_is_told_with_its_chain(tmp_path: Path) -> None:
    first = GOOD.replace("id: test-good", "id: a\nextends: b")
    second = GOOD.replace("id: test-good", "id: b\nextends: c")
    third = GOOD.replace("id: test-good", "id: c\nextends: a")
    problems = [one for one in family(tmp_path, a=first, b=second, c=third) if one.code.startswith("extends")]
    assert [(one.code, one.facts["chain"]) for one in problems] == [
        ("extends_circle", "c.yaml -> a.yaml -> b.yaml -> c.yaml")
    ]


def test_two_files_with_one_id_are_a_problem(tmp_path: Path) -> None:
    problems = family(tmp_path, one=GOOD, two=GOOD, child=CHILD)
    assert [(one.code, one.facts["files"]) for one in problems] == [("extends_ambiguous", "one.yaml, two.yaml")]


def test_an_unknown_parent_is_told_with_the_nearest_and_without_what_follows_from_it(tmp_path: Path) -> None:
    text = CHILD.replace("test-good", "test-goood") + "measures: [{id: x, remove: true}]\nsed: 1\n"
    problems = family(tmp_path, good=GOOD, child=text)
    assert [(one.code, one.nearest) for one in problems] == [
        ("extends_unknown", "test-good"),
        ("scenario_unknown_key", ""),
    ]


def test_a_problem_of_a_parent_names_the_file_of_the_parent(tmp_path: Path) -> None:
    problems = family(tmp_path, good=GOOD.replace("    full: 2023", "    full: soon"), child=CHILD + "sed: 1\n")
    assert [(one.file, one.row) for one in problems] == [
        ("child.yaml", 5), ("good.yaml", line_of(GOOD, "    full: 2023"))
    ]  # fmt: skip


def test_a_base_file_that_is_not_there_is_told_where_the_rest_of_the_base_is_wrong(tmp_path: Path) -> None:
    text = GOOD.replace("examples/2020.xlsx", "gone.xlsx").replace("base: {year: 2020", "base: {year: soon")
    found = {one.code: one for one in problems_of(tmp_path, text)}
    assert (found["base_activity_not_there"].found, found["base_activity_not_there"].row) == (
        "gone.xlsx", line_of(GOOD, "base: {year: 2020, b")
    )  # fmt: skip
    assert "scenario_not_whole" in found
    assert "base_activity_missing" not in found


def test_an_unknown_parent_may_name_the_base_file(tmp_path: Path) -> None:
    text = CHILD.replace("test-good", "test-goood")
    assert [one.code for one in family(tmp_path, good=GOOD, child=text)] == ["extends_unknown"]


MEASURE = "title: m, acts_on: {category: 1A2}, do: {kind: efficiency, amount: -3, unit: percent}, start: 2021, full: 2030, source: assumption, why: x}"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("{id: cap, " + MEASURE, ["measure_needs_replace"]),
        ("{id: cap, replace: true, " + MEASURE, []),
        ("{id: capp, replace: true, " + MEASURE, ["replace_unknown"]),
        ("{id: capp, remove: true}", ["remove_unknown"]),
        ("{id: cap, replace: true, " + MEASURE + ", {id: cap, replace: true, " + MEASURE, ["measure_twice"]),
    ],
)
def test_measures_of_a_child(tmp_path: Path, text: str, codes: list[str]) -> None:
    problems = family(tmp_path, good=GOOD, child=f"{CHILD}measures: [{text}]\n")
    assert [one.code for one in problems] == codes
    assert all(one.nearest == "cap" for one in problems if one.code in {"replace_unknown", "remove_unknown"})


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("", "scenario_not_a_mapping", 1),
        ("- a\n- b\n", "scenario_not_a_mapping", 1),
        ("schema: scenario/1\nid: [a\n", "scenario_not_yaml", 3),
        ("schema: scenario/1\ntitle: a: b\n", "scenario_not_yaml", 2),
        ("schema: scenario/1\nid: &x a\ntitle: *x\n", "scenario_anchor", 2),
        ("a: 1\n---\nb: 2\n", "scenario_second_document", 2),
        ("a:\n  " + "[" * 40 + "]" * 40, "scenario_too_deep", 2),
        ("a: " + "x" * 1_000_001, "scenario_too_long", 1),
        ("? [a, b]\n: 1\n", "scenario_key_no_word", 1),
        ("a: !!python/name:os.system x\nid: 3", "scenario_missing_key", 1),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, code: str, row: int) -> None:
    problems = problems_of(tmp_path, text)
    assert code in {one.code for one in problems}
    assert next(one.row for one in problems if one.code == code) == row


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_bytes(GOOD.encode("gbk"))
    from emissions.errors import ScenarioError
    from emissions.scenario.file.read import read_scenario

    with pytest.raises(ScenarioError, match="scenario_not_utf8"):
        read_scenario(path)
    with pytest.raises(ScenarioError, match="file_missing"):
        read_scenario(tmp_path / "none.yaml")


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    assert problems_of(tmp_path, "\ufeff" + GOOD) == []


# ---------------------------------------------------------------- all at once


def test_all_problems_of_a_file_come_at_once(tmp_path: Path) -> None:
    text = GOOD
    changes = [
        ("{from: 2020, to: 2035}", "{from: 2020, to: 2035, stop: 1}"),
        ("{2021: 6, 2035: 4}", "{2021: 6, 2055: 4}"),
        ("{2020: 80, 2035: 60}", "{2020: 80, 2035: 160}"),
        ("{2020: 12}", "{2020: x}"),
        ("mean_life: 12.8", "mean_life: -1"),
        ("{category: 2C1,", "{category: 2Z1,"),
        ("kind: scrap_stock", "kind: scrap"),
        ("    full: 2023", "    full: 2020"),
        ("or-coal-share-2025, or", "or-coal-share-2026, or"),
        ("runs: 100", "runs: 0"),
    ]
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    problems = problems_of(tmp_path, text)
    assert [one.code for one in problems] == [
        "scenario_unknown_key", "year_outside", "scenario_share_outside", "shares_over_whole", "scenario_not_number",
        "not_above_zero", "scenario_unknown_word", "unknown_kind", "full_before_start", "target_unknown",
        "not_above_zero",
    ]  # fmt: skip
    rows = [one.row or 0 for one in problems]
    assert rows == sorted(rows)


def test_a_wrong_base_does_not_hide_what_is_wrong_elsewhere(tmp_path: Path) -> None:
    text = GOOD.replace("year: 2020, boundary", "year: long ago, boundary").replace("runs: 100", "runs: 0")
    assert [one.code for one in problems_of(tmp_path, text)] == ["scenario_not_whole", "not_above_zero"]


# ---------------------------------------------------------------- texts


def test_every_text_is_used_and_there_in_both_languages(root: Path) -> None:
    package = root / "src" / "emissions"
    texts = read_yaml((package / "vocabulary/data/messages/scenario_file.yaml").read_text(encoding="utf-8"))
    code = "\n".join(path.read_text(encoding="utf-8") for path in (package / "scenario").rglob("*.py"))
    for name, entry in texts.items():
        assert set(entry) == {"zh", "en"}
        assert not re.search(r"[一-鿿]", entry["en"]), name
        assert re.search(r"[一-鿿]", entry["zh"]), name
        assert f'"{name}"' in code or name.startswith("scenario_kind."), name


@pytest.mark.parametrize("case", CASES)
def test_a_problem_has_a_whole_text_in_both_languages(tmp_path: Path, case: str) -> None:
    for problem in problems_of(tmp_path, changed(case)):
        for language in ("zh", "en"):
            text = describe(problem, language)  # type: ignore[arg-type]
            assert problem.code not in text
            assert "{field}" not in text
            assert problem.place in text
            assert problem.nearest in text
