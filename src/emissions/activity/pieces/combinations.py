"""Checking combinations of words with the rules of a workbook, each word and each group of words once.

Region and year are checked by themselves: no other rule depends on them. What is left is checked as the rows of a
sheet, one row a distinct group of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.cells import FIRST_YEAR, column_letters
from emissions.activity.check import regions, years
from emissions.activity.collect import Collector
from emissions.activity.given import Given
from emissions.activity.pieces.kernel import NOTATION
from emissions.activity.pieces.part import Codes, Part, numbered
from emissions.activity.raw import Excluded, RawRows, object_frame
from emissions.activity.read import Gathered, joined_rows, read_file
from emissions.activity.table import ROW_COLUMNS
from emissions.activity.words import known_word
from emissions.activity.workbook import Opened, Sheet
from emissions.errors import ActivityErrors, Problem
from emissions.vocabulary import load_vocabulary

_ALONE = ("region", "year")
_NEAREST = 100
"""For so many unknown words of a column the nearest known word is looked for; that takes longer than all else."""
_TABLES = {"region": "regions", "activity": "activities", "use": "uses"}


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a word or a group of words: the first problem, its column, and why rows are not read."""

    problem: Problem | None = None
    column: str = ""
    excluded: Excluded | None = None


@dataclass(frozen=True)
class Verdict:
    """What is wrong, by word and by group of words; a row has the first of region, year and the group.

    Attributes
    ----------
    fields
        Key columns of a group, in order.
    alone
        Column (region, year) -> word -> what is wrong.
    groups
        Words of a group -> what is wrong with it.
    """

    fields: tuple[str, ...]
    alone: dict[str, dict[str, Wrong]] = field(default_factory=dict)
    groups: dict[tuple[str, ...], Wrong] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Nothing is wrong."""
        return not self.groups and not any(self.alone.values())


@dataclass(frozen=True)
class Combinations:
    """Combinations that passed.

    Attributes
    ----------
    rows
        As rows of the activity table, in order of first appearance; ``quantity`` is the sum.
    place
        For each row, its place among the combinations of the part.
    verdict
        On the others.
    notes
        What was read in a way worth saying.
    """

    rows: pd.DataFrame
    place: npt.NDArray[np.int64]
    verdict: Verdict
    notes: tuple[Problem, ...]


def check_combinations(part: Part, fields: Sequence[str], given: Given) -> Combinations:
    """Check the combinations of a listed part and return those that pass as rows of the activity table."""
    keys = dict(zip(fields, part.keys or (), strict=True))
    words = dict(zip(fields, part.words, strict=True))
    inner = [name for name in fields if name not in _ALONE]
    number, where = numbered([keys[name] for name in inner], [len(words[name]) for name in inner])
    groups = [np.array(words[name], dtype=object)[keys[name][where]] for name in inner]
    table, wrong, notes = _check_groups(inner, groups, given)
    verdict = Verdict(tuple(inner), groups={tuple(each[one] for each in groups): what for one, what in wrong.items()})
    position = np.full(len(where), -1, dtype=np.int64)
    position[table["row"].to_numpy(dtype=np.int64) - 2] = np.arange(len(table))
    columns: dict[str, npt.NDArray[np.generic]] = {}
    passed = position[number] >= 0
    for name in _ALONE:
        stated = words.get(name, ("",))
        code = keys.get(name, np.zeros(len(number), dtype=np.int64))
        values, verdict.alone[name] = _check_alone(name, stated, np.unique(code))
        columns[name] = values[code]
        passed &= ~np.array([word in verdict.alone[name] for word in stated], dtype=bool)[code]
    place = np.flatnonzero(passed)
    place = place[np.argsort(part.first[place], kind="stable")]
    rows = _rows(table, position[number[place]], {name: each[place] for name, each in columns.items()}, part, place)
    return Combinations(rows, place, verdict, tuple(notes))


def _check_groups(
    inner: list[str], groups: list[npt.NDArray[np.object_]], given: Given
) -> tuple[pd.DataFrame, dict[int, Wrong], list[Problem]]:
    """Return the rows of the groups that pass, what is wrong with the others by number, and notes."""
    quantity = [word or 1.0 for word in groups[inner.index(NOTATION)]] if NOTATION in inner else [1.0] * len(groups[0])
    headings = [name for name in inner if name != NOTATION]
    stated = [each.tolist() for name, each in zip(inner, groups, strict=True) if name != NOTATION]
    lines = [[*headings, "quantity"], *(list(line) for line in zip(*stated, quantity, strict=True))]
    letters = {column_letters(number): name for number, name in enumerate([*headings, "quantity"], start=1)}
    wrong = _unknown(inner, groups)
    left = [number for number in range(len(quantity)) if number not in wrong]
    lines = [lines[0], *(lines[number + 1] for number in left)]
    gathered = Gathered()
    anywhere = Given(next(iter(load_vocabulary().regions)), FIRST_YEAR, given.choices)
    read_file(Opened((Sheet("", "", lines),), ""), "", None, anywhere, gathered)
    fatal: list[Problem] = []
    for problem in gathered.errors:
        if problem.row is None or problem.row < 2:
            fatal.append(problem)
            continue
        column = letters.get(problem.cell.rstrip("0123456789"), "")
        wrong.setdefault(left[problem.row - 2], Wrong(replace(problem, cell="", row=None), column))
    if fatal:
        raise ActivityErrors(fatal)
    for row in gathered.excluded:
        wrong.setdefault(left[row.row - 2], Wrong(excluded=row))
    notes = [replace(note, cell="", row=None) for note in gathered.notes if note.code != "recovery_taken_off"]
    table = joined_rows(gathered.rows)
    rows = np.array(left, dtype=np.int64)[table["row"].to_numpy(dtype=np.int64) - 2] + 2
    return table.assign(row=rows), wrong, notes


def _unknown(columns: Sequence[str], groups: Sequence[npt.NDArray[np.object_]]) -> dict[int, Wrong]:
    """Return the groups with a word beyond the first :data:`_NEAREST` unknown ones of its column."""
    found: dict[int, Wrong] = {}
    for name, texts in zip(columns, groups, strict=True):
        many = _many_unknown(name, dict.fromkeys(texts.tolist()))
        condition = load_vocabulary().conditions.get(name, {})
        facts = {label: condition[label] for label in ("label_zh", "label_en") if condition}
        facts |= {"condition": name} if condition else {}
        code = "unknown_condition" if condition else f"unknown_{name}"
        for number, text in enumerate(texts.tolist() if many else ()):
            if text in many:
                found.setdefault(number, Wrong(Problem(code, found=text, facts=facts), name))
    return found


def _many_unknown(name: str, words: Iterable[str]) -> set[str]:
    """Return the unknown words of a column beyond the first :data:`_NEAREST`."""
    table = _TABLES.get(name, name)
    if table not in load_vocabulary().aliases or (name not in _TABLES and name not in load_vocabulary().conditions):
        return set()
    return set([word for word in words if word and not known_word(table, word)][_NEAREST:])


def _check_alone(name: str, words: Sequence[str], there: Codes) -> tuple[npt.NDArray[np.generic], dict[str, Wrong]]:
    """Return our word (or year) of each word of a column, and what is wrong with those that occur."""
    many = _many_unknown(name, (words[one] for one in there))
    wrong = {word: Wrong(Problem(f"unknown_{name}", found=word), name) for word in many}
    there = np.array([one for one in there if words[one] not in many], dtype=np.int64)
    table = object_frame({name: [words[one] for one in there]})
    table["row"] = np.arange(len(there)) + 2
    found = Collector(RawRows("", "", "activity", table, columns={name: "A"}))
    read = regions(found, Given()) if name == "region" else years(found, Given())
    values = np.full(len(words), "" if name == "region" else 0, dtype=object if name == "region" else np.int64)
    values[there] = read
    for problem in found.problems:
        word = words[there[int(problem.row or 2) - 2]]
        wrong.setdefault(word, Wrong(replace(problem, cell="", row=None), name))
    return values, wrong


def _rows(
    table: pd.DataFrame,
    position: npt.NDArray[np.int64],
    columns: dict[str, npt.NDArray[np.generic]],
    part: Part,
    place: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """Return the rows of combinations from those of their groups."""
    rows = table.iloc[position].reset_index(drop=True)
    total = part.high[place] + part.low[place]
    conditions = [name for name in rows.columns if name not in ROW_COLUMNS]
    rows = rows.assign(**columns, quantity=total * rows["quantity"].to_numpy(dtype=np.float64))
    return rows[[*ROW_COLUMNS, *conditions]]
