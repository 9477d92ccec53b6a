"""Scenarios side by side: what is printed and written is what was computed."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from rich.cells import cell_len

from emissions.errors import ResultError
from emissions.report.console import console
from emissions.report.folder import read_manifest
from emissions.report.scenario.compare_terminal import print_scenarios
from emissions.report.scenario.files import save_comparison
from emissions.report.scenario.records import comparison_json
from emissions.report.store import load
from emissions.scenario.outcome.compare import Comparison
from emissions.vocabulary import Language


def printed(found: Comparison, language: Language, width: int = 120, **more: object) -> str:
    screen = console(io.StringIO(), width=width, colour=False)
    print_scenarios(found, screen, language, **more)  # type: ignore[arg-type]
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_peak_levels_targets_and_measures_stand_side_by_side(pair: Comparison) -> None:
    text = printed(pair, "en")
    for part in ("City: the plan", "City: faster", "peaked", "2022–2024", "cap of clinker", "-20 % 2021–2025"):
        assert part in text
    assert "1 measure is alike in all scenarios" in text
    assert "≤2030" in text
    zh = printed(pair, "zh")
    for part in ("情景比较", "判断", "已达峰", "水泥熟料上限", "总量上限", "目标完成情况"):
        assert part in zh


def test_levels_are_those_of_the_paths(pair: Comparison) -> None:
    line = next(row for row in printed(pair, "en").splitlines() if row.split()[:1] == ["2030"])
    of = {one.scenario.id: one.indicator("co2").loc[2030] for one in pair.projections}
    assert [float(word) for word in line.split() if word.replace(".", "").isdigit()][1:] == pytest.approx(
        [of["city"], of["city-faster"]], abs=0.01
    )


def test_contributions_sum_to_the_whole(pair: Comparison) -> None:
    own = pair.contributions
    own = own[(own["scenario"] == "city-faster") & (own["substance"] == "CO2") & (own["year"] == 2030)]
    whole = own.loc[own["measure"] != "interaction", "sequence"].sum() / 1e6
    text = printed(pair, "en").split("City: faster, 2030")[1]
    line = next(row for row in text.splitlines() if "all measures" in row)
    assert f"{1000 * whole:+,.1f}" in line or f"{whole:+.3f}" in line


def test_a_whole_with_an_unknown_part_is_unknown(pair: Comparison) -> None:
    table = pair.contributions.copy()
    hidden = (table["measure"] == "clinker") & (table["substance"] == "CO2")
    table.loc[hidden, ["alone", "sequence", "last_in"]] = np.nan
    text = printed(replace(pair, contributions=table), "en").split("City: faster, 2030")[1]
    line = next(row for row in text.splitlines() if "all measures" in row)
    assert line.split()[2:4] == ["–", "–"]


def test_other_substances_on_request(pair: Comparison) -> None:
    text = printed(pair, "en", substances=("CO",)).split("Measures that differ", maxsplit=1)[0]
    assert " CO" in text
    assert "NMVOC" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lines_fit_the_width(pair: Comparison, language: Language) -> None:
    assert max(cell_len(line) for line in printed(pair, language, 80).splitlines()) <= 80


def test_json_holds_the_tables(pair: Comparison) -> None:
    content = json.loads(comparison_json(pair))
    assert {"paths", "peaks", "levels", "targets", "measures", "contributions", "conflicts"} <= set(content)
    assert [row["scenario"] for row in content["peaks"]] == ["city", "city-faster"]


def test_the_folder_holds_book_tables_and_chart_and_is_no_single_result(pair: Comparison, tmp_path: Path) -> None:
    place = tmp_path / "both"
    for _ in range(2):
        save_comparison(pair, place, language="en", command="emissions scenario compare a b")
    manifest = read_manifest(place)
    assert manifest is not None
    assert manifest["kind"] == "emissions-tables"
    assert {"scenarios.xlsx", "iamc.csv", "paths.svg", "csv/contributions.csv"} <= set(manifest["files"])
    with pytest.raises(ResultError, match="no_result_here"):
        load(place)
    book = openpyxl.load_workbook(place / "scenarios.xlsx")
    assert book.sheetnames[:3] == ["Summary", "Peaks", "Levels"]
    levels = [[cell.value for cell in row] for row in book["Levels"].iter_rows(min_row=5)]
    (row,) = [one for one in levels if one[:3] == ["city", "CO2", 2030]]
    assert row[3] == pytest.approx(pair.projections[0].indicator("emission:CO2").loc[2030])
    years = [row[1].value for row in book["Summary"].iter_rows() if "Peak year" in str(row[0].value)]
    assert years == ["2024"]
