"""The tables of words agree with each other; cards, formulas and parameters use words that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from emissions.methods import FORMULAS, load_cards
from emissions.units import BASE_UNITS, convertible, per
from emissions.vocabulary import Graph, load_vocabulary, normalise
from emissions.vocabulary.tables import items, read_table

WORDS = load_vocabulary()
CARDS = load_cards()
TABLES = {
    "substances": WORDS.substances, "activities": WORDS.activities, "categories": WORDS.categories,
    "regions": WORDS.regions, "conditions": WORDS.conditions, "controls": WORDS.controls, "uses": WORDS.uses,
    "parameters": WORDS.parameters,
    **{f"condition {name}": rows for name, rows in WORDS.condition_values.items()},
}  # fmt: skip
GRAPHS: dict[str, Graph] = {
    "activities": WORDS.activity_graph, "categories": WORDS.category_graph, "regions": WORDS.region_graph,
    **WORDS.condition_graphs,
}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_every_word_has_a_chinese_label(table: str) -> None:
    assert [word for word, row in TABLES[table].items() if not row["label_zh"]] == []


@pytest.mark.parametrize("table", sorted(set(TABLES) - {"regions"}))
def test_every_word_has_an_english_label(table: str) -> None:
    assert [word for word, row in TABLES[table].items() if not row["label_en"]] == []


def test_units_have_both_labels() -> None:
    rows = read_table("units")
    assert [row["unit"] for row in rows if not (row["label_zh"] and row["label_en"])] == []
    assert [unit for unit, count in Counter(row["unit"] for row in rows).items() if count > 1] == []


@pytest.mark.parametrize("table", [*TABLES, "units"])
def test_no_two_words_of_a_table_are_spelt_alike(table: str) -> None:
    words = WORDS.units if table == "units" else TABLES[table]
    assert [text for text, count in Counter(map(normalise, words)).items() if count > 1] == []


@pytest.mark.parametrize("table", [*TABLES, "units"])
def test_every_word_is_found_by_itself(table: str) -> None:
    name = table.removeprefix("condition ")
    words = WORDS.units if table == "units" else TABLES[table]
    assert [word for word in words if WORDS.resolve(name, word) != word] == []


@pytest.mark.parametrize("name", GRAPHS)
def test_no_word_is_above_itself(name: str) -> None:
    graph = GRAPHS[name]
    circles = [
        word for word, parents in graph.parents.items() if any(word in graph.ancestors(parent) for parent in parents)
    ]
    assert circles == []


@pytest.mark.parametrize("name", GRAPHS)
def test_ranks_fit_the_digits_of_the_score(name: str) -> None:
    """The resolver keeps ranks below these numbers; a deeper tree would blur two ancestors."""
    room = {"activities": 63, "categories": 127, "regions": 31}.get(name, 16)
    deepest = max(len(GRAPHS[name].ancestors(word)) for word in GRAPHS[name].parents)
    if name == "categories":
        deepest = max(len(WORDS.serving_categories(code)) for code in WORDS.categories)
    assert deepest <= room


# ---------------------------------------------------------------- activities, categories, regions


def test_kinds_and_dimensions_of_activities_are_known() -> None:
    kinds = {"fuel", "electricity", "heat", "product", "vehicle", "mine", "group", "gas", "livestock", "land", "waste"}
    assert [word for word, row in WORDS.activities.items() if row["kind"] not in kinds] == []
    wrong = [word for word, row in WORDS.activities.items() if not set(items(row["dimensions"])) <= set(BASE_UNITS)]
    assert wrong == []


def test_a_group_of_activities_has_members_and_no_quantity_of_its_own() -> None:
    groups = {word for word, row in WORDS.activities.items() if row["kind"] == "group"}
    assert [word for word in groups if WORDS.activities[word]["dimensions"]] == []
    assert [word for word in sorted(groups) if len(WORDS.activity_graph.descendants(word)) == 1] == []


def test_sectors_of_categories_are_values_of_the_condition() -> None:
    used = {row["sector"] for row in WORDS.categories.values() if row.get("sector")}
    assert used - set(WORDS.condition_values["sector"]) == set()


def test_a_code_lies_below_the_code_it_begins_with() -> None:
    wrong = [
        code
        for code, row in WORDS.categories.items()
        if row["parent"] and row["scheme"] in {"IPCC2006", "NFR"} and not row["code"].startswith(row["parent"])
    ]
    assert wrong == []


def test_the_crosswalk_names_codes_that_exist_and_one_primary_line_a_code() -> None:
    rows = read_table("crosswalk")
    assert [row for row in rows if f"IPCC2006:{row['ipcc2006']}" not in WORDS.categories] == []
    assert [row for row in rows if row["nfr"] and f"NFR:{row['nfr']}" not in WORDS.categories] == []
    primary = Counter(row["ipcc2006"] for row in rows if row["primary"] == "1")
    assert [code for code in {row["ipcc2006"] for row in rows if row["nfr"]} if primary[code] != 1] == []


def test_the_primary_line_of_a_code_stands_first() -> None:
    first: dict[str, str] = {}
    for row in read_table("crosswalk"):
        if row["nfr"]:
            first.setdefault(row["ipcc2006"], row["primary"])
    assert [code for code, primary in first.items() if primary != "1"] == []


def test_regions_of_six_digits_lie_in_their_province_and_country() -> None:
    wrong = []
    for code in WORDS.regions:
        if code.isdigit():
            above = WORDS.region_graph.ancestors(code)
            province = f"{code[:2]}0000"
            wrong += [] if len(code) == 6 and province in above and "CN" in above and "world" in above else [code]
    assert wrong == []
    assert len([code for code in WORDS.regions if code.startswith("15")]) > 100


# ---------------------------------------------------------------- conditions, controls, parameters, expectations


def test_word_conditions_have_words_and_number_conditions_none() -> None:
    kinds = {name: row["kind"] for name, row in WORDS.conditions.items()}
    assert set(kinds.values()) <= {"word", "number", "interval-on-number"}
    assert [name for name in WORDS.condition_values if kinds.get(name) != "word"] == []


def test_every_word_condition_has_words_that_can_be_stated() -> None:
    words = {name for name, row in WORDS.conditions.items() if row["kind"] == "word"}
    assert words - set(WORDS.condition_values) == set()


def test_controls_act_on_substances_and_combinations_name_devices() -> None:
    for word, row in WORDS.controls.items():
        assert set(items(row["acts_on"])) <= set(WORDS.substances), word
        assert set(items(row["part_of"])) <= set(WORDS.controls) - {word, "none"}, word
        assert row["acts_on"] or word == "none"
        for part in items(row["part_of"]):
            assert set(items(row["acts_on"])) <= set(items(WORDS.controls[part]["acts_on"])), (word, part)
    assert "+" not in "".join(WORDS.controls)


def test_bounds_of_parameters_are_numbers_in_order() -> None:
    for word, row in WORDS.parameters.items():
        if row["minimum"] and row["maximum"]:
            assert float(row["minimum"]) < float(row["maximum"]), word


def test_expectations_use_words_that_exist() -> None:
    streams = {card.stream for card in CARDS.values()}
    for row in WORDS.expected:
        assert set(items(row["activities"])) <= set(WORDS.activities), row
        assert set(items(row["uses"])) <= set(WORDS.uses), row
        assert set(items(row["categories"])) <= set(WORDS.categories), row
        assert set(items(row["substances"])) <= set(WORDS.substances), row
        assert set(items(row["streams"])) <= streams, row
        assert set(items(row["controls"])) <= set(WORDS.controls), row


# ---------------------------------------------------------------- cards, formulas, parameters


def arguments() -> Iterator[tuple[str, str, Any]]:
    for name, card in CARDS.items():
        for argument, asked in card.parameters.items():
            yield name, argument, asked


def test_an_argument_has_the_dimension_of_its_parameter() -> None:
    wrong = [
        (name, argument, unit, declared)
        for name, argument, asked in arguments()
        for dimension in CARDS[name].serves
        if not convertible(
            unit := per(FORMULAS[CARDS[name].formula].units[argument], dimension),
            declared := per(WORDS.parameters[asked.parameter or argument]["unit"], dimension),
        )
    ]
    assert wrong == []


def test_what_a_card_gives_is_a_mass_per_unit_of_activity() -> None:
    for name, card in CARDS.items():
        formula = FORMULAS[card.formula]
        for dimension in card.serves:
            assert convertible(per(formula.returns, dimension), formula.target(BASE_UNITS[dimension])), name


def test_words_of_cards_exist() -> None:
    for name, card in CARDS.items():
        assert set(card.categories) <= set(WORDS.categories), name
        assert {*card.activities, *card.excepted} <= set(WORDS.activities), name
        assert set(card.uses) <= set(WORDS.uses), name
        assert set(card.substances) <= set(WORDS.substances), name
        assert set(card.controls) <= set(WORDS.controls), name
        assert {card.output} - {""} <= set(WORDS.categories), name
        for condition, words in card.where.items():
            assert set(words) <= set(WORDS.condition_values[condition]), name
    for name, argument, asked in arguments():
        assert {asked.substance} - {None, ""} <= set(WORDS.substances), (name, argument)
        assert {asked.category} - {None, ""} <= set(WORDS.categories), (name, argument)
        assert {asked.activity} - {None, ""} <= set(WORDS.activities), (name, argument)
        for condition, word in asked.where.items():
            assert word in WORDS.condition_values[condition], (name, argument)


def test_every_formula_is_used_by_a_card() -> None:
    assert set(FORMULAS) - {card.formula for card in CARDS.values()} == set()


def test_only_removal_is_combined_in_series() -> None:
    combined = {asked.parameter or argument for _, argument, asked in arguments() if asked.combine == "series"}
    assert combined == {"removal_efficiency"}
    apart = [name for name, argument, asked in arguments()
             if (asked.parameter or argument) == "removal_efficiency" and asked.combine != "series"]  # fmt: skip
    assert apart == []


def test_removal_is_put_only_on_what_is_before_control() -> None:
    """A factor after control or as published holds its devices already."""
    wrong = []
    for name, card in CARDS.items():
        removed = any(asked.combine == "series" for asked in card.parameters.values())
        for argument, asked in card.parameters.items():
            parameter = asked.parameter or argument
            if removed and parameter == "emission_factor" and asked.basis != ("before_control",):
                wrong.append((name, argument))
    assert wrong == []
