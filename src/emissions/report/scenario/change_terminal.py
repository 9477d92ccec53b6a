"""What drove a change of CO2, for the terminal and as JSON."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd
from rich.console import Console

from emissions.report.console import print_item, text
from emissions.report.explanation import finite
from emissions.report.scenario.shown import Shown
from emissions.report.scenario.words import boundary
from emissions.report.terminal import simple_table
from emissions.report.words import Words
from emissions.scenario.outcome.change import Change
from emissions.vocabulary import Language

_LEVEL_UNITS = {"population": "1", "gdp": "1", "energy": "Mtce", "fossil_energy": "Mtce", "co2": "Mt"}


def print_change(found: Change, console: Console, language: Language) -> None:
    """Print the levels, the effects of the factors in all forms with their residuals, and the Tapio state."""
    words = Words(language)
    one_scenario = found.first.scenario == found.second.scenario
    points = [str(point.year if one_scenario else point.scenario) for point in (found.first, found.second)]
    console.print()
    console.print(text(words.text("change.title", first=_named(found, 0), second=_named(found, 1)), "title"))
    console.print(text(words.text("change.boundary", boundary=boundary(found.boundary, words)), "quiet"))
    if found.boundary == "territorial" and "energy" in found.levels:
        print_item(console, text("! ", "doubt"), text(words.text("change.mixed")))
    console.print()
    _levels(found, points, console, words)
    _effects(found, console, words)
    if found.decoupling is not None:
        known = math.isfinite(found.decoupling.elasticity)
        elasticity = f"{found.decoupling.elasticity:.2f}" if known else "–"
        state = words.named("state", found.decoupling.state)
        console.print(text(words.text("change.tapio", elasticity=elasticity, state=state)))
    if found.additive.shared:
        console.print(text(words.text("change.shared"), "quiet"))
    console.print()


def effects(found: Change) -> pd.DataFrame:
    """Return factor, additive (Mt), multiplicative and chained (ratios), residual last.

    Examples of factors are ``gdp`` and ``energy/gdp``.
    """
    rows: list[tuple[str, float, float, float]] = []
    chained = found.chained
    for number, name in enumerate(found.additive.factors):
        step = float("nan") if chained is None else float(chained.cumulative[-1, number])
        rows.append((name, float(found.additive.effects[number]), float(found.multiplicative.effects[number]), step))
    left = float("nan") if chained is None else float(chained.residual[-1])
    rows.append(("residual", found.additive.residual, found.multiplicative.residual, left))
    return pd.DataFrame(rows, columns=["factor", "additive", "multiplicative", "chained"])


def change_json(found: Change) -> str:
    """Return the decomposition as JSON."""
    content: dict[str, Any] = {
        "first": {"scenario": found.first.scenario, "year": found.first.year},
        "second": {"scenario": found.second.scenario, "year": found.second.year},
        "boundary": found.boundary,
        "levels": found.levels.to_dict("records"),
        "before": found.additive.before,
        "after": found.additive.after,
        "unit": "Mt",
        "effects": effects(found).to_dict("records"),
        "decoupling": None
        if found.decoupling is None
        else {"elasticity": found.decoupling.elasticity, "state": found.decoupling.state},
    }
    return json.dumps(finite(content), ensure_ascii=False, indent=1)


def _named(found: Change, number: int) -> str:
    point = (found.first, found.second)[number]
    return f"{point.scenario} {point.year}"


def _levels(found: Change, points: list[str], console: Console, words: Words) -> None:
    table = simple_table(words.text("change.levels"))
    table.add_column("")
    for point in points:
        table.add_column(point, justify="right", no_wrap=True)
    table.add_column("%", justify="right", no_wrap=True)
    table.add_column(words.text("heading.unit"), no_wrap=True)
    for name in found.levels:
        before, after = (float(value) for value in found.levels[name])
        shown = Shown.of([before, after], _LEVEL_UNITS[str(name)], words.language)
        relative = f"{100 * (after / before - 1):+.1f}" if before else "–"
        unit = shown.unit or words.text("change.base_is_one")
        table.add_row(
            text(words.named("level_name", str(name))),
            *map(text, (shown.text(before), shown.text(after), relative)),
            text(unit, "quiet"),
        )
    console.print(table)


def _effects(found: Change, console: Console, words: Words) -> None:
    rows = effects(found)
    total = found.additive.after - found.additive.before
    shown = Shown.of([*rows["additive"], total], "Mt", words.language)
    table = simple_table(words.text("change.effects"))
    table.add_column(words.text("heading.factor"), overflow="fold")
    table.add_column(f"{words.text('heading.additive')}\n{shown.unit}", justify="right", no_wrap=True)
    table.add_column(words.text("heading.multiplicative"), justify="right", no_wrap=True)
    if found.chained is not None:
        table.add_column(words.text("heading.chained"), justify="right", no_wrap=True)
    for row in rows.to_dict("records"):
        name = str(row["factor"])
        style = "quiet" if name == "residual" else ""
        cells = [
            text(shown.text(float(row["additive"]), signed=True), style),
            text(_ratio(row["multiplicative"]), style),
        ]
        if found.chained is not None:
            cells.append(text(_ratio(row["chained"]), style))
        table.add_row(text(factor(name, words), style), *cells)
    table.add_section()
    ratio = found.additive.after / found.additive.before if found.additive.before else float("nan")
    ends = [text(_ratio(ratio), "heading")] * (1 if found.chained is None else 2)
    table.add_row(text(words.text("change.total"), "heading"), text(shown.text(total, signed=True), "heading"), *ends)
    console.print(table)


def factor(name: str, words: Words) -> str:
    """Return a Kaya factor in words.

    Examples
    --------
    >>> factor("energy/gdp", Words("en"))
    'energy per GDP'
    """
    top, _, base = name.partition("/")
    if not base:
        return words.named("level_name", top)
    shown = words.named("factor", name)
    names = [words.named("level_name", one) for one in (top, base)]
    return shown if shown != name else words.text("factor.per", top=names[0], base=names[1])


def _ratio(value: float) -> str:
    return f"× {value:.4f}" if math.isfinite(value) else "–"
