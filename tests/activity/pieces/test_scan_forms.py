"""A scan reads the same rows alike from every form of file, however the files are cut and their columns stored."""

from __future__ import annotations

import codecs
import hashlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather, parquet

from emissions.activity import ActivityTable, read_activity, scan_activity
from emissions.activity.pieces import textblocks
from emissions.activity.pieces.kernel import coded_column
from emissions.engine import calculate
from emissions.errors import ActivityErrors, UnreadableWorkbook
from emissions.factors import load_factors
from emissions.inventory import totals

COLUMNS = ("region", "year", "category", "activity", "use", "dimension", "branch")
CHINESE = {
    "region": "地区",
    "year": "年份",
    "category": "分类",
    "activity": "活动",
    "unit": "单位",
    "quantity": "数量",
    "facility": "企业名称",
}


def frame(rows: int, seed: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "region": draw.choice(["150602", "150603", "昆都仑区"], rows),
            "year": draw.choice([2019, 2020], rows),
            "category": draw.choice(["IPCC2006:1A1ai", "1.A.2.e", "IPCC2006:1A4a"], rows),
            "activity": draw.choice(["diesel", "焦炭", "lignite"], rows),
            "unit": draw.choice(["t", "kt", "万吨"], rows),
            "quantity": draw.lognormal(0, 5, rows),
            "facility": [f"plant, {number}\nsecond line" for number in range(rows)],
        }
    )


def sums(table: ActivityTable) -> dict[tuple[str, ...], Fraction]:
    """Return exact sums of the table by its key."""
    found: dict[tuple[str, ...], Fraction] = {}
    names = [name for name in COLUMNS if name in table.rows]
    for key, value in zip(
        table.rows[names].astype(str).itertuples(index=False, name=None), table.rows["quantity"], strict=True
    ):
        found[key] = found.get(key, Fraction(0)) + Fraction(float(value))
    return found


def same(one: ActivityTable, other: ActivityTable, tolerance: float = 1e-12) -> None:
    first, second = sums(one), sums(other)
    assert first.keys() == second.keys()
    for key, value in first.items():
        assert abs(value - second[key]) <= Fraction(tolerance) * abs(value)


def rows_of(table: ActivityTable) -> int:
    return int(table.rows["quantity_as_printed"].str.extract(r"(\d+)")[0].astype(int).sum())


@pytest.mark.parametrize(
    ("name", "coding", "mark", "chinese"),
    [
        ("rows.csv", "utf-8", b"", False),
        ("rows.csv", "utf-8", codecs.BOM_UTF8, True),
        ("rows.csv", "gb18030", b"", True),
        ("rows.csv", "utf-16-le", codecs.BOM_UTF16_LE, True),
        ("rows.tsv", "utf-16-be", codecs.BOM_UTF16_BE, True),
        ("rows.tsv", "utf-8", b"", True),
    ],
)
def test_text_is_read_in_blocks_as_the_whole_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, coding: str, mark: bytes, chinese: bool
) -> None:
    data = frame(300)
    path = tmp_path / name
    written = data.rename(columns=CHINESE) if chinese else data
    text = written.to_csv(index=False, sep="\t" if name.endswith("tsv") else ",")
    path.write_bytes(mark + text.encode(coding))
    monkeypatch.setattr(textblocks, "BLOCK", 1500)
    scanned = scan_activity(path).read(threads=2)
    same(scanned, read_activity(path))
    assert scanned.rows_read == rows_of(scanned) == 300
    assert scanned.refused.empty
    assert scanned.rows["row"].min() == 2


@pytest.mark.parametrize(("coding", "mark"), [("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)])
def test_rows_of_utf_16_keep_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coding: str, mark: bytes
) -> None:
    # U+0A0A and U+2222 hold the bytes of a line end and of a quote; a name in quotes holds a line end
    data = frame(40).assign(facility=["厂\u0a0a\u2222甲", "厂\n乙"] * 20)
    data.loc[[3, 30], "quantity"] = np.nan
    path = tmp_path / "rows.csv"
    path.write_bytes(mark + f"年份,2020\n\n{data.drop(columns='year').to_csv(index=False)}".encode(coding))
    monkeypatch.setattr(textblocks, "BLOCK", 501)
    scanned = scan_activity(path, key=["facility", "region", "category", "activity", "unit"]).read()
    data["again"] = data.duplicated(["facility", "region", "category", "activity", "unit"])
    data.loc[[3, 30], "again"] = True  # nothing is said of a row without a quantity but that
    assert scanned.refused["row"].tolist() == (np.flatnonzero(data["again"]) + 4).tolist()
    assert rows_of(scanned) == 40 - data["again"].sum()


def test_text_that_ends_within_a_letter_is_named(tmp_path: Path) -> None:
    text = frame(50).to_csv(index=False)
    for name, content in (
        ("a.csv", codecs.BOM_UTF16_LE + text.encode("utf-16-le")[:-1]),
        ("b.csv", text.replace("coke", "焦炭").encode("gb18030") + b"\xff\xff"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableWorkbook) as caught:
            scan_activity(tmp_path / name).read()
        assert [(problem.code, problem.file) for problem in caught.value.problems] == [("text_coding_unknown", name)]


def test_title_lines_above_the_headings_count_for_all_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("地区：昆都仑区\n年份,2020\n分类,活动,数量（万吨）\n1A2e,焦炭,1.5\n1A2e,焦炭,2\n", encoding="utf-8")
    scanned = scan_activity(path).read()
    assert scanned.rows[["region", "year", "quantity", "row"]].to_numpy().tolist() == [["150203", 2020, 35000.0, 4]]


@pytest.mark.parametrize("compression", ["uncompressed", "zstd"])
def test_feather_is_read_by_record_batches(tmp_path: Path, compression: str) -> None:
    data = frame(300)
    data["region"] = data["region"].astype("category")
    path = tmp_path / "rows.feather"
    feather.write_feather(pa.Table.from_pandas(data), path, compression=compression, chunksize=70)
    data.to_csv(tmp_path / "rows.csv", index=False)
    seen: list[tuple[int, int]] = []
    scanned = scan_activity(path).read(progress=lambda rows, size: seen.append((rows, size)))
    same(scanned, read_activity(tmp_path / "rows.csv"))
    assert [rows for rows, _ in seen] == [70, 140, 210, 280, 300]


def test_files_that_store_their_columns_otherwise_give_one_table(tmp_path: Path) -> None:
    data = frame(400)
    parts = [data.iloc[low : low + 100].reset_index(drop=True) for low in range(0, 400, 100)]
    for folder in ("a", "b/c"):
        (tmp_path / folder).mkdir(parents=True)
    parquet.write_table(pa.Table.from_pandas(parts[0]), tmp_path / "a/part.parquet", row_group_size=33)
    text_years = parts[1].assign(year=parts[1]["year"].astype(str), quantity=parts[1]["quantity"].map(repr))
    parquet.write_table(
        pa.Table.from_pandas(text_years[text_years.columns[::-1]]), tmp_path / "b/part.parquet", use_dictionary=False
    )
    numbers = parts[2].assign(year=parts[2]["year"].astype("float64"), branch=None)
    parquet.write_table(pa.Table.from_pandas(numbers), tmp_path / "b/c/part.parquet", row_group_size=7)
    feather.write_feather(parts[3].rename(columns=CHINESE), tmp_path / "b/c/last.feather")
    data.to_csv(tmp_path / "rows.csv", index=False)
    scanned = scan_activity(str(tmp_path / "**/*.parquet"), tmp_path / "b/c/last.feather").read()
    same(scanned, read_activity(tmp_path / "rows.csv"))
    assert set(scanned.files) == {"a/part.parquet", "b/part.parquet", "c/part.parquet", "last.feather"}
    assert scanned.rows_read == rows_of(scanned) == 400


def test_dictionaries_that_differ_from_row_group_to_row_group_are_one_set_of_words(tmp_path: Path) -> None:
    data = frame(200).sort_values(["activity", "region"], ignore_index=True)
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.Table.from_pandas(data), path, row_group_size=20)
    data.to_csv(tmp_path / "rows.csv", index=False)
    same(scan_activity(path).read(), read_activity(tmp_path / "rows.csv"))


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (pa.int8(), [-100, 100, 5]),
        (pa.int16(), [2020, 2019, 2020]),
        (pa.int64(), [5_000_000_007, 5_000_000_000]),
        (pa.int64(), [-(2**63), -(2**63) + 4]),
        (pa.int64(), [7, 2**62]),
        (pa.uint64(), [2**64 - 2, 2**64 - 1]),
    ],
)
def test_whole_numbers_of_any_size_are_words(kind: pa.DataType, numbers: list[int]) -> None:
    coded = coded_column(pa.chunked_array([pa.array(numbers, kind)]))
    assert [coded.words[code] for code in coded.codes] == [str(number) for number in numbers]


def test_a_column_some_files_have_not_is_blank_there(tmp_path: Path) -> None:
    whole = frame(40).assign(branch=["", None, "paper", None] * 10)
    parquet.write_table(pa.Table.from_pandas(whole), tmp_path / "one.parquet")
    parquet.write_table(pa.Table.from_pandas(whole.drop(columns="branch")), tmp_path / "two.parquet")
    scanned = scan_activity(str(tmp_path / "*.parquet")).read()
    assert set(scanned.rows["branch"]) == {"", "paper"}
    assert rows_of(scanned) == 80


def test_region_and_year_are_taken_where_a_file_states_none(tmp_path: Path) -> None:
    data = frame(30).drop(columns=["region", "year"])
    parquet.write_table(pa.Table.from_pandas(data), tmp_path / "rows.parquet")
    scanned = scan_activity(tmp_path / "rows.parquet", region="昆都仑区", year=2021).read()
    assert set(zip(scanned.rows["region"], scanned.rows["year"], strict=True)) == {("150203", 2021)}


def test_a_notation_key_in_text_stands_in_place_of_the_quantity(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(
        "region,year,category,activity,unit,quantity\n"
        "150602,2020,1A2e,coke,t,5\n150602,2020,1A2e,coke,t,7\n150602,2020,1A2e,diesel,t,NE\n",
        encoding="utf-8",
    )
    scanned = scan_activity(path).read()
    found = scanned.rows[["activity", "quantity", "notation"]].fillna(-1.0).to_numpy().tolist()
    assert found == [["coke", 12.0, ""], ["diesel", -1.0, "NE"]]


def test_recovery_is_taken_off_whatever_its_sign(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {"region": "150602", "year": 2020, "activity": "coal_mine_gas_recovered", "unit": "t"}, index=[0, 1]
    )
    data["quantity"] = [3.0, -4.0]
    parquet.write_table(pa.Table.from_pandas(data), tmp_path / "rows.parquet")
    scanned = scan_activity(tmp_path / "rows.parquet").read()
    assert scanned.rows["quantity"].tolist() == [-7.0]
    assert scanned.refused.empty


def test_more_combinations_than_have_a_place_each_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = frame(300)
    parquet.write_table(pa.Table.from_pandas(data), tmp_path / "rows.parquet", row_group_size=50)
    dense = scan_activity(tmp_path / "rows.parquet").read()
    for name in ("part", "kernel"):
        monkeypatch.setattr(f"emissions.activity.pieces.{name}.DENSE", 4)
    sparse = scan_activity(tmp_path / "rows.parquet").read()
    pd.testing.assert_frame_equal(sparse.rows, dense.rows)


def test_a_store_is_read_through_its_file_system() -> None:
    fsspec = pytest.importorskip("fsspec")
    data = frame(60)
    system = fsspec.filesystem("memory")
    for number in range(2):
        with system.open(f"/rows/{number}.parquet", "wb") as stream:
            parquet.write_table(pa.Table.from_pandas(data[30 * number : 30 * number + 30]), stream)
    scanned = scan_activity("memory://rows/*.parquet").read()
    assert scanned.rows_read == rows_of(scanned) == 60
    assert set(scanned.files) == {"0.parquet", "1.parquet"}


def test_a_pattern_without_files_and_a_file_of_another_form_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook) as caught:
        scan_activity(tmp_path / "*.parquet").read()
    assert [problem.code for problem in caught.value.problems] == ["file_missing"]
    (tmp_path / "book.parquet").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(UnreadableWorkbook) as caught:
        scan_activity(tmp_path / "*.parquet").read()
    assert [problem.code for problem in caught.value.problems] == ["format_not_read"]


@pytest.mark.parametrize("compression", ["uncompressed", "zstd"])
def test_a_batch_with_numbers_of_words_it_has_not_is_damaged(tmp_path: Path, compression: str) -> None:
    fuels = pa.DictionaryArray.from_arrays(pa.array([0, 1, 77], pa.int32()), ["raw_coal", "diesel"], safe=False)
    table = pa.table({"activity": fuels, "quantity": [1.0, 2.0, 3.0], "unit": ["t"] * 3, "region": ["150600"] * 3})
    feather.write_feather(table, tmp_path / "rows.feather", compression=compression)
    with pytest.raises(UnreadableWorkbook) as caught:
        scan_activity(tmp_path / "rows.feather", year=2020).read()
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [("damaged_workbook", "rows.feather")]


def test_a_damaged_row_group_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.Table.from_pandas(frame(4000)), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[200:2000] = bytes(1800)
    path.write_bytes(content)
    with pytest.raises(UnreadableWorkbook) as caught:
        scan_activity(path).read()
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [("damaged_workbook", "rows.parquet")]


def test_nothing_is_opened_before_it_is_read(tmp_path: Path) -> None:
    scan = scan_activity(tmp_path / "not there.parquet", year=2020)
    assert scan.year == 2020
    with pytest.raises(UnreadableWorkbook):
        scan.read()


def test_a_file_in_which_no_row_is_good_is_refused(tmp_path: Path) -> None:
    parquet.write_table(pa.Table.from_pandas(frame(5).assign(activity="diesle")), tmp_path / "rows.parquet")
    with pytest.raises(ActivityErrors) as caught:
        scan_activity(tmp_path / "rows.parquet").read()
    assert {problem.code for problem in caught.value.problems} == {"unknown_activity", "no_data_rows"}


VALUES = st.one_of(st.floats(0, 1e18), st.floats(0, 1e-9), st.floats(0.1, 1e6), st.just(0.1), st.just(0.0))


@settings(derandomize=True, deadline=None, max_examples=40, database=None)
@given(
    values=st.lists(VALUES, min_size=1, max_size=60),
    group=st.integers(1, 60),
    codes=st.lists(st.integers(0, 1), min_size=60, max_size=60),
)
def test_every_sum_is_the_exact_one_to_1e_12(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], group: int, codes: list[int]
) -> None:
    path = tmp_path_factory.mktemp("exact") / "rows.parquet"
    activity = [("coke", "diesel")[code] for code, _ in zip(codes, values, strict=False)]
    data = pd.DataFrame({"region": "150602", "year": 2020, "category": "1A2e", "activity": activity, "unit": "t"})
    parquet.write_table(pa.Table.from_pandas(data.assign(quantity=values)), path, row_group_size=group)
    scanned = scan_activity(path).read()
    for name, found in zip(scanned.rows["activity"], scanned.rows["quantity"], strict=True):
        exact = sum((Fraction(value) for value, one in zip(values, activity, strict=True) if one == name), Fraction(0))
        assert abs(Fraction(float(found)) - exact) <= Fraction(1, 10**12) * exact


def test_many_small_quantities_beside_a_huge_one_keep_their_sum(tmp_path: Path) -> None:
    rows = 300_000
    data = pd.DataFrame(
        {"region": "150602", "year": 2020, "category": "1A2e", "unit": "t", "quantity": 0.1}, index=range(rows)
    )
    data["activity"] = "coke"
    data.loc[rows // 2, ["activity", "quantity"]] = ["diesel", 1e22]
    parquet.write_table(pa.Table.from_pandas(data), tmp_path / "rows.parquet")
    found = scan_activity(tmp_path / "rows.parquet").read().rows.set_index("activity")["quantity"]
    exact = (rows - 1) * Fraction(0.1)
    assert abs(Fraction(float(found["coke"])) - exact) <= Fraction(1, 10**12) * exact


def test_the_same_rows_give_the_same_emissions_from_every_form(tmp_path: Path) -> None:
    data = frame(200, seed=9).drop(columns="facility").assign(facility=[f"plant {number}" for number in range(200)])
    data["quantity"] = data["quantity"].clip(lower=1e-6)
    data.to_csv(tmp_path / "rows.csv", index=False)
    data.to_excel(tmp_path / "rows.xlsx", index=False)
    parquet.write_table(pa.Table.from_pandas(data), tmp_path / "rows.parquet", row_group_size=33)
    feather.write_feather(data, tmp_path / "rows.feather")
    factors = load_factors("cn-2026.1")
    by = ["category", "region", "year", "substance"]
    tables = [read_activity(tmp_path / "rows.xlsx"), read_activity(tmp_path / "rows.csv")]
    tables += [scan_activity(tmp_path / f"rows.{form}").read() for form in ("csv", "parquet", "feather")]
    found = [
        totals(calculate(table, factors)).astype(dict.fromkeys(by[:2], str)).set_index(by)["emission"]
        for table in tables
    ]
    for other in found[1:]:
        pd.testing.assert_series_equal(found[0], other, rtol=1e-12, atol=0)
    assert found[0].sum() > 0


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.Table.from_pandas(frame(20)), path)
    digest = f"blake3:{blake3(path.read_bytes()).hexdigest()}"
    assert scan_activity(path).read().files == {"rows.parquet": digest}
    assert read_activity(path).files == {"rows.parquet": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_a_column_can_be_written_to_without_the_others(tmp_path: Path) -> None:
    parquet.write_table(pa.Table.from_pandas(frame(20)), tmp_path / "rows.parquet")
    rows = scan_activity(tmp_path / "rows.parquet").read().rows
    rows.loc[0, "sheet"] = rows.loc[0, "control"] = "written"
    assert rows.loc[0, rows.eq("written").loc[0]].index.tolist() == ["control", "sheet"]
    assert not rows.drop(index=0).eq("written").any(axis=None)


def test_columns_full_of_words_nobody_knows_are_set_apart_too(tmp_path: Path) -> None:
    data = frame(2_000).assign(activity=[f"thing {number}" for number in range(2_000)])
    data.loc[0, "activity"] = "coke"
    parquet.write_table(pa.Table.from_pandas(data), tmp_path / "rows.parquet")
    scanned = scan_activity(tmp_path / "rows.parquet").read()
    assert scanned.refused["found"].tolist() == [f"thing {number}" for number in range(1, 2_000)]
    assert rows_of(scanned) == 1
