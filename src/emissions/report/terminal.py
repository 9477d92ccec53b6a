"""The summary of an inventory for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
from emissions.report.problems import problem_text
from emissions.report.tables import CO2E, Overview
from emissions.report.words import Words
from emissions.vocabulary import Language

LARGEST = 10
_BAR = 12
_NAMED = 3
_SHOWN_NOTES = 12


def print_summary(run: Run, console: Console, language: Language) -> None:
    """Print totals, largest sources, coverage, assumptions and warnings of a calculation."""
    words = Words(language)
    overview = Overview(run)
    _title(overview, console, words)
    blocks = [([*overview.gases, CO2E], "report.greenhouse_gases"), (overview.pollutants, "report.pollutants")]
    for substances, heading in blocks:
        present = [
            name for name in substances if name in overview.main or any(pair[1] == name for pair in overview.states)
        ]
        if [name for name in present if name != CO2E]:
            for part in _pieces(present, console.width):
                console.print(totals_table(overview, part, words, heading))
    _marks(overview, console, words)
    _largest(overview, console, words)
    _coverage(overview, console, words)
    _notes(run.notes, console, words)


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


def place_and_time(overview: Overview, words: Words) -> str:
    """Return the regions and years in words; many are counted."""
    names = [words.label("regions", region) for region in overview.regions]
    if len(names) > _NAMED:
        regions = words.text(
            "report.regions", number=len(names), names=words.text("report.list_separator").join(names[:_NAMED])
        )
    else:
        regions = words.text("report.list_separator").join(names)
    years = overview.years
    span = "" if not years else f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"
    return f"{regions} {span}".strip()


# ---------------------------------------------------------------- totals


def totals_table(overview: Overview, substances: Sequence[str], words: Words, heading: str) -> Table:
    """Return totals by main category as a table, one unit a column."""
    scales = {
        name: Scale.of([overview.total.get(name, np.nan), *_column(overview.main, name)], words.language)
        for name in substances
    }
    table = Table(
        box=box.SIMPLE_HEAD,
        title=words.text(heading),
        title_style="heading",
        title_justify="left",
        pad_edge=False,
        padding=(0, 1),
        show_footer=False,
        collapse_padding=True,
    )
    table.add_column(words.text("heading.category"), no_wrap=False, overflow="fold", min_width=16, max_width=40)
    for name in substances:
        unit = scales[name].unit
        table.add_column(f"{name}\n{unit}", justify="right", no_wrap=True)
    for category in overview.main.index:
        cells = [_cell(overview, str(category), name, scales[name]) for name in substances]
        if any(cell.plain for cell in cells):
            table.add_row(text(words.category(str(category))), *cells)
    table.add_section()
    total = [
        text(scales[name].show(overview.total.get(name, np.nan)), "heading")
        + text("*" if overview.doubtful(name) else "", "doubt")
        for name in substances
    ]
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
    number = -(-len(substances) // fitting)
    size = -(-len(substances) // number)
    return [list(substances[start : start + size]) for start in range(0, len(substances), size)]


def _cell(overview: Overview, category: str, substance: str, scale: Scale) -> Text:
    value = _value(overview.main, category, substance)
    state = overview.state(category, substance)
    if not np.isfinite(value):
        return text(state if state in {"NE", "IE"} else "", "doubt" if state == "NE" else "quiet")
    shown = text(scale.show(value))
    return shown + text("*", "doubt") if state == "partial" else shown


def _value(table: pd.DataFrame, category: str, substance: str) -> float:
    return float(table.at[category, substance]) if substance in table and category in table.index else float("nan")


def _column(table: pd.DataFrame, name: str) -> list[float]:
    return [] if name not in table else [float(value) for value in table[name]]


def _marks(overview: Overview, console: Console, words: Words) -> None:
    states = set(overview.states.values())
    said = [words.text(f"report.mark_{state}") for state in ("partial", "NE", "IE") if state in states]
    if said:
        console.print(text("  ".join(said), "quiet"))


# ---------------------------------------------------------------- sources, coverage, notes


def _largest(overview: Overview, console: Console, words: Words) -> None:
    largest = overview.largest(LARGEST)
    if largest.empty:
        return
    substance = str(largest["substance"].iloc[0])
    scale = Scale.of(largest["emission"], words.language)
    several = len(overview.regions) * len(overview.years) > 1
    table = Table(
        box=box.SIMPLE_HEAD,
        title=words.text("report.largest", substance=substance),
        title_style="heading",
        title_justify="left",
        pad_edge=False,
        padding=(0, 1),
    )
    for name in (["heading.place"] if several else []) + ["heading.category", "heading.activity"]:
        table.add_column(words.text(name), overflow="fold")
    table.add_column(scale.unit, justify="right", no_wrap=True)
    table.add_column(words.text("heading.share"), justify="right", no_wrap=True)
    if console.width >= 100:
        table.add_column("", no_wrap=True)
    top = float(largest["share"].max())
    for row in largest.itertuples(index=False):
        cells = [text(f"{words.label('regions', row.region)} {row.year}")] if several else []
        cells += [
            text(words.category(row.category)),
            text(words.label("activities", row.activity)),
            text(scale.show(row.emission)),
            text(share(row.share)),
        ]
        table.add_row(*cells, *([bar(row.share / top)] if console.width >= 100 else []))
    console.print(table)


def bar(part: float) -> Text:
    """Return a bar of up to twelve columns in eighths of a column."""
    eighths = round(max(0.0, min(1.0, part)) * _BAR * 8)
    return Text("█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else ""), style="bar")


def _coverage(overview: Overview, console: Console, words: Words) -> None:
    statuses = overview.coverage["status"].astype(str).value_counts()
    parts = [words.text("report.estimated", number=int(statuses.get("ok", 0)))]
    parts += [
        words.text(f"report.count_{status}", number=int(statuses[status]))
        for status in ("NE", "IE")
        if status in statuses
    ]
    console.print(
        text(words.text("report.coverage"), "heading") + text("  " + words.text("report.separator").join(parts))
    )
    gaps = overview.gaps()
    for gap in gaps.head(8).itertuples(index=False):
        _print_gap(overview, gap, console, words)
    if len(gaps) > 8:
        console.print(text("  " + words.text("report.more_reasons", number=len(gaps) - 8), "quiet"))
    console.print()


def _print_gap(overview: Overview, gap: Any, console: Console, words: Words) -> None:
    named = words.text("report.list_separator").join(
        words.label("activities", name) for name in gap.activities[:_NAMED]
    )
    more = words.text("report.and_more", number=len(gap.activities) - _NAMED) if len(gap.activities) > _NAMED else ""
    body = text(words.reason(gap.reason, overview.run.library.set)) + text(
        f"  {' '.join(gap.substances)}  {named}{more}", "quiet"
    )
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
