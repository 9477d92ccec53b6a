"""Opening a file as sheets: workbooks, text files and columnar files, all as rows of cells."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import python_calamine as calamine

from emissions.activity.container import MAX_CELLS, HiddenCells, inspect_container
from emissions.activity.old_format import OLE_MAGIC, plain_sheets, read_old_format
from emissions.errors import Problem, UnreadableWorkbook

MAX_SHEETS = 500
"""Bound on the number of sheets of a workbook."""
MAX_ROWS = 1_048_576
"""Bound on the rows of a sheet or text file; longer tables are read as Parquet by the scale-out route."""
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".csv", ".txt", ".tsv", ".parquet", ".feather")
"""File name endings that are read."""

Cell = Any
"""Text, number, truth value or date, as a reader gives it; ``""`` where blank."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells from A1 on, and what a plain table of values does not show.

    Attributes
    ----------
    merged
        Merged ranges as (first row, first column, last row, last column), zero-based.
    is_text
        Numbers arrive as text because the file is a text file.
    """

    file: str
    name: str
    rows: Sequence[Sequence[Cell]]
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
    unseen: HiddenCells = field(default_factory=HiddenCells)
    is_text: bool = False


@dataclass(frozen=True)
class Opened:
    """The sheets of a file, the digest of its bytes and what was said while opening it."""

    sheets: tuple[Sheet, ...]
    digest: str
    notes: tuple[Problem, ...] = ()


def open_file(path: Path, name: str) -> Opened:
    """Open a file and return its sheets.

    Parameters
    ----------
    path
        The file.
    name
        Its name in problems and in the activity table.

    Raises
    ------
    UnreadableWorkbook
        Missing, empty, locked by a password, damaged, too large, or of no format that is read.
    """
    if not path.is_file():
        raise _unreadable("file_missing", name, found=str(path))
    content = path.read_bytes()
    if not content:
        raise _unreadable("file_empty", name)
    sheets, notes = _reader(path.suffix.lower(), name, content)(path, name, content)
    if len(sheets) > MAX_SHEETS:
        raise _unreadable("too_many_sheets", name, found=str(len(sheets)), bound=str(MAX_SHEETS))
    for sheet in sheets:
        if len(sheet.rows) > MAX_ROWS:
            raise _unreadable("too_many_rows", name, sheet=sheet.name, found=str(len(sheet.rows)), bound=str(MAX_ROWS))
    return Opened(tuple(sheets), hashlib.sha256(content).hexdigest(), tuple(notes))


Found = tuple[list[Sheet], list[Problem]]


def _reader(suffix: str, name: str, content: bytes) -> Callable[[Path, str, bytes], Found]:
    """Choose by content first: a suffix may lie."""
    if content.startswith(OLE_MAGIC):
        return _read_ole
    if content.startswith(b"PAR1"):
        return _read_columnar
    if content.startswith((b"ARROW1", b"FEA1")):
        return _read_columnar
    if content.startswith(b"PK") or suffix in {".xlsx", ".xlsm"}:
        return _read_xlsx
    if content.lstrip()[:64].lower().startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise _unreadable("web_page_as_workbook", name)
    if suffix in {".csv", ".txt", ".tsv", ".xls"}:
        return _read_text
    raise _unreadable("format_not_read", name, found=suffix or name, allowed=", ".join(SUFFIXES))


def _unreadable(
    code: str,
    name: str,
    *,
    sheet: str = "",
    found: str = "",
    allowed: str = "",
    **facts: str,
) -> UnreadableWorkbook:
    return UnreadableWorkbook([Problem(code, file=name, sheet=sheet, found=found, allowed=allowed, facts=facts)])


def _read_ole(path: Path, name: str, content: bytes) -> Found:
    sheets = [
        Sheet(name, sheet.name, sheet.rows, sheet.hidden, sheet.merged) for sheet in read_old_format(content, name)
    ]
    notes = [Problem("errors_invisible_in_xls", level="info", file=name)]
    if path.suffix.lower() != ".xls":
        notes.append(Problem("other_format_than_name", level="info", file=name, found=".xls"))
    return sheets, notes


def _read_xlsx(path: Path, name: str, content: bytes) -> Found:
    if not content.startswith(b"PK"):
        raise _unreadable("damaged_workbook", name, found=name)
    unseen = inspect_container(path, name)
    try:
        sheets = plain_sheets(calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)))
    except OverflowError as error:
        raise _unreadable("too_many_cells", name, sheet=str(error), bound=str(MAX_CELLS)) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable("damaged_workbook", name, found=str(error)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader gave up on a damaged file; its class is not public
            raise _unreadable("damaged_workbook", name, found=str(error)) from error
        raise
    return [
        Sheet(name, sheet.name, sheet.rows, sheet.hidden, sheet.merged, unseen.get(sheet.name, HiddenCells()))
        for sheet in sheets
    ], []


def _read_text(_path: Path, name: str, content: bytes) -> Found:
    text, coding = decoded(name, content)
    notes = [] if coding == "UTF-8" else [Problem("text_coding", level="info", file=name, found=coding)]
    try:
        rows: list[list[Cell]] = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    except csv.Error as error:
        raise _unreadable("damaged_workbook", name, found=str(error)) from error
    return [Sheet(name, "", rows, is_text=True)], notes


def decoded(name: str, content: bytes) -> tuple[str, str]:
    """Decode a text file: UTF-8, UTF-16 with its mark, else GB 18030 (which holds GBK)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codings = [("utf-16", "UTF-16")]
    else:
        codings = [("utf-8-sig", "UTF-8"), ("gb18030", "GB 18030")]
    for coding, label in codings:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, label
    raise _unreadable("text_coding_unknown", name, allowed="UTF-8, UTF-16, GB 18030 (GBK)")


def delimiter_of(text: str) -> str:
    """Return the separator that occurs most often in the first line that has one."""
    for line in text.splitlines():
        counts = {mark: line.count(mark) for mark in (",", "\t", ";")}
        best = max(counts, key=lambda mark: counts[mark])
        if counts[best]:
            return best
    return ","


def _read_columnar(_path: Path, name: str, content: bytes) -> Found:
    import pyarrow as pa  # noqa: PLC0415  costs 0.1 s; only columnar files pay for it
    from pyarrow import feather, parquet  # noqa: PLC0415

    try:
        source = pa.BufferReader(content)
        table = parquet.read_table(source) if content.startswith(b"PAR1") else feather.read_table(source)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable("damaged_workbook", name, found=str(error)) from error
    if table.num_rows * table.num_columns > MAX_CELLS:
        raise _unreadable("too_many_cells", name, found=str(table.num_rows * table.num_columns), bound=str(MAX_CELLS))
    columns = [["" if value is None else value for value in column.to_pylist()] for column in table.columns]
    rows = [list(table.column_names), *(list(row) for row in zip(*columns, strict=True))]
    return [Sheet(name, "", rows)], []
