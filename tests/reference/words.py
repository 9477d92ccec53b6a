"""The tables of words, read a second time: rows of CSV files and walks up their parents."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV file, or of all CSV files of a folder."""
    paths = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    rows: list[Row] = []
    for one in paths:
        with one.open(encoding="utf-8-sig", newline="") as stream:
            rows += [{name: (text or "").strip() for name, text in row.items()} for row in csv.DictReader(stream)]
    return rows


def split(cell: str) -> list[str]:
    """Return the items of a list cell."""
    return [one.strip() for one in cell.split("|") if one.strip()]


def walk_up(word: str, parents: dict[str, list[str]]) -> list[str]:
    """Return a word and all above it: itself, then its parents in order, then theirs."""
    order = [word]
    for member in order:  # the list grows while it is walked
        order += [parent for parent in dict.fromkeys(parents.get(member, [])) if parent not in order]
    return order


class Words:
    """All tables of words in a folder."""

    def __init__(self, folder: Path) -> None:
        self.substances = [row["substance"] for row in read(folder / "substances.csv")]
        self.activities = {row["activity"]: row for row in read(folder / "activities")}
        self.categories = {f"{row['scheme']}:{row['code']}": row for row in read(folder / "categories")}
        self.regions = {row["region"]: row for row in read(folder / "regions.csv")}
        self.conditions = {row["condition"]: row["kind"] for row in read(folder / "conditions.csv")}
        self.values = read(folder / "condition_values")
        self.controls = {row["control"]: row for row in read(folder / "controls.csv")}
        self.parameters = {row["parameter"]: row for row in read(folder / "parameters.csv")}
        self.crosswalk = read(folder / "crosswalk.csv")
        self.expected = read(folder / "expected.csv")
        self.above_activity = cache(self._above({name: split(row["parents"]) for name, row in self.activities.items()}))
        self.above_region = cache(self._above({name: split(row["parents"]) for name, row in self.regions.items()}))
        self.above_category = cache(
            self._above(
                {
                    name: [f"{row['scheme']}:{row['parent']}"] if row["parent"] else []
                    for name, row in self.categories.items()
                }
            )
        )
        self.serving = cache(self._serving)
        self._above_word = {
            name: self._above({row["value"]: split(row["parents"]) for row in self.values if row["condition"] == name})
            for name in {row["condition"] for row in self.values}
        }

    @staticmethod
    def _above(parents: dict[str, list[str]]):
        return lambda word: walk_up(word, parents)

    def above_condition(self, condition: str, word: str) -> list[str]:
        """Return a word of a condition and those above it."""
        return self._above_word[condition](word) if condition in self._above_word else [word]

    def _serving(self, category: str) -> list[str]:
        """Return the categories whose rows may serve one, nearest first.

        A step up counts alike in either scheme; at equal height the own scheme comes first, then the lines of the
        crosswalk in their order.
        """
        best: dict[str, tuple[int, int, int]] = {}
        for height, own in enumerate(self.above_category(category)):
            best[own] = min(best.get(own, (99, 0, 0)), (height, 0, 0))
            lines = [row["nfr"] for row in self.crosswalk if f"IPCC2006:{row['ipcc2006']}" == own and row["nfr"]]
            for line, other in enumerate(dict.fromkeys(lines)):
                for up, code in enumerate(self.above_category(f"NFR:{other}")):
                    best[code] = min(best.get(code, (99, 0, 0)), (height + up, 1, line))
        return sorted(best, key=lambda code: best[code])

    def inherited(self, category: str, column: str) -> str:
        """Return what a category or the nearest above it says in a column."""
        said = [self.categories[one].get(column, "") for one in self.above_category(category)]
        return next((one for one in said if one), "")

    def devices(self, control: str, substance: str) -> list[str] | None:
        """Return the devices that act on a substance, published combinations in place of their parts."""
        if not control:
            return None
        present = {one.strip() for one in control.split("+")} - {"none", ""}
        for name, row in self.controls.items():
            parts = set(split(row["part_of"]))
            if parts and parts <= present and substance in split(row["acts_on"]):
                present = present - parts | {name}
        return sorted(one for one in present if substance in split(self.controls[one]["acts_on"]))

    def treats(self, device: str, stream: str) -> bool:
        """Tell whether a device treats a stream: those it names, else all but the fugitive one."""
        named = split(self.controls[device].get("streams", ""))
        return stream in named if named else stream != "fugitive"


def at_or_below(wanted: Iterable[str], above: list[str]) -> bool:
    """Tell whether one of the wanted words is among a word and those above it; true where nothing is wanted."""
    wanted = list(wanted)
    return not wanted or any(one in above for one in wanted)
