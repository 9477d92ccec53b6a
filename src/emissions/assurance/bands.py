"""Bands of totals: many draws of factor rows, measured values and activity data, each drawn once for all it serves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.assurance.implied import Group, Implied, implied_factors
from emissions.assurance.sources import Sources, activity_sources, factor_sources, measured_sources, used_rows
from emissions.assurance.spread import Floats
from emissions.assurance.streams import BLOCK, normals
from emissions.engine import Run
from emissions.engine.arguments import MEASURED, PUBLISHED
from emissions.engine.total import exact_sums
from emissions.errors import Problem, ResultError
from emissions.inventory.gwp import gwp_values
from emissions.inventory.tables import KEY_FIELDS, with_key
from emissions.methods import Card, load_cards
from emissions.vocabulary import load_vocabulary

QUANTILES = (0.025, 0.5, 0.975)
LINE_FIELDS = ("category", "substance", "stream", "card")
_TOGETHER = 2**25
"""Totals x draws held at one time."""
_FACTORS = 2_048
"""Implied factors evaluated at one time: bounds the memory, not the result."""


@dataclass(frozen=True)
class Uncertainty:
    """Bands of totals.

    Attributes
    ----------
    table
        One row a total: the columns asked for, ``emission`` (t, as in the inventory), ``mean``, ``sd`` and one column
        a quantile (``q0.025`` ..., t); ``lines`` (number), and shares of the sum of the sizes of the lines:
        ``known`` (all factors have bounds), ``partly`` (some have), ``unknown`` (none has), ``activity`` (of
        quantities with bounds).
    by
        Columns asked for.
    draws, seed, level
        As given.
    factors, measured, activity
        Numbers of factor rows, measured values and activity rows that were drawn.
    assumed
        How many of these state bounds but not their level.
    """

    table: pd.DataFrame
    by: tuple[str, ...]
    draws: int
    seed: int
    level: float
    factors: int
    measured: int
    activity: int
    assumed: int


def uncertainty(
    run: Run,
    by: Sequence[str] = ("year", "substance"),
    *,
    draws: int = 10_000,
    seed: int = 1,
    level: float = 0.95,
    roll_up: bool = False,
    threads: int | None = None,
    cards: Mapping[str, Card] | None = None,
) -> Uncertainty:
    """Return bands of totals from the stated uncertainty of what they were computed from.

    Each factor row is drawn once a run for all lines that use it, so that lines that share a row move together;
    rows are independent of each other. Formulas are evaluated anew for every draw. A value without bounds does not
    move: the band says nothing about it, and the columns ``known``, ``partly`` and ``unknown`` say how much that is.

    Parameters
    ----------
    by
        Of ``category``, ``substance`` (always taken), ``stream``, ``card``, and key columns such as ``region`` and
        ``year``. Totals of greenhouse gases are added as ``CO2e (<metric>)``.
    draws
        Number of draws.
    seed
        The same seed gives the same bits, for any number of threads; the draws of a factor row depend on the seed and
        its id only.
    level
        Level of bounds that state none, such as those of a workbook.
    roll_up
        Give categories above those of the lines too.
    threads
        As many as there are processors if not given.
    cards
        Others than those of the package.

    Raises
    ------
    ResultError
        An unknown column, fewer than two draws, or a level that is none.

    Examples
    --------
    >>> import emissions as em
    >>> run = em.load("2020-inventory")  # doctest: +SKIP
    >>> em.uncertainty(run, by=("year", "substance")).table  # doctest: +SKIP
    """
    columns = _checked(run, by, draws, level)
    lines = run.counted
    chosen = run.matches[np.isin(run.matches["line"].to_numpy(), lines.index.to_numpy())]
    published = factor_sources(run, used_rows(chosen, measured=False), level)
    measured = measured_sources(run, used_rows(chosen, measured=True), level)
    origin = [PUBLISHED] * len(published) + [MEASURED] * len(measured)
    rows = [*published.of.tolist(), *measured.of.tolist()]
    factor_of = {pair: number for number, pair in enumerate(zip(origin, rows, strict=True))}
    implied = implied_factors(run, lines, load_cards() if cards is None else cards, factor_of, len(rows))
    activity, weights = activity_sources(run, level)
    entries, groups = _entries(run, lines, columns, roll_up=roll_up)
    entries = entries.assign(implied=implied.of_line[entries["line"].to_numpy()])
    task = _Task((published, measured), activity, weights, implied, draws, seed, threads or os.cpu_count() or 1)
    table = pd.concat(
        [groups, _described(entries, groups, implied, weights), _bands(task, entries, len(groups))], axis=1
    )
    assumed = published.assumed + measured.assumed + activity.assumed
    sizes = len(published), len(measured), len(activity)
    return Uncertainty(table, columns, draws, seed, level, *sizes, assumed)


def _checked(run: Run, by: Sequence[str], draws: int, level: float) -> tuple[str, ...]:
    known = [*LINE_FIELDS, *(name for name in KEY_FIELDS if name in run.keys)]
    problems = [Problem("unknown_column", found=name, allowed=", ".join(known)) for name in by if name not in known]
    problems += [Problem("too_few_draws", found=str(draws))] if draws < 2 else []
    problems += [] if 0 < level < 1 else [Problem("no_level", found=f"{level:g}")]
    if problems:
        raise ResultError(problems)
    return tuple(dict.fromkeys([*by, *([] if "substance" in by else ["substance"])]))


# ---------------------------------------------------------------- lines to totals


def _entries(run: Run, lines: pd.DataFrame, by: Sequence[str], *, roll_up: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return line, key, total, quantity (as it counts in the total) and emission; and the totals with their columns."""
    table = with_key(run, lines, by)
    table = table.assign(line=np.arange(len(table)), weight=1.0, substance=table["substance"].astype(str))
    values = gwp_values(run.gwp, table["substance"].unique())
    gases = table[table["substance"].isin(values)]
    gases = gases.assign(weight=gases["substance"].map(values).astype("float64"), substance=f"CO2e ({run.gwp})")
    table = pd.concat([table, gases], ignore_index=True)
    if roll_up and "category" in by:
        graph = load_vocabulary().category_graph
        above = {word: list(graph.ancestors(str(word))) for word in table["category"].unique()}
        names = table["category"].map(above)
        table = table.assign(category=names).explode("category", ignore_index=True)
    groups = table.groupby(list(by), sort=True, observed=True, dropna=False)
    total = groups.ngroup().to_numpy(dtype=np.int64)
    first = np.unique(total, return_index=True)[1]
    entries = pd.DataFrame(
        {
            "line": table["line"].to_numpy(dtype=np.int64),
            "key": table["key"].to_numpy(dtype=np.int64),
            "total": total,
            "weight": table["weight"].to_numpy(),
            "quantity": table["quantity"].to_numpy(dtype=np.float64) * table["weight"].to_numpy(),
            "emission": table["emission"].to_numpy(dtype=np.float64) * table["weight"].to_numpy(),
        }
    )
    return entries, table[list(by)].iloc[first].reset_index(drop=True)


def _described(entries: pd.DataFrame, groups: pd.DataFrame, implied: Implied, weights: pd.DataFrame) -> pd.DataFrame:
    """Return what the inventory says of each total, and how much of it rests on what has bounds."""
    total, size = entries["total"].to_numpy(), len(groups)
    emission = entries["emission"].to_numpy()
    whole = np.bincount(total, np.abs(emission), size)
    known = implied.known[entries["implied"].to_numpy()]
    moving = np.isin(entries["key"].to_numpy(), weights["key"].to_numpy())
    parts = {"known": known == 2, "partly": known == 1, "unknown": known == 0, "activity": moving}
    with np.errstate(invalid="ignore"):
        shares = {
            name: np.bincount(total, np.where(flags, np.abs(emission), 0.0), size) / whole
            for name, flags in parts.items()
        }
    lines = np.bincount(total, minlength=size)
    return pd.DataFrame({"emission": exact_sums(total, emission, size), "lines": lines, **shares})


# ---------------------------------------------------------------- draws


@dataclass(frozen=True)
class _Task:
    factors: tuple[Sources, ...]
    activity: Sources
    weights: pd.DataFrame
    implied: Implied
    draws: int
    seed: int
    threads: int


def _bands(task: _Task, entries: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return mean, standard deviation and quantiles of totals, so many totals at a time as memory allows."""
    step = max(1, _TOGETHER // task.draws)
    parts = []
    total = entries["total"].to_numpy()
    for start in range(0, size, step):
        stop = min(size, start + step)
        own = entries[(total >= start) & (total < stop)]
        drawn = _drawn(task, own.assign(total=own["total"] - start), stop - start)
        ends = np.quantile(drawn, QUANTILES, axis=1)
        columns = {"mean": drawn.mean(axis=1), "sd": drawn.std(axis=1, ddof=1)}
        parts.append(pd.DataFrame(columns | {f"q{one:g}": ends[place] for place, one in enumerate(QUANTILES)}))
    names = ["mean", "sd", *(f"q{one:g}" for one in QUANTILES)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)


def _drawn(task: _Task, entries: pd.DataFrame, size: int) -> Floats:
    """Return totals under every draw, shape (totals, draws); a block of draws is the same whoever computes it."""
    model = _Model.of(task, entries, size)
    drawn = np.empty((size, task.draws))

    def block(number: int) -> None:
        columns = slice(number * BLOCK, min(task.draws, (number + 1) * BLOCK))
        drawn[:, columns] = model.totals(task, number, columns.stop - columns.start)

    with ThreadPoolExecutor(max_workers=task.threads) as pool:
        list(pool.map(block, range(-(-task.draws // BLOCK))))
    return drawn


@dataclass(frozen=True)
class _Piece:
    """Some implied factors of one card with what totals make of them.

    Attributes
    ----------
    sums
        Sparse, (totals x factors): the quantity that each factor is multiplied by.
    pairs
        Position of the factor of each pair of total and factor whose quantity is uncertain.
    moved
        Sparse, (pairs x activity sources): the quantity that moves with each source.
    into
        Sparse, (totals x pairs): 1 where a pair belongs to a total.
    """

    group: Group
    sums: Any
    pairs: npt.NDArray[np.int64]
    moved: Any
    into: Any


@dataclass(frozen=True)
class _Model:
    """Totals as a function of the draws: a constant, and pieces that move."""

    constant: Floats
    pieces: tuple[_Piece, ...]

    @classmethod
    def of(cls, task: _Task, entries: pd.DataFrame, size: int) -> _Model:
        certain = sum(map(len, task.factors))
        moving = entries.merge(task.weights.rename(columns={"quantity": "part"}), on="key")
        moving = moving.assign(part=moving["part"] * moving["weight"])
        constant, pieces = np.zeros(size), []
        still = np.ones((certain + 1, 1))
        for whole in task.implied.groups:
            used = np.isin(whole.number, entries["implied"].to_numpy())
            uncertain = np.any([(part.source != certain).any(axis=1) for part in whole.parts.values()], axis=0)
            active = used & (uncertain | np.isin(whole.number, moving["implied"].to_numpy()))
            for which, moves in ((used & ~active, False), (active, True)):
                places = np.flatnonzero(which)
                for start in range(0, len(places), _FACTORS):
                    group = whole.chosen(places[start : start + _FACTORS])
                    sums = _sums(entries, group, size)
                    if moves:
                        pieces.append(_piece(group, sums, moving, size, len(task.activity)))
                    else:
                        constant += (sums @ group.implied(still))[:, 0]
        return cls(constant, tuple(pieces))

    def totals(self, task: _Task, block: int, draws: int) -> Floats:
        """Return totals under the draws of a block, shape (totals, draws)."""
        ratios = [one.spread.ratios(normals(one.names, task.seed, block, draws)) for one in task.factors]
        factors = np.vstack([*ratios, np.ones((1, draws))])
        shifts = task.activity.spread.ratios(normals(task.activity.names, task.seed, block, draws)) - 1
        totals = np.repeat(self.constant[:, None], draws, axis=1)
        for piece in self.pieces:
            implied = piece.group.implied(factors)
            totals += piece.sums @ implied
            if len(piece.pairs):
                moved = (piece.moved @ shifts) * implied[piece.pairs]
                totals += piece.into @ moved
        return totals


def _sums(entries: pd.DataFrame, group: Group, size: int) -> Any:
    from scipy.sparse import csr_array  # noqa: PLC0415  scipy is slow to import; only draws pay for it

    own = entries[np.isin(entries["implied"].to_numpy(), group.number)]
    place = np.searchsorted(group.number, own["implied"].to_numpy())
    shape = (size, len(group.number))
    return csr_array((own["quantity"].to_numpy(), (own["total"].to_numpy(), place)), shape=shape)


def _piece(group: Group, sums: Any, moving: pd.DataFrame, size: int, sources: int) -> _Piece:
    from scipy.sparse import csr_array  # noqa: PLC0415

    own = moving[np.isin(moving["implied"].to_numpy(), group.number)]
    place = np.searchsorted(group.number, own["implied"].to_numpy())
    code, pair = np.unique(own["total"].to_numpy() * len(group.number) + place, return_inverse=True)
    number = len(code)
    moved = csr_array((own["part"].to_numpy(), (pair, own["source"].to_numpy())), shape=(number, sources))
    into = csr_array((np.ones(number), (code // len(group.number), np.arange(number))), shape=(size, number))
    return _Piece(group, sums, code % len(group.number), moved, into)
