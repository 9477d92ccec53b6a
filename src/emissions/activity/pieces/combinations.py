"""Checking combinations of words with the rules of a workbook, each word and each group of words once.

Region and year are checked by themselves: no other rule depends on them. What is left is checked as the rows of a
sheet, one row a distinct group of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.cells import FIRST_YEAR, column_letters
from emissions.activity.check import regions, years
from emissions.activity.collect import Collector
from emissions.activity.given import Given
from emissions.activity.pieces.kernel import NOTATION
from emissions.activity.pieces.part import CodedWords, Codes, Numbers, Part, numbered
from emissions.activity.pieces.texts import column_of, texts_of
from emissions.activity.raw import Excluded, RawRows, object_frame
from emissions.activity.read import Gathered, read_file, stated_rows
from emissions.activity.table import ROW_COLUMNS
from emissions.activity.words import known_word
from emissions.activity.workbook import Opened, Sheet
from emissions.errors import ActivityErrors, Problem
from emissions.vocabulary import load_vocabulary

_ALONE = ("region", "year")
_NEAREST = 100
"""For so many unknown words of a column the nearest known word is looked for; that takes longer than all else."""
OF_PLACES = frozenset({"activity_id", "file", "sheet", "row", "cell", "quantity_as_printed"})
"""Columns of the activity table that say where a combination stands in the files."""
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
    columns
        Those of the activity table but :data:`OF_PLACES`, one row a combination, in order of first appearance;
        ``quantity`` is the sum.
    coded
        Some of the columns as the number of the word of each row, and the words.
    place
        For each row, its place among the combinations of the part.
    verdict
        On the others.
    notes
        What was read in a way worth saying.
    """

    columns: dict[str, Any]
    coded: dict[str, CodedWords]
    place: npt.NDArray[np.int64]
    verdict: Verdict
    notes: tuple[Problem, ...]

    @property
    def rows(self) -> pd.DataFrame:
        """The columns as a table."""
        return pd.DataFrame(self.columns, copy=False)


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
    group = position[number]
    passed = group >= 0
    alone: dict[str, tuple[list[Any], Codes]] = {}
    for name in _ALONE:
        stated = words.get(name, ("",))
        code = keys.get(name, np.zeros(len(number), dtype=np.int32))
        there = np.zeros(len(stated), dtype=bool)
        there[code] = True
        values, verdict.alone[name] = _check_alone(name, stated, np.flatnonzero(there))
        alone[name] = values.tolist(), code
        if verdict.alone[name]:
            passed &= ~np.array([word in verdict.alone[name] for word in stated], dtype=bool)[code]
    place = _in_order(part.first, passed)
    coded = {name: _recoded(code[place], values) for name, (values, code) in alone.items()}
    group = group[place]
    coded |= _texts_of_groups(table, group)
    quantity = (part.high + part.low)[place]
    quantity *= table["quantity"].to_numpy(dtype=np.float64)[group]
    return Combinations(_columns(table, group, coded, quantity), coded, place, verdict, tuple(notes))


def _in_order(first: npt.NDArray[np.int64], passed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the places that passed, in order of first appearance."""
    place = np.flatnonzero(passed)
    bits = len(place).bit_length()
    first = first[place]
    if first.max(initial=0) >> (63 - bits):
        return place[np.argsort(first)]
    # sorting numbers is three times as fast as sorting their places: the places are the last bits of the numbers
    packed = (first << bits) | np.arange(len(place))
    packed.sort()
    return np.asarray(place[packed & ((1 << bits) - 1)])


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
    table = stated_rows(gathered.rows)
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


def _recoded(code: Codes, values: Sequence[Any]) -> CodedWords:
    """Return codes of values of which several may be the same as codes of the distinct ones."""
    known = {value: number for number, value in enumerate(dict.fromkeys(values))}
    if len(known) == 1:
        return np.broadcast_to(np.int32(0), len(code)), list(known)
    if len(known) == len(values):
        return code, values
    return np.array([known[value] for value in values], dtype=np.int32)[code], list(known)


def _texts_of_groups(table: pd.DataFrame, group: npt.NDArray[np.int64]) -> dict[str, CodedWords]:
    """Return the columns of texts of groups as those of their rows."""
    texts = {
        str(name): table[name].tolist()
        for name, kind in table.dtypes.items()
        if name not in OF_PLACES and name not in _ALONE and kind.kind not in "if"
    }
    return {name: _recoded(group, words) for name, words in texts.items()}


def _columns(
    table: pd.DataFrame, group: npt.NDArray[np.int64], coded: Mapping[str, CodedWords], quantity: Numbers
) -> dict[str, Any]:
    """Return the columns of rows; one that says the same everywhere is made once for all that say it."""
    conditions = [str(name) for name in table.columns if name not in ROW_COLUMNS]
    columns: dict[str, Any] = {}
    same: dict[str, Any] = {}
    for name in (*ROW_COLUMNS, *conditions):
        if name in OF_PLACES:
            continue
        code, words = coded.get(name, (group, ()))
        if name == "quantity":
            columns[name] = quantity
        elif name not in coded:
            columns[name] = table[name].to_numpy()[group]
        elif name == "year":
            columns[name] = np.array(words, dtype=np.int64)[code]
        elif len(words) == 1:
            if words[0] not in same:
                same[words[0]] = column_of(texts_of(code, words))
            columns[name] = same[words[0]].copy()  # a column of its own that shares its memory until it is written to
        else:
            columns[name] = column_of(texts_of(code, words))
    return columns
