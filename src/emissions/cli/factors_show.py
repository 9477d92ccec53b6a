"""``emissions factors show``: one factor row."""

from __future__ import annotations

import click

from emissions.cli.group import Command, Session, make, option


def command(session: Session) -> Command:
    """Return the command."""

    def callback(factor: str, factors: str) -> int:
        return show(session, factor, factors)

    return make(
        "show",
        session,
        callback,
        [
            click.Argument(["factor"], metavar="ID"),
            option(session, "--factors", text="factors", default="cn-2026.1", show_default=True, metavar="SET"),
        ],
    )


def show(session: Session, factor: str, factors: str) -> int:
    """Print the row; return the exit code."""
    from emissions.factors import load_factors
    from emissions.report.console import console
    from emissions.report.library_tables import find_row
    from emissions.report.library_terminal import print_row
    from emissions.report.words import Words

    library = load_factors(factors)
    print_row(library, find_row(library, factor), console(), Words(session.language))
    return 0
