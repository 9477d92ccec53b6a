"""One small calculation for all tests of reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from emissions.activity import ActivityTable, read_activity
from emissions.engine import Run, calculate
from emissions.factors import FactorLibrary, load_factors
from report.support import write_workbook


@pytest.fixture(scope="session")
def library() -> FactorLibrary:
    return load_factors("cn-2026.1")


@pytest.fixture(scope="session")
def given(tmp_path_factory: pytest.TempPathFactory) -> ActivityTable:
    return read_activity(write_workbook(tmp_path_factory.mktemp("data") / "city.xlsx"))


@pytest.fixture(scope="session")
def run(given: ActivityTable, library: FactorLibrary) -> Run:
    return calculate(given, library)


@pytest.fixture(scope="session")
def stored(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from emissions.report.store import save

    return save(run, tmp_path_factory.mktemp("results") / "city", command="emissions inventory city.xlsx")
