"""Measurements as tables: for the terminal, and as the Markdown of ``benchmarks/README.md``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from rich import box
from rich.console import Console
from rich.table import Table

from emissions.bench.peers import PEERS
from emissions.bench.rounds import TOLERANCE, Figures
from emissions.bench.stages import STAGES
from emissions.bench.targets import Verdict, verdicts
from emissions.report.console import text
from emissions.vocabulary import Language, message, named

_SIZES = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_FROM_CELLS = {"again", "draws"}
"""Sides that read no rows."""


@dataclass(frozen=True)
class Grid:
    """A table of texts; the first column is of words, the others of numbers."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def print_figures(runs: Sequence[Figures], console: Console, language: Language) -> None:
    """Print the tables of some runs and how they stand to the targets."""
    for run in runs:
        console.print(text(size_text(run, language), "heading"))
        console.print(_table(sides_grid(run, language)))
        for note in notes(run, language):
            console.print(text(note, "quiet"))
    found = verdicts(runs)
    console.print(_table(verdict_grid(found, language)) if found else text(message("bench.no_target", language)))


def markdown(runs: Sequence[Figures], language: Language) -> str:
    """Return the same as Markdown."""
    parts = [f"{machine_text(runs[0], language)}; {versions_text(runs[0])}."]
    for run in runs:
        parts += [size_text(run, language) + ":", _pipes(sides_grid(run, language)), *notes(run, language)]
    if found := verdicts(runs):
        parts.append(_pipes(verdict_grid(found, language)))
    return "\n\n".join(parts) + "\n"


def machine_text(run: Figures, language: Language) -> str:
    """Return the machine in words."""
    return message("bench.machine", language, **run.machine | {"memory": bytes_text(int(run.machine["memory"]))})


def versions_text(run: Figures) -> str:
    """Return names and versions of the libraries."""
    return ", ".join(f"{name} {number}" for name, number in run.versions.items())


def size_text(run: Figures, language: Language) -> str:
    """Return what was measured on."""
    plan = run.plan
    facts = {"rows": f"{plan.rows:,}", "cells": f"{plan.cells:,}", "size": bytes_text(run.size)}
    return message("bench.size", language, **facts, threads=plan.threads, repeats=plan.repeats, kernel=run.kernel)


def sides_grid(run: Figures, language: Language) -> Grid:
    """Return a row a side, the stages below the side they are of."""
    say = partial(_heading, language=language)
    rows: list[tuple[str, ...]] = []
    for side in run.seconds:
        seconds = run.median(side)
        rows.append(
            (
                named("bench_side", side, language),
                _seconds(seconds),
                "" if side in _FROM_CELLS else f"{run.plan.rows / seconds / 1e6:.1f}",
                f"{run.ratio(side, 'floor'):.2f}",
                f"{run.ratio(side, 'ours'):.2f}",
                bytes_text(run.peak[side]),
                bytes_text(run.idle[side]),
            )
        )
        if side == "stages":
            rows += [_stage(run, stage, language) for stage in STAGES]
    names = ("side", "seconds", "rate", "floor", "ours", "peak", "idle")
    return Grid(tuple(say(name) for name in names), tuple(rows))


def verdict_grid(found: Sequence[Verdict], language: Language) -> Grid:
    """Return a row a target."""
    rows = tuple(
        (
            named("bench_target", one.target, language),
            f"{one.rows:,}",
            f"{one.cells:,}",
            _value(one.figure, one.value),
            ("≥ " if one.higher else "≤ ") + _value(one.figure, one.bound),
            message("bench.met" if one.met else "bench.missed", language),
        )
        for one in found
    )
    names = ("target", "rows", "cells", "value", "bound", "met")
    return Grid(tuple(_heading(name, language) for name in names), rows)


def notes(run: Figures, language: Language) -> list[str]:
    """Return what was left out, and that the totals agree."""
    said = [
        message(f"bench.{why}", language, side=named("bench_side", side, language)) for side, why in run.skipped.items()
    ]
    agree = [message("bench.equal", language, tolerance=f"{TOLERANCE:g}")] if set(run.seconds) & set(PEERS) else []
    return agree + said


def bytes_text(size: int) -> str:
    """Return a number of bytes in words.

    Examples
    --------
    >>> bytes_text(3 * 2**30), bytes_text(1536)
    ('3.0 GiB', '2 KiB')
    """
    unit, name = next(((unit, name) for unit, name in _SIZES if size >= unit), (1, "B"))
    return f"{size / unit:.{1 if name == 'GiB' else 0}f} {name}"


def _stage(run: Figures, stage: str, language: Language) -> tuple[str, ...]:
    seconds = run.stages[stage]
    name = named("bench_stage", stage, language)
    return name, _seconds(seconds), "", f"{seconds / run.median('floor'):.2f}", "", "", ""


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds < 10 else f"{seconds:.1f}"


def _value(figure: str, value: float) -> str:
    if figure == "peak":
        return bytes_text(int(value))
    if figure in {"growth", "share"}:
        return f"{100 * value:.0f} %"
    return f"{value:.3f} s" if figure in {"seconds", "stage"} else f"{value:.2f}"


def _heading(name: str, language: Language) -> str:
    return message(f"bench.heading.{name}", language)


def _table(grid: Grid) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(grid.headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in grid.rows:
        table.add_row(*map(text, row))
    return table


def _pipes(grid: Grid) -> str:
    lines = ["| " + " | ".join(grid.headings) + " |", "|---|" + "---:|" * (len(grid.headings) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in grid.rows])
