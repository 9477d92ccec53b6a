"""Digests of files, made beside their reading, of the bytes that are read; they stop with it.

Large files have a BLAKE3 digest, which takes less than half the time of SHA-256 (a third of what reading takes); it
begins with its name, so that it is not taken for one of the other kind.

What threads of this process read is handed over and hashed in the order of the file; only what nobody asked for
(columns that are not needed, what stands between) is read for the digest alone. Files are not mapped into memory: one
that shrinks while it is read would end the process without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import groupby
from threading import Event, Lock
from types import TracebackType
from typing import Any, Self

from blake3 import blake3

from emissions.activity.pieces.partitions import Piece, Source, opened

KIND = "blake3:"
_BLOCK = 1 << 18
_HELD = 1 << 28
"""Bytes that wait to be hashed at most; what is beyond is read again."""

Blocks = list[tuple[int, Any]]
"""First byte in the file and content of blocks that were read."""


class Digests:
    """The BLAKE3 digest of the bytes of files, by name, made in a thread while the ``with`` block reads them.

    Parameters
    ----------
    sources
        The files.
    pieces
        Pieces that the block reads by :meth:`opened`, in the order of the files; none where others read them.
    """

    def __init__(self, sources: Sequence[Source], pieces: Sequence[Piece] = ()) -> None:
        self._stop = Event()
        self._lock = Lock()
        self._held = 0
        self._handed: dict[tuple[str, int], Future[Blocks]] = {_key(piece): Future() for piece in pieces}
        own = {name: list(same) for name, same in groupby(pieces, key=lambda piece: piece.source.name)}
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._found: dict[str, Future[str]] = {
            source.name: self._pool.submit(self._digest, source.path, own.get(source.name, [])) for source in sources
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for future in self._handed.values():
            future.cancel()
        self._pool.shutdown(cancel_futures=True)

    def wait(self) -> dict[str, str]:
        """Return the digest of every file."""
        return {name: future.result() for name, future in self._found.items()}

    @contextmanager
    def opened(self, piece: Piece) -> Iterator[Any]:
        """Open the file of a piece for reading it; what is read is hashed too."""
        import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

        with opened(piece.source.path) as stream:
            shared = _Shared(stream, self._room_for)
            try:
                with pa.PythonFile(shared, "r") as file:
                    yield file
            finally:
                future = self._handed[_key(piece)]
                if not future.done():
                    future.set_result(shared.blocks)

    def _room_for(self, size: int) -> bool:
        """Tell whether so many bytes may wait too; from then on they do."""
        with self._lock:
            fits = self._held + size <= _HELD
            self._held += size if fits else 0
        return fits

    def _digest(self, path: str, pieces: Sequence[Piece]) -> str:
        found, position = blake3(), 0
        with opened(path) as stream:
            for piece in pieces:
                for start, block in self._blocks(piece):
                    if start >= position:
                        self._hash(found, stream, position, start)
                        found.update(block)
                        position = start + len(block)
                    self._room_for(-len(block))
            self._hash(found, stream, position, None)
        return KIND + found.hexdigest()

    def _blocks(self, piece: Piece) -> Iterator[tuple[int, Any]]:
        """Wait for what is read of a piece and yield it in the order of the file; nothing is kept."""
        blocks: Blocks = []
        with suppress(CancelledError):
            blocks = self._handed[_key(piece)].result()
        blocks.sort(key=lambda one: one[0], reverse=True)
        while blocks and not self._stop.is_set():
            yield blocks.pop()

    def _hash(self, found: Any, stream: Any, start: int, stop: int | None) -> None:
        """Hash the bytes from one place of a file to another, or to its end."""
        if start == stop:
            return
        stream.seek(start)
        while not self._stop.is_set() and (stop is None or start < stop):
            block = stream.read(_BLOCK if stop is None else min(_BLOCK, stop - start))
            if not block:
                return
            found.update(block)
            start += len(block)


def _key(piece: Piece) -> tuple[str, int]:
    return piece.source.name, piece.number


class _Shared:
    """A file that keeps what is read of it, as pyarrow takes files.

    Parameters
    ----------
    stream
        The file.
    room_for
        Tells whether so many bytes may be kept.
    """

    closed = False

    def __init__(self, stream: Any, room_for: Callable[[int], bool]) -> None:
        self._stream = stream
        self._room_for = room_for
        self.blocks: Blocks = []

    def read_buffer(self, size: int = -1) -> Any:
        start = self._stream.tell()
        block = self._stream.read_buffer(size)
        if len(block) and self._room_for(len(block)):
            self.blocks.append((start, block))
        return block

    def read(self, size: int = -1) -> bytes:
        return bytes(memoryview(self.read_buffer(size)))

    def seek(self, place: int, whence: int = 0) -> int:
        self._stream.seek(place, whence)
        return self.tell()

    def tell(self) -> int:
        return int(self._stream.tell())

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """Leave the file to whoever opened it."""
