"""What counts elsewhere, what is missing, where a line is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reference.workbench import activity_table, card, factor, library, line, run

ROW = factor("a", 2.0, "t/t")


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
