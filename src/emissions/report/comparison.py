"""The difference of two results by cause, for the terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from emissions.engine import Run
from emissions.inventory import CO2E, compare, gases_of
from emissions.report.console import text
from emissions.report.explanation import finite
from emissions.report.numbers import Scale, share
from emissions.report.words import Words
from emissions.vocabulary import Language, load_vocabulary

_CAUSES = ("quantity", "factor", "gwp", "method", "scope")
_NUMBERS = ["first", "second", "difference", *_CAUSES]
_ROWS = 15
_TABLES = {"activity": "activities", "region": "regions", "use": "uses"}


def differences(first: Run, second: Run, substances: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
    """Return the differences of some substances by cause: ``substance`` beside the columns of ``compare``.

    The cause that is the quantity stands in ``quantity``. Where there are several greenhouse gases, rows of ``CO2e``
    follow, each result under its own GWPs.
    """
    several = CO2E not in substances and len(set(substances) & set(gases_of(first, second))) > 1
    parts = []
    for substance in [*substances, *([CO2E] if several else [])]:
        part = compare(first, second, substance, by=by)
        if "quantity" not in part:
            part = part.rename(columns={"activity": "quantity"})
        parts.append(part.assign(substance=substance))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def shared_substances(first: Run, second: Run) -> list[str]:
    """Return the substances of either result in the order of the vocabulary."""
    present = set(first.counted["substance"].astype(str)) | set(second.counted["substance"].astype(str))
    return [name for name in load_vocabulary().substances if name in present]


def main_substance(first: Run, second: Run, substances: Sequence[str]) -> str:
    """Return what stands for some substances in one number: CO2 equivalents, or the only or first of them."""
    weighed = len(substances) > 1 and len(set(substances) & set(gases_of(first, second))) > 0
    return CO2E if weighed else substances[0]


def print_comparison(
    table: pd.DataFrame, by: Sequence[str], console: Console, language: Language, metrics: Sequence[str]
) -> None:
    """Print the difference of each substance by cause, and the cells that differ most.

    Parameters
    ----------
    table
        From :func:`differences`.
    metrics
        GWP metrics of the two results.
    """
    words = Words(language)
    console.print()
    causes = table.groupby("substance", sort=False)[_NUMBERS].sum()
    shown = [name for name in _CAUSES if name != "gwp" or metrics[0] != metrics[1]]
    _print_substances(causes, shown, console, words, _metric_name(metrics))
    if not len(table) or not np.any(np.abs(table["difference"]) > 0):
        console.print(text(words.text("compare.same"), "good"))
        return
    names = list(dict.fromkeys(table["substance"]))
    main = CO2E if CO2E in names else names[0]
    chosen = table[table["substance"] == main].groupby(list(by), sort=False, observed=True, dropna=False)
    cells = chosen[_NUMBERS].sum().reset_index()
    largest = cells.loc[cells["difference"].abs().sort_values(ascending=False, kind="stable").index].head(_ROWS)
    largest = largest[largest["difference"] != 0]
    unit = _metric_name(metrics) if main == CO2E else main
    _print_cells(largest, by, shown, unit, console, words)


def comparison_json(table: pd.DataFrame, by: Sequence[str], metrics: Sequence[str]) -> str:
    """Return the differences as JSON: of masses in t, and of CO2 equivalents where there are several gases."""
    columns = ["substance", *by, "first", "second", *_CAUSES, "difference"]
    masses = table[table["substance"] != CO2E]
    weighed = table[table["substance"] == CO2E]
    content = {
        "gwp": list(metrics),
        "differences": masses[columns].to_dict("records"),
        "co2e": weighed[columns].to_dict("records"),
    }
    return json.dumps(finite(content), ensure_ascii=False, indent=1, default=str)


def _metric_name(metrics: Sequence[str]) -> str:
    return f"{CO2E} ({' → '.join(dict.fromkeys(metrics))})"


# ---------------------------------------------------------------- by factor row


def print_factor_changes(
    table: pd.DataFrame, substance: str, limit: int, console: Console, language: Language, metrics: Sequence[str]
) -> None:
    """Print which factor rows changed, and how much of the difference each makes.

    Parameters
    ----------
    table
        From :func:`emissions.inventory.factor_changes`.
    """
    words = Words(language)
    scale = Scale.of(table["contribution"], language)
    unit = _metric_name(metrics) if substance == CO2E else substance
    console.print()
    shown = Table(
        box=box.SIMPLE_HEAD,
        title=words.text("compare.factors", unit=unit, scale=scale.unit),
        title_style="heading",
        title_justify="left",
        pad_edge=False,
    )
    shown.add_column(words.text("heading.cause"), overflow="fold", ratio=2)
    for name in ("before", "after"):
        shown.add_column(words.text(f"heading.{name}"), overflow="fold", ratio=3)
    for name in ("sources_number", "contribution"):
        shown.add_column(words.text(f"heading.{name}"), justify="right", no_wrap=True)
    moving = table[table["contribution"] != 0]
    for row in moving.head(limit).to_dict("records"):
        cells = [_cause_of(row, words), *(_row_of(row, side, words) for side in ("before", "after"))]
        shown.add_row(*map(text, cells), text(row["lines"]), text(scale.show(float(row["contribution"]))))
    rest = moving.iloc[limit:]
    if len(rest):
        more = text(words.text("compare.more_factors", number=len(rest)), "quiet")
        shown.add_row(more, "", "", "", text(scale.show(float(rest["contribution"].sum()))))
    shown.add_section()
    total = text(scale.show(float(table["contribution"].sum())), "heading")
    shown.add_row(text(words.text("report.total"), "heading"), "", "", "", total)
    console.print(shown)


def factor_changes_json(table: pd.DataFrame, substance: str, metrics: Sequence[str]) -> str:
    """Return the factor rows that changed as JSON, contributions in t."""
    content = {"gwp": list(metrics), "substance": substance, "factors": table.to_dict("records")}
    return json.dumps(finite(content), ensure_ascii=False, indent=1, default=str)


def _cause_of(row: Mapping[Any, Any], words: Words) -> str:
    """Return the cause, with the parameter and the device where it is a factor row."""
    if row["cause"] == "factor" and not row["before"] and not row["after"]:
        return words.text("compare.no_row")
    named = [words.label("parameters", row["parameter"])] if row["parameter"] else []
    named += [words.control(row["device"])] if row["device"] else []
    return " ".join(named) or words.named("cause", str(row["cause"]))


def _row_of(row: Mapping[Any, Any], side: str, words: Words) -> str:
    """Return what stood or stands there: a factor row with value and unit, a method, a gas with its GWP, sources."""
    name, value, unit = (row[side], row[f"value_{side}"], row[f"unit_{side}"])
    if row["cause"] == "split":
        return " + ".join(_source_of(one, words) for one in str(name).split(" + ")) if name else ""
    shown = words.label("substances", name) if row["cause"] == "gwp" else str(name)
    return f"{shown}\n{value:g} {unit}" if np.isfinite(float(value)) else shown


def _source_of(stated: str, words: Words) -> str:
    """Return what the lines of a source state (``activity=lignite|technology=cfb``) in words."""
    pairs = [part.partition("=") for part in stated.split("|")]
    return ", ".join(_stated(column, value, words) if equals else column for column, equals, value in pairs)


def _stated(column: str, value: str, words: Words) -> str:
    if column == "activity":
        return words.label("activities", value)
    if column == "control" or column in load_vocabulary().conditions:
        return words.condition_pair(column, value)
    return f"{words.label('parameters', column)} = {value}"


# ---------------------------------------------------------------- tables


def _print_substances(causes: pd.DataFrame, shown: Sequence[str], console: Console, words: Words, weighed: str) -> None:
    table = Table(
        box=box.SIMPLE_HEAD,
        title=words.text("compare.title"),
        title_style="heading",
        title_justify="left",
        pad_edge=False,
    )
    table.add_column(words.text("heading.substance"))
    for name in ("first", "second", "difference"):
        table.add_column(words.text(f"heading.{name}"), justify="right", no_wrap=True)
    table.add_column("%", justify="right", no_wrap=True)
    for name in shown:
        table.add_column(words.named("cause", name), justify="right", no_wrap=True)
    table.add_column("")
    for substance, row in causes.iterrows():
        scale = Scale.of([row["first"], row["second"]], words.language)
        relative = share(row["difference"] / row["first"]) if row["first"] else "–"
        cells = [scale.show(float(row[name])) for name in ("first", "second", "difference")]
        table.add_row(
            text(weighed if substance == CO2E else substance),
            *map(text, cells),
            text(relative),
            *(text(_shown(row[name], scale)) for name in shown),
            text(scale.unit, "quiet"),
        )
    console.print(table)


def _print_cells(
    largest: pd.DataFrame, by: Sequence[str], shown: Sequence[str], unit: str, console: Console, words: Words
) -> None:
    scale = Scale.of([*largest["difference"], *largest["first"]], words.language)
    table = Table(
        box=box.SIMPLE_HEAD,
        title=words.text("compare.largest", unit=unit, scale=scale.unit),
        title_style="heading",
        title_justify="left",
        pad_edge=False,
    )
    for name in by:
        table.add_column(
            words.text(f"heading.{name}")
            if name not in load_vocabulary().conditions
            else words.label("conditions", name)
        )
    for name in ("first", "second", "difference"):
        table.add_column(words.text(f"heading.{name}"), justify="right", no_wrap=True)
    for name in shown:
        table.add_column(words.named("cause", name), justify="right", no_wrap=True)
    for row in largest.to_dict("records"):
        cells = [text(_named(name, str(row[name]), words)) for name in by]
        cells += [text(scale.show(float(row[name]))) for name in ("first", "second", "difference")]
        table.add_row(*cells, *(text(_shown(row[name], scale)) for name in shown))
    console.print(table)


def _shown(value: float, scale: Scale) -> str:
    return scale.show(float(value)) if value else ""


def _named(column: str, value: str, words: Words) -> str:
    if column == "category":
        return words.category(value)
    return words.label(_TABLES.get(column, column), value)
