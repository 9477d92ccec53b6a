"""Where the work on scenarios begins: a scenario by file or id, its base year, its projection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emissions.activity import read_activity
from emissions.errors import Problem, ScenarioError
from emissions.factors import load_factors
from emissions.scenario.file.extend import SUFFIXES, find_scenarios, nearest
from emissions.scenario.file.read import base_files
from emissions.scenario.file.read import read_scenario as read_file
from emissions.scenario.model import Scenario
from emissions.scenario.outcome import compare as side_by_side
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.projection import Projection


def find_scenario(given: str | Path) -> Path:
    """Return the file of a scenario: a path, or the id of a shipped one.

    Raises
    ------
    ScenarioError
        If there is neither, with the nearest id.
    """
    path = Path(given)
    if path.is_file() or path.suffix in SUFFIXES:
        return path
    shipped = {one.stem: one for one in find_scenarios()}
    if str(given) not in shipped:
        ids = sorted(shipped)
        near = nearest(str(given), ids)
        allowed = "" if near else ", ".join(ids)
        raise ScenarioError([Problem("scenario_unknown", found=str(given), nearest=near, allowed=allowed)])
    return shipped[str(given)]


def read_scenario(given: str | Path) -> Scenario:
    """Return a scenario by the path of its file, or by the id of a shipped one.

    Raises
    ------
    ScenarioError
        With every problem of the file, or the nearest id.

    Examples
    --------
    >>> read_scenario("nm-s2-plan").region
    '150000'
    """
    return read_file(find_scenario(given))


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
        paths = base_files(scenario)
        name = self.factors or scenario.base.factors
        key = (tuple(str(path.resolve()) for path in paths), name, scenario.region, scenario.base.year)
        if key not in self._known:
            given = read_activity(*paths, region=scenario.region, year=scenario.base.year)
            self._known[key] = start(given, load_factors(name), scenario.base.year)
        return self._known[key]


def project_scenario(scenario: Scenario, *, factors: str = "") -> Projection:
    """Return the inventories of all years of a scenario and the tables that explain them.

    Parameters
    ----------
    factors
        Factor set in place of that of the file.

    Returns
    -------
    Projection
        ``indicator("co2")`` in Mt by year; ``run`` for :func:`emissions.totals` (t) and :func:`emissions.explain`.

    Raises
    ------
    ScenarioError
        If the scenario asks for what is impossible, or its base year is not there.

    Examples
    --------
    >>> project_scenario(read_scenario("hm-s1-plan")).indicator("co2").index[0]
    np.int64(2020)
    """
    return project(scenario, Bases(factors)(scenario))


def compare_scenarios(scenarios: Sequence[Scenario], *, factors: str = "") -> side_by_side.Comparison:
    """Return scenarios side by side: paths, peaks, levels, targets, measures and what each contributes.

    Raises
    ------
    ScenarioError
        Fewer than two scenarios, or one that asks for what is impossible.
    """
    if len(scenarios) < 2:
        raise ScenarioError([Problem("too_few_scenarios")])
    return side_by_side.compare(scenarios, Bases(factors))
