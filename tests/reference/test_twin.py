"""The engine against its slow, obvious twin: random activity rows, and random small factor libraries."""

from __future__ import annotations

import json
import math
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emissions.engine import Run, calculate
from emissions.errors import AmbiguousFactor
from emissions.factors import load_factors
from reference.equations import EQUATIONS
from reference.twin import RATES, Place, Tie, Twin
from reference.workbench import activity_table, card, factor, run, write_library

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
def library(name: str) -> Any:
    return load_factors(name)


# ---------------------------------------------------------------- what the two say, in one form


Said = dict[str, dict[tuple[str, str], tuple[Any, ...]]]
"""Key -> (substance, stream) -> status, category, card, implied factor, factor rows, emission; gaps have no stream."""


def said_by_twin(places: Sequence[Place], own: Twin) -> Said:
    found: Said = {}
    for place in places:
        lines = found.setdefault(own.signature(place.key), {})
        for line in place.lines:
            if line.card and not math.isnan(line.implied):
                numbers = (line.status, line.category, line.card, line.implied, line.factors, line.emission, line.memo)
                lines[line.substance, line.stream] = numbers
            else:
                lines[line.substance, ""] = (line.status, place.key["category"])
    return found


def said_by_engine(result: Run, own: Twin) -> Said:
    keys = result.keys.astype({name: object for name in result.keys if result.keys[name].dtype == "category"})
    measured = [[str(result.activity.measured["measured_id"].iloc[row]) for _, row in one] for one in result.measured_sets]
    signatures = [
        own.signature(key | {"measured": [{"measured_id": one} for one in measured[key["measured"]]] if key["measured"] >= 0 else []})
        for key in keys.to_dict("records")
    ]
    assert len(set(signatures)) == len(signatures)
    ids = result.library.rows["factor_id"].to_numpy()
    published = result.matches[result.matches["origin"] == 0]
    factors: dict[int, list[str]] = {}
    for number, row in zip(published["line"], published["row"], strict=True):
        factors.setdefault(int(number), []).append(str(ids[int(row)]))
    found: Said = {signature: {} for signature in signatures}
    for number, line in enumerate(result.lines.to_dict("records")):
        lines = found[signatures[line["key"]]]
        if math.isnan(line["ief"]):
            lines[line["substance"], ""] = (line["status"], line["category"])
            continue
        lines[line["substance"], line["stream"]] = (
            line["status"], line["category"], line["card"], line["ief"], tuple(sorted(factors.get(number, []))),
            line["emission"], line["memo"],
        )  # fmt: skip
    return found


def assert_same(engine: Said, reference: Said) -> None:
    assert engine.keys() == reference.keys()
    for signature, lines in reference.items():
        own = engine[signature]
        assert own.keys() == lines.keys(), signature
        for line, numbers in lines.items():
            texts = [[one for one in side if not isinstance(one, float)] for side in (own[line], numbers)]
            assert texts[0] == texts[1], (signature, line)
            floats = [[one for one in side if isinstance(one, float)] for side in (own[line], numbers)]
            assert floats[0] == pytest.approx(floats[1], rel=1e-12, abs=0), (signature, line)


# ---------------------------------------------------------------- random activity rows


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
        row["use"] = draw.choice(["combustion"] * 6 + ["feedstock", "transformation_input", "transformation_output", "bunkers"])
        row["category"] = draw.choice(draw.choice([BELOW["IPCC2006:1A1"], BELOW["IPCC2006:1A2"], BELOW["IPCC2006:1A4"], BELOW["IPCC2006:1A"]]))
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
        row |= {"activity": draw.choice(activities("mine")), "use": "production", "category": draw.choice(BELOW["IPCC2006:1B1"])}
        row["mine_gas_class"] = draw.choice([*WORDS_OF["mine_gas_class"], ""])
    else:
        row["activity"] = draw.choice(["grid_electricity", "purchased_heat"])
        row |= {"use": draw.choice(["import", "export", "own_use"]), "category": "IPCC2006:1A1a"}
    dimensions = [one for one in words.activities[row["activity"]]["dimensions"].split("|") if one != "ratio"]
    row["dimension"] = draw.choice(dimensions)
    if row["use"] in {"distance", "stock"}:
        row["dimension"] = {"distance": "distance", "stock": "count"}[row["use"]]
    for name, chance in [("technology", 0.6), ("capacity_MW", 0.3), ("coal_form", 0.2), ("stove", 0.2), *((one, 0.15) for one in NUMBERS)]:
        if draw.random() < chance:
            row[name] = draw.choice(edges(name) if name in NUMBERS else WORDS_OF[name])
    for name in set(WORDS_OF) - set(row):
        if draw.random() < 0.05:
            row[name] = draw.choice(WORDS_OF[name])
    return row


def random_measured(draw: random.Random, rows: Sequence[Item]) -> list[Item]:
    parameters = [
        ("sulphur_content", "", 0.6, "percent"), ("ash_content", "", 0.2, "1"), ("net_calorific_value", "", 20.0, "GJ/t"),
        ("carbon_content", "", 26.0, "t/TJ"), ("oxidation_factor", "", 0.97, "1"), ("emission_factor", "SO2", 3.0, "kg/t"),
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
    return [
        {"control": control(draw) or "none", "share": share, **draw.choice(rates), **selector} for share in shares
    ]


def batch(seed: int, name: str, size: int = 70) -> tuple[list[Item], list[Item], list[Item], list[tuple[Item, set[str]]]]:
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


SEEDS = st.integers(min_value=0, max_value=10**9)


@pytest.mark.parametrize("name", SETS)
@settings(max_examples=6, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(seed=SEEDS)
def test_random_rows_give_the_same_lines(name: str, seed: int) -> None:
    rows, measured, strata, _ = batch(seed, name)
    result = calculate(activity_table(*rows, measured=measured, strata=strata), library(name))
    assert_same(said_by_engine(result, twin(name)), said_by_twin(twin(name).inventory(rows, measured, strata), twin(name)))


def test_the_random_rows_reach_every_status_and_most_cards() -> None:
    """A comparison of gaps with gaps would prove little."""
    served: set[str] = set()
    status: dict[str, int] = {}
    for seed in range(6):
        rows, measured, strata, _ = batch(seed, "cn-2026.1")
        for place in twin("cn-2026.1").inventory(rows, measured, strata):
            for line in place.lines:
                status[line.status] = status.get(line.status, 0) + 1
                served |= {line.card} if line.status in {"ok", "IE"} else set()
    assert {"ok", "NE", "IE"} <= set(status)
    assert status["ok"] > 0.25 * sum(status.values())
    assert len(served) > 25


def test_the_twin_knows_every_formula_of_the_cards() -> None:
    used = {card["formula"] for name in SETS for card in twin(name).cards}
    assert used - set(EQUATIONS) == set(), "write the equation a second time in tests/reference/equations.py"


def test_no_key_of_the_released_sets_is_a_tie() -> None:
    tied = {
        tuple(sorted(ties)): {key: row[key] for key in ("category", "activity", "use", "region", "year")}
        for name in SETS
        for seed in range(8)
        for row, ties in batch(seed, name)[3]
    }
    assert tied == {}


# ---------------------------------------------------------------- random small libraries

SMALL_CARDS = [
    card("best", fallback=["earlier_year"], parameters={"emission_factor": {"basis": ["as_published"]}}),
    card("next", parameters={"emission_factor": {"basis": ["before_control"]}}),
]
CHOICES: dict[str, list[str]] = {
    "category": ["", "", "IPCC2006:1A1ai", "IPCC2006:1A1", "IPCC2006:1A", "NFR:1A1a", "NFR:1A", "IPCC2006:1A2"],
    "activity": ["", "", "lignite", "brown_coal", "coal", "solid_fuel", "fuels", "anthracite"],
    "region": ["", "", "150600", "150000", "CN", "asia", "developing", "world", "130000"],
    "technology": ["", "", "", "boiler", "pulverised_coal_boiler", "gas_boiler"],
    "capacity_MW": ["", "", "", "[100,300)", "[300,inf)", "(300,600]", "300", "(-inf,300]"],
    "sector": ["", "", "", "power_generation", "heat_supply"],
    "basis": ["as_published", "as_published", "before_control"],
    "control": ["", "", "", "none", "scr", "fabric_filter+scr", "low_nox_burner_plus_scr"],
    "grade": ["A", "A", "B", "C"],
    "stream": ["", "", "combustion", "process"],
    "substance": ["CO2", "CO2", "CO2", "", "CH4"],
}
YEARS = [("", ""), ("", ""), ("2010", "2015"), ("2015", "2020"), ("2018", "2018"), ("2016", ""), ("", "2012"), ("2020", "2021")]


@st.composite
def small_library(draw: st.DrawFn) -> tuple[dict[str, list[dict[str, str]]], list[Item]]:
    packages: dict[str, list[dict[str, str]]] = {"one": [], "two": []}
    for number in range(draw(st.integers(3, 14))):
        fields = {name: draw(st.sampled_from(words)) for name, words in CHOICES.items()}
        fields["valid_from"], fields["valid_to"] = draw(st.sampled_from(YEARS))
        unit = draw(st.sampled_from(["t/t", "kg/t", "g/kg", "t/TJ"]))
        value = draw(st.integers(1, 99))
        packages[draw(st.sampled_from(["one", "two"]))].append(factor(f"f{number}", float(value), unit, **fields))
    keys = [
        {
            "region": draw(st.sampled_from(["150600", "150000", "110000"])),
            "year": draw(st.sampled_from([2011, 2014, 2018, 2020, 2030])),
            "category": draw(st.sampled_from(["IPCC2006:1A1ai", "IPCC2006:1A1aiii", "IPCC2006:1A2a"])),
            "activity": draw(st.sampled_from(["lignite", "anthracite"])),
            "technology": draw(st.sampled_from(["", "boiler", "pulverised_coal_boiler", "gas_boiler"])),
            "capacity_MW": draw(st.sampled_from([math.nan, 100.0, 299.0, 300.0, 600.0])),
            "control": draw(st.sampled_from(["", "none", "scr", "fabric_filter+scr", "low_nox_burner+scr"])),
        }
        for _ in range(6)
    ]
    return packages, keys


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("small")
    (folder / "cards").mkdir()
    bodies = [one.model_dump(mode="json") | {"parameters": {
        name: {key: value for key, value in body.model_dump(mode="json", exclude_defaults=True).items()}
        for name, body in one.parameters.items()
    }} for one in SMALL_CARDS]  # fmt: skip
    (folder / "cards" / "small.yaml").write_text(json.dumps(bodies), encoding="utf-8")
    yield folder
    shutil.rmtree(folder)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(made=small_library())
def test_random_libraries_give_the_same_factor_or_the_same_tie(small: Path, made: Any) -> None:
    packages, keys = made
    methods = [{"order": ["best", "next"]}]
    root = write_library(small, packages, methods=methods, prefer=[{"categories": ["IPCC2006:1A2"], "order": ["two", "one"]}, {"order": ["one", "two"]}])
    own = Twin(VOCABULARY, small / "cards", root, "small")
    factors = load_factors("small", root=root)
    good, ties = [], []
    for key in keys:
        row = {"use": "combustion", "dimension": "mass", "quantity": 2.0, **key}
        (place,) = own.inventory([row])
        found = {frozenset(tie) for line in place.lines for tie in line.ties}
        good += [] if found else [row]
        ties += [(row, found)] if found else []
    if good:
        result = run(activity_table(*good), factors, *SMALL_CARDS)
        assert_same(said_by_engine(result, own), said_by_twin(own.inventory(good), own))
    for row, found in ties:
        with pytest.raises(AmbiguousFactor) as caught:
            run(activity_table(row), factors, *SMALL_CARDS)
        for problem in caught.value.problems:
            assert any(set(problem.allowed.split(", ")) <= one for one in found)


def test_the_random_libraries_hold_ties_and_gaps_and_choices() -> None:
    draw = np.random.default_rng(5)
    assert draw.integers(10) < 10  # the strategy below is derandomised by hypothesis itself
    assert set(RATES) == {"collection_efficiency", "operating_rate"}
