"""What drove the change of CO2 between two points of scenarios: Kaya factors, index decomposition, Tapio state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.decomposition import ChainedDecomposition, Decomposition, lmdi, lmdi2_chained
from emissions.scenario.mathematics.kaya import Decoupling, kaya, tapio
from emissions.scenario.model import Scenario
from emissions.scenario.projection import Projection
from emissions.scenario.revision.values import Values

FLAT = 0.005
"""Relative growth of GDP below which an elasticity to it is not stated: half a percent is within its revisions."""

_ENERGY, _NONFOSSIL = "energy_consumption_total", "nonfossil_consumption"


@dataclass(frozen=True)
class Point:
    """A year of a scenario."""

    scenario: str
    year: int


@dataclass(frozen=True)
class Change:
    """What drove the change of CO2 from one point to another.

    Attributes
    ----------
    first, second
        The points.
    levels
        A row a point, the levels as columns in the order of the chain: population and GDP relative to the base
        year, energy and fossil energy in Mtce, CO2 in Mt; those that both scenarios have.
    boundary
        Of the CO2: ``energy_balance``, as the energy, where the scenarios have a power balance, else
        ``territorial``.
    additive, multiplicative
        LMDI-I: effects in Mt, and as ratios; each with its residual.
    chained
        LMDI-II from year to year, None between two scenarios.
    decoupling
        Tapio state of CO2 against GDP, None between two scenarios.
    """

    first: Point
    second: Point
    levels: pd.DataFrame
    boundary: str
    additive: Decomposition
    multiplicative: Decomposition
    chained: ChainedDecomposition | None
    decoupling: Decoupling | None


def between_years(projection: Projection, first: int, second: int) -> Change:
    """Return what drove the change of CO2 between two years of a scenario.

    Raises
    ------
    ScenarioError
        A year is not one of the scenario, both are the same, or a level is 0 while the next one is not.
    """
    _check_years(projection, (first, second))
    boundary = _boundary([projection])
    levels = _levels(projection, boundary)
    chain = levels.loc[min(first, second) : max(first, second)]
    if second < first:
        chain = chain.iloc[::-1]
    factors = kaya(chain)
    years = [int(year) for year in chain.index]
    ends = factors.iloc[[0, -1]].to_numpy(dtype=np.float64)
    names = [str(name) for name in factors.columns]
    cube = factors.to_numpy(dtype=np.float64)[:, None, :]
    gdp, co2 = chain["gdp"].to_numpy(dtype=np.float64), chain["co2"].to_numpy(dtype=np.float64)
    return Change(
        Point(projection.scenario.id, first),
        Point(projection.scenario.id, second),
        levels.loc[[first, second]],
        boundary,
        lmdi(ends[:1], ends[1:], factors=names),
        lmdi(ends[:1], ends[1:], "multiplicative", factors=names),
        lmdi2_chained(cube, years, factors=names),
        tapio(co2[-1] - co2[0], co2[0], gdp[-1] - gdp[0], gdp[0], flat=FLAT),
    )


def between_scenarios(first: Projection, second: Projection, year: int) -> Change:
    """Return what makes the CO2 of a year differ between two scenarios (second less first).

    Raises
    ------
    ScenarioError
        The scenarios have not the year or another base year, or a level is 0 while the next one is not.
    """
    for one in (first, second):
        _check_years(one, (year,))
    bases = {one.scenario.base.year for one in (first, second)}
    if len(bases) > 1:
        raise ScenarioError([Problem("base_years_differ", found=", ".join(map(str, sorted(bases))))])
    boundary = _boundary([first, second])
    tables = [_levels(one, boundary) for one in (first, second)]
    shared = [name for name in tables[0] if name in tables[1]]
    levels = pd.concat([table.loc[[year], shared] for table in tables])
    factors = kaya(levels)
    ends = factors.to_numpy(dtype=np.float64)
    names = [str(name) for name in factors.columns]
    return Change(
        Point(first.scenario.id, year),
        Point(second.scenario.id, year),
        levels,
        boundary,
        lmdi(ends[:1], ends[1:], factors=names),
        lmdi(ends[:1], ends[1:], "multiplicative", factors=names),
        None,
        None,
    )


def _levels(projection: Projection, boundary: str) -> pd.DataFrame:
    """Return the levels of the chain that a scenario has, by year."""
    found = {
        "population": _population(projection.scenario),
        "gdp": projection.indicator("gdp_index"),
        "energy": projection.indicator(_ENERGY),
        "fossil_energy": projection.indicator(_ENERGY) - projection.indicator(_NONFOSSIL),
        "co2": projection.indicator("co2_energy_balance" if boundary == "energy_balance" else "co2"),
    }
    levels = pd.DataFrame({name: series for name, series in found.items() if len(series)})
    if "co2" not in levels:
        raise ScenarioError([Problem("indicator_not_there", found="co2", facts={"year": ""})])
    return levels


def _population(scenario: Scenario) -> pd.Series:
    """Return the population relative to the base year; empty where no driver gives it."""
    driver = scenario.drivers.get("population")
    if driver is None:
        return pd.Series(dtype=float)
    values = Values(scenario, scenario.years)
    if driver.unit.endswith(("/year", "/a")):
        path = values.growth("drivers.population", driver)
    else:
        path = values.path("drivers.population", driver, driver.unit)
    return pd.Series(np.ravel(path / path[..., :1]), index=list(scenario.years))


def _boundary(projections: Sequence[Projection]) -> str:
    netted = all(len(one.indicator("co2_energy_balance")) for one in projections)
    return "energy_balance" if netted else "territorial"


def _check_years(projection: Projection, years: Sequence[int]) -> None:
    known = projection.scenario.years
    problems = [
        Problem(
            "year_outside_horizon", found=str(year), allowed=f"{known[0]}-{known[-1]}", file=projection.scenario.file
        )
        for year in years
        if year not in known
    ]
    if len(years) > len(set(years)):
        problems.append(Problem("years_are_the_same", found=str(years[0])))
    if problems:
        raise ScenarioError(problems)
