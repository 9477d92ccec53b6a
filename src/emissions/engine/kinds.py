"""Keys that no factor row can tell apart: resolved once, whatever the number of regions and years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.columns import coded_column, codes_of
from emissions.engine.keys import first_places, numbered
from emissions.factors import FactorLibrary
from emissions.factors.match import Ranks, distinct_rows, word_ranks
from emissions.factors.resolve import ANY_REGION
from emissions.methods import Card
from emissions.vocabulary import Vocabulary


@dataclass(frozen=True)
class Kinds:
    """Keys that differ only in regions and years between which the library does not distinguish.

    Attributes
    ----------
    frame
        One key of each kind, as it stands among the keys.
    of_key
        Kind of each key.
    """

    frame: pd.DataFrame
    of_key: npt.NDArray[np.int64]


def kinds_of(keys: pd.DataFrame, library: FactorLibrary, cards: Mapping[str, Card], vocabulary: Vocabulary) -> Kinds:
    """Return the kinds of keys.

    Two regions are alike for an activity where the same factor rows of it fit them, equally near; two years where
    they lie in the same validities and behind the same ones.
    """
    coded = {str(name): codes_of(keys[name]) for name in keys.columns}
    activities, names = coded_column(keys["activity"])
    rows = _Rows(library, cards, vocabulary)
    for column, classes in (("region", rows.region_classes), ("year", rows.year_classes)):
        codes, values = coded_column(keys[column])
        found = [classes(str(name), values) for name in names]
        table = np.array(found, dtype=np.int32).reshape(len(names), len(values))
        place = activities.astype(np.int32) * len(values) + codes
        coded[column] = table.ravel().take(place), range(int(table.max(initial=0)) + 1)
    of_key = numbered(len(keys), coded.values())
    return Kinds(keys.iloc[first_places(of_key)].reset_index(drop=True), of_key)


class _Rows:
    """Tells regions and years apart by the factor rows that may serve an activity: its own, those above it, any's."""

    def __init__(self, library: FactorLibrary, cards: Mapping[str, Card], vocabulary: Vocabulary) -> None:
        self._library = library
        self._vocabulary = vocabulary
        self._instead = [
            (frozenset(card.activities), vocabulary.activity_graph.ancestors(argument.activity).keys())
            for card in cards.values()
            for argument in card.parameters.values()
            if argument.activity
        ]
        self._ranks: Ranks | None = None
        self._known: dict[str, npt.NDArray[np.int64]] = {}

    def region_classes(self, activity: str, regions: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return a number for each region; regions that the same rows fit, equally near, have the same."""
        column = self._library.coded["region"]
        if self._ranks is None:
            names = [str(value) for value in regions]
            above: dict[object, Mapping[str, int]] = {
                name: self._vocabulary.region_graph.ancestors(name) for name in names
            }
            self._ranks = word_ranks(names, column.values, above, ANY_REGION)
        stated = np.flatnonzero(np.bincount(column.codes[self._of(activity)], minlength=len(column.values)))
        return distinct_rows(self._ranks[:, stated])[1]

    def year_classes(self, activity: str, years: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Number years by how many validities begin at or before them and how many end before them."""
        rows = self._of(activity)
        low, high = (np.unique(each[rows][np.isfinite(each[rows])]) for each in self._library.validity)
        number = years.astype(np.float64)
        begun = np.searchsorted(low, number, side="right")
        over = np.searchsorted(high, number, side="left")
        found: npt.NDArray[np.int64] = begun * (len(high) + 1) + over
        return found

    def _of(self, activity: str) -> npt.NDArray[np.int64]:
        """Return the rows that may serve an activity, those of an activity that a card asks for instead among them."""
        if activity not in self._known:
            above = self._vocabulary.activity_graph.ancestors(activity).keys()
            words = {"", *above}
            words.update(*(instead for served, instead in self._instead if not served or not served.isdisjoint(above)))
            column = self._library.coded["activity"]
            serves = np.array([word in words for word in column.values], dtype=bool)
            self._known[activity] = np.flatnonzero(serves[column.codes])
        return self._known[activity]
