"""Small scenarios and base years for tests: energy contents by hand, so that every number can be checked on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity import ActivityTable
from emissions.engine import Run
from emissions.inventory import totals
from emissions.scenario.model import Measure, Scenario
from emissions.scenario.revision.carriers import Carriers
from emissions.scenario.revision.revise import Revised, revise
from emissions.scenario.revision.sheet import Sheet
from emissions.scenario.revision.values import Values
from emissions.vocabulary import load_vocabulary
from reference.workbench import activity_table

WORDS = load_vocabulary()
TCE = 1e-6
"""Mtce per t of a fuel that is coal equivalent itself."""
TJ = 1 / 29307.6
"""Mtce per TJ."""

Item = Mapping[str, Any]
Floats = npt.NDArray[np.float64]

POWER_COAL = {"activity": "lignite", "category": "IPCC2006:1A1ai", "quantity": 60e6}
HOUSEHOLD_COAL = {"activity": "raw_coal", "category": "IPCC2006:1A4b", "quantity": 40e6}
OIL = {"activity": "diesel", "category": "IPCC2006:1A3b", "quantity": 10e6}
HEATING_POWER = {
    "activity": "grid_electricity", "category": "IPCC2006:1A4b", "use": "own_use", "dimension": "energy",
    "quantity": 36000.0,
}  # fmt: skip
"""36,000 TJ are 10 TWh."""


def story(**parts: Any) -> Scenario:
    """Return a scenario of Ordos from 2020 to 2025 that does nothing unless told."""
    body: dict[str, Any] = {
        "schema": "scenario/1",
        "id": "story",
        "title": "story",
        "region": "150600",
        "base": {"year": 2020, "boundary": "territorial"},
        "horizon": {"from": 2020, "to": 2025},
    }
    return Scenario.model_validate(body | parts)


def deed(name: str, kind: str, acts_on: Item | None = None, **fields: Any) -> dict[str, Any]:
    """Return a measure from 2021 on, full in 2025, in percent; what it does is told by fields of ``do``."""
    own = {"start": 2021, "full": 2025, "shape": "linear", "title": name}
    own |= {word: fields.pop(word) for word in ("start", "full", "shape", "title", "cost") if word in fields}
    return {"id": name, "acts_on": acts_on or {}, "do": {"kind": kind, "unit": "percent", **fields}, **own}


def measure(name: str, kind: str, acts_on: Item | None = None, **fields: Any) -> Measure:
    """Return a measure, as in :func:`deed`."""
    return Measure.model_validate(deed(name, kind, acts_on, **fields))


def path(unit: str, /, **points: float) -> dict[str, Any]:
    """Return a path; points are written as ``y2020=1``."""
    return {"unit": unit, "points": {int(name[1:]): value for name, value in points.items()}}


def carriers_by_hand(table: ActivityTable, heat: float = TCE) -> Carriers:
    """Return carriers in which a unit of every fuel row holds ``heat`` Mtce; electricity belongs to none."""
    names, counted = [], []
    for word in table.rows["activity"].astype(str):
        above = WORDS.activity_graph.ancestors(word)
        found = [line for line in WORDS.energy_carriers if line["activities"] in above]
        names.append(found[0]["carrier"] if found else "")
        counted.append(bool(found) and found[0]["counted"] == "yes")
    known = np.where(counted, heat, TJ)
    known[table.rows["quantity"].isna().to_numpy()] = np.nan
    return Carriers(np.array(names, dtype=object), np.array(counted), known)


def revised(scenario: Scenario, *items: Item, **options: Any) -> Revised:
    """Return the revision of a small base year whose fuels are all coal equivalent."""
    table = activity_table(*items)
    return revise(table, carriers_by_hand(table), scenario, WORDS, **options)


def by_year(found: Revised, row: int) -> list[float]:
    """Return the quantity of a row by year, rounded to what is no rounding error."""
    values: list[float] = np.round(found.sheet.quantity[..., row], 6).tolist()
    return values


def sheet_of(*items: Item, years: int) -> Sheet:
    """Return a sheet of a small base year."""
    return Sheet.of(activity_table(*items).rows, years)


def values_of(*years: int, **parts: Any) -> Values:
    """Return the values of a scenario over some years."""
    return Values(story(**parts), years)


def emissions(run: Run, by: Sequence[str] = ("year", "substance")) -> pd.Series:
    """Return the emissions of a run as a series with an index of words."""
    table = totals(run, tuple(by))
    table = table.assign(**{name: table[name].astype(str) for name in by})
    found: pd.Series = table.groupby(list(by))["emission"].sum()
    return found
