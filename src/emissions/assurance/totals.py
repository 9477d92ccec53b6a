"""Which lines make which totals: lines of keys are put together first, so that what follows does not grow with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Run
from emissions.engine.columns import coded_column
from emissions.engine.keys import first_places, numbered
from emissions.engine.lines import KindLines
from emissions.inventory.gwp import gwp_values
from emissions.inventory.kind_sums import sums_of_lines
from emissions.vocabulary import load_vocabulary

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Totals:
    """Totals of lines.

    Attributes
    ----------
    columns
        One row a total, with the columns asked for.
    lines
        Of kinds of keys.
    rows
        Rows of their table that count.
    group, place
        Of each of these rows and of each key: lines of keys of one group and place agree in the columns asked for.
    parts
        Numbers (group x :attr:`places` + place) of those that occur, in their order.
    into
        Sparse, (totals x parts): what a part counts in a total (1, or the GWP of its substance).
    """

    columns: pd.DataFrame
    lines: KindLines
    rows: Numbers
    group: Numbers
    place: Numbers
    parts: Numbers
    into: Any

    @property
    def places(self) -> int:
        """Number of places."""
        return int(self.place.max(initial=0)) + 1

    def part(self, group: Numbers, place: Numbers) -> Numbers:
        """Return which part lines of some groups and places belong to."""
        return np.searchsorted(self.parts, group * self.places + place)


def totals_of(run: Run, rows: Numbers, by: Sequence[str], *, roll_up: bool) -> Totals:
    """Return the totals of some lines by some columns, CO2 equivalents among them.

    Parameters
    ----------
    rows
        Of the table of ``run.kind_lines``.
    by
        Columns of lines or keys, ``substance`` among them.
    roll_up
        Make totals of the categories above too.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415  scipy is slow to import; only draws pay for it

    lines = run.kind_lines
    of_rows = {name: coded_column(lines.table[name].iloc[rows]) for name in by if name in lines.table}
    of_keys = {name: coded_column(run.keys[name]) for name in by if name not in lines.table}
    group, place = numbered(len(rows), of_rows.values()), numbered(len(run.keys), of_keys.values())
    found = sums_of_lines(lines, rows, group, place, np.ones(len(rows)))
    first = {**dict.fromkeys(of_rows, first_places(group)[found.group])}
    first |= dict.fromkeys(of_keys, first_places(place)[found.place])
    coded = of_rows | of_keys
    parts = pd.DataFrame({name: _plain(coded[name][1])[coded[name][0][first[name]]] for name in by})
    spread = _spread(parts, run.gwp, roll_up=roll_up and "category" in by)
    groups = spread.groupby(list(by), sort=True, dropna=False)
    total = groups.ngroup().to_numpy(dtype=np.int64)
    columns = spread[list(by)].iloc[np.unique(total, return_index=True)[1]].reset_index(drop=True)
    weights = spread["weight"].to_numpy(dtype=np.float64)
    into = csr_array((weights, (total, spread["part"].to_numpy())), shape=(len(columns), len(parts)))
    number = found.group * (int(place.max(initial=0)) + 1) + found.place
    return Totals(columns, lines, rows, group, place, number, into)


def summed(found: Totals, factor: Numbers) -> pd.DataFrame:
    """Return part, factor, quantity: the quantity of a part that is multiplied by an implied factor.

    Parameters
    ----------
    factor
        Number of the implied factor of each row.

    Returns
    -------
    pandas.DataFrame
        Also ``extent``, the sum of absolute quantities, and ``lines``, how many there are.
    """
    size = int(factor.max(initial=-1)) + 1
    pair = pd.factorize(found.group * size + factor)[0].astype(np.int64)
    first = first_places(pair)
    ones = np.ones(len(pair))
    sums = sums_of_lines(found.lines, found.rows, pair, found.place, ones)
    extent = sums_of_lines(_absolute(found.lines), found.rows, pair, found.place, ones).total
    part = found.part(found.group[first][sums.group], sums.place)
    return pd.DataFrame(
        {
            "part": part,
            "factor": factor[first][sums.group],
            "quantity": sums.total,
            "extent": extent,
            "lines": sums.lines,
        }
    )


def described(found: Totals, sums: pd.DataFrame, factor: Numbers, known: Numbers, moving: Numbers) -> pd.DataFrame:
    """Return what the inventory says of each total, and how much of it rests on what has bounds.

    Parameters
    ----------
    sums, factor
        From :func:`summed`, and what it was made with.
    known
        Of each implied factor: 0 where none of its arguments has bounds, 1 where some have, 2 where all have.
    moving
        Keys whose quantity has bounds.

    Returns
    -------
    pandas.DataFrame
        ``emission`` (t), ``lines``, and the shares ``known``, ``partly``, ``unknown``, ``activity``.
    """
    size = len(found.parts)
    ief = found.lines.table["ief"].to_numpy(dtype=np.float64)[found.rows]
    of_factor = np.zeros(len(known))
    of_factor[factor] = np.abs(ief)
    part, of_pair = sums["part"].to_numpy(), sums["factor"].to_numpy()
    extent = sums["extent"].to_numpy() * of_factor[of_pair]
    still = np.ones(len(found.place), dtype=bool)
    still[moving] = False
    moved = sums_of_lines(_absolute(found.lines).without_keys(still), found.rows, found.group, found.place, np.abs(ief))
    extents = {
        name: np.bincount(part, np.where(known[of_pair] == state, extent, 0.0), size)
        for name, state in (("known", 2), ("partly", 1), ("unknown", 0))
    }
    extents["activity"] = np.bincount(found.part(moved.group, moved.place), moved.total, size)
    whole = found.into @ np.bincount(part, extent, size)
    with np.errstate(invalid="ignore"):
        shares = {name: (found.into @ own) / whole for name, own in extents.items()}
    counted = (found.into != 0).astype(np.int64) @ np.bincount(part, sums["lines"], size).astype(np.int64)
    emission = sums_of_lines(found.lines, found.rows, found.group, found.place, ief).total
    return pd.DataFrame({"emission": found.into @ emission, "lines": counted, **shares})


def _absolute(lines: KindLines) -> KindLines:
    return replace(lines, quantity=np.abs(lines.quantity)) if (lines.quantity < 0).any() else lines


def _spread(parts: pd.DataFrame, metric: str, *, roll_up: bool) -> pd.DataFrame:
    """Return the parts with ``part`` and ``weight``, once for each total they count in."""
    table = parts.assign(part=np.arange(len(parts)), weight=1.0)
    values = gwp_values(metric, table["substance"].unique())
    gases = table[table["substance"].isin(values)]
    weights = gases["substance"].map(values).astype(np.float64)
    table = pd.concat([table, gases.assign(weight=weights, substance=f"CO2e ({metric})")], ignore_index=True)
    if not roll_up:
        return table
    graph = load_vocabulary().category_graph
    above = {word: list(graph.ancestors(str(word))) for word in table["category"].unique()}
    return table.assign(category=table["category"].map(above)).explode("category", ignore_index=True)


def _plain(words: Any) -> npt.NDArray[Any]:
    """Return distinct values of a column: numbers as they are, anything else as text."""
    found = np.asarray(words)
    return found if found.dtype.kind in "iuf" else np.array(["" if pd.isna(one) else str(one) for one in found], object)
