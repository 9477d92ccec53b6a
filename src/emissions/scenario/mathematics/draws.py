"""Random draws for the paths of a scenario: one number a path and run, the same wherever the path has its name.

A path is drawn as a whole (shifted or scaled by one number), because independent noise of every year would average
out. The draws of a path depend on the seed and on its name only, not on what else is drawn or in which order: two
scenarios that vary the same path get the same numbers, and their difference is a paired one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.errors import Problem, ScenarioError

Floats = npt.NDArray[np.float64]
How = Literal["shift", "scale"]
Method = Literal["latin_hypercube", "sobol"]
Distribution = Literal["triangular", "normal", "uniform"]

NEUTRAL: dict[How, float] = {"shift": 0.0, "scale": 1.0}
"""What leaves a path as it is."""

SINGULAR = 1e-10
"""Pivot of a correlation matrix below which a column is determined by those before it."""


@dataclass(frozen=True, slots=True)
class Varied:
    """One path that is drawn.

    Parameters
    ----------
    path
        Its name, such as ``drivers.gdp_growth``.
    how
        ``shift`` adds the number to every year, ``scale`` multiplies every year by it.
    distribution
        ``triangular`` (low, mode, high), ``uniform`` (low, high) or ``normal`` (sd, around what leaves the path as
        it is).
    low, mode, high, sd
        Parameters of the distribution: unit of the path for a shift, no unit for a scale.
    """

    path: str
    how: How
    distribution: Distribution
    low: float = float("nan")
    mode: float = float("nan")
    high: float = float("nan")
    sd: float = float("nan")


def quantiles(
    names: Sequence[str],
    runs: int,
    seed: int,
    method: Method = "latin_hypercube",
    *,
    rank_correlation: pd.DataFrame | None = None,
) -> dict[str, Floats]:
    """Return, for each name, evenly spread numbers between 0 and 1, one a run.

    Parameters
    ----------
    names
        Names of the paths, in any order.
    runs
        Number of runs; a power of two for ``sobol``.
    seed
        Seed; the same seed gives the same numbers.
    method
        ``latin_hypercube``: each name has one number in each of ``runs`` equal strata, in an order of its own that
        depends on the seed and the name only. ``sobol``: scrambled Sobol points in as many dimensions as there are
        names, taken in alphabetical order: name the paths of all scenarios that are to be paired.
    rank_correlation
        Rank correlations (Spearman) of some of the names, as a table with the names as index and columns.

    Returns
    -------
    dict
        Name -> numbers of shape (runs,), no unit, none of them 0 or 1.

    Raises
    ------
    ScenarioError
        Fewer than two runs, a number of runs that Sobol points do not come in, a name twice, or correlations that
        cannot be (:func:`correlate`).

    Notes
    -----
    McKay, Beckman and Conover (1979) for the hypercube.

    Examples
    --------
    >>> one = quantiles(["a", "b"], 4, seed=1)
    >>> sorted((one["a"] * 4).astype(int).tolist())
    [0, 1, 2, 3]
    >>> bool((one["b"] == quantiles(["c", "b"], 4, seed=1)["b"]).all())
    True
    """
    if method not in get_args(Method):
        raise ValueError(f"method {method!r} is none of {', '.join(get_args(Method))}")
    problems = [Problem("too_few_runs", found=str(runs))] if runs < 2 else []
    if method == "sobol" and runs & (runs - 1):
        problems.append(Problem("runs_not_power_of_two", found=str(runs)))
    problems += [
        Problem("path_drawn_twice", found=name) for name in sorted({one for one in names if names.count(one) > 1})
    ]
    if problems:
        raise ScenarioError(problems)
    drawn = _strata(names, runs, seed) if method == "latin_hypercube" else _sobol(names, runs, seed)
    return drawn if rank_correlation is None else correlate(drawn, rank_correlation)


def correlate(drawn: Mapping[str, Floats], rank_correlation: pd.DataFrame) -> dict[str, Floats]:
    """Return the same numbers in another order of runs, so that they have given rank correlations.

    The method of Iman and Conover: each name keeps its own numbers, and only their order changes. The order comes
    from normal scores that are freed of their chance correlations and given the wanted ones; the first of the names
    in alphabetical order keeps its order, and names outside the table keep theirs.

    Parameters
    ----------
    drawn
        Name -> numbers, shape (runs,).
    rank_correlation
        Rank correlations (Spearman), a square table with names as index and columns; names that are not drawn are
        left out.

    Returns
    -------
    dict
        Name -> numbers, shape (runs,).

    Raises
    ------
    ScenarioError
        The table is not symmetric, its diagonal is not 1, a value is outside -1 to 1, or the correlations contradict
        each other (no numbers can have them); or there are fewer runs than names.

    Notes
    -----
    Iman and Conover (1982), Communications in Statistics B 11. A rank correlation r of normal scores belongs to the
    product-moment correlation 2 sin(pi r / 6).

    Examples
    --------
    >>> wanted = pd.DataFrame([[1.0, 0.9], [0.9, 1.0]], index=["a", "b"], columns=["a", "b"])
    >>> found = correlate(quantiles(["a", "b"], 1000, seed=1), wanted)
    >>> float(np.corrcoef(found["a"], found["b"])[0, 1].round(2))
    0.9
    """
    wanted = _checked_correlation(rank_correlation)
    names = sorted(name for name in wanted.index if name in drawn)
    result = {name: numbers.copy() for name, numbers in drawn.items()}
    if len(names) < 2:
        return result
    from scipy.special import ndtri  # noqa: PLC0415  scipy is slow to import; only random runs pay for it

    target = _root(2 * np.sin(np.pi / 6 * wanted.loc[names, names].to_numpy(dtype=np.float64)))
    ranks = np.column_stack([drawn[name].argsort(kind="stable").argsort(kind="stable") for name in names])
    runs = len(ranks)
    scores = ndtri((ranks + 1) / (runs + 1))
    chance = _root(np.corrcoef(scores, rowvar=False))
    if runs <= len(names) or chance.diagonal().min() == 0:
        raise ScenarioError([Problem("too_few_runs", found=str(runs))])
    order = (target @ np.linalg.solve(chance, scores.T)).T.argsort(axis=0, kind="stable")
    for column, name in enumerate(names):
        result[name][order[:, column]] = np.sort(drawn[name])
    return result


def draw(varied: Varied, quantile: npt.ArrayLike) -> Floats:
    """Return the numbers of a distribution at given quantiles.

    Parameters
    ----------
    varied
        The path and its distribution.
    quantile
        Numbers between 0 and 1, any shape (no unit).

    Returns
    -------
    numpy.ndarray
        What the path is shifted or scaled by, same shape.

    Raises
    ------
    ScenarioError
        Parameters are missing or out of order (low <= mode <= high, low < high, sd > 0).

    Examples
    --------
    >>> gdp = Varied("drivers.gdp_growth", "shift", "triangular", low=-1.5, mode=0.0, high=1.0)
    >>> draw(gdp, [0.0, 0.6, 1.0]).tolist()
    [-1.5, 0.0, 1.0]
    """
    _check_distribution(varied)
    u = np.asarray(quantile, dtype=np.float64)
    if varied.distribution == "normal":
        from scipy.special import ndtri  # noqa: PLC0415

        return np.asarray(NEUTRAL[varied.how] + varied.sd * ndtri(u))
    width = varied.high - varied.low
    if varied.distribution == "uniform":
        return np.asarray(varied.low + width * u)
    left, right = varied.mode - varied.low, varied.high - varied.mode
    rising = varied.low + np.sqrt(u * width * left)
    return np.where(u * width <= left, rising, varied.high - np.sqrt((1 - u) * width * right))


def apply(values: npt.ArrayLike, how: How, numbers: npt.ArrayLike) -> Floats:
    """Return a path under each draw.

    Parameters
    ----------
    values
        The path, shape (t,).
    how
        ``shift`` or ``scale``.
    numbers
        One number a run, shape (runs,).

    Returns
    -------
    numpy.ndarray
        Paths, shape (runs, t), unit of the path.

    Examples
    --------
    >>> apply([5.0, 4.0], "shift", [0.0, 1.0]).tolist()
    [[5.0, 4.0], [6.0, 5.0]]
    """
    path, number = np.asarray(values, dtype=np.float64), np.asarray(numbers, dtype=np.float64)[:, None]
    return path + number if how == "shift" else path * number


# ---------------------------------------------------------------- steps


def _entropy(seed: int, name: str) -> list[int]:
    """Return a seed of a name's own: the seed and the digest of the name."""
    return [seed, *np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype=">u4").tolist()]


def _strata(names: Sequence[str], runs: int, seed: int) -> dict[str, Floats]:
    from scipy.stats import qmc  # noqa: PLC0415  scipy.stats costs 0.8 s; only random runs pay for it

    generators = {name: np.random.default_rng(_entropy(seed, name)) for name in names}
    return {name: _inside(qmc.LatinHypercube(1, rng=one).random(runs)[:, 0]) for name, one in generators.items()}


def _sobol(names: Sequence[str], runs: int, seed: int) -> dict[str, Floats]:
    from scipy.stats import qmc  # noqa: PLC0415

    points = qmc.Sobol(len(names), rng=np.random.default_rng(seed)).random(runs) if names else np.empty((runs, 0))
    return {name: _inside(points[:, column]) for column, name in enumerate(sorted(names))}


def _inside(numbers: Floats) -> Floats:
    """Return the numbers without 0 and 1, which a normal distribution puts at infinity."""
    smallest = float(np.finfo(np.float64).eps)
    return np.clip(numbers, smallest, 1 - smallest)


def _root(matrix: Floats) -> Floats:
    """Return the lower triangle L with L L' = matrix, or raise where no numbers have these correlations.

    A column that the ones before it determine (full correlation) has a 0 on the diagonal.
    """
    size = len(matrix)
    root = np.zeros_like(matrix)
    for column in range(size):
        rest = matrix[column:, column] - root[column:, :column] @ root[column, :column]
        if rest[0] < -SINGULAR or (rest[0] <= SINGULAR and np.abs(rest).max() > np.sqrt(SINGULAR)):
            raise ScenarioError([Problem("correlations_contradict")])
        if rest[0] > SINGULAR:
            root[column:, column] = rest / np.sqrt(rest[0])
    return root


def _checked_correlation(table: pd.DataFrame) -> pd.DataFrame:
    if list(table.index) != list(table.columns) or not table.index.is_unique:
        raise ScenarioError([Problem("correlation_not_square")])
    values = table.to_numpy(dtype=np.float64)
    problems = [
        Problem("correlation_outside_range", found=str(value)) for value in values[~(np.abs(values) <= 1)].tolist()
    ]
    problems += [Problem("correlation_not_symmetric")] if not np.array_equal(values, values.T, equal_nan=True) else []
    problems += [
        Problem("correlation_diagonal", found=str(name))
        for name, value in zip(table.index, values.diagonal().tolist(), strict=True)
        if value != 1
    ]
    if problems:
        raise ScenarioError(problems)
    return table


def _check_distribution(varied: Varied) -> None:
    if varied.distribution == "normal":
        fine = bool(np.isfinite(varied.sd)) and varied.sd > 0
    else:
        fine = bool(np.isfinite([varied.low, varied.high]).all()) and varied.low < varied.high
        if varied.distribution == "triangular":
            fine = fine and varied.low <= varied.mode <= varied.high
    if not fine:
        raise ScenarioError(
            [Problem("distribution_parameters", found=varied.path, facts={"kind": varied.distribution})]
        )
