"""Co-control: coordinates, quadrants, elasticities, equivalents."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from emissions.errors import ScenarioError
from emissions.scenario.mathematics.cocontrol import co_control, equivalents
from emissions.vocabulary import message

FALLS = pd.DataFrame(
    {"CO2": [10.0, -1.0, -2.0, 5.0, 0.0, 1e-6], "SO2": [2.0, 5.0, -1.0, -0.5, 3.0, 1.0], "NOx": [0.0] * 6},
    index=["less coal", "scrubber", "more coal", "gas engines", "sulphur limit", "almost nothing"],
)
EMISSIONS = {"CO2": 100.0, "SO2": 10.0, "NOx": 20.0}


def test_coordinates_quadrants_and_elasticities() -> None:
    found = co_control(FALLS, EMISSIONS, smallest=0.001)
    assert len(found) == 12
    own = found[found["substance"] == "SO2"].set_index("measure")
    assert own["quadrant"].tolist() == [
        "both_fall", "pollutant_falls_co2_rises", "both_rise", "co2_falls_pollutant_rises", "on_axis", "both_fall",
    ]  # fmt: skip
    assert own["x"].tolist() == FALLS["CO2"].tolist()
    assert own["y"].tolist() == FALLS["SO2"].tolist()
    assert own["elasticity"].iloc[:4].tolist() == pytest.approx([2.0, -50.0, 5.0, -1.0])
    assert own["elasticity"].iloc[4:].isna().all()
    assert set(found.loc[found["substance"] == "NOx", "quadrant"]) == {"on_axis"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_quadrants_have_words(language: str) -> None:
    names = co_control(FALLS, EMISSIONS, smallest=0.001)["quadrant"].unique()
    assert [one for one in names if message(f"quadrant.{one}", language) == f"quadrant.{one}"] == []  # type: ignore[arg-type]


def test_near_no_change_of_co2_the_elasticity_is_stated_only_when_asked_for() -> None:
    one = FALLS.loc[["almost nothing"]]
    assert co_control(one, EMISSIONS, smallest=0.0)["elasticity"].iloc[0] == pytest.approx(1e7)


def test_equivalents_use_the_weights_given_and_name_what_has_none() -> None:
    found = equivalents(FALLS, {"SO2": 2.0})
    assert found.values.tolist() == [4.0, 10.0, -2.0, -1.0, 6.0, 2.0]
    assert (found.weights, found.unweighted) == ({"SO2": 2.0}, ("CO2", "NOx"))
    assert equivalents(FALLS, {"SO2": 2.0, "CO2": 1.0, "NOx": 0.0}).unweighted == ()


def test_what_has_no_coordinates_is_refused_all_at_once() -> None:
    falls = pd.DataFrame({"CO": [math.nan], "SO2": [1.0]}, index=["x"])
    with pytest.raises(ScenarioError) as caught:
        co_control(falls, {"CO": 1.0, "SO2": 0.0}, smallest=0.01)
    assert [one.code for one in caught.value.problems] == [
        "carbon_missing",
        "emission_before_missing",
        "fall_not_finite",
    ]


def test_weights_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(ScenarioError) as caught:
        equivalents(FALLS, {"VOC": 1.0, "SO2": -1.0})
    assert [(one.code, one.found) for one in caught.value.problems] == [
        ("weight_unknown", "VOC"),
        ("weight_not_usable", "SO2"),
    ]
    with pytest.raises(ScenarioError, match="no_weights"):
        equivalents(FALLS, {})
