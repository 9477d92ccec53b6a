"""Shares of vehicles that the plans set targets for, read from the revised activity data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from emissions.scenario.model import Selector
from emissions.scenario.revision.select import selected
from emissions.scenario.revision.sheet import Sheet
from emissions.vocabulary import Vocabulary, read_yaml

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
_USES = (("stock", "unit"), ("distance", "km"))


class FleetShare(BaseModel):
    """An indicator on vehicles; the fields are described at the head of ``fleet_shares.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: Selector
    part: Selector | None = None
    staged: bool = False


@cache
def fleet_share_rules() -> dict[str, FleetShare]:
    """Return the indicators on vehicles by name.

    Examples
    --------
    >>> fleet_share_rules()["bus_stock"].of.activities
    ('bus',)
    """
    text = (files("emissions.scenario.outcome") / "fleet_shares.yaml").read_text(encoding="utf-8")
    return {name: FleetShare.model_validate(body) for name, body in read_yaml(text).items()}


def fleet_shares(sheet: Sheet, vocabulary: Vocabulary) -> list[tuple[str, str, str, Floats]]:
    """Return indicator, unit, boundary (blank) and values of the indicators on vehicles that the rows know.

    Parameters
    ----------
    sheet
        Revised rows.
    vocabulary
        Groups of vehicles.

    Returns
    -------
    list
        Values of shape (years,) or (draws, years): percent, or vehicles. An indicator of which there are no vehicles,
        or whose stages are not all stated, is not among them.

    Examples
    --------
    >>> import pandas as pd
    >>> from emissions.vocabulary import load_vocabulary
    >>> rows = pd.DataFrame(
    ...     {"activity_id": ["a", "b"], "region": "150781", "category": "IPCC2006:1A3biii", "use": "stock",
    ...      "activity": ["bus_diesel", "bus_electric"], "unit": "unit", "quantity": [150.0, 50.0]})
    >>> for name, unit, _, value in fleet_shares(Sheet.of(rows, years=1), load_vocabulary()):
    ...     print(name, unit, value.tolist())
    nev_share_of_buses percent [25.0]
    nev_and_clean_share_of_buses percent [25.0]
    bus_stock unit [200.0]
    """
    found = []
    for name, rule in fleet_share_rules().items():
        for use, unit in _USES:
            every = selected(rule.of, sheet.rows, vocabulary) & (sheet.rows["use"].astype(str) == use).to_numpy()
            total = _sum(sheet, every)
            if not (total > 0).all():
                continue
            if rule.part is None:
                if use == "stock":
                    found.append((name, unit, "", total))
            elif not rule.staged or _all_staged(sheet, every, vocabulary):
                part = every & selected(rule.part, sheet.rows, vocabulary)
                found.append((name, "percent", "", 100 * _sum(sheet, part) / total))
            break
    return found


def _sum(sheet: Sheet, rows: Flags) -> Floats:
    # contiguous, so that a year alone adds up in the same order as among others
    total: Floats = np.ascontiguousarray(sheet.quantity[..., rows]).sum(axis=-1)
    return total


def _all_staged(sheet: Sheet, rows: Flags, vocabulary: Vocabulary) -> bool:
    if "stage" not in sheet.rows:
        return False
    stated = (sheet.rows["stage"].astype(object).fillna("") != "").to_numpy()
    clean = selected(Selector(activities=("zero_exhaust_vehicle",)), sheet.rows, vocabulary)
    return bool((stated | clean)[rows].all())
