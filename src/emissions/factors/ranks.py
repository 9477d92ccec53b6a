"""Ranks of the rows asked for, column by column, for one table of keys.

A column of ranks has a line per value among the keys and an entry per word among the rows: it holds a rank (0 best)
or :data:`~emissions.factors.match.NO` where the row does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.factors.library import FactorLibrary
from emissions.factors.match import NO, Codes, Column, Ranks, control_ranks, interval_ranks, word_ranks
from emissions.factors.request import ANY_ACTIVITY, ANY_CATEGORY, ANY_REGION, ANY_TIME, UNSTATED_WORD, Request
from emissions.vocabulary import Vocabulary

_BLANK = {"activity": ANY_ACTIVITY, "category": ANY_CATEGORY, "region": ANY_REGION}
CONDITION = "condition:"


@dataclass(frozen=True)
class RankColumn:
    """Ranks of one column.

    Attributes
    ----------
    name
        Of the column; conditions begin with :data:`CONDITION`.
    keys
        Values among the keys, and which each key has.
    words
        Word of each row asked for.
    table
        int16, shape (values, words).
    late
        For validity: as ``table``, for rows whose validity is over; None for other columns.
    """

    name: str
    keys: Column
    words: Codes
    table: Ranks
    late: Ranks | None = None


class RankTables:
    """Ranks of factor rows for one table of keys; a table is made once.

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
        self.vocabulary = vocabulary
        self._frame = keys
        self._keys: dict[str, Column] = {}
        self._tables: dict[tuple[str, str], Ranks] = {}
        self._rules: dict[tuple[str, str], tuple[int, ...]] = {}
        self._orders: dict[tuple[tuple[int, ...], str], tuple[str, ...]] = {}

    def columns(self, requests: Sequence[Request], rows: npt.NDArray[np.int64], asked_by: Codes) -> list[RankColumn]:
        """Return the columns in which some of the rows differ, or may not fit some key.

        Parameters
        ----------
        requests
            All with the same in place of the key's own.
        rows
            Rows asked for, request after request.
        asked_by
            Number of the request of each row.
        """
        common = requests[0]
        found = [
            self._packages(requests, rows, asked_by),
            self._words("activity", common.activity, rows),
            self._words("category", common.category, rows),
            self._words("region", "", rows),
            self._times(rows),
        ]
        own = np.array([not request.device for request in requests], dtype=bool)[asked_by]
        if self.library.controlled[rows[own]].any():
            found.append(self._controls(requests, rows, asked_by, own))
        where = dict(common.where)
        stated: list[bool] = np.any(self.library.stated[rows], axis=0).tolist()
        for name, any_stated in zip(self.library.condition_columns, stated, strict=True):
            if any_stated:
                found.append(self._condition(name, where.get(name, ""), rows))
        return found

    def packages(self, parameter: str, substance: str, category: str) -> tuple[str, ...]:
        """Return the set's order of packages for a parameter, substance and category of a key."""
        return self._order(self._rules_of(parameter, substance), category)

    def _key(self, name: str, instead: str = "") -> Column:
        if instead:
            return Column((instead,), np.zeros(len(self._frame), dtype=np.int64))
        if name not in self._keys:
            blank = Column(("",), np.zeros(len(self._frame), dtype=np.int64))
            self._keys[name] = Column.of_series(self._frame[name]) if name in self._frame else blank
        return self._keys[name]

    def _words(self, name: str, instead: str, rows: npt.NDArray[np.int64]) -> RankColumn:
        keys, words = self._key(name, instead), self.library.coded[name]
        table = self._tables.get((name, instead))
        if table is None:
            ancestry = {
                "activity": self.vocabulary.activity_graph.ancestors,
                "category": self.vocabulary.serving_categories,
                "region": self.vocabulary.region_graph.ancestors,
            }[name]
            ancestors = {key: ancestry(str(key)) for key in keys.values}
            table = self._tables[name, instead] = word_ranks(keys.values, words.values, ancestors, _BLANK[name])
        return RankColumn(name, keys, words.codes[rows], table)

    def _condition(self, name: str, instead: str, rows: npt.NDArray[np.int64]) -> RankColumn:
        keys, words = self._key(name, instead), self.library.coded[name]
        table = self._tables.get((name, instead))
        if table is None:
            if self.vocabulary.conditions[name]["kind"] == "number":
                table = interval_ranks(keys.values, words.values, UNSTATED_WORD)
            else:
                graph = self.vocabulary.condition_graphs.get(name)
                ancestors = {
                    key: graph.ancestors(str(key)) if graph else {str(key): 0}
                    for key in keys.values
                    if key not in {"", None}
                }
                table = word_ranks(keys.values, words.values, ancestors, UNSTATED_WORD)
            self._tables[name, instead] = table
        return RankColumn(f"{CONDITION}{name}", keys, words.codes[rows], table)

    def _controls(
        self,
        requests: Sequence[Request],
        rows: npt.NDArray[np.int64],
        asked_by: Codes,
        own: npt.NDArray[np.bool_],
    ) -> RankColumn:
        """Return the column of devices: which act depends on the substance; rows of a device fit any key."""
        keys, words = self._key("control"), self.library.coded["control"]
        of = Column.of([request.substance for request in requests])
        asked = np.where(own, of.codes[asked_by] * len(words.values) + words.codes[rows], -1)
        used, word = np.unique(asked, return_inverse=True)
        tables = [np.zeros((len(keys.values), int(used[0] < 0)), dtype=np.int16)]
        for number, substance in enumerate(of.values):
            here = used[used // len(words.values) == number] % len(words.values)
            wanted = [words.values[one] for one in here.tolist()]
            tables.append(control_ranks(keys.values, wanted, str(substance), self.vocabulary))
        return RankColumn("control", keys, word.astype(np.int64), np.hstack(tables))

    def _times(self, rows: npt.NDArray[np.int64]) -> RankColumn:
        keys, spans = self._key("year"), self.library.spans
        if ("year", "") not in self._tables:
            years = np.array([float(year) for year in keys.values])[:, None]  # type: ignore[arg-type]
            low, high = np.array(spans.values, dtype=np.float64).reshape(-1, 2).T
            width = np.minimum(np.where(np.isfinite(high - low), high - low, ANY_TIME), ANY_TIME)
            late = np.minimum(np.where(high < years, years - high, NO), ANY_TIME - 1)
            self._tables["year", ""] = np.where((low <= years) & (years <= high), width, NO).astype(np.int16)
            self._tables["year", "late"] = late.astype(np.int16)
        return RankColumn("time", keys, spans.codes[rows], self._tables["year", ""], self._tables["year", "late"])

    def _packages(self, requests: Sequence[Request], rows: npt.NDArray[np.int64], asked_by: Codes) -> RankColumn:
        """Return the column of packages: their order depends on parameter, substance and the category of the key."""
        keys, names = self._key("category", requests[0].category), self.library.coded["package"]
        place = {str(package): number for number, package in enumerate(names.values)}
        asked = [self._rules_of(request.parameter, request.substance) for request in requests]
        number = {rules: line for line, rules in enumerate(dict.fromkeys(asked))}
        table = np.full((len(keys.values), len(number), len(place)), NO, dtype=np.int16)
        for rules, line in number.items():
            for key, category in enumerate(keys.values):
                order = self._order(rules, str(category))
                for rank, package in enumerate(order):
                    if package in place:
                        table[key, line, place[package]] = rank
        words = np.array([number[rules] for rules in asked], dtype=np.int64)[asked_by] * len(place) + names.codes[rows]
        return RankColumn("package", keys, words, table.reshape(len(keys.values), -1))

    def _rules_of(self, parameter: str, substance: str) -> tuple[int, ...]:
        """Return which rules of the set are for a parameter and substance, in their order."""
        known = self._rules.get((parameter, substance))
        if known is None:
            known = self._rules[parameter, substance] = tuple(
                number
                for number, rule in enumerate(self.library.set.prefer)
                if (not rule.parameters or parameter in rule.parameters)
                and (not rule.substances or substance in rule.substances)
            )
        return known

    def _order(self, rules: tuple[int, ...], category: str) -> tuple[str, ...]:
        """Return the order of the first of some rules that is for a category."""
        known = self._orders.get((rules, category))
        if known is None:
            above = self.vocabulary.category_graph.ancestors(category) if category else {}
            of = [self.library.set.prefer[number] for number in rules]
            orders = (
                rule.order for rule in of if not rule.categories or any(word in above for word in rule.categories)
            )
            known = self._orders[rules, category] = next(orders, ())
        return known
