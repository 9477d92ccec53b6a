"""The pages of docs/reference are what the data give."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from emissions.factors import load_set, set_names
from emissions.methods import FORMULAS, load_cards
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
