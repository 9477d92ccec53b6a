"""The sheet of the inventory: category x substance, rolled up, a block for every region and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from emissions.engine import Run
from emissions.inventory import gwp_values
from emissions.inventory.tables import with_key
from emissions.report.book.calculation import COUNTS, MEMO, Names
from emissions.report.book.lines import CATEGORY, COUNTED, EMISSION, REGION, SUBSTANCE, YEAR, LineCells
from emissions.report.book.style import LEVELS, Styles, page
from emissions.report.tables import CO2E, Overview
from emissions.vocabulary import load_vocabulary

_GWP_ROW = 3
_MOST_COMPARISONS = 30_000_000
"""Comparisons of live sums over the lines beyond which the sheet holds values, so that it opens quickly."""
Block = tuple[str, int]


@dataclass
class InventorySheet:
    """Writes the sheet; ``totals`` then holds where the total of a block and substance stands."""

    run: Run
    overview: Overview
    sheet: Any
    names: Names
    styles: Styles
    lines: LineCells
    live: bool
    totals: dict[tuple[str, int, str], str] = field(default_factory=dict)
    main: dict[tuple[str, int, str, str], str] = field(default_factory=dict)
    _row: int = 0

    def write(self) -> None:
        """Write head and blocks."""
        columns = self.columns
        page(self.sheet, [13, 40, 34, *[14] * len(columns)])
        self.sheet.set_row(0, 28)
        self.sheet.write_string(0, 0, self.names.words.text("report.sheet_inventory"), self.styles["title"])
        code = "report.guide_inventory" if self.live else "report.guide_inventory_values"
        self.sheet.write_string(1, 0, self.names.words.text(code), self.styles["guidance"])
        self._gwp()
        self.sheet.freeze_panes(_GWP_ROW + 1, 3)
        self._row = _GWP_ROW + 2
        parts = self._parts()
        for block in sorted(parts, key=self._order):
            self._block(block, parts[block])

    @property
    def columns(self) -> list[str]:
        """Substances, with CO2 equivalents after the greenhouse gases."""
        gases = self.overview.gases
        return [*gases, *([CO2E] if gases else []), *self.overview.pollutants]

    def _order(self, block: Block) -> tuple[int, int]:
        return self.overview.regions.index(block[0]), block[1]

    def _gwp(self) -> None:
        values = gwp_values(self.run.gwp, self.overview.gases)
        self.sheet.merge_range(_GWP_ROW, 0, _GWP_ROW, 2, f"GWP · {self.run.gwp}", self.styles["gwp_label"])
        for number, substance in enumerate(self.columns):
            if substance in values:
                self.sheet.write_number(_GWP_ROW, 3 + number, values[substance], self.styles["gwp"])
            else:
                self.sheet.write_blank(_GWP_ROW, 3 + number, None, self.styles["gwp"])

    def _parts(self) -> dict[Block, pd.DataFrame]:
        """Return per block the direct emission and state of every category and substance."""
        lines = with_key(self.run, self.run.lines, ["region", "year"])
        lines = lines.assign(emission=lines["emission"].where(lines["status"] == "ok", 0.0).fillna(0.0))
        groups = lines.groupby(["region", "year", "category", "memo", "substance"], observed=True, sort=False)
        table = groups.agg(
            emission=("emission", "sum"), states=("status", lambda values: frozenset(values))
        ).reset_index()
        return {
            (str(region), int(year)): part for (region, year), part in table.groupby(["region", "year"], sort=False)
        }  # type: ignore[misc]

    # ------------------------------------------------------------------ one block

    def _block(self, block: Block, part: pd.DataFrame) -> None:
        words = self.names.words
        title = f"{words.label('regions', block[0])}  {block[1]}"
        self.sheet.merge_range(self._row, 0, self._row, 2 + len(self.columns), title, self.styles["block"])
        heads = [self.names.heading("code"), *_named(self.names), *(f"{name}\nt" for name in self.columns)]
        self.sheet.set_row(self._row + 1, 32)
        for column, text in enumerate(heads):
            self.sheet.write_string(self._row + 1, column, text, self.styles["heading"])
        self._row += 2
        counted, memo = part[part["memo"] == ""], part[part["memo"] != ""]
        self._tree(block, counted)
        if len(memo):
            self.sheet.write_string(self._row, 0, words.text("report.memo"), self.styles["guidance"])
            self._row += 1
            for category in dict.fromkeys(memo["category"].astype(str)):
                self._direct_row(block, category, memo[memo["category"] == category])
        self._row += 1

    def _tree(self, block: Block, counted: pd.DataFrame) -> None:
        """Write the categories of the tree, parents as sums of what is below them, and the total."""
        graph = load_vocabulary().category_graph
        own = {(str(row.category), str(row.substance)): row for row in counted.itertuples(index=False)}
        order = {name: number for number, name in enumerate(graph.parents)}
        wanted = sorted(
            {above for name, _ in own for above in graph.ancestors(name)}, key=lambda name: order.get(name, len(order))
        )
        row_of = {category: self._row + number for number, category in enumerate(wanted)}
        below: dict[str, list[str]] = {category: [] for category in wanted}
        tops = []
        for category in wanted:
            parents = graph.parents.get(category, ())
            if parents:
                below[parents[0]].append(category)
            else:
                tops.append(category)
        cells = _Cells(self, block, own, row_of, below)
        for category in wanted:
            self._labels(category, row_of[category], len(graph.ancestors(category)) - 1)
            for number, substance in enumerate(self.columns):
                cells.write(category, substance, row_of[category], 3 + number)
        self._row += len(wanted)
        self._total(block, tops, row_of, cells)

    def _labels(self, category: str, row: int, level: int) -> None:
        scheme, _, code = category.partition(":")
        level = min(level, LEVELS - 1)
        first = self.names.words
        shown = {"IPCC2006": code, "MEMO": self.names.words.text("report.counts_memo")}.get(scheme, category)
        self.sheet.write_string(row, 0, shown, self.styles[f"code_{level}"])
        self.sheet.write_string(row, 1, first.label("categories", category), self.styles[f"level_{level}"])
        self.sheet.write_string(row, 2, self.names.other.label("categories", category), self.styles[f"level_{level}"])

    def _total(self, block: Block, tops: list[str], row_of: Mapping[str, int], cells: _Cells) -> None:
        row = self._row
        for column in range(3):
            self.sheet.write_string(
                row, column, self.names.words.text("report.total") if column == 1 else "", self.styles["total"]
            )
        for number, substance in enumerate(self.columns):
            value = float(np.nansum([cells.values.get((top, substance), np.nan) for top in tops]))
            doubt = any(cells.states.get((top, substance)) in {"partial", "NE"} for top in tops)
            style = self.styles["mass_total_doubt" if doubt else "mass_total"]
            formula = (
                cells.co2e(row)
                if substance == CO2E
                else "SUM(" + ",".join(_cell(row_of[top], 3 + number) for top in tops) + ")"
            )
            self.sheet.write_formula(row, 3 + number, f"={formula}", style, value)
            self.totals[*block, substance] = self.names.reference("inventory", _cell(row, 3 + number))
        self._row += 2

    def _direct_row(self, block: Block, category: str, part: pd.DataFrame) -> None:
        self._labels(category, self._row, 0)
        values = dict(zip(part["substance"].astype(str), part["emission"], strict=True))
        gwp = gwp_values(self.run.gwp, self.overview.gases)
        values[CO2E] = sum(value * gwp[name] for name, value in values.items() if name in gwp)
        for number, substance in enumerate(self.columns):
            value = values.get(substance, 0.0)
            if not value:
                self.sheet.write_blank(self._row, 3 + number, None, self.styles["mass"])
            elif substance == CO2E or not self.live:
                self.sheet.write_number(self._row, 3 + number, value, self.styles["mass"])
            else:
                self.sheet.write_formula(
                    self._row,
                    3 + number,
                    f"={self.sum_of_lines(block, category, substance, MEMO)}",
                    self.styles["mass"],
                    value,
                )
        self._row += 1

    def sum_of_lines(self, block: Block, category: str, substance: str, counts: str = COUNTS) -> str:
        """Return the sum over the sheet of lines of a category and substance."""
        words = self.names.words
        wanted = (
            (REGION, _quoted(words.label("regions", block[0]))),
            (YEAR, str(block[1])),
            (CATEGORY, _quoted(words.category(category))),
            (SUBSTANCE, _quoted(substance)),
            (COUNTED, _quoted(words.text(counts))),
        )
        return (
            f"SUMIFS({self.lines.range(EMISSION)},"
            + ",".join(f"{self.lines.range(column)},{value}" for column, value in wanted)
            + ")"
        )


class _Cells:
    """Writes the cells of the tree of one block."""

    def __init__(
        self,
        owner: InventorySheet,
        block: Block,
        own: Mapping[tuple[str, str], Any],
        row_of: Mapping[str, int],
        below: Mapping[str, list[str]],
    ) -> None:
        self.owner, self.block, self.own, self.row_of, self.below = owner, block, own, row_of, below
        self.values: dict[tuple[str, str], float] = {}
        self.states: dict[tuple[str, str], str] = {}
        self._gwp = gwp_values(owner.run.gwp, owner.overview.gases)
        for category in reversed(list(row_of)):
            for substance in owner.columns:
                self._fill(category, substance)

    def _fill(self, category: str, substance: str) -> None:
        if substance == CO2E:
            known = [
                (self._gwp[gas], self.values[category, gas]) for gas in self._gwp if (category, gas) in self.values
            ]
            if known:
                self.values[category, substance] = float(sum(gwp * value for gwp, value in known))
            doubt = any(self.states.get((category, gas)) in {"partial", "NE"} for gas in self._gwp)
            self.states[category, substance] = "partial" if doubt else ""
            return
        direct = self.own.get((category, substance))
        states = set(direct.states) if direct is not None else set()
        parts = [float(direct.emission)] if direct is not None and "ok" in direct.states else []
        for child in self.below[category]:
            if (child, substance) in self.values:
                parts.append(self.values[child, substance])
                states.add("ok")
            state = self.states.get((child, substance), "")
            states |= {"NE"} if state in {"NE", "partial"} else {"IE"} if state == "IE" else set()
        if parts:
            self.values[category, substance] = float(np.sum(parts))
        self.states[category, substance] = (
            ("partial" if "NE" in states else "")
            if "ok" in states
            else next((one for one in ("NE", "IE") if one in states), "")
        )

    def write(self, category: str, substance: str, row: int, column: int) -> None:
        """Write one cell: a live sum, a notation key, or blank."""
        sheet, styles, state = self.owner.sheet, self.owner.styles, self.states[category, substance]
        value = self.values.get((category, substance))
        if value is None:
            sheet.write_string(
                row, column, state if state in {"NE", "IE"} else "", styles["key_doubt" if state == "NE" else "key"]
            )
            return
        style = styles[
            "mass_doubt"
            if state == "partial"
            else "mass_strong"
            if not load_vocabulary().category_graph.parents.get(category)
            else "mass"
        ]
        formula = self._formula(category, substance, row, column)
        if formula:
            sheet.write_formula(row, column, f"={formula}", style, value)
        else:
            sheet.write_number(row, column, value, style)

    def _formula(self, category: str, substance: str, row: int, column: int) -> str:
        if substance == CO2E:
            return self.co2e(row)
        terms = [
            _cell(self.row_of[child], column) for child in self.below[category] if (child, substance) in self.values
        ]
        direct = self.own.get((category, substance))
        if direct is not None and "ok" in direct.states:
            if not self.owner.live:
                return "" if not terms else f"SUM({float(direct.emission)!r},{','.join(terms)})"
            terms.insert(0, self.owner.sum_of_lines(self.block, category, substance))
        return terms[0] if len(terms) == 1 else f"SUM({','.join(terms)})"

    def co2e(self, row: int) -> str:
        """Return the sum of the gases of a row times their GWP."""
        places = [3 + number for number, name in enumerate(self.owner.columns) if name in self._gwp]
        return "+".join(f"N({_cell(row, place)})*{xl_col_to_name(place)}${_GWP_ROW + 1}" for place in places)


def live_sums(overview: Overview, lines: int) -> bool:
    """Tell whether live sums over the lines stay quick: categories x substances x blocks x lines within bounds."""
    cells = overview.run.lines[["category", "substance"]].drop_duplicates()
    blocks = max(1, len(overview.run.keys[["region", "year"]].drop_duplicates()))
    return len(cells) * blocks * lines <= _MOST_COMPARISONS


def _named(names: Names) -> list[str]:
    return [names.words.text("heading.category"), names.other.text("heading.category")]


def _cell(row: int, column: int) -> str:
    cell: str = xl_rowcol_to_cell(row, column)
    return cell


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
