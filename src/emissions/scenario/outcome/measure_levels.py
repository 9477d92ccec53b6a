"""Levels that measures state for a target: penetration of controls, shares of fleets, heating, freight."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from emissions.scenario.model import Measure, Scenario
from emissions.scenario.projection import INDICATOR_COLUMNS
from emissions.scenario.revision.values import Values
from emissions.scenario.targets.data import Target, load_targets

LEVEL_KINDS = ("activity_cap", "shift", "scrap_stock", "sales_share", "stock_share", "efficiency", "control_share")
"""Kinds whose amount is a level of what they act on; capacities come from the power balance."""


def measure_levels(scenario: Scenario) -> pd.DataFrame:
    """Return the level of each target's indicator that a measure of the scenario states.

    A measure counts where its ``source`` names the target (``target:ID`` or ``external:ID``, no past value) and its
    ``amount`` is a level, or a change where the target is one too. Its path runs from ``base`` in the year ``start``
    to ``amount`` in the year ``full`` and stays there. Where the measure states no ``base`` the level before ``full``
    is not known and left out. A change starts from 0.

    Parameters
    ----------
    scenario
        A complete scenario.

    Returns
    -------
    pandas.DataFrame
        :data:`~emissions.scenario.projection.INDICATOR_COLUMNS`, a row an indicator and year of the scenario. For a
        target that holds only for a part of the region the name is ``indicator@ID``: it says nothing of the whole.

    Raises
    ------
    ScenarioError
        A path that has no values, such as a logistic one that starts at 0.

    Examples
    --------
    >>> from emissions.scenario.model import Scenario
    >>> story = Scenario.model_validate({
    ...     "schema": "scenario/1", "id": "a", "title": "a", "region": "150000",
    ...     "base": {"year": 2020, "boundary": "territorial"}, "horizon": {"from": 2021, "to": 2026},
    ...     "measures": [{
    ...         "id": "steel", "title": "steel", "acts_on": {"categories": ["2C1"]}, "start": 2021, "full": 2025,
    ...         "do": {"kind": "control_share", "amount": 80, "unit": "percent", "base": 0},
    ...         "source": "target:nm-steel-ule-2025",
    ...     }],
    ... })
    >>> found = measure_levels(story)
    >>> found["indicator"].unique().tolist(), found["value"].round(6).tolist()
    (['steel_ultra_low_emission_share'], [0.0, 16.0, 32.0, 48.0, 64.0, 80.0, 80.0])
    """
    targets = {one.id: one for one in load_targets()}
    rows = [
        (target.source.removeprefix("indicator:"), year, value, measure.do.unit, target.indicator.boundary)
        for measure in scenario.measures
        for target in _stated(measure, targets)
        for year, value in _path(measure, scenario)
    ]
    return pd.DataFrame(rows, columns=list(INDICATOR_COLUMNS)).drop_duplicates(ignore_index=True)


def with_measure_levels(indicators: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the indicators of a result and, of those it lacks, the levels that measures state.

    Parameters
    ----------
    indicators
        :data:`~emissions.scenario.projection.INDICATOR_COLUMNS`: what was modelled counts before what was stated.
    scenario
        The scenario behind it.
    """
    levels = measure_levels(scenario)
    missing = levels[~levels["indicator"].isin(indicators["indicator"])]
    return pd.concat([indicators, missing], ignore_index=True) if len(missing) else indicators


def _stated(measure: Measure, targets: dict[str, Target]) -> Iterator[Target]:
    """Yield the targets whose indicator a measure states."""
    if measure.do.kind not in LEVEL_KINDS:
        return
    for source in measure.source:
        prefix, _, name = source.partition(":")
        target = targets.get(name) if prefix in {"target", "external"} else None
        if target is None or target.is_past or not target.source.startswith("indicator:"):
            continue
        if (target.indicator.kind == "change") == (measure.do.amount_is == "change"):
            yield target


def _path(measure: Measure, scenario: Scenario) -> Iterator[tuple[int, float]]:
    """Yield year and level of a measure, for the years in which it is known: as it acts in the projection."""
    do = measure.do
    if do.amount is None:
        return
    base = 0.0 if do.amount_is == "change" else do.base
    known = [year for year in scenario.years if base is not None or year >= measure.full]
    if known:
        level = Values(scenario, known).level(measure, do.amount if base is None else base, do.amount)
        yield from zip(known, level.tolist(), strict=True)
