"""What one scenario gives, put together for the reports: paths, peaks, targets, bridge, moves, draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from emissions.scenario.mathematics.peak import Peak
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.compare import peak_of
from emissions.scenario.projection import Projection

CARBON = (("co2", "territorial"), ("co2_energy_balance", "energy_balance"))
"""Indicators of CO2 and their boundary, in the order in which they are shown."""
POLLUTANTS = ("SO2", "NOx", "PM2.5", "NMVOC", "NH3")
"""Substances that the short tables show beside the greenhouse gases where the caller names none."""


@dataclass(frozen=True)
class Draws:
    """Results of many runs of a scenario.

    Attributes
    ----------
    runs, seed
        As drawn.
    bands
        substance, year, p5, p50, p95 in t.
    peaked
        Share of the runs whose CO2 has peaked, by year (index).
    targets
        id, probability of being met; without rows where no target was drawn.
    impossible
        Runs that asked for what cannot be and are in none of the results.
    """

    runs: int
    seed: int
    bands: pd.DataFrame
    peaked: pd.Series
    targets: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["id", "probability"]))
    impossible: int = 0


@dataclass(frozen=True)
class Outcome:
    """A scenario and everything that is shown of it.

    Attributes
    ----------
    projection
        Its inventories, indicators, bridge, moves.
    peaks
        Boundary -> peak of CO2; empty where the years shown are not consecutive.
    targets
        Rows of the evaluation of its targets.
    substances
        Pollutants shown in short tables.
    draws
        Where they were asked for.
    """

    projection: Projection
    peaks: dict[str, Peak]
    targets: pd.DataFrame
    substances: tuple[str, ...]
    draws: Draws | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.projection.scenario

    @property
    def missed(self) -> int:
        """Number of targets that were missed."""
        return 0 if self.targets.empty else int((self.targets["status"] == "missed").sum())


def outcome(
    projection: Projection,
    targets: pd.DataFrame,
    *,
    substances: Sequence[str] = (),
    draws: Draws | None = None,
) -> Outcome:
    """Return what is shown of a scenario.

    Parameters
    ----------
    targets
        As :func:`emissions.scenario.targets.status.evaluate` gives them; without rows where none were asked for.
    substances
        Pollutants of the short tables; :data:`POLLUTANTS` that the scenario has if not given.
    """
    present = set(projection.indicators["indicator"])
    chosen = tuple(substances) or tuple(name for name in POLLUTANTS if f"emission:{name}" in present)
    return Outcome(projection, peaks(projection), targets, chosen, draws)


def peaks(projection: Projection) -> dict[str, Peak]:
    """Return the peak of CO2 in each boundary that the scenario has; nothing where years are left out."""
    found = {boundary: peak_of(projection, name) for name, boundary in CARBON}
    return {boundary: peak for boundary, peak in found.items() if peak is not None}
