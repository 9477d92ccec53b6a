"""Values of a path between the years that a scenario states, and levels that grow at stated rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Shape = Literal["linear", "step", "logistic", "constant"]


@dataclass(frozen=True, slots=True)
class PathValues:
    """Values of a path, and which of them no point states.

    Parameters
    ----------
    years
        The years asked for, shape (t,).
    values
        A value a year, shape (t,), unit of the points.
    from_base
        Years before the first point: the value is the base.
    held
        Years after the last point: the last value (or the last rate) is held. Worth a warning.
    """

    years: tuple[int, ...]
    values: Floats
    from_base: Flags
    held: Flags


def path_values(
    points: Mapping[int, float],
    years: Sequence[int],
    shape: Shape = "linear",
    *,
    base: float | None = None,
    cap: float | None = None,
) -> PathValues:
    """Return the value of a path in each year.

    Before the first point stands the base, from the last point on its value. Between two points the value is

    - ``linear``: on the straight line;
    - ``step``: that of the earlier point;
    - ``logistic``: on the S-curve through both, ``ln(f / (1 - f))`` a straight line in time, f the share of the cap;
    - ``constant``: there is one point, and its value holds in every year, also before it.

    Parameters
    ----------
    points
        Year -> value, in any order.
    years
        The years wanted, in any order.
    shape
        How the path runs between two points.
    base
        Value before the first point, unit of the points; needed only where such a year is asked for.
    cap
        Ceiling of the logistic curve, such as 1 or 100 for a share, unit of the points; only for ``logistic``.

    Returns
    -------
    PathValues
        The values and the flags, in the order of the years.

    Raises
    ------
    ScenarioError
        No point; a value is not finite; a year before the first point and no base; several points of a constant;
        a logistic without a cap, or with a point that is not strictly between 0 and the cap (it has no start).

    Notes
    -----
    Logistic growth: ``df/dt = b f (1 - f)``; two points define the line of ``ln(f / (1 - f))``.

    Examples
    --------
    >>> found = path_values({2020: 82.0, 2025: 75.0}, [2018, 2020, 2023, 2030], base=80.0)
    >>> found.values.round(6).tolist(), found.held.tolist()
    ([80.0, 82.0, 77.8, 75.0], [False, False, False, True])
    >>> path_values({2020: 10.0, 2030: 90.0}, [2025], "logistic", cap=100.0).values.round(6).tolist()
    [50.0]
    """
    if shape not in get_args(Shape):
        raise ValueError(f"shape {shape!r} is none of {', '.join(get_args(Shape))}")
    _check_points(points, years, shape, base, cap)
    at = np.array(sorted(points), dtype=np.int64)
    given = np.array([points[int(year)] for year in at], dtype=np.float64)
    when = np.array(years, dtype=np.int64)
    if shape == "constant":
        none = np.zeros(len(when), dtype=np.bool_)
        return PathValues(tuple(years), np.full(len(when), given[0]), none, none)
    before, after = when < at[0], when > at[-1]
    values = _between(at, given, when, shape, cap)
    if base is not None:
        values = np.where(before, base, values)
    return PathValues(tuple(years), values, before, after)


def compound(start: float, base_year: int, rates: Mapping[int, float], years: Sequence[int]) -> PathValues:
    """Return a level that grows at the rate stated for the milestone it is on the way to.

    The rate of a milestone year applies in every year after the milestone before it, up to and with its own; after
    the last milestone its rate goes on (``held``).

    Parameters
    ----------
    start
        Level in the base year, any unit.
    base_year
        Year of the start.
    rates
        Milestone year -> growth per year, as a share: 0.01 is one percent a year.
    years
        The years wanted, none before the base year.

    Returns
    -------
    PathValues
        Levels in the unit of the start.

    Raises
    ------
    ScenarioError
        No rate; a milestone or a year before the base year; a rate at or below -1, or not finite.

    Notes
    -----
    The growth rule of the MobiliseYourCity emissions calculator (rates between milestone years, compounded yearly).

    Examples
    --------
    >>> compound(100.0, 2020, {2022: 0.1, 2030: 0.0}, [2021, 2022, 2025]).values.round(6).tolist()
    [110.0, 121.0, 121.0]
    """
    milestones = sorted(rates)
    problems = [Problem("path_without_points")] if not milestones else []
    problems += [
        Problem("path_before_base_year", found=str(year), facts={"base": str(base_year)})
        for year in [*(one for one in milestones if one <= base_year), *(one for one in years if one < base_year)]
    ]
    problems += [
        Problem("rate_has_no_level", found=str(rate), facts={"year": str(year)})
        for year, rate in rates.items()
        if not (np.isfinite(rate) and rate > -1)
    ]
    if problems:
        raise ScenarioError(problems)
    when = np.array(years, dtype=np.int64)
    edges = np.array([base_year, *milestones], dtype=np.int64)
    lengths = np.diff(edges).astype(np.float64)
    lengths[-1] = np.inf
    spans = np.clip(when[:, None] - edges[:-1], 0, lengths)
    growth = 1 + np.array([rates[one] for one in milestones], dtype=np.float64)
    held = when > milestones[-1]
    return PathValues(tuple(years), start * (growth**spans).prod(axis=1), np.zeros(len(when), dtype=np.bool_), held)


def levels_of_rates(start: float, rates: npt.ArrayLike) -> Floats:
    """Return the levels that yearly growth rates lead to.

    Parameters
    ----------
    start
        Level before the first rate, any unit.
    rates
        Growth in each year, as a share, shape (..., t): the last axis is time, others may be draws.

    Returns
    -------
    numpy.ndarray
        Level at the end of each year, shape (..., t), unit of the start.

    Examples
    --------
    >>> levels_of_rates(100.0, [0.1, 0.0, -0.5]).round(6).tolist()
    [110.0, 110.0, 55.0]
    """
    return np.asarray(start * np.cumprod(1 + np.asarray(rates, dtype=np.float64), axis=-1))


# ---------------------------------------------------------------- steps


def _between(
    at: npt.NDArray[np.int64], given: Floats, when: npt.NDArray[np.int64], shape: Shape, cap: float | None
) -> Floats:
    """Return values on the points and between them; outside, those of the nearest point."""
    if shape == "step":
        return np.asarray(given[np.clip(np.searchsorted(at, when, side="right") - 1, 0, len(at) - 1)])
    if shape == "linear" or cap is None:
        return np.asarray(np.interp(when, at, given))
    odds = np.interp(when, at, np.log(given / (cap - given)))
    exact = dict(zip(at.tolist(), given.tolist(), strict=True))
    values = cap / (1 + np.exp(-odds))
    return np.array([exact.get(year, value) for year, value in zip(when.tolist(), values.tolist(), strict=True)])


def _check_points(
    points: Mapping[int, float], years: Sequence[int], shape: Shape, base: float | None, cap: float | None
) -> None:
    """Raise with everything that is wrong with the points."""
    problems = [Problem("path_without_points")] if not points else []
    problems += [
        Problem("path_value_not_finite", found=str(value), facts={"year": str(year)})
        for year, value in points.items()
        if not np.isfinite(value)
    ]
    if shape == "constant" and len(points) > 1:
        problems.append(Problem("path_constant_with_points", found=", ".join(map(str, sorted(points)))))
    early = [year for year in years if points and year < min(points)] if shape != "constant" else []
    if early and base is None:
        first = str(min(points))
        problems.append(Problem("path_needs_base", found=", ".join(map(str, early)), facts={"first": first}))
    if shape == "logistic":
        problems += _outside(points, cap)
    if problems:
        raise ScenarioError(problems)


def _outside(points: Mapping[int, float], cap: float | None) -> list[Problem]:
    if cap is None:
        return [Problem("path_needs_cap")]
    return [
        Problem("path_outside_cap", found=str(value), facts={"year": str(year), "cap": str(cap)})
        for year, value in points.items()
        if not 0 < value < cap
    ]
