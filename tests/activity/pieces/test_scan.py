"""Large columnar tables give the numbers of the same rows in a text file, and count their bad rows."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from emissions.activity import ActivityTable, read_activity, scan_activity
from emissions.activity.pieces import scan
from emissions.engine import calculate
from emissions.errors import ActivityErrors
from emissions.factors import load_factors
from emissions.inventory import totals

HEADINGS = ("region", "year", "category", "activity", "unit")


def frame(rows: int, seed: int = 7) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "region": draw.choice(["150602", "150603", "150621"], rows),
            "year": draw.choice([2019, 2020], rows),
            "category": draw.choice(["IPCC2006:1A1ai", "IPCC2006:1A2e", "IPCC2006:1A4a"], rows),
            "activity": draw.choice(["diesel", "coke", "lignite"], rows),
            "unit": draw.choice(["t", "kt", "万吨"], rows),
            "quantity": draw.lognormal(0, 8, rows),
            "facility": [f"plant {number}" for number in range(rows)],
        }
    )


def write(data: pd.DataFrame, path: Path, *, plain: bool = False, group: int = 100) -> Path:
    table = pa.Table.from_pandas(data, preserve_index=False)
    parquet.write_table(table, path, row_group_size=group, use_dictionary=not plain)
    return path


@pytest.mark.parametrize("plain", [False, True])
def test_the_scan_gives_the_totals_of_the_same_rows_read_one_by_one(tmp_path: Path, plain: bool) -> None:
    data = frame(1_000)
    data.to_csv(tmp_path / "rows.csv", index=False)
    factors = load_factors("cn-2026.1")
    rows = totals(calculate(read_activity(tmp_path / "rows.csv"), factors))
    scanned = scan_activity(write(data, tmp_path / "rows.parquet", plain=plain), strict=True).read()
    sums = totals(calculate(scanned, factors))
    assert scanned.rows_read == 1_000
    assert len(scanned.rows) < 200
    names = ["category", "region", "year", "substance"]
    pd.testing.assert_frame_equal(
        sums.astype({"category": str, "region": str}), rows.astype({"category": str, "region": str}), rtol=1e-12
    )
    assert list(sums.columns) == [*names, "emission"]


def test_sums_are_exact_whatever_the_order_and_the_row_groups(tmp_path: Path) -> None:
    data = frame(5_000).assign(unit="t")
    one = scan_activity(write(data, tmp_path / "a.parquet", group=5_000)).read()
    other = scan_activity(write(data.sample(frac=1, random_state=1), tmp_path / "b.parquet", group=37)).read()
    exact: dict[tuple[object, ...], Fraction] = {}
    for row in data.itertuples(index=False):
        key = tuple(getattr(row, name) for name in HEADINGS)
        exact[key] = exact.get(key, Fraction(0)) + Fraction(float(row.quantity))
    first, second = sums(one), sums(other)
    assert first.keys() == second.keys() == exact.keys()
    for key, value in exact.items():
        assert first[key] == pytest.approx(float(value), rel=1e-15)
        assert second[key] == pytest.approx(float(value), rel=1e-15)
    assert one.rows["quantity_as_printed"].str.extract(r"(\d+)")[0].astype(int).sum() == 5_000


def sums(table: ActivityTable) -> dict[tuple[object, ...], float]:
    """Return the quantities by region, year, category, activity and unit."""
    return dict(zip(zip(*(table.rows[name] for name in HEADINGS), strict=True), table.rows["quantity"], strict=True))


def test_the_first_row_and_the_number_of_rows_of_a_sum_are_kept(tmp_path: Path) -> None:
    data = frame(3).assign(
        region="150602", year=2020, category="IPCC2006:1A2e", activity=["coke", "diesel", "coke"], unit="t"
    )
    scanned = scan_activity(write(data, tmp_path / "rows.parquet"), strict=True).read()
    found = scanned.rows.set_index("activity")[["row", "quantity_as_printed"]].to_dict("index")
    assert found == {
        "coke": {"row": 1, "quantity_as_printed": "sum of 2 rows"},
        "diesel": {"row": 2, "quantity_as_printed": "sum of 1 rows"},
    }


def test_bad_quantities_are_counted_and_refused(tmp_path: Path) -> None:
    data = frame(400)
    data.loc[[5, 250], "quantity"] = math.inf
    data.loc[7, "quantity"] = -1.0
    with pytest.raises(ActivityErrors) as caught:
        scan_activity(write(data, tmp_path / "rows.parquet"), strict=True).read()
    assert [
        (problem.code, problem.row, problem.found, problem.facts.get("rows_refused"))
        for problem in caught.value.problems
    ] == [
        ("not_finite", 6, "inf", "2"),
        ("negative_quantity", 8, "-1", None),
    ]


def test_a_row_without_a_quantity_is_set_apart_and_counted(tmp_path: Path) -> None:
    data = frame(50)
    data["quantity"] = data["quantity"].astype("Float64")
    data.loc[[3, 4], "quantity"] = pd.NA
    scanned = scan_activity(write(data, tmp_path / "rows.parquet"), strict=True).read()
    assert scanned.refused[["row", "kind"]].to_numpy().tolist() == [[4, "no_quantity"], [5, "no_quantity"]]
    assert scanned.rows_read == 50


def test_a_word_that_is_not_known_is_named_at_its_combination(tmp_path: Path) -> None:
    data = frame(20).assign(activity="diesle")
    with pytest.raises(ActivityErrors) as caught:
        scan_activity(write(data, tmp_path / "rows.parquet"), strict=True).read()
    assert {problem.code for problem in caught.value.problems} == {"unknown_activity"}


def test_a_file_without_a_quantity_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(ActivityErrors) as caught:
        scan_activity(write(frame(5).drop(columns="quantity"), tmp_path / "rows.parquet"), strict=True).read()
    assert [problem.code for problem in caught.value.problems] == ["missing_column"]


def test_rows_in_units_of_one_dimension_are_one_combination(tmp_path: Path) -> None:
    data = frame(3).assign(region="150602", year=2020, category="IPCC2006:1A2e", activity="coke")
    data = data.assign(unit=["kt", "t", "TJ"], quantity=[2.0, 5.0, 7.0])
    scanned = scan_activity(write(data, tmp_path / "rows.parquet"), strict=True).read()
    assert scanned.rows[["quantity", "unit", "row", "quantity_as_printed"]].to_numpy().tolist() == [
        [2005.0, "t", 1, "sum of 2 rows"],
        [7.0, "TJ", 3, "sum of 1 rows"],
    ]


@pytest.mark.parametrize(("unit", "code"), [("kWh/kg", "unknown_unit"), ("万km", "wrong_dimension")])
def test_a_unit_that_does_not_fit_is_named_as_the_file_has_it(tmp_path: Path, unit: str, code: str) -> None:
    data = frame(20).assign(activity="coke", unit=["t"] * 12 + [unit] * 8)
    with pytest.raises(ActivityErrors) as caught:
        scan_activity(write(data, tmp_path / "rows.parquet"), strict=True).read()
    assert {(problem.code, problem.found) for problem in caught.value.problems} == {(code, unit)}


@pytest.mark.parametrize(("compared", "asked"), [(20_000, True), (3, False)])
def test_sums_of_unlikely_size_are_asked_about_where_they_are_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compared: int, *, asked: bool
) -> None:
    monkeypatch.setattr(scan, "COMPARED", compared)
    data = pd.DataFrame({"region": "150602", "year": [2017, 2018, 2019, 2020] * 50, "category": "1A2e"})
    data = data.assign(activity="coke", unit="t", quantity=2.0)
    data.loc[data["year"] == 2020, "unit"] = "万吨"
    data.to_parquet(tmp_path / "rows.parquet", index=False)
    notes = scan_activity(tmp_path / "rows.parquet").read().notes
    assert [(note.code, note.row, note.facts["times"], note.found) for note in notes] == (
        [("size_unlike_years", 4, "10000", "1e+06")] if asked else []
    )


def test_more_coal_than_the_country_is_asked_about_in_a_scan_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "COMPARED", 0)
    data = frame(4).assign(region="150600", year=2020, activity="raw_coal", unit="t", quantity=[1.0, 2.0, 6e9, 3.0])
    found = scan_activity(write(data, tmp_path / "rows.parquet")).read()
    asked = [one for one in found.notes if one.code == "more_coal_than_the_country"]
    assert [(one.level, one.facts["region"], one.found) for one in asked] == [("warning", "150600", "6e+09")]
