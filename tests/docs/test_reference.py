"""The pages of docs/reference are what the data give."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from emissions.factors import load_set, set_names
from emissions.methods import FORMULAS, load_cards
from emissions.scenario.file.kinds import kinds
from emissions.scenario.model import KINDS, LEVERS, Measure, Scenario
from emissions.scenario.targets.data import load_targets, read_rows
from emissions.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def reference(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", root / "docs" / "scripts" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(reference: ModuleType) -> dict[str, str]:
    made: dict[str, str] = reference.pages()
    return made


def test_the_pages_are_up_to_date(reference: ModuleType) -> None:
    assert reference.out_of_date() == [], "run python docs/scripts/reference.py"


def test_a_page_that_is_missing_or_old_is_named(
    reference: ModuleType, pages: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    (tmp_path / "sets.md").write_text("old", encoding="utf-8")
    (tmp_path / "factors.md").unlink()
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    assert reference.out_of_date(tmp_path) == ["factors.md", "sets.md"]
    monkeypatch.setattr(reference, "out_of_date", lambda: ["sets.md"])
    assert reference.main(["--check"]) == 1
    assert "docs/reference/sets.md is out of date" in capsys.readouterr().err


def test_every_card_and_formula_has_its_place(pages: dict[str, str]) -> None:
    lines = pages["methods.md"].splitlines()
    assert [name for name in load_cards() if f"### {name}" not in lines] == []
    assert [name for name in FORMULAS if not any(line.startswith(f"| `{name}` |") for line in lines)] == []


def test_every_rule_of_a_set_stands_with_its_reason_in_both_languages(pages: dict[str, str]) -> None:
    for name in set_names():
        chosen = load_set(name)
        rules = (*chosen.prefer, *chosen.methods, *chosen.assume, *chosen.mixes, *chosen.elsewhere)
        reasons = [text for rule in rules if rule.why for text in (rule.why.zh, rule.why.en)]
        assert reasons
        assert [text for text in reasons if " ".join(text.split()) not in pages["sets.md"]] == []


def test_every_word_stands_in_the_vocabulary(pages: dict[str, str]) -> None:
    words = load_vocabulary()
    tables = (
        words.substances,
        words.activities,
        words.controls,
        words.parameters,
        words.conditions,
        words.uses,
        words.units,
    )
    assert [word for table in tables for word in table if f"| `{word}` |" not in pages["vocabulary.md"]] == []


def test_every_package_stands_with_its_rows_and_reasons(pages: dict[str, str], root: Path) -> None:
    folders = sorted(path.parent for path in (root / "factors" / "packages").glob("*/*/datapackage.json"))
    assert folders
    for folder in folders:
        assert f"## {folder.parent.name} {folder.name}" in pages["factors.md"].splitlines()


def test_every_kind_of_measure_stands_with_what_it_needs_in_the_order_in_which_they_apply(
    pages: dict[str, str],
) -> None:
    lines = [line for line in pages["scenario-file.md"].splitlines() if "<br>" in line]
    assert [name for name in KINDS if sum(f"| `{name}`<br>" in line for line in lines) != 1] == []
    places = [next(place for place, line in enumerate(lines) if f"| `{name}`<br>" in line) for name in kinds()]
    assert places == sorted(places)
    for name, kind in kinds().items():
        line = next(line for line in lines if f"| `{name}`<br>" in line)
        assert [word for word in (*kind.needs, *kind.may) if f"`{word}`" not in line] == []


def test_every_field_of_a_scenario_stands_with_its_type(reference: ModuleType, pages: dict[str, str]) -> None:
    page = pages["scenario-file.md"]
    models = reference.models_of(Scenario)
    assert Measure in models
    for one in models:
        section = page.split(f"\n### {one.__name__}\n")[1].split("\n### ")[0]
        fields = {field.alias or name for name, field in one.model_fields.items()} - set(reference.FROM_READING)
        assert [name for name in sorted(fields) if f"\n| `{name}` | " not in section] == []
    assert [name for name in LEVERS if f"| `{name}` | `{LEVERS[name]}` |" not in page] == []


def test_what_the_source_says_of_a_field_is_shown(reference: ModuleType, pages: dict[str, str]) -> None:
    said = reference.field_texts(Scenario)
    assert said["targets"] == "Ids, or `all_of_region`."
    assert "region" not in said, "a text for several fields describes none of them"
    line = next(line for line in pages["scenario-file.md"].splitlines() if line.startswith("| `targets` |"))
    assert said["targets"] in line


def test_every_indicator_stands_with_what_evaluates_it_or_why_nothing_does(pages: dict[str, str]) -> None:
    targets = load_targets()
    lines = pages["targets.md"].splitlines()
    for row in read_rows("indicators"):
        (line,) = [one for one in lines if one.startswith(f"| `{row['indicator']}` |")]
        assert (f"`{row['from']}`" if row["from"] else row["reason_en"]) in line
        own = [one for one in targets if one.indicator.name == row["indicator"]]
        past = sum(one.is_past for one in own)
        assert f"| {len(own) - past} + {past} |" in line
