"""What a gap lacks, said as nearly as the factor rows allow: a condition, the control, or a row of the year.

That no row fits is true of many gaps and helps nobody. Where a row would fit if the activity data stated one more
condition, the gap is that condition; where only the year stands in the way, the gap is the year.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.arguments import ArgumentFinder
from emissions.factors import Request
from emissions.factors.match import NO, Ranks
from emissions.methods import FORMULAS, Card
from emissions.units import per

_NO_ROW = "no_factor:"
_CONDITION = "condition:"


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
    reasons = lines["reason"].to_numpy(dtype=object).copy()
    vague = np.array([text.startswith(_NO_ROW) for text in reasons], dtype=bool) & (lines["status"] == "NE").to_numpy()
    places = np.flatnonzero(vague)
    keys = lines["key"].to_numpy(dtype=np.int64)
    dimension = finder.keys["dimension"].astype(str).to_numpy(dtype=object)[keys[places]]
    part = lines.iloc[places]
    alike: dict[tuple[str, str, str], list[int]] = {}
    for place, *attempts in zip(places.tolist(), part["substance"], part["stopped"], dimension, strict=True):
        alike.setdefault((attempts[0], attempts[1], attempts[2]), []).append(place)
    known: dict[Request, _Obstacles] = {}
    for (substance, stopped, unit_of), members in alike.items():
        found = np.full(len(members), "", dtype=object)
        for attempt in filter(None, stopped.split("; ")):
            name, _, reason = attempt.partition(": ")
            if reason == "control_not_stated":
                found[found == ""] = reason
            elif reason.startswith(_NO_ROW):
                request = _asked(finder, cards[name], substance, reason.removeprefix(_NO_ROW), unit_of)
                if request not in known:
                    known[request] = _Obstacles(request, finder)
                found = np.where(found == "", known[request].of(keys[members]), found)
        reasons[members] = np.where(found != "", found, reasons[members])
    return lines.assign(reason=pd.Series(reasons, lines.index, dtype=object))


def _asked(finder: ArgumentFinder, card: Card, substance: str, parameter: str, dimension: str) -> Request:
    """Return what a card asked when no row of a parameter was found."""
    name = next(one for one, argument in card.parameters.items() if (argument.parameter or one) == parameter)
    return finder.request(card, substance, name, per(FORMULAS[card.formula].units[name], dimension))


class _Obstacles:
    """What keeps the nearest row of a request from each key, blank where more than one kind of thing does.

    Keys that the same rows fit, and that leave the same conditions open, lack the same: they are looked at once.
    """

    def __init__(self, request: Request, finder: ArgumentFinder) -> None:
        self._parameter = request.parameter
        self._finder = finder
        self._alike = np.zeros(len(finder.keys), dtype=np.int64)
        self._answers: dict[int, str] = {}
        rows = finder.resolver.candidates(request)
        self._dimensions = finder.resolver.dimensions(request, rows) if len(rows) else {}
        given = dict(request.where)
        conditions = [name.removeprefix(_CONDITION) for name in self._dimensions if name.startswith(_CONDITION)]
        self._free = [name for name in conditions if name not in given]
        for name, (codes, ranks) in self._dimensions.items():
            fits = ranks != NO
            if fits.all():
                continue
            own = _same_rows(fits)[codes]
            if name.removeprefix(_CONDITION) in self._free:
                own = own * 2 + finder.unstated(name.removeprefix(_CONDITION))
            self._alike = pd.factorize(self._alike * (int(own.max(initial=0)) + 1) + own)[0].astype(np.int64)

    def of(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        """Return the reason of some keys."""
        if not self._dimensions:
            return np.full(len(keys), "", dtype=object)
        alike = self._alike[keys].tolist()
        for number, key in zip(alike, keys.tolist(), strict=True):
            if number not in self._answers:
                self._answers[number] = self._answer(key)
        return np.array([self._answers[number] for number in alike], dtype=object)

    def _answer(self, key: int) -> str:
        lines = {name: ranks[codes[key]] for name, (codes, ranks) in self._dimensions.items()}
        unstated = [f"{_CONDITION}{name}" for name in self._free if self._finder.unstated(name)[key]]
        return _what_fails(lines, unstated, self._parameter)


def _same_rows(table: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Number the rows of a table of flags: rows that are the same have one number."""
    known: dict[bytes, int] = {}
    packed = np.packbits(table, axis=1)
    return np.array([known.setdefault(row.tobytes(), len(known)) for row in packed], dtype=np.int64)


def _what_fails(lines: Mapping[str, Ranks], unstated: list[str], parameter: str) -> str:
    """Return the reason for one key: the fewest conditions a row asks that are not stated, or else the year."""
    late = lines["time"] == NO
    others = [column for column in lines if column != "time" and column not in unstated]
    fits = np.logical_and.reduce([lines[column] != NO for column in others])
    asked = np.array([lines[column] == NO for column in unstated]).reshape(len(unstated), len(late))
    near = fits & ~late & asked.any(axis=0)
    if near.any():
        best = np.flatnonzero(near)[asked[:, near].sum(axis=0).argmin()]
        names = [name.removeprefix(_CONDITION) for name, one in zip(unstated, asked[:, best], strict=True) if one]
        return f"condition_not_stated:{'+'.join(names)}"
    return f"no_factor_of_year:{parameter}" if (fits & late & ~asked.any(axis=0)).any() else ""
