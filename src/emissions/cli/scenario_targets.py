"""``emissions scenario targets``: status of the plans' targets, from a scenario, an inventory or observed values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress
from emissions.cli.run import DONE, FAILED

if TYPE_CHECKING:
    import pandas as pd

    from emissions.scenario.mathematics.peak import Peak


@dataclass(frozen=True)
class Basis:
    """What targets are held against: region, indicators, peak, where they are from (code of a text and name)."""

    region: str
    indicators: pd.DataFrame
    peak: Peak | None
    origin: tuple[str, str]


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        file: str | None, region: str | None, year: int | None, ex_post: bool, strict_year: bool, no_quotes: bool,
        as_json: bool, factors: str | None, strict: bool,
    ) -> int:  # fmt: skip
        return targets(
            session, file, region, year, ex_post=ex_post, strict_year=strict_year, quotes=not no_quotes,
            as_json=as_json, factors=factors or "", strict=strict,
        )  # fmt: skip

    return make(
        "scenario targets",
        session,
        callback,
        [
            click.Argument(["file"], required=False, metavar="[FILE]"),
            option(session, "--region", text="region"),
            option(session, "--year", text="evaluation_year", type=int),
            option(session, "--ex-post", "ex_post", text="ex_post", is_flag=True),
            option(session, "--before-is-earlier", "strict_year", text="strict_year", is_flag=True),
            option(session, "--no-quotes", "no_quotes", text="no_quotes", is_flag=True),
            option(session, "--json", "as_json", text="json", is_flag=True),
            option(session, "--factors", text="scenario_factors", metavar="SET"),
            option(session, "--strict", text="strict_targets", is_flag=True),
        ],
    )


def targets(
    session: Session,
    file: str | None,
    region: str | None,
    year: int | None,
    *,
    ex_post: bool,
    strict_year: bool,
    quotes: bool,
    as_json: bool,
    factors: str,
    strict: bool,
) -> int:
    """Print the status of all targets of a region; return the exit code."""
    with progress(session) as doing:
        doing("cli.projecting")
        from emissions.cli.words import word
        from emissions.scenario.targets.conflicts import conflicts
        from emissions.scenario.targets.data import targets_of
        from emissions.scenario.targets.status import evaluate

        code = word("regions", region, "unknown_region") if region else ""
        basis = _observed(code) if ex_post or file is None else _of_file(file, code, factors)
        wanted = targets_of("all_of_region", basis.region)
        found = evaluate(basis.indicators, basis.peak, wanted, year, strict=strict_year)
        differing = conflicts(wanted)
    from emissions.report.console import console, text
    from emissions.report.scenario.records import targets_json
    from emissions.report.scenario.targets_terminal import print_conflicts, print_targets
    from emissions.report.words import Words

    if as_json:
        click.echo(targets_json(found, differing))
    else:
        words, screen = Words(session.language), console()
        named = words.label("regions", basis.region)
        when = "targets.own_years" if year is None else "targets.evaluation"
        screen.print(text(words.text(when, region=named, year=year), "title"))
        screen.print(text(words.text(basis.origin[0], name=basis.origin[1]), "quiet"))
        screen.print()
        print_targets(found, screen, words, quotes=quotes)
        print_conflicts(differing, screen, words)
    return FAILED if strict and (found["status"] == "missed").any() else DONE


def _observed(region: str) -> Basis:
    from emissions.errors import Problem, ScenarioError
    from emissions.scenario.targets.observed import observed_indicators

    if not region:
        raise ScenarioError([Problem("region_needed")])
    return Basis(region, observed_indicators(region), None, ("targets.from_observed", ""))


def _of_file(file: str, region: str, factors: str) -> Basis:
    from emissions.cli.scenario_inputs import is_scenario

    return _of_scenario(file, region, factors) if is_scenario(file) else _of_inventory(file, region, factors)


def _of_scenario(file: str, region: str, factors: str) -> Basis:
    from emissions.cli.scenario_inputs import Bases, read_scenarios
    from emissions.scenario.outcome.compare import peak_of, with_levels
    from emissions.scenario.outcome.project import project

    (scenario,) = read_scenarios((file,))
    projection = project(scenario, Bases(factors)(scenario))
    return Basis(
        region or scenario.region, with_levels(projection), peak_of(projection), ("targets.from_scenario", scenario.id)
    )


def _of_inventory(file: str, region: str, factors: str) -> Basis:
    """Return the emissions of an inventory, of a stored result or computed from a workbook."""
    from emissions.errors import Problem, ScenarioError
    from emissions.scenario.targets.inventory import inventory_indicators

    path = Path(file)
    if path.is_dir():
        from emissions.report.store import load

        run = load(path)
    else:
        from emissions.activity import read_activity
        from emissions.engine import calculate
        from emissions.factors import load_factors

        run = calculate(read_activity(path, region=region or None), load_factors(factors or "cn-2026.1"))
    places = sorted({str(one) for one in run.keys["region"].unique()})
    if len(places) > 1:
        raise ScenarioError([Problem("several_regions", found=", ".join(places))])
    return Basis(region or places[0], inventory_indicators(run), None, ("targets.from_inventory", path.name))
