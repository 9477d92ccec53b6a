"""How much of a cohort is left at an age, and how many vehicles people own."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError

Floats = npt.NDArray[np.float64]
_LARGEST_START = 500.0
"""Largest ``(b / T)^b`` that is looked at: beyond it the exponential leaves the range of numbers."""


def weibull_survival(ages: npt.ArrayLike, scale: float, shape: float) -> Floats:
    """Return the share of a cohort left at each age: ``exp(-((a + b) / T)^b)``, normalised to 1 at age 0.

    Parameters
    ----------
    ages
        Ages (a), 0 or more.
    scale
        Scale T of the curve (a), above 0; it is not the mean life (:func:`weibull_scale`).
    shape
        Shape b of the curve, above 0; it also shifts the age, so that retirement starts slowly.

    Returns
    -------
    numpy.ndarray
        Shares (no unit), 1 at age 0 and never rising.

    Raises
    ------
    ScenarioError
        The scale or the shape is not above 0.

    Notes
    -----
    The two-parameter Weibull form that is usual for vehicle fleets, in which the shape shifts the age too.

    Examples
    --------
    >>> weibull_survival([0, 10, 20], scale=16.0, shape=4.0).round(3).tolist()
    [1.0, 0.559, 0.006]
    """
    _check_curve(("T", scale), ("b", shape))
    age = np.asarray(ages, dtype=np.float64)
    left = np.exp((shape / scale) ** shape - ((age + shape) / scale) ** shape)
    # a power of an array and of a number may differ in the last bit: what is new is whole all the same
    return np.where(age == 0, 1.0, np.minimum(left, 1.0))


def mean_life(scale: float, shape: float) -> float:
    """Return the mean life (a) of a cohort: the integral of :func:`weibull_survival` over all ages.

    In closed form ``exp(x) (T / b) Gamma(1 / b, x)`` with ``x = (b / T)^b`` and the upper incomplete gamma function.

    Parameters
    ----------
    scale, shape
        Scale T (a) and shape b of the curve.

    Raises
    ------
    ScenarioError
        The scale or the shape is not above 0.

    Examples
    --------
    With shape 1 the hazard is constant and the mean life is the scale.

    >>> round(mean_life(scale=12.5, shape=1.0), 9)
    12.5
    """
    from scipy.special import gamma, gammaincc  # noqa: PLC0415  slow to import; only fleets pay for it

    _check_curve(("T", scale), ("b", shape))
    start = (shape / scale) ** shape
    return float(np.exp(start) * scale / shape * gamma(1 / shape) * gammaincc(1 / shape, start))


def weibull_scale(life: float, shape: float) -> float:
    """Return the scale T (a) with which :func:`weibull_survival` has a mean life.

    Parameters
    ----------
    life
        Mean life (a), the least that can be asked for is about two days.
    shape
        Shape b of the curve.

    Raises
    ------
    ScenarioError
        The mean life or the shape is not above 0, or the life is so short that no curve has it.

    Examples
    --------
    >>> scale = weibull_scale(life=12.8, shape=4.0)
    >>> round(scale, 2), round(mean_life(scale, 4.0), 9)
    (18.5, 12.8)
    """
    from scipy.optimize import brentq  # noqa: PLC0415

    _check_curve(("mean life", life), ("b", shape))
    # what is left of the life of something aged b is at least the mean of the unshifted curve less b
    low, high = shape * _LARGEST_START ** (-1 / shape), (life + shape) / math.gamma(1 + 1 / shape)
    if mean_life(low, shape) > life:
        raise ScenarioError([Problem("survival_parameter", found=str(life), facts={"name": "mean life"})])
    return float(brentq(lambda scale: mean_life(scale, shape) - life, low, high, xtol=1e-12, rtol=1e-14))


def _check_curve(*parameters: tuple[str, float]) -> None:
    wrong = [(name, value) for name, value in parameters if not (np.isfinite(value) and value > 0)]
    if wrong:
        raise ScenarioError([Problem("survival_parameter", found=str(value), facts={"name": n}) for n, value in wrong])


def survival_at(survival: npt.ArrayLike, ages: npt.ArrayLike) -> Floats:
    """Return a tabulated survival at whole ages, carried on beyond its last age.

    Parameters
    ----------
    survival
        Share of a cohort left at the ages 0, 1, 2 ..., at least two values.
    ages
        Whole ages (a), any shape.

    Returns
    -------
    numpy.ndarray
        Shares (no unit), shape of the ages. Beyond the last age of the table each year keeps the share that the
        last year of the table kept.

    Raises
    ------
    ScenarioError
        The table does not start at 1, rises, or leaves the range from 0 to 1.

    Examples
    --------
    >>> survival_at([1.0, 0.9, 0.45], [0, 2, 3]).tolist()
    [1.0, 0.45, 0.225]
    """
    table = checked_survival(survival)
    age = np.asarray(ages, dtype=np.int64)
    last = len(table) - 1
    rate = table[last] / table[last - 1] if table[last - 1] > 0 else 0.0
    return np.asarray(table[np.clip(age, 0, last)] * rate ** np.maximum(age - last, 0))


def checked_survival(survival: npt.ArrayLike) -> Floats:
    """Return a table of survival as an array, or raise with what is wrong with it.

    Parameters
    ----------
    survival
        As in :func:`survival_at`.

    Raises
    ------
    ScenarioError
        As in :func:`survival_at`.

    Examples
    --------
    >>> checked_survival([1, 0.5]).tolist()
    [1.0, 0.5]
    """
    table = np.asarray(survival, dtype=np.float64)
    if table.ndim != 1 or len(table) < 2:
        raise ValueError(f"survival of shape {table.shape}: shares at the ages 0, 1, ... are wanted")
    problems = []
    if not np.isfinite(table).all() or table.min() < 0 or table.max() > 1:
        problems.append(Problem("survival_outside_range", found=f"{table.min()} ... {table.max()}"))
    if table[0] != 1:
        problems.append(Problem("survival_starts_elsewhere", found=str(float(table[0]))))
    rises = np.flatnonzero(np.diff(table) > 0) + 1
    problems += [Problem("survival_rises", found=str(age)) for age in rises.tolist()]
    if problems:
        raise ScenarioError(problems)
    return table


def gompertz_ownership(gdp_per_head: npt.ArrayLike, saturation: float, a: float, b: float) -> Floats:
    """Return vehicles per head at a level of GDP per head: ``g exp(a exp(b x))``.

    Parameters
    ----------
    gdp_per_head
        GDP per head at constant prices, in the unit that b was fitted with.
    saturation
        Ownership g that is never exceeded, such as vehicles per 1,000 people.
    a, b
        Fitted parameters, both below 0; b in 1 / unit of GDP per head.

    Returns
    -------
    numpy.ndarray
        Ownership, unit of the saturation, rising towards it.

    Raises
    ------
    ScenarioError
        The saturation is not above 0, or a or b is not below 0.

    Notes
    -----
    Dargay and Gately (1999), Transportation Research A 33.

    Examples
    --------
    >>> gompertz_ownership([0.0, 50.0], saturation=400.0, a=-5.0, b=-0.05).round(1).tolist()
    [2.7, 265.3]
    """
    wrong = [("g", saturation)] if not saturation > 0 else []
    wrong += [(name, value) for name, value in (("a", a), ("b", b)) if not value < 0]
    if wrong:
        raise ScenarioError([Problem("ownership_parameter", found=str(value), facts={"name": n}) for n, value in wrong])
    return np.asarray(saturation * np.exp(a * np.exp(b * np.asarray(gdp_per_head, dtype=np.float64))))
