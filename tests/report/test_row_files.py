"""Emissions by row sum to the totals of the result, whatever the form of the files and whatever is wrong with rows."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from emissions.activity import scan_activity
from emissions.engine import Run, calculate
from emissions.errors import ResultError
from emissions.factors import FactorLibrary
from emissions.report import row_words
from emissions.report.row_files import write_rows
from report.large import ROWS, frame, write_tables


def written(
    tmp_path: Path, library: FactorLibrary, *paths: Path | str, full: bool, threads: int | None = None, **given: Any
) -> tuple[Run, pd.DataFrame, pd.DataFrame]:
    """Scan, compute and write; return the result, the rows of all parts and the factors."""
    scan = scan_activity(*paths, **given)
    run = calculate(scan.read(), library)
    folder = tmp_path / f"rows{full}{threads}"
    write_rows(run, scan, folder, full=full, threads=threads)
    parts = [parquet.read_table(path).to_pandas() for path in sorted(folder.glob("part-*.parquet"))]
    factors = pd.read_parquet(folder / "factors.parquet").set_index("factor")
    return run, pd.concat(parts, ignore_index=True), factors


def check(run: Run, rows: pd.DataFrame, factors: pd.DataFrame, *, full: bool) -> None:
    """Hold the sums by row against the totals of the result, to 1e-12 of the sum of absolute values."""
    counted = run.counted.groupby("substance", observed=True)["emission"]
    totals, sizes = counted.sum(), counted.agg(lambda values: values.abs().sum())
    assert len(totals) > 3
    for substance, total in totals.items():
        emission = rows["quantity"].abs() * rows["factor"].map(factors[str(substance)])
        assert abs(math.fsum(emission.dropna()) - total) <= 1e-12 * sizes[substance]
        if full:
            own = rows[str(substance)]
            assert own.notna().equals(emission.notna())
            assert abs(math.fsum(own.dropna()) - total) <= 1e-12 * sizes[substance]


@pytest.mark.parametrize("full", [False, True])
def test_rows_sum_to_the_totals(tmp_path: Path, library: FactorLibrary, full: bool) -> None:
    write_tables(tmp_path / "data")
    run, rows, factors = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=full)
    check(run, rows, factors, full=full)
    data = frame()
    assert len(rows) == ROWS
    for name in ("quantity", "facility", "region", "unit"):  # as they are, in their order
        assert rows[name].astype(object).tolist() == data[name].tolist()
    assert rows["factor"].notna().all()
    assert ("CO2" in rows) == full


def test_children_of_a_mix_are_in_the_factor_of_their_row(tmp_path: Path, library: FactorLibrary) -> None:
    raw = frame().query("activity == 'raw_coal' and unit == 't' and category == 'IPCC2006:1A2e'").reset_index(drop=True)
    write_tables(tmp_path / "data", raw, files=1)
    run, rows, factors = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=True)
    assert len(run.activity.rows) > len(run.given.rows)  # type: ignore[union-attr]
    check(run, rows, factors, full=True)
    assert (rows["CO2"] / rows["quantity"]).between(0.5, 3).all()


def test_unit_and_factor_go_together(tmp_path: Path, library: FactorLibrary) -> None:
    write_tables(tmp_path / "data")
    _, rows, factors = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=False)
    joined = rows.join(
        factors[["unit", "CO2", "activity"]].rename(columns={"unit": "unit_of", "activity": "activity_of"}), on="factor"
    )
    assert (joined["unit"].astype(object) == joined["unit_of"].astype(object)).all()
    assert (joined["activity"].astype(object) == joined["activity_of"].astype(object)).all()
    per = joined.drop_duplicates(["region", "year", "category", "activity", "unit"])
    per = per.pivot_table(
        index=["region", "year", "category", "activity"], columns="unit", values="CO2", observed=True
    ).dropna()
    assert np.allclose(per["kt"], 1000 * per["t"], rtol=1e-12)
    assert np.allclose(per["万吨"], 10_000 * per["t"], rtol=1e-12)


def test_rows_set_apart_have_no_factor_and_are_counted(tmp_path: Path, library: FactorLibrary) -> None:
    data = frame()
    data.loc[10, "quantity"] = -1.0
    data.loc[[20, 500], "quantity"] = math.nan
    data.loc[30, "activity"] = "moonshine"
    data.loc[700, "region"] = "火星"
    data.loc[1100, "unit"] = "furlong"
    write_tables(tmp_path / "data", data)
    run, rows, factors = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=True)
    assert np.flatnonzero(rows["factor"].isna()).tolist() == [10, 20, 30, 500, 700, 1100]
    assert rows.loc[rows["factor"].isna(), "CO2"].isna().all()
    check(run, rows, factors, full=True)
    parts = pd.read_csv(tmp_path / "rowsTrueNone" / "parts.csv")
    assert parts["refused"].sum() == len(run.activity.refused) == 6
    assert parts["rows"].sum() == ROWS
    assert parts["first_row"].tolist() == [1, 101, 201, 301] * 3
    assert parts["file"].tolist() == sorted(["part0.parquet", "part1.parquet", "part2.parquet"] * 4)


def test_repeated_rows_have_no_factor(tmp_path: Path, library: FactorLibrary) -> None:
    data = frame()
    twice = pd.concat([data, data.iloc[[3, 700]]], ignore_index=True)
    write_tables(tmp_path / "data", twice)
    run, rows, factors = written(
        tmp_path, library, tmp_path / "data" / "*.parquet", full=False, key=("facility", "activity")
    )
    assert np.flatnonzero(rows["factor"].isna()).tolist() == [1200, 1201]
    check(run, rows, factors, full=False)


def test_other_forms_of_files_and_headings(tmp_path: Path, library: FactorLibrary) -> None:
    data = frame(600)
    (tmp_path / "data").mkdir()
    feather.write_feather(data.iloc[:200], str(tmp_path / "data" / "a.feather"), compression="uncompressed")
    parquet.write_table(
        pa.Table.from_pandas(data.iloc[200:400], preserve_index=False), tmp_path / "data" / "b.parquet",
        use_dictionary=False,
    )  # fmt: skip
    renamed = {
        "region": "地区",
        "year": "年份",
        "category": "类别",
        "activity": "活动",
        "unit": "单位",
        "quantity": "数量",
    }
    data.iloc[400:].drop(columns="facility").rename(columns=renamed).to_csv(tmp_path / "data" / "c.csv", index=False)
    with (tmp_path / "data" / "c.csv").open("a", encoding="utf-8") as stream:
        stream.write("150602,2020,IPCC2006:1A2e,coke\n150602,2020,IPCC2006:1A2e,coke,t,NE\n")
        stream.write("150602,2020,IPCC2006:1A2e,coke,,3 kt\n")
    run, rows, factors = written(tmp_path, library, tmp_path / "data" / "*", full=True)
    check(run, rows, factors, full=True)
    assert set(data.columns) <= set(rows.columns)
    assert len(rows) == 602  # a torn line is in no part file
    assert run.activity.rows_read == 603
    last = factors.loc[rows["factor"].iloc[-1]]
    assert (last["unit"], rows["quantity"].iloc[-1]) == ("kt", 3.0)
    assert 500 < last["CO2"] < 10_000  # t per kt


def test_the_same_files_whatever_the_number_of_threads(tmp_path: Path, library: FactorLibrary) -> None:
    write_tables(tmp_path / "data")
    for threads in (1, 4):
        written(tmp_path, library, tmp_path / "data" / "*.parquet", full=True, threads=threads)
    one, four = tmp_path / "rowsTrue1", tmp_path / "rowsTrue4"
    assert {path.name for path in one.iterdir()} == {path.name for path in four.iterdir()}
    assert all(path.read_bytes() == (four / path.name).read_bytes() for path in one.iterdir())


def test_many_words_are_looked_up_one_by_one(
    tmp_path: Path, library: FactorLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tables(tmp_path / "data")
    _, dense, _ = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=False, threads=1)
    monkeypatch.setattr(row_words, "_DENSE", 8)
    run, sparse, factors = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=False, threads=2)
    pd.testing.assert_frame_equal(dense[["quantity"]], sparse[["quantity"]])
    check(run, sparse, factors, full=False)


def test_what_is_not_estimated_has_no_number(tmp_path: Path, library: FactorLibrary) -> None:
    data = frame(50).assign(activity="lignite", category="IPCC2006:1A1ai", unit="t")
    write_tables(tmp_path / "data", data, files=1)
    run, rows, _ = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=True)
    gaps = set(run.gaps["substance"].astype(str)) - set(run.counted["substance"].astype(str))
    assert gaps
    assert not gaps & set(rows.columns)


def test_files_that_change_in_between_are_refused(tmp_path: Path, library: FactorLibrary) -> None:
    write_tables(tmp_path / "data")
    scan = scan_activity(tmp_path / "data" / "*.parquet")
    run = calculate(scan.read(), library)
    write_tables(tmp_path / "more", frame(10), files=1)
    (tmp_path / "more" / "part0.parquet").rename(tmp_path / "data" / "part9.parquet")
    with pytest.raises(ResultError) as error:
        write_rows(run, scan, tmp_path / "rows")
    assert error.value.problems[0].code == "files_changed"


def test_the_view_multiplies_every_substance(tmp_path: Path, library: FactorLibrary) -> None:
    write_tables(tmp_path / "data", frame(50), files=1)
    _, _, factors = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=False)
    view = (tmp_path / "rowsFalseNone" / "emissions.sql").read_text(encoding="utf-8")
    for name in factors.columns.drop(["unit", "region", "year", "category", "activity", "use"]):
        assert f'abs(r.quantity) * f."{name}" AS "{name}"' in view
    notes = (tmp_path / "rowsFalseNone" / "README.md").read_text(encoding="utf-8")
    assert '(rows["quantity"].abs() * rows["factor"].map(factors["CO2"])).sum()' in notes


def test_the_python_of_the_notes_runs(tmp_path: Path, library: FactorLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tables(tmp_path / "data", files=1, group=2000)
    run, _, _ = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=False)
    folder = tmp_path / "rowsFalseNone"
    notes = (folder / "README.md").read_text(encoding="utf-8")
    code = notes.split("```python\n")[1].split("```")[0].strip().splitlines()
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec("\n".join([*code[:-1], f"total = {code[-1]}"]), names)  # noqa: S102
    total = run.counted.loc[run.counted["substance"] == "CO2", "emission"].sum()
    assert names["total"] == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("full", [False, True])
def test_the_view_sums_to_the_totals(
    tmp_path: Path, library: FactorLibrary, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    duckdb = pytest.importorskip("duckdb")
    data = frame()
    data.loc[10, "quantity"] = -1.0
    write_tables(tmp_path / "data", data)
    run, _, _ = written(tmp_path, library, tmp_path / "data" / "*.parquet", full=full)
    folder = tmp_path / f"rows{full}None"
    monkeypatch.chdir(folder)
    with duckdb.connect() as database:
        database.execute((folder / "emissions.sql").read_text(encoding="utf-8"))
        found = database.execute('SELECT sum("CO2"), sum("SO2"), count(*), count("CO2") FROM emissions').fetchone()
    totals = run.counted.groupby("substance", observed=True)["emission"].sum()
    assert found[:2] == pytest.approx((totals["CO2"], totals["SO2"]), rel=1e-12)
    assert found[2:] == (ROWS, ROWS - 1)


def test_part_files_are_cheap_to_write_and_small(tmp_path: Path, library: FactorLibrary) -> None:
    data = frame()
    data.loc[10, "quantity"] = -1.0
    write_tables(tmp_path / "data", data)
    written(tmp_path, library, tmp_path / "data" / "*.parquet", full=True)
    group = parquet.read_metadata(tmp_path / "rowsTrueNone" / "part-00000.parquet").row_group(0)
    columns = {column.path_in_schema: column for column in map(group.column, range(group.num_columns))}
    assert {column.compression for column in columns.values()} == {"UNCOMPRESSED"}
    encodings = {name: set(column.encodings) - {"RLE"} for name, column in columns.items()}
    assert encodings["quantity"] == encodings["CO2"] == {"PLAIN"}
    assert encodings["year"] == encodings["factor"] == {"DELTA_BINARY_PACKED"}
    assert "RLE_DICTIONARY" in encodings["region"] & encodings["unit"]
