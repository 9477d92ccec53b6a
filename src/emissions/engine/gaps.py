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
    vague = (lines["status"] == "NE").to_numpy() & lines["reason"].astype(str).str.startswith(_NO_ROW).to_numpy()
    if not vague.any():
        return lines
    reasons = lines["reason"].to_numpy(dtype=object).copy()
    part = lines[vague]
    dimension = finder.keys["dimension"].astype(str).to_numpy(dtype=object)[part["key"].to_numpy(dtype=np.int64)]
    groups = part.groupby([part["substance"].astype(str), part["stopped"].astype(str), dimension], sort=False)
    for (substance, stopped, unit_of), members in groups:
        keys = members["key"].to_numpy(dtype=np.int64)
        exact = _exact_reasons(str(stopped), str(substance), str(unit_of), keys, cards, finder)
        place = lines.index.get_indexer(members.index)
        reasons[place] = np.where(exact != "", exact, reasons[place])
    return lines.assign(reason=reasons)


def _exact_reasons(
    stopped: str,
    substance: str,
    dimension: str,
    keys: npt.NDArray[np.int64],
    cards: Mapping[str, Card],
    finder: ArgumentFinder,
) -> npt.NDArray[np.object_]:
    """Return the reason of each key by the first card that has one to give, blank where none has."""
    found = np.full(len(keys), "", dtype=object)
    for attempt in filter(None, stopped.split("; ")):
        name, _, reason = attempt.partition(": ")
        if reason == "control_not_stated":
            found[found == ""] = reason
        elif reason.startswith(_NO_ROW):
            why = _stops(cards[name], substance, dimension, reason.removeprefix(_NO_ROW), keys, finder)
            found = np.where(found == "", why, found)
    return found


def _stops(
    card: Card, substance: str, dimension: str, parameter: str, keys: npt.NDArray[np.int64], finder: ArgumentFinder
) -> npt.NDArray[np.object_]:
    """Return what keeps the nearest row of a parameter from each key, blank where more than one kind of thing does."""
    name = next(one for one, argument in card.parameters.items() if (argument.parameter or one) == parameter)
    request = finder.request(card, substance, name, per(FORMULAS[card.formula].units[name], dimension))
    rows = finder.resolver.rows_asked(request)
    if not len(rows):
        return np.full(len(keys), "", dtype=object)
    dimensions = finder.resolver.dimensions(request, rows)
    given = dict(request.where)
    free = [
        column
        for column in dimensions
        if column.startswith(_CONDITION) and column.removeprefix(_CONDITION) not in given
    ]
    # keys that the same rows fit, and that leave the same conditions open, lack the same
    alike = np.zeros(len(keys), dtype=np.int64)
    for name, (codes, ranks) in dimensions.items():
        own = _same_rows(ranks != NO)[codes[keys]]
        if name in free:
            own = own * 2 + finder.unstated(name.removeprefix(_CONDITION))[keys]
        alike = pd.factorize(alike * (int(own.max(initial=0)) + 1) + own)[0].astype(np.int64)
    first = np.unique(alike, return_index=True)[1]
    answers = np.full(len(first), "", dtype=object)
    for number, place in enumerate(keys[first].tolist()):
        lines = {name: ranks[codes[place]] for name, (codes, ranks) in dimensions.items()}
        unstated = [name for name in free if finder.unstated(name.removeprefix(_CONDITION))[place]]
        answers[number] = _what_fails(lines, unstated, parameter)
    found: npt.NDArray[np.object_] = answers[alike]
    return found


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
