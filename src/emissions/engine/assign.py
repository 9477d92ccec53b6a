"""Which method cards fit which keys, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.where import Where
from emissions.errors import AmbiguousMethod, Problem
from emissions.factors.sets import FactorSet
from emissions.methods import Card
from emissions.vocabulary import Vocabulary

NOT_FITTING = 10_000
"""Order number of a card that does not fit a key."""


@dataclass(frozen=True)
class Group:
    """Cards that compete for one substance and stream.

    Attributes
    ----------
    cards
        Their ids.
    order
        int64, shape (cards, keys): 0 first choice, 1 second ..., :data:`NOT_FITTING`.
    """

    substance: str
    stream: str
    cards: tuple[str, ...]
    order: npt.NDArray[np.int64]


def assign(keys: pd.DataFrame, cards: Mapping[str, Card], chosen: FactorSet, vocabulary: Vocabulary) -> list[Group]:
    """Return, per substance and stream, the cards that fit the keys and the order in which they are tried.

    Parameters
    ----------
    keys
        Distinct keys, one row each.

    Raises
    ------
    AmbiguousMethod
        With every pair of cards that fit one key where the set gives no order between them.
    """
    where = Where(keys, vocabulary)
    fits = {name: card_fits(card, where) for name, card in cards.items()}
    competing: dict[tuple[str, str], list[str]] = {}
    for name, card in cards.items():
        for substance in card.substances:
            # cards that fit no key hold their place, so that the order of groups is the same for any keys
            found = competing.setdefault((substance, card.stream), [])
            found += [name] if fits[name].any() else []
    problems: list[Problem] = []
    groups = []
    for (substance, stream), names in competing.items():
        if not names:
            continue
        fitting = np.vstack([fits[name] for name in names])
        ranks, banned = _ranks(names, substance, where, chosen)
        fitting &= ~banned
        contested = fitting.sum(axis=0) > 1
        unranked = fitting & (ranks == NOT_FITTING) & contested
        problems += _without_order(names, fitting, unranked, (substance, stream), keys)
        order = np.where(fitting, np.where(contested, ranks, 0), NOT_FITTING)
        groups.append(Group(substance, stream, tuple(names), order))
    if problems:
        raise AmbiguousMethod(problems)
    return groups


def _without_order(
    names: list[str],
    fitting: npt.NDArray[np.bool_],
    unranked: npt.NDArray[np.bool_],
    line: tuple[str, str],
    keys: pd.DataFrame,
) -> list[Problem]:
    """Return a problem for every combination of cards that compete for some key without an order between them."""
    columns = np.flatnonzero(unranked.any(axis=0))
    if not len(columns):
        return []
    patterns = np.vstack([fitting[:, columns], unranked[:, columns]])
    _, first = np.unique(patterns, axis=1, return_index=True)
    found = []
    for key in columns[np.sort(first)]:
        competing = ", ".join(names[other] for other in np.flatnonzero(fitting[:, key]))
        where = keys.iloc[int(key)]
        facts = {
            "substance": line[0],
            "stream": line[1],
            "category": str(where["category"]),
            "activity": str(where["activity"]),
        }
        unordered = names[int(np.flatnonzero(unranked[:, key])[0])]
        found.append(Problem("ambiguous_method", found=unordered, allowed=competing, facts=facts))
    return found


def card_fits(card: Card, where: Where) -> npt.NDArray[np.bool_]:
    """Tell which keys a card fits by category, activity, use, dimension and stated conditions."""
    fits = where.under(card.categories, card.activities) & where.below("dimension", card.serves)
    if not fits.any():
        return fits
    if card.uses:
        fits &= where.below("use", card.uses)
    if card.excepted:
        fits &= ~where.below("activity", card.excepted)
    if card.controls:
        fits &= where.with_device(card.controls)
    for name in card.unstated:
        if name in where.rows:
            fits &= where.unstated(name)
    for name, words in card.where.items():
        fits &= where.below(name, words) if name in where.rows else False
    return fits


def _ranks(
    names: list[str], substance: str, where: Where, chosen: FactorSet
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the order number of each card for each key, and where the set bans a card."""
    size = len(where.rows)
    ranks = np.full((len(names), size), NOT_FITTING, dtype=np.int64)
    banned = np.zeros((len(names), size), dtype=bool)
    open_keys = np.ones(size, dtype=bool)
    for rule in chosen.methods:
        if rule.substances and substance not in rule.substances:
            continue
        taken = open_keys & where.under(rule.categories, rule.activities)
        if taken.any():
            for line, name in enumerate(names):
                if name in rule.order:
                    ranks[line, taken] = rule.order.index(name)
                elif name in rule.never:
                    banned[line, taken] = True
            open_keys &= ~taken
    return ranks, banned
