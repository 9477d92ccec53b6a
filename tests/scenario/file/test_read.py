"""Scenario files that are right: what comes out, whatever way it is spelled."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.file.read import base_files, find_scenarios, read_scenario, scenario_root
from emissions.scenario.file.write import new_scenario_text, scenario_text
from emissions.scenario.model import Lever, Scenario, Selector
from emissions.scenario.model import Path as Values
from scenario.stories import GOOD, SKETCHES, read_text


@pytest.fixture
def good(tmp_path: Path) -> Scenario:
    return read_text(tmp_path, GOOD)


# ---------------------------------------------------------------- the sketches


def test_the_five_sketches_read() -> None:
    read = {path.stem: read_scenario(path) for path in find_scenarios(SKETCHES)}
    assert set(read) == {"nm-s1-current", "nm-s2-plan", "nm-s3-deep", "or-s1-plan", "or-s2-observed"}
    assert {name: scenario.id for name, scenario in read.items()} == {name: name for name in read}


def test_a_sketch_has_what_it_extends() -> None:
    first, plan, deep = (read_scenario(SKETCHES / f"nm-{name}.yaml") for name in ("s1-current", "s2-plan", "s3-deep"))
    assert plan.drivers == first.drivers
    assert [one.id for one in plan.measures][:2] == [one.id for one in first.measures]
    assert deep.measures == plan.measures
    assert plan.levers["energy_total_base"] == first.levers["energy_total_base"]
    assert plan.levers["coal_share"].points == {2020: 82, 2025: 75, 2030: 67, 2040: 50}
    assert deep.levers["coal_share"].source == ("assumption",)
    assert first.targets[0] == "nm-coal-share-2025"
    assert plan.targets == ("all_of_region",)
    assert deep.targets == ("nm-ext-co2-peak", "nm-ext-nonfossil-2030")
    assert deep.horizon == first.horizon
    assert deep.file == "nm-s3-deep.yaml"


def test_measures_are_replaced_in_their_place_and_removed() -> None:
    plan, seen = (read_scenario(SKETCHES / f"or-{name}.yaml") for name in ("s1-plan", "s2-observed"))
    assert [one.id for one in plan.measures] == ["wind", "pv", "ule-power", "coke-4p3", "rail", "heat"]
    assert [one.id for one in seen.measures] == ["wind", "ule-power", "coke-4p3", "rail", "heat"]
    assert seen.measures[0].do.kind == "capacity_total"
    assert seen.power is not None
    assert plan.power is not None
    assert set(seen.power.technologies) == {"new_energy"}
    assert seen.power.demand == plan.power.demand


# ---------------------------------------------------------------- spellings


def test_words_of_a_selection_are_those_of_the_model(good: Scenario) -> None:
    control, cars, heating = good.measures[:3]
    assert control.acts_on == Selector(categories=("IPCC2006:2C1",))
    assert control.substances == ("SO2", "PM2.5")
    assert cars.acts_on == Selector(activities=("diesel_truck",), stage_at_most=3)
    assert cars.do.technology == "electric_vehicle"
    assert heating.acts_on == Selector(
        categories=("IPCC2006:1A4b",), activities=("coal",), where={"boiler_tph": "[0,65)"}
    )
    assert heating.do.to[0].set == {"activity": "natural_gas"}
    assert good.drivers["population"].drives == (Selector(categories=("IPCC2006:1A4b",)),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{category: 1A3b}", Selector(categories=("IPCC2006:1A3b",))),
        ("{categories: [IPCC2006:1A3b, 2C1]}", Selector(categories=("IPCC2006:1A3b", "IPCC2006:2C1"))),
        ("{category: NFR:1A3bi}", Selector(categories=("NFR:1A3bi",))),
        ("{activity: 原煤, fuel: coke}", Selector(activities=("raw_coal", "coke"))),
        ("{vehicles: all}", Selector(activities=("road_vehicle",))),
        ("{vehicles: 柴油货车, stage_at_most: 国三}", Selector(activities=("diesel_truck",), stage_at_most=3)),
        ("{stage: [III, 国二]}", Selector(where={"stage": ("III", "II")})),
        ("{technology: boiler, branch: 住宿和餐饮业}", None),
        ("{region: 东胜区, use: combustion}", Selector(regions=("150602",), uses=("combustion",))),
        ("{where: {capacity_MW: '[300,600)', technology: boiler}}",
         Selector(where={"capacity_MW": "[300,600)", "technology": ("boiler",)})),
        ("{capacity_MW: 300}", Selector(where={"capacity_MW": "300"})),
    ],
)  # fmt: skip
def test_a_selection_may_be_spelled_in_several_ways(tmp_path: Path, written: str, meant: Selector | None) -> None:
    text = GOOD.replace("{activity: coke}\n    do: {kind: activity_cap", f"{written}\n    do: {{kind: activity_cap")
    if meant is None:
        with pytest.raises(ScenarioError, match="scenario_unknown_word"):
            read_text(tmp_path, text)
        return
    assert read_text(tmp_path, text).measures[-1].acts_on == meant


@pytest.mark.parametrize("region", ['"150600"', "150600", "鄂尔多斯", "Ordos"])
def test_a_region_may_be_named(tmp_path: Path, region: str) -> None:
    assert read_text(tmp_path, GOOD.replace('"150600"', region)).region == "150600"


def test_one_word_serves_for_a_list_and_one_text_for_both_languages(good: Scenario) -> None:
    assert good.levers["coal_share"].source == ("target:or-coal-share-2025",)
    assert (good.title.zh, good.title.en) == ("测试", "A test")
    assert (good.measures[0].title.zh, good.measures[0].title.en) == ("超低排放", "超低排放")


# ---------------------------------------------------------------- units


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{unit: percent, points: {2020: 80, 2035: 60}", "{unit: 1, points: {2020: 0.8, 2035: 0.6}"),
        ("{unit: Mtce, points: {2020: 70}", "{unit: 万吨标准煤, points: {2020: 7000}"),
        ("{unit: percent/year, points: {2021: 6, 2035: 4}", "{unit: 1/year, points: {2021: 0.06, 2035: 0.04}"),
        ("{unit: percent/year, points: {2021: 6, 2035: 4}", "{unit: '%/a', points: {2021: 6, 2035: 4}"),
        ("{unit: TWh, points: {2020: 80}", "{unit: 亿千瓦时, points: {2020: 800}"),
        ("{unit: gce/kWh, points: {2020: 315}", "{unit: 克标准煤/千瓦时, points: {2020: 315}"),
        ("{unit: gce/kWh, points: {2020: 315}", "{unit: kgce/kWh, points: {2020: 0.315}"),
        ("{unit: GW, points: {2020: 28}", "{unit: 万千瓦, points: {2020: 2800}"),
        ("capacity: {2020: 2}, ", "capacity: {2020: 200}, capacity_unit: 万千瓦, "),
        ("hours: {2020: 2400}", "hours: {2020: 2400}, hours_unit: 小时/年"),
        ("unit: Mtce, points: {2020: 12}", "unit: 亿吨标准煤, points: {2020: 0.12}"),
        ("amount: 80, unit: percent, base: 5", "amount: 0.8, unit: 1, base: 0.05"),
        ("amount: 1000, unit: 万千瓦", "amount: 10, unit: GW"),
        ("amount: 500, unit: 万吨", "amount: 5000000, unit: t"),
        ("ratio: 0.05, unit: 万立方米", "ratio: 500, unit: m^3"),
    ],
)
def test_numbers_are_the_same_in_any_unit(tmp_path: Path, good: Scenario, old: str, new: str) -> None:
    assert old in GOOD
    other = read_text(tmp_path, GOOD.replace(old, new))
    left, right = (yaml.safe_load(scenario_text(one)) for one in (good, other))
    assert flat(right) == pytest.approx(flat(left))


def flat(value: object, name: str = "") -> dict[str, object]:
    """Return every scalar of nested data by its path."""
    if isinstance(value, dict):
        return {key: one for part, inner in value.items() for key, one in flat(inner, f"{name}.{part}").items()}
    if isinstance(value, list):
        return {key: one for part, inner in enumerate(value) for key, one in flat(inner, f"{name}.{part}").items()}
    return {name: value}


def test_units_in_which_things_are_used(good: Scenario) -> None:
    assert good.drivers["gdp_growth"].unit == "percent/year"
    assert good.drivers["population"].unit == "1e4*person"
    assert good.measures[4].do.unit == "GW"
    assert good.measures[4].do.amount == pytest.approx(10)
    assert good.measures[5].do.unit == "t"


def test_what_a_kind_means_needs_not_be_said(tmp_path: Path) -> None:
    text = GOOD.replace("kind: activity_cap, amount: 500, unit: 万吨", "kind: efficiency, amount: -5, unit: percent")
    assert read_text(tmp_path, text).measures[-1].do.amount_is == "change"
    assert read_text(tmp_path, GOOD).measures[0].do.amount_is == "level"


# ---------------------------------------------------------------- extending


CHILD = """\
schema: scenario/1
id: test-child
title: 子情景
extends: test-good
"""


def child(folder: Path, text: str) -> Scenario:
    folder = folder / "family"
    folder.mkdir()
    (folder / "parent.yaml").write_text(GOOD, encoding="utf-8")
    return read_text(folder, CHILD + text, "child.yaml")


def test_an_empty_child_is_its_parent(tmp_path: Path, good: Scenario) -> None:
    found = child(tmp_path, "")
    own = {"id": good.id, "title": good.title, "file": good.file, "folder": good.folder}
    assert found.model_copy(update=own) == good


def test_a_lever_is_replaced_whole_and_a_driver_removed(tmp_path: Path) -> None:
    text = "levers:\n  coal_share: {unit: percent, points: {2030: 50}, source: assumption, why: x}\n"
    found = child(tmp_path, text + "drivers: {population: {remove: true}}\n")
    lever = Lever(unit="percent", points={2030: 50}, source=("assumption",), why="x")
    assert found.levers["coal_share"] == lever
    assert set(found.levers) == {"energy_total_base", "energy_intensity_rate", "coal_share", "nonfossil_share"}
    assert set(found.drivers) == {"gdp_growth"}


def test_base_horizon_power_and_uncertainty_are_merged_key_by_key(tmp_path: Path, good: Scenario) -> None:
    text = """\
horizon: {to: 2040}
base: {boundary: territorial}
power:
  losses: {unit: percent, points: {2020: 5}, source: assumption, why: x}
  technologies:
    solar: {capacity: {2020: 3}, hours: {2020: 1600}, new_energy: true, renewable: true, source: assumption, why: x}
uncertainty: {seed: 8}
"""
    found = child(tmp_path, text)
    assert (found.horizon.start, found.horizon.end) == (2020, 2040)
    assert (found.base.year, found.base.boundary) == (2020, "territorial")
    assert found.power is not None
    assert good.power is not None
    assert found.power.losses == Values(unit="percent", points={2020: 5}, source=("assumption",), why="x")
    assert found.power.demand == good.power.demand
    assert set(found.power.technologies) == {"wind", "solar"}
    assert found.uncertainty is not None
    assert good.uncertainty is not None
    assert found.uncertainty == good.uncertainty.model_copy(update={"seed": 8})


def test_lists_are_replaced_whole(tmp_path: Path) -> None:
    found = child(tmp_path, "targets: [or-co2-peak]\nsolve: []\nbridge: []\n")
    assert found.targets == ("or-co2-peak",)
    assert (found.solve, found.bridge) == ((), ())


def test_a_new_measure_comes_last(tmp_path: Path, good: Scenario) -> None:
    text = """\
measures:
  - {id: more, title: m, acts_on: {category: 1A2}, do: {kind: efficiency, amount: -3, unit: percent}, start: 2021, full: 2030, source: assumption, why: x}
  - {id: cap, remove: true}
"""
    found = child(tmp_path, text)
    assert [one.id for one in found.measures] == [*(one.id for one in good.measures if one.id != "cap"), "more"]


def test_an_installed_scenario_can_be_extended_and_one_beside_the_file_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "installed"
    (root / "ordos").mkdir(parents=True)
    (root / "ordos" / "any-name.yml").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr("emissions.scenario.file.extend.scenario_root", lambda: root)
    own = tmp_path / "own"
    own.mkdir()
    assert read_text(own, CHILD).horizon.end == 2035
    (own / "beside.yaml").write_text(GOOD.replace("to: 2035", "to: 2036"), encoding="utf-8")
    assert read_text(own, CHILD).horizon.end == 2036


def test_scenarios_are_found_below_a_folder(tmp_path: Path) -> None:
    for name in ("b/two.yaml", "a.yml", "targets/t.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    assert [path.name for path in find_scenarios(tmp_path)] == ["a.yml", "two.yaml"]
    assert (scenario_root() / "targets" / "targets.csv").is_file()


# ---------------------------------------------------------------- base


def test_the_base_file_is_beside_the_scenario_or_an_example(tmp_path: Path, good: Scenario) -> None:
    (found,) = base_files(good)
    assert found.read_bytes()[:2] == b"PK"
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "2020.xlsx").write_text("mine", encoding="utf-8")
    assert base_files(good) == (tmp_path / "examples" / "2020.xlsx",)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (found,) = base_files(good, elsewhere)
    assert found.read_bytes()[:2] == b"PK"


def test_the_base_year_may_stand_in_several_files(tmp_path: Path, good: Scenario) -> None:
    (tmp_path / "controls.csv").write_text("", encoding="utf-8")
    both = good.base.model_copy(update={"activity": ("examples/2020.xlsx", "controls.csv")})
    found = base_files(good.model_copy(update={"base": both, "folder": str(tmp_path)}))
    assert [path.name for path in found] == ["2020.xlsx", "controls.csv"]
    absent = good.model_copy(update={"base": both, "folder": str(tmp_path / "other")})
    with pytest.raises(ScenarioError) as caught:
        base_files(absent)
    assert [(one.code, one.found) for one in caught.value.problems] == [("base_activity_not_there", "controls.csv")]


@pytest.mark.parametrize(("stated", "code"), [("", "base_activity_missing"), ("no.xlsx", "base_activity_not_there")])
def test_a_base_file_that_is_not_there_is_a_problem(good: Scenario, stated: str, code: str) -> None:
    scenario = good.model_copy(update={"base": good.base.model_copy(update={"activity": (stated,)})})
    with pytest.raises(ScenarioError) as caught:
        base_files(scenario)
    assert [one.code for one in caught.value.problems] == [code]


# ---------------------------------------------------------------- writing


def test_a_new_scenario_reads_and_changes_nothing(tmp_path: Path) -> None:
    found = read_text(tmp_path, new_scenario_text("鄂尔多斯市", 2020, 2035, '规划 "一": #1'))
    assert (found.region, found.base.year, found.years[-1]) == ("150600", 2020, 2035)
    assert found.title.zh == '规划 "一": #1'
    changes = (found.drivers, found.levers, found.measures, found.power, found.bridge, found.fleets, found.targets)
    assert changes == ({}, {}, (), None, (), (), ())


def test_the_examples_of_a_new_scenario_read_when_they_are_taken(tmp_path: Path) -> None:
    lines = new_scenario_text("150600", 2020, 2035, "规划").splitlines()
    taken = "\n".join(line.removeprefix("# ") for line in lines if not line.startswith("# extends"))
    found = read_text(tmp_path, taken)
    assert set(found.drivers) == {"gdp_growth", "coke_output"}
    assert found.levers
    assert {one.do.kind for one in found.measures} == {"control_share", "activity_cap", "shift", "efficiency"}
    assert found.targets == ("all_of_region",)
    assert found.uncertainty is not None


def test_a_new_scenario_explains_itself_in_both_languages() -> None:
    text = new_scenario_text("150600", 2020, 2035, "规划")
    assert "每个数值都要写来源" in text
    assert "Every number has a source" in text


@pytest.mark.parametrize(
    ("region", "end", "codes"),
    [
        ("999999", 2035, ["scenario_unknown_word"]),
        ("150600", 2020, ["scenario_end_before_start"]),
        ("nowhere", 1999, ["scenario_unknown_word", "scenario_end_before_start"]),
    ],
)
def test_a_new_scenario_needs_a_region_and_years(region: str, end: int, codes: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        new_scenario_text(region, 2020, end, "x")
    assert [one.code for one in caught.value.problems] == codes


@pytest.mark.parametrize("path", find_scenarios(SKETCHES), ids=lambda path: path.stem)
def test_a_scenario_that_is_written_reads_as_the_same(tmp_path: Path, path: Path) -> None:
    scenario = read_scenario(path)
    again = read_text(tmp_path, scenario_text(scenario))
    same = {"file": scenario.file, "folder": scenario.folder}
    assert again.model_copy(update=same) == scenario


NUMBERS = st.floats(min_value=0, max_value=100, allow_nan=False)
SHARES = st.dictionaries(st.integers(2020, 2035), NUMBERS, min_size=1, max_size=5)
TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z")), min_size=1, max_size=20)


@settings(max_examples=40)
@given(points=SHARES, title=TEXTS, why=TEXTS.filter(str.strip), shape=st.sampled_from(["linear", "step"]))
def test_any_scenario_that_is_written_reads_as_the_same(
    tmp_path_factory: pytest.TempPathFactory, points: dict[int, float], title: str, why: str, shape: str
) -> None:
    folder = tmp_path_factory.mktemp("written")
    good = read_text(folder, GOOD)
    lever = Lever(unit="percent", points=points, source=("assumption",), why=why, shape=shape)  # type: ignore[arg-type]
    rest = lever.model_copy(update={"points": {2020: 0.0}})
    scenario = good.model_copy(
        update={
            "levers": good.levers | {"coal_share": lever, "nonfossil_share": rest},
            "title": good.title.model_copy(update={"zh": title}),
        }
    )
    assert read_text(folder, scenario_text(scenario)) == scenario
