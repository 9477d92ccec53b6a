"""The example workbooks: read cleanly, calculate, every number accounted for and sourced."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml
from example_totals import EXAMPLES, TOTALS, WORKBOOKS, load_script, run_example, totals_of

from emissions.activity import ActivityTable
from emissions.engine import Run
from emissions.engine.arguments import MEASURED
from emissions.methods import load_cards
from emissions.vocabulary import load_vocabulary

BALANCE, LATER, NOTES = "能源平衡表 Balance", "后续 Later", "备注 Notes"
QUANTITY_HEADINGS = {"Quantity", "Stock (vehicles)", "Value", "Measured value", "Share (%)"}
BROAD = {
    "agriculture", "industry", "construction", "transport_storage_and_post", "wholesale_retail_and_catering",
    "other_services", "urban_households", "rural_households", "power_and_heat", "",
}  # fmt: skip
UNUSED_CARDS = {
    "fuel_co2_direct": "no package has a CO2 factor per mass or volume of a fuel",
    "coal_surface_ch4": "the factor of the Chinese guide comes first",
    "coal_surface_post_ch4": "the factor of the Chinese guide comes first",
    "gasoline_evaporation_international": "the factor of the Chinese road guide comes first",
    **{name: "the city captures no CO2" for name in load_cards() if name.endswith("_captured")},
}
UNUSED_CONTROLS = {
    "low_nox_burner_plus_scr": "read as its two devices, which the factors combine again",
    "low_nox_burner_plus_sncr": "read as its two devices, which the factors combine again",
    "carbon_capture": "the city captures no CO2",
}


@pytest.fixture(scope="module")
def examples() -> dict[str, tuple[ActivityTable, Run]]:
    return {name: run_example(name) for name in WORKBOOKS}


@pytest.fixture(scope="module")
def read_2020(examples: dict[str, tuple[ActivityTable, Run]]) -> ActivityTable:
    return examples["2020.xlsx"][0]


@pytest.fixture(scope="module")
def run_2020(examples: dict[str, tuple[ActivityTable, Run]]) -> Run:
    return examples["2020.xlsx"][1]


@pytest.fixture(scope="module")
def demo(examples: dict[str, tuple[ActivityTable, Run]]) -> tuple[ActivityTable, Run]:
    return examples["demo-city.xlsx"]


@pytest.fixture(scope="module")
def workbooks() -> dict[str, Any]:
    return {name: openpyxl.load_workbook(EXAMPLES / name) for name in WORKBOOKS}


def filled_cells(sheet: Any) -> Iterator[str]:
    """Yield the quantity cells of a sheet: the numbers of the balance, a column of any other sheet."""
    if sheet.title == BALANCE:
        for row in sheet.iter_rows(min_row=7, min_col=2):
            yield from (cell.coordinate for cell in row if cell.value is not None)
        return
    for row in sheet.iter_rows(max_row=15):
        for cell in row:
            if str(cell.value).split("\n")[-1] in QUANTITY_HEADINGS:
                below = sheet.iter_rows(min_row=cell.row + 1, min_col=cell.column, max_col=cell.column)
                yield from (found.coordinate for (found,) in below if found.value is not None)
                return


def data_cells(book: Any) -> set[tuple[str, str]]:
    unread = {"说明 Guide", NOTES, LATER, "词表 Lists"}
    return {(sheet.title, cell) for sheet in book if sheet.title not in unread for cell in filled_cells(sheet)}


def used_cells(table: ActivityTable) -> set[tuple[str, str]]:
    parts = (table.rows, table.measured, table.strata)
    return {(str(row.sheet), str(row.cell)) for part in parts for row in part[["sheet", "cell"]].itertuples()}


def notes_lines(workbooks: dict[str, Any]) -> list[dict[str, str]]:
    rows = list(workbooks["2020.xlsx"][NOTES].iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if str(row[0]).endswith("Sheet"))
    names = ("sheet", "cells", "quantity", "source", "evidence", "grade", "note")
    return [dict(zip(names, (str(cell or "") for cell in row), strict=False)) for row in rows[start + 1 :] if row[0]]


def cells_of(line: dict[str, str]) -> set[tuple[str, str]]:
    first, _, last = line["cells"].partition(":")
    ends = [re.fullmatch(r"([A-Z]+)(\d+)", cell).groups() for cell in (first, last or first)]
    columns, rows = zip(*ends, strict=True)
    number = openpyxl.utils.column_index_from_string
    return {
        (line["sheet"], f"{openpyxl.utils.get_column_letter(column)}{row}")
        for column in range(number(columns[0]), number(columns[1]) + 1)
        for row in range(int(rows[0]), int(rows[1]) + 1)
    }


@pytest.mark.parametrize("name", WORKBOOKS)
def test_reads_without_problems(name: str, examples: dict[str, tuple[ActivityTable, Run]]) -> None:
    read, _ = examples[name]
    said = [(note.sheet, note.code) for note in read.notes if note.level != "info"]
    assert not [note for note in read.notes if note.level == "error"]
    assert said in ([], [(LATER, "sheet_not_recognised")] if name == "2020.xlsx" else [])


def test_later_sheet_is_said_and_not_read(read_2020: ActivityTable) -> None:
    assert [note.sheet for note in read_2020.notes if note.code in {"sheet_not_recognised", "sheet_skipped"}] == [LATER]
    assert LATER not in set(read_2020.rows["sheet"])


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_cell_is_used_or_excluded_with_a_reason(
    name: str, examples: dict[str, tuple[ActivityTable, Run]], workbooks: dict[str, Any]
) -> None:
    read, _ = examples[name]
    excluded = {(str(row.sheet), str(row.cell)) for row in read.excluded.itertuples()}
    used = used_cells(read)
    assert used | excluded == data_cells(workbooks[name])
    assert not used & excluded
    assert (read.excluded["reason"] != "").all()
    assert read.rows_read == len(used) + len(excluded)


def test_sizes(demo: tuple[ActivityTable, Run], read_2020: ActivityTable) -> None:
    assert len(read_2020.rows) == 123
    assert 300 <= len(used_cells(demo[0])) <= 700


@pytest.mark.parametrize("name", WORKBOOKS)
def test_golden_totals(name: str, examples: dict[str, tuple[ActivityTable, Run]]) -> None:
    with TOTALS.open(encoding="utf-8", newline="") as file:
        expected = {
            (row["category"], row["substance"]): float(row["emission"])
            for row in csv.DictReader(file)
            if row["workbook"] == name
        }
    totals = totals_of(name, examples[name][1])
    found = {(row.category, row.substance): row.emission for row in totals.itertuples()}
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", WORKBOOKS)
def test_nothing_that_counts_is_negative_or_missing(name: str, examples: dict[str, tuple[ActivityTable, Run]]) -> None:
    counted = examples[name][1].counted
    totals = counted.groupby(["category", "substance", "stream"], observed=True)["emission"].sum()
    taken_off = totals.index.get_level_values("stream") == "recovery"
    assert (totals[~taken_off] >= 0).all()
    assert (totals[taken_off] <= 0).all()
    assert (counted.groupby(["category", "substance"], observed=True)["emission"].sum() >= 0).all()
    assert counted["emission"].notna().all()


# 2020.xlsx


def test_every_number_has_a_source(read_2020: ActivityTable, workbooks: dict[str, Any]) -> None:
    book = workbooks["2020.xlsx"]
    lines = notes_lines(workbooks)
    stated = {
        cell
        for line in lines
        if line["source"] and line["evidence"] and line["grade"] in {"A", "B", "C"}
        for cell in cells_of(line)
    }
    numbers = {(sheet, cell) for sheet, cell in data_cells(book) if isinstance(book[sheet][cell].value, int | float)}
    numbers |= {(LATER, cell.coordinate) for (cell,) in book[LATER].iter_rows(min_row=6, min_col=3, max_col=3)}
    assert numbers - stated == set()
    explained = {cell for line in lines if line["note"] for cell in cells_of(line)}
    keys = {(str(row.sheet), str(row.cell)) for row in read_2020.rows.itertuples() if row.notation}
    assert keys
    assert keys - explained == set()


def test_no_line_of_notes_points_at_nothing(workbooks: dict[str, Any]) -> None:
    book = workbooks["2020.xlsx"]
    for line in notes_lines(workbooks):
        assert any(book[sheet][cell].value is not None for sheet, cell in cells_of(line)), line


def test_only_broad_sectors_and_no_clinker(read_2020: ActivityTable) -> None:
    assert set(read_2020.rows["branch"].astype(str)) <= BROAD
    clinker = read_2020.rows[read_2020.rows["activity"].isin(["cement_clinker", "cement"])]
    assert set(clinker["notation"]) == {"NE"}


def test_energy_is_that_of_the_yearbook(read_2020: ActivityTable, shared: Path) -> None:
    case = pd.read_csv(shared / "cases" / "ceads_inner_mongolia_2020" / "inputs_energy.csv")
    raw = case[case["fuel"] == "Raw_Coal"]
    final = raw[raw["row_type"] == "final_consumption"].set_index("sector_no")["value"]
    rows = read_2020.rows[(read_2020.rows["activity"] == "raw_coal")].set_index(["branch", "use"])["quantity"] / 1e4
    assert rows["industry", "combustion"] == pytest.approx(final.loc[2:41].sum(), abs=0.005)
    assert rows["agriculture", "combustion"] == pytest.approx(final.loc[1], abs=0.005)
    assert rows["rural_households", "combustion"] == pytest.approx(final.loc[47], abs=0.005)
    non_energy = raw.loc[raw["label"] == "Non-Energy Use", "value"].sum()
    assert rows["industry", "feedstock"] == pytest.approx(non_energy, abs=0.005)
    plants = raw.loc[raw["label"].isin(["Thermal Power", "Heating Supply"]), "value"].sum()
    assert rows["power_and_heat", "combustion"].sum() == pytest.approx(plants, abs=0.01)


def test_one_number_by_hand(run_2020: Run, root: Path) -> None:
    # diesel of agriculture: 64.02 x 1e4 t x calorific value x carbon content x oxidation x 44/12
    guide = root / "factors" / "packages" / "cn_provincial_guide_2025" / "2025.1" / "factors.csv"
    with guide.open(encoding="utf-8", newline="") as file:
        value = {row["parameter"]: float(row["value"]) for row in csv.DictReader(file) if row["activity"] == "diesel"}
    tj = 64.02e4 * value["net_calorific_value"] / 1000
    by_hand = tj * value["carbon_content"] * value["oxidation_factor"] / 100 * 44 / 12
    lines = run_2020.counted[(run_2020.counted["substance"] == "CO2")]
    keys = run_2020.keys.iloc[lines["key"]]
    chosen = (keys["activity"].astype(str).eq("diesel") & keys["branch"].astype(str).eq("agriculture")).to_numpy()
    assert lines["emission"].to_numpy()[chosen] == pytest.approx([by_hand], rel=1e-12)


def test_raw_material_is_not_burnt(run_2020: Run) -> None:
    """What is burnt in industry is final consumption less non-energy use, 6972.46 - 3244.81 (1e4 t)."""
    rows = run_2020.activity.rows
    coal = rows["activity"].isin(["bituminous_coal", "lignite", "raw_coal"]) & rows["branch"].astype(str).eq("industry")
    burnt = rows.loc[coal & rows["use"].eq("combustion"), "quantity"].sum()
    assert burnt == pytest.approx((6972.46 - 3244.81) * 1e4, rel=1e-12)


# demo-city.xlsx


def test_demo_city_is_the_file_the_script_writes(root: Path, tmp_path: Path, workbooks: dict[str, Any]) -> None:
    script = load_script("make_demo_city")
    rows = (root / "docs" / "scripts" / "demo_city.yaml").read_text(encoding="utf-8")
    script.make(tmp_path / "city.xlsx", yaml.safe_load(rows))
    again, shipped = openpyxl.load_workbook(tmp_path / "city.xlsx"), workbooks["demo-city.xlsx"]
    assert again.sheetnames == shipped.sheetnames
    for sheet in shipped.sheetnames:
        assert list(again[sheet].values) == list(shipped[sheet].values), sheet


def test_demo_city_says_that_it_is_made_up(workbooks: dict[str, Any]) -> None:
    for sheet in workbooks["demo-city.xlsx"]:
        assert "虚构示例" in sheet["A1"].value
        assert "made-up" in sheet["A1"].value
    assert "编造" in workbooks["demo-city.xlsx"][NOTES]["A2"].value


def test_demo_city_fills_every_sheet(demo: tuple[ActivityTable, Run], workbooks: dict[str, Any]) -> None:
    read, _ = demo
    sheets = {sheet for sheet, _ in used_cells(read)}
    assert sheets == set(workbooks["demo-city.xlsx"].sheetnames) - {NOTES}
    assert set(read.rows["region"].astype(str)) == {"150602", "150603"}
    assert set(read.rows["year"].astype(int)) == {2018, 2019, 2020}
    assert {"pre_I", "I", "II", "III", "IV", "V", "VI"} == set(read.rows["stage"].astype(str)) - {""}


def test_demo_city_has_every_device(demo: tuple[ActivityTable, Run]) -> None:
    stated = set("+".join(demo[1].keys["control"].astype(str).unique()).split("+")) - {""}
    assert set(load_vocabulary().controls) - stated == set(UNUSED_CONTROLS)


def test_demo_city_uses_every_card_that_can_be_used(demo: tuple[ActivityTable, Run]) -> None:
    used = set(demo[1].lines.loc[demo[1].lines["ief"].notna(), "card"])
    assert set(load_cards()) - used == set(UNUSED_CARDS)


def test_demo_city_uses_measured_values_and_strata(demo: tuple[ActivityTable, Run]) -> None:
    read, run = demo
    from_measured = set(run.matches.loc[run.matches["origin"].eq(MEASURED), "argument"])
    assert {"sulphur_content", "ash_content", "net_calorific_value", "emission_factor"} <= from_measured
    parts = set(run.activity.parents["why"].astype(str).str.partition("!")[0])
    assert "控制分层 Controls" in parts
    selectors = read.strata[["region", "year", "category", "activity", "technology"]]
    assert len(selectors.isin(["", 0]).drop_duplicates()) >= 5
