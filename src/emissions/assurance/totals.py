"""Which lines make which totals: lines are put together first, so that what follows does not grow with their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.assurance.spread import Floats
from emissions.engine import Run
from emissions.engine.total import exact_sums
from emissions.inventory.gwp import gwp_values
from emissions.vocabulary import load_vocabulary

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Totals:
    """Totals of lines.

    Attributes
    ----------
    columns
        One row a total, with the columns asked for.
    part_of_line
        Each line belongs to one part: lines that agree in the columns asked for.
    into
        Sparse, (totals x parts): what a part counts in a total (1, or the GWP of its substance).
    """

    columns: pd.DataFrame
    part_of_line: Numbers
    into: Any

    @property
    def parts(self) -> int:
        """Number of parts."""
        return int(self.into.shape[1])


def totals_of(run: Run, number: Numbers, by: Sequence[str], *, roll_up: bool) -> Totals:
    """Return the totals of some lines by some columns, CO2 equivalents among them.

    Parameters
    ----------
    number
        Positions in ``run.lines``.
    by
        Columns of lines or keys, ``substance`` among them.
    roll_up
        Make totals of the categories above too.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415  scipy is slow to import; only draws pay for it

    key = run.coded_lines["key"].to_numpy(dtype=np.int64)[number]
    codes: dict[str, Numbers] = {}
    words: dict[str, Any] = {}
    combined = np.zeros(len(number), dtype=np.int64)
    for name in by:
        column, place = (run.coded_lines[name], number) if name in run.coded_lines else (run.keys[name], key)
        of_row, words[name] = pd.factorize(column, use_na_sentinel=False)
        codes[name] = of_row.astype(np.int64)[place]
        combined = pd.factorize(combined * len(words[name]) + codes[name])[0].astype(np.int64)
    first = np.zeros(int(combined.max(initial=-1)) + 1, dtype=np.int64)
    first[combined[::-1]] = np.arange(len(number))[::-1]
    parts = pd.DataFrame({name: _plain(words[name])[codes[name][first]] for name in by})
    spread = _spread(parts, run.gwp, roll_up=roll_up and "category" in by)
    groups = spread.groupby(list(by), sort=True, dropna=False)
    total = groups.ngroup().to_numpy(dtype=np.int64)
    columns = spread[list(by)].iloc[np.unique(total, return_index=True)[1]].reset_index(drop=True)
    shape = (len(columns), len(parts))
    weights = spread["weight"].to_numpy(dtype=np.float64)
    return Totals(columns, combined, csr_array((weights, (total, spread["part"].to_numpy())), shape=shape))


def described(run: Run, number: Numbers, found: Totals, known: Numbers, moving: Numbers) -> pd.DataFrame:
    """Return what the inventory says of each total, and how much of it rests on what has bounds.

    Parameters
    ----------
    known
        Of each line: 0 where none of its factors has bounds, 1 where some have, 2 where all have.
    moving
        Keys whose quantity has bounds.

    Returns
    -------
    pandas.DataFrame
        ``emission`` (t), ``lines``, and the shares ``known``, ``partly``, ``unknown``, ``activity``.
    """
    part, size = found.part_of_line, found.parts
    emission = run.coded_lines["emission"].to_numpy(dtype=np.float64)[number]
    extent = np.abs(emission)
    moves = np.zeros(len(run.keys), dtype=bool)
    moves[moving] = True
    key = run.coded_lines["key"].to_numpy(dtype=np.int64)[number]
    flags = {"known": known == 2, "partly": known == 1, "unknown": known == 0, "activity": moves[key]}
    whole = found.into @ np.bincount(part, extent, size)
    with np.errstate(invalid="ignore"):
        shares = {
            name: (found.into @ np.bincount(part, np.where(flag, extent, 0.0), size)) / whole
            for name, flag in flags.items()
        }
    counted = (found.into != 0).astype(np.int64) @ np.bincount(part, minlength=size)
    return pd.DataFrame({"emission": found.into @ exact_sums(part, emission, size), "lines": counted, **shares})


def summed(found: Totals, factor_of_line: Numbers, quantity: Floats) -> pd.DataFrame:
    """Return part, factor, quantity: the quantity of a part that is multiplied by an implied factor."""
    size = int(factor_of_line.max(initial=-1)) + 1
    pair, distinct = pd.factorize(found.part_of_line * size + factor_of_line)
    sums = exact_sums(pair.astype(np.int64), quantity, len(distinct))
    return pd.DataFrame({"part": distinct // max(size, 1), "factor": distinct % max(size, 1), "quantity": sums})


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
