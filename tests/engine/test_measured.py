"""Measured values: the closest line of each parameter and substance, ties are errors."""

from __future__ import annotations

from typing import Any

import pytest

from emissions.engine.measured import fitting, select_measured
from emissions.errors import AmbiguousFactor
from emissions.vocabulary import load_vocabulary
from reference.workbench import activity_table

WORDS = load_vocabulary()


def taken(row: dict[str, Any], *measured: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return (parameter, substance) -> measured_id of what serves a row."""
    table = activity_table(row, measured=[{"parameter": "sulphur_content", **one} for one in measured])
    selection = select_measured(table.measured, table.rows, WORDS)
    number = int(selection.of_row[0])
    if number < 0:
        return {}
    return {name: str(table.measured["measured_id"].iloc[row]) for name, row in selection.sets[number]}


S = ("sulphur_content", "")


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"region": "150600"}, {"region": "150000"}, {"region": "CN"}, {"region": "asia"},
        {"year": "2020"},
        {"category": "IPCC2006:1A1ai"}, {"category": "IPCC2006:1A"},
        {"activity": "lignite"}, {"activity": "coal"}, {"activity": "fuels"},
        {"technology": "pulverised_coal_boiler"}, {"technology": "boiler"},
        {"facility": "Plant A"},
    ],
)  # fmt: skip
def test_a_line_fits_by_each_selector_and_by_words_above(line: dict[str, str]) -> None:
    row = {"technology": "pulverised_coal_boiler", "facility": "Plant A"}
    assert taken(row, line) == {S: "m0"}


@pytest.mark.parametrize(
    "line",
    [
        {"region": "150200"}, {"region": "150601"}, {"year": "2019"}, {"category": "IPCC2006:1A2"},
        {"activity": "anthracite"}, {"technology": "gas_boiler"}, {"facility": "Plant B"}, {"facility": "Plant"},
    ],
)  # fmt: skip
def test_a_line_that_names_something_else_does_not_fit(line: dict[str, str]) -> None:
    row = {"technology": "pulverised_coal_boiler", "facility": "Plant A"}
    assert taken(row, line) == {}


def test_a_line_that_names_a_technology_does_not_fit_a_row_that_states_none() -> None:
    assert taken({}, {"technology": "boiler"}) == {}


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ({"activity": "lignite"}, {"activity": "coal"}),
        ({"activity": "brown_coal"}, {"activity": "fuels"}),
        ({"region": "150600"}, {"region": "CN"}),
        ({"category": "IPCC2006:1A1ai"}, {"category": "IPCC2006:1A1"}),
        ({"activity": "fuels"}, {}),
        ({"region": "CN", "year": "2020"}, {"region": "150600"}),
        ({"facility": "Plant A", "activity": "fuels"}, {"facility": "Plant A"}),
    ],
)
def test_the_closer_line_serves_wherever_it_stands(near: dict[str, str], far: dict[str, str]) -> None:
    row = {"facility": "Plant A"}
    assert taken(row, near, far) == {S: "m0"}
    assert taken(row, far, near) == {S: "m1"}


def test_each_parameter_and_substance_is_chosen_for_itself() -> None:
    chosen = taken(
        {},
        {"activity": "coal"},
        {"parameter": "emission_factor", "substance": "NOx"},
        {"parameter": "emission_factor", "substance": "SO2", "activity": "coal"},
        {"parameter": "emission_factor", "substance": "SO2", "activity": "lignite"},
        {"parameter": "emission_factor"},
    )
    assert chosen == {
        S: "m0",
        ("emission_factor", "NOx"): "m1",
        ("emission_factor", "SO2"): "m3",
        ("emission_factor", ""): "m4",
    }


@pytest.mark.parametrize(
    ("one", "other"), [({}, {}), ({"activity": "lignite"}, {"year": "2020"}), ({"region": "CN"}, {"region": "CN"})]
)
def test_two_lines_equally_close_are_an_error_that_names_both_cells(one: Any, other: Any) -> None:
    with pytest.raises(AmbiguousFactor) as caught:
        taken({}, {"value": 1.0, **one}, {"value": 2.0, **other})
    (problem,) = caught.value.problems
    assert (problem.code, problem.sheet, problem.cell, problem.found) == (
        "measured_twice", "side", "C3", "sulphur_content",
    )  # fmt: skip
    assert problem.facts == {"other": "side!C2"}


def test_a_tie_beaten_by_a_closer_line_is_no_error() -> None:
    assert taken({}, {"activity": "lignite"}, {"year": "2020"}, {"activity": "lignite", "year": "2020"}) == {S: "m2"}


def test_rows_that_take_the_same_lines_share_a_set() -> None:
    table = activity_table(
        {}, {"activity": "anthracite"}, {"region": "150200"}, {"activity": "natural_gas"},
        measured=[{"parameter": "sulphur_content", "activity": "coal"}],
    )  # fmt: skip
    selection = select_measured(table.measured, table.rows, WORDS)
    assert selection.of_row.tolist() == [0, 0, 0, -1]
    assert len(selection.sets) == 1


def test_without_measured_values_no_row_has_a_set() -> None:
    table = activity_table({}, {"year": 2021})
    assert select_measured(table.measured, table.rows, WORDS).of_row.tolist() == [-1, -1]


def test_closeness_is_larger_for_lines_that_state_more() -> None:
    table = activity_table(
        {}, measured=[{}, {"activity": "fuels"}, {"activity": "lignite"}, {"activity": "fuels", "region": "world"}]
    )
    closeness, _ = fitting(table.measured, table.rows, WORDS)
    assert closeness.shape == (1, 4)
    assert closeness[0, 0] == 0
    assert sorted(range(4), key=lambda column: closeness[0, column]) == [0, 1, 2, 3]


def test_rows_alike_in_what_lines_select_by_are_looked_at_once() -> None:
    table = activity_table(
        {}, {"facility": "Plant A"}, {"control": "scr"}, {"facility": "Plant A", "year": 2021}, {"facility": "Plant A"},
        measured=[{"facility": "Plant A"}, {"year": "2020"}, {"technology": "boiler"}],
    )  # fmt: skip
    closeness, of_row = fitting(table.measured, table.rows, WORDS)
    assert of_row.tolist() == [0, 1, 0, 2, 1]
    assert (closeness >= 0).tolist() == [[False, True, False], [True, True, False], [True, False, False]]


def test_a_measured_value_for_no_row_is_told_with_its_cell() -> None:
    lines = [{"facility": "Plant A"}, {"facility": "Plant Z"}]
    table = activity_table({"facility": "Plant A"}, measured=[{"parameter": "sulphur_content", **one} for one in lines])
    found = select_measured(table.measured, table.rows, WORDS).unused(table.measured)
    assert [(note.code, note.level, note.found) for note in found] == [("measured_unused", "warning", "Plant Z")]
    assert found[0].cell == str(table.measured["cell"].iloc[1])
