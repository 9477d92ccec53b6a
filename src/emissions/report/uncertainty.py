"""Bands of totals for people: terminal, JSON, CSV, workbook."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from xlsxwriter import Workbook

from emissions.activity.replace_file import written_in_place
from emissions.assurance import Uncertainty
from emissions.report.book.names import Names
from emissions.report.book.style import Styles
from emissions.report.book.table import Cells, TableSheet, write_table
from emissions.report.console import text
from emissions.report.explanation import finite
from emissions.report.numbers import Scale, share
from emissions.report.tidy import write_table_csv
from emissions.report.words import Words
from emissions.vocabulary import Language

KINDS = (".csv", ".xlsx")
"""Kinds of files a table of bands is written to."""
_TABLES = {"region": "regions", "activity": "activities", "use": "uses"}
_NUMBERS = ("emission", "q0.025", "q0.5", "q0.975", "mean", "sd")
_SHARES = ("known", "partly", "unknown", "activity")
_HEADINGS = {"q0.025": "percentile_low", "q0.5": "median", "q0.975": "percentile_high", "activity": "activity_bounds"}
"""Columns whose heading has another name."""


def print_bands(found: Uncertainty, console: Console, language: Language) -> None:
    """Print the band of every total, what moved, and what it does not hold."""
    words = Words(language)
    columns = [*(name for name in found.by if name != "substance"), "substance"]
    shown = ("emission", "q0.025", "q0.975", "relative", "unit", "unknown")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(_heading(name, words), no_wrap=name != "category")
    for name in shown:
        table.add_column(_heading("inventory_value" if name == "emission" else name, words), justify="right")
    for row in found.table.to_dict("records"):
        scale = Scale.of([row["emission"], row["q0.975"]], language)
        band = ("–", "–", "–")
        if row["q0.975"] > row["q0.025"]:
            band = (scale.show(row["q0.025"]), scale.show(row["q0.975"]), _relative(row))
        cells = [_named(name, row[name], words) for name in columns]
        numbers = [scale.show(row["emission"]), *band, scale.unit, share(row["unknown"])]
        table.add_row(*map(text, [*cells, *numbers]))
    console.print(table)
    for line in said(found, words):
        console.print(text(line, "quiet"))


def said(found: Uncertainty, words: Words) -> list[str]:
    """Return what was drawn and how the band is to be read."""
    facts = {name: getattr(found, name) for name in ("draws", "seed", "factors", "measured", "activity", "assumed")}
    lines = [words.text("uncertainty.drawn", **facts | {"draws": f"{found.draws:,}"})]
    if found.assumed:
        lines.append(words.text("uncertainty.assumed", number=found.assumed, level=f"{100 * found.level:g}"))
    return [*lines, words.text("uncertainty.meaning")]


def bands_json(found: Uncertainty) -> str:
    """Return the bands as JSON."""
    facts = {name: getattr(found, name) for name in ("draws", "seed", "level", "factors", "measured", "activity")}
    return json.dumps(
        finite({**facts, "bands": _plain(found.table).to_dict("records")}), ensure_ascii=False, indent=1, default=str
    )


def write_bands(found: Uncertainty, path: Path, language: Language) -> None:
    """Write the bands to a CSV file or a workbook; a file that is there is replaced whole."""
    with written_in_place(path) as part:
        if path.suffix.lower() == ".csv":
            write_table_csv(_plain(found.table), part)
        else:
            _write_book(found, part, Names(Words(language)))


def _write_book(found: Uncertainty, path: Path, names: Names) -> None:
    words = names.words
    table = _plain(found.table)
    labels = [
        Cells(_both(name, names), 26, "text", [_named(name, one, words) for one in table[name]]) for name in found.by
    ]
    masses = [Cells(_both(name, names), 16, "mass", table[name].tolist()) for name in _NUMBERS]
    shares = [Cells(_both(name, names), 14, "share", table[name].tolist()) for name in _SHARES]
    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        sheet = book.add_worksheet(words.text("uncertainty.sheet"), TableSheet)
        guidance = " ".join(said(found, words))
        title = words.text("uncertainty.title")
        columns = [*labels, *masses, *shares, Cells(_both("lines", names), 10, "whole", table["lines"].tolist())]
        write_table(sheet, columns, Styles(book), title=title, guidance=guidance, frozen=len(found.by))


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with texts in place of categories."""
    categories = [name for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)]
    return table.astype(dict.fromkeys(categories, object))


def _relative(row: Mapping[Any, Any]) -> str:
    """Return the band as percent of the emission, lower and upper side."""
    if not row["emission"]:
        return "–"
    low, high = (100 * (row[name] / row["emission"] - 1) for name in ("q0.025", "q0.975"))
    return f"{low:+.1f} % / {high:+.1f} %"


def _named(column: str, value: Any, words: Words) -> str:
    if column == "category":
        return words.category(str(value))
    return words.label(_TABLES.get(column, column), "" if pd.isna(value) else str(value))


def _heading(name: str, words: Words) -> str:
    return words.text(f"heading.{_HEADINGS.get(name, name)}")


def _both(name: str, names: Names) -> str:
    return names.heading(_HEADINGS.get(name, name))
