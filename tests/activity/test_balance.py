from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emissions.activity import ActivityTable, net_feedstock, read_activity
from emissions.activity.balance import CHOICES
from emissions.activity.table import ROW_COLUMNS

Writer = Callable[..., Path]


def _table(cells: dict[tuple[str, str], float]) -> ActivityTable:
    """Return a table of raw coal with (use, branch) -> quantity."""
    rows = pd.DataFrame(
        [
            {
                **dict.fromkeys(ROW_COLUMNS, ""),
                "activity_id": f"{use} {branch}",
                "region": "150000",
                "year": 2020,
                "activity": "raw_coal",
                "use": use,
                "dimension": "mass",
                "quantity": quantity,
                "unit": "t",
                "low": np.nan,
                "high": np.nan,
                "branch": branch,
                "transformation": "non_energy_use" if use == "feedstock" else "",
                "quantity_as_printed": str(quantity),
            }
            for (use, branch), quantity in cells.items()
        ]
    )
    return ActivityTable(rows)


def _quantities(table: ActivityTable) -> dict[str, float]:
    return dict(zip(table.rows["activity_id"].str.removesuffix(" net"), table.rows["quantity"], strict=True))


def _assert_children_are_sums_of_parents(table: ActivityTable) -> None:
    known = pd.concat([table.rows, table.sources]).set_index("activity_id")["quantity"]
    assert known.index.is_unique
    if table.parents.empty:
        return
    sums = (
        (table.parents["coefficient"] * table.parents["parent_id"].map(known))
        .groupby(table.parents["activity_id"])
        .sum()
    )
    np.testing.assert_allclose(sums, known[sums.index], rtol=1e-9, atol=1e-9 * known.max())


def test_raw_material_is_taken_from_chemistry_in_proportion() -> None:
    table = net_feedstock(
        _table(
            {
                ("combustion", "chemicals"): 60.0,
                ("combustion", "pharmaceuticals"): 20.0,
                ("combustion", "paper"): 10.0,
                ("feedstock", "chemicals"): 40.0,
            }
        ),
        "ceads",
    )
    assert _quantities(table) == pytest.approx(
        {"combustion paper": 10.0, "combustion chemicals": 30.0, "combustion pharmaceuticals": 10.0}
    )
    assert set(table.sources["activity_id"]) == {
        "combustion chemicals",
        "combustion pharmaceuticals",
        "feedstock chemicals",
    }
    own = table.parents[table.parents["activity_id"] == "combustion chemicals net"].set_index("parent_id")[
        "coefficient"
    ]
    assert own.to_dict() == {
        "combustion chemicals": 0.875,
        "combustion pharmaceuticals": 0.375,
        "feedstock chemicals": -0.75,
    }
    _assert_children_are_sums_of_parents(table)


def test_the_raw_material_stays_for_the_carbon_balance() -> None:
    table = net_feedstock(
        _table({("combustion", "chemicals"): 60.0, ("feedstock", "chemicals"): 40.0}), "carbon_balance"
    )
    assert _quantities(table) == pytest.approx({"feedstock chemicals": 40.0, "combustion chemicals": 20.0})
    _assert_children_are_sums_of_parents(table)


CELLS = {
    ("combustion", "chemicals"): 10.0,
    ("combustion", "paper"): 30.0,
    ("combustion", "textiles"): 10.0,
    ("combustion", "urban_households"): 5.0,
    ("feedstock", "chemicals"): 30.0,
}


def test_an_excess_is_dropped_by_one_choice_and_taken_from_industry_by_the_other() -> None:
    dropped = net_feedstock(_table(CELLS), "ceads")
    assert _quantities(dropped)["combustion chemicals"] == 0
    assert _quantities(dropped)["combustion paper"] == 30
    assert [note.code for note in dropped.notes] == ["feedstock_exceeds_chemicals"]
    taken = net_feedstock(_table(CELLS), "carbon_balance")
    assert _quantities(taken) == pytest.approx(
        {
            "combustion urban_households": 5.0,
            "feedstock chemicals": 30.0,
            "combustion chemicals": 0.0,
            "combustion paper": 15.0,
            "combustion textiles": 5.0,
        }
    )
    assert [note.code for note in taken.notes] == ["feedstock_taken_from_industry"]
    for table in (dropped, taken):
        _assert_children_are_sums_of_parents(table)


def test_more_raw_material_than_all_industry() -> None:
    table = net_feedstock(_table({**CELLS, ("feedstock", "chemicals"): 90.0}), "carbon_balance")
    assert [note.code for note in table.notes] == ["feedstock_exceeds_industry"]
    assert _quantities(table)["combustion paper"] == 0


amounts = st.just(0.0) | st.floats(min_value=1e-6, max_value=1e6)  # t: nobody prints less than a gram


@settings(max_examples=60)
@given(st.tuples(amounts, amounts, amounts, amounts, amounts), st.sampled_from(CHOICES))
def test_a_child_is_the_sum_of_its_parents_and_nothing_is_made(parts: tuple[float, ...], choice: str) -> None:
    branches = ("chemicals", "plastic_products", "paper", "textiles")
    cells = {("combustion", branch): part for branch, part in zip(branches, parts, strict=False)}
    table = net_feedstock(_table({**cells, ("feedstock", "chemicals"): parts[-1]}), choice)
    _assert_children_are_sums_of_parents(table)
    burnt = table.rows.loc[table.rows["use"] == "combustion", "quantity"]
    assert (burnt >= 0).all()
    if choice == "carbon_balance":
        assert burnt.sum() == pytest.approx(max(0.0, sum(parts[:4]) - parts[-1]), rel=1e-9, abs=1e-3)


def test_rows_of_other_regions_years_fuels_and_no_branch_are_left_alone(text_file: Writer) -> None:
    headings = ("地区", "年份", "行业", "能源品种", "用途", "数量", "单位", "加工转换环节")
    rows = [
        headings,
        ("内蒙古", 2020, "化学原料和化学制品制造业", "原煤", "燃烧", 10, "吨"),
        ("内蒙古", 2021, "化学原料和化学制品制造业", "原煤", "燃烧", 10, "吨"),
        ("山西", 2020, "化学原料和化学制品制造业", "原煤", "燃烧", 10, "吨"),
        ("内蒙古", 2020, "化学原料和化学制品制造业", "焦炭", "燃烧", 10, "吨"),
        ("内蒙古", 2020, "化学原料和化学制品制造业", "原煤", "原料", 4, "吨", "non_energy_use"),
        ("内蒙古", 2020, "化学原料和化学制品制造业", "焦炭", "原料", 3, "吨"),
    ]
    table = net_feedstock(read_activity(text_file(rows)), "carbon_balance")
    assert sorted(table.rows.loc[table.rows["use"] == "combustion", "quantity"]) == [6.0, 10.0, 10.0, 10.0]


def test_unknown_choices_and_tables_without_branch() -> None:
    table = _table(CELLS)
    with pytest.raises(ValueError, match="carbon_balance, ceads"):
        net_feedstock(table, "none")
    plain = ActivityTable(table.rows.drop(columns="branch"))
    assert net_feedstock(plain, "ceads") is plain


def test_the_published_method_is_reproduced(shared: Path) -> None:
    folder = shared / "cases/ceads_provinces_2015_2019"
    table = net_feedstock(read_activity(folder / "original_energy_inventory_2019_30provinces.xlsx"), "ceads")
    from emissions.vocabulary import load_vocabulary

    vocabulary = load_vocabulary()
    branches = {
        branch: int(row["number"]) for branch, row in vocabulary.condition_values["branch"].items() if row["number"]
    }
    rows = table.rows[table.rows["use"] == "combustion"].copy()
    rows["sector_no"] = rows["branch"].map(branches)
    printed = rows["quantity"] / np.where(rows["dimension"] == "volume", 1e8, 1e4)
    factors = pd.read_csv(folder / "factors.csv")
    factors["activity"] = factors["fuel"].map(lambda text: vocabulary.resolve("activities", text))
    keyed = factors.set_index(["sector_no", "activity"])["factor"]
    rows["MtCO2"] = (
        printed.to_numpy() * keyed.reindex(pd.MultiIndex.from_frame(rows[["sector_no", "activity"]])).to_numpy() / 100
    )
    expected = pd.read_csv(folder / "expected_by_sector_fuel.csv").query("year == 2019")
    expected["region"] = expected["province"].map(lambda text: vocabulary.resolve("regions", text))
    expected["activity"] = expected["fuel"].map(lambda text: vocabulary.resolve("activities", text))
    key = ["region", "sector_no", "activity"]
    found = rows[rows["region"].isin(expected["region"])].groupby(key)["MtCO2"].sum()
    both = pd.concat([found, expected.set_index(key)["MtCO2"]], axis=1, keys=["found", "expected"]).fillna(0.0)
    assert len(expected) > 1000
    np.testing.assert_allclose(both["found"], both["expected"], atol=2e-7)
    _assert_children_are_sums_of_parents(table)


def test_what_a_choice_does_not_count_is_listed(shared: Path) -> None:
    path = shared / "cases/ceads_provinces_2015_2019/original_energy_inventory_2019_30provinces.xlsx"
    before = read_activity(path)
    after = net_feedstock(before, "ceads")
    added = after.excluded[after.excluded["reason"] == "not_counted_by_choice"]
    assert len(after.rows) + len(added) + (after.sources["use"] == "feedstock").sum() == len(before.rows)
