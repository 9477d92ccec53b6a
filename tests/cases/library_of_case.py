"""A factor package and a set of its own for a published case, made in a temporary folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from emissions.factors import FactorLibrary, load_factors
from emissions.factors.library import BASE_COLUMNS
from emissions.factors.seal import seal
from emissions.methods import load_cards


def library_of(
    base: Path,
    name: str,
    rows: Sequence[Mapping[str, str]],
    *,
    cards: Sequence[str],
    conditions: Sequence[str] = (),
    choices: Mapping[str, str] | None = None,
) -> FactorLibrary:
    """Write factor rows as a package and a set that has it alone, and load both.

    Parameters
    ----------
    base
        Folder for the package and the set.
    rows
        Rows of the package; a column that a row does not have is blank.
    cards
        Order of methods of the set; no other card serves.
    conditions
        Condition columns of the package.
    choices
        Accounting choices of the set.
    """
    folder = base / name / "1.0"
    folder.mkdir(parents=True)
    write_table(folder / "factors.csv", [*BASE_COLUMNS, *conditions], rows)
    write_table(folder / "sources.csv", ["source_id", "title"], [{"source_id": name, "title": "published case"}])
    (folder / "datapackage.json").write_text(json.dumps({"name": name, "version": "1.0"}), encoding="utf-8")
    seal(folder)
    chosen: dict[str, Any] = {
        "name": name, "date": "2026-01-01", "title": {"zh": "算例", "en": "case"}, "gwp": "AR5GWP100",
        "packages": [{"package": name, "version": "1.0"}], "prefer": [{"order": [name]}],
        "methods": [{"order": list(cards), "never": sorted(set(load_cards()) - set(cards))}],
        "choices": dict(choices or {}),
    }  # fmt: skip
    path = base / f"{name}.yaml"
    path.write_text(yaml.safe_dump(chosen, allow_unicode=True), encoding="utf-8")
    return load_factors(path, extra=[base])


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write a CSV file; a column that a row does not have is blank."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
