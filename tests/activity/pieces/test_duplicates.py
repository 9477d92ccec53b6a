"""Rows that repeat a declared key: the same are found in memory and on disk, by any number of threads and on Dask."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from emissions.activity import scan_activity
from emissions.activity.given import Given
from emissions.activity.pieces import duplicates
from emissions.activity.pieces.duplicates import repeated_rows
from emissions.activity.pieces.partitions import pieces_of, source_of
from emissions.errors import ResultError
from emissions.vocabulary import describe


def named_rows(rows: int = 3_000, seed: int = 1) -> pd.DataFrame:
    """Return rows of which a third repeat the name of another."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "facility": [f"电厂 {number}" for number in draw.integers(0, rows, rows)],
            "region": draw.choice(["150602", "150603"], rows),
            "year": draw.integers(2019, 2021, rows),
            "category": "1A2e",
            "activity": "coke",
            "unit": "t",
            "quantity": draw.integers(1, 4, rows) / 2,
        }
    )


def found(*paths: Path, key: tuple[str, ...], threads: int | None = None, executor: Any = None) -> list[int]:
    """Return the rows of all files that repeat a key, counted through."""
    pieces = [piece for path in paths for piece in pieces_of(source_of(str(path), path.name, Given()))]
    starts = np.append(0, np.cumsum([piece.rows for piece in pieces]))
    repeated = repeated_rows(key, pieces, executor, threads)
    return [int(starts[piece] + row) for piece in sorted(repeated) for row in repeated[piece]]


@pytest.fixture
def data() -> pd.DataFrame:
    return named_rows()


@pytest.fixture
def paths(tmp_path: Path, data: pd.DataFrame) -> list[Path]:
    """Two files: one of coded columns, one of plain ones, in row groups of 400 rows."""
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for path, part, coded in zip(paths, (data[:1400], data[1400:]), (True, False), strict=True):
        table = pa.Table.from_pandas(part, preserve_index=False)
        parquet.write_table(table, path, row_group_size=400, use_dictionary=coded)
    return paths


@pytest.mark.parametrize("in_memory", [1 << 22, 1_000, 0])
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_same_rows_in_memory_and_on_disk(
    data: pd.DataFrame, paths: list[Path], monkeypatch: pytest.MonkeyPatch, in_memory: int, threads: int
) -> None:
    monkeypatch.setattr(duplicates, "IN_MEMORY", in_memory)
    expected = np.flatnonzero(data.duplicated("facility")).tolist()
    assert len(expected) > 800
    assert found(*paths, key=("facility",), threads=threads) == expected


@pytest.mark.parametrize("key", [("facility", "year"), ("region", "year", "quantity"), ("quantity", "facility")])
def test_columns_of_any_type_are_a_key(data: pd.DataFrame, paths: list[Path], key: tuple[str, ...]) -> None:
    assert found(*paths, key=key) == np.flatnonzero(data.duplicated(list(key))).tolist()


def test_processes_find_the_same(data: pd.DataFrame, paths: list[Path]) -> None:
    with ProcessPoolExecutor(1) as executor:
        assert (
            found(*paths, key=("facility",), executor=executor) == np.flatnonzero(data.duplicated("facility")).tolist()
        )


def test_a_first_hash_that_two_keys_share_does_not_make_them_one(
    data: pd.DataFrame, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def coarse(columns: Any) -> Any:
        pair = columns[0]
        return type(pair)(pair.one & np.uint64((0b111 << 61) + 1), pair.two)

    monkeypatch.setattr(duplicates, "mixed", coarse)
    assert found(*paths, key=("facility",)) == np.flatnonzero(data.duplicated("facility")).tolist()


def test_temporary_files_that_cannot_be_written_are_said(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "IN_MEMORY", 0)
    monkeypatch.setattr(duplicates, "TemporaryDirectory", lambda **_: nullcontext(paths[0]))
    with pytest.raises(ResultError) as caught:
        found(*paths, key=("facility",))
    (problem,) = caught.value.problems
    assert problem.code == "hashes_not_written"
    assert "TMPDIR" in describe(problem, "zh")
    assert "Not a directory" in describe(problem, "en")


def test_rows_of_other_forms_are_compared_by_what_they_say(tmp_path: Path, data: pd.DataFrame) -> None:
    data.iloc[:1000].to_parquet(tmp_path / "a.parquet", index=False)
    feather.write_feather(data.iloc[1000:1800], str(tmp_path / "b.feather"), compression="uncompressed")
    data.iloc[1800:2500].to_csv(tmp_path / "c.csv", index=False)
    data.iloc[2500:].to_csv(tmp_path / "d.csv", index=False, encoding="gb18030")
    scanned = scan_activity(tmp_path / "*", key=["facility", "year", "region"]).read()
    again = data.duplicated(["facility", "year", "region"])
    repeated = scanned.refused[scanned.refused["kind"] == "row_repeated"]
    assert repeated.groupby("file", observed=True).size().to_dict() == {
        "a.parquet": again[:1000].sum(),
        "b.feather": again[1000:1800].sum(),
        "c.csv": again[1800:2500].sum(),
        "d.csv": again[2500:].sum(),
    }
    text = data.loc[again, ["facility", "year", "region"]].astype(str).agg(", ".join, axis=1)
    assert repeated["found"].tolist() == text.tolist()


def test_rows_without_any_word_of_the_key_are_not_compared(tmp_path: Path) -> None:
    data = named_rows(6)
    data["facility"] = ["a", None, "", " ", "a ", None]
    data.to_parquet(tmp_path / "rows.parquet", index=False)
    assert found(tmp_path / "rows.parquet", key=("facility",)) == [4]
