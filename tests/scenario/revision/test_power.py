"""The power balance: what is needed less what the others give is coal's, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emissions.errors import ScenarioError
from emissions.scenario.model import Scenario
from emissions.scenario.revision.power import PowerBalance, balance
from emissions.scenario.revision.values import Values
from scenario.support import deed, path, story

YEARS = (2020, 2021, 2022, 2023, 2024, 2025)
WIND = {"capacity": {2020: 10}, "hours": {2020: 2000}, "renewable": True, "new_energy": True}
SOLAR = {"capacity": {2020: 0}, "hours": {2020: 1000}, "renewable": True, "new_energy": True}
NUCLEAR = {"capacity": {2020: 5}, "hours": {2020: 8000}, "renewable": False, "new_energy": False}


def system(*measures: dict[str, Any], technologies: dict[str, Any] | None = None, **paths: Any) -> Scenario:
    """100 TWh used and 20 sent out, 4 % lost: 125 TWh; wind gives 20, coal 105 at 300 g/kWh: 31.5 Mtce."""
    power = {
        "demand": path("TWh", y2020=100),
        "export": path("TWh", y2020=20),
        "losses": path("percent", y2020=4),
        "supply_coal_rate": path("gce/kWh", y2020=300, y2025=290),
        "coal_capacity": path("GW", y2020=30),
        "technologies": technologies or {"wind": WIND},
    }
    return story(power=power | paths, measures=list(measures))


def found(scenario: Scenario, more: float = 0.0, **draws: Any) -> PowerBalance:
    return balance(scenario, Values(scenario, YEARS, **draws), scenario.measures, more)


def test_coal_gives_what_the_others_do_not() -> None:
    power = found(system(demand=path("TWh", y2020=100, y2025=148)))
    assert power.generation["wind"].tolist() == [20.0] * 6
    assert power.generation["coal"].tolist() == pytest.approx([105, 115, 125, 135, 145, 155])
    assert power.coal_rate.tolist() == pytest.approx([300, 298, 296, 294, 292, 290])
    assert power.coal[[0, 5]].tolist() == pytest.approx([31.5, 155 * 0.29])
    whole = np.sum([*power.generation.values()], axis=0)
    assert whole == pytest.approx((power.demand + power.export) / (1 - power.losses))
    assert power.exported_share[[0, 5]].tolist() == pytest.approx([20 / 120, 20 / 168])


def test_net_import_is_a_negative_export_and_no_coal_is_burnt_for_it() -> None:
    power = found(system(export=path("TWh", y2020=-4)))
    assert power.generation["coal"][0] == pytest.approx(80.0)
    assert power.exported_share.tolist() == [0.0] * 6


def test_power_that_measures_need_comes_from_coal() -> None:
    plain, more = found(system()), found(system(), 9.6)
    assert (more.generation["coal"] - plain.generation["coal"]).tolist() == pytest.approx([10.0] * 6)
    assert (more.demand - plain.demand).tolist() == pytest.approx([9.6] * 6)


def test_coal_below_zero_is_refused_with_the_year_and_by_how_much() -> None:
    wind = WIND | {"capacity": {2020: 10, 2024: 60, 2025: 70}}
    with pytest.raises(ScenarioError) as caught:
        found(system(technologies={"wind": wind}))
    (problem,) = caught.value.problems
    assert (problem.code, problem.facts["year"], problem.found) == ("coal_power_negative", "2025", "-15 TWh")


def test_a_draw_below_zero_is_set_apart() -> None:
    scenario = system()
    values = Values(scenario, YEARS, factors={"power.wind.capacity": np.array([[1.0], [7.0]])})
    balance(scenario, values, ())
    assert values.impossible.tolist() == [False, True]


def test_added_capacity_comes_on_top_of_the_path() -> None:
    wind = WIND | {"capacity": {2020: 10, 2025: 20}}
    measure = deed("m", "add_capacity", technology="wind", amount=5, unit="GW", amount_is="change")
    power = found(system(measure, technologies={"wind": wind}))
    assert power.capacity["wind"].tolist() == pytest.approx([10, 13, 16, 19, 22, 25])
    assert power.generation["wind"][5] == pytest.approx(50.0)
    assert power.generation["coal"][5] == pytest.approx(75.0)


def test_a_total_runs_from_the_base_year_whatever_the_path_says() -> None:
    wind = WIND | {"capacity": {2020: 10, 2025: 20}}
    measure = deed("m", "capacity_total", technology="wind", amount=14, unit="GW", start=2022, full=2025)
    power = found(system(measure, technologies={"wind": wind}))
    # the path until 2021, then a line from the base year's 10 to 14
    assert power.capacity["wind"].tolist() == pytest.approx([10, 12, 11, 12, 13, 14])


def test_a_total_of_a_group_keeps_the_mix_and_shares_alike_what_is_not_there() -> None:
    both = {"wind": WIND, "solar": SOLAR | {"capacity": {2020: 30}}, "nuclear": NUCLEAR}
    total = deed("m", "capacity_total", technology="new_energy", amount=80, unit="GW", full=2021)
    power = found(system(total, technologies=both, demand=path("TWh", y2020=200)))
    assert power.capacity["wind"].tolist() == pytest.approx([10, *[20] * 5])
    assert power.capacity["solar"].tolist() == pytest.approx([30, *[60] * 5])
    assert power.capacity["nuclear"].tolist() == [5] * 6
    none = {name: one | {"capacity": {2020: 0}} for name, one in both.items()}
    power = found(system(total, technologies=none, demand=path("TWh", y2020=200)))
    assert (power.capacity["wind"][5], power.capacity["solar"][5], power.capacity["nuclear"][5]) == (40, 40, 0)


def test_the_file_says_which_technologies_are_new_energy() -> None:
    hydro = WIND | {"new_energy": False}
    tower = SOLAR | {"capacity": {2020: 30}}
    total = deed("m", "capacity_total", technology="new_energy", amount=80, unit="GW", full=2021)
    power = found(system(total, technologies={"hydro": hydro, "wind": WIND, "tower": tower}))
    assert power.new_energy == ("wind", "tower")
    assert [power.capacity[name][1] for name in ("hydro", "wind", "tower")] == pytest.approx([10, 20, 60])


def test_a_share_of_capacity_is_a_floor() -> None:
    """10 of 40 GW are 25 %; half of all beside 30 GW of coal are 30 GW."""
    share = deed("m", "capacity_share", technology="renewable", amount=50, start=2021, full=2025)
    power = found(system(share))
    wanted = [0.25, 0.30, 0.35, 0.40, 0.45, 0.50]
    held = power.capacity["wind"] / (power.capacity["wind"] + power.capacity["coal"])
    assert held.tolist() == pytest.approx(wanted)
    assert power.capacity["wind"][5] == pytest.approx(30.0)
    low = found(system(share | {"do": share["do"] | {"amount": 20}}))
    assert low.capacity["wind"].tolist() == [10.0] * 6
    assert found(system(share)).renewable == ("wind",)


def test_a_technology_that_is_not_renewable_is_in_the_rest() -> None:
    both = {"wind": WIND, "nuclear": NUCLEAR}
    share = deed("m", "capacity_share", technology="renewable", amount=50, full=2021)
    power = found(system(share, technologies=both))
    assert power.capacity["wind"][1] == pytest.approx(35.0)


def test_measures_apply_one_after_the_other() -> None:
    total = deed("t", "capacity_total", technology="wind", amount=14, unit="GW", full=2021)
    more = deed("a", "add_capacity", technology="wind", amount=5, unit="GW", amount_is="change", full=2021)
    assert found(system(total, more)).capacity["wind"][1] == pytest.approx(19.0)
    assert found(system(more, total)).capacity["wind"][1] == pytest.approx(14.0)


def test_without_a_power_balance_there_is_nothing_to_balance() -> None:
    with pytest.raises(ValueError, match="story"):
        found(story())
