"""Bytes that are read once give the rows and the digest of the file, whatever happens on the way."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from blake3 import blake3
from pyarrow import parquet

from emissions.activity import ActivityTable, scan_activity
from emissions.activity.given import Given
from emissions.activity.pieces import once, tables
from emissions.activity.pieces.once import ReadOnce
from emissions.activity.pieces.partitions import pieces_of, source_of
from emissions.errors import UnreadableWorkbook

ROWS = 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of many row groups, with a column that is not read."""
    draw = np.random.default_rng(3)
    table = pa.table(
        {
            "region": draw.choice(["150600", "150602"], ROWS),
            "year": draw.integers(2018, 2021, ROWS),
            "category": ["IPCC2006:1A1ai"] * ROWS,
            "activity": draw.choice(["raw_coal", "diesel"], ROWS),
            "facility": [f"unit {row}" for row in range(ROWS)],
            "quantity": draw.lognormal(2, 1, ROWS),
            "unit": ["t"] * ROWS,
        }
    )
    parquet.write_table(table, tmp_path / "rows.parquet", row_group_size=700)
    return tmp_path / "rows.parquet"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the pieces that are read through what reads once."""
    found: list[int] = []
    original = ReadOnce.piece

    def counted(self: ReadOnce, path: str, number: int) -> object:
        found.append(number)
        return original(self, path, number)

    monkeypatch.setattr(ReadOnce, "piece", counted)
    return found


def read_in_time(path: Path, threads: int) -> ActivityTable:
    """Scan, and fail instead of waiting for ever."""
    found: list[ActivityTable | BaseException] = []

    def read() -> None:
        try:
            found.append(scan_activity(path).read(threads=threads))
        except UnreadableWorkbook as error:
            found.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert found, "the scan waits for ever"
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


@pytest.mark.parametrize("threads", [1, 2, 7])
@pytest.mark.parametrize("ahead", [0, 4])
def test_rows_and_digest_are_those_of_the_file(
    path: Path, taken: list[int], monkeypatch: pytest.MonkeyPatch, threads: int, ahead: int
) -> None:
    monkeypatch.setattr(once, "AHEAD", ahead)
    found = read_in_time(path, threads)
    assert sorted(taken) == list(range(-(-ROWS // 700)))
    assert found.files == {"rows.parquet": "blake3:" + blake3(path.read_bytes()).hexdigest()}
    monkeypatch.setattr(once, "LARGEST", 100)
    taken.clear()
    twice = read_in_time(path, threads)
    assert not taken
    assert twice.files == found.files
    assert twice.rows.equals(found.rows)


def test_as_many_threads_as_there_are_read_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(12)
    original = once._fill

    starts = [piece.start for piece in pieces_of(source_of(str(path), path.name, Given()))]

    def meeting(name: str, start: int, view: memoryview) -> None:
        if start < starts[12]:
            together.wait(timeout=30)
        original(name, start, view)

    monkeypatch.setattr(once, "_fill", meeting)
    assert read_in_time(path, 12).rows_read == ROWS


class Counted(bytearray):
    """Memory that is counted: how often it was made, and how much of it there was at most at one time."""

    made = there = most = 0

    def __init__(self, size: int) -> None:
        super().__init__(size)
        Counted.made += 1
        Counted.there += 1
        Counted.most = max(Counted.most, Counted.there)

    def __del__(self) -> None:
        Counted.there -= 1


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    """Count the memory that pieces are read into."""
    for name in ("made", "there", "most"):
        monkeypatch.setattr(Counted, name, 0)
    monkeypatch.setattr(once, "bytearray", Counted, raising=False)
    return Counted


def test_memory_is_used_again(path: Path, memory: type[Counted]) -> None:
    """Mostly: pyarrow may let go of it a moment too late, then other memory is made."""
    read_in_time(path, 2)
    assert 1 <= memory.made <= ROWS // 700 // 2


def test_memory_that_is_still_looked_at_is_not_used_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[int, pa.Buffer]] = []
    original = once._Part.read_buffer

    def keep(self: once._Part, size: int) -> pa.Buffer:
        kept.append((self.tell(), original(self, size)))
        return kept[-1][1]

    monkeypatch.setattr(once._Part, "read_buffer", keep)
    found = read_in_time(path, 2)
    content = path.read_bytes()
    assert found.files == {"rows.parquet": "blake3:" + blake3(content).hexdigest()}
    assert len(kept) > ROWS // 700
    for place, buffer in kept:
        assert buffer.to_pybytes() == content[place : place + buffer.size]


@pytest.mark.parametrize("threads", [1, 3])
def test_a_damaged_piece_keeps_nobody_waiting(path: Path, threads: int) -> None:
    content = bytearray(path.read_bytes())
    group = parquet.read_metadata(path).row_group(9)
    start = group.column(0).dictionary_page_offset
    content[start : start + 400] = bytes(400)
    path.write_bytes(content)
    with pytest.raises(UnreadableWorkbook) as caught:
        read_in_time(path, threads)
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [("damaged_workbook", "rows.parquet")]


@pytest.mark.parametrize("threads", [1, 3])
def test_a_file_that_became_shorter_is_damaged(path: Path, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    original = tables._row_group
    half = path.stat().st_size // 2

    def shorten(*given: object) -> object:
        table = original(*given)
        with path.open("r+b") as file:
            file.truncate(half)
        return table

    monkeypatch.setattr(tables, "_row_group", shorten)
    with pytest.raises(UnreadableWorkbook) as caught:
        read_in_time(path, threads)
    assert [problem.code for problem in caught.value.problems] == ["damaged_workbook"]
    assert "ends at byte" in caught.value.problems[0].found


def test_files_of_other_forms_are_read_beside_it(path: Path, tmp_path: Path) -> None:
    text = tmp_path / "more.csv"
    text.write_text("region,year,category,activity,quantity,unit\n150600,2020,1A1ai,diesel,5,t\n", encoding="utf-8")
    found = scan_activity(tmp_path / "*").read(threads=2)
    assert found.files == {
        each.name: "blake3:" + blake3(each.read_bytes()).hexdigest() for each in sorted([path, text])
    }
    assert found.rows_read == ROWS + 1


def test_memory_does_not_grow_with_the_number_of_files(path: Path, memory: type[Counted]) -> None:
    for number in range(40):
        (path.parent / f"rows{number}.parquet").write_bytes(path.read_bytes())
    found = scan_activity(path.parent / "*.parquet").read(threads=2)
    assert set(found.files.values()) == {"blake3:" + blake3(path.read_bytes()).hexdigest()}
    assert len(found.files) == 41
    assert 1 <= memory.most <= once.AHEAD + 2 + 3  # two threads; some that pyarrow still holds
