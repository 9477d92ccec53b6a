"""What a measure does to the rows it acts on: one function a kind, all of them scaling or moving rows of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError
from emissions.scenario.model import KINDS, Measure
from emissions.scenario.revision.select import selected
from emissions.scenario.revision.sheet import Sheet, Step
from emissions.scenario.revision.values import Values
from emissions.units import BASE_UNITS, scale
from emissions.vocabulary import Vocabulary

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
AFTER_POWER = ("control_share",)
AGREES = 1.0
"""Percentage points by which a stated share of the base year may differ from that of the inventory."""


def in_order(measures: tuple[Measure, ...]) -> list[Measure]:
    """Return measures in the order in which they apply: by kind, those of a kind as they stand in the file.

    Examples
    --------
    >>> def one(name, kind):
    ...     body = {"id": name, "title": name, "acts_on": {}, "do": {"kind": kind}, "start": 2021, "full": 2025}
    ...     return Measure.model_validate(body)
    >>> [measure.id for measure in in_order((one("a", "control_share"), one("b", "shift"), one("c", "shift")))]
    ['b', 'c', 'a']
    """
    return sorted(measures, key=lambda measure: KINDS.index(measure.do.kind))


def stated(measure: Measure, name: Literal["amount", "base"]) -> float:
    """Return a number of a measure.

    Raises
    ------
    ScenarioError
        If the measure does not state it; reading a file finds that before.
    """
    value: float | None = getattr(measure.do, name)
    if value is None:
        facts = {"measure": measure.id, "kind_of": measure.do.kind}
        raise ScenarioError([Problem("measure_without_number", found=name, facts=facts)])
    return value


def apply(
    measure: Measure, sheet: Sheet, values: Values, vocabulary: Vocabulary, determined: Flags | None = None
) -> bool:
    """Apply a measure to a sheet; return whether it acts on any row.

    Shares of sales and of stock act on the vehicles of a fleet only (:mod:`emissions.scenario.revision.fleets`).

    Parameters
    ----------
    determined
        Rows that the power balance determines, shape (rows of the base year,): all but controls leave them alone.

    Raises
    ------
    ScenarioError
        If a level leaves what is possible, such as a share above 100 %; if it acts on nothing but rows that the
        power balance determines, or moves something to them.
    """
    rows = selected(measure.acts_on, sheet.rows, vocabulary)
    if not rows.any() or measure.do.kind not in _KINDS:
        return False
    if determined is not None and measure.do.kind not in AFTER_POWER:
        rows = left_to_others(measure.id, rows, determined, values)
    _KINDS[measure.do.kind](measure, sheet, rows, values)
    if measure.do.kind not in AFTER_POWER:
        sheet.settled[: len(rows)] |= rows
    return True


def left_to_others(name: str, rows: Flags, determined: Flags, values: Values) -> Flags:
    """Return rows without those the power balance determines; what is left out is said.

    Raises
    ------
    ScenarioError
        If none is left: a number that would move the same tonnes a second time has no effect to show.
    """
    own = rows.copy()
    own[: len(determined)] &= ~determined
    if not own.any():
        raise ScenarioError([Problem("power_determines_rows", found=name)])
    if left := int(rows.sum() - own.sum()):
        values.note(Problem("power_rows_left_out", level="info", found=name, facts={"rows": str(left)}))
    return own


def _activity_cap(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Hold rows at or below a level from ``start`` on: a change of the base year, or a total shared as it stands."""
    begun = values.phase(measure) > 0
    step = Step(measure.id, measure.do.kind)
    if measure.do.amount_is == "change":
        base = sheet.rows["quantity"].to_numpy(dtype=np.float64)
        most = base * (1 + stated(measure, "amount") / 100)
        sheet.cap(step, rows, np.where(begun[:, None], most, np.inf))
        return
    unit = BASE_UNITS[str(sheet.rows["dimension"].to_numpy()[rows][0])]
    total = np.where(rows, np.nan_to_num(sheet.quantity), 0.0).sum(axis=-1)
    allowed = stated(measure, "amount") * scale(measure.do.unit, unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(begun & (total > allowed), allowed / total, 1.0)
    sheet.scale(step, rows, factor)


def _efficiency(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Change what is used for the same service: ``amount`` percent of it, negative for a saving."""
    left = 1 + values.level(measure, 0.0, stated(measure, "amount")) / 100
    values.within("level_out_of_range", 100 * left, "%", measure=measure.id)
    sheet.scale(Step(measure.id, measure.do.kind), rows, np.maximum(left, 0.0))


def _scrap(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Take rows down to a share of the base year (a forced cut); the service goes on where it says by what."""
    base = stated(measure, "base")
    left = values.level(measure, base, stated(measure, "amount")) / base
    gone = 1 - _within(left, measure, values)
    step = Step(measure.id, measure.do.kind)
    if measure.do.replaced_by:
        sheet.move(step, rows, gone, measure.do.replaced_by)
    else:
        sheet.scale(step, rows, 1 - gone)


def _shift(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Move a service from rows to others: what is not yet shifted in the base year falls with the stated level."""
    gone = _reached(measure, values)
    step = Step(measure.id, measure.do.kind)
    stays = 1.0 - sum(share.share for share in measure.do.to)
    if stays < -1e-9:
        raise ScenarioError([Problem("shift_shares", found=measure.id, facts={"total": f"{1 - stays:g}"})])
    left = np.ones_like(gone)
    for to in measure.do.to:
        # one after the other, so each takes its part of what the ones before have left
        part = np.minimum(np.divide(gone * to.share, left, out=np.zeros_like(left), where=left > 0), 1.0)
        columns: dict[str, str | float] = dict(to.set)
        if to.unit:
            dimension = next(name for name, unit in BASE_UNITS.items() if unit == to.unit)
            columns |= {"unit": to.unit, "dimension": dimension}
        sheet.move(step, _padded(rows, len(sheet)), part, columns, to.ratio)
        left = np.maximum(left - gone * to.share, 0.0)
    if stays > 1e-9:
        closed = np.minimum(gone * stays / left, 1.0)
        sheet.scale(step, _padded(rows, len(sheet)), 1 - closed)


def _control(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Bring a share of the activity of rows under a control.

    Levels are shares of all the rows selected, in each dimension. Where rows of the base year stand under the control,
    the inventory has its share, the file must agree with it, and what is missing to the level is taken from the others.
    Where none does, the file alone knows the share of the base year: only what comes on top of it is taken.
    """
    step = Step(measure.id, measure.do.kind)
    dimension = sheet.rows["dimension"].astype(str).to_numpy()
    under = np.array([measure.do.technology in _devices(text) for text in sheet.rows["control"]], dtype=bool)
    for name in dict.fromkeys(dimension[rows].tolist()):
        here = rows & (dimension == name)[: len(rows)]
        without = here & ~under[: len(rows)]
        if not without.any():
            continue
        share = _missing(measure, sheet, here, without, values)
        sheet.move(step, _padded(without, len(sheet)), share, {"control": measure.do.technology})


def _missing(measure: Measure, sheet: Sheet, rows: Flags, without: Flags, values: Values) -> Floats:
    """Return the share of the rows without a control that has to come under it, by year."""
    start = np.nan_to_num(sheet.rows["quantity"].to_numpy(dtype=np.float64))[: len(rows)]
    now = np.nan_to_num(sheet.quantity[..., : len(rows)])
    base, amount = stated(measure, "base"), stated(measure, "amount")
    if (rows & ~without).any():
        found = 100.0 * start[rows & ~without].sum() / start[rows].sum() if start[rows].sum() else base
        if abs(found - base) > AGREES:
            facts = {"measure": measure.id, "inventory": f"{found:.4g}"}
            raise ScenarioError([Problem("control_base_differs", found=f"{base:.4g}", facts=facts)])
        level = values.level(measure, found, amount)
        values.within("level_out_of_range", level, "%", low=min(found, base), high=100.0, measure=measure.id)
        total, rest = now[..., rows].sum(axis=-1), now[..., without].sum(axis=-1)
        lacking = np.where(values.phase(measure) > 0, rest - (1 - level / 100) * total, 0.0)
        missing: Floats = np.clip(np.divide(lacking, rest, out=np.zeros_like(lacking), where=rest > 0), 0.0, 1.0)
        return missing
    if base > 0:
        facts = {"measure": measure.id, "control": measure.do.technology}
        values.note(Problem("control_base_not_in_rows", level="warning", found=f"{base:g}", facts=facts))
    level = values.level(measure, base, amount)
    values.within("level_out_of_range", level, "%", high=100.0, measure=measure.id)
    return _within((level - base) / 100, measure, values)


def _devices(control: object) -> set[str]:
    """Return a control and the devices it consists of."""
    text = "" if control is None or control != control else str(control)  # noqa: PLR0124  NaN is not equal to itself
    return {text, *text.split("+")}


def _padded(rows: Flags, size: int) -> Flags:
    return np.append(rows, np.zeros(size - len(rows), dtype=bool))


def _reached(measure: Measure, values: Values) -> Floats:
    """Return the share of what was left in the base year that a measure has reached."""
    base = stated(measure, "base")
    level = values.level(measure, base, stated(measure, "amount"))
    return _within((level - base) / (100 - base) if base < 100 else np.zeros_like(level), measure, values)


def _within(share: Floats, measure: Measure, values: Values) -> Floats:
    values.within("level_out_of_range", 100 * share, "%", high=100.0, measure=measure.id)
    clipped: Floats = np.clip(share, 0.0, 1.0)
    return clipped


_KINDS: Mapping[str, Callable[[Measure, Sheet, Flags, Values], None]] = {
    "activity_cap": _activity_cap,
    "efficiency": _efficiency,
    "scrap_stock": _scrap,
    "shift": _shift,
    "control_share": _control,
}
