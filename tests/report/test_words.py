"""Every code a user can meet has a text in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from emissions.factors import load_set
from emissions.methods import load_cards
from emissions.report.words import Words, plain
from emissions.vocabulary.tables import read_messages

CATALOGUE = read_messages()
BOTH = [Words("zh"), Words("en")]
REASONS = (
    "no_factor:emission_factor", "no_bundle:net_calorific_value+carbon_content", "measured_missing:sulphur_content",
    "measured_missing", "no_removal:scr", "control_not_stated", "no_method", "counted_in:IPCC2006:2A1",
    "counted_by_better_method", "stated_in_workbook", "conversion_balance_negative", "recovery_exceeds_generation",
)  # fmt: skip


def source(root: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((root / "src" / "emissions").rglob("*.py")))


def test_every_problem_has_a_text(root: Path) -> None:
    codes = set(re.findall(r'Problem\(\s*"([a-z_]+)"', source(root)))
    assert len(codes) > 60
    assert sorted(codes - set(CATALOGUE)) == []


def test_every_text_of_the_reports_exists(root: Path) -> None:
    codes = set(re.findall(r'text\(\s*"([a-z]+\.[A-Za-z_]+)"', source(root)))
    codes |= {f"heading.{name}" for name in re.findall(r'heading\("([a-z_]+)"\)', source(root))}
    assert sorted(codes - set(CATALOGUE)) == []


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_text_has_both_languages_with_the_same_fields(code: str) -> None:
    entry = CATALOGUE[code]
    assert set(entry) - {"allowed"} == {"zh", "en"}
    assert all(isinstance(text, str) and text for text in entry.values())
    assert entry.get("allowed", "allowed_words") in CATALOGUE
    own = {"heading", "column"}
    fields = [
        {name.removesuffix("_zh").removesuffix("_en") for _, name, _, _ in Formatter().parse(text) if name} - own
        for text in (entry["zh"], entry["en"])
    ]
    assert fields[0] == fields[1]


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_no_text_puts_a_plural_behind_one(code: str) -> None:
    count = r"(?<!\|)\{(?:number|count|rows|lines|keys|shown)\} (?:more |largest )?"
    assert re.findall(count + r"[a-z]+s\b", CATALOGUE[code]["en"]) == []


@pytest.mark.parametrize(
    ("code", "field", "one", "two"),
    [
        ("report.count_error", "number", "1 error", "2 errors"),
        ("report.more_reasons", "number", "1 more reason in the sheet Coverage of the workbook (--format xlsx)",
         "2 more reasons in the sheet Coverage of the workbook (--format xlsx)"),
        ("mileage_missing", "count", "1 row has no annual mileage; only the stock was read",
         "2 rows have no annual mileage; only the stock was read"),
        ("cli.no_errors", "rows", "no errors: 1 row of activity data was read ()",
         "no errors: 2 rows of activity data were read ()"),
    ],
)  # fmt: skip
def test_a_count_chooses_the_form_of_its_word(code: str, field: str, one: str, two: str) -> None:
    assert [BOTH[1].text(code, **{field: number}) for number in (1, 2)] == [one, two]
    assert BOTH[1].text(code, **{field: "1"}) == one
    assert BOTH[0].text(code, **{field: 1}) == BOTH[0].text(code, **{field: 2}).replace("2", "1")


def test_a_form_may_hold_fields() -> None:
    assert "2" in BOTH[1].text("part_above_whole", keys=2)
    assert "case" not in BOTH[1].text("part_above_whole", keys=1)


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_is_told_in_words(reason: str) -> None:
    for words in BOTH:
        told = words.reason(reason)
        assert told != reason
        assert "reason." not in told
        assert "_" not in told


def test_a_rule_of_the_set_is_told_by_its_reason() -> None:
    chosen = load_set("cn-2026.1")
    for words in BOTH:
        assert chosen.elsewhere[0].why.text(words.language) in words.reason("set_rule:0", chosen)
        assert words.reason("set_rule:0") != "set_rule:0"


def test_reasons_and_streams_of_the_cards_have_words() -> None:
    for card in load_cards().values():
        for words in BOTH:
            assert words.named("stream", card.stream) != card.stream or words.language == "en"
            assert f"stream.{card.stream}" in CATALOGUE
            assert not card.reason or f"reason.{card.reason}" in CATALOGUE


def test_categories_conditions_and_controls() -> None:
    zh, en = BOTH
    assert en.category("IPCC2006:2C1").startswith("2C1 ")
    assert en.category("NFR:1A1a").startswith("NFR:1A1a ")
    assert ":" not in en.category("MEMO:heat_used")
    assert zh.control("scr+fabric_filter").count("+") == 1
    assert zh.condition("capacity_MW", 300.0).endswith("300")
    assert zh.condition_pair("capacity_MW", "300.0").endswith("= 300")
    assert zh.label("no_such_table", "word") == "word"


def test_control_letters_go() -> None:
    assert plain("a\x1b[2Jb\r\n") == "a [2Jb  "
