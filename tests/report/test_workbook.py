"""The workbook: live formulas that recompute, no text as a formula, both languages."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

from emissions.engine import Run
from emissions.inventory import co2_equivalent, totals
from emissions.methods import FORMULAS
from emissions.report.book import write_workbook
from emissions.report.book.audit import audit
from emissions.report.book.expression import cell_formula, readable
from report.support import xml_of

MANIFEST = {"time": "2026-11-22T00:00:00+00:00", "engine": "0.1.0", "nested": {"a": 1}}
office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@pytest.fixture(scope="module")
def book(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "inventory.xlsx"
    write_workbook(run, path, "zh", MANIFEST)
    return path


def recomputed(path: Path, folder: Path) -> Path:
    """Return the workbook as LibreOffice computes it from nothing but the formulas."""
    bare = folder / "bare.xlsx"
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as stripped:
        for name in parts.namelist():
            content = parts.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            stripped.writestr(name, content)
    out = folder / "computed"
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run([*command, "--outdir", str(out), str(bare)], check=True, capture_output=True, timeout=300)
    return out / "bare.xlsx"


def values(path: Path) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {(sheet.title, cell.coordinate): cell.value for sheet in book for row in sheet.iter_rows() for cell in row}


def formulas(path: Path) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): str(cell.value)
        for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    }  # fmt: skip


# ---------------------------------------------------------------- formulas


@office
def test_every_formula_recomputes_to_its_stored_value(book: Path, tmp_path: Path) -> None:
    live, stored, computed = formulas(book), values(book), values(recomputed(book, tmp_path))
    assert len(live) > 150
    assert {"概览", "清单", "来源", "隐含因子"} <= {sheet for sheet, _ in live}
    for place in live:
        assert computed[place] == pytest.approx(stored[place], rel=1e-9, abs=1e-12), (place, live[place])


@office
def test_a_changed_factor_moves_the_total(book: Path, tmp_path: Path) -> None:
    """Doubling every oxidation factor of the sheet of factors doubles the CO2 that comes from it, up to the summary."""
    changed = tmp_path / "changed.xlsx"
    edited = openpyxl.load_workbook(book)
    sheet = edited["因子"]
    for row in sheet.iter_rows(min_row=5):
        if row[2].value == "碳氧化率":
            row[7].value = row[7].value * 2
    edited.save(changed)
    before, after = values(book), values(recomputed(changed, tmp_path))
    live = formulas(book)
    place = next(spot for spot, text in live.items() if spot[0] == "概览" and text.startswith("='清单'!"))
    assert after[place] > 1.5 * before[place]  # type: ignore[operator]


@pytest.mark.parametrize("name", list(FORMULAS))
def test_the_cell_formula_is_the_formula(name: str) -> None:
    formula = FORMULAS[name]
    numbers = {argument: 0.1 + 0.07 * place for place, argument in enumerate(formula.units)}
    text = cell_formula(formula, {argument: f"({value!r})" for argument, value in numbers.items()})
    assert text is not None
    assert eval(text.replace("^", "**")) == pytest.approx(formula(**numbers), rel=1e-14)  # noqa: S307  our own text


def test_a_formula_reads_well() -> None:
    text = readable(FORMULAS["sulphur_balance"], {"sulphur_content": "S", "sulphur_retention": "r", "removal": "η"})
    assert text == "S × 2 × (1 − r) × (1 − η)"


def test_the_stored_values_are_those_of_the_run(book: Path, run: Run) -> None:
    stored, live = values(book), formulas(book)
    emissions = [stored[place] for place, text in live.items() if place[0] == "来源" and place[1].startswith("M")]
    assert sorted(emissions) == sorted(audit(run).lines["emission"].tolist())  # type: ignore[type-var]
    found = totals(run, ("year", "substance"))
    links = {place: stored[place] for place, text in live.items() if place[0] == "概览" and text.startswith("='清单'!")}
    assert all(any(value == pytest.approx(other, rel=1e-12) for other in links.values()) for value in found["emission"])
    equivalents = co2_equivalent(found, run.gwp).groupby("year")["co2e"].sum()
    assert all(any(value == pytest.approx(other, rel=1e-12) for other in links.values()) for value in equivalents)


# ---------------------------------------------------------------- text stays text


def test_no_text_of_the_data_becomes_a_formula(book: Path) -> None:
    parts = xml_of(book)
    found = [
        text for name, part in parts.items() if "worksheets" in name for text in re.findall(r"<f>([^<]*)</f>", part)
    ]
    assert found
    allowed = re.compile(r"^[A-Z0-9$!'\u4e00-\u9fff().,:*+/^=<>\- \"&;a-z]*$")
    assert all(allowed.match(text) and "1+1" not in text and not text.startswith("=") for text in found)


def test_a_facility_named_like_a_formula_is_text(book: Path) -> None:
    assert "=1+1" not in "".join(text for text in formulas(book).values())
    assert all("<hyperlink" not in part for part in xml_of(book).values())


# ---------------------------------------------------------------- form


def test_sheets_and_headings_in_both_languages(run: Run, tmp_path: Path) -> None:
    write_workbook(run, tmp_path / "en.xlsx", "en", MANIFEST)
    book = openpyxl.load_workbook(tmp_path / "en.xlsx")
    assert book.sheetnames == [
        "Summary",
        "Inventory",
        "Lines",
        "Implied factors",
        "Factors",
        "Coverage",
        "Notes",
        "Manifest",
    ]
    assert book["Lines"]["A4"].value == "Region\n地区"
    assert str(book["Summary"]["A1"].value).startswith("Emission inventory: Ordos")


def test_panes_filters_and_print_titles(book: Path) -> None:
    found = openpyxl.load_workbook(book)
    assert found["来源"].freeze_panes == "E5"
    assert found["来源"].auto_filter.ref.startswith("A4:O")
    assert found["来源"].print_title_rows == "$4:$4"
    assert all(int(sheet.page_setup.paperSize) == 9 for sheet in found)


def test_notation_keys_and_doubt_stand_in_the_inventory(book: Path) -> None:
    cells = {value for (sheet, _), value in values(book).items() if sheet == "清单"}
    assert "NE" in cells


def test_every_factor_in_use_stands_once(book: Path, run: Run) -> None:
    sheet = openpyxl.load_workbook(book)["因子"]
    ids = [row[1].value for row in sheet.iter_rows(min_row=5)]
    used = run.matches[run.matches["origin"] == 0]["row"].nunique()
    assert len(ids) == len(set(ids))
    assert len(ids) >= min(used, 10)


def test_more_lines_than_fit_are_left_out_and_said(run: Run) -> None:
    found = audit(run, most=5)
    assert len(found.lines) == 5
    assert found.left_out == len(audit(run).lines) - 5
    assert not found.complete
