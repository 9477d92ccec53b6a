"""What is counted elsewhere (IE) or is no emission (NA), so that nothing counts twice."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.columns import coded_column
from emissions.engine.keys import numbered
from emissions.engine.lines import KindLines
from emissions.engine.places import held_in_places, split_by_place
from emissions.engine.where import Where
from emissions.factors.sets import Elsewhere, FactorSet
from emissions.methods import Card
from emissions.vocabulary import Vocabulary

Codes = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]


def count_elsewhere(lines: KindLines, keys: pd.DataFrame, chosen: FactorSet, vocabulary: Vocabulary) -> KindLines:
    """Return the lines with status ``IE`` (or ``NA``) where a rule of the set counts them in another place.

    A rule with ``when`` holds for a substance where the very same region and year has another line of that substance
    which one of ``when`` names and which counts: estimated, no memo item, of a quantity that is not 0. A product that
    is absent, zero, stated by a notation key, not estimated for the substance, or of another region or year holds
    nothing, so nothing may be left out for it. How much of the product there is does not matter: the factor per
    product holds the whole of what the rule takes out, and no table says how much of a fuel went into which product.
    What is left out stays computed, as a cross-check for its size; it is in no total.

    Rules apply in their order; the first that fits a line is its reason. A line that an earlier rule found to be
    counted in a third place still holds what is counted in it; one found to be no emission (``NA``) does not.
    """
    where = Where(keys.iloc[lines.first_key], vocabulary)
    substance, names = coded_column(lines.table["substance"])
    stream, streams = coded_column(lines.table["stream"])
    place = numbered(len(keys), [coded_column(keys["region"]), coded_column(keys["year"])])
    rows = _Rows(lines, substance, stream)
    for number, rule in enumerate(chosen.elsewhere):
        # what rules name is the same for all keys of a kind
        fits = where.under(rule.categories, rule.activities, rule.uses)[rows.kind] & rows.free
        if rule.substances:
            fits &= np.isin(names, rule.substances)[rows.substance]
        if rule.streams:
            fits &= np.isin(streams, rule.streams)[rows.stream]
        if rule.when and fits.any():
            there = rows.holds & ~fits & _present(rule, where)[rows.kind]
            held = held_in_places(lines, there, rows.substance, len(names), place)
            lines, fits, row = split_by_place(lines, fits, rows.substance, place, held)
            rows = rows.taken(row)
        if not fits.any():
            continue
        rows.free = rows.free & ~fits
        if rule.status == "NA":
            rows.holds = rows.holds & ~fits
        reason = f"counted_in:{rule.counted_in}" if rule.counted_in else f"set_rule:{number}"
        lines = lines.with_status(fits, rule.status, reason)
    return lines


class _Rows:
    """What rules ask of the rows of lines: kind as it was in the beginning, substance, stream, what may still go."""

    def __init__(self, lines: KindLines, substance: Codes, stream: Codes) -> None:
        stated = lines.table["status"]
        self.kind = lines.kind
        self.substance = substance
        self.stream = stream
        self.holds: Flags = ((stated == "ok") & (lines.table["memo"] == "")).to_numpy()
        self.free: Flags = ((stated == "ok") | (stated == "NE")).to_numpy()

    def taken(self, row: Codes) -> _Rows:
        """Return the same of other rows, each of which was one of these."""
        other = copy(self)
        for name, values in vars(self).items():
            setattr(other, name, values[row])
        return other


def count_once(lines: KindLines, cards: Mapping[str, Card]) -> KindLines:
    """Return the lines with ``IE`` where one card gives the whole of what other streams give in parts.

    A card with ``whole_of`` holds what comes by these streams. Where both are there, the method of the higher tier
    counts (the parts where the tiers are equal); the other stays as a cross-check.
    """
    codes, names = coded_column(lines.table["card"])
    there = names[np.bincount(codes, minlength=len(names)) > 0]
    wholes = [str(name) for name in there if name and cards[str(name)].whole_of]
    if not wholes:
        return lines
    tier = np.array([cards[str(name)].tier if name else 0 for name in names], dtype=np.int64)[codes]
    good = (lines.table["status"] == "ok").to_numpy()
    substances, known = coded_column(lines.table["substance"])
    place = lines.kind * len(known) + substances
    lost = np.zeros(len(place), dtype=bool)
    for name in wholes:
        whole = good & (lines.table["card"] == name).to_numpy()
        part = good & lines.table["stream"].isin(cards[name].whole_of).to_numpy() & np.isin(place, place[whole])
        better = np.isin(place[part], place[part & (tier >= cards[name].tier)])
        lost |= whole & np.isin(place, place[part][better])
        lost[np.flatnonzero(part)[~better]] = True
    return lines.with_status(lost, "IE", "counted_by_better_method")


def _present(rule: Elsewhere, where: Where) -> Flags:
    """Tell which rows are such as one of the presences of a rule names."""
    present = np.zeros(len(where.rows), dtype=bool)
    for one in rule.when:
        here = where.under(one.categories, one.activities, one.uses)
        if one.branches:
            here &= where.rows["branch"].isin(one.branches).to_numpy() if "branch" in where.rows else False
        present |= here
    return present
