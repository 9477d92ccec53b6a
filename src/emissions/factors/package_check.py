"""Checks of a factor package: descriptor, columns, words, numbers, units, ranges, ties, hashes; all at once."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emissions.errors import Problem
from emissions.factors.common_unit import common_unit
from emissions.factors.library import BASE_COLUMNS, GRADES
from emissions.factors.match import inside
from emissions.factors.seal import DESCRIPTOR, digest
from emissions.units import BASE_UNITS, convertible, per
from emissions.vocabulary import Vocabulary, load_vocabulary

Row = Mapping[str, str]

_REQUIRED = ("factor_id", "parameter", "value", "unit", "source", "locator", "grade")
_WORDS = {"activity": "activities", "substance": "substances", "parameter": "parameters", "region": "regions"}
_BASES = ("", "before_control", "after_control", "as_published")
_NOT_MATCHED = (
    "factor_id",
    "value",
    "low",
    "high",
    "confidence",
    "tier",
    "unit",
    "expressed_as",
    "bundle",
    "source",
    "locator",
    "grade",
    "note",
    "printed",
)
"""Columns that do not tell two rows apart for a key."""
_DESCRIBED = ("name", "version", "title", "licenses", "sources", "resources")


@dataclass(frozen=True)
class Table:
    """One CSV file of the folder."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def check_package(folder: Path) -> tuple[list[Problem], int]:
    """Return the problems of a package folder and the number of its factor rows."""
    try:
        described = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [Problem("package_descriptor_missing", file=str(folder / DESCRIPTOR))], 0
    except ValueError as error:
        return [Problem("package_descriptor_unreadable", file=DESCRIPTOR, found=str(error))], 0
    tables = [_table(path) for path in sorted(folder.glob("*.csv"))]
    factors = [one for one in tables if "factor_id" in one.columns and not one.name.startswith("excluded")]
    words = load_vocabulary()
    problems = [*_descriptor(folder, described, tables)]
    if not factors:
        problems.append(Problem("package_no_factors", file=str(folder)))
    sources = {row["source_id"] for one in tables if "source_id" in one.columns for row in one.rows}
    for table in factors:
        problems += _columns(table, words)
        for number, row in enumerate(table.rows, 2):
            problems += _located(_row(row, sources, words), table.name, number)
    problems += _identity(tables, factors)
    problems += _ties(factors, words)
    return problems, sum(len(one.rows) for one in factors)


def _table(path: Path) -> Table:
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    rows = tuple({name: (value or "").strip() for name, value in row.items() if name is not None} for row in reader)
    return Table(path.name, tuple(reader.fieldnames or ()), rows)


def _located(problems: Iterator[Problem], file: str, row: int) -> Iterator[Problem]:
    for problem in problems:
        yield Problem(
            problem.code,
            problem.level,
            file=file,
            row=row,
            found=problem.found,
            allowed=problem.allowed,
            nearest=problem.nearest,
            facts=problem.facts,
        )


# ---------------------------------------------------------------- the folder


def _descriptor(folder: Path, described: Mapping[str, Any], tables: Sequence[Table]) -> Iterator[Problem]:
    for name in _DESCRIBED:
        if not described.get(name):
            yield Problem("package_descriptor_field", file=DESCRIPTOR, found=name)
    name, version = str(described.get("name", "")), str(described.get("version", ""))
    if (folder.resolve().parent.name, folder.resolve().name) != (name, version):
        yield Problem(
            "package_folder_name",
            file=DESCRIPTOR,
            found=f"{folder.resolve().parent.name}/{folder.resolve().name}",
            allowed=f"{name}/{version}",
        )
    listed = {str(one.get("path")): str(one.get("hash", "")) for one in described.get("resources", ())}
    for path, sealed in listed.items():
        if not (folder / path).is_file():
            yield Problem("package_table_missing", file=path)
        elif digest((folder / path).read_bytes()) != sealed:
            yield Problem("package_changed", file=path)
    for table in tables:
        if table.name not in listed:
            yield Problem("package_table_unlisted", file=table.name)


def _columns(table: Table, words: Vocabulary) -> Iterator[Problem]:
    for name in BASE_COLUMNS:
        if name not in table.columns:
            yield Problem("package_column", file=table.name, found=name)
    for name in table.columns:
        if name not in BASE_COLUMNS and name not in words.conditions:
            yield Problem("package_column_unknown", file=table.name, found=name)


def _identity(tables: Sequence[Table], factors: Sequence[Table]) -> Iterator[Problem]:
    counts = Counter(row["factor_id"] for table in factors for row in table.rows)
    for factor, count in counts.items():
        if count > 1:
            yield Problem("factor_id_twice", file=factors[0].name, found=factor)
    for table in tables:
        if table.name.startswith("excluded"):
            for row in table.rows:
                if row.get("factor_id") in counts:
                    yield Problem("excluded_and_used", file=table.name, found=row["factor_id"])


def _ties(factors: Sequence[Table], words: Vocabulary) -> Iterator[Problem]:
    """Rows of one package that fit the same keys equally well."""
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for table in factors:
        for number, row in enumerate(table.rows, 2):
            matched = tuple(sorted((name, value) for name, value in row.items() if name not in _NOT_MATCHED and value))
            dimension = (
                common_unit(row["unit"], row["parameter"])[0]
                if row.get("parameter") in words.parameters
                else row.get("unit", "")
            )
            known = seen.setdefault((*matched, ("unit", dimension)), row["factor_id"])
            if known != row["factor_id"]:
                yield Problem("factor_tie", file=table.name, row=number, found=row["factor_id"], facts={"other": known})


# ---------------------------------------------------------------- one row


def _row(row: Row, sources: set[str], words: Vocabulary) -> Iterator[Problem]:
    factor = {"factor": row.get("factor_id", "")}
    for name in _REQUIRED:
        if not row.get(name):
            yield Problem("factor_blank", facts={**factor, "column": name})
    yield from _words(row, words, factor)
    if row.get("source") and row["source"] not in sources:
        yield Problem("factor_source", found=row["source"], facts=factor)
    numbers = {}
    for name in ("value", "low", "high", "valid_from", "valid_to"):
        text = row.get(name, "")
        if text:
            numbers[name] = _number(text)
            if math.isnan(numbers[name]):
                yield Problem("factor_number", found=text, facts={**factor, "column": name})
    yield from _sizes(row, numbers, words, factor)


def _words(row: Row, words: Vocabulary, factor: Mapping[str, str]) -> Iterator[Problem]:
    for name, table in _WORDS.items():
        if row.get(name) and row[name] not in getattr(words, table):
            yield _unknown(name, row[name], _nearest(table, row[name], words), factor)
    if row.get("category") and f"{row.get('scheme')}:{row['category']}" not in words.categories:
        yield _unknown("category", f"{row.get('scheme')}:{row['category']}", "", factor)
    for device in row.get("control", "").split("+"):
        if device and device not in words.controls:
            yield _unknown("control", device, _nearest("controls", device, words), factor)
    for name, allowed in (("basis", _BASES), ("grade", ("", *GRADES))):
        if row.get(name, "") not in allowed:
            yield Problem(
                "factor_word",
                found=row[name],
                allowed=", ".join(filter(None, allowed)),
                facts={**factor, "column": name},
            )
    yield from _conditions(row, words, factor)


def _conditions(row: Row, words: Vocabulary, factor: Mapping[str, str]) -> Iterator[Problem]:
    for name, condition in words.conditions.items():
        value = row.get(name, "")
        if not value:
            continue
        if condition["kind"] == "number":
            if not _interval(value):
                yield Problem("factor_interval", found=value, facts={**factor, "column": name})
        elif name in words.condition_values and value not in words.condition_values[name]:
            yield _unknown(name, value, _nearest(name, value, words), factor)


def _sizes(row: Row, numbers: Mapping[str, float], words: Vocabulary, factor: Mapping[str, str]) -> Iterator[Problem]:
    """Unit, range of the parameter after conversion, own bounds."""
    parameter = words.parameters.get(row.get("parameter", ""))
    value = numbers.get("value", math.nan)
    if parameter is None or not row.get("unit"):
        return
    targets = [per(parameter["unit"], dimension) for dimension in BASE_UNITS]
    if not any(convertible(row["unit"], target) for target in targets):
        yield Problem(
            "factor_unit",
            found=row["unit"],
            facts={**factor, "parameter": parameter["parameter"], "unit": parameter["unit"]},
        )
        return
    _, scaled = common_unit(row["unit"], parameter["parameter"])
    low, high = (float(parameter[name]) if parameter[name] else math.nan for name in ("minimum", "maximum"))
    if value * scaled < low or value * scaled > high:
        allowed = f"{parameter['minimum'] or '-inf'} – {parameter['maximum'] or 'inf'} {parameter['unit']}"
        yield Problem(
            "factor_range",
            found=f"{value * scaled:g}",
            allowed=allowed,
            facts={**factor, "parameter": parameter["parameter"]},
        )
    if value < numbers.get("low", -math.inf) or value > numbers.get("high", math.inf):
        yield Problem(
            "factor_bounds",
            level="warning",
            found=f"{value:g}",
            facts={**factor, "low": row.get("low", ""), "high": row.get("high", "")},
        )


def _unknown(column: str, value: str, nearest: str, factor: Mapping[str, str]) -> Problem:
    return Problem("factor_word", found=value, nearest=nearest, facts={**factor, "column": column})


def _nearest(table: str, text: str, words: Vocabulary) -> str:
    spelling = words.nearest(table, text)
    return words.aliases[table][spelling] if spelling else ""


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _interval(text: str) -> bool:
    try:
        inside(np.array([0.0]), text)
    except ValueError:
        return False
    return True
