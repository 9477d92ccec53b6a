"""The provincial CO2 inventories of CEADs, by sector and fuel, from the published energy inventories."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from library_of_case import library_of, write_table
from python_calamine import CalamineWorkbook

from emissions.activity import ActivityTable, read_activity
from emissions.engine import calculate
from emissions.factors import FactorLibrary
from emissions.inventory import totals
from emissions.vocabulary import load_vocabulary

WORDS = load_vocabulary()
SECTORS = {
    int(row["number"]): branch
    for branch, row in WORDS.condition_values["branch"].items()
    if row.get("number")
}  # fmt: skip
NUMBERS = {branch: number for number, branch in SECTORS.items()}
POWER = 39
"""Number of the sector that has the fuel of power and heat plants beside its own."""
PLANTS = {"Thermal Power": "thermal_power", "Heating Supply": "heating_supply"}
CATEGORIES = {"thermal_power": "IPCC2006:1A1ai", "heating_supply": "IPCC2006:1A1aiii"}
CASES = ("ceads_provinces_2015_2019", "ceads_inner_mongolia_2020")
TOLERANCE = 1e-8

Cells = dict[tuple[str, int, int, str], float]
"""Region, year, sector number, fuel -> Mt CO2; only cells that are not zero."""


def test_the_vocabulary_numbers_the_47_sectors() -> None:
    assert sorted(SECTORS) == list(range(1, 48))


# ---------------------------------------------------------------- factors


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest, shared: Path) -> Path:
    return shared / "cases" / str(request.param)


@pytest.fixture(scope="module")
def library(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> FactorLibrary:
    table, other = (
        pd.read_csv(shared / "cases" / one / "factors.csv", dtype=str, keep_default_na=False) for one in CASES
    )
    assert table.equals(other)
    counted = table[pd.to_numeric(table["factor"]).fillna(0) != 0]
    rows = [_factor(line) for line in counted.to_dict("records")]
    return library_of(
        tmp_path_factory.mktemp("ceads"), "ceads", rows, cards=["fuel_co2_direct"], conditions=["branch"],
        choices={"feedstock": "ceads"},
    )  # fmt: skip


def _factor(line: Mapping[str, str]) -> dict[str, str]:
    """Return a factor row: MtCO2 = activity x factor / 100 with the activity in 10^4 t or 10^8 m3."""
    branch = SECTORS[int(line["sector_no"])]
    unit = {"10^4 ton": "t/t", "10^8 cu.m": "t/(1e4*m^3)"}[line["activity_unit"]]
    return {
        "factor_id": f"ceads-{branch}-{line['fuel']}",
        "activity": fuel_word(line["fuel"]), "substance": "CO2", "parameter": "emission_factor",
        "value": line["factor"], "unit": unit, "region": "CN", "source": "ceads", "locator": "factors.csv",
        "grade": "B", "branch": branch,
    }  # fmt: skip


def fuel_word(fuel: str) -> str:
    word = WORDS.resolve("activities", fuel)
    assert word is not None, fuel
    return word


def region_word(province: str) -> str:
    word = WORDS.resolve("regions", province)
    assert word is not None, province
    return word


# ---------------------------------------------------------------- comparison


def computed(activity: ActivityTable, library: FactorLibrary) -> Cells:
    run = calculate(activity, library)
    by = ("region", "year", "branch", "activity", "substance")
    table = totals(run, by)
    assert set(table["substance"]) == {"CO2"}
    cells: Cells = {}
    for line in table[table["emission"] != 0].to_dict("records"):
        cell = (str(line["region"]), int(line["year"]), NUMBERS[line["branch"]], str(line["activity"]))
        cells[cell] = line["emission"] / 1e6
    return cells


def published(table: pd.DataFrame) -> Cells:
    cells: Cells = {}
    for line in table.to_dict("records"):
        place = (region_word(line["province"]), int(line["year"]), int(line["sector_no"]))
        cells[*place, fuel_word(line["fuel"])] = line["MtCO2"]
    assert 0.0 not in cells.values()
    return cells


def assert_equal(found: Cells, expected: Cells) -> None:
    assert expected
    assert sorted(set(found) - set(expected)) == []
    assert sorted(set(expected) - set(found)) == []
    cells = sorted(expected)
    np.testing.assert_allclose(
        [found[cell] for cell in cells], [expected[cell] for cell in cells], rtol=TOLERANCE, atol=0
    )


# ---------------------------------------------------------------- the workbook of 2019 as published


@pytest.fixture(scope="module")
def workbook_2019(shared: Path, library: FactorLibrary) -> Cells:
    path = shared / "cases" / CASES[0] / "original_energy_inventory_2019_30provinces.xlsx"
    return computed(read_activity(path), library)


def test_workbook_gives_the_published_cells_of_all_provinces(shared: Path, workbook_2019: Cells) -> None:
    book = CalamineWorkbook.from_path(shared / "cases" / CASES[0] / "original_emission_inventory_2019_30provinces.xlsx")
    expected: Cells = {}
    for name in book.sheet_names:
        if name != "NOTE":
            expected |= _sheet(name, book.get_sheet_by_name(name).to_python())
    assert len({region for region, _, _, _ in expected}) == 30
    assert len(expected) > 8000
    assert_equal(workbook_2019, expected)


def _sheet(name: str, rows: list[list[object]]) -> Cells:
    """Read a sheet: headings, units, a blank row, totals, then the 47 sectors in the order of their numbers."""
    fuels = [str(heading) for heading in rows[0][1:18]]
    assert fuels[0] == "Raw_Coal"
    assert fuels[-1] == "Natural_Gas"
    assert set(rows[1][1:18]) == {"Mt CO2"}
    assert rows[3][0] == "TotalEmissions"
    assert len(rows) == 4 + 47
    region, year = region_word(name[:-4]), int(name[-4:])
    cells: Cells = {}
    for number, row in enumerate(rows[4:], start=1):
        for fuel, value in zip(fuels, row[1:18], strict=True):
            assert isinstance(value, float)
            if value != 0:
                cells[region, year, number, fuel_word("Cleaned_Coal" if fuel == "CleanedCoal" else fuel)] = value
    return cells


def test_workbook_gives_the_tidy_cells_of_five_provinces(shared: Path, workbook_2019: Cells) -> None:
    table = pd.read_csv(shared / "cases" / CASES[0] / "expected_by_sector_fuel.csv")
    expected = published(table[table["year"] == 2019])
    regions = {region for region, _, _, _ in expected}
    assert len(regions) == 5
    assert_equal({cell: value for cell, value in workbook_2019.items() if cell[0] in regions}, expected)


# ---------------------------------------------------------------- the tidy tables of 2015 to 2020


@pytest.fixture(scope="module")
def tidy(case: Path, library: FactorLibrary, tmp_path_factory: pytest.TempPathFactory) -> Cells:
    path = tmp_path_factory.mktemp("tidy") / "activity.csv"
    lines = [line for row in pd.read_csv(case / "inputs_energy.csv").to_dict("records") if (line := _line(row))]
    write_table(path, list(lines[0]), lines)
    return computed(read_activity(path), library)


def _line(row: Mapping[str, object]) -> dict[str, str]:
    """Return the line of a long table for a row of the case, empty for totals and products."""
    branch, transformation, use, category = _place(row)
    if not use or str(row["fuel"]) in {"Heat", "Electricity", "Other_Energy"}:
        return {}
    return {
        "region": region_word(str(row["province"])), "year": str(row["year"]), "category": category, "branch": branch,
        "transformation": transformation, "activity": str(row["fuel"]), "use": use,
        "quantity": repr(float(str(row["value"]))), "unit": str(row["unit"]),
    }  # fmt: skip


def _place(row: Mapping[str, object]) -> tuple[str, str, str, str]:
    """Return branch, transformation, use and category of a row of the case."""
    kind, label = str(row["row_type"]), str(row["label"])
    if kind == "final_consumption":
        branch = SECTORS[int(float(str(row["sector_no"])))]
        return branch, "", "combustion", "IPCC2006:1A3b" if branch == "transport_storage_and_post" else ""
    if kind == "non_energy_use":
        return "chemicals", "non_energy_use", "feedstock", "IPCC2006:2B"
    if kind == "transformation" and float(str(row["value"])) > 0:
        word = PLANTS.get(label)
        if word:
            return SECTORS[POWER], word, "combustion", CATEGORIES[word]
        return "", str(WORDS.resolve("transformation", label)), "transformation_input", "IPCC2006:1A1ci"
    return "", "", "", ""


def test_tidy_tables_give_the_published_cells(case: Path, tidy: Cells) -> None:
    assert_equal(tidy, published(pd.read_csv(case / "expected_by_sector_fuel.csv")))


def test_tidy_tables_give_the_published_totals(case: Path, tidy: Cells) -> None:
    """Totals of a fuel, and of a sector over its fuels with the process emission as the case gives it."""
    table = pd.read_csv(case / "expected_totals.csv")
    process = pd.read_csv(case / "inputs_process.csv")
    of_process = {
        (region_word(p), y, s): v
        for p, y, s, v in process[["province", "year", "sector_no", "process_MtCO2"]].itertuples(index=False)
    }
    checked = 0
    for line in table.to_dict("records"):
        place = (region_word(line["province"]), int(line["year"]))
        sector, column = int(line["sector_no"]), line["column"]
        cells = {cell: value for cell, value in tidy.items() if cell[:2] == place and sector in {0, cell[2]}}
        if column == "Scope_1_Total":
            own = sum(value for key, value in of_process.items() if key[:2] == place and sector in {0, key[2]})
            found = sum(cells.values()) + own
        elif column in {"Process", "Scope_2_Heat", "Scope_2_Electricity", "Other_Energy"}:
            continue
        else:
            found = sum(value for cell, value in cells.items() if cell[3] == fuel_word(column))
        assert found == pytest.approx(line["MtCO2"], rel=TOLERANCE), (place, sector, column)
        checked += 1
    assert checked > 60


def test_inner_mongolia_2019_is_the_published_total(shared: Path, workbook_2019: Cells) -> None:
    process = pd.read_csv(shared / "cases" / CASES[0] / "inputs_process.csv")
    of_region = process[(process["province"] == "InnerMongolia") & (process["year"] == 2019)]
    fuels = sum(value for cell, value in workbook_2019.items() if cell[0] == "150000")
    assert fuels + of_region["process_MtCO2"].sum() == pytest.approx(794.279375, abs=1e-6)


# ---------------------------------------------------------------- netting


def test_fuel_of_chemistry_is_netted_by_the_choice_of_the_set(shared: Path, tidy: Cells, case: Path) -> None:
    """Raw coal used as raw material exceeds the fuel of the chemical sectors of Inner Mongolia: they show none."""
    chemical = {cell for cell in tidy if cell[0] == "150000" and cell[2] in range(22, 27) and cell[3] == "raw_coal"}
    assert chemical == set()
    table = pd.read_csv(case / "inputs_energy.csv")
    burnt = table[
        (table["province"] == "InnerMongolia") & table["sector_no"].isin(range(22, 27)) & (table["fuel"] == "Raw_Coal")
    ]
    assert (burnt["value"] > 0).any()
