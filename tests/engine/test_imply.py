"""Implied emission factors: the first card whose arguments are all found serves; ties and gaps are said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emissions.errors import AmbiguousFactor, FormulaError
from reference.workbench import activity_table, card, chosen_factor, factor, library, line, run

FIRST = card("first", parameters={"emission_factor": {"basis": ["as_published"]}})
SECOND = card("second", parameters={"emission_factor": {"basis": ["before_control"]}})
ORDER: dict[str, Any] = {"methods": [{"order": ["first", "second"]}]}


# ---------------------------------------------------------------- which card


@pytest.mark.parametrize(
    ("bases", "served"),
    [
        ({"as_published", "before_control"}, "first"),
        ({"before_control"}, "second"),
        ({"as_published"}, "first"),
    ],
)
def test_the_first_card_in_the_order_of_the_set_whose_arguments_are_found_serves(
    tmp_path: Path, bases: set[str], served: str
) -> None:
    rows = [factor(basis, 1.0, "t/t", basis=basis) for basis in sorted(bases)]
    for cards in ((FIRST, SECOND), (SECOND, FIRST)):
        found = line(run(activity_table({}), library(tmp_path, *rows, **ORDER), *cards))
        assert found["card"] == served


def test_each_key_has_its_own_first_card(tmp_path: Path) -> None:
    rows = [
        factor("a", 1.0, "t/t", basis="as_published", region="150000"),
        factor("b", 2.0, "t/t", basis="before_control"),
    ]
    table = activity_table({}, {"region": "130000"})
    result = run(table, library(tmp_path, *rows, **ORDER), FIRST, SECOND)
    assert [line(result, key=key)["card"] for key in (0, 1)] == ["first", "second"]
    assert [line(result, key=key)["ief"] for key in (0, 1)] == [1.0, 2.0]


def test_what_stopped_the_better_card_is_kept(tmp_path: Path) -> None:
    rows = [factor("b", 2.0, "t/t", basis="before_control")]
    found = line(run(activity_table({}), library(tmp_path, *rows, **ORDER), FIRST, SECOND))
    assert found["stopped"] == "first: no_factor:emission_factor"
    assert found["reason"] == ""


def test_a_gap_has_the_reason_of_the_first_card_and_no_number(tmp_path: Path) -> None:
    controlled = card(
        "controlled", formula="controlled", substances=["NOx"],
        parameters={"emission_factor": {}, "removal": {"parameter": "removal_efficiency", "combine": "series"}},
    )  # fmt: skip
    first = card("first", substances=["NOx"], parameters={"emission_factor": {"basis": ["as_published"]}})
    rows = [factor("a", 1.0, "t/t", substance="NOx")]
    chosen: dict[str, Any] = {"methods": [{"order": ["controlled", "first"]}]}
    found = line(run(activity_table({}), library(tmp_path, *rows, **chosen), controlled, first), "NOx")
    assert (found["status"], found["reason"], found["card"]) == ("NE", "control_not_stated", "")
    assert found["stopped"] == "controlled: control_not_stated; first: no_factor:emission_factor"
    assert np.isnan(found["ief"])
    assert np.isnan(found["emission"])


def test_that_nothing_was_measured_is_the_reason_only_where_nothing_else_is(tmp_path: Path) -> None:
    own = card("own", parameters={"emission_factor": {"origin": "measured"}})
    rows = [factor("b", 2.0, "t/t", basis="before_control")]
    chosen: dict[str, Any] = {"methods": [{"order": ["own", "first"]}]}
    found = line(run(activity_table({}), library(tmp_path, *rows, **chosen), own, FIRST))
    assert found["reason"] == "no_factor:emission_factor"
    alone = line(run(activity_table({}), library(tmp_path, *rows, **chosen), own))
    assert alone["reason"] == "measured_missing:emission_factor"


# ---------------------------------------------------------------- the number


@pytest.mark.parametrize(("sign", "expected"), [(1, 2.0), (-1, -2.0)])
def test_a_term_that_is_subtracted_is_negative(tmp_path: Path, sign: int, expected: float) -> None:
    found = line(run(activity_table({}), library(tmp_path, factor("a", 2.0, "t/t")), card("one", sign=sign)))
    assert (found["ief"], found["emission"]) == (expected, 100 * expected)


@pytest.mark.parametrize(
    ("item", "unit", "dimension", "expected"),
    [
        ({}, "kg/t", "mass", 0.002),
        ({}, "g/kg", "mass", 0.002),
        ({"dimension": "volume", "activity": "natural_gas"}, "g/m^3", "volume", 2e-6),
        ({"dimension": "energy"}, "kg/GJ", "energy", 2.0),
        ({"dimension": "energy"}, "t/TJ", "energy", 2.0),
        ({"dimension": "energy"}, "kg/MWh", "energy", 2e-3 / 3.6e-3),
    ],
)
def test_the_factor_comes_in_tonnes_per_base_unit(
    tmp_path: Path, item: dict[str, str], unit: str, dimension: str, expected: float
) -> None:
    one = card("one", dimensions=[dimension])
    found = line(run(activity_table(item), library(tmp_path, factor("a", 2.0, unit)), one))
    assert found["ief"] == pytest.approx(expected, rel=1e-14)


def test_one_card_serves_several_dimensions_each_with_its_factor(tmp_path: Path) -> None:
    rows = [factor("m", 2.0, "t/t"), factor("e", 94.0, "kg/GJ")]
    one = card("one", dimensions=["mass", "energy"])
    table = activity_table({}, {"dimension": "energy"}, {"dimension": "mass", "year": 2021})
    result = run(table, library(tmp_path, *rows), one)
    assert [line(result, key=key)["ief"] for key in range(3)] == pytest.approx([2.0, 94.0, 2.0], rel=1e-14)
    assert [chosen_factor(result, key=key) for key in range(3)] == [["m"], ["e"], ["m"]]


def test_a_rate_per_year_is_taken_for_the_year_of_the_row(tmp_path: Path) -> None:
    daily = card(
        "daily", formula="daily_loss", categories=["IPCC2006:1A3b"], activities=["road_vehicle"], uses=["stock"],
        dimensions=["count"], substances=["NMVOC"], parameters={"daily_evaporation": {}},
    )  # fmt: skip
    item = {"activity": "taxi_gasoline", "use": "stock", "dimension": "count", "category": "IPCC2006:1A3bi"}
    row = factor("a", 5.0, "g/(unit*d)", parameter="daily_evaporation", substance="NMVOC")
    found = line(run(activity_table(item), library(tmp_path, row), daily), "NMVOC")
    assert found["ief"] == pytest.approx(5.0e-6 * 365, rel=1e-14)


def test_a_number_that_is_not_finite_is_an_error(tmp_path: Path) -> None:
    loss = card(
        "loss", formula="running_loss", categories=["IPCC2006:1A3b"], activities=["road_vehicle"],
        uses=["distance"], dimensions=["distance"], substances=["NMVOC"],
        parameters={"hourly_evaporation": {}, "mean_speed": {}},
    )  # fmt: skip
    item = {"activity": "taxi_gasoline", "use": "distance", "dimension": "distance", "category": "IPCC2006:1A3bi"}
    rows = [
        factor("a", 5.0, "g/h", parameter="hourly_evaporation", substance="NMVOC"),
        factor("b", 0.0, "km/h", parameter="mean_speed", substance=""),
    ]
    with pytest.raises(FormulaError) as caught, np.errstate(divide="ignore"):
        run(activity_table(item), library(tmp_path, *rows), loss)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("formula_not_finite", "loss")


def test_a_card_that_only_sizes_a_gap_gives_its_size_and_counts_nowhere(tmp_path: Path) -> None:
    sized = card("sized", status="NE", reason="products_unknown")
    result = run(activity_table({}), library(tmp_path, factor("a", 2.0, "t/t")), sized)
    found = line(result)
    assert (found["status"], found["reason"], found["emission"]) == ("NE", "products_unknown", 200.0)
    assert result.counted.empty
    assert "CO2" in set(result.gaps["substance"])


# ---------------------------------------------------------------- tier


@pytest.mark.parametrize(
    ("regions", "tier"),
    [(("", "150000"), "default"), (("CN", "150000"), "national"), (("150000", "150600"), "regional"),
     (("asia", "CN"), "default"), (("CN", "CN"), "national")],
)  # fmt: skip
def test_the_tier_is_that_of_the_weakest_parameter(tmp_path: Path, regions: tuple[str, str], tier: str) -> None:
    energy = card("one", formula="energy_factor", parameters={"net_calorific_value": {}, "energy_emission_factor": {}})
    rows = [
        factor("n", 20.0, "GJ/t", parameter="net_calorific_value", substance="", region=regions[0]),
        factor("e", 94.0, "kg/GJ", parameter="energy_emission_factor", region=regions[1]),
    ]
    found = line(run(activity_table({}), library(tmp_path, *rows), energy))
    assert (found["status"], found["tier"]) == ("ok", tier)
    measured = [{"parameter": "net_calorific_value", "value": 20.0, "unit": "GJ/t"}]
    found = line(run(activity_table({}, measured=measured), library(tmp_path, *rows), energy))
    expected = {"": "default", "CN": "national", "asia": "default"}.get(regions[1], "regional")
    assert found["tier"] == expected


def test_a_gap_has_no_tier(tmp_path: Path) -> None:
    found = line(run(activity_table({}), library(tmp_path, factor("x", 1.0, "1", parameter="share")), FIRST))
    assert (found["status"], found["tier"]) == ("NE", "")


# ---------------------------------------------------------------- ties


def test_two_equal_rows_are_an_error_that_names_both(tmp_path: Path) -> None:
    rows = [factor("a", 1.0, "t/t"), factor("b", 2.0, "t/t")]
    with pytest.raises(AmbiguousFactor) as caught:
        run(activity_table({}), library(tmp_path, *rows), card("one"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.allowed) == ("ambiguous_factor", "a", "a, b")
    assert problem.facts == {
        "substance": "CO2", "argument": "emission_factor", "category": "IPCC2006:1A1ai", "activity": "lignite",
    }  # fmt: skip


def test_the_error_reads_as_one_line_a_pair(tmp_path: Path) -> None:
    rows = [factor("a", 1.0, "t/t"), factor("b", 2.0, "t/t")]
    with pytest.raises(AmbiguousFactor) as caught:
        run(activity_table({}, {"year": 2021}), library(tmp_path, *rows), card("one"))
    assert str(caught.value) == (
        "ambiguous_factor: a: substance=CO2, argument=emission_factor, category=IPCC2006:1A1ai, activity=lignite"
    )


@pytest.mark.parametrize("better", [{"activity": "lignite"}, {"region": "CN"}, {"grade": "A"}])
def test_a_pair_beaten_by_a_better_row_is_no_error(tmp_path: Path, better: dict[str, str]) -> None:
    rows = [factor("a", 1.0, "t/t", grade="B"), factor("b", 2.0, "t/t", grade="B")]
    rows.insert(1, factor("c", 3.0, "t/t", **{"grade": "B", **better}))
    result = run(activity_table({}), library(tmp_path, *rows), card("one"))
    assert chosen_factor(result) == ["c"]


def test_a_tie_of_a_card_that_does_not_serve_is_no_error(tmp_path: Path) -> None:
    rows = [
        factor("a", 1.0, "t/t", basis="before_control"),
        factor("b", 2.0, "t/t", basis="before_control"),
        factor("c", 3.0, "t/t", basis="as_published"),
    ]
    result = run(activity_table({}), library(tmp_path, *rows, **ORDER), FIRST, SECOND)
    assert chosen_factor(result) == ["c"]


# ---------------------------------------------------------------- earlier years


def by_year(tmp_path: Path, year: int, *cards: Any) -> Any:
    rows = [
        factor("y2012", 12.0, "t/t", valid_from=2012, valid_to=2012),
        factor("y2015", 15.0, "t/t", valid_from=2014, valid_to=2015),
        factor("y2018", 18.0, "t/t", valid_from=2018, valid_to=2019),
    ]
    result = run(activity_table({"year": year}), library(tmp_path, *rows), *cards)
    return line(result)["ief"], result.matches["earlier"].astype(bool).tolist()


LATE = card("one", fallback=["earlier_year"])


@pytest.mark.parametrize(
    ("year", "value", "earlier"), [(2012, 12.0, False), (2013, 12.0, True), (2017, 15.0, True), (2030, 18.0, True)]
)
def test_the_nearest_earlier_year_stands_in_where_the_card_allows(
    tmp_path: Path, year: int, value: float, *, earlier: bool
) -> None:
    assert by_year(tmp_path, year, LATE) == (value, [earlier])


@pytest.mark.parametrize("cards", [(card("one"),), (LATE,)])
def test_a_later_year_never_stands_in_and_no_year_without_leave(tmp_path: Path, cards: Any) -> None:
    year = 2011 if cards == (LATE,) else 2017
    value, earlier = by_year(tmp_path, year, *cards)
    assert np.isnan(value)
    assert earlier == []
