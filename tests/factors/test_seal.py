"""Sealing: what a person wrote is kept, what follows from the tables is written anew."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import frictionless
import pytest

from emissions.errors import PackageError
from emissions.factors.seal import seal, sealed

FACTORS = """factor_id,parameter,value,unit,feedstock,source,locator,grade
a,emission_factor,1.5,t/t,coal,s,Table 1,A
"""
SOURCES = "source_id,title\ns,A source\n"
WRITTEN = {
    "name": "example",
    "version": "1.0",
    "title": "示例",
    "created": "2026-01-01T00:00:00Z",
    "resources": [{"path": "factors.csv", "title": "因子"}, {"path": "gone.csv", "title": "gone"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "factors.csv").write_text(FACTORS, encoding="utf-8")
    (tmp_path / "sources.csv").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "datapackage.json").write_text(json.dumps(WRITTEN), encoding="utf-8")
    return tmp_path


def described(folder: Path) -> dict[str, object]:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def test_a_sealed_folder_is_a_valid_data_package(folder: Path) -> None:
    seal(folder)
    assert frictionless.Package(str(folder / "datapackage.json")).validate().valid


def test_size_and_hash_are_those_of_the_tables(folder: Path) -> None:
    seal(folder)
    raw = (folder / "factors.csv").read_bytes()
    resource = described(folder)["resources"][0]
    assert (resource["bytes"], resource["hash"]) == (len(raw), f"sha256:{hashlib.sha256(raw).hexdigest()}")


def test_what_a_person_wrote_is_kept_and_tables_that_are_gone_are_not(folder: Path) -> None:
    seal(folder)
    made = described(folder)
    assert {name: made[name] for name in ("name", "version", "title", "created")} == {
        name: WRITTEN[name] for name in ("name", "version", "title", "created")
    }
    assert [(one["path"], one.get("title")) for one in made["resources"]] == [
        ("factors.csv", "因子"),
        ("sources.csv", None),
    ]


def test_titles_of_conditions_are_taken_and_stay(folder: Path) -> None:
    seal(folder, {"feedstock": ("原料", "feedstock")})
    seal(folder)
    fields = {field["name"]: field for field in described(folder)["resources"][0]["schema"]["fields"]}
    assert (fields["feedstock"]["title"], fields["feedstock"]["title_en"]) == ("原料", "feedstock")
    assert fields["value"]["type"] == "number"


def test_sealing_twice_changes_nothing(folder: Path) -> None:
    seal(folder)
    first = (folder / "datapackage.json").read_bytes()
    seal(folder)
    assert (folder / "datapackage.json").read_bytes() == first


def test_a_source_that_is_not_listed_breaks_the_package(folder: Path) -> None:
    (folder / "sources.csv").write_text("source_id,title\nother,Another\n", encoding="utf-8")
    seal(folder)
    assert not frictionless.Package(str(folder / "datapackage.json")).validate().valid


def test_a_changed_table_no_longer_agrees(folder: Path) -> None:
    seal(folder)
    (folder / "factors.csv").write_text(FACTORS.replace("1.5", "1.6"), encoding="utf-8")
    assert not frictionless.Package(str(folder / "datapackage.json")).validate().valid


@pytest.mark.parametrize("table", ["", "factor_id,factor_id\n", "factor_id,\n"])
def test_a_table_needs_a_header_of_distinct_names(table: str) -> None:
    with pytest.raises(PackageError) as raised:
        sealed({}, {"factors.csv": table.encode()}, {})
    assert [problem.code for problem in raised.value.problems] == ["package_header"]


@pytest.mark.parametrize(("row", "fields"), [("a,1,more", 3), ("a", 1), ('a,"1\n2",more', 3)])
def test_a_row_of_another_width_is_told_with_its_line(row: str, fields: int) -> None:
    with pytest.raises(PackageError) as raised:
        sealed({}, {"factors.csv": f"factor_id,value\nb,2\n\n{row}\n".encode()}, {})
    (problem,) = raised.value.problems
    assert (problem.code, problem.file, problem.row) == ("package_row_fields", "factors.csv", 4 + row.count("\n"))
    assert (problem.found, problem.allowed) == (str(fields), "2")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "package_descriptor_missing"),
        ("{", "package_descriptor_unreadable"),
        ("[]", "package_descriptor_unreadable"),
    ],
)
def test_a_descriptor_that_cannot_be_read_is_named(folder: Path, text: str | None, code: str) -> None:
    path = folder / "datapackage.json"
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    with pytest.raises(PackageError) as raised:
        seal(folder)
    assert [problem.code for problem in raised.value.problems] == [code]
