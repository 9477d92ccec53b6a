"""Figures against targets: which are judged, what they say; tables of them."""

from __future__ import annotations

from typing import Any

import pytest

from emissions.bench import Figures, Plan, verdicts
from emissions.bench.tables import markdown, sides_grid, verdict_grid
from emissions.bench.targets import MANY_CELLS


def figures(rows: int = 10_000_000, cells: int = 1_800, **fields: Any) -> Figures:
    """Return figures of two rounds, the second on a machine half as fast."""
    seconds = {"floor": [1.0, 2.0], "ours": [1.5, 3.2], "duckdb": [4.5, 6.4], "again": [0.02, 0.02]}
    peak = dict.fromkeys([*seconds, "pandas"], 400 * 2**20)
    return Figures(
        Plan(rows, cells), machine={"memory": 2**34, "cores": 2}, versions={"numpy": "2"},
        **{"seconds": seconds, "peak": peak, "idle": peak, "size": 10 * rows, "same_bits": True} | fields,
    )  # fmt: skip


def test_ratios_are_medians_of_the_rounds_and_not_of_the_seconds() -> None:
    run = figures(seconds={"floor": [1.0, 2.0, 10.0], "ours": [2.0, 4.0, 40.0]})
    assert run.median("ours") == 4.0
    assert run.ratio("ours", "floor") == 2.0


def found(*runs: Figures) -> dict[str, Any]:
    return {one.target: one for one in verdicts(runs)}


@pytest.mark.parametrize("kernel", ["numba", "numpy"])
def test_a_target_is_judged_for_the_kernel_that_ran(kernel: str) -> None:
    judged = found(figures(kernel=kernel))
    assert {name for name in judged if name.startswith("floor")} == {f"floor_{kernel}"}
    assert judged[f"floor_{kernel}"].value == 1.55
    assert judged[f"floor_{kernel}"].met == (kernel == "numpy")


def test_small_runs_say_nothing_and_many_cells_have_a_target_of_their_own() -> None:
    assert set(found(figures(1_000_000))) == {"again"}
    seconds = {name: [1.0] for name in ("floor", "ours", "stages")}
    many = found(figures(cells=660_000, seconds=seconds, stages={"resolve": 0.2}))
    assert (many["resolve"].value, many["resolve"].met) == (0.2, False)
    assert many["floor_many_cells"].bound == 2.2
    assert "floor_numpy" not in many
    assert "floor_many_cells" not in found(figures(cells=MANY_CELLS))


def test_speed_ups_memory_and_growth() -> None:
    small = figures()
    large = figures(100_000_000, peak=dict.fromkeys(["floor", "ours", "duckdb", "again"], 450 * 2**20))
    judged = {(one.target, one.rows): one for one in verdicts([small, large])}
    assert judged["duckdb", 100_000_000].value == 2.5
    assert judged["duckdb", 100_000_000].met
    assert ("duckdb", 10_000_000) not in judged
    assert judged["growth", 100_000_000].value == pytest.approx(0.125)
    assert not judged["growth", 100_000_000].met
    assert judged["memory", 10_000_000].met
    assert ("growth", 10_000_000) not in judged


def test_growth_is_that_of_one_kernel() -> None:
    small, large = figures(kernel="numpy"), figures(100_000_000, kernel="numba")
    assert "growth" not in found(small, large)
    assert found(small, figures(kernel="numba"), large)["growth"].value == 0


def test_bits_that_differ_are_a_target_missed() -> None:
    seconds = {name: [1.0] for name in ("floor", "ours", "one_thread")}
    assert found(figures(seconds=seconds))["bits"].met
    assert not found(figures(seconds=seconds, same_bits=False))["bits"].met


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_hold_every_side_and_every_target(language: Any) -> None:
    run = figures(skipped={"polars": "not_installed"})
    grid = sides_grid(run, language)
    assert len(grid.rows) == len(run.seconds)
    assert all(len(row) == len(grid.headings) for row in grid.rows)
    assert [cell for row in (grid.headings, *grid.rows) for cell in row if "bench" in cell] == []
    targets = verdict_grid(verdicts([run]), language)
    text = markdown([run], language)
    assert all(row[0] in text for row in (*grid.rows, *targets.rows))
    assert "polars" in text
