"""``emissions factors check``: all problems of a package folder."""

from __future__ import annotations

from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.run import DONE, PROBLEMS


def command(session: Session) -> Command:
    """Return the command."""

    def callback(folder: Path, as_json: bool) -> int:
        return check(session, folder, as_json=as_json)

    return make(
        "factors check",
        session,
        callback,
        [
            click.Argument(["folder"], type=click.Path(path_type=Path), metavar="DIR"),
            option(session, "--json", "as_json", text="json", is_flag=True),
        ],
    )


def check(session: Session, folder: Path, *, as_json: bool) -> int:
    """Print all problems; return 0 where there is no error, else 2."""
    from emissions.factors.package_check import check_package
    from emissions.report.console import console, text
    from emissions.report.problems import print_problems, problems_json
    from emissions.vocabulary import message

    problems, rows = check_package(folder)
    failed = any(problem.level == "error" for problem in problems)
    if as_json:
        click.echo(problems_json(problems, session.language, rows=rows))
        return PROBLEMS if failed else DONE
    screen = console()
    if problems:
        print_problems(problems, screen, session.language)
    if not failed:
        name = f"{folder.resolve().parent.name}@{folder.resolve().name}"
        screen.print(text(message("factors.package_good", session.language, rows=rows, package=name), "good"))
    return PROBLEMS if failed else DONE
