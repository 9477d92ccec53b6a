"""``emissions check``: all problems of workbooks at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress
from emissions.cli.run import DONE, PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emissions.errors import Problem


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        files: tuple[Path, ...], as_json: bool, annotate: Path | None, region: str | None, year: int | None
    ) -> int:
        if annotate is not None and len(files) > 1:
            raise click.BadParameter(", ".join(str(file) for file in files), param_hint="--annotate")
        return check(session, files, as_json=as_json, annotated=annotate, region=region, year=year)

    return make(
        "check",
        session,
        callback,
        [
            click.Argument(["files"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."),
            option(session, "--json", "as_json", text="json", is_flag=True),
            option(session, "--annotate", text="annotate", type=click.Path(path_type=Path), metavar="OUT.xlsx"),
            option(session, "--region", text="region_given"),
            option(session, "--year", text="year_given", type=int),
        ],
    )


def check(
    session: Session,
    files: tuple[Path, ...],
    *,
    as_json: bool,
    annotated: Path | None,
    region: str | None,
    year: int | None,
) -> int:
    """Print all problems; return 0 where there is none, 2 where there are errors."""
    from emissions.activity import read_activity
    from emissions.errors import Problem, ProblemsError, ResultError

    if annotated is not None and annotated.exists():
        raise ResultError([Problem("file_exists", found=str(annotated))])
    rows = 0
    try:
        with progress(session) as doing:
            doing("cli.reading")
            table = read_activity(*files, region=region, year=year)
        problems, rows = table.notes, len(table.rows)
    except ProblemsError as error:
        problems = error.problems
    if annotated is not None:
        _annotate(files[0], problems, annotated, session)
    _report(session, problems, rows, files, as_json=as_json)
    return PROBLEMS if any(problem.level == "error" for problem in problems) else DONE


def _annotate(file: Path, problems: Sequence[Problem], out: Path, session: Session) -> None:
    from emissions.activity import annotate
    from emissions.vocabulary import message

    annotate(file, problems, out, language=session.language)
    click.echo(message("cli.annotated", session.language, file=out), err=True)


def _report(
    session: Session, problems: Sequence[Problem], rows: int, files: tuple[Path, ...], *, as_json: bool
) -> None:
    from emissions.report.console import console, text
    from emissions.report.problems import print_problems, problems_json
    from emissions.vocabulary import message

    if as_json:
        click.echo(problems_json(problems, session.language, rows=rows))
        return
    screen = console()
    if problems:
        print_problems(problems, screen, session.language)
    if rows:
        names = ", ".join(file.name for file in files)
        screen.print(
            text(
                message("cli.no_errors" if problems else "cli.no_problems", session.language, rows=rows, files=names),
                "good",
            )
        )
