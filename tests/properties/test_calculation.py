"""What must hold for any activity data: linear, whatever the order, each year by itself, control never adds."""

from __future__ import annotations

import hashlib
import json
import math
import random
import shutil
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.activity import read_activity
from emissions.engine import Run, calculate
from emissions.factors import load_factors
from emissions.inventory import roll_up, totals
from emissions.vocabulary import load_vocabulary
from reference.draws import DEVICES, FACTORS, Item, activities, batch, categories_of, library
from reference.workbench import activity_table

NAME = "cn-2026.1"
SEEDS = (11, 12)
ROWS = 30

each_seed = pytest.mark.parametrize("seed", SEEDS)


@cache
def drawn(seed: int) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return random rows, and measured values that are not ambiguous."""
    rows, measured, _, _ = batch(seed, NAME, size=ROWS)
    return tuple(rows), tuple(measured)


def calculated(rows: Sequence[Item], measured: Sequence[Item] = (), factors: Any = None) -> Run:
    return calculate(activity_table(*rows, measured=measured), factors or library(NAME))


@cache
def base(seed: int) -> Run:
    return calculated(*drawn(seed))


Lines = dict[tuple[Any, ...], tuple[Any, ...]]


def lines(run: Run, *, without: Sequence[str] = ()) -> Lines:
    """Return every line by what its key states, its substance and stream."""
    names = [name for name in run.keys if name not in {*without, "measured"}]
    keys = [
        tuple(sorted((name, one) for name, one in zip(names, key, strict=True) if one != "" and not pd.isna(one)))
        for key in run.keys[names].astype(object).itertuples(index=False)
    ]
    found: Lines = {}
    for line in run.lines.to_dict("records"):
        place = (keys[line["key"]], line["substance"], line["stream"])
        assert place not in found
        found[place] = (line["status"], line["card"], line["category"], line["memo"], line["ief"], line["emission"])
    return found


def same(one: Lines, other: Lines, rel: float = 1e-12) -> None:
    assert one.keys() == other.keys()
    for place, numbers in one.items():
        assert numbers[:4] == other[place][:4], place
        assert list(numbers[4:]) == pytest.approx(list(other[place][4:]), rel=rel, abs=0, nan_ok=True), place


# ---------------------------------------------------------------- activity


@each_seed
@pytest.mark.parametrize("factor", [1 / 3])
def test_emission_is_linear_in_the_quantity(seed: int, factor: float) -> None:
    rows, measured = drawn(seed)
    more = calculated([row | {"quantity": row["quantity"] * factor} for row in rows], measured)
    one, other = lines(base(seed)), lines(more)
    assert one.keys() == other.keys()
    for place, numbers in one.items():
        assert other[place][:4] == numbers[:4]
        assert other[place][4] == pytest.approx(numbers[4], rel=0, abs=0, nan_ok=True)
        assert other[place][5] == pytest.approx(numbers[5] * factor, rel=1e-12, nan_ok=True)


@each_seed
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    rows, measured = drawn(seed)
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  no secret
    assert shuffled != list(rows)
    same(lines(base(seed)), lines(calculated(shuffled, measured)), rel=0)


@each_seed
def test_a_row_in_parts_is_the_row(seed: int) -> None:
    rows, measured = drawn(seed)
    parts = [
        row | {"quantity": row["quantity"] * share, "facility": name}
        for row in rows
        for name, share in (("a", 0.25), ("b", 0.625), ("c", 0.125))
    ]
    same(lines(base(seed)), lines(calculated(parts, measured)), rel=0)


@each_seed
def test_nothing_in_gives_nothing_out(seed: int) -> None:
    rows, measured = drawn(seed)
    run = calculated([row | {"quantity": 0.0} for row in rows], measured)
    served = run.lines[np.isfinite(run.lines["ief"])]
    assert len(served) > 20
    assert (served["emission"] == 0).all()
    assert (totals(run)["emission"] == 0).all()


def test_a_year_alone_is_that_year_in_a_batch() -> None:
    rows, measured = drawn(SEEDS[0])
    together = lines(base(SEEDS[0]))
    years = sorted({row["year"] for row in rows})
    assert len(years) > 2
    apart: Lines = {}
    for year in years:
        alone = lines(calculated([row for row in rows if row["year"] == year], measured))
        apart |= {(_stated(place[0]), *place[1:]): numbers for place, numbers in alone.items()}
    same({(_stated(place[0]), *place[1:]): numbers for place, numbers in together.items()}, apart)


def _stated(key: tuple[tuple[str, Any], ...]) -> tuple[tuple[str, Any], ...]:
    """Return a key without the derived sector, which stands in the table only where some row states one."""
    return tuple(one for one in key if one[0] != "sector")


def test_regions_alone_are_those_regions_in_a_batch() -> None:
    rows, measured = drawn(SEEDS[1])
    apart: Lines = {}
    for region in {row["region"] for row in rows}:
        alone = lines(calculated([row for row in rows if row["region"] == region], measured))
        apart |= {(_stated(place[0]), *place[1:]): numbers for place, numbers in alone.items()}
    same({(_stated(place[0]), *place[1:]): numbers for place, numbers in lines(base(SEEDS[1])).items()}, apart)


UNITS = {"mass": [("t", 1.0), ("kt", 1e3), ("万吨", 1e4), ("kg", 1e-3), ("Mt", 1e6), ("公斤", 1e-3)],
         "volume": [("m3", 1.0), ("万立方米", 1e4), ("亿立方米", 1e8)],
         "energy": [("TJ", 1.0), ("GJ", 1e-3), ("万吨标准煤", 293.076), ("亿千瓦时", 360.0)],
         "distance": [("km", 1.0), ("万公里", 1e4), ("亿车公里", 1e8)]}  # fmt: skip


@pytest.mark.parametrize(
    ("activity", "dimension", "quantity"),
    [("lignite", "mass", 120_000.0), ("natural_gas", "volume", 3.4e8), ("coke", "energy", 5861.52),
     ("taxi_gasoline", "distance", 2.5e8)],
)  # fmt: skip
def test_the_unit_of_the_input_changes_nothing(tmp_path: Path, activity: str, dimension: str, quantity: float) -> None:
    found = []
    for unit, size in UNITS[dimension]:
        table = pd.DataFrame([{
            "region": "150600", "year": 2018, "activity": activity, "quantity": quantity / size, "unit": unit,
            "category": "IPCC2006:1A3bi" if dimension == "distance" else "IPCC2006:1A1ai",
            "use": "distance" if dimension == "distance" else "combustion", "control": "none", "stage": "IV",
            "technology": "gas_boiler" if dimension == "volume" else "",
        }])  # fmt: skip
        path = tmp_path / "one.csv"
        table.to_csv(path, index=False)
        found.append(lines(calculate(read_activity(path), library(NAME))))
    served = [numbers for numbers in found[0].values() if numbers[0] == "ok"]
    assert len(served) >= 3
    for other in found[1:]:
        same(found[0], other)


# ---------------------------------------------------------------- factors


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("factors")
    shutil.copytree(FACTORS, folder, dirs_exist_ok=True)
    yield folder
    shutil.rmtree(folder)


def sealed_anew(folder: Path, change: Any) -> None:
    """Rewrite the factor tables of every package by a function of header and rows, and their hashes."""
    for path in sorted((folder / "packages").glob("*/*/datapackage.json")):
        described = json.loads(path.read_text(encoding="utf-8"))
        for resource in described["resources"]:
            table = path.parent / resource["path"]
            frame = pd.read_csv(table, dtype=str, keep_default_na=False)
            if "parameter" in frame.columns and not resource["path"].startswith("excluded"):
                change(frame).to_csv(table, index=False, lineterminator="\n")
                resource["hash"] = f"sha256:{hashlib.sha256(table.read_bytes()).hexdigest()}"
        path.write_text(json.dumps(described), encoding="utf-8")


def test_the_order_of_factor_rows_and_packages_in_the_set_list_changes_nothing(copy: Path) -> None:
    sealed_anew(copy, lambda frame: frame.sample(frac=1.0, random_state=3))
    path = copy / "sets" / f"{NAME}.yaml"
    text = path.read_text(encoding="utf-8")
    pins = [row for row in text.splitlines() if row.startswith("  - {package: ")]
    path.write_text(text.replace("\n".join(pins), "\n".join(reversed(pins))), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    shuffled = load_factors(NAME, root=copy)
    assert shuffled.rows["factor_id"].tolist() != library(NAME).rows["factor_id"].tolist()
    for seed in SEEDS:
        same(lines(base(seed)), lines(calculated(*drawn(seed), factors=shuffled)))


def test_a_factor_row_for_another_activity_changes_nothing(copy: Path) -> None:
    """A row more nearly like the key in everything else, but of an activity that no key is at or below."""
    stray = {"activity": "tyre_production", "region": "150600", "value": "77", "grade": "A"}

    def with_stray(frame: pd.DataFrame) -> pd.DataFrame:
        rows = frame[frame["parameter"].isin(["emission_factor", "net_calorific_value"])].head(5).assign(**stray)
        return pd.concat([frame, rows.assign(factor_id="stray-" + rows["factor_id"])], ignore_index=True)

    used = {
        word
        for seed in SEEDS
        for row in drawn(seed)[0]
        for word in load_vocabulary().activity_graph.ancestors(row["activity"])
    }
    stray["activity"] = next(word for word in load_vocabulary().activities if word not in used)
    sealed_anew(copy, with_stray)
    more = load_factors(NAME, root=copy)
    assert len(more.rows) > len(library(NAME).rows)
    for seed in SEEDS:
        same(lines(base(seed)), lines(calculated(*drawn(seed), factors=more)))


# ---------------------------------------------------------------- control and measured values

BURNT = {"use": "combustion", "capacity_MW": 300.0}
MADE = {"use": "production"}
STATIONARY: list[Item] = [
    BURNT | {"activity": activity, "category": category, "technology": technology}
    for activity, category, technology in (
        ("bituminous_coal", "IPCC2006:1A1ai", "pulverised_coal_boiler"),
        ("lignite", "IPCC2006:1A1ai", "circulating_fluidised_bed_boiler"),
        ("bituminous_coal", "IPCC2006:1A2c", "chain_grate_boiler"),
    )
]
STATIONARY += [
    {"activity": "natural_gas", "category": "IPCC2006:1A2c", "technology": "gas_boiler", "dimension": "volume"},
    MADE | {"activity": "cement_clinker", "category": "IPCC2006:2A1", "technology": "new_dry_process_precalciner"},
    MADE | {"activity": "sinter", "category": "IPCC2006:2C1"},
    MADE | {"activity": "coke_production", "category": "IPCC2006:1A1ci"},
]
COAL_QUALITY = [
    {"parameter": "sulphur_content", "value": 0.7, "unit": "percent", "activity": "coal"},
    {"parameter": "ash_content", "value": 21.0, "unit": "percent", "activity": "coal"},
]


def controls(seed: int) -> list[str]:
    draw = random.Random(seed)  # noqa: S311  no secret
    return ["+".join(sorted(draw.sample(DEVICES, draw.choice([1, 2, 3, 4])))) for _ in range(25)]


def test_a_device_never_adds() -> None:
    """Of one card, the line with devices is never above the line without; both are there, and some are below."""
    texts = ["none", *controls(4)]
    rows = [row | {"control": text, "region": "150600"} for row in STATIONARY for text in texts]
    run = calculated(rows, COAL_QUALITY)
    keys = run.keys[["control", "activity", "category", "technology"]].astype(str)
    table = pd.concat([run.lines, keys.iloc[run.lines["key"].astype(int)].reset_index(drop=True)], axis=1)
    table = table.loc[:, ~table.columns.duplicated()][table["status"].isin(["ok", "IE"]).to_numpy()]
    key_category = keys["category"].iloc[table["key"].astype(int)].to_numpy()
    table = table.assign(own=key_category)
    place = ["activity", "technology", "own", "substance", "stream", "card"]
    bare = table[table["control"] == "none"].set_index(place)["ief"]
    assert bare.index.is_unique
    both = table[table["control"] != "none"].join(bare.rename("bare"), on=place, how="inner")
    both = both[both["stream"] != "desulphurisation"]
    assert len(both) > 300
    assert (both["ief"] <= both["bare"] * (1 + 1e-12)).all()
    assert (both["ief"] < both["bare"] * 0.9).sum() > 50


def test_a_chain_of_devices_passes_what_each_of_them_passes() -> None:
    """For devices that act apart, what passes a chain is the product of what passes each."""
    row = STATIONARY[0] | {"region": "150600"}
    chain = ["esp", "fgd_wet_limestone_gypsum", "fabric_filter"]
    texts = ["none", *chain, "+".join(sorted(chain))]
    run = calculated([row | {"control": text} for text in texts], COAL_QUALITY)
    control = run.keys["control"].astype(str)
    for substance in ("SO2", "PM2.5", "BC"):
        own = run.lines[(run.lines["substance"] == substance) & (run.lines["status"] == "ok")]
        ief = dict(zip(control.iloc[own["key"].astype(int)], own["ief"], strict=True))
        passing = math.prod(ief[device] / ief["none"] for device in chain)
        assert ief[texts[-1]] / ief["none"] == pytest.approx(passing, rel=1e-12)


def test_a_measured_value_takes_the_place_of_every_published_one() -> None:
    rows = [row | {"region": "150600", "control": "none"} for row in STATIONARY[:4]]
    own = {"parameter": "emission_factor", "substance": "NOx", "value": 1.25, "unit": "kg/t"}
    before, after = calculated(rows, COAL_QUALITY), calculated(rows, [*COAL_QUALITY, own])
    one, other = lines(before), lines(after)
    for place, numbers in other.items():
        _, substance, stream = place
        mass = ("dimension", "mass") in place[0]
        if substance == "NOx" and stream == "combustion" and mass:
            assert numbers[4] == pytest.approx(1.25e-3, rel=1e-14)
            assert numbers[1] == "measured_combustion"
        else:
            assert numbers == pytest.approx(one[place], nan_ok=True) if place in one else numbers[0] == "NE"


# ---------------------------------------------------------------- sums and parts


@each_seed
def test_a_parent_is_the_sum_of_its_children(seed: int) -> None:
    graph = load_vocabulary().category_graph
    leaves = totals(base(seed))
    rolled = roll_up(leaves, graph).set_index(["category", "region", "year", "substance"])["emission"]
    own = leaves.set_index(["category", "region", "year", "substance"])["emission"]
    children: dict[str, list[str]] = {}
    for word in {one[0] for one in rolled.index}:
        for parent in graph.parents[word]:
            children.setdefault(parent, []).append(word)
    checked = 0
    for (category, *rest), value in rolled.items():
        parts = [rolled.get((child, *rest), 0.0) for child in children.get(category, [])]
        expected = math.fsum([*parts, own.get((category, *rest), 0.0)])
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-9)
        checked += len(parts) > 0
    assert checked > 30


def everything() -> Iterator[Item]:
    """Yield fuels in plants of every kind, products and vehicles, each bare and behind a fabric filter."""
    graph = load_vocabulary().activity_graph
    boilers = ("", "pulverised_coal_boiler", "chain_grate_boiler", "gas_boiler", "oil_boiler", "biomass_boiler")
    for activity in activities("fuel"):
        dimension = load_vocabulary().activities[activity]["dimensions"].split("|")[0]
        for category in ("IPCC2006:1A1ai", "IPCC2006:1A1b", "IPCC2006:1A2c", "IPCC2006:1A4a", "IPCC2006:1A4b"):
            for technology in boilers:
                yield {"activity": activity, "category": category, "technology": technology, "dimension": dimension}
    for activity in activities("product"):
        dimension = load_vocabulary().activities[activity]["dimensions"].split("|")[0]
        for category in categories_of(activity):
            yield MADE | {"activity": activity, "category": category, "dimension": dimension}
    for activity in activities("vehicle"):
        if "road_vehicle" in graph.ancestors(activity):
            for stage in ("I", "III", "V", "VI"):
                road = {"category": "IPCC2006:1A3bi", "use": "distance", "dimension": "distance"}
                yield road | {"activity": activity, "stage": stage}


def test_black_carbon_is_within_pm25_and_pm25_within_pm10() -> None:
    """Of one key and stream, wherever both are estimated."""
    rows = [row | {"control": text} for row in everything() for text in ("none", "fabric_filter")]
    run = calculated(rows, COAL_QUALITY)
    good = run.lines[run.lines["status"].isin(["ok", "IE"])].astype({"substance": str, "stream": str})
    table = good.pivot_table(index=["key", "stream"], columns="substance", values=["ief", "card"], aggfunc="first")
    wrong: set[tuple[str, ...]] = set()
    compared = 0
    for inner, outer in (("BC", "PM2.5"), ("OC", "PM2.5"), ("PM2.5", "PM10")):
        both = table["ief"][[inner, outer]].dropna().astype(float)
        compared += len(both)
        for place in both.index[(both[inner] > both[outer] * (1 + 1e-9)).to_numpy()]:
            key = run.keys.astype(str).loc[place[0]]
            cards = [str(table.loc[place, ("card", one)]) for one in (inner, outer)]
            wrong.add((inner, outer, *key[["activity", "category", "technology", "stage", "control"]], *cards))
    assert compared > 1500
    assert sorted(wrong) == []
