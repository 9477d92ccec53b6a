"""``emissions factors diff``: how two factor sets differ, and what that does to a result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress

if TYPE_CHECKING:
    from emissions.factors import FactorLibrary


def command(session: Session) -> Command:
    """Return the command."""

    def callback(first: str, second: str, on: Path | None, limit: int) -> int:
        return diff(session, first, second, on, limit)

    return make(
        "diff",
        session,
        callback,
        [
            click.Argument(["first"], metavar="SET_A"),
            click.Argument(["second"], metavar="SET_B"),
            option(session, "--on", text="on", type=click.Path(path_type=Path), metavar="RESULT"),
            option(session, "--limit", text="limit", type=click.IntRange(min=1), default=40, show_default=True),
        ],
    )


def diff(session: Session, first: str, second: str, on: Path | None, limit: int) -> int:
    """Print the difference; return the exit code."""
    from emissions.factors import load_factors
    from emissions.report.console import console
    from emissions.report.library_tables import set_difference
    from emissions.report.library_terminal import print_difference
    from emissions.report.words import Words

    libraries = load_factors(first), load_factors(second)
    if on is not None:
        return _on_result(session, libraries, on)
    print_difference(set_difference(*libraries), limit, console(), Words(session.language))
    return 0


def _on_result(session: Session, libraries: tuple[FactorLibrary, FactorLibrary], on: Path) -> int:
    """Compute the activity data of a result under both sets and print the difference by cause."""
    from emissions.engine import calculate
    from emissions.report.comparison import differences, print_comparison, shared_substances
    from emissions.report.console import console, text
    from emissions.report.store import given_of, load
    from emissions.vocabulary import message

    with progress(session) as doing:
        doing("cli.reading_result")
        stored = load(on)
        given = given_of(stored, on)
        doing("cli.computing")
        same = stored.manifest["factor_digest"] == libraries[0].digest
        runs = (
            stored if same else calculate(given, libraries[0], gwp=stored.gwp),
            calculate(given, libraries[1], gwp=stored.gwp),
        )
    columns = ["category", "activity"]
    screen = console()
    names = {"result": on, "first": libraries[0].set.name, "second": libraries[1].set.name}
    screen.print(text(message("factors.against", session.language, **names), "heading"))
    print_comparison(
        differences(*runs, shared_substances(*runs), columns),
        columns,
        screen,
        session.language,
        [run.gwp for run in runs],
    )
    return 0
