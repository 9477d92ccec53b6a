"""Many runs of a scenario with its drivers and levers drawn: bands, and how likely a peak is by which year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Run, calculate
from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.draws import Varied, draw, quantiles
from emissions.scenario.mathematics.peak import find_peak, share_peaked_by
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.comparable import unlike_base
from emissions.scenario.outcome.project import Start, levels
from emissions.scenario.revision.revise import Revised, revise
from emissions.scenario.targets.data import Target
from emissions.scenario.targets.indicators import unit_factor
from emissions.scenario.targets.rule import rule_of

Floats = npt.NDArray[np.float64]
_PIECE = 100
"""Runs revised together: bounds the memory, not the result."""


@dataclass(frozen=True)
class Ensemble:
    """Results of many runs.

    Attributes
    ----------
    years
        Ascending, base year first.
    emissions
        Substance -> t, shape (runs, years); NaN where it is not estimated to the extent of the base year.
    indicators
        Indicator of energy and power -> values, shape (runs, years).
    units
        Indicator -> unit.
    share_peaked
        Share of runs whose CO2 has peaked by each year, shape (years,).
    runs, seed
        As drawn.
    impossible
        Runs that asked for what cannot be (a carrier below zero, shares above one); they are in none of the results.
    """

    years: tuple[int, ...]
    emissions: Mapping[str, Floats]
    indicators: Mapping[str, Floats]
    units: Mapping[str, str]
    share_peaked: Floats
    runs: int
    seed: int
    impossible: int

    def targets_met(self, targets: Sequence[Target]) -> pd.DataFrame:
        """Return id and probability of being met, of targets whose indicator the runs have in the year of the target.

        A change is held against the base year of the runs where that is the baseline year of the target.
        """
        rows = []
        for target in targets:
            met = None if target.is_past or target.value is None or target.year is None else self._met(target)
            if met is not None:
                rows.append((target.id, float(met.mean())))
        return pd.DataFrame(rows, columns=["id", "probability"])

    def _met(self, target: Target) -> npt.NDArray[np.bool_] | None:
        goal, year = float(target.value or 0.0), int(target.year or 0)
        kind, _, name = target.source.partition(":")
        rule = rule_of(target, goal)
        if kind == "peak" and "CO2" in self.emissions:
            peaks = [find_peak(self.years, path) for path in self.emissions["CO2"]]
            reached = [one.plateau[1] if one.verdict == "plateau" else one.peak_year for one in peaks]
            return np.array([one < self.years[-1] and one <= goal for one in reached], dtype=bool)
        if kind not in {"indicator", "change"} or name not in self.indicators or year not in self.years:
            return None
        values, here = self.indicators[name], self.indicators[name][:, self.years.index(year)]
        if kind == "indicator":
            here = here * unit_factor(self.units[name], target.unit)
        elif target.baseline_year == self.years[0]:
            here = 100 * (here / values[:, 0] - 1) * unit_factor("percent", target.unit)
        else:
            return None
        return np.array([rule.allows(float(value)) for value in here], dtype=bool)

    def bands(self, quantiles: tuple[float, ...] = (0.05, 0.5, 0.95)) -> pd.DataFrame:
        """Return substance, year and one column a quantile, in t."""
        frames = [
            pd.DataFrame(
                {"substance": name, "year": self.years}
                | {f"p{100 * one:g}": np.quantile(values, one, axis=0) for one in quantiles}
            )
            for name, values in self.emissions.items()
        ]
        return pd.concat(frames, ignore_index=True)


def ensemble(scenario: Scenario, base: Start, *, runs: int | None = None, seed: int | None = None) -> Ensemble:
    """Return many runs of a scenario.

    Emissions are linear in quantities, so what a unit of each row emits in each year is computed once, by the engine,
    for the scenario as it stands; each run has its own quantities.

    Parameters
    ----------
    runs, seed
        Those of the scenario if not given.

    Raises
    ------
    ScenarioError
        If the scenario varies nothing, every draw asks for what is impossible, or a draw brings a row that the
        scenario as it stands does not have.
    """
    wanted = scenario.uncertainty
    if wanted is None:
        raise ScenarioError([Problem("nothing_varied", found=scenario.id)])
    number, start = runs or wanted.runs, wanted.seed if seed is None else seed
    whole = revise(base.activity, base.known, scenario, base.vocabulary)
    central = calculate(whole.table(base.activity, empty=True), base.factors, choices=base.choices)
    substances, per_unit = unit_emissions(central)
    shifts, factors = _drawn(scenario, number, start)
    emissions: list[Floats] = []
    found: dict[str, list[Floats]] = {}
    units: dict[str, str] = {}
    for first in range(0, number, _PIECE):
        part = slice(first, min(first + _PIECE, number))
        revised = revise(
            base.activity,
            base.known,
            scenario,
            base.vocabulary,
            shifts={name: one[part, None] for name, one in shifts.items()},
            factors={name: one[part, None] for name, one in factors.items()},
        )
        size = part.stop - part.start
        kept = ~np.broadcast_to(revised.impossible, size)
        emissions.append(_emissions(revised, per_unit, size)[kept])
        for name, unit, _, value in levels(revised):
            units[name] = unit
            found.setdefault(name, []).append(np.broadcast_to(value, (size, len(scenario.years)))[kept])
    every = np.concatenate(emissions)
    apart = unlike_base(central, scenario.base.year)
    for name, year in sorted(set(zip(apart["substance"].astype(str), apart["year"].astype(int), strict=True))):
        every[:, scenario.years.index(year), substances.index(name)] = np.nan
    if not len(every):
        raise ScenarioError([Problem("every_draw_impossible", found=str(number))])
    of_substance = {name: every[:, :, place] for place, name in enumerate(substances)}
    peaked = share_peaked_by(scenario.years, of_substance["CO2"]) if "CO2" in of_substance else np.zeros(0)
    indicators = {name: np.concatenate(pieces) for name, pieces in found.items()}
    return Ensemble(scenario.years, of_substance, indicators, units, peaked, number, start, number - len(every))


def unit_emissions(run: Run) -> tuple[list[str], dict[tuple[str, int], Floats]]:
    """Return what one more unit of each row emits: substances, and (row of the sheet, year) -> t per base unit.

    The implied factors of what became of the row, times the coefficients with which it did: nothing is divided by the
    quantity, so that a row of which there is none in the run has its emission per unit as well. Where raw material is
    netted the coefficients are partial derivatives; for the quantities of the run, unit emission x quantity summed
    over all rows is the emission of the run. What is counted elsewhere stays so, whatever the quantities.

    Parameters
    ----------
    run
        Of a :meth:`~emissions.scenario.revision.revise.Revised.table`.
    """
    lines = run.counted
    substances = sorted(lines["substance"].astype(str).unique())
    place = lines["substance"].astype(str).map({name: number for number, name in enumerate(substances)}).to_numpy()
    per_key = np.zeros((len(run.keys), len(substances)))
    np.add.at(per_key, (lines["key"].to_numpy(dtype=np.int64), place), lines["ief"].to_numpy(dtype=np.float64))
    rows, links = run.activity.rows, run.activity.parents
    links = links[~links["why"].astype(str).str.startswith("@")]
    child, parent = links["activity_id"].astype(str), links["parent_id"].astype(str)
    codes, names = pd.factorize(pd.concat([rows["activity_id"].astype(str), child, parent], ignore_index=True))
    down, up = codes[len(rows) : len(rows) + len(links)], codes[len(rows) + len(links) :]
    unit = np.zeros((len(names), len(substances)))
    unit[codes[: len(rows)]] = per_key[run.key_of_row]
    part, coefficient = unit, links["coefficient"].to_numpy(dtype=np.float64)[:, None]
    while part.any():  # from the rows the engine multiplied to those they were made of, step by step
        above = np.zeros_like(unit)
        np.add.at(above, up, coefficient * part[down])
        part = above
        unit = unit + part
    every = pd.concat([run.activity.sources, rows])
    year = dict(zip(every["activity_id"].astype(str), every["year"].astype(int).tolist(), strict=True))
    here = {str(name): values for name, values in zip(names, unit, strict=True) if str(name) in year}
    return substances, {(name.removesuffix(f" @{year[name]}"), year[name]): values for name, values in here.items()}


def _emissions(revised: Revised, per_unit: Mapping[tuple[str, int], Floats], runs: int) -> Floats:
    names = revised.sheet.rows["activity_id"].astype(str).tolist()
    size = len(next(iter(per_unit.values()), np.zeros(0)))
    quantity = np.nan_to_num(np.broadcast_to(revised.sheet.quantity, (runs, *revised.sheet.quantity.shape[-2:])))
    found = np.empty((runs, len(revised.years), size))
    for line, year in enumerate(revised.years):
        known = np.array([(name, year) in per_unit for name in names], dtype=bool)
        strange = np.flatnonzero(~known & (quantity[:, line] != 0).any(axis=0)).tolist()
        if strange:
            raise ScenarioError(
                Problem("draw_brings_row", found=names[row], facts={"year": str(year)}) for row in strange
            )
        table = np.array([per_unit.get((name, year), np.zeros(size)) for name in names])
        found[:, line] = quantity[:, line] @ table
    return found


def _drawn(scenario: Scenario, runs: int, seed: int) -> tuple[dict[str, Floats], dict[str, Floats]]:
    wanted = scenario.uncertainty
    if wanted is None:
        return {}, {}
    names = [one.path for one in wanted.vary]
    table = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for pair, value in wanted.correlation.items():
        first, _, second = pair.partition("|")
        table.loc[first, second] = table.loc[second, first] = value
    numbers = quantiles(names, runs, seed, rank_correlation=table if wanted.correlation else None)
    shifts: dict[str, Floats] = {}
    factors: dict[str, Floats] = {}
    for one in wanted.vary:
        fields = one.model_dump(include={"low", "mode", "high", "sd"}, exclude_none=True)
        varied = Varied(one.path, one.how, one.distribution, **fields)
        (shifts if one.how == "shift" else factors)[one.path] = draw(varied, numbers[one.path])
    return shifts, factors
