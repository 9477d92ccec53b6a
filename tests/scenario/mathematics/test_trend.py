"""The exact test of a fall, against every order of the values and against scipy."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from emissions.scenario.mathematics.trend import Alternative, fall_test


def score(values: tuple[int, ...]) -> int:
    return sum(int(np.sign(later - earlier)) for i, earlier in enumerate(values) for later in values[i + 1 :])


@pytest.mark.parametrize(
    ("n", "two_sided", "one_sided"), [(3, 1 / 3, 1 / 6), (4, 1 / 12, 1 / 24), (5, 1 / 60, 1 / 120)]
)
def test_a_strict_fall_is_significant_only_with_years_enough(n: int, two_sided: float, one_sided: float) -> None:
    """1/3, 0.083 and 0.0167: below 0.05 two-sided from five years, one-sided from four."""
    falling = np.arange(n, 0, -1)
    assert fall_test(falling, "two-sided").p_value == pytest.approx(two_sided)
    found = fall_test(falling)
    assert found.p_value == pytest.approx(one_sided)
    assert (found.name, found.alternative, found.n, found.score) == (
        "Mann-Kendall, exact",
        "less",
        n,
        -n * (n - 1) // 2,
    )
    assert found.ties is False


@given(order=st.permutations(range(9)), alternative=st.sampled_from(["less", "two-sided"]))
def test_without_ties_it_is_the_exact_test_of_scipy(order: list[int], alternative: Alternative) -> None:
    expected = kendalltau(np.arange(9), order, method="exact", alternative=alternative).pvalue
    assert fall_test(order, alternative).p_value == pytest.approx(float(expected), rel=1e-12)


@given(values=st.lists(st.integers(0, 3), min_size=1, max_size=6).map(tuple))
def test_with_ties_it_counts_every_order(values: tuple[int, ...]) -> None:
    scores = np.array([score(one) for one in permutations(values)])
    own = score(values)
    found = fall_test(values)
    assert found.score == own
    assert found.ties is (len(set(values)) < len(values))
    assert found.p_value == pytest.approx((scores <= own).mean())
    tails = min((scores <= own).mean(), (scores >= own).mean())
    assert fall_test(values, "two-sided").p_value == pytest.approx(min(1, 2 * tails))


def test_long_series_are_exact_too() -> None:
    values = np.random.default_rng(1).normal(size=60)
    expected = kendalltau(np.arange(60), values, method="exact", alternative="less").pvalue
    assert fall_test(values).p_value == pytest.approx(float(expected), rel=1e-9)
