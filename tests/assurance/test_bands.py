"""Bands of totals: closed forms, correlation, what moves and what does not, the same bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.activity import read_activity
from emissions.assurance import uncertainty
from emissions.assurance.implied import distinct_factors, groups_of
from emissions.engine import Run, calculate
from emissions.engine.run import counts
from emissions.errors import ResultError
from emissions.factors import load_factors
from emissions.inventory import totals
from emissions.methods import load_cards
from reference.workbench import activity_table, card, factor, library, run

MANY = 40_000
"""Draws at which an estimated standard deviation is within 2 % of the true one."""
Z = 1.959963984540054
HEAT = {
    "formula": "energy_factor",
    "parameters": {"net_calorific_value": {}, "energy_emission_factor": {}},
    "example": {"per": "mass", "given": {"net_calorific_value": 1, "energy_emission_factor": 1}, "gives": 1,
                "kind": "derived by hand"},
}  # fmt: skip
BOUNDS = {"confidence": "95%"}


def bounded(name: str, value: float, half: float, **fields: Any) -> dict[str, str]:
    """Return a factor row with bounds ``half`` (share of the value) below and above."""
    return factor(name, value, "t/t", low=value * (1 - half), high=value * (1 + half), **BOUNDS, **fields)


def result(place: Path, rows: list[dict[str, str]], *items: dict[str, Any], **more: Any) -> Run:
    return run(activity_table(*items, **more), library(place, *rows), card("all", substances=["CO2", "CH4", "SO2"]))


def only(found: Any) -> pd.Series:
    assert len(found.table[found.table["substance"] == "CO2"]) == 1
    return found.table[found.table["substance"] == "CO2"].iloc[0]


def band(given: Run, **options: Any) -> pd.Series:
    return only(
        uncertainty(given, ("substance",), cards={"all": card("all", substances=["CO2", "CH4", "SO2"])}, **options)
    )


# ---------------------------------------------------------------- closed forms


def test_one_normal_factor(tmp_path: Path) -> None:
    found = band(result(tmp_path, [bounded("a", 2.0, 0.2)], {"quantity": 100.0}), draws=MANY)
    assert found["emission"] == 200.0
    assert found["sd"] == pytest.approx(40 / Z, rel=0.02)
    assert found["mean"] == pytest.approx(200, rel=0.002)
    np.testing.assert_allclose([found["q0.025"], found["q0.5"], found["q0.975"]], [160, 200, 240], rtol=0.01)


def test_lines_of_one_factor_move_together_and_lines_of_two_do_not(tmp_path: Path) -> None:
    items = ({"quantity": 100.0}, {"quantity": 300.0, "category": "IPCC2006:1A2a"})
    one = band(result(tmp_path / "one", [bounded("a", 2.0, 0.2)], *items), draws=MANY)
    rows = [bounded("a", 2.0, 0.2, category="IPCC2006:1A1"), bounded("b", 2.0, 0.2, category="IPCC2006:1A2")]
    two = band(result(tmp_path / "two", rows, *items), draws=MANY)
    assert one["emission"] == two["emission"] == 800.0
    assert one["sd"] == pytest.approx((40 + 120) / Z, rel=0.02)
    assert two["sd"] == pytest.approx(np.hypot(40, 120) / Z, rel=0.02)


def test_a_product_of_lognormals_is_lognormal(tmp_path: Path) -> None:
    """The formula is evaluated for every draw: the product of bounds of x2 and x1.5 has its own closed form."""
    rows = [
        factor("n", 20.0, "TJ/kt", parameter="net_calorific_value", substance="", low=10, high=40, **BOUNDS),
        factor("e", 90.0, "t/TJ", parameter="energy_emission_factor", low=60, high=135, **BOUNDS),
    ]
    heat = card("heat", **HEAT)
    given = run(activity_table({"quantity": 100.0}), library(tmp_path, *rows), heat)
    found = only(uncertainty(given, ("substance",), draws=MANY, cards={"heat": heat}))
    width = np.hypot(np.log(2), np.log(1.5))
    expected = 180.0 * np.exp([-width, 0.0, width])
    np.testing.assert_allclose([found["q0.025"], found["q0.5"], found["q0.975"]], expected, rtol=0.03)
    assert found["mean"] == pytest.approx(180.0 * np.exp((width / Z) ** 2 / 2), rel=0.02)
    assert (found["known"], found["unknown"]) == (1.0, 0.0)


def test_devices_in_series_are_evaluated_for_every_draw(tmp_path: Path) -> None:
    """Removal 0.9 +- 0.09: what passes is 0.1 +- 0.09, and no draw removes more than all."""
    device = factor(
        "d", 0.9, "1", parameter="removal_efficiency", substance="SO2", control="fgd_wet_limestone_gypsum", low=0.81,
        high=0.99, **BOUNDS,
    )  # fmt: skip
    rows = [factor("a", 1.0, "t/t", substance="SO2", basis="before_control"), device]
    removing = card(
        "all", substances=["SO2"], formula="controlled",
        parameters={"emission_factor": {"basis": ["before_control"]},
                    "removal": {"parameter": "removal_efficiency", "combine": "series"}},
        example={"per": "mass", "given": {"emission_factor": 1, "removal": 0.5}, "gives": 0.5,
                 "kind": "derived by hand"},
    )  # fmt: skip
    table = activity_table({"quantity": 100.0, "control": "fgd_wet_limestone_gypsum"})
    given = run(table, library(tmp_path, *rows), removing)
    found = uncertainty(given, ("substance",), draws=MANY, cards={"all": removing}).table.iloc[0]
    assert found["emission"] == pytest.approx(10.0)
    np.testing.assert_allclose([found["q0.025"], found["q0.975"]], [1.0, 19.0], atol=0.2)
    assert (found["known"], found["partly"]) == (0.0, 1.0)
    wide = replace(given.library, rows=given.library.rows.assign(confidence="50%"))
    wider = uncertainty(replace(given, library=wide), ("substance",), cards={"all": removing}).table.iloc[0]
    assert wider["q0.025"] == pytest.approx(0, abs=1e-12)


# ---------------------------------------------------------------- what has no bounds


def test_a_factor_without_bounds_does_not_move_and_is_said(tmp_path: Path) -> None:
    rows = [bounded("a", 2.0, 0.2, category="IPCC2006:1A1"), factor("b", 2.0, "t/t", category="IPCC2006:1A2")]
    given = result(tmp_path, rows, {"quantity": 100.0}, {"quantity": 300.0, "category": "IPCC2006:1A2a"})
    found = band(given, draws=MANY)
    assert (found["lines"], found["known"], found["unknown"]) == (2, 0.25, 0.75)
    assert found["sd"] == pytest.approx(40 / Z, rel=0.02)
    still = band(result(tmp_path / "b", [factor("b", 2.0, "t/t")], {"quantity": 3.0}))
    assert [still[name] for name in ("mean", "sd", "q0.025", "q0.5", "q0.975", "unknown")] == [6, 0, 6, 6, 6, 1]


def test_bounds_without_a_level_are_counted(tmp_path: Path) -> None:
    row = factor("a", 2.0, "t/t", low=1.0, high=3.0)
    given = result(tmp_path, [row], {"quantity": 100.0})
    cards = {"all": card("all", substances=["CO2", "CH4", "SO2"])}
    wide, narrow = (uncertainty(given, ("substance",), level=level, cards=cards) for level in (0.5, 0.95))
    assert (wide.assumed, narrow.assumed) == (1, 1)
    assert only(wide)["sd"] > 2 * only(narrow)["sd"]


# ---------------------------------------------------------------- activity data and measured values


def test_an_uncertain_quantity_and_an_uncertain_factor_multiply(tmp_path: Path) -> None:
    given = result(tmp_path, [bounded("a", 2.0, 0.2)], {"quantity": 100.0, "low": 90.0, "high": 110.0})
    found = band(given, draws=MANY)
    quantity, ratio = 0.1 / Z, 0.2 / Z
    expected = 200 * np.sqrt(quantity**2 + ratio**2 + (quantity * ratio) ** 2)
    assert found["sd"] == pytest.approx(expected, rel=0.02)
    assert found["activity"] == 1.0


def test_rows_of_one_key_move_apart(tmp_path: Path) -> None:
    items = [{"quantity": 100.0, "low": 90.0, "high": 110.0, "facility": name} for name in ("a", "b", "c", "d")]
    given = result(tmp_path, [factor("a", 1.0, "t/t")], *items, {"quantity": 50.0, "facility": "e"})
    found = band(given, draws=MANY)
    assert found["emission"] == 450
    assert found["sd"] == pytest.approx(10 / Z * np.sqrt(4), rel=0.02)


def test_what_a_row_was_split_into_moves_with_it(root: Path) -> None:
    table = read_activity(root / "examples" / "demo-city.xlsx")
    rows = table.rows[(table.rows["activity"] == "raw_coal") & (table.rows["quantity"] > 0)].head(1)
    amount = rows["quantity"].to_numpy()
    one = replace(table, rows=rows.assign(low=0.9 * amount, high=1.1 * amount).reset_index(drop=True))
    given = calculate(one, load_factors("cn-2026.1"))
    assert len(given.activity.rows) > 1
    still = replace(given.library, rows=given.library.rows.assign(low=np.nan, high=np.nan))
    found = only(uncertainty(replace(given, library=still), ("substance",), draws=MANY))
    assert found["sd"] == pytest.approx(0.1 / Z * found["emission"], rel=0.02)


def test_a_row_made_of_two_moves_with_both() -> None:
    given = activity_table({"quantity": 70.0, "activity_id": "net"})
    sources = activity_table(
        {"quantity": 100.0, "low": 90.0, "high": 110.0, "activity_id": "all"},
        {"quantity": 30.0, "low": 27.0, "high": 33.0, "activity_id": "part"},
    ).rows
    parents = pd.DataFrame(
        {"activity_id": ["net", "net"], "parent_id": ["all", "part"], "coefficient": [1.0, -1.0], "why": ["n", "n"]}
    )
    whole = calculate(replace(given, sources=sources, parents=parents), load_factors("ipcc-2006.1"))
    still = replace(whole.library, rows=whole.library.rows.assign(low=np.nan, high=np.nan))
    found = only(uncertainty(replace(whole, library=still), ("substance",), draws=MANY))
    expected = np.hypot(10, 3) / Z / 70 * found["emission"]
    assert found["sd"] == pytest.approx(expected, rel=0.02)


def test_a_measured_value_is_drawn_once_for_all_it_serves(tmp_path: Path) -> None:
    measured = [
        {"parameter": "emission_factor", "substance": "CO2", "value": 2.0, "unit": "t/t", "low": 1.6, "high": 2.4}
    ]
    items = ({"quantity": 100.0}, {"quantity": 300.0, "category": "IPCC2006:1A2a"})
    given = result(tmp_path, [factor("a", 5.0, "t/t")], *items, measured=measured)
    found = band(given, draws=MANY)
    assert found["emission"] == 800
    assert found["sd"] == pytest.approx(160 / Z, rel=0.02)


# ---------------------------------------------------------------- totals


def test_emissions_are_those_of_the_inventory(root: Path) -> None:
    given = demo(root)
    by = ("category", "region", "year", "substance")
    found = uncertainty(given, by, draws=2).table
    gases = found["substance"].str.startswith("CO2e")
    expected = totals(given, by)
    pd.testing.assert_series_equal(
        found[~gases].reset_index(drop=True)["emission"], expected["emission"], check_exact=True
    )


def test_gases_that_share_a_factor_move_together_in_co2_equivalents(tmp_path: Path) -> None:
    heat = card("heat", **HEAT, substances=["CO2", "CH4"])
    rows = [
        factor("n", 20.0, "TJ/kt", parameter="net_calorific_value", substance="", low=16, high=24, **BOUNDS),
        factor("e", 90.0, "t/TJ", parameter="energy_emission_factor"),
        factor("m", 3.0, "t/TJ", parameter="energy_emission_factor", substance="CH4"),
    ]
    given = run(activity_table({"quantity": 100.0}), library(tmp_path, *rows), heat)
    found = uncertainty(given, ("substance",), draws=5_000, cards={"heat": heat}).table.set_index("substance")
    whole = found.loc["CO2e (AR5GWP100)"]
    assert whole["emission"] == pytest.approx(180 + 28 * 6)
    assert whole["sd"] == pytest.approx(found.loc["CO2", "sd"] + 28 * found.loc["CH4", "sd"], rel=1e-9)


def test_categories_above_are_totals_of_their_own(tmp_path: Path) -> None:
    items = ({"quantity": 100.0}, {"quantity": 300.0, "category": "IPCC2006:1A2a"})
    given = result(tmp_path, [bounded("a", 2.0, 0.2)], *items)
    cards = {"all": card("all", substances=["CO2", "CH4", "SO2"])}
    found = uncertainty(given, ("category", "substance"), roll_up=True, cards=cards, draws=5_000).table
    co2 = found[found["substance"] == "CO2"].set_index("category")
    assert co2["emission"].to_dict() == {
        "IPCC2006:1": 800, "IPCC2006:1A": 800, "IPCC2006:1A1": 200, "IPCC2006:1A1a": 200, "IPCC2006:1A1ai": 200,
        "IPCC2006:1A2": 600, "IPCC2006:1A2a": 600,
    }  # fmt: skip
    assert co2.loc["IPCC2006:1A", "sd"] == pytest.approx(co2.loc["IPCC2006:1A1", "sd"] + co2.loc["IPCC2006:1A2", "sd"])


# ---------------------------------------------------------------- bits


def demo(root: Path) -> Run:
    return calculate(read_activity(root / "examples" / "demo-city.xlsx"), load_factors("cn-2026.1"))


def test_the_same_seed_gives_the_same_bits_for_any_number_of_threads(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = demo(root)
    first = uncertainty(given, draws=2_500, threads=1).table
    for threads in (2, 4):
        pd.testing.assert_frame_equal(uncertainty(given, draws=2_500, threads=threads).table, first, check_exact=True)
    assert not uncertainty(given, draws=2_500, seed=2).table["mean"].equals(first["mean"])
    monkeypatch.setattr("emissions.assurance.bands._TOGETHER", 10_000)
    pd.testing.assert_frame_equal(uncertainty(given, draws=2_500).table, first, rtol=1e-12)


def test_one_more_uncertain_factor_changes_no_other_draw(tmp_path: Path) -> None:
    items = ({"quantity": 100.0}, {"quantity": 300.0, "category": "IPCC2006:1A2a"})
    other = factor("b", 3.0, "t/t", category="IPCC2006:1A2")
    rows = [bounded("a", 2.0, 0.2, category="IPCC2006:1A1")]
    cards = {"all": card("all", substances=["CO2"])}
    by = ("category", "substance")
    tables = [
        uncertainty(result(tmp_path / name, [*rows, one], *items), by, cards=cards).table.set_index(
            ["category", "substance"]
        )
        for name, one in (("still", other), ("moving", other | {"low": "2", "high": "4", "confidence": "95%"}))
    ]
    power, steel = ("IPCC2006:1A1ai", "CO2"), ("IPCC2006:1A2a", "CO2")
    assert tables[0].loc[power, "sd"] == tables[1].loc[power, "sd"] > 0
    assert tables[0].loc[steel, "sd"] == 0 < tables[1].loc[steel, "sd"]


def test_the_implied_factors_are_those_of_the_calculation(root: Path) -> None:
    given = demo(root)
    lines = given.kind_lines.table
    rows = np.flatnonzero(counts(lines).to_numpy())
    found = distinct_factors(given, rows)
    groups, known = groups_of(given, found, load_cards(), np.zeros(len(found.matches), dtype=np.int64), 0)
    again = np.full(len(known), np.nan)
    for group in groups:
        again[group.number] = group.implied(np.ones((1, 1)))[:, 0]
    np.testing.assert_array_equal(again[found.of_row], lines["ief"].to_numpy()[rows])
    assert len(known) < len(given.counted) / 5


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"by": ("colour",)}, "unknown_column"), ({"draws": 1}, "too_few_draws"), ({"level": 1.0}, "no_level")],
)
def test_what_cannot_be_asked_is_refused(tmp_path: Path, asked: dict[str, Any], code: str) -> None:
    given = result(tmp_path, [factor("a", 1.0, "t/t")], {"quantity": 1.0})
    with pytest.raises(ResultError) as error:
        uncertainty(given, **asked)
    assert [one.code for one in error.value.problems] == [code]
