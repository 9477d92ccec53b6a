"""Draws: the same seed gives the same bytes, no spread gives the projection, and runs are paired by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from emissions.engine import Run
from emissions.errors import ScenarioError
from emissions.factors import FactorLibrary
from emissions.scenario.mathematics.peak import share_peaked_by
from emissions.scenario.model import Scenario
from emissions.scenario.outcome import montecarlo
from emissions.scenario.outcome.comparable import unlike_base
from emissions.scenario.outcome.montecarlo import Ensemble, ensemble, unit_emissions
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.projection import Projection
from emissions.scenario.targets.data import targets_of
from reference.workbench import activity_table
from scenario.support import HOUSEHOLD_COAL, OIL, POWER_COAL, deed, emissions, path, story

COAL = {"activities": "coal"}
OUTPUT = path("Mt", y2020=1, y2023=2) | {"drives": [COAL]}
FREIGHT = path("percent/year", y2021=3) | {"drives": [{"activities": "diesel"}]}
SCRUB = deed("scrub", "control_share", {"categories": "1A1ai"}, technology="scr", amount=60, base=0, full=2022)


def vary(name: str, how: str = "scale", **fields: Any) -> dict[str, Any]:
    fields = fields or {"distribution": "uniform", "low": 0.9, "high": 1.2}
    return {"path": name, "how": how, **fields}


def drawn(*varied: dict[str, Any], runs: int = 20, seed: int = 7, **parts: Any) -> Scenario:
    uncertainty = {"runs": runs, "seed": seed, "vary": varied or (vary("drivers.output"),)}
    uncertainty |= {"correlation": parts.pop("correlation", {})}
    drivers = {"output": OUTPUT, "freight": FREIGHT}
    body = {"drivers": drivers, "horizon": {"from": 2020, "to": 2023}, "uncertainty": uncertainty}
    return story(**body | parts)


@pytest.fixture(scope="module")
def base(factors: FactorLibrary) -> Start:
    return start(activity_table(POWER_COAL, HOUSEHOLD_COAL, OIL), factors, 2020)


def same(one: Ensemble, two: Ensemble) -> bool:
    return {name: values.tobytes() for name, values in one.emissions.items()} == {
        name: values.tobytes() for name, values in two.emissions.items()
    }


def close_to(found: Ensemble, central: Projection) -> None:
    """Every run is the projection, of every substance and year and every indicator.

    Where more is estimated than in the base year there is no number, elsewhere it is that of the inventory.
    """
    apart = unlike_base(central.run, found.years[0])
    unlike = {(name, int(year)) for name, year in zip(apart["substance"].astype(str), apart["year"], strict=True)}
    wide = emissions(central.run).unstack("substance").fillna(0.0)
    assert set(found.emissions) == set(wide)
    for name, values in found.emissions.items():
        hidden = np.array([(name, year) in unlike for year in found.years])
        wanted = np.where(hidden, np.nan, wide[name].to_numpy(dtype=np.float64))
        assert values == pytest.approx(np.broadcast_to(wanted, values.shape), rel=1e-9, nan_ok=True), name
    assert np.isfinite(found.emissions["CO2"]).all()
    assert np.isfinite(found.emissions["CH4"]).all()
    for name, values in found.indicators.items():
        wanted = central.indicator(name).to_numpy()
        assert values == pytest.approx(np.broadcast_to(wanted, values.shape), rel=1e-9), name


# ---------------------------------------------------------------- draws that change nothing


def test_a_draw_without_spread_is_the_projection(base: Start) -> None:
    tiny = {"distribution": "uniform", "low": 1.0 - 1e-13, "high": 1.0 + 1e-13}
    scenario = drawn(vary("drivers.output", **tiny), measures=[SCRUB], runs=3)
    close_to(ensemble(scenario, base), project(scenario, base))


@pytest.mark.parametrize("name", ["nm-s3-deep", "or-s1-plan"])
def test_a_shipped_scenario_without_spread_is_its_projection(
    name: str,
    shipped: Callable[[str], Scenario],
    base_of: Callable[[Scenario], Start],
    projected: Callable[[str], Projection],
) -> None:
    scenario = shipped(name)
    varied = [
        vary("drivers.gdp_growth", "shift", distribution="normal", sd=1e-13),
        vary("levers.coal_share", "scale", distribution="uniform", low=1 - 1e-13, high=1 + 1e-13),
        vary("power.wind.capacity", "scale", distribution="uniform", low=1 - 1e-13, high=1 + 1e-13),
    ]
    still = Scenario.model_validate(
        scenario.model_dump(by_alias=True) | {"uncertainty": {"runs": 3, "seed": 1, "vary": varied}}
    )
    close_to(ensemble(still, base_of(scenario)), projected(name))


def test_a_unit_of_a_row_emits_what_the_engine_says(base: Start) -> None:
    scenario = drawn(measures=[SCRUB])
    central = project(scenario, base)
    substances, per_unit = unit_emissions(central.run)
    co2 = substances.index("CO2")
    start_ = emissions(base.run, ("category", "substance"))
    assert per_unit["r0", 2020][co2] == pytest.approx(start_["IPCC2006:1A1ai", "CO2"] / 60e6)
    assert per_unit["r1", 2023][co2] == pytest.approx(start_["IPCC2006:1A4b", "CO2"] / 40e6)
    assert ("r0/scrub", 2020) not in per_unit
    ammonia = substances.index("NH3")
    assert per_unit["r0/scrub", 2022][ammonia] > 0
    assert per_unit["r0", 2022][ammonia] == 0


def test_a_row_of_which_there_is_none_has_an_emission_per_unit(base: Start) -> None:
    """The driver passes through 0 in 2022; a draw that makes more of it emits as much a unit as in any year."""
    through_zero = path("Mt", y2020=1, y2021=0.5, y2022=0, y2023=0.5) | {"drives": [COAL]}
    spread = vary("drivers.output", "shift", distribution="uniform", low=0.1, high=0.3)
    scenario = drawn(spread, drivers={"output": through_zero})
    central = project(scenario, base)
    assert central.indicator("emission:SO2")[2022] == 0
    per_unit = unit_emissions(central.run)[1]
    assert per_unit["r0", 2022].any()
    assert per_unit["r0", 2022].tolist() == per_unit["r0", 2020].tolist()
    found = ensemble(scenario, base).emissions
    start_ = emissions(base.run, ("substance",))
    assert found["SO2"][:, 2].min() >= 0.1 * start_["SO2"]
    assert np.ptp(found["SO2"][:, 2]) > 0.1 * start_["SO2"]
    # what a draw adds is the same in all years
    assert found["SO2"][:, 2] + 0.5 * start_["SO2"] == pytest.approx(found["SO2"][:, 3])


def test_a_row_that_only_draws_bring_has_the_emission_of_its_own_kind(base: Start) -> None:
    """The scenario as it stands puts nothing under the control; all draws put 30 % there: so does a whole run."""

    def scrub(amount: float) -> dict[str, Any]:
        return deed(
            "scrub", "control_share", {"categories": "1A1ai"}, technology="scr", amount=amount, base=0, full=2022
        )

    thirty = vary("measures.scrub", "shift", distribution="uniform", low=30 - 1e-12, high=30 + 1e-12)
    # full from the first year: a shift follows the measure
    found = ensemble(drawn(thirty, measures=[scrub(0.0) | {"full": 2021}], runs=3), base)
    wanted = emissions(project(drawn(measures=[scrub(30.0) | {"full": 2021}]), base).run)
    for year in (2021, 2023):
        got = found.emissions["NH3"][:, year - 2020]
        assert got == pytest.approx(np.full(3, wanted[str(year), "NH3"]), rel=1e-9)
        assert got.min() > found.emissions["NH3"][:, 0].max()


def test_a_row_of_which_nothing_is_known_is_refused_by_name(base: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(run: Run) -> tuple[list[str], dict[tuple[str, int], Any]]:
        substances, per_unit = unit_emissions(run)
        return substances, {place: values for place, values in per_unit.items() if place != ("r1", 2022)}

    monkeypatch.setattr(montecarlo, "unit_emissions", forgetful)
    with pytest.raises(ScenarioError) as caught:
        ensemble(drawn(), base)
    assert [(one.code, one.found, one.facts) for one in caught.value.problems] == [
        ("draw_brings_row", "r1", {"year": "2022"})
    ]


def test_unit_emissions_times_quantities_are_the_inventory(
    shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start]
) -> None:
    """Of a balance with raw material netted off, control strata and mixed coals: the units sum to the whole."""
    base = base_of(shipped("nm-s1-current"))
    assert {"net_feedstock", "mix"} & set(base.run.activity.parents["why"])
    substances, per_unit = unit_emissions(base.run)
    quantity = base.activity.rows.set_index("activity_id")["quantity"].fillna(0.0)
    sums = sum(per_unit[name, 2020] * amount for name, amount in quantity.items())
    wanted = emissions(base.run, ("substance",)).reindex(substances)
    assert np.asarray(sums) == pytest.approx(wanted.to_numpy(dtype=np.float64), rel=1e-9)


# ---------------------------------------------------------------- draws that do


def test_a_factor_on_a_driver_is_a_factor_on_emissions(base: Start) -> None:
    """All coal is driven: run by run its emissions are the central ones times the draw, and oil is as it was."""
    found = ensemble(drawn(), base)
    central = emissions(project(drawn(), base).run, ("category", "year", "substance"))
    oil = central["IPCC2006:1A3b", "2022", "CO2"]
    coal = central["IPCC2006:1A1ai", "2022", "CO2"] + central["IPCC2006:1A4b", "2022", "CO2"]
    factor = (found.emissions["CO2"][:, 2] - oil) / coal
    assert factor.min() >= 0.9
    assert factor.max() <= 1.2
    assert sorted(np.floor((factor - 0.9) / 0.3 * 20).tolist()) == list(range(20))
    assert np.ptp(found.emissions["CO2"][:, 0]) == 0
    sulphur = central["IPCC2006:1A4b", "2022", "SO2"]
    assert found.emissions["SO2"][:, 2] == pytest.approx(factor * sulphur)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(base: Start) -> None:
    scenario = drawn()
    one = ensemble(scenario, base)
    assert same(one, ensemble(scenario, base))
    assert same(one, ensemble(drawn(seed=8), base, seed=7))
    assert not same(one, ensemble(scenario, base, seed=8))
    assert (one.runs, one.seed, one.years) == (20, 7, (2020, 2021, 2022, 2023))
    assert ensemble(scenario, base, runs=5).emissions["CO2"].shape == (5, 4)


@pytest.mark.parametrize("piece", [1, 7, 20])
def test_any_size_of_a_piece_gives_the_same(piece: int, base: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = drawn(vary("drivers.output"), vary("drivers.freight", "shift", distribution="normal", sd=2.0))
    whole = ensemble(scenario, base)
    monkeypatch.setattr(montecarlo, "_PIECE", piece)
    parts = ensemble(scenario, base)
    for name, values in whole.emissions.items():
        assert parts.emissions[name] == pytest.approx(values, rel=1e-12), name
    assert parts.share_peaked.tolist() == whole.share_peaked.tolist()
    assert parts.indicators["gdp_index"].shape == (20, 4)


def test_scenarios_that_vary_a_path_of_the_same_name_are_paired(base: Start) -> None:
    """Both draw the same numbers for the driver, though the second draws another path as well."""
    one = ensemble(drawn(), base)
    both = drawn(vary("drivers.freight", "shift", distribution="normal", sd=2.0), vary("drivers.output"))
    two = ensemble(both, base)
    # coal alone emits sulphur dioxide here
    assert two.emissions["SO2"].tobytes() == one.emissions["SO2"].tobytes()
    assert two.emissions["CO2"].tobytes() != one.emissions["CO2"].tobytes()


def test_correlated_paths_rise_together(base: Start) -> None:
    varied = (vary("drivers.output"), vary("drivers.freight", "shift", distribution="normal", sd=2.0))
    scenario = drawn(*varied, runs=200, correlation={"drivers.output|drivers.freight": 0.9})
    loose = drawn(*varied, runs=200)

    def correlation(which: Scenario) -> float:
        found = ensemble(which, base)
        oil = found.emissions["CO2"][:, 3] - found.emissions["SO2"][:, 3] * ratio(base)
        return float(np.corrcoef(found.emissions["SO2"][:, 3], oil)[0, 1])

    assert correlation(scenario) > 0.8
    assert abs(correlation(loose)) < 0.25


def ratio(base: Start) -> float:
    """Return t CO2 of all coal per t SO2, which only coal of homes emits here."""
    start_ = emissions(base.run, ("category", "substance"))
    coal = start_["IPCC2006:1A1ai", "CO2"] + start_["IPCC2006:1A4b", "CO2"]
    return float(coal / start_["IPCC2006:1A4b", "SO2"])


def test_a_measure_may_be_drawn(base: Start) -> None:
    saving = deed("save", "efficiency", {"categories": "1A4b"}, amount=-50, amount_is="change", full=2021)
    scenario = drawn(vary("measures.save", "shift", distribution="uniform", low=-10, high=10), measures=[saving])
    found = ensemble(scenario, base)
    start_ = emissions(base.run, ("substance",))["SO2"]
    left = found.emissions["SO2"][:, 1] / start_ / (4 / 3)
    assert left.min() >= 0.4
    assert left.max() <= 0.6
    assert np.ptp(left) > 0.15


def test_impossible_draws_are_set_apart_and_counted(base: Start) -> None:
    """Up to 150 % saved: a draw that saves more than all is in none of the results."""
    saving = deed("save", "efficiency", COAL, amount=-80, amount_is="change", full=2021)
    spread = vary("measures.save", "shift", distribution="uniform", low=-60, high=20)
    found = ensemble(drawn(spread, measures=[saving], runs=40), base)
    assert found.impossible == 20
    assert found.emissions["CO2"].shape == (20, 4)
    assert found.indicators["gdp_index"].shape == (20, 4)
    assert found.emissions["SO2"].min() >= 0
    assert found.runs == 40
    with pytest.raises(ScenarioError) as caught:
        ensemble(
            drawn(vary("measures.save", "shift", distribution="uniform", low=-60, high=-50), measures=[saving]), base
        )
    assert [(one.code, one.found) for one in caught.value.problems] == [("every_draw_impossible", "20")]


def test_bands_and_the_share_that_has_peaked(base: Start) -> None:
    found = ensemble(drawn(), base)
    bands = found.bands((0.0, 0.5, 1.0))
    assert bands.columns.tolist() == ["substance", "year", "p0", "p50", "p100"]
    co2 = bands[bands["substance"] == "CO2"].set_index("year")
    assert co2["p0"].tolist() == found.emissions["CO2"].min(axis=0).tolist()
    assert co2["p50"].tolist() == pytest.approx(np.median(found.emissions["CO2"], axis=0).tolist())
    assert co2["p100"].tolist() == found.emissions["CO2"].max(axis=0).tolist()
    assert found.bands().columns.tolist() == ["substance", "year", "p5", "p50", "p95"]
    falling = path("Mt", y2020=1, y2021=1.05, y2022=0.9, y2023=0.8) | {"drives": [COAL]}
    peaked = ensemble(drawn(drivers={"output": falling}), base)
    assert peaked.share_peaked.tolist() == share_peaked_by(peaked.years, peaked.emissions["CO2"]).tolist()
    assert 0 < peaked.share_peaked[1] <= peaked.share_peaked[3]


def test_a_scenario_that_varies_nothing_has_no_runs(base: Start) -> None:
    with pytest.raises(ScenarioError) as caught:
        ensemble(story(), base)
    assert [one.code for one in caught.value.problems] == ["nothing_varied"]


def test_the_shipped_draws_leave_the_projection_inside_the_band(
    shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start], projected: Callable[[str], Projection]
) -> None:
    scenario = shipped("nm-s1-current")
    found = ensemble(scenario, base_of(scenario), runs=60)
    assert found.impossible == 0
    bands = found.bands()
    co2 = bands[bands["substance"] == "CO2"].set_index("year")
    central = projected("nm-s1-current").indicator("emission:CO2")
    assert ((co2["p5"] <= central * (1 + 1e-9)) & (central <= co2["p95"] * (1 + 1e-9))).all()
    assert (np.diff((co2["p95"] - co2["p5"]).to_numpy()) > 0).all()
    assert (np.diff(found.share_peaked) >= 0).all()


# ---------------------------------------------------------------- targets

YEARS = tuple(range(2020, 2032))
FALLING = np.array([10, 11, 12, 13, 12, 11, 10, 9, 8, 7, 6, 5], dtype=np.float64)
"""With its maximum in 2023."""


def hand_made(**parts: Any) -> Ensemble:
    """Return runs with these emissions (t) and indicators."""
    units = parts.pop("units", {})
    indicators = {name: np.array(values, dtype=np.float64) for name, values in parts.pop("indicators", {}).items()}
    emitted = {name: np.array(values, dtype=np.float64) for name, values in parts.items()}
    runs = len(next(iter([*emitted.values(), *indicators.values()])))
    return Ensemble(YEARS, emitted, indicators, units, np.zeros(len(YEARS)), runs, 1, 0)


def in_2025(*values: float, start: float = 0.0) -> list[list[float]]:
    """Return runs whose values differ in 2025 only."""
    place = YEARS.index(2025)
    return [[start] * place + [value] + [start] * (len(YEARS) - place - 1) for value in values]


def chances(found: Ensemble, *names: str, **changed: Any) -> dict[str, float]:
    """Return the probability of each target of Inner Mongolia; fields of the targets may be changed."""
    table = found.targets_met([replace(one, **changed) for one in targets_of(names, "150000")])
    assert table.columns.tolist() == ["id", "probability"]
    return dict(zip(table["id"], table["probability"], strict=True))


def test_the_probability_of_a_level_counts_the_runs_that_keep_it_in_its_own_unit() -> None:
    """At most 75 %, at least 18 % (better above), about 45 % with two points below; shares are drawn as such."""
    found = hand_made(
        indicators={
            "coal_share_of_energy": in_2025(74.0, 75.0, 75.1, 80.0),
            "nonfossil_share_of_energy": in_2025(0.18, 0.17, 0.5, 0.181),
            "renewable_share_of_capacity": in_2025(43.0, 42.9, 60.0, 45.0),
        },
        units={
            "coal_share_of_energy": "percent", "nonfossil_share_of_energy": "1", "renewable_share_of_capacity": "percent",
        },
    )  # fmt: skip
    names = ("nm-coal-share-2025", "nm-nonfossil-share-2025", "nm-re-capacity-share-2025")
    assert chances(found, *names) == {names[0]: 0.5, names[1]: 0.75, names[2]: 0.75}


def test_the_probability_of_a_change_is_held_against_the_base_year_of_the_runs() -> None:
    """15 % less than in 2020, each run against its own start."""
    runs = in_2025(85.0, 86.0, start=100.0) + in_2025(42.0, start=50.0) + in_2025(84.0, start=90.0)
    found = hand_made(indicators={"energy_intensity": runs}, units={"energy_intensity": "Mtce"})
    assert chances(found, "nm-ext-energy-intensity-2025") == {"nm-ext-energy-intensity-2025": 0.5}
    # the runs do not reach back to another baseline year
    assert chances(found, "nm-ext-energy-intensity-2025", baseline_year=2015) == {}


def test_the_probability_of_a_peak_counts_runs_that_are_past_it_in_time() -> None:
    """One in 2023, one in 2026, one that rises to the end, and a plateau that lasts until 2029."""
    late = np.concatenate([np.linspace(10, 13, 7), np.linspace(12, 8, 5)])
    flat = np.array([10, 11, 12, 13, 13, 13, 13, 13, 13, 13, 9, 8], dtype=np.float64)
    found = hand_made(CO2=[FALLING, late, np.linspace(10, 20, len(YEARS)), flat])
    by = {year: chances(found, "nm-ext-co2-peak", value=float(year))["nm-ext-co2-peak"] for year in (2022, 2023, 2026)}
    assert by == {2022: 0.0, 2023: 0.25, 2026: 0.5}
    assert chances(found, "nm-ext-co2-peak", value=2029.0) == {"nm-ext-co2-peak": 0.75}
    # what still rises in the last year has not peaked by it
    assert chances(found, "nm-ext-co2-peak", value=2040.0) == {"nm-ext-co2-peak": 0.75}


def test_targets_that_the_runs_cannot_tell_have_no_probability() -> None:
    share = in_2025(70.0, 80.0)
    found = hand_made(indicators={"coal_share_of_energy": share}, units={"coal_share_of_energy": "percent"})
    name = "nm-coal-share-2025"
    assert chances(found, name) == {name: 0.5}
    # a past value, no value, no year, a year outside the runs, another indicator, a peak of what is not there
    assert chances(found, name, binding="unknown") == {}
    assert chances(found, name, value=None) == {}
    assert chances(found, name, year=None) == {}
    assert chances(found, name, year=2035) == {}
    assert chances(found, "nm-nonfossil-share-2025", "nm-ext-co2-peak", "nm-steel-ule-2025") == {}
    part = {"reading": "part"}
    assert chances(found, name, **part) == {}


def test_a_shipped_scenario_says_how_likely_its_targets_are(
    shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start]
) -> None:
    scenario = shipped("nm-s1-current")
    found = ensemble(scenario, base_of(scenario), runs=40)
    table = found.targets_met(targets_of(scenario.targets, scenario.region)).set_index("id")["probability"]
    assert table.between(0, 1).all()
    shares = found.indicators["coal_share_of_energy"][:, scenario.years.index(2025)]
    assert table["nm-coal-share-2025"] == np.mean(shares <= 75.0)
