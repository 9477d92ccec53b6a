"""Scenarios side by side: paths, peaks, levels, targets, measures and what each contributes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from emissions.scenario.mathematics.peak import Peak, find_peak
from emissions.scenario.model import Measure, Scenario
from emissions.scenario.outcome.contributions import CONTRIBUTION_COLUMNS, contributions
from emissions.scenario.outcome.effects import co_control_of, costs_of
from emissions.scenario.outcome.measure_levels import with_measure_levels
from emissions.scenario.outcome.project import Start, project
from emissions.scenario.projection import Projection
from emissions.scenario.targets.conflicts import conflicts
from emissions.scenario.targets.data import Target, targets_of
from emissions.scenario.targets.status import evaluate

PATHS = ("co2", "co2_energy_balance", "ghg")
YEARS = (2025, 2030, 2035)
PEAK_COLUMNS = (
    *("scenario", "boundary", "peak_year", "peak_value", "band_from", "band_to", "verdict", "reason", "circular"),
    *("p_value", "test", "cumulative", "first", "last", "unit"),
)


@dataclass(frozen=True)
class Comparison:
    """Tables of several scenarios; ``scenario`` is the id of one.

    Attributes
    ----------
    projections
        One a scenario, in the order asked for.
    paths
        scenario, indicator, year, value, unit: CO2 in both boundaries, greenhouse gases, each substance.
    peaks
        :data:`PEAK_COLUMNS`: of CO2, one a scenario and boundary; ``cumulative`` is the sum of the years after the
        base year.
    levels
        scenario, substance, year, value (t), change (percent against the base year).
    targets
        scenario and the columns of :func:`~emissions.scenario.targets.status.evaluate`.
    measures
        id, titles, kind, one column a scenario (amount and years, blank where it is not), differs.
    contributions
        scenario and the columns of :func:`~emissions.scenario.outcome.contributions.contributions`.
    conflicts
        Targets on which the documents differ.
    co_control
        scenario and the columns of :func:`~emissions.scenario.outcome.effects.co_control_of`: what measures do to CO2
        and to each pollutant, with the quadrant.
    costs
        scenario, year and the columns of :func:`~emissions.scenario.outcome.effects.costs_of`, of measures with costs.
    """

    projections: tuple[Projection, ...]
    paths: pd.DataFrame
    peaks: pd.DataFrame
    levels: pd.DataFrame
    targets: pd.DataFrame
    measures: pd.DataFrame
    contributions: pd.DataFrame
    conflicts: pd.DataFrame
    co_control: pd.DataFrame
    costs: pd.DataFrame


def compare(
    scenarios: Sequence[Scenario], base_of: Callable[[Scenario], Start], *, years: Sequence[int] = YEARS
) -> Comparison:
    """Return scenarios side by side.

    Parameters
    ----------
    base_of
        The base year of a scenario; called once a scenario.
    years
        For which levels and contributions are given, beside the last.

    Raises
    ------
    ScenarioError
        If a scenario asks for what is impossible.
    """
    projections, frames, levels, together, costs = [], [], [], [], []
    for scenario in scenarios:
        base = base_of(scenario)
        projections.append(project(scenario, base))
        shown = sorted({year for year in (*years, scenario.years[-1]) if year in scenario.years})
        frames.append(contributions(scenario, base, shown).assign(scenario=scenario.id))
        levels.append(_levels(projections[-1], years))
        for year in shown:
            together.append(co_control_of(frames[-1], levels[-1], year).assign(scenario=scenario.id))
            costs.append(costs_of(scenario, base, year).assign(scenario=scenario.id, year=year))
    found = tuple(projections)
    targets = [evaluate_targets(one).assign(scenario=one.scenario.id) for one in found]
    wanted = [target for one in found for target in targets_of(one.scenario.targets, one.scenario.region)]
    return Comparison(
        found,
        pd.concat([_paths(one) for one in found], ignore_index=True),
        pd.concat([peaks(one) for one in found], ignore_index=True),
        pd.concat(levels, ignore_index=True),
        pd.concat(targets, ignore_index=True),
        _measures(scenarios),
        pd.concat(frames, ignore_index=True)[["scenario", *CONTRIBUTION_COLUMNS]],
        conflicts(tuple(dict.fromkeys(wanted))),
        _joined(together),
        _joined(costs),
    )


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join frames of which some are empty."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def peak_of(projection: Projection, indicator: str = "co2") -> Peak | None:
    """Return the peak of a path of emissions; None where the scenario does not have it or shows too few years."""
    path = projection.indicator(indicator)
    years = tuple(int(year) for year in path.index)
    if len(years) < 2 or years != tuple(range(years[0], years[-1] + 1)):
        return None
    return find_peak(years, path.to_numpy(dtype=np.float64))


def peaks(projection: Projection) -> pd.DataFrame:
    """Return the peaks of CO2 in both boundaries as :data:`PEAK_COLUMNS`."""
    rows = []
    for indicator, boundary in (("co2", "territorial"), ("co2_energy_balance", "energy_balance")):
        peak = peak_of(projection, indicator)
        if peak is None:
            continue
        later = peak.emissions[1:]
        test = (peak.test.p_value, peak.test.alternative) if peak.test else (np.nan, "")
        place = (peak.peak_year, peak.peak_value, *peak.plateau, peak.verdict, peak.reason, peak.circular)
        budget = (float(later.sum()), peak.years[1], peak.years[-1])
        rows.append((projection.scenario.id, boundary, *place, *test, *budget, "Mt"))
    return pd.DataFrame(rows, columns=list(PEAK_COLUMNS))


def _paths(projection: Projection) -> pd.DataFrame:
    table = projection.indicators
    shown = table["indicator"].isin(PATHS) | table["indicator"].str.startswith("emission:")
    return table[shown].assign(scenario=projection.scenario.id)[["scenario", "indicator", "year", "value", "unit"]]


def _levels(projection: Projection, years: Sequence[int]) -> pd.DataFrame:
    table = projection.indicators
    table = table[table["indicator"].str.startswith("emission:")]
    table = table.assign(substance=table["indicator"].str.removeprefix("emission:"), scenario=projection.scenario.id)
    start = table[table["year"] == projection.scenario.base.year].set_index("substance")["value"]
    shown = table[table["year"].isin({*years, projection.scenario.years[-1]})]
    base = shown["substance"].map(start).to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(base != 0, 100 * (shown["value"].to_numpy(dtype=np.float64) / base - 1), np.nan)
    return shown.assign(change=change)[["scenario", "substance", "year", "value", "unit", "change"]]


def evaluate_targets(projection: Projection, year: int | None = None) -> pd.DataFrame:
    """Return the status of the targets of a scenario, as :func:`~emissions.scenario.targets.status.evaluate` gives it.

    Parameters
    ----------
    year
        Of the evaluation; every target in its own year if not given.
    """
    scenario = projection.scenario
    targets: tuple[Target, ...] = targets_of(scenario.targets, scenario.region)
    return evaluate(with_levels(projection), peak_of(projection), targets, year)


def with_levels(projection: Projection) -> pd.DataFrame:
    """Return the indicators of a projection and the levels its measures state; one that acts on no row states none."""
    scenario = projection.scenario
    idle = {note.found for note in projection.notes if note.code == "measure_acts_on_nothing"}
    acting = tuple(measure for measure in scenario.measures if measure.id not in idle)
    return with_measure_levels(projection.indicators, scenario.model_copy(update={"measures": acting}))


def _measures(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    every: dict[str, Measure] = {}
    for scenario in scenarios:
        for measure in scenario.measures:
            every.setdefault(measure.id, measure)
    rows = []
    for name, measure in every.items():
        texts = [next((_said(one) for one in scenario.measures if one.id == name), "") for scenario in scenarios]
        rows.append((name, measure.title.zh, measure.title.en, measure.do.kind, *texts, len(set(texts)) > 1))
    columns = ["id", "title_zh", "title_en", "kind", *(scenario.id for scenario in scenarios), "differs"]
    return pd.DataFrame(rows, columns=columns)


def _said(measure: Measure) -> str:
    amount = "" if measure.do.amount is None else f"{measure.do.amount:g} {measure.do.unit} "
    return f"{amount}{measure.start}–{measure.full}"
