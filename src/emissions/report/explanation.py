"""The trace of a number for the terminal and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from emissions.errors import place_of
from emissions.inventory import Explanation
from emissions.inventory.explanation import FactorUse, SourceRow
from emissions.methods import FORMULAS, load_cards
from emissions.report.book.expression import readable
from emissions.report.console import text
from emissions.report.numbers import figure, share
from emissions.report.words import Words
from emissions.vocabulary import Language, load_vocabulary

_KEY_PARTS = ("region", "year", "category", "activity", "use", "dimension", "sector", "measured", "notation")
"""Parts of a key that are said elsewhere, or follow from others."""
_BEATEN = 3


def print_explanations(found: Sequence[Explanation], console: Console, language: Language) -> None:
    """Print the trace of each line: number, quantity with its cells, formula with numbers, factors and the beaten."""
    words = Words(language)
    for explanation in found:
        console.print()
        _number(explanation, console, words)
        _quantity(explanation, console, words)
        if explanation.card:
            _method(explanation, console, words)
        if explanation.stopped:
            _stopped(explanation, console, words)
    console.print()


def explanations_json(found: Sequence[Explanation], language: Language) -> str:
    """Return the traces as JSON; what is not a number is null."""
    words = Words(language)
    records = [{**one.record(), "reason_text": words.reason(one.reason)} for one in found]
    return json.dumps(finite({"explanations": records}), ensure_ascii=False, indent=1, default=str)


def finite(content: Any) -> Any:
    """Return content with numbers that JSON cannot hold replaced by None.

    Examples
    --------
    >>> finite({"a": float("nan"), "b": [1.5]})
    {'a': None, 'b': [1.5]}
    """
    if isinstance(content, Mapping):
        return {str(name): finite(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


# ---------------------------------------------------------------- number and quantity


def _number(one: Explanation, console: Console, words: Words) -> None:
    title = words.text("report.separator").join(
        part
        for part in (
            words.category(one.category),
            f"{words.label('regions', one.region)} {one.year}",
            one.substance,
            words.named("stream", one.stream),
        )
        if part
    )
    console.print(text(title, "title"))
    parts = [text(f"{figure(one.emission)} {words.unit('t')}", "good" if one.status == "ok" else "doubt")]
    if one.status != "ok":
        parts.append(
            text(
                words.text(
                    "trace.status",
                    status=one.status,
                    name=words.named("status", one.status),
                    reason=words.reason(one.reason),
                ),
                "doubt",
            )
        )
    if one.memo:
        parts.append(text(words.text("report.counts_memo"), "quiet"))
    if math.isfinite(one.share):
        parts.append(text(words.text("trace.share", share=share(one.share))))
    if one.tier:
        parts.append(text(f"{words.text('heading.tier')} {words.named('tier', one.tier)}", "quiet"))
    console.print(Text("  ") + Text("   ").join(parts))


def _quantity(one: Explanation, console: Console, words: Words) -> None:
    line = text(f"  {words.text('heading.quantity')}  ", "heading") + text(
        f"{figure(one.quantity)} {words.unit(one.unit)}  "
    )
    named = [
        words.label(table, str(one.key.get(name, ""))) for table, name in (("activities", "activity"), ("uses", "use"))
    ]
    line += text(" · ".join(named))
    stated = [_condition(name, value, words) for name, value in one.key.items() if name not in _KEY_PARTS]
    if stated:
        line += text(f"  {'; '.join(stated)}", "quiet")
    console.print(line)
    for row in one.rows:
        tree = Tree(_row(row, words), guide_style="quiet")
        _parents(tree, row.parents, words)
        grid = Table.grid()
        grid.add_row("    ", tree)
        console.print(grid)
    if one.row_count > len(one.rows):
        console.print(text("    " + words.text("trace.more_rows", number=one.row_count - len(one.rows)), "quiet"))


def _condition(name: str, value: Any, words: Words) -> str:
    if isinstance(value, str):
        return words.condition(name, value)
    return f"{words.label('conditions', name)} {value:g}" if isinstance(value, int | float) else str(value)


def _row(row: SourceRow, words: Words) -> Text:
    line = text(f"{figure(row.quantity)} {words.unit(row.unit)}") + text(
        f"  {place_of(row.file, row.sheet, row.cell)}", "place"
    )
    if not row.cell and row.row:
        line += text(f"  {words.text('trace.summed_rows', row=row.row, number=row.summed)}", "quiet")
    if row.as_printed and not row.parents:
        line += text(f"  {row.as_printed}", "quiet")
    for extra in (row.facility, row.data_source):
        line += text(f"  {extra}", "quiet") if extra else text("")
    return line


def _parents(tree: Tree, parents: Sequence[Mapping[str, Any]], words: Words) -> None:
    for parent in parents:
        line = text(f"{float(parent['coefficient']):.6g} × {figure(float(parent['quantity']))}")
        line += text(f"  {place_of(parent['file'], parent['sheet'], parent['cell'])}", "place")
        line += text(f"  {_why(str(parent['why']), words)}", "quiet")
        _parents(tree.add(line), parent["parents"], words)


def _why(why: str, words: Words) -> str:
    return words.named("why", why)


# ---------------------------------------------------------------- method and factors


def _method(one: Explanation, console: Console, words: Words) -> None:
    title = one.card_title.get(words.language, one.card)
    console.print(text(f"  {words.text('heading.method')}  ", "heading") + text(title) + text(f"  {one.card}", "quiet"))
    card = load_cards().get(one.card)
    if card is not None:
        names = {
            name: words.label("parameters", argument.parameter or name) for name, argument in card.parameters.items()
        }
        console.print(text(f"    {readable(FORMULAS[card.formula], names)}"))
    console.print(text(f"    = {one.numbers}", "quiet"))
    console.print(text(f"    = {figure(one.implied_factor)} t/{words.unit(one.unit)}"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=2)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for use in one.arguments:
        table.add_row("", text(_argument(use, words)), _value(use, words))
        for detail in _details(use, words):
            table.add_row("", "", detail)
    console.print(table)


def _argument(use: FactorUse, words: Words) -> str:
    name = words.label("parameters", use.parameter)
    return f"{name} · {words.label('controls', use.device)}" if use.device else name


def _value(use: FactorUse, words: Words) -> Text:
    if use.origin == "no device":
        return text("0") + text(f"  {words.text('trace.no_device')}", "quiet")
    unit = "" if use.unit == "1" else f" {use.unit.replace('(', '').replace(')', '')}"
    converted = f"{figure(use.value)}{unit}"
    if use.origin == "measured":
        same = _same(use.printed, use.value, unit.strip())
        return text(_printed(use.printed)) + text("" if same else f"  = {converted}", "quiet")
    return text(converted) + text(f"  {words.text('heading.printed')} {_printed(use.printed)}", "quiet")


def _same(printed: str, value: float, unit: str) -> bool:
    """Tell whether a number with its unit as printed is the value in the unit."""
    number, _, own = printed.partition(" ")
    try:
        return math.isclose(float(number), value) and own.replace("(", "").replace(")", "") in {unit, unit or "1"}
    except ValueError:
        return False


def _printed(number: str) -> str:
    """Return a number with its unit, without the unit of a plain ratio."""
    return number.removesuffix(" 1")


def _details(use: FactorUse, words: Words) -> list[Text]:
    if use.origin == "no device":
        return []
    if use.origin == "measured":
        return [
            text(words.named("tier", "measured"), "good")
            + text(f"  {use.locator}", "place")
            + text(f"  {use.source}", "quiet")
        ]
    details = [text(f"{use.source_title or use.source} · {use.locator} · {words.text('heading.grade')} {use.grade}")]
    details.append(text(f"{use.factor_id}  {use.package}", "quiet"))
    details.append(text(words.text("trace.matched", how=_how(use.how, words)), "quiet"))
    if use.earlier_year:
        details.append(text(words.text("trace.earlier_year"), "doubt"))
    for other in use.beaten[:_BEATEN]:
        why = _lost(str(other["why"]), words)
        details.append(
            text(
                words.text("trace.beaten", factor=other["factor_id"], value=_printed(other["value"]), why=why), "quiet"
            )
        )
    return details


def _how(how: Mapping[str, str], words: Words) -> str:
    parts = []
    for name, value in how.items():
        if value == "any":
            continue
        if name == "category":
            parts.append(words.category(value))
        elif name in {"activity", "region"}:
            parts.append(words.label("activities" if name == "activity" else "regions", value))
        elif name in {"valid_from", "valid_to"}:
            parts.append(f"{words.text(f'trace.{name}')} {value}")
        else:
            parts.append(words.condition_pair(name, value))
    return words.text("report.list_separator").join(parts) or words.text("trace.any")


def _lost(why: str, words: Words) -> str:
    code, _, detail = why.partition(":")
    if code == "unfit":
        known = load_vocabulary().conditions
        names = [
            words.label("conditions", name) if name in known else words.text(f"heading.{name}")
            for name in detail.split(", ")
        ]
        return words.text("unfit", found=words.text("report.list_separator").join(names))
    return words.text(f"lost_{detail}" if code == "lost" else code)


def _stopped(one: Explanation, console: Console, words: Words) -> None:
    console.print(text(f"  {words.text('trace.stopped')}", "heading"))
    cards = load_cards()
    for part in one.stopped.split("; "):
        name, _, reason = part.partition(": ")
        card = cards.get(name)
        title = card.title[words.language] if card else name
        console.print(text("    " + words.text("trace.stopped_card", card=title, reason=words.reason(reason)), "quiet"))
