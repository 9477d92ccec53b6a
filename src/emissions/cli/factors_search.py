"""``emissions factors search``: factor rows by words."""

from __future__ import annotations

import click

from emissions.cli.group import Command, Session, make, option


def command(session: Session) -> Command:
    """Return the command."""

    def callback(words: tuple[str, ...], factors: str, limit: int) -> int:
        return search(session, words, factors, limit)

    return make(
        "search",
        session,
        callback,
        [
            click.Argument(["words"], nargs=-1, required=True, metavar="WORD..."),
            option(session, "--factors", text="factors", default="cn-2026.1", show_default=True, metavar="SET"),
            option(session, "--limit", text="limit", type=click.IntRange(min=1), default=30, show_default=True),
        ],
    )


def search(session: Session, words: tuple[str, ...], factors: str, limit: int) -> int:
    """Print the rows that hold all words; return the exit code."""
    from emissions.errors import Problem, ResultError
    from emissions.factors import load_factors
    from emissions.report.console import console, text
    from emissions.report.library_tables import search_rows
    from emissions.report.library_terminal import print_rows
    from emissions.report.words import Words

    library, screen, said = load_factors(factors), console(), Words(session.language)
    found = search_rows(library, words)
    if found.empty:
        raise ResultError([Problem("no_factor_found", found=" ".join(words))])
    print_rows(found.head(limit), library, screen, said)
    screen.print(text(said.text("factors.found", number=len(found), shown=min(limit, len(found))), "heading"))
    return 0
