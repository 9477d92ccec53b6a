"""Which factor row serves which key: candidates, order of preference, ties.

A row is a candidate for a key if parameter, substance, stream, basis and unit fit the request, its activity and
category are the key's or an ancestor, its region is the key's or an ancestor, the year lies inside its validity and
every condition it states is met. Of the candidates the first in this order serves:

1. the set's order of packages for the parameter, category and substance;
2. nearer activity, then nearer category;
3. more conditions stated, then nearer condition words;
4. nearer region;
5. narrower validity;
6. better grade.

An equal best pair is a tie: the caller raises, file order decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.factors.library import FactorLibrary
from emissions.factors.match import NO, Codes, Column, Ranks, control_ranks, distinct_rows, interval_ranks, word_ranks
from emissions.vocabulary import Vocabulary

_ANY_ACTIVITY, _ANY_CATEGORY, _UNSTATED_WORD, ANY_REGION, _ANY_TIME = 63, 127, 16, 31, 511
"""Ranks of rows that name nothing in a column: behind all that name something that fits."""
RADIX = {
    "package": 64,
    "activity": 64,
    "category": 128,
    "conditions": 32,
    "words": 64,
    "region": 32,
    "time": 512,
    "grade": 8,
}
_MAX_BLOCK = 4_000_000
"""Cells of keys x rows looked at in one piece."""
_FEW = 20_000
"""Cells of keys x rows that are looked at without a look for keys that are alike."""
_MAX_SPAN = 2**40
"""Combined classes beyond which they are numbered anew, so that they fit an integer."""


@dataclass(frozen=True)
class Request:
    """One parameter as a card asks for it; see :class:`emissions.methods.Argument`.

    Attributes
    ----------
    streams
        Streams a row may name; a blank among them allows rows that name none.
    unit
        Unit the value is wanted in; rows of another dimension are no candidates.
    bases
        Allowed bases; empty asks for rows that name none.
    device
        Ask for rows of this control device only (removal efficiencies).
    activity, category
        In place of the key's own.
    where
        Conditions in place of the key's own, as pairs.
    earlier_year
        Allow the nearest earlier year where no row is valid in the key's year.
    packages
        Only these packages; empty: those of the set's order.
    """

    parameter: str
    substance: str
    streams: tuple[str, ...]
    unit: str
    bases: tuple[str, ...] = ()
    device: str = ""
    activity: str = ""
    category: str = ""
    where: tuple[tuple[str, str], ...] = ()
    earlier_year: bool = False
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """Answer to a request, one element a key.

    Attributes
    ----------
    row
        Row number in the library, -1 where no row fits.
    rival
        Row number of an equally good row where there is one, else -1.
    value
        Value in the unit asked for, NaN where no row fits.
    earlier
        True where an earlier year's row stands in.
    """

    row: npt.NDArray[np.int64]
    rival: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    earlier: npt.NDArray[np.bool_]


class Resolver:
    """Answers requests for one table of keys; answers are kept, so that cards that share a parameter share the work.

    Parameters
    ----------
    library
        Factor rows and the set's orders.
    vocabulary
        Trees of activities, categories, regions and condition words.
    keys
        One row a key: region, year, category, activity, control and condition columns.
    """

    def __init__(self, library: FactorLibrary, vocabulary: Vocabulary, keys: pd.DataFrame) -> None:
        self.library = library
        self.vocabulary = vocabulary
        self.size = len(keys)
        self._frame = keys
        self._keys: dict[str, Column] = {}
        self._answers: dict[Request, Matched] = {}
        self._tables: dict[tuple[str, str], Ranks] = {}
        self._rules: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def resolve(self, request: Request) -> Matched:
        """Return the best row of every key for a request."""
        answer = self._answers.get(request)
        if answer is None:
            answer = self._answers[request] = self._resolve(request)
        return answer

    def packages(self, parameter: str, substance: str, category: str) -> tuple[str, ...]:
        """Return the set's order of packages for a parameter, substance and category of a key."""
        known = self._rules.get((parameter, substance, category))
        if known is None:
            known = self._rules[parameter, substance, category] = self._order(parameter, substance, category)
        return known

    # ------------------------------------------------------------------ matching

    def rows_asked(self, request: Request) -> npt.NDArray[np.int64]:
        """Return the rows that fit what a request itself asks: parameter, substance, stream, basis, device, unit."""
        asked = {
            "substance": ("", request.substance),
            "stream": request.streams,
            "basis": request.bases or ("",),
            "control": (request.device,) if request.device else (),
            "package": request.packages,
        }
        return self.library.rows_with(request.parameter, request.unit, tuple(asked.items()))

    def candidates(self, request: Request) -> npt.NDArray[np.int64]:
        """Return those of the rows asked for that are of an activity that some key has."""
        rows = self.rows_asked(request)
        _, ranks = self._words("activity", request.activity, rows)
        of_some_key: npt.NDArray[np.int64] = rows[(ranks != NO).any(axis=0)]
        return of_some_key

    def dimensions(
        self, request: Request, rows: npt.NDArray[np.int64], *, earlier: bool = False
    ) -> dict[str, tuple[Codes, Ranks]]:
        """Return per column the code of every key and the ranks (distinct key values x rows)."""
        found = {
            "package": self._package_ranks(request, rows),
            "activity": self._words("activity", request.activity, rows),
            "category": self._words("category", request.category, rows),
            "region": self._words("region", "", rows),
            "time": self._times(rows, earlier=earlier),
        }
        if not request.device and self.library.controlled[rows].any():
            found["control"] = self._controls(request.substance, rows)
        where = dict(request.where)
        stated: list[bool] = np.any(self.library.stated[rows], axis=0).tolist()
        for name, any_stated in zip(self.library.condition_columns, stated, strict=True):
            if any_stated:
                found[f"condition:{name}"] = self._condition(name, where.get(name, ""), rows)
        return found

    def _resolve(self, request: Request) -> Matched:
        rows = self.candidates(request)
        row = np.full(self.size, NO, dtype=np.int64)
        rival = np.full(self.size, NO, dtype=np.int64)
        earlier = np.zeros(self.size, dtype=bool)
        if len(rows):
            best, other = self._best(self.dimensions(request, rows), rows)
            row, rival = best, other
            missing = row == NO
            if request.earlier_year and missing.any():
                late, late_rival = self._best(self.dimensions(request, rows, earlier=True), rows)
                earlier = missing & (late != NO)
                row, rival = np.where(missing, late, row), np.where(missing, late_rival, rival)
        value = np.full(self.size, np.nan)
        found = row != NO
        if found.any():
            used, inverse = np.unique(row[found], return_inverse=True)
            numbers = self.library.values[used] * self.library.scales(used, request.unit)
            value[found] = numbers[inverse]
        return Matched(row, rival, value, earlier)

    def _best(
        self, dimensions: dict[str, tuple[Codes, Ranks]], rows: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the best row of every key and an equal rival; keys that are alike in every column are looked at once.

        Where keys x rows are few, looking at every key is cheaper than finding out which are alike.
        """
        static = self.static_score(rows)
        if self.size * len(rows) <= _FEW:
            chosen, second = _choose([(ranks[codes], name) for name, (codes, ranks) in dimensions.items()], static)
            return np.where(chosen == NO, NO, rows[chosen]), np.where(second == NO, NO, rows[second])
        classes: list[tuple[Codes, Ranks]] = []
        combined = np.zeros(self.size, dtype=np.int64)
        span = 1
        for codes, ranks in dimensions.values():
            kinds, kind_of = distinct_rows(ranks)
            classes.append((kind_of[codes], kinds))
            if len(kinds) > 1:
                if span * len(kinds) > _MAX_SPAN:
                    combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
                    span = int(combined.max()) + 1
                combined = combined * len(kinds) + classes[-1][0]
                span *= len(kinds)
        _, first, combined = np.unique(combined, return_index=True, return_inverse=True)
        best = np.full(len(first), NO, dtype=np.int64)
        rival = np.full(len(first), NO, dtype=np.int64)
        step = max(1, _MAX_BLOCK // max(1, len(rows)))
        for start in range(0, len(first), step):
            part = slice(start, start + step)
            lines = [
                (kinds[codes[first[part]]], name) for (codes, kinds), name in zip(classes, dimensions, strict=True)
            ]
            best[part], rival[part] = _choose(lines, static)
        chosen, second = best[combined], rival[combined]
        return np.where(chosen == NO, NO, rows[chosen]), np.where(second == NO, NO, rows[second])

    def static_score(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the part of the score of rows that does not depend on the key: conditions stated, grade."""
        score: npt.NDArray[np.int64] = (RADIX["conditions"] - 1 - self.library.condition_count[rows]) * weight(
            "conditions"
        ) + self.library.grade_rank[rows] * weight("grade")
        return score

    # ------------------------------------------------------------------ rank tables, one a column

    def _factor(self, name: str) -> Column:
        return self.library.coded[name]

    def _key(self, name: str, instead: str = "") -> Column:
        if instead:
            return Column((instead,), np.zeros(self.size, dtype=np.int64))
        if name not in self._keys:
            blank = Column(("",), np.zeros(self.size, dtype=np.int64))
            self._keys[name] = Column.of_series(self._frame[name]) if name in self._frame else blank
        return self._keys[name]

    def _words(self, name: str, instead: str, rows: npt.NDArray[np.int64]) -> tuple[Codes, Ranks]:
        keys, words = self._key(name, instead), self._factor(name)
        table = self._tables.get((name, instead))
        if table is None:
            ancestry = {
                "activity": self.vocabulary.activity_graph.ancestors,
                "category": self.vocabulary.serving_categories,
                "region": self.vocabulary.region_graph.ancestors,
            }[name]
            blank = {"activity": _ANY_ACTIVITY, "category": _ANY_CATEGORY, "region": ANY_REGION}[name]
            table = word_ranks(keys.values, words.values, {key: ancestry(str(key)) for key in keys.values}, blank)
            self._tables[name, instead] = table
        return keys.codes, table[:, words.codes[rows]]

    def _condition(self, name: str, instead: str, rows: npt.NDArray[np.int64]) -> tuple[Codes, Ranks]:
        keys, words = self._key(name, instead), self._factor(name)
        table = self._tables.get((name, instead))
        if table is None:
            if self.vocabulary.conditions[name]["kind"] == "number":
                table = interval_ranks(keys.values, words.values, _UNSTATED_WORD)
            else:
                graph = self.vocabulary.condition_graphs.get(name)
                ancestors = {
                    key: graph.ancestors(str(key)) if graph else {str(key): 0}
                    for key in keys.values
                    if key not in {"", None}
                }
                table = word_ranks(keys.values, words.values, ancestors, _UNSTATED_WORD)
            self._tables[name, instead] = table
        return keys.codes, table[:, words.codes[rows]]

    def _controls(self, substance: str, rows: npt.NDArray[np.int64]) -> tuple[Codes, Ranks]:
        keys, words = self._key("control"), self._factor("control")
        table = self._tables.get(("control", substance))
        if table is None:
            table = self._tables["control", substance] = control_ranks(
                keys.values, words.values, substance, self.vocabulary
            )
        return keys.codes, table[:, words.codes[rows]]

    def _times(self, rows: npt.NDArray[np.int64], *, earlier: bool) -> tuple[Codes, Ranks]:
        keys = self._key("year")
        years = np.array([float(year) for year in keys.values])[:, None]  # type: ignore[arg-type]
        low, high = self.library.validity[0][rows][None, :], self.library.validity[1][rows][None, :]
        if earlier:
            late = np.where(high < years, years - high, NO)
            return keys.codes, np.minimum(late, _ANY_TIME - 1).astype(np.int16)
        width = np.minimum(np.where(np.isfinite(high - low), high - low, _ANY_TIME), _ANY_TIME)
        ranks = np.where((low <= years) & (years <= high), width, NO).astype(np.int16)
        return keys.codes, ranks

    def _package_ranks(self, request: Request, rows: npt.NDArray[np.int64]) -> tuple[Codes, Ranks]:
        keys = self._key("category", request.category)
        names = self._factor("package")
        asked = (f"packages:{request.parameter}:{request.substance}", request.category)
        ranks = self._tables.get(asked)
        if ranks is None:
            place = {str(package): number for number, package in enumerate(names.values)}
            ranks = self._tables[asked] = np.full((len(keys.values), len(names.values)), NO, dtype=np.int16)
            for line, category in enumerate(keys.values):
                order = self.packages(request.parameter, request.substance, str(category))
                for rank, package in enumerate(order):
                    if package in place:
                        ranks[line, place[package]] = rank
        return keys.codes, ranks[:, names.codes[rows]]

    def _order(self, parameter: str, substance: str, category: str) -> tuple[str, ...]:
        above = self.vocabulary.category_graph.ancestors(category) if category else {}
        for rule in self.library.set.prefer:
            if rule.parameters and parameter not in rule.parameters:
                continue
            if rule.substances and substance not in rule.substances:
                continue
            if rule.categories and not any(word in above for word in rule.categories):
                continue
            return rule.order
        return ()


@cache
def weight(name: str) -> int:
    """Return what one rank of a column counts in the score: more than all later columns together."""
    names = list(RADIX)
    return math.prod(RADIX[later] for later in names[names.index(name) + 1 :])


def _choose(
    lines: Sequence[tuple[Ranks, str]], static: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return per line the position of the best row and of an equal rival (-1: none)."""
    fits = np.ones(lines[0][0].shape, dtype=bool)
    score = np.broadcast_to(static, fits.shape).astype(np.int64)
    for ranks, name in lines:
        fits &= ranks != NO
        if name in RADIX:
            score += ranks.astype(np.int64) * weight(name)
        elif name.startswith("condition:"):
            score += nearness(ranks)
    score[~fits] = np.iinfo(np.int64).max
    best = score.argmin(axis=1)
    lowest = score[np.arange(len(best)), best]
    equal = score == lowest[:, None]
    equal[np.arange(len(best)), best] = False
    found = lowest != np.iinfo(np.int64).max
    rival = np.where(found & equal.any(axis=1), equal.argmax(axis=1), NO)
    return np.where(found, best, NO), rival


def nearness(ranks: Ranks) -> npt.NDArray[np.int64]:
    """Return the score of condition words; a row that states none is behind in the count of conditions already."""
    near: npt.NDArray[np.int64] = np.where(ranks < _UNSTATED_WORD, np.maximum(ranks, 0), 0).astype(np.int64) * weight(
        "words"
    )
    return near
