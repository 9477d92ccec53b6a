"""Balances of a place: what takes off more than there is says that quantities do not fit one another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emissions.engine.columns import coded_column
from emissions.engine.keys import numbered
from emissions.engine.lines import KindLines
from emissions.engine.places import split_by_place

_MINES = "IPCC2006:1B1a"
"""Category of coal mines, whose gas may be recovered."""


def check_balances(lines: KindLines, keys: pd.DataFrame) -> KindLines:
    """Return the lines with those carbon balances set to ``NE`` whose products hold more carbon than their inputs.

    The lines of a balance (stream ``conversion_loss``, one region, year and step of transformation) count together.
    A negative loss says that quantities and carbon contents do not fit one another; it is shown as the size of the
    gap and lowers no total.
    """
    balance = ((lines.table["stream"] == "conversion_loss") & (lines.table["status"] == "ok")).to_numpy()
    if not balance.any():
        return lines
    place = numbered(len(keys), [coded_column(keys[name]) for name in ("region", "year", "transformation")])
    part = lines.of_rows(balance)
    sums = part["emission"].groupby(place[part["key"].to_numpy(dtype=np.int64)]).sum()
    negative = np.zeros((int(place.max()) + 1, 1), dtype=bool)
    negative[sums.index.to_numpy()[(sums < 0).to_numpy()], 0] = True
    lines, lost, _ = split_by_place(lines, balance, np.zeros(len(balance), dtype=np.int64), place, negative)
    return lines.with_status(lost, "NE", "conversion_balance_negative")


def check_recovery(lines: KindLines, keys: pd.DataFrame) -> KindLines:
    """Return the lines with those of recovered gas set to ``NE`` that take off more than is generated.

    What coal mines of a region and year generate is the sum of the other lines under the same category; recovery
    beyond it says that one of the two is wrong, and lowers no total.
    """
    good = (lines.table["status"] == "ok").to_numpy()
    taken = good & (lines.table["stream"] == "recovery").to_numpy()
    if not taken.any():
        return lines
    codes, categories = coded_column(lines.table["category"])
    mines = good & np.array([str(name).startswith(_MINES) for name in categories], dtype=bool)[codes]
    place = numbered(len(keys), [coded_column(keys["region"]), coded_column(keys["year"])])
    substance, names = coded_column(lines.table["substance"])
    part = lines.of_rows(mines)
    where = [place[part["key"].to_numpy(dtype=np.int64)], substance[part["row"].to_numpy()].astype(np.int64)]
    left = part["emission"].groupby(where).sum()
    left = left[left < 0]
    negative = np.zeros((int(place.max()) + 1, len(names)), dtype=bool)
    negative[left.index.get_level_values(0), left.index.get_level_values(1)] = True
    lines, lost, _ = split_by_place(lines, taken, substance, place, negative)
    return lines.with_status(lost, "NE", "recovery_exceeds_generation")
