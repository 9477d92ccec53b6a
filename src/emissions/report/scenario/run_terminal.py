"""A scenario for the terminal: paths, peak, targets, bridge, what moved, warnings."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emissions.errors import Problem
from emissions.report.console import print_item, text
from emissions.report.problems import problem_text
from emissions.report.scenario import tables
from emissions.report.scenario.braille import print_chart
from emissions.report.scenario.outcome import Outcome
from emissions.report.scenario.picture import picture_of_run
from emissions.report.scenario.shown import Shown, change, short_years
from emissions.report.scenario.targets_terminal import print_targets_short
from emissions.report.scenario.words import boundary, cumulative, indicator, step, title, verdict
from emissions.report.terminal import simple_table
from emissions.report.words import Words
from emissions.vocabulary import Language

_NOTES = 8
_MOVES = 14


def print_run(outcome: Outcome, console: Console, language: Language) -> None:
    """Print what a scenario gives."""
    words = Words(language)
    _head(outcome, console, words)
    console.print(paths_table(outcome, words))
    if tables.partial(outcome.projection):
        console.print(text("  " + words.text("report.mark_partial"), "quiet"))
        console.print()
    print_chart(picture_of_run(outcome, words), console)
    _peaks(outcome, console, words)
    _draws(outcome, console, words)
    print_targets_short(outcome.targets, console, words)
    _bridge(outcome, console, words)
    _harmonisation(outcome, console, words)
    _moves(outcome, console, words)
    print_notes([*outcome.projection.notes, *outcome.projection.run.notes], console, words)


def _head(outcome: Outcome, console: Console, words: Words) -> None:
    scenario = outcome.scenario
    console.print()
    console.print(text(f"{title(scenario, words)}  ({scenario.id})", "title"))
    base = words.text(
        "scenario.head",
        region=words.label("regions", scenario.region),
        year=scenario.base.year,
        boundary=boundary(scenario.base.boundary, words),
        first=scenario.years[0],
        last=scenario.years[-1],
        factors=outcome.projection.run.library.set.name,
        gwp=outcome.projection.run.gwp,
    )
    print_item(console, text(""), text(base, "quiet"))
    console.print()


# ---------------------------------------------------------------- paths and peak


def paths_table(outcome: Outcome, words: Words) -> Table:
    """Return the main paths in some years, each with its change since the base year."""
    projection, base = outcome.projection, outcome.scenario.base.year
    years = short_years(outcome.scenario.years, base)
    lacking = tables.partial(projection)
    table = simple_table(words.text("scenario.paths"))
    table.add_column(words.text("heading.indicator"), overflow="fold", min_width=14)
    for year in years:
        table.add_column(str(year), justify="right", no_wrap=True)
    table.add_column(words.text("heading.change_to", year=years[-1]), justify="right", no_wrap=True)
    table.add_column(words.text("heading.unit"), no_wrap=True)
    for name in tables.path_names(outcome):
        series = projection.indicator(name)
        unit = str(projection.indicators.loc[projection.indicators["indicator"] == name, "unit"].iloc[0])
        shown = Shown.of(series, unit, words.language)
        values = [float(series.get(year, float("nan"))) for year in years]
        moved = _moved(values[-1], values[0], unit, shown, words)
        label = indicator(name, words) + "*" * (name in lacking)
        style = "heading" if name == "co2" else ""
        table.add_row(
            text(label, style), *(text(shown.text(one)) for one in values), text(moved), text(shown.unit, "quiet")
        )
    return table


def _moved(value: float, base: float, unit: str, shown: Shown, words: Words) -> str:
    """Return a change: of a share in points, of anything else relative."""
    if unit != "percent":
        return change(value, base)
    return words.text("scenario.points", value=shown.text(value - base, signed=True))


def _peaks(outcome: Outcome, console: Console, words: Words) -> None:
    console.print(text(words.text("scenario.peak"), "heading"))
    if not outcome.peaks:
        console.print(text("  " + words.text("scenario.peak_needs_every_year")))
    for where, peak in outcome.peaks.items():
        style = {"peaked": "good", "plateau": "doubt", "rising": "bad"}.get(peak.verdict, "doubt")
        print_item(console, text("  ● ", style), text(verdict(peak, where, words)))
        print_item(console, text("    "), text(cumulative(peak, words), "quiet"))
    if any(peak.circular and peak.test is not None for peak in outcome.peaks.values()):
        print_item(console, text("    "), text(words.text("verdict_note.circular"), "quiet"))
    console.print()


def _draws(outcome: Outcome, console: Console, words: Words) -> None:
    draws = outcome.draws
    if draws is None:
        return
    console.print(text(words.text("scenario.draws", runs=draws.runs, seed=draws.seed), "heading"))
    years = [
        year for year in short_years(outcome.scenario.years, outcome.scenario.base.year) if year in draws.peaked.index
    ]
    table = simple_table("")
    table.add_column("")
    for year in years:
        table.add_column(str(year), justify="right", no_wrap=True)
    table.add_column(words.text("heading.unit"), no_wrap=True)
    for substance in ("CO2", *outcome.substances):
        own = draws.bands[draws.bands["substance"] == substance].set_index("year")
        if own.empty:
            continue
        shown = Shown.of(own["p95"], "t", words.language)
        for quantile in ("p50", "p5", "p95"):
            cells = [text(shown.text(float(own[quantile].loc[year])), "quiet" * (quantile != "p50")) for year in years]
            label = f"{substance} {words.named('quantile', quantile)}"
            table.add_row(text(label, "quiet" * (quantile != "p50")), *cells, text(shown.unit, "quiet"))
    shares = [text(f"{100 * float(draws.peaked[year]):.0f} %") for year in years]
    table.add_row(text(words.text("scenario.share_peaked"), "heading"), *shares, text(""))
    console.print(table)
    if draws.impossible:
        console.print(text("  " + words.text("scenario.impossible", number=draws.impossible), "doubt"))
    for row in draws.targets.to_dict("records"):
        said = words.text("scenario.probability", id=row["id"], share=f"{100 * float(row['probability']):.0f} %")
        print_item(console, text("  · "), text(said))
    console.print()


# ---------------------------------------------------------------- bridge, harmonisation, moves


def _bridge(outcome: Outcome, console: Console, words: Words) -> None:
    bridge = outcome.projection.bridge
    if bridge.empty:
        return
    years = short_years(outcome.scenario.years, outcome.scenario.base.year)
    table = simple_table(words.text("scenario.bridge"))
    table.add_column(words.text("heading.fuel"))
    table.add_column(words.text("heading.term"), overflow="fold")
    for year in years:
        table.add_column(str(year), justify="right", no_wrap=True)
    shown = Shown.of(bridge["value"], "Mtce", words.language)
    for fuel, part in bridge.groupby("fuel", sort=False):
        for number, row in enumerate(tables.wide(part, ["term", "title_zh", "title_en"]).to_dict("records")):
            style = "heading" if row["term"] in {"energy_balance", "territorial"} else "doubt" * (row["term"] == "rest")
            sign = row["term"] not in {"energy_balance", "territorial"}
            label = str(row[f"title_{words.language}"])
            cells = [text(shown.text(float(row[year]), signed=sign), style) for year in years]
            table.add_row(text(words.named("fuel", str(fuel)) if number == 0 else ""), text(label, style), *cells)
        table.add_section()
    console.print(table)
    console.print(text("  " + words.text("scenario.bridge_unit", unit=shown.unit), "quiet"))
    console.print()


def _harmonisation(outcome: Outcome, console: Console, words: Words) -> None:
    rows = outcome.projection.harmonisation
    if rows.empty:
        return
    table = simple_table(words.text("scenario.harmonisation", year=outcome.scenario.base.year))
    for name in ("fuel", "inventory_level", "statement", "unit", "ratio"):
        table.add_column(words.text(f"heading.{name}"), justify="left" if name in {"fuel", "unit"} else "right")
    for row in rows.to_dict("records"):
        shown = Shown.of([float(row["inventory"]), float(row["statement"])], str(row["unit"]), words.language)
        table.add_row(
            text(words.named("fuel", str(row["fuel"]))),
            text(shown.text(float(row["inventory"]))),
            text(shown.text(float(row["statement"]))),
            text(shown.unit, "quiet"),
            text(f"{float(row['ratio']):.3f}"),
        )
    console.print(table)


def _moves(outcome: Outcome, console: Console, words: Words) -> None:
    """Print what each step did by the last year, largest first; the rest is counted."""
    summed = tables.moves(outcome.projection)
    last = outcome.scenario.years[-1]
    summed = summed[summed["year"] == last]
    if summed.empty:
        return
    table = simple_table(words.text("scenario.moves", year=last))
    for name in ("step", "activity", "to"):
        table.add_column(words.text(f"heading.{name}"), overflow="fold")
    table.add_column(words.text("heading.frees_needs"), justify="right", no_wrap=True)
    table.add_column(words.text("heading.unit"), no_wrap=True)
    left = 0
    for key, part in summed.groupby("step", sort=False):
        title_of = step(str(key), outcome.scenario, words)
        # amounts of different units have no common size: the largest of each unit come first
        rank = part["amount"].abs().groupby(part["unit"]).rank(ascending=False, method="first")
        ordered = part.loc[rank.sort_values(kind="stable").index]
        few = max(2, _MOVES // max(1, summed["step"].nunique()))
        left += max(0, len(ordered) - few)
        for number, row in enumerate(ordered.head(few).to_dict("records")):
            table.add_row(text(title_of if number == 0 else ""), *_move(row, words))
    console.print(table)
    if left:
        console.print(text("  " + words.text("scenario.more_moves", number=left), "quiet"))
    console.print()


def _move(row: Mapping[Hashable, Any], words: Words) -> tuple[Text, ...]:
    unit, amount, to = str(row["unit"]), float(row["amount"]), str(row["to"])
    shown = Shown.of([amount], unit, words.language) if unit == "t" else _large(amount, words.unit(unit), words)
    target = words.named("destination", to) if to else ""
    if target == to and to:
        target = words.label("activities", to)
    target = words.control(to) if target == to and to else target
    return (
        text(words.label("activities", str(row["activity"]))),
        text(target, "doubt" if to == "residual" else ""),
        text(shown.text(amount, signed=True)),
        text(shown.unit, "quiet"),
    )


def _large(amount: float, unit: str, words: Words) -> Shown:
    """Return the form of a number that has no mass: in ten thousands or thousands where it is large."""
    size, name = {"zh": (1e4, "万"), "en": (1e3, "thousand ")}[words.language]
    if abs(amount) < size:
        return Shown.of([amount], unit, words.language)
    return Shown(1 / size, f"{name}{unit}", Shown.of([amount / size], "1", words.language).places)


# ---------------------------------------------------------------- notes


def print_notes(notes: Sequence[Problem], console: Console, words: Words) -> None:
    """Print warnings and remarks: those of one code together, warnings first; the rest is counted."""
    if not notes:
        return
    unique = list(dict.fromkeys(notes))
    table = pd.DataFrame({"code": [one.code for one in unique], "level": [one.level for one in unique]})
    console.print(text(words.text("report.notes", number=len(unique)), "heading"))
    codes = table.assign(_rank=table["level"].map({"error": 0, "warning": 1, "info": 2})).sort_values(
        "_rank", kind="stable"
    )["code"]
    shown = list(dict.fromkeys(codes))
    for code in shown[:_NOTES]:
        same = [one for one in unique if one.code == code]
        mark, style = ("  ! ", "doubt") if same[0].level == "warning" else ("  · ", "")
        more = "" if len(same) == 1 else words.text("scenario.more_of_this", number=len(same) - 1)
        print_item(console, text(mark, style), text(problem_text(same[0], words)) + text(more, "quiet"))
    if len(shown) > _NOTES:
        console.print(text("  " + words.text("scenario.more_notes", number=len(shown) - _NOTES), "quiet"))
    console.print()
