"""Implied emission factors: one method per key, substance and stream, its formula called once on arrays."""

from __future__ import annotations

from collections.abc import Mapping

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
    lines: list[pd.DataFrame] = []
    matches: list[pd.DataFrame] = []
    problems: list[Problem] = []
    start = 0
    for group in groups:
        part, found = _group(group, cards, finder, start, problems)
        lines.append(part)
        matches.append(found)
        start += len(part)
    if problems:
        raise AmbiguousFactor(dict.fromkeys(problems))
    frame = (
        pd.concat(lines, ignore_index=True)
        if lines
        else pd.DataFrame(columns=list(LINE_COLUMNS)).astype({"ief": np.float64})
    )
    found = pd.concat(matches, ignore_index=True) if matches else pd.DataFrame(columns=list(MATCH_COLUMNS))
    frame["tier"] = _tiers(len(frame), found, finder)
    return frame, found


def _group(
    group: Group, cards: Mapping[str, Card], finder: ArgumentFinder, start: int, problems: list[Problem]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    size = group.order.shape[1]
    keys = np.flatnonzero((group.order != NOT_FITTING).any(axis=0))
    card_of = np.full(size, "", dtype=object)
    ief = np.full(size, np.nan)
    reason = np.full(size, "", dtype=object)
    stopped = np.full(size, "", dtype=object)
    found: list[pd.DataFrame] = []
    line_of = np.full(size, -1, dtype=np.int64)
    line_of[keys] = np.arange(start, start + len(keys))
    for position in sorted({int(one) for one in np.unique(group.order)} - {NOT_FITTING}):
        for number, name in enumerate(group.cards):
            tried = (group.order[number] == position) & (card_of == "")
            if not tried.any():
                continue
            if absent := finder.nothing_measured(cards[name]):
                reason[tried & (reason == "")] = absent
                continue
            for dimension in finder.keys["dimension"][tried].unique():
                here = tried & (finder.keys["dimension"] == dimension).to_numpy()
                arguments = finder.find(cards[name], group.substance, str(dimension))
                good = here & arguments.complete
                ief[good] = _formula(cards[name], arguments, good, str(dimension))
                card_of[good] = name
                found.append(_matches(arguments, good, line_of))
                problems += _ties(arguments, good, finder, group)
                why = arguments.reasons(here & ~good)
                stopped[here & ~good] = stopped[here & ~good] + f"{name}: " + why + "; "
                reason[here & ~good] = _first_reason(reason[here & ~good], why)
    served = card_of != ""
    frame = pd.DataFrame(
        {
            "key": keys,
            "substance": group.substance,
            "stream": group.stream,
            "card": card_of[keys],
            "status": np.where(served, "ok", "NE")[keys],
            "reason": np.where(served, "", reason)[keys],
            "stopped": [str(text).removesuffix("; ") for text in stopped[keys]],
            "ief": ief[keys],
        }
    )
    sized = [name for name in group.cards if cards[name].status != "ok"]
    gap = frame["card"].isin(sized)
    frame.loc[gap, "status"] = "NE"
    frame.loc[gap, "reason"] = [cards[name].reason for name in frame["card"][gap]]
    return frame, pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(MATCH_COLUMNS))


def _formula(card: Card, arguments: Arguments, good: npt.NDArray[np.bool_], dimension: str) -> npt.NDArray[np.float64]:
    if not good.any():
        return np.empty(0)
    formula = FORMULAS[card.formula]
    result = np.asarray(formula(**{name: value[good] for name, value in arguments.values.items()}), dtype=np.float64)
    result = result * (card.sign * scale(per(formula.returns, dimension), formula.target(BASE_UNITS[dimension])))
    if not np.isfinite(result).all():
        raise FormulaError([Problem("formula_not_finite", found=card.id)])
    return result


def _matches(arguments: Arguments, good: npt.NDArray[np.bool_], line_of: npt.NDArray[np.int64]) -> pd.DataFrame:
    parts = []
    for match in arguments.matches:
        used = good & (match.row >= 0)
        if used.any():
            parts.append(
                pd.DataFrame(
                    {
                        "line": line_of[used],
                        "argument": match.argument,
                        "device": match.device,
                        "origin": match.origin,
                        "row": match.row[used],
                        "value": match.value[used],
                        "earlier": match.earlier[used],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(MATCH_COLUMNS))


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
