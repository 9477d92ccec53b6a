"""The three sketches of Inner Mongolia, as a Kaya identity of energy only, against the table printed for them.

Energy grows from 271 Mtce in 2020 by (1 + GDP growth) x (1 + change of intensity) a year, both straight between
their points; coal and non-fossil energy are shares of it and the rest is oil and gas, which counts 0.7 of coal.
Every number of the table comes out. One reading depends on a width that the table does not state: the plateau
"2023-2030" of the plan sketch lies within 1 % of the maximum, as the text beside the table says; with the band of
2 % used here it lasts one year longer, to 2031.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from emissions.scenario.mathematics.paths import levels_of_rates, path_values
from emissions.scenario.mathematics.peak import Peak, cumulative_emissions, find_peak

YEARS = range(2020, 2041)
ENERGY_2020 = 271.0
OIL_AND_GAS = 0.7
GDP = {2021: 6.3, 2022: 4.2, 2023: 7.3, 2024: 5.0, 2030: 4.5, 2040: 3.5}
SKETCHES = {
    "current": (
        {2021: -1.8, 2040: -1.8},
        {2020: 82, 2025: 79, 2030: 74, 2040: 62},
        {2020: 11, 2025: 15, 2030: 20, 2040: 32},
    ),
    "plan": (
        {2021: -3.2, 2025: -3.2, 2026: -2.7, 2040: -2.5},
        {2020: 82, 2025: 75, 2030: 67, 2040: 50},
        {2020: 11, 2025: 18, 2030: 25, 2040: 42},
    ),
    "deep": (
        {2021: -1.8, 2025: -1.8, 2026: -2.2, 2028: -4.0, 2040: -4.0},
        {2020: 82, 2025: 79.5, 2027: 78.5, 2030: 72, 2035: 60, 2040: 45},
        {2020: 11, 2025: 14.5, 2027: 15.5, 2030: 22, 2035: 33, 2040: 47},
    ),
}


@dataclass
class Sketch:
    energy: dict[int, float]
    coal: dict[int, float]
    weighted: np.ndarray
    intensity: dict[int, float]

    @property
    def index(self) -> np.ndarray:
        return self.weighted / self.weighted[0]

    def at(self, year: int) -> float:
        return float(self.index[year - 2020])

    def peak(self, band: float = 0.02) -> Peak:
        return find_peak(YEARS, self.index, observed_until=2023, band=band)


def sketch(name: str) -> Sketch:
    rate, coal_points, nonfossil_points = SKETCHES[name]
    growth = 1 + path_values(GDP, YEARS[1:]).values / 100
    rates = growth * (1 + path_values(rate, YEARS[1:]).values / 100) - 1
    energy = np.concatenate([[ENERGY_2020], levels_of_rates(ENERGY_2020, rates)])
    coal = energy * path_values(coal_points, YEARS).values / 100
    nonfossil = energy * path_values(nonfossil_points, YEARS).values / 100
    weighted = coal + OIL_AND_GAS * (energy - coal - nonfossil)
    output = np.concatenate([[1.0], np.cumprod(growth)])

    def years(values: np.ndarray) -> dict[int, float]:
        return dict(zip(YEARS, values.tolist(), strict=True))

    return Sketch(years(energy), years(coal), weighted, years(weighted / weighted[0] / output))


@pytest.mark.parametrize(
    ("name", "energy", "coal", "index", "highest", "cumulative"),
    [
        ("current", (324, 372, 417), (256, 275), (1.23, 1.28), (2038, 1.29), 5696),
        ("plan", (302, 331, 356), (226, 222), (1.02, 0.97), (2023, 1.03), 4659),
        ("deep", (324, 341, 342), (258, 246), (1.10, 0.94), (2027, 1.18), 4782),
    ],
)
def test_the_numbers_of_the_table(
    name: str,
    energy: tuple[int, ...],
    coal: tuple[int, ...],
    index: tuple[float, ...],
    highest: tuple[int, float],
    cumulative: int,
) -> None:
    """Energy and coal in Mtce, index 2020 = 1, highest year and its index, coal-weighted sum of 2021 to 2040."""
    found = sketch(name)
    assert tuple(round(found.energy[year]) for year in (2025, 2030, 2035)) == energy
    assert round(found.coal[2020]) == 222
    assert tuple(round(found.coal[year]) for year in (2025, 2030)) == coal
    assert tuple(round(found.at(year), 2) for year in (2030, 2035)) == index
    peak = found.peak()
    assert (peak.highest_year, round(peak.highest_value, 2)) == highest
    assert round(cumulative_emissions(YEARS, found.weighted, 2021, 2040).sum_of_years) == cumulative


def test_the_plan_sketch_is_a_plateau() -> None:
    found = sketch("plan")
    assert found.peak(band=0.01).plateau == (2023, 2030)
    peak = found.peak()
    assert (peak.plateau, peak.peak_year) == ((2023, 2031), 2023)
    assert (peak.verdict, peak.reason, peak.circular) == ("plateau", "band_long_enough", True)
    assert found.intensity[2025] - 1 == pytest.approx(-0.219, abs=5e-4)


def test_the_current_sketch_flattens_after_2033_and_misses_2030() -> None:
    peak = sketch("current").peak()
    assert (peak.verdict, peak.peak_year, peak.plateau) == ("plateau", 2038, (2033, 2040))


def test_the_deep_sketch_peaks_late_falls_fast_and_still_emits_more_than_the_plan() -> None:
    deep, plan = sketch("deep"), sketch("plan")
    peak = deep.peak()
    assert (peak.verdict, peak.peak_year, peak.plateau, peak.circular) == ("peaked", 2027, (2026, 2027), True)
    assert deep.at(2035) < plan.at(2035)
    assert deep.weighted[1:].sum() > plan.weighted[1:].sum()


def test_the_base_that_the_plan_of_ordos_implies() -> None:
    """78.7 Mtce in 2025 with intensity down by 15 %: 69.2 Mtce in 2020 at 6 % growth, 63.0 at 8 %, 72.5 at 5 %."""
    implied = [78.7 / float(levels_of_rates(0.85, [growth] * 5)[-1]) for growth in (0.06, 0.08, 0.05)]
    assert [round(one, 1) for one in implied] == [69.2, 63.0, 72.5]
