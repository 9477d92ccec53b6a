"""The first sheet: what was computed, totals, main categories, largest sources, what is missing."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from emissions.report.book.inventory import InventorySheet
from emissions.report.book.names import Names
from emissions.report.book.style import BAR_COLOUR, Styles, height, page
from emissions.report.phrases import activities_of, coverage_counts, place_and_time
from emissions.report.tables import CO2E, Overview

_WIDTHS = (34, 24, 18, 18, 18, 18, 18, 18)
_LARGEST = 10
_MOST_BLOCKS = 12
_REASONS = 10
_LONGEST_FORMULA = 8000


@dataclass
class SummarySheet:
    """Writes the sheet from top to bottom."""

    overview: Overview
    sheet: Any
    book: Any
    names: Names
    styles: Styles
    inventory: InventorySheet
    manifest: Mapping[str, Any]
    _row: int = 0

    def __post_init__(self) -> None:
        """Take the last year apart, for what does not add up over years."""
        self.latest = self.overview.latest()

    def write(self) -> None:
        """Write all parts."""
        page(self.sheet, _WIDTHS, landscape=False)
        words = self.names.words
        self.sheet.set_row(0, 32)
        self.sheet.write_string(
            0, 0, words.text("report.title", where=place_and_time(self.overview, words)), self.styles["title"]
        )
        self.sheet.write_string(
            1,
            0,
            self.names.other.text("report.title", where=place_and_time(self.overview, self.names.other)),
            self.styles["subtitle"],
        )
        self._row = 3
        self._about()
        self._totals()
        self._main()
        self._largest()
        self._missing()

    def _section(self, code: str, **facts: object) -> None:
        text = f"{self.names.words.text(code, **facts)}  {self.names.other.text(code, **facts)}"
        for column in range(len(_WIDTHS)):
            self.sheet.write_string(self._row, column, text if column == 0 else "", self.styles["section"])
        self.sheet.set_row(self._row, 24)
        self._row += 1

    def _headings(self, texts: Sequence[str]) -> None:
        self.sheet.set_row(self._row, 32)
        for column, text in enumerate(texts):
            self.sheet.write_string(self._row, column, text, self.styles["heading"])
        self._row += 1

    def _about(self) -> None:
        run, words = self.overview.run, self.names.words
        regions = words.text("report.list_separator").join(
            words.label("regions", region) for region in self.overview.regions[:30]
        )
        items = [
            ("region", regions),
            ("year", ", ".join(map(str, self.overview.years))),
            ("factor_set", f"{run.library.set.name}  {run.library.set.title[words.language]}"),
            ("gwp", run.gwp),
            ("inputs", ", ".join(run.activity.files)),
            ("made", f"{self.manifest['time']}  emissions {self.manifest['engine']}"),
        ]
        for code, text in items:
            self.sheet.write_string(self._row, 0, self.names.heading(code).replace("\n", "  "), self.styles["item"])
            self.sheet.merge_range(self._row, 1, self._row, len(_WIDTHS) - 1, "", self.styles["content"])
            self.sheet.write_string(self._row, 1, text, self.styles["content"])
            self.sheet.set_row(self._row, height([(text, sum(_WIDTHS[1:]))]))
            self._row += 1
        self._row += 1

    def _totals(self) -> None:
        """Write totals by substance; each links to the total of its block in the inventory."""
        words = self.names.words
        self._section("report.section_totals")
        columns = self._columns()
        heads = [head for head, _ in columns]
        self._headings([self.names.heading("substance"), self.names.heading("name"), *heads])
        for substance in self.inventory.columns:
            self.sheet.write_string(self._row, 0, substance, self.styles["item"])
            label = words.text("report.co2e") if substance == CO2E else words.label("substances", substance)
            self.sheet.write_string(self._row, 1, label, self.styles["text"])
            style = self.styles["mass_doubt" if self.overview.doubtful(substance) else "mass"]
            for column, (_, blocks) in enumerate(columns, 2):
                self._total(column, [(*block, substance) for block in blocks], style)
            self._row += 1
        self.sheet.write_string(self._row, 0, words.text("report.guide_doubt"), self.styles["guidance"])
        self._row += 2

    def _total(self, column: int, cells: list[tuple[str, int, str]], style: Any) -> None:
        """Write the sum of some totals of the inventory, as links to them."""
        known = [cell for cell in cells if cell in self.inventory.totals]
        if not known:
            self.sheet.write_string(self._row, column, "NE", self.styles["key_doubt"])
            return
        formula = "+".join(self.inventory.totals[cell] for cell in known)
        value = sum(self.overview.blocks.get(cell, 0.0) for cell in known)
        if len(formula) < _LONGEST_FORMULA:
            self.sheet.write_formula(self._row, column, f"={formula}", style, value)
        else:
            self.sheet.write_number(self._row, column, value, style)

    def _columns(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Return heading and blocks of each column: the blocks where they are few, and each year over all regions."""
        words = self.names.words
        blocks = list(dict.fromkeys((region, year) for region, year, _ in self.inventory.totals))
        shown = blocks if len(blocks) <= _MOST_BLOCKS else []
        columns = [(f"{words.label('regions', region)}\n{year}", [(region, year)]) for region, year in shown]
        for year in self.overview.years:
            of_year = [block for block in blocks if block[1] == year]
            if len(of_year) > 1:
                columns.append((f"{words.text('report.total')}\n{year}", of_year))
        return columns

    def _main(self) -> None:
        """Write main categories with their share of CO2 equivalents, and a chart of them."""
        words, main = self.names.words, self.latest.main
        chosen = [name for name in (CO2E, "CO2", "CH4", "N2O", "SO2", "NOx", "PM2.5") if name in main][
            : len(_WIDTHS) - 2
        ]
        if main.empty or not chosen:
            return
        self._section("report.section_main", year=self.latest.years[-1])
        self._headings(
            [self.names.heading("category"), *(f"{name}\nt" for name in chosen), self.names.heading("share")]
        )
        first = self._row
        whole = float(main[chosen[0]].sum())
        column_range = f"B${first + 1}:B${first + len(main)}"
        for category in main.index:
            self.sheet.write_string(self._row, 0, words.category(str(category)), self.styles["text"])
            for column, name in enumerate(chosen, 1):
                self._mass(column, _value(main, category, name), self.latest.state(str(category), name))
            value = _value(main, category, chosen[0])
            share = f"=IF(SUM({column_range})=0,0,N(B{self._row + 1})/SUM({column_range}))"
            self.sheet.write_formula(
                self._row,
                1 + len(chosen),
                share,
                self.styles["share"],
                value / whole if np.isfinite(value) and whole else 0.0,
            )
            self._row += 1
        self._row += 1
        self._chart(first, self._row - 1, chosen[0])

    def _mass(self, column: int, value: float, state: str) -> None:
        doubt = state in {"NE", "partial"}
        if np.isfinite(value):
            self.sheet.write_number(self._row, column, value, self.styles["mass_doubt" if doubt else "mass"])
        else:
            self.sheet.write_string(
                self._row, column, "" if state == "partial" else state, self.styles["key_doubt" if doubt else "key"]
            )

    def _chart(self, first: int, end: int, substance: str) -> None:
        chart = self.book.add_chart({"type": "bar"})
        sheet = self.names.sheet("summary")
        chart.add_series(
            {
                "categories": [sheet, first, 0, end - 1, 0],
                "values": [sheet, first, 1, end - 1, 1],
                "fill": {"color": BAR_COLOUR},
                "gap": 60,
            }
        )
        chart.set_title(
            {"name": f"{substance} (t)", "name_font": {"size": 10, "bold": True, "color": "#1F5C66"}, "overlay": False}
        )
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "line": {"color": "#C9D3DA"}})
        chart.set_x_axis(
            {
                "num_format": "#,##0",
                "num_font": {"size": 8},
                "major_gridlines": {"visible": True, "line": {"color": "#EAF1F2"}},
                "label_position": "high",
                "line": {"none": True},
            }
        )
        rows = 4 + 2 * (end - first)
        chart.set_size({"width": 1180, "height": 20 * rows + 30})
        chart.set_chartarea({"border": {"color": "#C9D3DA"}})
        self.sheet.insert_chart(self._row, 0, chart, {"object_position": 1})
        self._row += int((rows * 20 + 30) / 24) + 2

    def _largest(self) -> None:
        words, largest = self.names.words, self.latest.largest(_LARGEST)
        if not largest:
            return
        substance = largest[0].substance
        self._section("report.largest", substance=substance)
        heads = [self.names.heading(name) for name in ("category", "activity", "region", "year")]
        self._headings([*heads, f"{substance}\nt", self.names.heading("share")])
        for source in largest:
            texts = (
                words.category(source.category),
                words.label("activities", source.activity),
                words.label("regions", source.region),
            )
            for column, text in enumerate(texts):
                self.sheet.write_string(self._row, column, text, self.styles["text"])
            self.sheet.write_number(self._row, 3, source.year, self.styles["whole"])
            self.sheet.write_number(self._row, 4, source.emission, self.styles["mass"])
            self.sheet.write_number(self._row, 5, source.share, self.styles["share"])
            self._row += 1
        self._row += 1

    def _missing(self) -> None:
        words = self.names.words
        self._section("report.section_coverage")
        self.sheet.write_string(self._row, 0, coverage_counts(self.overview, words), self.styles["guidance"])
        self._row += 1
        gaps = self.overview.gaps()[:_REASONS]
        if not gaps:
            return
        self._headings([self.names.heading(name) for name in ("reason", "what_to_do", "items", "substance")])
        last = len(_WIDTHS) - 1
        heading = self.names.heading("activity")
        self.sheet.merge_range(self._row - 1, 4, self._row - 1, last, heading, self.styles["heading"])
        for gap in gaps:
            reason = words.reason(gap.reason, self.overview.run.library.set)
            hint, substances, named = words.hint(gap.reason), " ".join(gap.substances), activities_of(gap, words)
            for column, text in ((0, reason), (1, hint), (3, substances)):
                self.sheet.write_string(self._row, column, text, self.styles["wrap"])
            self.sheet.write_number(self._row, 2, gap.number, self.styles["whole"])
            self.sheet.merge_range(self._row, 4, self._row, last, "", self.styles["wrap"])
            self.sheet.write_string(self._row, 4, named, self.styles["wrap"])
            widths = (_WIDTHS[0], _WIDTHS[1], _WIDTHS[3], sum(_WIDTHS[4:]))
            self.sheet.set_row(self._row, height(zip((reason, hint, substances, named), widths, strict=True)))
            self._row += 1


def _value(table: pd.DataFrame, category: Hashable, name: str) -> float:
    return float(table[name].get(category, np.nan))
