"""What a layout says of every row of its sheets: taken where a row states nothing, never in place of what it states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.cells import FIRST_YEAR, LAST_YEAR, is_blank, read_quantity, read_year
from emissions.activity.given import Given
from emissions.activity.raw import Content, RawRows
from emissions.activity.table import SELECTOR_COLUMNS
from emissions.activity.words import Looked, find_category, find_controls, find_unit, find_word
from emissions.errors import Problem
from emissions.vocabulary import load_vocabulary

_QUANTITY = {"activity": "quantity", "vehicles": "stock", "measured": "value"}
"""Content -> column whose unit a default may give."""
_OF_ROWS = ("region", "year", "category", "activity", "use", "control", "unit", "facility", "data_source")
_OF_SELECTORS = (*SELECTOR_COLUMNS, "data_source")


def default_problems(defaults: Mapping[str, str], content: Content, file: str) -> Iterator[Problem]:
    """Yield a problem for every default of a layout whose column or value is not known.

    Parameters
    ----------
    defaults
        Column -> value.
    content
        What the sheets of the layout hold.
    file
        Name of the layout file.
    """
    columns = _columns(content)
    for column, value in defaults.items():
        if column not in columns:
            near = get_close_matches(column, columns, n=1, cutoff=0.75)
            yield Problem("layout_default_column", file=file, found=column, nearest=near[0] if near else "")
            continue
        looked = _looked(column, value)
        if not looked.word:
            yield Problem(
                "layout_default_value", file=file, found=value, nearest=looked.nearest, facts={"column": column}
            )


def with_defaults(raw: RawRows, defaults: Mapping[str, str], given: Given) -> RawRows:
    """Return the rows with the defaults of their layout where they state nothing.

    What the caller gives for rows that state no region or year comes before the layout. A category is taken only
    where the row names no branch either; a unit only where neither the heading nor the cell of the quantity has one.
    The use is no word of the row: it comes after what the activity implies (:func:`check_activity`).
    """
    said = {"region": given.region, "year": given.year} if "use" in _columns(raw.content) else {}
    chosen = {name: value for name, value in defaults.items() if name != "use" and not said.get(name)}
    if not chosen or raw.table.empty:
        return raw
    units = dict(raw.units)
    quantity = _QUANTITY.get(raw.content, "")
    table = raw.table.copy()
    blank = {name: _blank(raw, name) for name in chosen}
    if "category" in chosen:
        blank["category"] &= _blank(raw, "branch")
    if "unit" in chosen:
        bare = [not read_quantity(cell, from_text_file=True).unit for cell in raw.table[quantity]]
        blank["unit"] &= np.array(bare, dtype=bool) & (quantity not in units)
        if raw.content == "vehicles" and blank["unit"].all():
            units[quantity] = chosen.pop("unit")
    for name, value in chosen.items():
        own = table[name] if name in table else pd.Series("", index=table.index, dtype=object)
        table[name] = own.mask(blank[name], value)
    return replace(raw, table=table, units=units)


def _columns(content: Content) -> tuple[str, ...]:
    if content == "strata":
        return _OF_SELECTORS
    return (*_OF_SELECTORS, "unit") if content == "measured" else (*_OF_ROWS, *load_vocabulary().conditions)


def _blank(raw: RawRows, name: str) -> npt.NDArray[np.bool_]:
    if name not in raw.table.columns:
        return np.ones(len(raw.table), dtype=bool)
    return np.array([is_blank(cell) for cell in raw.table[name]], dtype=bool)


def _looked(column: str, value: str) -> Looked:
    """Return the word of a default, blank with the nearest known word where there is none."""
    conditions = load_vocabulary().conditions
    if column in {"facility", "data_source"}:
        return Looked(value.strip())
    if column == "year":
        year = read_year(value)
        return Looked(value if year is not None and FIRST_YEAR <= year <= LAST_YEAR else "")
    if column == "unit":
        unit = find_unit(value)
        return Looked(unit.unit, nearest=unit.nearest)
    if column in conditions and conditions[column]["kind"] == "number":
        reading = read_quantity(value, from_text_file=True)
        return Looked("" if reading.problem or reading.notation or reading.blank or reading.unit else value)
    if column in {"category", "control"}:
        return (find_category if column == "category" else find_controls)(value)
    tables = {"region": "regions", "activity": "activities", "use": "uses"}
    return find_word(tables.get(column, column), value)
