"""Rows that break rules, set apart: one line a row, what is wrong with it first, and how much that is in all.

A row counts once. Its kind is that of its quantity if something is wrong with that, else that it repeats a row, and
nothing else is then looked for; else of its region, its year, the rest of its words in the order in which they are
checked. What else is wrong with its words is named with what was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.cells import text_of
from emissions.activity.pieces.accumulate import LARGEST
from emissions.activity.pieces.amounts import MISSING, Column
from emissions.activity.pieces.combinations import Verdict, Wrong
from emissions.activity.pieces.kernel import (
    UNIT_TWICE,
    Coded,
    base_unit,
    key_columns,
    quantities_and_key,
    taken_off_rows,
)
from emissions.activity.pieces.part import Codes, numbered
from emissions.activity.pieces.partitions import Piece
from emissions.activity.pieces.tables import read_piece, sheet_rows
from emissions.activity.table import REFUSED_COLUMNS
from emissions.errors import Problem
from emissions.vocabulary import describe

TORN = "line_torn"
"""Kind of a line of text with another number of cells than the headings."""
REPEATED = "row_repeated"
"""Kind of a row that repeats the declared key of an earlier one."""
_SHOWN = 10
_NOT_FINITE, _NEGATIVE = "not_finite", "negative_quantity"


@dataclass(frozen=True)
class Lines:
    """Rows of one piece that are not summed.

    Attributes
    ----------
    refused
        Columns ``row`` (zero-based within the piece), ``kind``, ``column``, ``found``, ``quantity`` and ``unit``.
    excluded
        Columns ``row``, ``reason`` and ``text``.
    """

    refused: pd.DataFrame
    excluded: pd.DataFrame


@dataclass(frozen=True)
class SetApart:
    """Finds the rows of a piece that are not summed; is sent to where pieces are read."""

    fields: tuple[str, ...]
    verdict: Verdict
    decimal_comma: str
    key: tuple[str, ...] = ()

    def __call__(self, item: tuple[Piece, Codes | None]) -> Lines:
        """Return the rows of a piece; the second of the pair are those that repeat an earlier one."""
        piece, repeated = item
        source = piece.source
        table, torn = read_piece(piece, [*dict.fromkeys((*self.fields, *self.key, "quantity"))])
        column, key = quantities_and_key(table, self.fields, source.columns, source.constant, self.decimal_comma)
        rows = table.num_rows
        place = sheet_rows(rows, torn)
        found = _Found(rows)
        _quantity_kinds(found, column, table.column(source.columns["quantity"]), key, self.fields)
        if UNIT_TWICE in column.kinds and "unit" in source.columns:
            _with_own_unit(found, column, table, source.columns, key[self.fields.index("unit")])
        if repeated is not None and len(repeated):
            again = found.add(np.searchsorted(place, repeated), REPEATED, ", ".join(self.key), "")
            said = key_columns(table, self.key, source.columns, {}, column)
            texts = zip(*(np.array(one.words, dtype=object)[one.codes[again]] for one in said), strict=True)
            found.text(again, [", ".join(text) for text in texts])
        found.close()
        excluded = self._words(found, key)
        unit = key[self.fields.index("unit")] if "unit" in self.fields else None
        refused = found.table(column, unit)
        excluded = excluded[~np.isin(excluded["row"], refused["row"])]
        refused["row"] = place[refused["row"].to_numpy(dtype=np.int64)]
        if torn.rows:
            lost = {"kind": TORN, "column": "", "quantity": np.nan, "unit": ""}
            more = pd.DataFrame({"row": torn.rows, "found": torn.texts} | lost)
            refused = pd.concat([refused, more[refused.columns]]).sort_values("row", ignore_index=True)
        return Lines(refused, excluded.assign(row=place[excluded["row"].to_numpy(dtype=np.int64)]))

    def _words(self, found: _Found, key: Sequence[Coded]) -> pd.DataFrame:
        """Note what is wrong with the words of rows; return the rows that are not read, with the reason."""
        columns = dict(zip(self.fields, key, strict=True))
        for name, wrong in self.verdict.alone.items():
            if wrong:
                one = columns.get(name, Coded(("",), np.zeros(found.rows, dtype=np.int32)))
                _note(found, one.codes, [wrong.get(word) for word in one.words], [{name: word} for word in one.words])
        inner = [columns[name] for name in self.verdict.fields]
        number, where = numbered([each.codes for each in inner], [len(each.words) for each in inner])
        words = [
            dict(zip(self.verdict.fields, (each.words[int(each.codes[row])] for each in inner), strict=True))
            for row in where
        ]
        looked = [
            self.verdict.groups.get(tuple(_as_checked(name, word) for name, word in one.items())) for one in words
        ]
        _note(found, number, looked, words)
        passed = np.array([one is not None and one.excluded is not None for one in looked], dtype=bool)
        rows = np.flatnonzero(passed[number])
        why = [looked[one].excluded for one in number[rows]]
        return pd.DataFrame(
            {"row": rows, "reason": [one.reason for one in why if one], "text": [one.text for one in why if one]}
        )


def _as_checked(name: str, word: str) -> str:
    """Return a word as it stands in the sums: there a unit is the base unit it stands for."""
    return base_unit(word)[0] if name == "unit" else word


def _note(found: _Found, codes: Codes, wrong: Sequence[Wrong | None], words: Sequence[Mapping[str, str]]) -> None:
    hit = np.array([one is not None and one.problem is not None for one in wrong], dtype=bool)
    rows = np.flatnonzero(hit[codes]) if hit.any() else np.empty(0, dtype=np.int64)
    rows = rows[np.argsort(codes[rows], kind="stable")]
    for part in np.split(rows, np.flatnonzero(np.diff(codes[rows])) + 1) if len(rows) else ():
        number = int(codes[part[0]])
        one = wrong[number]
        if one is not None and one.problem is not None:
            found.add(part, one.problem.code, one.column, words[number].get(one.column, one.problem.found))


class _Found:
    """What is wrong with the rows of a piece, first things first."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self._what = np.zeros(rows, dtype=np.int64)
        self._closed = np.zeros(rows, dtype=bool)
        self._keys: list[tuple[tuple[str, str, str], ...]] = [()]
        self._known = {self._keys[0]: 0}
        self._texts: dict[int, str] = {}

    def add(
        self, rows: npt.NDArray[np.integer[Any]], kind: str, column: str, found: str
    ) -> npt.NDArray[np.integer[Any]]:
        """Note a problem of some rows, behind those they have; return the rows that had none."""
        rows = rows[~self._closed[rows]]
        before = self._what[rows]
        for old in np.unique(before).tolist():
            whole = (*self._keys[old], (kind, column, found))
            if whole not in self._known:
                self._known[whole] = len(self._keys)
                self._keys.append(whole)
            self._what[rows[before == old]] = self._known[whole]
        fresh: npt.NDArray[np.integer[Any]] = rows[before == 0]
        return fresh

    def close(self) -> None:
        """Look for nothing else in the rows that have a problem."""
        self._closed = self._what > 0

    def text(self, rows: npt.NDArray[np.integer[Any]], texts: Sequence[str]) -> None:
        """Note what stands in the place of the quantity of some rows."""
        self._texts |= dict(zip(rows.tolist(), texts, strict=True))

    def table(self, column: Column, unit: Coded | None) -> pd.DataFrame:
        """Return one line a row."""
        rows = np.flatnonzero(self._what)
        what = self._what[rows]
        known = self._keys
        kinds = [key[0][0] if key else "" for key in known]
        columns = [key[0][1] if key else "" for key in known]
        found = [
            "; ".join(
                f"{name}={text}" if number and name else text or kind for number, (kind, name, text) in enumerate(key)
            )
            if len(key) > 1
            else "".join(text for _, _, text in key)
            for key in known
        ]
        own = [self._texts.get(row, found[number]) for row, number in zip(rows.tolist(), what.tolist(), strict=True)]
        number = np.isfinite(column.values[rows])
        if column.kind_codes is not None:
            number &= column.kind_codes[rows] == 0
        return pd.DataFrame(
            {
                "row": rows,
                "kind": np.array(kinds, dtype=object)[what],
                "column": np.array(columns, dtype=object)[what],
                "found": np.array(own, dtype=object),
                "quantity": np.where(number, column.values[rows], np.nan),
                "unit": "" if unit is None else np.array(unit.words, dtype=object)[unit.codes[rows]],
            }
        )


def _quantity_kinds(found: _Found, column: Column, texts: Any, key: list[Coded], fields: Sequence[str]) -> None:
    for number, kind in enumerate(column.kinds, start=1):
        rows = np.flatnonzero(column.kind_codes == number)
        found.add(rows, kind, "quantity", "")
        if kind != MISSING:
            found.text(rows, [str(one) for one in texts.take(rows).to_pylist()])
    fine = np.ones(found.rows, dtype=bool) if column.kind_codes is None else column.kind_codes == 0
    wild = np.flatnonzero(fine & ~(np.abs(column.values) <= LARGEST))
    negative = np.flatnonzero(fine & (column.values < 0) & (column.values >= -LARGEST))
    if len(negative):
        negative = negative[~taken_off_rows(key, list(fields), negative)]
    for rows, kind in ((wild, _NOT_FINITE), (negative, _NEGATIVE)):
        if len(rows):
            found.add(rows, kind, "quantity", "")
            found.text(rows, [f"{value:g}" for value in column.values[rows]])
    found.close()


def _with_own_unit(found: _Found, column: Column, table: Any, headings: Mapping[str, str], unit: Coded) -> None:
    """Show the unit of its own cell behind the quantity of a row where the heading has another."""
    rows = np.flatnonzero(column.kind_codes == column.kinds.index(UNIT_TWICE) + 1)
    texts = table.take(rows).select([headings["quantity"], headings["unit"]]).to_pydict()
    shown = zip(*(map(text_of, each) for each in texts.values()), unit.codes[rows].tolist(), strict=True)
    found.text(rows, [f"{text} {own}" if own and own != unit.words[code] else text for text, own, code in shown])


def refused_table(lines: Sequence[tuple[Piece, int, Lines]]) -> pd.DataFrame:
    """Return the refused rows of all pieces.

    Parameters
    ----------
    lines
        Piece, the one-based row of its first row in the file, and its rows that are not summed.
    """
    parts = [
        one.refused.assign(file=piece.source.name, row_group=piece.number, row=one.refused["row"] + start)
        for piece, start, one in lines
        if len(one.refused)
    ]
    if not parts:
        return pd.DataFrame(columns=[*REFUSED_COLUMNS, "unit"])
    whole = pd.concat(parts, ignore_index=True)[[*REFUSED_COLUMNS, "unit"]]
    return whole.astype({"file": "category", "kind": "category", "column": "category", "unit": "category"})


def notes_on(refused: pd.DataFrame, verdict: Verdict) -> list[Problem]:
    """Return a warning for each kind of refused row: how many, how much, and where the first of them stand."""
    first: dict[str, Problem] = {}
    for wrong in [*(one for column in verdict.alone.values() for one in column.values()), *verdict.groups.values()]:
        if wrong.problem is not None:
            first.setdefault(wrong.problem.code, wrong.problem)
    notes = []
    for kind, rows in refused.groupby("kind", sort=False, observed=True):
        begin = rows.iloc[:_SHOWN]
        sums = rows.groupby("unit", observed=True)["quantity"].agg(["sum", "count"])
        amounts = [f"{row['sum']:.6g} {unit}".strip() for unit, row in sums.iterrows() if row["count"]]
        one = rows.iloc[0]
        what = first.get(str(kind), Problem(str(kind), facts={"other": str(one["unit"])}))
        what = replace(what, found=str(one["found"]), file="", row=None)
        facts = {
            "count": str(len(rows)),
            "quantity": ", ".join(amounts) or "—",
            "examples": "; ".join(f"{f} [{g}] {r}" for f, g, r in begin[["file", "row_group", "row"]].to_numpy()),
            "what": str(kind),
            "what_zh": describe(what, "zh"),
            "what_en": describe(what, "en"),
        }
        file, row = str(one["file"]), int(one["row"])
        notes.append(Problem("rows_set_apart", "warning", file, row=row, found=str(one["found"]), facts=facts))
    return notes


def problems_of(refused: pd.DataFrame, verdict: Verdict) -> list[Problem]:
    """Return the refused rows as errors: one a file, kind and thing found, at its first row."""
    known: dict[tuple[str, str], Problem] = {}
    for wrong in [*(one for column in verdict.alone.values() for one in column.values()), *verdict.groups.values()]:
        if wrong.problem is not None:
            known.setdefault((wrong.problem.code, wrong.column), wrong.problem)
    bad = refused[refused["kind"] != MISSING]
    # quantities differ from row to row: those of one kind are one problem, with the first of them
    thing = bad["found"].where(bad["column"] != "quantity", "")
    problems = []
    for (file, kind, column, _), rows in bad.groupby(["file", "kind", "column", thing], sort=False, observed=True):
        what = known.get((str(kind), str(column)), Problem(str(kind)))
        first = rows.iloc[0]
        facts = {**what.facts, **({"rows_refused": str(len(rows))} if len(rows) > 1 else {})}
        problems.append(replace(what, file=str(file), row=int(first["row"]), found=str(first["found"]), facts=facts))
    return problems
