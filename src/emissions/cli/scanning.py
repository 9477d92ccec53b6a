"""Which files are read in pieces, what reads them, and how far the reading is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from emissions.cli.group import Session

if TYPE_CHECKING:
    from emissions.activity.pieces.executors import Executor

COLUMNAR = frozenset({".parquet", ".feather", ".arrow", ".ipc"})
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})

ScanProgress = Callable[[int, int], None]


def files_and_way(files: Sequence[str], *, asked: bool) -> tuple[list[str], bool]:
    """Return the files that paths and patterns name, and whether they are read in pieces (a scan) or whole.

    Parquet, Feather and Arrow files are always scanned; text files where a pattern names several of them or where an
    option of scans is given; nothing is where a workbook is among the files.

    Parameters
    ----------
    asked
        An option of scans is given.

    Raises
    ------
    UnreadableWorkbook
        If a path or pattern names nothing.
    ActivityErrors
        If an option of scans is given with a workbook.
    """
    from emissions.activity.pieces.partitions import found_files
    from emissions.errors import ActivityErrors, Problem

    found = [path for path, _ in found_files(files)]
    suffixes = {PurePath(path).suffix.lower() for path in found}
    if suffixes & WORKBOOKS:
        books = [path for path in found if PurePath(path).suffix.lower() in WORKBOOKS]
        if asked:
            raise ActivityErrors([Problem("workbook_not_scanned", file=path) for path in books])
        return found, False
    several = len(found) > len(files)
    return found, asked or bool(suffixes & COLUMNAR) or several


def folder_name(files: Sequence[str]) -> str:
    """Return what a result is called after its first file; a pattern gives the name of the folder it searches.

    Examples
    --------
    >>> folder_name(["2020.xlsx", "b.xlsx"]), folder_name(["data/**/*.parquet"]), folder_name(["*.csv"])
    ('2020', 'data', 'activity')
    """
    from glob import has_magic

    first = files[0]
    if not has_magic(first) or Path(first).exists():
        return PurePath(first).stem
    plain = [part for part in PurePath(first).parts if not has_magic(part)]
    return PurePath(plain[-1]).stem if plain and PurePath(plain[-1]).stem not in {"", "/", "..", "."} else "activity"


def size_of(files: Sequence[str]) -> int:
    """Return the bytes of files that lie on this machine, 0 for others."""
    return sum(Path(file).stat().st_size for file in files if "://" not in file)


_PATIENCE = 10
"""Seconds that a scheduler has to answer, and to have a worker."""


@contextmanager
def workers(scheduler: str | None, threads: int | None) -> Iterator[Executor | None]:
    """Give what reads the pieces: None for threads of this process, else a client of ``dask.distributed``.

    Raises
    ------
    ResultError
        If Dask is not installed, no scheduler answers at the address, or it has no workers.
    """
    if scheduler is None:
        yield None
        return
    from emissions.errors import Problem, ResultError

    try:
        import distributed
    except ImportError as error:
        raise ResultError([Problem("scheduler_needs_dask", found=scheduler)]) from error
    connect: Any = distributed.Client
    own = {"n_workers": threads, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with ExitStack() as opened:
        try:
            client = connect(**own) if scheduler == "local" else connect(scheduler, timeout=_PATIENCE)
            opened.enter_context(client)
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, ValueError, TimeoutError) as error:
            raise ResultError([Problem("scheduler_not_there", found=scheduler, facts={"why": str(error)})]) from error
        yield client


@contextmanager
def scan_progress(session: Session, size: int) -> Iterator[ScanProgress | None]:
    """Give a function that shows rows and bytes read; None where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from emissions.report.console import console
    from emissions.vocabulary import message

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]}"),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(sys.stderr), transient=True) as bar:
        task = bar.add_task(message("cli.scanning", session.language), total=size or None, rows="")

        def told(rows: int, read: int) -> None:
            shown = message("cli.rows_so_far", session.language, number=f"{rows:,}")
            bar.update(task, completed=read, rows=shown)

        yield told
