"""What is not linear in its own row is made so before the engine: netting, strata, mixes; and what is assumed.

Each step is a pure function of an activity table. A child keeps its parents with coefficients, and shares sum to 1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity import net_feedstock
from emissions.activity.selectors import sum_facts
from emissions.activity.table import SELECTOR_COLUMNS, ActivityTable, cell_of
from emissions.engine.keys import RATE_COLUMNS, complete
from emissions.engine.measured import Selection, fitting, idle_selector, select_measured
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
    where = Where(table.rows, vocabulary)
    for assumption in library.set.assume:
        table = assume(table, assumption, where)
    for mix in library.set.mixes:
        table = split_by_mix(table, mix, library, selection, vocabulary)
    return table, selection


def split_by_control(table: ActivityTable, vocabulary: Vocabulary) -> ActivityTable:
    """Return the table with rows split by the control strata that fit them; a row that states its control stays.

    Strata lines with the same selectors are one group; the closest group serves a row.
    """
    strata = table.strata
    if strata.empty or table.rows.empty:
        return table
    group_of = strata.groupby(list(SELECTOR_COLUMNS), sort=False, dropna=False).ngroup().to_numpy()
    groups = strata.drop_duplicates(list(SELECTOR_COLUMNS), ignore_index=True)
    problems = [
        Problem(
            "shares_do_not_sum",
            file=str(part["file"].iloc[0]),
            sheet=str(part["sheet"].iloc[0]),
            cell=str(part["cell"].iloc[0]),
            found=f"{part['share'].astype(float).sum():g}",
            facts=sum_facts(part),
        )
        for _, part in strata.groupby(group_of, sort=False)
        if abs(part["share"].astype(float).sum() - 1) > _TOLERANCE
    ]
    if problems:
        raise SharesDoNotSum(problems)
    free = (table.rows["control"].astype(str) == "").to_numpy()
    if not free.any():
        return table
    distinct, closeness = fitting(groups, table.rows[free], vocabulary)
    nearest = closeness.max(axis=1)
    rivals = (closeness == nearest[:, None]) & (closeness >= 0)
    contested = np.flatnonzero(rivals.sum(axis=1) > 1)
    if len(contested):
        raise AmbiguousFactor(dict.fromkeys(_strata_tie(groups, np.flatnonzero(rivals[line])) for line in contested))
    chosen = np.full(len(table.rows), -1, dtype=np.int64)
    best = np.where(nearest >= 0, closeness.argmax(axis=1), -1)
    chosen[free] = _rows_of(distinct, best, table.rows[free])
    idle = [idle_selector(groups.iloc[group], "strata") for group in range(len(groups)) if not (chosen == group).any()]
    table = replace(table, notes=(*table.notes, *idle))
    counts = np.bincount(group_of)
    repeat = np.where(chosen >= 0, counts[chosen], 0)
    position = np.repeat(np.arange(len(chosen)), repeat)
    stratum = np.concatenate(
        [np.flatnonzero(group_of == group) for group in chosen if group >= 0] or [np.empty(0, dtype=np.int64)]
    )
    lines = strata.iloc[stratum]
    places = [cell_of(line) for line in strata[["file", "sheet", "cell"]].to_dict("records")]
    columns = {"control": lines["control"].to_numpy(dtype=object)}
    columns |= {name: pd.to_numeric(lines[name]).to_numpy(dtype=np.float64) for name in RATE_COLUMNS}
    return _children(
        table,
        position,
        lines["share"].to_numpy(dtype=np.float64),
        columns,
        "control_strata",
        [places[line] for line in stratum],
    )


def _strata_tie(groups: pd.DataFrame, lines: npt.NDArray[np.int64]) -> Problem:
    first, second = (groups.iloc[int(line)] for line in lines[:2])
    return Problem(
        "strata_twice",
        file=str(second["file"]),
        sheet=str(second["sheet"]),
        cell=str(second["cell"]),
        found=str(second["control"]),
        facts={"other": cell_of(first)},
    )


def assume(table: ActivityTable, assumption: Assumption, where: Where) -> ActivityTable:
    """Return the table with conditions taken from a rule of the set where the activity data state none.

    Parameters
    ----------
    where
        Of the rows of ``table``, or of the same rows before other assumptions: these change conditions only.
    """
    rows = table.rows
    fits = where.under(assumption.categories, assumption.activities, assumption.uses)
    fits &= where.below("region", assumption.regions)
    fits &= _within(rows["year"], assumption.valid_from, assumption.valid_to)
    notes: list[Problem] = []
    columns: dict[str, Any] = {}
    for name, value in assumption.conditions.items() if fits.any() else ():
        if name not in rows:
            continue
        blank = fits & unstated(rows[name])
        if blank.any():
            columns[name] = rows[name].astype(object).mask(blank, value)
            if where.vocabulary.conditions.get(name, {}).get("kind") == "number":
                columns[name] = pd.to_numeric(columns[name])
            facts = {
                "condition": name,
                "value": str(value),
                "rows": str(int(blank.sum())),
                "why_zh": assumption.why.zh,
                "why_en": assumption.why.en,
            }
            notes.append(Problem("assumed", level="info", found=f"{name} = {value}", facts=facts))
    if not notes:
        return table
    return replace(table, rows=rows.assign(**columns), notes=(*table.notes, *notes))


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
    whole = np.array([any(name == "carbon_content" for (name, _), _ in one) for one in selection.sets] + [False])
    where = Where(rows, vocabulary)
    fits = where.under((), (mix.activity,), mix.uses) & where.below("dimension", mix.dimensions)
    fits &= (rows["activity"].astype(str) == mix.activity).to_numpy() & ~whole[rows["measured"].to_numpy()]
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
    result = _children(table, position, shares[position, column_of], columns, "mix", why)
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
    resolver = Resolver(library, vocabulary, rows[fits][["region", "year", "category", "activity", "control"]])
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


def _children(
    table: ActivityTable,
    position: npt.NDArray[np.int64],
    share: npt.NDArray[np.float64],
    columns: dict[str, npt.NDArray[np.object_]],
    suffix: str,
    why: list[str],
) -> ActivityTable:
    """Replace rows by children: ``position`` is the parent row of each child, ``share`` its coefficient."""
    if not len(position):
        return table
    rows = table.rows
    parents = rows.iloc[position].reset_index(drop=True)
    order = pd.Series(position).groupby(position).cumcount().to_numpy() + 1
    child_id = parents["activity_id"].astype(str) + "/" + suffix + "." + order.astype(str)
    scaled = {name: parents[name].to_numpy(dtype=np.float64) * share for name in ("quantity", "low", "high")}
    children = parents.assign(activity_id=child_id, **scaled, **columns)
    replaced = np.zeros(len(rows), dtype=bool)
    replaced[position] = True
    links = pd.DataFrame(
        {"activity_id": child_id, "parent_id": parents["activity_id"], "coefficient": share, "why": why}
    )
    kept = rows[~replaced]
    joined = pd.concat([kept, children], ignore_index=True) if len(kept) else children
    return table.with_rows(
        joined,
        sources=rows[replaced].drop(
            columns=[name for name in rows if name not in table.sources.columns], errors="ignore"
        ),
        parents=links,
    )


def _within(years: pd.Series, first: int | None, last: int | None) -> npt.NDArray[np.bool_]:
    """Tell which years lie in a span, both ends included; an end that is not given is open."""
    numbers = years.to_numpy(dtype=np.float64)
    low, high = -np.inf if first is None else first, np.inf if last is None else last
    within: npt.NDArray[np.bool_] = (low <= numbers) & (numbers <= high)
    return within


def _rows_of(distinct: pd.DataFrame, number: npt.NDArray[np.int64], rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    frame = pd.DataFrame(
        {name: rows[name].astype(object).fillna("").astype(str) if name in rows else "" for name in SELECTOR_COLUMNS}
    )
    merged = frame.merge(distinct.assign(_number=number), how="left", on=list(SELECTOR_COLUMNS))
    return merged["_number"].to_numpy(dtype=np.int64).copy()
