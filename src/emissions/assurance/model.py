"""Totals as a function of the draws: what stands still is added once, the rest is evaluated for every draw."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.assurance.implied import Group
from emissions.assurance.sources import Sources
from emissions.assurance.spread import Floats
from emissions.assurance.streams import BLOCK, normals

_FACTORS = 2_048
"""Implied factors evaluated at one time: bounds the memory, not the result."""


@dataclass(frozen=True)
class Draw:
    """What is drawn, and what totals are made of.

    Attributes
    ----------
    factors
        Sources of factor values; their numbers run on from one to the next, and the number after the last stands for
        what is certain.
    activity
        Sources of quantities.
    groups
        Implied factors.
    sums
        part, factor, quantity.
    moving
        part, factor, source, quantity: the quantity that moves with a source of activity data.
    """

    factors: tuple[Sources, ...]
    activity: Sources
    groups: tuple[Group, ...]
    sums: pd.DataFrame
    moving: pd.DataFrame
    seed: int

    @property
    def certain(self) -> int:
        """Number that stands for what is certain."""
        return sum(map(len, self.factors))

    def totals(self, into: Any, draws: int, threads: int) -> Floats:
        """Return totals under every draw, shape (totals, draws).

        A block of draws is the same whoever computes it, so that the number of threads changes no bit.

        Parameters
        ----------
        into
            Sparse, (totals x parts).
        """
        model = _Model.of(self, into)
        drawn = np.empty((into.shape[0], draws))

        def block(number: int) -> None:
            columns = slice(number * BLOCK, min(draws, (number + 1) * BLOCK))
            drawn[:, columns] = model.block(self, number, columns.stop - columns.start)

        with ThreadPoolExecutor(max_workers=threads) as pool:
            list(pool.map(block, range(-(-draws // BLOCK))))
        return drawn


@dataclass(frozen=True)
class _Piece:
    """Some implied factors of one card with what totals make of them.

    Attributes
    ----------
    sums
        Sparse, (totals x factors): the quantity that each factor is multiplied by.
    pairs
        Position of the factor of each pair of part and factor whose quantity is uncertain.
    moved
        Sparse, (pairs x activity sources): the quantity that moves with each source.
    into
        Sparse, (totals x pairs): what a pair counts in a total.
    """

    group: Group
    sums: Any
    pairs: npt.NDArray[np.int64]
    moved: Any
    into: Any


@dataclass(frozen=True)
class _Model:
    """A constant, and pieces that move."""

    constant: Floats
    pieces: tuple[_Piece, ...]

    @classmethod
    def of(cls, draw: Draw, into: Any) -> _Model:
        from scipy.sparse import csr_array  # noqa: PLC0415  scipy is slow to import; only draws pay for it

        number = sum(len(group.number) for group in draw.groups)
        place = (draw.sums["part"].to_numpy(), draw.sums["factor"].to_numpy())
        whole = csr_array((draw.sums["quantity"].to_numpy(), place), shape=(into.shape[1], number))
        sums = (into @ whole).tocsc()
        used = np.diff(sums.indptr) > 0
        moves = np.zeros(number, dtype=bool)
        moves[draw.moving["factor"].to_numpy(dtype=np.int64)] = True
        constant = np.zeros(into.shape[0])
        pieces: list[_Piece] = []
        for group in draw.groups:
            uncertain = np.any([(part.source != draw.certain).any(axis=1) for part in group.parts.values()], axis=0)
            active = uncertain | moves[group.number]
            for one in _chosen(group, used[group.number] & ~active):
                constant += (sums[:, one.number] @ one.implied(np.ones((draw.certain + 1, 1))))[:, 0]
            moving = _chosen(group, used[group.number] & active)
            pieces += [_piece(one, sums[:, one.number].tocsr(), draw, into) for one in moving]
        return cls(constant, tuple(pieces))

    def block(self, draw: Draw, number: int, draws: int) -> Floats:
        """Return totals under the draws of a block, shape (totals, draws)."""
        ratios = [one.spread.ratios(normals(one.names, draw.seed, number, draws)) for one in draw.factors]
        factors = np.vstack([*ratios, np.ones((1, draws))])
        shifts = draw.activity.spread.ratios(normals(draw.activity.names, draw.seed, number, draws)) - 1
        totals: Floats = np.repeat(self.constant[:, None], draws, axis=1)
        for piece in self.pieces:
            implied = piece.group.implied(factors)
            totals += piece.sums @ implied
            if len(piece.pairs):
                totals += piece.into @ ((piece.moved @ shifts) * implied[piece.pairs])
        return totals


def _chosen(group: Group, which: npt.NDArray[np.bool_]) -> Sequence[Group]:
    """Return some factors of a group in groups that are not too large."""
    places = np.flatnonzero(which)
    return [group.chosen(places[start : start + _FACTORS]) for start in range(0, len(places), _FACTORS)]


def _piece(group: Group, sums: Any, draw: Draw, into: Any) -> _Piece:
    from scipy.sparse import csr_array  # noqa: PLC0415

    own = draw.moving[np.isin(draw.moving["factor"].to_numpy(), group.number)]
    place = np.searchsorted(group.number, own["factor"].to_numpy())
    code, pair = np.unique(own["part"].to_numpy() * len(group.number) + place, return_inverse=True)
    shape = (len(code), len(draw.activity))
    moved = csr_array((own["quantity"].to_numpy(), (pair, own["source"].to_numpy())), shape=shape)
    return _Piece(group, sums, code % len(group.number), moved, into[:, code // len(group.number)])
