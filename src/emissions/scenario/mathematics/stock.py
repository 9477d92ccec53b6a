"""Turnover of a stock (vehicles, boilers, kilns) by vintage: what survives, what is scrapped, what must be bought."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.paths import path_values
from emissions.scenario.mathematics.survival import checked_survival, survival_at

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turnover:
    """A stock by year and vintage, and what entered and left it.

    Parameters
    ----------
    years
        Base year and the years after it, shape (t + 1,).
    vintages
        Years in which the cohorts were sold, shape (v,); the first one means "or older".
    stock
        Stock at the end of each year by vintage, shape (t + 1, v), unit of the stock.
    sales
        Sales in each year after the base, shape (t,).
    retired
        What left in each year after the base, by vintage, shape (t, v): worn out and scrapped.
    scrapped
        The part of it that was scrapped by force, shape (t, v).
    above_target
        Stock in excess of the target, shape (t,): survivors that no sale can lower.
    """

    years: tuple[int, ...]
    vintages: tuple[int, ...]
    stock: Floats
    sales: Floats
    retired: Floats
    scrapped: Floats
    above_target: Floats

    def table(self) -> pd.DataFrame:
        """Return stock, sales, retirement, forced scrapping and excess of each year, in the unit of the stock.

        Sales and what leaves are NaN in the base year: only its stock is known.
        """
        blank = [np.nan]
        return pd.DataFrame(
            {
                "stock": self.stock.sum(axis=1),
                "sales": np.concatenate([blank, self.sales]),
                "retired": np.concatenate([blank, self.retired.sum(axis=1)]),
                "scrapped": np.concatenate([blank, self.scrapped.sum(axis=1)]),
                "above_target": np.concatenate([blank, self.above_target]),
            },
            index=pd.Index(self.years, name="year"),
        )


def turn_over(
    base_year: int,
    stock: npt.ArrayLike,
    survival: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    allowed: npt.ArrayLike | None = None,
) -> Turnover:
    """Return the stock of each year by vintage when a total has to be met.

    What is left of a cohort is what was there times its survival from one age to the next; sales are the target
    less what is left, and never negative: where more is left than the target, the rest is told (``above_target``).

    Parameters
    ----------
    base_year
        Year of the stock given.
    stock
        Stock at its end by age 0, 1, 2 ...; the last age means "or older" and survives as that age does.
    survival
        Share of a cohort left at the ages 0, 1, 2 ..., 1 at age 0; beyond the last age each year keeps what the
        last year of the table kept.
    target
        Total stock of each year after the base, shape (t,), unit of the stock.
    allowed
        Share of the survivors that may still run, by year after the base and vintage, shape (t, v), never rising
        in time (:func:`forced_scrapping`); all of them if not given.

    Returns
    -------
    Turnover
        Stock, sales and retirement in the unit of the stock.

    Raises
    ------
    ScenarioError
        A stock or a target is negative or not finite; there is stock of an age that nothing survives to; the
        survival breaks its rules; the allowed shares rise or leave the range from 0 to 1.

    Notes
    -----
    Stock turnover of end-use models such as LEAP: ``stock_t(v) = sales_v x S(t - v)``.

    Examples
    --------
    >>> found = turn_over(2020, [10.0, 10.0], [1.0, 0.5, 0.25], [20.0, 20.0])
    >>> found.stock.tolist()
    [[10.0, 10.0, 0.0, 0.0], [5.0, 5.0, 10.0, 0.0], [2.5, 2.5, 5.0, 10.0]]
    >>> found.sales.tolist()
    [10.0, 10.0]
    """
    start, wanted = np.asarray(stock, dtype=np.float64)[::-1], np.asarray(target, dtype=np.float64)
    steps, old = len(wanted), len(start)
    vintages = np.arange(base_year - old + 1, base_year + steps + 1)
    shares = _allowed(allowed, steps, len(vintages))
    _check_stock(start, wanted, checked_survival(survival))
    rows = np.zeros((steps + 1, len(vintages)))
    rows[0, :old] = start
    worn, scrapped = np.zeros((steps, len(vintages))), np.zeros((steps, len(vintages)))
    sales, above = np.zeros(steps), np.zeros(steps)
    keep = _yearly_survival(survival, base_year, vintages, steps)
    before = np.ones(len(vintages))
    for step in range(steps):
        living = rows[step] * keep[step]
        left = living * np.divide(shares[step], before, out=np.zeros_like(before), where=before > 0)
        worn[step], scrapped[step] = rows[step] - living, living - left
        # exact, so that years that come later change no bit
        gap = wanted[step] - math.fsum(left)
        sales[step], above[step] = max(gap, 0.0), max(-gap, 0.0)
        left[old + step] = sales[step]
        rows[step + 1], before = left, shares[step]
    years = tuple(range(base_year, base_year + steps + 1))
    return Turnover(years, tuple(vintages.tolist()), rows, sales, worn + scrapped, scrapped, above)


def forced_scrapping(
    years: Sequence[int], vintages: Sequence[int], last_vintage: int, start: int, full: int, remaining: float = 0.0
) -> Floats:
    """Return the share of the survivors of old cohorts that may still run in each year.

    Parameters
    ----------
    years
        Years after the base, shape (t,).
    vintages
        Vintages, shape (v,).
    last_vintage
        Cohorts sold in this year or before are cut, later ones are not.
    start, full
        Year in which the cut begins and year from which it is complete; in between it is straight, from 1 in the
        year before the start.
    remaining
        Share of the survivors left when the cut is complete (no unit).

    Returns
    -------
    numpy.ndarray
        Shares (no unit), shape (t, v), never rising in time. Two cuts are multiplied.

    Raises
    ------
    ScenarioError
        The end lies before the start, or the remaining share is not from 0 to 1.

    Examples
    --------
    >>> forced_scrapping([2021, 2022, 2023], [2010, 2015], last_vintage=2012, start=2022, full=2023).tolist()
    [[1.0, 1.0], [0.5, 1.0], [0.0, 1.0]]
    """
    problems = [Problem("end_before_start", found=f"{start}-{full}")] if full < start else []
    problems += [Problem("share_outside_range", found=str(remaining))] if not 0 <= remaining <= 1 else []
    if problems:
        raise ScenarioError(problems)
    path = path_values({start - 1: 1.0, full: remaining}, years, base=1.0).values
    return np.where(np.asarray(vintages) <= last_vintage, path[:, None], 1.0)


def stage_of_vintage(vintages: Sequence[int], first_years: Mapping[int, int]) -> npt.NDArray[np.int64]:
    """Return the emission stage of each vintage.

    Parameters
    ----------
    vintages
        Years of sale, shape (v,).
    first_years
        Stage -> first year in which it was sold.

    Returns
    -------
    numpy.ndarray
        Stage of each vintage, shape (v,): the latest that had begun.

    Raises
    ------
    ScenarioError
        A vintage is older than every stage, or a higher stage begins before a lower one.

    Examples
    --------
    >>> stage_of_vintage([2009, 2013, 2016], {0: 2000, 1: 2010, 2: 2014}).tolist()
    [0, 1, 2]
    """
    stages = np.array(sorted(first_years), dtype=np.int64)
    begins = np.array([first_years[int(stage)] for stage in stages], dtype=np.int64)
    problems = [Problem("stage_out_of_order", found=str(stage)) for stage in stages[1:][np.diff(begins) <= 0].tolist()]
    early = [str(year) for year in vintages if not len(begins) or year < begins.min()]
    problems += [Problem("vintage_without_stage", found=year) for year in early]
    if problems:
        raise ScenarioError(problems)
    return np.asarray(stages[np.searchsorted(begins, np.asarray(vintages), side="right") - 1])


def stock_by_stage(turnover: Turnover, first_years: Mapping[int, int]) -> pd.DataFrame:
    """Return the stock of each year by emission stage.

    Parameters
    ----------
    turnover
        Stock by vintage.
    first_years
        As in :func:`stage_of_vintage`; the oldest vintage ("or older") counts as of its own year.

    Returns
    -------
    pandas.DataFrame
        A row a year, a column a stage that has vintages, unit of the stock.

    Raises
    ------
    ScenarioError
        As in :func:`stage_of_vintage`.

    Examples
    --------
    >>> found = turn_over(2020, [10.0, 10.0], [1.0, 0.5, 0.25], [20.0])
    >>> stock_by_stage(found, {4: 2000, 5: 2020, 6: 2021}).loc[2021].tolist()
    [5.0, 5.0, 10.0]
    """
    stages = stage_of_vintage(turnover.vintages, first_years)
    wide = pd.DataFrame(turnover.stock.T, columns=pd.Index(turnover.years, name="year"))
    return wide.groupby(pd.Series(stages, name="stage")).sum().T


# ---------------------------------------------------------------- steps


def _yearly_survival(survival: npt.ArrayLike, base_year: int, vintages: npt.NDArray[np.int64], steps: int) -> Floats:
    """Return what one year leaves of each vintage, shape (t, v); cohorts not yet sold keep nothing."""
    ages = base_year + np.arange(steps)[:, None] - vintages
    now, then = survival_at(survival, np.maximum(ages, 0)), survival_at(survival, np.maximum(ages + 1, 0))
    return np.divide(then, now, out=np.zeros_like(then), where=(now > 0) & (ages >= 0))


def _allowed(allowed: npt.ArrayLike | None, steps: int, count: int) -> Floats:
    if allowed is None:
        return np.ones((steps, count))
    shares = np.asarray(allowed, dtype=np.float64)
    if shares.shape != (steps, count):
        raise ValueError(f"allowed shares of shape {shares.shape}: {(steps, count)} is wanted")
    inside = np.isfinite(shares) & (shares >= 0) & (shares <= 1)
    problems = [] if inside.all() else [Problem("share_outside_range", found=str(float(shares[~inside][0])))]
    problems += [Problem("scrapping_taken_back")] if (np.diff(shares, axis=0) > 0).any() else []
    if problems:
        raise ScenarioError(problems)
    return shares


def _check_stock(start: Floats, wanted: Floats, survival: Floats) -> None:
    """Raise with every stock that cannot be; ``start`` runs from the oldest age to age 0."""
    ages = np.arange(len(start))[::-1]
    wrong = {"stock": ~(np.isfinite(start) & (start >= 0)), "target": ~(np.isfinite(wanted) & (wanted >= 0))}
    given = {"stock": start, "target": wanted}
    problems = [
        Problem("stock_negative", found=str(value), facts={"what": name})
        for name, bad in wrong.items()
        for value in given[name][bad].tolist()
    ]
    dead = (survival_at(survival, ages) == 0) & (start > 0)
    problems += [Problem("stock_beyond_survival", found=str(age)) for age in sorted(ages[dead].tolist())]
    if problems:
        raise ScenarioError(problems)
