"""What a gap is said to lack: the condition, the control, the year, or nothing that can be named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from emissions.vocabulary import load_vocabulary
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


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {
                "technology": st.sampled_from(["", "boiler", "gas_boiler"]),
                "capacity_MW": st.sampled_from(["", "[0,300)", "[300,inf)"]),
                "boiler_tph": st.sampled_from(["", "[0,35)", "[35,inf)"]),
                "region": st.sampled_from(["", "CN", "320000"]),
                "valid_from": st.sampled_from(["", "2021"]),
            }
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda row: tuple(row.values()),
    ),
    item=st.fixed_dictionaries(
        {}, optional={"technology": st.just("pulverised_coal_boiler"), "capacity_MW": st.sampled_from([100.0, 600.0])}
    ),
)
def test_a_gap_lacks_what_the_nearest_row_asks(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], item: dict[str, Any]
) -> None:
    """Against one row after the other: the fewest conditions that are not stated, the first of equals, or the year."""
    fits = {
        "technology": lambda word: word == "boiler" and "technology" in item,
        "capacity_MW": lambda word: item.get("capacity_MW", 0.0) in {"[0,300)": [100.0], "[300,inf)": [600.0]}[word],
        "boiler_tph": lambda _: False,
        "region": lambda word: word == "CN",
        "valid_from": lambda _: False,
    }
    lacks = [[name for name, word in row.items() if word and not fits[name](word)] for row in rows]
    assume([] not in lacks)
    unstated = {"technology", "capacity_MW", "boiler_tph"} - item.keys()
    conditions = [one for one in lacks if one and unstated.issuperset(one)]
    expected = "no_factor:emission_factor"
    if ["valid_from"] in lacks:
        expected = "no_factor_of_year:emission_factor"
    if conditions:
        expected = "condition_not_stated:" + "+".join(sorted(min(conditions, key=len)))
    factors = [factor(f"row{number}", 1.0, "t/t", **row) for number, row in enumerate(rows)]
    root = tmp_path_factory.mktemp("gap")
    found = line(run(activity_table({**KEY, **item}), library(root, *factors), PLAIN))
    code, _, names = str(found["reason"]).partition(":")
    assert f"{code}:{'+'.join(sorted(names.split('+')))}" == expected


def test_each_condition_has_a_bit_of_its_own() -> None:
    """What a row lacks is a number of 54 bits (``gaps._ONE``); above them the lacking conditions are counted."""
    assert len(load_vocabulary().conditions) <= 54
