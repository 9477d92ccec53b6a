"""Which rows a selector names: every field must fit, and a row that does not say does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from emissions.scenario.model import Selector
from emissions.scenario.revision.select import code, selected
from reference.workbench import frame
from scenario.support import WORDS

ROWS = frame(
    [
        {"category": "IPCC2006:1A1ai", "activity": "lignite", "use": "combustion", "region": "150600"},
        {"category": "IPCC2006:1A4b", "activity": "raw_coal", "use": "combustion", "region": "150100"},
        {"category": "IPCC2006:1A4b", "activity": "natural_gas", "use": "combustion", "dimension": "volume"},
        {"category": "IPCC2006:2B1", "activity": "natural_gas", "use": "feedstock", "dimension": "volume"},
    ]
)
TRUCKS = frame(
    [
        {"category": "IPCC2006:1A3b", "activity": "heavy_truck_diesel", "use": "distance", "dimension": "distance",
         "stage": stage, "boiler_tph": size}
        for stage, size in (("pre_I", 1.0), ("II", 65.0), ("III", 66.0), ("IV", None), ("", None))
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, [True, True, True, True]),
        ({"categories": "1A"}, [True, True, True, False]),
        ({"categories": ["IPCC2006:1A1", "2B"]}, [True, False, False, True]),
        ({"activities": "coal"}, [True, True, False, False]),
        ({"activities": ["natural_gas"], "uses": ["feedstock"]}, [False, False, False, True]),
        ({"regions": "150100"}, [False, True, False, False]),
        ({"regions": "150000"}, [True, True, True, True]),
        ({"categories": "1A4b", "activities": "coal"}, [False, True, False, False]),
    ],
)
def test_every_field_must_fit_and_what_is_below_a_word_fits_too(fields: dict[str, Any], wanted: list[bool]) -> None:
    assert selected(Selector(**fields), ROWS, WORDS).tolist() == wanted


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [
        (0, [True, False, False, False, False]),
        (2, [True, True, False, False, False]),
        (3, [True, True, True, False, False]),
        (6, [True, True, True, True, False]),
    ],
)
def test_a_stage_and_all_older_ones(stage: int, wanted: list[bool]) -> None:
    assert selected(Selector(stage_at_most=stage), TRUCKS, WORDS).tolist() == wanted


def test_where_there_is_no_stage_no_row_has_one() -> None:
    assert not selected(Selector(stage_at_most=6), ROWS, WORDS).any()


@pytest.mark.parametrize(
    ("interval", "wanted"),
    [
        ("[0,65)", [True, False, False, False, False]),
        ("(65,inf)", [False, False, True, False, False]),
        ("[65,66]", [False, True, True, False, False]),
    ],
)
def test_a_number_lies_in_an_interval_and_a_blank_one_in_none(interval: str, wanted: list[bool]) -> None:
    assert selected(Selector(where={"boiler_tph": interval}), TRUCKS, WORDS).tolist() == wanted


def test_a_word_condition_and_one_that_the_table_does_not_have() -> None:
    assert selected(Selector(where={"stage": ["II", "III"]}), TRUCKS, WORDS).tolist() == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert selected(Selector(where={"stage": "II"}), TRUCKS, WORDS).tolist() == [False, True, False, False, False]
    assert not selected(Selector(where={"stage": "II"}), ROWS, WORDS).any()


def test_a_category_without_a_scheme_is_one_of_ipcc_2006() -> None:
    assert (code("1A1a"), code("NFR:3B1a")) == ("IPCC2006:1A1a", "NFR:3B1a")
