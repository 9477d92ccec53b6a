"""What a scenario gives: the inventory of every year, and the tables that explain it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from emissions.engine import Run
from emissions.errors import Problem
from emissions.scenario.model import Scenario

INDICATOR_COLUMNS = ("indicator", "year", "value", "unit", "boundary")
MOVE_COLUMNS = ("step", "kind", "year", "activity_id", "category", "activity", "to", "amount", "unit")
BRIDGE_COLUMNS = ("fuel", "year", "term", "title_zh", "title_en", "value", "unit")


@dataclass(frozen=True)
class Projection:
    """Result of one scenario.

    Attributes
    ----------
    scenario
        What was asked.
    run
        The engine's result for the revised activity data of all years: lines, keys, matches, gaps, manifest.
    indicators
        :data:`INDICATOR_COLUMNS`: what the plans' targets are held against, by year. ``boundary`` is ``territorial``,
        ``energy_balance`` or blank where the indicator has none.
    bridge
        :data:`BRIDGE_COLUMNS`: for every fuel and year the terms from the energy balance to the territory: the total
        of the energy balance, the named terms, the unexplained rest (term ``rest``), the territorial total.
    moves
        :data:`MOVE_COLUMNS`: what each lever and measure did to each row of the activity data, in the order in which
        it was done; ``to`` is blank for a plain change, ``residual`` where something went to the named residual.
    harmonisation
        fuel, inventory, statement, unit, ratio: levels of the base year within one boundary.
    notes
        What the user should know: paths held after their last point, rows without a driver, and so on.
    """

    scenario: Scenario
    run: Run
    indicators: pd.DataFrame
    bridge: pd.DataFrame
    moves: pd.DataFrame
    harmonisation: pd.DataFrame
    notes: tuple[Problem, ...]

    def indicator(self, name: str, boundary: str = "") -> pd.Series:
        """Return an indicator by year (float64, index year, ascending); empty where the scenario does not have it."""
        table = self.indicators[self.indicators["indicator"] == name]
        if boundary:
            table = table[table["boundary"].isin([boundary, ""])]
        return table.set_index("year")["value"].astype(float).sort_index()
