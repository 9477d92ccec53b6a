"""The tables of one scenario, tidy: what the terminal, the workbook, CSV and JSON show."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from emissions.inventory import co2_equivalent, totals
from emissions.report.scenario.outcome import CARBON, Outcome
from emissions.report.tables import CO2E, Overview
from emissions.scenario.model import Measure
from emissions.scenario.projection import Projection
from emissions.vocabulary import load_vocabulary

ENERGY = ("energy_consumption_total", "coal_consumption", "oil_and_gas_consumption", "nonfossil_consumption")
SHARES = ("coal_share_of_energy", "nonfossil_share_of_energy", "renewable_share_of_capacity")
DUST = 1e-6
"""Amount in base units (a gram, a joule, a cubic centimetre) below which a change is only rounding."""
MOVE_KEYS = ["step", "kind", "activity", "to", "unit", "year"]


def path_names(outcome: Outcome) -> list[str]:
    """Return the indicators of the short table of paths, in its order; those the scenario has."""
    present = set(outcome.projection.indicators["indicator"])
    wanted = (
        *(name for name, _ in CARBON),
        "ghg",
        "captured_co2",
        "gdp_index",
        *ENERGY,
        *SHARES,
        *(f"emission:{name}" for name in outcome.substances),
    )
    return [name for name in wanted if name in present]


def partial(projection: Projection) -> frozenset[str]:
    """Return the indicators of emissions that lack something which was not estimated."""
    overview = Overview(projection.run)
    found = {f"emission:{name}" for name in overview.substances if overview.doubtful(name)}
    found |= {"co2", "co2_energy_balance"} if overview.doubtful("CO2") else set()
    return frozenset(found | ({"ghg"} if overview.doubtful(CO2E) else set()))


def paths(projection: Projection) -> pd.DataFrame:
    """Return every indicator by year: scenario, indicator, boundary, unit, year, value."""
    table = projection.indicators.assign(scenario=projection.scenario.id)
    return table[["scenario", "indicator", "boundary", "unit", "year", "value"]].reset_index(drop=True)


def wide(table: pd.DataFrame, keys: list[str], value: str = "value") -> pd.DataFrame:
    """Return a table with one column a year; rows in the order in which their keys first appear."""
    if table.empty:
        return pd.DataFrame(columns=keys)
    order = table[keys].drop_duplicates()
    spread = table.pivot_table(index=keys, columns="year", values=value, aggfunc="sum", sort=False, dropna=False)
    spread = spread.reindex(pd.MultiIndex.from_frame(order) if len(keys) > 1 else order[keys[0]])
    spread.columns = pd.Index([int(year) for year in spread.columns], name=None)
    return spread[sorted(spread.columns)].reset_index()


def inventory_by_year(projection: Projection) -> pd.DataFrame:
    """Return emissions in t: substance, category, year, emission; CO2 equivalents under ``CO2e``."""
    table = totals(projection.run, ("category", "substance", "year")).astype({"category": str, "substance": str})
    gases = co2_equivalent(table, projection.run.gwp)
    if len(gases):
        summed = gases.groupby(["category", "year"])["co2e"].sum().rename("emission").reset_index()
        table = pd.concat([table, summed.assign(substance=CO2E)])
    words = load_vocabulary()
    ranks = {name: number for number, name in enumerate([CO2E, *words.substances])}
    order = {name: number for number, name in enumerate(words.categories)}
    table = table.assign(
        _substance=table["substance"].map(ranks).fillna(len(ranks)),
        _category=table["category"].map(order).fillna(len(order)),
    ).sort_values(["_substance", "_category", "year"], kind="stable")
    return table[["substance", "category", "year", "emission"]].reset_index(drop=True)


def moves(projection: Projection) -> pd.DataFrame:
    """Return what each lever and measure did, summed over rows: step, kind, activity, to, unit, year, amount.

    ``amount`` is negative where it frees, positive where it needs. ``to`` names where it went; what the envelope
    settles with its residual is ``residual``.
    """
    if projection.moves.empty:
        return pd.DataFrame(columns=[*MOVE_KEYS, "amount"])
    summed = projection.moves.groupby(MOVE_KEYS, sort=False, observed=True, dropna=False)["amount"].sum()
    summed = summed[summed.abs() >= DUST]
    return summed.reset_index()


def measures(projections: Iterable[Projection]) -> pd.DataFrame:
    """Return the measures of scenarios: scenario, id, titles, kind, technology, amount, unit, years, source, why."""
    rows = [_measure(one.scenario.id, measure) for one in projections for measure in one.scenario.measures]
    columns = [
        "scenario", "id", "title_zh", "title_en", "kind", "technology", "amount", "amount_is", "unit", "start", "full",
        "shape", "source", "why",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _measure(scenario: str, one: Measure) -> tuple[object, ...]:
    amount = float("nan") if one.do.amount is None else one.do.amount
    return (
        scenario, one.id, one.title.zh, one.title.en, one.do.kind, one.do.technology, amount, one.do.amount_is,
        one.do.unit, one.start, one.full, one.shape, ", ".join(one.source), one.why,
    )  # fmt: skip
