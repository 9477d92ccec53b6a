"""How long the command line takes to say what it can do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.registry import Benchmark

_RUNS = 10


def _prepare(_folder: Path, size: int) -> tuple[Callable[[], object], Callable[[], object]]:
    def ours() -> None:
        for _ in range(size):
            subprocess.run([sys.executable, "-m", "emissions", "--help"], check=True, capture_output=True)

    def theirs() -> None:
        for _ in range(size):
            subprocess.run([sys.executable, "-c", "import click"], check=True, capture_output=True)

    return ours, theirs


HELP = Benchmark("help", "emissions --help against python -c 'import click'", 2.5, _prepare, _RUNS, 1)
