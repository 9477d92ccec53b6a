"""``emissions factors used-by``: where a result takes a factor."""

from __future__ import annotations

from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option


def command(session: Session) -> Command:
    """Return the command."""

    def callback(factor: str, result: Path, limit: int) -> int:
        return used_by(session, factor, result, limit)

    return make(
        "used-by",
        session,
        callback,
        [
            click.Argument(["factor"], metavar="ID"),
            click.Argument(["result"], type=click.Path(path_type=Path), metavar="RESULT"),
            option(session, "--limit", text="limit", type=click.IntRange(min=1), default=30, show_default=True),
        ],
    )


def used_by(session: Session, factor: str, result: Path, limit: int) -> int:
    """Print the lines; return the exit code."""
    from emissions.report.console import console
    from emissions.report.library_tables import find_row, uses
    from emissions.report.library_terminal import print_uses
    from emissions.report.store import load
    from emissions.report.words import Words

    run = load(result)
    print_uses(uses(run, find_row(run.library, factor)), limit, console(), Words(session.language))
    return 0
