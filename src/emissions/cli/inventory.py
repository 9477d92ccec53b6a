"""``emissions inventory``: workbooks to a result folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress

if TYPE_CHECKING:
    from emissions.engine import Run

_FORMATS = ("xlsx", "csv", "parquet", "netcdf")
DEFAULT_FORMATS = "xlsx,csv,netcdf"


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        files: tuple[Path, ...],
        out: Path | None,
        factors: str,
        gwp: str | None,
        formats: str,
        strict: bool,
        region: str | None,
        year: int | None,
    ) -> int:
        return inventory(
            session,
            files,
            out or default_folder(files),
            factors=factors,
            gwp=gwp,
            formats=chosen_formats(formats),
            strict=strict,
            region=region,
            year=year,
        )

    return make(
        "inventory",
        session,
        callback,
        [
            click.Argument(["files"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."),
            option(session, "-o", "--out", text="out", type=click.Path(path_type=Path), metavar="DIR"),
            option(session, "--factors", text="factors", default="cn-2026.1", show_default=True, metavar="SET"),
            option(session, "--gwp", text="gwp", metavar="METRIC"),
            option(
                session,
                "--format",
                "formats",
                text="format",
                default=DEFAULT_FORMATS,
                show_default=True,
                metavar="LIST",
            ),
            option(session, "--strict", text="strict", is_flag=True),
            option(session, "--region", text="region_given"),
            option(session, "--year", text="year_given", type=int),
        ],
    )


def default_folder(files: tuple[Path, ...]) -> Path:
    """Return the folder in the working directory named after the first file."""
    return Path(f"{files[0].stem}-inventory")


def chosen_formats(formats: str) -> list[str]:
    """Return the names of a list of formats; a name there is none of is a mistake of the command line."""
    names = [name.strip().lower() for name in formats.split(",") if name.strip()]
    unknown = [name for name in names if name not in _FORMATS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} ({', '.join(_FORMATS)})", param=None, param_hint="--format")
    return names


def inventory(
    session: Session,
    files: tuple[Path, ...],
    out: Path,
    *,
    factors: str,
    gwp: str | None,
    formats: list[str],
    strict: bool,
    region: str | None,
    year: int | None,
) -> int:
    """Read, compute, write and print; return the exit code."""
    from emissions.report.folder import check_replaceable

    check_replaceable(out)
    with progress(session) as doing:
        doing("cli.reading")
        from emissions.activity import read_activity

        given = read_activity(*files, region=region, year=year)
        doing("cli.factors")
        from emissions.engine import calculate
        from emissions.factors import load_factors
        from emissions.inventory import gwp_values

        library = load_factors(factors)
        gwp_values(gwp or library.set.gwp, ())
        doing("cli.computing")
        run = calculate(given, library, gwp=gwp, strict=strict)
        doing("cli.writing")
        from emissions.report.store import save

        words = shlex.join(("emissions", *session.arguments))
        save(run, out, formats=formats, language=session.language, command=words)
    print_result(session, run, out)
    return 0


def print_result(session: Session, run: Run, out: Path) -> None:
    """Print the summary and where the result is."""
    from emissions.report.console import console, text
    from emissions.report.terminal import print_summary
    from emissions.vocabulary import message

    screen = console()
    print_summary(run, screen, session.language)
    screen.print(text(message("report.written", session.language, folder=out), "good"))
