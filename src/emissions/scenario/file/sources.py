"""What stands behind the numbers of a scenario: targets and baselines of the plans, facts on vehicles, assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from emissions.errors import Problem
from emissions.scenario.file.check_paths import paths_of
from emissions.scenario.file.extend import nearest
from emissions.scenario.file.form import Draft
from emissions.scenario.file.places import Loc
from emissions.scenario.model import Sourced
from emissions.scenario.targets.data import Target, load_targets, read_rows

TABLES = {"target": "targets", "external": "targets_external", "baseline": "baselines", "vehicle": "vehicles"}
"""First word of a source -> table below ``scenarios/targets``."""
ASSUMPTION = "assumption"
ALL_OF_REGION = "all_of_region"


@cache
def source_ids(prefix: str) -> frozenset[str]:
    """Return the ids of a table of the plans.

    Parameters
    ----------
    prefix
        A key of :data:`TABLES`.

    Examples
    --------
    >>> "nm-coal-share-2025" in source_ids("target")
    True
    """
    return frozenset(row["id"] for row in read_rows(TABLES[prefix]))


@cache
def known_targets() -> dict[str, Target]:
    """Return every target of the plans and of other documents by id."""
    return {one.id: one for one in load_targets()}


def nearest_target(name: str) -> str:
    """Return the id of the target nearest to a word, blank where nothing is near."""
    return nearest(name, list(known_targets()))


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
    elif name not in source_ids(prefix):
        elsewhere = [f"{one}:{name}" for one in TABLES if name in source_ids(one)]
        near = elsewhere[0] if elsewhere else nearest(name, sorted(source_ids(prefix)))
        yield draft.problem("source_unknown", loc, source, nearest=near, facts={"table": f"{TABLES[prefix]}.csv"})


def check_targets(draft: Draft) -> Iterator[Problem]:
    """Yield targets that no document has."""
    for number, name in enumerate(draft.scenario.targets):
        if name != ALL_OF_REGION and name not in known_targets():
            yield draft.problem("target_unknown", ("targets", number), name, nearest=nearest_target(name))
