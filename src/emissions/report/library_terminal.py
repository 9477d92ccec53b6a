"""Factors on the terminal: packages, one row whole, search results, conflicts, uses, differences of two sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from emissions.factors import FactorLibrary
from emissions.factors.library import BASE_COLUMNS, GRADES
from emissions.report.console import print_item, text
from emissions.report.library_tables import cards_using, common_unit, package_titles, rivals
from emissions.report.numbers import figure, mass, share
from emissions.report.words import Words

_TABLES = {"activity": "activities", "parameter": "parameters", "substance": "substances", "region": "regions", "control": "controls"}
_RIVALS = 12


def print_packages(table: pd.DataFrame, library: FactorLibrary, names: Sequence[str], console: Console, words: Words) -> None:
    """Print the packages of a set, and the names of the sets there are."""
    chosen = library.set
    console.print(text(f"{chosen.name}  {chosen.title[words.language]}", "title"))
    shown = _table(words, ("package", "version"), ("rows", *(f"={grade}" for grade in GRADES)), ("title",))
    for row in table.to_dict("records"):
        shown.add_row(text(row["package"]), text(row["version"]), text(row["rows"]), *(text(row[grade] or "", "quiet") for grade in GRADES),
                      text(row[f"title_{words.language}"]))
    console.print(shown)
    console.print(text(words.text("factors.sets", names=", ".join(names)), "quiet"))


def print_row(library: FactorLibrary, number: int, console: Console, words: Words) -> None:
    """Print a factor row whole, the methods that may take it, and its rivals."""
    row: Mapping[Any, Any] = library.rows.iloc[number].to_dict()
    console.print(text(str(row["factor_id"]), "title"))
    console.print(text(f"{row['value']:g} {row['unit']}", "good") + text(f"   {words.text('heading.printed')} {row['printed']}", "quiet"))
    unit, factor = common_unit(str(row["unit"]), str(row["parameter"]))
    if factor != 1.0:
        console.print(text(f"= {figure(row['value'] * factor)} {unit}", "quiet"))
    console.print()
    for name in (*BASE_COLUMNS, *library.condition_columns, "package", "version"):
        value = row[name]
        if name in {"factor_id", "value", "unit", "printed", "scheme"} or value in ("", None) or value != value:  # noqa: PLR0124  NaN
            continue
        print_item(console, text(f"  {name:<16}", "heading"), _in_words(name, str(value), words))
    source = library.sources.get(str(row["source"]), {})
    for name in ("title", "publisher", "year", "document_number", "url"):
        if source.get(name):
            print_item(console, text(f"  source {name:<9}"[:18].ljust(18), "heading"), text(source[name]))
    title = package_titles(str(row["package"]), str(row["version"]))[f"title_{words.language}"]
    print_item(console, text(" " * 18), text(title, "quiet"))
    _print_cards(row, console, words)
    _print_rivals(library, number, console, words)


def _in_words(name: str, value: str, words: Words) -> Any:
    if name == "category":
        return text(words.category(value)) + text(f"  {value}", "quiet")
    if name == "control":
        return text(words.control(value)) + text(f"  {value}", "quiet")
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


def print_rows(rows: pd.DataFrame, library: FactorLibrary, console: Console, words: Words) -> None:
    """Print factor rows as a table."""
    shown = _table(words, ("factor_id", "parameter", "substance", "activity", "category", "where"), ("value",), ("unit", "grade", "package"))
    for row in rows.to_dict("records"):
        stated = [words.condition(name, str(row[name])) for name in library.condition_columns if row[name]]
        stated += [words.label("regions", row["region"])] if row["region"] else []
        stated += [words.control(row["control"])] if row["control"] else []
        shown.add_row(
            text(row["factor_id"]), text(words.label("parameters", row["parameter"])), text(row["substance"]),
            text(words.label("activities", row["activity"])), text(words.category(row["category"]) if row["category"] else ""),
            text("; ".join(stated), "quiet"), text(f"{row['value']:g}"), text(row["unit"]), text(row["grade"]), text(row["package"], "quiet"),
        )
    console.print(shown)


def print_conflicts(table: pd.DataFrame, limit: int, console: Console, words: Words) -> None:
    """Print pairs of packages that differ."""
    if table.empty:
        console.print(text(words.text("factors.no_conflicts"), "good"))
        return
    shown = _table(words, ("parameter", "substance", "activity", "category"), ("=1",), ("package",), ("=2",), ("package",), ("difference",), ("unit",))
    for row in table.head(limit).to_dict("records"):
        shown.add_row(
            text(words.label("parameters", row["parameter"])), text(row["substance"]), text(words.label("activities", row["activity"])),
            text(words.category(row["category"]) if row["category"] else ""), text(f"{row['value_1']:.5g}"), text(row["package_1"], "quiet"),
            text(f"{row['value_2']:.5g}"), text(row["package_2"], "quiet"), text(share(row["difference"]), "doubt"), text(row["unit"], "quiet"),
        )
    console.print(shown)
    console.print(text(words.text("factors.conflicts", number=len(table), shown=min(limit, len(table))), "heading"))


def print_uses(found: pd.DataFrame, limit: int, console: Console, words: Words) -> None:
    """Print the lines of a result that take a factor."""
    shown = _table(words, ("place", "category", "activity", "substance", "stream"), ("emission",))
    for row in found.head(limit).to_dict("records"):
        shown.add_row(
            text(f"{words.label('regions', str(row['region']))} {row['year']}"), text(words.category(str(row["category"]))),
            text(words.label("activities", str(row["activity"]))), text(row["substance"]), text(words.named("stream", str(row["stream"]))),
            text(mass(float(row["emission"]), words.language)),
        )
    console.print(shown)
    console.print(text(words.text("factors.uses", number=len(found)), "heading"))


def print_difference(table: pd.DataFrame, limit: int, console: Console, words: Words) -> None:
    """Print how two sets differ: packages with counts, and the rows whose content changed."""
    if table.empty:
        console.print(text(words.text("factors.same_sets"), "good"))
        return
    counts = table.groupby(["package", "change"], sort=True).size().unstack(fill_value=0)
    shown = _table(words, ("package",), ("added", "removed", "changed"))
    for package, row in counts.iterrows():
        shown.add_row(text(package), *(text(int(row.get(change, 0)) or "") for change in ("added", "removed", "changed")))
    console.print(shown)
    changed = table[table["change"] == "changed"]
    if len(changed):
        rows = _table(words, ("factor_id", "parameter", "substance", "activity"), ("first", "second"), ("unit",))
        for row in changed.head(limit).to_dict("records"):
            rows.add_row(text(row["factor_id"]), text(words.label("parameters", row["parameter"])), text(row["substance"]),
                         text(words.label("activities", row["activity"])), text(f"{row['value_1']:g}"), text(f"{row['value_2']:g}"), text(row["unit"]))
        console.print(rows)


def _table(words: Words, *groups: Sequence[str]) -> Table:
    """Return a table; groups of headings are left and right aligned in turn, a heading after ``=`` is taken as it is."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, group in enumerate(groups):
        for name in group:
            heading = name.removeprefix("=") if name.startswith("=") else words.text(f"heading.{name}")
            right = number % 2 == 1
            table.add_column(heading, justify="right" if right else "left", overflow="fold", no_wrap=right)
    return table
