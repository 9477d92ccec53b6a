"""A file that is read has the digest of its bytes, whoever reads it; what threads read is not read again for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pytest
from blake3 import blake3
from pyarrow import feather, parquet

from emissions.activity import scan_activity
from emissions.activity.pieces import digests
from emissions.activity.pieces.digests import Digests
from emissions.activity.pieces.partitions import opened, pieces_of, source_of
from emissions.activity.read import given_of

from .test_scan_forms import frame

ROWS = 20_000
Writer = Callable[[Path], Any]
FORMS: dict[str, Writer] = {
    "parquet": lambda path: parquet.write_table(pa.Table.from_pandas(frame(ROWS)), path, row_group_size=900),
    "feather": lambda path: feather.write_feather(frame(ROWS), path),
    "csv": lambda path: frame(ROWS).to_csv(path, index=False),
}


@pytest.fixture(params=FORMS)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"rows.{request.param}"
    FORMS[request.param](path)
    return path


class Counted:
    """A file that counts the bytes that are read of it."""

    def __init__(self, stream: Any, read: list[int]) -> None:
        self._stream, self._read = stream, read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _counted(self, block: Any) -> Any:
        self._read.append(len(block))
        return block

    def read(self, size: int) -> Any:
        return self._counted(self._stream.read(size))

    def read_buffer(self, size: int) -> Any:
        return self._counted(self._stream.read_buffer(size))


@pytest.mark.parametrize("room", [digests._HELD, 0])
@pytest.mark.parametrize("threads", [1, 3])
def test_the_digest_is_that_of_the_bytes(
    written: Path, threads: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "_HELD", room)
    expected = {written.name: f"blake3:{blake3(written.read_bytes()).hexdigest()}"}
    assert scan_activity(written).read(threads=threads).files == expected
    with ThreadPoolExecutor(threads) as pool:
        assert scan_activity(written).read(executor=pool).files == expected


def test_what_was_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.Table.from_pandas(frame(ROWS).drop(columns="facility")), path, row_group_size=900)
    read: list[int] = []
    monkeypatch.setattr(digests, "opened", lambda place: Counted(opened(place), read))
    scan_activity(path).read()
    assert path.stat().st_size <= sum(read) < 1.2 * path.stat().st_size


def test_a_digest_that_waits_for_what_is_never_read_stops_with_the_reading(written: Path) -> None:
    source = source_of(str(written), written.name, given_of(None, None, None))
    with pytest.raises(KeyboardInterrupt), Digests([source], list(pieces_of(source))):
        raise KeyboardInterrupt
