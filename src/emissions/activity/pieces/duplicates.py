"""Rows that repeat the declared key of an earlier row, found by what their words hash to: in memory, else on disk.

Keys are told apart by 128 bits of hash; of 10^8 rows with different keys two would be taken for one with a
probability below 10^-21.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.header import read_heading
from emissions.activity.pieces.executors import Executor, in_order
from emissions.activity.pieces.kernel import coded_column
from emissions.activity.pieces.partitions import Piece, Source
from emissions.activity.pieces.tables import read_piece, sheet_rows
from emissions.errors import ActivityErrors, Problem

IN_MEMORY = 1 << 23
"""Rows whose hashes are held in memory (24 bytes each); of more, they are sorted into files by their first bits."""

_HASH_KEYS = ("key of the row 1", "key of the row 2")
_FILES = 64
_TYPE = np.dtype([("one", np.uint64), ("two", np.uint64), ("place", np.int64)])
_MIX = np.uint64(0x9E3779B97F4A7C15)

Hashes = npt.NDArray[Any]


@dataclass(frozen=True)
class HashRows:
    """Reads a piece and returns the hashes of its keys; is sent to where pieces are read."""

    key: tuple[str, ...]

    def __call__(self, item: tuple[int, Piece]) -> Hashes:
        """Return hashes and places (piece x 2**32 + row) of the rows of a piece that state a key."""
        number, piece = item
        source = piece.source
        table, torn = read_piece(piece, [*self.key, "quantity"])
        found = np.zeros(table.num_rows, dtype=_TYPE)
        stated = np.zeros(table.num_rows, dtype=bool)
        for name in self.key:
            if name in source.columns:
                column = coded_column(table.column(source.columns[name]))
                words = np.array(column.words, dtype=object)
                stated |= (words != "")[column.codes]
                hashes = [
                    pd.util.hash_array(words, hash_key=each, categorize=False)[column.codes] for each in _HASH_KEYS
                ]
            else:
                hashes = [np.zeros(table.num_rows, dtype=np.uint64)] * 2
            for each, more in zip(("one", "two"), hashes, strict=True):
                mixed = (found[each] ^ (found[each] >> np.uint64(29))) * _MIX
                found[each] = mixed + more
        found["place"] = (number << 32) + sheet_rows(table.num_rows, torn)
        return found[stated]


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
    """Return, by number of the piece, the rows (zero-based) that repeat the key of an earlier row."""
    with TemporaryDirectory(prefix="emissions-") as folder:
        buckets = _Buckets(Path(folder))
        for hashes in in_order(HashRows(key), list(enumerate(pieces)), executor, threads):
            buckets.add(hashes)
        places = np.sort(np.concatenate([_repeated(bucket) for bucket in buckets.all()] or [np.empty(0, np.int64)]))
    piece = places >> 32
    bounds = np.flatnonzero(np.diff(piece)) + 1
    return {int(part[0] >> 32): part & 0xFFFFFFFF for part in np.split(places, bounds) if len(part)}


class _Buckets:
    """Hashes of all rows: in memory while they are few, then in files by their first bits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[Hashes] = []
        self._rows = 0
        self._spilt = False

    def add(self, hashes: Hashes) -> None:
        """Take the hashes of the next piece."""
        self._held.append(hashes)
        self._rows += len(hashes)
        if self._rows > IN_MEMORY:
            self._spill()

    def all(self) -> Iterable[Hashes]:
        """Yield the hashes in groups; rows of one key are in one group."""
        if not self._spilt:
            if self._held:
                yield np.concatenate(self._held)
            return
        self._spill()
        for path in sorted(self._folder.iterdir()):
            yield np.fromfile(path, dtype=_TYPE)

    def _spill(self) -> None:
        held = np.concatenate(self._held) if self._held else np.empty(0, dtype=_TYPE)
        number = (held["one"] >> np.uint64(58)).astype(np.int64)
        held = held[np.argsort(number, kind="stable")]
        for one, part in enumerate(np.split(held, np.cumsum(np.bincount(number, minlength=_FILES))[:-1])):
            with (self._folder / f"{one:02d}").open("ab") as stream:
                part.tofile(stream)
        self._held, self._rows, self._spilt = [], 0, True


def _repeated(hashes: Hashes) -> npt.NDArray[np.int64]:
    """Return the places of rows whose key an earlier row has."""
    hashes = hashes[np.lexsort((hashes["place"], hashes["two"], hashes["one"]))]
    again = (hashes["one"][1:] == hashes["one"][:-1]) & (hashes["two"][1:] == hashes["two"][:-1])
    found: npt.NDArray[np.int64] = hashes["place"][1:][again]
    return found
