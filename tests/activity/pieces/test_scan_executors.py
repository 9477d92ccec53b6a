"""The same bits whoever reads the pieces: any number of threads, processes, a cluster that loses a worker."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from emissions.activity import ActivityScan, ActivityTable, scan_activity
from emissions.activity.pieces.compiled import summer
from emissions.activity.pieces.part import FAN, Part, Tree, fold
from emissions.activity.pieces.scan import Summing
from emissions.engine import calculate
from emissions.errors import UnreadableWorkbook
from emissions.factors import load_factors


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pieces")
    draw = np.random.default_rng(1)
    for number, rows in enumerate((3_000, 1, 2_500)):
        data = pd.DataFrame(
            {
                "region": draw.choice(["150602", "150603", "150621"], rows),
                "year": draw.choice([2019, 2020], rows),
                "category": draw.choice(["IPCC2006:1A1ai", "IPCC2006:1A2e"], rows),
                "activity": draw.choice(["coke", "lignite", "diesel"][: number + 1], rows),
                "unit": draw.choice(["t", "kt"], rows),
                "quantity": draw.lognormal(0, 6, rows),
            }
        )
        data.loc[data.index[::97], "quantity"] = -1.0
        parquet.write_table(pa.Table.from_pandas(data), folder / f"{number}.parquet", row_group_size=130)
    return folder


@pytest.fixture(scope="module")
def scan(files: Path) -> ActivityScan:
    return scan_activity(str(files / "*.parquet"))


@pytest.fixture(scope="module")
def expected(scan: ActivityScan) -> ActivityTable:
    return scan.read(threads=1)


def same(one: ActivityTable, other: ActivityTable) -> None:
    pd.testing.assert_frame_equal(one.rows, other.rows, check_exact=True)
    pd.testing.assert_frame_equal(one.refused, other.refused, check_exact=True)
    assert (one.rows_read, one.files, one.notes) == (other.rows_read, other.files, other.notes)


class OneByOne:
    """The least an executor can be."""

    def map(self, function: Any, *arguments: Iterable[Any]) -> Iterator[Any]:
        return map(function, *arguments)


@pytest.mark.parametrize("threads", [2, 4])
def test_threads(scan: ActivityScan, expected: ActivityTable, threads: int) -> None:
    assert len(expected.refused) == 31 + 1 + 26
    same(scan.read(threads=threads), expected)


def test_anything_that_maps(scan: ActivityScan, expected: ActivityTable) -> None:
    same(scan.read(executor=OneByOne()), expected)


def test_processes(scan: ActivityScan, expected: ActivityTable) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        same(scan.read(executor=pool), expected)


def test_calculate_takes_a_scan_and_what_reads_it(scan: ActivityScan, expected: ActivityTable) -> None:
    factors = load_factors("cn-2026.1")
    run = calculate(scan, factors, executor=OneByOne())
    pd.testing.assert_frame_equal(run.lines, calculate(expected, factors).lines, check_exact=True)
    assert run.given is not None
    same(run.given, expected)


def test_what_goes_wrong_elsewhere_is_raised_here_with_its_problems(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    data = pd.DataFrame({"activity": ["coke"] * 3000, "quantity": np.random.default_rng(0).random(3000)})
    parquet.write_table(pa.Table.from_pandas(data), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[4:2000] = bytes(1996)
    path.write_bytes(content)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(UnreadableWorkbook) as caught:
        scan_activity(path).read(executor=pool)
    assert [problem.code for problem in caught.value.problems] == ["damaged_workbook"]


def test_progress_is_told_in_rows_and_bytes(scan: ActivityScan, files: Path) -> None:
    seen: list[tuple[int, int]] = []
    scan.read(threads=2, progress=lambda rows, size: seen.append((rows, size)))
    assert seen == sorted(seen)
    assert len(seen) == 24 + 1 + 20
    whole = sum(path.stat().st_size for path in files.glob("*.parquet"))
    assert seen[-1][0] == 5_501
    assert 0 < seen[-1][1] < whole


class SlowSumming(Summing):
    """Leaves time to lose a worker."""

    def __call__(self, item: Any) -> Part:
        time.sleep(0.1)
        return super().__call__(item)


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_loses_a_worker(
    scan: ActivityScan, expected: ActivityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("emissions.activity.pieces.scan.Summing", SlowSumming)
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        warnings.simplefilter("ignore")
        before = set(client.run(lambda: __import__("os").getpid()).values())
        killed: list[int] = []

        def lose_one(rows: int, _: int) -> None:
            if rows > 500 and not killed:
                victim = next(iter(cluster.workers.values()))
                killed.append(victim.pid)
                victim.process.process._process.kill()

        same(scan.read(executor=client, progress=lose_one), expected)
        assert killed
        assert killed[0] in before


# ---------------------------------------------------------------- the tree of sums


def part_of_one(number: int, high: float, low: float) -> Part:
    ones = np.ones(1, dtype=np.int64)
    return Part((("word",),), None, np.array([high]), np.array([low]), ones, ones * number, ())


NUMBERS = st.floats(-1e18, 1e18, allow_subnormal=False)


@settings(derandomize=True, deadline=None, max_examples=100, database=None)
@given(values=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=150))
def test_the_tree_is_that_of_levels_of_neighbours(values: list[tuple[float, float]]) -> None:
    parts = [part_of_one(number, *value) for number, value in enumerate(values)]
    tree = Tree()
    for number, value in enumerate(values):
        tree.add(part_of_one(number, *value))
    level = parts
    while len(level) > 1:
        level = [fold(level[low : low + FAN]) for low in range(0, len(level), FAN)]
    total = tree.total()
    assert total is not None
    assert (total.high[0], total.low[0]) == (level[0].high[0], level[0].low[0])
    assert total.count[0] == len(values)
    assert total.first[0] == 0


def test_parts_are_as_they_were_after_they_were_folded() -> None:
    """A part that a cluster holds may be folded once more, when a worker is lost."""
    parts = [part_of_one(number, 0.1, 1e-20) for number in range(3)]
    once, again = fold(parts), fold(parts)
    assert parts[0].high[0] == 0.1
    assert (once.high[0], once.low[0], once.count[0]) == (again.high[0], again.low[0], 3)


def test_compiled_additions_give_the_same_bits(
    scan: ActivityScan, expected: ActivityTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    called: list[int] = []

    def counted() -> Any:
        called.append(1)
        return summer()

    monkeypatch.setattr("emissions.activity.pieces.compiled.ROWS", 1)
    monkeypatch.setattr("emissions.activity.pieces.accumulate.summer", counted)
    same(scan.read(), expected)
    assert len(called) >= 24 + 1
