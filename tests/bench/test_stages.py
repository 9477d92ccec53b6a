"""The stopwatch: each moment in one stage, the functions it watches are there and are put back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from emissions.bench.stages import STAGES, WATCHED, Stopwatch, _owner, stopwatch


@pytest.mark.parametrize(("place", "name", "stage"), WATCHED)
def test_what_is_watched_is_there(place: str, name: str, stage: str) -> None:
    assert callable(getattr(_owner(place), name))
    assert stage in STAGES


def test_time_of_a_call_within_a_call_counts_once() -> None:
    watch = Stopwatch()
    inner = watch.watched("resolve", lambda: time.sleep(0.05))

    def outer() -> None:
        inner()
        inner()
        time.sleep(0.05)

    start = time.perf_counter()
    watch.watched("imply", outer)()
    whole = time.perf_counter() - start
    assert sum(watch.seconds.values()) == pytest.approx(whole, rel=0.01)
    assert watch.seconds["resolve"] > 1.5 * watch.seconds["imply"] > 0


def test_functions_are_put_back_also_where_the_block_fails() -> None:
    before = [getattr(_owner(place), name) for place, name, _ in WATCHED]

    def fail() -> None:
        with stopwatch():
            assert [getattr(_owner(place), name) for place, name, _ in WATCHED] != before
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [getattr(_owner(place), name) for place, name, _ in WATCHED] == before


def test_every_stage_takes_part_in_a_calculation(tmp_path: Path) -> None:
    from emissions.bench.generate import shape_of, write_rows
    from emissions.bench.sides import Task, stages

    write_rows(tmp_path / "rows.parquet", 2_000, shape_of(200), 1)
    parts = stages(Task(tmp_path / "rows.parquet", tmp_path, tmp_path, "cn-2026.1", 1))().parts
    assert parts is not None
    assert [stage for stage in STAGES if not parts[stage] > 0] == []
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]
