"""Figures held against the targets of ``targets.csv``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from emissions.bench.rounds import MANY_CELLS, Figures


@dataclass(frozen=True)
class Verdict:
    """A target, what was measured, and whether it is met.

    Attributes
    ----------
    figure
        ``ratio`` and ``speed_up`` (no unit), ``seconds`` and ``stage`` (s), ``peak`` (bytes), ``growth`` and ``share``.
    higher
        True where more is better.
    """

    target: str
    figure: str
    rows: int
    cells: int
    value: float
    bound: float
    higher: bool

    @property
    def met(self) -> bool:
        """Tell whether the target is met."""
        return self.value >= self.bound if self.higher else self.value <= self.bound


def verdicts(runs: Sequence[Figures]) -> list[Verdict]:
    """Return a verdict for each target that can be judged from some runs.

    A target is judged at the sizes it is stated for and beyond; smaller runs say nothing about it.
    """
    found = []
    for line in _targets():
        for run in runs:
            if _fits(line, run) and (value := _value(line, run, runs)) is not None:
                higher, bound = line["better"] == "higher", float(line["bound"])
                name, plan = line["target"], run.plan
                found.append(Verdict(name, line["figure"], plan.rows, plan.cells, value, bound, higher))
    return found


@cache
def _targets() -> list[dict[str, str]]:
    with files("emissions.bench").joinpath("targets.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _fits(line: dict[str, str], run: Figures) -> bool:
    many = int(line["cells"] or 0)
    return (
        run.plan.rows >= int(line["rows"] or 0)
        and (run.plan.cells >= many if many else run.plan.cells < MANY_CELLS)
        and line["kernel"] in {"", run.kernel}
    )


def _value(line: dict[str, str], run: Figures, runs: Iterable[Figures]) -> float | None:
    side, beside = line["side"], line["beside"]
    if side not in run.seconds or (beside and beside not in run.seconds):
        return None
    if line["figure"] == "growth":
        # numba alone takes more memory than ten times the rows
        alike = [one for one in runs if (one.plan.cells, one.kernel) == (run.plan.cells, run.kernel)]
        smaller = [one for one in alike if one.plan.rows * 10 <= run.plan.rows]
        return run.peak[side] / smaller[-1].peak[side] - 1 if smaller else None
    return {
        "ratio": lambda: run.ratio(side, beside),
        "speed_up": lambda: run.ratio(beside, side),
        "seconds": lambda: run.median(side),
        "peak": lambda: float(run.peak[side]),
        "stage": lambda: run.stages[line["target"]],
        "share": lambda: float(run.same_bits),
    }[line["figure"]]()
