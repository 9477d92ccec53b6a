"""Option that writes the golden tables anew."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-golden``; give it with the path of this folder."""
    parser.addoption("--update-golden", action="store_true", help="write the golden tables anew")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Tell whether the golden tables are to be written anew."""
    return bool(request.config.getoption("--update-golden", default=False))
