"""Scenarios against the inventory they start from, and many draws against one run: engine time only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.registry import Benchmark

UNTIL = 2060
SHIPPED = ("nm-s1-current", "nm-s2-plan", "nm-s3-deep")


def _stories(number: int) -> tuple[list[object], object]:
    """Return scenarios to 2060 and their base year, computed."""
    import emissions as em
    from emissions.scenario.file.extend import scenario_root
    from emissions.scenario.file.read import base_files, read_scenario
    from emissions.scenario.outcome.project import start

    read = [read_scenario(scenario_root() / "neimenggu" / f"{name}.yaml") for name in SHIPPED]
    base = start(em.read_activity(*base_files(read[0])), em.load_factors(read[0].base.factors), read[0].base.year)
    longer = [one.model_copy(update={"horizon": one.horizon.model_copy(update={"end": UNTIL})}) for one in read]
    return [longer[place % len(longer)] for place in range(number)], base


def _five(_folder: Path, size: int) -> tuple[Callable[[], object], Callable[[], object]]:
    import emissions as em
    from emissions.scenario.outcome.project import project

    stories, base = _stories(size)

    def ours() -> object:
        return [project(one, base) for one in stories]

    def theirs() -> object:
        return em.totals(em.calculate(base.activity, base.factors))

    return ours, theirs


def _draws(_folder: Path, size: int) -> tuple[Callable[[], object], Callable[[], object]]:
    from emissions.scenario.outcome.montecarlo import ensemble
    from emissions.scenario.outcome.project import project

    (story,), base = _stories(1)

    def ours() -> object:
        return ensemble(story, base, runs=size)

    def theirs() -> object:
        return project(story, base)

    return ours, theirs


SCENARIOS = Benchmark("scenarios", "five scenarios of 41 years, against one year's inventory", 10, _five, 5, 1)
DRAWS = Benchmark("draws", "1,000 draws of a scenario to 2060, against one run of it", 20, _draws, 1_000, 20)
