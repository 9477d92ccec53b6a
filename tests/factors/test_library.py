"""A factor package that cannot be read is one report, whatever is wrong with it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from emissions.errors import PackageError
from emissions.factors import load_factors
from emissions.factors.seal import seal
from emissions.vocabulary import describe
from reference.workbench import factor, write_library


def sealed_otherwise(folder: Path) -> None:
    """Write the hash of the table into the descriptor, as another program may do that does not look at rows."""
    path = folder / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    digest = hashlib.sha256((folder / "factors.csv").read_bytes()).hexdigest()
    described["resources"][0]["hash"] = f"sha256:{digest}"
    path.write_text(json.dumps(described), encoding="utf-8")


def test_a_row_with_a_field_too_many_is_told_with_its_table(tmp_path: Path) -> None:
    rows = [factor("a", 1.0, "t/t"), factor("b", 1.0, "t/t")]
    root = write_library(tmp_path, {"one": rows, "two": rows[:1]})
    for name in ("one", "two"):
        table = root / "packages" / name / "1.0" / "factors.csv"
        table.write_text(table.read_text(encoding="utf-8").rstrip("\n") + ",more\n", encoding="utf-8")
    with pytest.raises(PackageError) as refused:
        seal(root / "packages" / "one" / "1.0")
    assert [(one.code, one.file, one.row) for one in refused.value.problems] == [
        ("package_row_fields", "factors.csv", 3)
    ]
    sealed_otherwise(root / "packages" / "one" / "1.0")
    with pytest.raises(PackageError) as caught:
        load_factors("small", root=root)
    found = caught.value.problems
    assert [(one.code, one.file) for one in found] == [
        ("package_table_torn", "one/1.0/factors.csv"),
        ("package_changed", "two/1.0/factors.csv"),
        ("package_table_torn", "two/1.0/factors.csv"),
    ]
    assert describe(found[0], "en").startswith("one/1.0/factors.csv: the table cannot be read: Error tokenizing data")
    assert found[2].found == "every row has more fields than there are headings"
