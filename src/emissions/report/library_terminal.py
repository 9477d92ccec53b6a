"""Factors on the terminal: packages, one row whole, search results, conflicts, uses, differences of two sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.cells import set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emissions.factors import FactorLibrary
from emissions.factors.common_unit import common_unit
from emissions.factors.library import BASE_COLUMNS, GRADES
from emissions.report.console import print_item, text
from emissions.report.library_tables import cards_using, rivals
from emissions.report.numbers import figure, mass, share
from emissions.report.words import Words
from emissions.vocabulary import load_vocabulary

_TABLES = {
    "activity": "activities",
    "parameter": "parameters",
    "substance": "substances",
    "region": "regions",
    "control": "controls",
}
_SAID_ABOVE = frozenset({"factor_id", "value", "unit", "printed", "scheme"})
_RIVALS = 12
_LEAD = 18


def print_packages(
    table: pd.DataFrame, library: FactorLibrary, names: Sequence[str], console: Console, words: Words
) -> None:
    """Print the packages of a set, and the names of the sets there are."""
    chosen = library.set
    console.print(text(f"{chosen.name}  {chosen.title[words.language]}", "title"))
    rows = [
        [
            text(row["package"]),
            text(row["version"]),
            text(row["rows"]),
            *(text(row[grade] or "", "quiet") for grade in GRADES),
            text(row[f"title_{words.language}"]),
        ]
        for row in table.to_dict("records")
    ]
    _print_table(console, words, ("package", "version", ">rows", *(f">={grade}" for grade in GRADES), "title"), rows)
    console.print(text(words.text("factors.sets", names=", ".join(names)), "quiet"))


# ---------------------------------------------------------------- one row


def print_row(library: FactorLibrary, number: int, console: Console, words: Words) -> None:
    """Print a factor row whole, the methods that may take it, and its rivals."""
    row: Mapping[Any, Any] = library.rows.iloc[number].to_dict()
    console.print(text(row["factor_id"], "title"))
    printed = text(f"   {words.text('heading.printed')} {row['printed']}", "quiet")
    console.print(text(f"{row['value']:g} {row['unit']}", "good") + printed)
    unit, factor = common_unit(str(row["unit"]), str(row["parameter"]))
    if factor != 1.0:
        console.print(text(f"= {figure(row['value'] * factor)} {unit}", "quiet"))
    console.print()
    for name in (*BASE_COLUMNS, *library.condition_columns, "package", "version"):
        value = row[name]
        if name not in _SAID_ABOVE and value != "" and not pd.isna(value):
            print_item(console, _lead(_heading(name, words)), _in_words(name, str(value), words))
    source = library.sources.get(str(row["source"]), {})
    for name in ("title", "publisher", "year", "document_number", "url"):
        if source.get(name):
            print_item(console, _lead(words.text(f"heading.{name}")), text(source[name]))
    _print_cards(row, console, words)
    _print_rivals(library, number, console, words)


def _heading(name: str, words: Words) -> str:
    known = name in load_vocabulary().conditions
    return words.label("conditions", name) if known else words.text(f"heading.{name}")


def _lead(heading: str) -> Text:
    return text("  ") + Text(set_cell_size(heading, _LEAD), "heading")


def _in_words(name: str, value: str, words: Words) -> Text:
    if name == "category":
        shown = words.category(value)
    elif name == "control":
        shown = words.control(value)
    else:
        shown = words.label(_TABLES.get(name, name), value)
    return text(shown) + text(f"  {value}" if shown != value else "", "quiet")


def _print_cards(row: Mapping[Any, Any], console: Console, words: Words) -> None:
    cards = cards_using(row)
    console.print()
    console.print(text(words.text("factors.cards", number=len(cards)), "heading"))
    for card in cards:
        console.print(text("  ") + text(card.title[words.language]) + text(f"  {card.id}", "quiet"))


def _print_rivals(library: FactorLibrary, number: int, console: Console, words: Words) -> None:
    found = rivals(library, number)
    console.print()
    console.print(text(words.text("factors.rivals", number=len(found)), "heading"))
    if len(found):
        print_rows(found.head(_RIVALS), library, console, words)


# ---------------------------------------------------------------- tables


def print_rows(rows: pd.DataFrame, library: FactorLibrary, console: Console, words: Words) -> None:
    """Print factor rows as a table."""
    cells = []
    for row in rows.to_dict("records"):
        stated = [words.condition(name, str(row[name])) for name in library.condition_columns if row[name]]
        stated += [words.label("regions", row["region"])] if row["region"] else []
        stated += [words.control(row["control"])] if row["control"] else []
        cells.append(
            [
                text(row["factor_id"]),
                text(words.label("parameters", row["parameter"])),
                text(row["substance"]),
                text(words.label("activities", row["activity"])),
                text(words.category(row["category"]) if row["category"] else ""),
                text("; ".join(stated), "quiet"),
                text(f"{row['value']:g}"),
                text(row["unit"]),
                text(row["grade"]),
            ]
        )
    heads = ("factor_id", "parameter", "substance", "activity", "category", "where", ">value", "unit", "grade")
    _print_table(console, words, heads, cells)


def print_conflicts(table: pd.DataFrame, limit: int, console: Console, words: Words) -> None:
    """Print pairs of packages that differ."""
    if table.empty:
        console.print(text(words.text("factors.no_conflicts"), "good"))
        return
    cells = [
        [
            text(words.label("parameters", row["parameter"])),
            text(row["substance"]),
            text(words.label("activities", row["activity"])),
            text(words.category(row["category"]) if row["category"] else ""),
            *(text(f"{row[f'value_{side}']:.5g} ") + text(row[f"package_{side}"], "quiet") for side in (1, 2)),
            text(share(row["difference"]), "doubt"),
            text(row["unit"], "quiet"),
        ]
        for row in table.head(limit).to_dict("records")
    ]
    heads = ("parameter", "substance", "activity", "category", "=1", "=2", ">difference", "unit")
    _print_table(console, words, heads, cells)
    said = words.text("factors.conflicts", number=len(table), shown=min(limit, len(table)))
    console.print(text(said, "heading"))


def print_uses(found: pd.DataFrame, limit: int, console: Console, words: Words) -> None:
    """Print the lines of a result that take a factor."""
    cells = [
        [
            text(f"{words.label('regions', str(row['region']))} {row['year']}"),
            text(words.category(str(row["category"]))),
            text(words.label("activities", str(row["activity"]))),
            text(row["substance"]),
            text(words.named("stream", str(row["stream"]))),
            text(mass(float(row["emission"]), words.language)),
            text(words.text("report.counts_memo") if row["memo"] else words.named("status", row["status"]), "quiet"),
        ]
        for row in found.head(limit).to_dict("records")
    ]
    heads = ("place", "category", "activity", "substance", "stream", ">emission", "status")
    _print_table(console, words, heads, cells)
    console.print(text(words.text("factors.uses", number=len(found)), "heading"))


def print_difference(table: pd.DataFrame, limit: int, console: Console, words: Words) -> None:
    """Print how two sets differ: packages with counts, and the rows whose content changed."""
    if table.empty:
        console.print(text(words.text("factors.same_sets"), "good"))
        return
    changes = ("added", "removed", "changed")
    counts = table.groupby(["package", "change"], sort=True).size().unstack(fill_value=0)
    rows = [
        [text(package), *(text(int(row.get(change, 0)) or "") for change in changes)]
        for package, row in counts.iterrows()
    ]
    _print_table(console, words, ("package", *(f">{change}" for change in changes)), rows)
    changed = table[table["change"] == "changed"].head(limit)
    cells = [
        [
            text(row["factor_id"]),
            text(words.label("parameters", row["parameter"])),
            text(row["substance"]),
            text(words.label("activities", row["activity"])),
            text(f"{row['value_1']:g}"),
            text(f"{row['value_2']:g}"),
            text(row["unit"]),
        ]
        for row in changed.to_dict("records")
    ]
    if cells:
        heads = ("factor_id", "parameter", "substance", "activity", ">first", ">second", "unit")
        _print_table(console, words, heads, cells)


def _print_table(console: Console, words: Words, heads: Sequence[str], rows: Sequence[Sequence[Text]]) -> None:
    """Print a table without the columns that are blank throughout.

    A heading after ``>`` is right aligned, one after ``=`` is taken as it is.
    """
    kept = [number for number in range(len(heads)) if any(row[number].plain for row in rows)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number in kept:
        name = heads[number].removeprefix(">")
        right = heads[number].startswith(">")
        heading = name.removeprefix("=") if name.startswith("=") else words.text(f"heading.{name}")
        table.add_column(heading, justify="right" if right else "left", overflow="fold", no_wrap=right)
    for row in rows:
        table.add_row(*(row[number] for number in kept))
    console.print(table)
