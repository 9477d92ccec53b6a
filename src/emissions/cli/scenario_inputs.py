"""What commands about scenarios begin with: finding a scenario, its base year, what was observed or stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emissions.scenario.model import Scenario
    from emissions.scenario.outcome.project import Start

_SUFFIXES = (".yaml", ".yml")


def find_scenario(given: str) -> Path:
    """Return the file of a scenario: a path, or the id of a shipped one.

    Raises
    ------
    ScenarioError
        If there is neither, with the nearest id.
    """
    from emissions.errors import Problem, ScenarioError
    from emissions.scenario.file.extend import find_scenarios, nearest

    path = Path(given)
    if path.is_file() or path.suffix in _SUFFIXES:
        return path
    shipped = {one.stem: one for one in find_scenarios()}
    if given not in shipped:
        ids = sorted(shipped)
        near = nearest(given, ids)
        raise ScenarioError(
            [Problem("scenario_unknown", found=given, nearest=near, allowed="" if near else ", ".join(ids))]
        )
    return shipped[given]


def is_scenario(given: str) -> bool:
    """Tell whether an argument is a scenario rather than a result folder or a workbook."""
    from emissions.scenario.file.extend import find_scenarios

    path = Path(given)
    return path.suffix in _SUFFIXES or (not path.exists() and given in {one.stem for one in find_scenarios()})


def read_scenarios(given: tuple[str, ...]) -> list[Scenario]:
    """Return scenarios; the problems of all files together.

    Raises
    ------
    ScenarioError
        With every problem of every file.
    """
    from emissions.errors import Problem, ScenarioError
    from emissions.scenario.file.read import read_scenario

    found, problems = [], list[Problem]()
    for one in given:
        try:
            found.append(read_scenario(find_scenario(one)))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found


@dataclass
class Bases:
    """Base years of scenarios: those that share activity data, factors and year are computed once.

    Attributes
    ----------
    factors
        Factor set in place of that of the scenarios; blank: theirs.
    """

    factors: str = ""
    _known: dict[tuple[tuple[str, ...], str, str, int], Start] = field(default_factory=dict)

    def __call__(self, scenario: Scenario) -> Start:
        """Return the base year of a scenario."""
        from emissions.activity import read_activity
        from emissions.factors import load_factors
        from emissions.scenario.file.read import base_files
        from emissions.scenario.outcome.project import start

        paths = base_files(scenario)
        name = self.factors or scenario.base.factors
        key = (tuple(str(path.resolve()) for path in paths), name, scenario.region, scenario.base.year)
        if key not in self._known:
            given = read_activity(*paths, region=scenario.region, year=scenario.base.year)
            self._known[key] = start(given, load_factors(name), scenario.base.year)
        return self._known[key]
