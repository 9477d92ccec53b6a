"""The logarithmic mean of two numbers, the weight of an index decomposition."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError

Floats = npt.NDArray[np.float64]

NEAR = 0.5
"""Relative difference below which a logarithm of a ratio is taken from the difference, which is then exact."""


def log_mean(first: npt.ArrayLike, second: npt.ArrayLike) -> Floats:
    """Return the logarithmic mean ``L(a, b) = (a - b) / ln(a / b)``, with ``L(a, a) = a`` and ``L(0, x) = 0``.

    Parameters
    ----------
    first, second
        Numbers of one unit, broadcast against each other. Two negative numbers have the negative mean of their
        sizes.

    Returns
    -------
    numpy.ndarray
        The means, in the unit of the numbers; they lie between the two, also where these are nearly equal.

    Raises
    ------
    ScenarioError
        The two have opposite signs, or are not finite: there is no such mean.

    Notes
    -----
    Ang (2005), The LMDI approach to decomposition analysis, Energy Policy 33, equations of the weights.

    Examples
    --------
    >>> log_mean([4.0, 2.0, 0.0], [1.0, 2.0, 3.0]).round(6).tolist()
    [2.164043, 2.0, 0.0]
    """
    one, two = np.broadcast_arrays(np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))
    wrong = ~np.isfinite(one) | ~np.isfinite(two) | (np.sign(one) * np.sign(two) < 0)
    if wrong.any():
        pairs = [f"{a!r} {b!r}" for a, b in zip(one[wrong].tolist(), two[wrong].tolist(), strict=True)]
        raise ScenarioError([Problem("no_logarithmic_mean", found=pair) for pair in pairs])
    low, high = np.minimum(np.abs(one), np.abs(two)), np.maximum(np.abs(one), np.abs(two))
    plain = (low > 0) & (low < high)
    base, top = np.where(plain, low, 1.0), np.where(plain, high, 2.0)
    mean = np.clip((top - base) / log_ratio(top, base), base, top)
    return np.asarray(np.where(plain, mean, np.where(low == high, high, 0.0)) * np.sign(one))


def log_ratio(top: Floats, base: Floats) -> Floats:
    """Return ``ln(top / base)`` without loss where the two nearly agree or lie far apart.

    Parameters
    ----------
    top, base
        Arrays of one shape and unit; pairs have one sign and hold no 0.

    Returns
    -------
    numpy.ndarray
        The logarithms (no unit).

    Examples
    --------
    >>> log_ratio(np.array([2.0, 1e308]), np.array([1.0, 1e-308])).round(3).tolist()
    [0.693, 1418.392]
    """
    with np.errstate(over="ignore", under="ignore"):
        change, ratio = (top - base) / base, top / base
    near, usable = np.abs(change) < NEAR, np.isfinite(ratio) & (ratio > np.finfo(np.float64).tiny)
    far = np.where(usable, np.log(np.where(usable, ratio, 1.0)), np.log(np.abs(top)) - np.log(np.abs(base)))
    return np.where(near, np.log1p(np.where(near, change, 0.0)), far)
