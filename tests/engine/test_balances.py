"""What takes off more than there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.engine.balances import check_recovery
from emissions.engine.lines import KindLines
from emissions.inventory import tables
from reference.workbench import activity_table, card, factor, library, line, run

ROW = factor("a", 2.0, "t/t")


# ---------------------------------------------------------------- carbon balances


def balance(tmp_path: Path, made: float, **other: Any) -> Any:
    cards = [
        card("in", stream="conversion_loss", uses=["transformation_input"], where={"transformation": ["coking"]}),
        card("out", stream="conversion_loss", uses=["transformation_output"], sign=-1,
             where={"transformation": ["coking"]}),
    ]  # fmt: skip
    coking = {"transformation": "coking", "category": "IPCC2006:1A1ci"}
    table = activity_table(
        {**coking, "activity": "coking_coal", "use": "transformation_input", "quantity": 100.0},
        {**coking, "activity": "coke", "use": "transformation_output", "quantity": made, **other},
    )
    return run(table, library(tmp_path, ROW), *cards)


def test_a_balance_that_loses_carbon_counts(tmp_path: Path) -> None:
    result = balance(tmp_path, 70.0)
    assert tables.totals(result)["emission"].tolist() == [60.0]
    assert set(result.counted["emission"]) == {200.0, -140.0}


def test_a_balance_that_gains_carbon_is_a_gap_of_that_size(tmp_path: Path) -> None:
    result = balance(tmp_path, 130.0)
    lost = result.lines[result.lines["stream"] == "conversion_loss"]
    assert set(lost["status"]) == {"NE"}
    assert set(lost["reason"]) == {"conversion_balance_negative"}
    assert lost["emission"].sum() == -60.0
    assert result.counted.empty


@pytest.mark.parametrize("other", [{"region": "150200"}, {"year": 2019}])
def test_each_region_and_year_has_its_own_balance(tmp_path: Path, other: dict[str, Any]) -> None:
    result = balance(tmp_path, 1.0, **other)
    assert result.lines.loc[result.lines["stream"] == "conversion_loss", "status"].tolist() == ["ok", "NE"]


def test_what_is_counted_in_a_balance_that_is_a_gap_is_not_lost(tmp_path: Path) -> None:
    """Product CO2 is IE because the balance holds it; where the balance is no number, it must count itself."""
    product = card(
        "p", categories=["IPCC2006:1A1c"], activities=["coke_production"], uses=["production"], stream="process"
    )
    made = card("out", stream="conversion_loss", uses=["transformation_output"], sign=-1)
    into = card("in", stream="conversion_loss", uses=["transformation_input"])
    rule = {
        "activities": ["coke_production"], "uses": ["production"], "substances": ["CO2"],
        "counted_in": "IPCC2006:1A1ci", "why": {"zh": "由平衡给出", "en": "the balance gives it"},
        "when": [{"activities": ["coking_coal"], "uses": ["transformation_input"]}],
    }  # fmt: skip
    coking = {"transformation": "coking", "category": "IPCC2006:1A1ci"}
    table = activity_table(
        {**coking, "activity": "coking_coal", "use": "transformation_input", "quantity": 100.0},
        {**coking, "activity": "coke", "use": "transformation_output", "quantity": 130.0},
        {"activity": "coke_production", "category": "IPCC2006:1A1ci", "use": "production", "quantity": 130.0},
    )
    result = run(table, library(tmp_path, ROW, elsewhere=[rule]), product, made, into)
    assert line(result, key=0)["status"] == "NE"
    assert line(result, key=2)["status"] == "ok"


# ---------------------------------------------------------------- recovered gas


@pytest.mark.parametrize(
    ("recovered", "left", "status"), [(0.0, 100.0, "ok"), (60.0, 40.0, "ok"), (101.0, 100.0, "NE")]
)
def test_recovered_gas_is_taken_off_up_to_what_is_generated(recovered: float, left: float, status: str) -> None:
    keys = pd.DataFrame({"region": ["150600", "150600", "150700"], "year": [2020, 2020, 2020]})
    lines = pd.DataFrame(
        {
            "key": [0, 1, 0], "substance": "CH4", "stream": ["mining", "recovery", "other"], "status": ["ok", "ok", "NE"],
            "reason": "", "category": "IPCC2006:1B1ai1", "ief": [1.0, -1.0, 9.0],
        }
    )  # fmt: skip
    kinds = KindLines.of(lines, np.array([0, 1, 0]), np.array([100.0, recovered, 500.0]))
    found = check_recovery(kinds, keys).of_all_keys
    assert found.loc[found["stream"] == "recovery", "status"].tolist() == [status]
    own = found[(found["status"] == "ok") & (found["key"] < 2)]
    assert own["emission"].sum() == left


def test_recovery_beyond_generation_is_a_gap_in_its_own_place_only() -> None:
    """Both places are of one kind: it is split."""
    keys = pd.DataFrame({"region": ["150600", "150600", "150700", "150700"], "year": 2020})
    lines = pd.DataFrame(
        {
            "key": [0, 1, 1], "substance": ["CH4", "CH4", "CO2"], "stream": ["mining", "recovery", "recovery"],
            "status": "ok", "reason": "", "category": "IPCC2006:1B1ai1", "ief": [1.0, -1.0, 1.0],
        }
    )  # fmt: skip
    kinds = KindLines.of(lines, np.array([0, 1, 0, 1]), np.array([100.0, 60.0, 50.0, 60.0]))
    found = check_recovery(kinds, keys).of_all_keys
    assert list(zip(found["key"], found["substance"], found["status"], strict=True)) == [
        (0, "CH4", "ok"), (2, "CH4", "ok"), (1, "CH4", "ok"), (3, "CH4", "NE"), (1, "CO2", "ok"), (3, "CO2", "ok"),
    ]  # fmt: skip
