"""Large tables in pieces: sums by everything but how much, then the same checks as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from emissions.activity.given import Given
from emissions.activity.pieces.apart import Lines, SetApart, notes_on, problems_of, refused_table
from emissions.activity.pieces.combinations import Combinations, check_combinations
from emissions.activity.pieces.compiled import worthwhile
from emissions.activity.pieces.digests import Digests
from emissions.activity.pieces.duplicates import key_fields, repeated_rows
from emissions.activity.pieces.executors import Executor, in_order, summed, threads_of
from emissions.activity.pieces.kernel import part_of
from emissions.activity.pieces.once import ReadOnce, cuts_of
from emissions.activity.pieces.part import Codes, Part, PieceFacts
from emissions.activity.pieces.partitions import Piece, Source, fields_of, found_files, pieces_of, source_of
from emissions.activity.pieces.places import FilePlaces, with_places
from emissions.activity.pieces.tables import read_piece, sheet_rows
from emissions.activity.plausible import sizes_to_look_at
from emissions.activity.raw import Excluded, excluded_table
from emissions.activity.read import PathLike, given_of
from emissions.activity.table import REFUSED_COLUMNS, ActivityTable
from emissions.errors import ActivityErrors, Problem, UnreadableWorkbook

COMPARED = 20_000
"""Combinations up to which their sizes are held against each other; of more that takes longer than the reading."""

Progress = Callable[[int, int], None]
"""Is told rows and bytes as pieces of files are done."""


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
        return _read(self, executor, threads, progress)


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


def _read(
    scan: ActivityScan, executor: Executor | None, threads: int | None, progress: Progress | None
) -> ActivityTable:
    given = given_of(scan.region, scan.year, scan.choices)
    sources, pieces = _listed(scan.paths, given)
    fields = fields_of(sources)
    key = key_fields(scan.key, sources) if scan.key else ()
    repeated = repeated_rows(key, pieces, executor, threads) if key else {}
    work = _Work(fields, given, key, repeated, executor, threads)
    here = executor is None
    once = _read_once(sources, pieces, threads_of(threads)) if here else ReadOnce({}, 0)
    with Digests(sources, once) as digests:
        part = summed(
            Summing(
                fields, given.decimal_comma, worthwhile(sum(piece.rows for piece in pieces)), once if here else None
            ),
            [(number, piece, repeated.get(number)) for number, piece in enumerate(pieces)],
            executor,
            threads,
            _Told(progress),
        )
        if part is None or not part.facts:
            raise ActivityErrors([Problem("no_data_rows", file=source.name) for source in sources])
        found = _checked(part, FilePlaces(pieces, part), work, strict=scan.strict)
        return replace(found, files=digests.wait())


@dataclass(frozen=True)
class _Work:
    """What is asked of pieces, and who reads them.

    Attributes
    ----------
    fields
        Key columns of the sums.
    key, repeated
        Columns that together name a row, and the rows of each piece that repeat an earlier one.
    """

    fields: tuple[str, ...]
    given: Given
    key: tuple[str, ...]
    repeated: Mapping[int, Codes]
    executor: Executor | None
    threads: int | None


def _checked(part: Part, places: FilePlaces, work: _Work, *, strict: bool) -> ActivityTable:
    """Return the combinations that pass the checks as a table, without the digests of files."""
    listed = part.listed()
    found = check_combinations(listed, work.fields, work.given)
    refused, excluded = _set_apart(found, listed, places, work)
    problems = problems_of(refused, found.verdict) if strict else []
    if not len(found.place) and not problems:
        problems = [*problems_of(refused, found.verdict), Problem("no_data_rows", file=places.pieces[0].source.name)]
    if problems:
        raise ActivityErrors(problems)
    rows = with_places(found, listed, places)
    sizes = sizes_to_look_at(rows, compared=len(rows) <= COMPARED, coded=found.coded)
    return ActivityTable(
        rows=rows,
        excluded=excluded_table(excluded),
        refused=refused[list(REFUSED_COLUMNS)],
        notes=(*found.notes, *notes_on(refused, found.verdict), *sizes),
        rows_read=sum(one.rows for one in part.facts),
    )


class _Told:
    """Tells how far the reading is."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._rows = self._size = 0

    def __call__(self, facts: PieceFacts, item: tuple[int, Piece, Codes | None]) -> None:
        self._rows += facts.rows
        self._size += item[1].size
        if self._progress is not None:
            self._progress(self._rows, self._size)


def _read_once(sources: Sequence[Source], pieces: Sequence[Piece], threads: int) -> ReadOnce:
    """Return what reads the bytes of files once that can be, for columns and digest."""
    own: dict[str, list[Piece]] = {source.path: [] for source in sources}
    for piece in pieces:
        own[piece.source.path].append(piece)
    cuts = {source.path: cuts_of(source, own[source.path]) for source in sources}
    return ReadOnce({path: each for path, each in cuts.items() if each}, threads)


@dataclass(frozen=True)
class Summing:
    """Reads a piece and returns its sums; is sent to where pieces are read.

    Attributes
    ----------
    once
        What the bytes of files are read through that are read once; threads of this process only.
    """

    fields: tuple[str, ...]
    decimal_comma: str
    compiled: bool = False
    once: ReadOnce | None = None

    def __call__(self, item: tuple[int, Piece, Codes | None]) -> Part:
        """Return the sums of a piece: its number among all, the piece, its rows that are not summed."""
        number, piece, without = item
        source = piece.source
        table, torn = read_piece(piece, [*self.fields, "quantity"], once=self.once)
        if without is not None:
            without = np.searchsorted(sheet_rows(table.num_rows, torn), without)
        part = part_of(
            table,
            self.fields,
            source.columns,
            source.constant,
            (number, self.decimal_comma),
            without,
            compiled=self.compiled,
        )
        if not torn.rows:
            return part
        place = np.append(sheet_rows(table.num_rows, torn), 0)
        there = part.count > 0
        first = part.first.copy()
        first[there] = (number << 32) + place[part.first[there] - (number << 32)]
        lost = len(torn.rows)
        facts = tuple(replace(one, rows=one.rows + lost, bad=one.bad + lost) for one in part.facts)
        return replace(part, first=first, facts=facts)


def _listed(paths: Sequence[PathLike], given: Given) -> tuple[list[Source], list[Piece]]:
    """Return the files and their pieces; what is wrong with any file is said of all of them at once."""
    sources: list[Source] = []
    unreadable: list[Problem] = []
    wrong: list[Problem] = []
    for path, name in found_files(paths):
        try:
            sources.append(source_of(path, name, given))
        except UnreadableWorkbook as error:
            unreadable += error.problems
        except ActivityErrors as error:
            wrong += error.problems
    if unreadable:
        raise UnreadableWorkbook([*unreadable, *wrong])
    if wrong:
        raise ActivityErrors(wrong)
    return sources, [piece for source in sources for piece in pieces_of(source)]


def _set_apart(found: Combinations, part: Part, places: FilePlaces, work: _Work) -> tuple[pd.DataFrame, list[Excluded]]:
    """Read again the pieces that may hold rows that are not summed, and list these rows."""
    finder = SetApart(work.fields, found.verdict, work.given.decimal_comma, work.key)
    bad = [*_suspects(found, part, work.fields)]
    items = [(places.pieces[number], work.repeated.get(number)) for number in bad]
    lines: list[tuple[Piece, int, Lines]] = []
    excluded: list[Excluded] = []
    for number, one in zip(bad, in_order(finder, items, work.executor, work.threads), strict=True):
        piece, start = places.pieces[number], int(places.start[number])
        lines.append((piece, start, one))
        excluded += [
            Excluded(piece.source.name, "", row + start, "", reason, text)
            for row, reason, text in zip(*(one.excluded[name].tolist() for name in one.excluded), strict=True)
        ]
    return refused_table(lines), excluded


def _suspects(found: Combinations, part: Part, fields: tuple[str, ...]) -> Iterator[int]:
    """Yield the pieces that have a bad quantity, or all words of some group that did not pass."""
    alone = [
        (fields.index(name), {number for number, word in enumerate(part.words[fields.index(name)]) if word in wrong})
        for name, wrong in found.verdict.alone.items()
        if wrong and name in fields
    ]
    missing = any(wrong and name not in fields for name, wrong in found.verdict.alone.items())
    columns = [fields.index(name) for name in found.verdict.fields]
    numbers = [{word: number for number, word in enumerate(part.words[column])} for column in columns]
    groups = [[number[word] for number, word in zip(numbers, group, strict=True)] for group in found.verdict.groups]
    for one in part.facts:
        there = [set(words.tolist()) for words in one.words]
        if (
            one.bad
            or missing
            or any(there[column] & words for column, words in alone)
            or any(all(word in there[column] for word, column in zip(group, columns, strict=True)) for group in groups)
        ):
            yield one.piece
