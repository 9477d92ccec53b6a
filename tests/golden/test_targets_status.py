"""Which targets of the plans can be evaluated, from which indicator, and why the others cannot.

Each of the 168 + 24 rows stands in ``targets_status.csv`` with what evaluates it or with the reason. A difference is
a change of what the plans are held against: look at it, then write the table anew with
``pytest tests/golden --update-golden``.
"""

from __future__ import annotations

import csv
from pathlib import Path

from emissions.scenario.targets.data import Target, load_targets
from emissions.scenario.targets.status import why_not

GOLDEN = Path(__file__).parent / "targets_status.csv"
COLUMNS = ("id", "indicator", "boundary", "evaluates_from", "reason")
MUST = (
    # energy and carbon
    "nm-energy-total-2020", "nm-coal-share-2025", "nm-nonfossil-share-2025", "or-energy-total-2025",
    "or-coal-share-2025", "or-nonfossil-share-2025", "or-power-coal-share-2025", "or-energy-intensity-2025",
    "hm-nonfossil-share-2025", "hm-coal-2025", "nm-ext-energy-intensity-2025", "nm-ext-energy-intensity-2025b",
    "nm-ext-nonfossil-2025", "nm-ext-nonfossil-2030", "nm-ext-13fyp-energy-cap", "nm-ext-13fyp-energy-intensity",
    "nm-ext-13fyp-carbon-intensity", "or-ext-energy-intensity-2025", "or-carbon-intensity-13fyp-target",
    "or-co2-peak", "mz-co2-peak", "hm-co2-peak", "nm-ext-co2-peak", "nm-co2-per-turnover-2025",
    # capacity
    "nm-re-capacity-share-2025", "or-new-re-capacity-2025", "or-re-capacity-share-2025", "or-new-wind-2025",
    "or-new-pv-2025", "nm-ext-new-energy-capacity-2030", "nm-ext-new-energy-capacity-2025",
    "nm-ext-new-energy-capacity-2025b", "nm-ext-supply-coal-rate-2025", "nm-ext-coal-retrofit-2025",
    # fleet and rail
    "nm-diesel-truck-iii-2025", "or-diesel-truck-iii-2025", "mz-diesel-truck-iii-2025", "nm-nev-public-new-2025",
    "nm-nev-sales-2025", "or-heavy-truck-vi-2025", "or-bus-electric-2025", "mz-nev-delivery-2025",
    "mz-nev-bus-2025", "mz-bus-stock", "mz-nev-bus-new", "nm-ext-bus-2025", "nm-rail-share-2025",
    "or-rail-share-2025",
    # heating and boilers
    "nm-clean-heating-2025", "nm-wuhai-clean-heating-urban-2025", "nm-wuhai-clean-heating-rural-2025",
    "or-clean-heating-2025", "nm-hohhot-chp-2020", "nm-hohhot-scattered-coal-2020", "nm-boiler-65tph-urban-2025",
    "nm-boiler-65tph-ule-2025", "nm-boiler-10tph-2020", "nm-hohhot-boiler-35tph-2020", "nm-chp-radius",
    "or-boiler-65tph-2023", "mz-boiler-65tph-2025", "hm-scattered-coal", "hm-boilers-urban",
    # air pollutants
    "nm-steel-ule-2025", "nm-gas-boiler-lownox", "hm-gas-boiler-lownox", "nm-coke-dry-quench-2023",
    "or-coke-4p3-2023", "or-coke-cap", "or-thermal-ule-2023", "nm-no-new-capacity-2021", "nm-ext-nox-2025",
    "nm-ext-voc-2025",
)  # fmt: skip
"""Every target on energy, carbon, capacity, fleets, heating, rail and air pollutants that has a value and holds for
what an indicator can be stated for."""

Row = dict[str, str]


def row(one: Target) -> Row:
    why = why_not(one)
    source, reason = ("", why.text("en")) if why else (one.source, "")
    return dict(zip(COLUMNS, (one.id, one.indicator.name, one.indicator.boundary, source, reason), strict=True))


def golden() -> list[Row]:
    with GOLDEN.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_status_of_every_target_is_the_golden_one(update: bool) -> None:
    now = [row(one) for one in load_targets()]
    if update:
        with GOLDEN.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(now)
    assert now == golden()


def test_every_row_names_an_indicator_or_a_reason() -> None:
    rows = golden()
    assert len(rows) == 168 + 24
    assert [one["id"] for one in rows if bool(one["evaluates_from"]) == bool(one["reason"])] == []


def test_the_targets_that_must_evaluate_do() -> None:
    assert [one["id"] for one in golden() if one["evaluates_from"]] == sorted(
        MUST, key=[one["id"] for one in golden()].index
    )
