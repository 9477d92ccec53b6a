"""``emissions scenario gap``: which targets scenarios miss, and by how much."""

from __future__ import annotations

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress
from emissions.cli.run import DONE, FAILED


def command(session: Session) -> Command:
    """Return the command."""

    def callback(files: tuple[str, ...], year: int | None, as_json: bool, factors: str | None, strict: bool) -> int:
        return gap(session, files, year, factors=factors or "", strict=strict, as_json=as_json)

    return make(
        "scenario gap",
        session,
        callback,
        [
            click.Argument(["files"], nargs=-1, required=True, metavar="FILE..."),
            option(session, "--year", text="evaluation_year", type=int),
            option(session, "--json", "as_json", text="json", is_flag=True),
            option(session, "--factors", text="scenario_factors", metavar="SET"),
            option(session, "--strict", text="strict_targets", is_flag=True),
        ],
    )


def gap(
    session: Session, files: tuple[str, ...], year: int | None, *, factors: str, strict: bool, as_json: bool
) -> int:
    """Print the targets that are missed; return the exit code."""
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import Bases, read_scenarios

        scenarios, bases = read_scenarios(files), Bases(factors)
        doing("cli.projecting")
        import pandas as pd

        from emissions.scenario.outcome.compare import evaluate_targets
        from emissions.scenario.outcome.project import project

        tables = [evaluate_targets(project(one, bases(one)), year).assign(scenario=one.id) for one in scenarios]
    from emissions.report.console import console
    from emissions.report.scenario.records import dumped, records
    from emissions.report.scenario.targets_terminal import print_gaps
    from emissions.report.scenario.words import title
    from emissions.report.words import Words

    table = pd.concat(tables, ignore_index=True)
    if as_json:
        click.echo(dumped({"targets": records(table)}))
    else:
        words, screen = Words(session.language), console()
        for one, own in zip(scenarios, tables, strict=True):
            print_gaps(own, f"{title(one, words)} ({one.id})", screen, words)
    return FAILED if strict and (table["status"] == "missed").any() else DONE
