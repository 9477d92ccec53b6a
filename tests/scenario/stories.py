"""Scenario files for tests: one that is right, and the place of a text in it."""

from __future__ import annotations

from pathlib import Path

from emissions.errors import Problem, ScenarioError
from emissions.scenario.file.read import read_scenario
from emissions.scenario.model import Scenario

SKETCHES = Path(__file__).resolve().parents[1] / "data" / "scenario"

GOOD = """\
schema: scenario/1
id: test-good
title: {zh: 测试, en: A test}
region: "150600"
base: {year: 2020, boundary: energy_balance, activity: examples/2020.xlsx}
horizon: {from: 2020, to: 2035}
drivers:
  gdp_growth: {unit: percent/year, points: {2021: 6, 2035: 4}, source: assumption, why: tested}
  population:
    unit: 万人
    points: {2020: 216, 2035: 220}
    drives: [{category: 1A4b}]
    source: assumption
    why: tested
levers:
  energy_total_base: {unit: Mtce, points: {2020: 70}, source: assumption, why: tested}
  energy_intensity_rate: {unit: percent/year, points: {2021: -3, 2035: -2}, source: assumption, why: tested}
  coal_share: {unit: percent, points: {2020: 80, 2035: 60}, source: "target:or-coal-share-2025"}
  nonfossil_share: {unit: percent, points: {2020: 10, 2035: 28}, source: assumption, why: tested}
bridge:
  - {id: export, title: 外送电, unit: Mtce, points: {2020: 12}, source: assumption, why: tested}
power:
  demand: {unit: TWh, points: {2020: 80}, source: assumption, why: tested}
  export: {unit: TWh, points: {2020: 40}, source: assumption, why: tested}
  losses: {unit: percent, points: {2020: 4}, source: assumption, why: tested}
  supply_coal_rate: {unit: gce/kWh, points: {2020: 315}, source: assumption, why: tested}
  coal_capacity: {unit: GW, points: {2020: 28}, source: assumption, why: tested}
  technologies:
    wind: {capacity: {2020: 2}, hours: {2020: 2400}, new_energy: false, renewable: true, source: assumption, why: tested}
fleets:
  - vehicles: [truck]
    mean_life: 12.8
    shape: 2.8
    stage_years: {V: [2017, 2020]}
    growth: {2021: 2}
    source: assumption
    why: tested
measures:
  - id: control
    title: 超低排放
    acts_on: {category: 2C1, substances: [SO2, PM2.5]}
    do: {kind: control_share, technology: ultra_low_emission, amount: 80, unit: percent, base: 5}
    start: 2021
    full: 2025
    source: assumption
    why: tested
  - id: cars
    title: 新能源货车
    acts_on: {vehicles: diesel_truck, stage_at_most: 3}
    do: {kind: sales_share, technology: battery_electric, amount: 20, unit: percent, base: 1}
    start: 2021
    full: 2025
    shape: logistic
    source: "target:nm-nev-sales-2025"
  - id: heating
    title: 清洁取暖
    acts_on: {category: 1A4b, fuel: coal, boiler_tph: "[0,65)"}
    do: {kind: shift, to: [{set: {activity: natural_gas}, share: 0.9, ratio: 0.05, unit: 万立方米}], amount: 90, unit: percent, base: 50}
    start: 2021
    full: 2025
    source: assumption
    why: tested
  - id: scrap
    title: 淘汰焦炉
    acts_on: {activity: coke}
    do: {kind: scrap_stock, amount: 0, unit: percent, base: 10}
    start: 2021
    full: 2023
    source: assumption
    why: tested
  - id: wind
    title: 风电
    acts_on: {category: 1A1a}
    do: {kind: add_capacity, technology: wind, amount: 1000, unit: 万千瓦}
    start: 2021
    full: 2025
    source: assumption
    why: tested
  - id: cap
    title: 焦炭总量
    acts_on: {activity: coke}
    do: {kind: activity_cap, amount: 500, unit: 万吨}
    start: 2021
    full: 2021
    source: assumption
    why: tested
targets: [or-coal-share-2025, or-ext-energy-intensity-2025]
solve:
  - {lever: levers.coal_share, scale_after: 2025, until: {indicator: co2_peak_year, value: 2028}, bounds: {low: 0.5, high: 1.2}}
uncertainty:
  runs: 100
  seed: 7
  vary:
    - {path: drivers.gdp_growth, how: shift, distribution: triangular, low: -1.5, mode: 0, high: 1}
    - {path: levers.energy_intensity_rate, how: shift, distribution: normal, sd: 0.5}
  correlation: {"drivers.gdp_growth|levers.energy_intensity_rate": 0.5}
"""


def read_text(folder: Path, text: str, name: str = "story.yaml") -> Scenario:
    """Write a scenario file and read it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_scenario(path)


def problems_of(folder: Path, text: str, name: str = "story.yaml") -> list[Problem]:
    """Return the problems of a scenario file, none where it reads."""
    try:
        read_text(folder, text, name)
    except ScenarioError as error:
        return list(error.problems)
    return []


def line_of(text: str, part: str) -> int:
    """Return the one-based line in which a part of a text begins."""
    assert text.count(part) == 1, part
    return text[: text.index(part)].count("\n") + 1
