"""Made-up activity data: the same every time, in constant memory, never beyond what the disk holds."""

from __future__ import annotations

import hashlib
import math
import shutil
from collections import namedtuple
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from emissions.activity import scan_activity
from emissions.bench.generate import KEY, UNITS, disk_needed, shape_of, write_rows
from emissions.errors import ResultError

SMALL = shape_of(200)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_arguments_give_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_rows(tmp_path / name, 1_000, SMALL, seed, group=300)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


def test_row_groups_are_whole_and_more_rows_begin_with_the_same(tmp_path: Path) -> None:
    for name, rows in (("short", 700), ("long", 1_000)):
        write_rows(tmp_path / name, rows, SMALL, 1, group=300)
    groups = pq.read_metadata(tmp_path / "long")
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [300, 300, 300, 100]
    short, long = (pq.read_table(tmp_path / name).slice(0, 600) for name in ("short", "long"))
    assert short.equals(long)


@pytest.mark.parametrize(("cells", "made"), [(1, 200), (200, 200), (1_800, 1_800), (1_801, 6_000), (660_000, 660_000)])
def test_a_shape_has_at_least_the_cells_asked_for(cells: int, made: int) -> None:
    shape = shape_of(cells)
    assert shape.cells == made >= cells
    for words in (shape.regions, shape.years, shape.categories, shape.fuels):
        assert len(set(words)) == len(words)


def test_more_cells_than_there_are_regions_for_are_refused() -> None:
    with pytest.raises(ResultError):
        shape_of(10**9)


def test_every_row_passes_the_checks_and_every_cell_is_reached(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.parquet", 20_000, SMALL, 1)
    found = scan_activity(tmp_path / "rows.parquet").read()
    assert len(found.rows) == SMALL.cells
    assert (found.rows_read, len(found.refused), len(found.excluded)) == (20_000, 0, 0)
    rows = pq.read_table(tmp_path / "rows.parquet").to_pandas()
    expected = math.fsum(rows["quantity"] * rows["unit"].map(UNITS).astype(float))
    assert math.fsum(found.rows["quantity"]) == pytest.approx(expected, rel=1e-12)
    assert len(rows[list(KEY)].drop_duplicates()) == SMALL.cells


def test_rows_can_have_names_of_their_own(tmp_path: Path) -> None:
    write_rows(tmp_path / "named.parquet", 1_000, SMALL, 1, group=300, named=True)
    names = pq.read_table(tmp_path / "named.parquet")["facility"].to_pylist()
    assert len(set(names)) == 1_000
    found = scan_activity(tmp_path / "named.parquet", key=("facility",)).read()
    assert (found.rows_read, len(found.refused)) == (1_000, 0)


@pytest.mark.parametrize("named", [False, True])
def test_the_disk_needed_is_close_to_what_is_written(tmp_path: Path, named: bool) -> None:
    needed = disk_needed(50_000, SMALL, 1, group=10_000, named=named)
    write_rows(tmp_path / "rows", 50_000, SMALL, 1, group=10_000, named=named)
    assert 0.9 * needed < (tmp_path / "rows").stat().st_size <= needed


def test_a_disk_without_room_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))
    with pytest.raises(ResultError) as error:
        write_rows(tmp_path / "rows", 1_000, SMALL, 1)
    assert [one.code for one in error.value.problems] == ["bench_no_room"]
    assert list(tmp_path.iterdir()) == []
