"""Faults put into copies of the engine, one at a time: the battery must find every one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SOURCE = TESTS.parent / "src" / "emissions"


@dataclass(frozen=True)
class Fault:
    """A text of a module that is replaced; it must stand there exactly once."""

    name: str
    module: str
    old: str
    new: str


FAULTS = [
    Fault("the worst factor row instead of the best", "factors/resolve.py", "score.argmin(axis=1)", "score.argmax(axis=1)"),
    Fault("unit of a factor row lost", "factors/resolve.py", " * self.library.scales(used, request.unit)", ""),
    Fault("closed end of an interval open", "factors/match.py", 'numbers >= float(low) if left == "["', 'numbers > float(low) if left == "["'),
    Fault("order of packages turned round", "factors/resolve.py", "enumerate(order)", "enumerate(order[::-1])"),
    Fault("published combination composed of its parts", "factors/match.py", "if parts and parts <= present", "if False and parts <= present"),
    Fault("sign of a product's carbon", "engine/imply.py", "card.sign * ", ""),
    Fault("devices remove nothing", "engine/arguments.py", "passing * (1 - matched.value * rates)", "passing * (1 - 0 * rates)"),
    Fault("rates of a stratum lost", "engine/arguments.py", "matched.value * rates", "matched.value"),
    Fault("control not stated taken for none", "engine/arguments.py", "np.array([devices is not None for devices in lists])", "np.array([True for devices in lists])"),
    Fault("bundle put together across packages", "engine/arguments.py", "packages=(package,)", "packages=()"),
    Fault("measured values not used", "engine/arguments.py", "row_of_set[number] = row", "row_of_set[number] = -1"),
    Fault("exception of a card forgotten", "engine/assign.py", "if card.excepted:", "if False:"),
    Fault("order of methods turned round", "engine/assign.py", "rule.order.index(name)", "500 - rule.order.index(name)"),
    Fault("share of a child dropped", "engine/children.py", "parents[name].to_numpy(dtype=np.float64) * share", "parents[name].to_numpy(dtype=np.float64)"),
    Fault("netting of raw material ignored", "engine/expand.py", "net_feedstock(activity, library.set.choices.feedstock)", "activity"),
    Fault("assumption over what is stated", "engine/expand.py", "blank = fits & unstated(column)", "blank = fits"),
    Fault("what is counted elsewhere counted here too", "engine/coverage.py", "marked(lines, fits, rule.status, reason)", 'marked(lines, fits, "ok", reason)'),
    Fault("gaps dropped", "engine/coverage.py", "lines[~gap | sized | wanted]", "lines[~gap | sized]"),
    Fault("memo items counted", "engine/run.py", ' & (lines["memo"] == "")', ""),
    Fault("quantities of other keys", "engine/account.py", 'quantity[lines["key"].to_numpy(dtype=np.int64)]', 'quantity[::-1][lines["key"].to_numpy(dtype=np.int64)]'),
    Fault("lines of other kinds of keys", "engine/lines.py", "return by_kind[", "return by_kind[::-1]["),
    Fault("strongest instead of weakest tier", "engine/imply.py", "np.minimum.at(weakest", "np.maximum.at(weakest"),
    Fault("CO2 equivalents without the potential", "inventory/tables.py", ' * gases["substance"].map(values).astype(np.float64)', ""),
    Fault("unit of the workbook lost", "activity/quantity.py", "value = np.array([reading.value for reading in readings], dtype=np.float64) * factor",
          "value = np.array([reading.value for reading in readings], dtype=np.float64) * 1"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_put_in(fault: Fault) -> None:
    text = (SOURCE / fault.module).read_text(encoding="utf-8")
    assert text.count(fault.old) == 1, "the engine was rewritten here: write the fault anew"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return name of the fault -> checks of the battery that fail; the copy without a fault is called ``none``."""
    root = tmp_path_factory.mktemp("copies")
    copies = {"none": root / "none"}
    for number, fault in enumerate(FAULTS):
        if (SOURCE / fault.module).read_text(encoding="utf-8").count(fault.old) == 1:
            copies[fault.name] = root / str(number)
    for name, folder in copies.items():
        fault = next((fault for fault in FAULTS if fault.name == name), None)
        write_copy(folder, fault)
    environment = os.environ | {"PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, str(TESTS / "audit" / "battery.py"), *map(str, copies.values())],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    reports = json.loads(done.stdout)
    return {name: reports[str(folder)] for name, folder in copies.items()}


def write_copy(folder: Path, fault: Fault | None) -> None:
    """Copy the package: links to every room and file (and its compiled form) but the one with the fault."""
    path = SOURCE / fault.module if fault is not None else SOURCE / "errors.py"
    text = path.read_text(encoding="utf-8")
    own, copy = SOURCE, folder / "emissions"
    for part in (*path.relative_to(SOURCE).parts, ""):
        copy.mkdir(parents=True)
        for other in own.iterdir():
            if other.name not in {part, "__pycache__", "data"} or not part:
                (copy / other.name).symlink_to(other)
        (copy / "__pycache__").mkdir()
        for compiled in (own / "__pycache__").glob("*.pyc"):
            if not compiled.name.startswith(f"{path.stem}."):
                (copy / "__pycache__" / compiled.name).symlink_to(compiled)
        own, copy = own / part, copy / part
        if own == path:
            break
    copy.write_text(text if fault is None else text.replace(fault.old, fault.new), encoding="utf-8")


def test_the_engine_as_it_is_passes(found: dict[str, list[str]]) -> None:
    assert found["none"] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_battery_finds_the_fault(fault: Fault, found: dict[str, list[str]]) -> None:
    if fault.name not in found:
        pytest.fail("the fault could not be put in")
    assert found[fault.name] != []
