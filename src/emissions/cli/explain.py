"""``emissions explain``: a number back to its cells, factors and formula."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress

if TYPE_CHECKING:
    from emissions.engine import Run


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        result: Path, category: str, substance: str, region: str | None, year: int | None, largest: int, as_json: bool
    ) -> int:
        return explain(session, result, category, substance, region=region, year=year, largest=largest, as_json=as_json)

    return make(
        "explain",
        session,
        callback,
        [
            click.Argument(["result"], type=click.Path(path_type=Path), metavar="RESULT"),
            option(session, "--category", "-c", text="category", required=True),
            option(session, "--substance", "-s", text="substance", required=True),
            option(session, "--region", text="region"),
            option(session, "--year", text="year", type=int),
            option(session, "--largest", text="largest", type=click.IntRange(min=1), default=3, show_default=True),
            option(session, "--json", "as_json", text="json", is_flag=True),
        ],
    )


def explain(
    session: Session,
    result: Path,
    category: str,
    substance: str,
    *,
    region: str | None,
    year: int | None,
    largest: int,
    as_json: bool,
) -> int:
    """Print the trace; return the exit code."""
    with progress(session) as doing:
        doing("cli.reading_result")
        from emissions.cli.words import category_word, word
        from emissions.inventory import explain as trace
        from emissions.report.store import load

        run = load(result)
        found = trace(
            run,
            category=category_word(category),
            substance=word("substances", substance, "unknown_substance"),
            region=word("regions", region, "unknown_region") if region else None,
            year=year,
            largest=largest,
        )
    from emissions.report.console import console
    from emissions.report.explanation import explanations_json, print_explanations

    if as_json:
        click.echo(explanations_json(found, session.language))
    else:
        warn_of_store(run, session)
        print_explanations(found, console(), session.language)
    return 0


def warn_of_store(run: Run, session: Session) -> None:
    """Say on standard error what loading a stored result had to do without."""
    from emissions.vocabulary import describe

    for note in run.notes:
        if note.code.startswith("stored_"):
            click.echo(describe(note, session.language), err=True)
