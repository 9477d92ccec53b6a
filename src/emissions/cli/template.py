"""``emissions template``: a workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option


def command(session: Session) -> Command:
    """Return the command."""

    def callback(file: Path, region: str, year: int, roll_from: Path | None) -> int:
        return template(session, file, region, year, roll_from)

    return make(
        "template",
        session,
        callback,
        [
            click.Argument(["file"], type=click.Path(path_type=Path), metavar="FILE.xlsx"),
            option(session, "--region", text="region", required=True),
            option(session, "--year", text="year", type=int, required=True),
            option(session, "--from", "roll_from", text="roll", type=click.Path(path_type=Path), metavar="FILE"),
        ],
    )


def template(session: Session, file: Path, region: str, year: int, roll_from: Path | None) -> int:
    """Write the template; an existing file is left alone. Return the exit code."""
    from emissions.activity import write_template
    from emissions.errors import Problem, ResultError
    from emissions.vocabulary import message

    if file.exists():
        raise ResultError([Problem("file_exists", found=str(file))])
    write_template(file, region, year, language=session.language, roll_from=roll_from)
    click.echo(message("cli.template_written", session.language, file=file))
    return 0
