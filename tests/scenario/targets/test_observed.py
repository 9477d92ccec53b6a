"""Observed values: every vintage kept, names and boundaries those of the results."""

from __future__ import annotations

import pytest

from emissions.errors import ScenarioError
from emissions.scenario.targets.data import read_rows
from emissions.scenario.targets.observed import OBSERVED_COLUMNS, observed_indicators
from emissions.vocabulary import describe


def test_every_row_of_the_region_is_there_with_source_and_grade() -> None:
    table = observed_indicators("150600")
    assert list(table.columns) == list(OBSERVED_COLUMNS)
    own = [f"baseline:{row['id']}" for row in read_rows("baselines") if row["region_code"] == "150600"]
    assert table["id"].tolist()[: len(own)] == own
    statistics = table[table["id"].str.startswith("baseline:")]
    assert statistics["grade"].isin(["A", "B", "C"]).all()
    assert (statistics["source"] != "").all()


def test_emissions_have_the_names_and_boundary_of_a_result() -> None:
    table = observed_indicators("150000").set_index(["indicator", "year"])
    assert table.loc[("co2", 2019), ["value", "unit", "boundary"]].tolist() == [794.279375, "Mt", "territorial"]
    assert table.loc[("emission:NOx", 2014), ["value", "unit", "boundary"]].tolist() == [125.83, "1e4 t", "territorial"]


def test_past_values_of_the_plans_are_observations_with_their_boundary() -> None:
    table = observed_indicators("150000").set_index("id")
    assert table.loc["target:nm-energy-total-2020", ["indicator", "year", "value", "boundary"]].tolist() == [
        "energy_consumption_total", 2020, 271.0, "energy_balance",
    ]  # fmt: skip
    assert table.loc["target:nm-carbon-intensity-13fyp", ["indicator", "year", "value"]].tolist() == [
        "change:co2_intensity:2015", 2020, 2.0,
    ]  # fmt: skip
    assert table.loc["target:nm-pm25-13fyp", ["indicator", "year", "value"]].tolist() == [
        "pm25_concentration_change_13fyp", 2020, -25.0,
    ]  # fmt: skip
    assert "target:nm-coal-share-2025" in table.index
    assert "target:nm-co2-per-turnover-2025" not in table.index, "the start of a change is no observation"
    manzhouli = observed_indicators("150781")["id"].tolist()
    assert "target:mz-grass-cover-2025" not in manzhouli, "its baseline is contradictory"
    assert "target:mz-nonfossil-share-2020" in manzhouli


def test_vintages_are_kept_until_one_is_chosen() -> None:
    gdp = observed_indicators("150000").query("indicator == 'gdp' and year == 2021")
    assert sorted(gdp["value"]) == [20514.2, 21166.0]
    first = observed_indicators("150000", {"gdp": "first release"})
    assert first.query("indicator == 'gdp' and year == 2021")["value"].tolist() == [20514.2]
    assert len(first) < len(observed_indicators("150000"))
    assert (first["indicator"] == "co2").sum() == 5


def test_a_choice_that_leaves_nothing_is_refused_with_what_there_is() -> None:
    with pytest.raises(ScenarioError) as caught:
        observed_indicators("150000", {"gdp": "third release"})
    text = describe(caught.value.problems[0], "en")
    assert "third release" in text
    assert "current prices, first release" in text
