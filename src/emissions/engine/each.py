"""Variants of one table of activity data, calculated together: what they share is looked at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from emissions.activity import net_feedstock
from emissions.activity.table import ActivityTable
from emissions.engine.account import account
from emissions.engine.choices import Choices
from emissions.engine.expand import expand_rows
from emissions.engine.keys import distinct_keys
from emissions.engine.kinds import kinds_of
from emissions.engine.lines import KindLines
from emissions.engine.run import counts
from emissions.engine.total import exact_sums
from emissions.factors import FactorLibrary
from emissions.methods import Card, load_cards
from emissions.vocabulary import Vocabulary, load_vocabulary

_VARIANT = "variant"


@dataclass(frozen=True)
class Amounts:
    """Emissions of one variant.

    Attributes
    ----------
    keys
        Distinct keys of all variants.
    kind_lines
        As those of :class:`~emissions.engine.run.Run`, of the keys that the variant has.
    """

    keys: pd.DataFrame
    kind_lines: KindLines

    @property
    def coded_lines(self) -> pd.DataFrame:
        """As those of :class:`~emissions.engine.run.Run`."""
        return self.kind_lines.of_all_keys

    @property
    def counted(self) -> pd.DataFrame:
        """Lines that count in totals: computed, and no memo item."""
        return self.coded_lines[counts(self.coded_lines)]


def calculate_each(
    tables: Sequence[ActivityTable],
    factors: FactorLibrary,
    *,
    cards: Mapping[str, Card] | None = None,
    vocabulary: Vocabulary | None = None,
    choices: Choices | None = None,
) -> list[Amounts]:
    """Return the emissions of each variant, as :func:`~emissions.engine.calculate.calculate` gives them for it alone.

    The variants stand in one table, each row with its variant, which is no part of the key. Implied factors are those
    of the keys; what depends on quantities (netting, balances, what is counted elsewhere) is done variant by variant.

    Parameters
    ----------
    tables
        At least one; with the same measured values and control strata.
    cards, vocabulary, choices
        As for :func:`~emissions.engine.calculate.calculate`.

    Raises
    ------
    SharesDoNotSum, AmbiguousMethod, AmbiguousFactor, FormulaError
        Each with every problem found.
    """
    words = vocabulary or load_vocabulary()
    methods = load_cards() if cards is None else cards
    known = choices or Choices(factors, methods, words)
    known.must_be_of(factors, methods, words)
    netted = [net_feedstock(table, factors.set.choices.feedstock).rows for table in tables]
    together = pd.concat([rows.assign(**{_VARIANT: number}) for number, rows in enumerate(netted)], ignore_index=True)
    table, selection = expand_rows(replace(tables[0], rows=together, notes=()), factors, words)
    keys = distinct_keys(table.rows, [name for name in table.condition_columns if name in words.conditions])
    kinds = kinds_of(keys.frame, factors, methods, words)
    of_kinds, _ = known.of(kinds.frame, table.measured, selection)
    quantity = table.rows["quantity"].fillna(0.0).to_numpy(dtype=np.float64)
    variant = table.rows[_VARIANT].to_numpy(dtype=np.int64)
    lines = KindLines.of(of_kinds, kinds.of_key, np.zeros(len(keys)))
    found = []
    for number in range(len(tables)):
        own = variant == number
        absent = np.ones(len(keys), dtype=bool)
        absent[keys.of_row[own]] = False
        part = replace(lines.without_keys(absent), quantity=exact_sums(keys.of_row[own], quantity[own], len(keys)))
        found.append(Amounts(keys.frame, account(part, keys.frame, methods, factors.set, words)))
    return found
