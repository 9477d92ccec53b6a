"""The bytes of a file read once: pieces take their columns from them, and they are hashed in the order of the file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise
from threading import Condition
from typing import Any

from blake3 import blake3

from emissions.activity.pieces.partitions import Piece, Source

LARGEST = 16 << 20
"""Bytes of a piece up to which it is held in memory; a file with larger ones is read twice."""
AHEAD = 4
"""So many pieces beside those that threads read may be in memory while an earlier one is not hashed yet."""


class ReadOnce:
    """Files whose pieces are all read, each once and in order, by threads of this process.

    Memory of a piece is used again for another one: new memory costs as much as what reading once saves.

    Parameters
    ----------
    cuts
        By path, in the order in which files are read and their digests asked for: the first byte of each piece, and
        the size of the file.
    threads
        How many read.
    """

    def __init__(self, cuts: Mapping[str, Sequence[int]], threads: int) -> None:
        self._cuts = cuts
        self._ahead = threads + AHEAD
        self._first = dict(zip(cuts, accumulate((len(each) - 1 for each in cuts.values()), initial=0), strict=False))
        self._largest = max((stop - start for each in cuts.values() for start, stop in pairwise(each)), default=0)
        self._changed = Condition()
        self._read: dict[int, bytearray] = {}
        self._hashed = 0
        self._free: list[bytearray] = []
        self._stopped = False

    def __contains__(self, path: str) -> bool:
        """Tell whether a file is read once."""
        return path in self._cuts

    @contextmanager
    def piece(self, path: str, number: int) -> Iterator[Any]:
        """Give a piece as a file of pyarrow; its bytes are hashed when it is their turn.

        Raises
        ------
        OSError
            If the file is shorter than it was.
        """
        import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

        cuts, place = self._cuts[path], self._first[path] + number
        start, stop = cuts[number], cuts[number + 1]
        try:
            memory = self._memory(place)
            with memoryview(memory) as whole, whole[: stop - start] as view:
                _fill(path, start, view)
            yield pa.PythonFile(_Part(path, memory, range(start, stop), cuts[-1]), "r")
        except BaseException:
            self.stop()
            raise
        with self._changed:
            self._read[place] = memory
            self._changed.notify_all()

    def digest(self, path: str) -> str:
        """Return the BLAKE3 digest of a file once all its pieces are read; blank if it was stopped."""
        try:
            return self._digest(path)
        except BaseException:
            self.stop()
            raise

    def _digest(self, path: str) -> str:
        found = blake3()
        for place, (start, stop) in enumerate(pairwise(self._cuts[path]), start=self._first[path]):
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._hashed in self._read)
                if self._stopped:
                    return ""
                memory = self._read.pop(place)
            with memoryview(memory) as whole, whole[: stop - start] as view:
                found.update(view)
            with self._changed:
                self._hashed = place + 1
                self._free += [memory] if _unused(memory) else []
                self._changed.notify_all()
        return found.hexdigest()

    def stop(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _memory(self, place: int) -> bytearray:
        """Return memory for a piece, when it is not too far ahead of what is hashed."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or place < self._hashed + self._ahead)
            return self._free.pop() if self._free else bytearray(self._largest)


class _Part:
    """A part of a file that is in memory, as pyarrow reads a file; what lies beside it is read from the file."""

    closed = False

    def __init__(self, path: str, memory: bytearray, part: range, size: int) -> None:
        self._path, self._memory, self._part, self._size = path, memory, part, size
        self._place = 0

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte of the file."""
        self._place = place + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        return self._place

    def tell(self) -> int:
        """Return the byte of the file that is read next."""
        return self._place

    def read_buffer(self, size: int) -> Any:
        """Return bytes as a buffer of pyarrow, without copying them."""
        import pyarrow as pa  # noqa: PLC0415

        first, last = self._place, self._place + size
        self._place = last
        if self._part.start <= first and last <= self._part.stop:
            return pa.py_buffer(memoryview(self._memory)[first - self._part.start : last - self._part.start])
        with open(self._path, "rb") as file:  # noqa: PTH123  a path as text
            file.seek(first)
            return pa.py_buffer(file.read(size))

    def read(self, size: int) -> bytes:
        """Return bytes."""
        return bytes(self.read_buffer(size))

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return False."""
        return False

    def seekable(self) -> bool:
        """Return True."""
        return True

    def close(self) -> None:
        """Do nothing: the memory is used again."""


def cuts_of(source: Source, pieces: Sequence[Piece]) -> list[int]:
    """Return where a file is cut into its pieces, and its size; nothing for one that is not read once.

    That is so for a file that cannot be cut into its pieces, or into too large ones.

    Parameters
    ----------
    pieces
        All pieces of the file, in order.
    """
    if source.form != "parquet" or "://" in source.path or not pieces:
        return []
    cuts = [0, *(piece.start for piece in pieces[1:]), source.stamp[0]]
    spans = [stop - start for start, stop in pairwise(cuts)]
    whole = [piece.start + piece.size <= stop for piece, stop in zip(pieces, cuts[1:], strict=True)]
    return cuts if all(whole) and min(spans) > 0 and max(spans) <= LARGEST else []


def _fill(path: str, start: int, view: memoryview) -> None:
    """Read bytes of a file, from one on, into memory."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  a path as text
        file.seek(start)
        done = 0
        while done < len(view):
            with view[done:] as rest:
                read = file.readinto(rest)
            if not read:
                raise OSError(f"the file ends at byte {start + done}")
            done += read


def _unused(memory: bytearray) -> bool:
    """Tell whether nobody holds memory any more: memory that is looked at cannot be made longer."""
    try:
        memory.append(0)
    except BufferError:
        return False
    del memory[-1]
    return True
