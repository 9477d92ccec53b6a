"""The names for scenarios in Python: by file or id, from the base year to results."""

from __future__ import annotations

import pytest

import emissions as em
from emissions.scenario.file.read import read_scenario as read_file
from emissions.scenario.outcome.begin import Bases, find_scenario
from emissions.scenario.outcome.project import project


def test_a_scenario_is_read_by_file_or_id() -> None:
    by_id = em.read_scenario("hm-s1-plan")
    assert isinstance(by_id, em.Scenario)
    assert em.read_scenario(find_scenario("hm-s1-plan")) == by_id == read_file(find_scenario("hm-s1-plan"))
    with pytest.raises(em.ScenarioError) as caught:
        em.read_scenario("hm-s1-plam")
    assert caught.value.problems[0].nearest == "hm-s1-plan"


def test_a_projection_is_that_of_its_base_year_and_gives_totals_and_targets() -> None:
    scenario = em.read_scenario("hm-s1-plan")
    found = em.project_scenario(scenario)
    assert found.indicator("co2").equals(project(scenario, Bases()(scenario)).indicator("co2"))
    by_year = em.totals(found.run, ["year", "substance"]).query("substance == 'CO2'")
    assert (by_year["emission"] / 1e6).tolist() == pytest.approx(found.indicator("co2").tolist())
    assert len(em.evaluate_targets(found)) == len(em.evaluate_targets(found, 2023)) > 0


def test_two_scenarios_are_compared_and_one_is_too_few() -> None:
    pair = [em.read_scenario(name) for name in ("hm-s1-plan", "mz-s1-plan")]
    found = em.compare_scenarios(pair)
    assert isinstance(found, em.Comparison)
    assert set(found.peaks["scenario"]) == {"hm-s1-plan", "mz-s1-plan"}
    with pytest.raises(em.ScenarioError) as caught:
        em.compare_scenarios(pair[:1])
    assert caught.value.problems[0].code == "too_few_scenarios"
