"""Co-control: what a measure does to CO2 and to air pollutants together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from emissions.errors import Problem, ScenarioError

Quadrant = Literal["both_fall", "pollutant_falls_co2_rises", "both_rise", "co2_falls_pollutant_rises", "on_axis"]
"""Quadrants I to IV of the coordinates (fall of CO2, fall of the pollutant); on an axis there is none."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """Reductions in one unit, by weights of the user.

    Parameters
    ----------
    values
        Weighted fall of emissions of each measure, unit of the weights x t.
    weights
        The weights used.
    unweighted
        Substances that have no weight and are therefore not in the values.
    """

    values: pd.Series[float]
    weights: dict[str, float]
    unweighted: tuple[str, ...]


def co_control(
    falls: pd.DataFrame, emissions: Mapping[str, float], *, carbon: str = "CO2", smallest: float
) -> pd.DataFrame:
    """Return the coordinates of each measure and pollutant, its quadrant and its elasticity.

    Parameters
    ----------
    falls
        Fall of emissions (before less after; a rise is negative) by measure (index) and substance (columns), t.
    emissions
        Emissions before any measure, by substance, t.
    carbon
        Column of CO2 (or CO2 equivalent).
    smallest
        Relative fall of CO2 (no unit) below which the elasticity is not stated: it explodes there.

    Returns
    -------
    pandas.DataFrame
        A row a measure and pollutant: ``measure``, ``substance``, ``x`` (fall of CO2, t), ``y`` (fall of the
        pollutant, t), ``quadrant``, ``elasticity`` (relative fall of the pollutant over relative fall of CO2, no
        unit; NaN where it has no meaning).

    Raises
    ------
    ScenarioError
        CO2 is not a column, emissions before the measures are missing or not above 0, or a fall is not finite.

    Notes
    -----
    Coordinates and cross elasticities of co-control studies of Chinese cities; end-of-pipe controls that need
    energy stand in quadrant II (the pollutant falls, CO2 rises).

    Examples
    --------
    >>> falls = pd.DataFrame({"CO2": [10.0, -1.0], "SO2": [2.0, 5.0]}, index=["less coal", "scrubber"])
    >>> found = co_control(falls, {"CO2": 100.0, "SO2": 10.0}, smallest=0.001)
    >>> found[["quadrant", "elasticity"]].values.tolist()
    [['both_fall', 2.0], ['pollutant_falls_co2_rises', -50.0]]
    """
    _check(falls, emissions, carbon)
    x = falls[carbon].to_numpy(dtype=np.float64)
    relative = x / emissions[carbon]
    tables = []
    for substance in (str(name) for name in falls.columns if name != carbon):
        y = falls[substance].to_numpy(dtype=np.float64)
        stated = np.abs(relative) >= max(smallest, np.finfo(np.float64).tiny)
        elasticity = np.divide(y / emissions[substance], relative, out=np.full_like(y, np.nan), where=stated)
        columns = {"measure": falls.index, "substance": substance, "x": x, "y": y}
        tables.append(pd.DataFrame(columns).assign(quadrant=_quadrants(x, y), elasticity=elasticity))
    return pd.concat(tables, ignore_index=True)


def equivalents(falls: pd.DataFrame, weights: Mapping[str, float]) -> Equivalent:
    """Return the fall of all substances of each measure in one unit.

    Parameters
    ----------
    falls
        As in :func:`co_control`.
    weights
        Weight of a tonne of each substance, by the user (such as the units of the environmental tax). Nothing is
        added for a substance without a weight, CO2 among them; these are named in the result.

    Returns
    -------
    Equivalent
        Sum over the substances of weight x fall.

    Raises
    ------
    ScenarioError
        A weight is for a substance that is not a column, or is negative or not finite; or there is none.

    Examples
    --------
    >>> falls = pd.DataFrame({"CO2": [10.0], "SO2": [2.0], "NOx": [1.0]}, index=["less coal"])
    >>> found = equivalents(falls, {"SO2": 2.0, "NOx": 3.0})
    >>> found.values.tolist(), found.unweighted
    ([7.0], ('CO2',))
    """
    columns = [str(name) for name in falls.columns]
    problems = [] if weights else [Problem("no_weights")]
    problems += [
        Problem("weight_unknown", found=name, allowed=", ".join(columns)) for name in weights if name not in columns
    ]
    problems += [
        Problem("weight_not_usable", found=name, facts={"value": str(value)})
        for name, value in weights.items()
        if not (np.isfinite(value) and value >= 0)
    ]
    if problems:
        raise ScenarioError(problems)
    total = sum((falls[name] * weight for name, weight in weights.items()), pd.Series(0.0, index=falls.index))
    return Equivalent(total, dict(weights), tuple(name for name in columns if name not in weights))


def _quadrants(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    conditions = [(x > 0) & (y > 0), (x < 0) & (y > 0), (x < 0) & (y < 0), (x > 0) & (y < 0)]
    names = ["both_fall", "pollutant_falls_co2_rises", "both_rise", "co2_falls_pollutant_rises"]
    return np.select(conditions, names, default="on_axis")


def _check(falls: pd.DataFrame, emissions: Mapping[str, float], carbon: str) -> None:
    columns = [str(name) for name in falls.columns]
    problems = [] if carbon in columns else [Problem("carbon_missing", found=carbon, allowed=", ".join(columns))]
    problems += [
        Problem("emission_before_missing", found=name) for name in columns if not emissions.get(name, np.nan) > 0
    ]
    problems += [
        Problem("fall_not_finite", found=str(falls.index[row]), facts={"substance": columns[column]})
        for row, column in np.argwhere(~np.isfinite(falls.to_numpy(dtype=np.float64))).tolist()
    ]
    if problems:
        raise ScenarioError(problems)
