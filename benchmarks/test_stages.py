"""Seconds of each stage, recorded by pytest-benchmark so that a later change shows; nothing is asserted about them.

``BENCH_ROWS`` and ``BENCH_CELLS`` in the environment choose another size.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emissions.bench.generate import shape_of, write_rows
from emissions.bench.machine import cores
from emissions.bench.rounds import FACTORS
from emissions.bench.sides import Outcome, Task
from emissions.bench.stages import STAGES
from emissions.bench.worker import SIDES

ROWS = int(float(os.environ.get("BENCH_ROWS", "1e6")))
CELLS = int(float(os.environ.get("BENCH_CELLS", "1800")))
SEED = 2026
ROUNDS = 5
WHOLE = ("floor", "ours", "one_thread", "again", "draws", "named", "duplicates")


class Total:
    """A clock that shows what a stage has taken so far, so that the plugin records the stage and nothing else."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def running(self, turn: Callable[[], Outcome]) -> None:
        """Do a turn and move the clock by what the stage took of it."""
        parts = turn().parts
        assert parts is not None
        self.seconds += parts[self.stage]


CLOCKS = {stage: Total(stage) for stage in STAGES}


@pytest.fixture(scope="session")
def task(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Task]:
    folder = tmp_path_factory.mktemp("bench")
    rows, named = folder / "rows.parquet", folder / "named.parquet"
    write_rows(rows, ROWS, shape_of(CELLS), SEED)
    write_rows(named, ROWS, shape_of(CELLS), SEED, named=True)
    yield Task(rows, Path(), named, FACTORS, cores())
    rows.unlink()
    named.unlink()


@pytest.mark.parametrize("side", WHOLE)
def test_whole(side: str, task: Task, benchmark: Any) -> None:
    benchmark.group = "whole"
    benchmark.pedantic(SIDES[side](task), rounds=ROUNDS, warmup_rounds=1)


@pytest.mark.parametrize(
    "stage", [pytest.param(stage, marks=pytest.mark.benchmark(timer=CLOCKS[stage])) for stage in STAGES]
)
def test_stage(stage: str, task: Task, benchmark: Any) -> None:
    benchmark.group = "stages"
    turn = SIDES["stages"](task)
    benchmark.pedantic(CLOCKS[stage].running, args=(turn,), rounds=ROUNDS, warmup_rounds=1)
