"""Scenarios side by side for the terminal: peak, levels, targets, measures and what each contributes."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from emissions.report.console import text
from emissions.report.scenario import tables
from emissions.report.scenario.braille import print_chart
from emissions.report.scenario.effects_terminal import print_effects
from emissions.report.scenario.outcome import POLLUTANTS
from emissions.report.scenario.picture import Picture, picture_of_comparison
from emissions.report.scenario.shown import Shown, change
from emissions.report.scenario.targets_terminal import counts, print_conflicts, print_status_table
from emissions.report.scenario.words import boundary, title
from emissions.report.terminal import simple_table
from emissions.report.words import Words
from emissions.scenario.outcome.compare import Comparison
from emissions.vocabulary import Language

_YEAR = 2030
"""Year for which contributions are printed where there are several; the workbook has all."""
SOLE = "interaction"


def print_scenarios(found: Comparison, console: Console, language: Language, *, substances: Sequence[str] = ()) -> None:
    """Print scenarios side by side.

    Parameters
    ----------
    substances
        Beside CO2; the pollutants that every scenario has if not given.
    """
    words = Words(language)
    console.print()
    console.print(text(words.text("compare_scenarios.title"), "title"))
    for name, label in titles(found, words).items():
        console.print(text(f"  {name}  ", "place") + text(label))
    console.print()
    console.print(side_by_side(found, words, chosen(found, substances)))
    if lacking_of(found):
        console.print(text("  " + words.text("report.mark_partial"), "quiet"))
        console.print()
    print_chart(picture(found, words), console)
    _measures(found, console, words)
    print_status_table(found.targets, titles(found, words), console, words)
    _contributions(found, console, words, ("CO2", *chosen(found, substances)))
    print_effects(found, console, words)
    print_conflicts(found.conflicts, console, words)


def titles(found: Comparison, words: Words) -> dict[str, str]:
    """Return id -> title of the scenarios."""
    return {one.scenario.id: title(one.scenario, words) for one in found.projections}


def picture(found: Comparison, words: Words) -> Picture:
    """Return the chart of the paths of CO2."""
    base = min(one.scenario.base.year for one in found.projections)
    labels = {name: f"{label} ({name})" for name, label in titles(found, words).items()}
    return picture_of_comparison(found.paths, found.peaks, labels, base, words)


def chosen(found: Comparison, substances: Sequence[str]) -> tuple[str, ...]:
    """Return the substances shown beside CO2: those asked for, else the usual ones that there are."""
    present = set(found.levels["substance"])
    return tuple(substances) or tuple(name for name in POLLUTANTS if name in present)


def lacking_of(found: Comparison) -> frozenset[str]:
    """Return the substances of which a scenario lacks something that was not estimated."""
    names = frozenset[str]().union(*(tables.partial(one) for one in found.projections))
    return frozenset(name.removeprefix("emission:") for name in names if name.startswith("emission:"))


# ---------------------------------------------------------------- side by side


def side_by_side(found: Comparison, words: Words, substances: Sequence[str]) -> Table:
    """Return one column a scenario: peak and plateau, cumulative emissions, levels, targets."""
    names = list(titles(found, words))
    table = simple_table("")
    table.add_column("", overflow="fold", min_width=14)
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    table.add_column(words.text("heading.unit"), no_wrap=True)
    for where, part in found.peaks.groupby("boundary", sort=False):
        rows = {str(row["scenario"]): row for row in part.to_dict("records")}
        table.add_row(text(f"CO2 {boundary(str(where), words)}", "heading"))
        for label, cells, unit in _peak_rows(rows, names, words):
            table.add_row(text("  " + label), *map(text, cells), text(unit, "quiet"))
        table.add_section()
    lacking = lacking_of(found)
    for substance in ("CO2", *substances):
        label = substance + "*" * (substance in lacking)
        _levels(found.levels[found.levels["substance"] == substance], label, names, table, words)
    table.add_section()
    said = [counts(own, words) if len(own) else "–" for own in (_of(found.targets, name) for name in names)]
    table.add_row(text(words.text("targets.title"), "heading"), *map(text, said), text(""))
    return table


def _peak_rows(
    rows: Mapping[str, Mapping[Hashable, Any]], names: Sequence[str], words: Words
) -> list[tuple[str, list[str], str]]:
    """Return label, cells and unit of the lines about the peak."""

    def cells(show: Callable[[Mapping[Hashable, Any]], str]) -> list[str]:
        return [show(rows[name]) if name in rows else "–" for name in names]

    values = [float(row["peak_value"]) for row in rows.values()]
    sums = [float(row["cumulative"]) for row in rows.values()]
    value, whole = Shown.of(values, "Mt", words.language), Shown.of(sums, "Mt", words.language)
    return [
        (words.text("heading.verdict"), cells(lambda row: words.named("verdict", str(row["verdict"]))), ""),
        (words.text("heading.peak_year"), cells(lambda row: str(row["peak_year"])), ""),
        (words.text("heading.band"), cells(lambda row: f"{row['band_from']}–{row['band_to']}"), ""),
        (words.text("heading.p_value"), cells(lambda row: _probability(float(row["p_value"]))), ""),
        (words.text("heading.peak_value"), cells(lambda row: value.text(float(row["peak_value"]))), value.unit),
        (words.text("heading.cumulative"), cells(lambda row: whole.text(float(row["cumulative"]))), whole.unit),
    ]


def _probability(value: float) -> str:
    return f"{value:.2g}" if math.isfinite(value) else "–"


def _levels(levels: pd.DataFrame, label: str, names: Sequence[str], table: Table, words: Words) -> None:
    """Add the levels of a substance, one line a year, each with its change since the base year."""
    if levels.empty:
        return
    shown = Shown.of(levels["value"], "t", words.language)
    of = {(str(row["scenario"]), int(row["year"])): row for row in levels.to_dict("records")}
    table.add_row(text(label, "heading"))
    for year in sorted({year for _, year in of}):
        cells = [
            f"{shown.text(float(of[name, year]['value']))}  {_change(float(of[name, year]['change']))}"
            if (name, year) in of
            else "–"
            for name in names
        ]
        table.add_row(text(f"  {year}"), *map(text, cells), text(shown.unit, "quiet"))


def _change(percent: float) -> str:
    return change(1 + percent / 100, 1.0) if math.isfinite(percent) else "–"


def _of(table: pd.DataFrame, scenario: str) -> pd.DataFrame:
    return table[table["scenario"] == scenario] if len(table) else table


# ---------------------------------------------------------------- measures


def _measures(found: Comparison, console: Console, words: Words) -> None:
    """Print the measures that differ; those that all scenarios have alike are counted."""
    if found.measures.empty:
        return
    names = list(titles(found, words))
    differing = found.measures[found.measures["differs"].astype(bool)]
    same = len(found.measures) - len(differing)
    table = simple_table(words.text("compare_scenarios.measures"))
    table.add_column(words.text("heading.measure"), overflow="fold")
    table.add_column(words.text("heading.kind"), overflow="fold")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in differing.to_dict("records"):
        cells = [text(str(row[name]).replace("percent", "%") or "–", "" if row[name] else "quiet") for name in names]
        table.add_row(text(row[f"title_{words.language}"]), text(words.named("measure_kind", str(row["kind"]))), *cells)
    if len(differing):
        console.print(table)
    if same:
        console.print(text("  " + words.text("compare_scenarios.same_measures", number=same), "quiet"))
    console.print()


def _contributions(found: Comparison, console: Console, words: Words, substances: Sequence[str]) -> None:
    """Print what each measure changes in one year: alone, in its place in the order, as the last one in."""
    table = found.contributions
    if table.empty:
        return
    for scenario, label in titles(found, words).items():
        own = table[table["scenario"] == scenario]
        years = sorted(int(year) for year in own["year"].unique())
        if not years:
            continue
        year = _YEAR if _YEAR in years else years[-1]
        heading = words.text("compare_scenarios.contributions", scenario=label, year=year)
        made = contributions_table(own[own["year"] == year], substances, words, heading)
        if made.row_count:
            console.print(made)
    console.print(text("  " + words.text("compare_scenarios.contributions_note"), "quiet"))
    console.print()


def contributions_table(own: pd.DataFrame, substances: Sequence[str], words: Words, heading: str) -> Table:
    """Return the contributions of one scenario and year; measures that change nothing of a substance are left out."""
    made = simple_table(heading)
    made.add_column(words.text("heading.substance"))
    made.add_column(words.text("heading.measure"), overflow="fold")
    for name in ("alone", "sequence", "last_in"):
        made.add_column(words.text(f"heading.{name}"), justify="right", no_wrap=True)
    made.add_column(words.text("heading.unit"), no_wrap=True)
    made.add_column(words.text("heading.covered"), justify="right", no_wrap=True)
    for substance in substances:
        part = own[own["substance"] == substance]
        shown = Shown.of(part[["alone", "sequence", "last_in"]].to_numpy().ravel(), "t", words.language)
        rows = [row for row in part.to_dict("records") if _moves(row)]
        for number, row in enumerate(rows):
            style = "quiet" if row["measure"] == SOLE else ""
            cells = [
                text(shown.text(float(row[name]), signed=True), style) for name in ("alone", "sequence", "last_in")
            ]
            label = text(row[f"title_{words.language}"], style)
            part_known = float(row["covered"])
            covered = f"{100 * part_known:.0f} %" if math.isfinite(part_known) else ""
            front = text(substance if number == 0 else "")
            made.add_row(front, label, *cells, text(shown.unit, "quiet"), text(covered, "quiet"))
        if rows:
            steps = part.loc[part["measure"] != SOLE, "sequence"]
            whole = shown.text(float(steps.sum(skipna=False)), signed=True)
            total = text(words.text("compare_scenarios.whole"), "heading")
            made.add_row(
                text(""), total, text(whole, "heading"), text(whole, "heading"), text(""), text(shown.unit, "quiet"), ""
            )
            made.add_section()
    return made


def _moves(row: Mapping[Hashable, Any]) -> bool:
    values = [float(row[name]) for name in ("alone", "sequence", "last_in")]
    return any(abs(value) >= tables.DUST for value in values if math.isfinite(value)) or not any(
        map(math.isfinite, values)
    )
