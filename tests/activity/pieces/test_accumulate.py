"""Sums by place are the exact ones to the bound that is promised, whoever adds and however many rows a place has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emissions.activity.pieces import accumulate
from emissions.activity.pieces.accumulate import Amounts, Places, UnfitQuantityError, sums_and_first, sums_by_place
from emissions.activity.pieces.part import NEVER

BASES = {
    "int64": (2_020, 7 * 10**12),
    "int32": (150_600, -(2**31)),
    "int16": (2_020, -9),
    "uint8": (0, 5),
    "uint32": (2_020, 2**32 - 300),
    "uint64": (2_020, 2**62),
}
UNIT_FACTORS = np.array([1.0, 1e3, 1e-3])


def rows_of(
    rows: int, sizes: tuple[int, ...], crowd: float, seed: int = 4, based: Mapping[int, str] | None = None
) -> tuple[Places, Amounts]:
    """Return rows of which a part has the first place, all with quantities that round the same way.

    Parameters
    ----------
    based
        Columns that are stored as years are, as numbers that do not begin with 0: their type.
    """
    based = based or {}
    draw = np.random.default_rng(seed)
    crowded = draw.random(rows) < crowd
    columns = [np.where(crowded, 0, draw.integers(0, size, rows)).astype(np.int32) for size in sizes]
    bases = [BASES[based[column]][seed % 2] if column in based else 0 for column in range(len(sizes))]
    stored = [
        (codes.astype(object) + base).astype(based[column]) if column in based else codes
        for column, (codes, base) in enumerate(zip(columns, bases, strict=True))
    ]
    units = draw.integers(0, len(UNIT_FACTORS), rows).astype(np.int32)
    return Places(stored, sizes, rows, bases), Amounts(np.full(rows, 0.1), UNIT_FACTORS, units)


def exact(places: Places, amounts: Amounts) -> tuple[list[Fraction], list[int]]:
    """Return sums and numbers of rows, a row at a time."""
    sums, count = [Fraction(0)] * places.span, [0] * places.span
    factors = np.ones(places.rows) if amounts.factors is None else amounts.factors[amounts.units]
    converted = (amounts.values * factors).tolist()
    for row, value in enumerate(converted):
        place = 0
        for codes, size, base in zip(places.columns, places.sizes, places.bases, strict=True):
            place = place * size + int(codes[row]) - base
        sums[place] += Fraction(value)
        count[place] += 1
    return sums, count


def within(places: Places, amounts: Amounts, bound: float, *, compiled: bool = False) -> None:
    high, low, count = sums_by_place(places, amounts, compiled=compiled)
    sums, rows = exact(places, amounts)
    assert count.tolist() == rows
    for one, other, value in zip(high.tolist(), low.tolist(), sums, strict=True):
        assert abs(Fraction(one) + Fraction(other) - value) <= Fraction(bound) * value


@pytest.mark.parametrize("sizes", [(1,), (3, 2), (70, 60)])
@pytest.mark.parametrize("crowd", [0.0, 0.7])
def test_no_more_rows_of_a_place_are_added_plainly_than_a_part(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], crowd: float
) -> None:
    monkeypatch.setattr(accumulate, "PART", 32)
    within(*rows_of(30_000, sizes, crowd), 33 * 2.0**-53)


def test_a_place_with_almost_all_rows_keeps_the_bound() -> None:
    within(*rows_of(150_000, (70, 60), 0.95), 1e-12)


@pytest.mark.parametrize("columns", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
@pytest.mark.parametrize("kind", BASES)
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("compiled", [False, True])
def test_columns_that_begin_with_another_number_have_the_same_places(
    columns: tuple[int, ...], kind: str, seed: int, compiled: bool
) -> None:
    if compiled:
        pytest.importorskip("numba")
    within(*rows_of(2_000, (4, 3, 5), 0.1, seed, dict.fromkeys(columns, kind)), 1e-12, compiled=compiled)


def test_a_place_that_is_none_is_not_written_to() -> None:
    pytest.importorskip("numba")
    places = Places([np.array([0, 1, 9], dtype=np.int32), np.zeros(3, dtype=np.int32)], [2, 3], 3)
    with pytest.raises(IndexError, match="a place that is none"):
        sums_by_place(places, Amounts(np.ones(3)), compiled=True)


def test_rows_without_columns_or_without_units_have_sums_too() -> None:
    amounts = Amounts(np.arange(20_000.0))
    high, low, count = sums_by_place(Places([], [], 20_000), amounts)
    assert (high + low).tolist() == [math.fsum(amounts.values)]
    assert count.tolist() == [20_000]


@pytest.mark.parametrize("compiled", [False, True])
def test_no_rows_have_no_sums(compiled: bool) -> None:
    places, amounts = Places([np.empty(0, np.int32)], [3], 0), Amounts(np.empty(0))
    high, low, count, first = sums_and_first(places, amounts, compiled=compiled)
    assert high.tolist() == low.tolist() == count.tolist() == [0, 0, 0]
    assert first.tolist() == [NEVER] * 3


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf, 2.0**901])
@pytest.mark.parametrize("compiled", [False, True])
def test_a_quantity_that_cannot_be_summed_is_not_summed(bad: float, compiled: bool) -> None:
    if compiled:
        pytest.importorskip("numba")
    places, amounts = rows_of(20_000, (5, 4), 0.0)
    amounts.values[12_345] = bad
    with pytest.raises(UnfitQuantityError):
        sums_by_place(places, amounts, compiled=compiled)
    with pytest.raises(UnfitQuantityError):
        amounts.check()


@settings(derandomize=True, deadline=None, max_examples=60, database=None)
@given(
    sizes=st.sampled_from([(), (1,), (4, 3), (9, 2, 10, 10), (200, 90)]),
    rows=st.sampled_from([1, 63, 64, 65, 8_192, 8_193, 70_000, 140_000]),
    crowd=st.sampled_from([0.0, 0.5, 1.0]),
    seed=st.integers(0, 9),
    based=st.dictionaries(st.integers(0, 3), st.sampled_from(sorted(BASES))),
    with_units=st.booleans(),
)
def test_compiled_additions_have_the_same_bits(
    sizes: tuple[int, ...], rows: int, crowd: float, seed: int, based: dict[int, str], with_units: bool
) -> None:
    pytest.importorskip("numba")
    places, amounts = rows_of(rows, sizes, crowd, seed, based)
    values = np.random.default_rng(seed).lognormal(0, 8, rows)
    amounts = Amounts(values, amounts.factors, amounts.units) if with_units else Amounts(values)
    plain, compiled = (sums_and_first(places, amounts, 7 << 32, compiled=each) for each in (False, True))
    for one, other in zip(plain, compiled, strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(plain, sums_by_place(places, amounts, compiled=True), strict=False):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("sizes", [(), (3, 2), (200, 90)])
@pytest.mark.parametrize("rows", [0, 40, 20_000, 140_000])
def test_the_first_row_of_a_place_is_that_of_the_rows_in_order(sizes: tuple[int, ...], rows: int) -> None:
    places, amounts = rows_of(rows, sizes, 0.6)
    _, _, count = sums_by_place(places, amounts)
    expected = np.full(places.span, NEVER)
    for row in range(rows - 1, -1, -1):
        expected[places.block(row, row + 1)[0]] = row
    np.testing.assert_array_equal(places.first(count), expected)
