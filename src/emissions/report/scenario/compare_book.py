"""The sheets of several scenarios: peaks, levels, paths, targets, measures, contributions, conflicts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from emissions.report.book.names import Names
from emissions.report.scenario import tables
from emissions.report.scenario.book import Column, Sheet, Summary, numbers, texts, write_scenario_book, years_of
from emissions.report.scenario.compare_terminal import chosen, lacking_of, picture, titles
from emissions.report.scenario.run_book import measures_sheet, targets_sheet
from emissions.report.scenario.shown import Shown
from emissions.report.scenario.targets_terminal import counts
from emissions.report.scenario.words import boundary, indicator
from emissions.report.words import Words
from emissions.scenario.outcome.compare import Comparison
from emissions.vocabulary import Language


def write_compare_book(found: Comparison, path: Path, language: Language, command: str) -> None:
    """Write the workbook of several scenarios."""
    names = Names(Words(language))
    sheets = [
        _peaks(found, names),
        _levels(found),
        _paths(found, names),
        targets_sheet(found.targets, names, scenario=True),
        _differing(found, names),
        measures_sheet(tables.measures(found.projections), names, scenario=True),
        _contributions(found, names),
        _conflicts(found, names),
    ]
    filled = [sheet for sheet in sheets if len(sheet.columns[0].values)]
    summary = _summary(found, names, command)
    write_scenario_book(path, summary, picture(found, names.words), filled, names, language)


def _summary(found: Comparison, names: Names, command: str) -> Summary:
    words = names.words
    named = titles(found, words)
    lines = [*named.items(), *([(names.heading("command").replace("\n", "  "), command)] if command else [])]
    rows: list[list[object]] = []
    for where, part in found.peaks.groupby("boundary", sort=False):
        of = {str(row["scenario"]): row for row in part.to_dict("records")}
        front = f"CO2 {boundary(str(where), words)}  "
        for column, unit in (("verdict", ""), ("peak_year", ""), ("peak_value", "Mt"), ("cumulative", "Mt")):
            shown = Shown.of([1.0], unit or "1", words.language)
            cells: list[object] = []
            for name in named:
                value = of[name][column] if name in of else ""
                is_word = column == "verdict"
                cells.append(
                    words.named("verdict", str(value)) if is_word else float(value) * shown.factor if value else ""
                )
            if column == "peak_year":
                cells = [f"{of[name]['peak_year']}" if name in of else "" for name in named]
            rows.append([front + words.text(f"heading.{column}"), *cells, shown.unit])
        bands = [f"{of[name]['band_from']}–{of[name]['band_to']}" if name in of else "" for name in named]
        rows.append([front + words.text("heading.band"), *bands, ""])
    rows += _level_rows(found, list(named), words)
    own = [found.targets[found.targets["scenario"] == name] for name in named]
    rows.append([words.text("targets.title"), *(counts(one, words) if len(one) else "" for one in own), ""])
    headings = ["", *named, words.text("heading.unit")]
    title, other = (one.text("compare_scenarios.title") for one in (words, names.other))
    said = [words.text("report.mark_partial")] if lacking_of(found) else []
    return Summary(title, other, lines, said, headings, rows)


def _level_rows(found: Comparison, scenarios: list[str], words: Words) -> list[list[object]]:
    rows: list[list[object]] = []
    lacking = lacking_of(found)
    for substance in ("CO2", *chosen(found, ())):
        part = found.levels[found.levels["substance"] == substance]
        shown = Shown.of(part["value"], "t", words.language)
        for year, of_year in part.groupby("year"):
            values = of_year.set_index("scenario")["value"]
            cells = [float(values[name]) * shown.factor if name in values else "" for name in scenarios]
            rows.append([f"{substance}{'*' * (substance in lacking)}  {year}", *cells, shown.unit])
    return rows


def _peaks(found: Comparison, names: Names) -> Sheet:
    table, words = found.peaks, names.words
    return Sheet(
        "peaks",
        [
            texts(table, "scenario", "scenario", 18),
            Column("boundary", 16, "text", [boundary(str(one), words) for one in table["boundary"]]),
            Column("verdict", 16, "text", [words.named("verdict", str(one)) for one in table["verdict"]]),
            Column("reason", 34, "text", [words.named("verdict_reason", str(one)) for one in table["reason"]]),
            numbers(table, "peak_year", "peak_year", 10, "whole"),
            numbers(table, "=Mt", "peak_value", 12),
            numbers(table, "valid_from", "band_from", 10, "whole"),
            numbers(table, "valid_to", "band_to", 10, "whole"),
            numbers(table, "p_value", "p_value", 12),
            numbers(table, "cumulative", "cumulative", 16),
        ],
        frozen=2,
    )


def _levels(found: Comparison) -> Sheet:
    table = found.levels
    return Sheet(
        "levels",
        [
            texts(table, "scenario", "scenario", 18),
            texts(table, "substance", "substance", 12),
            numbers(table, "year", "year", 9, "whole"),
            numbers(table, "emission", "value", 18, "mass"),
            numbers(table, "=%", "change", 12),
        ],
        frozen=2,
    )


def _paths(found: Comparison, names: Names) -> Sheet:
    table = tables.wide(found.paths, ["scenario", "indicator", "unit"])
    labels = [indicator(str(one), names.words) for one in table["indicator"]]
    front = [
        texts(table, "scenario", "scenario", 18),
        Column("indicator", 28, "text", labels),
        texts(table, "unit", "unit", 8),
    ]
    return Sheet("paths", [*front, *years_of(table)], frozen=2)


def _differing(found: Comparison, names: Names) -> Sheet:
    table = found.measures
    scenarios = [one.scenario.id for one in found.projections]
    kinds = [names.words.named("measure_kind", str(one)) for one in table["kind"]]
    marks = ["≠" if one else "" for one in table["differs"]]
    return Sheet(
        "differences",
        [
            texts(table, "measure", f"title_{names.words.language}", 36),
            Column("kind", 20, "text", kinds),
            *(texts(table, f"={name}", name, 22) for name in scenarios),
            Column("differs", 10, "text", marks),
        ],
    )


def _contributions(found: Comparison, names: Names) -> Sheet:
    table = found.contributions
    return Sheet(
        "contributions",
        [
            texts(table, "scenario", "scenario", 18),
            texts(table, "measure", f"title_{names.words.language}", 36),
            texts(table, "substance", "substance", 12),
            numbers(table, "year", "year", 9, "whole"),
            *(numbers(table, name, name, 16, "mass") for name in ("alone", "sequence", "last_in")),
            numbers(table, "covered", "covered", 12, "share"),
        ],
        frozen=2,
    )


def _conflicts(found: Comparison, names: Names) -> Sheet:
    table = found.conflicts if len(found.conflicts.columns) else pd.DataFrame(columns=["id"])
    if table.empty:
        return Sheet("conflicts", [Column("code", 28, "text", [])])
    return Sheet(
        "conflicts",
        [
            texts(table, "code", "id", 30),
            texts(table, "target", f"label_{names.words.language}", 36),
            numbers(table, "year", "target_year", 9, "whole"),
            texts(table, "wanted", "comparator", 9),
            numbers(table, "value", "target_value", 12),
            texts(table, "unit", "unit", 10),
            texts(table, "document", "document", 60, "wrap"),
        ],
    )
