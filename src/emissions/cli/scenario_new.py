"""``emissions scenario new``: a scenario file to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option


def command(session: Session) -> Command:
    """Return the command."""

    def callback(file: Path, region: str, year: int, end: int, title: str | None) -> int:
        return new(session, file, region, year, end, title or file.stem)

    return make(
        "scenario new",
        session,
        callback,
        [
            click.Argument(["file"], type=click.Path(path_type=Path), metavar="FILE.yaml"),
            option(session, "--region", text="region", required=True),
            option(session, "--year", text="base_year", type=int, required=True),
            option(session, "--to", "end", text="end_year", type=int, required=True),
            option(session, "--title", text="title"),
        ],
    )


def new(session: Session, file: Path, region: str, year: int, end: int, title: str) -> int:
    """Write the file; an existing one is left alone. Return the exit code."""
    from emissions.errors import Problem, ResultError
    from emissions.scenario.file.write import new_scenario_text
    from emissions.vocabulary import message

    if file.exists():
        raise ResultError([Problem("file_exists", found=str(file))])
    content = new_scenario_text(region, year, end, title)
    write_text(file, content)
    click.echo(message("cli.scenario_written", session.language, file=file))
    return 0


def write_text(file: Path, content: str) -> None:
    """Write a text file whole or not at all.

    Raises
    ------
    ResultError
        If it cannot be written.
    """
    from emissions.activity.replace_file import written_in_place
    from emissions.errors import Problem, ResultError

    try:
        with written_in_place(file) as part:
            part.write_text(content, encoding="utf-8")
    except OSError as error:
        facts = {"why": error.strerror or str(error)}
        raise ResultError([Problem("result_not_written", found=str(file), facts=facts)]) from error
