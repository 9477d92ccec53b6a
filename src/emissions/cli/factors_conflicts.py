"""``emissions factors conflicts``: where the packages of a set give different values."""

from __future__ import annotations

import click

from emissions.cli.group import Command, Session, make, option


def command(session: Session) -> Command:
    """Return the command."""

    def callback(factors: str, parameter: str | None, bound: float, limit: int) -> int:
        return conflicts(session, factors, parameter, bound, limit)

    return make(
        "conflicts",
        session,
        callback,
        [
            option(session, "--factors", text="factors", default="cn-2026.1", show_default=True, metavar="SET"),
            option(session, "--parameter", text="parameter"),
            option(
                session,
                "--bound",
                text="bound",
                type=click.FloatRange(min=0),
                default=1.0,
                show_default=True,
                metavar="PERCENT",
            ),
            option(session, "--limit", text="limit", type=click.IntRange(min=1), default=40, show_default=True),
        ],
    )


def conflicts(session: Session, factors: str, parameter: str | None, bound: float, limit: int) -> int:
    """Print the pairs; return the exit code."""
    from emissions.cli.words import word
    from emissions.factors import load_factors
    from emissions.report import library_tables
    from emissions.report.console import console
    from emissions.report.library_terminal import print_conflicts
    from emissions.report.words import Words

    chosen = word("parameters", parameter, "unknown_parameter") if parameter else ""
    table = library_tables.conflicts(load_factors(factors), parameter=chosen, beyond=bound / 100)
    print_conflicts(table, limit, console(), Words(session.language))
    return 0
