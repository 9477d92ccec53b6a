"""Paths that meet an observed base year."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.harmonise import Method, harmonise

YEARS = [2018, 2020, 2030, 2040, 2050]
PATH = [90.0, 100.0, 80.0, 60.0, 40.0]
METHODS: tuple[Method, ...] = ("ratio", "reduce_ratio", "offset", "reduce_offset")


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("ratio", [108.0, 120.0, 96.0, 72.0, 48.0]),
        ("reduce_ratio", [108.0, 120.0, 88.0, 60.0, 40.0]),
        ("offset", [110.0, 120.0, 100.0, 80.0, 60.0]),
        ("reduce_offset", [110.0, 120.0, 90.0, 60.0, 40.0]),
    ],
)
def test_the_four_methods_by_hand(method: Method, expected: list[float]) -> None:
    """120 observed against 100; the reducing ones end in 2040."""
    found = harmonise(YEARS, [PATH], 2020, [120.0], method, rows=["coal"], until=2040)
    assert found.values[0] == pytest.approx(expected)
    assert (found.ratio.tolist(), found.offset.tolist(), found.method) == ([1.2], [20.0], method)
    assert found.below_zero == ()


POSITIVE = st.floats(min_value=1.0, max_value=1e6)


@given(
    path=st.lists(POSITIVE, min_size=5, max_size=5),
    factor=st.floats(min_value=0.7, max_value=1.45),
    method=st.sampled_from(METHODS),
)
def test_the_base_year_is_met_to_the_bit(path: list[float], factor: float, method: Method) -> None:
    observed = path[1] * factor
    found = harmonise(YEARS, [path, path], 2020, [observed, path[1]], method, rows=["a", "b"], until=2040)
    assert found.values[0, 1] == observed
    assert found.values[1].tolist() == path
    if method.startswith("reduce"):
        assert found.values[:, 3:].tolist() == [path[3:]] * 2


def test_where_both_are_zero_the_path_stays() -> None:
    for method in METHODS:
        found = harmonise(YEARS, [[0.0, 0.0, 5.0, 6.0, 7.0]], 2020, [0.0], method, rows=["gas"], until=2040)
        assert found.values[0].tolist() == [0.0, 0.0, 5.0, 6.0, 7.0]
        assert found.ratio.tolist() == [1.0]


def test_an_offset_that_goes_below_zero_is_named() -> None:
    found = harmonise(YEARS, [PATH, PATH], 2020, [70.0, 50.0], "offset", rows=["a", "b"], any_ratio=True)
    assert found.below_zero == ("b",)
    assert found.values[1, -1] == -10


@pytest.mark.parametrize("observed", [151.0, 66.0, 0.0])
def test_a_ratio_beyond_the_bound_is_refused_unless_asked_for(observed: float) -> None:
    for method in METHODS:
        with pytest.raises(ScenarioError) as caught:
            harmonise(YEARS, [PATH, PATH], 2020, [observed, 100.0], method, rows=["coal", "oil"], until=2040)
        (problem,) = caught.value.problems
        assert (problem.code, problem.facts["row"], problem.found) == (
            "harmonise_ratio",
            "coal",
            f"{observed / 100:.4g}",
        )
    found = harmonise(YEARS, [PATH], 2020, [observed], rows=["coal"], any_ratio=True)
    assert found.ratio.tolist() == [observed / 100]


@pytest.mark.parametrize("observed", [150.0, 66.7])
def test_the_bound_itself_is_accepted(observed: float) -> None:
    assert harmonise(YEARS, [PATH], 2020, [observed], rows=["coal"]).values[0, 1] == observed


def test_nothing_modelled_has_no_ratio() -> None:
    path = [[0.0, 0.0, 1.0, 1.0, 1.0]]
    for options in ({}, {"any_ratio": True}):
        with pytest.raises(ScenarioError, match="harmonise_from_zero: coal"):
            harmonise(YEARS, path, 2020, [5.0], rows=["coal"], **options)
    with pytest.raises(ScenarioError, match="harmonise_ratio: inf"):
        harmonise(YEARS, path, 2020, [5.0], "offset", rows=["coal"])
    found = harmonise(YEARS, path, 2020, [5.0], "offset", rows=["coal"], any_ratio=True)
    assert found.values[0].tolist() == [5.0, 5.0, 6.0, 6.0, 6.0]
    assert found.ratio.tolist() == [math.inf]


def test_all_paths_that_are_wrong_are_named_at_once() -> None:
    paths = np.array([PATH, PATH, [math.nan, *PATH[1:]]])
    with pytest.raises(ScenarioError) as caught:
        harmonise(YEARS, paths, 2020, [500.0, 10.0, 100.0], rows=["a", "b", "c"])
    assert [(one.code, one.facts.get("row", one.found)) for one in caught.value.problems] == [
        ("harmonise_not_finite", "c"),
        ("harmonise_ratio", "a"),
        ("harmonise_ratio", "b"),
    ]


def test_years_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ScenarioError, match="base_year_missing: 2019"):
        harmonise(YEARS, [PATH], 2019, [100.0], rows=["a"])
    for until in (None, 2020):
        with pytest.raises(ScenarioError, match="harmonise_without_end"):
            harmonise(YEARS, [PATH], 2020, [100.0], "reduce_ratio", rows=["a"], until=until)


def test_wrong_use_is_said() -> None:
    with pytest.raises(ValueError, match="stretch"):
        harmonise(YEARS, [PATH], 2020, [100.0], "stretch", rows=["a"])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is wanted"):
        harmonise(YEARS, [PATH], 2020, [100.0, 2.0], rows=["a"])
