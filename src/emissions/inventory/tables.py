"""Inventories as tables: totals, roll-ups over category trees, CO2 equivalents, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Amounts, Run
from emissions.engine.columns import coded_column
from emissions.engine.keys import first_places, numbered
from emissions.engine.lines import KindLines, as_texts, order_of
from emissions.engine.run import counts
from emissions.engine.total import exact_sums
from emissions.errors import Problem, ResultError
from emissions.inventory.gwp import gwp_values
from emissions.inventory.kind_sums import sums_of_lines
from emissions.units import BASE_UNITS
from emissions.vocabulary import Graph, Vocabulary, load_vocabulary

if TYPE_CHECKING:
    import xarray as xr

KEY_FIELDS = ("region", "year", "activity", "use", "technology", "branch", "stage")
"""Key columns a table of totals may be made by, beside those of the lines."""

LINE_FIELDS = ("category", "substance", "stream", "card", "memo")
"""Columns of the lines a table of totals may be made by."""


def totals(
    run: Run | Amounts, by: Sequence[str] = ("category", "region", "year", "substance"), *, memo: bool = False
) -> pd.DataFrame:
    """Return emissions in t by some columns.

    Parameters
    ----------
    by
        Of ``category`` (output category), ``substance``, ``stream``, ``card``, ``memo`` and the key columns
        (``region``, ``year``, ``activity``, ``use`` and conditions).
    memo
        Return the memo items instead of what counts.

    Returns
    -------
    pandas.DataFrame
        The columns of ``by`` and ``emission`` (t, float64), sorted by ``by``.

    Raises
    ------
    ResultError
        If there is no such column; names those that there are.
    """
    lines = run.kind_lines
    known = [name for name in LINE_FIELDS if name in lines.table] + [str(name) for name in run.keys.columns]
    unknown = [str(name) for name in by if name not in known]
    if unknown:
        raise ResultError([Problem("no_such_column", found=", ".join(unknown), allowed=", ".join(known))])
    good = (lines.table["status"] == "ok") & (lines.table["memo"] != "") if memo else counts(lines.table)
    found = _kind_sums(lines, good.to_numpy(), run.keys, by)
    own = [name for name in by if name in lines.table]
    found = found.iloc[order_of(found, by)].reset_index(drop=True)
    return found.assign(**as_texts(found[own])) if own else found


def _kind_sums(lines: KindLines, rows: npt.NDArray[np.bool_], keys: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return exact sums of emission of some rows of lines by some columns of lines and of keys."""
    places = np.flatnonzero(rows)
    own = [name for name in by if name in lines.table]
    others = [name for name in by if name not in lines.table]
    group = numbered(len(places), [coded_column(lines.table[name].iloc[places]) for name in own])
    place = numbered(len(keys), [coded_column(keys[name]) for name in others])
    factor = lines.table["ief"].to_numpy(dtype=np.float64)[places]
    found = sums_of_lines(lines, places, group, place, factor)
    if not len(found.total):
        return pd.DataFrame(columns=[*by, "emission"])
    columns: dict[str, Any] = {name: lines.table[name].iloc[places[first_places(group)[found.group]]] for name in own}
    columns |= {name: keys[name].iloc[first_places(place)[found.place]] for name in others}
    table = {name: columns[name].reset_index(drop=True) for name in by}
    return pd.DataFrame({**table, "emission": found.total})


def with_key(run: Run | Amounts, lines: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return lines with those key columns that are asked for and not yet there."""
    wanted = [name for name in columns if name not in lines and name in run.keys]
    keys = run.keys[wanted].iloc[lines["key"].to_numpy(dtype=np.int64)].reset_index(drop=True)
    return pd.concat([lines.reset_index(drop=True), keys], axis=1)


def sums(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return exact sums of ``emission`` by some columns, sorted."""
    columns = list(by)
    if table.empty:
        return pd.DataFrame(columns=[*columns, "emission"])
    codes = numbered(len(table), [coded_column(table[name]) for name in columns])
    result = table[columns].iloc[first_places(codes)].reset_index(drop=True)
    result["emission"] = exact_sums(codes, table["emission"].to_numpy(dtype=np.float64), len(result))
    return result.iloc[order_of(result, columns)].reset_index(drop=True)


def roll_up(table: pd.DataFrame, graph: Graph, *, column: str = "category", value: str = "emission") -> pd.DataFrame:
    """Return a table with a row for every category and every category above it: parent = sum of its children.

    Parameters
    ----------
    table
        Leaf values: ``column`` holds category words of ``graph``; every other column but ``value`` groups.

    Returns
    -------
    pandas.DataFrame
        Same columns, sums exact as in :func:`sums`.
    """
    above = {word: list(graph.ancestors(str(word))) for word in table[column].unique()}
    counts = table[column].map(lambda word: len(above[word])).to_numpy(dtype=np.int64)
    spread = table.iloc[np.repeat(np.arange(len(table)), counts)].copy()
    spread[column] = [word for leaf in table[column] for word in above[leaf]]
    others = [name for name in table.columns if name not in {column, value}]
    result = sums(spread.rename(columns={value: "emission"}), [column, *others])
    return result.rename(columns={"emission": value})


def co2_equivalent(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the rows of greenhouse gases with ``co2e`` (t CO2 equivalent) beside ``emission``.

    Parameters
    ----------
    table
        With ``substance`` and ``emission`` (t).
    metric
        Such as ``AR5GWP100``.
    """
    values = gwp_values(metric, table["substance"].unique())
    gases = table[table["substance"].isin(values)]
    return gases.assign(co2e=gases["emission"] * gases["substance"].map(values).astype(np.float64))


def coverage(run: Run) -> pd.DataFrame:
    """Return, per category, activity and substance, what was estimated and what was not, with reason and size.

    Returns
    -------
    pandas.DataFrame
        category, activity, use, substance, status, reason, memo, unit (base unit of the quantity), keys (number),
        quantity (each key once, however many streams), emission (t; for NE the size where it could be computed, for
        IE the cross-check; NaN where there is no number).
    """
    lines = run.kind_lines
    by = ["category", "activity", "use", "substance", "status", "reason", "memo", "unit"]
    there = np.flatnonzero(lines.keys_of_kind[lines.kind] > 0)
    # what a table of coverage names of keys is the same for all keys of a kind
    of_keys = run.keys[["activity", "use", "dimension"]].iloc[lines.first_key[lines.kind[there]]].reset_index(drop=True)
    units = {name: BASE_UNITS.get(str(name), "") for name in of_keys["dimension"].unique()}
    own = lines.table[["category", "substance", "status", "reason", "memo"]].iloc[there].reset_index(drop=True)
    table = pd.concat([own, of_keys[["activity", "use"]]], axis=1).assign(unit=of_keys["dimension"].map(units))
    group = numbered(len(table), [coded_column(table[name]) for name in by])
    first = first_places(group)
    once = np.sort(first_places(numbered(len(group), [(group, first), (lines.kind[there], lines.chosen)])))
    ief = lines.table["ief"].to_numpy(dtype=np.float64)[there]
    sized = np.isfinite(ief)
    emission = np.full(len(first), np.nan)
    every = np.zeros(len(run.keys), dtype=np.int64)
    emissions = sums_of_lines(lines, there[sized], group[sized], every, ief[sized])
    emission[emissions.group] = emissions.total
    amounts = sums_of_lines(lines, there[once], group[once], every, np.ones(len(once)))
    found = as_texts(table[by].iloc[first].reset_index(drop=True)).assign(
        keys=amounts.lines, quantity=amounts.total, emission=emission
    )
    return found.sort_values(by, kind="stable", ignore_index=True)


def row_emissions(run: Run, substances: Sequence[str] | None = None) -> pd.DataFrame:
    """Return emissions of every activity row: activity_id, substance, stream, category, memo, emission (t).

    The sum over rows of a key is the line of the key.
    """
    lines = run.lines[run.lines["status"] == "ok"]
    if substances is not None:
        lines = lines[lines["substance"].isin(substances)]
    rows = run.activity.rows[["activity_id", "quantity"]].assign(key=run.key_of_row)
    table = rows.merge(lines[["key", "substance", "stream", "category", "memo", "ief"]], on="key")
    return table.assign(emission=table["quantity"] * table["ief"])[
        ["activity_id", "substance", "stream", "category", "memo", "emission"]
    ]


def to_dataset(run: Run, vocabulary: Vocabulary | None = None) -> xr.Dataset:
    """Return the inventory as an xarray dataset.

    Returns
    -------
    xarray.Dataset
        dims ``category (IPCC2006)``, ``region (GB/T 2260)``, ``year``; one variable a substance (t, attrs
        ``units`` and ``entity``) and ``CO2e (<metric>)``, all rolled up over the category tree; NaN where a
        category has no emission of the substance. ``status <substance>`` holds the notation keys of the lines that do
        not count (``NE``, ``IE`` ..., several joined by a comma), blank elsewhere. Memo items stand in variables named
        ``memo <substance>``.
    """
    import xarray as xr  # noqa: PLC0415  0.4 s

    words = vocabulary or load_vocabulary()
    dims = ["category (IPCC2006)", "region (GB/T 2260)", "year"]
    leaves = totals(run)
    places = {name: _ipcc_category(str(name), words) for name in leaves["category"].unique()}
    counted = roll_up(leaves.assign(category=leaves["category"].map(places)), words.category_graph)
    gases = sums(
        co2_equivalent(counted, run.gwp).assign(emission=lambda table: table["co2e"]),
        ["category", "region", "year"],
    )
    variables: dict[str, xr.DataArray] = {}
    for substance, part in counted.groupby("substance", observed=True):
        variables[str(substance)] = _array(part, "emission", dims).assign_attrs(units="t", entity=str(substance))
    name = f"CO2e ({run.gwp})"
    if len(gases):
        variables[name] = _array(gases, "emission", dims).assign_attrs(
            units="t CO2", entity="CO2e", gwp_context=run.gwp
        )
    memo = totals(run, ("category", "region", "year", "substance"), memo=True)
    for substance, part in memo.groupby("substance", observed=True):
        variables[f"memo {substance}"] = _array(part, "emission", dims).assign_attrs(units="t", entity=str(substance))
    for substance, part in _statuses(run).groupby("substance", observed=True):
        variables[f"status {substance}"] = _array(part, "status", dims).fillna("").assign_attrs(entity=str(substance))
    return xr.Dataset(
        variables, attrs={"area": dims[1], "cat": dims[0], "gwp": run.gwp, "factor_set": run.library.set.name}
    )


def _ipcc_category(category: str, vocabulary: Vocabulary) -> str:
    """Return the IPCC category a category of another scheme lies in: the lowest that holds all its counterparts."""
    if category.startswith("IPCC2006:"):
        return category
    counterparts = [own for own, others in vocabulary.crosswalk.items() if category in others]
    chains = [list(vocabulary.category_graph.ancestors(own)) for own in counterparts]
    shared = [own for own in chains[0] if all(own in chain for chain in chains)] if chains else []
    return shared[0] if shared else category


def _statuses(run: Run) -> pd.DataFrame:
    """Return the notation keys of lines that do not count, by category, region, year and substance."""
    names = ["category", "region", "year", "substance", "status"]
    lines = run.coded_lines
    table = with_key(run, lines[(lines["status"] != "ok").to_numpy()], ["region", "year"])[names]
    first = first_places(numbered(len(table), [coded_column(table[name]) for name in names]))
    unique = as_texts(table.iloc[first]).sort_values("status", kind="stable")
    place = numbered(len(unique), [coded_column(unique[name]) for name in names[:-1]])
    found = unique.iloc[first_places(place)].reset_index(drop=True)
    several = np.flatnonzero(np.bincount(place) > 1)
    of_several = unique["status"][np.isin(place, several)].groupby(place[np.isin(place, several)], sort=True)
    found.loc[several, "status"] = of_several.agg(",".join).to_numpy(dtype=object)
    return found.sort_values(names[:-1], kind="stable", ignore_index=True)


def _array(table: pd.DataFrame, value: str, dims: Sequence[str]) -> xr.DataArray:
    renamed = table[["category", "region", "year", value]].rename(
        columns={"category": dims[0], "region": dims[1], "year": dims[2]}
    )
    renamed[dims[0]] = renamed[dims[0]].astype(str)
    renamed[dims[1]] = renamed[dims[1]].astype(str)
    return renamed.set_index(list(dims))[value].to_xarray()
