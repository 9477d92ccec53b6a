"""The sheets that are lists: coverage, notes, metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from emissions.report.book.names import Names
from emissions.report.book.style import Styles
from emissions.report.book.table import Cells, TableSheet, write_table
from emissions.report.problems import problem_text
from emissions.report.tables import Overview

_STATUS_ORDER = ("NE", "C", "IE", "NO", "NA", "ok")


def write_coverage(sheet: TableSheet, overview: Overview, names: Names, styles: Styles) -> None:
    """Write what was estimated and what was not, gaps first, with the reason and what to do about it."""
    words = names.words
    rank = {status: number for number, status in enumerate(_STATUS_ORDER)}
    table = overview.coverage.assign(_rank=overview.coverage["status"].astype(str).map(rank).fillna(len(rank)))
    table = table.sort_values(["_rank", "category", "activity", "substance"], kind="stable")
    texts = {str(name): table[name].astype(str).tolist() for name in table}
    chosen = overview.run.library.set
    size = table["emission"].where(table["emission"] != 0)
    spec: tuple[tuple[str, float, str, list[object]], ...] = (
        ("status", 16, "text", [f"{status} {words.named('status', status)}" for status in texts["status"]]),
        ("category", 32, "text", [words.category(category) for category in texts["category"]]),
        ("activity", 18, "text", [words.label("activities", word) for word in texts["activity"]]),
        ("use", 12, "text", [words.label("uses", word) for word in texts["use"]]),
        ("substance", 10, "text", [*texts["substance"]]),
        ("reason", 40, "text", [words.reason(reason, chosen) for reason in texts["reason"]]),
        ("what_to_do", 46, "text", [words.hint(reason) for reason in texts["reason"]]),
        ("sources_number", 9, "whole", table["keys"].tolist()),
        ("quantity", 16, "number", table["quantity"].tolist()),
        ("unit", 10, "text", [words.unit(unit) for unit in texts["unit"]]),
        ("size", 16, "mass", size.tolist()),
    )
    columns = [Cells(names.heading(name), width, style, values) for name, width, style, values in spec]
    guidance = words.text("report.guide_coverage")
    write_table(sheet, columns, styles, title=words.text("report.sheet_coverage"), guidance=guidance, frozen=2)


def write_notes(sheet: TableSheet, overview: Overview, names: Names, styles: Styles) -> None:
    """Write assumptions, mixes, netting and warnings in both languages."""
    notes = sorted(overview.run.notes, key=lambda note: {"error": 0, "warning": 1, "info": 2}[note.level])
    rows = [
        (
            names.words.named("level", note.level),
            problem_text(note, names.words),
            problem_text(note, names.other),
        )
        for note in notes
    ]
    excluded = overview.run.activity.excluded
    for (file, reason), part in excluded.groupby(["file", "reason"], sort=False):
        said, other = (
            words.text("report.not_used", where=file, number=len(part), reason=words.text(str(reason)))
            for words in (names.words, names.other)
        )
        rows.append((names.words.named("level", "info"), said, other))
    columns = [
        Cells(names.heading("level"), 10, "text", [row[0] for row in rows]),
        Cells(names.words.text("heading.text"), 110, "wrap", [row[1] for row in rows]),
        Cells(names.other.text("heading.text"), 110, "wrap", [row[2] for row in rows]),
    ]
    write_table(
        sheet,
        columns,
        styles,
        title=names.words.text("report.sheet_notes"),
        guidance=names.words.text("report.guide_notes"),
    )


def write_manifest(sheet: TableSheet, manifest: Mapping[str, Any], names: Names, styles: Styles) -> None:
    """Write the metadata: enough to compute the same again."""
    rows = list(_flat(manifest))
    columns = [
        Cells(names.heading("item"), 52, "item", [name for name, _ in rows]),
        Cells(names.heading("content"), 110, "wrap", [text for _, text in rows]),
    ]
    write_table(
        sheet,
        columns,
        styles,
        title=names.words.text("report.sheet_manifest"),
        guidance=names.words.text("report.guide_manifest"),
    )


def _flat(content: Mapping[str, Any], front: str = "") -> list[tuple[str, str]]:
    rows = []
    for name, value in content.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{front}{name}: ")
        else:
            rows.append(
                (
                    f"{front}{name}",
                    value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str),
                )
            )
    return rows
