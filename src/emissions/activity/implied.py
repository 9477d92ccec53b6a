"""What a row implies where it does not say: its category by branch or activity, its use by category or unit."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib.resources import files

from emissions.vocabulary import load_vocabulary


@cache
def _table() -> dict[tuple[str, str], tuple[str, str]]:
    """Return (activity, use) -> (category, use); a blank use stands for any."""
    return {(row["activity"], row["use"]): (row["category"], row["implied_use"]) for row in _rows("implied.csv")}


@cache
def _branches() -> dict[tuple[str, str], str]:
    """Return (branch, activity) -> category, for branches whose fuels tell what they are used for."""
    return {(row["branch"], row["activity"]): row["category"] for row in _rows("implied_branch.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("emissions.activity") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


@cache
def category_of_branch(branch: str, activity: str = "") -> str:
    """Return the category of a branch of the energy balance, blank where its parts belong to several.

    Parameters
    ----------
    activity
        What the branch uses. Transport is not divided by mode: aircraft and ships are told by their fuel, the fuels
        of vehicles are road transport, and what no vehicle burns is of stations and depots.

    Examples
    --------
    >>> category_of_branch("paper"), category_of_branch("transport_storage_and_post", "lng")
    ('IPCC2006:1A2d', 'IPCC2006:1A3b')
    """
    for member in load_vocabulary().activity_graph.ancestors(activity) if activity else ():
        if (branch, member) in _branches():
            return _branches()[branch, member]
    code = load_vocabulary().condition_values["branch"][branch].get("ipcc2006", "") if branch else ""
    return f"IPCC2006:{code}" if code else ""


@cache
def category_of_activity(activity: str, use: str) -> str:
    """Return the category an activity belongs to, blank where it may belong to several.

    Examples
    --------
    >>> category_of_activity("cement_clinker", "production")
    'IPCC2006:2A1'
    """
    for member in load_vocabulary().activity_graph.ancestors(activity) if activity else ():
        for key in ((member, use), (member, "")):
            if key in _table():
                return _table()[key][0]
    return ""


@cache
def use_of(activity: str, category: str, dimension: str, default: str) -> str:
    """Return the use a row has by its activity, its sheet, its category and unit, blank where there are several.

    A fuel in a category of fuel combustion is burnt; a product or mine states production; vehicles and
    animals state distance or number by the unit.

    Parameters
    ----------
    activity, category, dimension
        Words of the row, blank where unknown.
    default
        Use of the rows of its sheet, blank if the sheet has none.
    """
    vocabulary = load_vocabulary()
    for member in vocabulary.activity_graph.ancestors(activity) if activity else ():
        implied = _table().get((member, ""), ("", ""))[1]
        if implied:
            return implied
    kind = vocabulary.activities[activity]["kind"] if activity else ""
    if default:
        return default
    if kind == "fuel" and category and "IPCC2006:1A" in vocabulary.serving_categories(category):
        return "combustion"
    if dimension == "distance":
        return "distance"
    if dimension == "count" and kind != "product":
        return "stock"
    return "production" if kind in {"product", "mine"} else ""
