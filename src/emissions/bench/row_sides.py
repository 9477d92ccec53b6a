"""What emissions by row cost, beside the writing of their bare numbers."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emissions.activity import scan_activity
from emissions.bench.sides import Outcome, Task, Turn
from emissions.engine import calculate
from emissions.factors import load_factors
from emissions.report.row_files import write_rows

if TYPE_CHECKING:
    import numpy.typing as npt

RAW_COLUMNS = 8
"""Columns of bare numbers that emissions by row are held against."""


def raw_rows(task: Task) -> Turn:
    """Write :data:`RAW_COLUMNS` columns of float64 as they are, a file for each row group, with the threads."""
    from pyarrow import parquet

    metadata = parquet.read_metadata(task.rows)
    sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    block = np.random.default_rng(0).random(max(sizes) * RAW_COLUMNS)

    def turn() -> Outcome:
        with (
            tempfile.TemporaryDirectory(dir=task.rows.parent) as folder,
            ThreadPoolExecutor(max_workers=task.threads) as pool,
        ):

            def write(item: tuple[int, int]) -> None:
                numbers: npt.NDArray[np.float64] = block[: item[1] * RAW_COLUMNS]
                numbers.tofile(Path(folder) / f"{item[0]}")

            list(pool.map(write, enumerate(sizes)))
        return Outcome()

    return turn


def rows_view(task: Task) -> Turn:
    """Read the rows again and write them with the numbers of their factors."""
    return _rows(task, full=False)


def rows_full(task: Task) -> Turn:
    """Read the rows again and write them with a column a substance."""
    return _rows(task, full=True)


def _rows(task: Task, *, full: bool) -> Turn:
    scan = scan_activity(task.rows)
    run = calculate(scan.read(threads=task.threads), load_factors(task.factors))

    def turn() -> Outcome:
        with tempfile.TemporaryDirectory(dir=task.rows.parent) as folder:
            write_rows(run, scan, Path(folder) / "rows", full=full, threads=task.threads)
        return Outcome()

    return turn
