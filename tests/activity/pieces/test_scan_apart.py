"""Bad rows of a scan are set apart: each counted once, none lost, the sums of the others as if they had not been there."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from emissions.activity import ActivityTable, read_activity, scan_activity
from emissions.activity.pieces import duplicates, textblocks
from emissions.engine import calculate
from emissions.errors import ActivityErrors
from emissions.factors import load_factors
from emissions.inventory import totals
from emissions.vocabulary import describe

ROWS = 20_000
SPOILED = {
    "no_quantity": ("quantity", None),
    "not_finite": ("quantity", math.inf),
    "negative_quantity": ("quantity", -3.5),
    "unknown_region": ("region", "nowhere"),
    "unknown_category": ("category", "9Z"),
    "unknown_activity": ("activity", "diesle"),
    "unknown_unit": ("unit", "bushel"),
    "wrong_dimension": ("unit", "km"),
    "year_out_of_range": ("year", 1850),
    "unknown_condition": ("branch", "no such branch"),
    "unknown_control": ("control", "magic filter"),
    "unknown_use": ("use", "juggling"),
}


def good_rows(rows: int = ROWS) -> pd.DataFrame:
    draw = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "region": draw.choice(["150602", "150603"], rows),
            "year": draw.choice([2019, 2020], rows),
            "category": draw.choice(["IPCC2006:1A1ai", "IPCC2006:1A2e"], rows),
            "activity": draw.choice(["coke", "lignite"], rows),
            "unit": draw.choice(["t", "kt"], rows),
            "quantity": draw.lognormal(0, 3, rows),
            "branch": "",
            "control": "",
            "use": "combustion",
            "activity_id": [f"row {number}" for number in range(rows)],
        }
    )


def spoiled() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows of which 1 % are bad in twelve ways, and the bad ones with their kind."""
    data = good_rows()
    places = np.random.default_rng(5).permutation(ROWS)[: ROWS // 100]
    kinds = [list(SPOILED)[number % len(SPOILED)] for number in range(len(places))]
    for place, kind in zip(places.tolist(), kinds, strict=True):
        column, value = SPOILED[kind]
        data.loc[place, column] = value
    return data, pd.DataFrame({"row": places + 1, "kind": kinds}).sort_values("row", ignore_index=True)


def write(data: pd.DataFrame, path: Path, group: int = 3_000) -> Path:
    if path.suffix == ".csv":
        data.to_csv(path, index=False)
    else:
        parquet.write_table(pa.Table.from_pandas(data, preserve_index=False), path, row_group_size=group)
    return path


def totals_of(table: ActivityTable) -> pd.DataFrame:
    return totals(calculate(table, load_factors("cn-2026.1")))


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv"])
def test_one_percent_bad_rows_are_all_found_and_change_no_total(tmp_path: Path, name: str) -> None:
    data, bad = spoiled()
    scanned = scan_activity(write(data, tmp_path / name)).read()
    first = 1 if name == "rows.parquet" else 2
    assert scanned.refused["row"].tolist() == (bad["row"] + first - 1).tolist()
    assert scanned.refused["kind"].astype(str).tolist() == bad["kind"].tolist()
    assert scanned.rows_read == ROWS
    used = scanned.rows["quantity_as_printed"].str.extract(r"(\d+)")[0].astype(int).sum()
    assert used + len(scanned.refused) + len(scanned.excluded) == ROWS

    # the good rows in row groups of their own, each as long as what is left of the row group they come from
    kept = data.drop(index=bad["row"] - 1)
    pieces = [kept[kept.index // 3_000 == number] for number in range(math.ceil(ROWS / 3_000))]
    path = tmp_path / f"clean-{name}"
    if name == "rows.parquet":
        with parquet.ParquetWriter(path, pa.Table.from_pandas(data, preserve_index=False).schema) as writer:
            for piece in pieces:
                writer.write_table(pa.Table.from_pandas(piece, schema=writer.schema, preserve_index=False))
    else:
        write(kept, path)
    clean = scan_activity(path).read()
    columns = ["region", "year", "category", "activity", "use", "quantity"]
    # rows that are not there move the blocks that are added; a row group of this table is one block
    tolerance = 0 if name == "rows.parquet" else 1e-12
    pd.testing.assert_frame_equal(scanned.rows[columns], clean.rows[columns], rtol=tolerance, atol=0)
    pd.testing.assert_frame_equal(totals_of(scanned), totals_of(clean), rtol=tolerance, atol=0)


def test_the_kind_the_column_and_what_was_found_are_named(tmp_path: Path) -> None:
    data, _ = spoiled()
    refused = scan_activity(write(data, tmp_path / "rows.parquet")).read().refused
    named = refused.drop_duplicates("kind").set_index("kind")[["column", "found"]].T.to_dict("list")
    expected = {kind: [column, "" if value is None else str(value)] for kind, (column, value) in SPOILED.items()}
    assert named == expected
    finite = refused["quantity"].notna()
    assert set(refused.loc[~finite, "kind"]) == {"no_quantity", "not_finite"}
    assert (refused["row_group"] == (refused["row"] - 1) // 3_000).all()


def test_a_note_says_how_many_and_how_much(tmp_path: Path) -> None:
    data = good_rows(100)
    data.loc[[5, 60], "activity"] = "diesle"
    data.loc[[5, 60], "unit"] = ["t", "kt"]
    data.loc[[5, 60], "quantity"] = [2.0, 3.0]
    scanned = scan_activity(write(data, tmp_path / "rows.parquet", group=50)).read()
    [note] = [note for note in scanned.notes if note.code == "rows_set_apart"]
    assert (note.level, note.file, note.row) == ("warning", "rows.parquet", 6)
    assert note.facts["count"] == "2"
    assert note.facts["quantity"] == "3 kt, 2 t"
    assert note.facts["examples"] == "rows.parquet [0] 6; rows.parquet [1] 61"
    assert "diesle" in describe(note, "en")
    assert "2 rows are set apart" in describe(note, "en")
    assert "剔除 2 行" in describe(note, "zh")


def test_a_row_with_several_problems_counts_once_and_names_them(tmp_path: Path) -> None:
    data = good_rows(10)
    data.loc[3, ["region", "year", "activity"]] = ["nowhere", 1850, "diesle"]
    data.loc[4, ["quantity", "activity"]] = [-2.0, "diesle"]
    scanned = scan_activity(write(data, tmp_path / "rows.parquet")).read()
    assert scanned.refused[["row", "kind", "column", "found"]].to_numpy().tolist() == [
        [4, "unknown_region", "region", "nowhere; year=1850; activity=diesle"],
        [5, "negative_quantity", "quantity", "-2"],
    ]


def test_strict_refuses_the_file_with_every_problem(tmp_path: Path) -> None:
    data, bad = spoiled()
    with pytest.raises(ActivityErrors) as caught:
        scan_activity(write(data, tmp_path / "rows.parquet"), strict=True).read()
    counted = {problem.code: int(problem.facts.get("rows_refused", "1")) for problem in caught.value.problems}
    expected = bad["kind"].value_counts().to_dict()
    del expected["no_quantity"]
    assert counted == expected


def test_sums_and_examples_in_a_table_are_excluded_with_the_reason(tmp_path: Path) -> None:
    data = good_rows(10)
    data.loc[[2, 7], "activity"] = "合计"
    scanned = scan_activity(write(data, tmp_path / "rows.parquet", group=5)).read()
    assert scanned.excluded[["row", "reason"]].to_numpy().tolist() == [[3, "subtotal"], [8, "subtotal"]]
    assert scanned.refused.empty


def test_numbers_in_text_are_read_where_they_have_one_reading(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "region,year,category,activity,unit,quantity\n"
        '150602,2020,1A2e,coke,t,"1,234.5"\n'
        '150602,2020,1A2e,coke,t,"1,5"\n'
        "150602,2020,1A2e,coke,t,12 pieces\n"
        "150602,2020,1A2e,coke,t, 2 \n"
        "150602,2020,1A2e,coke\n"
        "150602,2020,1A2e,coke,t,\n"
        "150602,2020,1A2e,coke,t,4\n",
        encoding="utf-8",
    )
    scanned = scan_activity(tmp_path / "rows.csv").read()
    assert scanned.rows["quantity"].tolist() == [1240.5]
    assert scanned.refused[["row", "kind", "found"]].to_numpy().tolist() == [
        [3, "number_ambiguous", "1,5"],
        [4, "unit_twice", "12 pieces"],
        [6, "line_torn", "150602,2020,1A2e,coke"],
        [7, "no_quantity", ""],
    ]
    chosen = scan_activity(tmp_path / "rows.csv", choices={"decimal_comma": "decimal"}).read()
    assert chosen.rows["quantity"].tolist() == [1242.0]


UNITS_BEHIND = ["12 t", "3kt", "５ 万吨", "1,000 吨", "7", "NE", "2 furlong", "", "4 TJ", "1 t/t", "10 kWh"]


@pytest.mark.parametrize("heading", ["quantity", "数量（kt）"])
@pytest.mark.parametrize("units", [(None,), ("",), ("t", "kt", "吨", "", "furlong")])
def test_a_unit_behind_a_number_counts_as_in_a_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heading: str, units: tuple[str | None, ...]
) -> None:
    monkeypatch.setattr(textblocks, "BLOCK", 300)
    rows = [
        {"region": "150602", "year": 2020, "category": "1A2e", "activity": "coke", heading: text, "unit": unit}
        for unit in units
        for text in UNITS_BEHIND * 2
    ]
    data = pd.DataFrame(rows).assign(facility=range(len(rows)))
    data = data.drop(columns="unit") if units == (None,) else data
    data.to_csv(tmp_path / "rows.csv", index=False)
    with pytest.raises(ActivityErrors) as caught:
        read_activity(tmp_path / "rows.csv")
    wrong: dict[int, str] = {}
    for problem in caught.value.problems:
        if problem.level == "error":
            wrong.setdefault(int(problem.row or 0), problem.code)
    scanned = scan_activity(tmp_path / "rows.csv").read()
    refused = scanned.refused[scanned.refused["kind"] != "no_quantity"]
    assert dict(zip(refused["row"], refused["kind"], strict=True)) == wrong
    good = data.drop(index=[row - 2 for row in wrong])
    good.to_csv(tmp_path / "good.csv", index=False)
    whole = read_activity(tmp_path / "good.csv").rows
    columns = ["year", "dimension", "unit", "notation"]
    sums = whole.groupby(columns, observed=True)["quantity"].agg(lambda values: math.fsum(values.dropna()))
    found = scanned.rows.groupby(columns, observed=True)["quantity"].agg(lambda values: math.fsum(values.dropna()))
    assert found.to_dict() == pytest.approx(sums.to_dict(), rel=1e-12)
    assert len(found) > 1


@pytest.mark.parametrize(
    ("heading", "text", "found", "other"),
    [
        ("quantity", "t,12 kt", "12 kt", "t"),
        ("数量（t）", "kt,12", "12 kt", "t"),
        ("数量（t）", ",12 kt", "12 kt", "t"),
    ],
)
def test_two_units_of_a_row_are_named(tmp_path: Path, heading: str, text: str, found: str, other: str) -> None:
    (tmp_path / "rows.csv").write_text(
        f"region,year,category,activity,unit,{heading}\n150602,2020,1A2e,coke,t,3\n150602,2020,1A2e,coke,{text}\n",
        encoding="utf-8",
    )
    (note,) = scan_activity(tmp_path / "rows.csv").read().notes
    assert f'two units that differ are given: "{found}" and "{other}"' in describe(note, "en")


@pytest.mark.parametrize("on_disk", [False, True])
def test_rows_that_repeat_a_declared_key_are_set_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_disk: bool
) -> None:
    if on_disk:
        monkeypatch.setattr(duplicates, "IN_MEMORY", 500)
    data = good_rows(2_000)
    again = {40: 3, 1_900: 3, 1_500: 1_499}
    for row, earlier in again.items():
        data.loc[row, "activity_id"] = data.loc[earlier, "activity_id"]
    data.loc[40, "activity"] = "diesle"
    data.loc[[7, 8], "activity_id"] = None
    path = write(data, tmp_path / "rows.parquet", group=300)
    scanned = scan_activity(path, key=["编号"]).read()
    assert scanned.refused[["row", "kind", "column", "found"]].to_numpy().tolist() == [
        [41, "row_repeated", "activity_id", "row 3"],
        [1501, "row_repeated", "activity_id", "row 1499"],
        [1901, "row_repeated", "activity_id", "row 3"],
    ]
    clean = scan_activity(write(data.drop(index=list(again)), tmp_path / "clean.parquet", group=300)).read()
    columns = ["region", "year", "category", "activity", "quantity"]
    assert scanned.rows[columns].to_numpy().tolist() == clean.rows[columns].to_numpy().tolist()
    assert len(scan_activity(path).read().refused) == 1


def test_several_columns_are_one_key(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {"region": ["150602", "150603", "150602"], "year": 2020, "category": "1A2e", "activity": "coke"}
    )
    data = data.assign(unit="t", quantity=[1.0, 2.0, 3.0])
    scanned = scan_activity(write(data, tmp_path / "rows.parquet"), key=["region", "year", "activity"]).read()
    assert scanned.refused[["row", "found", "quantity"]].to_numpy().tolist() == [[3, "150602, 2020, coke", 3.0]]
    assert scanned.rows["quantity"].tolist() == [1.0, 2.0]


def test_a_key_column_that_no_file_has_is_named(tmp_path: Path) -> None:
    path = write(good_rows(5), tmp_path / "rows.parquet")
    with pytest.raises(ActivityErrors) as caught:
        scan_activity(path, key=["facility"]).read()
    assert [(problem.code, problem.facts["column"]) for problem in caught.value.problems] == [
        ("missing_column", "facility")
    ]
