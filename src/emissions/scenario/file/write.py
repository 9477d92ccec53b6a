"""Writing scenario files: a skeleton to start from, and a scenario as it was read."""

from __future__ import annotations

import json
from importlib.resources import files
from string import Template

import yaml

from emissions.errors import Problem, ScenarioError
from emissions.scenario.file.spell import kind_facts, word_of
from emissions.scenario.model import Scenario


def new_scenario_text(region: str, year: int, end: int, title: str) -> str:
    """Return a commented scenario file in both languages that changes nothing, with examples to take.

    Lines that begin with ``## `` explain; taking ``# `` away from the others gives a scenario that reads as well.

    Parameters
    ----------
    region
        Six digits or the name of a region.
    year, end
        Base year and last year.
    title
        Title, in either language.

    Raises
    ------
    ScenarioError
        The region is unknown, or the end does not lie after the base year.

    Examples
    --------
    >>> "horizon: {from: 2020, to: 2035}" in new_scenario_text("150600", 2020, 2035, "规划")
    True
    """
    code, near = word_of("regions", region)
    kind = kind_facts("regions")
    problems = [] if code else [Problem("scenario_unknown_word", found=region, nearest=near, facts=kind)]
    if end <= year:
        problems.append(Problem("scenario_end_before_start", found=f"{end} <= {year}", facts={"field": "horizon"}))
    if problems:
        raise ScenarioError(problems)
    text = (files("emissions.scenario.file") / "skeleton.yaml").read_text(encoding="utf-8")
    return Template(text).substitute(
        id=f"{code}-new", title=json.dumps(title, ensure_ascii=False), region=code, year=year, first=year + 1, end=end
    )


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as the text of a file that reads as the same scenario; what it extended is merged in.

    Examples
    --------
    >>> scenario = Scenario.model_validate(
    ...     {"schema": "scenario/1", "id": "a", "title": "A", "region": "150600",
    ...      "base": {"year": 2020, "boundary": "territorial"}, "horizon": {"from": 2020, "to": 2021}})
    >>> print(scenario_text(scenario).splitlines()[0])
    schema: scenario/1
    """
    record = scenario.model_dump(by_alias=True, exclude={"file", "folder"}, exclude_defaults=True)
    return yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=120)
