"""Exact sums against fractions, with values chosen to cancel."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from emissions.engine.total import exact_sums

QUICK = settings(derandomize=True, deadline=None, max_examples=150, database=None)

WHOLE_RANGE = st.floats(min_value=-1e18, max_value=1e18, allow_subnormal=False).map(
    lambda value: value if abs(value) > 1e-18 else 0.0
)


@st.composite
def cancelling(draw: st.DrawFn) -> tuple[list[int], list[float]]:
    """Return groups and values of which most have a near opposite in the same group."""
    codes: list[int] = []
    values: list[float] = []
    for value in draw(st.lists(WHOLE_RANGE, min_size=1, max_size=40)):
        group = draw(st.integers(0, 4))
        codes += [group, group]
        values += [value, -value * draw(st.sampled_from([1.0, 1 + 2**-52, 1 - 2**-52, 1 + 2**-30, 0.0]))]
    order = draw(st.permutations(range(len(values))))
    return [codes[one] for one in order], [values[one] for one in order]


@QUICK
@given(drawn=cancelling())
def test_sums_are_within_1e_12_of_the_fractions_relative_to_what_was_added(
    drawn: tuple[list[int], list[float]],
) -> None:
    codes, values = drawn
    sums = exact_sums(np.array(codes), np.array(values), 5)
    for group in range(5):
        own = [Fraction(value) for code, value in zip(codes, values, strict=True) if code == group]
        error = abs(Fraction(float(sums[group])) - sum(own, Fraction(0)))
        assert error <= Fraction(1, 10**12) * sum((abs(one) for one in own), Fraction(0))


@QUICK
@given(drawn=cancelling())
def test_within_fifteen_orders_of_magnitude_sums_are_exact_to_the_last_bits(
    drawn: tuple[list[int], list[float]],
) -> None:
    codes, values = drawn
    values = [value if value == 0 or abs(value) > 1e3 else value * 1e18 for value in values]
    sums = exact_sums(np.array(codes), np.array(values), 5)
    for group in range(5):
        own = [Fraction(value) for code, value in zip(codes, values, strict=True) if code == group]
        exact = float(sum(own, Fraction(0)))
        assert abs(float(sums[group]) - exact) <= 2 * np.spacing(abs(exact))


def test_what_is_left_when_large_values_cancel_is_kept() -> None:
    left_over = 1001.0 - 1001.0000000000002
    values = np.array([0.0] * 14 + [1001.0, -1001.0000000000002, 37e18, -37e18])
    sums = exact_sums(np.zeros(18, dtype=int), values, 1)
    assert sums.tolist() == [left_over]


@QUICK
@given(drawn=cancelling(), data=st.data())
def test_the_order_of_the_rows_changes_no_bit(drawn: tuple[list[int], list[float]], data: st.DataObject) -> None:
    codes, values = np.array(drawn[0]), np.array(drawn[1])
    order = np.array(data.draw(st.permutations(range(len(values)))))
    assert exact_sums(codes, values, 5).tolist() == exact_sums(codes[order], values[order], 5).tolist()


@QUICK
@given(drawn=cancelling(), power=st.integers(-30, 30))
def test_a_power_of_two_goes_through_a_sum(drawn: tuple[list[int], list[float]], power: int) -> None:
    codes, values = np.array(drawn[0]), np.array(drawn[1])
    scaled = exact_sums(codes, values * 2.0**power, 5)
    assert scaled.tolist() == (exact_sums(codes, values, 5) * 2.0**power).tolist()


@QUICK
@given(values=st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=20))
def test_a_sum_of_one_value_is_the_value(values: list[float]) -> None:
    own, size = np.arange(len(values)), len(values)
    assert exact_sums(own, np.array(values), size).tolist() == values
    assert exact_sums(own, np.array(values), size + 1).tolist() == [*values, 0.0]
    assert exact_sums(own[::-1], np.array(values), size).tolist() == values[::-1]


def test_no_sum_is_a_negative_zero_and_values_are_left_alone() -> None:
    values = np.array([-0.0, 1.0])
    for codes in ([0, 1], [1, 0]):
        assert not np.signbit(exact_sums(np.array(codes), values, 2)).any()
    assert np.signbit(values).tolist() == [True, False]
