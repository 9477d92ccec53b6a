"""The energy envelope: total and shares in the boundary of the plans, and the bridge to what is burnt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError
from emissions.scenario.model import Path, Scenario, Term
from emissions.scenario.revision.values import Values

Floats = npt.NDArray[np.float64]
MOST = 1.5
"""Largest ratio of inventory to statement (or its inverse) that is taken for the same thing."""


@dataclass(frozen=True)
class Envelope:
    """Energy by year in the boundary ``energy_balance``, every array of shape (years,) or (draws, years).

    Attributes
    ----------
    total
        Mtce.
    share
        ``coal``, ``oil``, ``gas``, ``nonfossil`` -> share of the total; ``oil_gas`` stands for both where the
        scenario does not tell them apart.
    gdp
        Real GDP, base year = 1.
    """

    total: Floats
    share: Mapping[str, Floats]
    gdp: Floats

    def energy(self, name: str) -> Floats:
        """Return the energy of a carrier in Mtce."""
        energy: Floats = self.total * self.share[name]
        return energy


def envelope(scenario: Scenario, values: Values) -> Envelope | None:
    """Return the envelope that the levers of a scenario set; None where they set none.

    ``total = base x gdp x (1 + rate of intensity) ...`` year by year; or the stated path of the total. With
    ``solve_base`` the base is what the stated total of a later year implies under that growth.

    Raises
    ------
    ScenarioError
        A total without a base, or shares that leave less than nothing.

    Examples
    --------
    >>> scenario = Scenario.model_validate(
    ...     {"schema": "scenario/1", "id": "a", "title": "A", "region": "150600",
    ...      "base": {"year": 2020, "boundary": "territorial"}, "horizon": {"from": 2020, "to": 2025},
    ...      "drivers": {"gdp_growth": {"unit": "percent/year", "points": {2021: 5}}},
    ...      "levers": {"energy_total_base": {"unit": "Mtce", "points": {2020: 100}},
    ...                 "energy_intensity_rate": {"unit": "percent/year", "points": {2021: -2}},
    ...                 "coal_share": {"unit": "percent", "points": {2020: 80, 2021: 79}},
    ...                 "nonfossil_share": {"unit": "percent", "points": {2020: 11}}}})
    >>> plan = envelope(scenario, Values(scenario, (2020, 2021)))
    >>> plan.total.round(6).tolist(), plan.energy("coal").round(6).tolist()
    ([100.0, 102.9], [80.0, 81.291])
    """
    levers = scenario.levers
    gdp = gdp_index(scenario, values)
    if not levers.keys() & {"energy_total", "energy_total_base", "coal_share"}:
        return None
    rate = levers.get("energy_intensity_rate")
    growth = gdp * values.growth("levers.energy_intensity_rate", rate) if rate else gdp
    stated, base = levers.get("energy_total"), levers.get("energy_total_base")
    if stated and stated.solve_base:
        total = _implied_base(scenario, values) * growth
    elif stated:
        path = stated if not base else Path(unit=stated.unit, points={**base.points, **stated.points})
        total = values.path("levers.energy_total", path, "Mtce")
    elif base:
        total = values.path("levers.energy_total_base", base, "Mtce")[..., :1] * growth
    else:
        raise ScenarioError([Problem("lever_missing", found="energy_total_base")])
    return Envelope(total, _shares(scenario, values), gdp)


def _implied_base(scenario: Scenario, values: Values) -> Floats:
    """Return the total of the base year that the first stated total implies under growth and intensity, Mtce."""
    stated, rate = scenario.levers["energy_total"], scenario.levers.get("energy_intensity_rate")
    year = min(stated.points)
    until = Values(scenario, (scenario.base.year, year), values.shifts, values.factors)
    growth = gdp_index(scenario, until)
    if rate:
        growth = growth * until.growth("levers.energy_intensity_rate", rate)
    base: Floats = until.path("levers.energy_total", stated, "Mtce")[..., -1:] / growth[..., -1:]
    return base


def gdp_index(scenario: Scenario, values: Values) -> Floats:
    """Return real GDP by year, base year = 1; 1 in every year where the scenario has no ``gdp_growth``."""
    driver = scenario.drivers.get("gdp_growth")
    return values.growth("drivers.gdp_growth", driver) if driver else np.ones(len(values.years))


def _shares(scenario: Scenario, values: Values) -> dict[str, Floats]:
    levers = scenario.levers
    share = {
        name: values.path(f"levers.{name}_share", levers[f"{name}_share"], "1")
        for name in ("coal", "oil", "gas", "nonfossil")
        if f"{name}_share" in levers
    }
    missing = [name for name in ("coal", "nonfossil") if name not in share]
    if missing:
        raise ScenarioError([Problem("lever_missing", found=f"{name}_share") for name in missing])
    open_ones = [name for name in ("oil", "gas") if name not in share]
    stated: Floats = sum(share.values(), np.zeros(len(values.years)))
    rest = 1.0 - stated
    if open_ones:
        share["oil_gas" if len(open_ones) == 2 else open_ones[0]] = rest
    values.within("shares_over_one", 100 * stated, "%", high=100.0)
    return share


@dataclass
class Bridge:
    """From the energy balance to the territory, per carrier: balance, named terms, unexplained rest, territory.

    Attributes
    ----------
    lines
        Carrier, term, titles and Mtce by year, in order.
    ratio
        Carrier -> (inventory, statement, ratio) in Mtce, base year, one boundary.
    """

    lines: list[tuple[str, str, str, str, Floats]] = field(default_factory=list)
    ratio: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    def local(self, carrier: str, territorial: float, stated: Floats, terms: Sequence[tuple[Term, Floats]]) -> Floats:
        """Return what is burnt here for use here, Mtce by year: the stated energy in the level of the inventory.

        The inventory of the base year less the named terms is the same thing as the statement; their ratio holds
        in every year (harmonisation by ratio).

        Raises
        ------
        ScenarioError
            If the ratio is beyond :data:`MOST`.
        """
        outside: Floats = sum((value for _, value in terms), np.zeros(stated.shape[-1]))
        here = territorial - outside[..., :1]
        ratio = here / stated[..., :1]
        first = float(ratio.reshape(-1)[0])
        level = float(here.reshape(-1)[0]), float(stated.reshape(-1, stated.shape[-1])[0, 0]), first
        self.ratio[carrier] = level
        if not 1 / MOST <= first <= MOST:
            facts = {"carrier": carrier, "inventory": f"{level[0]:.4g}", "stated": f"{level[1]:.4g}"}
            raise ScenarioError([Problem("harmonisation_too_far", found=f"{first:.3g}", facts=facts)])
        local: Floats = stated * ratio
        self.lines.append((carrier, "energy_balance", "能源平衡口径", "energy balance", _first(stated)))
        self.lines += [(carrier, term.id, term.title.zh, term.title.en, _first(value)) for term, value in terms]
        self.lines.append((carrier, "rest", "未解释差额", "unexplained rest", _first(local - stated)))
        self.lines.append((carrier, "territorial", "地域口径", "territorial", _first(local + outside)))
        return local


def _first(value: Floats) -> Floats:
    first: Floats = value.reshape(-1, value.shape[-1])[0]
    return first
