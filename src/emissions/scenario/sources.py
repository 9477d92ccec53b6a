"""What stands behind the numbers of a scenario: the targets and baselines of the plans, and assumptions."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache

from emissions.errors import Problem
from emissions.scenario.check_paths import paths_of
from emissions.scenario.extend import nearest, scenario_root
from emissions.scenario.form import Draft
from emissions.scenario.model import Sourced
from emissions.scenario.places import Loc

TABLES = {"target": "targets", "external": "targets_external", "baseline": "baselines"}
"""First word of a source -> table below ``scenarios/targets``."""
ASSUMPTION = "assumption"
ALL_OF_REGION = "all_of_region"


@cache
def source_rows(prefix: str) -> Mapping[str, Mapping[str, str]]:
    """Return the rows of a table of the plans by id.

    Parameters
    ----------
    prefix
        ``target``, ``external`` or ``baseline``.

    Examples
    --------
    >>> source_rows("target")["nm-coal-share-2025"]["target_value"]
    '75'
    """
    path = scenario_root() / "targets" / f"{TABLES[prefix]}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def target_row(name: str) -> Mapping[str, str] | None:
    """Return the row of a target of the plans or of another document, None where there is none."""
    return source_rows("target").get(name) or source_rows("external").get(name)


def nearest_target(name: str) -> str:
    """Return the id of the target nearest to a word, blank where nothing is near."""
    return nearest(name, [*source_rows("target"), *source_rows("external")])


def check_sources(draft: Draft) -> Iterator[Problem]:
    """Yield numbers without a source, assumptions without a why, and sources that do not exist."""
    for loc, one in sourced_of(draft):
        if not one.source:
            yield draft.problem("source_missing", loc, ".".join(map(str, loc[-1:])))
        if ASSUMPTION in one.source and not one.why.strip():
            yield draft.problem("why_missing", loc, ASSUMPTION)
        for source in one.source:
            yield from _source(draft, source, (*loc, "source"))


def sourced_of(draft: Draft) -> Iterator[tuple[Loc, Sourced]]:
    """Yield everything that needs a source, and where it stands."""
    scenario = draft.scenario
    yield from paths_of(draft)
    yield from ((("bridge", number), term) for number, term in enumerate(scenario.bridge))
    for name, one in scenario.power.technologies.items() if scenario.power else ():
        yield ("power", "technologies", name), one
    yield from ((("fleets", number), fleet) for number, fleet in enumerate(scenario.fleets))
    for number, measure in enumerate(scenario.measures):
        yield ("measures", number), measure
        if measure.cost is not None:
            yield ("measures", number, "cost"), measure.cost


def _source(draft: Draft, source: str, loc: Loc) -> Iterator[Problem]:
    if source == ASSUMPTION:
        return
    prefix, joint, name = source.partition(":")
    if not joint or prefix not in TABLES:
        allowed = ", ".join((*(f"{one}:ID" for one in TABLES), ASSUMPTION))
        word = nearest(prefix, (*TABLES, ASSUMPTION))
        yield draft.problem("source_form", loc, source, allowed=allowed, nearest=word)
    elif name not in source_rows(prefix):
        elsewhere = [f"{one}:{name}" for one in TABLES if name in source_rows(one)]
        near = elsewhere[0] if elsewhere else nearest(name, list(source_rows(prefix)))
        yield draft.problem("source_unknown", loc, source, nearest=near, facts={"table": f"{TABLES[prefix]}.csv"})


def check_targets(draft: Draft) -> Iterator[Problem]:
    """Yield targets that no document has."""
    for number, name in enumerate(draft.scenario.targets):
        if name != ALL_OF_REGION and target_row(name) is None:
            yield draft.problem("target_unknown", ("targets", number), name, nearest=nearest_target(name))
