"""What is inside an Office Open XML file: is it safe to read, and which of its cells only look blank.

A workbook is data. Before a reader sees it, every XML part is unpacked once within bounds, which also
proves the check sums. Document types and entities are refused. Two kinds of cells, errors such as
``#N/A`` and formulas without a stored value, look blank to a fast reader; they are listed here.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from emissions.errors import Problem, UnreadableWorkbook

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
"""Bound on the unpacked size of all parts of a workbook."""
MAX_PACKING_RATIO = 200
"""Bound on unpacked to packed size of one part; ordinary sheets stay below 50."""
RATIO_COUNTS_FROM = 16 * 1024 * 1024
"""Parts that unpack to less than this are not held against the ratio."""
MAX_PARTS = 10_000
"""Bound on the number of parts of a workbook."""
MAX_CELLS = 10_000_000
"""Bound on rows x columns of the used range of one sheet."""

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')
_SPLIT_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_FAR_ADDRESS = re.compile(rb'\br="(?:[A-Z]{3}\d{1,7}|[A-Z]{1,2}\d{5,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]+)</(?:\w+:)?v>")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_FORBIDDEN = tuple(
    word.encode(coding) for word in ("<!DOCTYPE", "<!ENTITY") for coding in ("ascii", "utf-16-le", "utf-16-be")
)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ET.ParseError,
    EOFError,
    OSError,
    RuntimeError,
    KeyError,
    ValueError,
)
"""What the zip and XML readers raise on a damaged file."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class HiddenCells:
    """Cells of one sheet that a fast reader takes for blank: cell -> error text, and formulas without value."""

    errors: Mapping[str, str] = field(default_factory=dict)
    without_value: frozenset[str] = frozenset()


def inspect_container(path: Path, name: str) -> dict[str, HiddenCells]:
    """Check the container of an ``.xlsx`` or ``.xlsm`` file and list its error cells.

    Parameters
    ----------
    path
        The file.
    name
        Its name in problems.

    Returns
    -------
    dict
        Sheet name -> :class:`HiddenCells`, only sheets that have some.

    Raises
    ------
    UnreadableWorkbook
        Not a zip container, damaged, too large, or an XML part has a document type.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, name)
            found = dict(_inspect_parts(archive, name))
            return _by_sheet(archive, found) if found else {}
    except _DAMAGE as error:
        raise UnreadableWorkbook([Problem("damaged_workbook", file=name, found=str(error))]) from error


def _check_sizes(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS:
        raise UnreadableWorkbook([_bound(name, "too_many_parts", len(parts), MAX_PARTS)])
    if total > MAX_UNPACKED_BYTES:
        raise UnreadableWorkbook(
            [_bound(name, "unpacked_too_large", f"{total / 2**20:.0f}", f"{MAX_UNPACKED_BYTES / 2**20:.0f}")]
        )
    for part in parts:
        ratio = part.file_size / max(part.compress_size, 1)
        if part.file_size > RATIO_COUNTS_FROM and ratio > MAX_PACKING_RATIO:
            raise UnreadableWorkbook([_bound(name, "packed_too_densely", f"{ratio:.0f}", MAX_PACKING_RATIO)])


def _bound(name: str, code: str, found: object, bound: object) -> Problem:
    return Problem(code, file=name, found=str(found), facts={"bound": str(bound)})


def _inspect_parts(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, HiddenCells]]:
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels", ".vml")):
            continue
        text = archive.read(part)
        if any(word in text for word in _FORBIDDEN):
            raise UnreadableWorkbook([Problem("document_type_refused", file=name, found=part.filename)])
        if "/worksheets/" in part.filename and part.filename.endswith(".xml"):
            _check_extent(text, name)
            cells = _hidden_cells(text)
            if cells.errors or cells.without_value:
                yield part.filename, cells


def _check_extent(text: bytes, name: str) -> None:
    """Refuse a sheet whose used range is so large that a dense table of it would fill the memory."""
    if _FAR_ADDRESS.search(text) is None:
        return
    addresses = _SPLIT_ADDRESS.findall(text)
    rows = max(map(int, {row for _, row in addresses}))
    columns = max(column_number(letters.decode()) for letters in {letters for letters, _ in addresses})
    if rows * columns > MAX_CELLS:
        raise UnreadableWorkbook([_bound(name, "too_many_cells", rows * columns, MAX_CELLS)])


def column_number(letters: str) -> int:
    """Return the one-based number of a column.

    Examples
    --------
    >>> column_number("A"), column_number("AA")
    (1, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _hidden_cells(text: bytes) -> HiddenCells:
    has_formula = _FORMULA.search(text) is not None
    if not has_formula and b't="e"' not in text:
        return HiddenCells()
    errors: dict[str, str] = {}
    without_value: set[str] = set()
    for match in _CELL.finditer(text):
        attributes, inner = match.group(1), match.group(2) or b""
        reference = _ADDRESS.search(attributes)
        if reference is None:
            continue
        cell = reference.group(1).decode()
        value = _VALUE.search(inner)
        if b't="e"' in attributes and value is not None:
            errors[cell] = value.group(1).decode("utf-8", "replace")
        elif value is None and _FORMULA.search(inner) is not None and b't="str"' not in attributes:
            without_value.add(cell)
    return HiddenCells(errors, frozenset(without_value))


def _by_sheet(archive: zipfile.ZipFile, found: Mapping[str, HiddenCells]) -> dict[str, HiddenCells]:
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  document types were refused above
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
    named: dict[str, HiddenCells] = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(_RELATION, ""), "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            if part in found:
                named[sheet.get("name", "")] = found[part]
    return named
