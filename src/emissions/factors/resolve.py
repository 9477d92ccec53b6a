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

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.factors.answers import Answers
from emissions.factors.join import Join, Scored, Scores, best_of
from emissions.factors.library import FactorLibrary
from emissions.factors.match import NO, Codes, Ranks
from emissions.factors.ranks import CONDITION, RankColumn, RankTables
from emissions.factors.request import ANY_REGION, RADIX, UNSTATED_WORD, Matched, Request, weight
from emissions.vocabulary import Vocabulary

__all__ = ["ANY_REGION", "Matched", "Request", "Resolver", "nearness"]

_LATE = weight("package") * RADIX["package"]
"""What the score of a row of an earlier year is more than that of any row of the year itself."""
_ORDER = ("activity", "category", "package", "control")
"""Columns that leave few rows; they are looked at first, region and validity last."""


class Resolver:
    """Answers requests for one table of keys; answers are kept, and requests asked at once are answered at once.

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
        self.size = len(keys)
        self.ranks = RankTables(library, vocabulary, keys)
        self._answers = Answers(self.size)

    def resolve(self, request: Request) -> Matched:
        """Return the best row of every key for a request."""
        (number,) = self.numbers([request])
        return self.at(number, np.arange(self.size))

    def numbers(self, requests: Sequence[Request]) -> Codes:
        """Return the number under which each request is answered; those not asked before are resolved together."""
        alike: dict[tuple[object, ...], list[Request]] = {}
        for request in dict.fromkeys(requests):
            if request not in self._answers.number:
                alike.setdefault(request.instead, []).append(request)
        for together in alike.values():
            self._resolve(together)
        return np.array([self._answers.number[request] for request in requests], dtype=np.int64)

    def at(self, number: Codes | np.int64, keys: Codes) -> Matched:
        """Return the best row of some keys, each for the request of a number (one for all, or one a key)."""
        return self._answers.at(number, keys)

    def packages(self, parameter: str, substance: str, category: str) -> tuple[str, ...]:
        """Return the set's order of packages for a parameter, substance and category of a key."""
        return self.ranks.packages(parameter, substance, category)

    # ------------------------------------------------------------------ rows and columns of a request

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

    def dimensions(self, request: Request, rows: npt.NDArray[np.int64]) -> dict[str, tuple[Codes, Ranks]]:
        """Return per column the code of every key and the ranks (distinct key values x rows)."""
        columns = self.ranks.columns([request], rows, np.zeros(len(rows), dtype=np.int64))
        return {one.name: (one.keys.codes, one.table[:, one.words]) for one in columns}

    def static_score(self, rows: npt.NDArray[np.int64]) -> Scored:
        """Return the part of the score of rows that does not depend on the key: conditions stated, grade."""
        score: Scored = (RADIX["conditions"] - 1 - self.library.condition_count[rows]) * weight(
            "conditions"
        ) + self.library.grade_rank[rows] * weight("grade")
        return score

    def columns(
        self, requests: Sequence[Request], asked: Sequence[npt.NDArray[np.int64]]
    ) -> tuple[npt.NDArray[np.int64], Codes, list[RankColumn]]:
        """Return the rows that requests ask for, request after request, the request of each, and their columns.

        The columns that leave few rows come first.

        Parameters
        ----------
        requests
            All with the same in place of the key's own.
        asked
            Rows that each asks for.
        """
        rows = np.concatenate(asked)
        asked_by = np.repeat(np.arange(len(asked)), [len(one) for one in asked])
        columns = self.ranks.columns(requests, rows, asked_by)
        last = [one for one in columns if one.name in {"time", "region"}]
        first = [one for name in _ORDER for one in columns if one.name == name]
        between = [one for one in columns if one.name.startswith(CONDITION)]
        return rows, asked_by, [*first, *between, *last]

    # ------------------------------------------------------------------ the best row

    def _resolve(self, requests: list[Request]) -> None:
        """Find the best rows for requests that put the same in place of the key's own."""
        asked = [self.rows_asked(request) for request in requests]
        rows, asked_by, columns = self.columns(requests, asked)
        earlier = np.array([request.earlier_year for request in requests], dtype=bool)[asked_by]
        join = Join([_scores(one, earlier) for one in columns], self.static_score(rows), self.size)
        each = zip(requests, asked, strict=True)
        value = np.concatenate([self.library.values[own] * self.library.scales(own, one.unit) for one, own in each])
        found = self._answers.take_up(requests, join.of_key, len(join))
        for pairs in join.pairs():
            begins, best, rival = best_of(pairs, asked_by)
            row = pairs.row[best]
            place = asked_by[row] * len(join) + pairs.of_class[begins]
            found.row[place] = rows[row]
            found.rival[place] = np.where(rival == NO, NO, rows[pairs.row[rival]])
            found.value[place] = value[row]
            found.earlier[place] = pairs.score[best] >= _LATE


def _scores(column: RankColumn, earlier: npt.NDArray[np.bool_]) -> Scores:
    """Return what the ranks of a column count; rows of an earlier year, where that is allowed, behind all others."""
    score = _counted(column.name, column.table)
    if column.late is None or not earlier.any():
        return Scores(column.keys.codes, column.words, score)
    late = np.where(column.late == NO, NO, _LATE + column.late * np.int64(weight("time")))
    either = np.where(score == NO, late, score)
    return Scores(column.keys.codes, column.words + earlier * score.shape[1], np.hstack([score, either]))


def _counted(name: str, ranks: Ranks) -> Scored:
    if name in RADIX:
        score = ranks.astype(np.int64) * weight(name)
    else:
        score = nearness(ranks) if name.startswith(CONDITION) else np.zeros(ranks.shape, dtype=np.int64)
    return np.where(ranks == NO, NO, score)


def nearness(ranks: Ranks) -> Scored:
    """Return the score of condition words; a row that states none is behind in the count of conditions already."""
    near: Scored = np.where(ranks < UNSTATED_WORD, np.maximum(ranks, 0), 0).astype(np.int64) * weight("words")
    return near
