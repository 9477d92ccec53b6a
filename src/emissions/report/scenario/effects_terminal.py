"""Co-control and cost of measures for the terminal."""

from __future__ import annotations

import math

from rich.console import Console

from emissions.report.console import text
from emissions.report.numbers import figure
from emissions.report.scenario.shown import Shown
from emissions.report.terminal import simple_table
from emissions.report.words import Words
from emissions.scenario.outcome.compare import Comparison

_YEAR = 2030
"""Year that is printed where there are several; the files have all."""


def print_effects(found: Comparison, console: Console, words: Words) -> None:
    """Print, per scenario, what each measure does to CO2 and pollutants together, and the cost where there is one."""
    titles = {
        measure.id: measure.title.zh if words.language == "zh" else measure.title.en
        for one in found.projections
        for measure in one.scenario.measures
    }
    for one in found.projections:
        _co_control(found, one.scenario.id, titles, console, words)
        _costs(found, one.scenario.id, titles, console, words)


def _co_control(found: Comparison, scenario: str, titles: dict[str, str], console: Console, words: Words) -> None:
    own = found.co_control
    own = own[own["scenario"] == scenario] if len(own) else own
    if own.empty:
        return
    years = sorted(set(own["year"]))
    year = _YEAR if _YEAR in years else years[-1]
    own = own[own["year"] == year]
    made = simple_table(words.text("effects.title", scenario=scenario, year=year))
    for name in ("measure", "substance", "x", "y", "unit", "elasticity", "quadrant"):
        made.add_column(words.text(f"effects.{name}"), justify="right" if name in {"x", "y", "elasticity"} else "left")
    shown = Shown.of([1e3], "t", words.language)
    last = ""
    for row in own.to_dict("records"):
        name = str(row["measure"])
        elasticity = float(row["elasticity"])
        made.add_row(
            text(titles[name] if name != last else ""),
            text(str(row["substance"])),
            text(shown.text(float(row["x"]), signed=True)),
            text(shown.text(float(row["y"]), signed=True)),
            text(shown.unit, "quiet"),
            text(figure(elasticity) if math.isfinite(elasticity) else "–"),
            text(words.text(f"quadrant.{row['quadrant']}")),
        )
        last = name
    console.print(made)
    console.print(text("  " + words.text("effects.note"), "quiet"))
    console.print()


def _costs(found: Comparison, scenario: str, titles: dict[str, str], console: Console, words: Words) -> None:
    own = found.costs
    own = own[own["scenario"] == scenario] if len(own) else own
    if own.empty:
        return
    years = sorted(set(own["year"]))
    year = _YEAR if _YEAR in years else years[-1]
    made = simple_table(words.text("effects.costs", scenario=scenario, year=year))
    for name in ("rank", "measure", "abated", "cost", "cost_single", "currency"):
        made.add_column(words.text(f"effects.{name}"), justify="left" if name in {"measure", "currency"} else "right")
    shown = Shown.of([1e3], "t", words.language)
    for row in own[own["year"] == year].to_dict("records"):
        rank = float(row["rank"])
        made.add_row(
            text(f"{rank:.0f}" if math.isfinite(rank) else words.text("effects.saves")),
            text(titles[str(row["measure"])]),
            text(f"{shown.text(float(row['abated']))} {shown.unit}"),
            text(figure(float(row["cost"]))),
            text(figure(float(row["cost_single"]))),
            text(f"{row['currency']}/t", "quiet"),
        )
    console.print(made)
    console.print()
