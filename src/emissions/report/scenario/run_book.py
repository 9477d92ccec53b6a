"""The sheets of one scenario: paths, inventory by category and year, targets, bridge, moves, measures, notes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from emissions.report.book.names import Names
from emissions.report.problems import problem_text
from emissions.report.scenario import tables
from emissions.report.scenario.book import Column, Sheet, Summary, numbers, texts, write_scenario_book, years_of
from emissions.report.scenario.outcome import Outcome
from emissions.report.scenario.picture import picture_of_run
from emissions.report.scenario.shown import Shown, short_years
from emissions.report.scenario.targets_terminal import counts
from emissions.report.scenario.words import boundary, cumulative, indicator, step, title, verdict
from emissions.report.words import Words
from emissions.vocabulary import Language


def write_run_book(outcome: Outcome, path: Path, language: Language, command: str) -> None:
    """Write the workbook of a scenario."""
    names = Names(Words(language))
    sheets = [
        _paths(outcome, names),
        _inventory(outcome, names),
        targets_sheet(outcome.targets, names),
        _bridge(outcome, names),
        _moves(outcome, names),
        measures_sheet(tables.measures([outcome.projection]), names),
        *([_draws(outcome)] if outcome.draws is not None else []),
        _notes(outcome, names),
    ]
    filled = [sheet for sheet in sheets if len(sheet.columns[0].values)]
    summary = _summary(outcome, names, command)
    write_scenario_book(path, summary, picture_of_run(outcome, names.words), filled, names, language)


def _summary(outcome: Outcome, names: Names, command: str) -> Summary:
    words, scenario = names.words, outcome.scenario
    lines = [
        (names.heading("scenario").replace("\n", "  "), f"{title(scenario, words)} ({scenario.id})"),
        (names.heading("region").replace("\n", "  "), words.label("regions", scenario.region)),
        (
            names.heading("boundary").replace("\n", "  "),
            f"{boundary(scenario.base.boundary, words)}  {scenario.years[0]}–{scenario.years[-1]}",
        ),
        (names.heading("factor_set").replace("\n", "  "), outcome.projection.run.library.set.name),
        (names.heading("gwp").replace("\n", "  "), outcome.projection.run.gwp),
        *([(names.heading("command").replace("\n", "  "), command)] if command else []),
    ]
    said: list[str] = []
    for where, peak in outcome.peaks.items():
        said += [verdict(peak, where, words), cumulative(peak, words)]
    if not outcome.targets.empty:
        said.append(f"{words.text('targets.title')}: {counts(outcome.targets, words)}")
    years = short_years(scenario.years, scenario.base.year)
    lacking = tables.partial(outcome.projection)
    if lacking:
        said.append(words.text("report.mark_partial"))
    rows: list[list[object]] = []
    for name in tables.path_names(outcome):
        series = outcome.projection.indicator(name)
        unit = str(
            outcome.projection.indicators.loc[outcome.projection.indicators["indicator"] == name, "unit"].iloc[0]
        )
        shown = Shown.of(series, unit, words.language)
        values = [float(series.get(year, float("nan"))) * shown.factor for year in years]
        label = indicator(name, words) + "*" * (name in lacking)
        rows.append([label, *(round(value, 6) for value in values), shown.unit])
    headings = [words.text("heading.indicator"), *map(str, years), words.text("heading.unit")]
    return Summary(
        words.text("scenario.summary_title", title=title(scenario, words)),
        names.other.text("scenario.summary_title", title=title(scenario, names.other)),
        lines, said, headings, rows,
    )  # fmt: skip


def _paths(outcome: Outcome, names: Names) -> Sheet:
    keys = ["indicator", "boundary", "unit"]
    table = tables.wide(tables.paths(outcome.projection), keys)
    return Sheet("paths", [*_path_front(table, names), *years_of(table)])


def _path_front(table: pd.DataFrame, names: Names) -> list[Column]:
    labels = [indicator(str(name), names.words) for name in table["indicator"]]
    where = [boundary(str(name), names.words) if name else "" for name in table["boundary"]]
    return [
        Column("indicator", 30, "text", labels),
        texts(table, "code", "indicator", 26),
        Column("boundary", 16, "text", where),
        texts(table, "unit", "unit", 12),
    ]


def _inventory(outcome: Outcome, names: Names) -> Sheet:
    table = tables.wide(tables.inventory_by_year(outcome.projection), ["substance", "category"], "emission")
    labels = [names.words.category(str(name)) for name in table["category"]]
    front = [texts(table, "substance", "substance", 12), Column("category", 40, "text", labels)]
    return Sheet("inventory", [*front, *years_of(table, "mass", 15)], frozen=2)


def targets_sheet(table: pd.DataFrame, names: Names, *, scenario: bool = False) -> Sheet:
    """Return the sheet of the targets with their status, numbers, reason and quote."""
    language, words = names.words.language, names.words
    if table.empty:
        return Sheet("targets", [Column("target", 30, "text", [])])
    status = [words.named("target_status", str(one)) for one in table["status"]]
    bounded = [boundary(str(one), words) if one else "" for one in table["boundary"]]
    return Sheet(
        "targets",
        [
            *([texts(table, "scenario", "scenario", 16)] if scenario else []),
            texts(table, "code", "id", 28),
            texts(table, "target", f"label_{language}", 34),
            Column("boundary", 14, "text", bounded),
            numbers(table, "year", "target_year", 9, "whole"),
            texts(table, "wanted", "comparator", 9),
            numbers(table, "value", "target_value", 12),
            texts(table, "unit", "unit", 10),
            numbers(table, "achieved", "achieved", 12),
            numbers(table, "gap", "gap", 12),
            Column("status", 14, "text", status),
            texts(table, "reason", f"reason_{language}", 46, "wrap"),
            texts(table, "quote", "quote_zh", 52, "wrap"),
            texts(table, "document", "document", 36, "wrap"),
        ],
        frozen=3 if scenario else 2,
    )


def _bridge(outcome: Outcome, names: Names) -> Sheet:
    language = names.words.language
    table = tables.wide(outcome.projection.bridge, ["fuel", "term", f"title_{language}", "unit"])
    fuels = [names.words.named("fuel", str(one)) for one in table["fuel"]]
    front = [
        Column("fuel", 14, "text", fuels),
        texts(table, "term", f"title_{language}", 30) if len(table) else Column("term", 30, "text", []),
        texts(table, "unit", "unit", 10),
    ]
    return Sheet("bridge", [*front, *years_of(table)], frozen=2)


def _moves(outcome: Outcome, names: Names) -> Sheet:
    words = names.words
    table = tables.wide(tables.moves(outcome.projection), ["step", "kind", "activity", "to", "unit"], "amount")
    labels = [step(str(one), outcome.scenario, words) for one in table["step"]]
    target = [words.named("destination", str(one)) if one else "" for one in table["to"]]
    front = [
        Column("step", 28, "text", labels),
        Column("activity", 24, "text", [words.label("activities", str(one)) for one in table["activity"]]),
        Column("to", 22, "text", [words.label("activities", one) for one in target]),
        Column("unit", 10, "text", [words.unit(str(one)) for one in table["unit"]]),
    ]
    return Sheet("moves", [*front, *years_of(table, "mass", 15)], frozen=3)


def measures_sheet(table: pd.DataFrame, names: Names, *, scenario: bool = False) -> Sheet:
    """Return the sheet of the measures with their sources."""
    kinds = [names.words.named("measure_kind", str(one)) for one in table["kind"]]
    technologies = [names.words.control(names.words.named("technology", str(one))) for one in table["technology"]]
    return Sheet(
        "measures",
        [
            *([texts(table, "scenario", "scenario", 16)] if scenario else []),
            texts(table, "code", "id", 20),
            texts(table, "measure", f"title_{names.words.language}", 34),
            Column("kind", 20, "text", kinds),
            Column("technology", 20, "text", technologies),
            numbers(table, "amount", "amount", 12),
            texts(table, "unit", "unit", 12),
            numbers(table, "start", "start", 9, "whole"),
            numbers(table, "full", "full", 9, "whole"),
            texts(table, "shape", "shape", 10),
            texts(table, "source", "source", 40, "wrap"),
            texts(table, "why", "why", 46, "wrap"),
        ],
        frozen=2,
    )


def _draws(outcome: Outcome) -> Sheet:
    table = outcome.draws.bands if outcome.draws is not None else pd.DataFrame()
    front = [texts(table, "substance", "substance", 12), numbers(table, "year", "year", 9, "whole")]
    bands = [numbers(table, f"={name[1:]} % (t)", name, 18, "mass") for name in ("p5", "p50", "p95")]
    return Sheet("draws", [*front, *bands], frozen=2)


def _notes(outcome: Outcome, names: Names) -> Sheet:
    notes = list(dict.fromkeys([*outcome.projection.notes, *outcome.projection.run.notes]))
    notes.sort(key=lambda note: {"error": 0, "warning": 1, "info": 2}[note.level])
    return Sheet(
        "notes",
        [
            Column("level", 10, "text", [names.words.named("level", note.level) for note in notes]),
            Column("text", 120, "wrap", [problem_text(note, names.words) for note in notes]),
        ],
    )
