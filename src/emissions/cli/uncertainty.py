"""``emissions uncertainty``: bands of the totals of a result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        result: Path,
        by: str,
        draws: int,
        seed: int,
        level: float,
        roll_up: bool,
        threads: int | None,
        out: Path | None,
        as_json: bool,
    ) -> int:
        asked: dict[str, Any] = {"draws": draws, "seed": seed, "level": level, "roll_up": roll_up, "threads": threads}
        return bands(session, result, by, asked, out, as_json=as_json)

    positive = click.IntRange(min=1)
    return make(
        "uncertainty",
        session,
        callback,
        [
            click.Argument(["result"], type=click.Path(path_type=Path), metavar="RESULT"),
            option(session, "--by", text="bands_by", default="year,substance", show_default=True),
            option(session, "--draws", text="bands_draws", type=positive, default=10_000, show_default=True),
            option(session, "--seed", text="seed", type=click.IntRange(min=0), default=1, show_default=True),
            option(session, "--level", text="level", type=float, default=0.95, show_default=True),
            option(session, "--roll-up", text="roll_up", is_flag=True),
            option(session, "--threads", text="threads", type=positive),
            option(session, "-o", "--out", text="bands_out", type=click.Path(path_type=Path), metavar="FILE"),
            option(session, "--json", "as_json", text="json", is_flag=True),
        ],
    )


def bands(session: Session, result: Path, by: str, asked: dict[str, Any], out: Path | None, *, as_json: bool) -> int:
    """Draw, write and print; return the exit code."""
    _check_name(out)
    with progress(session) as doing:
        doing("cli.reading_result")
        from emissions.assurance import uncertainty
        from emissions.cli.explain import warn_of_store
        from emissions.report.store import load

        run = load(result)
        doing("cli.drawing")
        columns = [name.strip() for name in by.split(",") if name.strip()]
        found = uncertainty(run, columns, **asked)
    from emissions.report.console import console
    from emissions.report.uncertainty import bands_json, print_bands, write_bands
    from emissions.vocabulary import message

    if out is not None:
        write_bands(found, out, session.language)
    if as_json:
        click.echo(bands_json(found))
        return 0
    warn_of_store(run, session)
    if out is None:
        print_bands(found, console(), session.language)
    else:
        click.echo(message("uncertainty.written", session.language, file=out))
    return 0


def _check_name(out: Path | None) -> None:
    """Raise ResultError before any work where a file cannot be written by its name."""
    if out is None:
        return
    from emissions.errors import Problem, ResultError
    from emissions.report.uncertainty import KINDS

    if out.suffix.lower() not in KINDS:
        raise ResultError([Problem("bands_file", found=str(out))])
