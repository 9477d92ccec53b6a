"""Requests that are answered together, against a resolver that looks at one key and one row at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emissions.factors import FactorLibrary, Request, Resolver, join
from emissions.factors.match import devices_on, inside
from emissions.vocabulary import load_vocabulary
from reference.workbench import factor, library

WORDS = load_vocabulary()
UNITS = {"kg/t": ("1", 1e-3), "g/kg": ("1", 1e-3), "1": ("1", 1.0), "GJ/t": ("E", 1e-3), "TJ/t": ("E", 1.0)}
"""Dimension and size of each unit."""
ROW = {
    "substance": ["NOx", "NOx", "SO2", ""],
    "stream": ["", "", "combustion", "fugitive"],
    "parameter": ["emission_factor"] * 4 + ["removal_efficiency"],
    "unit": ["kg/t", "kg/t", "g/kg", "1", "GJ/t"],
    "activity": ["", "fuels", "coal", "coal", "lignite", "anthracite"],
    "category": ["", "IPCC2006:1A", "IPCC2006:1A1", "IPCC2006:1A1ai", "NFR:1A1a", "NFR:1A2"],
    "region": ["", "CN", "150000", "150600", "asia"],
    "control": ["", "", "", "", "scr", "fabric_filter"],
    "valid_from": ["", "", "2015", "2018"],
    "valid_to": ["", "", "2017", "2020"],
    "technology": ["", "", "", "boiler", "pulverised_coal_boiler"],
    "capacity_MW": ["", "", "", "[0,300)", "[300,inf)"],
    "grade": ["A", "B", "C", ""],
    "package": ["one", "two", "two", "three"],
    "value": [1.0, 2.5, 40.0],
}
KEY = {
    "region": ["150600", "150600", "150000", "320000"],
    "year": [2016, 2019, 2022],
    "category": ["IPCC2006:1A1ai", "IPCC2006:1A1", "IPCC2006:1A2", "NFR:1A1a"],
    "activity": ["lignite", "lignite", "coal", "natural_gas"],
    "control": ["", "none", "scr", "fabric_filter+scr"],
    "technology": ["", "pulverised_coal_boiler", "gas_boiler"],
    "capacity_MW": [float("nan"), 100.0, 600.0],
}
REQUEST = {
    "parameter": ["emission_factor"] * 4 + ["removal_efficiency"],
    "substance": ["NOx", "SO2"],
    "streams": [("", "combustion"), ("", "combustion"), ("fugitive",)],
    "unit": ["kg/t", "kg/t", "1", "TJ/t"],
    "device": ["", "", "", "scr"],
    "activity": ["", "", "anthracite"],
    "where": [(), (), (("technology", "pulverised_coal_boiler"),)],
    "earlier_year": [False, True],
    "packages": [(), (), ("two",)],
}
ORDERS = [
    {"parameters": ["removal_efficiency"], "order": ["one"]},
    {"substances": ["SO2"], "categories": ["IPCC2006:1A1"], "order": ["three", "one"]},
    {"order": ["two", "one"]},
]


def some(choices: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in choices.items()})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> FactorLibrary:
    row = factor("a", 1.0, "kg/t", technology="boiler", capacity_MW="[0,1)")
    return library(tmp_path_factory.mktemp("base"), row, prefer=ORDERS)


def with_rows(base: FactorLibrary, rows: list[dict[str, Any]]) -> FactorLibrary:
    frame = pd.concat([base.rows.iloc[:1]] * len(rows), ignore_index=True)
    return replace(base, rows=frame.assign(**pd.DataFrame(rows, index=frame.index)))


def distance(word: str, own: str, ancestors: Any) -> float:
    """Return how far above a word another one is, infinite where it is not; a blank is above all."""
    return float(1000 if word == "" else ancestors(own).get(word, np.inf) if own else np.inf)


def order_of(asked: Request, category: str) -> list[str]:
    above = WORDS.category_graph.ancestors(category)
    return next(
        rule["order"]
        for rule in ORDERS
        if asked.parameter in rule.get("parameters", [asked.parameter])
        and asked.substance in rule.get("substances", [asked.substance])
        and any(word in above for word in rule.get("categories", above))
    )


def rank(row: dict[str, Any], key: dict[str, Any], asked: Request, *, earlier: bool) -> tuple[Any, ...] | None:
    """Return what puts one row before another for one key, or None where it does not fit."""
    key = key | dict(asked.where)
    order = order_of(asked, key["category"])
    activity = distance(row["activity"], asked.activity or key["activity"], WORDS.activity_graph.ancestors)
    category = distance(row["category"], key["category"], WORDS.serving_categories)
    region = distance(row["region"], key["region"], WORDS.region_graph.ancestors)
    technology = distance(row["technology"], key["technology"], WORDS.condition_graphs["technology"].ancestors)
    first, last = float(row["valid_from"] or "-inf"), float(row["valid_to"] or "inf")
    own_devices = (row["control"],) == devices_on(key["control"], asked.substance, WORDS)
    fits = [
        row["parameter"] == asked.parameter,
        row["substance"] in {"", asked.substance},
        row["stream"] in asked.streams,
        row["control"] == asked.device if asked.device else not row["control"] or own_devices,
        UNITS[row["unit"]][0] == UNITS[asked.unit][0],
        row["package"] in order and row["package"] in (asked.packages or order),
        np.isfinite([activity, category, region, technology]).all(),
        not row["capacity_MW"] or inside(np.array([key["capacity_MW"]]), row["capacity_MW"])[0],
        last < key["year"] if earlier else first <= key["year"] <= last,
    ]
    if not all(fits):
        return None
    stated = sum(row[name] != "" for name in ("technology", "capacity_MW", "control"))
    span = min(key["year"] - last if earlier else last - first, 511)
    grade = ["A", "B", "C", ""].index(row["grade"])
    return order.index(row["package"]), activity, category, -stated, technology % 1000, region, span, grade


def slowly(rows: list[dict[str, Any]], key: dict[str, Any], asked: Request) -> tuple[int, int, bool]:
    for earlier in (False, True) if asked.earlier_year else (False,):
        ranks = {number: one for number, row in enumerate(rows) if (one := rank(row, key, asked, earlier=earlier))}
        if ranks:
            equal = [number for number, one in ranks.items() if one == min(ranks.values())]
            return equal[0], equal[1] if len(equal) > 1 else -1, earlier
    return -1, -1, False


@pytest.mark.parametrize(("block", "span"), [(16_000_000, 2**40), (1, 1)], ids=["at_once", "in_pieces"])
@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(some(ROW), min_size=1, max_size=40),
    repeated=st.integers(0, 10),
    keys=st.lists(some(KEY), min_size=1, max_size=12),
    asked=st.lists(some(REQUEST), min_size=1, max_size=6),
)
def test_requests_answered_together_are_each_answered_as_one_by_one(
    base: FactorLibrary, block: int, span: int, rows: Any, repeated: int, keys: Any, asked: Any
) -> None:
    rows += rows[:repeated]
    factors = with_rows(base, rows)
    requests = [Request(**one) for one in asked]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(join, "_MAX_BLOCK", block)
        patch.setattr(join, "_MAX_SPAN", span)
        resolver = Resolver(factors, WORDS, pd.DataFrame(keys))
        numbers = resolver.numbers(requests)
    for number, request in zip(numbers, requests, strict=True):
        found = resolver.at(number, np.arange(len(keys)))
        expected = [slowly(rows, key, request) for key in keys]
        assert list(zip(found.row, found.rival, found.earlier, strict=True)) == expected
        unit = UNITS[request.unit][1]
        values = [
            rows[row]["value"] * UNITS[rows[row]["unit"]][1] / unit if row >= 0 else np.nan for row, _, _ in expected
        ]
        assert found.value == pytest.approx(np.array(values), nan_ok=True, rel=1e-12)


def test_each_key_can_ask_its_own_request(base: FactorLibrary) -> None:
    rows = [
        factor(name, value, "kg/t", substance=name, stream="", package="one")
        | {"technology": "", "capacity_MW": "", "value": value}
        for name, value in (("NOx", 1.0), ("SO2", 2.0))
    ]
    key = {"region": "150600", "year": 2020, "category": "IPCC2006:1A1ai", "activity": "coal", "control": ""}
    resolver = Resolver(with_rows(base, rows), WORDS, pd.DataFrame([key] * 3))
    asked = [Request("emission_factor", name, ("",), "kg/t") for name in ("NOx", "SO2")]
    numbers = resolver.numbers(asked)
    assert resolver.at(numbers[[1, 0, 1]], np.array([0, 1, 2])).value.tolist() == [2.0, 1.0, 2.0]
    assert resolver.numbers([asked[1], asked[0]]).tolist() == numbers[::-1].tolist(), "asked again, answered once"
    assert resolver.resolve(asked[1]).value.tolist() == [2.0, 2.0, 2.0]
