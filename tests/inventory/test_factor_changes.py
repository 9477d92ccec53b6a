"""The difference of two results by factor row, and of CO2 equivalents by GWP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emissions.inventory import compare, factor_changes
from reference.workbench import activity_table, card, factor, library, run

ONE = card("one", substances=["CO2", "CH4"])
HEAT = card(
    "heat",
    formula="energy_factor",
    parameters={"net_calorific_value": {}, "energy_emission_factor": {"parameter": "emission_factor"}},
    example={
        "per": "mass", "given": {"net_calorific_value": 1, "energy_emission_factor": 1}, "gives": 1,
        "kind": "derived by hand",
    },
)  # fmt: skip
SULPHUR = card(
    "sulphur",
    formula="controlled",
    substances=["SO2"],
    parameters={
        "emission_factor": {"basis": ["before_control"]},
        "removal": {"parameter": "removal_efficiency", "combine": "series"},
    },
    example={"per": "mass", "given": {"emission_factor": 1, "removal": 0}, "gives": 1, "kind": "derived by hand"},
)
CAUSES = ("quantity", "factor", "gwp", "method", "scope")


def changes(first: Any, second: Any, substance: str = "CO2", *cards: Any) -> pd.DataFrame:
    return factor_changes(first, second, substance, cards={one.id: one for one in cards or (ONE,)})


def result(root: Path, rows: Sequence[Any], *cards: Any, items: Sequence[Any] = ({},), **options: Any) -> Any:
    root.mkdir(exist_ok=True)
    return run(activity_table(*items), library(root, *rows), *(cards or (ONE,)), **options)


def heat(root: Path, calorific: float, emission: float, name: str = "a", **fields: Any) -> Any:
    rows = (
        factor(f"ncv-{name}", calorific, "GJ/t", parameter="net_calorific_value", substance=""),
        factor(f"ef-{name}", emission, "t/TJ"),
    )
    return result(root, rows, HEAT, **fields)


def removal(root: Path, sulphur: float, dust: float, factor_value: float = 0.01) -> Any:
    rows = [
        factor("ef", factor_value, "t/t", substance="SO2", basis="before_control"),
        *(
            factor(name, value, "1", parameter="removal_efficiency", substance="SO2", control=name)
            for name, value in (("fgd_ammonia", sulphur), ("fgd_spray_dryer", dust))
        ),
    ]
    return result(root, rows, SULPHUR, items=[{"control": "fgd_ammonia+fgd_spray_dryer"}])


def split_by_one(root: Path, items: Sequence[dict[str, Any]]) -> tuple[Any, Any]:
    """Return two results of raw coal, which the set of the second splits into lignite and anthracite."""
    kinds = ("lignite", "anthracite")
    named = {"activity": "raw_coal", "parameter": "share", "substance": ""}
    rows = [
        *(factor(f"share-{kind}", 0.5, "1", child=kind, **named) for kind in kinds),
        *(factor(kind, value, "t/t", activity=kind) for kind, value in zip(kinds, (2.0, 3.0), strict=True)),
    ]
    mix = {
        "activity": "raw_coal", "child": "child", "uses": ["combustion"], "dimensions": ["mass"],
        "why": {"zh": "构成", "en": "mix"},
    }  # fmt: skip
    one = result(root / "1", [factor("raw", 2.0, "t/t", activity="raw_coal")], items=items)
    (root / "2").mkdir()
    return one, run(activity_table(*items), library(root / "2", *rows, mixes=[mix]), ONE)


# ---------------------------------------------------------------- which rows changed


def test_a_changed_row_is_named_with_value_and_unit_before_and_after(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [factor("a", 2.0, "t/t")])
    two = result(tmp_path / "2", [factor("b", 2500.0, "kg/t")])
    (row,) = changes(one, two).to_dict("records")
    assert row == {
        "cause": "factor", "parameter": "emission_factor", "device": "",
        "before": "a", "value_before": 2.0, "unit_before": "t/t",
        "after": "b", "value_after": 2500.0, "unit_after": "kg/t", "lines": 1, "contribution": 50.0,
    }  # fmt: skip


def test_a_row_that_only_has_another_name_is_there_with_nothing(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [factor("a", 2.0, "t/t")])
    two = result(tmp_path / "2", [factor("b", 2000.0, "kg/t")])
    (row,) = changes(one, two).to_dict("records")
    assert (row["before"], row["after"], row["contribution"]) == ("a", "b", 0.0)


def test_equal_results_have_no_changed_rows(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [factor("a", 2.0, "t/t")])
    assert changes(one, one).empty


def test_factors_that_multiply_share_what_they_do_together(tmp_path: Path) -> None:
    # 100 t: 20 GJ/t x 100 t/TJ = 200 t; 30 x 150 = 450 t. Heat alone first: +100, last: +150
    table = changes(heat(tmp_path / "1", 20.0, 100.0), heat(tmp_path / "2", 30.0, 150.0), "CO2", HEAT)
    shares = table.set_index("parameter")["contribution"].to_dict()
    assert shares == pytest.approx({"net_calorific_value": 125.0, "emission_factor": 125.0})


def test_devices_in_series_are_named_each(tmp_path: Path) -> None:
    one, two = removal(tmp_path / "1", 0.9, 0.2), removal(tmp_path / "2", 0.95, 0.3)
    table = changes(one, two, "SO2", SULPHUR)
    # passing 0.1 x 0.8 -> 0.05 x 0.7 of 1 t: the first device -0.05 x 0.75, the second -0.1 x 0.075
    assert table.set_index("device")["contribution"].to_dict() == pytest.approx(
        {"fgd_ammonia": -0.0375, "fgd_spray_dryer": -0.0075}
    )
    assert set(table["parameter"]) == {"removal_efficiency"}


def test_a_measured_value_takes_the_place_of_a_row(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [factor("a", 2.0, "t/t")])
    (tmp_path / "2").mkdir()
    own = {"parameter": "emission_factor", "substance": "CO2", "value": 3.0, "unit": "t/t", "measured_id": "plant"}
    table = activity_table({}, measured=[own])
    two = run(table, library(tmp_path / "2", factor("a", 2.0, "t/t")), ONE)
    (row,) = changes(one, two).to_dict("records")
    assert (row["before"], row["after"], row["value_after"], row["contribution"]) == ("a", "plant", 3.0, 100.0)


def test_another_method_is_named_too(tmp_path: Path) -> None:
    rows = [factor("a", 2.0, "t/t"), factor("ncv", 20.0, "GJ/t", parameter="net_calorific_value", substance="")]
    one = result(tmp_path / "1", rows)
    two = result(tmp_path / "2", [factor("e", 150.0, "t/TJ"), rows[1]], HEAT)
    (row,) = changes(one, two, "CO2", ONE, HEAT).to_dict("records")
    assert (row["cause"], row["before"], row["after"], row["contribution"]) == ("method", "one", "heat", 100.0)


def test_what_a_set_assumes_does_not_hide_the_row(tmp_path: Path) -> None:
    why = {"zh": "假设", "en": "assumed"}
    rule = {"activities": ["lignite"], "conditions": {"technology": "pulverised_coal"}, "why": why}
    one = result(tmp_path / "1", [factor("a", 2.0, "t/t", technology="")])
    (tmp_path / "2").mkdir()
    rows = [factor("b", 3.0, "t/t", technology="pulverised_coal")]
    two = run(activity_table({}), library(tmp_path / "2", *rows, assume=[rule]), ONE)
    assert "pulverised_coal" in two.keys["technology"].astype(str).tolist()
    (row,) = changes(one, two).to_dict("records")
    assert (row["before"], row["after"], row["contribution"]) == ("a", "b", 100.0)


def test_what_a_set_assumes_does_not_hide_the_row_of_one_of_several_branches(tmp_path: Path) -> None:
    rule = {"activities": ["lignite"], "conditions": {"control": "none"}, "why": {"zh": "假设", "en": "assumed"}}
    items = [{"branch": branch} for branch in ("urban_households", "rural_households")]
    rows = [[factor(name, value, "t/t", branch="urban_households"), factor("rest", 3.0, "t/t", branch="")]
            for name, value in (("a", 2.0), ("b", 4.0))]  # fmt: skip
    one = result(tmp_path / "1", rows[0], items=items)
    (tmp_path / "2").mkdir()
    two = run(activity_table(*items), library(tmp_path / "2", *rows[1], assume=[rule]), ONE)
    (row,) = changes(one, two).to_dict("records")
    assert (row["cause"], row["before"], row["after"], row["contribution"]) == ("factor", "a", "b", 200.0)


def test_what_the_two_sets_split_otherwise_is_named_by_its_sources(tmp_path: Path) -> None:
    coal = [{"activity": "raw_coal", "branch": branch} for branch in ("urban_households", "rural_households")]
    one, two = split_by_one(tmp_path, coal)
    (row,) = changes(one, two).to_dict("records")
    assert (row["cause"], row["parameter"], row["lines"]) == ("split", "", 1)
    assert row["before"] == " + ".join(f"activity=raw_coal|branch={one['branch']}" for one in reversed(coal))
    assert row["after"].startswith("activity=anthracite|branch=rural_households + ")
    # 200 t of raw coal at 2 t/t; half of it lignite at 2 t/t, half anthracite at 3 t/t
    assert row["contribution"] == pytest.approx(100.0)


def test_what_is_alike_in_all_sources_of_a_split_is_not_said(tmp_path: Path) -> None:
    (row,) = changes(*split_by_one(tmp_path, [{"activity": "raw_coal", "technology": "kiln"}])).to_dict("records")
    assert (row["before"], row["after"]) == ("activity=raw_coal", "activity=anthracite + activity=lignite")


def test_what_no_row_explains_is_said_as_such(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [factor("a", 2.0, "t/t")])
    table = one.kind_lines.table
    other = replace(one, kind_lines=replace(one.kind_lines, table=table.assign(ief=table["ief"] * 1.5)))
    (row,) = changes(one, other).to_dict("records")
    assert (row["cause"], row["before"], row["after"], row["contribution"]) == ("factor", "", "", 100.0)


# ---------------------------------------------------------------- CO2 equivalents


def test_other_gwps_of_the_same_masses_are_put_down_to_the_gwp(tmp_path: Path) -> None:
    rows = [factor("a", 2.0, "t/t"), factor("m", 0.01, "t/t", substance="CH4")]
    one, two = (result(tmp_path / name, rows, gwp=name) for name in ("AR5GWP100", "AR6GWP100"))
    (cell,) = compare(one, two, "CO2e", by=("category",)).to_dict("records")
    assert cell["first"] == pytest.approx(200 + 28)
    assert cell["gwp"] == cell["difference"] == pytest.approx(27.9 - 28)
    assert [cell[name] for name in ("activity", "factor", "method", "scope")] == [0.0] * 4
    (row,) = changes(one, two, "CO2e").to_dict("records")
    assert (row["cause"], row["before"], row["value_before"], row["value_after"]) == ("gwp", "CH4", 28.0, 27.9)
    assert row["contribution"] == pytest.approx(-0.1)


def test_a_gas_of_one_result_only_is_weighed_with_its_own_gwp(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [factor("a", 2.0, "t/t")], gwp="AR5GWP100")
    rows = [factor("a", 2.0, "t/t"), factor("m", 0.01, "t/t", substance="CH4")]
    two = result(tmp_path / "2", rows, gwp="AR6GWP100")
    (cell,) = compare(one, two, "CO2e", by=("category",)).to_dict("records")
    assert (cell["scope"], cell["gwp"]) == (pytest.approx(27.9), 0.0)
    (row,) = changes(one, two, "CO2e").to_dict("records")
    assert (row["cause"], row["contribution"]) == ("scope", pytest.approx(27.9))


def test_without_gases_there_are_no_equivalents(tmp_path: Path) -> None:
    one = result(tmp_path / "1", [factor("s", 0.01, "t/t", substance="SO2")], card("s", substances=["SO2"]))
    assert compare(one, one, "CO2e").empty
    assert changes(one, one, "CO2e").empty


# ---------------------------------------------------------------- closure

amounts = st.floats(0, 1e9, allow_subnormal=False)
factors = st.floats(1e-3, 1e3)
fuels = st.sampled_from(["lignite", "anthracite", "coke", "diesel"])
items = st.lists(st.tuples(fuels, amounts), min_size=1, max_size=5, unique_by=lambda item: item[0])


@settings(max_examples=15)
@given(items, items, st.tuples(factors, factors), st.tuples(factors, factors), st.booleans(), st.data())
def test_the_parts_sum_to_the_whole_whatever_differs(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[str, float]],
    after: list[tuple[str, float]],
    one: tuple[float, float],
    two: tuple[float, float],
    other_method: bool,
    data: st.DataObject,
) -> None:
    root = tmp_path_factory.mktemp("pair")
    metrics = data.draw(st.tuples(*[st.sampled_from(["AR5GWP100", "AR6GWP100", "SARGWP100"])] * 2))
    cards = (HEAT, card("methane", substances=["CH4"], stream="combustion"))
    second = (card("direct", substances=["CO2", "CH4"]),) if other_method else cards
    runs = []
    for name, held, values, own, metric in (
        ("1", before, one, cards, metrics[0]),
        ("2", after, two, second, metrics[1]),
    ):
        rows = [
            factor("ncv", values[0], "GJ/t", parameter="net_calorific_value", substance=""),
            factor("ef", values[1], "t/TJ"),
            factor("direct", values[1] / 50, "t/t", dimension="") if other_method and name == "2" else None,
            factor("ch4", values[0] / 1e4, "t/t", substance="CH4"),
        ]
        of = [{"activity": fuel, "quantity": quantity} for fuel, quantity in held]
        kept = [{key: value for key, value in row.items() if key != "dimension"} for row in rows if row is not None]
        kept = [row for row in kept if not (other_method and name == "2" and row["factor_id"] == "ef")]
        runs.append(result(root / name, kept, *own, items=of, gwp=metric))
    for substance in ("CO2", "CH4", "CO2e"):
        cells = compare(runs[0], runs[1], substance, by=("activity",))
        size = float(cells[["first", "second"]].abs().to_numpy().sum())
        assert (np.abs(cells[list(CAUSES)].sum(axis=1) - cells["difference"]) <= 1e-12 * size).all()
        whole = float((cells["second"] - cells["first"]).sum())
        rows_of = changes(runs[0], runs[1], substance, *cards, *second)
        assert rows_of["contribution"].sum() == pytest.approx(whole, abs=1e-11 * size)
        if metrics[0] == metrics[1] or substance != "CO2e":
            assert not (rows_of["cause"] == "gwp").any()
            assert (cells["gwp"] == 0).all()
