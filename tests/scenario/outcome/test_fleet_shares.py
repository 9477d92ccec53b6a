"""Shares of vehicles read from the rows, and the fleets of the shipped scenarios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions import load_factors, read_activity
from emissions.scenario.file.extend import find_scenarios
from emissions.scenario.file.read import base_files, read_scenario
from emissions.scenario.outcome.fleet_shares import fleet_share_rules, fleet_shares
from emissions.scenario.outcome.measure_levels import with_measure_levels
from emissions.scenario.outcome.project import project, start
from emissions.scenario.revision.sheet import Sheet
from emissions.scenario.targets.data import load_indicators, read_rows
from emissions.vocabulary import load_vocabulary

WORDS = load_vocabulary()
FILES = {path.stem: path for path in find_scenarios()}


def sheet(*rows: tuple[str, str, str, float]) -> Sheet:
    """Rows of activity, use, stage and quantity."""
    table = pd.DataFrame(rows, columns=["activity", "use", "stage", "quantity"]).assign(region="150781", unit="unit")
    return Sheet.of(table.assign(category="IPCC2006:1A3biii", activity_id=[str(one) for one in table.index]), 1)


def shares(*rows: tuple[str, str, str, float]) -> dict[str, float]:
    return {name: float(value[0]) for name, _, _, value in fleet_shares(sheet(*rows), WORDS)}


def test_every_rule_is_for_an_indicator_of_the_plans() -> None:
    assert set(fleet_share_rules()) <= set(load_indicators())


def test_vehicles_count_before_their_distance() -> None:
    found = shares(
        ("bus_diesel", "stock", "V", 60), ("bus_cng", "stock", "V", 20), ("bus_electric", "stock", "", 20),
        ("bus_diesel", "distance", "V", 7),
    )  # fmt: skip
    assert found == {"nev_share_of_buses": 20.0, "nev_and_clean_share_of_buses": 40.0, "bus_stock": 100.0}


def test_distance_stands_for_vehicles_where_there_are_none_and_is_no_number_of_buses() -> None:
    assert shares(("bus_diesel", "distance", "V", 3), ("bus_hydrogen", "distance", "", 1)) == {
        "nev_share_of_buses": 25.0, "nev_and_clean_share_of_buses": 25.0,
    }  # fmt: skip


def test_stages_are_known_only_where_every_exhaust_states_its_own() -> None:
    known = [("heavy_truck_diesel", "stock", "III", 30.0), ("heavy_truck_diesel", "stock", "VI", 50.0)]
    electric = ("heavy_truck_electric", "stock", "", 20.0)
    assert shares(*known, electric) == {
        "diesel_truck_stage_iii_or_older_share": 37.5, "heavy_truck_stage_vi_share": 50.0,
    }  # fmt: skip
    assert shares(*known, ("heavy_truck_diesel", "stock", "", 1.0)) == {}


# ---------------------------------------------------------------- shipped fleets


def test_the_years_and_lives_of_shipped_fleets_are_those_of_their_sources() -> None:
    facts = {row["id"]: row for row in read_rows("vehicles")}
    fleets = [fleet for path in FILES.values() for fleet in read_scenario(path).fleets]
    assert fleets
    for fleet in fleets:
        named = [facts[one.removeprefix("vehicle:")] for one in fleet.source if one.startswith("vehicle:")]
        of_stage = {row["stage"]: int(row["value"]) for row in named if row["parameter"] == "first_year"}
        assert {stage: years[0] for stage, years in fleet.stage_years.items()} == of_stage
        assert [float(row["value"]) for row in named if row["parameter"] == "mean_life"] == [fleet.mean_life]
        covered = {word for vehicle in fleet.vehicles for word in WORDS.activity_graph.ancestors(vehicle)}
        assert {row["vehicles"] for row in named} <= covered


def test_every_fact_on_vehicles_has_a_place_and_known_words() -> None:
    for row in read_rows("vehicles"):
        assert row["vehicles"] in WORDS.activities, row
        assert all(row[name] for name in ("value", "unit", "printed", "evidence", "locator", "evidence_grade")), row


@pytest.fixture(scope="module")
def manzhouli() -> Any:
    story = read_scenario(FILES["mz-s1-plan"])
    return project(story, start(read_activity(*base_files(story)), load_factors(story.base.factors), 2020))


def test_the_buses_of_manzhouli_meet_their_share_and_stay_as_many(manzhouli: Any) -> None:
    found = manzhouli.indicator("nev_share_of_buses")
    assert found[2020] == pytest.approx(100 * 48 / 198)
    assert found[2025] == pytest.approx(40.0, abs=0.01)  # the base is printed as 24.24
    assert (np.diff(found) > 0).all()
    assert manzhouli.indicator("bus_stock").to_numpy() == pytest.approx(198.0)


def test_what_the_vehicles_say_counts_before_what_a_measure_states(manzhouli: Any) -> None:
    table = with_measure_levels(manzhouli.indicators, manzhouli.scenario)
    buses = table[table["indicator"] == "nev_share_of_buses"].set_index("year")["value"]
    assert buses[2030] > 40.0
    assert buses[2030] == manzhouli.indicator("nev_share_of_buses")[2030]
