"""From a scenario to its inventories: the base, the revision, the engine, the indicators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity import ActivityTable
from emissions.engine import Choices, Run, calculate
from emissions.engine.run import counts
from emissions.errors import Problem
from emissions.factors import FactorLibrary
from emissions.inventory import co2_equivalent, totals
from emissions.methods import load_cards
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.comparable import unlike_base
from emissions.scenario.outcome.fleet_shares import fleet_shares
from emissions.scenario.projection import BRIDGE_COLUMNS, INDICATOR_COLUMNS, Projection
from emissions.scenario.revision.carriers import Carriers, carriers
from emissions.scenario.revision.revise import Revised, base_rows, revise
from emissions.vocabulary import Vocabulary, load_vocabulary

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Start:
    """The base year of scenarios: activity data, inventory and carriers, computed once for all of them.

    ``choices`` remembers the methods and factors of each kind of key; scenarios are much alike.
    """

    activity: ActivityTable
    factors: FactorLibrary
    run: Run
    known: Carriers
    vocabulary: Vocabulary
    choices: Choices


def start(activity: ActivityTable, factors: FactorLibrary, year: int) -> Start:
    """Return the base year.

    Raises
    ------
    ScenarioError
        If the activity data have no row of the year.
    """
    words = load_vocabulary()
    base = base_rows(activity, year, words)
    choices = Choices(factors, load_cards(), words)
    run = calculate(base, factors, choices=choices)
    return Start(base, factors, run, carriers(base, run, words), words, choices)


def project(
    scenario: Scenario, base: Start, *, measures: Collection[str] | None = None, years: tuple[int, ...] | None = None
) -> Projection:
    """Return the inventories of all years of a scenario and the tables that explain them.

    Parameters
    ----------
    measures
        Ids of the measures that apply; all if not given.
    years
        Those of the scenario if not given; the base year is always among them.

    Raises
    ------
    ScenarioError
        If the scenario asks for what is impossible.

    Examples
    --------
    The plan of Ordos states 78.7 Mtce for 2025; the total of 2020 is what that implies.

    >>> from emissions.factors import load_factors
    >>> from emissions.activity import read_activity
    >>> from emissions.scenario.file.read import base_files, read_scenario, scenario_root
    >>> scenario = read_scenario(scenario_root() / "ordos" / "or-s1-plan.yaml")
    >>> base = start(read_activity(*base_files(scenario)), load_factors(scenario.base.factors), scenario.base.year)
    >>> found = project(scenario, base, years=(2025,))
    >>> found.indicator("energy_consumption_total").round(1).to_dict()
    {2020: 68.3, 2025: 78.7}
    """
    shown = tuple(sorted({scenario.base.year, *years})) if years else scenario.years
    revised = revise(base.activity, base.known, scenario, base.vocabulary, measures=measures, years=shown)
    run = calculate(revised.table(base.activity), base.factors, choices=base.choices)
    apart = unlike_base(run, scenario.base.year)
    return Projection(
        scenario,
        run,
        indicators(revised, run, apart),
        _bridge(revised),
        revised.sheet.table(revised.years),
        _harmonisation(revised),
        (*revised.notes, *_not_comparable(apart)),
    )


def indicators(revised: Revised, run: Run, apart: pd.DataFrame) -> pd.DataFrame:
    """Return what targets are held against, as :data:`~emissions.scenario.projection.INDICATOR_COLUMNS`.

    Parameters
    ----------
    apart
        Substances and years that are not estimated to the extent of the base year: they have no indicator.
    """
    names, units, boundaries, values = zip(*levels(revised), *_of_emissions(revised, run), strict=True)
    size = len(revised.years)
    table = pd.DataFrame(
        {
            "indicator": np.repeat(np.array(names, dtype=object), size),
            "year": np.tile(revised.years, len(names)),
            "value": np.concatenate([_first(value) for value in values]),
            "unit": np.repeat(np.array(units, dtype=object), size),
            "boundary": np.repeat(np.array(boundaries, dtype=object), size),
        }
    )[list(INDICATOR_COLUMNS)]
    gone = set(zip("emission:" + apart["substance"], apart["year"], strict=True))
    return table[[place not in gone for place in zip(table["indicator"], table["year"], strict=True)]]


def _not_comparable(apart: pd.DataFrame) -> list[Problem]:
    """Say which paths of emissions end because what is estimated changes."""
    return [
        Problem(
            "path_not_comparable",
            level="warning",
            found=str(substance),
            facts={
                "year": str(part["year"].min()),
                "for_category": str(part["category"].iloc[0]),
                "for_activity": str(part["activity"].iloc[0]),
            },
        )
        for substance, part in apart.groupby("substance", sort=True)
    ]


def levels(revised: Revised) -> list[tuple[str, str, str, Floats]]:
    """Return indicator, unit, boundary and values that emissions are not needed for, shape (years,) or (draws, years).

    Drivers, energy, power and vehicles.
    """
    return [
        ("gdp_index", "1", "", revised.gdp),
        *_of_energy(revised),
        *_of_power(revised),
        *fleet_shares(revised.sheet, load_vocabulary()),
    ]


def _of_energy(revised: Revised) -> list[tuple[str, str, str, Floats]]:
    plan = revised.plan
    if plan is None:
        return []
    names = {"oil_gas": "oil_and_gas"}
    here = "energy_balance"
    found = [("energy_consumption_total", "Mtce", here, plan.total)]
    for carrier, share in plan.share.items():
        name = names.get(carrier, carrier)
        found.append((f"{name}_consumption", "Mtce", here, plan.energy(carrier)))
        found.append((f"{name}_share_of_energy", "percent", here, 100 * share))
    found.append(("energy_intensity", "Mtce", here, plan.total / plan.gdp))
    if revised.power is not None:
        local = revised.power.coal * (1 - revised.power.exported_share)
        found.append(("power_coal_share_of_coal", "percent", here, 100 * local / plan.energy("coal")))
    return found


def _of_power(revised: Revised) -> list[tuple[str, str, str, Floats]]:
    power = revised.power
    if power is None:
        return []
    capacity = power.capacity
    zero = np.zeros(len(revised.years))
    total: Floats = sum(capacity.values(), zero)
    renewable: Floats = sum((capacity[name] for name in power.renewable), zero)
    new_energy: Floats = sum((capacity[name] for name in power.new_energy), zero)
    found = [
        *((f"capacity_{'coal_power' if name == 'coal' else name}", "GW", "", one) for name, one in capacity.items()),
        *((f"generation_{name}", "TWh", "", one) for name, one in power.generation.items()),
        *((f"new_{name}_capacity", "GW", "", capacity[name] - capacity[name][..., :1]) for name in power.renewable),
        ("capacity_total", "GW", "", total),
        ("capacity_renewable", "GW", "", renewable),
        ("capacity_new_energy", "GW", "", new_energy),
        ("new_renewable_capacity", "GW", "", renewable - renewable[..., :1]),
        ("renewable_share_of_capacity", "percent", "", 100 * renewable / total),
        ("coal_power_supply_rate", "gce/kWh", "", power.coal_rate),
        ("electricity_demand", "TWh", "", power.demand),
        ("electricity_export", "TWh", "", power.export),
    ]
    return [
        (name, unit, where, np.broadcast_to(value, zero.shape) if value.ndim == 0 else value)
        for name, unit, where, value in found
    ]


def _of_emissions(revised: Revised, run: Run) -> list[tuple[str, str, str, Floats]]:
    table = totals(run, ("year", "substance"))
    wide = table.pivot_table(index="year", columns="substance", values="emission", aggfunc="sum", observed=True)
    wide = wide.reindex(list(revised.years))
    found = [(f"emission:{name}", "t", "territorial", wide[name].to_numpy(dtype=np.float64)) for name in wide]
    gases = co2_equivalent(table, run.gwp).groupby("year")["co2e"].sum().reindex(list(revised.years))
    found.append(("ghg", "Mt", "territorial", gases.to_numpy(dtype=np.float64) / 1e6))
    captured = _memo(run, "captured", revised.years)
    if captured.any():
        found.append(("captured_co2", "Mt", "territorial", captured / 1e6))
    if "CO2" in wide:
        co2 = wide["CO2"].to_numpy(dtype=np.float64) / 1e6
        gdp = _first(revised.gdp)
        found += [("co2", "Mt", "territorial", co2), ("co2_intensity", "Mt", "territorial", co2 / gdp)]
        if revised.power is not None:
            here = co2 - _power_co2(run, revised.years) / 1e6 * _first(revised.power.exported_share)
            found.append(("co2_energy_balance", "Mt", "energy_balance", here))
            found.append(("co2_intensity", "Mt", "energy_balance", here / gdp))
    return found


def _memo(run: Run, memo: str, years: tuple[int, ...]) -> Floats:
    """Return the sum of a memo item by year, t; 0 where there is none."""
    lines = run.coded_lines
    return _by_year(run, lines[(lines["memo"] == memo) & (lines["status"] == "ok")], years)


def _power_co2(run: Run, years: tuple[int, ...]) -> Floats:
    lines = run.coded_lines
    here = (lines["category"] == "IPCC2006:1A1ai") & (lines["substance"] == "CO2")
    return _by_year(run, lines[here & counts(lines)], years)


def _by_year(run: Run, lines: pd.DataFrame, years: tuple[int, ...]) -> Floats:
    """Return the emission of some lines by year, t; 0 where there is none."""
    year = run.keys["year"].to_numpy()[lines["key"].to_numpy(dtype=np.int64)]
    found: Floats = lines["emission"].groupby(year).sum().reindex(list(years)).fillna(0.0).to_numpy(dtype=np.float64)
    return found


def _bridge(revised: Revised) -> pd.DataFrame:
    if not revised.bridge.lines:
        return pd.DataFrame(columns=list(BRIDGE_COLUMNS))
    size = len(revised.years)
    *words, values = zip(*revised.bridge.lines, strict=True)
    carrier, term, zh, en = (np.repeat(np.array(each, dtype=object), size) for each in words)
    return pd.DataFrame(
        {
            "fuel": carrier,
            "year": np.tile(revised.years, len(values)),
            "term": term,
            "title_zh": zh,
            "title_en": en,
            "value": np.concatenate([np.broadcast_to(value, size) for value in values]),
            "unit": "Mtce",
        }
    )


def _harmonisation(revised: Revised) -> pd.DataFrame:
    ratio: Mapping[str, tuple[float, float, float]] = revised.bridge.ratio
    rows = [(name, inventory, stated, "Mtce", one) for name, (inventory, stated, one) in ratio.items()]
    return pd.DataFrame(rows, columns=["fuel", "inventory", "statement", "unit", "ratio"])


def _first(value: Floats) -> Floats:
    first: Floats = np.asarray(value).reshape(-1, np.asarray(value).shape[-1])[0]
    return first
