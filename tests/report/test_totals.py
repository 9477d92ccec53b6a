"""Totals by columns of choice."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from emissions.engine import Run
from emissions.inventory import co2_equivalent, totals
from emissions.report.totals import print_totals, totals_by, write_totals


def test_a_column_a_substance_and_the_equivalents(run: Run) -> None:
    table = totals_by(run, ["year", "activity"])
    assert list(table.columns[:3]) == ["year", "activity", "CO2"]
    assert table.columns[-1] == "CO2e (AR5GWP100)"
    long = totals(run, ["substance"])
    for substance, emission in zip(long["substance"], long["emission"], strict=True):
        assert table[substance].sum() == pytest.approx(emission, rel=1e-12)
    assert table["CO2e (AR5GWP100)"].sum() == pytest.approx(co2_equivalent(long, "AR5GWP100")["co2e"].sum(), rel=1e-12)


def test_absence_stays_absence(run: Run) -> None:
    table = totals_by(run, ["activity"]).set_index("activity")
    assert pd.isna(table.loc["natural_gas", "BC"]) or table.loc["natural_gas", "BC"] > 0
    assert not (table.drop(columns="CO2") == 0).all().any()


def test_the_file_has_what_is_printed(run: Run, tmp_path: Path) -> None:
    path = write_totals(run, ["category", "region"], tmp_path)
    assert path.name == "totals.csv"
    written = pd.read_csv(path, dtype={"region": str})
    pd.testing.assert_frame_equal(written, totals_by(run, ["category", "region"]), check_dtype=False, rtol=1e-12)
    screen = Console(file=io.StringIO(), width=120)
    print_totals(run, ["category", "region"], screen, "en")
    assert isinstance(screen.file, io.StringIO)
    told = screen.file.getvalue()
    assert f"Totals, {len(written)} rows (all in totals.csv)" in told
    assert "1A1ai Electricity Generation" in told
    assert "150600" not in told  # the name of the region stands there
