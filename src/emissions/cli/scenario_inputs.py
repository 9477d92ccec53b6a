"""What commands about scenarios begin with: several of them read together, or told from results and workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emissions.scenario.model import Scenario

_SUFFIXES = (".yaml", ".yml")


def is_scenario(given: str) -> bool:
    """Tell whether an argument is a scenario rather than a result folder or a workbook."""
    from emissions.scenario.file.extend import find_scenarios

    path = Path(given)
    return path.suffix in _SUFFIXES or (not path.exists() and given in {one.stem for one in find_scenarios()})


def read_scenarios(given: tuple[str, ...]) -> list[Scenario]:
    """Return scenarios with their base files there; the problems of all files together.

    Raises
    ------
    ScenarioError
        With every problem of every file.
    """
    from emissions.errors import Problem, ScenarioError
    from emissions.scenario.file.read import missing_base
    from emissions.scenario.outcome.begin import read_scenario

    found, problems = [], list[Problem]()
    for one in given:
        try:
            found.append(read_scenario(one))
            problems += missing_base(found[-1])
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found
