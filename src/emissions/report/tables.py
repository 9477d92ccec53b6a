"""What the reports show, as small tables: totals by main category, largest sources, states, gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from emissions.engine import Run
from emissions.engine.columns import coded_column
from emissions.engine.keys import first_places, numbered
from emissions.engine.lines import as_texts
from emissions.inventory import co2_equivalent, coverage, gwp_values, totals
from emissions.inventory.tables import sums, with_key
from emissions.vocabulary import Graph, load_vocabulary

BROKEN_DOWN = frozenset({"IPCC2006:1A"})
"""Categories of the second level that a short table shows by their parts."""
CO2E = "CO2e"
NOTATION_KEYS = ("NE", "C", "IE", "NO", "NA")
"""In the order in which one of them stands for several."""


def main_category(category: str, graph: Graph) -> str:
    """Return the category above, or equal to, ``category`` that a short table shows.

    Examples
    --------
    >>> main_category("IPCC2006:1A1ai", load_vocabulary().category_graph)
    'IPCC2006:1A1'
    >>> main_category("IPCC2006:2C1", load_vocabulary().category_graph)
    'IPCC2006:2C'
    """
    path = list(graph.ancestors(category))[::-1]
    if len(path) > 2 and path[1] in BROKEN_DOWN:
        return path[2]
    return path[1] if len(path) > 1 else path[0]


@dataclass(frozen=True)
class Source:
    """A source of emissions: ``emission`` in t of ``substance``, ``share`` of the total."""

    region: str
    year: int
    category: str
    activity: str
    substance: str
    emission: float
    share: float


@dataclass(frozen=True)
class Gap:
    """What was not estimated for one reason: number of coverage lines, substances, activities (largest first)."""

    reason: str
    number: int
    substances: tuple[str, ...]
    activities: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """Small tables of a calculation, each made when it is asked for."""

    run: Run

    @cached_property
    def _places(self) -> pd.DataFrame:
        lines = self.run.kind_lines
        there = np.zeros(len(lines.chosen) + 1, dtype=bool)
        there[lines.kind] = True
        return self.run.keys.loc[there[lines.of_key], ["region", "year"]]

    @cached_property
    def regions(self) -> list[str]:
        """Regions of the lines, in the order of the keys."""
        return list(dict.fromkeys(self._places["region"].astype(str)))

    @cached_property
    def years(self) -> list[int]:
        """Years of the lines, sorted."""
        return sorted({int(year) for year in self._places["year"]})

    def latest(self) -> Overview:
        """Return the overview of the last year alone: emissions of several years do not add up to anything."""
        return self if len(self.years) < 2 else self.by_year[self.years[-1]]

    def of_year(self, year: int) -> Overview:
        """Return the overview of one year."""
        others = (self.run.keys["year"] != year).to_numpy()
        return Overview(replace(self.run, kind_lines=self.run.kind_lines.without_keys(others)))

    @cached_property
    def by_year(self) -> dict[int, Overview]:
        """The overview of each year."""
        return {year: self.of_year(year) for year in self.years}

    @cached_property
    def substances(self) -> list[str]:
        """Substances of the lines in the order of the vocabulary."""
        present = set(self.run.coded_lines["substance"].unique())
        known = [name for name in load_vocabulary().substances if name in present]
        return known + sorted(present - set(known))

    @cached_property
    def gases(self) -> list[str]:
        """Substances that count as CO2 equivalent under the metric."""
        greenhouse = [
            name for name in self.substances if load_vocabulary().substances.get(name, {}).get("group") == "ghg"
        ]
        return list(gwp_values(self.run.gwp, greenhouse))

    @property
    def pollutants(self) -> list[str]:
        """All other substances."""
        return [name for name in self.substances if name not in self.gases]

    @cached_property
    def main_of(self) -> dict[str, str]:
        """Output category -> main category."""
        graph = load_vocabulary().category_graph
        return {str(name): main_category(str(name), graph) for name in self.run.coded_lines["category"].unique()}

    @cached_property
    def main(self) -> pd.DataFrame:
        """Emissions in t: a row a main category, a column a substance and ``CO2e``; NaN where nothing was estimated."""
        return self._wide(totals(self.run, ("category", "substance")), self.main_of)

    @cached_property
    def memo(self) -> pd.DataFrame:
        """Memo items in t, as :attr:`main` by their own category."""
        table = totals(self.run, ("category", "memo", "substance"), memo=True)
        return self._wide(table, {str(name): str(name) for name in table["category"].unique()})

    @cached_property
    def total(self) -> pd.Series:
        """Emissions in t by substance, and ``CO2e``."""
        table = totals(self.run, ("substance",)).set_index("substance")["emission"]
        gases = co2_equivalent(totals(self.run, ("substance",)), self.run.gwp)
        return pd.concat([table, pd.Series({CO2E: float(gases["co2e"].sum())})]) if len(gases) else table

    @cached_property
    def blocks(self) -> dict[tuple[str, int, str], float]:
        """(region, year, substance) -> emission in t; ``CO2e`` too."""
        table = self.by_cell(["region", "year"])
        return {
            (str(row["region"]), int(row["year"]), str(row["substance"])): float(row["emission"])
            for row in table.to_dict("records")
        }

    def by_cell(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return emissions and CO2 equivalents (``emission``, substance ``CO2e`` too) by some columns."""
        table = totals(self.run, (*columns, "substance"))
        gases = co2_equivalent(table, self.run.gwp)
        added = (
            sums(gases.assign(emission=gases["co2e"]), columns).assign(substance=CO2E) if len(gases) else table.iloc[:0]
        )
        return pd.concat([part for part in (table, added) if len(part)], ignore_index=True) if len(table) else table

    @cached_property
    def states(self) -> dict[tuple[str, str], str]:
        """(category, substance) -> a notation key where nothing was estimated, ``partial`` where not all was.

        Categories are those of the lines and all above them.
        """
        names = ["category", "substance", "status"]
        lines = self.run.coded_lines
        lines = lines.loc[(lines["memo"] == "").to_numpy(), names]
        graph = load_vocabulary().category_graph
        found: dict[tuple[str, str], set[str]] = {}
        first = first_places(numbered(len(lines), [coded_column(lines[name]) for name in names]))
        for category, substance, status in as_texts(lines.iloc[first]).itertuples(index=False):
            for above in graph.ancestors(str(category)):
                found.setdefault((above, str(substance)), set()).add(str(status))
        return {pair: state for pair, statuses in found.items() if (state := shown_state(statuses))}

    def state(self, category: str, substance: str) -> str:
        """Return :attr:`states` of a category, for ``CO2e`` that of its gases."""
        if substance != CO2E:
            return self.states.get((category, substance), "")
        return "partial" if any(self.states.get((category, gas)) in {"partial", "NE"} for gas in self.gases) else ""

    def doubtful(self, substance: str) -> bool:
        """Tell whether the total of a substance lacks something that was not estimated."""
        names = self.gases if substance == CO2E else [substance]
        return any(state in {"NE", "partial"} and name in names for (_, name), state in self.states.items())

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """See :func:`emissions.inventory.coverage`."""
        return coverage(self.run)

    def largest(self, number: int) -> list[Source]:
        """Return the largest sources by CO2 equivalent (by the first substance where there is no greenhouse gas)."""
        table = self.by_cell(["region", "year", "category", "activity"])
        if table.empty:
            return []
        substance = CO2E if (table["substance"] == CO2E).any() else self.substances[0]
        chosen = table[table["substance"] == substance]
        whole = float(chosen["emission"].sum())
        largest = chosen.sort_values("emission", ascending=False, kind="stable").head(number)
        return [
            Source(
                str(row["region"]),
                int(row["year"]),
                str(row["category"]),
                str(row["activity"]),
                substance,
                float(row["emission"]),
                float(row["emission"]) / whole if whole else float("nan"),
            )
            for row in largest.to_dict("records")
            if row["emission"] > 0
        ]

    def gaps(self) -> list[Gap]:
        """Return what was not estimated by reason: what concerns CO2 first, then most first."""
        open_lines = self.coverage[self.coverage["status"] == "NE"].sort_values(
            "quantity", ascending=False, kind="stable"
        )
        found = [
            Gap(
                str(reason),
                len(part),
                tuple(self._ordered(part["substance"])),
                tuple(dict.fromkeys(part["activity"].astype(str))),
            )
            for reason, part in open_lines.groupby("reason", sort=True)
        ]
        return sorted(found, key=lambda gap: ("CO2" not in gap.substances, -gap.number))

    def counts(self) -> dict[str, int]:
        """Return the number of coverage lines by status."""
        return {
            str(status): int(number) for status, number in self.coverage["status"].astype(str).value_counts().items()
        }

    def _ordered(self, names: pd.Series) -> list[str]:
        present = set(names.astype(str))
        return [name for name in self.substances if name in present]

    def _wide(self, table: pd.DataFrame, row_of: dict[str, str]) -> pd.DataFrame:
        if table.empty:
            return pd.DataFrame()
        table = sums(table.assign(category=table["category"].astype(str).map(row_of)), ["category", "substance"])
        gases = co2_equivalent(table, self.run.gwp)
        wide = table.pivot_table(index="category", columns="substance", values="emission", aggfunc="sum")
        if len(gases):
            wide[CO2E] = gases.groupby("category")["co2e"].sum()
        order = {name: number for number, name in enumerate(load_vocabulary().categories)}
        return wide.loc[sorted(wide.index, key=lambda name: order.get(str(name), len(order)))]


def used_lines(run: Run, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the lines that have an emission (memo items and IE cross-checks too) with the columns of their key.

    Words are categoricals where those of the run are.

    Parameters
    ----------
    columns
        Key columns, all if not given.
    """
    lines = run.coded_lines
    lines = lines[np.isfinite(lines["ief"].to_numpy(dtype=np.float64)) & (lines["emission"] != 0).to_numpy()]
    names = [name for name in run.keys.columns if name not in {"measured", "category"}]
    wanted = names if columns is None else [name for name in names if name in columns]
    return with_key(run, lines.assign(line=lines.index), wanted)


def shown_state(statuses: set[str]) -> str:
    """Return the state of a category from the statuses of its lines; blank where all was estimated.

    Examples
    --------
    >>> shown_state({"ok", "NE"}), shown_state({"ok", "IE"}), shown_state({"NO"})
    ('partial', '', 'NO')
    """
    if "ok" in statuses:
        return "partial" if "NE" in statuses else ""
    return next((one for one in NOTATION_KEYS if one in statuses), "")


def used_factors(run: Run) -> pd.DataFrame:
    """Return the rows of the library that the lines use, each once, with ``row``, their number in the library."""
    lines, matches = run.kind_lines, run.kind_matches
    there = lines.table["line"][lines.keys_of_kind[lines.kind] > 0]
    of_rows = (matches["origin"] == 0) & matches["line"].isin(there)
    row = matches.loc[of_rows, "row"].to_numpy(dtype=np.int64)
    numbers = np.flatnonzero(np.bincount(row)) if len(row) else np.empty(0, dtype=np.int64)
    return run.library.rows.iloc[numbers].reset_index(drop=True).assign(row=numbers)
