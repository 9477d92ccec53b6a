"""Reading old binary workbooks (.xls) in a process of its own.

The reader of this format allocates what a file announces, and ends the process where a damaged file
announces too much. In a child process that is one more file that cannot be opened.
"""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import python_calamine as calamine

from emissions.activity.container import MAX_CELLS
from emissions.errors import Problem, UnreadableWorkbook

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECONDS = 120
"""A file that takes longer than this is taken for damaged."""

Merged = tuple[int, int, int, int]


@dataclass(frozen=True)
class PlainSheet:
    """Name, cells, merged ranges and visibility of a sheet."""

    name: str
    rows: Sequence[Sequence[object]]
    merged: tuple[Merged, ...]
    hidden: bool


def read_old_format(content: bytes, name: str) -> list[PlainSheet]:
    """Return the sheets of a binary workbook.

    Raises
    ------
    UnreadableWorkbook
        Locked by a password, damaged, or too large.
    """
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableWorkbook([Problem("password_protected", file=name)])
    command = [sys.executable, "-m", "emissions.activity.old_format"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
    except subprocess.SubprocessError as error:
        raise UnreadableWorkbook([Problem("damaged_workbook", file=name, found=name)]) from error
    code, sheets = pickle.loads(done.stdout)  # noqa: S301  written by the child, not by the file
    if code:
        raise UnreadableWorkbook([Problem(code, file=name, found=name, facts={"bound": str(MAX_CELLS)})])
    return [PlainSheet(*sheet) for sheet in sheets]


def plain_sheets(book: calamine.CalamineWorkbook) -> list[PlainSheet]:
    """Return the worksheets of an open workbook.

    Raises
    ------
    OverflowError
        If the used range of a sheet has more cells than are read.
    """
    sheets: list[PlainSheet] = []
    for meta in book.sheets_metadata:
        if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise OverflowError(meta.name)
        merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
        hidden = meta.visible is not calamine.SheetVisibleEnum.Visible
        sheets.append(PlainSheet(meta.name, sheet.to_python(skip_empty_area=False), merged, hidden))
    return sheets


def _child() -> None:
    """Read a workbook from the standard input and write its sheets to the standard output."""
    code, sheets = "", []
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheets = [(sheet.name, sheet.rows, sheet.merged, sheet.hidden) for sheet in plain_sheets(book)]
    except calamine.PasswordError:
        code = "password_protected"
    except OverflowError:
        code = "too_many_cells"
    except (calamine.CalamineError, OSError, ValueError):
        code = "damaged_workbook"
    sys.stdout.buffer.write(pickle.dumps((code, sheets)))


if __name__ == "__main__":
    _child()
