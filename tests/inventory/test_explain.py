"""The trace of a number: it must reproduce the number, and say truly what decided."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emissions.errors import ResultError
from emissions.factors import load_factors
from emissions.inventory import Explanation, explain
from reference.workbench import activity_table, card, factor, library, run, write_library

CONTROLLED = card(
    "controlled", formula="controlled", substances=["NOx"],
    parameters={"emission_factor": {}, "removal": {"parameter": "removal_efficiency", "combine": "series"}},
)  # fmt: skip
ROWS = (
    factor("raw", 10.0, "kg/t", substance="NOx"),
    factor("scr", 60.0, "percent", parameter="removal_efficiency", substance="", control="scr"),
    factor("sncr", 0.4, "1", parameter="removal_efficiency", substance="", control="sncr"),
)


def explained(tmp_path: Path, *rows: dict[str, str], cards: Any = (), substance: str = "CO2", **table: Any) -> Any:
    item = table.pop("item", {})
    used = cards or (card("one"),)
    result = run(activity_table(item, **table), library(tmp_path, *rows), *used)
    return explain(result, category="IPCC2006:1", substance=substance, cards={one.id: one for one in used})[0]


def test_a_line_is_told_whole(tmp_path: Path) -> None:
    told = explained(tmp_path, factor("a", 2000.0, "kg/t", region="CN", printed="2 000"))
    assert isinstance(told, Explanation)
    assert (told.category, told.region, told.year) == ("IPCC2006:1A1ai", "150600", 2020)
    assert (told.emission, told.quantity, told.unit) == (200.0, 100.0, "t")
    assert (told.implied_factor, told.implied_unit) == (2.0, "t/t")
    assert (told.share, told.status, told.memo, told.tier) == (1.0, "ok", "", "national")
    assert (told.card, told.formula, told.expression) == ("one", "direct", "emission_factor")
    assert told.key["activity"] == "lignite"
    (use,) = told.arguments
    assert (use.argument, use.factor_id, use.value, use.unit, use.printed) == (
        "emission_factor", "a", 2.0, "t/(t)", "2 000 kg/t",
    )  # fmt: skip
    assert (use.package, use.source, use.source_title, use.grade) == ("one@1.0", "s", "Source", "A")
    (row,) = told.rows
    assert (row.activity_id, row.sheet, row.cell, row.quantity) == ("r0", "sheet", "D2", 100.0)
    assert told.row_count == 1
    json.dumps(told.record())


@pytest.mark.parametrize("control", ["none", "scr", "scr+sncr"])
def test_the_numbers_put_in_give_the_implied_factor(tmp_path: Path, control: str) -> None:
    told = explained(tmp_path, *ROWS, cards=(CONTROLLED,), substance="NOx", item={"control": control})
    assert worth(told) == pytest.approx(told.implied_factor, rel=1e-5)


def test_the_numbers_put_in_hold_collection_and_operating_rate(tmp_path: Path) -> None:
    strata = [{"control": "scr+sncr", "share": 1.0, "collection_efficiency": 0.9, "operating_rate": 0.8}]
    told = explained(tmp_path, *ROWS, cards=(CONTROLLED,), substance="NOx", strata=strata)
    assert worth(told) == pytest.approx(told.implied_factor, rel=1e-5)


def worth(told: Explanation) -> float:
    text = told.numbers.replace("[", "(").replace("]", ")")
    assert set(text) <= set("0123456789.e+-*/() "), text
    return float(eval(text))  # noqa: S307  arithmetic on numbers, as checked above


def test_a_device_that_does_not_act_is_said(tmp_path: Path) -> None:
    told = explained(tmp_path, *ROWS, cards=(CONTROLLED,), substance="NOx", item={"control": "none"})
    (use,) = [use for use in told.arguments if use.argument == "removal"]
    assert (use.origin, use.value) == ("no device", 0.0)


def test_a_measured_value_names_its_cell(tmp_path: Path) -> None:
    measured = [{"parameter": "emission_factor", "value": 1.5, "unit": "t/t", "file": "b.xlsx"}]
    told = explained(tmp_path, factor("a", 2.0, "t/t"), measured=measured)
    (use,) = told.arguments
    assert (use.origin, use.factor_id, use.locator, use.value) == ("measured", "m0", "b.xlsx side!C2", 1.5)
    assert use.printed == "1.5 t/t"


def test_a_measured_value_is_told_as_printed_and_a_file_without_sheets_by_its_name(tmp_path: Path) -> None:
    measured = [{"parameter": "emission_factor", "value": 1.5, "unit": "t/t", "file": "b.csv", "sheet": "",
                 "value_as_printed": "1500", "unit_as_printed": "kg/t"}]  # fmt: skip
    (use,) = explained(tmp_path, factor("a", 2.0, "t/t"), measured=measured).arguments
    assert (use.printed, use.locator, use.value) == ("1500 kg/t", "b.csv C2", 1.5)


# ---------------------------------------------------------------- what it beat


def why(tmp_path: Path, better: dict[str, Any], worse: dict[str, Any], **item: Any) -> str:
    rows = [factor("better", 1.0, "t/t", **better), factor("worse", 2.0, "t/t", **worse)]
    told = explained(tmp_path, *rows, item=item)
    assert told.arguments[0].factor_id == "better"
    (beaten,) = told.arguments[0].beaten
    assert beaten["factor_id"] == "worse"
    return beaten["why"]


@pytest.mark.parametrize(
    ("better", "worse", "word"),
    [
        ({"activity": "lignite"}, {"activity": "coal", "technology": "boiler"}, "activity"),
        ({"category": "IPCC2006:1A1"}, {"category": "IPCC2006:1A", "region": "150000"}, "category"),
        ({"technology": "boiler"}, {}, "condition"),
        ({"technology": "boiler", "region": "CN"}, {"region": "150000"}, "condition"),
        ({"region": "150000"}, {"region": "CN"}, "region"),
        ({"region": "150000", "grade": "C"}, {"region": "CN", "valid_from": 2020, "valid_to": 2020}, "region"),
        ({"valid_from": 2020, "valid_to": 2020}, {}, "validity"),
        ({"grade": "A"}, {"grade": "B"}, "grade"),
    ],
)
def test_the_reason_names_the_step_that_decided(
    tmp_path: Path, better: dict[str, Any], worse: dict[str, Any], word: str
) -> None:
    assert word in why(tmp_path, better, worse, technology="boiler")


def test_a_row_that_does_not_fit_says_in_what(tmp_path: Path) -> None:
    assert why(tmp_path, {}, {"activity": "anthracite", "region": "130000"}) == "unfit:activity, region"


def test_a_package_passed_over_for_an_incomplete_bundle_is_not_said_to_be_preferred_less(tmp_path: Path) -> None:
    fuel = card(
        "fuel", formula="fuel_carbon",
        parameters={"net_calorific_value": {}, "carbon_content": {}, "oxidation_factor": {}},
    )  # fmt: skip
    values = {"net_calorific_value": (12.0, "GJ/t"), "carbon_content": (28.0, "t/TJ"), "oxidation_factor": (0.98, "1")}

    def package(name: str, parameters: list[str]) -> list[dict[str, str]]:
        return [factor(f"{name}-{one}", *values[one], parameter=one, substance="") for one in parameters]

    packages = {"one": package("one", ["net_calorific_value"]), "two": package("two", list(values))}
    result = run(activity_table({}), load_factors("small", root=write_library(tmp_path, packages)), fuel)
    told = explain(result, category="IPCC2006:1", substance="CO2", cards={"fuel": fuel})[0]
    use = next(use for use in told.arguments if use.argument == "net_calorific_value")
    assert use.factor_id == "two-net_calorific_value"
    (beaten,) = use.beaten
    assert "prefers" not in beaten["why"]


# ---------------------------------------------------------------- which lines


@pytest.fixture
def many(tmp_path: Path) -> Any:
    items = [
        {"quantity": 1.0}, {"quantity": 9.0, "region": "150200"}, {"quantity": 5.0, "year": 2021},
        {"quantity": 3.0, "category": "IPCC2006:1A2a"}, {"quantity": 4.0, "facility": "b"},
    ]  # fmt: skip
    return run(activity_table(*items), library(tmp_path, factor("a", 2.0, "t/t")), card("one"))


def test_the_largest_lines_come_first(many: Any) -> None:
    cards = {"one": card("one")}
    told = explain(many, category="IPCC2006:1A1", substance="CO2", cards=cards)
    assert [one.emission for one in told] == [18.0, 10.0, 10.0]
    assert sum(one.share for one in told) == pytest.approx(1.0, rel=1e-14)
    assert len(explain(many, category="IPCC2006:1A1", substance="CO2", cards=cards, largest=1)) == 1


@pytest.mark.parametrize(
    ("chosen", "emissions"),
    [
        ({"region": "150200"}, [18.0]), ({"region": "150000"}, [18.0, 10.0, 10.0]), ({"year": 2021}, [10.0]),
        ({"region": "150600", "year": 2020}, [10.0]),
    ],
)  # fmt: skip
def test_lines_of_a_region_or_year(many: Any, chosen: dict[str, Any], emissions: list[float]) -> None:
    told = explain(many, category="IPCC2006:1A1", substance="CO2", cards={"one": card("one")}, **chosen)
    assert [one.emission for one in told] == emissions


def test_the_largest_rows_of_a_line_come_first(many: Any) -> None:
    told = explain(many, category="IPCC2006:1A1", substance="CO2", cards={"one": card("one")}, region="150600", rows=1)
    (both,) = [one for one in told if one.row_count == 2]
    assert [row.activity_id for row in both.rows] == ["r4"]


def test_nothing_to_explain_names_where_there_is_something(many: Any) -> None:
    with pytest.raises(ResultError) as caught:
        explain(many, category="IPCC2006:2", substance="CO2", cards={"one": card("one")})
    (problem,) = caught.value.problems
    assert problem.code == "nothing_to_explain"
    assert problem.allowed == "IPCC2006:1A1ai, IPCC2006:1A2a"


def test_a_category_needs_no_scheme_where_the_result_has_it_in_one(many: Any) -> None:
    bare, full = (
        explain(many, category=one, substance="CO2", cards={"one": card("one")}) for one in ("1A1", "IPCC2006:1A1")
    )
    assert [one.emission for one in bare] == [one.emission for one in full]
    with pytest.raises(ResultError) as caught:
        explain(many, category="2", substance="CO2", cards={"one": card("one")})
    assert caught.value.problems[0].code == "nothing_to_explain"


def test_a_category_of_two_schemes_must_say_which(many: Any) -> None:
    table = many.kind_lines.table.astype({"category": str})
    table.loc[0, "category"] = "NFR:1A1a"
    other = replace(many, kind_lines=replace(many.kind_lines, table=table))
    with pytest.raises(ResultError) as caught:
        explain(other, category="1A1a", substance="CO2", cards={"one": card("one")})
    (problem,) = caught.value.problems
    assert (problem.code, problem.allowed) == ("category_ambiguous", "IPCC2006:1A1a, NFR:1A1a")


def test_a_gap_is_told_with_its_reason(many: Any) -> None:
    (told, *_) = explain(many, category="IPCC2006:1A1", substance="NOx", cards={"one": card("one")})
    assert (told.status, told.reason, told.arguments) == ("NE", "no_method", ())


def test_children_are_told_with_their_chain_of_parents(tmp_path: Path) -> None:
    shares = [
        factor(word, 0.5, "1", parameter="share", substance="", activity="raw_coal", child=word)
        for word in ("lignite", "bituminous_coal")
    ]
    mix = {"activity": "raw_coal", "child": "child", "uses": ["combustion"], "dimensions": ["mass"],
           "why": {"zh": "构成", "en": "mix"}}  # fmt: skip
    factors = library(tmp_path, factor("a", 2.0, "t/t"), *shares, mixes=[mix])
    strata = [{"control": "scr", "share": 0.25}, {"control": "none", "share": 0.75}]
    result = run(activity_table({"activity": "raw_coal"}, strata=strata), factors, card("one"))
    for told in explain(result, category="IPCC2006:1", substance="CO2", cards={"one": card("one")}):
        (row,) = told.rows
        (parent,) = row.parents
        (grandparent,) = parent["parents"]
        assert row.quantity == parent["coefficient"] * parent["quantity"]
        assert parent["quantity"] == grandparent["coefficient"] * 100.0
        assert (grandparent["cell"], grandparent["parents"]) == ("D2", [])
