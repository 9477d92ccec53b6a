"""The tree of errors and the record of a problem."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from emissions import errors
from emissions.errors import ActivityErrors, EmissionsError, Problem, ProblemsError, UnknownUnit
from emissions.vocabulary import describe, message
from emissions.vocabulary.tables import read_messages

CLASSES = {name: one for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, EmissionsError)}


def test_the_tree_is_as_the_docstring_draws_it() -> None:
    drawn: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for text in (errors.__doc__ or "").split("::")[1].splitlines():
        found = re.match(r"([ │├└─]*)([A-Z]\w+)", text)
        if found is None:
            continue
        depth = len(found.group(1))
        while above and above[-1][0] >= depth:
            above.pop()
        drawn[found.group(2)] = above[-1][1] if above else "Exception"
        above.append((depth, found.group(2)))
    assert drawn == {name: one.__mro__[1].__name__ for name, one in CLASSES.items()}


def test_every_error_is_documented() -> None:
    assert [name for name, one in CLASSES.items() if not one.__doc__] == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, ""),
        ({"file": "a.xlsx"}, "a.xlsx"),
        ({"file": "a.xlsx", "sheet": "能源", "cell": "D7"}, "a.xlsx 能源!D7"),
        ({"file": "a.csv", "row": 7}, "a.csv 7"),
        ({"file": "a.csv", "row": 7, "cell": "B7"}, "a.csv B7"),
        ({"sheet": "能源"}, "能源"),
    ],
)
def test_a_problem_says_where(fields: dict[str, object], place: str) -> None:
    assert Problem("code", **fields).place == place  # type: ignore[arg-type]


def test_a_problem_is_a_plain_record() -> None:
    record = Problem("unknown_unit", cell="D7", found="kx", facts={"a": "b"}).record()
    assert json.loads(json.dumps(record)) == {
        "code": "unknown_unit", "level": "error", "file": "", "sheet": "", "cell": "D7", "row": None, "found": "kx",
        "allowed": "", "nearest": "", "facts": {"a": "b"},
    }  # fmt: skip


def test_an_error_carries_every_problem_and_says_each_in_a_line() -> None:
    problems = [Problem("unknown_unit", cell="D7", found="kx"), Problem("gap", facts={"activity": "coke", "n": "1"})]
    error = ActivityErrors(iter(problems))
    assert error.problems == tuple(problems)
    assert str(error) == "unknown_unit: D7: kx\ngap: activity=coke, n=1"
    assert isinstance(error, ProblemsError)


def test_errors_of_the_package_can_be_caught_as_one() -> None:
    assert issubclass(UnknownUnit, EmissionsError)
    assert not issubclass(UnknownUnit, ProblemsError)


# ---------------------------------------------------------------- every problem has its text


def codes(root: Path) -> dict[str, set[str]]:
    """Return code -> files for every ``Problem("code", ...)`` in the package."""
    found: dict[str, set[str]] = {}
    for path in sorted((root / "src" / "emissions").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", getattr(node.func, "attr", "")) != "Problem":
                continue
            for argument in [*node.args[:1], *(one.value for one in node.keywords if one.arg == "code")]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                    found.setdefault(argument.value, set()).add(path.name)
    return found


def test_every_problem_of_the_package_has_a_text_in_both_languages(root: Path) -> None:
    catalogue = read_messages()
    found = codes(root)
    assert len(found) > 30
    without = {
        code: sorted(files)
        for code, files in found.items()
        if not all(str(catalogue.get(code, {}).get(language, "")).strip() for language in ("zh", "en"))
    }
    assert without == {}


def test_no_two_catalogues_have_a_text_of_one_code(root: Path) -> None:
    import yaml

    folder = root / "src" / "emissions" / "vocabulary" / "data" / "messages"
    seen: dict[str, str] = {}
    twice = []
    for path in sorted(folder.glob("*.yaml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"^([A-Za-z_][\w.]*):", line):
                code = found.group(1)
                twice += [(code, seen[code], path.name)] if code in seen else []
                seen[code] = path.name
        assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)
    assert twice == []


FIELD = re.compile(r"{(\w*)")


def test_both_languages_of_a_text_use_the_same_fields_save_for_words_of_one_language() -> None:
    def fields(text: object, language: str) -> set[str]:
        return {name.removesuffix(f"_{language}") for name in FIELD.findall(str(text))}

    texts = {code: one for code, one in read_messages().items() if isinstance(one, dict) and {"zh", "en"} <= set(one)}
    differ = {
        code: (fields(one["zh"], "zh") ^ fields(one["en"], "en"))
        for code, one in texts.items()
        if fields(one["zh"], "zh") != fields(one["en"], "en")
    }
    assert differ == {}


def test_an_unknown_code_is_shown_with_its_facts() -> None:
    assert message("no_such_code", "en", a=1, b="x") == "no_such_code a=1 b=x"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_text_with_braces_in_a_fact_is_shown_as_it_is(language: str) -> None:
    problem = Problem("unknown_unit", sheet="s{0}", cell="D7", found="{x}", nearest="{y}")
    text = describe(problem, language)  # type: ignore[arg-type]
    assert "{x}" in text
    assert "s{0}!D7" in text
