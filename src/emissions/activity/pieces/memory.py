"""Memory for many numbers that is used again: new memory costs as much as what is done with it."""

from __future__ import annotations

from threading import local
from typing import Any

import numpy as np
import numpy.typing as npt

ROWS = 1 << 16
"""Rows that are taken together; what is computed of them stays in the processor's cache."""


class Rooms(local):
    """Memory of one thread for what is computed of :data:`ROWS` rows."""

    def __init__(self) -> None:
        self.narrow = np.empty(ROWS, dtype=np.int32)
        self.place = np.empty(ROWS, dtype=np.int64)
        self.unit = np.empty(ROWS, dtype=np.int64)
        self.factor = np.empty(ROWS)
        self.values = np.empty(ROWS)
        self.pairs = np.full(ROWS, 1j)


def unfilled(size: int, kind: Any) -> npt.NDArray[Any]:
    """Return an array with anything in it, in memory of pyarrow, which keeps what was given back for the next one."""
    import pyarrow as pa  # noqa: PLC0415  0.1 s; only columnar files pay for it

    dtype = np.dtype(kind)
    return np.frombuffer(pa.allocate_buffer(size * dtype.itemsize), dtype=dtype)


def filled(size: int, value: Any, kind: Any) -> npt.NDArray[Any]:
    """Return an array of one value, in memory as that of :func:`unfilled`."""
    array = unfilled(size, kind)
    array.fill(value)
    return array
