"""One scenario: what is printed and written says what was computed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from rich.console import Console

from emissions.errors import Problem, ResultError
from emissions.report.console import console
from emissions.report.folder import read_manifest
from emissions.report.scenario.files import save_run
from emissions.report.scenario.outcome import Outcome, outcome
from emissions.report.scenario.records import run_json
from emissions.report.scenario.run_terminal import print_notes, print_run
from emissions.report.scenario.tables import inventory_by_year, moves, partial, wide
from emissions.report.store import load
from emissions.report.words import Words
from emissions.vocabulary import Language


def screen(width: int = 120) -> Console:
    return console(io.StringIO(), width=width, colour=False)


def printed(shown: Outcome, language: Language, width: int = 120) -> str:
    made = screen(width)
    print_run(shown, made, language)
    return made.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture(scope="module")
def folder(drawn: Outcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("runs") / "city"
    return save_run(drawn, place, language="zh", command="emissions scenario run city", model="mine")


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "zh",
            ("小城 规划", "鄂尔多斯市", "属地口径二氧化碳于 2024 年达峰", "清洁取暖", "碳达峰", "目标完成情况  达到 1"),
        ),
        ("en", ("City: the plan", "Ordos", "CO2 (territorial) peaks in 2024", "clean heating", "Targets  met 1")),
    ],
)
def test_the_report_says_what_happens_in_plain_words(
    result: Outcome, language: Language, parts: tuple[str, ...]
) -> None:
    text = printed(result, language)
    for part in parts:
        assert part in text


def test_the_paths_are_those_of_the_projection(result: Outcome) -> None:
    co2 = result.projection.indicator("co2")
    line = next(row for row in printed(result, "zh").splitlines() if row.startswith(" 二氧化碳（属地）"))
    shown = [float(word.replace(",", "")) for word in line.split()[1:5]]
    assert shown == pytest.approx([100 * co2.loc[year] for year in (2020, 2025, 2030, 2032)], abs=0.6)


def test_what_lacks_something_is_marked(result: Outcome) -> None:
    assert "emission:SO2" in partial(result.projection)
    text = printed(result, "en")
    assert " SO2* " in text
    assert " CO2 (territorial) " in text


def test_lines_fit_the_width(drawn: Outcome) -> None:
    from rich.cells import cell_len

    for language in ("zh", "en"):
        for width in (80, 120):
            lines = printed(drawn, language, width).splitlines()  # type: ignore[arg-type]
            assert max(cell_len(line) for line in lines) <= width


def test_the_draws_are_shown_with_their_seed(drawn: Outcome) -> None:
    text = printed(drawn, "en")
    assert "Draws (20 runs, seed 1)" in text
    assert "share of runs that have peaked" in text
    many = outcome(drawn.projection, drawn.targets, draws=replace(drawn.draws, impossible=3))  # type: ignore[type-var]
    assert "3 of them asked for what cannot be" in printed(many, "en")


def test_notes_of_one_kind_stand_together_with_warnings_first() -> None:
    made = screen()
    notes = [
        Problem("path_held", level="info", found="a", facts={"year": "2025"}),
        Problem("path_held", level="info", found="b", facts={"year": "2025"}),
        Problem("measure_acts_on_nothing", level="warning", found="x"),
    ]
    print_notes(notes, made, Words("en"))
    lines = made.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[1].startswith("  ! ")
    assert lines[2].startswith("  · ")
    assert "1 more of this kind" in lines[2]


def test_moves_leave_dust_out(result: Outcome) -> None:
    table = result.projection.moves
    dusty = replace(result.projection, moves=pd.concat([table, table.tail(1).assign(step="dust", amount=1e-9)]))
    assert "dust" in set(dusty.moves["step"])
    assert "dust" not in set(moves(dusty)["step"])
    assert moves(dusty)["amount"].sum() == pytest.approx(moves(result.projection)["amount"].sum())


def test_a_wide_table_keeps_the_order_of_its_keys() -> None:
    table = pd.DataFrame([("b", 2021, 1.0), ("b", 2020, 2.0), ("a", 2020, 3.0)], columns=["name", "year", "value"])
    spread = wide(table, ["name"])
    assert spread["name"].tolist() == ["b", "a"]
    assert spread[2020].tolist() == [2.0, 3.0]
    assert list(spread.columns) == ["name", 2020, 2021]


def test_json_holds_every_number(drawn: Outcome) -> None:
    content = json.loads(run_json(drawn, "en"))
    co2 = {row["year"]: row["value"] for row in content["paths"] if row["indicator"] == "co2"}
    assert co2 == pytest.approx(drawn.projection.indicator("co2").to_dict())
    assert content["peaks"][0]["verdict"] == "peaked"
    assert content["peaks"][0]["circular"] is True
    assert {row["id"]: row["status"] for row in content["targets"]}["or-co2-peak"] == "met"
    assert content["draws"]["runs"] == 20


# ---------------------------------------------------------------- files


def test_the_folder_is_a_result_that_can_be_traced(folder: Path, drawn: Outcome) -> None:
    run = load(folder)
    assert len(run.lines) == len(drawn.projection.run.lines)
    manifest = read_manifest(folder)
    assert manifest is not None
    assert {"scenario.xlsx", "iamc.csv", "paths.svg", "csv/paths.csv", "csv/draws.csv"} <= set(manifest["files"])
    assert (folder / "paths.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (folder / "iamc.csv").read_text(encoding="utf-8").splitlines()[1].startswith("mine,city,Ordos,")


def test_the_workbook_holds_the_tables(folder: Path, drawn: Outcome) -> None:
    book = openpyxl.load_workbook(folder / "scenario.xlsx")
    assert book.sheetnames == ["概览", "路径", "清单", "目标", "变动", "措施", "随机模拟", "备注", "图"]
    sheet = book["路径"]
    heads = [cell.value for cell in sheet[4]]
    column = heads.index("2030")
    found = {row[1].value: row[column].value for row in sheet.iter_rows(min_row=5)}
    assert found["co2"] == pytest.approx(drawn.projection.indicator("co2").loc[2030])
    whole = sum(
        row[heads.index("2030") - 2].value for row in book["清单"].iter_rows(min_row=5) if row[0].value == "CO2"
    )
    assert whole == pytest.approx(drawn.projection.indicator("emission:CO2").loc[2030])
    assert any("达峰" in str(cell.value) for row in book["概览"].iter_rows() for cell in row)
    assert len(book["概览"]._charts) == 1


def test_csv_holds_the_inventory(folder: Path, drawn: Outcome) -> None:
    with (folder / "csv" / "inventory.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected = inventory_by_year(drawn.projection)
    assert len(rows) == len(expected)
    assert sum(float(row["emission"]) for row in rows) == pytest.approx(expected["emission"].sum())


def test_nothing_is_written_over_what_is_no_result(drawn: Outcome, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ResultError, match="not_a_result_folder"):
        save_run(drawn, tmp_path / "mine", language="zh", command="")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_failure_leaves_the_older_result(drawn: Outcome, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "iamc.csv").read_bytes()

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("emissions.report.scenario.files.write_iamc", broken)
    with pytest.raises(ResultError, match="no space"):
        save_run(drawn, folder, language="zh", command="", model="other")
    assert (folder / "iamc.csv").read_bytes() == before
    assert [path.name for path in folder.parent.iterdir()] == ["city"]
