"""What bounds say: medians, ends of the interval, the side a distribution leans to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.special import ndtri
from scipy.stats import lognorm, norm

from emissions.assurance.spread import Spread, levels_of, spread_of, stated
from emissions.assurance.streams import BLOCK, normals


def one(value: float, low: float, high: float, level: float = 0.95, highest: float = np.inf) -> Spread:
    return spread_of(*(np.array([number]) for number in (value, low, high, level, highest)))


def at(spread: Spread, *shares: float) -> npt.NDArray[np.float64]:
    """Return the ratio at some cumulative shares."""
    return spread.ratios(ndtri(np.array([shares])))[0]


@pytest.mark.parametrize("level", [0.95, 0.9, 0.5])
@pytest.mark.parametrize(
    ("value", "low", "high"), [(2.0, 1.0, 3.0), (2.0, 1.0, 4.0), (5.0, 1.0, 6.0), (3.4, 0.9, 90.0)]
)
def test_bounds_are_the_ends_of_the_interval_and_the_value_is_the_median(
    value: float, low: float, high: float, level: float
) -> None:
    ends = at(one(value, low, high, level), (1 - level) / 2, 0.5, (1 + level) / 2)
    np.testing.assert_allclose(value * ends, [low, value, high], rtol=1e-12)


def test_even_differences_make_a_normal_distribution() -> None:
    shares = np.linspace(0.01, 0.99, 9)
    found = 10 * at(one(10.0, 8.0, 12.0), *shares)
    np.testing.assert_allclose(found, norm(10, 2 / ndtri(0.975)).ppf(shares), rtol=1e-12)


def test_even_ratios_make_a_lognormal_distribution() -> None:
    shares = np.linspace(0.01, 0.99, 9)
    found = 10 * at(one(10.0, 5.0, 20.0), *shares)
    np.testing.assert_allclose(found, lognorm(np.log(2) / ndtri(0.975), scale=10).ppf(shares), rtol=1e-12)


def test_bounds_that_do_not_reach_below_zero_never_give_a_value_below_zero() -> None:
    assert at(one(2.1, 0.0, 16.8), 1e-9)[0] == 0.0
    assert at(one(2.0, 0.01, 3.99), 1e-9)[0] == 0.0
    assert at(one(2.0, -1.0, 5.0), 1e-9)[0] < 0


def test_a_draw_stops_at_what_is_possible() -> None:
    assert 0.95 * at(one(0.95, 0.9, 0.99, highest=1.0), 1 - 1e-9)[0] == pytest.approx(1.0, rel=1e-15)
    assert 0.95 * at(one(0.95, 0.9, 0.99), 1 - 1e-9)[0] > 1.0


def test_a_negative_value_is_as_uncertain_as_its_opposite() -> None:
    shares = (0.025, 0.3, 0.975)
    np.testing.assert_allclose(at(one(-2.0, -3.0, -1.0), *shares), at(one(2.0, 1.0, 3.0), *shares), rtol=1e-12)


def test_a_bound_that_is_the_value_leaves_that_side_still() -> None:
    low, high = at(one(6.0, 6.0, 24.0), 0.1, 0.975)
    assert (low, round(high, 12)) == (1.0, 4.0)


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (2.0, 1.0, 3.0, True),
        (2.0, np.nan, 3.0, False),
        (2.0, 1.0, np.nan, False),
        (2.0, 2.0, 2.0, False),
        (2.0, 2.5, 3.0, False),
        (2.0, 1.0, 1.5, False),
        (0.0, -1.0, 1.0, False),
    ],
)
def test_bounds_count_where_both_are_there_and_hold_the_value(
    value: float, low: float, high: float, said: bool
) -> None:
    assert stated(np.array([value]), np.array([low]), np.array([high])).tolist() == [said]


def test_levels_are_read_as_they_are_written() -> None:
    texts = pd.Series(["95%", "95% CI", "99.7 %", "", "2 sigma"])
    assert levels_of(texts, 0.5).tolist() == [0.95, 0.95, 0.997, 0.5, 0.5]


def test_a_stream_depends_on_its_name_the_seed_and_the_block_only() -> None:
    first = normals(["a", "b"], 1, 0)
    assert first.shape == (2, BLOCK)
    assert np.array_equal(normals(["z", "b", "a"], 1, 0)[[2, 1]], first)
    assert np.array_equal(normals(["a"], 1, 0, 10)[0], first[0, :10])
    others = [normals(["a"], 2, 0)[0], normals(["a"], 1, 1)[0], first[1]]
    assert all(abs(np.corrcoef(first[0], other)[0, 1]) < 0.15 for other in others)
    assert abs(first.mean()) < 0.05
    assert abs(first.std() - 1) < 0.05
