"""What a run says beside its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emissions.factors.match import devices_on
from emissions.vocabulary import describe, load_vocabulary
from reference.workbench import activity_table, card, factor, library, run

ROW = factor("a", 2.0, "t/t")


def notes(result: Any, code: str) -> list[Any]:
    return [note for note in result.notes if note.code == code]


@pytest.mark.parametrize(("use", "level"), [("own_use", "info"), ("recovery", "warning")])
def test_rows_that_gave_nothing_are_said_with_their_size(tmp_path: Path, use: str, level: str) -> None:
    silent = [{"use": use, "quantity": 3.0}, {"use": use, "quantity": 4.0, "year": 2021}]
    (note,) = notes(run(activity_table({}, *silent), library(tmp_path, ROW), card("one")), "rows_without_lines")
    assert (note.level, note.found) == (level, "lignite")
    assert note.facts == {"use": use, "quantity": "7", "unit": "t", "keys": "2", "years": "2020-2021", "activity": ""}


def test_the_years_of_a_sum_are_said_with_their_gaps(tmp_path: Path) -> None:
    silent = [{"use": "own_use", "quantity": 3.0, "year": year} for year in (2015, 2018, 2019, 2020)]
    (note,) = notes(run(activity_table({}, *silent), library(tmp_path, ROW), card("one")), "rows_without_lines")
    assert note.facts["years"] == "2015, 2018-2020"


def test_an_activity_that_another_gives_is_said_to_be_given_with_it(tmp_path: Path) -> None:
    other = {"emission_factor": {"activity": "coke", "category": "IPCC2006:1A1c"}}
    result = run(
        activity_table({}, {"activity": "coke", "use": "own_use"}),
        library(tmp_path, ROW),
        card("one"),
        card("two", activities=["lignite"], parameters=other, substances=["CH4"]),
    )
    (note,) = notes(result, "given_with_another")
    assert (note.found, note.facts["activity"]) == ("coke", "lignite")
    text = describe(note, "zh")
    assert "焦炭" in text
    assert "由“褐煤”的数量一并算出" in text


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
        [("NOx", {"card": "one", "lines": "1", "emission": "0.1", "years": "2020"})] if said else []
    )


def test_many_devices_and_substances_are_told_apart(tmp_path: Path) -> None:
    words = load_vocabulary()
    controls, substances = list(words.controls), ["NOx", "SO2", "PM10", "PM2.5", "NMVOC", "NH3", "BC"]
    assert len(controls) * len(substances) > 127
    one = card("one", substances=substances, parameters={"emission_factor": {"basis": ["as_published"]}})
    row = factor("a", 1.0, "kg/t", substance="", basis="as_published")
    table = activity_table(*({"control": control} for control in controls))
    found = notes(run(table, library(tmp_path, row), one), "control_not_applied")
    acted = {name: sum(bool(devices_on(control, name, words)) for control in controls) for name in substances}
    assert {note.found: int(note.facts["lines"]) for note in found} == {name: n for name, n in acted.items() if n}


CONTROLLED = card(
    "controlled",
    formula="controlled",
    substances=["NOx", "SO2"],
    parameters={
        "emission_factor": {"basis": ["before_control"]},
        "removal": {"parameter": "removal_efficiency", "combine": "series"},
    },
)
DEVICES = (
    factor("raw", 10.0, "kg/t", basis="before_control", substance=""),
    *(
        factor(name, 0.5, "1", parameter="removal_efficiency", substance="", control=name)
        for name in ("scr", "sncr", "fgd_ammonia")
    ),
)
BOTH = {"collection_efficiency": 0.9, "operating_rate": 0.8}


@pytest.mark.parametrize(
    ("rates", "said"),
    [({}, True), ({"operating_rate": 1.0}, True), ({"collection_efficiency": 1.0}, True), (BOTH, False)],
)
def test_an_efficiency_is_said_to_be_taken_whole_where_a_rate_is_not_stated(
    tmp_path: Path, rates: dict[str, float], *, said: bool
) -> None:
    table = activity_table({}, strata=[{"control": "scr+sncr", "share": 1.0, **rates}])
    found = notes(run(table, library(tmp_path, *DEVICES), CONTROLLED), "efficiency_taken_whole")
    assert [(note.level, note.found, note.facts) for note in found] == (
        [("info", "1", {"substances": "NOx", "sources": "1"})] if said else []
    )


def test_efficiencies_taken_whole_are_one_note_a_run(tmp_path: Path) -> None:
    items = [
        {"control": "fgd_ammonia+scr"}, {"control": "scr", "year": 2021}, {"control": "none", "year": 2022},
        {"control": "scr", "year": 2023, "quantity": 0.0},
    ]  # fmt: skip
    (note,) = notes(run(activity_table(*items), library(tmp_path, *DEVICES), CONTROLLED), "efficiency_taken_whole")
    assert (note.found, note.facts) == ("3", {"substances": "NOx, SO2", "sources": "2"})
    assert describe(note, "en").startswith("3 lines state no collection efficiency")
    assert describe(note, "zh").startswith("3 条（NOx, SO2；2 类来源）未填写收集率或运行率")


def test_a_measured_removal_is_not_said_to_be_taken_whole(tmp_path: Path) -> None:
    measured = [{"parameter": "removal_efficiency", "value": 0.95, "unit": "1", "substance": "NOx"}]
    table = activity_table({"control": "scr"}, measured=measured)
    assert notes(run(table, library(tmp_path, *DEVICES), CONTROLLED), "efficiency_taken_whole") == []


def test_an_earlier_year_that_stands_in_is_said_once_a_row(tmp_path: Path) -> None:
    row = ROW | {"valid_from": "2010", "valid_to": "2015"}
    one = card("one", fallback=["earlier_year"])
    result = run(activity_table({}, {"year": 2019}, {"year": 2015}), library(tmp_path, row), one)
    (note,) = notes(result, "earlier_year")
    assert (note.found, note.level, note.facts) == ("a", "info", {"year": "2015", "lines": "2"})


def held(root: Path, values: dict[str, float], *items: dict[str, Any], more: dict[str, float] | None = None) -> Any:
    """Return the notes of parts above their whole for emission factors in kg/t, of one stream or two."""
    names = [name for name in ("PM10", "PM2.5", "BC", "OC") if name in values or name in (more or {})]
    streams = {"stack": values, "fugitive": more or {}}
    rows = [
        factor(f"{stream} {name}", value, "kg/t", substance=name, stream=stream)
        for stream, found in streams.items()
        for name, value in found.items()
    ]
    cards = [card(stream, stream=stream, substances=names) for stream, found in streams.items() if found]
    return notes(run(activity_table(*(items or ({},))), library(root, *rows), *cards), "part_above_whole")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"PM10": 2.0, "PM2.5": 3.0}, [("PM2.5", "PM10", "0.3", "0.2")]),
        ({"PM10": 2.0, "PM2.5": 2.0}, []),
        ({"PM10": 2.0, "PM2.5": 2.0 * (1 + 1e-12)}, []),
        ({"PM10": 2.0, "PM2.5": 2.0 * (1 + 1e-6)}, [("PM2.5", "PM10", "0.2", "0.2")]),
        ({"PM2.5": 3.0}, []),
        ({"PM2.5": 1.0, "BC": 0.6, "OC": 0.5}, [("BC + OC", "PM2.5", "0.11", "0.1")]),
        ({"PM2.5": 1.0, "BC": 0.5, "OC": 0.5}, []),
        ({"PM2.5": 1.0, "BC": 2.0, "OC": 0.5}, [("BC", "PM2.5", "0.2", "0.1")]),
        ({"PM2.5": 1.0, "OC": 2.0}, [("OC", "PM2.5", "0.2", "0.1")]),
        ({"PM10": 0.5, "PM2.5": 1.0, "BC": 2.0},
         [("BC", "PM2.5", "0.2", "0.1"), ("PM2.5", "PM10", "0.1", "0.05")]),
    ],
)  # fmt: skip
def test_a_part_that_outweighs_what_holds_it_is_said(
    tmp_path: Path, values: dict[str, float], said: list[tuple[str, ...]]
) -> None:
    found = held(tmp_path, values)
    facts = [
        (note.found, *(note.facts[name] for name in ("whole", "part_emission", "whole_emission"))) for note in found
    ]
    assert facts == said
    assert all(note.level == "warning" and note.facts["category"] == "IPCC2006:1A1ai" for note in found)


def test_the_streams_of_a_key_are_held_together(tmp_path: Path) -> None:
    assert held(tmp_path / "1", {"PM10": 1.0, "PM2.5": 2.0}, more={"PM10": 5.0, "PM2.5": 2.0}) == []
    (note,) = held(tmp_path / "2", {"PM10": 3.0, "PM2.5": 2.0}, more={"PM2.5": 2.0})
    assert note.facts["part_emission"] == "0.4"


def test_what_emits_nothing_is_held_to_nothing(tmp_path: Path) -> None:
    assert held(tmp_path, {"PM10": 2.0, "PM2.5": 3.0}, {"quantity": 0.0}) == []


def test_keys_of_one_category_and_activity_share_a_note_at_the_largest_excess(tmp_path: Path) -> None:
    items = [{}, {"year": 2021, "quantity": 300.0}, {"region": "150100"}, {"activity": "anthracite"}]
    coal, lignite = held(tmp_path, {"PM10": 2.0, "PM2.5": 3.0}, *items)
    assert (coal.facts["activity"], coal.facts["keys"]) == ("anthracite", "1")
    assert lignite.facts == {
        "category": "IPCC2006:1A1ai", "activity": "lignite", "region": "150600", "year": "2021", "whole": "PM10",
        "part_emission": "0.9", "whole_emission": "0.6", "keys": "3",
    }  # fmt: skip


def test_a_measured_value_that_outweighs_the_whole_is_said(tmp_path: Path) -> None:
    measured = [{"parameter": "emission_factor", "substance": "PM2.5", "value": 0.003, "unit": "t/(t)"}]
    cards = [
        card("measured", substances=["PM2.5"], parameters={"emission_factor": {"origin": "measured"}}),
        card("published", substances=["PM10"]),
    ]
    rows = library(tmp_path, factor("a", 2.0, "kg/t", substance="PM10"))
    (note,) = notes(run(activity_table({}, measured=measured), rows, *cards), "part_above_whole")
    assert (note.facts["part_emission"], note.facts["whole_emission"]) == ("0.3", "0.2")
