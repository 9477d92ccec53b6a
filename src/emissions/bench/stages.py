"""Seconds of each stage of one calculation: the functions of the engine under a stopwatch, nothing done twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from typing import Any

STAGES = ("read", "check", "key", "resolve", "imply", "total", "write")
WATCHED = (
    ("emissions.activity.pieces.scan", "summed", "read"),
    ("emissions.activity.pieces.scan", "repeated_rows", "read"),
    ("emissions.activity.pieces.scan.ActivityScan", "read", "check"),
    ("emissions.engine.calculate", "expand", "key"),
    ("emissions.engine.calculate", "distinct_keys", "key"),
    ("emissions.engine.calculate", "exact_sums", "key"),
    ("emissions.engine.calculate", "kinds_of", "key"),
    ("emissions.factors.resolve.Resolver", "numbers", "resolve"),
    ("emissions.engine.choices", "assign", "imply"),
    ("emissions.engine.choices", "imply", "imply"),
    ("emissions.engine.calculate", "account", "total"),
    ("emissions.engine.calculate", "calculate", "total"),
    ("emissions.inventory.tables", "totals", "total"),
    ("emissions.report.store", "save", "write"),
)
"""Module or class, function and the stage its own time belongs to (less that of watched functions it calls)."""


@dataclass
class Stopwatch:
    """Adds up the own time of watched calls by stage.

    Attributes
    ----------
    seconds
        Stage -> seconds, each moment in one stage only.
    """

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    _running: list[float] = field(default_factory=list)

    def watched(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its own time counted."""

        @wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            self._running.append(0.0)
            start = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                whole = time.perf_counter() - start
                self.seconds[stage] += whole - self._running.pop()
                if self._running:
                    self._running[-1] += whole

        return timed


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Put the functions of :data:`WATCHED` under a stopwatch while the block runs."""
    watch = Stopwatch()
    originals = []
    for place, name, stage in WATCHED:
        owner = _owner(place)
        original = getattr(owner, name)
        originals.append((owner, name, original))
        setattr(owner, name, watch.watched(stage, original))
    try:
        yield watch
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def _owner(place: str) -> Any:
    """Return a module, or a class in one."""
    module, _, name = place.rpartition(".")
    return getattr(import_module(module), name) if name[0].isupper() else import_module(place)
