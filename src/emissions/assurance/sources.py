"""What is uncertain in a result: factor rows, measured values, and rows of activity data with stated bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.assurance.spread import Floats, Spread, levels_of, spread_of, stated
from emissions.engine import Run
from emissions.units import convertible, scale
from emissions.vocabulary import load_vocabulary

Rows = npt.NDArray[np.int64]
_DEPTH = 20
"""Steps a derived row is followed back; chains are two or three long."""


@dataclass(frozen=True)
class Sources:
    """Uncertain values with the name of the random stream of each.

    Attributes
    ----------
    names
        Names of the streams: a value keeps its draws as long as it keeps its name.
    spread
        Distributions, one element a name.
    of
        What each element belongs to: see the functions that make it.
    assumed
        Number of elements whose bounds state no level.
    """

    names: tuple[str, ...]
    spread: Spread
    of: Rows
    assumed: int = 0

    def __len__(self) -> int:
        return len(self.names)


def factor_sources(run: Run, used: Rows, level: float) -> Sources:
    """Return the factor rows with bounds among those used; ``of`` are their numbers in the library."""
    rows = run.library.rows.iloc[used]
    good = np.flatnonzero(stated(*_numbers(rows)))
    rows = rows.iloc[good]
    levels = levels_of(rows["confidence"], np.nan)
    names = tuple(f"factor/{package}/{one}" for package, one in zip(rows["package"], rows["factor_id"], strict=True))
    return Sources(
        names,
        spread_of(*_numbers(rows), np.where(np.isnan(levels), level, levels), _highest(rows)),
        used[good],
        int(np.isnan(levels).sum()),
    )


def measured_sources(run: Run, used: Rows, level: float) -> Sources:
    """Return the measured values with bounds among those used; ``of`` are rows of the table of measured values."""
    rows = run.activity.measured.iloc[used]
    good = np.flatnonzero(stated(*_numbers(rows)))
    rows = rows.iloc[good]
    spread = spread_of(*_numbers(rows), np.full(len(rows), level), _highest(rows))
    return Sources(tuple(f"measured/{one}" for one in rows["measured_id"]), spread, used[good], len(good))


def activity_sources(run: Run, level: float) -> tuple[Sources, pd.DataFrame]:
    """Return rows of activity data with bounds, and how much of each key's quantity rests on them.

    A row that was derived from others (raw coal split by type, a netted balance cell) is as uncertain as what it was
    derived from, and moves with it.

    Returns
    -------
    sources : Sources
        ``of`` are 0..n-1.
    weights : pandas.DataFrame
        key, source, quantity: the part of the quantity of a key that is multiplied by the ratio of a source.
    """
    blank = pd.DataFrame({"key": np.empty(0, np.int64), "source": np.empty(0, np.int64), "quantity": np.empty(0)})
    rows, origins = run.activity.rows, run.activity.sources
    columns = ["activity_id", "quantity", "low", "high"]
    known = pd.concat([part[columns] for part in (rows, origins) if len(part)] or [rows[columns]], ignore_index=True)
    known = known.astype({"quantity": "float64", "low": "float64", "high": "float64"})
    derived = set(run.activity.parents["activity_id"].astype(str))
    bounded = stated(*_numbers(known, "quantity"))
    if not bounded.any():
        return Sources((), spread_of(*(np.empty(0),) * 5), np.empty(0, np.int64)), blank
    roots = known[bounded & ~known["activity_id"].astype(str).isin(derived)].drop_duplicates("activity_id")
    size = len(roots)
    spread = spread_of(*_numbers(roots, "quantity"), np.full(size, level), np.full(size, np.inf))
    names = roots["activity_id"].astype(str).tolist()
    amounts = dict(zip(names, roots["quantity"].tolist(), strict=True))
    number = {name: place for place, name in enumerate(names)}
    links = _links(run.activity.parents)
    weights = [
        (key, number[root], coefficient * amounts[root])
        for key, name in zip(run.key_of_row.tolist(), rows["activity_id"].astype(str), strict=True)
        if name in number or name in links
        for root, coefficient in _roots(name, links).items()
        if root in number
    ]
    frame = pd.DataFrame(weights, columns=blank.columns) if weights else blank
    found = Sources(tuple(f"activity/{name}" for name in names), spread, np.arange(size), size)
    summed: pd.DataFrame = frame.groupby(["key", "source"])["quantity"].sum().reset_index()
    return found, summed


def _links(parents: pd.DataFrame) -> Mapping[str, list[tuple[str, float]]]:
    links: dict[str, list[tuple[str, float]]] = {}
    columns = (parents["activity_id"].astype(str), parents["parent_id"].astype(str), parents["coefficient"])
    for child, parent, coefficient in zip(*columns, strict=True):
        links.setdefault(child, []).append((parent, float(coefficient)))
    return links


def _roots(name: str, links: Mapping[str, list[tuple[str, float]]]) -> dict[str, float]:
    """Return the rows a row was derived from in the end, with the coefficient of each; a plain row is its own."""
    found: dict[str, float] = {}
    open_rows = [(name, 1.0, 0)]
    while open_rows:
        one, share, depth = open_rows.pop()
        if one not in links or depth == _DEPTH:
            found[one] = found.get(one, 0.0) + share
        else:
            open_rows += [(parent, share * coefficient, depth + 1) for parent, coefficient in links[one]]
    return found


def _numbers(rows: pd.DataFrame, value: str = "value") -> tuple[Floats, Floats, Floats]:
    value_, low, high = (pd.to_numeric(rows[name]).to_numpy(dtype=np.float64) for name in (value, "low", "high"))
    return value_, low, high


def _highest(rows: pd.DataFrame) -> Floats:
    """Return the largest value each parameter can have, in the unit of the row; infinite where there is none."""
    parameters = load_vocabulary().parameters
    found = np.full(len(rows), np.inf)
    for place, (parameter, unit) in enumerate(zip(rows["parameter"], rows["unit"], strict=True)):
        known = parameters.get(str(parameter))
        if known and known["maximum"] and "{per}" not in known["unit"] and convertible(known["unit"], str(unit)):
            found[place] = float(known["maximum"]) * scale(known["unit"], str(unit))
    return found
