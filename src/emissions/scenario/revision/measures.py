"""What a measure does to the rows it acts on: one function a kind, all of them scaling or moving rows of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


def apply(measure: Measure, sheet: Sheet, values: Values, vocabulary: Vocabulary) -> bool:
    """Apply a measure to a sheet; return whether it acts on any row.

    Shares of sales and of stock act on the vehicles of a fleet only (:mod:`emissions.scenario.revision.fleets`).

    Raises
    ------
    ScenarioError
        If a level leaves what is possible, such as a share above 100 %.
    """
    rows = selected(measure.acts_on, sheet.rows, vocabulary)
    if not rows.any() or measure.do.kind not in _KINDS:
        return False
    _KINDS[measure.do.kind](measure, sheet, rows, values)
    if measure.do.kind not in AFTER_POWER:
        sheet.settled[: len(rows)] |= rows
    return True


def _activity_cap(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Hold rows at or below a level from ``start`` on: a change of the base year, or a total shared as it stands."""
    begun = values.phase(measure) > 0
    step = Step(measure.id, measure.do.kind)
    if measure.do.amount_is == "change":
        base = sheet.rows["quantity"].to_numpy(dtype=np.float64)
        most = base * (1 + float(measure.do.amount or 0.0) / 100)
        sheet.cap(step, rows, np.where(begun[:, None], most, np.inf))
        return
    unit = BASE_UNITS[str(sheet.rows["dimension"].to_numpy()[rows][0])]
    total = np.where(rows, np.nan_to_num(sheet.quantity), 0.0).sum(axis=-1)
    allowed = float(measure.do.amount or 0.0) * scale(measure.do.unit, unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(begun & (total > allowed), allowed / total, 1.0)
    sheet.scale(step, rows, factor)


def _efficiency(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Change what is used for the same service: ``amount`` percent of it, negative for a saving."""
    left = 1 + values.level(measure, 0.0, float(measure.do.amount or 0.0)) / 100
    values.within("level_out_of_range", 100 * left, "%", measure=measure.id)
    sheet.scale(Step(measure.id, measure.do.kind), rows, np.maximum(left, 0.0))


def _scrap(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Take rows down to a share of the base year (a forced cut); the service goes on where it says by what."""
    base = 100.0 if measure.do.base is None else measure.do.base
    left = values.level(measure, base, float(measure.do.amount or 0.0)) / base
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
        sheet.move(step, np.append(rows, np.zeros(len(sheet) - len(rows), dtype=bool)), part, columns, to.ratio)
        left = np.maximum(left - gone * to.share, 0.0)
    if stays > 1e-9:
        closed = np.minimum(gone * stays / left, 1.0)
        sheet.scale(step, np.append(rows, np.zeros(len(sheet) - len(rows), dtype=bool)), 1 - closed)


def _control(measure: Measure, sheet: Sheet, rows: Flags, values: Values) -> None:
    """Bring a share of rows under a control; what was under it in the base year stays as the inventory has it."""
    sheet.move(Step(measure.id, measure.do.kind), rows, _reached(measure, values), {"control": measure.do.technology})


def _reached(measure: Measure, values: Values) -> Floats:
    """Return the share of what was left in the base year that a measure has reached."""
    base = float(measure.do.base or 0.0)
    level = values.level(measure, base, float(measure.do.amount or 0.0))
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
