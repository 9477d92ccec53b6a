"""What a gap lacks, said as nearly as the factor rows allow: a condition, the control, or a row of the year.

That no row fits is true of many gaps and helps nobody. Where a row would fit if the activity data stated one more
condition, the gap is that condition; where only the year stands in the way, the gap is the year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.arguments import ArgumentFinder, units_of
from emissions.engine.columns import coded_column
from emissions.engine.keys import first_places, numbered
from emissions.engine.reasons import Reasons, worded
from emissions.engine.where import unstated
from emissions.factors import Request
from emissions.factors.join import Join, Pairs, Scores, best_of
from emissions.factors.match import NO
from emissions.factors.ranks import CONDITION, RankColumn
from emissions.methods import Card

_NO_ROW = "no_factor:"
_NOTHING, _CONTROL = -1, -2
"""In place of the number of a request: that nothing more can be said, and that only the control is not stated."""
_LATE, _ONE = 1 << 62, 1 << 54
"""What a row of another year scores, and each condition that is not stated beside a bit of its own."""
_NEVER = np.iinfo(np.int64).max


def name_what_is_missing(lines: pd.DataFrame, cards: Mapping[str, Card], finder: ArgumentFinder) -> pd.DataFrame:
    """Return the lines with the reasons of gaps made more exact; no line comes or goes.

    Parameters
    ----------
    lines
        With the number of the key, ``reason`` and, in the order in which the cards were tried, what ``stopped`` each.

    Returns
    -------
    pandas.DataFrame
        ``no_factor`` becomes ``condition_not_stated``, ``control_not_stated`` or ``no_factor_of_year`` where the
        first card of which that can be said would serve.
    """
    codes, reasons = coded_column(lines["reason"])
    vague = np.array([str(text).startswith(_NO_ROW) for text in reasons], dtype=bool)[codes]
    places = np.flatnonzero(vague & (lines["status"] == "NE").to_numpy())
    if not len(places):
        return lines
    key = lines["key"].to_numpy(dtype=np.int64)[places]
    coded = [coded_column(lines[name]) for name in ("substance", "stopped")]
    dimension, dimensions = coded_column(finder.keys["dimension"])
    facts = [*((codes[places], words) for codes, words in coded), (dimension[key], dimensions)]
    alike = numbered(len(places), facts)
    first = first_places(alike)
    stops = _Stops(cards, finder)
    texts = zip(*(words[codes[first]].tolist() for codes, words in facts), strict=True)
    tried = [stops.of(*one) for one in texts]
    obstacles = _Obstacles(list(stops.asked), finder, np.unique(key))
    found = np.zeros(len(places), dtype=np.int64)
    for step in range(max(len(one) for one in tried)):
        number = np.array([one[step] if step < len(one) else _NOTHING for one in tried], dtype=np.int64)[alike]
        found = np.where((found == 0) & (number == _CONTROL), obstacles.reasons.number("control_not_stated"), found)
        vague_still = (found == 0) & (number >= 0)
        found[vague_still] = obstacles.of(number[vague_still], key[vague_still])
    named = np.zeros(len(lines), dtype=np.int64)
    named[places] = found
    return lines.assign(reason=_renamed(lines["reason"], named, obstacles.reasons.texts(named)))


def _renamed(column: pd.Series, named: npt.NDArray[np.int64], names: pd.Categorical[str]) -> pd.Categorical[str]:
    """Return a column of texts with the names of those elements that have one in their place."""
    codes, texts = coded_column(column)
    words = [*texts.tolist(), *names.categories.tolist()]
    return worded(np.where(named > 0, len(texts) + named, codes), words)


class _Stops:
    """What stopped cards, as the number of the request that no row was found for, or a mark in its place.

    Attributes
    ----------
    asked
        The requests and their numbers.
    """

    def __init__(self, cards: Mapping[str, Card], finder: ArgumentFinder) -> None:
        self.asked: dict[Request, int] = {}
        self._cards = cards
        self._finder = finder
        self._known: dict[tuple[str, str, str], int] = {}

    def of(self, substance: str, stopped: str, dimension: str) -> list[int]:
        """Return what stopped each card that was tried for a line."""
        return [self._stop(substance, attempt, dimension) for attempt in stopped.split("; ")]

    def _stop(self, substance: str, attempt: str, dimension: str) -> int:
        known = self._known.get((substance, attempt, dimension))
        if known is None:
            known = self._known[substance, attempt, dimension] = self._look(substance, attempt, dimension)
        return known

    def _look(self, substance: str, attempt: str, dimension: str) -> int:
        name, _, reason = attempt.partition(": ")
        if not reason.startswith(_NO_ROW):
            return _CONTROL if reason == "control_not_stated" else _NOTHING
        card, parameter = self._cards[name], reason.removeprefix(_NO_ROW)
        argument = next(one for one, given in card.parameters.items() if (given.parameter or one) == parameter)
        request = self._finder.request(card, substance, argument, units_of(card, dimension)[argument])
        return self.asked.setdefault(request, len(self.asked))


class _Obstacles:
    """What keeps the nearest row of a request from a key: the fewest conditions that are not stated, or else the year.

    Parameters
    ----------
    keys
        Numbers of the keys that matter, in order.
    """

    def __init__(self, requests: Sequence[Request], finder: ArgumentFinder, keys: npt.NDArray[np.int64]) -> None:
        self.reasons = Reasons()
        self._keys = keys
        self._finder = finder
        self._reason = np.empty((len(requests), len(keys)), dtype=np.int64)
        alike: dict[tuple[object, ...], list[int]] = {}
        for number, request in enumerate(requests):
            alike.setdefault(request.instead, []).append(number)
        for numbers in alike.values():
            self._reason[numbers] = self._of_all([requests[number] for number in numbers])

    def of(self, number: npt.NDArray[np.int64], key: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the number of the reason of some keys, each for the request of a number; 0 where there is none."""
        return self._reason[number, np.searchsorted(self._keys, key)]

    def _of_all(self, requests: Sequence[Request]) -> npt.NDArray[np.int64]:
        """Return the reason of every key for requests that put the same in place of the key's own."""
        resolver = self._finder.resolver
        rows, asked_by, columns = resolver.columns(requests, [resolver.rows_asked(one) for one in requests])
        given = dict(requests[0].where)
        free = [
            one.name
            for one in columns
            if one.name.startswith(CONDITION) and one.name.removeprefix(CONDITION) not in given
        ]
        scores = [_lenient(one, free, self._keys) for one in columns]
        join = Join(scores, np.zeros(len(rows), dtype=np.int64), len(self._keys))
        reason = np.zeros((len(requests), len(join)), dtype=np.int64)
        late = [self.reasons.number(f"no_factor_of_year:{request.parameter}") for request in requests]
        for pairs in join.pairs():
            of_year = pairs.score == _LATE
            request = asked_by[pairs.row[of_year]]
            reason[request, pairs.of_class[of_year]] = np.array(late, dtype=np.int64)[request]
            lacks = (pairs.score > 0) & (pairs.score < _LATE)
            count = np.where(lacks, pairs.score // _ONE, _NEVER)
            begins, best, _ = best_of(Pairs(pairs.of_class, pairs.row, count), asked_by)
            near = lacks[best]
            begins, best = begins[near], best[near]
            lacking, which = np.unique(pairs.score[best] % _ONE, return_inverse=True)
            named = [self._conditions(bits, free) for bits in lacking.tolist()]
            reason[asked_by[pairs.row[best]], pairs.of_class[begins]] = np.array(named, dtype=np.int64)[which]
        return reason[:, join.of_key]

    def _conditions(self, bits: int, free: Sequence[str]) -> int:
        names = [name.removeprefix(CONDITION) for place, name in enumerate(free) if bits >> place & 1]
        return self.reasons.number(f"condition_not_stated:{'+'.join(names)}")


def _lenient(column: RankColumn, free: Sequence[str], keys: npt.NDArray[np.int64]) -> Scores:
    """Return the scores of a column in which another year, or a condition that is not stated, bars no row."""
    score = np.where(column.table == NO, NO, 0).astype(np.int64)
    if column.name == "time":
        score[score == NO] = _LATE
    elif column.name in free:
        blank = unstated(pd.Series(column.keys.values, dtype=object))
        score[blank[:, None] & (score == NO)] = _ONE + (1 << free.index(column.name))
    return Scores(column.keys.codes[keys], column.words, score)
