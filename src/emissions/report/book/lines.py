"""The sheet of lines: quantity x implied factor = emission, and the cells the quantity comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Run
from emissions.report.book.audit import Audit
from emissions.report.book.names import COUNTS, ELSEWHERE, MEMO, Names
from emissions.report.book.style import Styles
from emissions.report.book.table import FIRST_ROW, Cells, TableSheet, write_table
from emissions.report.words import Words
from emissions.vocabulary import load_vocabulary

_SKIPPED = frozenset(
    {"region", "year", "category", "activity", "use", "dimension", "control", "sector", "measured", "notation"}
)
"""Key columns that are not shown as conditions: they have columns of their own, or follow from the category."""


@dataclass(frozen=True)
class LineCells:
    """Where the columns of the lines are, as absolute ranges, for sums over them."""

    sheet: str
    first: int
    last: int

    def range(self, letters: str) -> str:
        """Return a column as a range."""
        return f"'{self.sheet}'!${letters}${self.first}:${letters}${self.last}"


REGION, YEAR, CATEGORY, SUBSTANCE, EMISSION, COUNTED = "A", "B", "C", "H", "M", "N"
"""Columns of the sheet that sums refer to."""


def write_lines(sheet: TableSheet, audit: Audit, cells: Sequence[str], names: Names, styles: Styles) -> LineCells:
    """Write the lines with live formulas.

    Parameters
    ----------
    cells
        Reference to the cell of every implied factor.
    """
    words, lines = names.words, audit.lines
    rows = range(FIRST_ROW, FIRST_ROW + len(lines))
    key = lines["key"].to_numpy(dtype=np.int64)
    conditions, origins = condition_texts(audit.run, words), cell_texts(audit.run, words)
    columns = [
        Cells(names.heading("region"), 14, "text", _labels(lines["region"], lambda word: words.label("regions", word))),
        Cells(names.heading("year"), 7, "whole", [int(year) for year in lines["year"]]),
        Cells(names.heading("category"), 28, "text", _labels(lines["category"], words.category)),
        Cells(
            names.heading("activity"),
            16,
            "text",
            _labels(lines["activity"], lambda word: words.label("activities", word)),
        ),
        Cells(names.heading("use"), 11, "text", _labels(lines["use"], lambda word: words.label("uses", word))),
        Cells(names.heading("conditions"), 38, "text", conditions[key].tolist()),
        Cells(names.heading("control"), 20, "text", _labels(lines["control"], words.control)),
        Cells(names.heading("substance"), 9, "text", lines["substance"].astype(str).tolist()),
        Cells(names.heading("stream"), 12, "text", _labels(lines["stream"], lambda word: words.named("stream", word))),
        Cells(names.heading("quantity"), 16, "number", lines["quantity"].tolist()),
        Cells(names.heading("unit"), 9, "text", _labels(lines["dimension"], lambda word: words.unit(_unit(word)))),
        Cells(
            names.heading("implied_factor"),
            15,
            "implied",
            lines["ief"].tolist(),
            [cells[number] for number in lines["implied"]],
        ),
        Cells(names.heading("emission"), 16, "mass", lines["emission"].tolist(), [f"J{row}*L{row}" for row in rows]),
        Cells(names.heading("counts"), 10, "text", counted_texts(lines, words)),
        Cells(names.heading("cells"), 34, "text", origins[key].tolist()),
    ]
    guidance = words.text("report.guide_lines")
    if not audit.complete:
        guidance = words.text("report.lines_left_out", number=audit.left_out, shown=len(lines))
    write_table(sheet, columns, styles, title=words.text("report.sheet_lines"), guidance=guidance, frozen=4)
    return LineCells(names.sheet("lines"), FIRST_ROW, FIRST_ROW + len(lines) - 1)


def counted_texts(lines: pd.DataFrame, words: Words) -> list[str]:
    """Return whether each line counts in totals, is a memo item or is counted elsewhere."""
    texts = np.array([words.text(COUNTS), words.text(MEMO), words.text(ELSEWHERE)], dtype=object)
    number = np.where(lines["memo"].astype(str) != "", 1, 0)
    number = np.where(lines["status"] != "ok", 2, number)
    return [str(text) for text in texts[number]]


def condition_texts(run: Run, words: Words) -> npt.NDArray[np.object_]:
    """Return per key the conditions it states, in words."""
    conditions = load_vocabulary().conditions
    texts = np.full(len(run.keys), "", dtype=object)
    for name in run.keys.columns:
        if name in _SKIPPED:
            continue
        column = run.keys[name]
        if name in conditions and conditions[name]["kind"] == "word":
            values = _labels(
                column.astype(object).fillna("").astype(str),
                lambda word, name=name: words.condition(name, word) if word else "",
            )
        else:
            values = ["" if not np.isfinite(number) else words.condition(name, float(number)) for number in column]
        stated = np.array(values, dtype=object)
        both = (texts != "") & (stated != "")
        texts = texts + np.where(both, "; ", "") + stated
    return texts


def cell_texts(run: Run, words: Words) -> npt.NDArray[np.object_]:
    """Return per key the cell of its largest row, and how many more there are."""
    rows = run.activity.rows
    order = np.lexsort((-rows["quantity"].abs().to_numpy(dtype=np.float64), run.key_of_row))
    key = run.key_of_row[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, dtype=np.int64)
    counts = np.diff(np.r_[first, len(key)])
    several = len(run.activity.files) > 1
    texts = np.full(len(run.keys), "", dtype=object)
    spots = zip(*(rows[name].to_numpy(dtype=object)[order[first]] for name in ("file", "sheet", "cell")), strict=True)
    for place, count, (file, sheet, cell) in zip(first.tolist(), counts.tolist(), spots, strict=True):
        text = (f"{file} " if several else "") + "!".join(part for part in (sheet, cell) if part)
        texts[key[place]] = text + (words.text("report.more_cells", number=count - 1) if count > 1 else "")
    return texts


def _labels(column: pd.Series, label: object) -> list[str]:
    codes, values = pd.factorize(column, use_na_sentinel=False)
    known = [str(label(str(value))) for value in values]  # type: ignore[operator]
    return [known[code] for code in codes]


def _unit(dimension: str) -> str:
    from emissions.units import BASE_UNITS

    return BASE_UNITS[dimension]
