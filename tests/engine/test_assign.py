"""Which cards fit a key and in which order they are tried."""

from __future__ import annotations

from typing import Any

import pytest

from emissions.engine.assign import NOT_FITTING, assign, card_fits
from emissions.engine.keys import complete, distinct_keys
from emissions.engine.where import Where
from emissions.errors import AmbiguousMethod
from emissions.factors import FactorSet
from emissions.vocabulary import load_vocabulary
from reference.workbench import card, frame

WORDS = load_vocabulary()
CONDITIONS = ["technology", "transformation"]


def keys_of(*items: dict[str, Any]) -> Any:
    return distinct_keys(complete(frame(items), CONDITIONS, WORDS), CONDITIONS).frame


def fits(item: dict[str, Any], **fields: Any) -> bool:
    return bool(card_fits(card("one", **fields), Where(keys_of(item), WORDS))[0])


def small_set(*methods: dict[str, Any]) -> FactorSet:
    body = {
        "name": "small", "date": "2026-01-01", "title": {"zh": "小", "en": "small"}, "gwp": "AR5GWP100",
        "packages": [], "prefer": [], "methods": list(methods),
    }  # fmt: skip
    return FactorSet.model_validate(body)


def orders(items: list[dict[str, Any]], cards: list[Any], *methods: dict[str, Any]) -> dict[str, list[int]]:
    groups = assign(keys_of(*items), {one.id: one for one in cards}, small_set(*methods), WORDS)
    (group,) = groups
    return {name: group.order[number].tolist() for number, name in enumerate(group.cards)}


# ---------------------------------------------------------------- one card


@pytest.mark.parametrize(
    ("item", "fields", "expected"),
    [
        ({}, {}, True),
        ({}, {"categories": ["IPCC2006:1A1ai"]}, True),
        ({}, {"categories": ["IPCC2006:1"]}, True),
        ({}, {"categories": ["IPCC2006:1A2"]}, False),
        ({}, {"categories": ["IPCC2006:1A2", "IPCC2006:1A1"]}, True),
        ({"category": "IPCC2006:1A1"}, {"categories": ["IPCC2006:1A1ai"]}, False),
        ({}, {"activities": ["coal"]}, True),
        ({}, {"activities": ["anthracite"]}, False),
        ({}, {"activities": ["coal"], "excepted": ["brown_coal"]}, False),
        ({}, {"activities": ["coal"], "excepted": ["hard_coal"]}, True),
        ({"use": "feedstock"}, {}, False),
        ({"dimension": "energy"}, {}, False),
        ({"dimension": "energy"}, {"dimensions": ["energy", "mass"]}, True),
        ({"dimension": "area"}, {"dimensions": []}, True),
        ({}, {"unstated": ["technology"]}, True),
        ({"technology": "boiler"}, {"unstated": ["technology"]}, False),
        ({"technology": "boiler"}, {"where": {"technology": ["boiler"]}}, True),
        ({"technology": "gas_boiler"}, {"where": {"technology": ["boiler", "shaft_kiln"]}}, True),
        ({"technology": "boiler"}, {"where": {"technology": ["gas_boiler"]}}, False),
        ({}, {"where": {"technology": ["boiler"]}}, False),
        ({}, {"where": {"stage": ["V"]}}, False),
        ({}, {"controls": ["scr"]}, False),
        ({"control": "none"}, {"controls": ["scr"]}, False),
        ({"control": "scr"}, {"controls": ["scr", "sncr"]}, True),
        ({"control": "fabric_filter+scr"}, {"controls": ["scr"]}, True),
        ({"control": "sncr"}, {"controls": ["scr"]}, False),
    ],
)
def test_a_card_fits(item: dict[str, Any], fields: dict[str, Any], *, expected: bool) -> None:
    assert fits(item, **fields) is expected


# ---------------------------------------------------------------- several cards


def test_an_only_card_needs_no_order() -> None:
    assert orders([{}], [card("a")]) == {"a": [0]}


def test_cards_of_different_streams_or_substances_do_not_compete() -> None:
    cards = {one.id: one for one in (card("a"), card("b", stream="other"), card("c", substances=["CH4"]))}
    groups = assign(keys_of({}), cards, small_set(), WORDS)
    assert {(group.substance, group.stream, group.cards) for group in groups} == {
        ("CO2", "combustion", ("a",)),
        ("CO2", "other", ("b",)),
        ("CH4", "combustion", ("c",)),
    }


def test_the_set_orders_cards_that_compete() -> None:
    cards = [card("a"), card("b"), card("c", activities=["natural_gas"])]
    assert orders([{}], cards[:2], {"order": ["b", "a"]}) == {"a": [1], "b": [0]}


def test_the_first_rule_that_fits_decides() -> None:
    items = [{}, {"activity": "anthracite"}, {"category": "IPCC2006:1A2a"}]
    rules = (
        {"substances": ["SO2"], "order": ["a", "b"]},
        {"activities": ["anthracite"], "order": ["a", "b"]},
        {"categories": ["IPCC2006:1A2"], "order": ["a", "b"]},
        {"order": ["b", "a"]},
    )
    assert orders(items, [card("a"), card("b")], *rules) == {"a": [1, 0, 0], "b": [0, 1, 1]}


def test_a_card_that_must_never_serve_does_not() -> None:
    rules = ({"activities": ["lignite"], "order": ["a"], "never": ["b"]}, {"order": ["b", "a"]})
    assert orders([{}, {"activity": "anthracite"}], [card("a"), card("b")], *rules) == {
        "a": [0, 1],
        "b": [NOT_FITTING, 0],
    }


def test_never_holds_for_an_only_card_too() -> None:
    rules = ({"order": ["a"], "never": ["b"]},)
    assert orders([{}], [card("b")], *rules) == {"b": [NOT_FITTING]}


@pytest.mark.parametrize("methods", [[], [{"order": ["a"]}], [{"substances": ["SO2"], "order": ["a", "b"]}]])
def test_two_cards_without_an_order_are_an_error(methods: list[dict[str, Any]]) -> None:
    with pytest.raises(AmbiguousMethod) as caught:
        orders([{}], [card("a"), card("b")], *methods)
    (problem,) = caught.value.problems
    assert problem.code == "ambiguous_method"
    assert problem.allowed == "a, b"
    assert problem.facts == {
        "substance": "CO2", "stream": "combustion", "category": "IPCC2006:1A1ai", "activity": "lignite",
    }  # fmt: skip


def test_every_pair_of_cards_without_an_order_is_named() -> None:
    items = [{}, {"activity": "natural_gas"}]
    cards = [card("a"), card("b", activities=["coal"]), card("c", activities=["gaseous_fuel"])]
    with pytest.raises(AmbiguousMethod) as caught:
        orders(items, cards)
    assert {problem.allowed for problem in caught.value.problems} == {"a, b", "a, c"}


def test_cards_that_fit_different_keys_need_no_order() -> None:
    items = [{}, {"activity": "natural_gas"}]
    cards = [card("b", activities=["coal"]), card("c", activities=["gaseous_fuel"])]
    assert orders(items, cards) == {"b": [0, NOT_FITTING], "c": [NOT_FITTING, 0]}
