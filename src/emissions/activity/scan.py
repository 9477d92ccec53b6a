"""Large columnar tables: sums by everything but how much, then the same checks as a workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from glob import glob, has_magic
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from emissions.activity.aggregate import Aggregate, StandsFor, aggregate_parquet
from emissions.activity.given import Given
from emissions.activity.header import find_header
from emissions.activity.read import PathLike, gather, given_of, named_files
from emissions.activity.table import ActivityTable
from emissions.activity.words import find_unit
from emissions.activity.workbook import Opened, Sheet
from emissions.errors import ActivityErrors, Problem, UnreadableWorkbook
from emissions.units import BASE_UNITS

NOT_IN_THE_KEY = frozenset({"activity_id", "facility", "data_source", "low", "high", "printed", "note", "row"})
"""Columns that tell rows apart and change no factor; they are not kept in the sums."""
_CODES = {"not_finite": "not_finite", "negative": "negative_quantity"}
_SHOWN = 10


Progress = Callable[[int, int], None]
"""Is told rows and bytes as pieces of files are done."""


class Executor(Protocol):
    """Anything that maps a function over arguments and gives the results in their order."""

    def map(self, function: Callable[..., Any], /, *arguments: Iterable[Any]) -> Iterable[Any]:
        """Return the results in the order of the arguments."""


@dataclass(frozen=True)
class ActivityScan:
    """Large tables of activity data that have not been read: what to read, and how.

    Attributes
    ----------
    paths
        Files, or patterns such as ``data/**/*.parquet``.
    region, year
        For rows that state none.
    choices
        As in :func:`emissions.read_activity`.
    key
        Columns that together name a row; rows that repeat them are duplicates. None: duplicates are not looked for.
    strict
        Refuse the files if any row is bad, instead of setting such rows apart.
    """

    paths: tuple[PathLike, ...]
    region: str | None = None
    year: int | None = None
    choices: Mapping[str, str] | None = None
    key: tuple[str, ...] | None = None
    strict: bool = False

    def read(
        self, *, executor: Executor | None = None, threads: int | None = None, progress: Progress | None = None
    ) -> ActivityTable:
        """Read the files in one pass: one row a distinct combination, with the sum of its quantities.

        Parameters
        ----------
        executor
            Reads pieces of files (row groups): anything with ``map``, or a client of ``dask.distributed``. Threads
            of this process if not given. The result has the same bits whatever reads.
        threads
            Number of threads where no executor is given; as many as there are processors if not given.
        progress
            Called as pieces are done with the rows and bytes of files read so far.

        Returns
        -------
        ActivityTable
            ``row`` is the first row of a combination, ``quantity_as_printed`` says how many rows it sums,
            ``refused`` lists rows that were set apart.

        Raises
        ------
        UnreadableWorkbook, ActivityErrors
            With every problem: rows with a missing, negative or non-finite quantity are counted and shown by example.
        """
        return _read(self)


def scan_activity(
    *paths: PathLike,
    region: str | None = None,
    year: int | None = None,
    choices: Mapping[str, str] | None = None,
    key: Sequence[str] | None = None,
    strict: bool = False,
) -> ActivityScan:
    """Name Parquet files of tidy activity data to be read as sums by key: one row a combination, however many rows.

    Nothing is read before :meth:`ActivityScan.read` or :func:`emissions.calculate`.

    Words, units and dimensions are checked once a combination, quantities once a row. Facilities, ids and bounds of
    single rows are not kept: use :func:`emissions.read_activity` where every row must be traced.

    Parameters
    ----------
    *paths
        Parquet files with one row a line of activity data and the headings of a tidy table.
    region, year
        For rows that state none.
    choices
        As in :func:`emissions.read_activity`.

    key
        Columns that together name a row; rows that repeat them are duplicates. None: duplicates are not looked for.
    strict
        Refuse the files if any row is bad, instead of setting such rows apart.

    Returns
    -------
    ActivityScan

    Examples
    --------
    >>> scan_activity("data/**/*.parquet", year=2020).year
    2020
    """
    return ActivityScan(paths, region, year, choices, None if key is None else tuple(key), strict)


def _read(scan: ActivityScan) -> ActivityTable:
    given = given_of(scan.region, scan.year, scan.choices)
    files = named_files(found_files(scan.paths))
    try:
        table, sums = _table(files, given, {"unit": _base_unit})
    except ActivityErrors:
        table, sums = _table(files, given, {})  # once more, so that a problem names the word of the file
    problems = [problem for name, found in sums.items() for problem in _bad_rows(name, found)]
    if any(problem.level == "error" for problem in problems):
        raise ActivityErrors(problems)
    return replace(
        table,
        rows=_with_places(table.rows, sums),
        notes=(*table.notes, *problems),
        excluded=_with_blank(table.excluded, sums),
        rows_read=sum(found.rows for found in sums.values()),
    )


def found_files(paths: Sequence[PathLike]) -> list[Path]:
    """Return the files that paths and patterns name, those of a pattern in order of their names."""
    found: list[Path] = []
    for path in map(str, paths):
        found += map(Path, sorted(glob(path, recursive=True)) if has_magic(path) else [path])  # noqa: PTH207
    return list(dict.fromkeys(found))


def _table(
    files: Sequence[tuple[Path, str]], given: Given, stands_for: Mapping[str, StandsFor]
) -> tuple[ActivityTable, dict[str, Aggregate]]:
    sums: dict[str, Aggregate] = {}
    openings = [(name, partial(_open, path, name, sums, stands_for)) for path, name in files]
    return gather(openings, None, given, sums=True), sums


def _base_unit(word: object) -> tuple[object, float]:
    """Return the base unit a unit stands for and the number that converts to it; an unclear unit stands for itself."""
    unit = find_unit(str(word or ""))
    base = BASE_UNITS.get(unit.dimension, "")
    known = not unit.problem and find_unit(base).dimension == unit.dimension and find_unit(base).factor == 1.0
    return (base, unit.factor) if known else (word, 1.0)


def _open(path: Path, name: str, sums: dict[str, Aggregate], stands_for: Mapping[str, StandsFor]) -> Opened:
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it
    from pyarrow import parquet  # noqa: PLC0415

    try:
        headings = parquet.read_schema(path).names
        header = find_header(Sheet(name, "", [headings, [""] * len(headings)]), "")
        columns = {} if header is None else header.columns
        if "quantity" not in columns:
            facts = {"column": "quantity", "heading": "quantity"}
            raise ActivityErrors([Problem("missing_column", file=name, found=", ".join(headings), facts=facts)])
        kept = [headings[place] for field, place in columns.items() if field not in {"quantity", *NOT_IN_THE_KEY}]
        instead = {headings[columns[field]]: stands_for[field] for field in stands_for if field in columns}
        with ThreadPoolExecutor(max_workers=1) as beside:
            digest = beside.submit(_digest, path)
            found = aggregate_parquet(path, kept, headings[columns["quantity"]], instead)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableWorkbook([Problem("damaged_workbook", file=name, found=str(error))]) from error
    sums[name] = found
    rows = [
        [*("" if word is None else word for word in key), total]
        for key, total in zip(found.keys, found.quantity, strict=True)
    ]
    return Opened((Sheet(name, "", [[*kept, "quantity"], *rows]),), digest.result())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _with_places(rows: pd.DataFrame, sums: Mapping[str, Aggregate]) -> pd.DataFrame:
    """Name the first row of each combination and how many it sums, in place of the rows of the table of sums."""
    first = np.zeros(len(rows), dtype=np.int64)
    printed = np.full(len(rows), "", dtype=object)
    for name, found in sums.items():
        own = (rows["file"] == name).to_numpy()
        place = rows["row"].to_numpy(dtype=np.int64)[own] - 2
        first[own] = np.array(found.first, dtype=np.int64)[place]
        printed[own] = [f"sum of {found.count[one]} rows" for one in place]
    return rows.assign(row=first, cell="", quantity_as_printed=printed)


def _bad_rows(name: str, found: Aggregate) -> list[Problem]:
    return [
        Problem(
            code,
            file=name,
            row=found.bad[kind][0],
            found=", ".join(map(str, found.bad[kind][:_SHOWN])),
            facts={"count": str(len(found.bad[kind]))},
        )
        for kind, code in _CODES.items()
        if kind in found.bad
    ]


def _with_blank(excluded: pd.DataFrame, sums: Mapping[str, Aggregate]) -> pd.DataFrame:
    """List rows without a quantity with those that are not used."""
    blank = [
        {"file": name, "sheet": "", "row": row, "cell": "", "reason": "blank_quantity", "text": ""}
        for name, found in sums.items()
        for row in found.bad.get("missing", [])
    ]
    return pd.concat([excluded, pd.DataFrame(blank)], ignore_index=True) if blank else excluded
