"""The engine against its slow, obvious twin: random activity rows, and random small factor libraries."""

from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emissions.engine import calculate
from emissions.errors import AmbiguousFactor
from emissions.factors import load_factors
from reference.draws import SETS, VOCABULARY, Item, batch, library, twin
from reference.equations import EQUATIONS
from reference.said import assert_same, said_by_engine, said_by_twin
from reference.twin import Twin
from reference.workbench import activity_table, card, factor, run, write_library

# ---------------------------------------------------------------- random activity rows


SEEDS = st.integers(min_value=0, max_value=10**9)
QUICK = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
"""No shrinking: an example is small, and a failure names its key."""


@pytest.mark.parametrize("name", SETS)
@settings(QUICK, max_examples=3)
@given(seed=SEEDS)
def test_random_rows_give_the_same_lines(name: str, seed: int) -> None:
    rows, measured, strata, _ = batch(seed, name)
    result = calculate(activity_table(*rows, measured=measured, strata=strata), library(name))
    assert_same(
        said_by_engine(result, twin(name)), said_by_twin(twin(name).inventory(rows, measured, strata), twin(name))
    )


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
        for seed in range(6)
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
YEARS = [
    ("", ""),
    ("", ""),
    ("2010", "2015"),
    ("2015", "2020"),
    ("2018", "2018"),
    ("2016", ""),
    ("", "2012"),
    ("2020", "2021"),
]


def small_library(draw: random.Random) -> tuple[dict[str, list[dict[str, str]]], list[Item]]:
    """Return the rows of two packages and some keys."""
    packages: dict[str, list[dict[str, str]]] = {"one": [], "two": []}
    fields: dict[str, str] = {}
    for number in range(draw.randint(3, 30)):
        if number and draw.random() < 0.4:  # a near twin of the row before, so that there are ties
            name = draw.choice(sorted(CHOICES))
            fields = fields | {name: draw.choice(CHOICES[name])}
        else:
            fields = {name: draw.choice(words) for name, words in CHOICES.items()}
            fields["valid_from"], fields["valid_to"] = draw.choice(YEARS)
        value, unit = float(draw.randint(1, 99)), draw.choice(["t/t", "kg/t", "g/kg", "t/TJ"])
        packages[draw.choice(["one", "one", "two"])].append(factor(f"f{number}", value, unit, **fields))
    keys = [
        {
            "region": draw.choice(["150600", "150000", "110000"]),
            "year": draw.choice([2011, 2014, 2018, 2020, 2030]),
            "category": draw.choice(["IPCC2006:1A1ai", "IPCC2006:1A1aiii", "IPCC2006:1A2a"]),
            "activity": draw.choice(["lignite", "anthracite"]),
            "technology": draw.choice(["", "boiler", "pulverised_coal_boiler", "gas_boiler"]),
            "capacity_MW": draw.choice([math.nan, 100.0, 299.0, 300.0, 600.0]),
            "control": draw.choice(["", "none", "scr", "fabric_filter+scr", "low_nox_burner+scr"]),
            "use": "combustion",
            "dimension": "mass",
            "quantity": draw.choice([1.0, 0.1, 3e7]),
        }
        for _ in range(8)
    ]
    return packages, keys


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("small")
    (folder / "cards").mkdir()
    bodies = [one.model_dump(mode="json") | {"parameters": {
        name: body.model_dump(mode="json", exclude_defaults=True)
        for name, body in one.parameters.items()
    }} for one in SMALL_CARDS]  # fmt: skip
    (folder / "cards" / "small.yaml").write_text(json.dumps(bodies), encoding="utf-8")
    yield folder
    shutil.rmtree(folder)


def small_twin(root: Path, seed: int) -> tuple[Twin, list[tuple[Item, list[frozenset[str]]]]]:
    """Write a random library and return its twin and its keys, each with the ties it has."""
    packages, keys = small_library(random.Random(seed))  # noqa: S311  no secret
    prefer = [{"categories": ["IPCC2006:1A2"], "order": ["two", "one"]}, {"order": ["one", "two"]}]
    write_library(root, packages, methods=[{"order": ["best", "next"]}], prefer=prefer)
    own = Twin(VOCABULARY, root / "cards", root, "small")
    ties = [[frozenset(tie) for line in own.inventory([key])[0].lines for tie in line.ties] for key in keys]
    return own, list(zip(keys, ties, strict=True))


@settings(QUICK, max_examples=60)
@given(seed=SEEDS)
def test_random_libraries_give_the_same_factor_or_the_same_tie(small: Path, seed: int) -> None:
    own, keys = small_twin(small, seed)
    factors = load_factors("small", root=small)
    good = [key for key, ties in keys if not ties]
    if good:
        result = run(activity_table(*good), factors, *SMALL_CARDS)
        assert_same(said_by_engine(result, own), said_by_twin(own.inventory(good), own))
    for key, ties in keys:
        if ties:
            with pytest.raises(AmbiguousFactor) as caught:
                run(activity_table(key), factors, *SMALL_CARDS)
            for problem in caught.value.problems:
                assert any(set(problem.allowed.split(", ")) <= tie for tie in ties)


def test_the_random_libraries_hold_choices_ties_and_gaps(small: Path) -> None:
    status: dict[str, int] = {"tie": 0}
    served: set[str] = set()
    for seed in range(40):
        own, keys = small_twin(small, seed)
        status["tie"] += sum(bool(ties) for _, ties in keys)
        for key, _ in keys:
            for line in own.inventory([key])[0].lines:
                status[line.status] = status.get(line.status, 0) + (line.substance == "CO2")
                served |= {line.card}
    assert min(status["tie"], status["ok"], status["NE"]) > 10, status
    assert served == {"", "best", "next"}
