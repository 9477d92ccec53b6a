"""The summary of an inventory for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emissions.engine import Run
from emissions.errors import Problem
from emissions.report.console import print_item, text
from emissions.report.numbers import Scale, share
from emissions.report.phrases import NAMED, activities_of, coverage_counts, place_and_time
from emissions.report.problems import problem_text
from emissions.report.tables import CO2E, Gap, Overview
from emissions.report.words import Words
from emissions.vocabulary import Language

LARGEST = 10
_BAR = 12
_REASONS = 8
_WIDE = 100
"""Columns from which the largest sources have bars."""
_SHOWN_NOTES = 8


def print_summary(run: Run, console: Console, language: Language) -> None:
    """Print totals, largest sources, coverage, assumptions and warnings of a calculation."""
    words = Words(language)
    overview = Overview(run)
    _title(overview, console, words)
    latest = overview.latest()
    if latest is not overview:
        _print_tables(overview, years_table, console, words)
    _print_tables(latest, totals_table, console, words)
    _marks(latest, console, words)
    _largest(latest, console, words)
    _coverage(overview, console, words)
    _notes(run.notes, console, words)


def _print_tables(
    overview: Overview, table: Callable[[Overview, Sequence[str], Words, str], Table], console: Console, words: Words
) -> None:
    """Print a table of the greenhouse gases and one of the pollutants, each in pieces that fit the width."""
    when = f" {overview.years[0]}" if len(overview.years) == 1 else ""
    blocks = (([*overview.gases, CO2E], "report.greenhouse_gases"), (overview.pollutants, "report.pollutants"))
    for substances, heading in blocks:
        if not overview.gases and CO2E in substances:
            continue
        for part in _pieces(substances, console.width):
            console.print(table(overview, part, words, words.text(heading) + when))


def years_table(overview: Overview, substances: Sequence[str], words: Words, title: str) -> Table:
    """Return the totals of each year, one unit a column."""
    table = simple_table(title)
    table.add_column(words.text("heading.year"))
    years = overview.by_year
    scales = {
        name: Scale.of([float(one.total.get(name, np.nan)) for one in years.values()], words.language)
        for name in substances
    }
    for name in substances:
        table.add_column(f"{name}\n{scales[name].unit}", justify="right", no_wrap=True)
    for year, one in years.items():
        table.add_row(text(year), *(_total(one, name, scales[name], "") for name in substances))
    return table


def _title(overview: Overview, console: Console, words: Words) -> None:
    run = overview.run
    console.print()
    console.print(text(words.text("report.title", where=place_and_time(overview, words)), "title"))
    chosen = run.library.set
    console.print(
        text(
            words.text(
                "report.made_with",
                set=chosen.name,
                title=chosen.title[words.language],
                gwp=run.gwp,
                version=run.manifest.get("engine", ""),
            ),
            "quiet",
        )
    )
    console.print()


# ---------------------------------------------------------------- totals


def totals_table(overview: Overview, substances: Sequence[str], words: Words, title: str) -> Table:
    """Return totals by main category as a table, one unit a column."""
    scales = {
        name: Scale.of([overview.total.get(name, np.nan), *_column(overview.main, name)], words.language)
        for name in substances
    }
    table = simple_table(title)
    table.add_column(words.text("heading.category"), no_wrap=False, overflow="fold", min_width=16, max_width=40)
    for name in substances:
        unit = scales[name].unit
        table.add_column(f"{name}\n{unit}", justify="right", no_wrap=True)
    for category in overview.main.index:
        cells = [_cell(overview, str(category), name, scales[name]) for name in substances]
        if any(cell.plain for cell in cells):
            table.add_row(text(words.category(str(category))), *cells)
    table.add_section()
    total = [_total(overview, name, scales[name]) for name in substances]
    table.add_row(text(words.text("report.total"), "heading"), *total)
    for category in overview.memo.index:
        cells = [
            text(scales[name].show(value))
            if np.isfinite(value := _value(overview.memo, str(category), name)) and value
            else text("")
            for name in substances
        ]
        if any(cell.plain for cell in cells):
            table.add_row(text(words.category(str(category)), "quiet"), *cells, style="quiet")
    return table


def _pieces(substances: Sequence[str], width: int) -> list[list[str]]:
    """Cut a list of columns into pieces that fit the width, all about equally long."""
    fitting = max(3, (width - 26) // 11)
    number = max(1, -(-len(substances) // fitting))
    size = max(1, -(-len(substances) // number))
    return [list(substances[start : start + size]) for start in range(0, len(substances), size)]


def _cell(overview: Overview, category: str, substance: str, scale: Scale) -> Text:
    value = _value(overview.main, category, substance)
    state = overview.state(category, substance)
    if not np.isfinite(value):
        return text("" if state == "partial" else state, "doubt" if state == "NE" else "quiet")
    shown = text(scale.show(value))
    return shown + text("*", "doubt") if state == "partial" else shown


def _total(overview: Overview, substance: str, scale: Scale, style: str = "heading") -> Text:
    value = float(overview.total.get(substance, np.nan))
    doubtful = overview.doubtful(substance)
    if not np.isfinite(value):
        return text("NE" if doubtful else "", "doubt")
    return text(scale.show(value), style) + text("*" if doubtful else "", "doubt")


def _value(table: pd.DataFrame, category: str, substance: str) -> float:
    return float(table[substance].get(category, np.nan)) if substance in table else float("nan")


def _column(table: pd.DataFrame, name: str) -> list[float]:
    return [] if name not in table else [float(value) for value in table[name]]


def _marks(overview: Overview, console: Console, words: Words) -> None:
    states = set(overview.states.values())
    said = [words.text(f"report.mark_{state}") for state in ("partial", "NE", "IE") if state in states]
    if said:
        console.print(text("  ".join(said), "quiet"))
        console.print()


# ---------------------------------------------------------------- sources, coverage, notes


def _largest(overview: Overview, console: Console, words: Words) -> None:
    largest = overview.largest(LARGEST)
    if not largest:
        return
    substance = largest[0].substance
    scale = Scale.of([source.emission for source in largest], words.language)
    several = len(overview.regions) * len(overview.years) > 1
    wide = console.width >= _WIDE
    table = simple_table(words.text("report.largest", substance=substance))
    for name in (["heading.place"] if several else []) + ["heading.category", "heading.activity"]:
        table.add_column(words.text(name), overflow="fold")
    table.add_column(scale.unit, justify="right", no_wrap=True)
    table.add_column(words.text("heading.share"), justify="right", no_wrap=True)
    if wide:
        table.add_column("", no_wrap=True)
    for source in largest:
        cells = [text(f"{words.label('regions', source.region)} {source.year}")] if several else []
        cells += [
            text(words.category(source.category)),
            text(words.label("activities", source.activity)),
            text(scale.show(source.emission)),
            text(share(source.share)),
        ]
        table.add_row(*cells, *([bar(source.emission / largest[0].emission)] if wide else []))
    console.print(table)


def simple_table(title: str) -> Table:
    """Return a table with a rule below its headings and its title at the left."""
    return Table(
        box=box.SIMPLE_HEAD,
        title=title,
        title_style="heading",
        title_justify="left",
        pad_edge=False,
        padding=(0, 1),
        collapse_padding=True,
    )


def bar(part: float) -> Text:
    """Return a bar of up to twelve columns in eighths of a column."""
    eighths = round(max(0.0, min(1.0, part)) * _BAR * 8)
    return Text("█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else ""), style="bar")


def _coverage(overview: Overview, console: Console, words: Words) -> None:
    counts = text("  " + coverage_counts(overview, words))
    console.print(text(words.text("report.coverage"), "heading") + counts)
    gaps = overview.gaps()
    for gap in gaps[:_REASONS]:
        _print_gap(overview, gap, console, words)
    if len(gaps) > _REASONS:
        console.print(text("  " + words.text("report.more_reasons", number=len(gaps) - _REASONS), "quiet"))
    console.print()


def _print_gap(overview: Overview, gap: Gap, console: Console, words: Words) -> None:
    about = f"  {' '.join(gap.substances)}  {activities_of(gap, words, NAMED)}"
    body = text(words.reason(gap.reason, overview.run.library.set)) + text(about, "quiet")
    print_item(console, text("  NE ", "doubt") + text(f"{gap.number:>4}  "), body)
    hint = words.hint(gap.reason)
    if hint:
        print_item(console, text("           → ", "quiet"), text(hint, "quiet"))


def _notes(notes: Sequence[Problem], console: Console, words: Words) -> None:
    for code, heading in (("assumed", "report.assumptions"), ("", "report.notes")):
        chosen = [note for note in notes if (note.code == "assumed") == bool(code)]
        if not chosen:
            continue
        console.print(text(words.text(heading, number=len(chosen)), "heading"))
        ordered = sorted(chosen, key=lambda note: note.level != "warning")
        for note in ordered[:_SHOWN_NOTES]:
            style = "doubt" if note.level == "warning" else ""
            print_item(
                console, text("  ! " if note.level == "warning" else "  · ", style), text(problem_text(note, words))
            )
        if len(ordered) > _SHOWN_NOTES:
            console.print(text("  " + words.text("report.more_notes", number=len(ordered) - _SHOWN_NOTES), "quiet"))
        console.print()
