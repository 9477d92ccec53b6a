"""Who imports whom, what importing costs, how large a module is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "emissions"
MODULES = sorted(SOURCE.rglob("*.py"))

LEVELS = [
    {"errors"},
    {"units", "vocabulary"},
    {"activity", "factors", "methods"},
    {"engine"},
    {"inventory"},
    {"assurance", "scenario"},
    {"report"},
    {"bench"},
    {"cli"},
]
"""Rooms from the ground up: a room imports from the floors below, not from its own floor and not from above."""
FLOOR = {room: number for number, rooms in enumerate(LEVELS) for room in rooms}
SCENARIO_FLOORS = ["mathematics", "model", "projection", "targets", "revision", "file", "outcome"]
"""Modules and rooms of the scenario room from the ground up."""
SIDEWAYS = {("vocabulary", "units"), ("factors", "units"), ("scenario", "assurance")}
"""Steps on one floor that are allowed."""
ROOT_MODULES = {"__init__", "__main__"}

LATE = {
    "pint",
    "xarray",
    "globalwarmingpotentials",
    "polars",
    "duckdb",
    "numba",
    "dask",
    "distributed",
    "fsspec",
    "matplotlib",
    "pyarrow",
    "scipy",
}
"""Third-party packages so slow or optional that a marked import inside a function is right."""
LATE_ROOMS = {"cli", "report", "bench", "__init__", "__main__"}
"""Rooms at the edge, where any import may wait."""


def room(path: Path) -> str:
    part = path.relative_to(SOURCE).parts[0]
    return part.removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every import of a module: the statement and the dotted name, types only excepted."""
    typing = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree(path)):
        if id(node) in typing:
            continue
        if isinstance(node, ast.Import):
            yield from ((node, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            yield from ((node, f"{node.module}.{one.name}") for one in node.names)


def within_functions(path: Path) -> set[int]:
    return {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for inner in ast.walk(node)
        if inner is not node
    }


def module_of(name: str) -> str:
    """Return the module of the package that a dotted name is or lies in."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = SOURCE.parent.joinpath(*parts[:length])
        if place.with_suffix(".py").is_file() or (place / "__init__.py").is_file():
            return ".".join(parts[:length])
    raise AssertionError(f"no such module: {name}")


def name_of(path: Path) -> str:
    parts = list(path.relative_to(SOURCE.parent).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# ---------------------------------------------------------------- who imports whom


def test_every_room_has_its_floor() -> None:
    rooms = {room(path) for path in MODULES} - ROOT_MODULES
    assert rooms - set(FLOOR) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_imports_only_from_the_floors_below(path: Path) -> None:
    own = room(path)
    if own in ROOT_MODULES:
        pytest.skip("the front door opens every room, lazily")
    wrong = []
    for _, name in imported(path):
        if name.split(".")[0] != "emissions":
            continue
        parts = module_of(name).split(".")
        other = parts[1] if len(parts) > 1 else "__init__"
        if other == own or (own, other) in SIDEWAYS:
            continue
        if other == "__init__" or FLOOR[other] >= FLOOR[own]:
            wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize("path", sorted((SOURCE / "scenario").rglob("*.py")), ids=lambda path: path.stem)
def test_the_rooms_of_scenarios_import_only_from_those_below(path: Path) -> None:
    own = path.relative_to(SOURCE / "scenario").parts[0].removesuffix(".py")
    others = {module_of(name).split(".")[2] for _, name in imported(path) if name.startswith("emissions.scenario.")}
    floor = {name: number for number, name in enumerate(["__init__", *SCENARIO_FLOORS])}
    assert [name for name in others - {own} if floor[name] >= floor[own]] == []


def test_there_is_no_circle_of_imports() -> None:
    edges = {
        name_of(path): {module_of(name) for _, name in imported(path) if name.startswith("emissions.")}
        - {name_of(path)}
        for path in MODULES
        if room(path) not in ROOT_MODULES
    }
    packages = {name_of(path) for path in MODULES if path.name == "__init__.py"}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> list[str]:
        if name in trail:
            return [" -> ".join((*trail[trail.index(name) :], name))]
        if name in done:
            return []
        found = [circle for other in sorted(edges.get(name, ())) for circle in visit(other, (*trail, name))]
        done.add(name)
        return found

    circles = [circle for name in sorted(edges) for circle in visit(name, ())]
    real = [circle for circle in circles if not set(circle.split(" -> ")) <= packages]
    assert real == []


def test_only_one_module_imports_pint() -> None:
    assert {path.name for path in MODULES for _, name in imported(path) if name.split(".")[0] == "pint"} == {"units.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_stand_at_the_top(path: Path) -> None:
    if room(path) in LATE_ROOMS:
        pytest.skip("at the edge an import may wait")
    inside = within_functions(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    late = [(node.lineno, name) for node, name in imported(path) if id(node) in inside]
    assert [one for one in late if one[1].split(".")[0] not in LATE] == []
    unmarked = [one for one in late if not re.search(r"noqa: PLC0415  \S", lines[one[0] - 1])]
    repeated = {name.split(".")[0] for number, name in late if (number, name) not in unmarked}
    assert [one for one in unmarked if one[1].split(".")[0] not in repeated] == [], "say why the import waits"


def test_only_the_edge_imports_what_only_the_edge_needs() -> None:
    edge = {"click": {"cli"}, "rich": {"cli", "report", "bench"}, "xlsxwriter": {"report", "activity"}}
    wrong = [
        (str(path.relative_to(SOURCE)), name)
        for path in MODULES
        for _, name in imported(path)
        if name.split(".")[0] in edge and room(path) not in edge[name.split(".")[0]]
    ]
    assert wrong == []


# ---------------------------------------------------------------- what importing costs


PROBE = """
import builtins, io, json, sys
opened = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.append(arguments[0])
sys.addaudithook(watch)
before = set(sys.modules)
import {module}
heavy = sorted({{name.split(".")[0] for name in set(sys.modules) - before}})
print(json.dumps([heavy, [one for one in opened if not one.endswith((".py", ".pyc", ".so", ".pth"))]]))
"""


def probe(module: str) -> tuple[set[str], list[str]]:
    import json

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE.format(module=module)], capture_output=True, text=True, check=True
    )
    loaded, opened = json.loads(done.stdout)
    return set(loaded), [one for one in opened if "__pycache__" not in one]


def test_importing_the_package_opens_no_file_and_loads_nothing_heavy() -> None:
    loaded, opened = probe("emissions")
    assert loaded & {"numpy", "pandas", "pint", "xarray", "yaml", "pydantic", "openpyxl", "pyarrow", "click"} == set()
    assert loaded & {"globalwarmingpotentials", "xlsxwriter", "python_calamine", "rich", "importlib_metadata"} == set()
    assert opened == []


@pytest.mark.parametrize(
    "module", ["emissions.engine", "emissions.activity", "emissions.inventory", "emissions.factors"]
)
def test_importing_a_room_reads_no_data(module: str) -> None:
    loaded, opened = probe(module)
    assert loaded & {"pint", "xarray", "click", "rich", "globalwarmingpotentials"} == set()
    assert [one for one in opened if str(SOURCE) in one] == []


def test_the_command_line_shows_its_help_without_the_engine() -> None:
    loaded, _ = probe("emissions.cli")
    assert loaded & {"numpy", "pandas", "pint", "xarray", "pydantic", "openpyxl", "pyarrow"} == set()


# ---------------------------------------------------------------- the public interface


def test_every_public_name_is_there_and_listed_in_order() -> None:
    import emissions

    assert emissions.__all__ == sorted(emissions.__all__)
    assert [name for name in emissions.__all__ if not hasattr(emissions, name)] == []
    assert set(dir(emissions)) == set(emissions.__all__)
    with pytest.raises(AttributeError):
        _ = emissions.nothing_of_the_kind  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "package", sorted(room(path) for path in MODULES if path.name == "__init__.py" and path.parent.parent == SOURCE)
)
def test_a_room_lists_what_it_shows(package: str) -> None:
    from importlib import import_module

    module = import_module(f"emissions.{package}")
    names = getattr(module, "__all__", [])
    assert list(names) == sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert [name for name in names if not hasattr(module, name)] == []
    assert module.__doc__


# ---------------------------------------------------------------- modules


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_is_no_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_few_modules_are_longer_than_300_lines() -> None:
    long = {
        str(path.relative_to(SOURCE)): count
        for path in MODULES
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert len(long) <= len(MODULES) // 10, f"over 300 lines: {long}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_leaves_nothing_to_do_and_prints_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", text) == []
    prints = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"print", "input", "breakpoint"}
    ]
    assert prints == [] or room(path) in {"cli", "report", "bench"}


def test_nothing_in_the_package_names_a_machine() -> None:
    texts = [path for path in SOURCE.rglob("*") if path.suffix in {".py", ".yaml", ".csv", ".md"} and path.is_file()]
    pattern = re.compile(r"(?<![\w.])/(?:work|home|tmp|root|Users)/|\.\./shared|[A-Z]:\\\\")
    named = {str(path.relative_to(SOURCE)): pattern.findall(path.read_text(encoding="utf-8")) for path in texts}
    assert {name: found for name, found in named.items() if found} == {}


# ---------------------------------------------------------------- what checks the engine


@pytest.mark.parametrize(
    "name",
    [
        "reference/twin.py",
        "reference/words.py",
        "reference/unit_table.py",
        "reference/equations.py",
        "audit/auditor.py",
    ],
)
def test_the_twin_and_the_auditor_share_no_module_with_the_engine(name: str) -> None:
    tests = SOURCE.parents[1] / "tests"
    text = (tests / name).read_text(encoding="utf-8")
    names = {
        one.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for one in node.names
    }
    own = {"reference.twin", "reference.words", "reference.unit_table", "reference.equations"}
    assert {one for one in names if one.split(".")[0] in {"emissions", "reference", "audit"}} <= own
    assert names & {"numpy", "pandas", "pint", "pydantic"} == set()
