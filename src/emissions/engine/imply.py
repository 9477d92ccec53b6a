"""Implied emission factors: one method per key, substance and stream, its formula called once on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.arguments import MEASURED, ArgumentFinder, Arguments
from emissions.engine.assign import NOT_FITTING, Group
from emissions.errors import AmbiguousFactor, FormulaError, Problem
from emissions.methods import FORMULAS, Card
from emissions.units import BASE_UNITS, per, scale

LINE_COLUMNS = ("key", "substance", "stream", "card", "status", "reason", "stopped", "ief", "tier")
MATCH_COLUMNS = ("line", "argument", "device", "origin", "row", "value", "earlier")
TIERS = ("default", "national", "regional", "measured")
"""Origins of a parameter, weakest first; a line has the weakest of its parameters."""


def imply(groups: list[Group], cards: Mapping[str, Card], finder: ArgumentFinder) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines (key x substance x stream) with implied emission factors, and what they came from.

    For each group the cards are tried in order; the first whose arguments are all found serves the key. A key that
    no card serves gets one line with status ``NE`` and the reason of its first choice.

    Returns
    -------
    lines : pandas.DataFrame
        :data:`LINE_COLUMNS`; ``ief`` in t per base unit of the key's dimension (float64, NaN for NE).
    matches : pandas.DataFrame
        :data:`MATCH_COLUMNS`; ``row`` is a row of the factor library, or of the measured values where ``origin`` is 1.

    Raises
    ------
    AmbiguousFactor
        With every pair of equally good rows among those used.
    FormulaError
        If a formula gives a number that is not finite.
    """
    lines, matches = _Columns(LINE_COLUMNS), _Columns(MATCH_COLUMNS)
    problems: list[Problem] = []
    codes, names = pd.factorize(finder.keys["dimension"].to_numpy(dtype=object))
    dimensions = {str(name): codes == code for code, name in enumerate(names)}
    for group in groups:
        keys = np.flatnonzero((group.order != NOT_FITTING).any(axis=0))
        line_of = np.full(group.order.shape[1], -1, dtype=np.int64)
        line_of[keys] = np.arange(lines.size, lines.size + len(keys))
        served = _serve(group, cards, finder, dimensions, problems)
        for arguments, good in served.found:
            _add_matches(matches, arguments, good, line_of)
        lines.add(key=keys, substance=group.substance, stream=group.stream, **served.columns(keys, cards))
    if problems:
        raise AmbiguousFactor(dict.fromkeys(problems))
    frame = lines.frame(key=np.int64, ief=np.float64)
    found = matches.frame(line=np.int64, origin=np.int64, row=np.int64, value=np.float64, earlier=np.bool_)
    frame["tier"] = _tiers(len(frame), found, finder)
    return frame, found


class _Columns:
    """Columns that grow piece by piece and become one frame at the end."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.pieces: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in names if name != "tier"}
        self.size = 0

    def add(self, **columns: npt.NDArray[Any] | str | int) -> None:
        """Add rows; a single text or number holds for all of them."""
        size = max(len(values) for values in columns.values() if isinstance(values, np.ndarray))
        for name, values in columns.items():
            whole = values if isinstance(values, np.ndarray) else np.full(size, values, dtype=object)
            self.pieces[name].append(whole)
        self.size += size

    def frame(self, **types: type) -> pd.DataFrame:
        """Return the rows; columns that ``types`` does not name hold text, as objects: they are looked up, not kept."""
        return pd.DataFrame(
            {
                name: pd.Series(
                    np.concatenate(pieces).astype(kind) if pieces else np.empty(0, kind),
                    dtype=object if kind is object else None,
                )
                for name, pieces in self.pieces.items()
                for kind in [types.get(name, object)]
            }
        )


@dataclass
class _Served:
    """What the cards of a group gave, one element a key, and the arguments of each card with the keys it served."""

    card: npt.NDArray[np.object_]
    ief: npt.NDArray[np.float64]
    reason: npt.NDArray[np.object_]
    stopped: npt.NDArray[np.object_]
    found: list[tuple[Arguments, npt.NDArray[np.bool_]]] = field(default_factory=list)

    def columns(self, keys: npt.NDArray[np.int64], cards: Mapping[str, Card]) -> dict[str, npt.NDArray[Any]]:
        """Return the columns of the lines of some keys; a card that only sizes a gap leaves it one, with its reason."""
        card, reason = self.card[keys], self.reason[keys]
        status = np.where(card != "", "ok", "NE").astype(object)
        reason[card != ""] = ""
        for name in {str(name) for name in card} - {""}:
            if cards[name].status != "ok":
                status[card == name], reason[card == name] = "NE", cards[name].reason
        stopped = np.array([text.removesuffix("; ") for text in self.stopped[keys]], dtype=object)
        return {"card": card, "status": status, "reason": reason, "stopped": stopped, "ief": self.ief[keys]}


def _serve(
    group: Group,
    cards: Mapping[str, Card],
    finder: ArgumentFinder,
    dimensions: Mapping[str, npt.NDArray[np.bool_]],
    problems: list[Problem],
) -> _Served:
    """Try the cards of a group in order; the first whose arguments are all found serves a key."""
    size = group.order.shape[1]
    blank = np.full(size, "", dtype=object)
    served = _Served(blank.copy(), np.full(size, np.nan), blank.copy(), blank.copy())
    for position in sorted({int(one) for one in np.unique(group.order)} - {NOT_FITTING}):
        for number, name in enumerate(group.cards):
            tried = (group.order[number] == position) & (served.card == "")
            if not tried.any():
                continue
            if absent := finder.nothing_measured(cards[name]):
                served.reason[tried & (served.reason == "")] = absent
                continue
            for dimension, keys in dimensions.items():
                if (here := tried & keys).any():
                    arguments = finder.find(cards[name], group.substance, dimension, here)
                    problems += _try(cards[name], here, arguments, dimension, served, finder, group)
    return served


def _try(
    card: Card,
    here: npt.NDArray[np.bool_],
    arguments: Arguments,
    dimension: str,
    served: _Served,
    finder: ArgumentFinder,
    group: Group,
) -> list[Problem]:
    """Let a card serve the keys for which it has all arguments; for the others remember what was missing."""
    complete = arguments.complete
    good = here & complete
    if good.any():
        served.ief[good] = _formula(card, arguments, good, dimension)
        served.card[good] = card.id
        served.found.append((arguments, good))
    if (left := here & ~complete).any():
        why = arguments.reasons(left)
        served.stopped[left] = served.stopped[left] + f"{card.id}: " + why + "; "
        served.reason[left] = _first_reason(served.reason[left], why)
    return _ties(arguments, good, finder, group)


def _formula(card: Card, arguments: Arguments, good: npt.NDArray[np.bool_], dimension: str) -> npt.NDArray[np.float64]:
    return implied_factor(card, {name: value[good] for name, value in arguments.values.items()}, dimension)


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


def _add_matches(
    matches: _Columns, arguments: Arguments, good: npt.NDArray[np.bool_], line_of: npt.NDArray[np.int64]
) -> None:
    for match in arguments.matches:
        used = np.flatnonzero(good & (match.row >= 0))
        if len(used):
            matches.add(
                line=line_of[used],
                argument=match.argument,
                device=match.device,
                origin=match.origin,
                row=match.row[used],
                value=match.value[used],
                earlier=match.earlier[used],
            )


def _ties(arguments: Arguments, good: npt.NDArray[np.bool_], finder: ArgumentFinder, group: Group) -> list[Problem]:
    problems = []
    ids = finder.library.column["factor_id"]
    for match in arguments.matches:
        tied = good & (match.rival >= 0) & (match.row >= 0)
        for key in np.flatnonzero(tied)[:5]:
            where = finder.keys.iloc[key]
            facts = {
                "substance": group.substance,
                "argument": match.argument,
                "category": str(where["category"]),
                "activity": str(where["activity"]),
            }
            problems.append(
                Problem(
                    "ambiguous_factor",
                    found=str(ids[match.row[key]]),
                    allowed=f"{ids[match.row[key]]}, {ids[match.rival[key]]}",
                    facts=facts,
                )
            )
    return problems


def _first_reason(known: npt.NDArray[np.object_], why: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Keep the reason of the first card tried; that nothing was measured is the reason only where nothing else is."""
    weak = np.array([text == "" or text.startswith("measured_missing") for text in known], dtype=bool)
    return np.where(weak & (why != ""), why, known)


def _tiers(size: int, matches: pd.DataFrame, finder: ArgumentFinder) -> list[str]:
    if matches.empty:
        return [""] * size
    region = finder.library.column["region"]
    codes = np.array([2 if str(one).isdigit() else 1 if one == "CN" else 0 for one in region], dtype=np.int64)
    measured = matches["origin"].to_numpy() == MEASURED
    rank = np.full(len(matches), len(TIERS) - 1, dtype=np.int64)
    rank[~measured] = codes[matches["row"].to_numpy(dtype=np.int64)[~measured]]
    weakest = np.full(size, len(TIERS), dtype=np.int64)
    np.minimum.at(weakest, matches["line"].to_numpy(dtype=np.int64), rank)
    return [TIERS[one] if one < len(TIERS) else "" for one in weakest]
