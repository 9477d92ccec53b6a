"""Graphs, looking up words, serving categories."""

from __future__ import annotations

import pytest

from emissions.vocabulary import Graph, label, load_vocabulary, normalise

WORDS = load_vocabulary()


def test_ancestors_stand_nearest_first_breadth_before_depth() -> None:
    graph = Graph({"a": ("b", "c"), "b": ("d",), "c": ("e", "d"), "d": ("f",), "e": (), "f": ()})
    assert list(graph.ancestors("a")) == ["a", "b", "c", "d", "e", "f"]
    assert list(graph.ancestors("a").values()) == [0, 1, 2, 3, 4, 5]


def test_a_circle_of_parents_ends() -> None:
    assert Graph({"a": ("b",), "b": ("a",)}).ancestors("a") == {"a": 0, "b": 1}


def test_descendants_hold_the_word_and_all_below() -> None:
    graph = Graph({"a": ("b",), "b": ("c",), "c": (), "d": ("c",)})
    assert graph.descendants("b") == {"a", "b"}
    assert graph.descendants("c") == {"a", "b", "c", "d"}
    assert graph.descendants("nothing") == set()


@pytest.mark.parametrize(
    ("table", "text", "word"),
    [
        ("activities", "原煤", "raw_coal"), ("activities", "Raw_Coal", "raw_coal"), ("activities", " raw coal ", "raw_coal"),
        ("activities", "ＲＡＷ　ＣＯＡＬ", "raw_coal"), ("activities", "raw-coal", "raw_coal"),
        ("regions", "150600", "150600"), ("regions", "鄂尔多斯市", "150600"), ("regions", "global", "world"),
        ("controls", "布袋除尘", "fabric_filter"), ("technology", "煤粉炉", "pulverised_coal_boiler"),
        ("substances", "二氧化碳", "CO2"), ("uses", "燃烧", "combustion"), ("units", "万吨", "1e4 t"),
        ("activities", "unobtainium", None), ("regions", "", None),
    ],
)  # fmt: skip
def test_words_labels_and_aliases_are_known(table: str, text: str, word: str | None) -> None:
    assert WORDS.resolve(table, text) == word


def test_the_nearest_spelling_is_offered_only_where_one_is_near() -> None:
    assert WORDS.nearest("activities", "raw_caol") == "rawcoal"
    assert WORDS.nearest("activities", "qqqqqqqqqqqq") == ""


@pytest.mark.parametrize(
    ("table", "text", "near"),
    [("activities", "褐媒", "褐煤"), ("activities", "天燃气", "天然气"), ("activities", "无烟媒", "无烟煤"),
     ("activities", "阿阿", ""), ("regions", "呼市", ""), ("units", "kx", "")],
)  # fmt: skip
def test_short_words_are_near_by_the_characters_that_differ(table: str, text: str, near: str) -> None:
    assert WORDS.nearest(table, text) == near


@pytest.mark.parametrize(
    ("table", "text", "near"),
    [("activities", "desel", "diesel"), ("activities", "cok", "coke"), ("activities", "gazoline", "gasoline"),
     ("activities", "bituminous", "bituminouscoal"), ("uses", "combustoin", "combustion"), ("activities", "原媒", "原煤"),
     ("units", "万屯", "万吨"), ("technology", "锅卢", "锅炉")],
)  # fmt: skip
def test_a_slip_finds_its_word(table: str, text: str, near: str) -> None:
    assert WORDS.nearest(table, text) == near


@pytest.mark.parametrize(
    ("table", "text"),
    [("activities", word) for word in ("window", "phone", "orange", "butter", "苹果", "学校", "手机")]
    + [("regions", word) for word in ("banana", "mountain", "table", "火星")],
)
def test_an_unrelated_word_is_near_to_none(table: str, text: str) -> None:
    assert WORDS.nearest(table, text) == ""


@pytest.mark.parametrize(
    ("text", "plain"), [("Ａ b\u3000C", "abc"), ("PM2.5", "pm2.5"), ("a_b-c", "abc"), ("吨/年", "吨/年"), ("", "")]
)
def test_normalising_is_idempotent(text: str, plain: str) -> None:
    assert normalise(text) == plain
    assert normalise(normalise(text)) == plain


def test_the_own_category_serves_first_then_the_other_scheme_then_one_step_up() -> None:
    ranks = WORDS.serving_categories("IPCC2006:1A1ai")
    order = sorted(ranks, key=lambda code: ranks[code])
    assert order[:3] == ["IPCC2006:1A1ai", "NFR:1A1a", "IPCC2006:1A1a"]
    assert sorted(ranks.values()) == list(range(len(ranks)))
    assert {"IPCC2006:1", "NFR:1", "NFR:1A"} <= set(ranks)
    assert not any(code.startswith(("NFR:2", "IPCC2006:2")) for code in ranks)


def test_the_primary_line_of_the_crosswalk_comes_before_the_others() -> None:
    ranks = WORDS.serving_categories("IPCC2006:1A2i")
    assert ranks["NFR:1A2gviii"] < ranks["NFR:1A2gvii"]


@pytest.mark.parametrize(
    ("category", "sector"), [("IPCC2006:1A1ai", "power_generation"), ("IPCC2006:1A1aiii", "heat_supply")]
)
def test_a_category_has_or_inherits_its_sector(category: str, sector: str) -> None:
    assert WORDS.sector_of(category) == sector


def test_a_sector_is_inherited_from_above() -> None:
    below = [code for code in WORDS.categories if not WORDS.categories[code].get("sector") and WORDS.sector_of(code)]
    assert below
    for code in below:
        above = [one for one in WORDS.category_graph.ancestors(code) if WORDS.categories[one].get("sector")]
        assert WORDS.sector_of(code) == WORDS.categories[above[0]]["sector"]


@pytest.mark.parametrize(
    ("category", "memo"),
    [("IPCC2006:1A3ai", "bunkers"), ("IPCC2006:1A3di", "bunkers"), ("IPCC2006:1A3aii", ""), ("IPCC2006:1A1ai", ""),
     ("MEMO:biogenic_co2", "biogenic")],
)  # fmt: skip
def test_a_category_is_a_memo_item_or_counts(category: str, memo: str) -> None:
    assert WORDS.memo_of(category) == memo


def test_labels_come_in_the_language_asked_for_and_fall_back_to_the_word() -> None:
    assert label("activities", "raw_coal", "zh") == "原煤"
    assert label("activities", "raw_coal", "en") == "raw coal"
    assert label("technology", "gas_boiler", "zh") == "燃气锅炉"
    assert label("activities", "unobtainium", "zh") == "unobtainium"
