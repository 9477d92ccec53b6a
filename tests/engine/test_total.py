"""Sums by key: exact, whatever the order."""

from __future__ import annotations

import numpy as np
import pytest

from emissions.engine.total import exact_sums


def test_sums_go_to_their_group() -> None:
    sums = exact_sums(np.array([2, 0, 2, 0]), np.array([1.0, 2.0, 4.0, 8.0]), 4)
    assert sums.tolist() == [10.0, 0.0, 5.0, 0.0]


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [-0.0]])
def test_nothing_sums_to_zero(values: list[float]) -> None:
    assert exact_sums(np.zeros(len(values), dtype=np.int64), np.array(values), 2).tolist() == [0.0, 0.0]


def test_a_small_term_is_not_lost_between_large_ones() -> None:
    codes = np.zeros(3, dtype=np.int64)
    assert exact_sums(codes, np.array([1e16, 1.0, -1e16]), 1).tolist() == [1.0]
    assert exact_sums(codes, np.array([1e30, 1.0, -1e30]), 1).tolist() == [1.0]


def test_a_tenth_ten_times_is_one() -> None:
    assert exact_sums(np.zeros(10, dtype=np.int64), np.full(10, 0.1), 1).tolist() == [1.0]


def test_groups_of_very_different_size_do_not_disturb_each_other() -> None:
    codes = np.array([0, 1, 1, 1, 0])
    values = np.array([1e18, 0.1, 0.2, 0.3, 1e18])
    sums = exact_sums(codes, values, 2)
    assert sums.tolist() == [2e18, pytest.approx(0.6, rel=1e-15)]


def test_one_value_is_itself_and_the_argument_is_left_alone() -> None:
    values = np.array([0.1, 1 / 3, 1e-20, -7e15])
    before = values.copy()
    assert exact_sums(np.arange(4), values, 4).tolist() == before.tolist()
    assert values.tolist() == before.tolist()


def test_whole_numbers_are_taken_too() -> None:
    assert exact_sums(np.array([0, 0]), np.array([1, 2]), 1).tolist() == [3.0]
