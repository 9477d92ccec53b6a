"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# the same draws every time: whether a change may land must not depend on luck
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of gathered material: published cases, raw factor rows, public data."""
    folder = Path(os.environ.get("EMISSIONS_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the gathered material is not beside this checkout")
    return folder
