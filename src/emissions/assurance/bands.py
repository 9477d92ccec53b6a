"""Bands of totals: many draws of factor rows, measured values and activity data, each drawn once for all it serves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.assurance.implied import distinct_factors, groups_of
from emissions.assurance.model import Draw
from emissions.assurance.sources import Sources, activity_sources, factor_sources, measured_sources
from emissions.assurance.totals import Totals, described, summed, totals_of
from emissions.engine import Run
from emissions.engine.arguments import MEASURED
from emissions.engine.run import counts
from emissions.errors import Problem, ResultError
from emissions.inventory.tables import KEY_FIELDS
from emissions.methods import Card, load_cards

Numbers = npt.NDArray[np.int64]
QUANTILES = (0.025, 0.5, 0.975)
LINE_FIELDS = ("category", "substance", "stream", "card")
_TOGETHER = 2**25
"""Totals x draws held at one time."""


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
    Collection and operating rates of devices do not move either; where a key states none the published efficiency is
    taken whole, and a note of the run (``efficiency_taken_whole``) says for how many lines.

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
    lines = run.kind_lines
    rows = np.flatnonzero(counts(lines.table).to_numpy(dtype=bool) & (lines.keys_of_kind[lines.kind] > 0))
    distinct = distinct_factors(run, rows)
    published, measured, source = _factor_sources(run, distinct.matches, level)
    certain = len(published) + len(measured)
    groups, known = groups_of(run, distinct, load_cards() if cards is None else cards, source, certain)
    activity, weights = activity_sources(run, level)
    totals = totals_of(run, rows, columns, roll_up=roll_up)
    sums = summed(totals, distinct.of_row)
    moving = _moving(totals, distinct.of_row, weights)
    draw = Draw((published, measured), activity, groups, sums, moving, seed)
    said = described(totals, sums, distinct.of_row, known, weights["key"].to_numpy(dtype=np.int64))
    bands = _bands(draw, totals, draws, threads or os.cpu_count() or 1)
    table = pd.concat([totals.columns, said, bands], axis=1)
    assumed = published.assumed + measured.assumed + activity.assumed
    return Uncertainty(table, columns, draws, seed, level, len(published), len(measured), len(activity), assumed)


def _checked(run: Run, by: Sequence[str], draws: int, level: float) -> tuple[str, ...]:
    known = [*LINE_FIELDS, *(name for name in KEY_FIELDS if name in run.keys)]
    problems = [Problem("unknown_column", found=name, allowed=", ".join(known)) for name in by if name not in known]
    problems += [Problem("too_few_draws", found=str(draws))] if draws < 2 else []
    problems += [] if 0 < level < 1 else [Problem("no_level", found=f"{level:g}")]
    if problems:
        raise ResultError(problems)
    return tuple(dict.fromkeys([*by, *([] if "substance" in by else ["substance"])]))


def _factor_sources(run: Run, matches: pd.DataFrame, level: float) -> tuple[Sources, Sources, Numbers]:
    """Return the sources among factor rows and measured values, and the number of the source of each match."""
    row = matches["row"].to_numpy(dtype=np.int64)
    is_measured = matches["origin"].to_numpy() == MEASURED
    published = factor_sources(run, np.unique(row[~is_measured]), level)
    measured = measured_sources(run, np.unique(row[is_measured]), level)
    certain = len(published) + len(measured)
    source = np.full(len(matches), certain, dtype=np.int64)
    for found, own, start in ((published, ~is_measured, 0), (measured, is_measured, len(published))):
        of_row = np.full(int(row.max(initial=0)) + 1, certain, dtype=np.int64)
        of_row[found.of] = start + np.arange(len(found))
        source[own] = of_row[row[own]]
    return published, measured, source


def _moving(totals: Totals, factor: Numbers, weights: pd.DataFrame) -> pd.DataFrame:
    """Return part, factor, source, quantity of the lines whose quantity is uncertain."""
    still = np.ones(len(totals.place), dtype=bool)
    still[weights["key"].to_numpy(dtype=np.int64)] = False
    key, number = totals.lines.without_keys(still).keys_of(totals.rows)
    part = totals.part(totals.group[number], totals.place[key])
    return pd.DataFrame({"key": key, "part": part, "factor": factor[number]}).merge(weights, on="key")


def _bands(draw: Draw, totals: Totals, draws: int, threads: int) -> pd.DataFrame:
    """Return mean, standard deviation and quantiles of totals, so many totals at a time as memory allows."""
    step = max(1, _TOGETHER // draws)
    parts = []
    for start in range(0, len(totals.columns), step):
        drawn = draw.totals(totals.into[start : start + step], draws, threads)
        ends = np.quantile(drawn, QUANTILES, axis=1)
        columns = {"mean": drawn.mean(axis=1), "sd": drawn.std(axis=1, ddof=1)}
        parts.append(pd.DataFrame(columns | {f"q{one:g}": ends[place] for place, one in enumerate(QUANTILES)}))
    names = ["mean", "sd", *(f"q{one:g}" for one in QUANTILES)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)
