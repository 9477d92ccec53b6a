"""Shares of a technology (new-energy vehicles) in the sales and in the stock of a turnover."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.stock import Turnover

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SalesShare:
    """The share of sales that reaches a share of the stock.

    Parameters
    ----------
    sales_share
        Share of the sales of each year after the base, shape (t,).
    level
        The number found: the share of sales once the profile is 1. It is 0 where the stock gets there without.
    stock_share
        Share of the stock reached in the year of the target.
    """

    sales_share: Floats
    level: float
    stock_share: float


def technology_stock(turnover: Turnover, base_share: npt.ArrayLike, sales_share: npt.ArrayLike) -> Floats:
    """Return the stock of a technology that survives as the others do.

    Parameters
    ----------
    turnover
        Stock by vintage of all technologies together.
    base_share
        Share of the technology in each cohort of the base year, oldest vintage first (no unit); one number for all.
    sales_share
        Share of the sales of each year after the base, shape (t,) (no unit).

    Returns
    -------
    numpy.ndarray
        Stock of the technology by year and vintage, shape (t + 1, v), unit of the stock.

    Raises
    ------
    ScenarioError
        A share is not from 0 to 1.

    Examples
    --------
    >>> from emissions.scenario.mathematics.stock import turn_over
    >>> fleet = turn_over(2020, [10.0, 10.0], [1.0, 0.5, 0.25], [20.0, 20.0])
    >>> technology_stock(fleet, 0.0, [0.2, 0.4]).sum(axis=1).tolist()
    [0.0, 2.0, 5.0]
    """
    return turnover.stock * _by_vintage(turnover, base_share, sales_share)


def sales_share_for_stock(
    turnover: Turnover,
    base_share: npt.ArrayLike,
    stock_share: float,
    year: int,
    *,
    start: int,
    before: npt.ArrayLike,
    profile: Sequence[float] | None = None,
) -> SalesShare:
    """Return the share of sales, from a year on, that gives a technology its share of the stock in a year.

    Twenty percent of sales is far from twenty percent of the stock: the two kinds of target are not the same.

    Parameters
    ----------
    turnover, base_share
        As in :func:`technology_stock`.
    stock_share
        Share of the stock to be reached (no unit).
    year
        Year in which it is to be reached.
    start
        First year whose sales are changed.
    before
        Share of the sales in each year after the base as it would be, shape (t,); used for the years before the
        start.
    profile
        Rise of the share from the start on, one number from 0 to 1 for each year from the start to the last year;
        1 throughout if not given.

    Returns
    -------
    SalesShare
        The shares found (no unit). At and after the start they are level x profile.

    Raises
    ------
    ScenarioError
        More than all sales would be needed (the message tells what all sales reach), a year is outside the
        turnover, the start lies after the target year, or a share is not from 0 to 1.

    Examples
    --------
    >>> from emissions.scenario.mathematics.stock import turn_over
    >>> fleet = turn_over(2020, [10.0, 10.0], [1.0, 0.5, 0.25], [20.0, 20.0])
    >>> sales_share_for_stock(fleet, 0.0, 0.25, 2022, start=2021, before=[0.0, 0.0]).level.__round__(6)
    0.333333
    """
    _check_years(turnover, year, start, stock_share)
    first = start - turnover.years[0] - 1
    shares = np.array(before, dtype=np.float64)
    rise = np.ones(len(shares) - first) if profile is None else np.asarray(profile, dtype=np.float64)
    if len(rise) != len(shares) - first:
        raise ValueError(f"a profile of {len(rise)} years for {len(shares) - first}")
    row = turnover.stock[turnover.years.index(year)]
    shares[first:] = 0.0
    known = math.fsum(row * _by_vintage(turnover, base_share, shares))
    shares[first:] = rise
    most = math.fsum(row * _by_vintage(turnover, base_share, shares))
    wanted = stock_share * math.fsum(row)
    level = 0.0 if wanted <= known else (wanted - known) / (most - known) if most > known else np.inf
    if level > 1:
        best = most / math.fsum(row)
        facts = {"year": str(year), "best": f"{best:.4g}"}
        raise ScenarioError([Problem("stock_share_not_reachable", found=f"{stock_share:.4g}", facts=facts)])
    shares[first:] = level * rise
    total = math.fsum(row)
    reached = math.fsum(row * _by_vintage(turnover, base_share, shares)) / total if total > 0 else stock_share
    return SalesShare(shares, level, reached)


def _check_years(turnover: Turnover, year: int, start: int, stock_share: float) -> None:
    after = turnover.years[1:]
    problems = [Problem("year_outside_turnover", found=str(one)) for one in (start, year) if one not in after]
    problems += [Problem("end_before_start", found=f"{start}-{year}")] if year < start else []
    problems += [Problem("share_outside_range", found=str(stock_share))] if not 0 <= stock_share <= 1 else []
    if problems:
        raise ScenarioError(problems)


def _by_vintage(turnover: Turnover, base_share: npt.ArrayLike, sales_share: npt.ArrayLike) -> Floats:
    """Return the share of the technology in each vintage."""
    sold = np.asarray(sales_share, dtype=np.float64)
    old = len(turnover.vintages) - len(turnover.sales)
    if sold.shape != turnover.sales.shape:
        raise ValueError(f"shares of sales of shape {sold.shape}: {turnover.sales.shape} is wanted")
    shares = np.concatenate([np.broadcast_to(np.asarray(base_share, dtype=np.float64), (old,)), sold])
    outside = ~((shares >= 0) & (shares <= 1))
    if outside.any():
        raise ScenarioError([Problem("share_outside_range", found=str(one)) for one in shares[outside].tolist()])
    return shares
