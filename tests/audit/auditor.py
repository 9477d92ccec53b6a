"""The auditor: from a result line back to the cells of the workbook and the rows of the factor tables.

It is given a run as plain dictionaries, and reads everything else itself: the cells with openpyxl, the factor rows
with csv, the cards and the set with yaml. What it computes is scalar, with units of its own.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
import yaml

from reference.equations import EQUATIONS
from reference.unit_table import convert
from reference.words import Row, Words, read, split

BASE = {"mass": "t", "energy": "TJ", "volume": "m^3", "distance": "km", "count": "unit", "area": "ha"}
CHEMICAL = {
    "chemicals", "pharmaceuticals", "chemical_fibres", "rubber_products", "plastic_products",
    "rubber_and_plastic_products",
}  # fmt: skip

Record = dict[str, Any]


@dataclass
class Exported:
    """A run as plain dictionaries."""

    lines: list[Record]
    keys: list[Record]
    rows: list[Record]
    sources: list[Record]
    parents: list[Record]
    matches: list[Record]
    measured: list[Record]
    strata: list[Record]
    key_of_row: list[int]


@dataclass
class Auditor:
    """Recomputes lines of one run."""

    run: Exported
    books: dict[str, Path]
    root: Path
    set_name: str
    seen: set[str] = field(default_factory=set)
    """What was followed at least once, so that a test can tell that it was."""

    def audit(self, number: int) -> tuple[float, float]:
        """Return implied factor and emission of a line, from cells and factor rows only."""
        line = self.run.lines[number]
        key = self.run.keys[line["key"]]
        rows = [row for row, of in zip(self.run.rows, self.run.key_of_row, strict=True) if of == line["key"]]
        quantity = math.fsum(self.quantity(row) for row in rows)
        implied = self.implied(number, line, key)
        return implied, quantity * implied

    # ---------------------------------------------------------------- quantities

    def quantity(self, row: Record) -> float:
        """Return the quantity of a row in its base unit, from its cell or from those of its parents."""
        links = self._links.get(row["activity_id"])
        if not links:
            return self.printed(row)
        kinds = {self._kind(link) for link in links}
        assert len(kinds) == 1, kinds
        kind = kinds.pop()
        self.seen.add(kind)
        if kind == "net_feedstock":
            return self._netted(row, links)
        (link,) = links
        parent = self._source(link["parent_id"])
        share = self._stratum(link["why"])["share"] if kind == "control_strata" else self._mix_share(row, parent)
        assert link["coefficient"] == _close(share), (row["activity_id"], link["coefficient"], share)
        return share * self.quantity(parent)

    def printed(self, row: Record) -> float:
        """Return the quantity as it stands in its cell, converted."""
        text = str(row["quantity_as_printed"])
        base = BASE[row["dimension"]]
        number = _number(self.cell(row))
        if "×" in text:
            self.seen.add("distance")
            stock, mileage = text.split("×")
            each = re.fullmatch(r"\s*([\d.,e+]+)\s*(.*)", mileage)
            assert each is not None, text
            assert _number(each[1]) in [_number(one) for one in self.line_of_cells(row) if _is_number(one)]
            unit = re.fullmatch(r"\s*[\d.,e+]+\s*(.*)", stock)
            assert unit is not None, text
            vehicles = convert(number, self.expression(unit[1].strip()), "unit")
            return vehicles * convert(_number(each[1]), self.expression(each[2].strip()), "km")
        unit = str(row["unit_as_printed"])
        assert self._unit_stands_there(row, unit), (row["activity_id"], unit)
        value = convert(number, self.expression(unit), base)
        return abs(value) if row["use"] != "recovery" else -abs(value)

    def _kind(self, link: Record) -> str:
        if link["why"] == "net_feedstock":
            return "net_feedstock"
        return "control_strata" if "!" in link["why"] else "mix"

    def _netted(self, row: Record, links: list[Record]) -> float:
        """Return what the raw material leaves of a row of final consumption."""
        parents = {link["parent_id"]: self._source(link["parent_id"]) for link in links}
        own = parents[row["activity_id"].removesuffix(" net")]
        size = {identity: self.quantity(parent) for identity, parent in parents.items()}
        used = math.fsum(size[one] for one, parent in parents.items() if parent["use"] == "feedstock")
        burnt = {one: parent for one, parent in parents.items() if parent["use"] == "combustion"}
        chemical = {one for one, parent in burnt.items() if parent["branch"] in CHEMICAL}
        if own["branch"] not in CHEMICAL and chemical:
            taken = used - math.fsum(size[one] for one in chemical)
            group = set(burnt) - chemical
        else:
            taken, group = used, set(burnt)
        quantity = size[own["activity_id"]] * max(0.0, 1 - taken / math.fsum(size[one] for one in group))
        total = math.fsum(link["coefficient"] * size[link["parent_id"]] for link in links)
        assert total == _close(quantity, absolute=1e-9 * math.fsum(size.values()))
        return quantity

    def _mix_share(self, row: Record, parent: Record) -> float:
        """Return the published share of a kind, with the remainder where the set gives it to this kind."""
        (mix,) = [one for one in self.set["mixes"] if one["activity"] == parent["activity"]]
        siblings = [link for link in self.run.parents if link["parent_id"] == parent["activity_id"]]
        shares = {}
        for link in siblings:
            child = self._known[link["activity_id"]]["activity"]
            found = self._factors.get(link["why"])
            shares[child] = convert(float(found["value"]), found["unit"], "1") if found else 0.0
            assert found is None or found[mix["child"]] == child
        left = 1 - math.fsum(shares.values()) if row["activity"] == mix.get("remainder") else 0.0
        return shares[row["activity"]] + left

    def _stratum(self, place: str) -> Record:
        """Return share and rates of a stratum from the cells of its row."""
        sheet, cell = place.rsplit("!", 1)
        (stratum,) = [one for one in self.run.strata if (one["sheet"], one["cell"]) == (sheet, cell)]
        cells = self._headed(stratum)
        found = {"share": self._percent(cells, "占比", "share")}
        for name, words in (
            ("collection_efficiency", ("收集率", "collection")),
            ("operating_rate", ("运行率", "operating")),
        ):
            found[name] = self._percent(cells, *words)
        return found

    def _percent(self, cells: dict[str, Any], *words: str) -> float:
        """Return a share from the column whose heading has one of the words; a heading with % is in percent."""
        for heading, value in cells.items():
            if any(word in heading.lower() for word in words):
                if value is None or str(value).strip() == "":
                    return 1.0
                text = str(value).strip()
                return _number(text.rstrip("%")) / (100 if "%" in heading or text.endswith("%") else 1)
        return 1.0

    # ---------------------------------------------------------------- implied factors

    def implied(self, number: int, line: Record, key: Record) -> float:
        """Return the implied factor of a line: the card's equation on its arguments."""
        card = self.cards[line["card"]]
        returns, units, function = EQUATIONS[card["formula"]]
        per = f"({BASE[key['dimension']]})"
        found: dict[str, list[Record]] = defaultdict(list)
        for match in self._matches[number]:
            found[match["argument"]].append(match)
        values = {}
        for name, unit in units.items():
            body = card["parameters"][name] or {}
            if body.get("combine") == "series":
                values[name] = self._removal(
                    found[name], key, body.get("substance") or line["substance"], card["stream"]
                )
            else:
                (match,) = found[name]
                values[name] = self.value(match, unit.replace("{per}", per))
        target = f"t/({per}*a)" if returns.endswith("*a)") else f"t/{per}"
        return convert(function(**values), returns.replace("{per}", per), target) * card.get("sign", 1)

    def _removal(self, matches: list[Record], key: Record, substance: str, stream: str) -> float:
        """Return 1 - product(1 - efficiency x collection x operating rate) over the devices of the key."""
        if [match for match in matches if match["measured_id"]]:
            (match,) = matches
            return self.value(match, "1")
        devices = [one for one in self.words.devices(key["control"], substance) or [] if self.words.treats(one, stream)]
        assert sorted(match["device"] for match in matches) == devices, (key["control"], substance)
        rate = self._rate(key)
        return 1 - math.prod(1 - self.value(match, "1") * rate for match in matches)

    def _rate(self, key: Record) -> float:
        """Return collection efficiency x operating rate, from the stratum of the rows of the key."""
        stated = [key[name] for name in ("collection_efficiency", "operating_rate") if key[name] == key[name]]
        if not stated:
            return 1.0
        self.seen.add("rates")
        number = self.run.keys.index(key)
        row = next(row for row, of in zip(self.run.rows, self.run.key_of_row, strict=True) if of == number)
        stratum = next(self._stratum(link["why"]) for link in self._chain(row) if "!" in link["why"])
        rate = stratum["collection_efficiency"] * stratum["operating_rate"]
        assert math.prod(stated) == _close(rate)
        return rate

    def _chain(self, row: Record) -> list[Record]:
        """Return all links from a row up to its cells."""
        links = self._links.get(row["activity_id"], [])
        return [*links, *(one for link in links for one in self._chain(self._source(link["parent_id"])))]

    def value(self, match: Record, unit: str) -> float:
        """Return the value of an argument, from its factor row or from the cell where it was measured."""
        if match["measured_id"]:
            self.seen.add("measured")
            (measured,) = [one for one in self.run.measured if one["measured_id"] == match["measured_id"]]
            cells = self._headed(measured)
            (printed,) = [
                str(text)
                for heading, text in cells.items()
                if re.search(r"单位\s*$|单位\n|^unit|unit$", heading.lower())
            ]
            value = convert(_number(self.cell(measured)), self.expression(printed), unit)
        else:
            self.seen.add("published")
            factor = self._factors[match["factor_id"]]
            value = convert(float(factor["value"]), factor["unit"], unit)
        assert match["value"] == _close(value), (match, value)
        return value

    # ---------------------------------------------------------------- workbook

    def cell(self, place: Record) -> Any:
        """Return what stands in the cell of a row."""
        if self.books[place["file"]].suffix == ".csv":
            letters = re.sub(r"\d", "", place["cell"])
            return self._grid(place)[place["row"] - 1][openpyxl.utils.column_index_from_string(letters) - 1]
        return self._sheet(place)[place["cell"]].value

    def line_of_cells(self, place: Record) -> list[Any]:
        """Return all cells of the sheet's line in which a row stands."""
        return list(self._grid(place)[_line_number(place) - 1])

    def _headed(self, place: Record) -> dict[str, Any]:
        """Return the cells of a row by their headings."""
        grid = self._grid(place)
        row = _line_number(place)
        for above in range(row - 2, -1, -1):
            texts = [str(one or "") for one in grid[above]]
            if (
                any(re.search(r"数值|参数值|占比|value|share", text.lower()) for text in texts)
                and sum(map(bool, texts)) > 2
            ):
                return {text: value for text, value in zip(texts, grid[row - 1], strict=False) if text}
        raise AssertionError(f"no headings above {place}")

    def _sheet(self, place: Record) -> Any:
        return self._open[place["file"]][place["sheet"]]

    def _grid(self, place: Record) -> list[tuple[Any, ...]]:
        name = (place["file"], place["sheet"])
        if name not in self._grids:
            path = self.books[place["file"]]
            if path.suffix == ".csv":
                with path.open(encoding="utf-8", newline="") as stream:
                    self._grids[name] = [tuple(row) for row in csv.reader(stream)]
            else:
                self._grids[name] = [tuple(row) for row in self._sheet(place).iter_rows(values_only=True)]
        return self._grids[name]

    @cached_property
    def _grids(self) -> dict[tuple[str, str], list[tuple[Any, ...]]]:
        return {}

    @cached_property
    def _open(self) -> dict[str, Any]:
        return {
            name: openpyxl.load_workbook(path, data_only=True)
            for name, path in self.books.items()
            if path.suffix != ".csv"
        }

    def _unit_stands_there(self, place: Record, unit: str) -> bool:
        """Tell whether the unit stands in the line of the row or above its cell."""
        letters = re.sub(r"\d", "", place["cell"])
        column = openpyxl.utils.column_index_from_string(letters) - 1
        above = [row[column] for row in self._grid(place)[: _line_number(place)] if column < len(row)]
        return any(unit in str(one) for one in [*self.line_of_cells(place), *above] if one is not None)

    def expression(self, text: str) -> str:
        """Return the unit expression of a spelling."""
        return self._units[_plain(text)]

    # ---------------------------------------------------------------- printed tables

    @cached_property
    def words(self) -> Words:
        """Return the tables of words."""
        return Words(self.root / "src" / "emissions" / "vocabulary" / "data")

    @cached_property
    def cards(self) -> dict[str, Record]:
        """Return the cards by id."""
        folder = self.root / "src" / "emissions" / "methods" / "cards"
        cards = [card for path in sorted(folder.glob("*.yaml")) for card in yaml.safe_load(path.read_text("utf-8"))]
        return {card["id"]: card for card in cards}

    @cached_property
    def set(self) -> Record:
        """Return the factor set."""
        path = self.root / "factors" / "sets" / f"{self.set_name}.yaml"
        found: Record = yaml.safe_load(path.read_text(encoding="utf-8"))
        return found

    @cached_property
    def _factors(self) -> dict[str, Row]:
        """Return the printed factor rows of the set's packages by id."""
        found: dict[str, Row] = {}
        for pin in self.set["packages"]:
            folder = self.root / "factors" / "packages" / pin["package"] / pin["version"]
            for path in sorted(folder.glob("*.csv")):
                table = read(path)
                if table and "parameter" in table[0] and not path.name.startswith("excluded"):
                    for row in table:
                        assert row["factor_id"] not in found
                        found[row["factor_id"]] = row
        return found

    @cached_property
    def _units(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for row in read(self.root / "src" / "emissions" / "vocabulary" / "data" / "units.csv"):
            for text in (row["unit"], row["label_zh"], *split(row["aliases"])):
                found.setdefault(_plain(text), row["expression"])
        for row in read(self.root / "src" / "emissions" / "vocabulary" / "data" / "parameters.csv"):
            if "{per}" not in row["unit"]:
                found.setdefault(_plain(row["unit"]), row["unit"])
        return found

    # ---------------------------------------------------------------- joins of the run

    @cached_property
    def _known(self) -> dict[str, Record]:
        return {row["activity_id"]: row for row in (*self.run.sources, *self.run.rows)}

    @cached_property
    def _links(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = defaultdict(list)
        for link in self.run.parents:
            found[link["activity_id"]].append(link)
        return found

    @cached_property
    def _matches(self) -> dict[int, list[Record]]:
        found: dict[int, list[Record]] = defaultdict(list)
        for match in self.run.matches:
            found[match["line"]].append(match)
        return found

    def _source(self, identity: str) -> Record:
        return self._known[identity]


class _Close(float):
    """A number that equals another to 1e-12 of itself."""

    absolute = 0.0
    __hash__ = float.__hash__

    def __eq__(self, other: object) -> bool:
        return math.isclose(float(self), float(other), rel_tol=1e-12, abs_tol=self.absolute)  # type: ignore[arg-type]


def _close(value: float, *, absolute: float = 0.0) -> _Close:
    found = _Close(value)
    found.absolute = absolute
    return found


def _line_number(place: Record) -> int:
    return int(re.sub(r"\D", "", place["cell"]))


def _is_number(value: object) -> bool:
    try:
        _number(value)
    except ValueError:
        return False
    return value is not None


def _number(value: object) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    found = re.fullmatch(r"\s*(-?[\d.]+(?:e[+-]?\d+)?)\s*[^\d.]*", str(value).replace(",", ""))
    if found is None:
        raise ValueError(f"no number: {value!r}")
    return float(found[1])


def _plain(text: str) -> str:
    half = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in half if not letter.isspace() and letter not in "_-")
