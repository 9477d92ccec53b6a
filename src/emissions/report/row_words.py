"""From the words of a row of a large table to the number of its implied factors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.given import Given
from emissions.activity.pieces.combinations import check_combinations
from emissions.activity.pieces.kernel import Coded
from emissions.activity.pieces.part import Codes, Part, numbered
from emissions.activity.table import KEY_COLUMNS, ROW_COLUMNS

Numbers = npt.NDArray[np.int64]

NONE = -1
"""Number of rows that are not counted."""
_UNKNOWN = -2
_DENSE = 1 << 24
"""Largest number of combinations of words that have a place each."""


@dataclass
class FactorNumbers:
    """Numbers the implied factors that rows have: one a combination of key and unit, in order of first appearance.

    Attributes
    ----------
    fields
        Key columns of the tables.
    rows
        Combinations that the scan kept, as rows of the activity table.
    given
        What the caller says beside the files.
    found
        Of each number: position among ``rows`` and base units per unit of the file.
    """

    fields: tuple[str, ...]
    rows: pd.DataFrame
    given: Given
    found: list[tuple[int, float, tuple[str, ...]]] = field(default_factory=list)
    _words: list[dict[str, int]] = field(init=False)
    _sizes: list[int] = field(init=False)
    _table: npt.NDArray[np.int32] = field(init=False)
    _known: dict[tuple[int, ...], int] = field(init=False, default_factory=dict)
    _numbers: dict[tuple[int, float], int] = field(init=False, default_factory=dict)
    _position: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Start without words."""
        self._words = [{} for _ in self.fields]
        self._sizes = [1] * len(self.fields)
        self._table = np.full(1, _UNKNOWN, dtype=np.int32)
        texts = _texts(self.rows, self._columns)
        self._position = {str(text): place for place, text in reversed(list(enumerate(texts)))}

    @property
    def _columns(self) -> list[str]:
        return [*KEY_COLUMNS, *sorted(str(name) for name in self.rows if name not in ROW_COLUMNS), "notation"]

    def of(self, key: Sequence[Coded]) -> npt.NDArray[np.int32]:
        """Return the number of each row of a piece, :data:`NONE` where the words did not pass the checks."""
        codes = [self._recoded(column, one) for column, one in enumerate(key)]
        self._grow()
        if math.prod(self._sizes) > _DENSE:
            number, where = numbered(codes, self._sizes)
            return self._looked_up([each[where] for each in codes])[number]
        place = np.zeros(len(codes[0]), dtype=np.int32)
        for each, size in zip(codes, self._sizes, strict=True):
            if size > 1:
                place *= size
                place += each
        numbers = self._table[place]
        if len(numbers) and numbers.min() == _UNKNOWN:
            new = np.unique(place[numbers == _UNKNOWN])
            self._table[new] = self._looked_up(np.unravel_index(new, self._sizes))
            numbers = self._table[place]
        return numbers

    def _looked_up(self, codes: Sequence[npt.NDArray[np.integer[Any]]]) -> npt.NDArray[np.int32]:
        """Return the numbers of distinct combinations."""
        combinations = list(zip(*(each.tolist() for each in codes), strict=True))
        self._resolve([one for one in combinations if one not in self._known])
        return np.array([self._known[one] for one in combinations], dtype=np.int32)

    def _recoded(self, column: int, one: Coded) -> Codes:
        """Return the codes of a column in those of all pieces."""
        known = self._words[column]
        codes = np.array([known.setdefault(word, len(known)) for word in one.words], dtype=np.int32)
        same = np.array_equal(codes, np.arange(len(codes)))
        return one.codes if same else codes[one.codes]

    def _grow(self) -> None:
        """Make room for words that came; what is known keeps its number."""
        needed = [len(known) for known in self._words]
        if all(size >= need for size, need in zip(self._sizes, needed, strict=True)):
            return
        self._sizes = [1 << max(0, need - 1).bit_length() for need in needed]
        if math.prod(self._sizes) > _DENSE:
            return
        self._table = np.full(math.prod(self._sizes), _UNKNOWN, dtype=np.int32)
        if self._known:
            places = np.ravel_multi_index(tuple(np.array(list(self._known)).T), self._sizes)
            self._table[places] = list(self._known.values())

    def _resolve(self, combinations: list[tuple[int, ...]]) -> None:
        """Check combinations of words as the scan did, and number the factors of those that pass."""
        if not combinations:
            return
        keys = tuple(np.array(each, dtype=np.int32) for each in zip(*combinations, strict=True))
        size = len(combinations)
        words = tuple(tuple(known) for known in self._words)
        one, none = np.ones(size), np.zeros(size)
        part = Part(words, keys, one, none, np.ones(size, dtype=np.int64), np.arange(size), ())
        passed = check_combinations(part, self.fields, self.given)
        looked = passed.rows.reindex(
            columns=[*ROW_COLUMNS, *(name for name in self._columns if name not in ROW_COLUMNS)]
        )
        texts = _texts(looked, self._columns)
        scale = looked["quantity"].to_numpy(dtype=np.float64)
        self._known |= dict.fromkeys(combinations, NONE)
        for number in np.argsort(passed.place, kind="stable"):
            position = self._position.get(str(texts[number]))
            if position is None:
                continue
            combination = combinations[int(passed.place[number])]
            pair = position, float(scale[number])
            if pair not in self._numbers:
                self._numbers[pair] = len(self.found)
                stated = tuple(own[code] for own, code in zip(words, combination, strict=True))
                self.found.append((*pair, stated))
            self._known[combination] = self._numbers[pair]


def _texts(rows: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.object_]:
    """Return what each row states in some columns as one text."""
    text = np.full(len(rows), "", dtype=object)
    for name in columns:
        values = rows[name].astype(object)
        shown = values.where(values.notna(), "").astype(str).to_numpy(dtype=object)
        text = np.where(shown == "", text, text + f"|{name}=" + shown)
    return text
