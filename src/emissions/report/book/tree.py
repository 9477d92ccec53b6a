"""The category tree of one region and year: what each category gives by itself and with all below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from emissions.report.tables import CO2E, shown_state
from emissions.vocabulary import Graph

Cell = tuple[str, str]
"""Category and substance."""


@dataclass(frozen=True)
class Direct:
    """What the lines of a category itself give of a substance: emission in t, and their states."""

    emission: float
    states: frozenset[str]


@dataclass
class CategoryTree:
    """Sums and states of all categories with lines and of those above them.

    Attributes
    ----------
    own
        What the lines give.
    gwp
        Substance -> t CO2 equivalent per t.
    categories
        All of them, in the order of the vocabulary.
    below
        Category -> categories right below it.
    tops
        Categories with nothing above.
    values
        Emission in t with all below; missing where nothing was estimated.
    states
        As :attr:`emissions.report.tables.Overview.states`.
    """

    own: Mapping[Cell, Direct]
    gwp: Mapping[str, float]
    graph: Graph
    substances: Sequence[str]
    categories: list[str] = field(init=False)
    below: dict[str, list[str]] = field(init=False)
    tops: list[str] = field(init=False)
    values: dict[Cell, float] = field(init=False, default_factory=dict)
    states: dict[Cell, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Order the categories and add up from below."""
        order = {name: number for number, name in enumerate(self.graph.parents)}
        wanted = {above for name, _ in self.own for above in self.graph.ancestors(name)}
        self.categories = sorted(wanted, key=lambda name: order.get(name, len(order)))
        self.below = {category: [] for category in self.categories}
        self.tops = []
        for category in self.categories:
            parents = self.graph.parents.get(category, ())
            (self.below[parents[0]] if parents else self.tops).append(category)
        for category in sorted(self.categories, key=lambda name: -len(self.graph.ancestors(name))):
            for substance in self.substances:
                if substance == CO2E:
                    self._fill_equivalent(category)
                else:
                    self._fill(category, substance)

    def direct(self, category: str, substance: str) -> float | None:
        """Return what the lines of a category itself give, None where nothing was estimated."""
        found = self.own.get((category, substance))
        return found.emission if found is not None and "ok" in found.states else None

    def total(self, substance: str) -> float:
        """Return the sum over the whole tree."""
        return float(np.sum([self.values.get((top, substance), 0.0) for top in self.tops]))

    def doubtful(self, substance: str) -> bool:
        """Tell whether something of a substance was not estimated."""
        return any(self.states.get((top, substance)) in {"partial", "NE"} for top in self.tops)

    def _fill(self, category: str, substance: str) -> None:
        direct = self.own.get((category, substance))
        states = set(direct.states) if direct is not None else set()
        own = self.direct(category, substance)
        parts = [] if own is None else [own]
        for child in self.below[category]:
            if (child, substance) in self.values:
                parts.append(self.values[child, substance])
                states.add("ok")
            state = self.states.get((child, substance), "")
            states |= {"NE"} if state == "partial" else {state} if state else set()
        if parts:
            self.values[category, substance] = float(np.sum(parts))
        self.states[category, substance] = shown_state(states)

    def _fill_equivalent(self, category: str) -> None:
        known = [
            weight * self.values[category, gas] for gas, weight in self.gwp.items() if (category, gas) in self.values
        ]
        if known:
            self.values[category, CO2E] = float(np.sum(known))
        doubt = any(self.states.get((category, gas)) in {"partial", "NE"} for gas in self.gwp)
        self.states[category, CO2E] = "partial" if doubt else ""
