"""Measured parameters and control strata, with the columns that select the rows they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from emissions.activity.cells import Reading, read_quantity, read_share, text_of
from emissions.activity.check import Checked, regions, years
from emissions.activity.collect import Collector
from emissions.activity.given import Given
from emissions.activity.plausible import bound, parts_above_whole
from emissions.activity.raw import RawRows
from emissions.activity.table import MEASURED_COLUMNS, SELECTOR_COLUMNS, STRATA_COLUMNS, cell_of
from emissions.activity.words import find_category, find_controls, find_unit, find_word
from emissions.errors import place_of
from emissions.units import BASE_UNITS, convertible, per, scale
from emissions.vocabulary import load_vocabulary

SHARE_TOLERANCE = 1e-6
"""Shares of the strata of one selection sum to 1 within this."""
_SHARES = ("share", "collection_efficiency", "operating_rate")


def check_measured(raw: RawRows, given: Given) -> Checked:
    """Check measured parameters; values come out in the unit of the parameter.

    A parameter per unit of activity (``GJ/{per}``) takes the dimension that the measured unit fits:
    ``GJ/t`` gives ``TJ/(t)``.
    """
    found = Collector(raw)
    parameters = found.words("parameter", lambda text: find_word("parameters", text), "unknown_parameter")
    found.require("parameter", parameters, "parameter_missing")
    columns: dict[str, object] = {"parameter": parameters}
    columns["substance"] = found.words("substance", lambda text: find_word("substances", text), "unknown_substance")
    units = found.texts("unit", raw.units.get("value", ""))
    targets: list[str] = []
    values: dict[str, list[float]] = {"value": [], "low": [], "high": []}
    for position, (parameter, unit) in enumerate(zip(parameters, units, strict=True)):
        target = _measured_row(found, position, parameter, unit, values)
        targets.append(target)
    columns |= {name: np.array(each) for name, each in values.items()}
    columns["unit"] = targets
    columns["value_as_printed"] = [text_of(cell) for cell in raw.table["value"]]
    columns["unit_as_printed"] = units
    columns |= _selectors(found, given)
    columns["measured_id"] = _identities(raw, "value")
    frame = _frame(found, columns, [*MEASURED_COLUMNS, *SELECTOR_COLUMNS], "value")
    _report_twice(found, frame, ["parameter", "substance", *SELECTOR_COLUMNS], "value")
    checked = _result(found, frame)
    return replace(checked, notes=(*checked.notes, *parts_above_whole(checked.rows)))


def _measured_row(found: Collector, position: int, parameter: str, unit: str, values: dict[str, list[float]]) -> str:
    """Read value and bounds of one row into ``values`` and return the unit they are in."""
    row = load_vocabulary().parameters.get(parameter)
    readings = {name: _measured_cell(found, position, name, row, unit) for name in values}
    unit = unit or readings["value"].unit
    target, factor = ("", 1.0) if row is None else _target(found, position, row["unit"], unit, readings["value"])
    for name, reading in readings.items():
        value = reading.value * factor
        values[name].append(value)
        if row is not None and row["unit"] == "1" and _is_tiny_percent(value, unit):
            found.say("tiny_percent", position, name, text_of(found.raw.table[name].iat[position]), "warning")
        if reading.problem and name in found.raw.table.columns:
            found.add(reading.problem, position, name, found=text_of(found.raw.table[name].iat[position]))
        elif row is not None and "{per}" not in row["unit"] and _outside(value, row["minimum"], row["maximum"]):
            found.add(
                "outside_range",
                position,
                name,
                found=text_of(found.raw.table[name].iat[position]),
                allowed=f"{row['minimum'] or '−∞'} – {row['maximum'] or '∞'} {row['unit']}",
                label_zh=row["label_zh"],
                label_en=row["label_en"],
            )
    return target


def _measured_cell(found: Collector, position: int, name: str, row: dict[str, str] | None, unit: str) -> Reading:
    if name not in found.raw.table.columns:
        return Reading(blank=True)
    cell = found.raw.table[name].iat[position]
    if row is not None and row["unit"] == "1" and not unit:
        return read_share(cell, percent_column=False)
    if row is not None and row["unit"] == "1" and find_unit(unit).unit == "percent":
        return read_share(cell, percent_column=True)
    reading = read_quantity(cell, from_text_file=found.raw.is_text, decimal_comma="refuse")
    return Reading(problem="not_a_number") if reading.notation else reading


def _target(found: Collector, position: int, unit: str, printed: str, reading: Reading) -> tuple[str, float]:
    """Return the unit a measured value is converted to and the number that does it."""
    if unit == "1" and (not printed or find_unit(printed).unit in {"percent", "1"}):
        return "1", 1.0
    where = "unit" if "unit" in found.raw.columns else "value"
    looked = find_unit(printed)
    known = load_vocabulary().units.get(looked.unit)
    own = bool(printed) and _own_unit(printed, unit)
    expression = printed if own or known is None else known.expression
    if known is None and not own:
        if not (reading.problem or reading.blank):
            found.add(
                looked.problem,
                position,
                where,
                found=printed,
                nearest=looked.nearest,
                readings=looked.readings,
                hint_zh=looked.hint_zh,
                hint_en=looked.hint_en,
            )
        return "", 1.0
    for dimension in BASE_UNITS:
        target = per(unit, dimension)
        if dimension != "ratio" and convertible(expression, target):
            return target, scale(expression, target)
    allowed = unit.replace("{per}", "t | TJ | m^3 | km | unit | ha")
    found.add("unit_not_of_parameter", position, where, found=printed, allowed=allowed)
    return "", 1.0


def _own_unit(printed: str, unit: str) -> bool:
    """Tell whether a unit is of the kind of a parameter's own, such as ``min/d`` or ``GJ/t``, though no list has it."""
    return any(convertible(printed, per(unit, dimension)) for dimension in BASE_UNITS if dimension != "ratio")


def _is_tiny_percent(fraction: float, unit: str) -> bool:
    """Tell whether a share written with the unit % is so small that a fraction may have been meant."""
    return 0 < fraction * 100 < bound("percent_in_a_cell").value and find_unit(unit).unit == "percent"


def _outside(value: float, minimum: str, maximum: str) -> bool:
    return bool(minimum and value < float(minimum)) or bool(maximum and value > float(maximum))


def check_strata(raw: RawRows, given: Given) -> Checked:
    """Check control strata: devices, shares of the activity under them, collection and operating rate."""
    found = Collector(raw)
    columns: dict[str, object] = {"control": found.words("control", find_controls, "unknown_control")}
    found.require("control", found.texts("control"), "control_missing")
    columns |= {name: _shares(found, name) for name in _SHARES}
    columns |= _selectors(found, given)
    columns["stratum_id"] = _identities(raw, "share")
    frame = _frame(found, columns, [*STRATA_COLUMNS, *SELECTOR_COLUMNS], "share")
    _report_twice(found, frame, ["control", *SELECTOR_COLUMNS], "share")
    if not found.refused.any():
        _report_sums(found, frame)
    return _result(found, frame)


def _shares(found: Collector, name: str) -> list[float]:
    if name not in found.raw.table.columns:
        return [float("nan")] * len(found.raw.table)
    percent = found.raw.units.get(name, "") in {"%", "percent"}
    shares: list[float] = []
    for position, cell in enumerate(found.raw.table[name]):
        reading = read_share(cell, percent_column=percent)
        if reading.problem or reading.notation:
            found.add(reading.problem or "not_a_number", position, name, found=text_of(cell))
        elif not 0 <= reading.value <= 1 and not reading.blank:
            found.add("share_outside", position, name, found=text_of(cell), allowed="0–1 (0–100 %)")
        elif reading.said:
            found.say(reading.said, position, name, text_of(cell), "warning")
        shares.append(reading.value)
    return shares


def _report_sums(found: Collector, frame: pd.DataFrame) -> None:
    sums = frame.groupby(list(SELECTOR_COLUMNS), dropna=False, sort=False)["share"]
    for positions in sums.indices.values():
        total = float(frame["share"].iloc[positions].sum())
        if abs(total - 1) > SHARE_TOLERANCE:
            found.add(
                "shares_do_not_sum",
                int(positions[0]),
                "share",
                found=f"{total:g}",
                **sum_facts(frame.iloc[positions]),
            )


def sum_facts(rows: pd.DataFrame) -> dict[str, str]:
    """Return what the problem of shares that do not sum says of their rows: the cells, and what they are for."""
    several = rows["file"].nunique() > 1
    places = [
        place_of(str(row["file"]), str(row["sheet"]), str(row["cell"])) if several else cell_of(row)
        for row in rows.to_dict("records")
    ]
    first = rows.iloc[0]
    return {"cells": ", ".join(places)} | {f"for_{name}": str(first[name] or "") for name in SELECTOR_COLUMNS}


def _selectors(found: Collector, given: Given) -> dict[str, object]:
    nowhere = Given(choices=given.choices)
    return {
        "region": regions(found, nowhere, required=False),
        "year": [str(year) if year else "" for year in years(found, nowhere, required=False)],
        "category": found.words("category", find_category, "unknown_category"),
        "activity": found.words("activity", lambda text: find_word("activities", text), "unknown_activity"),
        "technology": found.words(
            "technology",
            lambda text: find_word("technology", text),
            "unknown_condition",
            condition="technology",
            label_zh="技术",
            label_en="technology",
        ),
        "facility": found.texts("facility"),
        "data_source": found.texts("data_source"),
    }


def _identities(raw: RawRows, field: str) -> list[str]:
    sheet = f"{raw.sheet}!" if raw.sheet else ""
    return [f"{raw.file} {sheet}{raw.cell(position, field)}" for position in range(len(raw.table))]


def _frame(found: Collector, columns: dict[str, object], names: Sequence[str], field: str) -> pd.DataFrame:
    raw = found.raw
    frame = pd.DataFrame(columns)
    frame["file"], frame["sheet"], frame["row"] = raw.file, raw.sheet, raw.table["row"].to_numpy(dtype=np.int64)
    frame["cell"] = [raw.cell(position, field) for position in range(len(raw.table))]
    return frame[list(names)]


def _report_twice(found: Collector, frame: pd.DataFrame, columns: Sequence[str], field: str) -> None:
    groups = frame.groupby(list(columns), dropna=False, sort=False).indices
    for positions in groups.values():
        for position in positions[1:]:
            found.add(
                "selection_twice",
                int(position),
                field,
                found=text_of(found.raw.table[field].iat[int(position)]),
                other=found.raw.cell(int(positions[0]), field),
            )


def _result(found: Collector, frame: pd.DataFrame) -> Checked:
    keep = np.flatnonzero(~found.refused)
    return Checked(
        frame.iloc[keep].reset_index(drop=True),
        tuple(found.problems),
        tuple(found.notes()),
        int(found.refused.sum()),
        keep.tolist(),
    )
