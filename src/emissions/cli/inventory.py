"""``emissions inventory``: workbooks or large tables to a result folder."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import Progress, progress
from emissions.cli.scanning import files_and_way, folder_name, scan_progress, size_of, workers

if TYPE_CHECKING:
    from emissions.activity import ActivityScan, ActivityTable
    from emissions.engine import Run

_FORMATS = ("xlsx", "csv", "parquet", "netcdf")
DEFAULT_FORMATS = "xlsx,csv,netcdf"
ROWS = ("view", "full")


@dataclass(frozen=True)
class Options:
    """What the command line says beside the files and the folder."""

    factors: str
    gwp: str | None
    formats: str
    strict: bool
    region: str | None
    year: int | None
    by: str | None
    threads: int | None
    scheduler: str | None
    rows: str | None
    key: str | None

    @property
    def asks_for_scan(self) -> bool:
        """Tell whether an option is given that only scans have."""
        return any(one is not None for one in (self.threads, self.scheduler, self.rows, self.key))


def command(session: Session) -> Command:
    """Return the command."""

    def callback(files: tuple[str, ...], out: Path | None, **options: object) -> int:
        return inventory(session, files, out or default_folder(files), Options(**options))  # type: ignore[arg-type]

    files = click.Path(path_type=str)
    return make(
        "inventory",
        session,
        callback,
        [
            click.Argument(["files"], nargs=-1, required=True, type=files, metavar="FILE..."),
            option(session, "-o", "--out", text="out", type=click.Path(path_type=Path), metavar="DIR"),
            option(session, "--factors", text="factors", default="cn-2026.1", show_default=True, metavar="SET"),
            option(session, "--gwp", text="gwp", metavar="METRIC"),
            formats_option(session),
            option(session, "--by", text="totals_by", metavar="COLUMNS"),
            option(session, "--strict", text="strict_rows", is_flag=True),
            option(session, "--region", text="region_given"),
            option(session, "--year", text="year_given", type=int),
            option(session, "--threads", text="threads", type=click.IntRange(min=1), metavar="N"),
            option(session, "--scheduler", text="scheduler", metavar="local|tcp://..."),
            option(session, "--key", text="row_key", metavar="COLUMNS"),
            option(session, "--rows", text="rows", type=click.Choice(ROWS), is_flag=False, flag_value=ROWS[0]),
        ],
    )


def formats_option(session: Session) -> click.Option:
    """Return the option that names the formats of the output."""
    return option(
        session, "--format", "formats", text="format", default=DEFAULT_FORMATS, show_default=True, metavar="LIST"
    )


def default_folder(files: tuple[str, ...]) -> Path:
    """Return the folder in the working directory named after the first file."""
    return Path(f"{folder_name(files)}-inventory")


def chosen_formats(formats: str) -> list[str]:
    """Return the names of a list of formats; a name there is none of is a mistake of the command line."""
    names = [name.strip().lower() for name in formats.split(",") if name.strip()]
    unknown = [name for name in names if name not in _FORMATS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} ({', '.join(_FORMATS)})", param=None, param_hint="--format")
    return names


def inventory(session: Session, files: tuple[str, ...], out: Path, options: Options) -> int:
    """Read, compute, write and print; return the exit code."""
    from emissions.report.folder import check_replaceable

    formats = chosen_formats(options.formats)
    check_replaceable(out)
    found, scanned = files_and_way(files, asked=options.asks_for_scan)
    if scanned:
        run, more = _scan(session, found, options)
    else:
        run, more = _read(session, found, options), None
    columns = _columns(options.by, run)
    with progress(session) as doing:
        doing("cli.writing")
        from emissions.report.store import save
        from emissions.report.totals import write_totals

        def write_more(folder: Path) -> None:
            if columns:
                write_totals(run, columns, folder)
            if more is not None:
                more(folder)

        words = shlex.join(("emissions", *session.arguments))
        save(run, out, formats=formats, language=session.language, command=words, more=write_more)
    print_result(session, run, out, columns)
    return 0


def _read(session: Session, files: list[str], options: Options) -> Run:
    """Read whole files and compute."""
    with progress(session) as doing:
        doing("cli.reading")
        from emissions.activity import read_activity

        given = read_activity(*files, region=options.region, year=options.year)
        return _compute(given, options, doing)


def _scan(session: Session, files: list[str], options: Options) -> tuple[Run, Callable[[Path], None] | None]:
    """Read files in pieces and compute; return with it what writes the rows, where they are asked for."""
    from emissions.activity import scan_activity

    key = [name.strip() for name in options.key.split(",") if name.strip()] if options.key is not None else None
    scan = scan_activity(*files, region=options.region, year=options.year, key=key, strict=options.strict)
    with workers(options.scheduler, options.threads) as executor, scan_progress(session, size_of(files)) as told:
        given = scan.read(executor=executor, threads=options.threads, progress=told)
    with progress(session) as doing:
        run = _compute(given, options, doing)
    return run, _rows_writer(run, scan, options) if options.rows else None


def _rows_writer(run: Run, scan: ActivityScan, options: Options) -> Callable[[Path], None]:
    from emissions.report.row_files import write_rows

    return lambda folder: write_rows(run, scan, folder / "rows", full=options.rows == "full", threads=options.threads)


def _compute(given: ActivityTable, options: Options, doing: Progress) -> Run:
    doing("cli.factors")
    from emissions.engine import calculate
    from emissions.factors import load_factors
    from emissions.inventory import gwp_values

    library = load_factors(options.factors)
    gwp_values(options.gwp or library.set.gwp, ())
    doing("cli.computing")
    return calculate(given, library, gwp=options.gwp, strict=options.strict)


def _columns(by: str | None, run: Run) -> list[str]:
    from emissions.cli.compare import check_columns

    columns = [name.strip() for name in (by or "").split(",") if name.strip()]
    check_columns(columns, run.keys.columns)
    return columns


def print_result(session: Session, run: Run, out: Path, columns: list[str] | None = None) -> None:
    """Print the summary, the totals by the columns asked for, and where the result is."""
    from emissions.report.console import console, text
    from emissions.report.formats import has_workbook
    from emissions.report.side_files import print_side_files
    from emissions.report.terminal import print_summary
    from emissions.report.totals import print_totals
    from emissions.vocabulary import message

    screen = console()
    print_summary(run, screen, session.language)
    if columns:
        print_totals(run, columns, screen, session.language)
    print_side_files(run, out, screen, session.language)
    if not has_workbook(run):
        screen.print(text(message("report.no_workbook", session.language, number=f"{len(run.kind_lines):,}"), "doubt"))
    screen.print(text(message("report.written", session.language, folder=out), "good"))
