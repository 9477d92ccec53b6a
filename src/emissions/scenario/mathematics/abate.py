"""Marginal cost of abatement: what a tonne less costs, alone and on top of the measures before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emissions.errors import Problem, ScenarioError


@dataclass(frozen=True, slots=True)
class CostCurve:
    """Measures by what a tonne less costs.

    Parameters
    ----------
    ranked
        Measures that cost something, cheapest first: ``annual_cost`` (currency/a), ``abated_single`` and
        ``abated`` (t/a, alone and on top of the ones before), ``cost_single`` and ``cost`` (currency/t),
        ``cumulative`` (t/a, negative-cost measures included).
    saving
        Measures that cost nothing or save, in the order given and without a rank; the same columns but
        ``cumulative``, and ``dominated``: another of them saves at least as much and abates at least as much, and
        more of one. They come before the ranked ones in the sequence.
    without_effect
        Measures that abate nothing alone: they have no cost per tonne and are not in the sequence.
    """

    ranked: pd.DataFrame
    saving: pd.DataFrame
    without_effect: tuple[str, ...]


def annuity(rate: float, lifetime: float) -> float:
    """Return the yearly payment for an investment of 1: ``r (1 + r)^n / ((1 + r)^n - 1)``, 1 / n without interest.

    Parameters
    ----------
    rate
        Real interest per year, as a share: 0.05 is five percent.
    lifetime
        Years n over which it is paid back.

    Returns
    -------
    float
        Share of the investment to pay each year (1/a).

    Raises
    ------
    ScenarioError
        The rate is not above -1, or the lifetime is not above 0.

    Examples
    --------
    >>> round(annuity(0.05, 20), 6), annuity(0.0, 20)
    (0.080243, 0.05)
    """
    problems = [] if rate > -1 and np.isfinite(rate) else [Problem("interest_not_usable", found=str(rate))]
    problems += [] if 0 < lifetime < np.inf else [Problem("lifetime_not_usable", found=str(lifetime))]
    if problems:
        raise ScenarioError(problems)
    if rate == 0:
        return 1 / lifetime
    return float(-rate / np.expm1(-lifetime * np.log1p(rate)))


def annual_cost(investment: float, rate: float, lifetime: float, operation: float, fuel: float) -> float:
    """Return what a measure costs in a year.

    Parameters
    ----------
    investment
        Additional investment, currency of one year.
    rate, lifetime
        As in :func:`annuity`.
    operation, fuel
        Additional yearly cost of operation and of fuel (a saving is negative), currency/a.

    Returns
    -------
    float
        Currency/a; negative where the measure saves money.

    Raises
    ------
    ScenarioError
        As in :func:`annuity`.

    Examples
    --------
    >>> annual_cost(1000.0, 0.0, 10, 20.0, -150.0)
    -30.0
    """
    return investment * annuity(rate, lifetime) + operation + fuel


def cost_curve(costs: Mapping[str, float], abated: Callable[[tuple[str, ...]], float]) -> CostCurve:
    """Return the cost curve of measures, with each tonne counted once.

    A measure alone and on top of others does not abate the same. Measures are ordered by what a tonne costs when
    each stands alone; then abatement is taken in this order, each on top of all before. Measures that save money
    have no rank: a cost per tonne would put the smaller saving first. They enter the sequence first, in the order
    given.

    Parameters
    ----------
    costs
        Measure -> yearly cost (currency/a), as :func:`annual_cost` gives it.
    abated
        Function that gives the abatement (t/a) of measures in force together.

    Returns
    -------
    CostCurve
        Ranked measures, saving measures, and measures without effect.

    Raises
    ------
    ScenarioError
        A cost or an abatement is not finite.

    Notes
    -----
    Kesicki and Ekins (2012), Climate Policy 12, on curves without interactions; Taylor (2012), Energy Policy 48, on
    the rank of negative costs.

    Examples
    --------
    Together the two measures abate less than the sum of what they abate alone.

    >>> alone = {"wind": 10.0, "retrofit": 10.0}
    >>> def abated(measures):
    ...     return sum(alone[name] for name in measures) * (0.8 if len(measures) > 1 else 1.0)
    >>> cost_curve({"wind": 300.0, "retrofit": 100.0}, abated).ranked[["abated", "cost"]].to_dict("list")
    {'abated': [10.0, 6.0], 'cost': [10.0, 50.0]}
    """
    single = {name: float(abated((name,))) for name in costs}
    _check(costs, single)
    active = [name for name in costs if single[name] > 0]
    saving = [name for name in active if costs[name] <= 0]
    paid = sorted((name for name in active if costs[name] > 0), key=lambda name: costs[name] / single[name])
    table = _in_order((*saving, *paid), costs, single, abated)
    first = table.loc[saving].drop(columns="cumulative")
    without_effect = tuple(name for name in costs if name not in active)
    return CostCurve(table.loc[paid], first.assign(dominated=_dominated(first)), without_effect)


def _in_order(
    order: tuple[str, ...],
    costs: Mapping[str, float],
    single: Mapping[str, float],
    abated: Callable[[tuple[str, ...]], float],
) -> pd.DataFrame:
    """Return what each measure costs and abates on top of those before it."""
    totals = [0.0, *(float(abated(order[: count + 1])) for count in range(len(order)))]
    _check(dict(zip(order, totals[1:], strict=True)), {})
    table = pd.DataFrame(
        {
            "annual_cost": [float(costs[name]) for name in order],
            "abated_single": [single[name] for name in order],
            "abated": np.diff(totals),
        },
        index=pd.Index(order, name="measure", dtype=object),
    )
    table["cost_single"] = table["annual_cost"] / table["abated_single"]
    table["cost"] = table["annual_cost"] / table["abated"].where(table["abated"] > 0)
    table["cumulative"] = totals[1:]
    return table


def _dominated(saving: pd.DataFrame) -> list[bool]:
    """Return which saving measures are beaten in both money and tonnes by another, each taken alone."""
    pairs = saving[["annual_cost", "abated_single"]].to_numpy(dtype=np.float64) * (-1, 1)
    return [bool(((pairs >= own).all(axis=1) & (pairs > own).any(axis=1)).any()) for own in pairs]


def _check(costs: Mapping[str, float], single: Mapping[str, float]) -> None:
    problems = [
        Problem("cost_not_finite", found=name, facts={"value": str(float(value))})
        for given in (costs, single)
        for name, value in given.items()
        if not np.isfinite(value)
    ]
    if problems:
        raise ScenarioError(problems)
