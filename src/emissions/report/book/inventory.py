"""The sheet of the inventory: category x substance, rolled up, a block for every region and year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from emissions.engine import Run
from emissions.inventory import gwp_values
from emissions.inventory.tables import with_key
from emissions.report.book.lines import CATEGORY, COUNTED, EMISSION, REGION, SUBSTANCE, YEAR, LineCells
from emissions.report.book.names import COUNTS, MEMO, Names
from emissions.report.book.style import LEVELS, Styles, page
from emissions.report.book.tree import CategoryTree, Direct
from emissions.report.tables import CO2E, Overview
from emissions.vocabulary import load_vocabulary

_GWP_ROW = 3
_FRONT = 3
"""Columns before those of the substances."""
_MOST_COMPARISONS = 30_000_000
"""Comparisons of live sums over the lines beyond which the sheet holds values, so that it opens quickly."""
Block = tuple[str, int]


@dataclass
class InventorySheet:
    """Writes the sheet; ``totals`` then holds where the total of a block and substance stands.

    Attributes
    ----------
    live
        Write the lowest categories as sums over the sheet of lines.
    """

    run: Run
    overview: Overview
    sheet: Any
    names: Names
    styles: Styles
    lines: LineCells
    live: bool
    totals: dict[tuple[str, int, str], str] = field(default_factory=dict)
    _row: int = 0

    def __post_init__(self) -> None:
        """Find the columns and weights once."""
        gases = self.overview.gases
        self.columns = [*gases, *([CO2E] if gases else []), *self.overview.pollutants]
        self.gwp = gwp_values(self.run.gwp, gases)

    def write(self) -> None:
        """Write head and blocks."""
        words = self.names.words
        page(self.sheet, [13, 40, 34, *[14] * len(self.columns)])
        self.sheet.set_row(0, 28)
        self.sheet.write_string(0, 0, words.text("report.sheet_inventory"), self.styles["title"])
        code = "report.guide_inventory" if self.live else "report.guide_inventory_values"
        self.sheet.write_string(1, 0, words.text(code), self.styles["guidance"])
        label = f"GWP · {self.run.gwp}"
        self.sheet.merge_range(_GWP_ROW, 0, _GWP_ROW, _FRONT - 1, label, self.styles["gwp_label"])
        for column, substance in enumerate(self.columns, _FRONT):
            if substance in self.gwp:
                self.sheet.write_number(_GWP_ROW, column, self.gwp[substance], self.styles["gwp"])
        self.sheet.freeze_panes(_GWP_ROW + 1, _FRONT)
        self._row = _GWP_ROW + 2
        parts = self._parts()
        for block in sorted(parts, key=lambda one: (self.overview.regions.index(one[0]), one[1])):
            self._block(block, parts[block])

    def _parts(self) -> dict[Block, pd.DataFrame]:
        """Return per block the direct emission and the states of every category, memo item and substance."""
        lines = with_key(self.run, self.run.lines, ["region", "year"])
        lines = lines.assign(emission=lines["emission"].where(lines["status"] == "ok", 0.0).fillna(0.0))
        groups = lines.groupby(["region", "year", "category", "memo", "substance"], observed=True, sort=False)
        table = groups.agg(emission=("emission", "sum"), states=("status", frozenset)).reset_index()
        blocks = table.groupby(["region", "year"], sort=False, observed=True)
        return {(str(part["region"].iloc[0]), int(part["year"].iloc[0])): part for _, part in blocks}

    # ------------------------------------------------------------------ one block

    def _block(self, block: Block, part: pd.DataFrame) -> None:
        words = self.names.words
        title = f"{words.label('regions', block[0])}  {block[1]}"
        last = _FRONT + len(self.columns) - 1
        self.sheet.merge_range(self._row, 0, self._row, last, title, self.styles["block"])
        named = [one.text("heading.category") for one in (words, self.names.other)]
        self.sheet.set_row(self._row + 1, 32)
        for column, text in enumerate([self.names.heading("code"), *named, *(f"{name}\nt" for name in self.columns)]):
            self.sheet.write_string(self._row + 1, column, text, self.styles["heading"])
        self._row += 2
        self._tree(block, part[part["memo"] == ""])
        memo = part[part["memo"] != ""]
        if len(memo):
            self.sheet.write_string(self._row, 0, words.text("report.memo"), self.styles["guidance"])
            self._row += 1
            for category in dict.fromkeys(memo["category"].astype(str)):
                self._memo_row(block, category, memo[memo["category"] == category])
        self._row += 1

    def _tree(self, block: Block, counted: pd.DataFrame) -> None:
        """Write the categories of the tree, parents as sums of what is below them, and the total."""
        own = {
            (str(row["category"]), str(row["substance"])): Direct(float(row["emission"]), row["states"])
            for row in counted.to_dict("records")
        }
        graph = load_vocabulary().category_graph
        tree = CategoryTree(own, self.gwp, graph, self.columns)
        row_of = {category: self._row + number for number, category in enumerate(tree.categories)}
        for category, row in row_of.items():
            self._labels(category, row, len(graph.ancestors(category)) - 1)
            for column, substance in enumerate(self.columns, _FRONT):
                self._cell(tree, block, category, substance, row_of, column)
        self._row += len(row_of)
        self._total(tree, block, row_of)

    def _labels(self, category: str, row: int, level: int) -> None:
        scheme, _, code = category.partition(":")
        level = min(level, LEVELS - 1)
        shown = {"IPCC2006": code, "MEMO": self.names.words.text(MEMO)}.get(scheme, category)
        self.sheet.write_string(row, 0, shown, self.styles[f"code_{level}"])
        for column, words in ((1, self.names.words), (2, self.names.other)):
            self.sheet.write_string(row, column, words.label("categories", category), self.styles[f"level_{level}"])

    def _cell(
        self, tree: CategoryTree, block: Block, category: str, substance: str, row_of: Mapping[str, int], column: int
    ) -> None:
        """Write one cell: a live sum, a notation key, or blank."""
        row, state = row_of[category], tree.states[category, substance]
        value = tree.values.get((category, substance))
        if value is None:
            style = self.styles["key_doubt" if state == "NE" else "key"]
            self.sheet.write_string(row, column, "" if state == "partial" else state, style)
            return
        strong = "mass_strong" if category in tree.tops else "mass"
        style = self.styles["mass_doubt" if state == "partial" else strong]
        formula = self._formula(tree, block, category, substance, row_of, column)
        if formula:
            self.sheet.write_formula(row, column, f"={formula}", style, value)
        else:
            self.sheet.write_number(row, column, value, style)

    def _formula(
        self, tree: CategoryTree, block: Block, category: str, substance: str, row_of: Mapping[str, int], column: int
    ) -> str:
        if substance == CO2E:
            return self._equivalent(row_of[category])
        below = tree.below[category]
        terms = [_place(row_of[child], column) for child in below if (child, substance) in tree.values]
        direct = tree.direct(category, substance)
        if direct is not None and (self.live or terms):
            terms.insert(0, self._sum_of_lines(block, category, substance) if self.live else repr(direct))
        return terms[0] if len(terms) == 1 else f"SUM({','.join(terms)})" if terms else ""

    def _total(self, tree: CategoryTree, block: Block, row_of: Mapping[str, int]) -> None:
        text = self.names.words.text("report.total")
        for column in range(_FRONT):
            self.sheet.write_string(self._row, column, text if column == 1 else "", self.styles["total"])
        for column, substance in enumerate(self.columns, _FRONT):
            if not any((top, substance) in tree.values for top in tree.tops):
                shown = "NE" if tree.doubtful(substance) else ""
                self.sheet.write_string(self._row, column, shown, self.styles["total_key"])
                continue
            tops = ",".join(_place(row_of[top], column) for top in tree.tops)
            formula = self._equivalent(self._row) if substance == CO2E else f"SUM({tops})" if tops else "0"
            style = self.styles["mass_total_doubt" if tree.doubtful(substance) else "mass_total"]
            self.sheet.write_formula(self._row, column, f"={formula}", style, tree.total(substance))
            self.totals[*block, substance] = self.names.reference("inventory", _place(self._row, column))
        self._row += 2

    def _memo_row(self, block: Block, category: str, part: pd.DataFrame) -> None:
        self._labels(category, self._row, 0)
        values = {str(row["substance"]): float(row["emission"]) for row in part.to_dict("records")}
        equivalent = sum(value * self.gwp[name] for name, value in values.items() if name in self.gwp)
        for column, substance in enumerate(self.columns, _FRONT):
            value = equivalent if substance == CO2E else values.get(substance, 0.0)
            style = self.styles["mass"]
            if not value:
                self.sheet.write_blank(self._row, column, None, style)
            elif substance == CO2E:
                self.sheet.write_formula(self._row, column, f"={self._equivalent(self._row)}", style, value)
            elif self.live:
                formula = self._sum_of_lines(block, category, substance, MEMO)
                self.sheet.write_formula(self._row, column, f"={formula}", style, value)
            else:
                self.sheet.write_number(self._row, column, value, style)
        self._row += 1

    # ------------------------------------------------------------------ formulas

    def _sum_of_lines(self, block: Block, category: str, substance: str, counts: str = COUNTS) -> str:
        """Return the sum over the sheet of lines of a category and substance."""
        words = self.names.words
        wanted = (
            (REGION, _quoted(words.label("regions", block[0]))),
            (YEAR, str(block[1])),
            (CATEGORY, _quoted(words.category(category))),
            (SUBSTANCE, _quoted(substance)),
            (COUNTED, _quoted(words.text(counts))),
        )
        conditions = ",".join(f"{self.lines.range(column)},{value}" for column, value in wanted)
        return f"SUMIFS({self.lines.range(EMISSION)},{conditions})"

    def _equivalent(self, row: int) -> str:
        """Return the sum of the gases of a row times their GWP."""
        places = [column for column, name in enumerate(self.columns, _FRONT) if name in self.gwp]
        return "+".join(f"N({_place(row, place)})*{xl_col_to_name(place)}${_GWP_ROW + 1}" for place in places)


def live_sums(overview: Overview, lines: int) -> bool:
    """Tell whether live sums over the lines stay quick: categories x substances x blocks x lines within bounds."""
    cells = overview.run.lines[["category", "substance"]].drop_duplicates()
    blocks = max(1, len(overview.run.keys[["region", "year"]].drop_duplicates()))
    return len(cells) * blocks * lines <= _MOST_COMPARISONS


def _place(row: int, column: int) -> str:
    cell: str = xl_rowcol_to_cell(row, column)
    return cell


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
