"""Every factor package of the repository: sealed, complete against the gathered rows, without ties."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import frictionless
import pint
import pytest

Row = dict[str, str]

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path for path in (ROOT / "factors" / "packages").glob("*/*") if path.is_dir())
VOCABULARY = ROOT / "src" / "emissions" / "vocabulary" / "data"

BASE_COLUMNS = [
    "factor_id",
    "scheme",
    "category",
    "activity",
    "substance",
    "stream",
    "parameter",
    "value",
    "unit",
    "expressed_as",
    "low",
    "high",
    "confidence",
    "tier",
    "basis",
    "control",
    "region",
    "valid_from",
    "valid_to",
    "bundle",
    "source",
    "locator",
    "grade",
    "note",
    "printed",
]
MATCHING_COLUMNS = [
    "parameter",
    "substance",
    "stream",
    "scheme",
    "category",
    "activity",
    "region",
    "valid_from",
    "valid_to",
    "basis",
    "control",
]
PER = ("t", "TJ", "m^3", "km", "unit", "ha")
INTERVAL = re.compile(r"^(?P<left>[\[(])(?P<low>-inf|-?[\d.]+),(?P<high>inf|-?[\d.]+)(?P<right>[\])])$")


def named(folder: Path) -> str:
    return f"{folder.parent.name}@{folder.name}"


each_package = pytest.mark.parametrize("folder", PACKAGES, ids=named)


# ---------------------------------------------------------------- reading


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def factors(folder: Path) -> tuple[Row, ...]:
    tables = (read(path) for path in sorted(folder.glob("*.csv")) if not path.name.startswith("excluded"))
    return tuple(row for table in tables for row in table if "factor_id" in row)


@cache
def excluded(folder: Path) -> tuple[Row, ...]:
    return tuple(row for path in sorted(folder.glob("excluded*.csv")) for row in read(path))


@cache
def source_ids(folder: Path) -> frozenset[str]:
    return frozenset(row["source_id"] for row in read(folder / "sources.csv"))


def latest(folders: Iterable[Path]) -> list[Path]:
    """Return the newest version of each package."""
    by_version = sorted(folders, key=lambda folder: [int(part) for part in folder.name.split(".")])
    newest = {folder.parent.name: folder for folder in by_version}
    return [newest[name] for name in sorted(newest)]


@pytest.fixture(scope="module")
def gathered(shared: Path) -> Mapping[str, Row]:
    """Gathered rows by factor_id, with the statistics that stand among the baselines."""
    tables = [read(path) for path in sorted((shared / "factors").glob("*.csv"))]
    rows = {row["factor_id"]: row for table in tables for row in table if "factor_id" in row}
    for row in read(shared / "data" / "baselines.csv"):
        unit = "percent" if row["unit"] == "%" else row["unit"]
        locator = f"{row['evidence']} ({row['scope']})"
        rows.setdefault(
            row["id"],
            {
                "factor_id": row["id"],
                "value": row["value"],
                "unit": unit,
                "low": "",
                "high": "",
                "locator": locator,
                "source_id": "",
                "evidence_grade": row["evidence_grade"],
            },
        )
    return rows


# ---------------------------------------------------------------- vocabulary


@cache
def table(name: str) -> tuple[Row, ...]:
    single = VOCABULARY / f"{name}.csv"
    paths = [single] if single.is_file() else sorted((VOCABULARY / name).glob("*.csv"))
    return tuple(row for path in paths for row in read(path))


@cache
def words(name: str, key: str) -> frozenset[str]:
    return frozenset(row[key] for row in table(name))


@cache
def condition_kinds() -> Mapping[str, str]:
    return {row["condition"]: row["kind"] for row in table("conditions")}


@cache
def condition_words() -> Mapping[str, frozenset[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for row in table("condition_values"):
        known[row["condition"]].add(row["value"])
    return {name: frozenset(values) for name, values in known.items()}


def condition_columns(row: Row) -> list[str]:
    return [column for column in row if column not in BASE_COLUMNS]


# ---------------------------------------------------------------- units


@cache
def registry() -> pint.UnitRegistry[float]:
    ureg: pint.UnitRegistry[float] = pint.UnitRegistry(on_redefinition="ignore")
    for line in (
        "unit = [item]",
        "kt = 1000 * metric_ton",
        "tce = 29.3076 * gigajoule",
        "kgce = 0.001 * tce",
        "Mg = megagram",
        "mV = millivolt",
        "CNY = [money]",
        "person = [person]",
    ):
        ureg.define(line)
    return ureg


def quantity(unit: str) -> pint.Quantity[float]:
    return registry().Quantity(1.0, "" if unit == "1" else unit)


@cache
def scaled(unit: str, declared: str) -> tuple[float, str]:
    """Return the number that turns ``unit`` into the declared unit, and the base unit it is per."""
    bases = PER if "{per}" in declared else ("",)
    for base in bases:
        target = quantity(declared.replace("{per}", f"({base})"))
        if quantity(unit).is_compatible_with(target):
            return float(quantity(unit).to(target.units).magnitude) / float(target.magnitude), base
    return math.nan, ""


# ---------------------------------------------------------------- the form


@each_package
def test_package_is_a_valid_data_package(folder: Path) -> None:
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "rowNumber", "fieldName", "note"])[:20]


@each_package
def test_descriptor_names_the_package_and_seals_every_table(folder: Path) -> None:
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert (described["name"], described["version"]) == (folder.parent.name, folder.name)
    assert described["title"]
    assert described["created"]
    assert described["sources"]
    assert described["licenses"]
    sealed = {one["path"]: (one["bytes"], one["hash"]) for one in described["resources"]}
    contents = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    found = {name: (len(raw), f"sha256:{hashlib.sha256(raw).hexdigest()}") for name, raw in contents.items()}
    assert sealed == found


@each_package
def test_changes_name_the_version(folder: Path) -> None:
    assert folder.name in (folder / "CHANGES.md").read_text(encoding="utf-8")


@each_package
def test_columns_are_those_of_the_contract(folder: Path) -> None:
    for row in factors(folder):
        assert [column for column in BASE_COLUMNS if column not in row] == []
        assert set(condition_columns(row)) <= set(condition_kinds())


@each_package
def test_every_row_names_a_source_of_the_package(folder: Path) -> None:
    assert {row["source"] for row in factors(folder)} <= source_ids(folder)


# ---------------------------------------------------------------- against the gathered rows


@pytest.mark.parametrize("folder", latest(PACKAGES), ids=named)
def test_shipped_numbers_are_the_gathered_ones(folder: Path, gathered: Mapping[str, Row]) -> None:
    wrong = []
    for row in factors(folder):
        origin = gathered.get(row["factor_id"])
        if origin is None:
            if not row["note"]:
                wrong.append((row["factor_id"], "not gathered, and no note says why it is there"))
            continue
        same = all(_number(row[name]) == _number(origin[name]) for name in ("value", "low", "high"))
        same &= _without_count(row["unit"]) == _without_count(origin["unit"])
        same &= origin["locator"] in row["locator"]
        if not same:
            names = ("value", "unit", "low", "high", "locator")
            wrong.append((row["factor_id"], [row[name] for name in names], [origin[name] for name in names]))
    assert wrong == []


@pytest.mark.parametrize("folder", latest(PACKAGES), ids=named)
def test_grade_is_not_better_than_gathered(folder: Path, gathered: Mapping[str, Row]) -> None:
    better = [
        row["factor_id"]
        for row in factors(folder)
        if row["factor_id"] in gathered and row["grade"] < gathered[row["factor_id"]]["evidence_grade"]
    ]
    assert better == []


def test_every_gathered_row_is_shipped_or_excluded_once(gathered: Mapping[str, Row]) -> None:
    packages = latest(PACKAGES)
    packaged = frozenset[str]().union(*(source_ids(folder) for folder in packages))
    expected = {name for name, row in gathered.items() if row["source_id"] in packaged and row["source_id"]}
    found = Counter(row["factor_id"] for folder in packages for row in (*factors(folder), *excluded(folder)))
    assert sorted(expected - set(found)) == []
    assert sorted(name for name, count in found.items() if count > 1) == []


@each_package
def test_every_exclusion_has_a_reason(folder: Path) -> None:
    assert [row["factor_id"] for row in excluded(folder) if len(row["reason"].split()) < 3] == []


# ---------------------------------------------------------------- words


@each_package
def test_every_word_is_in_the_vocabulary(folder: Path) -> None:
    categories = {f"{row['scheme']}:{row['code']}" for row in table("categories")}
    plain = {
        "activity": words("activities", "activity"),
        "substance": words("substances", "substance"),
        "region": words("regions", "region"),
        "parameter": words("parameters", "parameter"),
    }
    unknown: set[tuple[str, str]] = set()
    for row in factors(folder):
        unknown |= {(name, row[name]) for name, known in plain.items() if row[name] not in known | {""}}
        if row["category"] and f"{row['scheme']}:{row['category']}" not in categories:
            unknown.add(("category", f"{row['scheme']}:{row['category']}"))
        for device in filter(None, row["control"].split("+")):
            if device != "none" and device not in words("controls", "control"):
                unknown.add(("control", device))
        unknown |= _unknown_conditions(row)
    assert sorted(unknown) == []


def _unknown_conditions(row: Row) -> set[tuple[str, str]]:
    unknown = set()
    for name in condition_columns(row):
        if not row[name]:
            continue
        if condition_kinds()[name] == "word":
            known = row[name] in condition_words().get(name, frozenset())
        else:
            known = INTERVAL.match(row[name]) is not None or not math.isnan(_number(row[name]))
        if not known:
            unknown.add((name, row[name]))
    return unknown


@each_package
def test_devices_of_a_control_stand_in_order(folder: Path) -> None:
    combined = {row["control"] for row in factors(folder) if "+" in row["control"]}
    assert [one for one in combined if one.split("+") != sorted(one.split("+"))] == []


# ---------------------------------------------------------------- numbers


@each_package
def test_values_lie_in_the_range_of_their_parameter(folder: Path) -> None:
    declared = {row["parameter"]: row for row in table("parameters")}
    wrong = []
    for row in factors(folder):
        parameter = declared[row["parameter"]]
        factor, _ = scaled(row["unit"], parameter["unit"])
        value = float(row["value"]) * factor
        low, high = _bound(parameter["minimum"], -math.inf), _bound(parameter["maximum"], math.inf)
        if not low - 1e-12 <= value <= high + 1e-12:
            wrong.append((row["factor_id"], row["parameter"], row["value"], row["unit"], parameter["unit"]))
    assert wrong == []


@each_package
def test_validity_is_a_span_of_years(folder: Path) -> None:
    for row in factors(folder):
        first, last = _bound(row["valid_from"], -math.inf), _bound(row["valid_to"], math.inf)
        assert first <= last, row["factor_id"]


# ---------------------------------------------------------------- ties


@each_package
def test_no_two_rows_fit_the_same_key_equally_well(folder: Path) -> None:
    declared = {row["parameter"]: row["unit"] for row in table("parameters")}
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for row in factors(folder):
        conditions = frozenset((name, row[name]) for name in condition_columns(row) if row[name])
        per = scaled(row["unit"], declared[row["parameter"]])[1]
        alike[(*(row[name] for name in MATCHING_COLUMNS), conditions, per)].append(row["factor_id"])
    assert [names for names in alike.values() if len(names) > 1] == []


# ---------------------------------------------------------------- bundles


@each_package
def test_fuel_parameters_of_a_bundle_belong_to_one_activity(folder: Path) -> None:
    activities: dict[str, set[str]] = defaultdict(set)
    for row in factors(folder):
        if row["bundle"]:
            activities[row["bundle"]].add(row["activity"])
    assert {bundle: found for bundle, found in activities.items() if len(found) > 1} == {}


def _without_count(unit: str) -> pint.Quantity[float]:
    """Return the unit without "per vehicle" or "per piece", which is spelled in several ways."""
    return quantity(re.sub(r"\b(count|unit)\b", "1", unit))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return math.nan if text else None


def _bound(text: str, unbounded: float) -> float:
    return float(text) if text else unbounded
