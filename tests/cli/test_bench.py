"""``emissions bench`` and ``emissions uncertainty`` as a person meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from cli.support import emissions
from report.support import write_workbook


def test_bench_measures_and_prints(tmp_path: Path) -> None:
    done = emissions(
        "bench", "--size", "2e3", "--cells", "200", "--repeats", "1", "--peers", "--json", "figures.json",
        "--keep", "data", cwd=tmp_path, language="en",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for part in ("2,000 rows over 200 cells", "reading the columns alone", "resolve", "pandas merge", "agree to 1e-09"):
        assert part in done.stdout
    assert "of disk" in done.stderr
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert figures[0]["plan"]["rows"] == 2_000
    assert figures[0]["difference"]["pandas"] <= 1e-9
    assert figures[0]["peak"]["ours"] > figures[0]["idle"]["floor"] > 0
    assert {path.suffix for path in (tmp_path / "data").iterdir()} == {".parquet"}


def test_bench_prints_markdown_of_several_sizes(tmp_path: Path) -> None:
    done = emissions(
        "bench", "--size", "500", "--size", "1000", "--cells", "200", "--repeats", "1", "--markdown", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "500 行" in done.stdout
    assert "1,000 行" in done.stdout
    assert done.stdout.count("|---|---:|") == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("bench", "--size", "many"), "--size"),
        (("bench", "--size", "1.5"), "--size"),
        (("bench", "--cells", "1e9"), "1000000000"),
        (("bench", "--size", "1e11"), "GiB"),
    ],
)
def test_what_cannot_be_measured_is_said(tmp_path: Path, arguments: tuple[str, ...], text: str) -> None:
    done = emissions(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert text in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bands")
    write_workbook(folder / "2020.xlsx")
    assert emissions("inventory", "2020.xlsx", "--format", "csv", cwd=folder).returncode == 0
    return folder


def test_uncertainty_prints_bands_and_what_has_none(place: Path) -> None:
    done = emissions("uncertainty", "2020-inventory", "--draws", "2000", cwd=place, language="en")
    assert done.returncode == 0, done.stderr
    for part in ("CO2e (AR5GWP100)", "2,000 draws (seed 1)", "100.0 %", "what has none does not move"):
        assert part in done.stdout


def test_uncertainty_gives_the_same_numbers_as_json_csv_and_workbook(place: Path) -> None:
    asked = (
        "uncertainty",
        "2020-inventory",
        "--draws",
        "2000",
        "--seed",
        "7",
        "--by",
        "category,substance",
        "--roll-up",
    )
    done = emissions(*asked, "--json", cwd=place)
    bands = json.loads(done.stdout)["bands"]
    for file in ("bands.csv", "bands.xlsx"):
        assert emissions(*asked, "-o", file, cwd=place).returncode == 0
    with (place / "bands.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["q0.975"]) for row in rows] == pytest.approx([row["q0.975"] for row in bands], rel=1e-12)
    assert {row["category"] for row in rows} >= {"IPCC2006:1", "IPCC2006:1A"}
    sheet = openpyxl.load_workbook(place / "bands.xlsx").active
    assert sheet is not None
    values = [row[2].value for row in sheet.iter_rows(min_row=5)]
    assert values == pytest.approx([row["emission"] for row in bands], rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("uncertainty", "2020-inventory", "--by", "colour"), "colour"),
        (("uncertainty", "2020-inventory", "--draws", "1"), "至少 2 次"),
        (("uncertainty", "2020-inventory", "--level", "95"), "0 与 1 之间"),
        (("uncertainty", "2020-inventory", "-o", "bands.pdf"), "bands.pdf"),
        (("uncertainty", "nowhere"), "不是结果文件夹"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(place: Path, arguments: tuple[str, ...], text: str) -> None:
    done = emissions(*arguments, cwd=place)
    assert done.returncode == 2
    assert text in done.stderr
    assert done.stdout == ""
