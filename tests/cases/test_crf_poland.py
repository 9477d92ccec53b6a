"""Greenhouse gases of Poland as reported to the UNFCCC: roll-up over the category tree and CO2 equivalents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.inventory import co2_equivalent, gwp_values, roll_up
from emissions.units import scale
from emissions.vocabulary import Graph

METRIC = "AR4GWP100"
TOLERANCE = 1e-6
COUNTED = ("8819", "10393", "10096", "10159")
"""Energy, industrial processes and product use, agriculture, waste: the total without land use and memo items."""
LAND_USE = "9411"
AGGREGATE = "Aggregate GHGs"
UNITS = {"kt": "kt", "t": "t", "t CO₂ equivalent": "t", "kt CO₂ equivalent": "kt"}
REPORTED_AS_CO2E = {"HFCs", "PFCs"}


@pytest.fixture(scope="module")
def case(shared: Path) -> Path:
    return shared / "cases" / "unfccc_crf_poland"


@pytest.fixture(scope="module")
def tree(case: Path) -> pd.DataFrame:
    return pd.read_csv(case / "category_tree.csv", dtype=str)


@pytest.fixture(scope="module")
def graph(tree: pd.DataFrame) -> Graph:
    parents = dict.fromkeys(tree["parent_id"], ())
    return Graph(parents | {row["child_id"]: (row["parent_id"],) for row in tree.to_dict("records")})


@pytest.fixture(scope="module")
def leaves(case: Path) -> pd.DataFrame:
    """Leaf emissions in t, of the gas or of CO2 equivalent where it is reported so."""
    table = pd.read_csv(case / "inputs_leaf_emissions.csv", dtype={"category_id": str})
    factor = table["unit"].map(lambda unit: scale(UNITS[unit], "t"))
    assert set(table.loc[table["unit"].str.contains("CO₂"), "gas"]) == REPORTED_AS_CO2E
    table = table.rename(columns={"category_id": "place", "gas": "substance"})
    return table.assign(emission=table["value"] * factor)[["place", "year", "substance", "emission"]]


@pytest.fixture(scope="module")
def published(case: Path) -> pd.DataFrame:
    table = pd.read_csv(case / "expected.csv", dtype={"category_id": str})
    assert table["check"].all()
    return table.assign(emission=table["value"] * table["unit"].map(lambda unit: scale(UNITS[unit], "t")))


@pytest.fixture(scope="module")
def equivalents(leaves: pd.DataFrame) -> pd.DataFrame:
    reported = leaves[leaves["substance"].isin(REPORTED_AS_CO2E)]
    converted = co2_equivalent(leaves, METRIC)
    assert set(converted["substance"]) == set(leaves["substance"]) - REPORTED_AS_CO2E
    return pd.concat([converted, reported.assign(co2e=reported["emission"])], ignore_index=True)


def compared(found: pd.DataFrame, expected: pd.DataFrame, on: list[str], count: int) -> None:
    both = expected.merge(
        found, left_on=["category_id", *on], right_on=["place", *on], how="left", suffixes=("", "_found")
    )
    assert len(both) == len(expected) == count
    assert both[both["found"].isna()]["category"].tolist() == []
    np.testing.assert_allclose(both["found"], both["emission"], rtol=TOLERANCE, atol=0)


def test_tree_has_one_parent_a_category(tree: pd.DataFrame, graph: Graph) -> None:
    assert not tree["child_id"].duplicated().any()
    assert {word for word in graph.parents if not graph.parents[word]} == {*COUNTED, LAND_USE}


def test_every_parent_of_every_gas_is_reproduced(leaves: pd.DataFrame, graph: Graph, published: pd.DataFrame) -> None:
    found = roll_up(leaves, graph, column="place").rename(columns={"emission": "found", "substance": "gas"})
    compared(found, published[published["test"] == "rollup"], ["year", "gas"], 447)


def test_co2_equivalents_of_every_category_are_reproduced(
    equivalents: pd.DataFrame, graph: Graph, published: pd.DataFrame
) -> None:
    found = roll_up(equivalents[["place", "year", "co2e"]], graph, column="place", value="co2e")
    expected = published[published["test"] == "gwp_ar4"]
    compared(found.rename(columns={"co2e": "found"}), expected, ["year"], 637)


def test_totals_without_land_use_are_reproduced(
    leaves: pd.DataFrame, equivalents: pd.DataFrame, graph: Graph, published: pd.DataFrame
) -> None:
    expected = published[published["test"].str.startswith("total_")]
    gases = roll_up(leaves, graph, column="place").rename(columns={"emission": "found"})
    together = roll_up(equivalents[["place", "year", "co2e"]], graph, column="place", value="co2e")
    both = pd.concat([gases, together.rename(columns={"co2e": "found"}).assign(substance=AGGREGATE)])
    sums = both[both["place"].isin(COUNTED)].groupby(["year", "substance"])["found"].sum()
    checked = expected[["year", "gas", "emission"]].to_dict("records")
    assert len(checked) == 12
    for line in checked:
        assert sums[line["year"], line["gas"]] == pytest.approx(line["emission"], rel=TOLERANCE), line


def test_metric_is_the_one_of_the_submission() -> None:
    gases = ["CO2", "CH4", "N2O", "SF6", "NF3"]
    assert gwp_values(METRIC, gases) == dict(zip(gases, (1.0, 25.0, 298.0, 22800.0, 17200.0), strict=True))


def test_another_metric_does_not_reproduce_it(leaves: pd.DataFrame, graph: Graph, published: pd.DataFrame) -> None:
    other = co2_equivalent(leaves, "AR5GWP100")
    found = roll_up(other[["place", "year", "co2e"]], graph, column="place", value="co2e")
    energy = published[(published["test"] == "gwp_ar4") & (published["category_id"] == "8819")]
    of_energy = found[found["place"] == "8819"].set_index("year")["co2e"]
    relative = [abs(of_energy[line["year"]] / line["emission"] - 1) for line in energy.to_dict("records")]
    assert len(relative) == 3
    assert min(relative) > 1e-3
