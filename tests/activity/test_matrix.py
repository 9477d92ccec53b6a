from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from emissions.activity import ActivityTable, read_activity
from emissions.activity.grid import label_spelling
from emissions.vocabulary import describe, load_vocabulary

from .support import codes, refused

Writer = Callable[..., Path]
NAMES = [
    "项目",
    "Item",
    "煤合计",
    "原煤",
    "洗精煤",
    "焦炭",
    "天然气",
    "油品合计",
    "汽油",
    "柴油",
    "热力",
    "电力",
    "其他能源",
]
UNITS = [
    "",
    "",
    "(万吨)",
    "(万吨)",
    "(万吨)",
    "(万吨)",
    "(亿立方米)",
    "(万吨)",
    "(万吨)",
    "(万吨)",
    "(万百万千焦)",
    "(亿千瓦小时)",
    "(万吨标煤)",
]
ROWS: dict[str, list[object]] = {
    "一、可供本地区消费的能源量": [110, 100, 10, 5, 6, 7, 3, 4, None, -200, None],
    "  1.一次能源生产量": [1000, 1000, None, None, 6, None, None, None, None, 300, None],
    "  3.外省(区、市)调入量": [10, 10, 0, 0, 0, 7, 3, 4, None, 12.5, None],
    "  6.本省(区、市)调出量(-)": [-900, -900, None, None, None, None, None, None, None, -512.5, None],
    "二、加工转换投入(-)产出(+)量": [-70, -80, 10, 5, -1, None, None, -0.5, 20, 400, 0],
    "  1.火力发电": [-60, -60, None, None, -1, None, None, -0.5, None, 400, None],
    "  2.供热": [-5, -5, None, None, None, None, None, None, 20, None, None],
    "  4.炼焦": [-5, -15, 10, 5, None, None, None, None, None, None, None],
    "三、损失量": [None, None, None, None, 0.2, None, None, None, None, 30, None],
    "四、终端消费量": [40, 20, 20, 10, 5, 7, 3, 4, 20, 170, None],
    "  1.农、林、牧、渔业": [1, 1, None, None, None, 1, None, 1, None, 5, None],
    "  2.工业": [35, 15, 20, 10, 3, None, None, None, 15, 100, None],
    "    #用作原料、材料": [3, 3, None, None, 1, None, None, None, None, None, None],
    "  3.建筑业": ["—", "-", None, None, None, "", "0.5", "1", None, 5, None],
    "  4.交通运输、仓储和邮政业": [None, None, None, None, 1, None, 1.5, 2, None, 10, None],
    "  7.居民生活": [4, 4, None, None, 1, None, 1, None, 5, 50, None],
    "    城镇": [1, 1, None, None, 1, None, 1, None, 5, 30, None],
    "    乡村": [3, 3, None, None, None, None, None, None, None, 20, None],
    "五、平衡差额": [0] * 11,
}


def _balance(
    book: Writer,
    rows: dict[str, list[object]] = ROWS,
    names: list[str] = NAMES,
    title: str = "6-5 内蒙古能源平衡表（实物量）—2020",
) -> Path:
    return book({"Sheet1": [[title], names, UNITS, *([label, None, *cells] for label, cells in rows.items())]})


def _of(table: ActivityTable, **words: str) -> pd.DataFrame:
    rows = table.rows
    for name, word in words.items():
        rows = rows[rows[name] == word]
    return rows


def test_the_regional_balance_is_read(book: Writer) -> None:
    table = read_activity(_balance(book))
    assert table.rows[["region", "year"]].drop_duplicates().to_numpy().tolist() == [["150000", 2020]]
    power = _of(table, activity="raw_coal", transformation="thermal_power").iloc[0]
    assert power[["category", "use", "quantity", "quantity_as_printed", "cell"]].tolist() == [
        "IPCC2006:1A1ai",
        "combustion",
        600_000.0,
        "-60.0",
        "D9",
    ]
    coking = _of(table, transformation="coking").set_index("activity")
    assert coking["use"].to_dict() == {
        "raw_coal": "transformation_input",
        "cleaned_coal": "transformation_output",
        "coke": "transformation_output",
    }
    assert coking["quantity"].to_dict() == {"raw_coal": 150_000.0, "cleaned_coal": 100_000.0, "coke": 50_000.0}
    trade = _of(table, activity="grid_electricity").set_index("use")["quantity"]
    assert trade[["import", "export"]].tolist() == [12.5 * 360, 512.5 * 360]
    assert _of(table, use="feedstock")["category"].tolist() == ["IPCC2006:2B", "IPCC2006:2B"]
    assert _of(table, use="loss", activity="natural_gas")["category"].tolist() == ["IPCC2006:1B2b"]
    transport = _of(table, branch="transport_storage_and_post").set_index("activity")["category"]
    assert transport["gasoline"] == "IPCC2006:1A3b"
    assert not (table.rows["branch"] == "households").any()


def test_totals_zeros_and_supply_are_excluded_and_all_is_counted(book: Writer) -> None:
    table = read_activity(_balance(book))
    printed = sum(1 for cells in ROWS.values() for cell in cells if cell not in {None, "", "—", "-"})
    assert table.rows_read == printed == len(table.rows) + len(table.excluded)
    assert set(table.excluded["reason"]) == {"subtotal", "zero_cell", "supply_side"}
    assert [note.code for note in table.notes] == []


def test_totals_that_differ_from_their_parts_are_said(book: Writer) -> None:
    rows = {**ROWS, "四、终端消费量": [40, 21, 20, 10, 5, 7, 3, 4, 20, 170, None]}
    notes = read_activity(_balance(book, rows)).notes
    assert [(note.code, note.level, note.cell) for note in notes] == [
        ("total_differs", "warning", "C13"),
        ("total_differs", "warning", "D13"),
    ]
    assert describe(notes[1], "zh").endswith("“终端消费量”的合计数 21 与各分项之和 20 相差 1")


def test_households_count_once_with_and_without_their_parts(book: Writer) -> None:
    rows = {label: cells for label, cells in ROWS.items() if label.strip() not in {"城镇", "乡村"}}
    table = read_activity(_balance(book, rows))
    assert _of(table, branch="households", activity="raw_coal")["quantity"].tolist() == [40_000.0]
    assert [note.code for note in table.notes] == []


def test_unknown_rows_and_fuels_are_refused(book: Writer) -> None:
    (problem,) = refused(_balance(book, {**ROWS, "  8.外星": [1, 1, *[None] * 9]}))
    assert (problem.code, problem.found, problem.cell) == ("unknown_row", "8.外星", "D23")
    names = [*NAMES[:4], "洗景煤", *NAMES[5:]]
    (problem,) = refused(_balance(book, names=names))[:1]
    assert (problem.code, problem.cell, problem.nearest) == ("unknown_activity", "E2", "洗精煤")


def test_cells_that_are_no_numbers(book: Writer) -> None:
    (problem,) = refused(_balance(book, {**ROWS, "三、损失量": [None, None, None, None, "很多", *[None] * 6]}))
    assert (problem.code, problem.cell) == ("not_a_number", "G12")


def test_one_unit_above_the_headings(book: Writer) -> None:
    rows = [["内蒙古能源平衡表2020年"], ["单位：万吨标准煤"], NAMES[:1] + NAMES[3:7] + NAMES[8:10]]
    rows += [[label, *cells[1:5], *cells[6:8]] for label, cells in ROWS.items()]
    table = read_activity(book({"a": rows}))
    assert set(table.rows["dimension"]) == {"energy"}


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("（一）火力发电", "火力发电"),
        ("  #用作原料、材料", "用作原料、材料"),
        ("其中:油品再投入量(-)", "油品再投入量()"),
        ("2.工业", "工业"),
    ],
)
def test_labels_without_their_numbering(text: str, spelling: str) -> None:
    assert label_spelling(text) == spelling


@pytest.fixture(scope="module")
def ceads(shared: Path) -> ActivityTable:
    return read_activity(shared / "cases/ceads_provinces_2015_2019/original_energy_inventory_2019_30provinces.xlsx")


def test_the_published_inventory_is_read_whole(ceads: ActivityTable) -> None:
    assert ceads.rows["region"].nunique() == 30
    assert ceads.rows["year"].unique().tolist() == [2019]
    assert ceads.rows_read == len(ceads.rows) + len(ceads.excluded) == 40_800
    assert set(ceads.excluded["reason"]) == {"zero_cell", "subtotal", "of_which"}
    assert {note.code for note in ceads.notes if note.level != "info"} == {"size_unlike_regions"}


def test_what_stands_out_in_the_published_inventory_is_asked_about(ceads: ActivityTable) -> None:
    asked = {(note.facts["region"], note.facts["activity"]) for note in ceads.notes if note.level == "warning"}
    assert asked == {("120000", "crude_oil"), ("650000", "other_washed_coal")}


def test_the_published_inventory_cell_by_cell(ceads: ActivityTable, shared: Path) -> None:
    tidy = pd.read_csv(shared / "cases/ceads_provinces_2015_2019/inputs_energy.csv")
    tidy = tidy[(tidy["year"] == 2019) & tidy["row_type"].isin(["final_consumption", "loss", "non_energy_use"])]
    vocabulary = load_vocabulary()
    tidy["region"] = tidy["province"].map(lambda text: vocabulary.resolve("regions", text))
    tidy["activity"] = tidy["fuel"].map(lambda text: vocabulary.resolve("activities", text))
    numbers = {row["number"]: branch for branch, row in vocabulary.condition_values["branch"].items() if row["number"]}
    final = tidy[tidy["row_type"] == "final_consumption"]
    branch = final["sector_no"].map(lambda number: numbers[str(int(number))])
    expected = final.assign(branch=branch).set_index(["region", "branch", "activity"])["value"].sort_index()
    rows = ceads.rows[
        ceads.rows["region"].isin(expected.index.get_level_values(0))
        & (ceads.rows["transformation"] == "")
        & ceads.rows["use"].isin(["combustion", "own_use"])
    ]
    found = rows.assign(value=rows["quantity_as_printed"].astype(float)).set_index(["region", "branch", "activity"])[
        "value"
    ]
    pd.testing.assert_series_equal(found.sort_index(), expected, check_exact=True)


def test_a_broken_unit_of_the_balance_is_named_once_a_cell(book: Writer) -> None:
    rows = [
        ["Energy_inventory", "Raw_Coal", "Coke", "Gasoline", "Diesel_Oil", "Natural_Gas"],
        ["unit", "10^4 ton", "kx", "10^4 ton", "10^4 ton", "10^8 cu.m"],
        *(
            [label, 1, 2, 3, 4, 5]
            for label in ("Textile Industry", "Food Production", "Metal Products", "Urban", "Rural")
        ),
    ]
    problems = refused(book({"InnerMongolia2019": rows}))
    assert set(codes(problems)) == {"unknown_unit"}
    assert {problem.cell for problem in problems} == {"C2"}
