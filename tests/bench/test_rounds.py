"""Sides in processes of their own: what is reported, and what stops the measurement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from emissions.activity.pieces import compiled
from emissions.bench import Figures, Plan, measure
from emissions.bench.generate import SUBSTANCES, shape_of, write_rows
from emissions.bench.machine import machine, peak_memory, versions
from emissions.bench.peers import PEERS
from emissions.bench.rounds import BY_ROW, OWN, SideFailed, Worker, _compare
from emissions.bench.sides import BY, Task, implied_factors, ours
from emissions.bench.worker import SIDES, use_kernel
from emissions.errors import ResultError
from emissions.vocabulary import describe


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    folder = tmp_path_factory.mktemp("data")
    made = Task(folder / "rows.parquet", folder / "wide.parquet", folder / "named.parquet", "cn-2026.1", 2)
    write_rows(made.rows, 3_000, shape_of(200), 1, group=1_000)
    implied_factors(made).to_parquet(made.wide, index=False)
    return made


@pytest.mark.filterwarnings("ignore:.*deprecated")
@pytest.mark.parametrize("name", list(PEERS))
def test_other_tools_make_the_same_totals(name: str, task: Task) -> None:
    pytest.importorskip(PEERS[name][0])
    mine, other = (
        SIDES[side](task)().table.astype(dict.fromkeys(["category", "region", "substance"], str)).set_index(list(BY))
        for side in ("ours", name)
    )
    both = pd.concat([mine["emission"], other["emission"]], axis=1, keys=["mine", "other"]).fillna(0.0)
    assert len(both) >= len(mine) > 0
    pd.testing.assert_series_equal(both["mine"], both["other"], check_names=False, rtol=1e-12)


def test_the_other_tools_are_given_the_factor_of_every_cell(task: Task) -> None:
    wide = pd.read_parquet(task.wide)
    assert wide.columns.tolist() == ["region", "year", "category", "activity", *SUBSTANCES]
    assert len(wide) == 200
    assert (wide["CO2"] > 0).all()


def test_a_plan_is_measured_side_by_side(tmp_path: Path) -> None:
    said: list[str] = []
    run = measure(Plan(rows=2_000, cells=200, repeats=2, threads=1, duplicates=True), tmp_path, said.append)
    assert list(run.seconds) == [*OWN, "named", "duplicates", *BY_ROW]
    assert {len(seconds) for seconds in run.seconds.values()} == {2}
    assert all(0 < run.idle[side] <= run.peak[side] for side in run.seconds)
    assert run.same_bits
    assert said[0] == "bench.data"
    # in turn, not one after the other
    assert said[1:] == [f"bench_side.{side}" for _ in range(3) for side in run.seconds]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "named-2000-200-2026.parquet",
        "rows-2000-200-2026.parquet",
    ]


def test_memory_of_a_side_is_its_own(task: Task) -> None:
    """This process holds pandas and data; a side that only reads must not be charged for them."""
    held = b"x" * 300_000_000
    with Worker("floor", task) as worker:
        answer = worker.turn(None)
    assert answer["peak"] < peak_memory() - len(held) / 2


@pytest.mark.parametrize("kernel", ["", "numba"])
def test_our_sides_add_as_they_are_told(task: Task, kernel: str) -> None:
    if kernel:
        pytest.importorskip(kernel)
    with Worker("ours", replace(task, kernel=kernel)) as worker:
        assert worker.turn(None)["kernel"] == (kernel or "numpy")


def test_a_kernel_serves_any_number_of_rows_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(compiled, "ROWS", 1_000)
    found = []
    for kernel in ("", "numba", "numpy"):
        use_kernel(kernel)
        found.append((compiled.worthwhile(1), compiled.worthwhile(10**12)))
    assert found == [(False, True), (True, True), (False, False)]


def test_a_kernel_that_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emissions.bench.rounds.installed", lambda name: name != "numba")
    with pytest.raises(ResultError) as caught:
        measure(Plan(rows=10, cells=200, kernel="numba"), tmp_path)
    assert "pip install 'emissions[numba]'" in describe(caught.value.problems[0], "en")


def test_a_side_that_ends_is_named(tmp_path: Path) -> None:
    nothing = Task(tmp_path / "none", tmp_path / "none", tmp_path / "none", "cn-2026.1", 1)
    with pytest.raises(SideFailed, match="floor"), Worker("floor", nothing):
        pass


def test_totals_that_differ_stop_the_measurement(tmp_path: Path, task: Task) -> None:
    table = ours(task)().table
    assert table is not None
    plain = table.astype(dict.fromkeys(["category", "region", "substance"], str))

    def compared(factor: float) -> None:
        other = plain.assign(emission=plain["emission"] * factor)
        for side, frame in (("ours", plain), ("one_thread", plain), ("pandas", other)):
            frame.to_parquet(tmp_path / f"totals-{side}.parquet", index=False)
        _compare(["pandas"], Figures(Plan()), tmp_path)

    compared(1 + 1e-12)
    with pytest.raises(SideFailed, match="pandas"):
        compared(1 + 1e-8)


def test_the_machine_and_the_versions_are_named() -> None:
    here = machine()
    assert int(here["cores"]) >= 1
    assert int(here["memory"]) > 2**28
    assert here["processor"]
    assert {"emissions", "numpy", "pandas", "pyarrow"} <= set(versions())
