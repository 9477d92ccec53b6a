"""``emissions compare``: the difference of two results by cause."""

from __future__ import annotations

from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress


def command(session: Session) -> Command:
    """Return the command."""

    def callback(first: Path, second: Path, substance: str | None, by: str, as_json: bool) -> int:
        return compare(session, first, second, substance, by=by, as_json=as_json)

    return make(
        "compare",
        session,
        callback,
        [
            click.Argument(["first"], type=click.Path(path_type=Path), metavar="FIRST"),
            click.Argument(["second"], type=click.Path(path_type=Path), metavar="SECOND"),
            option(session, "--substance", "-s", text="substance"),
            option(session, "--by", text="by", default="category,activity", show_default=True),
            option(session, "--json", "as_json", text="json", is_flag=True),
        ],
    )


def compare(session: Session, first: Path, second: Path, substance: str | None, *, by: str, as_json: bool) -> int:
    """Print the difference; return the exit code."""
    with progress(session) as doing:
        doing("cli.reading_result")
        from emissions.cli.explain import warn_of_store
        from emissions.cli.words import word
        from emissions.report.comparison import shared_substances
        from emissions.report.store import load

        runs = load(first), load(second)
        for run in runs:
            warn_of_store(run, session)
        chosen = [word("substances", substance, "unknown_substance")] if substance else shared_substances(*runs)
    from emissions.report.comparison import comparison_json, differences, print_comparison
    from emissions.report.console import console

    columns = [name.strip() for name in by.split(",") if name.strip()]
    check_columns(columns, runs[0].keys.columns)
    table = differences(*runs, chosen, columns)
    if as_json:
        click.echo(comparison_json(table, columns))
    else:
        print_comparison(table, columns, console(), session.language, runs[1].gwp)
    return 0


def check_columns(columns: list[str], known: object) -> None:
    """Raise ResultError where a column to compare by does not exist."""
    from collections.abc import Iterable

    from emissions.errors import Problem, ResultError

    names = (
        ["category", *(str(name) for name in known if name not in {"measured", "notation", "dimension", "category"})]
        if isinstance(known, Iterable)
        else []
    )
    for name in columns:
        if name not in names:
            raise ResultError([Problem("unknown_column", found=name, allowed=", ".join(names))])
