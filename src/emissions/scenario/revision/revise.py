"""A scenario as a revision of the activity data of its base year; accounting is the engine's and nothing else's.

Order: drivers; caps, shifts, scrapping, efficiency; power balance; the envelope, whose residual takes what is left
open; controls. Each cell of the balance has one determinant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity import ActivityTable
from emissions.engine.strata import choose_strata, split_by
from emissions.errors import Problem, ScenarioError
from emissions.scenario.model import Measure, Scenario
from emissions.scenario.revision.captured import with_efficiencies
from emissions.scenario.revision.carriers import Carriers
from emissions.scenario.revision.close import Energy, close, coal_of_power, set_power
from emissions.scenario.revision.envelope import Bridge, Envelope, envelope, gdp_index
from emissions.scenario.revision.fleets import FLEET_KINDS, turn_fleets
from emissions.scenario.revision.measures import AFTER_POWER, apply, in_order, left_to_others
from emissions.scenario.revision.power import CAPACITY_KINDS, PowerBalance, balance
from emissions.scenario.revision.select import selected
from emissions.scenario.revision.sheet import Sheet, Step
from emissions.scenario.revision.values import Values
from emissions.units import scale
from emissions.vocabulary import Vocabulary

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Revised:
    """The activity data of a scenario, and what led to them.

    Attributes
    ----------
    sheet
        Rows and their quantities by year (and draw).
    years
        Base year first.
    gdp
        Real GDP by year, base year = 1.
    plan, power
        Envelope and power balance where the scenario has them.
    bridge
        From the energy balance to the territory.
    notes
        What the user should know.
    impossible
        Draws that ask for what cannot be, shape (draws,), or (1,) without draws.
    """

    sheet: Sheet
    years: tuple[int, ...]
    gdp: Floats
    plan: Envelope | None
    power: PowerBalance | None
    bridge: Bridge
    notes: tuple[Problem, ...]
    impossible: npt.NDArray[np.bool_]

    def table(self, base: ActivityTable, *, empty: bool = False) -> ActivityTable:
        """Return the activity table of all years (of the first draw); the base year's rows stay as they are.

        Parameters
        ----------
        empty
            Show the rows that came in also in years in which nothing has.
        """
        return _table(self, base, empty=empty)


def base_rows(base: ActivityTable, year: int, vocabulary: Vocabulary) -> ActivityTable:
    """Return the activity table of one year, rows under several controls split as the sheet of controls says.

    What a measure brings under a control has to see what stands under it already.

    Raises
    ------
    ScenarioError
        If it has no row of that year.
    SharesDoNotSum, AmbiguousFactor
        From the split.
    """
    here = (base.rows["year"] == year).to_numpy()
    if not here.any():
        years = ", ".join(str(one) for one in sorted(base.rows["year"].unique()))
        raise ScenarioError([Problem("base_year_not_in_data", found=str(year), allowed=years)])
    own = base if here.all() else replace(base, rows=base.rows[here].reset_index(drop=True))
    chosen = choose_strata(own, vocabulary)
    if chosen is None:
        return own
    # the engine speaks of the lines that are left
    return replace(split_by(chosen, own), strata=own.strata[~chosen.used], notes=own.notes)


def revise(
    base: ActivityTable,
    known: Carriers,
    scenario: Scenario,
    vocabulary: Vocabulary,
    *,
    years: tuple[int, ...] | None = None,
    measures: Collection[str] | None = None,
    shifts: Mapping[str, Floats] | None = None,
    factors: Mapping[str, Floats] | None = None,
) -> Revised:
    """Return the revised activity data of a scenario.

    Parameters
    ----------
    base
        Activity data of the base year (:func:`base_rows`).
    known
        Its carriers.
    years
        Ascending, base year first; those of the scenario if not given.
    measures
        Ids of the measures that apply; all if not given.
    shifts, factors
        Draws, as :class:`~emissions.scenario.revision.values.Values` takes them.

    Raises
    ------
    ScenarioError
        If the scenario asks for what is impossible: a carrier or coal power below zero, shares above one.
    """
    values = Values(scenario, years or scenario.years, shifts, factors)
    chosen = [one for one in in_order(scenario.measures) if measures is None or one.id in measures]
    sheet = Sheet.of(base.rows, len(values.years))
    notes: list[Problem] = []
    determined = _determined(sheet, scenario, vocabulary)
    _drive(sheet, scenario, values, vocabulary, determined, notes)
    turned = _turn(sheet, values, [one for one in chosen if one.do.kind in FLEET_KINDS], vocabulary)
    chosen = [one for one in chosen if one.id not in turned]
    inside = [one for one in chosen if one.do.kind not in (*CAPACITY_KINDS, *AFTER_POWER)]
    _apply(inside, sheet, values, vocabulary, determined, notes)
    _nothing_came_to_power(sheet, scenario, determined, vocabulary)
    bridge, book = Bridge(), Energy(known, base.rows, vocabulary)
    power = None
    if scenario.power is not None:
        built = [one for one in chosen if one.do.kind in CAPACITY_KINDS]
        power = balance(scenario, values, built, _new_demand(sheet, vocabulary))
        set_power(sheet, power, scenario, bridge, book)
    plan = envelope(scenario, values)
    if plan is not None:
        close(sheet, plan, power, scenario, values, bridge, book)
    _apply([one for one in chosen if one.do.kind in AFTER_POWER], sheet, values, vocabulary, determined, notes)
    notes += [*values.notes.values(), *_held(sheet)]
    gdp = gdp_index(scenario, values)
    return Revised(sheet, values.years, gdp, plan, power, bridge, tuple(notes), values.impossible)


def _determined(sheet: Sheet, scenario: Scenario, vocabulary: Vocabulary) -> npt.NDArray[np.bool_]:
    """Tell which rows the power balance, or the stated share of power in coal, determines: nothing else moves them."""
    if scenario.power is None and "power_share_of_coal" not in scenario.levers:
        return np.zeros(len(sheet), dtype=bool)
    return coal_of_power(sheet.rows, scenario, vocabulary)


def _nothing_came_to_power(
    sheet: Sheet, scenario: Scenario, determined: npt.NDArray[np.bool_], vocabulary: Vocabulary
) -> None:
    """Raise ScenarioError if a measure moved something to rows that the power balance determines."""
    if not determined.any() or len(sheet) == len(determined):
        return
    came = np.flatnonzero(coal_of_power(sheet.rows, scenario, vocabulary)[len(determined) :]) + len(determined)
    names = dict.fromkeys(step.id for step, row, _, _ in sheet.moved if row in came)
    if names:
        raise ScenarioError([Problem("power_determines_rows", found=name) for name in names])


def _drive(
    sheet: Sheet,
    scenario: Scenario,
    values: Values,
    vocabulary: Vocabulary,
    determined: npt.NDArray[np.bool_],
    notes: list[Problem],
) -> None:
    """Scale the rows that drivers name; several drivers of a row multiply."""
    for name, driver in scenario.drivers.items():
        if not driver.drives:
            continue
        rows = np.zeros(len(sheet), dtype=bool)
        for selector in driver.drives:
            rows |= selected(selector, sheet.rows, vocabulary)
        if not rows.any():
            notes.append(Problem("driver_moves_nothing", level="warning", found=name))
            continue
        rows = left_to_others(name, rows, determined, values)
        if driver.unit.endswith(("/year", "/a")):
            factor = values.growth(f"drivers.{name}", driver)
        else:
            path = values.path(f"drivers.{name}", driver, driver.unit)
            factor = path / path[..., :1]
        sheet.scale(Step(name, "driver"), rows, factor)


def _turn(sheet: Sheet, values: Values, measures: list[Measure], vocabulary: Vocabulary) -> set[str]:
    """Let the fleets turn over in every year, also those that are not shown; return the measures that acted."""
    scenario = values.scenario
    if not scenario.fleets:
        return set()
    last = max([values.years[-1], *(measure.full for measure in measures)])
    every = Values(scenario, range(values.years[0], last + 1), values.shifts, values.factors)
    driven = Sheet.of(sheet.rows, len(every.years))
    _drive(driven, scenario, every, vocabulary, np.zeros(len(sheet), dtype=bool), [])
    turned = turn_fleets(sheet, driven.quantity, every, values.years, measures, vocabulary)
    values.notes |= every.notes
    return turned


def _apply(
    measures: list[Measure],
    sheet: Sheet,
    values: Values,
    vocabulary: Vocabulary,
    determined: npt.NDArray[np.bool_],
    notes: list[Problem],
) -> None:
    idle = [measure.id for measure in measures if not apply(measure, sheet, values, vocabulary, determined)]
    notes += [Problem("measure_acts_on_nothing", level="warning", found=name) for name in idle]


def _new_demand(sheet: Sheet, vocabulary: Vocabulary) -> Floats | float:
    """Return the power that rows which came in use, TWh by year."""
    own = np.arange(len(sheet)) >= np.flatnonzero(sheet.origin == np.arange(len(sheet))).size
    rows = own & selected_power(sheet.rows, vocabulary)
    if not rows.any():
        return 0.0
    used: Floats = sheet.quantity[..., rows].sum(axis=-1) * scale("TJ", "TWh")
    return used


def selected_power(rows: pd.DataFrame, vocabulary: Vocabulary) -> npt.NDArray[np.bool_]:
    """Tell which rows are power used inside the region."""
    power = np.array([_is_power(str(word), vocabulary) for word in rows["activity"]], dtype=bool)
    return power & (rows["use"].astype(str) == "own_use").to_numpy()


def _is_power(word: str, vocabulary: Vocabulary) -> bool:
    return vocabulary.activities[word]["kind"] == "electricity" if word in vocabulary.activities else False


def _held(sheet: Sheet) -> list[Problem]:
    """Say which rows nothing moves."""
    moved = {row for _, row, _, _ in sheet.moved}
    quantity = np.nan_to_num(sheet.rows["quantity"].to_numpy(dtype=np.float64))
    still = [row for row in range(len(sheet)) if row not in moved and quantity[row]]
    names = sorted({f"{sheet.rows['category'].iat[row]} {sheet.rows['activity'].iat[row]}" for row in still})
    if not moved or not names:
        return []
    return [Problem("rows_held", level="info", found=str(len(still)), facts={"rows": ", ".join(names)})]


# ---------------------------------------------------------------- back to an activity table


def _table(revised: Revised, base: ActivityTable, *, empty: bool) -> ActivityTable:
    if not revised.sheet.moved and len(revised.years) == 1:
        return base
    sheet = revised.sheet
    quantity = sheet.quantity.reshape(-1, *sheet.quantity.shape[-2:])[0]
    start = base.rows["quantity"].to_numpy(dtype=np.float64)
    came_in = np.arange(len(sheet)) >= len(base.rows)
    shown = ~came_in | (quantity != 0) | empty
    shown[0] &= came_in
    line, place = np.nonzero(shown)
    rows = sheet.rows.iloc[place].reset_index(drop=True)
    amount, origin, year = quantity[line, place], sheet.origin[place], np.array(revised.years)[line]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(start[origin] != 0, amount / start[origin], 0.0)
    names = [f"{name} @{when}" for name, when in zip(rows["activity_id"], year.tolist(), strict=True)]
    bounds = {bound: rows[bound].to_numpy(dtype=np.float64) * ratio for bound in ("low", "high")}
    rows = rows.assign(activity_id=names, year=year, quantity=amount, **bounds)
    parents = base.rows["activity_id"].astype(str).to_numpy()[origin]
    why = [f"@{when}" for when in year.tolist()]
    links = pd.DataFrame({"activity_id": names, "parent_id": parents, "coefficient": ratio, "why": why})
    joined = pd.concat([base.rows, rows], ignore_index=True) if len(rows) else base.rows
    first = revised.years[0]
    measured = with_efficiencies(_any_year(base.measured, first), sheet)
    table = replace(base, measured=measured, strata=_any_year(base.strata, first))
    return table.with_rows(joined, parents=links)


def _any_year(selectors: pd.DataFrame, year: int) -> pd.DataFrame:
    """Let what is stated for the base year hold in every year."""
    if selectors.empty:
        return selectors
    stated = selectors["year"].astype(str).isin([str(year), f"{year}.0"])
    return selectors.assign(year=selectors["year"].astype(object).mask(stated, ""))
