"""A benchmark is a pair of things that do the same, run in turn; its figure is the ratio of their times."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Benchmark:
    """One comparison.

    Attributes
    ----------
    name, what
        Short name and a sentence.
    target
        Ratio it should stay at or below (``at_least``: at or above).
    prepare
        Makes the files for a size in a folder and returns (ours, theirs): two calls without arguments.
    size, smoke_size
        Full size, and the size of a smoke run.
    at_least
        True where the figure is theirs / ours (a speed-up), False where it is ours / theirs.
    """

    name: str
    what: str
    target: float
    prepare: Callable[[Path, int], tuple[Callable[[], object], Callable[[], object]]]
    size: int
    smoke_size: int
    at_least: bool = False


@dataclass
class Figures:
    """Seconds of each run and the ratio of each pair."""

    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    speed_up: bool = False

    @property
    def ratio(self) -> float:
        """Median of the ratios, pair by pair, so that a drift of the machine touches both."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return statistics.median(their / our if self.speed_up else our / their for our, their in pairs)


def run(benchmark: Benchmark, folder: Path, *, repeats: int, smoke: bool) -> Figures:
    """Run a benchmark: one warm-up, then pairs in turn."""
    size = benchmark.smoke_size if smoke else benchmark.size
    ours, theirs = benchmark.prepare(folder, size)
    figures = Figures(speed_up=benchmark.at_least)
    ours()
    theirs()
    for _ in range(repeats):
        figures.ours.append(_seconds(ours))
        figures.theirs.append(_seconds(theirs))
    return figures


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
