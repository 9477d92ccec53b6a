"""Reading one piece of a file as columns of pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from emissions.activity.pieces.once import ReadOnce
from emissions.activity.pieces.partitions import Piece, Source, opened
from emissions.activity.pieces.textblocks import TextForm, as_utf8, unknown_coding
from emissions.errors import Problem, UnreadableWorkbook

_CODE = 4
"""Bytes a row of a column whose words are stored once, as codes and words together, at most."""


class Torn:
    """Lines of a block of text that have another number of cells than the headings: numbers and texts."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.texts: list[str] = []

    def __call__(self, row: Any) -> str:
        """Take a line."""
        self.rows.append(int(row.number) - 1)
        self.texts.append(str(row.text))
        return "skip"


def read_piece(
    piece: Piece, fields: Sequence[str], *, as_stored: bool = False, once: ReadOnce | None = None
) -> tuple[Any, Torn]:
    """Return the columns of a piece that hold some fields, and the lines that could not be read.

    Columns have the name of the file's headings (of a text file: the number of the column).

    Parameters
    ----------
    as_stored
        Leave texts that hardly repeat as texts; else all texts come as codes.
    once
        What the bytes of some files are read through, where that is to be once.

    Raises
    ------
    UnreadableWorkbook
        If the piece is damaged.
    """
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

    source = piece.source
    columns = [source.columns[name] for name in fields if name in source.columns]
    torn = Torn()
    try:
        if source.form == "parquet":
            with (
                once.piece(source.path, piece.number) if once and source.path in once else opened(source.path) as stream
            ):
                return _row_group(stream, source, piece.number, columns, as_stored), torn
        if source.text is not None:
            return _block(piece, source.text, columns, torn, as_stored), torn
        return _batch(source, piece.number, columns), torn
    except (pa.ArrowException, OSError) as error:
        raise UnreadableWorkbook([Problem("damaged_workbook", file=source.name, found=str(error))]) from error


@lru_cache(maxsize=256)
def _metadata(path: str, stamp: tuple[int, int]) -> Any:  # noqa: ARG001  the stamp tells a file from what it was
    from pyarrow import parquet  # noqa: PLC0415

    with opened(path) as stream:
        return parquet.read_metadata(stream)


def _row_group(stream: Any, source: Source, number: int, columns: list[str], as_stored: bool) -> Any:
    from pyarrow import parquet  # noqa: PLC0415

    metadata = _metadata(source.path, source.stamp)
    coded = _repeating(metadata.row_group(number), columns) if as_stored else columns
    with parquet.ParquetFile(stream, metadata=metadata, read_dictionary=coded) as file:
        return file.read_row_group(number, columns=columns, use_threads=False)


def _repeating(group: Any, columns: Sequence[str]) -> list[str]:
    """Return the columns of a row group that take the room of codes."""
    there = [group.column(number) for number in range(group.num_columns)]
    return [
        one.path_in_schema
        for one in there
        if one.path_in_schema in columns and one.total_uncompressed_size <= _CODE * one.num_values
    ]


def _batch(source: Source, number: int, columns: list[str]) -> Any:
    """Return a batch of an Arrow file; nothing but this looks whether its numbers of words are of words it has."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import feather, ipc  # noqa: PLC0415

    with opened(source.path) as stream:
        if source.form == "feather":
            table = feather.read_table(stream, columns=columns, use_threads=False)
            table.validate(full=True)
            return table
        schema = ipc.open_file(stream).schema
        wanted = ipc.IpcReadOptions(included_fields=[schema.get_field_index(one) for one in columns], use_threads=False)
        stream.seek(0)
        batch = ipc.open_file(stream, options=wanted).get_batch(number)
        batch.validate(full=True)
        return pa.Table.from_batches([batch])


def _block(piece: Piece, text: TextForm, columns: list[str], torn: Torn, as_stored: bool) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    with opened(piece.source.path) as stream:
        stream.seek(piece.start)
        content = stream.read(piece.size)
    content = as_utf8(content, text, piece.source.name)
    parse = partial(_parsed, columns=columns, piece=piece, text=text, torn=torn, as_stored=as_stored)
    try:
        return parse(content, plain=True)
    except pa.ArrowInvalid:
        torn.rows, torn.texts = [], []
    try:
        return parse(content, plain=False)
    except pa.ArrowInvalid:
        torn.rows, torn.texts = [], []
    try:  # only its first bytes said that the file is UTF-8
        content = content.decode("gb18030").encode()
    except UnicodeDecodeError as error:
        raise unknown_coding(piece.source.name) from error
    return parse(content, plain=False)


def _parsed(
    content: bytes, *, columns: list[str], piece: Piece, text: TextForm, torn: Torn, as_stored: bool, plain: bool
) -> Any:
    """Return the columns of a block; the quantities as numbers where every one is written plainly, else as texts."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    words = pa.string() if as_stored else pa.dictionary(pa.int32(), pa.string())
    types = dict.fromkeys(columns, words)
    types[piece.source.columns["quantity"]] = pa.float64() if plain else pa.string()
    return csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(
            use_threads=False, block_size=max(len(content), 1), column_names=[str(one) for one in range(text.width)]
        ),
        parse_options=csv.ParseOptions(delimiter=text.delimiter, newlines_in_values=True, invalid_row_handler=torn),
        convert_options=csv.ConvertOptions(
            column_types=types, include_columns=columns, null_values=[""], strings_can_be_null=False
        ),
    )


def sheet_rows(rows: int, torn: Torn) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the place within the piece of each row that was read, lines that could not be read counted."""
    place = np.arange(rows + len(torn.rows), dtype=np.int64)
    return np.delete(place, torn.rows) if torn.rows else place
