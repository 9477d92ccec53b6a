"""Reading a scenario file: everything that is wrong with it is said at once."""

from __future__ import annotations

from pathlib import Path

from emissions.errors import Problem, ScenarioError
from emissions.scenario.file.check_measures import check_measures
from emissions.scenario.file.check_paths import check_paths
from emissions.scenario.file.check_runs import check_runs
from emissions.scenario.file.extend import find_scenarios, read_tree, scenario_root
from emissions.scenario.file.form import Draft, formed
from emissions.scenario.file.measured import measured
from emissions.scenario.file.places import Spot, spot_at
from emissions.scenario.file.sources import check_sources, check_targets
from emissions.scenario.file.spell import spelled
from emissions.scenario.model import Scenario

__all__ = ["base_files", "find_scenarios", "missing_base", "read_scenario", "scenario_root"]

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
    "base_activity_missing",
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
        With every problem of the file and of those it extends: file, line, what stands there, what may. Where there
        is one, files of the base year that are not there are told too; alone they are no problem of reading.

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
    if found:
        found += _missing_base(draft, spelt, path.parent)
    if any(one.code.startswith("extends_") for one in problems):
        found = [one for one in found if one.code not in LEANS_ON_PARENT]
    if found:
        raise ScenarioError(
            sorted(dict.fromkeys(found), key=lambda one: (one.file != path.name, one.file, one.row or 0))
        )
    return draft.scenario.model_copy(update={"file": path.name, "folder": str(path.parent)})


def base_files(scenario: Scenario, folder: Path | None = None) -> tuple[Path, ...]:
    """Return the files with the activity data of the base year, and with what is measured or controlled in it.

    Parameters
    ----------
    scenario
        ``base.activity`` holds paths from the folder of the scenario's file, or ``examples/NAME`` for an example that
        is installed (a file of that name beside the scenario comes first).
    folder
        Folder the paths start from; that of the scenario's file if not given.

    Raises
    ------
    ScenarioError
        The scenario names no activity data, or there is no such file.
    """
    problems = missing_base(scenario, folder)
    if problems:
        raise ScenarioError(problems)
    start = folder or Path(scenario.folder)
    paths = (_base_file(name, start) for name in scenario.base.activity if name)
    return tuple(path for path in paths if path is not None)


def missing_base(scenario: Scenario, folder: Path | None = None) -> list[Problem]:
    """Return a problem for each file of the base year that is not there, or one where the scenario names none.

    Parameters
    ----------
    scenario, folder
        As :func:`base_files` takes them.
    """
    stated = [name for name in scenario.base.activity if name]
    if not stated:
        return [Problem("base_activity_missing", file=scenario.file)]
    absent = [name for name in stated if _base_file(name, folder or Path(scenario.folder)) is None]
    return [Problem("base_activity_not_there", file=scenario.file, found=name) for name in absent]


def _missing_base(draft: Draft, tree: Spot, folder: Path) -> list[Problem]:
    """Return what :func:`missing_base` does of a file with other problems, with the line.

    Parameters
    ----------
    tree
        The file as it is spelled: it names the files also where the rest of ``base`` is wrong.
    """
    place = ("base", "activity")
    if "base" not in draft.wrong:
        scenario = draft.scenario.model_copy(update={"folder": str(folder)})
        return [draft.problem(one.code, place, one.found) for one in missing_base(scenario)]
    names = [item for item in spot_at(tree, place).items if isinstance(item.value, str)]
    return [item.problem("base_activity_not_there") for item in names if _base_file(item.value, folder) is None]


def _base_file(name: str, folder: Path) -> Path | None:
    """Return the file of a name, None where there is none."""
    if (folder / name).is_file():
        return folder / name
    installed = scenario_root().parent / name
    return installed if name.startswith(EXAMPLES) and installed.is_file() else None
