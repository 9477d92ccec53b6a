"""``emissions compare``: the difference of two results by cause."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress

if TYPE_CHECKING:
    from emissions.engine import Run

FACTOR = "factor"
"""What to compare by where the rows of factors are asked for."""


def command(session: Session) -> Command:
    """Return the command."""

    def callback(first: Path, second: Path, substance: str | None, by: str, limit: int, as_json: bool) -> int:
        return compare(session, first, second, substance, by=by, limit=limit, as_json=as_json)

    return make(
        "compare",
        session,
        callback,
        [
            click.Argument(["first"], type=click.Path(path_type=Path), metavar="FIRST"),
            click.Argument(["second"], type=click.Path(path_type=Path), metavar="SECOND"),
            option(session, "--substance", "-s", text="substance"),
            option(session, "--by", text="by", default="category,activity", show_default=True),
            option(session, "--limit", text="limit_factors", type=click.IntRange(min=1), default=20, show_default=True),
            option(session, "--json", "as_json", text="json", is_flag=True),
        ],
    )


def compare(
    session: Session, first: Path, second: Path, substance: str | None, *, by: str, limit: int, as_json: bool
) -> int:
    """Print the difference; return the exit code."""
    with progress(session) as doing:
        doing("cli.reading_result")
        from emissions.cli.explain import warn_of_store
        from emissions.report.comparison import shared_substances
        from emissions.report.store import load

        runs = load(first), load(second)
        for run in runs:
            warn_of_store(run, session)
        chosen = [_substance(substance)] if substance else shared_substances(*runs)
        doing("cli.computing")
        columns = [name.strip() for name in by.split(",") if name.strip()]
        if columns != [FACTOR]:
            check_columns(columns, runs[0].keys.columns)
    if columns == [FACTOR]:
        return _by_factor(session, runs, chosen, limit, as_json=as_json)
    from emissions.report.comparison import comparison_json, differences, print_comparison
    from emissions.report.console import console

    table, metrics = differences(*runs, chosen, columns), [run.gwp for run in runs]
    if as_json:
        click.echo(comparison_json(table, columns, metrics))
    else:
        print_comparison(table, columns, console(), session.language, metrics)
    return 0


def _by_factor(session: Session, runs: tuple[Run, Run], substances: list[str], limit: int, *, as_json: bool) -> int:
    """Print the difference by factor row."""
    from emissions.inventory import factor_changes
    from emissions.report.comparison import factor_changes_json, main_substance, print_factor_changes
    from emissions.report.console import console

    substance, metrics = main_substance(*runs, substances), [run.gwp for run in runs]
    table = factor_changes(*runs, substance)
    if as_json:
        click.echo(factor_changes_json(table, substance, metrics))
    else:
        print_factor_changes(table, substance, limit, console(), session.language, metrics)
    return 0


def _substance(asked: str) -> str:
    """Return the word of a substance; CO2 equivalents may be asked for too."""
    from emissions.cli.words import word
    from emissions.inventory import CO2E

    return CO2E if asked.lower() == CO2E.lower() else word("substances", asked, "unknown_substance")


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
