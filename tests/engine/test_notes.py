"""What a run says beside its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reference.workbench import activity_table, card, factor, library, run

ROW = factor("a", 2.0, "t/t")


def notes(result: Any, code: str) -> list[Any]:
    return [note for note in result.notes if note.code == code]


@pytest.mark.parametrize(("use", "level"), [("own_use", "info"), ("recovery", "warning")])
def test_rows_that_gave_nothing_are_said_with_their_size(tmp_path: Path, use: str, level: str) -> None:
    silent = [{"use": use, "quantity": 3.0}, {"use": use, "quantity": 4.0, "year": 2021}]
    (note,) = notes(run(activity_table({}, *silent), library(tmp_path, ROW), card("one")), "rows_without_lines")
    assert (note.level, note.found) == (level, "lignite")
    assert note.facts == {"use": use, "quantity": "7", "unit": "t", "keys": "2"}


def test_a_gap_is_not_said_to_have_given_nothing(tmp_path: Path) -> None:
    result = run(activity_table({"region": "130000"}), library(tmp_path, ROW | {"region": "150000"}), card("one"))
    assert notes(result, "rows_without_lines") == []


@pytest.mark.parametrize(
    ("basis", "control", "said"),
    [("as_published", "scr", True), ("as_published", "none", False), ("as_published", "", False),
     ("as_published", "fabric_filter", False), ("before_control", "scr", False)],
)  # fmt: skip
def test_devices_that_a_typical_factor_does_not_know_are_said(
    tmp_path: Path, basis: str, control: str, *, said: bool
) -> None:
    one = card("one", substances=["NOx"], parameters={"emission_factor": {"basis": [basis]}})
    row = factor("a", 1.0, "kg/t", substance="NOx", basis=basis)
    found = notes(run(activity_table({"control": control}), library(tmp_path, row), one), "control_not_applied")
    assert [(note.found, note.facts) for note in found] == (
        [("NOx", {"card": "one", "lines": "1", "emission": "0.1"})] if said else []
    )


def test_an_earlier_year_that_stands_in_is_said_once_a_row(tmp_path: Path) -> None:
    row = ROW | {"valid_from": "2010", "valid_to": "2015"}
    one = card("one", fallback=["earlier_year"])
    result = run(activity_table({}, {"year": 2019}, {"year": 2015}), library(tmp_path, row), one)
    (note,) = notes(result, "earlier_year")
    assert (note.found, note.level, note.facts) == ("a", "info", {"year": "2015", "lines": "2"})
