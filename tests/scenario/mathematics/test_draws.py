"""Draws: the same seed gives the same bytes, a path keeps its numbers in every company, correlations are met."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.draws import Method, Varied, apply, correlate, draw, quantiles

NAMES = ["drivers.gdp_growth", "levers.coal_share", "levers.energy_intensity_rate", "水泥.产量"]


def table(names: list[str], values: list[list[float]]) -> pd.DataFrame:
    return pd.DataFrame(values, index=names, columns=names)


# ---------------------------------------------------------------- quantiles


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**40), runs=st.sampled_from([2, 8, 64]), method=st.sampled_from(["latin_hypercube", "sobol"])
)
def test_the_same_seed_gives_the_same_bytes_in_any_order(seed: int, runs: int, method: Method) -> None:
    first, second = quantiles(NAMES, runs, seed, method), quantiles(NAMES[::-1], runs, seed, method)
    assert {name: one.tobytes() for name, one in first.items()} == {name: one.tobytes() for name, one in second.items()}
    other = quantiles(NAMES, runs, seed + 1, method)
    assert any(first[name].tobytes() != other[name].tobytes() for name in NAMES)


def test_another_process_gives_the_same_bytes() -> None:
    code = "from emissions.scenario.mathematics.draws import quantiles; print(quantiles(['a.b'], 50, 20210919)['a.b'].tobytes().hex())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == quantiles(["a.b"], 50, 20210919)["a.b"].tobytes().hex()


@settings(max_examples=30)
@given(company=st.sets(st.sampled_from(NAMES)), seed=st.integers(0, 1000))
def test_a_path_keeps_its_numbers_whatever_else_is_drawn(company: set[str], seed: int) -> None:
    alone = quantiles(NAMES[:1], 32, seed)[NAMES[0]]
    assert quantiles(sorted(company | {NAMES[0]}), 32, seed)[NAMES[0]].tobytes() == alone.tobytes()


def test_different_names_have_different_numbers() -> None:
    drawn = quantiles(NAMES, 1000, 7)
    between = np.corrcoef(np.column_stack(list(drawn.values())), rowvar=False)
    assert np.abs(between - np.eye(4)).max() < 0.1


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), runs=st.integers(2, 200))
def test_a_hypercube_has_one_number_in_each_stratum(seed: int, runs: int) -> None:
    for numbers in quantiles(NAMES, runs, seed).values():
        assert sorted(np.floor(numbers * runs).astype(int).tolist()) == list(range(runs))


def test_sobol_points_fill_each_half_evenly_and_stay_inside() -> None:
    for numbers in quantiles(NAMES, 256, 3, "sobol").values():
        assert (numbers < 0.5).sum() == 128
        assert numbers.min() > 0
        assert numbers.max() < 1
    assert quantiles([], 4, 1, "sobol") == {}


@pytest.mark.parametrize(
    ("names", "runs", "method", "codes"),
    [
        (["a"], 1, "latin_hypercube", ["too_few_runs"]),
        (["a"], 1000, "sobol", ["runs_not_power_of_two"]),
        (["a", "b", "a"], 0, "latin_hypercube", ["too_few_runs", "path_drawn_twice"]),
    ],
)
def test_draws_that_cannot_be_are_refused(names: list[str], runs: int, method: Method, codes: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        quantiles(names, runs, 1, method)
    assert [one.code for one in caught.value.problems] == codes


def test_an_unknown_method_is_said() -> None:
    with pytest.raises(ValueError, match="halton"):
        quantiles(["a"], 4, 1, "halton")  # type: ignore[arg-type]


# ---------------------------------------------------------------- correlation


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), wanted=st.floats(-0.95, 0.95))
def test_rank_correlations_are_met_and_numbers_kept(seed: int, wanted: float) -> None:
    names = NAMES[:2]
    plain = quantiles(NAMES, 1000, seed)
    found = quantiles(NAMES, 1000, seed, rank_correlation=table(names, [[1.0, wanted], [wanted, 1.0]]))
    assert stats.spearmanr(found[names[0]], found[names[1]]).statistic == pytest.approx(wanted, abs=0.05)
    for name in NAMES:
        assert sorted(found[name].tolist()) == sorted(plain[name].tolist())
    for name in (NAMES[0], *NAMES[2:]):
        assert found[name].tobytes() == plain[name].tobytes()


def test_three_correlated_paths() -> None:
    values = [[1.0, 0.8, -0.3], [0.8, 1.0, 0.1], [-0.3, 0.1, 1.0]]
    found = quantiles(NAMES[:3], 4096, 11, "sobol", rank_correlation=table(NAMES[:3], values))
    between = stats.spearmanr(np.column_stack([found[name] for name in NAMES[:3]])).statistic
    assert between == pytest.approx(np.array(values), abs=0.02)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_full_correlation_is_possible(sign: float) -> None:
    found = quantiles(["a", "b"], 100, 5, rank_correlation=table(["a", "b"], [[1.0, sign], [sign, 1.0]]))
    ranks = [found[name].argsort().argsort() for name in "ab"]
    assert ranks[1].tolist() == (ranks[0] if sign > 0 else 99 - ranks[0]).tolist()


def test_names_that_are_not_drawn_are_left_out() -> None:
    drawn = quantiles(["a", "c"], 50, 1)
    found = correlate(drawn, table(["a", "b"], [[1.0, 0.5], [0.5, 1.0]]))
    assert all((found[name] == drawn[name]).all() for name in drawn)


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([[1.0, 0.5], [0.4, 1.0]], ["correlation_not_symmetric"]),
        ([[1.0, 1.5], [1.5, 0.9]], ["correlation_outside_range", "correlation_outside_range", "correlation_diagonal"]),
        ([[1.0, math.nan], [math.nan, 1.0]], ["correlation_outside_range"] * 2),
    ],
)
def test_tables_that_are_no_correlations_are_refused(values: list[list[float]], codes: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        correlate(quantiles(["a", "b"], 50, 1), table(["a", "b"], values))
    assert [one.code for one in caught.value.problems] == codes


def test_other_correlations_that_cannot_be_are_refused() -> None:
    drawn = quantiles(["a", "b", "c"], 50, 1)
    names = ["a", "b", "c"]
    with pytest.raises(ScenarioError, match="correlations_contradict"):
        correlate(drawn, table(names, [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]))
    with pytest.raises(ScenarioError, match="correlations_contradict"):
        correlate(drawn, table(names, [[1, 1, 0.5], [1, 1, -0.5], [0.5, -0.5, 1]]))
    with pytest.raises(ScenarioError, match="correlation_not_square"):
        correlate(drawn, pd.DataFrame([[1.0, 0.5]], index=["a"], columns=["a", "b"]))
    few = {"a": np.array([0.1, 0.5, 0.9]), "b": np.array([0.2, 0.6, 0.8])}
    with pytest.raises(ScenarioError, match="too_few_runs: 3"):
        correlate(few, table(["a", "b"], [[1.0, 0.5], [0.5, 1.0]]))


# ---------------------------------------------------------------- distributions


@pytest.mark.parametrize(
    ("varied", "expected"),
    [
        (Varied("x", "shift", "triangular", low=-1.5, mode=0.0, high=1.0), stats.triang(0.6, -1.5, 2.5)),
        (Varied("x", "shift", "triangular", low=0.0, mode=0.0, high=1.0), stats.triang(0.0, 0.0, 1.0)),
        (Varied("x", "scale", "triangular", low=0.5, mode=2.0, high=2.0), stats.triang(1.0, 0.5, 1.5)),
        (Varied("x", "scale", "uniform", low=0.8, high=1.3), stats.uniform(0.8, 0.5)),
        (Varied("x", "shift", "normal", sd=0.5), stats.norm(0.0, 0.5)),
        (Varied("x", "scale", "normal", sd=0.1), stats.norm(1.0, 0.1)),
    ],
)
def test_numbers_follow_their_distribution(varied: Varied, expected: stats.rv_frozen) -> None:
    at = np.linspace(0.001, 0.999, 201)
    assert draw(varied, at) == pytest.approx(expected.ppf(at), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "varied",
    [
        Varied("x", "shift", "triangular", low=-1.0, mode=2.0, high=1.0),
        Varied("x", "shift", "triangular", low=-1.0, high=1.0),
        Varied("x", "shift", "uniform", low=1.0, high=1.0),
        Varied("x", "shift", "uniform", low=1.0),
        Varied("x", "shift", "normal", sd=0.0),
        Varied("x", "shift", "normal"),
    ],
)
def test_parameters_of_no_distribution_are_refused(varied: Varied) -> None:
    with pytest.raises(ScenarioError, match="distribution_parameters"):
        draw(varied, [0.5])


def test_a_path_is_moved_as_a_whole() -> None:
    assert apply([1.0, 2.0], "scale", [1.0, 3.0]).tolist() == [[1.0, 2.0], [3.0, 6.0]]
    assert apply([1.0, 2.0], "shift", [0.5]).tolist() == [[1.5, 2.5]]
