"""Energy of the rows of the base year, as the inventory itself has it, and the energy carrier each belongs to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity import ActivityTable
from emissions.engine import Run
from emissions.engine.where import Where
from emissions.factors import Request, Resolver
from emissions.units import BASE_UNITS, scale
from emissions.vocabulary import Vocabulary

CARRIERS = ("coal", "oil", "gas")
CONSUMED = ("combustion", "feedstock", "reductant")
"""Uses in which a fuel is consumed; what is turned into another fuel is consumed there."""
_NCV = "net_calorific_value"
_SCALED = (*CONSUMED, "transformation_input", "transformation_output", "loss")


@dataclass(frozen=True)
class Carriers:
    """Energy carriers of the rows of the base year.

    Attributes
    ----------
    of_row
        Carrier whose residual moves the row, blank where none does.
    counted
        Rows whose energy is part of the carrier's total; gases and tars made from coal move with it and are not
        counted a second time.
    heat
        Mtce per base unit of the row, NaN where there is no calorific value.
    """

    of_row: npt.NDArray[np.object_]
    counted: npt.NDArray[np.bool_]
    heat: npt.NDArray[np.float64]

    def total(self, carrier: str, quantity: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the energy of a carrier in Mtce; ``quantity`` has the rows of the base year on its last axis."""
        rows = self.counted & (self.of_row == carrier) & np.isfinite(self.heat)
        found: npt.NDArray[np.float64] = quantity[..., rows] @ self.heat[rows]
        return found


def carriers(activity: ActivityTable, run: Run, vocabulary: Vocabulary) -> Carriers:
    """Return the carriers and energy contents of the rows of the base year.

    The calorific value of a row is that of the inventory: of the fuels it is split into, and of what is left after
    netting. A row that the inventory gives no calorific value takes that of the factor set for its key.

    Parameters
    ----------
    activity
        Base year, as read.
    run
        Its inventory.
    """
    rows = activity.rows
    where = Where(rows, vocabulary)
    of_row = np.full(len(rows), "", dtype=object)
    counted = np.zeros(len(rows), dtype=bool)
    for line in vocabulary.energy_carriers:
        here = where.under((), (line["activities"],), _SCALED) & (of_row == "")
        of_row[here] = line["carrier"]
        counted[here] = line["counted"] == "yes"
    counted &= where.below("use", CONSUMED)
    return Carriers(of_row, counted, _heat(activity, run, vocabulary))


def _heat(activity: ActivityTable, run: Run, vocabulary: Vocabulary) -> npt.NDArray[np.float64]:
    """Return Mtce per base unit of each row: the energy of its children over its quantity."""
    rows, children = activity.rows, run.activity.rows
    per_unit = _calorific_values(run, vocabulary)[run.key_of_row]
    energy = pd.Series(children["quantity"].to_numpy(dtype=np.float64) * per_unit)
    own = children["activity_id"].astype(str)
    above = roots(run.activity.parents, rows["activity_id"].astype(str))
    of_root = energy.groupby([above.get(name, name) for name in own]).agg(lambda part: part.sum(skipna=False))
    quantity = rows["quantity"].to_numpy(dtype=np.float64)
    total = rows["activity_id"].astype(str).map(of_root).to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        heat: npt.NDArray[np.float64] = np.where(quantity != 0, total / quantity, np.nan)
    return heat * scale("TJ", "Mtce")


def _calorific_values(run: Run, vocabulary: Vocabulary) -> npt.NDArray[np.float64]:
    """Return TJ per base unit of every key; 1 for keys in energy, NaN where there is none (or none for sure)."""
    used = run.matches[run.matches["argument"] == _NCV]
    keys = run.lines["key"].to_numpy(dtype=np.int64)[used["line"].to_numpy(dtype=np.int64)]
    value = np.full(len(run.keys), np.nan)
    value[keys[::-1]] = used["value"].to_numpy(dtype=np.float64)[::-1]
    dimension = run.keys["dimension"].astype(str).to_numpy()
    resolver = Resolver(run.library, vocabulary, run.keys)
    for name in ("mass", "volume"):
        found = resolver.resolve(Request(_NCV, "", ("",), f"TJ/({BASE_UNITS[name]})"))
        here = (dimension == name) & np.isnan(value) & (found.rival < 0)
        value[here] = found.value[here]
    value[dimension == "energy"] = 1.0
    return value


def roots(parents: pd.DataFrame, base: Collection[str] = ()) -> dict[str, str]:
    """Return the row of the base year that each derived row comes from; of a netted one, the row it was taken off.

    Parameters
    ----------
    base
        Rows of the base year that are derived themselves: strata of a row of the workbook.

    Examples
    --------
    >>> links = pd.DataFrame({"activity_id": ["b", "c", "c"], "parent_id": ["a", "b", "x"]})
    >>> roots(links), roots(links, {"b"})
    ({'b': 'a', 'c': 'a'}, {'b': 'b', 'c': 'b'})
    """
    stop = set(base)
    above: dict[str, str] = {}
    for child, parent in zip(parents["activity_id"].astype(str), parents["parent_id"].astype(str), strict=True):
        above.setdefault(child, parent)  # the first parent of a netted row is its own
    found = {}
    for child in above:
        root = child
        while root in above and root not in stop:
            root = above[root]
        found[child] = root
    return found
