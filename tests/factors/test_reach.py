"""Which product factors of the Chinese standard a workbook reaches by naming the product alone."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.activity import ActivityTable
from emissions.activity.implied import category_of_activity
from emissions.engine import calculate
from emissions.engine.arguments import PUBLISHED
from emissions.factors import load_factors
from emissions.units import BASE_UNITS
from emissions.vocabulary import load_vocabulary

PACKAGE = Path(__file__).resolve().parents[2] / "factors" / "packages" / "tcses_144_2024" / "2024.1"
CONDITIONS = ("technology",)


@pytest.fixture(scope="module")
def products() -> list[dict[str, str]]:
    with (PACKAGE / "process.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["parameter"] == "emission_factor"]


@pytest.fixture(scope="module")
def reached(products: list[dict[str, str]]) -> set[str]:
    """Factors that serve one of the products, each in the category it implies, with and without its conditions."""
    activities = load_vocabulary().activities
    keys = {
        (row["activity"], dimension, *(row.get(name, "") if stated else "" for name in CONDITIONS))
        for row in products
        if category_of_activity(row["activity"], "production")
        for dimension in activities[row["activity"]]["dimensions"].split("|")
        for stated in (True, False)
    }
    rows = [
        {
            "activity_id": f"row {number}", "region": "150000", "year": 2020, "activity": activity, "use": "production",
            "category": category_of_activity(activity, "production"), "dimension": dimension, "control": "none",
            "quantity": 1.0, "unit": BASE_UNITS[dimension], "quantity_as_printed": "1",
            "unit_as_printed": BASE_UNITS[dimension], "low": np.nan, "high": np.nan, "facility": f"{number}",
            "data_source": "", "file": "", "sheet": "", "row": number, "cell": "", "notation": "",
            **dict(zip(CONDITIONS, conditions, strict=True)),
        }
        for number, (activity, dimension, *conditions) in enumerate(sorted(keys))
    ]  # fmt: skip
    run = calculate(ActivityTable(pd.DataFrame(rows), measured=pd.DataFrame()), load_factors("cn-2026.1"))
    used = run.matches["row"][run.matches["origin"] == PUBLISHED].unique().astype(np.int64)
    return set(run.library.column["factor_id"][used])


def test_every_product_factor_serves_but_vents_and_loading(products: list[dict[str, str]], reached: set[str]) -> None:
    idle = {row["factor_id"] for row in products if row["factor_id"] not in reached}
    vents = {row["factor_id"] for row in products if row["stream"] == "process_vent"}
    loading = {row["factor_id"] for row in products if row["category"] == "1B2av"}
    assert idle == vents | loading
    changes = (PACKAGE / "CHANGES.md").read_text(encoding="utf-8")
    assert f"{len(loading)} rows per volume loaded" in changes
    assert f"{len(vents)} rows of Table E.3" in changes
