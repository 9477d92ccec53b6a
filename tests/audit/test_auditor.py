"""Two hundred random result lines of each workbook, recomputed from the cells and the printed factor tables."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from audit.auditor import Auditor, Exported, Record
from emissions.activity import read_activity
from emissions.engine import Run, calculate
from emissions.factors import load_factors

SAMPLE = 200


def exported(run: Run) -> Exported:
    """Return the run as plain dictionaries."""

    def records(table: pd.DataFrame) -> list[Record]:
        found: list[Record] = table.astype(object).to_dict("records")  # type: ignore[assignment]
        return found

    matches = run.matches.copy()
    published = (matches["origin"] == 0).to_numpy()
    row = matches["row"].astype(int).to_numpy()
    ids, measured = run.library.rows["factor_id"].to_numpy(), run.activity.measured["measured_id"].to_numpy()
    matches["factor_id"] = [ids[one] if flag else "" for one, flag in zip(row, published, strict=True)]
    matches["measured_id"] = ["" if flag else measured[one] for one, flag in zip(row, published, strict=True)]
    return Exported(
        records(run.lines), records(run.keys), records(run.activity.rows), records(run.activity.sources),
        records(run.activity.parents), records(matches), records(run.activity.measured), records(run.activity.strata),
        run.key_of_row.tolist(),
    )  # fmt: skip


def audited(path: Path, root: Path, *more: Path, sample: int = SAMPLE, **reading: Any) -> tuple[Auditor, int]:
    """Audit random lines of a workbook; return the auditor and how many lines there were to choose from."""
    run = calculate(read_activity(path, *more, **reading), load_factors("cn-2026.1"))
    auditor = Auditor(exported(run), {one.name: one for one in (path, *more)}, root, "cn-2026.1")
    numbered = [number for number, line in enumerate(auditor.run.lines) if not math.isnan(line["ief"])]
    chosen = random.Random(7).sample(numbered, min(sample, len(numbered)))  # noqa: S311  no secret
    for number in chosen:
        line = auditor.run.lines[number]
        implied, emission = auditor.audit(number)
        assert line["ief"] == pytest.approx(implied, rel=1e-12, abs=0), line
        assert line["emission"] == pytest.approx(emission, rel=1e-12, abs=0), line
    return auditor, len(numbered)


def test_the_workbook_of_2020(root: Path) -> None:
    auditor, count = audited(root / "examples" / "2020.xlsx", root)
    assert count > SAMPLE
    assert {"published", "net_feedstock", "mix"} <= auditor.seen


def test_the_workbook_of_the_made_up_city(root: Path) -> None:
    auditor, count = audited(root / "examples" / "demo-city.xlsx", root)
    assert count > SAMPLE
    assert {"published", "measured", "control_strata", "rates", "mix", "distance"} <= auditor.seen


def test_the_energy_inventories_of_thirty_provinces(shared: Path, root: Path) -> None:
    path = shared / "cases" / "ceads_provinces_2015_2019" / "original_energy_inventory_2019_30provinces.xlsx"
    auditor, count = audited(path, root)
    assert count > 5000
    assert {"published", "net_feedstock", "mix"} <= auditor.seen


ROWS = [
    ["region", "year", "category", "activity", "use", "technology", "control", "quantity", "unit", "facility", "stage"],
    ["150600", 2020, "1A1ai", "raw_coal", "combustion", "pulverised_coal_boiler", "", 123.4, "万吨", "A", ""],
    ["150600", 2020, "1A2c", "lignite", "combustion", "chain_grate_boiler", "fabric_filter", 56.7, "kt", "B", ""],
    ["150200", 2019, "1A2c", "natural_gas", "combustion", "gas_boiler", "none", 0.89, "亿立方米", "", ""],
    ["150200", 2019, "2A1", "cement_clinker", "production", "new_dry_process_precalciner", "sncr+esp", 2.5, "Mt", "", ""],
    ["150200", 2019, "1A3bi", "taxi_gasoline", "distance", "", "", 1.5, "亿车公里", "", "IV"],
    ["150200", 2019, "2C3", "primary_aluminium", "production", "prebake", "none", 310000, "t", "", ""],
]  # fmt: skip
VEHICLES = [
    ["region", "year", "vehicle class", "emission stage", "stock (vehicles)", "annual mileage"],
    ["150600", 2020, "taxi_gasoline", "V", 1234, "80000 km"],
    ["150600", 2020, "bus_diesel", "IV", 321, "5 万公里"],
]
MEASURED = [
    ["parameter", "substance", "measured value", "unit", "activity", "facility"],
    ["sulphur_content", "", 0.61, "%", "coal", ""],
    ["ash_content", "", 17.5, "%", "coal", ""],
    ["net_calorific_value", "", 14123, "kJ/kg", "lignite", "B"],
    ["anode_effect_minutes", "", 0.4, "min/d", "", ""],
]
STRATA = [
    ["control", "share (%)", "operating rate (%)", "activity"],
    ["esp+fgd_wet_limestone_gypsum", 62.5, 95, "raw_coal"],
    ["fabric_filter+low_nox_burner+scr", 25, "", "raw_coal"],
    ["none", 12.5, "", "raw_coal"],
]


def test_a_small_workbook_with_every_kind_of_sheet(tmp_path: Path, root: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in (("data", ROWS), ("vehicles", VEHICLES), ("measured", MEASURED), ("controls", STRATA)):
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append(row)
    path = tmp_path / "small.xlsx"
    book.save(path)
    auditor, count = audited(path, root)
    assert count > 60
    assert auditor.seen == {"published", "measured", "control_strata", "rates", "mix", "distance"}
