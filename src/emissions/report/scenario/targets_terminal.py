"""Targets for the terminal: their status with numbers, the words of the document, and why some cannot be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from emissions.report.console import print_item, text
from emissions.report.numbers import figure
from emissions.report.terminal import simple_table
from emissions.report.words import Words

Row = Mapping[Any, Any]

ORDER = ("missed", "behind", "met", "on_track", "not_due", "contradictory_baseline", "not_evaluable")
"""Statuses in the order in which they are printed: what needs work first."""
MARKS = {
    "met": ("✓", "good"),
    "on_track": ("✓", "good"),
    "missed": ("✗", "bad"),
    "behind": ("✗", "bad"),
    "not_due": ("·", "quiet"),
}
_DOUBT = ("?", "doubt")
_SHORT = 8
_REASONS, _LABELS = 6, 4
_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "~": "≈"}


def print_targets_short(targets: pd.DataFrame, console: Console, words: Words) -> None:
    """Print how many targets are met, missed, not evaluable, and the ones that need work."""
    if targets.empty:
        return
    console.print(text(words.text("targets.title"), "heading") + text("  " + counts(targets, words)))
    open_ones = said_once(targets[targets["status"].isin(["missed", "behind"])])
    for row in open_ones.head(_SHORT).to_dict("records"):
        _item(row, console, words)
    if len(open_ones) > _SHORT:
        console.print(text("  " + words.text("targets.more", number=len(open_ones) - _SHORT), "quiet"))
    console.print()


def print_targets(targets: pd.DataFrame, console: Console, words: Words, *, quotes: bool = True) -> None:
    """Print every target by status with its numbers and the words of its document; the rest grouped by reason."""
    if targets.empty:
        console.print(text(words.text("targets.none"), "doubt"))
        return
    console.print(text(words.text("targets.title"), "heading") + text("  " + counts(targets, words)))
    for status in ORDER:
        part = said_once(targets[targets["status"] == status])
        if part.empty:
            continue
        console.print()
        style = MARKS.get(status, _DOUBT)[1]
        console.print(text(f"{words.named('target_status', status)}  {len(part)}", style))
        if status == "not_evaluable":
            _reasons(part, console, words)
            continue
        for row in part.to_dict("records"):
            _item(row, console, words)
            if quotes:
                _quote(row, console)
    console.print()


def print_gaps(targets: pd.DataFrame, scenario: str, console: Console, words: Words) -> None:
    """Print the targets of a scenario that are missed, widest relative gap first, with the words of the document."""
    console.print()
    console.print(text(words.text("gap.title", scenario=scenario), "title"))
    if targets.empty:
        console.print(text("  " + words.text("targets.none"), "doubt"))
        return
    console.print(text("  " + counts(targets, words), "quiet"))
    missed = said_once(targets[targets["status"].isin(["missed", "behind"])])
    if missed.empty:
        console.print(text("  " + words.text("targets.all_met"), "good"))
    relative = (missed["gap"] / missed["target_value"].where(missed["target_value"] != 0)).abs()
    for row in missed.loc[relative.sort_values(ascending=False, kind="stable").index].to_dict("records"):
        _item(row, console, words)
        _quote(row, console)
    console.print()


def counts(targets: pd.DataFrame, words: Words) -> str:
    """Return how many targets have each status."""
    numbers = said_once(targets)["status"].value_counts()
    present = [name for name in ORDER if name in numbers]
    return words.text("report.separator").join(
        f"{words.named('target_status', name)} {numbers[name]}" for name in present
    )


def said_once(targets: pd.DataFrame) -> pd.DataFrame:
    """Return targets with what several documents demand alike as one row; ``id`` and ``document`` name them all.

    Alike are demands on one indicator, place, scope, year, value and comparator that were judged alike.
    """
    if targets.empty:
        return targets
    names = ["region", "indicator", "scope", "target_year", "comparator", "target_value", "unit", "status", "achieved"]
    names += ["scenario"] if "scenario" in targets else []
    stated = targets["target_value"].notna() & targets["comparator"].ne("")
    alike = targets.groupby(names, sort=False, dropna=False).ngroup()
    number = pd.Series(np.where(stated, alike, -1 - np.arange(len(targets))), index=targets.index)
    first = ~number.duplicated()
    joined: pd.DataFrame = targets.assign(
        **{name: targets.groupby(number.to_numpy(), sort=False)[name].transform(_joined) for name in ("id", "document")}
    )
    return joined.loc[first]


def _joined(texts: pd.Series) -> str:
    return " = ".join(dict.fromkeys(str(text) for text in texts))


def print_conflicts(conflicts: pd.DataFrame, console: Console, words: Words) -> None:
    """Print the targets on which documents differ; which one counts is not decided here."""
    if conflicts.empty:
        return
    console.print(text(words.text("targets.conflicts"), "heading"))
    for _, part in conflicts.groupby(["region", "indicator", "target_year"], sort=False, dropna=False):
        rows = part.to_dict("records")
        year = "" if pd.isna(rows[0]["target_year"]) else f" {rows[0]['target_year']}"
        print_item(console, text("  ! ", "doubt"), text(f"{rows[0][f'label_{words.language}']}{year}"))
        for row in rows:
            stated = f"{wanted(row)}  {row['document']}  ({row['id']})"
            print_item(console, text("      "), text(stated, "quiet"))
            if row["found_by"] == "note":
                remark = words.text("targets.conflict_remark", note=row["note"])
                print_item(console, text("      "), text(remark, "quiet"))
    console.print()


def print_status_table(targets: pd.DataFrame, scenarios: Iterable[str], console: Console, words: Words) -> None:
    """Print one line a target and one column a scenario: status and achieved value."""
    if targets.empty:
        return
    names = list(scenarios)
    table = simple_table(words.text("targets.title"))
    table.add_column(words.text("heading.target"), overflow="fold", min_width=16)
    table.add_column(words.text("heading.wanted"), no_wrap=True)
    for name in names:
        table.add_column(name, overflow="fold")
    hidden = 0
    for _, part in said_once(targets).groupby("id", sort=False):
        rows = {str(row["scenario"]): row for row in part.to_dict("records")}
        if all(row["status"] in {"not_evaluable", "contradictory_baseline"} for row in rows.values()):
            hidden += 1
            continue
        one = next(iter(rows.values()))
        label = f"{one[f'label_{words.language}']} {_year(one['target_year'])}".strip()
        table.add_row(text(label), text(wanted(one)), *(_cell(rows.get(name), words) for name in names))
    console.print(table)
    if hidden:
        console.print(text("  " + words.text("targets.hidden", number=hidden), "quiet"))
        _reasons(targets[targets["status"] == "not_evaluable"].drop_duplicates(["id"]), console, words, few=True)
    console.print()


def wanted(row: Row) -> str:
    """Return what a target demands.

    Examples
    --------
    >>> wanted({"comparator": "<=", "target_value": 75.0, "unit": "%"})
    '≤75 %'
    """
    value = float(row["target_value"])
    if not math.isfinite(value):
        return ""
    return f"{_SIGNS.get(str(row['comparator']), '')}{_figure(value, str(row['unit']))} {_unit(row['unit'])}".strip()


def achieved(row: Row, words: Words) -> str:
    """Return what was achieved and the gap to the target; blank where it cannot be told."""
    value, gap = float(row["achieved"]), float(row["gap"])
    if not math.isfinite(value):
        return ""
    unit = _unit(row["unit"])
    places = _places(value, str(row["unit"]))
    shown = words.text("targets.achieved", value=f"{_figure(value, str(row['unit']))} {unit}".strip())
    if math.isfinite(gap) and row["status"] in {"missed", "behind"}:
        points = words.text("targets.points") if unit == "%" else unit
        off = round(value, places) - round(value - gap, 10)
        shown += "  " + words.text("targets.gap", value=f"{round(off, places):+,.6g} {points}".strip())
    return shown


def _item(row: Row, console: Console, words: Words) -> None:
    mark, style = MARKS.get(str(row["status"]), _DOUBT)
    label = f"{row[f'label_{words.language}']} {_year(row['target_year'])}".strip()
    margin = str(row[f"tolerance_{words.language}"])
    body = "  ".join(part for part in (label, wanted(row), achieved(row, words)) if part)
    print_item(console, text(f"  {mark} ", style), text(body) + text(f"  ({row['id']})", "quiet"))
    for said in (str(row[f"reason_{words.language}"]), margin if str(row["comparator"]) == "~" else ""):
        if said:
            print_item(console, text("      "), text(said, "quiet"))


def _quote(row: Row, console: Console) -> None:
    if row["quote_zh"]:
        print_item(console, text("      "), text(f"“{row['quote_zh']}” {row['document']}", "quiet"))
    elif row["document"]:
        print_item(console, text("      "), text(str(row["document"]), "quiet"))


def _reasons(part: pd.DataFrame, console: Console, words: Words, *, few: bool = False) -> None:
    """Print why targets cannot be told, those of one reason together; with ``few`` the frequent reasons only."""
    groups = sorted(part.groupby(f"reason_{words.language}", sort=False), key=lambda pair: -len(pair[1]))
    for reason, rows in groups[: _REASONS if few else None]:
        labels = list(dict.fromkeys(str(one) for one in rows[f"label_{words.language}"]))
        shown = labels[: _LABELS if few else None]
        listed = words.text("report.list_separator").join(shown)
        left = words.text("report.and_more", number=len(labels) - len(shown)) if len(shown) < len(labels) else ""
        body = text(str(reason)) + text(f"  {listed}{left}", "quiet")
        print_item(console, text("  ? ", "doubt") + text(f"{len(rows):>3}  "), body)
    if few and len(groups) > _REASONS:
        console.print(text("  " + words.text("targets.more_reasons", number=len(groups) - _REASONS), "quiet"))


def _cell(row: Row | None, words: Words) -> Any:
    if row is None:
        return text("")
    mark, style = MARKS.get(str(row["status"]), _DOUBT)
    value = float(row["achieved"])
    shown = (
        _figure(value, str(row["unit"])) if math.isfinite(value) else words.named("target_status", str(row["status"]))
    )
    return text(f"{mark} ", style) + text(shown)


def _figure(value: float, unit: str) -> str:
    """Return a number; a calendar year (unit ``1``) stays whole."""
    return f"{value:.0f}" if unit == "1" else figure(round(value, _places(value, unit)))


def _places(value: float, unit: str) -> int:
    """Return the decimals of an achieved value and of its gap: two of a percentage, else four digits in all."""
    if unit == "%":
        return 2
    return max(0, 3 - math.floor(math.log10(abs(value)))) if value else 0


def _unit(unit: object) -> str:
    return "" if str(unit) == "1" else str(unit)


def _year(year: object) -> str:
    return "" if pd.isna(year) else str(year)  # type: ignore[call-overload]
