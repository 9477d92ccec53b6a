"""A million rows from Parquet, against pandas merge, multiply and group-by doing the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.registry import Benchmark

ROWS = 1_000_000
CELLS = 1_800
GROUP = 262_144
"""Rows of a row group: a million rows are four, enough for two threads."""


def _prepare(folder: Path, size: int) -> tuple[Callable[[], object], Callable[[], object]]:
    import numpy as np

    from emissions.bench.generate import shape_of, write_rows
    from emissions.bench.machine import cores
    from emissions.bench.peers import pandas_long
    from emissions.bench.sides import BY, Task, implied_factors, ours

    task = Task(folder / "rows.parquet", folder / "factors.parquet", folder / "named.parquet", "cn-2026.1", cores())
    write_rows(task.rows, size, shape_of(CELLS), seed=size, group=GROUP)
    implied_factors(task).to_parquet(task.wide, index=False)
    sides = ours(task), pandas_long(task)
    totals = []
    for side in sides:
        table = side().table
        assert table is not None
        words = {name: str for name in BY if name != "year"}
        totals.append(table.astype(words).set_index(list(BY))["emission"].sort_index())
    np.testing.assert_allclose(totals[0].reindex(totals[1].index).to_numpy(), totals[1].to_numpy(), rtol=1e-9)
    return sides


MILLION = Benchmark(
    "million",
    "10^6 rows x 10 substances from Parquet, against pandas merge + multiply + group-by",
    10,
    _prepare,
    ROWS,
    20_000,
    at_least=True,
)
