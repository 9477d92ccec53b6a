"""Two small scenarios of a city, as files: one extends the other."""

from __future__ import annotations

from pathlib import Path

BASE = """region,year,category,activity,use,quantity,unit
150600,2020,1A1ai,褐煤,燃烧,1000,万吨
150600,2020,1A3b,柴油,燃烧,50,万吨
150600,2020,1A4b,原煤,燃烧,100,万吨
150600,2020,2A1,水泥熟料,生产,300,万吨
"""

CITY = """schema: scenario/1
id: city
title: {zh: 小城 规划, en: "City: the plan"}
region: "150600"
base: {year: 2020, boundary: territorial, activity: base.csv}
horizon: {from: 2020, to: 2032}
drivers:
  gdp_growth: {unit: percent/year, points: {2021: 5, 2032: 5}, source: assumption, why: a test}
  power:
    unit: percent/year
    points: {2021: 2, 2024: 2, 2025: -3, 2032: -3}
    drives: [{categories: ["1A1ai"]}]
    source: assumption
    why: a test
measures:
  - id: heat
    title: {zh: 清洁取暖, en: clean heating}
    acts_on: {categories: ["1A4b"], activities: [raw_coal]}
    do:
      kind: shift
      amount: 90
      unit: percent
      base: 0
      to:
        - {set: {activity: natural_gas}, share: 1, ratio: 400, unit: m^3}
    start: 2021
    full: 2025
    source: assumption
    why: a test
targets: [or-co2-peak, or-energy-total-2025]
uncertainty:
  runs: 20
  seed: 1
  vary:
    - {path: drivers.power, how: shift, distribution: uniform, low: -1, high: 1}
"""

FASTER = """schema: scenario/1
id: city-faster
extends: city
title: {zh: 小城 更快, en: "City: faster"}
drivers:
  power:
    unit: percent/year
    points: {2021: -2, 2032: -2}
    drives: [{categories: ["1A1ai"]}]
    source: assumption
    why: a test
measures:
  - id: clinker
    title: {zh: 水泥熟料上限, en: cap of clinker}
    acts_on: {categories: ["2A1"]}
    do: {kind: activity_cap, amount: -20, unit: percent, amount_is: change}
    start: 2021
    full: 2025
    source: assumption
    why: a test
"""


def write_files(folder: Path) -> Path:
    """Write both scenarios and the activity data of their base year."""
    for name, content in (("base.csv", BASE), ("city.yaml", CITY), ("faster.yaml", FASTER)):
        (folder / name).write_text(content, encoding="utf-8")
    return folder
