"""Whether emissions have peaked: year, plateau, an exact test of the fall, cumulative emissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.trend import Alternative, FallTest, fall_test

Floats = npt.NDArray[np.float64]
Verdict = Literal["rising", "plateau", "peaked", "not_testable"]
Reason = Literal[
    "maximum_in_last_year", "band_long_enough", "fall_significant", "fall_not_significant", "too_few_years_after"
]

BAND = 0.02
"""Relative distance from the emissions of the peak year within which a year belongs to the plateau."""

PLATEAU_YEARS = 5
"""Years within the band that make a plateau."""

SIGNIFICANCE = 0.05
"""Largest p value of a fall."""

TIE = 1e-12
"""Relative difference of two means that is only rounding."""

YEARS_AFTER: dict[Alternative, int] = {"less": 4, "two-sided": 5}
"""Fewest years after the peak in which the strictest fall is significant: 1/4! = 0.042 and 2/5! = 0.017."""


@dataclass(frozen=True, slots=True)
class Cumulative:
    """Emissions over a span of years.

    Parameters
    ----------
    first, last
        First and last year, both counted.
    sum_of_years
        Sum of the yearly emissions, unit of the emissions x a.
    trapezoid
        Area below the line through the yearly values from the first to the last year, unit of the emissions x a:
        the first and the last year count half.
    """

    first: int
    last: int
    sum_of_years: float
    trapezoid: float


@dataclass(frozen=True, slots=True)
class Peak:
    """Where emissions are highest, and whether that is a peak.

    Parameters
    ----------
    years, emissions
        The series as given.
    smoothed
        Centred three-year means; NaN in the first and the last year, which have none.
    peak_year, peak_value
        Highest year of the three whose mean is highest, or the last year where it is higher than every other; and
        its emissions, not smoothed.
    highest_year, highest_value
        Year of the highest single value, and that value.
    plateau
        First and last year of the unbroken run around the peak year whose emissions lie within ``band`` of those
        of the peak year.
    band
        The relative width used.
    verdict, reason
        ``rising``, ``plateau``, ``peaked`` or ``not_testable``, and the rule that decided.
    years_after
        Number of years after the peak year.
    observed_after
        How many of them are observed.
    test
        The test of the fall on the years after the peak; None where they are too few.
    cumulative
        Emissions over the whole series.
    """

    years: tuple[int, ...]
    emissions: Floats
    smoothed: Floats
    peak_year: int
    peak_value: float
    highest_year: int
    highest_value: float
    plateau: tuple[int, int]
    band: float
    verdict: Verdict
    reason: Reason
    years_after: int
    observed_after: int
    test: FallTest | None
    cumulative: Cumulative

    @property
    def circular(self) -> bool:
        """Whether years after the peak are projected: their fall was assumed, so testing it proves nothing."""
        return self.observed_after < self.years_after


def find_peak(
    years: Sequence[int],
    emissions: npt.ArrayLike,
    observed_until: int | None = None,
    *,
    alternative: Alternative = "less",
    band: float = BAND,
) -> Peak:
    """Return the peak of a series of yearly emissions and the verdict on it.

    The peak year is the highest of the three years whose mean is highest: a single high year is no peak, and a
    steep rise before a slow fall does not put the peak late. Then, in this order: a maximum in the last year is
    ``rising``; five years or more within the band are a ``plateau``; too few years after the peak are
    ``not_testable``; a significant fall is ``peaked``, any other a ``plateau``.

    Parameters
    ----------
    years
        Consecutive years, ascending.
    emissions
        Emissions of each year, any one unit.
    observed_until
        Last observed year; if not given no year is observed (a projection).
    alternative
        ``less`` (one-sided, needs four years after the peak) or ``two-sided`` (needs five).
    band
        Relative distance from the peak year's emissions that still belongs to the plateau.

    Returns
    -------
    Peak
        The result with every number the verdict rests on.

    Raises
    ------
    ScenarioError
        Years are not consecutive, or an emission is not finite.

    Notes
    -----
    Mann (1945), Kendall (1975) for the test; the rules of verdict follow studies of Chinese cities that tell
    peaked, plateau and rising apart. A mean of the years that trail would put the peak late by half its window.

    Examples
    --------
    >>> found = find_peak(range(2010, 2018), [8, 9, 10, 9, 8, 7, 6, 5], observed_until=2017)
    >>> found.peak_year, found.verdict, round(found.test.p_value, 4), found.circular
    (2012, 'peaked', 0.0083, False)
    >>> find_peak(range(2010, 2018), [8, 9, 10, 10.1, 10, 9.9, 10, 9.9]).verdict
    'plateau'
    """
    if alternative not in get_args(Alternative):
        raise ValueError(f"alternative {alternative!r} is none of {', '.join(get_args(Alternative))}")
    values = _checked(years, emissions)
    peak, highest = int(_places(values)), int(values.argmax())
    after = values[peak + 1 :]
    test = fall_test(after, alternative) if len(after) >= YEARS_AFTER[alternative] else None
    first, last = _run_within(values, peak, band)
    reason = _reason(0 < peak == len(values) - 1, last - first + 1, test)
    observed = 0 if observed_until is None else min(max(observed_until - years[peak], 0), len(after))
    return Peak(
        tuple(years), values, smooth(values), years[peak], float(values[peak]), years[highest], float(values[highest]),
        (years[first], years[last]), band, VERDICTS[reason], reason, len(after), observed, test,
        cumulative_emissions(years, values),
    )  # fmt: skip


VERDICTS: dict[Reason, Verdict] = {
    "maximum_in_last_year": "rising",
    "band_long_enough": "plateau",
    "fall_significant": "peaked",
    "fall_not_significant": "plateau",
    "too_few_years_after": "not_testable",
}
"""Reason -> verdict."""


def _reason(still_rising: bool, plateau_years: int, test: FallTest | None) -> Reason:
    if still_rising:
        return "maximum_in_last_year"
    if plateau_years >= PLATEAU_YEARS:
        return "band_long_enough"
    if test is None:
        return "too_few_years_after"
    return "fall_significant" if test.p_value < SIGNIFICANCE and test.score < 0 else "fall_not_significant"


def smooth(emissions: npt.ArrayLike) -> Floats:
    """Return centred three-year means along the last axis.

    Parameters
    ----------
    emissions
        Yearly values, shape (..., t).

    Returns
    -------
    numpy.ndarray
        Means of the same shape and unit; NaN in the first and the last year.

    Examples
    --------
    >>> smooth([1.0, 2.0, 6.0, 7.0]).tolist()
    [nan, 3.0, 5.0, nan]
    """
    values = np.asarray(emissions, dtype=np.float64)
    means = np.full_like(values, np.nan)
    means[..., 1:-1] = (values[..., :-2] + values[..., 1:-1] + values[..., 2:]) / 3
    return means


def cumulative_emissions(
    years: Sequence[int], emissions: npt.ArrayLike, first: int | None = None, last: int | None = None
) -> Cumulative:
    """Return the emissions over a span of years, as a sum and as an area.

    Parameters
    ----------
    years, emissions
        As in :func:`find_peak`.
    first, last
        Span, both years counted; the whole series if not given.

    Returns
    -------
    Cumulative
        Sum of the years and trapezoid, in the unit of the emissions x a.

    Raises
    ------
    ScenarioError
        As in :func:`find_peak`, or the span lies outside the series.

    Examples
    --------
    >>> cumulative_emissions([2020, 2021, 2022], [1.0, 2.0, 4.0])
    Cumulative(first=2020, last=2022, sum_of_years=7.0, trapezoid=4.5)
    """
    values = _checked(years, emissions)
    start, end = years[0] if first is None else first, years[-1] if last is None else last
    if not years[0] <= start <= end <= years[-1]:
        span = f"{years[0]}-{years[-1]}"
        raise ScenarioError([Problem("span_outside_years", found=f"{start}-{end}", facts={"years": span})])
    part = values[start - years[0] : end - years[0] + 1]
    return Cumulative(start, end, float(part.sum()), float(part.sum() - (part[0] + part[-1]) / 2))


def share_peaked_by(years: Sequence[int], emissions: npt.ArrayLike) -> Floats:
    """Return, for each year, the share of runs whose peak year (as in :func:`find_peak`) is that year or before.

    Parameters
    ----------
    years
        Consecutive years, ascending.
    emissions
        Emissions of each run and year, shape (runs, t), any one unit.

    Returns
    -------
    numpy.ndarray
        Shares (no unit), shape (t,), ascending; a run whose maximum is in the last year has not peaked, so the
        last share need not be 1.

    Raises
    ------
    ScenarioError
        As in :func:`find_peak`.

    Examples
    --------
    >>> share_peaked_by([2020, 2021, 2022, 2023], [[1, 3, 2, 1], [1, 2, 3, 4]]).tolist()
    [0.0, 0.5, 0.5, 0.5]
    """
    values = _checked(years, emissions)
    places = _places(values)
    count = np.bincount(places[places < len(years) - 1], minlength=len(years))
    return np.asarray(np.cumsum(count) / len(values))


def _places(values: Floats) -> npt.NDArray[np.intp]:
    """Return the place of the peak year along the last axis."""
    highest = np.asarray(values.argmax(axis=-1))
    last = values.shape[-1] - 1
    if last < 2:
        return highest
    means = smooth(values)[..., 1:-1]
    top = means.max(axis=-1, keepdims=True)
    level = means >= top - TIE * np.abs(top)
    centre = 1 + np.where(level, values[..., 1:-1], -np.inf).argmax(axis=-1)
    window = np.take_along_axis(values, centre[..., None] + np.array([-1, 0, 1]), axis=-1)
    return np.asarray(np.where(highest == last, last, centre - 1 + window.argmax(axis=-1)))


def _run_within(values: Floats, peak: int, band: float) -> tuple[int, int]:
    """Return the ends of the unbroken run around the peak that lies within the band."""
    within = np.abs(values - values[peak]) <= band * abs(values[peak])
    outside = np.flatnonzero(~within)
    return int(max(outside[outside < peak], default=-1)) + 1, int(min(outside[outside > peak], default=len(values))) - 1


def _checked(years: Sequence[int], emissions: npt.ArrayLike) -> Floats:
    values = np.asarray(emissions, dtype=np.float64)
    if values.shape[-1:] != (len(years),) or not len(years):
        raise ValueError(f"emissions of shape {values.shape} for {len(years)} years")
    problems = []
    if list(years) != list(range(years[0], years[0] + len(years))):
        problems.append(Problem("years_not_consecutive", found=", ".join(map(str, years))))
    bad = np.flatnonzero(~np.isfinite(values.reshape(-1, len(years))).all(axis=0))
    problems += [Problem("emission_not_finite", found=str(years[one])) for one in bad.tolist()]
    if problems:
        raise ScenarioError(problems)
    return values
