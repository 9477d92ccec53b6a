"""Emissions by row of large tables, written piece by piece as Parquet in memory that does not grow with the rows."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity import ActivityScan
from emissions.activity.pieces.amounts import Column
from emissions.activity.pieces.executors import in_order
from emissions.activity.pieces.kernel import Coded, quantities_and_key
from emissions.activity.pieces.partitions import Piece, fields_of, found_files, pieces_of, source_of
from emissions.activity.pieces.tables import read_piece, sheet_rows
from emissions.activity.read import given_of
from emissions.engine import Run
from emissions.errors import Problem, ResultError
from emissions.inventory.row_factors import row_factors
from emissions.report.row_view import FACTOR, FACTORS, PARTS, write_view
from emissions.report.row_words import NONE, FactorNumbers
from emissions.vocabulary import load_vocabulary


def write_rows(run: Run, scan: ActivityScan, folder: Path, *, full: bool = False, threads: int | None = None) -> None:
    """Write the emission of every row of a scan into a new folder.

    Each piece of the files (row group, record batch, block of text) becomes one part file with the columns of the
    activity data that this program knows, under its own names, and the number of the row's implied factors; null
    where a row was refused or not read. ``factors.parquet`` has these factors, ``emissions.sql`` a view (DuckDB) that
    multiplies them.

    Parameters
    ----------
    run
        The calculation of what the scan read.
    full
        Write a column a substance too (t), null where nothing is counted.
    threads
        How many read and write; as many as there are processors if not given.

    Raises
    ------
    ResultError
        If the files have other rows than the scan read.
    """
    folder.mkdir()
    work = _Work(scan, run, folder, full)
    count = max(1, threads or os.cpu_count() or 1)
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(max_workers=count) as writers:
        try:
            for job in work.jobs(threads):
                waiting.append(writers.submit(_write_part, *job))
                if len(waiting) > count:
                    waiting.popleft().result()
            while waiting:
                waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
    work.finish()


@dataclass(frozen=True)
class _Read:
    """What a piece holds."""

    table: Any
    column: Column
    key: list[Coded]
    place: npt.NDArray[np.int64]
    lost: int


@dataclass(frozen=True)
class _Reader:
    """Reads a piece with all columns that are known."""

    fields: tuple[str, ...]
    decimal_comma: str

    def __call__(self, piece: Piece) -> _Read:
        """Return table, quantities and words of a piece."""
        source = piece.source
        table, torn = read_piece(piece, list(source.columns))
        column, key = quantities_and_key(table, self.fields, source.columns, source.constant, self.decimal_comma)
        names = {heading: name for name, heading in source.columns.items()}
        table = table.rename_columns([names[heading] for heading in table.column_names])
        return _Read(table, column, key, sheet_rows(table.num_rows, torn), len(torn.rows))


_Job = tuple[Path, Any, npt.NDArray[np.int32], npt.NDArray[np.float64], "dict[str, npt.NDArray[np.float64]]"]


class _Work:
    """The pieces of a scan in order, and what is known so far."""

    def __init__(self, scan: ActivityScan, run: Run, folder: Path, full: bool) -> None:
        if run.given is None:
            raise ResultError(
                [Problem("result_without_activity", found=str(folder), facts={"missing": "", "command": ""})]
            )
        given = given_of(scan.region, scan.year, scan.choices)
        sources = [source_of(path, name, given) for path, name in found_files(scan.paths)]
        self.fields = fields_of(sources)
        self.pieces = [piece for source in sources for piece in pieces_of(source)]
        self.run, self.folder, self.full = run, folder, full
        self.reader = _Reader(self.fields, given.decimal_comma)
        self.table = run.given if run.given is not None else run.activity
        self.numbers = FactorNumbers(self.fields, self.table.rows, given)
        factors = row_factors(run)
        names = [name for name in load_vocabulary().substances if name in factors]
        self.factors = factors[names]
        listed = pd.concat([table[["file", "row"]] for table in (self.table.refused, self.table.excluded)])
        self.apart = {
            str(file): np.unique(rows.to_numpy(dtype=np.int64))
            for file, rows in listed.groupby("file", observed=True)["row"]
        }
        self.parts: list[dict[str, object]] = []
        self.rows = 0

    def jobs(self, threads: int | None) -> Iterator[_Job]:
        """Yield what to write, piece by piece in order."""
        start, source = 1, None
        read = in_order(self.reader, self.pieces, None, threads)
        for number, (piece, one) in enumerate(zip(self.pieces, read, strict=True)):
            if piece.source is not source:
                source = piece.source
                start = source.text.first_row if source.text else 1
            name = f"part-{number:05}.parquet"
            factor = self.numbers.of(one.key)
            factor[self._unused(one, source.name, start)] = NONE
            self.parts.append(
                {
                    "part": name,
                    "file": source.name,
                    "first_row": start,
                    "rows": one.table.num_rows,
                    "refused": int((factor == NONE).sum()),
                }
            )
            start += one.table.num_rows + one.lost
            self.rows += one.table.num_rows + one.lost
            yield self.folder / name, one.table, factor, one.column.values, self._columns()

    def _unused(self, one: _Read, file: str, start: int) -> npt.NDArray[np.int64]:
        """Return the rows of a piece that are not counted: refused or left out."""
        apart = self.apart.get(file, np.empty(0, dtype=np.int64))
        low, high = np.searchsorted(apart, [start, start + len(one.place) + one.lost])
        gone = apart[low:high] - start
        place = np.minimum(np.searchsorted(one.place, gone), max(len(one.place) - 1, 0))
        found: npt.NDArray[np.int64] = place[one.place[place] == gone] if len(one.place) else place[:0]
        return found

    def _columns(self) -> dict[str, npt.NDArray[np.float64]]:
        """Return the factors of each number by substance, where whole columns are written."""
        return dict(self._by_number()) if self.full else {}

    def _by_number(self) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
        position = np.array([place for place, _, _ in self.numbers.found], dtype=np.int64)
        scale = np.array([one for _, one, _ in self.numbers.found], dtype=np.float64)
        for name in self.factors:
            yield str(name), self.factors[name].to_numpy(dtype=np.float64)[position] * scale

    def finish(self) -> None:
        """Write the factors, the list of parts, the view and how to use them."""
        from pyarrow import Table, parquet

        if self.rows != self.run.activity.rows_read:
            facts = {"read": str(self.run.activity.rows_read), "now": str(self.rows)}
            raise ResultError([Problem("files_changed", facts=facts)])
        position = [place for place, _, _ in self.numbers.found]
        unit = self.fields.index("unit") if "unit" in self.fields else None
        stated = self.table.rows.iloc[position][["region", "year", "category", "activity", "use"]].reset_index(
            drop=True
        )
        units = [words[unit] if unit is not None else "" for _, _, words in self.numbers.found]
        table = pd.DataFrame({FACTOR: np.arange(len(position), dtype=np.int32), "unit": units}).join(stated)
        table = table.assign(**dict(self._by_number()))
        parquet.write_table(Table.from_pandas(table, preserve_index=False), self.folder / FACTORS, compression="zstd")
        pd.DataFrame(self.parts).to_csv(self.folder / PARTS, index=False, lineterminator="\n")
        substances = [str(name) for name in self.factors]
        write_view(self.folder, substances, full=self.full)


def _write_part(
    path: Path,
    table: Any,
    factor: npt.NDArray[np.int32],
    quantity: npt.NDArray[np.float64],
    factors: dict[str, npt.NDArray[np.float64]],
) -> None:
    """Write one part file: amounts as they are, whole numbers as differences, words by dictionary."""
    import pyarrow as pa
    from pyarrow import parquet

    none = factor == NONE
    refused = bool(none.any())
    place = table.column_names.index("quantity")
    if refused or not pa.types.is_floating(table.column(place).type):
        table = table.set_column(place, "quantity", pa.array(quantity, mask=none))
    table = table.append_column(FACTOR, pa.array(factor, mask=none) if refused else pa.array(factor))
    if factors:
        number, amount = factor.astype(np.intp), np.abs(quantity)
        for name, values in factors.items():
            table = table.append_column(name, _emissions(values, number, amount, none if refused else None))
    words = [one.name for one in table.schema if pa.types.is_dictionary(one.type)]
    whole = {one.name: "DELTA_BINARY_PACKED" for one in table.schema if pa.types.is_integer(one.type)}
    parquet.write_table(
        table, path, compression="none", use_dictionary=words, column_encoding=whole, write_statistics=False
    )


def _emissions(
    values: npt.NDArray[np.float64],
    number: npt.NDArray[np.intp],
    amount: npt.NDArray[np.float64],
    none: npt.NDArray[np.bool_] | None,
) -> Any:
    """Return the emissions of rows of one substance, null where none are counted or the row has no number."""
    import pyarrow as pa

    if not len(values):
        return pa.nulls(len(number), pa.float64())
    emission = np.take(values, number, mode="clip")
    emission *= amount
    missing = np.isnan(values)
    absent = none
    if missing.any():
        absent = np.take(missing, number, mode="clip")
        absent = absent if none is None else absent | none
    if absent is None:
        return pa.array(emission)
    valid = np.packbits(~absent, bitorder="little")
    return pa.Array.from_buffers(pa.float64(), len(emission), [pa.py_buffer(valid), pa.py_buffer(emission)])
