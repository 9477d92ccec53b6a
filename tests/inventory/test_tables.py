"""Totals, roll-ups, CO2 equivalents, coverage, emissions by row, the dataset."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.errors import ResultError
from emissions.inventory import co2_equivalent, coverage, roll_up, row_emissions, to_dataset, totals
from emissions.vocabulary import Graph, load_vocabulary
from reference.workbench import activity_table, card, factor, library, run

WORDS = load_vocabulary()
ROWS = (
    factor("c", 2.0, "t/t"),
    factor("m", 0.001, "t/t", substance="CH4"),
    factor("s", 0.01, "t/t", substance="SO2"),
)
ALL = card("all", substances=["CO2", "CH4", "SO2"])
ITEMS: list[dict[str, Any]] = [
    {"quantity": 10.0},
    {"quantity": 5.0, "facility": "b"},
    {"category": "IPCC2006:1A2a", "activity": "anthracite", "quantity": 3.0},
    {"category": "IPCC2006:1A3ai", "quantity": 1.0},
    {"region": "150200", "year": 2021, "quantity": 7.0},
]


@pytest.fixture
def result(tmp_path: Path) -> Any:
    return run(activity_table(*ITEMS), library(tmp_path, *ROWS), ALL)


def numbers(table: pd.DataFrame, *by: str, value: str = "emission") -> dict[Any, float]:
    keys = [tuple(row) if len(by) > 1 else row[0] for row in table[list(by)].astype(object).to_numpy()]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, table[value].astype(float), strict=True))


# ---------------------------------------------------------------- totals


def test_totals_are_sums_of_what_counts(result: Any) -> None:
    found = totals(result)
    assert found.columns.tolist() == ["category", "region", "year", "substance", "emission"]
    co2 = numbers(found[found["substance"] == "CO2"], "category", "region", "year")
    assert co2 == {
        ("IPCC2006:1A1ai", "150600", 2020): 30.0,
        ("IPCC2006:1A1ai", "150200", 2021): 14.0,
        ("IPCC2006:1A2a", "150600", 2020): 6.0,
    }


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (("activity",), {"lignite": 44.0, "anthracite": 6.0}),
        (("year",), {2020: 36.0, 2021: 14.0}),
        (("use", "year"), {("combustion", 2020): 36.0, ("combustion", 2021): 14.0}),
        (("stream",), {"combustion": 50.0}),
        (("card",), {"all": 50.0}),
    ],
)
def test_totals_by_other_columns(result: Any, by: tuple[str, ...], expected: dict[Any, float]) -> None:
    found = totals(result, (*by, "substance"))
    assert numbers(found[found["substance"] == "CO2"], *by) == expected


@pytest.mark.parametrize("together", [1, 3, 1 << 18])
@pytest.mark.parametrize("by", [("substance",), ("year",), ("stream", "activity", "region", "substance"), ("control",)])
def test_totals_are_exact_however_many_lines_are_summed_together(
    result: Any, monkeypatch: pytest.MonkeyPatch, together: int, by: tuple[str, ...]
) -> None:
    monkeypatch.setattr("emissions.inventory.kind_sums.TOGETHER", together)
    table = result.counted.merge(
        result.keys.drop(columns="category").astype(str), left_on="key", right_index=True, suffixes=("", "_")
    )
    wanted = {
        key: math.fsum(emissions)
        for key, emissions in table.groupby([table[name].astype(str) for name in by], sort=True)["emission"]
    }
    found = totals(result, by).astype(dict.fromkeys(by, str))
    assert {tuple(row[:-1]): row[-1] for row in found.itertuples(index=False)} == wanted


def test_a_column_that_is_not_there_is_named_with_those_that_are(result: Any) -> None:
    with pytest.raises(ResultError) as caught:
        totals(result, ["foo", "year", "bar"])
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("no_such_column", "foo, bar")
    assert {"category", "substance", "region", "activity"} <= set(problem.allowed.split(", "))


def test_memo_items_stand_apart(result: Any) -> None:
    found = totals(result, memo=True)
    assert numbers(found, "category", "substance") == {
        ("IPCC2006:1A3ai", "CO2"): 2.0,
        ("IPCC2006:1A3ai", "CH4"): 0.001,
        ("IPCC2006:1A3ai", "SO2"): 0.01,
    }


def test_totals_are_sorted_and_plain(result: Any) -> None:
    found = totals(result, ("region", "substance"))
    assert found["region"].astype(str).tolist() == sorted(found["region"].astype(str))
    assert found.index.tolist() == list(range(len(found)))
    assert found["emission"].dtype == np.float64


def test_a_result_without_anything_counted_has_empty_totals(tmp_path: Path) -> None:
    nothing = run(activity_table({}), library(tmp_path, ROWS[0] | {"region": "130000"}), ALL)
    found = totals(nothing)
    assert found.empty
    assert found.columns.tolist() == ["category", "region", "year", "substance", "emission"]
    assert totals(nothing, memo=True).empty


# ---------------------------------------------------------------- roll-up

TREE = Graph({"1": (), "1A": ("1",), "1A1": ("1A",), "1A2": ("1A",), "1B": ("1",), "2": ()})


def leaves(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"category": list(values), "year": 2020, "emission": list(values.values())})


def test_a_parent_is_the_sum_of_its_children() -> None:
    table = pd.DataFrame({"category": ["1A1", "1A2", "1B", "2"], "year": 2020, "emission": [1.0, 2.0, 4.0, 8.0]})
    found = numbers(roll_up(table, TREE), "category")
    assert found == {"1A1": 1.0, "1A2": 2.0, "1A": 3.0, "1B": 4.0, "1": 7.0, "2": 8.0}


def test_a_value_of_a_parent_s_own_adds_to_its_children() -> None:
    table = pd.DataFrame({"category": ["1A1", "1A"], "year": 2020, "emission": [1.0, 10.0]})
    assert numbers(roll_up(table, TREE), "category") == {"1A1": 1.0, "1A": 11.0, "1": 11.0}


def test_other_columns_group() -> None:
    table = pd.DataFrame({
        "category": ["1A1", "1A2", "1A1"], "year": [2020, 2020, 2021], "substance": ["CO2", "CO2", "CO2"],
        "emission": [1.0, 2.0, 4.0],
    })  # fmt: skip
    found = numbers(roll_up(table, TREE), "category", "year")
    assert found[("1A", 2020)] == 3.0
    assert found[("1", 2021)] == 4.0
    assert ("1A2", 2021) not in found


def test_other_columns_and_values_may_be_named() -> None:
    table = pd.DataFrame({"place": ["1A1", "1A2"], "amount": [1.0, 2.0]})
    found = roll_up(table, TREE, column="place", value="amount")
    assert numbers(found, "place", value="amount") == {"1A1": 1.0, "1A2": 2.0, "1A": 3.0, "1": 3.0}


def test_the_root_holds_all_that_counts(result: Any) -> None:
    found = roll_up(totals(result), WORDS.category_graph)
    root = found[(found["category"] == "IPCC2006:1") & (found["substance"] == "CO2")]
    assert root["emission"].sum() == 50.0


# ---------------------------------------------------------------- CO2 equivalents


def test_only_greenhouse_gases_have_co2_equivalents(result: Any) -> None:
    found = co2_equivalent(totals(result, ("substance",)), "AR5GWP100")
    assert numbers(found, "substance", value="co2e") == {"CO2": 50.0, "CH4": pytest.approx(0.025 * 28, rel=1e-14)}
    assert numbers(found, "substance")["CH4"] == pytest.approx(0.025, rel=1e-14)


# ---------------------------------------------------------------- coverage


def cover(result: Any, **chosen: str) -> pd.Series:
    table = coverage(result)
    for name, value in chosen.items():
        table = table[table[name] == value]
    assert len(table) == 1, table
    return table.iloc[0]


def test_coverage_says_what_was_estimated_and_what_not(result: Any) -> None:
    row = cover(result, category="IPCC2006:1A1ai", activity="lignite", substance="CO2")
    assert (row["status"], row["keys"], row["quantity"], row["emission"]) == ("ok", 2, 22.0, 44.0)
    row = cover(result, category="IPCC2006:1A1ai", substance="NOx")
    assert (row["status"], row["reason"], row["keys"], row["quantity"]) == ("NE", "no_method", 2, 22.0)


def test_what_was_not_estimated_has_no_emission_of_zero(result: Any) -> None:
    assert np.isnan(cover(result, category="IPCC2006:1A1ai", substance="NOx")["emission"])


def test_a_quantity_is_counted_once_though_it_emits_in_two_streams(tmp_path: Path) -> None:
    cards = (card("one", substances=["CO2"]), card("two", substances=["CO2"], stream="slip"))
    found = run(activity_table({"quantity": 10.0}), library(tmp_path, ROWS[0]), *cards)
    row = cover(found, substance="CO2")
    assert (row["emission"], row["keys"], row["quantity"]) == (40.0, 1, 10.0)


# ---------------------------------------------------------------- rows


def test_rows_sum_to_the_lines(result: Any) -> None:
    rows = row_emissions(result).merge(
        pd.DataFrame({"activity_id": result.activity.rows["activity_id"], "key": result.key_of_row})
    )
    sums = rows.groupby(["key", "substance", "stream"])["emission"].sum()
    lines = result.lines[result.lines["status"] == "ok"].set_index(["key", "substance", "stream"])["emission"]
    assert len(sums) == len(lines)
    pd.testing.assert_series_equal(sums.sort_index(), lines.sort_index(), check_names=False, rtol=1e-14)


def test_rows_of_some_substances(result: Any) -> None:
    rows = row_emissions(result, ["CO2"])
    assert set(rows["substance"]) == {"CO2"}
    assert numbers(rows, "activity_id") == {"r0": 20.0, "r1": 10.0, "r2": 6.0, "r3": 2.0, "r4": 14.0}
    assert (
        numbers(rows.assign(memo=rows["memo"].map({"": 0.0, "bunkers": 1.0})), "activity_id", value="memo")["r3"] == 1.0
    )


# ---------------------------------------------------------------- dataset


def test_the_dataset_names_its_dimensions_units_and_metric(result: Any) -> None:
    data = to_dataset(result)
    assert set(data.dims) == {"category (IPCC2006)", "region (GB/T 2260)", "year"}
    assert data.attrs["area"] == "region (GB/T 2260)"
    assert data.attrs["cat"] == "category (IPCC2006)"
    assert data.attrs["gwp"] == "AR5GWP100"
    assert data["CO2"].attrs == {"units": "t", "entity": "CO2"}
    assert data["CO2e (AR5GWP100)"].attrs["gwp_context"] == "AR5GWP100"
    assert data["memo CH4"].attrs == {"units": "t", "entity": "CH4"}


def at(array: Any, category: str, region: str, year: int) -> float:
    return float(array.loc[{"category (IPCC2006)": category, "region (GB/T 2260)": region, "year": year}])


def test_the_dataset_holds_the_rolled_up_numbers(result: Any) -> None:
    data = to_dataset(result)
    assert at(data["CO2"], "IPCC2006:1A", "150600", 2020) == 36.0
    assert at(data["CO2"], "IPCC2006:1A1", "150200", 2021) == 14.0
    assert at(data["memo CO2"], "IPCC2006:1A3ai", "150600", 2020) == 2.0
    equivalent = 36.0 + 28 * 0.018
    assert at(data["CO2e (AR5GWP100)"], "IPCC2006:1", "150600", 2020) == pytest.approx(equivalent, rel=1e-14)


def test_what_is_absent_is_not_zero(result: Any) -> None:
    data = to_dataset(result)
    assert np.isnan(at(data["CO2"], "IPCC2006:1A2a", "150200", 2021))


def test_the_dataset_says_what_was_not_estimated(result: Any) -> None:
    data = to_dataset(result)
    named = [str(name) for name in data.data_vars if "status" in str(name)]
    assert named, "the docstring promises status variables with notation keys"


def test_the_category_dimension_holds_categories_of_its_scheme(tmp_path: Path) -> None:
    wear = card(
        "wear", categories=["IPCC2006:1A3b"], activities=["road_vehicle"], uses=["distance"],
        dimensions=["distance"], substances=["PM10"], output="NFR:1A3bvi",
    )  # fmt: skip
    item = {"activity": "taxi_gasoline", "use": "distance", "dimension": "distance", "category": "IPCC2006:1A3bi"}
    row = factor("a", 1.0, "g/km", substance="PM10")
    data = to_dataset(run(activity_table(item), library(tmp_path, row), wear))
    codes = [str(one) for one in data["category (IPCC2006)"].to_numpy()]
    assert [one for one in codes if not one.startswith("IPCC2006:")] == []


def test_a_result_without_numbers_gives_a_dataset_without_variables(tmp_path: Path) -> None:
    nothing = run(activity_table({}), library(tmp_path, ROWS[0] | {"region": "130000"}), ALL)
    data = to_dataset(nothing)
    assert [str(name) for name in data.data_vars if "status" not in str(name)] == []
