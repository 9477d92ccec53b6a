"""Efficiencies of capture that measures state, as measured values of the rows they act on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emissions.activity.table import MEASURED_COLUMNS, SELECTOR_COLUMNS
from emissions.errors import Problem, ScenarioError
from emissions.scenario.revision.sheet import Sheet

_TEXTS = ["file", "sheet", "cell"]
_NUMBERS = ["low", "high", "row"]


def with_efficiencies(measured: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """Return measured values with the efficiencies of capture that measures state, for the rows they act on.

    Parameters
    ----------
    measured
        Those of the base year.
    sheet
        After all measures; what is captured is among its rows.

    Raises
    ------
    ScenarioError
        If two measures state different ones for rows that no selector tells apart.
    """
    of_rows: dict[tuple[str, ...], dict[float, str]] = {}
    for row, (name, efficiency) in sheet.captured.items():
        of_rows.setdefault(_selectors(sheet.rows, row), {}).setdefault(efficiency, name)
    if twice := [found for found in of_rows.values() if len(found) > 1]:
        raise ScenarioError(
            Problem(
                "capture_twice",
                found=list(found.values())[-1],
                facts={"efficiencies": ", ".join(f"{100 * one:g}" for one in found)},
            )
            for found in twice
        )
    lines = [
        dict(zip(SELECTOR_COLUMNS, place, strict=True)) | _line(name, efficiency)
        for place, found in of_rows.items()
        for efficiency, name in found.items()
    ]
    if not lines:
        return measured
    added = pd.DataFrame(lines).reindex(columns=[*MEASURED_COLUMNS, *SELECTOR_COLUMNS])
    added[_NUMBERS], added[_TEXTS] = np.nan, ""
    return pd.concat([measured, added], ignore_index=True) if len(measured) else added


def _selectors(rows: pd.DataFrame, row: int) -> tuple[str, ...]:
    """Return the selectors that fit a row, in every year."""
    cells = [rows[name].iloc[row] if name in rows and name != "year" else "" for name in SELECTOR_COLUMNS]
    return tuple("" if pd.isna(cell) else str(cell) for cell in cells)


def _line(name: str, efficiency: float) -> dict[str, object]:
    return {
        "measured_id": f"capture:{name}",
        "parameter": "removal_efficiency",
        "substance": "CO2",
        "value": efficiency,
        "unit": "1",
        "value_as_printed": f"{efficiency:.15g}",
        "unit_as_printed": "1",
        "data_source": name,
    }
