"""Index decomposition: what each factor did to a total, by logarithmic mean weights (LMDI).

A total is a sum of terms, each the product of the same factors: ``V = sum_i x_i1 * x_i2 * ... * x_ik``. Zeros are
treated by their analytical limits, never by a small number put in their place; what no factor explains is always
part of the result as its residual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.logarithmic_mean import log_mean, log_ratio

Floats = npt.NDArray[np.float64]
Form = Literal["additive", "multiplicative"]

LARGEST_EXPONENT = 700.0
"""Beyond it the exponential is no longer a number of double precision."""


@dataclass(frozen=True, slots=True)
class Decomposition:
    """What each factor did to a total between two years.

    Parameters
    ----------
    form
        ``additive`` (effects sum to the change) or ``multiplicative`` (effects multiply to the ratio).
    factors
        Names of the factors.
    effects
        One effect a factor, shape (k,); unit of the total, or no unit in the multiplicative form.
    by_term
        Parts of the terms, shape (n, k): they sum over the terms to the effects, in the multiplicative form to
        the natural logarithms of the effects.
    before, after
        Totals of the two years, unit of the total.
    residual
        Change less the sum of the effects (additive), ratio over their product (multiplicative): 0 or 1 but for
        rounding.
    shared
        Terms that appeared or vanished because several factors did at once, so that the change was shared equally.
    """

    form: Form
    factors: tuple[str, ...]
    effects: Floats
    by_term: Floats
    before: float
    after: float
    residual: float
    shared: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChainedDecomposition:
    """What each factor did from year to year, and since the first year.

    Parameters
    ----------
    form, factors
        As in :class:`Decomposition`.
    years
        The years, shape (t,).
    totals
        Total of each year, shape (t,), unit of the total.
    steps
        Effects between one year and the next, shape (t - 1, k).
    cumulative
        Effects since the first year, shape (t, k): sums or products of the steps; the first row is 0 or 1.
    residual
        Change since the first year less the cumulative effects, or the ratio over their product, shape (t,).
    shared
        Later year of the step and number of the term, where a change was shared equally among several factors.
    """

    form: Form
    factors: tuple[str, ...]
    years: tuple[int, ...]
    totals: Floats
    steps: Floats
    cumulative: Floats
    residual: Floats
    shared: tuple[tuple[int, int], ...]

    def table(self, base: int | None = None) -> pd.DataFrame:
        """Return the cumulative effects against one year, a row a year.

        Parameters
        ----------
        base
            Year whose effects are 0 (additive) or 1 (multiplicative); the first year if not given.

        Returns
        -------
        pandas.DataFrame
            A column a factor, ``total`` (change or ratio against the base) and ``residual``.
        """
        row = 0 if base is None else self.years.index(base)
        values = np.column_stack([self.cumulative, self.residual])
        if self.form == "additive":
            values, total = values - values[row], self.totals - self.totals[row]
        else:
            values, total = values / values[row], self.totals / self.totals[row]
        table = pd.DataFrame(values, index=pd.Index(self.years, name="year"), columns=[*self.factors, "residual"])
        table.insert(len(self.factors), "total", total)
        return table


def lmdi(
    before: npt.ArrayLike, after: npt.ArrayLike, form: Form = "additive", *, factors: Sequence[str] | None = None
) -> Decomposition:
    """Return the LMDI-I decomposition of the change of a total between two years.

    ``effect_x = sum_i L(V_i', V_i) ln(x_i' / x_i)``; multiplicative, ``exp(effect_x / L(V', V))``. A term that is 0
    in both years adds nothing. A term that appears or vanishes because one factor does gives its whole change to
    that factor; where several factors do so at once it is shared equally among them (``shared`` names the term).

    Parameters
    ----------
    before, after
        Factors of the terms, shape (n, k). A factor is NaN where it has no value because another factor of the
        term is 0 in that year (the emission per energy of a fuel not used): it then counts as unchanged.
    form
        ``additive`` or ``multiplicative``.
    factors
        Names of the factors; ``factor1`` ... if not given.

    Returns
    -------
    Decomposition
        Effects in the unit of the total (additive) or as ratios (multiplicative), with the residual.

    Raises
    ------
    ScenarioError
        A factor is not finite or changes its sign, or, in the multiplicative form, the total is 0 in a year or
        changes its sign.

    Notes
    -----
    Ang (2005), Energy Policy 33, for the form; Wood and Lenzen (2006), Energy Policy 34, and Ang and Liu (2007),
    Energy Policy 35, for the limits at zero.

    Examples
    --------
    Activity up by a tenth, intensity down by an eleventh: nothing changes, yet both effects are there.

    >>> found = lmdi([[100.0, 1.0]], [[110.0, 1 / 1.1]], factors=["activity", "intensity"])
    >>> found.effects.round(4).tolist()
    [9.531, -9.531]
    >>> lmdi([[0.0, 2.0]], [[3.0, 5.0]]).effects.tolist()
    [15.0, 0.0]
    """
    cube = np.stack([np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)])
    found = lmdi_chained(cube, (0, 1), form, factors=factors)
    parts, _ = _contributions(cube, _amounts(cube))
    if form == "multiplicative":
        parts = parts / log_mean(found.totals[1:], found.totals[:-1])[:, None, None]
    return Decomposition(
        form, found.factors, found.steps[0], parts[0], float(found.totals[0]), float(found.totals[1]),
        float(found.residual[1]), tuple(term for _, term in found.shared),
    )  # fmt: skip


def lmdi_chained(
    values: npt.ArrayLike, years: Sequence[int], form: Form = "additive", *, factors: Sequence[str] | None = None
) -> ChainedDecomposition:
    """Return LMDI-I from year to year, and its sums or products since the first year.

    Parameters
    ----------
    values
        Factors of the terms in each year, shape (t, n, k); NaN as in :func:`lmdi`.
    years
        The years, t of them, ascending.
    form, factors
        As in :func:`lmdi`.

    Raises
    ------
    ScenarioError
        As in :func:`lmdi`, for any two neighbouring years; all places at once.

    Examples
    --------
    >>> found = lmdi_chained([[[1.0, 5.0]], [[2.0, 5.0]], [[2.0, 4.0]]], [2020, 2021, 2022])
    >>> found.cumulative.round(6).tolist()
    [[0.0, 0.0], [5.0, 0.0], [5.0, -2.0]]
    """
    cube, names = _checked(values, years, form, factors)
    amounts = _amounts(cube)
    totals = amounts.sum(axis=1)
    parts, shared = _contributions(cube, amounts)
    steps = parts.sum(axis=1)
    if form == "multiplicative":
        _has_ratio(totals, years)
        steps = np.exp(steps / log_mean(totals[1:], totals[:-1])[:, None])
    return _chain(form, names, years, totals, steps, shared)


def lmdi2_chained(
    values: npt.ArrayLike, years: Sequence[int], *, factors: Sequence[str] | None = None
) -> ChainedDecomposition:
    """Return the multiplicative LMDI-II from year to year, and its products since the first year.

    ``D_x = exp(sum_i w_i ln(x_i' / x_i))`` with ``w_i = L(s_i', s_i) / sum_j L(s_j', s_j)``, s the share of a term
    in the total. Terms that appear or vanish are treated as in :func:`lmdi`, with shares for amounts.

    Parameters
    ----------
    values, years, factors
        As in :func:`lmdi_chained`.

    Raises
    ------
    ScenarioError
        As in :func:`lmdi`, for the multiplicative form; or two neighbouring years have (nearly) no term in
        common, so that there are no weights.

    Notes
    -----
    Ang and Choi (1997), Energy Journal 18: the weights of Sato and Vartia.

    Examples
    --------
    >>> found = lmdi2_chained([[[1.0, 3.0], [1.0, 1.0]], [[2.0, 3.0], [2.0, 1.0]]], [2020, 2021])
    >>> found.cumulative[1].round(9).tolist()
    [2.0, 1.0]
    """
    cube, names = _checked(values, years, "multiplicative", factors)
    amounts = _amounts(cube)
    totals = amounts.sum(axis=1)
    _has_ratio(totals, years)
    share = amounts / totals[:, None]
    weights = log_mean(share[1:], share[:-1]).sum(axis=1)[:, None]
    parts, shared = _contributions(cube, share)
    exponents = np.divide(parts.sum(axis=1), weights, out=np.full_like(parts[:, 0], np.inf), where=weights > 0)
    apart = (np.abs(exponents) > LARGEST_EXPONENT).any(axis=1)
    if apart.any():
        raise ScenarioError(
            [Problem("no_term_in_common", found=str(years[one + 1])) for one in np.flatnonzero(apart).tolist()]
        )
    return _chain("multiplicative", names, years, totals, np.exp(exponents), shared)


# ---------------------------------------------------------------- steps


def _amounts(cube: Floats) -> Floats:
    """Return the product of the factors; a factor without a value leaves the 0 of the others."""
    return np.asarray(np.where(np.isnan(cube), 1.0, cube).prod(axis=-1))


def _contributions(cube: Floats, amounts: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the parts (t - 1, n, k) of the changes of the amounts, and where one was shared (t - 1, n)."""
    before, after = cube[:-1], cube[1:]
    there, stays = amounts[:-1] != 0, (amounts[:-1] != 0) & (amounts[1:] != 0)
    turns = there != (amounts[1:] != 0)
    known = stays[..., None]
    ratio = log_ratio(np.where(known, after, 1.0), np.where(known, before, 1.0))
    weight = log_mean(np.where(stays, amounts[1:], 0.0), np.where(stays, amounts[:-1], 0.0))
    causes = ((before == 0) != (after == 0)) & turns[..., None]
    count = causes.sum(axis=-1)
    each = np.where(turns, (amounts[1:] - amounts[:-1]) / np.maximum(count, 1), 0.0)
    return weight[..., None] * ratio + each[..., None] * causes, count > 1


def _chain(
    form: Form,
    names: tuple[str, ...],
    years: Sequence[int],
    totals: Floats,
    steps: Floats,
    shared: npt.NDArray[np.bool_],
) -> ChainedDecomposition:
    if form == "additive":
        cumulative = np.concatenate([np.zeros((1, len(names))), np.cumsum(steps, axis=0)])
        residual = totals - totals[0] - cumulative.sum(axis=1)
    else:
        cumulative = np.concatenate([np.ones((1, len(names))), np.cumprod(steps, axis=0)])
        residual = totals / totals[0] / cumulative.prod(axis=1)
    said = tuple((int(years[step + 1]), int(term)) for step, term in zip(*np.nonzero(shared), strict=True))
    return ChainedDecomposition(form, names, tuple(years), totals, steps, cumulative, residual, said)


# ---------------------------------------------------------------- checks


def _checked(
    values: npt.ArrayLike, years: Sequence[int], form: Form, factors: Sequence[str] | None
) -> tuple[Floats, tuple[str, ...]]:
    """Return the factors as an array (t, n, k) and their names, or raise with every place that is wrong."""
    cube = np.asarray(values, dtype=np.float64)
    if form not in get_args(Form):
        raise ValueError(f"form {form!r} is none of {', '.join(get_args(Form))}")
    if cube.ndim != 3 or len(cube) != len(years) or len(years) < 2:
        raise ValueError(f"factors of shape {cube.shape} for {len(years)} years: (years, terms, factors) is wanted")
    names = tuple(factors) if factors is not None else tuple(f"factor{one + 1}" for one in range(cube.shape[2]))
    if len(names) != cube.shape[2]:
        raise ValueError(f"{len(names)} names for {cube.shape[2]} factors")
    bad = np.isinf(cube) | (np.isnan(cube) & ~(cube == 0).any(axis=-1, keepdims=True))
    flips = np.zeros_like(bad)
    amounts = _amounts(np.where(bad, 1.0, cube))
    stays = (amounts[1:] != 0) & (amounts[:-1] != 0)
    flips[1:] = (np.sign(cube[1:]) * np.sign(cube[:-1]) < 0) & stays[..., None]
    problems = [_place("factor_not_finite", at, cube, years, names) for at in np.argwhere(bad)]
    problems += [_place("factor_changes_sign", at, cube, years, names) for at in np.argwhere(flips)]
    if problems:
        raise ScenarioError(problems)
    return cube, names


def _place(code: str, at: npt.NDArray[np.intp], cube: Floats, years: Sequence[int], names: tuple[str, ...]) -> Problem:
    year, term, factor = at.tolist()
    facts = {"year": str(years[year]), "term": str(term + 1), "factor": names[factor]}
    return Problem(code, found=str(float(cube[year, term, factor])), facts=facts)


def _has_ratio(totals: Floats, years: Sequence[int]) -> None:
    wrong = (totals == 0) | (np.sign(totals) != np.sign(totals[0]))
    if wrong.any():
        at = [(years[one], totals[one]) for one in np.flatnonzero(wrong).tolist()]
        raise ScenarioError(
            [Problem("total_without_ratio", found=str(float(total)), facts={"year": str(year)}) for year, total in at]
        )
