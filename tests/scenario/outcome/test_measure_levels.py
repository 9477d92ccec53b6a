"""Levels that measures state for targets."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from emissions.scenario.model import KINDS, Scenario
from emissions.scenario.outcome.measure_levels import measure_levels, with_measure_levels
from emissions.scenario.projection import INDICATOR_COLUMNS
from emissions.scenario.targets.data import targets_of
from emissions.scenario.targets.status import evaluate


def story(*measures: dict[str, Any]) -> Scenario:
    return Scenario.model_validate(
        {
            "schema": "scenario/1", "id": "a", "title": "a", "region": "150000",
            "base": {"year": 2020, "boundary": "territorial"}, "horizon": {"from": 2021, "to": 2026},
            "measures": list(measures),
        }
    )  # fmt: skip


def measure(source: str | list[str] = "target:nm-steel-ule-2025", **fields: Any) -> dict[str, Any]:
    top = {name: fields.pop(name) for name in ("shape", "start", "full") if name in fields}
    do = {"kind": "control_share", "amount": 80, "unit": "percent", "base": 20} | fields
    return {"id": "m", "title": "m", "acts_on": {}, "start": 2021, "full": 2025, "do": do, "source": source} | top


def levels(**fields: Any) -> dict[int, float]:
    table = measure_levels(story(measure(**fields)))
    assert list(table.columns) == list(INDICATOR_COLUMNS)
    return dict(zip(table["year"].tolist(), table["value"].tolist(), strict=True))


def test_a_level_runs_from_base_to_amount() -> None:
    assert levels() == pytest.approx({2020: 20, 2021: 32, 2022: 44, 2023: 56, 2024: 68, 2025: 80, 2026: 80})


def test_without_a_base_only_the_end_is_known() -> None:
    assert levels(base=None) == {2025: 80, 2026: 80}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"shape": "step"}, [20, 20, 20, 20, 20, 80, 80]),
        ({"shape": "constant"}, [20, 80, 80, 80, 80, 80, 80]),
        ({"full": 2021}, [20, 80, 80, 80, 80, 80, 80]),
        ({"shape": "logistic"}, [20, 23.04215279, 36.84633524, 63.15366476, 76.95784721, 80, 80]),
    ],
)
def test_shapes(fields: dict[str, Any], expected: list[float]) -> None:
    assert list(levels(**fields).values()) == pytest.approx(expected)


def test_a_logistic_level_from_nothing_reaches_both_ends() -> None:
    found = levels(shape="logistic", base=0)
    assert (found[2020], found[2025]) == pytest.approx((0.0, 80.0))
    assert sorted(found.values()) == list(found.values())


@pytest.mark.parametrize("kind", KINDS)
def test_capacities_state_no_level(kind: str) -> None:
    assert bool(levels(kind=kind)) == (kind not in {"add_capacity", "capacity_total", "capacity_share"})


@pytest.mark.parametrize(
    "source",
    [
        "assumption",
        "baseline:nm-steel-ule-2025",
        "target:nm-no-such",
        "target:nm-coal-share-base",
        "target:nm-straw-2025",
    ],
)
def test_a_measure_without_a_target_that_can_be_evaluated_states_nothing(source: str) -> None:
    assert measure_levels(story(measure(source))).empty


def test_a_change_is_stated_by_a_change_only() -> None:
    cap = {"source": "target:or-coke-cap", "kind": "activity_cap", "amount": 0, "base": None}
    assert levels(**cap) == {}
    assert levels(**cap, amount_is="change", full=2021) == dict.fromkeys(range(2020, 2027), 0.0)
    assert levels(amount_is="change") == {}
    assert levels() != {}


def test_a_part_of_the_region_keeps_its_own_name() -> None:
    name = "nm-wuhai-clean-heating-urban-2025"
    sources = [f"target:{name}", "target:nm-clean-heating-2025", "assumption"]
    table = measure_levels(story(measure(sources, kind="shift", amount=98)))
    assert set(table["indicator"]) == {f"clean_heating_rate@{name}", "clean_heating_rate"}
    found = evaluate(table, None, targets_of([name, "nm-clean-heating-2025"], "150000"))
    assert found["status"].tolist() == ["met", "met"]


def test_a_measure_without_an_amount_states_nothing() -> None:
    assert levels(amount=None) == {}


def test_the_cap_on_new_capacity_is_read_as_a_ratio() -> None:
    cap = measure("target:nm-no-new-capacity-2021", kind="activity_cap", amount=5, amount_is="change", full=2021)
    found = evaluate(measure_levels(story(cap)), None, targets_of(["nm-no-new-capacity-2021"], "150000"))
    assert (found["status"][0], found["achieved"][0]) == ("missed", pytest.approx(0.05))


def test_two_measures_of_one_level_are_one_row_and_what_is_modelled_counts_first() -> None:
    twice = story(measure(), measure() | {"id": "n"})
    assert len(measure_levels(twice)) == 7
    steel = pd.DataFrame([("steel_ultra_low_emission_share", 2025, 60.0, "%", "")], columns=list(INDICATOR_COLUMNS))
    assert with_measure_levels(steel, twice)["value"].tolist() == [60.0]
    other = steel.assign(indicator="other")
    assert len(with_measure_levels(other, twice)) == 8
