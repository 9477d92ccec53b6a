"""Netting of non-energy use in an energy balance.

Final consumption of the chemical branches in a Chinese energy balance holds the fuel that is raw material;
a line of its own prints how much that is, without the branches. What is burnt follows only by a choice:

``ceads``
    The non-energy use of a fuel is taken from the chemical branches in proportion, to zero at most, and
    nothing is emitted from it. Other petroleum products count only where they generate power or heat.
``carbon_balance``
    The same, and what exceeds the chemical branches is taken from the other branches of industry in
    proportion. The raw material stays in the table, for the carbon balance of its products.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.table import PARENT_COLUMNS, ActivityTable
from emissions.errors import Problem
from emissions.vocabulary import load_vocabulary

CHOICES = ("carbon_balance", "ceads")
"""Accounting choices for non-energy use."""
CHEMICAL_BRANCHES = (
    "chemicals",
    "pharmaceuticals",
    "chemical_fibres",
    "rubber_products",
    "plastic_products",
    "rubber_and_plastic_products",
)
"""Branches 22 to 26 of the balance: raw material is taken from them first."""
WHOLE_INDUSTRY = "industry"
"""Branch of a balance that prints industry as one row."""
WITHIN_FINAL = "non_energy_use"
"""Word of the condition ``transformation`` for raw material that stands within final consumption."""
ONLY_POWER_AND_HEAT = "other_petroleum_products"
"""Fuel that the choice ``ceads`` counts only in power and heat plants."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Exceeded:
    """More raw material than the chemical branches burn: code of the note, its row, and the quantities."""

    code: str
    row: int
    need: float
    first: float
    second: float = 0.0


@dataclass
class _Netted:
    quantity: Floats
    identity: npt.NDArray[np.object_]
    replaced: list[int] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    parents: list[tuple[str, str, float, str]] = field(default_factory=list)
    exceeded: list[_Exceeded] = field(default_factory=list)


def net_feedstock(table: ActivityTable, choice: str) -> ActivityTable:
    """Take the non-energy use out of final consumption.

    Each netted row is a child of its own row, of the non-energy use and of the rows it is shared with.
    The coefficients are the partial derivatives of its quantity, which is homogeneous of degree one: the
    sum of coefficient x parent is the quantity exactly, and an uncertainty of a parent passes through them.

    Parameters
    ----------
    table
        Rows of any number of regions and years; rows without a branch are left alone.
    choice
        One of :data:`CHOICES`.

    Returns
    -------
    ActivityTable
        With the netted rows in place of their parents.
    """
    if choice not in CHOICES:
        raise ValueError(f"choice {choice!r} is none of {', '.join(CHOICES)}")
    if "branch" not in table.rows.columns:
        return table
    if choice == "ceads":
        table = _without(table, _final(table.rows) & table.rows["activity"].eq(ONLY_POWER_AND_HEAT))
    rows = table.rows
    quantity, identity = rows["quantity"].to_numpy(dtype=np.float64), rows["activity_id"].to_numpy(dtype=object)
    netted = _Netted(quantity, identity)
    final, feedstock = _final(rows), _feedstock(rows)
    industrial = rows["branch"].isin(load_vocabulary().condition_graphs["branch"].descendants("industry"))
    chemical = rows["branch"].isin(CHEMICAL_BRANCHES)
    chemical |= _whole_industry(rows, final & chemical)
    fuel_of = _number(rows, "region", "year", "activity", "dimension")
    first, second = _by_fuel(fuel_of, final & chemical), _by_fuel(fuel_of, final & industrial & ~chemical)
    nothing = np.empty(0, dtype=np.intp)
    for fuel, used in _by_fuel(fuel_of, feedstock).items():
        _net(used, first.get(fuel, nothing), second.get(fuel, nothing), choice, netted)
    return _assembled(table, netted, feedstock if choice == "ceads" else None)


def _whole_industry(rows: pd.DataFrame, chemical: pd.Series[bool]) -> pd.Series[bool]:
    """Tell which rows are industry as a whole in a region and year that prints no chemical branch: it holds them."""
    place = _number(rows, "region", "year")
    return rows["branch"].eq(WHOLE_INDUSTRY) & ~np.isin(place, place[chemical])


def _final(rows: pd.DataFrame) -> pd.Series[bool]:
    final = rows["use"].eq("combustion") & rows["branch"].ne("") & rows["notation"].eq("")
    return final & rows["transformation"].eq("") if "transformation" in rows.columns else final


def _feedstock(rows: pd.DataFrame) -> pd.Series[bool]:
    """Tell which rows are raw material that a balance prints within final consumption; stated apart it is not."""
    within = rows["transformation"].eq(WITHIN_FINAL) if "transformation" in rows.columns else False
    return rows["use"].eq("feedstock") & rows["quantity"].gt(0) & within


def _number(rows: pd.DataFrame, *columns: str) -> npt.NDArray[np.int64]:
    """Number rows by the combination of what stands in some columns."""
    number = np.zeros(len(rows), dtype=np.int64)
    for name in columns:
        codes, words = pd.factorize(rows[name])
        number = pd.factorize(number * max(len(words), 1) + codes)[0].astype(np.int64)
    return number


def _by_fuel(fuel: npt.NDArray[np.int64], chosen: pd.Series[bool]) -> dict[int, npt.NDArray[np.intp]]:
    """Return fuel -> positions of the chosen rows, fuels in the order of their first row."""
    positions = np.flatnonzero(chosen)
    by_fuel = positions[np.argsort(fuel[positions], kind="stable")]
    ends = np.flatnonzero(np.diff(fuel[by_fuel])) + 1
    groups = np.split(by_fuel, ends) if len(by_fuel) else []
    return {int(fuel[one[0]]): one for one in sorted(groups, key=lambda one: int(one[0]))}


def _net(
    used: npt.NDArray[np.intp],
    chemical: npt.NDArray[np.intp],
    industry: npt.NDArray[np.intp],
    choice: str,
    netted: _Netted,
) -> None:
    """Net one fuel of one region and year."""
    quantity = netted.quantity
    need, first = float(quantity[used].sum()), float(quantity[chemical].sum())
    _reduce(chemical, used, np.empty(0, dtype=np.intp), netted)
    excess = need - first
    if excess <= 0:
        return
    if choice == "ceads":
        netted.exceeded.append(_Exceeded("feedstock_exceeds_chemicals", int(used[0]), need, first))
        return
    second = float(quantity[industry].sum())
    _reduce(industry, used, chemical, netted)
    code = "feedstock_exceeds_industry" if excess > second else "feedstock_taken_from_industry"
    netted.exceeded.append(_Exceeded(code, int(used[0]), need, first, second))


def _reduce(
    burnt: npt.NDArray[np.intp], used: npt.NDArray[np.intp], before: npt.NDArray[np.intp], netted: _Netted
) -> None:
    """Replace the rows ``burnt`` by what is left of them after ``used``, less what ``before`` gave already."""
    quantity, identity = netted.quantity, netted.identity
    total = float(quantity[burnt].sum())
    if total <= 0:
        return
    taken = float(quantity[used].sum()) - float(quantity[before].sum())
    left = max(0.0, (total - taken) / total)
    netted.replaced += burnt.tolist()
    netted.left += [left] * len(burnt)
    for own in burnt.tolist():
        for parent, coefficient in _coefficients(quantity, own, burnt, used, before, 1.0 - left, total):
            given = coefficient if left else 0.0
            netted.parents.append((f"{identity[own]} net", identity[parent], given, "net_feedstock"))


def _coefficients(
    quantity: Floats,
    own: int,
    burnt: npt.NDArray[np.intp],
    used: npt.NDArray[np.intp],
    before: npt.NDArray[np.intp],
    share: float,
    total: float,
) -> Iterator[tuple[int, float]]:
    """Yield the partial derivatives of ``q (1 - (used - before) / total)`` by each quantity."""
    weight = quantity[own] / total
    yield own, 1.0 - share + weight * share
    yield from ((int(other), weight * share) for other in burnt if other != own)
    yield from ((int(other), -weight) for other in used)
    yield from ((int(other), weight) for other in before)


def _notes(rows: pd.DataFrame, exceeded: Sequence[_Exceeded]) -> list[Problem]:
    columns = ["file", "sheet", "cell", "unit", "activity"]
    stated = rows[columns].iloc[[one.row for one in exceeded]].astype(str).itertuples(index=False, name=None)
    return [
        Problem(
            one.code,
            "info",
            file,
            sheet,
            cell,
            found=f"{one.need:g} {unit}",
            facts={"activity": activity, "chemicals": f"{one.first:g} {unit}", "industry": f"{one.second:g} {unit}"},
        )
        for one, (file, sheet, cell, unit, activity) in zip(exceeded, stated, strict=True)
    ]


def _assembled(table: ActivityTable, netted: _Netted, feedstock: pd.Series[bool] | None) -> ActivityTable:
    """Put the children in the place of their parents; the raw material ``feedstock`` leaves the rows."""
    rows = table.rows
    gone = np.zeros(len(rows), dtype=bool)
    gone[netted.replaced] = True
    parents = pd.DataFrame(netted.parents, columns=list(PARENT_COLUMNS))
    if feedstock is not None:
        gone |= (feedstock & rows["activity_id"].isin(parents["parent_id"])).to_numpy()
    children = rows.iloc[netted.replaced].copy()
    children[["quantity", "low", "high"]] = children[["quantity", "low", "high"]].mul(netted.left, axis=0)
    children["activity_id"] = children["activity_id"] + " net"
    kept = pd.concat([rows.loc[~gone], children]) if netted.replaced else rows.loc[~gone]
    result = table.with_rows(kept, sources=rows.loc[gone], parents=parents, notes=_notes(rows, netted.exceeded))
    return result if feedstock is None else _without(result, _feedstock(result.rows))


def _without(table: ActivityTable, dropped: pd.Series[bool]) -> ActivityTable:
    """Return the table without some rows, which are listed as excluded by choice."""
    gone = table.rows.loc[dropped]
    listed = gone[["file", "sheet", "row", "cell"]].assign(
        reason="not_counted_by_choice",
        text=gone["activity"] + " | " + gone["quantity_as_printed"],
    )
    parts = [part for part in (table.excluded, listed) if len(part)]
    excluded = pd.concat(parts, ignore_index=True) if parts else table.excluded
    return replace(table.with_rows(table.rows.loc[~dropped]), excluded=excluded)
