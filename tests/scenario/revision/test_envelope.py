"""The envelope: totals and shares in the boundary of the plans, and the bridge to the territory, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from emissions.errors import ScenarioError
from emissions.scenario.file.read import read_scenario
from emissions.scenario.model import Term
from emissions.scenario.revision.envelope import Bridge, Envelope, envelope, gdp_index
from emissions.scenario.revision.values import Values
from scenario.support import path, story

YEARS = (2020, 2021, 2022)
GDP = {"gdp_growth": path("percent/year", y2021=10, y2022=5)}
SHARES = {"coal_share": path("percent", y2020=80, y2022=70), "nonfossil_share": path("percent", y2020=10)}
RATE = {"energy_intensity_rate": path("percent/year", y2021=-2)}
BASE = {"energy_total_base": path("Mtce", y2020=100)}


def found(levers: dict[str, Any], years: tuple[int, ...] = YEARS, **draws: Any) -> Envelope:
    scenario = story(drivers=GDP, levers=levers)
    plan = envelope(scenario, Values(scenario, years, **draws))
    assert plan is not None
    return plan


def codes(levers: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ScenarioError) as caught:
        found(levers)
    return [(one.code, one.found) for one in caught.value.problems]


def test_energy_grows_with_gdp_and_falls_with_intensity() -> None:
    plan = found(BASE | RATE | SHARES)
    assert plan.gdp.tolist() == pytest.approx([1.0, 1.1, 1.1 * 1.05])
    assert plan.total.tolist() == pytest.approx([100.0, 100 * 1.1 * 0.98, 100 * 1.1 * 1.05 * 0.98**2])
    assert plan.energy("coal").tolist() == pytest.approx((plan.total * [0.8, 0.75, 0.7]).tolist())
    assert plan.share["oil_gas"].tolist() == pytest.approx([0.1, 0.15, 0.2])
    assert np.sum([*plan.share.values()], axis=0) == pytest.approx(np.ones(3))


def test_without_a_rate_energy_follows_gdp() -> None:
    assert found(BASE | SHARES).total.tolist() == pytest.approx([100.0, 110.0, 115.5])


def test_a_stated_total_is_taken_as_it_stands_and_starts_at_the_base() -> None:
    total = {"energy_total": path("Mtce", y2022=120)}
    assert found(BASE | total | SHARES).total.tolist() == pytest.approx([100.0, 110.0, 120.0])
    assert found(total | SHARES).total.tolist() == pytest.approx([120.0, 120.0, 120.0])


def test_the_base_solved_for_gives_the_stated_total() -> None:
    total = {"energy_total": path("Mtce", y2022=120) | {"solve_base": True}}
    plan = found(total | RATE | SHARES)
    assert plan.total[2] == pytest.approx(120.0)
    assert plan.total[0] == pytest.approx(120.0 / (1.1 * 1.05 * 0.98**2))
    # also where the year of the total is not shown
    assert found(total | RATE | SHARES, (2020, 2021)).total.tolist() == plan.total[:2].tolist()


def test_the_base_solved_for_under_draws_of_growth() -> None:
    total = {"energy_total": path("Mtce", y2022=120) | {"solve_base": True}}
    shift = {"drivers.gdp_growth": np.array([[0.0], [-10.0]])}
    plan = found(total | RATE | SHARES, shifts=shift)
    assert plan.total[:, 2] == pytest.approx(np.array([120.0, 120.0]))
    assert plan.total[1, 0] == pytest.approx(120.0 / (1.0 * 0.95 * 0.98**2))


def test_one_of_oil_and_gas_may_be_stated_and_the_other_is_the_rest() -> None:
    plan = found(BASE | SHARES | {"gas_share": path("percent", y2020=4)})
    assert sorted(plan.share) == ["coal", "gas", "nonfossil", "oil"]
    assert plan.share["oil"].tolist() == pytest.approx([0.06, 0.11, 0.16])


def test_shares_that_leave_less_than_nothing_are_refused_by_year() -> None:
    levers = BASE | SHARES | {"coal_share": path("percent", y2020=88, y2022=94)}
    assert codes(levers) == [("shares_over_one", "101 %"), ("shares_over_one", "104 %")]


def test_what_is_missing_is_named() -> None:
    assert codes(RATE | SHARES) == [("lever_missing", "energy_total_base")]
    assert codes(BASE) == [("lever_missing", "coal_share"), ("lever_missing", "nonfossil_share")]


def test_without_levers_there_is_no_envelope() -> None:
    scenario = story(drivers=GDP)
    assert envelope(scenario, Values(scenario, YEARS)) is None
    assert gdp_index(story(), Values(story(), YEARS)).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("levers", "code"),
    [
        ({"energy_total": {"unit": "Mtce", "points": {2020: 100, 2022: 120}}, **RATE}, "energy_said_twice"),
        ({"energy_total": {"unit": "Mtce", "points": {2022: 120}, "solve_base": True}, **RATE, **BASE},
         "base_said_twice"),
    ],
)  # fmt: skip
def test_a_total_has_one_determinant(levers: dict[str, Any], code: str, tmp_path: Path) -> None:
    said = {"source": "assumption", "why": "because"}
    body = story(drivers=GDP, levers=levers | SHARES).model_dump(by_alias=True, exclude_defaults=True)
    for part in (*body["drivers"].values(), *body["levers"].values()):
        part.update(said)
    body["base"]["activity"] = "examples/2020.xlsx"
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(body), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "a.yaml")
    assert [one.code for one in caught.value.problems] == [code]


# ---------------------------------------------------------------- bridge


def term(name: str) -> Term:
    return Term.model_validate({"id": name, "title": {"zh": "项", "en": name}, "unit": "Mtce", "points": {}})


def test_the_bridge_leads_from_the_balance_by_named_terms_and_a_rest_to_the_territory() -> None:
    """Of 130 Mtce burnt 30 are for power sent out: 100 against the 80 of the plan, a ratio of 1.25."""
    bridge = Bridge()
    local = bridge.local(
        "coal", 130.0, np.array([80.0, 88.0]), [(term("exported_power"), np.array([30.0, 50.0]))]
    )  # fmt: skip
    assert local.tolist() == [100.0, 110.0]
    assert bridge.ratio == {"coal": (100.0, 80.0, 1.25)}
    assert [(carrier, name, value.tolist()) for carrier, name, _, _, value in bridge.lines] == [
        ("coal", "energy_balance", [80.0, 88.0]),
        ("coal", "exported_power", [30.0, 50.0]),
        ("coal", "rest", [20.0, 22.0]),
        ("coal", "territorial", [130.0, 160.0]),
    ]
    assert [(line[2], line[3]) for line in bridge.lines][1] == ("项", "exported_power")


@pytest.mark.parametrize(("stated", "ratio"), [(66.6, "1.5"), (150.1, "0.666"), (10.0, "10")])
def test_a_ratio_beyond_one_and_a_half_is_refused_and_shown(stated: float, ratio: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Bridge().local("coal", 100.0, np.array([stated, stated]), [])
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("harmonisation_too_far", ratio)
    assert problem.facts == {"carrier": "coal", "inventory": "100", "stated": f"{stated:g}"}


@pytest.mark.parametrize("stated", [66.7, 149.9])
def test_a_ratio_up_to_one_and_a_half_is_taken(stated: float) -> None:
    assert Bridge().local("coal", 100.0, np.array([stated, 2 * stated]), []).tolist() == pytest.approx([100.0, 200.0])


def test_under_draws_each_run_meets_the_inventory_and_the_first_is_shown() -> None:
    bridge = Bridge()
    local = bridge.local("coal", 100.0, np.array([[80.0, 80.0], [100.0, 50.0]]), [])
    assert local.tolist() == [[100.0, 100.0], [100.0, 50.0]]
    assert bridge.lines[0][4].tolist() == [80.0, 80.0]
