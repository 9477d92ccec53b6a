"""The order in which factor rows serve, step by step."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from emissions.errors import AmbiguousFactor
from emissions.factors import load_factors
from reference.workbench import activity_table, card, chosen_factor, factor, library, line, run, write_library

ONE = card("one")
KEY = {"technology": "pulverised_coal_boiler", "capacity_MW": 600.0, "region": "150600", "year": 2020}
WORST = {"grade": "C"}


def served(tmp_path: Path, *rows: dict[str, str], one: Any = ONE, **item: Any) -> list[str]:
    return chosen_factor(run(activity_table({**KEY, **item}), library(tmp_path, *rows), one))


# ---------------------------------------------------------------- candidates


@pytest.mark.parametrize(
    "fields",
    [
        {"activity": "lignite"}, {"activity": "coal"}, {"activity": "fuels"},
        {"category": "IPCC2006:1A1ai"}, {"category": "IPCC2006:1"}, {"category": "NFR:1A1a"}, {"category": "NFR:1A"},
        {"region": "150600"}, {"region": "150000"}, {"region": "CN"}, {"region": "asia"}, {"region": "world"},
        {"region": "developing_and_economies_in_transition"},
        {"valid_from": 2020, "valid_to": 2020}, {"valid_from": 2019}, {"valid_to": 2020},
        {"technology": "boiler"}, {"capacity_MW": "[300,inf)"}, {"capacity_MW": "600"},
        {"stream": "combustion"}, {"substance": ""}, {"unit": "g/kg"},
    ],
)  # fmt: skip
def test_a_row_serves_where_all_it_states_is_met(tmp_path: Path, fields: dict[str, Any]) -> None:
    assert served(tmp_path, factor("a", 1.0, fields.pop("unit", "t/t"), **fields)) == ["a"]


@pytest.mark.parametrize(
    "fields",
    [
        {"activity": "anthracite"}, {"activity": "raw_coal"},
        {"category": "IPCC2006:1A1aii"}, {"category": "IPCC2006:2"}, {"category": "NFR:1A2"},
        {"region": "150601"}, {"region": "130000"}, {"region": "eu_28"},
        {"valid_from": 2021}, {"valid_to": 2019}, {"valid_from": 2018, "valid_to": 2019},
        {"technology": "gas_boiler"}, {"technology": "wet_bottom_boiler"},
        {"capacity_MW": "(-inf,600)"}, {"capacity_MW": "(600,inf)"}, {"boiler_tph": "[0,inf)"},
        {"sector": "residential_own"}, {"stove": "household_stove"},
        {"stream": "feedstock"}, {"substance": "CH4"}, {"parameter": "energy_emission_factor"},
        {"unit": "t/TJ"}, {"unit": "t/m^3"}, {"basis": "before_control"}, {"control": "scr"},
    ],
)  # fmt: skip
def test_a_row_does_not_serve_where_something_it_states_is_not_met(tmp_path: Path, fields: dict[str, Any]) -> None:
    reasons = {"valid_from": "no_factor_of_year:emission_factor", "valid_to": "no_factor_of_year:emission_factor"}
    reasons |= {name: f"condition_not_stated:{name}" for name in ("boiler_tph", "stove")}
    factors = library(tmp_path, factor("a", 1.0, fields.pop("unit", "t/t"), **fields))
    found = line(run(activity_table(KEY), factors, ONE))
    reason = next((reasons[name] for name in fields if name in reasons), "no_factor:emission_factor")
    assert (found["status"], found["reason"]) == ("NE", reason)


@pytest.mark.parametrize("fields", [{"technology": "boiler"}, {"capacity_MW": "[0,inf)"}])
def test_a_row_with_a_condition_does_not_serve_a_key_that_states_none(tmp_path: Path, fields: dict[str, str]) -> None:
    found = line(run(activity_table({}), library(tmp_path, factor("a", 1.0, "t/t", **fields)), ONE))
    assert found["status"] == "NE"


def test_the_other_scheme_has_other_codes(tmp_path: Path) -> None:
    """3B1 is forest land in IPCC2006 and cattle in NFR: a code is no word without its scheme."""
    rows = [factor("a", 1.0, "t/t", category="NFR:2A1"), factor("b", 1.0, "t/t", category="IPCC2006:2B1")]
    assert line(run(activity_table(KEY), library(tmp_path, *rows), ONE))["status"] == "NE"


# ---------------------------------------------------------------- the order

STEPS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("nearer activity", {"activity": "lignite"}, {"activity": "coal"}),
    ("any activity is least near", {"activity": "fuels"}, {}),
    ("nearer category", {"category": "IPCC2006:1A1ai"}, {"category": "IPCC2006:1A1"}),
    ("the own scheme first", {"category": "IPCC2006:1A1ai"}, {"category": "NFR:1A1a"}),
    ("any category is least near", {"category": "NFR:1"}, {}),
    ("more conditions", {"technology": "boiler", "capacity_MW": "[0,inf)"}, {"technology": "pulverised_coal_boiler"}),
    ("a condition before none", {"capacity_MW": "[0,inf)"}, {}),
    ("nearer condition word", {"technology": "pulverised_coal_boiler"}, {"technology": "boiler"}),
    ("nearer region", {"region": "150600"}, {"region": "150000"}),
    ("region before country", {"region": "150000"}, {"region": "CN"}),
    ("country before world group", {"region": "CN"}, {"region": "asia"}),
    ("any region is least near", {"region": "world"}, {}),
    ("narrower validity", {"valid_from": 2019, "valid_to": 2021}, {"valid_from": 2015, "valid_to": 2022}),
    ("a validity before none", {"valid_from": 1990, "valid_to": 2030}, {}),
    ("better grade", {"grade": "A"}, {"grade": "B"}),
    ("grade B before C", {"grade": "B"}, {"grade": "C"}),
]


@pytest.mark.parametrize(("better", "worse"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
def test_each_step_decides_where_those_before_are_equal(
    tmp_path: Path, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    rows = [factor("better", 1.0, "t/t", **better), factor("worse", 2.0, "t/t", **worse)]
    assert served(tmp_path, *rows) == ["better"]
    assert served(tmp_path, *rows[::-1]) == ["better"]


RANKED: list[tuple[str, dict[str, Any]]] = [
    ("activity", {"activity": "lignite"}),
    ("category", {"category": "IPCC2006:1A1ai"}),
    ("conditions", {"technology": "boiler"}),
    ("region", {"region": "150600"}),
    ("time", {"valid_from": 2020, "valid_to": 2020}),
    ("grade", {"grade": "A"}),
]


def test_a_step_decides_whatever_those_after_it_say(tmp_path: Path) -> None:
    base = {"activity": "coal", "category": "IPCC2006:1A", "region": "CN", "grade": "C"}
    for number, (_, best) in enumerate(RANKED):
        rest: dict[str, Any] = {}
        for _, later in RANKED[number + 1 :]:
            rest |= later
        rows = [factor("one", 1.0, "t/t", **{**base, **best}), factor("all the rest", 2.0, "t/t", **{**base, **rest})]
        assert served(tmp_path, *rows) == ["one"], best
        assert served(tmp_path, *rows[::-1]) == ["one"], best


def test_the_set_s_order_of_packages_comes_before_everything(tmp_path: Path) -> None:
    near = factor("near", 1.0, "t/t", activity="lignite", region="150600", category="IPCC2006:1A1ai")
    far = factor("far", 2.0, "t/t", grade="C")
    for order, expected in ((["one", "two"], "near"), (["two", "one"], "far"), (["two"], "far")):
        root = write_library(tmp_path, {"one": [near], "two": [far]}, prefer=[{"order": order}])
        assert chosen_factor(run(activity_table(KEY), load_factors("small", root=root), ONE)) == [expected]


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"parameters": ["emission_factor"]}, True),
        ({"parameters": ["net_calorific_value"]}, False),
        ({"substances": ["CO2"]}, True),
        ({"substances": ["CH4"]}, False),
        ({"categories": ["IPCC2006:1A"]}, True),
        ({"categories": ["IPCC2006:2"]}, False),
        ({"parameters": ["emission_factor"], "substances": ["CH4"]}, False),
        ({"parameters": ["emission_factor"], "substances": ["CO2"], "categories": ["IPCC2006:1A1ai"]}, True),
    ],
)
def test_the_first_rule_of_the_set_that_fits_gives_the_order(
    tmp_path: Path, rule: dict[str, list[str]], *, holds: bool
) -> None:
    prefer = [{**rule, "order": ["two", "one"]}, {"order": ["one", "two"]}]
    packages = {"one": [factor("a", 1.0, "t/t")], "two": [factor("b", 2.0, "t/t")]}
    factors = load_factors("small", root=write_library(tmp_path, packages, prefer=prefer))
    assert chosen_factor(run(activity_table(KEY), factors, ONE)) == (["b"] if holds else ["a"])


def test_a_package_the_rule_does_not_name_does_not_serve(tmp_path: Path) -> None:
    packages = {"one": [factor("a", 1.0, "t/t")], "two": [factor("b", 2.0, "t/t", activity="natural_gas")]}
    factors = load_factors("small", root=write_library(tmp_path, packages, prefer=[{"order": ["two"]}]))
    assert line(run(activity_table(KEY), factors, ONE))["status"] == "NE"


# ---------------------------------------------------------------- ties


@pytest.mark.parametrize(
    "pair",
    [
        ({}, {}),
        ({"technology": "boiler"}, {"technology": "boiler"}),
        ({"technology": "pulverised_coal_boiler"}, {"capacity_MW": "[300,inf)"}),
        ({"capacity_MW": "[300,inf)"}, {"capacity_MW": "[500,700)"}),
        ({"sector": "power_generation"}, {"technology": "pulverised_coal_boiler"}),
        ({"sector": "power_generation"}, {"capacity_MW": "[300,inf)"}),
        ({"valid_from": 2019, "valid_to": 2021}, {"valid_from": 2018, "valid_to": 2020}),
        ({"valid_from": 2015}, {"valid_to": 2025}),
        ({"substance": ""}, {}),
        ({"stream": "combustion"}, {}),
        ({"unit": "kg/kg"}, {}),
    ],
)
def test_rows_that_no_step_tells_apart_are_a_tie(tmp_path: Path, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    rows = [factor(name, 1.0, fields.get("unit", "t/t"), **{k: v for k, v in fields.items() if k != "unit"})
            for name, fields in zip("ab", pair, strict=True)]  # fmt: skip
    for order in (rows, rows[::-1]):
        with pytest.raises(AmbiguousFactor):
            served(tmp_path, *order)


def test_three_rows_in_any_order_give_the_same_row(tmp_path: Path) -> None:
    rows = [
        factor("a", 1.0, "t/t", region="CN", technology="boiler"),
        factor("b", 2.0, "t/t", region="150000"),
        factor("c", 3.0, "t/t", region="CN", technology="pulverised_coal_boiler"),
    ]
    assert {tuple(served(tmp_path, *order)) for order in permutations(rows)} == {("c",)}


def test_a_row_without_a_number_does_not_serve(tmp_path: Path) -> None:
    empty = factor("a", 1.0, "t/t", activity="lignite") | {"value": ""}
    assert served(tmp_path, empty, factor("b", 2.0, "t/t")) == ["b"]


# ---------------------------------------------------------------- what a card asks for


def test_a_card_can_ask_for_another_activity_category_substance_or_stream(tmp_path: Path) -> None:
    rows = [
        factor("a", 1.0, "t/t", activity="methane", category="IPCC2006:1B1a", substance="SO2", stream="mining"),
        factor("own", 2.0, "t/t"),
    ]
    asks = {"activity": "methane", "category": "IPCC2006:1B1a", "substance": "SO2", "stream": "mining"}
    assert served(tmp_path, *rows, one=card("one", parameters={"emission_factor": asks})) == ["a"]


def test_a_stream_a_card_names_must_stand_in_the_row(tmp_path: Path) -> None:
    rows = [factor("none", 1.0, "t/t"), factor("own", 2.0, "t/t", stream="combustion", grade="B")]
    blank = card("one", parameters={"emission_factor": {"stream": ""}})
    named = card("one", parameters={"emission_factor": {"stream": "combustion"}})
    assert served(tmp_path, *rows, one=blank) == ["none"]
    assert served(tmp_path, *rows, one=named) == ["own"]


def test_a_card_can_put_a_condition_in_place_of_the_key_s(tmp_path: Path) -> None:
    rows = [factor("gas", 1.0, "t/t", technology="gas_boiler"), factor("own", 2.0, "t/t", technology="boiler")]
    asks = card("one", parameters={"emission_factor": {"where": {"technology": "gas_boiler"}}})
    assert served(tmp_path, *rows, one=asks) == ["gas"]
    assert served(tmp_path, *rows) == ["own"]
