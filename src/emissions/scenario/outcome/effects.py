"""What the measures of a scenario do to CO2 and pollutants together, and what they cost where a file gives costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emissions.inventory import totals
from emissions.scenario.mathematics.abate import annual_cost, cost_curve
from emissions.scenario.mathematics.cocontrol import co_control
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.project import Start, project

SMALLEST = 1e-5
"""Relative fall of CO2 below which no elasticity is stated."""
_LESS = 0.02
"""By so much less of what a measure changes may be estimated for a pollutant than for CO2."""
COST_COLUMNS = ("measure", "annual_cost", "abated_single", "cost_single", "abated", "cost", "rank", "currency")


def co_control_of(contributions: pd.DataFrame, levels: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the coordinates, quadrant and elasticity of each measure of a scenario that changes anything.

    Parameters
    ----------
    contributions, levels
        Of one scenario, as :class:`~emissions.scenario.outcome.compare.Comparison` holds them. A substance counts where
        every measure's contribution is known, and for a measure where it is estimated for as much of what the measure
        changes as CO2 is: else the pollutant of the plants that run less is missing, and that of others that run
        more is not.

    Returns
    -------
    pandas.DataFrame
        year and the columns of :func:`~emissions.scenario.mathematics.cocontrol.co_control`.
    """
    part = contributions[(contributions["year"] == year) & (contributions["measure"] != "interaction")]
    falls = -part.pivot_table(index="measure", columns="substance", values="alone", dropna=False, sort=False)
    whole = part.groupby("substance")["sequence"].sum(min_count=len(falls))
    with_all = levels[levels["year"] == year].set_index("substance")["value"]
    before = {str(name): float(value) for name, value in (with_all - whole).dropna().items()}
    known = [str(name) for name in falls.columns if falls[name].notna().all() and before.get(str(name), 0.0) > 0]
    falls = falls[known]
    moving = falls[(falls != 0).any(axis=1)]
    if "CO2" not in known or moving.empty or len(known) < 2:
        return pd.DataFrame(columns=["year", "measure", "substance", "x", "y", "quadrant", "elasticity"])
    emissions = {name: before[name] for name in known}
    found = co_control(moving, emissions, smallest=SMALLEST)
    covered = part.set_index(["measure", "substance"])["covered"]
    alike = [
        covered.get((measure, substance), np.nan) > covered.get((measure, "CO2"), np.nan) - _LESS
        for measure, substance in zip(found["measure"], found["substance"], strict=True)
    ]
    return found[alike].sort_values(["measure", "substance"], kind="stable", ignore_index=True).assign(year=year)


def costs_of(scenario: Scenario, base: Start, year: int) -> pd.DataFrame:
    """Return what the measures with costs abate of CO2 and what a tonne costs, alone and in sequence.

    Measures that save money come first and have no rank.

    Returns
    -------
    pandas.DataFrame
        :data:`COST_COLUMNS`: yearly cost in CNY of the year of the costs, abatement in t/a, cost in CNY/t.
    """
    priced = {measure.id: measure.cost for measure in scenario.measures if measure.cost is not None}
    if not priced:
        return pd.DataFrame(columns=list(COST_COLUMNS))

    def co2(chosen: tuple[str, ...]) -> float:
        table = totals(project(scenario, base, measures=chosen, years=(year,)).run, ("year", "substance"))
        here = (table["year"] == year) & (table["substance"].astype(str) == "CO2")
        return float(table.loc[here, "emission"].sum())

    nothing = co2(())
    costs = {
        name: annual_cost(one.investment, one.interest, one.life, one.operation, one.fuel)
        for name, one in priced.items()
    }
    curve = cost_curve(costs, lambda chosen: nothing - co2(chosen))
    saving = curve.saving.reset_index().assign(rank=np.nan)
    ranked = curve.ranked.reset_index()
    ranked = ranked.assign(rank=np.arange(1, len(ranked) + 1, dtype=np.float64))
    table = pd.concat([part for part in (saving, ranked) if len(part)] or [ranked], ignore_index=True)
    currency = [f"CNY {priced[str(name)].year}" for name in table["measure"]]
    return table.assign(currency=currency).reindex(columns=list(COST_COLUMNS))
