"""Where the rows of pieces stand in their files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emissions.activity.pieces.combinations import Combinations
from emissions.activity.pieces.part import Codes, Part
from emissions.activity.pieces.partitions import Piece
from emissions.activity.pieces.texts import column_of, texts_of
from emissions.activity.table import ROW_COLUMNS


class FilePlaces:
    """Where the rows of pieces stand in their files."""

    def __init__(self, pieces: Sequence[Piece], part: Part) -> None:
        self.pieces = pieces
        self.start = np.zeros(len(pieces), dtype=np.int64)
        row, source = 1, None
        for one in part.facts:
            piece = pieces[one.piece]
            if piece.source is not source:
                source = piece.source
                row = source.text.first_row if source.text else 1
            self.start[one.piece] = row
            row += one.rows

    def of(self, first: Codes) -> tuple[Codes, Codes]:
        """Return piece and row in the file of places (piece x 2**32 + row within the piece)."""
        piece = first >> 32
        return piece, self.start[piece] + (first & 0xFFFFFFFF)


def with_places(found: Combinations, part: Part, places: FilePlaces) -> pd.DataFrame:
    """Return the rows with the file and first row of each combination, and how many rows it sums."""
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it
    from pyarrow import compute  # noqa: PLC0415

    piece, row = places.of(part.first[found.place])
    known = {name: number for number, name in enumerate(dict.fromkeys(one.source.name for one in places.pieces))}
    number = np.array([known[one.source.name] for one in places.pieces], dtype=np.int32)
    file, space = texts_of(number[piece], list(known)), pa.scalar(" ", pa.large_string())
    code, counts = pd.factorize(part.count[found.place])
    printed = texts_of(code, [f"sum of {count} rows" for count in counts.tolist()] or [""])
    notation, keys = found.coded["notation"]
    if any(keys):
        own = np.array([bool(key) for key in keys], dtype=bool)[notation]
        printed = compute.if_else(pa.array(own), texts_of(notation, keys), printed)
    blank = column_of(texts_of(piece, [""]))
    own_columns = {
        "activity_id": column_of(compute.binary_join_element_wise(file, pa.array(row).cast(pa.large_string()), space)),
        "file": column_of(file),
        "sheet": blank,
        "row": row,
        "cell": blank.copy(),
        "quantity_as_printed": column_of(printed),
    }
    every = own_columns | found.columns
    return pd.DataFrame({name: every[name] for name in dict.fromkeys([*ROW_COLUMNS, *every])}, copy=False)
