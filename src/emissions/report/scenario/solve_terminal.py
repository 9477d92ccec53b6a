"""Answers of ``solve`` for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console

from emissions.report.console import print_item, text
from emissions.report.explanation import finite
from emissions.report.scenario.shown import Shown
from emissions.report.scenario.words import indicator
from emissions.report.words import Words
from emissions.scenario.outcome.solve import Solution
from emissions.scenario.targets.data import load_indicators
from emissions.vocabulary import Language


def print_solutions(solutions: Sequence[Solution], console: Console, language: Language) -> None:
    """Print what each lever has to be, or that it cannot reach what was asked."""
    words = Words(language)
    console.print()
    for one in solutions:
        style = "good" if one.reachable else "bad"
        print_item(console, text("● ", style), text(solution_text(one, words)))
    console.print()


def solution_text(one: Solution, words: Words) -> str:
    """Return an answer as a sentence, in plain units."""
    shown = Shown.of([one.before, one.after], one.unit, words.language)
    name = one.lever.partition(".")[2]
    facts = {
        "lever": words.named("lever", name),
        "year": one.year,
        "before": shown.text(one.before),
        "after": shown.with_unit(one.after),
        "factor": f"{one.factor:.4g}",
        "wanted": _wanted(one.wanted, words),
        "achieved": f"{one.achieved:.4g}"
        if one.achieved < 1000 or one.achieved != round(one.achieved)
        else f"{one.achieved:.0f}",
    }
    if not one.reachable:
        return words.text("solve.not_reachable", **facts)
    return words.text("solve.no_change" if one.factor == 1.0 else "solve.found", **facts)


def solutions_json(solutions: Sequence[Solution]) -> str:
    """Return the answers as JSON."""
    names = ("lever", "unit", "year", "before", "after", "factor", "reachable", "wanted", "achieved")
    records = [{name: getattr(one, name) for name in names} for one in solutions]
    return json.dumps(finite({"solutions": records}), ensure_ascii=False, indent=1)


def _wanted(said: str, words: Words) -> str:
    """Return what was asked for with the indicator in words; a target is named by its id before it."""
    front, _, rest = said.rpartition(": ")
    name, _, rule = rest.partition(" ")
    known = load_indicators().get(name)
    label = indicator(name, words) if known is None else known.label_zh if words.language == "zh" else known.label_en
    return f"{label} {rule}" + (f" ({front})" if front else "")
