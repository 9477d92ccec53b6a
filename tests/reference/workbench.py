"""Small activity tables and factor libraries for tests, with as little around them as the engine allows."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from emissions.activity.table import (
    MEASURED_COLUMNS,
    ROW_COLUMNS,
    SELECTOR_COLUMNS,
    STRATA_COLUMNS,
    ActivityTable,
)
from emissions.engine import Run, calculate
from emissions.factors import FactorLibrary, load_factors
from emissions.methods import Card
from emissions.vocabulary import load_vocabulary

FACTOR_COLUMNS = (
    "factor_id", "scheme", "category", "activity", "substance", "stream", "parameter", "value", "unit",
    "expressed_as", "low", "high", "confidence", "tier", "basis", "control", "region", "valid_from", "valid_to",
    "bundle", "source", "locator", "grade", "note", "printed",
)  # fmt: skip
COAL = {
    "region": "150600",
    "year": 2020,
    "category": "IPCC2006:1A1ai",
    "activity": "lignite",
    "use": "combustion",
    "dimension": "mass",
    "control": "",
    "quantity": 100.0,
    "unit": "t",
}
_UNITS = {"mass": "t", "energy": "TJ", "volume": "m^3", "distance": "km", "count": "unit", "area": "ha"}

Item = Mapping[str, Any]


def activity_table(*items: Item, measured: Sequence[Item] = (), strata: Sequence[Item] = ()) -> ActivityTable:
    """Return a table; what an item does not say is 100 t of lignite burnt in a power plant in 150600 in 2020."""
    return ActivityTable(
        frame(items),
        measured=_selected(measured, MEASURED_COLUMNS, "measured_id"),
        strata=_selected(strata, STRATA_COLUMNS, "stratum_id"),
    )


def frame(items: Iterable[Item]) -> pd.DataFrame:
    """Return rows of an activity table."""
    rows = []
    for number, item in enumerate(items):
        row: dict[str, Any] = {
            **COAL,
            "activity_id": f"r{number}",
            "quantity_as_printed": "",
            "unit_as_printed": "",
            "low": np.nan,
            "high": np.nan,
            "facility": "",
            "data_source": "",
            "file": "book.xlsx",
            "sheet": "sheet",
            "row": number + 2,
            "cell": f"D{number + 2}",
            "notation": "",
            **item,
        }
        rows.append(row | {"unit": _UNITS[row["dimension"]]})
    conditions = [name for name in load_vocabulary().conditions if any(name in row for row in rows)]
    table = pd.DataFrame(rows, columns=[*ROW_COLUMNS, *conditions])
    words = [name for name in conditions if load_vocabulary().conditions[name]["kind"] != "number"]
    return table.assign(**{name: table[name].fillna("") for name in words}).astype({"quantity": np.float64})


def _selected(items: Sequence[Item], columns: Sequence[str], identity: str) -> pd.DataFrame:
    numbers = {"value", "low", "high", "share", "collection_efficiency", "operating_rate"}
    rows = [
        {name: np.nan if name in numbers else "" for name in (*columns, *SELECTOR_COLUMNS)}
        | {"sheet": "side", "cell": f"C{number + 2}", "row": number + 2, identity: f"{identity[0]}{number}", **item}
        for number, item in enumerate(items)
    ]
    return pd.DataFrame(rows, columns=[*columns, *SELECTOR_COLUMNS])


def factor(factor_id: str, value: float, unit: str, **fields: Any) -> dict[str, str]:
    """Return a factor row; what is not said is blank, the grade is A, the parameter an emission factor of CO2."""
    row = dict.fromkeys(FACTOR_COLUMNS, "")
    row |= {"factor_id": factor_id, "value": repr(value), "unit": unit, "grade": "A", "source": "s", "locator": "l"}
    row |= {"parameter": "emission_factor", "substance": "CO2"} | {name: str(one) for name, one in fields.items()}
    if row["category"]:
        row["scheme"], row["category"] = row["category"].split(":")
    return row


def write_library(root: Path, packages: Mapping[str, Sequence[Mapping[str, str]]], **chosen: Any) -> Path:
    """Write packages and a set ``small`` below ``root`` and return it; without a rule, packages in their order."""
    for name, rows in packages.items():
        folder = root / "packages" / name / "1.0"
        folder.mkdir(parents=True, exist_ok=True)
        extra = sorted({column for row in rows for column in row} - set(FACTOR_COLUMNS))
        tables = {
            "factors.csv": _csv([*FACTOR_COLUMNS, *extra], rows),
            "sources.csv": _csv(["source_id", "title"], [{"source_id": "s", "title": "Source"}]),
        }
        for path, content in tables.items():
            (folder / path).write_bytes(content)
        resources = [
            {"name": Path(path).stem, "path": path, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
            for path, content in tables.items()
        ]
        described = {"name": name, "version": "1.0", "resources": resources}
        (folder / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    sets = root / "sets"
    sets.mkdir(exist_ok=True)
    small = {
        "name": "small",
        "date": "2026-01-01",
        "title": {"zh": "小", "en": "small"},
        "gwp": "AR5GWP100",
        "packages": [{"package": name, "version": "1.0"} for name in packages],
        "prefer": [{"order": list(packages)}],
        "methods": [],
        **chosen,
    }
    (sets / "small.yaml").write_text(yaml.safe_dump(small, allow_unicode=True), encoding="utf-8")
    return root


def library(root: Path, *rows: Mapping[str, str], **chosen: Any) -> FactorLibrary:
    """Return the library of one package ``one`` with these rows."""
    return load_factors("small", root=write_library(root, {"one": rows}, **chosen))


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def card(name: str, **fields: Any) -> Card:
    """Return a card: the emission factor of a fuel burnt, as it is, of CO2, unless said otherwise."""
    body: dict[str, Any] = {
        "id": name,
        "title": {"zh": name, "en": name},
        "formula": "direct",
        "tier": 1,
        "categories": ["IPCC2006:1A"],
        "activities": ["fuels"],
        "uses": ["combustion"],
        "dimensions": ["mass"],
        "substances": ["CO2"],
        "stream": "combustion",
        "parameters": {"emission_factor": {}},
        "example": {"per": "mass", "given": {"emission_factor": 1}, "gives": 1, "kind": "derived by hand"},
    }
    return Card.model_validate(body | fields)


def run(table: ActivityTable, factors: FactorLibrary, *cards: Card, **options: Any) -> Run:
    """Return the calculation with these cards only (all of the package if none is given)."""
    return calculate(table, factors, cards={one.id: one for one in cards} or None, **options)


def line(result: Run, substance: str = "CO2", key: int = 0, stream: str | None = None) -> pd.Series:
    """Return the one line of a key and substance."""
    lines = result.lines[(result.lines["substance"] == substance) & (result.lines["key"] == key)]
    if stream is not None:
        lines = lines[lines["stream"] == stream]
    assert len(lines) == 1, lines
    return lines.iloc[0]


def chosen_factor(result: Run, substance: str = "CO2", key: int = 0) -> list[str]:
    """Return the ids of the factor rows behind a line, sorted."""
    number = line(result, substance, key).name
    rows = result.matches.loc[(result.matches["line"] == number) & (result.matches["origin"] == 0), "row"]
    return sorted(result.library.rows["factor_id"].iloc[rows.astype(int)])
