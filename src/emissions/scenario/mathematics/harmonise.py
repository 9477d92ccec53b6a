"""Make a modelled path meet an observed base year, and say how far apart the two were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError

Floats = npt.NDArray[np.float64]
Method = Literal["ratio", "reduce_ratio", "offset", "reduce_offset"]

LARGEST_RATIO = 1.5
"""Ratio of observed to modelled (or its inverse) beyond which the two are not the same thing."""


@dataclass(frozen=True, slots=True)
class Harmonised:
    """Paths that meet the observed base year.

    Parameters
    ----------
    values
        Harmonised paths, shape (rows, t), unit of the paths.
    ratio
        Observed over modelled in the base year, shape (rows,); 1 where both are 0, infinite where only the modelled
        value is.
    offset
        Observed less modelled in the base year, shape (rows,), unit of the paths.
    method
        How the paths were moved.
    below_zero
        Rows that an offset has pushed below 0 where the modelled path is not: a ratio is the better method there.
    """

    values: Floats
    ratio: Floats
    offset: Floats
    method: Method
    below_zero: tuple[str, ...]


def harmonise(
    years: Sequence[int],
    modelled: npt.ArrayLike,
    base_year: int,
    observed: npt.ArrayLike,
    method: Method = "ratio",
    *,
    rows: Sequence[str],
    until: int | None = None,
    any_ratio: bool = False,
) -> Harmonised:
    """Return modelled paths moved so that they meet the observed values of a base year.

    With r the ratio and d the offset of the base year, and f falling straight from 1 in the base year to 0 in
    ``until``: ``ratio`` r m, ``reduce_ratio`` m (1 + (r - 1) f), ``offset`` m + d, ``reduce_offset`` m + d f. Years
    before the base year are moved in full. Where both values are 0 the path is left as it is.

    Parameters
    ----------
    years
        Years of the paths, shape (t,); one of them is the base year.
    modelled
        Paths, shape (rows, t): one for each sector, fuel and substance, within one boundary.
    base_year
        Year in which they must meet the observed values.
    observed
        Observed values, shape (rows,), unit of the paths.
    method
        One of the four.
    rows
        Names of the paths, for the messages.
    until
        Year in which a reducing method ends; needed by those only.
    any_ratio
        Whether a ratio beyond 1.5 or below 1/1.5 is accepted; otherwise it is refused, with every path that has one.

    Returns
    -------
    Harmonised
        The paths, and always the ratios.

    Raises
    ------
    ScenarioError
        The base year is not among the years; a value is not finite; a ratio is beyond the bound and that was not
        asked for; a ratio method and a modelled value of 0; a reducing method without an end after the base year.

    Notes
    -----
    Gidden et al. (2018), Environmental Modelling and Software 105, for the four methods.

    Examples
    --------
    >>> found = harmonise([2020, 2030], [[100.0, 50.0]], 2020, [110.0], "reduce_ratio", rows=["coal"], until=2040)
    >>> found.values.round(6).tolist(), found.ratio.tolist()
    ([[110.0, 52.5]], [1.1])
    """
    if method not in get_args(Method):
        raise ValueError(f"method {method!r} is none of {', '.join(get_args(Method))}")
    paths, history = np.asarray(modelled, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if paths.shape != (len(rows), len(years)) or history.shape != (len(rows),):
        raise ValueError(f"paths {paths.shape}, observed {history.shape}: {(len(rows), len(years))} is wanted")
    fade = _fade(years, base_year, until, method)
    base = paths[:, list(years).index(base_year)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((base == 0) & (history == 0), 1.0, history / base)
    _check(paths, history, ratio, rows, any_ratio=any_ratio, by_ratio="ratio" in method)
    offset = history - base
    values = paths * (1 + (ratio[:, None] - 1) * fade) if "ratio" in method else paths + offset[:, None] * fade
    values[:, list(years).index(base_year)] = history
    below = ((values < 0) & (paths >= 0)).any(axis=1)
    return Harmonised(values, ratio, offset, method, tuple(rows[one] for one in np.flatnonzero(below).tolist()))


def _fade(years: Sequence[int], base_year: int, until: int | None, method: Method) -> Floats:
    """Return how much of the correction applies in each year."""
    problems = [] if base_year in years else [Problem("base_year_missing", found=str(base_year))]
    if "reduce" not in method:
        fade = np.ones(len(years))
    elif until is None or until <= base_year:
        problems.append(Problem("harmonise_without_end", found=str(until or ""), facts={"base": str(base_year)}))
    else:
        fade = np.clip(1 - (np.asarray(years, dtype=np.float64) - base_year) / (until - base_year), 0.0, 1.0)
    if problems:
        raise ScenarioError(problems)
    return fade


def _check(
    paths: Floats, history: Floats, ratio: Floats, rows: Sequence[str], *, any_ratio: bool, by_ratio: bool
) -> None:
    """Raise with every path that cannot be, or must not be, harmonised."""
    broken = ~(np.isfinite(paths).all(axis=1) & np.isfinite(history))
    problems = [Problem("harmonise_not_finite", found=rows[one]) for one in np.flatnonzero(broken).tolist()]
    nothing = np.isinf(ratio) & ~broken & by_ratio
    problems += [Problem("harmonise_from_zero", found=rows[one]) for one in np.flatnonzero(nothing).tolist()]
    beyond = ~((ratio <= LARGEST_RATIO) & (ratio >= 1 / LARGEST_RATIO)) & ~broken & ~nothing
    if not any_ratio:
        problems += [
            Problem("harmonise_ratio", found=f"{ratio[one]:.4g}", facts={"row": rows[one], "bound": f"{LARGEST_RATIO}"})
            for one in np.flatnonzero(beyond).tolist()
        ]
    if problems:
        raise ScenarioError(problems)
