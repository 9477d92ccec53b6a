"""The workbook ``inventory.xlsx``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from emissions.engine import Run
from emissions.report.book.audit import audit
from emissions.report.book.calculation import write_factors, write_implied
from emissions.report.book.inventory import InventorySheet, live_sums
from emissions.report.book.lines import write_lines
from emissions.report.book.lists import write_coverage, write_manifest, write_notes
from emissions.report.book.names import SHEETS, Names
from emissions.report.book.style import Styles
from emissions.report.book.summary import SummarySheet
from emissions.report.book.table import TableSheet
from emissions.report.tables import Overview
from emissions.report.words import Words
from emissions.vocabulary import Language

_PLAIN = frozenset({"summary", "inventory"})
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_TABS = {"summary": "#1F5C66", "inventory": "#1F5C66", "lines": "#2F7F8C", "implied": "#2F7F8C", "factors": "#2F7F8C"}


def write_workbook(run: Run, path: Path, language: Language, manifest: Mapping[str, Any]) -> None:
    """Write the workbook: summary, inventory, and the calculation as live formulas from factors to totals.

    Parameters
    ----------
    language
        Language of the words; headings stand in both, this one first.
    manifest
        What the last sheet shows.
    """
    names = Names(Words(language))
    overview = Overview(run)
    book = Workbook(path, dict(_OPTIONS))
    styles = Styles(book)
    sheets = {
        name: book.add_worksheet(names.sheet(name), Worksheet if name in _PLAIN else TableSheet) for name in SHEETS
    }
    for name, colour in _TABS.items():
        sheets[name].set_tab_color(colour)
    found = audit(run)
    cells = write_factors(sheets["factors"], found, names, styles)
    implied = write_implied(sheets["implied"], found, cells, names, styles)
    lines = write_lines(sheets["lines"], found, implied, names, styles)
    live = found.complete and bool(len(found.lines)) and live_sums(overview, len(found.lines))
    inventory = InventorySheet(run, overview, sheets["inventory"], names, styles, lines, live)
    inventory.write()
    SummarySheet(overview, sheets["summary"], book, names, styles, inventory, manifest).write()
    write_coverage(sheets["coverage"], overview, names, styles)
    write_notes(sheets["notes"], overview, names, styles)
    write_manifest(sheets["manifest"], manifest, names, styles)
    book.set_properties(
        {"title": names.words.text("report.sheet_inventory"), "comments": f"emissions {manifest.get('engine', '')}"}
    )
    book.close()
