"""The difference of two results by cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emissions.inventory import compare
from reference.workbench import activity_table, card, factor, library, run

ONE = card("one", substances=["CO2", "CH4"])


def result(root: Path, items: list[dict[str, Any]], value: float = 2.0, one: Any = ONE) -> Any:
    root.mkdir(exist_ok=True)
    return run(activity_table(*items), library(root, factor("a", value, "t/t")), one)


def causes(table: pd.DataFrame, activity: str = "activity") -> list[str]:
    return [activity, "factor", "method", "scope"]


def parts(tmp_path: Path, first: tuple[float, float], second: tuple[float, float], other: Any = ONE) -> pd.Series:
    """Return the one row for (quantity, factor) of two results."""
    one = result(tmp_path / "1", [{"quantity": first[0]}], first[1])
    two = result(tmp_path / "2", [{"quantity": second[0]}], second[1], other)
    table = compare(one, two, "CO2", by=("category",))
    assert len(table) == 1
    return table.iloc[0]


def test_equal_results_differ_in_nothing(tmp_path: Path) -> None:
    row = parts(tmp_path, (10.0, 2.0), (10.0, 2.0))
    assert [row[name] for name in ("activity", "factor", "method", "scope", "difference")] == [0.0] * 5
    assert (row["first"], row["second"]) == (20.0, 20.0)


def test_more_activity_is_put_down_to_activity(tmp_path: Path) -> None:
    row = parts(tmp_path, (10.0, 2.0), (15.0, 2.0))
    assert [row[name] for name in ("activity", "factor", "method", "scope")] == [10.0, 0.0, 0.0, 0.0]


def test_another_factor_is_put_down_to_the_factor(tmp_path: Path) -> None:
    row = parts(tmp_path, (10.0, 2.0), (10.0, 3.0))
    assert [row[name] for name in ("activity", "factor", "method", "scope")] == [0.0, 10.0, 0.0, 0.0]


def test_both_share_the_product_evenly(tmp_path: Path) -> None:
    row = parts(tmp_path, (10.0, 2.0), (20.0, 4.0))
    assert [row[name] for name in ("activity", "factor", "difference")] == [30.0, 30.0, 60.0]


def test_another_card_is_put_down_to_the_method(tmp_path: Path) -> None:
    row = parts(tmp_path, (10.0, 2.0), (10.0, 3.0), card("two"))
    assert [row[name] for name in ("activity", "factor", "method", "scope")] == [0.0, 0.0, 10.0, 0.0]


def test_what_only_one_counts_is_put_down_to_scope(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [{}, {"activity": "anthracite", "quantity": 5.0}])
    two = result(tmp_path / "2", [{}, {"activity": "coke", "quantity": 7.0}])
    table = compare(one, two, "CO2").set_index("activity")
    # the column "activity" is the cell here, the cause is called "quantity"
    assert table["scope"].to_dict() == {"lignite": 0.0, "anthracite": -10.0, "coke": 14.0}
    assert table["difference"].to_dict() == {"lignite": 0.0, "anthracite": -10.0, "coke": 14.0}


@pytest.mark.parametrize("by", [("activity",), ("category",), ("activity", "region"), ("year",), ("category", "use")])
def test_the_causes_sum_to_the_difference(tmp_path: Path, by: tuple[str, ...]) -> None:
    items = [
        {"quantity": 1234.5}, {"quantity": 0.1, "activity": "anthracite"}, {"quantity": 77.7, "year": 2021},
        {"quantity": 5e9, "category": "IPCC2006:1A2a"}, {"quantity": 0.0, "activity": "coke"},
        {"quantity": 3.0, "dimension": "energy"},
    ]  # fmt: skip
    other = [item | {"quantity": item["quantity"] * 1.37 + 0.3} for item in items[:-1]] + [{"activity": "diesel"}]
    both = card("one", dimensions=["mass", "energy"])
    root = tmp_path / "1"
    root.mkdir()
    rows = (factor("a", 2.0, "t/t"), factor("e", 94.0, "t/TJ"))
    one = run(activity_table(*items), library(root, *rows), both)
    two = result(tmp_path / "2", other, 2.3, both)
    table = compare(one, two, "CO2", by=by)
    names = causes(table, "quantity" if "activity" in by else "activity")
    sums = table[names].astype(float).sum(axis=1)
    assert (abs(sums - table["difference"]) <= 1e-9 * (table["first"].abs() + table["second"].abs())).all()
    assert (abs(table["second"] - table["first"] - table["difference"]) <= 1e-9).all()
    assert table["second"].sum() - table["first"].sum() == pytest.approx(
        two.counted.loc[two.counted["substance"] == "CO2", "emission"].sum()
        - one.counted.loc[one.counted["substance"] == "CO2", "emission"].sum(),
        rel=1e-12,
    )


def test_a_substance_that_neither_has_gives_no_rows(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [{}])
    assert compare(one, one, "SO2").empty


def test_a_substance_that_only_the_second_has_is_scope(tmp_path: Path) -> None:
    none = result(tmp_path / "1", [{}], one=card("one", substances=["CH4"]))
    some = result(tmp_path / "2", [{}])
    table = compare(none, some, "CO2", by=("category",))
    assert table[["scope", "difference"]].to_numpy().tolist() == [[200.0, 200.0]]
