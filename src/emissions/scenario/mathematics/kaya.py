"""Kaya factors of a chain of levels, and the Tapio state of a change against growth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from emissions.errors import Problem, ScenarioError

State = Literal[
    "strong_decoupling",
    "weak_decoupling",
    "expansive_coupling",
    "expansive_negative_decoupling",
    "strong_negative_decoupling",
    "weak_negative_decoupling",
    "recessive_coupling",
    "recessive_decoupling",
    "undefined",
]

COUPLED = (0.8, 1.2)
"""Elasticities between which emissions go with growth (Tapio 2005, Transport Policy 12)."""


@dataclass(frozen=True, slots=True)
class Decoupling:
    """How emissions moved against growth.

    Parameters
    ----------
    elasticity
        Relative change of emissions over relative change of growth (no unit); NaN where undefined.
    state
        One of the eight states, or ``undefined`` where growth is nearer to 0 than the threshold.
    """

    elasticity: float
    state: State


def kaya(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the factors of a chain of levels: the first level, then the ratio of each level to the one before.

    With the columns population, GDP, energy, emission this is the Kaya identity
    ``C = P * (G / P) * (E / G) * (C / E)``; any longer chain (final, primary, fossil energy) works alike, and rows
    may be years, or years and sectors and fuels.

    Parameters
    ----------
    levels
        A row a year (or year and term), the levels as columns in the order of the chain. The last column is what
        is decomposed.

    Returns
    -------
    pandas.DataFrame
        Columns ``P``, ``G/P``, ``E/G``, ``C/E`` for the columns ``P``, ``G``, ``E``, ``C``; the product of a row
        is its last level. A ratio is NaN where both levels are 0: it has no value there.

    Raises
    ------
    ScenarioError
        A level is 0 though the next one is not, or a level is not finite.

    Notes
    -----
    Kaya (1990), Impact of carbon dioxide emission control on GNP growth.

    Examples
    --------
    >>> kaya(pd.DataFrame({"P": [2.0], "G": [10.0], "C": [5.0]}, index=[2020])).loc[2020].to_dict()
    {'P': 2.0, 'G/P': 5.0, 'C/G': 0.5}
    """
    names = [str(name) for name in levels.columns]
    values = levels.to_numpy(dtype=np.float64)
    lower, upper = values[:, :-1], values[:, 1:]
    problems = [
        Problem("level_not_finite", found=names[column], facts={"row": str(levels.index[row])})
        for row, column in np.argwhere(~np.isfinite(values))
    ]
    problems += [
        Problem("level_is_zero", found=names[column], facts={"row": str(levels.index[row]), "next": names[column + 1]})
        for row, column in np.argwhere((lower == 0) & (upper != 0))
    ]
    if problems:
        raise ScenarioError(problems)
    ratios = np.divide(upper, lower, out=np.full_like(upper, np.nan), where=lower != 0)
    columns = [names[0], *(f"{top}/{base}" for base, top in pairwise(names))]
    return pd.DataFrame(np.column_stack([values[:, 0], ratios]), index=levels.index, columns=columns)


def tapio(emission_change: float, emission: float, growth: float, level: float, *, flat: float) -> Decoupling:
    """Return the Tapio elasticity of emissions to growth and its state.

    Parameters
    ----------
    emission_change, emission
        Change of emissions and their amount in the first year, one unit.
    growth, level
        Change of the driver (GDP at constant prices) and its level in the first year, one unit.
    flat
        Relative growth below which the elasticity means nothing, such as 0.005 for half a percent: the state is
        then ``undefined``.

    Returns
    -------
    Decoupling
        The elasticity ``(dC / C) / (dG / G)`` and the state.

    Raises
    ------
    ScenarioError
        The first emission or the first level is not above 0.

    Notes
    -----
    Tapio (2005), Transport Policy 12, 137-151: eight states cut at 0, 0.8 and 1.2; the cuts themselves belong to
    coupling, 0 to weak decoupling.

    Examples
    --------
    >>> tapio(3.0, 100.0, 6.0, 100.0, flat=0.005)
    Decoupling(elasticity=0.5, state='weak_decoupling')
    """
    wrong = [str(value) for value in (emission, level) if not value > 0]
    if wrong:
        raise ScenarioError([Problem("first_level_not_positive", found=value) for value in wrong])
    relative = growth / level
    if abs(relative) < flat or relative == 0:
        return Decoupling(float("nan"), "undefined")
    elasticity = emission_change * level / (growth * emission)
    return Decoupling(elasticity, _state(elasticity, growing=relative > 0))


def _state(elasticity: float, *, growing: bool) -> State:
    low, high = COUPLED
    if elasticity < 0:
        return "strong_decoupling" if growing else "strong_negative_decoupling"
    if elasticity < low:
        return "weak_decoupling" if growing else "weak_negative_decoupling"
    if elasticity <= high:
        return "expansive_coupling" if growing else "recessive_coupling"
    return "expansive_negative_decoupling" if growing else "recessive_decoupling"
