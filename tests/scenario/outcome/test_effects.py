"""Co-control of measures and what they cost, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.factors import FactorLibrary
from emissions.scenario.outcome.effects import co_control_of, costs_of
from emissions.scenario.outcome.project import start
from reference.workbench import activity_table
from scenario.support import HOUSEHOLD_COAL, OIL, POWER_COAL, deed, story

COLUMNS = ["measure", "substance", "year", "alone", "sequence", "last_in", "covered"]


def contributions(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, of, 2030, change, change, change, part) for name, of, change, part in rows], columns=COLUMNS
    )


def levels(**values: float) -> pd.DataFrame:
    return pd.DataFrame({"substance": list(values), "year": 2030, "value": list(values.values())})


def test_a_measure_stands_in_the_quadrant_of_its_two_falls() -> None:
    table = contributions(
        ("coal", "CO2", -10.0, 1.0), ("coal", "SO2", -2.0, 1.0), ("scrub", "CO2", 1.0, 1.0), ("scrub", "SO2", -5.0, 1.0)
    )
    found = co_control_of(table, levels(CO2=91.0, SO2=13.0), 2030).set_index("measure")
    assert found.loc["coal", ["x", "y", "quadrant"]].tolist() == [10.0, 2.0, "both_fall"]
    assert found.loc["scrub", "quadrant"] == "pollutant_falls_co2_rises"
    # before the measures: CO2 100, SO2 20, so 10 % of each falls
    assert found.loc["coal", "elasticity"] == pytest.approx(1.0)


def test_a_pollutant_that_is_less_known_than_co2_is_left_out() -> None:
    table = contributions(("coal", "CO2", -10.0, 0.9), ("coal", "SO2", 2.0, 0.1), ("coal", "NOx", -1.0, 0.9))
    found = co_control_of(table, levels(CO2=90.0, SO2=12.0, NOx=9.0), 2030)
    assert found["substance"].tolist() == ["NOx"]


def test_an_unknown_contribution_leaves_its_substance_out() -> None:
    table = contributions(("coal", "CO2", -10.0, 1.0), ("coal", "SO2", np.nan, 1.0))
    assert co_control_of(table, levels(CO2=90.0, SO2=12.0), 2030).empty


def test_costs_are_taken_in_sequence_and_what_saves_has_no_rank(factors: FactorLibrary) -> None:
    base = start(activity_table(POWER_COAL, HOUSEHOLD_COAL, OIL), factors, 2020)
    price = {"operation": 0, "fuel": 0, "life": 1, "interest": 0, "year": 2020, "source": "assumption", "why": "tested"}
    coal = {"activities": "coal"}
    measures = [
        deed("dear", "efficiency", coal, amount=-10, amount_is="change", base=None)
        | {"cost": {**price, "investment": 1e9}},
        deed("saving", "efficiency", coal, amount=-10, amount_is="change", base=None)
        | {"cost": {**price, "investment": -1e6}},
        deed("free", "efficiency", coal, amount=-10, amount_is="change", base=None),
    ]
    found = costs_of(story(measures=measures), base, 2025).set_index("measure")
    assert found.index.tolist() == ["saving", "dear"]
    assert np.isnan(found.loc["saving", "rank"])
    assert found.loc["dear", "rank"] == 1
    # the second takes a tenth of what the first has left
    assert found.loc["dear", "abated"] == pytest.approx(0.9 * found.loc["dear", "abated_single"])
    assert found.loc["dear", "cost"] == pytest.approx(1e9 / found.loc["dear", "abated"])
    assert set(found["currency"]) == {"CNY 2020"}


def test_without_costs_there_is_no_curve(factors: FactorLibrary) -> None:
    base = start(activity_table(POWER_COAL), factors, 2020)
    assert costs_of(story(measures=[deed("free", "efficiency", {"activities": "coal"}, amount=-10)]), base, 2025).empty
