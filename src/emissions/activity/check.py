"""Checking the rows of a sheet: every word is known, every quantity is one, the unit fits; all problems at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from typing import cast

import numpy as np
import pandas as pd

from emissions.activity.cells import FIRST_YEAR, LAST_YEAR, read_quantity, read_year, text_of
from emissions.activity.collect import Collector
from emissions.activity.given import Given
from emissions.activity.header import read_heading
from emissions.activity.implied import category_of_activity, category_of_branch, use_of
from emissions.activity.quantity import Quantities, read_quantities
from emissions.activity.raw import RawRows
from emissions.activity.words import find_category, find_controls, find_unit, find_word, known_word
from emissions.errors import Problem
from emissions.units import BASE_UNITS
from emissions.vocabulary import load_vocabulary

NEGATIVE_USES = frozenset({"recovery"})
"""Uses whose quantity is taken off; either sign is read, the table holds it negative."""
MEMBERS_SHOWN = 8
"""Number of members that are shown where a group stands in the place of an activity."""


@dataclass(frozen=True)
class Checked:
    """Rows of a sheet that passed, problems, notes and the number of rows that were refused."""

    rows: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    refused: int = 0
    positions: Sequence[int] = field(default_factory=tuple)


def check_activity(raw: RawRows, given: Given, *, quantity: str = "quantity", use: str = "") -> Checked:
    """Check activity data and turn them into rows of the activity table.

    Parameters
    ----------
    raw
        Rows of a sheet.
    given
        What the caller says beside the files.
    quantity
        Column of the quantity.
    use
        Use of rows that state none (of the layout).
    """
    found = Collector(raw)
    columns: dict[str, object] = {}
    columns["region"], columns["year"] = regions(found, given), years(found, given)
    activities = _activities(found)
    quantities = read_quantities(found, quantity, activities, given.decimal_comma)
    conditions = condition_columns(found)
    categories = found.words("category", find_category, "unknown_category")
    branches: Sequence[object] = conditions.get("branch", [""] * len(categories))
    categories = [
        category or category_of_branch(str(branch), activity)
        for category, branch, activity in zip(categories, branches, activities, strict=True)
    ]
    uses = found.words("use", lambda text: find_word("uses", text), "unknown_use")
    uses = [
        stated or use_of(activity, category, dimension, use)
        for stated, activity, category, dimension in zip(
            uses, activities, categories, quantities.dimension, strict=True
        )
    ]
    columns["category"] = categories = _categories(found, categories, activities, uses, branches)
    columns["activity"], columns["use"] = activities, _uses(found, uses, categories, activities)
    columns["dimension"] = quantities.dimension
    columns["control"] = found.words("control", find_controls, "unknown_control")
    columns |= _signed(found, quantities, uses, quantity) | conditions
    return _checked(found, columns, quantity)


def _checked(found: Collector, columns: dict[str, object], quantity: str) -> Checked:
    raw = found.raw
    dimensions = cast("Sequence[str]", columns["dimension"])
    frame = pd.DataFrame(
        columns
        | {
            "unit": [BASE_UNITS.get(dimension, "") for dimension in dimensions],
            "facility": found.texts("facility"),
            "data_source": found.texts("data_source"),
            "file": raw.file,
            "sheet": raw.sheet,
            "row": raw.table["row"].to_numpy(dtype=np.int64),
            "cell": _cells(raw, quantity),
            "activity_id": found.texts("activity_id"),
        }
    )
    keep = np.flatnonzero(~found.refused)
    return Checked(
        frame if len(keep) == len(frame) else frame.iloc[keep].reset_index(drop=True),
        tuple(found.problems),
        tuple(found.notes()),
        int(found.refused.sum()),
        keep.tolist(),
    )


def _cells(raw: RawRows, quantity: str) -> list[str]:
    if quantity in raw.cells:
        return [str(cell) for cell in raw.table[raw.cells[quantity]]]
    letters = raw.columns.get(quantity, "")
    return [f"{letters}{row}" for row in raw.table["row"]]


def regions(found: Collector, given: Given, *, required: bool = True) -> list[str]:
    """Return the region of every row: its own, else the one given."""
    words = found.words("region", lambda text: find_word("regions", text), "unknown_region")
    words = [word or ("" if text else given.region) for word, text in zip(words, found.texts("region"), strict=True)]
    if required:
        found.require("region", words, "region_missing")
    return words


def years(found: Collector, given: Given, *, required: bool = True) -> list[int]:
    """Return the year of every row: its own, else the one given; 0 where there is none."""
    texts = found.texts("year")
    read = {text: read_year(text) for text in dict.fromkeys(texts)}
    result: list[int] = []
    for position, text in enumerate(texts):
        year = read[text] if text else given.year
        if text and year is None:
            found.add("year_unreadable", position, "year", found=text)
        elif year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            found.add("year_out_of_range", position, "year", found=str(year), allowed=f"{FIRST_YEAR}–{LAST_YEAR}")
        elif year is None and required:
            found.add("year_missing", position, "year")
        result.append(year or 0)
    return result


def _activities(found: Collector) -> list[str]:
    words = found.words("activity", lambda text: find_word("activities", text), "unknown_activity")
    found.require("activity", words, "activity_missing")
    vocabulary = load_vocabulary()
    groups = {word for word in set(words) if word and not vocabulary.activities[word]["dimensions"]}
    for position, (word, text) in enumerate(zip(words, found.texts("activity"), strict=True) if groups else ()):
        if word in groups:
            found.add("activity_is_group", position, "activity", found=text, allowed=_members(word))
    return words


@cache
def _members(group: str) -> str:
    """Return some activities of a group, in both languages."""
    vocabulary = load_vocabulary()
    members = (
        vocabulary.activities[word]
        for word, parents in vocabulary.activity_graph.parents.items()
        if group in parents and vocabulary.activities[word]["dimensions"]
    )
    return ", ".join(f"{row['label_zh']} ({row['label_en']})" for row in islice(members, MEMBERS_SHOWN))


def condition_columns(found: Collector) -> dict[str, list[str] | list[float]]:
    """Return the condition columns of a sheet: words, or numbers with NaN where nothing is stated."""
    columns: dict[str, list[str] | list[float]] = {}
    for condition, row in load_vocabulary().conditions.items():
        if condition not in found.raw.table.columns:
            continue
        if row["kind"] == "number":
            columns[condition] = _numbers(found, condition, read_heading(row["label_en"], "").unit)
        else:
            columns[condition] = found.words(
                condition,
                partial(find_word, condition),
                "unknown_condition",
                condition=condition,
                label_zh=row["label_zh"],
                label_en=row["label_en"],
            )
    return columns


def _numbers(found: Collector, condition: str, unit: str) -> list[float]:
    """Read a column of numbers; a heading with another unit than that of the condition is a problem."""
    stated = found.raw.units.get(condition, "")
    if stated and find_unit(stated).unit != find_unit(unit).unit and len(found.raw.table):
        found.add("condition_in_other_unit", 0, condition, found=stated, allowed=unit, condition=condition)
    numbers: list[float] = []
    for position, cell in enumerate(found.raw.table[condition]):
        reading = read_quantity(cell, from_text_file=True)
        if reading.problem or reading.notation or reading.unit not in {"", "%"}:
            found.add("condition_not_a_number", position, condition, found=text_of(cell), condition=condition)
        numbers.append(reading.value)
    return numbers


def _uses(found: Collector, uses: list[str], categories: list[str], activities: list[str]) -> list[str]:
    """Report rows whose use neither is stated nor follows; not where category or activity are open already."""
    texts = found.texts("use")
    for position, (use, category, activity) in enumerate(zip(uses, categories, activities, strict=True)):
        if not use and category and activity and not texts[position]:
            found.add("use_missing", position, "use")
    return uses


def _categories(
    found: Collector,
    categories: list[str],
    activities: list[str],
    uses: list[str],
    branches: Sequence[object],
) -> list[str]:
    """Fill categories that follow from the activity, and report rows where none does."""
    stated, branch_texts = found.texts("category"), found.texts("branch")
    filled = [
        category or category_of_activity(activity, use)
        for category, activity, use in zip(categories, activities, uses, strict=True)
    ]
    for position, (category, activity) in enumerate(zip(filled, activities, strict=True)):
        unknown_branch = bool(branch_texts[position]) and not branches[position]
        if not category and activity and not stated[position] and not unknown_branch:
            _category_missing(found, position, activity, uses[position])
    return filled


def _category_missing(found: Collector, position: int, activity: str, use: str) -> None:
    """Report that a category is open; a fuel on a sheet of products has no column that could close it."""
    text = found.texts("activity")[position]
    row = load_vocabulary().activities[activity]
    if use != "production" or row["kind"] != "fuel":
        found.add("category_missing", position, "category", found=text)
        return
    product = known_word("activities", f"{row['label_zh']}生产")
    if not product:
        found.add("fuel_produced", position, "activity", found=text)
        return
    label = load_vocabulary().activities[product]
    names = {"product": label["label_zh"], "product_en": label["label_en"]}
    found.add("fuel_as_product", position, "activity", found=text, **names)


def _signed(found: Collector, quantities: Quantities, uses: list[str], quantity: str) -> dict[str, object]:
    values, low, high = quantities.value, quantities.low, quantities.high
    taken_off = np.array([use in NEGATIVE_USES for use in uses], dtype=bool)
    for position in np.flatnonzero(taken_off & (values > 0)):
        found.say("recovery_taken_off", int(position), quantity, quantities.printed[position])
    for position in np.flatnonzero(~taken_off & (values < 0)):
        found.add("negative_quantity", int(position), quantity, found=quantities.printed[position])
    low, high = np.where(taken_off, -np.abs(high), low), np.where(taken_off, -np.abs(low), high)
    return {
        "quantity": np.where(taken_off, -np.abs(values), values),
        "low": low,
        "high": high,
        "quantity_as_printed": quantities.printed,
        "unit_as_printed": quantities.unit_printed,
        "notation": quantities.notation,
    }
