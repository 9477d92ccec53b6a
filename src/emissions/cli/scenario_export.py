"""``emissions scenario export``: scenarios as the table that integrated assessment models exchange."""

from __future__ import annotations

from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress


def command(session: Session) -> Command:
    """Return the command."""

    def callback(files: tuple[str, ...], out: Path | None, model: str | None, factors: str | None) -> int:
        return export(session, files, out, model=model or "", factors=factors or "")

    return make(
        "scenario export",
        session,
        callback,
        [
            click.Argument(["files"], nargs=-1, required=True, metavar="FILE..."),
            option(
                session,
                "--format",
                text="iamc",
                type=click.Choice(["iamc"]),
                default="iamc",
                show_default=True,
                expose_value=False,
            ),
            option(session, "-o", "--out", text="export_out", type=click.Path(path_type=Path), metavar="FILE.csv"),
            option(session, "--model", text="model", metavar="NAME"),
            option(session, "--factors", text="scenario_factors", metavar="SET"),
        ],
    )


def export(session: Session, files: tuple[str, ...], out: Path | None, *, model: str, factors: str) -> int:
    """Write the table; return the exit code."""
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import Bases, read_scenarios
        from emissions.report.scenario.iamc import iamc_table
        from emissions.scenario.outcome.project import project

        bases = Bases(factors)
        scenarios = read_scenarios(files)
        doing("cli.projecting")
        table = iamc_table([project(one, bases(one)) for one in scenarios], model=model)
    content = table.to_csv(index=False, lineterminator="\n")
    if out is None:
        click.echo(content, nl=False)
        return 0
    from emissions.cli.scenario_new import write_text
    from emissions.vocabulary import message

    write_text(out, content)
    click.echo(message("cli.exported", session.language, file=out, rows=len(table)))
    return 0
