"""The pieces that large tables are read in (row groups, record batches, blocks of text), and what their columns hold.

A piece can be read by itself, anywhere the file can be opened. Pieces are numbered in file order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from emissions.activity.given import Given
from emissions.activity.header import find_header, read_heading, title_block
from emissions.activity.pieces.kernel import NOTATION
from emissions.activity.pieces.textblocks import TextForm, text_blocks, text_form
from emissions.activity.read import PathLike
from emissions.activity.words import find_unit
from emissions.activity.workbook import SUFFIXES, Cell, Sheet
from emissions.errors import ActivityErrors, Problem, UnreadableWorkbook
from emissions.vocabulary import load_vocabulary

NOT_IN_THE_KEY = frozenset(
    {"activity_id", "facility", "data_source", "low", "high", "uncertainty", "printed", "note", "previous", "row"}
)
"""Columns that tell rows apart and change no factor; they are not kept in the sums."""
IDENTITY = frozenset({"activity_id", "facility", "data_source"})
"""Columns outside the key of the sums that may tell rows apart where duplicates are looked for."""
FORMS = {b"PAR1": "parquet", b"ARRO": "arrow", b"FEA1": "feather"}
"""First bytes of a file -> its form; anything else is text."""


@dataclass(frozen=True)
class Source:
    """One file: where it is, its form, and which of its columns hold what.

    Attributes
    ----------
    path, name
        Where it is, whatever folder a process works in, and its name in the activity table.
    form
        ``parquet``, ``arrow``, ``feather`` or ``text``.
    stamp
        Size and time of change, by which what is kept of a file is known to be still right.
    columns
        Our field -> heading of the file, ``quantity`` among them.
    constant
        Our field -> word of rows that state none: the unit in the heading of the quantity, a title above the table.
    text
        How a text file is written; None for others.
    has_texts
        Quantities are or may be texts, among which notation keys may stand.
    """

    path: str
    name: str
    form: str
    stamp: tuple[int, int]
    columns: Mapping[str, str]
    constant: Mapping[str, str] = field(default_factory=dict)
    text: TextForm | None = None
    has_texts: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields of the key that the file states."""
        stated = dict.fromkeys([*self.columns, *self.constant])
        return tuple(name for name in stated if name != "quantity" and name not in NOT_IN_THE_KEY)


@dataclass(frozen=True)
class Piece:
    """A row group, record batch or block of one file.

    Attributes
    ----------
    number
        Zero-based number within the file.
    rows
        Number of rows, -1 where it is known only after reading.
    size
        Bytes of the file that it takes.
    start
        First byte of a block of text or a row group.
    """

    source: Source
    number: int
    rows: int
    size: int
    start: int = 0


def found_files(paths: Sequence[PathLike]) -> list[tuple[str, str]]:
    """Return the files that paths and patterns name, with names that tell them apart, those of a pattern in order.

    Raises
    ------
    UnreadableWorkbook
        If nothing is there.
    """
    found: list[str] = []
    missing: list[Problem] = []
    for path in map(str, paths):
        there = _matching(path)
        missing += [] if there else [Problem("file_missing", file=path, found=path)]
        found += there
    if missing:
        raise UnreadableWorkbook(missing)
    whole = list(dict.fromkeys(found))
    return list(zip(whole, _names(whole), strict=True))


def _matching(path: str) -> list[str]:
    if "://" in path:
        return _stored(path)
    if has_magic(path):
        return sorted(one for one in glob(path, recursive=True) if Path(one).is_file())  # noqa: PTH207  pattern as text
    return [path] if Path(path).is_file() else []


def _stored(path: str) -> list[str]:
    """Return the objects of a store that a path names."""
    system, inner = file_system(path)
    scheme = path.partition("://")[0]
    found = sorted(system.glob(inner)) if has_magic(inner) else [inner] * bool(system.exists(inner))
    return [f"{scheme}://{one.lstrip('/')}" if scheme == "memory" else f"{scheme}://{one}" for one in found]


def file_system(path: str) -> tuple[Any, str]:
    """Return the file system of a path with a scheme, such as ``s3://``, and the path within it."""
    try:
        import fsspec  # noqa: PLC0415  optional; only paths with a scheme need it
    except ImportError as error:
        raise UnreadableWorkbook([Problem("store_needs_package", file=path, found="fsspec")]) from error
    try:
        system, inner = fsspec.core.url_to_fs(path)
    except (ImportError, ValueError) as error:
        raise UnreadableWorkbook([Problem("store_needs_package", file=path, found=str(error))]) from error
    return system, str(inner)


def _names(paths: Sequence[str]) -> list[str]:
    """Return the shortest ends of the paths, in whole parts, that tell them apart."""
    parts = [Path(path.partition("://")[2] or path).parts for path in paths]
    names = [each[-1] for each in parts]
    for length in range(2, max(map(len, parts), default=0) + 1):
        seen: dict[str, int] = {}
        for name in names:
            seen[name] = seen.get(name, 0) + 1
        if all(count == 1 for count in seen.values()):
            break
        names = [name if seen[name] == 1 else "/".join(each[-length:]) for name, each in zip(names, parts, strict=True)]
    return names


def opened(path: str) -> Any:
    """Return a file of this machine or of a store as pyarrow reads it."""
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

    if "://" not in path:
        return pa.OSFile(path)
    system, inner = file_system(path)
    return pa.PythonFile(system.open(inner, "rb"), "r")


def source_of(path: str, name: str, given: Given) -> Source:
    """Return what a file holds, from its headings.

    Raises
    ------
    UnreadableWorkbook
        If it cannot be opened or is of no form that is read in pieces.
    ActivityErrors
        If it has no column of quantities.
    """
    import pyarrow as pa  # noqa: PLC0415

    try:
        with opened(path) as stream:
            head = stream.read(1 << 18)
            form = _form(head, name)
            text = text_form(head, name) if form == "text" else None
            schema: Any = None if text else _schema(path, form)
        rows: list[list[Cell]] = [list(schema.names), []] if text is None else text.rows
    except (pa.ArrowException, OSError) as error:
        raise UnreadableWorkbook([Problem("damaged_workbook", file=name, found=str(error))]) from error
    sheet = Sheet(name, "", rows, is_text=text is not None)
    header = find_header(sheet, "")
    places = {} if header is None else header.columns
    if header is None or "quantity" not in places:
        facts = {"column": "quantity", "heading": "quantity"}
        raise ActivityErrors([Problem("missing_column", file=name, found=", ".join(map(str, rows[0])), facts=facts)])
    stated = {column: header.headings[place].unit for column, place in places.items()}
    _check_units(stated, name)
    constant = {column: str(value) for column, (value, _) in title_block(sheet, header, "").items()}
    constant |= {"unit": stated["quantity"]} if stated["quantity"] else {}
    constant |= {"region": given.region} if given.region and "region" not in constant else {}
    constant |= {"year": str(given.year)} if given.year and "year" not in constant else {}
    if text:
        text = text.from_row(header.last + 1)
        columns = {column: f"{place}" for column, place in places.items()}
    else:
        columns = {column: str(rows[0][place]) for column, place in places.items()}
    texts = schema is None or "string" in str(schema.field(columns["quantity"]).type)
    everywhere = path if "://" in path else str(Path(path).absolute())
    return Source(everywhere, name, form, _stamp(path), columns, constant, text, texts)


def _form(head: bytes, name: str) -> str:
    if not head:
        raise UnreadableWorkbook([Problem("file_empty", file=name)])
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        allowed = ", ".join(suffix for suffix in SUFFIXES if not suffix.startswith(".xl"))
        raise UnreadableWorkbook([Problem("format_not_read", file=name, found=name, allowed=allowed)])
    return FORMS.get(head[:4], "text")


def _schema(path: str, form: str) -> Any:
    from pyarrow import feather, ipc, parquet  # noqa: PLC0415

    with opened(path) as stream:
        if form == "parquet":
            return parquet.read_schema(stream)
        return ipc.open_file(stream).schema if form == "arrow" else feather.read_table(stream).schema


def _check_units(stated: Mapping[str, str], name: str) -> None:
    """Refuse a column of numbers whose heading names another unit than that of its condition."""
    conditions = load_vocabulary().conditions
    problems = []
    for column, unit in stated.items():
        if not unit or column not in conditions or conditions[column]["kind"] != "number":
            continue
        wanted = read_heading(conditions[column]["label_en"], "").unit
        if find_unit(unit).unit != find_unit(wanted).unit:
            facts = {"condition": column}
            problems.append(Problem("condition_in_other_unit", file=name, found=unit, allowed=wanted, facts=facts))
    if problems:
        raise ActivityErrors(problems)


def _stamp(path: str) -> tuple[int, int]:
    if "://" in path:
        system, inner = file_system(path)
        return int(system.size(inner) or 0), 0
    known = Path(path).stat()
    return known.st_size, known.st_mtime_ns


def fields_of(sources: Sequence[Source]) -> tuple[str, ...]:
    """Return the key columns of all files, in the order of first appearance.

    Where quantities may be texts, the unit is one of them, because it may stand behind a number, and so is what stands
    in place of a number.
    """
    fields = dict.fromkeys(name for source in sources for name in source.fields)
    if any(source.has_texts for source in sources):
        fields |= dict.fromkeys(["unit", NOTATION])
    return tuple(fields)


def pieces_of(source: Source) -> Iterator[Piece]:
    """Yield the pieces of a file in order."""
    from pyarrow import ipc, parquet  # noqa: PLC0415  0.1 s; only columnar files pay for it

    with opened(source.path) as stream:
        if source.text is not None:
            for number, (start, stop) in enumerate(text_blocks(stream, source.text, source.stamp[0])):
                yield Piece(source, number, -1, stop - start, start)
        elif source.form == "parquet":
            known = parquet.read_metadata(stream)
            for number in range(known.num_row_groups):
                group = known.row_group(number)
                columns = [group.column(column) for column in range(group.num_columns)]
                size = sum(column.total_compressed_size for column in columns)
                start = min((column.dictionary_page_offset or column.data_page_offset for column in columns), default=0)
                yield Piece(source, number, group.num_rows, size, start)
        else:
            count = ipc.open_file(stream).num_record_batches if source.form == "arrow" else 1
            for number in range(count):
                yield Piece(source, number, -1, source.stamp[0] // count)
