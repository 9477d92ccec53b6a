"""What each measure contributes: alone, in the order of the file, and as the last one in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emissions.engine import Amounts, calculate_each
from emissions.inventory import totals
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.comparable import estimated, unlike
from emissions.scenario.outcome.project import Start
from emissions.scenario.revision.measures import in_order
from emissions.scenario.revision.revise import revise

CONTRIBUTION_COLUMNS = (
    "measure",
    "title_zh",
    "title_en",
    "substance",
    "year",
    "alone",
    "sequence",
    "last_in",
    "covered",
)
_ALIKE = 1e-9
"""Relative difference of two quantities that is only rounding."""


@dataclass(frozen=True)
class _Result:
    """Emissions by substance and year; quantities by substance, year, dimension, category and activity.

    ``quantities`` has the columns ``estimated`` and ``not_estimated``.
    """

    emissions: pd.Series
    quantities: pd.DataFrame

    def less(self, other: _Result) -> pd.Series:
        """Return the difference; NaN where one estimates a larger share of some activity than the other.

        A control that makes an unestimated emission an estimated one is no increase.
        """
        change = self.emissions.sub(other.emissions, fill_value=0.0)
        places = {(name[0], name[1]) for name in unlike(self.quantities, other.quantities).tolist()}
        kept = np.array([place not in places for place in change.index.tolist()], dtype=bool)
        return pd.Series(np.where(kept, change.to_numpy(dtype=np.float64), np.nan), index=change.index)

    def covered(self, other: _Result) -> pd.Series:
        """Return the share of the quantity that differs for which the substance is estimated, by substance and year.

        Where quantities of several dimensions differ, that of the dimension with the smallest share.
        """
        mine, theirs = self.quantities.align(other.quantities, fill_value=0.0)
        sums = (mine - theirs).abs().groupby(level=[0, 1, 2]).sum()
        whole = sums.sum(axis=1)
        share = (sums["estimated"] / whole).where(whole > _ALIKE * mine.to_numpy().sum())
        return share.groupby(level=[0, 1]).min()


def contributions(scenario: Scenario, base: Start, years: Sequence[int]) -> pd.DataFrame:
    """Return what each measure changes in some years, in t of each substance; negative: a reduction.

    - ``alone``: with only this measure, against none.
    - ``sequence``: against the measures before it, in the order in which they apply; these sum to the whole.
    - ``last_in``: against all the others.

    The last row of a substance and year, ``interaction``, is what the measures together give beyond the sum of what
    each gives alone: alone + interaction = sequence = the whole. A number is NaN where one of the two inventories
    estimates the substance for a larger share of some activity, so that their difference is no effect; ``covered``
    is the share of the activity changed by the measure for which the substance is estimated at all.

    Parameters
    ----------
    years
        Of the scenario.

    Returns
    -------
    pandas.DataFrame
        :data:`CONTRIBUTION_COLUMNS`.

    Raises
    ------
    ScenarioError
        If the scenario without some of its measures asks for what is impossible.
    """
    order = [measure.id for measure in in_order(scenario.measures)]
    if not order:
        return pd.DataFrame(columns=list(CONTRIBUTION_COLUMNS))
    results = _results(scenario, base, _variants(order), years)
    none, every = results[frozenset()], results[frozenset(order)]
    frames = []
    for place, name in enumerate(order):
        before, others = frozenset(order[:place]), results[frozenset(order) - {name}]
        columns = {
            "alone": results[frozenset({name})].less(none),
            "sequence": results[before | {name}].less(results[before]),
            "last_in": every.less(others),
            "covered": every.covered(others),
        }
        frames.append(pd.DataFrame(columns).reset_index().assign(measure=name))
    table = pd.concat(frames, ignore_index=True)
    alone = table.groupby(["substance", "year"])["alone"].sum(min_count=len(order))
    rest = every.less(none).sub(alone).rename("alone").reset_index()
    table = pd.concat([table, rest.assign(measure="interaction", sequence=np.nan, last_in=np.nan)], ignore_index=True)
    titles = {measure.id: measure.title for measure in scenario.measures}
    return table.assign(
        title_zh=[titles[name].zh if name in titles else "相互作用" for name in table["measure"]],
        title_en=[titles[name].en if name in titles else "interaction" for name in table["measure"]],
    )[list(CONTRIBUTION_COLUMNS)]


def _variants(order: Sequence[str]) -> list[frozenset[str]]:
    """Return the choices of measures that are needed: each alone, each as the next and as the last one in."""
    every = frozenset(order)
    first = [frozenset(order[:place]) for place in range(len(order) + 1)]
    return list(dict.fromkeys([*first, *(frozenset({name}) for name in order), *(every - {name} for name in order)]))


def _results(
    scenario: Scenario, base: Start, variants: Sequence[frozenset[str]], years: Sequence[int]
) -> dict[frozenset[str], _Result]:
    """Return the result of the scenario with each choice of measures: all of them go through the engine at once."""
    shown = tuple(sorted({scenario.base.year, *years}))
    tables = [
        revise(base.activity, base.known, scenario, base.vocabulary, years=shown, measures=chosen).table(base.activity)
        for chosen in variants
    ]
    amounts = calculate_each(tables, base.factors, choices=base.choices)
    return {chosen: _result(one, years) for chosen, one in zip(variants, amounts, strict=True)}


def _result(amounts: Amounts, years: Sequence[int]) -> _Result:
    table = totals(amounts, ("substance", "year")).astype({"substance": str, "year": int})
    emissions = table[table["year"].isin(years)].set_index(["substance", "year"])["emission"].astype(float)
    quantities = estimated(amounts)
    return _Result(emissions, quantities[quantities.index.get_level_values("year").isin(list(years))])
