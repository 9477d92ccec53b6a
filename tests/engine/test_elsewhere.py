"""What is counted elsewhere, so that nothing counts twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emissions.inventory import tables
from reference.workbench import activity_table, card, factor, library, line, run

ROW = factor("a", 2.0, "t/t")
ELSEWHERE = {
    "activities": ["lignite"], "substances": ["CO2"], "counted_in": "IPCC2006:1A2a",
    "why": {"zh": "计入该处", "en": "counted there"},
}  # fmt: skip


# ---------------------------------------------------------------- counted elsewhere


def status(tmp_path: Path, rule: dict[str, Any], *items: dict[str, Any], row: dict[str, str] = ROW) -> list[str]:
    result = run(activity_table(*items), library(tmp_path, row, elsewhere=[rule]), card("one"))
    return [str(line(result, key=key)["status"]) for key in range(len(items))]


def test_what_is_counted_elsewhere_is_computed_and_in_no_total(tmp_path: Path) -> None:
    factors = library(tmp_path, ROW, elsewhere=[ELSEWHERE])
    result = run(activity_table({}, {"activity": "anthracite"}), factors, card("one"))
    found = line(result)
    assert (found["status"], found["reason"], found["emission"]) == ("IE", "counted_in:IPCC2006:1A2a", 200.0)
    assert result.counted["key"].tolist() == [1]
    assert tables.totals(result)["emission"].tolist() == [200.0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "IE"),
        ({"activities": ["coal"]}, "IE"),
        ({"activities": ["anthracite"]}, "ok"),
        ({"categories": ["IPCC2006:1A1"]}, "IE"),
        ({"categories": ["IPCC2006:1A2"]}, "ok"),
        ({"uses": ["feedstock"]}, "ok"),
        ({"substances": ["SO2"]}, "ok"),
        ({"substances": []}, "IE"),
        ({"streams": ["combustion"]}, "IE"),
        ({"streams": ["process"]}, "ok"),
        ({"when": [{"activities": ["coke"]}]}, "ok"),
        ({"when": [{"activities": ["lignite"]}]}, "ok"),
        ({"status": "NA"}, "NA"),
    ],
)
def test_a_rule_holds_where_all_it_says_fits(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    assert status(tmp_path, ELSEWHERE | change, {}) == [expected]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, "IE"),
        ({"region": "150200"}, "ok"),
        ({"year": 2019}, "ok"),
        ({"category": "IPCC2006:1A2b"}, "ok"),
        ({"use": "feedstock"}, "ok"),
        ({"quantity": 0.0}, "ok"),
        ({"quantity": 1e-9}, "IE"),
        ({"quantity": np.nan, "notation": "NO"}, "ok"),
        ({"quantity": np.nan, "notation": "IE"}, "ok"),
        ({"region": "150602"}, "ok"),
        ({"region": "150000"}, "ok"),
    ],
)
def test_a_rule_with_a_presence_holds_where_the_region_and_year_have_such_a_row(
    tmp_path: Path, other: dict[str, Any], expected: str
) -> None:
    """A row of quantity 0 says that there is none: nothing is counted there, so nothing may be left out here."""
    rule = ELSEWHERE | {"when": [{"activities": ["coke"], "categories": ["IPCC2006:1A2a"], "uses": ["combustion"]}]}
    there = {"activity": "coke", "category": "IPCC2006:1A2a", **other}
    assert status(tmp_path, rule, {}, there)[0] == expected


def test_a_gap_that_is_counted_elsewhere_is_no_gap(tmp_path: Path) -> None:
    row = ROW | {"region": "130000"}
    assert status(tmp_path, ELSEWHERE, {}, row=row) == ["IE"]


def test_a_rule_holds_only_where_what_it_points_to_is_counted_for_the_substance(tmp_path: Path) -> None:
    rule = ELSEWHERE | {"substances": ["CO2", "CH4"], "when": [{"activities": ["coke"]}]}
    rows = (ROW, factor("m", 1.0, "t/t", substance="CH4", activity="lignite"))
    one = card("one", substances=["CO2", "CH4"])
    table = activity_table({}, {"activity": "coke", "category": "IPCC2006:1A2a"})
    only_co2 = run(table, library(tmp_path, *rows, elsewhere=[rule | {"substances": ["CO2"]}]), one)
    assert line(only_co2, "CO2")["status"] == "IE"
    only_ch4 = run(table, library(tmp_path, *rows, elsewhere=[rule | {"substances": ["CH4"]}]), one)
    assert line(only_ch4, "CH4")["status"] == "ok"
    both = run(table, library(tmp_path, *rows, elsewhere=[rule]), one)
    assert (line(both, "CO2")["status"], line(both, "CH4")["status"]) == ("IE", "ok")


def test_one_of_several_presences_is_enough(tmp_path: Path) -> None:
    rule = ELSEWHERE | {"when": [{"activities": ["coke"]}, {"activities": ["anthracite"]}]}
    assert status(tmp_path, rule, {}, {"activity": "anthracite"}) == ["IE", "ok"]


def test_what_is_not_estimated_holds_nothing(tmp_path: Path) -> None:
    rule = ELSEWHERE | {"when": [{"activities": ["coke"]}]}
    assert status(tmp_path, rule, {}, {"activity": "coke"}, row=ROW | {"activity": "lignite"}) == ["ok", "NE"]


def test_a_memo_item_holds_nothing(tmp_path: Path) -> None:
    rule = ELSEWHERE | {"when": [{"activities": ["coke"]}]}
    assert status(tmp_path, rule, {}, {"activity": "coke", "category": "IPCC2006:1A3ai"})[0] == "ok"


def test_a_rule_does_not_take_out_the_line_that_it_rests_on(tmp_path: Path) -> None:
    """Else the emission of both would be in no total."""
    rule = ELSEWHERE | {"activities": ["coal"], "when": [{"activities": ["lignite", "coke"]}]}
    assert status(tmp_path / "1", rule, {}, {"activity": "anthracite"}) == ["ok", "ok"]
    assert status(tmp_path / "2", rule, {}, {"activity": "coke"}) == ["IE", "ok"]


@pytest.mark.parametrize(("first", "expected"), [("IE", ["IE", "IE", "ok"]), ("NA", ["ok", "NA", "ok"])])
def test_what_is_counted_in_a_third_place_holds_and_what_is_no_emission_does_not(
    tmp_path: Path, first: str, expected: list[str]
) -> None:
    rules = [
        ELSEWHERE | {"activities": ["coke"], "status": first, "when": [{"activities": ["anthracite"]}]},
        ELSEWHERE | {"when": [{"activities": ["coke"]}]},
    ]
    items = ({}, {"activity": "coke"}, {"activity": "anthracite"})
    result = run(activity_table(*items), library(tmp_path, ROW, elsewhere=rules), card("one"))
    assert [line(result, key=key)["status"] for key in range(3)] == expected


@pytest.mark.parametrize(("branch", "expected"), [("chemicals", "IE"), ("textiles", "ok")])
def test_a_presence_may_name_branches(tmp_path: Path, branch: str, expected: str) -> None:
    rule = ELSEWHERE | {"when": [{"activities": ["coke"], "branches": ["chemicals"]}]}
    assert status(tmp_path, rule, {}, {"activity": "coke", "branch": branch})[0] == expected


def test_the_first_rule_that_fits_names_where_it_is_counted(tmp_path: Path) -> None:
    rules = [ELSEWHERE, ELSEWHERE | {"counted_in": "IPCC2006:2C1"}]
    result = run(activity_table({}), library(tmp_path, ROW, elsewhere=rules), card("one"))
    assert line(result)["reason"] == "counted_in:IPCC2006:1A2a"


# ---------------------------------------------------------------- a whole and its parts


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [((1, 2), {"whole": "IE", "part": "ok"}), ((2, 1), {"whole": "ok", "part": "IE"}),
     ((2, 2), {"whole": "IE", "part": "ok"})],
)  # fmt: skip
def test_a_whole_and_its_parts_are_never_counted_together(
    tmp_path: Path, tiers: tuple[int, int], expected: dict[str, str]
) -> None:
    whole = card("whole", tier=tiers[0], whole_of=["stack", "fugitive"])
    part = card("part", tier=tiers[1], stream="stack")
    result = run(activity_table({}), library(tmp_path, ROW), whole, part)
    found = result.lines[result.lines["card"] != ""].set_index("card")
    assert found["status"].to_dict() == expected
    assert found["emission"].to_dict() == {"whole": 200.0, "part": 200.0}
    (lost,) = [name for name, one in expected.items() if one == "IE"]
    assert found["reason"][lost] == "counted_by_better_method"


def test_a_whole_counts_where_none_of_its_parts_is_there(tmp_path: Path) -> None:
    whole = card("whole", tier=1, whole_of=["stack"])
    part = card("part", tier=2, stream="stack", activities=["anthracite"])
    result = run(activity_table({}, {"activity": "anthracite"}), library(tmp_path, ROW), whole, part)
    counted = result.counted[["key", "card"]].to_numpy().tolist()
    assert sorted(counted) == [[0, "whole"], [1, "part"]]
