"""Sides in processes of their own, in turn: seconds, peak memory, equal totals."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import pandas as pd

from emissions.bench.generate import shape_of, write_rows
from emissions.bench.machine import cores, installed, machine, versions
from emissions.bench.peers import PEERS
from emissions.bench.sides import BY, Task, implied_factors
from emissions.errors import EmissionsError, Problem, ResultError

DUPLICATES = ("named", "duplicates")
OWN = ("floor", "ours", "stages", "one_thread", "again", "draws")
BY_ROW = ("raw_rows", "rows_view", "rows_full")
MOST_BY_ROW = 20_000_000
"""Rows up to which emissions by row are written, for the time of a turn, beside the data."""
ROW_BYTES = 100
"""Disk that a row of them takes at most."""
MANY_CELLS = 100_000
"""Cells from which on the targets for many cells hold in place of the others."""
FACTORS = "cn-2026.1"
TOLERANCE = 1e-9
"""Largest relative difference of a total of another tool from ours."""
Say = Callable[[str], None]


class SideFailed(EmissionsError):
    """A side ended or gave other totals; holds its name and why."""


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes
    ----------
    rows, cells
        Size of the data: activity rows, and combinations of region, year, category and fuel they are spread over.
    peers
        Run other tools beside ours.
    duplicates
        Look for duplicates too, in a second file whose rows have names.
    repeats
        Rounds after the first one, which warms up and is not counted.
    kernel
        What adds rows on our sides, as in :class:`emissions.bench.sides.Task`.
    """

    rows: int = 1_000_000
    cells: int = 1_800
    peers: bool = False
    duplicates: bool = False
    threads: int = field(default_factory=cores)
    repeats: int = 5
    seed: int = 2026
    kernel: str = ""

    @property
    def by_row(self) -> bool:
        """Tell whether emissions by row are written too."""
        return self.cells < MANY_CELLS and self.rows <= MOST_BY_ROW


@dataclass
class Figures:
    """What was measured.

    Attributes
    ----------
    seconds
        Side -> seconds of every round.
    peak, idle
        Side -> largest resident memory (bytes) at the end, and before its first round (libraries, factor tables).
    stages
        Stage -> median seconds.
    skipped
        Other tool -> why it did not run: ``not_installed`` or ``too_many_rows``.
    difference
        Other tool -> largest relative difference of its totals from ours.
    size
        Bytes of the data.
    kernel
        ``numba`` where our side used it, else ``numpy``.
    same_bits
        Whether one thread gave the very totals of all threads.
    """

    plan: Plan
    machine: dict[str, str | int] = field(default_factory=machine)
    versions: dict[str, str] = field(default_factory=versions)
    size: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peak: dict[str, int] = field(default_factory=dict)
    idle: dict[str, int] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    difference: dict[str, float] = field(default_factory=dict)
    kernel: str = "numpy"
    same_bits: bool = False

    def median(self, side: str) -> float:
        """Return the median seconds of a side."""
        return statistics.median(self.seconds[side])

    def ratio(self, side: str, beside: str) -> float:
        """Return the median, over the rounds, of the seconds of one side by those of another."""
        pairs = zip(self.seconds[side], self.seconds[beside], strict=True)
        return statistics.median(one / other for one, other in pairs)

    def record(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)


def measure(plan: Plan, folder: Path, say: Say = lambda _: None) -> Figures:
    """Write the data into a folder and measure.

    Parameters
    ----------
    folder
        Where the data go; they are used again where they are there already.
    say
        Told the code of the text of what comes next.

    Raises
    ------
    ResultError
        The disk has not enough room, there are not so many cells, or the kernel is not installed.
    SideFailed
        A side ended without an answer, or its totals differ from ours by more than :data:`TOLERANCE`.
    """
    name = f"{plan.rows}-{plan.cells}-{plan.seed}"
    rows, wide, named = (folder / f"{kind}-{name}.parquet" for kind in ("rows", "factors", "named"))
    if plan.kernel and not installed(plan.kernel):
        raise ResultError([Problem("bench_kernel", found=plan.kernel)])
    task = Task(rows, wide, named, FACTORS, plan.threads, plan.kernel)
    figures = Figures(plan)
    say("bench.data")
    _write(task.rows, plan, named=False)
    if plan.duplicates:
        _write(task.named, plan, named=True)
    figures.size = task.rows.stat().st_size
    sides = [*OWN, *(DUPLICATES if plan.duplicates else ()), *(BY_ROW if plan.by_row else ())]
    if plan.peers:
        if not task.wide.is_file():
            say("bench.factors")
            implied_factors(task).to_parquet(task.wide, index=False)
        figures.skipped = {name: why for name in PEERS if (why := _why_not(name, plan.rows))}
        sides += [name for name in PEERS if name not in figures.skipped]
    with ExitStack() as open_sides:
        workers = {side: open_sides.enter_context(Worker(side, task)) for side in sides}
        _rounds(workers, figures, folder, say)
    return figures


def _write(path: Path, plan: Plan, *, named: bool) -> None:
    """Write the data where they are not there yet; a file has its name only when it is whole."""
    if not path.is_file():
        part = path.with_suffix(".part")
        write_rows(part, plan.rows, shape_of(plan.cells), plan.seed, named=named)
        part.replace(path)


def _rounds(workers: dict[str, Worker], figures: Figures, folder: Path, say: Say) -> None:
    parts: dict[str, list[float]] = {}
    for number in range(figures.plan.repeats + 1):
        for side, worker in workers.items():
            say(f"bench_side.{side}")
            answer = worker.turn(folder / f"totals-{side}.parquet" if number == 0 else None)
            # the kernel counts in batches, so that a later peak may seem a little lower
            figures.peak[side], figures.idle[side] = max(answer["peak"], worker.idle), worker.idle
            if side == "ours":
                figures.kernel = answer["kernel"]
            if number:
                figures.seconds.setdefault(side, []).append(answer["seconds"])
                for stage, seconds in answer["parts"].items():
                    parts.setdefault(stage, []).append(seconds)
        if number == 0:
            _compare([side for side in workers if side in PEERS], figures, folder)
    figures.stages = {stage: statistics.median(seconds) for stage, seconds in parts.items()}


def _compare(sides: Sequence[str], figures: Figures, folder: Path) -> None:
    mine = _totals(folder, "ours")
    figures.same_bits = mine.equals(_totals(folder, "one_thread"))
    for side in sides:
        other = _totals(folder, side)
        both = pd.concat([mine, other], axis=1, keys=["mine", "other"]).fillna(0.0)
        apart = (both["mine"] - both["other"]).abs() / both.abs().max(axis=1).where(lambda size: size > 0, 1.0)
        figures.difference[side] = float(apart.max())
        if not figures.difference[side] <= TOLERANCE:
            raise SideFailed(f"{side}: a total differs from ours by {figures.difference[side]:.1e}")


def _totals(folder: Path, side: str) -> pd.Series:
    path = folder / f"totals-{side}.parquet"
    table = pd.read_parquet(path)
    path.unlink()
    totals: pd.Series = table.set_index(list(BY))["emission"]
    return totals


def _why_not(name: str, rows: int) -> str:
    library, _, most = PEERS[name]
    if not installed(library):
        return "not_installed"
    return "too_many_rows" if rows > most else ""


class Worker:
    """A side in a process of its own."""

    def __init__(self, side: str, task: Task) -> None:
        self.side = side
        command = [sys.executable, "-m", "emissions.bench.worker"]
        self.process = subprocess.Popen(  # noqa: S603  this interpreter, this package
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._order = {
            "side": side,
            "rows": str(task.rows),
            "wide": str(task.wide),
            "named": str(task.named),
            "factors": task.factors,
            "threads": task.threads,
            "kernel": task.kernel,
        }
        self.idle = 0

    def turn(self, keep: Path | None) -> dict[str, Any]:
        """Let the side do its work once; keep its totals in a file where one is named."""
        self._send({"keep": str(keep or "")})
        return self._answer()

    def _send(self, content: dict[str, object]) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(json.dumps(content) + "\n")
            self.process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        line = self.process.stdout.readline() if self.process.stdout is not None else ""
        if not line:
            raise SideFailed(f"{self.side}: the process ended with code {self.process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        """Let the side begin: libraries and factor tables are loaded before its first turn."""
        try:
            self._send(self._order)
            self.idle = int(self._answer()["peak"])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the process: it stops when its input does."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
