"""Random numbers of a source's own: the same for its name, the seed and the place, whatever else is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

BLOCK = 1_000
"""Draws of a block; a stream begins anew with each, so that blocks can be drawn in any order."""


def normals(names: Sequence[str], seed: int, block: int, size: int = BLOCK) -> npt.NDArray[np.float64]:
    """Return standard normal numbers, one row a name.

    A row depends on its name, the seed and the block only: one more name, or more draws, changes no other number.

    Parameters
    ----------
    block
        Number of the block of draws, from 0.
    size
        Numbers of each row, at most :data:`BLOCK`.

    Examples
    --------
    >>> bool((normals(["a", "b"], 1, 0)[1] == normals(["b"], 1, 0)[0]).all())
    True
    """
    drawn = np.empty((len(names), size))
    for row, name in enumerate(names):
        digest = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype=">u4")
        drawn[row] = np.random.default_rng([seed, block, *digest.tolist()]).standard_normal(size)
    return drawn
