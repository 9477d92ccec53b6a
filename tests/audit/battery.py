"""A small fixed battery: does a copy of the engine still give the right numbers? Run as a program on several copies.

What is right is worked out first, by the reference twin and by hand; then each copy is imported in a process of its
own (two at a time) and asked for the same. A copy fails if a number, status or choice differs, or if it raises.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl  # noqa: F401  loaded once, before the copies
import pandas as pd
import pint  # noqa: F401  loaded once, before the copies
import pydantic  # noqa: F401  loaded once, before the copies
import yaml

from reference.said import Said, assert_same, said_by_engine, said_by_twin
from reference.twin import Twin

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = ROOT / "src" / "emissions" / "vocabulary" / "data"
CARDS = ROOT / "src" / "emissions" / "methods" / "cards"
FACTORS = ROOT / "factors"
SET = "cn-2026.1"

Item = dict[str, Any]
HERE: Item = {
    "region": "150600",
    "year": 2020,
    "use": "combustion",
    "dimension": "mass",
    "control": "",
    "quantity": 1e4,
}
COAL: Item = HERE | {
    "category": "IPCC2006:1A1ai",
    "activity": "bituminous_coal",
    "technology": "pulverised_coal_boiler",
}
MADE: Item = HERE | {"use": "production"}
ROAD: Item = HERE | {"category": "IPCC2006:1A3bi", "use": "distance", "dimension": "distance", "speed_km_h": 45.0}

FUELS: list[Item] = [
    COAL | {"control": "fabric_filter+fgd_wet_limestone_gypsum+scr", "capacity_MW": 600.0},
    COAL | {"control": "none", "quantity": 7.0},
    COAL | {"control": "esp+low_nox_burner+scr", "capacity_MW": 300.0},
    COAL | {"control": "low_nox_burner+sncr", "capacity_MW": 99.0},
    COAL | {"category": "IPCC2006:1A2c", "technology": "chain_grate_boiler"},
    HERE | {"category": "IPCC2006:1A2c", "activity": "lignite", "control": "multicyclone", "quantity": 0.1},
    HERE | {"category": "IPCC2006:1A2c", "activity": "lignite", "control": "multicyclone", "quantity": 0.2, "facility": "b"},
    HERE | {"category": "IPCC2006:1A1ai", "activity": "raw_coal", "control": "none"},
    HERE | {"category": "IPCC2006:1A1ai", "activity": "raw_coal", "region": "110000", "control": "scr"},
    HERE | {"category": "IPCC2006:1A2a", "activity": "coke", "control": "none"},
    HERE | {"category": "IPCC2006:1A2a", "activity": "blast_furnace_gas", "dimension": "volume", "quantity": 3e6},
    HERE | {"category": "IPCC2006:1A4b", "activity": "natural_gas", "dimension": "volume", "technology": "gas_boiler"},
    HERE | {"category": "IPCC2006:1A4b", "activity": "wood"},
    HERE | {"category": "IPCC2006:1A3ai", "activity": "jet_kerosene", "use": "bunkers"},
]  # fmt: skip
OTHERS: list[Item] = [
    MADE | {"category": "IPCC2006:2A1", "activity": "cement_clinker", "technology": "new_dry_process_precalciner",
            "control": "fabric_filter+sncr"},
    MADE | {"category": "IPCC2006:2C1", "activity": "crude_steel", "control": "fabric_filter"},
    MADE | {"category": "IPCC2006:2C3", "activity": "primary_aluminium", "technology": "prebake", "control": "none"},
    MADE | {"category": "IPCC2006:1B1ai", "activity": "underground_coal_mining", "mine_gas_class": "high"},
    HERE | {"category": "IPCC2006:1A1a", "activity": "grid_electricity", "use": "import", "dimension": "energy", "year": 2030},
    HERE | {"category": "IPCC2006:1A1ci", "activity": "coking_coal", "use": "transformation_input", "transformation": "coking"},
    HERE | {"category": "IPCC2006:1A1ci", "activity": "coke", "use": "transformation_output", "transformation": "coking",
            "quantity": 6e3},
    ROAD | {"activity": "heavy_truck_diesel", "stage": "III", "quantity": 1e6},
    ROAD | {"activity": "heavy_truck_diesel", "stage": "VI", "quantity": 1e6, "year": 2016},
    ROAD | {"activity": "taxi_gasoline", "stage": "IV", "quantity": 1e6, "altitude_m": 1500.0},
]  # fmt: skip
MEASURED: list[Item] = [
    {"measured_id": "m0", "parameter": "sulphur_content", "substance": "", "value": 0.7, "unit": "percent", "activity": "coal"},
    {"measured_id": "m1", "parameter": "sulphur_content", "substance": "", "value": 0.5, "unit": "percent", "activity": "lignite"},
    {"measured_id": "m2", "parameter": "ash_content", "substance": "", "value": 0.2, "unit": "1", "activity": "coal"},
    {"measured_id": "m3", "parameter": "emission_factor", "substance": "NOx", "value": 3.0, "unit": "kg/t", "region": "110000"},
    {"measured_id": "m4", "parameter": "anode_effect_minutes", "substance": "", "value": 0.4, "unit": "min/d"},
]  # fmt: skip
STRATA: list[Item] = [
    {"control": "fgd_ammonia", "share": 0.75, "operating_rate": 0.9, "category": "IPCC2006:1A2c"},
    {"control": "none", "share": 0.25, "category": "IPCC2006:1A2c"},
]
NETTED = {"chemicals": 0.0, "textiles": 20.0}
"""What raw material of 130 leaves of 100 in the chemical branch and 50 in another."""


# ---------------------------------------------------------------- what is right


def families() -> dict[str, list[Item]]:
    """Return two packages of fuel parameters: one lacks a parameter, one has two families."""
    made = {"net_calorific_value": "GJ/t", "carbon_content": "t/TJ", "oxidation_factor": "1"}

    def rows(name: str, values: dict[str, float], bundle: str, **fields: str) -> list[Item]:
        return [
            {
                "factor_id": f"{name}-{one}",
                "parameter": one,
                "value": value,
                "unit": made[one],
                "bundle": bundle,
                **fields,
            }
            for one, value in values.items()
        ]

    return {
        "one": rows("a", {"net_calorific_value": 21.0, "carbon_content": 26.5}, "x"),
        "two": [
            *rows("b", dict(zip(made, (20.0, 25.5, 0.97), strict=True)), "y"),
            *rows("c", {"oxidation_factor": 0.5}, "z", activity="anthracite"),
        ],
        "three": rows("d", dict(zip(made, (19.0, 27.5, 0.93), strict=True)), "w"),
    }


RIGHT: dict[str, Said] = {}
OWN: dict[str, Twin] = {}


# ---------------------------------------------------------------- the checks, in the process of a copy


def fuels_under_the_released_set(shared: dict[str, Any]) -> None:
    """Check every line of fuels burnt against the twin."""
    from emissions.factors import load_factors

    shared["factors"] = load_factors(SET, root=FACTORS)
    shared["run"] = against_the_twin("fuels", FUELS, shared)


def others_under_the_released_set(shared: dict[str, Any]) -> None:
    """Check every line of products, vehicles, mines and power against the twin."""
    against_the_twin("others", OTHERS, shared)


def against_the_twin(name: str, rows: list[Item], shared: dict[str, Any]) -> Any:
    """Return the run of some rows, whose lines are those of the twin."""
    from emissions.engine import calculate
    from reference.workbench import activity_table

    run = calculate(activity_table(*rows, measured=MEASURED, strata=STRATA), shared["factors"])
    assert_same(said_by_engine(run, OWN["rows"]), RIGHT[name])
    return run


def totals_hold_what_counts_once(shared: dict[str, Any]) -> None:
    """Check totals, roll-up and CO2 equivalents against sums of the twin's lines."""
    from emissions.inventory import co2_equivalent, roll_up, totals
    from emissions.vocabulary import load_vocabulary

    lines = [(*place, *line) for part in RIGHT["fuels"].values() for place, line in part.items() if len(line) > 2]
    counted = [(line[0], line[7]) for line in lines if line[2] == "ok" and not line[8]]
    right = {name: math.fsum(value for own, value in counted if own == name) for name, _ in counted}
    found = totals(shared["run"], ("substance",))
    own = dict(zip(found["substance"].astype(str), found["emission"], strict=True))
    assert own.keys() == right.keys()
    assert np.allclose([own[name] for name in right], list(right.values()), rtol=1e-12, atol=0)
    rolled = roll_up(totals(shared["run"]), load_vocabulary().category_graph)
    leaves = rolled.merge(totals(shared["run"]), on=["category", "region", "year", "substance"])
    assert (leaves["emission_x"] >= leaves["emission_y"] * (1 - 1e-12) - 1e-9).all()
    assert len(leaves) == len(totals(shared["run"]))
    roots = rolled[rolled["category"].isin(["IPCC2006:1", "IPCC2006:2", "NFR:1"])]
    for name, value in right.items():
        assert math.isclose(roots.loc[roots["substance"] == name, "emission"].sum(), value, rel_tol=1e-12)
    gases = co2_equivalent(found, "AR5GWP100").set_index("substance")["co2e"]
    assert math.isclose(gases["CH4"], 28 * right["CH4"], rel_tol=1e-12)


def tiers_are_the_weakest(shared: dict[str, Any]) -> None:
    """Check the tiers of lines that use rows of one origin, and of several."""
    run = shared["run"]
    rows, lines = run.library.rows, run.lines
    rank = {"": 0, "CN": 1}
    for number, part in run.matches.groupby("line"):
        weakest = min(
            3
            if origin
            else rank.get(rows["region"].iloc[int(row)], 2 if rows["region"].iloc[int(row)].isdigit() else 0)
            for origin, row in zip(part["origin"], part["row"], strict=True)
        )
        assert lines["tier"].iloc[int(number)] == ("default", "national", "regional", "measured")[weakest]


def bundles_come_from_one_package_and_family(shared: dict[str, Any]) -> None:
    """Check fuel carbon of two fuels against the twin."""
    from emissions.engine import calculate
    from emissions.factors import load_factors
    from reference.workbench import activity_table

    rows = [HERE | {"category": "IPCC2006:1A2c", "activity": name} for name in ("lignite", "anthracite")]
    run = calculate(activity_table(*rows), load_factors("small", root=Path(shared["small"])))
    assert_same(said_by_engine(run, OWN["small"]), RIGHT["small"])


def raw_material_is_not_burnt(shared: dict[str, Any]) -> None:
    """Check the netting of non-energy use."""
    from emissions.engine import calculate
    from reference.workbench import activity_table

    base = HERE | {"activity": "lignite", "category": "IPCC2006:1A2c", "control": "none"}
    table = activity_table(
        base | {"branch": "chemicals", "quantity": 100.0},
        base | {"branch": "textiles", "quantity": 50.0, "category": "IPCC2006:1A2l"},
        base | {"branch": "", "use": "feedstock", "transformation": "non_energy_use", "quantity": 130.0},
    )
    run = calculate(table, shared["factors"])
    burnt = run.lines[(run.lines["substance"] == "CO2") & (run.lines["stream"] == "combustion")]
    branch = run.keys["branch"].astype(str).iloc[burnt["key"].astype(int)]
    assert dict(zip(branch, burnt["quantity"].round(9), strict=True)) == NETTED


def units_of_a_file_are_read(shared: dict[str, Any]) -> None:
    """Check that quantities arrive in base units."""
    from emissions.activity import read_activity

    path = Path(shared["small"]) / "one.csv"
    fuel = {"region": "150600", "year": 2020, "category": "1A1ai", "activity": "lignite", "use": "combustion"}
    pd.DataFrame([fuel | {"quantity": 2.5, "unit": "万吨"}, fuel | {"quantity": 3.0, "unit": "TJ"}]).to_csv(
        path, index=False
    )
    assert read_activity(path).rows["quantity"].tolist() == [25000.0, 3.0]


CHECKS: list[Callable[[dict[str, Any]], None]] = [
    units_of_a_file_are_read, bundles_come_from_one_package_and_family, fuels_under_the_released_set,
    totals_hold_what_counts_once, tiers_are_the_weakest, raw_material_is_not_burnt, others_under_the_released_set,
]  # fmt: skip
"""Quick ones first: a copy is asked no further than the first check it fails."""


def failures(copy: str, small: str) -> list[str]:
    """Return the first check that a copy of the engine fails, with the first line of why."""
    sys.path.insert(0, copy)
    import emissions

    assert str(emissions.__file__).startswith(copy)
    shared: dict[str, Any] = {"small": small}
    for check in CHECKS:
        try:
            check(shared)
        except Exception as error:  # noqa: BLE001  whatever a mutated engine raises is a failure
            return [f"{check.__name__}: {type(error).__name__}: {str(error).splitlines()[:1]}"]
    return []


def main(copies: list[str]) -> None:
    """Print, as JSON, copy -> failures."""
    with tempfile.TemporaryDirectory() as small:
        prepare(Path(small))
        found: dict[str, list[str]] = {}
        waiting, running = list(copies), {}
        while waiting or running:
            while waiting and len(running) < 2:
                copy = waiting.pop(0)
                process = os.fork()
                if process == 0:
                    (Path(copy) / "failures.json").write_text(json.dumps(failures(copy, small)), encoding="utf-8")
                    os._exit(0)
                running[process] = copy
            process, status = os.wait()
            copy = running.pop(process)
            report = Path(copy) / "failures.json"
            found[copy] = json.loads(report.read_text(encoding="utf-8")) if status == 0 else [f"ended with {status}"]
        sys.stdout.write(json.dumps(found))


def prepare(small: Path) -> None:
    """Work out what is right, before any copy is imported."""
    write_small(small)
    OWN["rows"] = Twin(VOCABULARY, CARDS, FACTORS, SET)
    OWN["small"] = Twin(VOCABULARY, CARDS, small, "small")
    for name, rows in (("fuels", FUELS), ("others", OTHERS)):
        RIGHT[name] = said_by_twin(OWN["rows"].inventory(rows, MEASURED, STRATA), OWN["rows"])
    rows = [HERE | {"category": "IPCC2006:1A2c", "activity": name} for name in ("lignite", "anthracite")]
    RIGHT["small"] = said_by_twin(OWN["small"].inventory(rows), OWN["small"])
    assert "emissions" not in sys.modules


def write_small(root: Path) -> None:
    """Write the packages of fuel parameters; the same form as any package."""
    columns = (
        "factor_id", "scheme", "category", "activity", "substance", "stream", "parameter", "value", "unit",
        "expressed_as", "low", "high", "confidence", "tier", "basis", "control", "region", "valid_from", "valid_to",
        "bundle", "source", "locator", "grade", "note", "printed",
    )  # fmt: skip
    for name, rows in families().items():
        folder = root / "packages" / name / "1.0"
        folder.mkdir(parents=True)
        with (folder / "factors.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(row | {"source": "s", "locator": "l", "grade": "A"} for row in rows)
        digest = hashlib.sha256((folder / "factors.csv").read_bytes()).hexdigest()
        resource = {"name": "factors", "path": "factors.csv", "hash": f"sha256:{digest}"}
        (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}), encoding="utf-8")
    (root / "sets").mkdir()
    released = yaml.safe_load((FACTORS / "sets" / f"{SET}.yaml").read_text(encoding="utf-8"))
    small = {
        "name": "small", "date": "2026-01-01", "title": {"zh": "小", "en": "small"}, "gwp": "AR5GWP100",
        "packages": [{"package": name, "version": "1.0"} for name in families()],
        "prefer": [{"order": list(families())}],
        "methods": released["methods"],
    }  # fmt: skip
    (root / "sets" / "small.yaml").write_text(json.dumps(small, default=str), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
