"""The exact Mann-Kendall test of a rise or a fall, also with equal values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Alternative = Literal["less", "two-sided"]


@dataclass(frozen=True, slots=True)
class FallTest:
    """Mann-Kendall test of a fall, by the exact distribution of the score over all orders of the values.

    Parameters
    ----------
    name
        Name of the test.
    alternative
        ``less`` (the values fall) or ``two-sided`` (they rise or fall).
    n
        Number of years tested.
    score
        Pairs of years that rise less pairs that fall.
    ties
        Whether values are equal: the distribution is then over the orders of these values, equal ones among them.
    p_value
        Share of all orders with a score as low (or, two-sided, as far from 0) as this one.
    """

    name: str
    alternative: Alternative
    n: int
    score: int
    ties: bool
    p_value: float


def fall_test(values: npt.ArrayLike, alternative: Alternative = "less") -> FallTest:
    """Return the exact Mann-Kendall test of a fall.

    The score counts rising less falling pairs. Under the null hypothesis every order of the values is equally
    likely; the number of falling pairs is then distributed as the inversions of a multiset, whose counts are the
    coefficients of a q-multinomial. This holds with equal values too.

    Parameters
    ----------
    values
        Yearly values in the order of time, at least one.
    alternative
        ``less`` or ``two-sided`` (twice the smaller tail, at most 1).

    Returns
    -------
    FallTest
        Score and p value (no unit).

    Notes
    -----
    Kendall (1975), Rank correlation methods; without ties the p value is that of
    ``scipy.stats.kendalltau(method="exact")``.

    Examples
    --------
    >>> fall_test([5.0, 4.0, 3.0, 2.0, 1.0], "two-sided").p_value.__round__(6)
    0.016667
    """
    series = np.asarray(values, dtype=np.float64)
    later, earlier = np.triu_indices(len(series), 1)[::-1]
    signs = np.sign(series[later] - series[earlier])
    ways = _orders_by_falls(list(Counter(series.tolist()).values()))
    falls = int((signs < 0).sum())
    tail = sum(ways[falls:]) / sum(ways)
    if alternative == "two-sided":
        tail = min(1.0, 2 * min(tail, sum(ways[: falls + 1]) / sum(ways)))
    ties = len(ways) - 1 < len(signs)
    return FallTest("Mann-Kendall, exact", alternative, len(series), int(signs.sum()), ties, tail)


def _orders_by_falls(groups: list[int]) -> list[int]:
    """Return the number of orders of a multiset with 0, 1, 2 ... falling pairs; groups are sizes of equal values.

    The generating function is the product of (1 - q^i) for i up to n over the same products for each group.
    """
    size = sum(groups)
    most = (size * (size - 1) - sum(one * (one - 1) for one in groups)) // 2
    ways = [1] + [0] * most
    for step in range(1, size + 1):
        for power in range(most, step - 1, -1):
            ways[power] -= ways[power - step]
    for group in groups:
        for step in range(1, group + 1):
            for power in range(step, most + 1):
                ways[power] += ways[power - step]
    return ways
