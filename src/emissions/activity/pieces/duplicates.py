"""Rows that repeat the declared key of an earlier row, found by what their words hash to: in memory, else on disk.

Keys are told apart by 128 bits of hash; of 10^8 rows with different keys two would be taken for one with a
probability below 10^-21.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.activity.header import read_heading
from emissions.activity.pieces.executors import Executor, in_order
from emissions.activity.pieces.partitions import Piece, Source
from emissions.activity.pieces.rowhashes import blanks, column_hashes, mixed
from emissions.activity.pieces.tables import read_piece, sheet_rows
from emissions.errors import ActivityErrors, Problem, ResultError

IN_MEMORY = 1 << 22
"""Rows whose hashes are held in memory (20 bytes each); those of further rows are written to files."""

_BITS = 6
_BUCKETS = 1 << _BITS
"""Rows are looked through in so many groups, by the first bits of their hash."""


@dataclass(frozen=True)
class _OnDisk:
    """Numbers in a file, read a part at a time."""

    path: Path
    kind: np.dtype[Any]

    def __getitem__(self, rows: slice) -> npt.NDArray[Any]:
        return np.fromfile(self.path, self.kind, rows.stop - rows.start, offset=rows.start * self.kind.itemsize)


_Numbers = npt.NDArray[Any] | _OnDisk


@dataclass(frozen=True)
class RowHashes:
    """The rows of a piece that state a key, in order of the first bits of their hash and then of the file.

    Attributes
    ----------
    piece
        Its number among the pieces of all files.
    ends
        Number of rows before each group, and of all.
    one, two, row
        Hashes, and the zero-based row within the piece.
    """

    piece: int
    ends: npt.NDArray[np.int64]
    one: _Numbers
    two: _Numbers
    row: _Numbers

    def on_disk(self, folder: Path) -> RowHashes:
        """Return the same with the numbers written to files.

        Raises
        ------
        ResultError
            If they cannot be written.
        """

        def written(name: str) -> _OnDisk:
            numbers = getattr(self, name)
            path = folder / f"{self.piece}-{name}"
            numbers.tofile(path)
            return _OnDisk(path, numbers.dtype)

        try:
            return replace(self, one=written("one"), two=written("two"), row=written("row"))
        except OSError as error:
            facts = {"why": error.strerror or str(error)}
            raise ResultError([Problem("hashes_not_written", found=str(folder), facts=facts)]) from error


@dataclass(frozen=True)
class HashRows:
    """Reads a piece and returns the hashes of its keys; is sent to where pieces are read."""

    key: tuple[str, ...]

    def __call__(self, item: tuple[int, Piece]) -> RowHashes:
        """Return the hashes of the rows of a piece that state a key."""
        number, piece = item
        columns = piece.source.columns
        table, torn = read_piece(piece, [name for name in self.key if name in columns] or ["quantity"], as_stored=True)
        found = [
            column_hashes(table.column(columns[name])) if name in columns else blanks(table.num_rows)
            for name in self.key
        ]
        stated = np.logical_or.reduce([there for _, there in found])
        sums = mixed([hashes for hashes, _ in found])
        rows = sheet_rows(table.num_rows, torn)
        if not stated.all():
            sums, rows = sums.take(stated), rows[stated]
        group = (sums.one >> np.uint64(64 - _BITS)).astype(np.uint8)
        order = np.argsort(group, kind="stable")
        ends = np.append(0, np.cumsum(np.bincount(group, minlength=_BUCKETS)))
        return RowHashes(number, ends, sums.one[order], sums.two[order], rows.astype(np.uint32)[order])


def key_fields(key: Sequence[str], sources: Sequence[Source]) -> tuple[str, ...]:
    """Return the fields that the names of key columns mean.

    Raises
    ------
    ActivityErrors
        If no file has such a column.
    """
    fields = [read_heading(name, "").column or name for name in key]
    known = {name for source in sources for name in source.columns}
    problems = [
        Problem(
            "missing_column",
            file=sources[0].name,
            found=", ".join(sorted(known)),
            facts={"column": name, "heading": name},
        )
        for name in fields
        if name not in known
    ]
    if problems:
        raise ActivityErrors(problems)
    return tuple(fields)


def repeated_rows(
    key: tuple[str, ...], pieces: Sequence[Piece], executor: Executor | None, threads: int | None
) -> dict[int, npt.NDArray[np.int64]]:
    """Return, by number of the piece, the rows (zero-based) that repeat the key of an earlier row.

    The executor reads and hashes; the hashes are held against each other here, by so many threads.
    """
    with TemporaryDirectory(prefix="emissions-") as folder:
        held: list[RowHashes] = []
        rows = 0
        for hashes in in_order(HashRows(key), list(enumerate(pieces)), executor, threads):
            rows += int(hashes.ends[-1])
            held.append(hashes if rows <= IN_MEMORY else hashes.on_disk(Path(folder)))
        groups = [_Group(tuple(held), number) for number in range(_BUCKETS)]
        places = np.sort(np.concatenate([*in_order(_Group.repeated, groups, None, threads)]))
    piece = places >> 32
    bounds = np.flatnonzero(np.diff(piece)) + 1
    return {int(part[0] >> 32): part & 0xFFFFFFFF for part in np.split(places, bounds) if len(part)}


@dataclass(frozen=True)
class _Group:
    """The rows of all pieces whose hashes begin with the same bits."""

    pieces: tuple[RowHashes, ...]
    number: int

    def repeated(self) -> npt.NDArray[np.int64]:
        """Return the places (piece x 2**32 + row) of rows whose key an earlier row has.

        Only where a first hash occurs more than once are the second hashes looked at.
        """
        one = self._joined("one")
        known = np.sort(one)
        again = known[1:][known[1:] == known[:-1]]
        if not len(again):
            return np.empty(0, dtype=np.int64)
        rows = np.flatnonzero(np.isin(one, again))
        one, two = one[rows], self._joined("two")[rows]
        order = np.lexsort((two, one))  # stable: rows of one key stay in the order of the files
        same = (one[order[1:]] == one[order[:-1]]) & (two[order[1:]] == two[order[:-1]])
        piece = np.repeat(
            np.array([each.piece for each in self.pieces], dtype=np.int64),
            [int(each.ends[self.number + 1] - each.ends[self.number]) for each in self.pieces],
        )
        place = (piece << 32) + self._joined("row")
        found: npt.NDArray[np.int64] = place[rows[order[1:][same]]]
        return found

    def _joined(self, name: str) -> npt.NDArray[Any]:
        """Return the numbers of all pieces in the order of the files."""
        parts = [getattr(each, name)[each.ends[self.number] : each.ends[self.number + 1]] for each in self.pieces]
        return np.concatenate(parts)
