"""Reading a scenario file: everything that is wrong with it is said at once."""

from __future__ import annotations

from pathlib import Path

from emissions.errors import Problem, ScenarioError
from emissions.scenario.file.check_measures import check_measures
from emissions.scenario.file.check_paths import check_paths
from emissions.scenario.file.check_runs import check_runs
from emissions.scenario.file.extend import find_scenarios, read_tree, scenario_root
from emissions.scenario.file.form import formed
from emissions.scenario.file.measured import measured
from emissions.scenario.file.sources import check_sources, check_targets
from emissions.scenario.file.spell import spelled
from emissions.scenario.model import Scenario

__all__ = ["base_file", "find_scenarios", "read_scenario", "scenario_root"]

LEANS_ON_PARENT = {
    "scenario_missing_key",
    "remove_unknown",
    "replace_unknown",
    "envelope_incomplete",
    "intensity_needs_growth",
    "kind_needs_power",
    "technology_not_of_power",
    "no_fleet",
    "scenario_no_path",
    "correlation_pair",
}
"""Problems that mean nothing while what a file extends is not known."""
EXAMPLES = "examples/"
"""How the activity data of an installed example begin."""


def read_scenario(path: Path) -> Scenario:
    """Return a scenario, complete: what it extends is merged in, words and units are those of the model.

    Growth is in percent a year, shares are in percent, energy in Mtce, capacity in GW, electricity in TWh, whatever
    the file states them in (:func:`emissions.scenario.file.measured.measured`).

    Parameters
    ----------
    path
        YAML file of the schema ``scenario/1``.

    Raises
    ------
    ScenarioError
        With every problem of the file and of those it extends: file, line, what stands there, what may.

    Examples
    --------
    >>> import tempfile
    >>> from emissions.scenario.file.write import new_scenario_text
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.yaml"
    ...     _ = file.write_text(new_scenario_text("150600", 2020, 2035, "鄂尔多斯"), encoding="utf-8")
    ...     read_scenario(file).region
    '150600'
    """
    tree, problems = read_tree(path)
    spelt, misspelt = spelled(tree)
    draft, misformed = formed(spelt)
    draft, mismeasured = measured(draft)
    found = [*problems, *misspelt, *misformed, *mismeasured]
    for check in (check_runs, check_paths, check_measures, check_sources, check_targets):
        found += check(draft)
    if any(one.code.startswith("extends_") for one in problems):
        found = [one for one in found if one.code not in LEANS_ON_PARENT]
    if found:
        raise ScenarioError(
            sorted(dict.fromkeys(found), key=lambda one: (one.file != path.name, one.file, one.row or 0))
        )
    return draft.scenario.model_copy(update={"file": path.name, "folder": str(path.parent)})


def base_file(scenario: Scenario, folder: Path | None = None) -> Path:
    """Return the file with the activity data of the base year.

    Parameters
    ----------
    scenario
        ``base.activity`` is a path from the folder of the scenario's file, or ``examples/NAME`` for an example that
        is installed (a file of that name beside the scenario comes first).
    folder
        Folder the path starts from; that of the scenario's file if not given.

    Raises
    ------
    ScenarioError
        The scenario names no activity data, or there is no such file.
    """
    stated = scenario.base.activity
    if not stated:
        raise ScenarioError([Problem("base_activity_missing", file=scenario.file)])
    beside = (folder or Path(scenario.folder)) / stated
    installed = scenario_root().parent / stated
    if beside.is_file() or not (stated.startswith(EXAMPLES) and installed.is_file()):
        if not beside.is_file():
            raise ScenarioError([Problem("base_activity_not_there", file=scenario.file, found=stated)])
        return beside
    return installed
