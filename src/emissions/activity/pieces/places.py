"""Where the rows of pieces stand in their files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from emissions.activity.pieces.combinations import Combinations
from emissions.activity.pieces.part import Codes, Part
from emissions.activity.pieces.partitions import Piece


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
    file = _texts(piece, [one.source.name for one in places.pieces])
    code, counts = pd.factorize(part.count[found.place])
    printed = _texts(code, [f"sum of {count} rows" for count in counts.tolist()]).to_pandas()
    own = found.rows["notation"].to_numpy(dtype=object) != ""
    return found.rows.assign(
        activity_id=compute.binary_join_element_wise(file, pa.array(row).cast(pa.string()), " ").to_pandas(),
        file=file.to_pandas(),
        sheet="",
        row=row,
        cell="",
        quantity_as_printed=printed.mask(own, found.rows["notation"]) if own.any() else printed,
    )


def _texts(code: Codes, texts: Sequence[str]) -> Any:
    """Return a text for each code, as pyarrow has them: texts for many rows are made there many times as fast."""
    import pyarrow as pa  # noqa: PLC0415

    return pa.DictionaryArray.from_arrays(pa.array(code, pa.int32()), pa.array(texts, pa.string())).cast(pa.string())
