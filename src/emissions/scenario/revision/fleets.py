"""Vehicles by vintage: what retires, what is sold, which stage it has, and how many new ones are new-energy vehicles.

The driven distance of a stage stands for its vehicles: mileage is that of the base year. Targets on SALES and on STOCK
are different things, and scrapping a stage is a forced cut of its cohorts that new sales make good.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.stock import Turnover, forced_scrapping, turn_over
from emissions.scenario.mathematics.survival import weibull_scale, weibull_survival
from emissions.scenario.mathematics.technology import sales_share_for_stock, technology_stock
from emissions.scenario.model import Fleet, Measure, Path
from emissions.scenario.revision.measures import stated
from emissions.scenario.revision.select import selected
from emissions.scenario.revision.sheet import Sheet, Step
from emissions.scenario.revision.values import Values
from emissions.vocabulary import Vocabulary

Floats = npt.NDArray[np.float64]
FLEET_KINDS = ("scrap_stock", "sales_share", "stock_share")
_GROUP = ("region", "category", "activity", "use", "dimension")


def turn_fleets(
    sheet: Sheet, driven: Floats, every: Values, years: Sequence[int], measures: Sequence[Measure], words: Vocabulary
) -> set[str]:
    """Let the fleets of a scenario turn over; return the ids of the measures that acted.

    Parameters
    ----------
    sheet
        What is revised, of the years shown.
    driven
        Quantities of its rows under the drivers in every year of ``every``: vintages come from all years.
    every
        Values over every year from the base year to the last one shown, or the last one in which a measure is full.
    years
        The years shown.
    measures
        Those of :data:`FLEET_KINDS`, in order.

    Raises
    ------
    ScenarioError
        A vehicle of a fleet has a stage without years or one that begins after the base year, or a share cannot be
        reached.
    """
    acted: set[str] = set()
    for number, fleet in enumerate(every.scenario.fleets):
        rows = np.zeros(len(sheet), dtype=bool)
        for word in fleet.vehicles:
            rows |= np.array([word in words.activity_graph.ancestors(str(one)) for one in sheet.rows["activity"]])
        if "stage" not in sheet.rows or not rows.any():
            continue
        rows &= (sheet.rows["stage"].astype(object).fillna("") != "").to_numpy()
        growth = Path(unit="percent/year", points=fleet.growth) if fleet.growth else None
        grown = every.growth(f"fleets.{number}.growth", growth) if growth else np.ones(len(every.years))
        places = np.flatnonzero(rows)
        groups = sheet.rows.iloc[places].groupby(list(_GROUP), observed=True, sort=False).indices.values()
        for members in groups:
            own = places[members]
            total = driven[..., own].sum(axis=-1) * grown
            acted |= _Group(fleet, sheet, own, every, words).turn(total, years, measures)
    return acted


class _Group:
    """Vehicles of one region and class, by stage."""

    def __init__(
        self, fleet: Fleet, sheet: Sheet, rows: npt.NDArray[np.int64], every: Values, vocabulary: Vocabulary
    ) -> None:
        self.fleet, self.sheet, self.rows, self.every, self.vocabulary = fleet, sheet, rows, every, vocabulary
        stages = sheet.rows["stage"].astype(str).to_numpy()[rows]
        missing = sorted({stage for stage in stages if stage not in fleet.stage_years})
        if missing:
            known = ", ".join(fleet.stage_years)
            raise ScenarioError([Problem("stage_without_years", found=stage, allowed=known) for stage in missing])
        early = {stage: fleet.stage_years[stage][0] for stage in stages if fleet.stage_years[stage][0] > every.years[0]}
        if early:
            raise ScenarioError(
                Problem(
                    "stage_after_base", found=str(stage), facts={"first": str(year), "base_year": str(every.years[0])}
                )
                for stage, year in early.items()
            )
        self.stages = [str(stage) for stage in stages]
        self.newest = max(fleet.stage_years, key=lambda stage: fleet.stage_years[stage][0])
        self.base_year = every.years[0]
        self.scale = weibull_scale(fleet.mean_life, fleet.shape)

    def turn(self, total: Floats, years: Sequence[int], measures: Sequence[Measure]) -> set[str]:
        """Replace the quantities of the rows by those of the turnover; return the measures that acted.

        ``total`` is the distance of all vehicles in every year, ``years`` those that are shown.
        """
        acting = [one for one in measures if self._selects(one)]
        shown = [self.every.years.index(year) for year in years]
        found = [self._one(path, shown, acting) for path in total.reshape(-1, len(self.every.years))]
        stages = np.array([one for one, _ in found])
        electric = np.array([one for _, one in found])
        draws = (*total.shape[:-1], len(shown))
        self._write(stages.reshape((*draws, -1)), electric.reshape((*draws, electric.shape[-1])), acting)
        return {one.id for one in acting}

    def _one(self, total: Floats, shown: list[int], acting: list[Measure]) -> tuple[Floats, Floats]:
        """Return distance by year and stage, and by year and measure on new-energy vehicles, of one total by year."""
        target, start = total[1:], self._by_age()
        # what is sold grows older than anything the base year has
        ages = np.arange(len(start) + len(target))
        survival = weibull_survival(ages, self.scale, self.fleet.shape)
        start = np.where(survival[: len(start)] > 0, start, 0.0)
        plain = turn_over(self.base_year, start, survival, target)
        turnover = plain
        cuts = [one for one in acting if one.do.kind == "scrap_stock"]
        if cuts:
            allowed = np.prod([self._cut(one, plain) for one in cuts], axis=0)
            turnover = turn_over(self.base_year, start, survival, target, allowed=allowed)
        names = list(self.fleet.stage_years)
        of_vintage = np.array([names.index(self._stage(vintage)) for vintage in turnover.vintages])
        stock = turnover.stock.copy()
        new_energy = []
        for measure in acting:
            if measure.do.kind != "scrap_stock":
                part = technology_stock(turnover, 0.0, self._sales(measure, turnover))
                new_energy.append(_by_year(part)[shown])
                stock = stock - part
        if stock.min() < -1e-9 * max(1.0, float(turnover.stock.max())):
            raise ScenarioError([Problem("new_energy_over_all_sales", found=", ".join(one.id for one in acting))])
        by_stage = np.column_stack([_by_year(stock[:, of_vintage == place]) for place in range(len(names))])
        return by_stage[shown], np.column_stack(new_energy) if new_energy else np.zeros((len(shown), 0))

    def _by_age(self) -> Floats:
        """Return the distance of the base year by age; a stage is spread evenly over the years of its registration."""
        quantity = self.sheet.rows["quantity"].to_numpy(dtype=np.float64)[self.rows]
        first = min(years[0] for years in self.fleet.stage_years.values())
        by_year = np.zeros(self.base_year - first + 1)
        for stage, amount in zip(self.stages, quantity, strict=True):
            low, high = self.fleet.stage_years[stage]
            span = range(low, min(high, self.base_year) + 1)
            for year in span:
                by_year[year - first] += amount / len(span)
        return by_year[::-1]

    def _stage(self, vintage: int) -> str:
        for stage, (low, high) in self.fleet.stage_years.items():
            if low <= vintage <= high:
                return stage
        return self.newest

    def _selects(self, measure: Measure) -> bool:
        return bool(selected(measure.acts_on, self.sheet.rows.iloc[self.rows], self.vocabulary).any())

    def _cut(self, measure: Measure, turnover: Turnover) -> Floats:
        hit = selected(measure.acts_on, self.sheet.rows.iloc[self.rows], self.vocabulary)
        last = max(self.fleet.stage_years[stage][1] for stage, one in zip(self.stages, hit, strict=True) if one)
        left = stated(measure, "amount") / 100
        return forced_scrapping(turnover.years[1:], turnover.vintages, last, measure.start, measure.full, left)

    def _sales(self, measure: Measure, turnover: Turnover) -> Floats:
        """Return the share of new-energy vehicles in the sales of each year after the base."""
        every = Values(self.every.scenario, turnover.years)
        base, amount = stated(measure, "base") / 100, stated(measure, "amount") / 100
        if measure.do.kind == "sales_share":
            return np.clip(every.level(measure, base, amount)[1:], 0.0, 1.0)
        # of the vehicles that are not new-energy ones in the base year, so many have to be replaced
        wanted = (amount - base) / (1 - base)
        before = np.zeros(len(turnover.years) - 1)
        return sales_share_for_stock(
            turnover, 0.0, wanted, measure.full, start=measure.start, before=before
        ).sales_share

    def _write(self, stages: Floats, electric: Floats, acting: list[Measure]) -> None:
        """Set the rows of the stages, and add rows for stages and technologies that are not there yet."""
        sheet, names = self.sheet, list(self.fleet.stage_years)
        step = Step("fleet_turnover", "fleet")
        like = int(self.rows[np.argmax([self.fleet.stage_years[stage][0] for stage in self.stages])])
        for place, stage in enumerate(names):
            own = self.rows[[one == stage for one in self.stages]]
            amount = stages[..., place]
            if len(own):
                # several rows of a stage keep their proportions
                base = sheet.rows["quantity"].to_numpy(dtype=np.float64)[own]
                for row, part in zip(own.tolist(), base / base.sum() if base.sum() else base, strict=True):
                    sheet.put(step, row, amount * part)
            elif np.any(amount != 0):
                sheet.add(step, like, {"stage": stage}, amount)
        number = 0
        for measure in acting:
            if measure.do.kind == "scrap_stock":
                continue
            columns = dict(measure.do.replaced_by) or {"activity": measure.do.technology}
            sheet.add(Step(measure.id, measure.do.kind), like, {"stage": "", **columns}, electric[..., number])
            number += 1


def _by_year(stock: Floats) -> Floats:
    """Return the stock of each year over all vintages; exact, so that years not shown change no bit."""
    return np.array([math.fsum(year) for year in stock])
