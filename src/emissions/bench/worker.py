"""One side in a process of its own: ``python -m emissions.bench.worker`` takes orders and answers in lines of JSON.

The first line names the side and its task; every line after it asks for a turn, and names a file for the totals
where they are wanted.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from emissions.activity.pieces import compiled
from emissions.bench import row_sides, sides
from emissions.bench.machine import peak_memory
from emissions.bench.peers import PEERS
from emissions.bench.sides import Task, Turn

if TYPE_CHECKING:
    import pandas as pd

SIDES: dict[str, Callable[[Task], Turn]] = {
    "floor": sides.floor,
    "ours": sides.ours,
    "stages": sides.stages,
    "one_thread": sides.one_thread,
    "named": sides.named,
    "duplicates": sides.duplicates,
    "again": sides.again,
    "draws": sides.draws,
    "raw_rows": row_sides.raw_rows,
    "rows_view": row_sides.rows_view,
    "rows_full": row_sides.rows_full,
    **{name: begin for name, (_, begin, _) in PEERS.items()},
}


def main() -> None:
    """Take orders from standard input until it ends; answer on standard output, where nothing else may write."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    order = json.loads(sys.stdin.readline())
    places = {name: Path(order[name]) for name in ("rows", "wide", "named")}
    task = Task(**places, factors=order["factors"], threads=order["threads"], kernel=order["kernel"])
    use_kernel(task.kernel)
    turn = SIDES[order["side"]](task)
    _answer(answers, {"peak": peak_memory()})
    for line in sys.stdin:
        keep = json.loads(line)["keep"]
        start = time.perf_counter()
        outcome = turn()
        seconds = time.perf_counter() - start
        if keep and outcome.table is not None:
            _keep(outcome.table, Path(keep))
        parts = outcome.parts or {}
        del outcome
        _let_go()
        kernel = "numba" if "numba" in sys.modules else "numpy"
        _answer(answers, {"seconds": seconds, "parts": parts, "peak": peak_memory(), "kernel": kernel})


def use_kernel(kernel: str) -> None:
    """Let scans of this process add by one kernel, whatever the number of rows; blank: as they choose."""
    compiled.ROWS = {"numpy": sys.maxsize, "numba": 1, "": compiled.ROWS}[kernel]


def _let_go() -> None:
    """Give memory back before other sides have their turns."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()


def _answer(stream: object, content: dict[str, object]) -> None:
    print(json.dumps(content), file=stream, flush=True)  # type: ignore[call-overload]


def _keep(table: pd.DataFrame, path: Path) -> None:
    words = {name: str for name in table.columns if name not in {"year", "emission"}}
    table.astype({**words, "year": "int64", "emission": "float64"}).to_parquet(path, index=False)


if __name__ == "__main__":
    main()
