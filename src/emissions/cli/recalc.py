"""``emissions recalc``: a stored result under another factor set or GWP metric."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.inventory import chosen_formats, formats_option, print_result
from emissions.cli.progress import progress


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        result: Path, factors: str | None, gwp: str | None, out: Path | None, formats: str, strict: bool
    ) -> int:
        return recalc(
            session,
            result,
            out or default_folder(result, factors, gwp),
            factors=factors,
            gwp=gwp,
            formats=chosen_formats(formats),
            strict=strict,
        )

    return make(
        "recalc",
        session,
        callback,
        [
            click.Argument(["result"], type=click.Path(path_type=Path), metavar="RESULT"),
            option(session, "--factors", text="recalc_factors", metavar="SET"),
            option(session, "--gwp", text="recalc_gwp", metavar="METRIC"),
            option(session, "-o", "--out", text="recalc_out", type=click.Path(path_type=Path), metavar="DIR"),
            formats_option(session),
            option(session, "--strict", text="strict", is_flag=True),
        ],
    )


def default_folder(result: Path, factors: str | None, gwp: str | None) -> Path:
    """Return the folder in the working directory named after the result and what is other about it."""
    other = [Path(name).stem if Path(name).suffix == ".yaml" else name for name in (factors, gwp) if name]
    return Path("-".join([result.absolute().name, *other, *([] if other else ["again"])]))


def recalc(
    session: Session,
    result: Path,
    out: Path,
    *,
    factors: str | None,
    gwp: str | None,
    formats: list[str],
    strict: bool,
) -> int:
    """Read what the result keeps, compute, write and print; return the exit code."""
    from emissions.report.folder import check_replaceable

    check_replaceable(out)
    with progress(session) as doing:
        doing("cli.computing")
        from emissions.report.recalculate import recalculate

        run = recalculate(result, factors, gwp=gwp, strict=strict)
        doing("cli.writing")
        from emissions.report.store import save

        words = shlex.join(("emissions", *session.arguments))
        save(run, out, formats=formats, language=session.language, command=words)
    print_result(session, run, out)
    return 0
