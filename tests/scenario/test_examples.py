"""Examples run; every public function of the pure modules has one, and importing these loads nothing heavy."""

from __future__ import annotations

import doctest
import inspect
import json
import subprocess
import sys
from importlib import import_module

import pytest

MODULES = [
    "mathematics.abate",
    "mathematics.cocontrol",
    "mathematics.decomposition",
    "mathematics.draws",
    "mathematics.harmonise",
    "mathematics.kaya",
    "mathematics.logarithmic_mean",
    "mathematics.paths",
    "mathematics.peak",
    "mathematics.stock",
    "mathematics.survival",
    "mathematics.technology",
    "mathematics.trend",
]

WITH_EXAMPLES = [
    *MODULES,
    "targets.data",
    "targets.conflicts",
    "targets.rule",
    "targets.status",
    "targets.indicators",
    "targets.observed",
    "revision.carriers",
    "revision.envelope",
    "revision.measures",
    "revision.power",
    "revision.select",
    "revision.sheet",
    "revision.values",
    "file.extend",
    "file.form",
    "file.kinds",
    "file.places",
    "file.quantities",
    "file.read",
    "file.sources",
    "file.spell",
    "file.write",
    "outcome.measure_levels",
    "outcome.project",
    "outcome.solve",
]
"""Those that read vocabulary or files too."""


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_are_right(name: str) -> None:
    module = import_module(f"emissions.scenario.{name}")
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0
    assert found.attempted > 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_says_what_it_takes_and_gives(name: str) -> None:
    module = import_module(f"emissions.scenario.{name}")
    functions = [
        one
        for label, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__ and not label.startswith("_")
    ]
    assert functions
    for one in functions:
        assert all(part in (one.__doc__ or "") for part in ("Parameters\n", "Examples\n")), one.__name__


def test_importing_the_mathematics_does_not_import_scipy() -> None:
    code = "import json, sys\n" + "".join(f"import emissions.scenario.{name}\n" for name in MODULES)
    done = subprocess.run(
        [sys.executable, "-c", code + "print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {one.split(".")[0] for one in json.loads(done.stdout)}
    assert "emissions" in loaded
    assert loaded & {"scipy", "xarray", "pint", "click", "rich"} == set()
