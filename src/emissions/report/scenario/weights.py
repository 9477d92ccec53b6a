"""Weights by which the user makes substances comparable: a table of the user's own, none is shipped."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console

from emissions.activity.words import find_word
from emissions.errors import Problem, ResultError
from emissions.report.console import print_item, text
from emissions.report.numbers import figure
from emissions.report.scenario.words import step, title
from emissions.report.terminal import simple_table
from emissions.report.words import Words
from emissions.scenario.outcome.compare import Comparison
from emissions.scenario.outcome.effects import equivalents_of

COLUMNS = ("substance", "weight", "unit", "source")


@dataclass(frozen=True)
class Weights:
    """Weight of a tonne of each substance, the unit of the sum, and the sources."""

    of: dict[str, float]
    unit: str
    sources: tuple[str, ...]


def read_weights(path: Path) -> Weights:
    """Return the weights of a CSV file with the columns substance, weight, unit, source.

    Raises
    ------
    ResultError
        With every row that cannot be used: an unknown substance, no number, no source, a second unit.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise ResultError([Problem("weights_unreadable", file=path.name, found=str(error))]) from error
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        needed = ", ".join(COLUMNS)
        raise ResultError([Problem("weights_columns", file=path.name, found=", ".join(missing), allowed=needed)])
    found, problems = dict[str, float](), list[Problem]()
    units = list(dict.fromkeys(row["unit"].strip() for row in rows))
    for number, row in enumerate(rows, 2):
        looked, weight = find_word("substances", row["substance"].strip()), _number(row["weight"])
        code = ""
        if not looked.word:
            code = "unknown_substance"
        elif weight is None or looked.word in found:
            code = "weights_number"
        elif not row["source"].strip():
            code = "weights_source"
        if code:
            shown = row["substance"] if code != "weights_number" else f"{row['substance']}: {row['weight']}"
            problems.append(Problem(code, file=path.name, row=number, found=shown, nearest=looked.nearest))
        elif weight is not None:
            found[looked.word] = weight
    if len(units) > 1:
        problems.append(Problem("weights_units", file=path.name, found=", ".join(units)))
    if problems:
        raise ResultError(problems)
    return Weights(found, units[0] if units else "", tuple(dict.fromkeys(row["source"].strip() for row in rows)))


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def equivalents_table(found: Comparison, weights: Weights) -> pd.DataFrame:
    """Return scenario, year, measure, equivalent (sum of weight x fall), unit, unweighted (substances left out)."""
    parts = [
        equivalents_of(own, int(year), weights.of).assign(scenario=scenario)
        for scenario, own in found.contributions.groupby("scenario", sort=False)
        for year in sorted(own["year"].unique())
    ]
    columns = ["scenario", "year", "measure", "equivalent", "unit", "unweighted"]
    joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return joined.assign(unit=weights.unit)[columns]


def print_equivalents(
    table: pd.DataFrame, found: Comparison, weights: Weights, year: int, console: Console, words: Words
) -> None:
    """Print the fall of all weighted substances by measure in one unit, with the sources of the weights."""
    for one in found.projections:
        own = table[(table["scenario"] == one.scenario.id)]
        if own.empty:
            continue
        shown = year if year in set(own["year"]) else max(own["year"])
        made = simple_table(words.text("effects.equivalents", scenario=title(one.scenario, words), year=shown))
        made.add_column(words.text("effects.measure"), overflow="fold")
        made.add_column(words.text("effects.equivalent"), justify="right")
        made.add_column(words.text("effects.unit"))
        for row in own[own["year"] == shown].to_dict("records"):
            value = float(row["equivalent"])
            made.add_row(
                text(step(str(row["measure"]), one.scenario, words)),
                text(figure(float(f"{value:.4g}"))),
                text(weights.unit, "quiet"),
            )
        console.print(made)
    listed = words.text("report.list_separator").join(weights.sources)
    used = words.text("report.list_separator").join(f"{name} {weight:g}" for name, weight in weights.of.items())
    said = words.text("effects.weights", weights=used, sources=listed)
    print_item(console, text("  "), text(said, "quiet"))
    console.print()
