"""``emissions scenario decompose``: what drove a change of CO2."""

from __future__ import annotations

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        first: str, second: str | None, start: int | None, end: int | None, year: int | None, as_json: bool,
        factors: str | None,
    ) -> int:  # fmt: skip
        if second is None and year is not None:
            raise click.UsageError("--year: FIRST SECOND")
        if second is not None and (start is not None or end is not None):
            raise click.UsageError("--from, --to: FIRST")
        return decompose(session, first, second, (start, end, year), factors=factors or "", as_json=as_json)

    return make(
        "scenario decompose",
        session,
        callback,
        [
            click.Argument(["first"], metavar="FIRST"),
            click.Argument(["second"], required=False, metavar="[SECOND]"),
            option(session, "--from", "start", text="from_year", type=int),
            option(session, "--to", "end", text="to_year", type=int),
            option(session, "--year", text="compare_year", type=int),
            option(session, "--json", "as_json", text="json", is_flag=True),
            option(session, "--factors", text="scenario_factors", metavar="SET"),
        ],
    )


def decompose(
    session: Session,
    first: str,
    second: str | None,
    years: tuple[int | None, int | None, int | None],
    *,
    factors: str,
    as_json: bool,
) -> int:
    """Print the decomposition; return the exit code.

    Parameters
    ----------
    years
        First and second year of one scenario, year of two.
    """
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import Bases, read_scenarios
        from emissions.scenario.outcome.change import between_scenarios, between_years
        from emissions.scenario.outcome.project import project

        scenarios = read_scenarios((first,) if second is None else (first, second))
        bases = Bases(factors)
        doing("cli.projecting")
        projections = [project(one, bases(one)) for one in scenarios]
        start, end, year = years
        known = scenarios[0].years
        if len(projections) == 1:
            found = between_years(
                projections[0], known[0] if start is None else start, known[-1] if end is None else end
            )
        else:
            shared = sorted(set(known) & set(scenarios[1].years))
            last = shared[-1] if shared else known[-1]
            found = between_scenarios(projections[0], projections[1], last if year is None else year)
    from emissions.report.console import console
    from emissions.report.scenario.change_terminal import change_json, print_change

    if as_json:
        click.echo(change_json(found))
    else:
        print_change(found, console(), session.language)
    return 0
