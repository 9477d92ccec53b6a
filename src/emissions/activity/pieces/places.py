"""Where the rows of pieces stand in their files."""

from __future__ import annotations

from collections.abc import Sequence

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
    piece, row = places.of(part.first[found.place])
    names = np.array([one.source.name for one in places.pieces], dtype=object)
    printed = np.array([f"sum of {count} rows" for count in part.count[found.place].tolist()], dtype=object)
    file = names[piece]
    own = found.rows["notation"].to_numpy(dtype=object) != ""
    return found.rows.assign(
        activity_id=[f"{name} {number}" for name, number in zip(file, row.tolist(), strict=True)],
        file=file,
        sheet="",
        row=row,
        cell="",
        quantity_as_printed=np.where(own, found.rows["notation"], printed),
    )
