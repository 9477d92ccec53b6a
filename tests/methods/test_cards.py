"""Method cards: words, worked examples, and an order wherever two of them can serve one key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from emissions.errors import CardError
from emissions.factors import load_set, set_names
from emissions.factors.sets import MethodOrder
from emissions.methods import FORMULAS, Card, load_cards
from emissions.methods import card as card_module
from emissions.units import per, scale
from emissions.vocabulary import Graph, describe, load_vocabulary

CARDS = load_cards()
WORDS = load_vocabulary()

each_card = pytest.mark.parametrize("name", CARDS)
each_set = pytest.mark.parametrize("chosen", set_names())

PLAIN = """
- id: plain
  title: {zh: 示例, en: example}
  formula: fuel_carbon
  tier: 2
  categories: [IPCC2006:1A]
  activities: [fuels]
  uses: [combustion]
  substances: [CO2]
  stream: combustion
  parameters: {net_calorific_value: {}, carbon_content: {}, oxidation_factor: {}}
  example:
    per: mass
    given: {net_calorific_value: 0.02, carbon_content: 26.0, oxidation_factor: 0.98}
    gives: 1.8685
    kind: derived by hand
"""


# ---------------------------------------------------------------- each card


def test_every_card_of_every_file_is_loaded(root: Path) -> None:
    folder = root / "src" / "emissions" / "methods" / "cards"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))]
    assert list(CARDS) == [entry["id"] for text in texts for entry in yaml.safe_load(text)]


@each_card
def test_example_is_reproduced(name: str) -> None:
    card = CARDS[name]
    assert FORMULAS[card.formula](**card.example.given) == pytest.approx(card.example.gives, rel=1e-12)
    assert card.example.per in card.serves


@each_card
def test_example_lies_in_the_range_of_its_parameters(name: str) -> None:
    card = CARDS[name]
    outside = []
    for argument, unit in FORMULAS[card.formula].units.items():
        declared = WORDS.parameters[card.parameters[argument].parameter or argument]
        factor = scale(per(unit, card.example.per), per(declared["unit"], card.example.per))
        value = card.example.given[argument] * factor
        if not _bound(declared["minimum"], -1e99) <= value <= _bound(declared["maximum"], 1e99):
            outside.append((argument, value, declared["minimum"], declared["maximum"]))
    assert outside == []


@each_card
def test_titles_stand_in_both_languages(name: str) -> None:
    assert set(CARDS[name].title) == {"zh", "en"}
    assert all(CARDS[name].title.values())


# ---------------------------------------------------------------- cards and sets


@each_set
def test_every_card_named_in_a_set_exists(chosen: str) -> None:
    named = {card for rule in load_set(chosen).methods for card in (*rule.order, *rule.never)}
    assert sorted(named - set(CARDS)) == []


@each_set
def test_cards_that_can_serve_one_key_have_an_order(chosen: str) -> None:
    without = [
        (first.id, second.id)
        for rule in load_set(chosen).methods
        for first, second in combinations(CARDS.values(), 2)
        if compete(first, second, rule) and not {first.id, second.id} <= {*rule.order, *rule.never}
    ]
    assert without == []


@each_set
def test_the_last_rule_of_a_set_is_for_all_keys(chosen: str) -> None:
    last = load_set(chosen).methods[-1]
    assert (last.substances, last.categories, last.activities) == ((), (), ())


def compete(first: Card, second: Card, rule: MethodOrder) -> bool:
    """Tell whether some key that the rule is for fits both cards, for one substance and stream."""
    return bool(
        first.stream == second.stream
        and set(first.uses) & set(second.uses)
        and set(first.serves) & set(second.serves)
        and set(first.substances) & set(second.substances) & (set(rule.substances) or set(WORDS.substances))
        and common(WORDS.category_graph, first.categories, second.categories, rule.categories)
        and common(WORDS.activity_graph, first.activities, second.activities, rule.activities)
        - below(WORDS.activity_graph, (*first.excepted, *second.excepted))
    )


def common(graph: Graph, *groups: tuple[str, ...]) -> set[str]:
    return set.intersection(*(below(graph, words) if words else set(graph.parents) for words in groups))


def below(graph: Graph, words: Iterable[str]) -> set[str]:
    return {one for word in words for one in graph.descendants(word)}


# ---------------------------------------------------------------- cards that break rules


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that loads the cards of a text."""
    (tmp_path / "cards").mkdir()
    monkeypatch.setattr(card_module, "files", lambda _: tmp_path)

    def loaded(text: str) -> dict[str, Card]:
        (tmp_path / "cards" / "example.yaml").write_text(text, encoding="utf-8")
        return load_cards.__wrapped__()

    return loaded


def test_a_card_that_breaks_no_rule_is_loaded(load: Any) -> None:
    assert list(load(PLAIN)) == ["plain"]


@pytest.mark.parametrize(
    ("old", "new", "code", "word"),
    [
        ("IPCC2006:1A]", "IPCC2006:9Z]", "card_word", "IPCC2006:9Z"),
        ("activities: [fuels]", "activities: [feuls]", "card_word", "feuls"),
        ("activities: [fuels]", "activities: [fuels]\n  excepted: [biomas]", "card_word", "biomas"),
        ("uses: [combustion]", "uses: [burning]", "card_word", "burning"),
        ("substances: [CO2]", "substances: [CO3]", "card_word", "CO3"),
        ("stream: combustion", "stream: combustion\n  output: MEMO:nothing", "card_word", "MEMO:nothing"),
        ("stream: combustion", "stream: combustion\n  controls: [magic_filter]", "card_word", "magic_filter"),
        ("stream: combustion", "stream: combustion\n  where: {weather: [fair]}", "card_word", "weather"),
        ("stream: combustion", "stream: combustion\n  unstated: [weather]", "card_word", "weather"),
        ("stream: combustion", "stream: combustion\n  dimensions: [energy]", "card_word", "energy"),
        ("formula: fuel_carbon", "formula: fuel_cabron", "card_word", "fuel_cabron"),
        ("oxidation_factor: {}", "oxidation_factor: {parameter: oxidation}", "card_word", "oxidation"),
        ("oxidation_factor: {}", "oxidation_factor: {where: {weather: fair}}", "card_word", "weather"),
        ("oxidation_factor: {}", "oxidation_factor: {activity: feuls}", "card_word", "feuls"),
        ("oxidation_factor: {}", "oxidation_factor: {substance: CO3}", "card_word", "CO3"),
        ("oxidation_factor: {}", "oxidation_factor: {category: IPCC2006:9Z}", "card_word", "IPCC2006:9Z"),
        ("oxidation_factor: {}", "oxidation_factor: {where: {fraction: fine}}", "card_word", "fine"),
        (
            "stream: combustion",
            "stream: combustion\n  where: {transformation: [cokin]}",
            "card_word",
            "cokin",
        ),
        (", oxidation_factor: {}", "", "card_arguments", "oxidation_factor"),
        (
            "oxidation_factor: {}",
            "oxidation_factor: {}, removal: {parameter: share}",
            "card_arguments",
            "removal",
        ),
        ("tier: 2", "tier: 2\n  colour: red", "card_field", "colour"),
        ("tier: 2", "tier: 4", "card_field", "tier"),
        ("substances: [CO2]", "substances: []", "card_field", "substances"),
        (
            "oxidation_factor: {}",
            "oxidation_factor: {combine: x}",
            "card_field",
            "parameters.oxidation_factor.combine",
        ),
    ],
)
def test_a_card_that_breaks_a_rule_is_named(load: Any, old: str, new: str, code: str, word: str) -> None:
    assert PLAIN.count(old) == 1
    with pytest.raises(CardError) as caught:
        load(PLAIN.replace(old, new))
    problem = caught.value.problems[0]
    assert (problem.code, problem.file, problem.found) == (code, "example.yaml", "plain")
    assert word in {part for value in problem.facts.values() for part in (value, *value.split(", "))}
    for language in ("zh", "en"):
        text = describe(problem, language)
        assert "plain" in text
        assert word in text


def test_an_id_given_twice_is_refused(load: Any) -> None:
    with pytest.raises(CardError, match=r"card_twice: example\.yaml: plain"):
        load(PLAIN + PLAIN)


def test_all_problems_are_told_at_once(load: Any) -> None:
    wrong = PLAIN.replace("[fuels]", "[feuls]").replace("[combustion]", "[burning]")
    other = PLAIN.replace("plain", "other").replace("tier: 2", "tier: 9")
    with pytest.raises(CardError) as caught:
        load(wrong + other)
    assert [(problem.found, problem.code) for problem in caught.value.problems] == [
        ("plain", "card_word"), ("plain", "card_word"), ("other", "card_field"),
    ]  # fmt: skip


def test_a_card_that_only_sizes_a_gap_needs_a_reason(load: Any) -> None:
    with pytest.raises(CardError, match="field=reason"):
        load(PLAIN.replace("tier: 2", "tier: 2\n  status: NE"))


def _bound(text: str, unbounded: float) -> float:
    return float(text) if text else unbounded
