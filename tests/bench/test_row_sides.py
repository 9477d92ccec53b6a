"""Emissions by row and the bare numbers beside them: what is written in a turn, and that nothing is left."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import parquet

from emissions.bench import row_sides
from emissions.bench.generate import SUBSTANCES, shape_of, write_rows
from emissions.bench.row_sides import RAW_COLUMNS, raw_rows, rows_full, rows_view
from emissions.bench.sides import Task, Turn

ROWS = 3_000


@pytest.fixture
def task(tmp_path: Path) -> Task:
    write_rows(tmp_path / "rows.parquet", ROWS, shape_of(200), 1, group=700)
    return Task(tmp_path / "rows.parquet", tmp_path, tmp_path, "cn-2026.1", 2)


def written(turn: Turn, task: Task, monkeypatch: pytest.MonkeyPatch, look: Callable[[list[Path]], int]) -> int:
    """Take a turn; return what ``look`` sees in the files just before they are removed."""
    seen: list[int] = []

    class Watched(tempfile.TemporaryDirectory[str]):
        def __exit__(self, *raised: object) -> None:
            seen.append(look(sorted(Path(self.name).rglob("*"))))
            self.cleanup()

    with monkeypatch.context() as patch:
        patch.setattr(row_sides.tempfile, "TemporaryDirectory", Watched)
        turn()
    assert [path.name for path in task.rows.parent.iterdir()] == ["rows.parquet"]
    return seen[0]


def test_bare_numbers_take_eight_bytes_each(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    size = written(raw_rows(task), task, monkeypatch, lambda paths: sum(path.stat().st_size for path in paths))
    assert size == ROWS * RAW_COLUMNS * 8


@pytest.mark.parametrize(("side", "full"), [(rows_view, False), (rows_full, True)])
def test_every_row_is_written(
    task: Task, monkeypatch: pytest.MonkeyPatch, side: Callable[[Task], Turn], full: bool
) -> None:
    def look(paths: list[Path]) -> int:
        parts = [parquet.read_table(path) for path in paths if path.name.startswith("part-")]
        assert all((set(SUBSTANCES) <= set(part.column_names)) == full for part in parts)
        return sum(part.num_rows for part in parts)

    assert written(side(task), task, monkeypatch, look) == ROWS
