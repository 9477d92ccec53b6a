"""All problems of the input as one report: grouped by file and sheet, with what to do and a count."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rich.console import Console

from emissions.errors import Problem
from emissions.methods import load_cards
from emissions.report.console import print_item, text
from emissions.report.words import Words
from emissions.vocabulary import Language, describe, message

MOST = 200
"""Problems that are printed; JSON and the annotated copy hold all."""
NAMED_ROWS = 5
"""Rows of activity data that a text names before it counts the rest."""
_MARKS = {"error": ("✗", "bad"), "warning": ("!", "doubt"), "info": ("·", "quiet")}
_LARGE = re.compile(r"\b\d(?:\.\d+)?e\+\d+\b")
"""A number written with an exponent, such as ``2.95109e+07``."""
_METHODS = ("ambiguous_method", "formula_not_finite")
"""Codes of problems that find method cards."""


def in_words(problem: Problem, words: Words) -> Problem:
    """Return a problem with methods in words and large numbers in digits; ``describe`` does the rest."""
    facts = {name: _LARGE.sub(_plain_number, _fact(name, str(value), words)) for name, value in problem.facts.items()}
    found, allowed = _LARGE.sub(_plain_number, problem.found), problem.allowed
    if problem.code == "assumed":
        found = words.condition_pair(problem.facts["condition"], problem.facts["value"])
    elif problem.code in _METHODS:
        found, allowed = (", ".join(_method(card, words) for card in part.split(", ")) for part in (found, allowed))
    return replace(problem, found=found, allowed=allowed, facts=facts)


def _plain_number(number: re.Match[str]) -> str:
    return f"{float(number.group()):,.0f}"


def _fact(name: str, value: str, words: Words) -> str:
    if name == "rows":
        return _rows(value, words)
    return _method(value, words) if name == "card" else value


def _method(name: str, words: Words) -> str:
    """Return title and id of a method card, as factor sets name it."""
    card = load_cards().get(name)
    return f"{card.title[words.language]} ({name})" if card else name


def _rows(listed: str, words: Words) -> str:
    """Return rows of activity data, ``category activity, category activity``, in words; many are counted."""
    rows = [row.split(" ", 1) for row in listed.split(", ")]
    named = [" ".join([words.category(row[0]), *(words.label("activities", one) for one in row[1:])]) for row in rows]
    left = len(named) - NAMED_ROWS
    shown = words.text("report.list_separator").join(named[:NAMED_ROWS])
    return shown + (words.text("report.and_more", number=left) if left > 0 else "")


def problem_text(problem: Problem, words: Words) -> str:
    """Return the whole text of a problem, place included, in words of the vocabulary."""
    return describe(in_words(problem, words), words.language)


def ordered(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems by file and sheet in order of appearance, then row; errors first within a cell."""
    found = list(dict.fromkeys(problems))
    places = {place: number for number, place in enumerate(dict.fromkeys((one.file, one.sheet) for one in found))}
    return sorted(found, key=lambda one: (places[one.file, one.sheet], _row(one)))


def merged(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with the gaps of one source and reason as one that names all substances."""
    result: list[Problem] = []
    place: dict[tuple[str, ...], int] = {}
    for problem in problems:
        key = (problem.code, *(problem.facts.get(name, "") for name in ("category", "activity", "reason")))
        if problem.code == "gap" and key in place:
            known = result[place[key]]
            if problem.found not in known.found.split(" "):
                result[place[key]] = replace(known, found=f"{known.found} {problem.found}")
            continue
        place[key] = len(result)
        result.append(problem)
    return result


def print_problems(problems: Sequence[Problem], console: Console, language: Language) -> None:
    """Print problems grouped by file and sheet, each with its cell, and the count at the end."""
    words = Words(language)
    place: tuple[str, str] | None = None
    shown = merged(ordered(problems))
    width = max((len(_spot(problem)) for problem in shown), default=0)
    for problem in shown[:MOST]:
        if (problem.file, problem.sheet) != place:
            place = (problem.file, problem.sheet)
            title = "  ".join(part for part in place if part)
            if title:
                console.print()
                console.print(text(title, "heading"))
        mark, style = _MARKS[problem.level]
        line = text(f"{mark} ", style) + text(f"{_spot(problem):<{width}}  " if width else "", "place")
        body = problem_text(replace(problem, file="", sheet="", cell="", row=None), words)
        print_item(console, text("  ") + line, text(body))
    if len(shown) > MOST:
        console.print(text("  " + words.text("report.more_problems", number=len(shown) - MOST), "quiet"))
    if len(problems) == 1 and place == ("", ""):
        return
    console.print()
    console.print(
        text(count_text(problems, language), "bad" if any(one.level == "error" for one in problems) else "good")
    )


def count_text(problems: Sequence[Problem], language: Language) -> str:
    """Return how many errors, warnings and remarks there are."""
    levels = Counter(problem.level for problem in ordered(problems))
    parts = [
        message(f"report.count_{level}", language, number=levels[level])
        for level in ("error", "warning", "info")
        if levels[level]
    ]
    return message("report.list_separator", language).join(parts)


def problems_json(problems: Iterable[Problem], language: Language, **more: object) -> str:
    """Return problems as JSON: their records with the text in the language."""
    words = Words(language)
    records = [
        {**problem.record(), "place": problem.place, "text": problem_text(problem, words)}
        for problem in ordered(problems)
    ]
    errors = sum(record["level"] == "error" for record in records)
    return json.dumps({"errors": errors, "problems": records, **more}, ensure_ascii=False, indent=1, default=str)


def _spot(problem: Problem) -> str:
    return problem.cell or ("" if problem.row is None else str(problem.row))


def _row(problem: Problem) -> int:
    if problem.row is not None:
        return problem.row
    digits = "".join(letter for letter in problem.cell.split(":")[0] if letter.isdigit())
    return int(digits) if digits else 0
