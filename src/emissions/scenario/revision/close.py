"""Closing the envelope: what the power balance and the measures leave open of a carrier goes to a named residual."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.errors import Problem, ScenarioError
from emissions.scenario.model import Path, Scenario, Selector, Term
from emissions.scenario.revision.carriers import Carriers
from emissions.scenario.revision.envelope import MOST, Bridge, Envelope
from emissions.scenario.revision.power import PowerBalance
from emissions.scenario.revision.select import selected
from emissions.scenario.revision.sheet import Sheet, Step
from emissions.scenario.revision.values import Values
from emissions.units import scale
from emissions.vocabulary import Vocabulary

Floats = npt.NDArray[np.float64]
POWER_ROWS = Selector(categories=("IPCC2006:1A1ai",), activities=("coal",), uses=("combustion",))
EXPORTED = "exported_power"


def set_power(sheet: Sheet, power: PowerBalance, scenario: Scenario, bridge: Bridge, book: Energy) -> None:
    """Let the coal of power rows follow the power balance, in the level of the inventory.

    Raises
    ------
    ScenarioError
        If the inventory and the balance of the base year are further apart than :data:`MOST`, or there is no row.
    """
    rows = coal_of_power(sheet.rows, scenario, book.vocabulary)
    inventory = float(book.of(sheet, rows).reshape(-1)[0]) if rows.any() else 0.0
    stated = float(power.coal.reshape(-1)[0])
    ratio = inventory / stated if stated else np.inf
    bridge.ratio["power"] = (inventory, stated, ratio)
    if not 1 / MOST <= ratio <= MOST:
        facts = {"carrier": "power", "inventory": f"{inventory:.4g}", "stated": f"{stated:.4g}"}
        raise ScenarioError([Problem("harmonisation_too_far", found=f"{ratio:.3g}", facts=facts)])
    sheet.scale(Step("power_balance", "power"), rows, _from_base(power.coal))
    sheet.settled |= rows


def close(
    sheet: Sheet,
    plan: Envelope,
    power: PowerBalance | None,
    scenario: Scenario,
    values: Values,
    bridge: Bridge,
    book: Energy,
) -> None:
    """Scale the rows that nothing else determines so that each carrier meets the envelope.

    Raises
    ------
    ScenarioError
        If less than nothing is left for them, if something is left and there is no such row, or if a fuel that came
        in has no calorific value in the base year.
    """
    strange = book.without_energy(sheet)
    if strange:
        raise ScenarioError([Problem("came_in_without_energy", found=word) for word in strange])
    terms = _terms(sheet, power, scenario, values, book)
    for carrier, members in _carriers_of(plan).items():
        own = [(term, value) for term, value in terms if term.fuel in members]
        start = sum(float(book.base.total(one, sheet.rows["quantity"].to_numpy()[: book.size])) for one in members)
        if not start:
            continue
        local = bridge.local(carrier, start, plan.energy(carrier), own)
        wanted: Floats = local + sum((value for _, value in own), np.zeros(len(values.years)))
        if carrier == "coal" and power is None and "power_share_of_coal" in scenario.levers:
            _power_share(sheet, local, scenario, values, book)
        follows = np.isin(book.carrier(sheet), members) & ~sheet.settled
        settled = book.of(sheet, np.isin(book.carrier(sheet), members) & sheet.settled)
        free = book.of(sheet, follows)
        values.within("carrier_negative", wanted - settled, "Mtce", carrier=carrier)
        values.within("carrier_unmet", np.where(free > 0, 0.0, wanted - settled), "Mtce", high=0.0, carrier=carrier)
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(free > 0, (wanted - settled) / free, 1.0)
        factor[..., 0] = 1.0
        sheet.scale(Step(f"residual_{carrier}", "residual"), follows, factor, to="residual")


class Energy:
    """Energy and carrier of every row of a sheet, of those that came in too.

    Parameters
    ----------
    base
        Of the rows of the base year.
    rows
        The rows of the base year.
    """

    def __init__(self, base: Carriers, rows: pd.DataFrame, vocabulary: Vocabulary) -> None:
        self.base = base
        self.size = len(rows)
        self.vocabulary = vocabulary
        names = zip(rows["activity"].astype(str), rows["dimension"].astype(str), rows["use"].astype(str), strict=True)
        self._known: dict[tuple[str, str, str], int] = {}
        for place, name in enumerate(names):
            if np.isfinite(base.heat[place]):
                self._known.setdefault(name, place)

    def carrier(self, sheet: Sheet) -> npt.NDArray[np.object_]:
        """Return the carrier of each row, blank for none."""
        like = self._like(sheet)
        found = self.base.of_row[like]
        for place in np.flatnonzero(like < 0).tolist():
            found[place] = self._carrier_of(str(sheet.rows["activity"].iat[place]))
        return found

    def of(self, sheet: Sheet, rows: npt.NDArray[np.bool_]) -> Floats:
        """Return the counted energy of some rows in Mtce, shape (years,) or (draws, years)."""
        like = self._like(sheet)
        counted = rows & (like >= 0) & self.base.counted[like] & np.isfinite(self.base.heat[like])
        # a sum in the order of the rows: the same bits for any number of years and draws
        energy = np.ascontiguousarray(np.nan_to_num(sheet.quantity[..., counted]) * self.base.heat[like][counted])
        return np.asarray(energy.sum(axis=-1))

    def without_energy(self, sheet: Sheet) -> list[str]:
        """Return the fuels that came in and are unlike any row of the base year, so that their energy is not known."""
        strange = sheet.rows["activity"].astype(str)[self._like(sheet) < 0]
        return sorted({word for word in strange if self._carrier_of(word)})

    def _like(self, sheet: Sheet) -> npt.NDArray[np.int64]:
        """Return the row of the base year with the energy of each row: its own, or one of the same activity; or -1."""
        like = sheet.origin.copy()
        names = sheet.rows[["activity", "dimension", "use"]].astype(str)
        for place in range(self.size, len(sheet)):
            name, old = tuple(names.iloc[place]), tuple(names.iloc[like[place]])
            like[place] = self._known.get(name, like[place] if name[:2] == old[:2] else -1)
        return like

    def _carrier_of(self, word: str) -> str:
        above = {word, *self.vocabulary.activity_graph.ancestors(word)}
        return next((line["carrier"] for line in self.vocabulary.energy_carriers if line["activities"] in above), "")


def _terms(
    sheet: Sheet, power: PowerBalance | None, scenario: Scenario, values: Values, book: Energy
) -> list[tuple[Term, Floats]]:
    """Return the terms of the bridge with Mtce by year; the coal of exported power follows from the power balance."""
    found = []
    if power is not None:
        if any(term.id == EXPORTED for term in scenario.bridge):
            raise ScenarioError([Problem("exported_power_twice", found=EXPORTED)])
        coal = book.of(sheet, coal_of_power(sheet.rows, scenario, book.vocabulary))
        title = {"zh": "外送电力用煤", "en": "coal of exported power"}
        term = Term.model_validate({"id": EXPORTED, "title": title, "unit": "Mtce", "points": {}})
        found.append((term, coal * power.exported_share))
    for term in scenario.bridge:
        path = values.path(f"bridge.{term.id}", Path(unit=term.unit, points=term.points), "Mtce")
        found.append((term, path))
        if not term.rows.is_empty:
            rows = selected(term.rows, sheet.rows, book.vocabulary) & ~sheet.settled
            sheet.scale(Step(f"bridge_{term.id}", "bridge"), rows, _from_base(path))
            sheet.settled |= rows
    return found


def _power_share(sheet: Sheet, local: Floats, scenario: Scenario, values: Values, book: Energy) -> None:
    """Let the coal of power be a stated share of the coal used; the inventory has the share of the base year."""
    rows = coal_of_power(sheet.rows, scenario, book.vocabulary)
    if not rows.any():
        return
    lever = scenario.levers["power_share_of_coal"]
    start = book.of(sheet, rows)[..., :1] / local[..., :1]
    first = {scenario.base.year: float(start.reshape(-1)[0]) / scale(lever.unit, "1")}
    share = values.path("levers.power_share_of_coal", lever.model_copy(update={"points": first | lever.points}), "1")
    sheet.scale(Step("power_share_of_coal", "lever"), rows, _from_base(share * local))
    sheet.settled |= rows


def coal_of_power(rows: pd.DataFrame, scenario: Scenario, vocabulary: Vocabulary) -> npt.NDArray[np.bool_]:
    """Tell which rows are coal for power."""
    return selected(scenario.power.rows if scenario.power else POWER_ROWS, rows, vocabulary)


def _carriers_of(plan: Envelope) -> dict[str, Sequence[str]]:
    """Return carriers of the envelope with the carriers of the inventory each holds."""
    known: dict[str, Sequence[str]] = {"coal": ("coal",), "oil": ("oil",), "gas": ("gas",), "oil_gas": ("oil", "gas")}
    return {name: members for name, members in known.items() if name in plan.share}


def _from_base(path: Floats) -> Floats:
    """Return a path relative to its base year: exactly 1 there."""
    factor = path / path[..., :1]
    factor[..., 0] = 1.0
    return factor
