"""Lines for which it matters what else there is in the same place, such as a region and year."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from emissions.engine.lines import KindLines, distinct
from emissions.factors.match import distinct_rows

Codes = npt.NDArray[np.integer[Any]]
Flags = npt.NDArray[np.bool_]


def held_in_places(
    lines: KindLines, rows: Flags, substance: Codes, substances: int, place: npt.NDArray[np.int64]
) -> Flags:
    """Return for each place and substance whether some of the rows has a key there whose quantity is not 0.

    Parameters
    ----------
    rows
        Of the table of lines.
    substance, substances
        Number of the substance of each row, and how many substances there are.
    place
        Number of the place of each key.
    """
    kinds = len(lines.chosen)
    of_kind = np.zeros((kinds, substances), dtype=bool)
    of_kind[lines.kind[rows], substance[rows]] = True
    of_key = np.append(of_kind.any(axis=1), False)[lines.of_key] & (lines.quantity != 0)
    pairs = distinct(place[of_key] * kinds + lines.of_key[of_key], (int(place.max(initial=0)) + 1) * kinds)[0]
    held = np.zeros((int(place.max(initial=0)) + 1, substances), dtype=bool)
    np.logical_or.at(held, pairs // kinds, of_kind[pairs % kinds])
    return held


def split_by_place(
    lines: KindLines, rows: Flags, substance: Codes, place: npt.NDArray[np.int64], flags: Flags
) -> tuple[KindLines, Flags, npt.NDArray[np.int64]]:
    """Return the lines, kinds split where the places of their keys differ, and which of some rows have a flag.

    Parameters
    ----------
    rows
        Of the table of lines.
    substance
        Number of the substance of each row.
    place
        Number of the place of each key.
    flags
        Of each place and substance.

    Returns
    -------
    lines : KindLines
        Only kinds of some of the rows are split.
    flagged : array of bool
        Rows, of those asked for, whose substance has a flag in the place of every key of their kind.
    row : array of int64
        The row that each row was before.
    """
    concerned = np.zeros(len(lines.chosen) + 1, dtype=bool)
    anywhere: Flags = np.any(flags, axis=0)
    concerned[lines.kind[rows & anywhere[substance]]] = True
    states, state = distinct_rows(flags.astype(np.int16))
    lines, row = lines.split(np.where(concerned[lines.of_key], state[place], 0))
    of_kind = state[place[lines.first_key]]
    flagged: Flags = rows[row] & (states[of_kind[lines.kind], substance[row]] > 0)
    return lines, flagged, row
