"""What counts elsewhere, what is missing, where a line is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.engine.coverage import check_recovery
from emissions.inventory import tables
from reference.workbench import activity_table, card, factor, library, line, run

ROW = factor("a", 2.0, "t/t")
ELSEWHERE = {
    "activities": ["lignite"], "substances": ["CO2"], "counted_in": "IPCC2006:1A2a",
    "why": {"zh": "计入该处", "en": "counted there"},
}  # fmt: skip


# ---------------------------------------------------------------- where it is reported


@pytest.mark.parametrize(
    ("item", "output", "category", "memo"),
    [
        ({}, "", "IPCC2006:1A1ai", ""),
        ({}, "IPCC2006:2A4d", "IPCC2006:2A4d", ""),
        ({}, "MEMO:biogenic_co2", "MEMO:biogenic_co2", "biogenic"),
        ({"category": "IPCC2006:1A3ai"}, "", "IPCC2006:1A3ai", "bunkers"),
    ],
)
def test_a_line_stands_under_the_output_of_its_card_else_its_own_category(
    tmp_path: Path, item: dict[str, str], output: str, category: str, memo: str
) -> None:
    result = run(activity_table(item), library(tmp_path, ROW), card("one", output=output))
    found = line(result)
    assert (found["category"], found["memo"]) == (category, memo)
    assert (found.name in result.counted.index) is (memo == "")


def test_a_gap_stands_under_its_own_category(tmp_path: Path) -> None:
    found = line(run(activity_table({"year": 1999}), library(tmp_path, ROW | {"valid_from": "2000"}),
                     card("one", output="IPCC2006:2A4d")))  # fmt: skip
    assert (found["status"], found["category"]) == ("NE", "IPCC2006:1A1ai")


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


# ---------------------------------------------------------------- gaps that matter


def gaps(result: Any) -> dict[str, str]:
    return dict(zip(result.gaps["substance"], result.gaps["reason"], strict=True))


FUEL_SUBSTANCES = {"CO2", "CH4", "N2O", "SO2", "NOx", "NMVOC", "CO", "PM10", "PM2.5", "BC", "OC"}


def test_what_is_expected_and_no_card_serves_is_a_gap(tmp_path: Path) -> None:
    result = run(activity_table({}), library(tmp_path, ROW), card("one"))
    assert gaps(result) == dict.fromkeys(FUEL_SUBSTANCES - {"CO2"}, "no_method")
    assert result.gaps["emission"].isna().all()
    assert set(result.gaps["category"]) == {"IPCC2006:1A1ai"}


def test_what_is_not_expected_and_not_found_is_not_applicable(tmp_path: Path) -> None:
    one = card("one", substances=["CO2", "NH3", "SF6"])
    result = run(activity_table({}), library(tmp_path, ROW), one)
    assert set(result.lines["substance"]) == FUEL_SUBSTANCES


def test_what_is_not_expected_and_found_counts(tmp_path: Path) -> None:
    one = card("one", substances=["CO2", "NH3"])
    result = run(activity_table({}), library(tmp_path, ROW, factor("n", 1.0, "kg/t", substance="NH3")), one)
    assert line(result, "NH3")["emission"] == 0.1


def test_a_gap_of_a_stream_that_need_not_give_the_substance_goes(tmp_path: Path) -> None:
    cards = (card("one"), card("slip", stream="slip", parameters={"emission_factor": {"stream": "slip"}}))
    result = run(activity_table({}), library(tmp_path, ROW), *cards)
    assert line(result, "CO2")["stream"] == "combustion"


def test_one_of_several_streams_is_enough(tmp_path: Path) -> None:
    """Clinker is expected to give SO2 from the process or from the stack."""
    item = {"category": "IPCC2006:2A1", "activity": "cement_clinker", "use": "production"}
    fields: dict[str, Any] = {
        "categories": ["IPCC2006:2"], "activities": ["industrial_products"], "uses": ["production"], "substances": ["SO2"],
    }  # fmt: skip
    process = card("p", stream="process", parameters={"emission_factor": {"stream": "process"}}, **fields)
    stack = card("s", stream="stack", parameters={"emission_factor": {"stream": "stack"}}, **fields)
    for given in ("process", "stack"):
        row = factor("a", 1.0, "kg/t", substance="SO2", stream=given)
        result = run(activity_table(item), library(tmp_path, row), process, stack)
        assert (line(result, "SO2")["stream"], line(result, "SO2")["status"]) == (given, "ok")
    nothing = run(activity_table(item), library(tmp_path, ROW), process, stack)
    assert line(nothing, "SO2")["status"] == "NE"


def test_a_gap_with_a_size_stays_though_nothing_expects_it(tmp_path: Path) -> None:
    sized = card("sized", substances=["NH3"], status="NE", reason="unknown", uses=["loss"])
    row = factor("n", 1.0, "kg/t", substance="NH3")
    found = line(run(activity_table({"use": "loss"}), library(tmp_path, row), sized), "NH3")
    assert (found["status"], found["reason"], found["emission"]) == ("NE", "unknown", 0.1)


def test_matches_stay_with_their_lines_after_lines_went(tmp_path: Path) -> None:
    one = card("one", substances=["SF6", "NH3", "CO2", "CH4"])
    rows = [factor(name, value, "t/t", substance=name) for name, value in (("CO2", 2.0), ("CH4", 3.0))]
    result = run(activity_table({}), library(tmp_path, *rows), one)
    lines = result.lines.loc[result.matches["line"].astype(int), "substance"].tolist()
    used = result.library.rows["factor_id"].iloc[result.matches["row"].astype(int)].tolist()
    assert (lines, used) == (["CO2", "CH4"], ["CO2", "CH4"])


def test_an_activity_that_no_card_serves_is_all_gaps(tmp_path: Path) -> None:
    result = run(activity_table({}), library(tmp_path, ROW), card("one", activities=["natural_gas"]))
    assert gaps(result) == dict.fromkeys(FUEL_SUBSTANCES, "no_method")
    assert np.isnan(result.lines["ief"]).all()


# ---------------------------------------------------------------- carbon balances


def balance(tmp_path: Path, made: float, **other: Any) -> Any:
    cards = [
        card("in", stream="conversion_loss", uses=["transformation_input"], where={"transformation": ["coking"]}),
        card("out", stream="conversion_loss", uses=["transformation_output"], sign=-1,
             where={"transformation": ["coking"]}),
    ]  # fmt: skip
    coking = {"transformation": "coking", "category": "IPCC2006:1A1ci"}
    table = activity_table(
        {**coking, "activity": "coking_coal", "use": "transformation_input", "quantity": 100.0},
        {**coking, "activity": "coke", "use": "transformation_output", "quantity": made, **other},
    )
    return run(table, library(tmp_path, ROW), *cards)


def test_a_balance_that_loses_carbon_counts(tmp_path: Path) -> None:
    result = balance(tmp_path, 70.0)
    assert tables.totals(result)["emission"].tolist() == [60.0]
    assert set(result.counted["emission"]) == {200.0, -140.0}


def test_a_balance_that_gains_carbon_is_a_gap_of_that_size(tmp_path: Path) -> None:
    result = balance(tmp_path, 130.0)
    lost = result.lines[result.lines["stream"] == "conversion_loss"]
    assert set(lost["status"]) == {"NE"}
    assert set(lost["reason"]) == {"conversion_balance_negative"}
    assert lost["emission"].sum() == -60.0
    assert result.counted.empty


@pytest.mark.parametrize("other", [{"region": "150200"}, {"year": 2019}])
def test_each_region_and_year_has_its_own_balance(tmp_path: Path, other: dict[str, Any]) -> None:
    result = balance(tmp_path, 1.0, **other)
    assert result.lines.loc[result.lines["stream"] == "conversion_loss", "status"].tolist() == ["ok", "NE"]


def test_what_is_counted_in_a_balance_that_is_a_gap_is_not_lost(tmp_path: Path) -> None:
    """Product CO2 is IE because the balance holds it; where the balance is no number, it must count itself."""
    product = card(
        "p", categories=["IPCC2006:1A1c"], activities=["coke_production"], uses=["production"], stream="process"
    )
    made = card("out", stream="conversion_loss", uses=["transformation_output"], sign=-1)
    into = card("in", stream="conversion_loss", uses=["transformation_input"])
    rule = {
        "activities": ["coke_production"], "uses": ["production"], "substances": ["CO2"],
        "counted_in": "IPCC2006:1A1ci", "why": {"zh": "由平衡给出", "en": "the balance gives it"},
        "when": [{"activities": ["coking_coal"], "uses": ["transformation_input"]}],
    }  # fmt: skip
    coking = {"transformation": "coking", "category": "IPCC2006:1A1ci"}
    table = activity_table(
        {**coking, "activity": "coking_coal", "use": "transformation_input", "quantity": 100.0},
        {**coking, "activity": "coke", "use": "transformation_output", "quantity": 130.0},
        {"activity": "coke_production", "category": "IPCC2006:1A1ci", "use": "production", "quantity": 130.0},
    )
    result = run(table, library(tmp_path, ROW, elsewhere=[rule]), product, made, into)
    assert line(result, key=0)["status"] == "NE"
    assert line(result, key=2)["status"] == "ok"


# ---------------------------------------------------------------- recovered gas


@pytest.mark.parametrize(
    ("recovered", "left", "status"), [(0.0, 100.0, "ok"), (60.0, 40.0, "ok"), (101.0, 100.0, "NE")]
)
def test_recovered_gas_is_taken_off_up_to_what_is_generated(recovered: float, left: float, status: str) -> None:
    keys = pd.DataFrame({"region": ["150600", "150600", "150700"], "year": [2020, 2020, 2020]})
    lines = pd.DataFrame(
        {
            "key": [0, 1, 2], "substance": "CH4", "stream": ["mining", "recovery", "mining"], "status": "ok", "reason": "",
            "category": ["IPCC2006:1B1ai1", "IPCC2006:1B1ai1", "IPCC2006:1B1ai1"], "emission": [100.0, -recovered, 500.0],
        }
    )  # fmt: skip
    found = check_recovery(lines, keys)
    assert found.loc[1, "status"] == status
    own = found[(found["status"] == "ok") & (found["key"] < 2)]
    assert own["emission"].sum() == left


@pytest.mark.parametrize(
    ("control", "reason"),
    [
        ("ultra_low_emission", "no_factor:emission_factor"),
        ("sncr+fabric_filter", None),
        ("fabric_filter", None),
        ("", None),
    ],
)
def test_ammonia_slip_is_expected_of_denitrified_coal_only(tmp_path: Path, control: str, reason: str | None) -> None:
    slip = factor("s", 0.17, "g/kg", substance="NH3", stream="ammonia_slip", control="sncr", basis="after_control")
    one = card(
        "slip", substances=["NH3"], stream="ammonia_slip", controls=["sncr", "ultra_low_emission"],
        parameters={"emission_factor": {"basis": ["after_control"]}},
    )  # fmt: skip
    result = run(activity_table({"control": control}), library(tmp_path, slip), one)
    assert gaps(result).get("NH3") == reason
    assert ("NH3" in set(result.counted["substance"])) is control.startswith("sncr")
