"""The power balance: what is needed less what other technologies give is coal's; coal by the supply coal rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emissions.scenario.model import Measure, Path, Scenario
from emissions.scenario.revision.measures import stated
from emissions.scenario.revision.values import Values

Floats = npt.NDArray[np.float64]
CAPACITY_KINDS = ("add_capacity", "capacity_total", "capacity_share")
GROUPS = ("renewable", "new_energy")
"""Words for several technologies at once: fields of a technology that say whether it belongs to them."""


@dataclass(frozen=True)
class PowerBalance:
    """Power by year, every array of shape (years,) or (draws, years).

    Attributes
    ----------
    demand, export, losses
        Net generation that is used inside and sent out, TWh; share lost on the way.
    capacity, generation
        GW and TWh of every technology, ``coal`` among them.
    renewable, new_energy
        Technologies that count as renewable, and as new energy.
    coal_rate
        gce/kWh of net generation.
    coal
        Mtce of coal for power.
    """

    demand: Floats
    export: Floats
    losses: Floats
    capacity: Mapping[str, Floats]
    generation: Mapping[str, Floats]
    renewable: tuple[str, ...]
    new_energy: tuple[str, ...]
    coal_rate: Floats
    coal: Floats

    @property
    def exported_share(self) -> Floats:
        """Share of generation that is for export."""
        share: Floats = np.clip(self.export, 0, None) / (self.demand + self.export)
        return share


def balance(
    scenario: Scenario, values: Values, measures: Sequence[Measure], more_demand: Floats | float = 0.0
) -> PowerBalance:
    """Return the power balance of a scenario.

    ``generation = (demand + export) / (1 - losses)``; coal is what the others do not give.

    Parameters
    ----------
    measures
        Those of :data:`CAPACITY_KINDS`; they apply in order.
    more_demand
        TWh that other measures add (heating by electricity and so on).

    Raises
    ------
    ScenarioError
        If coal generation goes negative: power has to be curtailed, and by how much in which year.

    Examples
    --------
    >>> scenario = Scenario.model_validate(
    ...     {"schema": "scenario/1", "id": "a", "title": "A", "region": "150600",
    ...      "base": {"year": 2020, "boundary": "territorial"}, "horizon": {"from": 2020, "to": 2025},
    ...      "power": {"demand": {"unit": "TWh", "points": {2020: 100}},
    ...                "export": {"unit": "TWh", "points": {2020: 20}},
    ...                "losses": {"unit": "percent", "points": {2020: 4}},
    ...                "supply_coal_rate": {"unit": "gce/kWh", "points": {2020: 300}},
    ...                "coal_capacity": {"unit": "GW", "points": {2020: 30}},
    ...                "technologies": {"wind": {"capacity": {2020: 10}, "hours": {2020: 2000}, "renewable": True,
    ...                                           "new_energy": True}}}})
    >>> power = balance(scenario, Values(scenario, (2020,)), ())
    >>> power.generation["coal"].tolist(), power.coal.tolist()
    ([105.0], [31.5])
    """
    power = scenario.power
    if power is None:
        raise ValueError(scenario.id)

    def path(name: str, one: Path, unit: str) -> Floats:
        return values.path(f"power.{name}", one, unit)

    capacity, hours = {}, {}
    for name, one in power.technologies.items():
        capacity[name] = path(f"{name}.capacity", Path(unit=one.capacity_unit, points=one.capacity), "GW")
        hours[name] = path(f"{name}.hours", Path(unit=one.hours_unit, points=one.hours), "hour/year")
    capacity["coal"] = path("coal_capacity", power.coal_capacity, "GW")
    groups = {group: tuple(name for name, one in power.technologies.items() if getattr(one, group)) for group in GROUPS}
    for measure in measures:
        _build(measure, capacity, groups, values)
    demand, export = path("demand", power.demand, "TWh") + more_demand, path("export", power.export, "TWh")
    losses = path("losses", power.losses, "1")
    generation = {name: capacity[name] * hours[name] / 1e3 for name in hours}
    others: Floats = sum(generation.values(), np.zeros(len(values.years)))
    generation["coal"] = (demand + export) / (1 - losses) - others
    values.within("coal_power_negative", generation["coal"], "TWh")
    rate = path("supply_coal_rate", power.supply_coal_rate, "gce/kWh")
    coal = generation["coal"] * rate / 1e3
    return PowerBalance(demand, export, losses, capacity, generation, **groups, coal_rate=rate, coal=coal)


def _build(
    measure: Measure, capacity: dict[str, Floats], groups: Mapping[str, tuple[str, ...]], values: Values
) -> None:
    """Change capacities by one measure.

    What is added comes on top of the path of the technology; a share is a floor: a path that is above it stays.
    """
    amount, name = stated(measure, "amount"), measure.do.technology
    names = groups.get(name, (name,))
    nothing = np.zeros(len(values.years))
    now: Floats = sum((capacity[one] for one in names), nothing)
    base = now[..., :1]
    phase = values.phase(measure)
    if measure.do.kind == "add_capacity":
        wanted = now + values.level(measure, 0.0, amount)
    elif measure.do.kind == "capacity_total":
        wanted = np.where(phase > 0, base + (amount - base) * phase, now)
    else:
        rest: Floats = sum((one for other, one in capacity.items() if other not in names), nothing)
        start = base / (base + rest[..., :1])
        share = start + (amount / 100 - start) * phase
        wanted = np.where(phase > 0, np.maximum(now, rest * share / (1 - share)), now)
    for one in names:
        # a mix keeps its proportions; what is not there yet is shared alike
        part = np.where(now > 0, capacity[one] / np.where(now > 0, now, 1.0), 1 / len(names))
        capacity[one] = wanted * part
