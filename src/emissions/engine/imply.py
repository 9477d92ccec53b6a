"""Implied emission factors: one method per key, substance and stream, its formula called on arrays of many lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.arguments import MEASURED, ArgumentFinder, Arguments
from emissions.engine.assign import Group
from emissions.engine.matches import Match
from emissions.engine.reasons import Reasons, worded
from emissions.engine.trials import Lines, Trial
from emissions.errors import AmbiguousFactor, FormulaError, Problem
from emissions.methods import FORMULAS, Card
from emissions.units import BASE_UNITS, per, scale

TIERS = ("default", "national", "regional", "measured")
"""Origins of a parameter, weakest first; a line has the weakest of its parameters."""
_SHOWN = 5
"""Keys of one group for which a tie of one argument is told."""


def imply(
    groups: Sequence[Group], cards: Mapping[str, Card], finder: ArgumentFinder
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines (key x substance x stream) with implied emission factors, and what they came from.

    For each group the cards are tried in order; the first whose arguments are all found serves the key. A key that
    no card serves gets one line with status ``NE`` and the reason of its first choice. A card is tried at once for
    all lines that have it at one place of their order.

    Returns
    -------
    lines : pandas.DataFrame
        key, substance, stream, card, status, reason, stopped, ief, tier; ``ief`` in t per base unit of the key's
        dimension (float64, NaN for NE). Texts are categoricals.
    matches : pandas.DataFrame
        line, argument, device, origin, row, value, earlier; ``row`` is a row of the factor library, or of the measured
        values where ``origin`` is 1.

    Raises
    ------
    AmbiguousFactor
        With every pair of equally good rows among those used.
    FormulaError
        If a formula gives a number that is not finite.
    """
    lines = Lines(groups, cards, finder.keys)
    served = _Served(len(lines), list(cards), finder.reasons)
    trials = list(lines.trials())
    absent = {trial.card.id: finder.nothing_measured(trial.card) for trial in trials}
    finder.ask(trial for trial in trials if not absent[trial.card.id])
    problems: list[tuple[int, Problem]] = []
    for trial in trials:
        left = trial.only(served.card[trial.line] < 0)
        if len(left) and absent[trial.card.id]:
            served.lack(left, absent[trial.card.id])
        elif len(left):
            arguments = finder.find(left)
            problems += _ties(left, arguments, lines, finder)
            served.take(left, arguments)
    if problems:
        raise AmbiguousFactor(dict.fromkeys(problem for _, problem in sorted(problems, key=lambda one: one[0])))
    found = served.matches()
    return served.frame(lines, cards, _tiers(len(lines), found, finder)), found


class _Served:
    """What the cards gave, one element a line: the card that served, what stopped others, and the rows that were used.

    Parameters
    ----------
    size
        Number of lines.
    cards
        Their ids.
    """

    def __init__(self, size: int, cards: list[str], reasons: Reasons) -> None:
        self.card = np.full(size, -1, dtype=np.int64)
        self._cards = cards
        self._ief = np.full(size, np.nan)
        self._reason = np.zeros(size, dtype=np.int64)
        self._stopped = np.zeros(size, dtype=np.int64)
        self._reasons = reasons
        self._used: list[tuple[Match, npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []

    def lack(self, trial: Trial, reason: str) -> None:
        """Remember why a card cannot serve some lines: the reason of those that have none so far."""
        blank = trial.line[self._reason[trial.line] == 0]
        self._reason[blank] = self._reasons.number(reason)

    def take(self, trial: Trial, arguments: Arguments) -> None:
        """Let a card serve the lines for which it has all arguments; for the others remember what was missing."""
        good = np.flatnonzero(arguments.complete)
        if len(good):
            line = trial.line[good]
            given = {name: value[good] for name, value in arguments.values.items()}
            self._ief[line] = implied_factor(trial.card, given, trial.dimension)
            self.card[line] = self._cards.index(trial.card.id)
            for match in arguments.matches:
                used = good[match.row[good] >= 0]
                if len(used):
                    self._used.append((match, used, trial.line[used]))
        if len(good) < len(trial):
            self._stop(trial, arguments)

    def _stop(self, trial: Trial, arguments: Arguments) -> None:
        left = ~arguments.complete
        line, why = trial.line[left], arguments.reasons(left)
        before, name = self._stopped[line], trial.card.id
        self._stopped[line] = self._reasons.joined(
            before, why, lambda known, text: f"{known}; {name}: {text}" if known else f"{name}: {text}"
        )
        # that nothing was measured is the reason only where nothing else is
        weak = self._reasons.those(lambda text: text == "" or text.startswith("measured_missing"))
        self._reason[line] = np.where(weak[self._reason[line]], why, self._reason[line])

    def matches(self) -> pd.DataFrame:
        """Return what the lines that were served came from."""
        which = np.repeat(np.arange(len(self._used)), [len(used) for _, used, _ in self._used])
        names = [match for match, _, _ in self._used]
        return pd.DataFrame(
            {
                "line": _joined([line for _, _, line in self._used], np.int64),
                "argument": worded(which, [one.argument for one in names]),
                "device": worded(which, [one.device for one in names]),
                "origin": np.array([one.origin for one in names], dtype=np.int64)[which],
                "row": _joined([match.row[used] for match, used, _ in self._used], np.int64),
                "value": _joined([match.value[used] for match, used, _ in self._used], np.float64),
                "earlier": _joined([match.earlier[used] for match, used, _ in self._used], np.bool_),
            }
        )

    def frame(self, lines: Lines, cards: Mapping[str, Card], tiers: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Return the lines; a card that only sizes a gap leaves it one, with its reason."""
        good = self.card >= 0
        gaps = {name: number for number, name in enumerate(self._cards) if cards[name].status != "ok"}
        self._reason[good] = 0
        for name, number in gaps.items():
            sized = self.card == number
            if sized.any():
                self._reason[sized] = self._reasons.number(cards[name].reason)
                good &= ~sized
        return pd.DataFrame(
            {
                "key": lines.key,
                "substance": worded(lines.group, [one.substance for one in lines.groups]),
                "stream": worded(lines.group, [one.stream for one in lines.groups]),
                "card": worded(np.where(self.card < 0, len(self._cards), self.card), [*self._cards, ""]),
                "status": worded(good.astype(np.int8), ["NE", "ok"]),
                "reason": self._reasons.texts(self._reason),
                "stopped": self._reasons.texts(self._stopped),
                "ief": self._ief,
                "tier": worded(tiers, [*TIERS, ""]),
            }
        )


def _joined(pieces: list[npt.NDArray[Any]], kind: type) -> npt.NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=kind)


def implied_factor(
    card: Card, arguments: Mapping[str, npt.NDArray[np.float64]], dimension: str
) -> npt.NDArray[np.float64]:
    """Return the implied emission factors of a card for arrays of arguments in the units its formula declares.

    Returns
    -------
    array of float64
        In t per base unit of the dimension.

    Raises
    ------
    FormulaError
        If the formula gives a number that is not finite.
    """
    formula = FORMULAS[card.formula]
    result = np.asarray(formula(**arguments), dtype=np.float64)
    result = result * (card.sign * scale(per(formula.returns, dimension), formula.target(BASE_UNITS[dimension])))
    if not np.isfinite(result).all():
        raise FormulaError([Problem("formula_not_finite", found=card.id)])
    return result


def _ties(trial: Trial, arguments: Arguments, lines: Lines, finder: ArgumentFinder) -> list[tuple[int, Problem]]:
    """Return equally good rows among those used, some of each group, with the number of the group."""
    problems = []
    ids = finder.library.column["factor_id"]
    for match in arguments.matches:
        tied = np.flatnonzero((match.rival >= 0) & (match.row >= 0))
        tied = tied[arguments.complete[tied]]
        group = lines.group[trial.line[tied]]
        for one in dict.fromkeys(group.tolist()):
            for place in tied[group == one][:_SHOWN]:
                where = finder.keys.iloc[trial.key[place]]
                facts = {
                    "substance": lines.groups[one].substance,
                    "argument": match.argument,
                    "category": str(where["category"]),
                    "activity": str(where["activity"]),
                }
                pair = f"{ids[match.row[place]]}, {ids[match.rival[place]]}"
                found = Problem("ambiguous_factor", found=str(ids[match.row[place]]), allowed=pair, facts=facts)
                problems.append((one, found))
    return problems


def _tiers(size: int, matches: pd.DataFrame, finder: ArgumentFinder) -> npt.NDArray[np.int64]:
    """Return the place of the tier of each line among :data:`TIERS`, behind them where nothing served it."""
    regions = finder.library.coded["region"]
    of_word = [2 if str(one).isdigit() else 1 if one == "CN" else 0 for one in regions.values]
    codes = np.array(of_word, dtype=np.int64)[regions.codes]
    published = matches["origin"].to_numpy() != MEASURED
    rank = np.full(len(matches), len(TIERS) - 1, dtype=np.int64)
    rank[published] = codes[matches["row"].to_numpy(dtype=np.int64)[published]]
    weakest = np.full(size, len(TIERS), dtype=np.int64)
    np.minimum.at(weakest, matches["line"].to_numpy(dtype=np.int64), rank)
    return weakest
