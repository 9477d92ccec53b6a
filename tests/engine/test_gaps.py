"""What a gap is said to lack: the condition, the control, the year, or nothing that can be named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reference.workbench import activity_table, card, factor, library, line, run

KEY = {"region": "150600", "year": 2020}
PLAIN = card("plain")
NOX = card("plain", substances=["NOx"], parameters={"emission_factor": {"basis": ["as_published"]}})
CONTROLLED = card(
    "controlled",
    formula="controlled",
    substances=["NOx"],
    parameters={
        "emission_factor": {"basis": ["before_control"]},
        "removal": {"parameter": "removal_efficiency", "combine": "series"},
    },
)


def reason(tmp_path: Path, *rows: dict[str, str], **item: Any) -> str:
    return str(line(run(activity_table({**KEY, **item}), library(tmp_path, *rows), PLAIN))["reason"])


def test_the_fewest_conditions_that_would_help_are_named(tmp_path: Path) -> None:
    two = factor("two", 1.0, "t/t", technology="boiler", capacity_MW="[300,inf)")
    one = factor("one", 1.0, "t/t", boiler_tph="[0,35)")
    assert reason(tmp_path / "both", two, one) == "condition_not_stated:boiler_tph"
    assert reason(tmp_path / "two", two) in {
        "condition_not_stated:technology+capacity_MW",
        "condition_not_stated:capacity_MW+technology",
    }


def test_a_condition_that_is_stated_otherwise_is_not_missing(tmp_path: Path) -> None:
    rows = [factor("a", 1.0, "t/t", technology="gas_boiler", capacity_MW="[300,inf)")]
    assert reason(tmp_path, *rows, technology="pulverised_coal_boiler") == "no_factor:emission_factor"


@pytest.mark.parametrize("validity", [{"valid_from": 2021}, {"valid_to": 2019}])
def test_a_row_of_another_year_makes_the_year_the_gap(tmp_path: Path, validity: dict[str, int]) -> None:
    assert reason(tmp_path, factor("a", 1.0, "t/t", **validity)) == "no_factor_of_year:emission_factor"


def test_two_kinds_of_obstacle_are_not_made_one(tmp_path: Path) -> None:
    row = factor("a", 1.0, "t/t", valid_from=2021, technology="boiler")
    assert reason(tmp_path, row) == "no_factor:emission_factor"


def test_a_control_that_is_not_stated_is_the_gap_where_a_later_card_only_lacks_it(tmp_path: Path) -> None:
    row = factor("a", 1.0, "t/t", substance="NOx", basis="before_control")
    factors = library(tmp_path, row, methods=[{"order": ["plain", "controlled"]}])
    found = line(run(activity_table(KEY), factors, NOX, CONTROLLED), "NOx")
    assert found["stopped"] == "plain: no_factor:emission_factor; controlled: control_not_stated"
    assert found["reason"] == "control_not_stated"
