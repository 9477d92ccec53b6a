"""Random activity rows of the words there are: what a workbook might state, sometimes strangely."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from emissions.factors import FactorLibrary, load_factors
from reference.twin import Tie, Twin

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = ROOT / "src" / "emissions" / "vocabulary" / "data"
CARDS = ROOT / "src" / "emissions" / "methods" / "cards"
FACTORS = ROOT / "factors"
SETS = sorted(path.stem for path in (FACTORS / "sets").glob("*.yaml"))

Item = dict[str, Any]


@cache
def twin(name: str) -> Twin:
    return Twin(VOCABULARY, CARDS, FACTORS, name)


@cache
def library(name: str) -> FactorLibrary:
    return load_factors(name)


REGIONS = ["150600", "150000", "150100", "110000", "310115", "540100", "CN"]
DEVICES = [name for name in twin(SETS[0]).words.controls if name != "none"]
WORDS_OF = {
    name: sorted({row["value"] for row in twin(SETS[0]).words.values if row["condition"] == name})
    for name in ("technology", "stage", "mine_gas_class", "stove", "coal_form", "configuration", "route", "feedstock",
                 "segment", "sector", "furnace_operation", "stage_detail", "coal_type", "grid")
}  # fmt: skip


@cache
def edges(condition: str) -> list[float]:
    """Return numbers at, beside and between the ends of the intervals of a condition in all sets."""
    texts = {row.get(condition, "") for name in SETS for row in twin(name).rows}
    ends = sorted({float(one) for text in texts for one in re.findall(r"-?\d+(?:\.\d+)?(?:e\d+)?", text)})
    return sorted({value for end in ends for value in (end - 1e-6, end, end + 1e-6, end + 5)} | {0.0})


NUMBERS = [name for name, kind in twin(SETS[0]).words.conditions.items() if kind == "number" and len(edges(name)) > 1]
BELOW = {
    top: [one for one in twin(SETS[0]).words.categories if top in twin(SETS[0]).words.above_category(one)]
    for top in ("IPCC2006:1A", "IPCC2006:1A1", "IPCC2006:1A2", "IPCC2006:1A4", "IPCC2006:1A3b", "IPCC2006:1B1", "IPCC2006:2")
}  # fmt: skip


@cache
def activities(kind: str) -> list[str]:
    words = twin(SETS[0]).words
    return [name for name, row in words.activities.items() if row["kind"] == kind and row["dimensions"]]


@cache
def categories_of(activity: str) -> list[str]:
    """Return the IPCC2006 categories of the factor rows that are for an activity or a group above it."""
    words = twin(SETS[0]).words
    codes = {
        f"IPCC2006:{row['category']}"
        for name in SETS
        for row in twin(name).rows
        if row["scheme"] == "IPCC2006" and row["category"] and row["activity"] in words.above_activity(activity)
    }
    return sorted(codes & set(words.categories))


def control(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.2:
        return ""
    if kind < 0.4:
        return "none"
    return "+".join(sorted(draw.sample(DEVICES, draw.choice([1, 1, 2, 3, 4]))))


def random_row(draw: random.Random) -> Item:
    """Return a row of activity data as a workbook might state it, sometimes strangely."""
    kind = draw.choice(["fuel", "fuel", "fuel", "product", "product", "vehicle", "mine", "power"])
    row: Item = {"region": draw.choice(REGIONS), "year": draw.choice([1995, 2005, 2012, 2015, 2018, 2020, 2022, 2035])}
    row |= {"control": control(draw), "quantity": draw.choice([0.0, 1.0, 12.5, 3e4, 7.7e6])}
    words = twin(SETS[0]).words
    if kind == "fuel":
        row["activity"] = draw.choice([*activities("fuel"), *["raw_coal", "lignite", "natural_gas", "coke"] * 8])
        row["use"] = draw.choice(
            ["combustion"] * 6 + ["feedstock", "transformation_input", "transformation_output", "bunkers"]
        )
        row["category"] = draw.choice(
            draw.choice([BELOW["IPCC2006:1A1"], BELOW["IPCC2006:1A2"], BELOW["IPCC2006:1A4"], BELOW["IPCC2006:1A"]])
        )
        if row["use"].startswith("transformation"):
            row["transformation"] = draw.choice(["coking", "", "coal_washing"])
            row["category"] = draw.choice(["IPCC2006:1A1ci", "IPCC2006:1A1b", "IPCC2006:1B1c"])
    elif kind == "product":
        row |= {"activity": draw.choice(activities("product")), "use": "production"}
        row["category"] = draw.choice(categories_of(row["activity"]) or BELOW["IPCC2006:2"])
    elif kind == "vehicle":
        row |= {"activity": draw.choice(activities("vehicle")), "use": draw.choice(["distance", "distance", "stock"])}
        row["category"] = draw.choice(BELOW["IPCC2006:1A3b"])
        row["stage"] = draw.choice([*WORDS_OF["stage"], ""])
    elif kind == "mine":
        row |= {
            "activity": draw.choice(activities("mine")),
            "use": "production",
            "category": draw.choice(BELOW["IPCC2006:1B1"]),
        }
        row["mine_gas_class"] = draw.choice([*WORDS_OF["mine_gas_class"], ""])
    else:
        row["activity"] = draw.choice(["grid_electricity", "purchased_heat"])
        row |= {"use": draw.choice(["import", "export", "own_use"]), "category": "IPCC2006:1A1a"}
    dimensions = [one for one in words.activities[row["activity"]]["dimensions"].split("|") if one != "ratio"]
    row["dimension"] = draw.choice(dimensions)
    if row["use"] in {"distance", "stock"}:
        row["dimension"] = {"distance": "distance", "stock": "count"}[row["use"]]
    for name, chance in [
        ("technology", 0.6),
        ("capacity_MW", 0.3),
        ("coal_form", 0.2),
        ("stove", 0.2),
        *((one, 0.15) for one in NUMBERS),
    ]:
        if draw.random() < chance:
            row[name] = draw.choice(edges(name) if name in NUMBERS else WORDS_OF[name])
    for name in set(WORDS_OF) - set(row):
        if draw.random() < 0.05:
            row[name] = draw.choice(WORDS_OF[name])
    return row


def random_measured(draw: random.Random, rows: Sequence[Item]) -> list[Item]:
    parameters = [
        ("sulphur_content", "", 0.6, "percent"), ("ash_content", "", 0.2, "1"),
        ("net_calorific_value", "", 20.0, "GJ/t"), ("carbon_content", "", 26.0, "t/TJ"),
        ("oxidation_factor", "", 0.97, "1"), ("emission_factor", "SO2", 3.0, "kg/t"),
        ("emission_factor", "NOx", 0.4, "g/m^3"), ("removal_efficiency", "PM2.5", 99.5, "percent"),
        ("emission_factor", "", 1.0, "g/kg"), ("anode_effect_minutes", "", 0.5, "min/d"),
    ]  # fmt: skip
    found: list[Item] = []
    for number in range(draw.choice([0, 0, 2, 4])):
        parameter, substance, value, unit = draw.choice(parameters)
        like = draw.choice(list(rows))
        selector = {name: str(like[name]) for name in ("region", "year", "category", "activity") if draw.random() < 0.4}
        item = {"parameter": parameter, "substance": substance, "value": value, "unit": unit, **selector}
        found.append(item | {"measured_id": f"m{number}"})
    return found


def random_strata(draw: random.Random, rows: Sequence[Item]) -> list[Item]:
    if draw.random() < 0.6:
        return []
    selector = {name: draw.choice(list(rows))[name] for name in ("activity", "category") if draw.random() < 0.6}
    shares = draw.choice([(1.0,), (0.75, 0.25), (0.5, 0.375, 0.125)])
    rates = [{}, {"operating_rate": 0.9}, {"collection_efficiency": 0.8, "operating_rate": 0.95}]
    return [{"control": control(draw) or "none", "share": share, **draw.choice(rates), **selector} for share in shares]


def batch(
    seed: int, name: str, size: int = 70
) -> tuple[list[Item], list[Item], list[Item], list[tuple[Item, set[str]]]]:
    """Return rows, measured values and strata that are not ambiguous, and rows that are, with the tied factor rows."""
    draw, own = random.Random(seed), twin(name)  # noqa: S311  no secret
    rows = [random_row(draw) for _ in range(size)]
    measured, strata = random_measured(draw, rows), random_strata(draw, rows)
    good: list[Item] = []
    tied: list[tuple[Item, set[str]]] = []
    for row in rows:
        try:
            places = own.inventory([row], measured, strata)
        except Tie:
            continue
        ties = {one for place in places for line in place.lines for tie in line.ties for one in tie}
        tied += [(row, ties)] if ties else []
        good += [] if ties else [row]
    return good, measured, strata, tied
