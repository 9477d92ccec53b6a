"""Air pollutants of Switzerland as reported under the CLRTAP: roll-up over the NFR tree, notation keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from library_of_case import write_table

from emissions.activity import read_activity
from emissions.inventory import roll_up
from emissions.vocabulary import load_vocabulary

WORDS = load_vocabulary()
NOTATION = {"NO", "NE", "NA", "IE", "C"}
TOLERANCE = 1e-9
FUELS = {
    "Liquid Fuels": "fuel_oil", "Solid Fuels": "bituminous_coal", "Gaseous Fuels": "natural_gas",
    "Biomass": "wood", "Other Fuels": "other_fuel",
}  # fmt: skip
"""A fuel of ours that stands for each kind of fuel of the report."""


@pytest.fixture(scope="module")
def reported(shared: Path) -> pd.DataFrame:
    path = shared / "cases" / "clrtap_switzerland_nfr" / "inputs_nfr.csv"
    table = pd.read_csv(path, dtype={"nfr": str, "value": str}, keep_default_na=False)
    assert table["year"].unique().tolist() == [2021, 2010, 1990]
    return table.assign(category="NFR:" + table["nfr"], entity=table["pollutant_or_fuel"])


@pytest.fixture(scope="module")
def published(shared: Path) -> pd.DataFrame:
    path = shared / "cases" / "clrtap_switzerland_nfr" / "expected_national_totals.csv"
    return pd.read_csv(path, dtype={"national_total": str}, keep_default_na=False)


@pytest.fixture(scope="module")
def leaves(reported: pd.DataFrame) -> pd.DataFrame:
    """Cells that hold a number; every other cell must hold a notation key."""
    keys = reported["value"].isin(NOTATION)
    numbers = reported[~keys].assign(emission=reported.loc[~keys, "value"].astype(float))
    assert np.isfinite(numbers["emission"]).all()
    assert keys.sum() == 4149
    return numbers[numbers["entity"] != "Other activity (specified)"]


@pytest.fixture(scope="module")
def rolled(leaves: pd.DataFrame) -> pd.DataFrame:
    return roll_up(leaves[["category", "year", "kind", "entity", "emission"]], WORDS.category_graph)


@pytest.fixture(scope="module")
def totals(rolled: pd.DataFrame) -> dict[tuple[int, str, str], float]:
    tops = {word for word, parents in WORDS.category_graph.parents.items() if not parents}
    top = rolled[rolled["category"].isin(tops)]
    sums = top.groupby(["year", "kind", "entity"])["emission"].sum()
    return {(int(year), str(kind), str(entity)): float(value) for (year, kind, entity), value in sums.items()}


def test_every_category_is_in_the_tree_and_in_the_national_total(reported: pd.DataFrame) -> None:
    words = set(reported["category"])
    assert sorted(words - set(WORDS.category_graph.parents)) == []
    assert [word for word in words if WORDS.memo_of(word)] == []
    assert len(words) == 127


def test_national_totals_are_reproduced(published: pd.DataFrame, totals: dict[tuple[int, str, str], float]) -> None:
    stated = published[~published["national_total"].isin(NOTATION)]
    assert len(stated) == 75
    for line in stated.to_dict("records"):
        found = totals[line["year"], line["kind"], line["pollutant_or_fuel"]]
        assert found == pytest.approx(float(line["national_total"]), rel=TOLERANCE), line


def test_a_total_that_is_a_notation_key_is_no_number(
    published: pd.DataFrame, totals: dict[tuple[int, str, str], float]
) -> None:
    keys = published[published["national_total"].isin(NOTATION)]
    assert len(keys) == 18
    found = [line for line in zip(keys["year"], keys["kind"], keys["pollutant_or_fuel"], strict=True) if line in totals]
    assert found == []


def test_a_category_of_notation_keys_has_no_row(reported: pd.DataFrame, rolled: pd.DataFrame) -> None:
    """A category in which a pollutant is NO, NE, IE or C only does not become a reported zero."""
    columns = ["category", "year", "kind", "entity"]
    keys = reported[reported["value"].isin(NOTATION)]
    numbers = set(map(tuple, reported.loc[~reported["value"].isin(NOTATION), columns].to_numpy()))
    only_keys = {line for line in map(tuple, keys[columns].to_numpy()) if line not in numbers}
    assert len(only_keys) > 4000
    assert only_keys & set(map(tuple, rolled[columns].to_numpy())) == set()


def test_every_level_is_the_sum_of_the_level_below(rolled: pd.DataFrame, leaves: pd.DataFrame) -> None:
    parents = {word: above[0] for word, above in WORDS.category_graph.parents.items() if above}
    below = rolled[rolled["category"].isin(parents)]
    sums = (
        below.assign(category=below["category"].map(parents))
        .groupby(["category", "year", "kind", "entity"])["emission"]
        .sum()
    )
    own = leaves.set_index(["category", "year", "kind", "entity"])["emission"]
    levels = rolled.set_index(["category", "year", "kind", "entity"])["emission"]
    inner = levels.index.difference(own.index)
    assert len(inner) > 1000
    np.testing.assert_allclose(levels[inner], sums[inner], rtol=1e-12)


# ---------------------------------------------------------------- notation keys in a workbook


@pytest.fixture(scope="module")
def fuels(reported: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Fuel of the report as a long table, read; numbers and notation keys stand in one column."""
    burnt = reported[reported["entity"].isin(FUELS)]
    rows = [
        {
            "region": "CN", "year": str(line["year"]), "category": line["category"], "use": "combustion",
            "activity": FUELS[line["entity"]], "quantity": line["value"], "unit": "TJ",
        }
        for line in burnt.to_dict("records")
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("nfr") / "fuels.csv"
    write_table(path, list(rows[0]), rows)
    table = read_activity(path)
    assert table.rows_read == len(rows)
    return table.rows


def test_notation_keys_are_read_as_keys(reported: pd.DataFrame, fuels: pd.DataFrame) -> None:
    burnt = reported[reported["entity"].isin(FUELS)]
    keys = burnt.loc[burnt["value"].isin(NOTATION), "value"]
    assert fuels["notation"].value_counts().drop("").to_dict() == keys.value_counts().to_dict()
    assert fuels.loc[fuels["notation"] != "", "quantity"].isna().all()
    assert fuels.loc[fuels["notation"] == "", "quantity"].notna().all()


def test_notation_keys_do_not_count_in_the_fuel_read(fuels: pd.DataFrame, published: pd.DataFrame) -> None:
    numbers = fuels[fuels["notation"] == ""]
    sums = numbers.groupby(["year", "activity"])["quantity"].sum()
    stated = published[published["kind"] == "activity"]
    assert len(stated) == len(sums) == 15
    for line in stated.to_dict("records"):
        found = sums[line["year"], FUELS[line["pollutant_or_fuel"]]]
        assert found == pytest.approx(float(line["national_total"]), rel=TOLERANCE), line
