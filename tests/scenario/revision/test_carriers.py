"""Carriers: the energy of a row is that of the inventory, and belongs to one carrier."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.activity import ActivityTable
from emissions.factors import FactorLibrary
from emissions.scenario.revision.carriers import Carriers, carriers, roots
from reference.workbench import activity_table, card, factor, library, run
from scenario.support import WORDS

TCE_PER_T = 29.3076
"""GJ/t of what is coal equivalent itself."""


def ncv(name: str, value: float, activity: str, **fields: str) -> dict[str, str]:
    return factor(
        name, value, "GJ/t", activity=activity, substance="", parameter="net_calorific_value",
        **fields,
    )  # fmt: skip


def factors(tmp_path: Path) -> FactorLibrary:
    return library(
        tmp_path,
        ncv("n1", TCE_PER_T, "lignite"),
        ncv("n2", TCE_PER_T / 2, "raw_coal"),
        ncv("n3", TCE_PER_T * 1.5, "diesel"),
        ncv("n4", 17.0, "coke_oven_gas"),
        factor("e", 2.0, "t/t", activity="coal"),
    )


def found(table: ActivityTable, tmp_path: Path) -> Carriers:
    return carriers(table, run(table, factors(tmp_path), card("c")), WORDS)


def test_each_row_has_its_carrier_and_its_energy(tmp_path: Path) -> None:
    table = activity_table(
        {"activity": "lignite"},
        {"activity": "raw_coal", "use": "feedstock"},
        {"activity": "diesel"},
        {"activity": "lignite", "dimension": "energy", "quantity": 29307.6, "region": "150100"},
        {"activity": "grid_electricity", "use": "own_use", "dimension": "energy"},
        {"activity": "coke_oven_gas", "dimension": "mass"},
        {"activity": "cement_clinker", "use": "production", "category": "IPCC2006:2A1"},
    )
    known = found(table, tmp_path)
    assert known.of_row.tolist() == ["coal", "coal", "oil", "coal", "", "coal", ""]
    # gas made from coal that is counted moves with coal, and is not counted a second time
    assert known.counted.tolist() == [True, True, True, True, False, False, False]
    assert known.heat[[0, 1, 2]] == pytest.approx([1e-6, 0.5e-6, 1.5e-6])
    assert known.heat[3] == pytest.approx(1 / 29307.6)
    assert np.isnan(known.heat[6])
    quantity = table.rows["quantity"].to_numpy(dtype=np.float64)
    assert float(known.total("coal", quantity)) == pytest.approx(100e-6 + 50e-6 + 1.0)
    assert float(known.total("oil", quantity)) == pytest.approx(150e-6)
    assert float(known.total("gas", quantity)) == 0.0


def test_what_is_turned_into_another_fuel_moves_with_its_carrier_and_is_not_consumed(tmp_path: Path) -> None:
    known = found(activity_table({"use": "transformation_input"}, {"use": "export"}), tmp_path)
    assert known.of_row.tolist() == ["coal", ""]
    assert known.counted.tolist() == [False, False]


def test_the_energy_of_many_years_or_draws_is_on_the_axes_before_the_last(tmp_path: Path) -> None:
    known = found(activity_table({}, {"activity": "raw_coal"}), tmp_path)
    quantity = np.array([[[1e6, 2e6], [2e6, 0.0]]])
    assert known.total("coal", quantity).tolist() == [[pytest.approx(2.0), pytest.approx(2.0)]]


def test_a_row_that_is_split_has_the_energy_of_its_parts(tmp_path: Path) -> None:
    """Raw coal is a quarter lignite of 1 tce/t, and the rest bituminous coal of 0.8: 0.85 tce/t."""
    kinds = {"lignite": 0.25, "bituminous_coal": 0.75}
    shares = [
        factor(f"s{child}", value, "1", activity="raw_coal", parameter="share", substance="", child=child)
        for child, value in kinds.items()
    ]
    why = {"zh": "构成", "en": "mix"}
    mix = {"activity": "raw_coal", "child": "child", "uses": ["combustion"], "dimensions": ["mass"], "remainder": "",
           "why": why}  # fmt: skip
    values = [ncv("n1", TCE_PER_T, "lignite"), ncv("n2", 0.8 * TCE_PER_T, "bituminous_coal")]
    book = library(tmp_path, *shares, *values, factor("e", 2.0, "t/t", activity="coal"), mixes=[mix])
    table = activity_table({"activity": "raw_coal"}, {})
    known = carriers(table, run(table, book, card("c")), WORDS)
    assert known.heat.tolist() == pytest.approx([0.85e-6, 1e-6])
    assert known.of_row.tolist() == ["coal", "coal"]


def test_a_row_of_which_a_part_has_no_energy_has_none(tmp_path: Path) -> None:
    known = found(activity_table({"activity": "anthracite"}, {}), tmp_path)
    assert np.isnan(known.heat[0])
    assert float(known.total("coal", np.array([5.0, 7.0]))) == pytest.approx(7e-6)


def test_the_root_of_a_derived_row_is_the_row_of_the_workbook() -> None:
    links = pd.DataFrame(
        {"activity_id": ["b", "c", "n", "n", "d"], "parent_id": ["a", "b", "x", "y", "n"]},
    )
    assert roots(links) == {"b": "a", "c": "a", "n": "x", "d": "x"}
