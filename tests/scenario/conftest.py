"""Base years and shipped scenarios that several tests need: computed once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from emissions.activity import read_activity
from emissions.factors import FactorLibrary, load_factors
from emissions.scenario.file.read import base_files, read_scenario
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.projection import Projection


@pytest.fixture(scope="session")
def factors() -> FactorLibrary:
    """Return the factor set of the shipped scenarios."""
    return load_factors("cn-2026.1")


@pytest.fixture(scope="session")
def shipped(root: Path) -> Callable[[str], Scenario]:
    """Return a shipped scenario by its id."""
    files = {path.stem: path for path in (root / "scenarios").glob("*/*.yaml")}
    return cache(lambda name: read_scenario(files[name]))


@pytest.fixture(scope="session")
def base_of(factors: FactorLibrary) -> Callable[[Scenario], Start]:
    """Return the base year of a shipped scenario; scenarios of one file share it."""

    @cache
    def of_files(paths: tuple[Path, ...], year: int) -> Start:
        return start(read_activity(*paths), factors, year)

    return lambda scenario: of_files(base_files(scenario), scenario.base.year)


@pytest.fixture(scope="session")
def projected(shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start]) -> Callable[[str], Projection]:
    """Return a shipped scenario projected over its years."""
    return cache(lambda name: project(shipped(name), base_of(shipped(name))))
