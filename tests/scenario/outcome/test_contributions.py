"""What each measure contributes: alone, in sequence, last in; the parts sum to the whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from emissions.factors import FactorLibrary
from emissions.scenario.model import Scenario
from emissions.scenario.outcome.contributions import CONTRIBUTION_COLUMNS, contributions
from emissions.scenario.outcome.project import Start, project, start
from emissions.scenario.revision.measures import in_order
from reference.workbench import activity_table
from scenario.support import HOUSEHOLD_COAL, OIL, POWER_COAL, deed, emissions, story

HOMES = {"categories": "1A4b"}
MEASURES = [
    deed("scrub", "control_share", {"categories": "1A1ai"}, technology="scr", amount=80, base=0, full=2021),
    deed("save", "efficiency", HOMES, amount=-50, amount_is="change", full=2021, title={"zh": "节约", "en": "saving"}),
    deed("cap", "activity_cap", HOMES, amount=-20, amount_is="change", full=2021),
]
YEARS = (2021, 2023)


@pytest.fixture(scope="module")
def base(factors: FactorLibrary) -> Start:
    return start(activity_table(POWER_COAL, HOUSEHOLD_COAL, OIL), factors, 2020)


@pytest.fixture(scope="module")
def table(base: Start) -> pd.DataFrame:
    return contributions(story(measures=MEASURES, horizon={"from": 2020, "to": 2023}), base, YEARS)


def of(table: pd.DataFrame, measure: str, substance: str = "CO2", year: int = 2021) -> pd.Series:
    here = (table["measure"] == measure) & (table["substance"] == substance) & (table["year"] == year)
    (row,) = [row for _, row in table[here].iterrows()]
    return row


def test_each_number_by_hand(table: pd.DataFrame, base: Start) -> None:
    """The cap leaves 80, the saving half of that: -20, then -40; alone -50; last in -10 and -40; together -60."""
    homes = emissions(base.run, ("category", "substance"))["IPCC2006:1A4b", "CO2"]
    for year in YEARS:
        assert of(table, "cap", year=year)[["alone", "sequence", "last_in"]].tolist() == pytest.approx(
            [-0.2 * homes, -0.2 * homes, -0.1 * homes]
        )
        assert of(table, "save", year=year)[["alone", "sequence", "last_in"]].tolist() == pytest.approx(
            [-0.5 * homes, -0.4 * homes, -0.4 * homes]
        )
        assert of(table, "scrub", year=year)[["alone", "sequence", "last_in"]].tolist() == pytest.approx(
            [0.0] * 3, abs=1e-6
        )
        assert of(table, "interaction", year=year)["alone"] == pytest.approx(0.1 * homes)


def test_the_sequence_sums_to_the_whole_and_so_do_alone_and_interaction(table: pd.DataFrame, base: Start) -> None:
    scenario = story(measures=MEASURES, horizon={"from": 2020, "to": 2023})
    all_, none = (
        emissions(project(scenario, base, measures=chosen, years=YEARS).run) for chosen in (None, ())
    )  # fmt: skip
    whole = all_.sub(none, fill_value=0.0)
    known = 0
    for (substance, year), rows in table.groupby(["substance", "year"]):
        if rows[rows["measure"] != "interaction"]["sequence"].isna().any():
            continue
        known += 1
        assert rows["sequence"].sum() == pytest.approx(whole[str(year), substance], rel=1e-9, abs=1e-6)
        assert rows["alone"].sum() == pytest.approx(whole[str(year), substance], rel=1e-9, abs=1e-6)
    assert known >= 8


def test_a_control_that_makes_an_unestimated_emission_an_estimated_one_is_no_increase(
    table: pd.DataFrame, base: Start
) -> None:
    """NOx of the power plant has no factor without a control here; with one it has: that is no effect of it."""
    plain = emissions(base.run, ("category", "substance"))
    assert ("IPCC2006:1A1ai", "NOx") not in plain.index
    assert np.isnan(of(table, "scrub", "NOx")[["alone", "sequence", "last_in"]].astype(float)).all()
    assert np.isnan(of(table, "interaction", "NOx")["alone"])
    # what homes save is comparable all the same
    assert of(table, "save", "NOx")["alone"] == pytest.approx(-0.5 * plain["IPCC2006:1A4b", "NOx"])


def test_covered_tells_for_how_much_of_the_change_the_substance_is_estimated(table: pd.DataFrame) -> None:
    assert of(table, "save", "CO2")["covered"] == 1.0
    # 80 % leave the plant without a number, 80 % come under the control and have one
    assert of(table, "scrub", "NOx")["covered"] == pytest.approx(0.5)
    # the plant does not change as far as CO2 goes
    assert np.isnan(of(table, "scrub", "CO2")["covered"])
    # no factor for organic carbon of homes
    assert of(table, "save", "OC")["covered"] == 0.0
    assert np.isnan(of(table, "save", "OC")["alone"])


def test_the_table_has_its_columns_and_titles(table: pd.DataFrame) -> None:
    assert tuple(table.columns) == CONTRIBUTION_COLUMNS
    assert set(table["year"]) == set(YEARS)
    assert list(dict.fromkeys(table["measure"])) == ["cap", "save", "scrub", "interaction"]
    assert of(table, "save")[["title_zh", "title_en"]].tolist() == ["节约", "saving"]
    assert of(table, "interaction")[["title_zh", "title_en"]].tolist() == ["相互作用", "interaction"]


def test_without_measures_there_is_nothing_to_contribute(base: Start) -> None:
    found = contributions(story(), base, (2021,))
    assert found.empty
    assert tuple(found.columns) == CONTRIBUTION_COLUMNS


# ---------------------------------------------------------------- a shipped scenario


@pytest.mark.parametrize("name", ["nm-s2-plan", "or-s1-plan"])
def test_all_measures_at_once_give_what_whole_runs_give(
    name: str, shipped: Callable[[str], Scenario], base_of: Callable[[Scenario], Start]
) -> None:
    """A scenario with a fleet, a power balance, an envelope and controls; the first and the last measure that count."""
    scenario = shipped(name)
    base = base_of(scenario)
    order = [measure.id for measure in in_order(scenario.measures)]
    table = contributions(scenario, base, (2025, 2030)).set_index(["measure", "substance", "year"]).sort_index()

    def whole(*chosen: str) -> pd.Series:
        found = emissions(project(scenario, base, measures=chosen, years=(2025, 2030)).run, ("substance", "year"))
        found.index = pd.MultiIndex.from_tuples([(word, int(year)) for word, year in found.index])
        return found

    every = whole(*order)
    compared = 0
    moving = [place for place, one in enumerate(order) if table.loc[one, "alone"].abs().max() > 1]
    for place in (moving[0], moving[-1]):
        one = order[place]
        wanted = {
            "alone": whole(one).sub(whole(), fill_value=0.0),
            "sequence": whole(*order[: place + 1]).sub(whole(*order[:place]), fill_value=0.0),
            "last_in": every.sub(whole(*(other for other in order if other != one)), fill_value=0.0),
        }
        for column, numbers in wanted.items():
            found = table.loc[one, column]
            known = found.notna()
            compared += int((found[known].abs() > 1).sum())
            assert found[known].to_numpy() == pytest.approx(
                numbers.reindex(found.index)[known].to_numpy(), rel=1e-9, abs=1e-3
            )
    assert compared > 20
