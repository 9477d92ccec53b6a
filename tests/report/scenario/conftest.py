"""One small scenario, and two of them side by side, for all tests of their reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from emissions.activity import read_activity
from emissions.factors import FactorLibrary
from emissions.report.scenario.outcome import Draws, Outcome, outcome
from emissions.scenario.file.read import read_scenario
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.compare import Comparison, compare, evaluate_targets
from emissions.scenario.outcome.montecarlo import ensemble
from emissions.scenario.outcome.project import Start, project, start
from report.scenario.files import write_files


@pytest.fixture(scope="session")
def stories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, Scenario]:
    folder = write_files(tmp_path_factory.mktemp("stories"))
    return read_scenario(folder / "city.yaml"), read_scenario(folder / "faster.yaml")


@pytest.fixture(scope="session")
def base(stories: tuple[Scenario, Scenario], library: FactorLibrary) -> Start:
    return start(read_activity(Path(stories[0].folder) / "base.csv"), library, 2020)


@pytest.fixture(scope="session")
def result(stories: tuple[Scenario, Scenario], base: Start) -> Outcome:
    projection = project(stories[0], base)
    return outcome(projection, evaluate_targets(projection))


@pytest.fixture(scope="session")
def drawn(result: Outcome, stories: tuple[Scenario, Scenario], base: Start) -> Outcome:
    import pandas as pd

    found = ensemble(stories[0], base)
    peaked = pd.Series(found.share_peaked, index=list(found.years))
    draws = Draws(found.runs, found.seed, found.bands(), peaked, impossible=found.impossible)
    return outcome(result.projection, result.targets, draws=draws)


@pytest.fixture(scope="session")
def pair(stories: tuple[Scenario, Scenario], base: Start) -> Comparison:
    return compare(stories, lambda scenario: base)
