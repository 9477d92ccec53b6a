"""Control strata: children keep parents, shares sum to 1, the closest group serves."""

from __future__ import annotations

from typing import Any

import pytest

from emissions.activity.table import ActivityTable
from emissions.engine.keys import complete
from emissions.engine.strata import choose_strata, split_by_control
from emissions.errors import ProblemsError, SharesDoNotSum
from emissions.vocabulary import load_vocabulary
from reference.workbench import activity_table

WORDS = load_vocabulary()
FGD = {"control": "fgd_wet_limestone_gypsum", "share": 0.75, "activity": "coal"}
BARE = {"control": "none", "share": 0.25, "activity": "coal"}


def stratified(*items: dict[str, Any], strata: list[dict[str, Any]]) -> ActivityTable:
    table = activity_table(*items, strata=strata)
    rows = complete(table.rows, ["technology"], WORDS)
    return split_by_control(
        ActivityTable(rows, strata=table.strata, sources=table.sources, parents=table.parents), WORDS
    )


def test_a_row_is_split_by_the_strata_that_fit_it() -> None:
    rates = {"collection_efficiency": 0.9, "operating_rate": 0.8}
    table = stratified({"low": 90.0, "high": 110.0}, strata=[{**FGD, **rates}, BARE])
    assert table.rows["quantity"].tolist() == [75.0, 25.0]
    assert table.rows["low"].tolist() == [67.5, 22.5]
    assert table.rows["high"].tolist() == [82.5, 27.5]
    assert table.rows["control"].tolist() == ["fgd_wet_limestone_gypsum", "none"]
    assert table.rows["collection_efficiency"].tolist()[0] == 0.9
    assert table.rows["operating_rate"].tolist()[0] == 0.8
    assert table.rows[["collection_efficiency", "operating_rate"]].iloc[1].isna().all()


def test_children_of_strata_keep_their_parent_and_the_cell_of_the_share() -> None:
    table = stratified({}, strata=[FGD, BARE])
    assert table.parents["parent_id"].tolist() == ["r0", "r0"]
    assert table.parents["coefficient"].tolist() == [0.75, 0.25]
    assert table.parents["why"].tolist() == ["side!C2", "side!C3"]
    assert table.parents["activity_id"].tolist() == table.rows["activity_id"].tolist()
    assert table.rows["activity_id"].is_unique
    assert table.sources["activity_id"].tolist() == ["r0"]
    assert table.sources["quantity"].tolist() == [100.0]


@pytest.mark.parametrize("control", ["none", "scr"])
def test_a_row_that_states_its_control_is_not_split(control: str) -> None:
    table = stratified({"control": control}, strata=[FGD, BARE])
    assert table.rows["control"].tolist() == [control]
    assert table.parents.empty


def test_a_row_that_no_stratum_fits_is_not_split() -> None:
    table = stratified({"activity": "natural_gas", "dimension": "volume"}, {}, strata=[FGD, BARE])
    assert dict(zip(table.rows["activity"], table.rows["control"], strict=True))["natural_gas"] == ""
    assert len(table.rows) == 3
    assert table.rows["quantity"].sum() == 200.0


def test_the_closest_group_of_strata_serves() -> None:
    near = [
        {"control": "scr", "share": 0.5, "activity": "lignite"},
        {"control": "none", "share": 0.5, "activity": "lignite"},
    ]
    for strata in ([FGD, BARE, *near], [*near, FGD, BARE]):
        table = stratified({}, strata=strata)
        assert sorted(table.rows["control"]) == ["none", "scr"]


def test_two_groups_of_strata_equally_close_are_an_error() -> None:
    by_region = [{"control": "none", "share": 1.0, "region": "150600"}]
    by_activity = [{"control": "scr", "share": 1.0, "activity": "lignite"}]
    with pytest.raises(ProblemsError):
        stratified({}, strata=[*by_region, *by_activity])


@pytest.mark.parametrize("shares", [(0.75, 0.2), (0.75, 0.3), (0.5,)])
def test_shares_of_strata_that_do_not_sum_are_an_error_at_their_cell(shares: tuple[float, ...]) -> None:
    strata = [{"control": name, "share": one} for name, one in zip(("scr", "none"), shares, strict=False)]
    with pytest.raises(SharesDoNotSum) as caught:
        stratified({}, strata=strata)
    (problem,) = caught.value.problems
    assert (problem.code, problem.sheet, problem.cell) == ("shares_do_not_sum", "side", "C2")
    assert problem.found == f"{sum(shares):g}"
    assert problem.facts["cells"] == ", ".join(f"side!C{number + 2}" for number in range(len(shares)))


@pytest.mark.parametrize(("sheet", "place"), [("side", "side!C2"), ("", "c.csv C2")])
def test_a_stratum_is_named_by_its_cell(sheet: str, place: str) -> None:
    table = stratified({}, strata=[{"control": "scr", "share": 1.0, "file": "c.csv", "sheet": sheet}])
    assert table.parents["why"].tolist() == [place]


def test_shares_of_two_files_are_named_with_their_files() -> None:
    strata = [{"control": name, "share": 0.9, "file": f"{name}.xlsx"} for name in ("scr", "none")]
    with pytest.raises(SharesDoNotSum) as caught:
        stratified({}, strata=strata)
    assert caught.value.problems[0].facts["cells"] == "scr.xlsx side!C2, none.xlsx side!C3"


def test_the_lines_that_split_a_row_are_known() -> None:
    elsewhere = [{"control": "esp", "share": 1.0, "category": "IPCC2006:2C1"}]
    chosen = choose_strata(activity_table({}, {"control": "scr"}, strata=[FGD, *elsewhere, BARE]), WORDS)
    assert chosen is not None
    assert chosen.used.tolist() == [True, False, True]
    assert chosen.group_of_row.tolist() == [0, -1]


def test_nothing_is_chosen_where_every_row_states_its_control() -> None:
    assert choose_strata(activity_table({"control": "scr"}, strata=[FGD, BARE]), WORDS) is None
