"""What is not linear in its own row is made so before the engine: netting, strata, mixes; and what is assumed.

Each step is a pure function of an activity table. A child keeps its parents with coefficients, and shares sum to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity import net_feedstock
from emissions.activity.table import ActivityTable
from emissions.engine.children import children
from emissions.engine.columns import with_number, with_word
from emissions.engine.keys import complete
from emissions.engine.measured import Selection, select_measured
from emissions.engine.strata import split_by_control
from emissions.engine.where import Where, unstated
from emissions.errors import AmbiguousFactor, Problem, SharesDoNotSum
from emissions.factors import FactorLibrary, Request, Resolver
from emissions.factors.sets import Assumption, Mix
from emissions.vocabulary import Vocabulary

_TOLERANCE = 1e-6


def expand(activity: ActivityTable, library: FactorLibrary, vocabulary: Vocabulary) -> tuple[ActivityTable, Selection]:
    """Return the table the engine multiplies, and which measured values are for which of its rows.

    Steps: netting of non-energy use (the set's choice), control strata, measured values, assumed conditions,
    mixes of fuels.

    Raises
    ------
    SharesDoNotSum, AmbiguousFactor
    """
    return expand_rows(net_feedstock(activity, library.set.choices.feedstock), library, vocabulary)


def expand_rows(
    table: ActivityTable, library: FactorLibrary, vocabulary: Vocabulary
) -> tuple[ActivityTable, Selection]:
    """Return what :func:`expand` does, from a table in which non-energy use is netted: no row looks at another."""
    conditions = sorted({*table.condition_columns, *library.condition_columns} & set(vocabulary.conditions))
    table = replace(table, rows=complete(table.rows, conditions, vocabulary))
    table = split_by_control(table, vocabulary)
    selection = select_measured(table.measured, table.rows, vocabulary)
    unused = selection.unused(table.measured)
    table = replace(table, rows=table.rows.assign(measured=selection.of_row), notes=(*table.notes, *unused))
    table = assume(table, library.set.assume, Where(table.rows, vocabulary))
    for mix in library.set.mixes:
        table = split_by_mix(table, mix, library, selection, vocabulary)
    return table, selection


def assume(table: ActivityTable, assumptions: Sequence[Assumption], where: Where) -> ActivityTable:
    """Return the table with conditions taken from rules of the set, in their order, where the activity data state none.

    Parameters
    ----------
    where
        Of the rows of ``table``; rules ask for what they do not change.
    """
    columns: dict[str, pd.Series] = {}
    notes = [note for one in assumptions for note in _assumed(table.rows, columns, one, where)]
    if not notes:
        return table
    return replace(table, rows=table.rows.assign(**columns), notes=(*table.notes, *notes))


def _assumed(
    rows: pd.DataFrame, columns: dict[str, pd.Series], assumption: Assumption, where: Where
) -> Iterator[Problem]:
    """Yield a note for each condition that is taken, and put its column into ``columns``."""
    fits = where.under(assumption.categories, assumption.activities, assumption.uses, assumption.regions)
    if not fits.any():
        return
    fits &= _within(rows["year"], assumption.valid_from, assumption.valid_to)
    for name, value in assumption.conditions.items():
        if name not in rows:
            continue
        column = columns.get(name, rows[name])
        blank = fits & unstated(column)
        if blank.any():
            number = where.vocabulary.conditions.get(name, {}).get("kind") == "number"
            found = with_number(column, blank, float(value)) if number else with_word(column, blank, str(value))
            columns[name] = pd.Series(found, index=rows.index, copy=False)
            facts = {
                "condition": name,
                "value": str(value),
                "rows": str(int(blank.sum())),
                "why_zh": assumption.why.zh,
                "why_en": assumption.why.en,
            }
            yield Problem("assumed", level="info", found=f"{name} = {value}", facts=facts)


def split_by_mix(
    table: ActivityTable, mix: Mix, library: FactorLibrary, selection: Selection, vocabulary: Vocabulary
) -> ActivityTable:
    """Return the table with a mixed activity split into its published kinds.

    A row with a measured carbon content stays whole; so does a row whose region has no published shares.

    Raises
    ------
    SharesDoNotSum
        If the shares of a row do not sum to 1 and the set names no kind for the remainder.
    """
    rows = table.rows
    where = Where(rows, vocabulary)
    fits = where.under((), (mix.activity,), mix.uses) & where.below("dimension", mix.dimensions)
    fits &= where.exactly("activity", mix.activity)
    if not fits.any():
        return table
    whole = np.array([any(name == "carbon_content" for (name, _), _ in one) for one in selection.sets] + [False])
    fits &= ~whole[rows["measured"].to_numpy()]
    words = [str(word) for word in dict.fromkeys(library.column.get(mix.child, np.empty(0, dtype=object))) if word]
    if not fits.any() or not words:
        return table
    shares, source = _published_shares(rows, fits, words, mix, library, vocabulary)
    total = shares.sum(axis=1)
    known = total > 0
    left = np.where(known, 1 - total, 0.0)
    if np.any(left < -_TOLERANCE) or (not mix.remainder and np.any(left > _TOLERANCE)):
        raise SharesDoNotSum([_mix_sum(rows, shares, source, mix, library)])
    if mix.remainder:
        shares[:, words.index(mix.remainder)] += np.maximum(left, 0.0)
    position, column_of = np.nonzero(shares)
    columns = {"activity": np.array(words, dtype=object)[column_of]}
    ids = library.column["factor_id"]
    why = [str(ids[row]) if row >= 0 else "remainder" for row in source[position, column_of]]
    result = children(table, position, shares[position, column_of], columns, "mix", why)
    if not len(position):
        return result
    facts = {
        "activity": mix.activity,
        "rows": str(int(known.sum())),
        "why_zh": mix.why.zh,
        "why_en": mix.why.en,
        "left": f"{100 * left[known].max():.3g}",
    }
    return replace(result, notes=(*result.notes, Problem("mix_used", level="info", found=mix.activity, facts=facts)))


def _mix_sum(
    rows: pd.DataFrame,
    shares: npt.NDArray[np.float64],
    source: npt.NDArray[np.int64],
    mix: Mix,
    library: FactorLibrary,
) -> Problem:
    """Return the problem of the row whose published shares are farthest from 1."""
    total = shares.sum(axis=1)
    odd = int(np.where(total > 0, np.abs(total - 1), 0.0).argmax())
    ids = library.column["factor_id"]
    named = [f"{ids[row]} = {share:g}" for row, share in zip(source[odd], shares[odd], strict=True) if row >= 0]
    facts = {
        "region": str(rows["region"].iloc[odd]),
        "year": str(rows["year"].iloc[odd]),
        "total": f"{total[odd]:g}",
        "shares": ", ".join(named),
    }
    return Problem("mix_sum", found=mix.activity, facts=facts)


def _published_shares(
    rows: pd.DataFrame,
    fits: npt.NDArray[np.bool_],
    words: list[str],
    mix: Mix,
    library: FactorLibrary,
    vocabulary: Vocabulary,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the published share of each kind for each row (0: none) and the factor row it comes from (-1: none)."""
    shares = np.zeros((len(rows), len(words)))
    source = np.full((len(rows), len(words)), -1, dtype=np.int64)
    resolver = Resolver(library, vocabulary, rows[["region", "year", "category", "activity", "control"]][fits])
    problems: list[Problem] = []
    ids = library.column["factor_id"]
    for column, word in enumerate(words):
        matched = resolver.resolve(Request("share", "", ("",), "1", where=((mix.child, word),)))
        shares[fits, column] = np.nan_to_num(matched.value)
        source[fits, column] = matched.row
        for key in np.flatnonzero(matched.rival >= 0)[:1]:
            both = f"{ids[matched.row[key]]}, {ids[matched.rival[key]]}"
            problems.append(Problem("ambiguous_share", found=mix.activity, allowed=both, facts={"kind": word}))
    if problems:
        raise AmbiguousFactor(problems)
    return shares, source


def _within(years: pd.Series, first: int | None, last: int | None) -> npt.NDArray[np.bool_]:
    """Tell which years lie in a span, both ends included; an end that is not given is open."""
    numbers = years.to_numpy()
    within = np.ones(len(numbers), dtype=np.bool_)
    if first is not None:
        within &= numbers >= first
    if last is not None:
        within &= numbers <= last
    return within
