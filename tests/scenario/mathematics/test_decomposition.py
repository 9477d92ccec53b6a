"""Logarithmic means and index decomposition: published forms, zeros by their limits, closure always."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.decomposition import lmdi, lmdi2_chained, lmdi_chained
from emissions.scenario.mathematics.logarithmic_mean import log_mean, log_ratio

POSITIVE = st.floats(min_value=1e-6, max_value=1e6)
NUMBER = st.one_of(st.just(0.0), st.sampled_from([1.0, 2.0, 5.0]), POSITIVE)


@st.composite
def cubes(draw: st.DrawFn, number: st.SearchStrategy[float] = NUMBER) -> np.ndarray:
    """Return factors (years, terms, factors) with many zeros and many equal values."""
    shape = (draw(st.integers(2, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 4)))
    values = draw(st.lists(number, min_size=math.prod(shape), max_size=math.prod(shape)))
    return np.array(values).reshape(shape)


def exact_log_mean(one: float, two: float) -> float:
    with localcontext() as context:
        context.prec = 60
        a, b = Decimal(one), Decimal(two)
        return float((a - b) / (a.ln() - b.ln()))


# ---------------------------------------------------------------- the mean


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (4.0, 1.0),
        (1.0, 1 + 2**-52),
        (1e300, 1e-300),
        (3.0, 3.0 * (1 + 1e-9)),
        (5e-324, 1.0),
        (1e308, 1.7e308),
        (1, 1.51),
    ],
)
def test_the_mean_is_right_to_the_last_digits(one: float, two: float) -> None:
    assert float(log_mean(one, two)) == pytest.approx(exact_log_mean(one, two), rel=4e-15)
    assert float(log_mean(one, two)) == float(log_mean(two, one))


def test_limits_of_the_mean() -> None:
    assert log_mean([7.0, 0.0, 0.0, 5.0], [7.0, 3.0, 0.0, 0.0]).tolist() == [7.0, 0.0, 0.0, 0.0]
    assert log_mean(-4.0, -1.0) == -log_mean(4.0, 1.0)


@given(one=POSITIVE, two=POSITIVE)
def test_the_mean_lies_between_geometric_and_arithmetic(one: float, two: float) -> None:
    mean = float(log_mean(one, two))
    assert min(one, two) <= mean <= max(one, two)
    assert math.sqrt(one) * math.sqrt(two) <= mean * (1 + 1e-14)
    assert mean <= (one + two) / 2 * (1 + 1e-14)


@pytest.mark.parametrize(("one", "two"), [(1.0, -1.0), (math.nan, 1.0), (math.inf, 1.0)])
def test_numbers_without_a_mean_are_refused(one: float, two: float) -> None:
    with pytest.raises(ScenarioError, match="no_logarithmic_mean"):
        log_mean([one, 1.0], [two, 1.0])


def test_the_logarithm_of_a_ratio_keeps_small_differences() -> None:
    assert log_ratio(np.array([1 + 2**-50]), np.array([1.0]))[0] == pytest.approx(2**-50, rel=1e-12)
    assert log_ratio(np.array([-2.0]), np.array([-1.0]))[0] == pytest.approx(math.log(2))


# ---------------------------------------------------------------- one step


def test_equal_totals_keep_their_effects() -> None:
    """Activity up by a tenth with intensity down as much: the effects are +-9.53 and not 0, and 1.1 and 1/1.1."""
    before, after = [[100.0, 1.0]], [[110.0, 1 / 1.1]]
    additive = lmdi(before, after)
    assert additive.effects == pytest.approx([9.531018, -9.531018], rel=1e-6)
    assert additive.residual == pytest.approx(0, abs=1e-12)
    ratio = lmdi(before, after, "multiplicative")
    assert ratio.effects == pytest.approx([1.1, 1 / 1.1], rel=1e-14)
    assert ratio.residual == pytest.approx(1, rel=1e-14)


def test_a_term_that_appears_or_vanishes_goes_to_the_factor_that_did() -> None:
    assert lmdi([[0.0, 2.0, 3.0]], [[4.0, 7.0, 5.0]]).effects.tolist() == [140.0, 0.0, 0.0]
    assert lmdi([[4.0, 7.0, 5.0]], [[4.0, 0.0, 9.0]]).effects.tolist() == [0.0, -140.0, 0.0]


def test_several_zeros_at_once_share_and_are_named() -> None:
    found = lmdi([[1.0, 2.0, 1.0], [0.0, 0.0, 3.0]], [[1.0, 2.0, 1.0], [2.0, 5.0, 1.0]])
    assert found.effects.tolist() == [5.0, 5.0, 0.0]
    assert found.shared == (1,)
    assert lmdi([[0.0, 2.0]], [[1.0, 2.0]]).shared == ()


def test_a_term_that_is_zero_in_both_years_adds_nothing() -> None:
    """Also where another factor is 0 in each year: nothing appears and nothing vanishes."""
    found = lmdi([[0.0, 5.0], [1.0, 1.0]], [[3.0, 0.0], [1.0, 2.0]])
    assert found.by_term[0].tolist() == [0.0, 0.0]
    assert found.effects == pytest.approx([0.0, 1.0], abs=1e-15)
    assert found.shared == ()


def test_the_limit_is_what_small_numbers_tend_to() -> None:
    gap = [
        abs(lmdi([[small, 2.0], [1.0, 1.0]], [[3.0, 5.0], [1.0, 1.0]]).effects[0] - 15.0)
        for small in (1e-3, 1e-30, 1e-300)
    ]
    assert gap[0] > gap[1] > gap[2] > 0
    assert lmdi([[0.0, 2.0], [1.0, 1.0]], [[3.0, 5.0], [1.0, 1.0]]).effects[0] == 15.0


def test_a_factor_without_a_value_beside_a_zero_is_unchanged() -> None:
    """The emission per energy of a fuel that was not used: the fuel's share carries the whole change."""
    found = lmdi([[10.0, 0.0, math.nan]], [[10.0, 0.5, 2.0]], factors=["energy", "share", "intensity"])
    assert found.effects.tolist() == [0.0, 10.0, 0.0]
    assert found.shared == ()


def test_negative_terms_are_decomposed_by_size() -> None:
    found = lmdi([[2.0, -3.0]], [[4.0, -3.0]])
    assert found.effects == pytest.approx([-6.0, 0.0])


def test_multiplicative_parts_of_terms_sum_to_the_logarithms() -> None:
    found = lmdi([[1.0, 2.0], [3.0, 0.0]], [[2.0, 2.5], [3.0, 4.0]], "multiplicative")
    assert found.by_term.sum(axis=0) == pytest.approx(np.log(found.effects))
    assert found.effects.prod() == pytest.approx(17 / 2)


@pytest.mark.parametrize(
    ("before", "after", "form", "code"),
    [
        ([[math.nan, 1.0]], [[1.0, 1.0]], "additive", "factor_not_finite"),
        ([[1.0, 1.0]], [[math.inf, 0.0]], "additive", "factor_not_finite"),
        ([[1.0, 1.0]], [[-1.0, 1.0]], "additive", "factor_changes_sign"),
        ([[1.0, 1.0]], [[0.0, 1.0]], "multiplicative", "total_without_ratio"),
        ([[1.0], [-2.0]], [[4.0], [-2.0]], "multiplicative", "total_without_ratio"),
    ],
)
def test_what_cannot_be_decomposed_is_refused(before: object, after: object, form: str, code: str) -> None:
    with pytest.raises(ScenarioError, match=code):
        lmdi(before, after, form)  # type: ignore[arg-type]


def test_all_problems_come_at_once_with_their_places() -> None:
    with pytest.raises(ScenarioError) as caught:
        lmdi_chained(
            [[[1.0, 1.0]], [[-1.0, math.inf]], [[1.0, 1.0]]], [2020, 2021, 2022], factors=["activity", "intensity"]
        )
    assert [(one.code, one.facts["year"], one.facts["factor"]) for one in caught.value.problems] == [
        ("factor_not_finite", "2021", "intensity"),
        ("factor_changes_sign", "2021", "activity"),
        ("factor_changes_sign", "2022", "activity"),
    ]


def test_wrong_use_is_said() -> None:
    with pytest.raises(ValueError, match="form 'other'"):
        lmdi([[1.0]], [[1.0]], "other")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is wanted"):
        lmdi_chained([[1.0]], [2020])
    with pytest.raises(ValueError, match="2 names for 1 factors"):
        lmdi([[1.0]], [[1.0]], factors=["a", "b"])


# ---------------------------------------------------------------- closure


@given(cube=cubes())
def test_additive_effects_sum_to_the_change(cube: np.ndarray) -> None:
    years = range(2020, 2020 + len(cube))
    found = lmdi_chained(cube, years)
    size = cube.prod(axis=2).sum() * len(cube)
    assert np.abs(found.residual).max() <= 1e-12 * size
    assert found.cumulative.sum(axis=1) == pytest.approx(found.totals - found.totals[0], abs=1e-12 * size)


@given(cube=cubes())
def test_multiplicative_effects_multiply_to_the_ratio(cube: np.ndarray) -> None:
    cube = np.concatenate([cube, np.full((len(cube), 1, cube.shape[2]), 1.0)], axis=1)
    found = lmdi_chained(cube, range(len(cube)), "multiplicative")
    assert np.log(found.residual) == pytest.approx(np.zeros(len(cube)), abs=1e-9)


@given(cube=cubes(st.one_of(st.just(0.0), st.sampled_from([0.5, 1.0]), st.floats(min_value=0.3, max_value=3))))
def test_the_second_lmdi_closes_too(cube: np.ndarray) -> None:
    cube = np.concatenate([cube, np.full((len(cube), 1, cube.shape[2]), 1.0)], axis=1)
    found = lmdi2_chained(cube, range(len(cube)))
    assert np.log(found.cumulative).sum(axis=1) == pytest.approx(np.log(found.totals / found.totals[0]), abs=1e-9)


@given(cube=cubes())
def test_going_back_undoes_the_effects(cube: np.ndarray) -> None:
    there, back = lmdi(cube[0], cube[1]), lmdi(cube[1], cube[0])
    assert there.effects == pytest.approx(-back.effects, rel=1e-9, abs=1e-9 * (there.before + there.after))
    assert there.shared == back.shared


@given(cube=cubes(POSITIVE), power=st.integers(-8, 8))
def test_the_unit_of_a_factor_changes_no_ratio(cube: np.ndarray, power: int) -> None:
    scaled = cube.copy()
    scaled[:, :, 0] *= 2.0**power
    first, second = lmdi(cube[0], cube[1], "multiplicative"), lmdi(scaled[0], scaled[1], "multiplicative")
    assert first.effects == pytest.approx(second.effects, rel=1e-9)


# ---------------------------------------------------------------- chains


def test_a_chain_can_be_held_against_any_year() -> None:
    found = lmdi_chained([[[1.0, 5.0]], [[2.0, 5.0]], [[2.0, 4.0]]], [2020, 2021, 2022], factors=["a", "b"])
    assert found.table().loc[2022].round(9).to_dict() == {"a": 5.0, "b": -2.0, "total": 3.0, "residual": 0.0}
    assert found.table(2021).loc[2020].round(9).to_dict() == {"a": -5.0, "b": 0.0, "total": -5.0, "residual": 0.0}
    ratio = lmdi_chained([[[1.0, 5.0]], [[2.0, 5.0]], [[2.0, 4.0]]], [2020, 2021, 2022], "multiplicative")
    assert ratio.table(2022).loc[2020].round(9).tolist() == [0.5, 1.25, 0.625, 1.0]


def test_a_chain_names_year_and_term_of_what_it_shared() -> None:
    cube = [[[1.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [2.0, 3.0]]]
    assert lmdi_chained(cube, [2020, 2021, 2022]).shared == ((2022, 1),)
    assert lmdi2_chained(cube, [2020, 2021, 2022]).shared == ((2022, 1),)


def test_a_term_may_vanish_in_the_second_lmdi() -> None:
    """By hand: shares 3/4 and 1/4 become 1 and 0; with L the mean of 3/4 and 1, the effects are exp((L ln(4/3)) / L)
    for what stays and exp(-(1/4) / L) for what goes."""
    found = lmdi2_chained([[[3.0, 1.0], [1.0, 1.0]], [[3.0, 1.0], [0.0, 1.0]]], [2020, 2021])
    assert found.cumulative[1] == pytest.approx([0.75, 1.0], rel=1e-14)


def test_years_without_a_common_term_have_no_second_lmdi() -> None:
    with pytest.raises(ScenarioError, match="no_term_in_common: 2021"):
        lmdi2_chained([[[1.0], [0.0]], [[0.0], [1.0]]], [2020, 2021])
    with pytest.raises(ScenarioError, match="no_term_in_common: 2021"):
        lmdi2_chained([[[1e6, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, 1e6], [1.0, 1.0]]], [2020, 2021])
