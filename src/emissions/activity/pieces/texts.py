"""Columns of texts for many rows, made from a number for each row; pyarrow makes them many times as fast as pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emissions.activity.pieces.part import Codes


def texts_of(code: Codes, words: Sequence[str]) -> Any:
    """Return the word of each row as pyarrow has it.

    Parameters
    ----------
    code
        Number of the word of each row.
    words
        At least one.
    """
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

    known = pa.array(words, pa.large_string())
    return pa.repeat(known[0], len(code)) if len(words) == 1 else known.take(pa.array(code))


def column_of(texts: Any) -> Any:
    """Return texts of pyarrow as a column of pandas has them."""
    return texts.to_pandas().array
