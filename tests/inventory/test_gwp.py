"""Global warming potentials against the table of the package that ships them."""

from __future__ import annotations

import csv
from importlib.resources import files

import globalwarmingpotentials
import pytest

from emissions.errors import ResultError
from emissions.inventory import gwp_values, metrics
from emissions.vocabulary import load_vocabulary

WORDS = load_vocabulary()
GASES = [name for name, row in WORDS.substances.items() if row["group"] == "ghg"]


def table() -> list[dict[str, str]]:
    """Return the rows of the package's own CSV: a gas each, a column a metric."""
    folder = files("globalwarmingpotentials")
    (path,) = [part for part in folder.iterdir() if part.name.endswith(".csv")]
    lines = [one for one in path.read_text(encoding="utf-8").splitlines() if not one.startswith("#")]
    return list(csv.DictReader(lines))


ROWS = table()
NAME = next(iter(ROWS[0]))
METRICS = [column for column in ROWS[0] if "GWP" in column and column.rstrip("0123456789").endswith("GWP")]


def test_the_table_is_read() -> None:
    assert {"SARGWP100", "AR4GWP100", "AR5GWP100", "AR6GWP100"} <= set(METRICS)
    assert set(METRICS) <= set(metrics())
    assert metrics() == sorted(metrics())


@pytest.mark.parametrize("metric", METRICS)
def test_values_are_those_of_the_table(metric: str) -> None:
    printed = {row[NAME].replace("-", ""): row[metric] for row in ROWS}
    expected = {gas: float(printed[gas.replace("-", "")]) for gas in GASES if printed.get(gas.replace("-", ""))}
    assert gwp_values(metric, GASES) == expected | {"CO2": 1.0}


@pytest.mark.parametrize("metric", METRICS)
def test_only_greenhouse_gases_have_a_value(metric: str) -> None:
    covered = set(gwp_values(metric, WORDS.substances))
    assert covered <= set(GASES)
    assert {"CO2", "CH4", "N2O", "SF6"} <= covered


@pytest.mark.parametrize(
    ("metric", "gas", "value"),
    [
        ("SARGWP100", "CH4", 21), ("SARGWP100", "N2O", 310), ("SARGWP100", "SF6", 23900),
        ("AR4GWP100", "CH4", 25), ("AR4GWP100", "N2O", 298), ("AR4GWP100", "HFC-23", 14800),
        ("AR5GWP100", "CH4", 28), ("AR5GWP100", "N2O", 265), ("AR5GWP100", "CF4", 6630),
        ("AR6GWP100", "CH4", 27.9), ("AR6GWP100", "N2O", 273),
    ],
)  # fmt: skip
def test_well_known_values(metric: str, gas: str, value: float) -> None:
    assert gwp_values(metric, [gas]) == {gas: value}


def test_every_greenhouse_gas_of_the_vocabulary_has_a_value_in_the_metric_of_the_sets() -> None:
    assert set(gwp_values("AR5GWP100", GASES)) == set(GASES)


def test_the_name_in_the_vocabulary_is_that_of_the_table() -> None:
    known = {name.replace("-", "") for name in globalwarmingpotentials.data["AR5GWP100"]} | {"CO2"}
    assert [gas for gas in GASES if WORDS.substances[gas]["gwp_name"].replace("-", "") not in known] == []
    assert [name for name, row in WORDS.substances.items() if row["gwp_name"] and name not in GASES] == []


def test_an_unknown_metric_is_named_with_those_there_are() -> None:
    with pytest.raises(ResultError) as caught:
        gwp_values("AR5", ["CH4"])
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("unknown_gwp", "AR5")
    assert "AR5GWP100" in problem.allowed.split(", ")
