"""The whole calculation: notation keys, strict, empty tables, what the run records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.activity.table import ActivityTable
from emissions.engine import calculate
from emissions.errors import GapsNotAllowed
from emissions.methods import load_cards
from reference.workbench import activity_table, card, factor, library, line, run

ROW = factor("a", 2.0, "t/t")
LINE_COLUMNS = {
    "key", "substance", "stream", "category", "memo", "card", "status", "reason", "stopped", "ief", "tier",
    "quantity", "emission",
}  # fmt: skip


def test_emission_is_the_sum_of_quantities_times_the_implied_factor(tmp_path: Path) -> None:
    table = activity_table({"quantity": 0.1}, {"quantity": 0.2, "facility": "b"}, {"quantity": 5.0, "year": 2021})
    result = run(table, library(tmp_path, ROW), card("one"))
    assert line(result)["quantity"] == pytest.approx(0.3, rel=1e-15)
    assert line(result)["emission"] == pytest.approx(0.6, rel=1e-15)
    assert line(result, key=1)["emission"] == 10.0
    assert result.key_of_row.tolist() == [0, 0, 1]


def test_lines_have_the_columns_that_are_promised(tmp_path: Path) -> None:
    result = run(activity_table({}), library(tmp_path, ROW), card("one"))
    assert set(result.lines.columns) == LINE_COLUMNS
    assert result.lines[["key", "substance", "stream"]].duplicated().sum() == 0
    assert result.lines.index.tolist() == list(range(len(result.lines)))
    assert set(result.matches.columns) == {"line", "argument", "device", "origin", "row", "value", "earlier"}


def test_matches_name_the_row_and_its_value_in_the_unit_of_the_formula(tmp_path: Path) -> None:
    result = run(activity_table({}), library(tmp_path, factor("a", 2.0, "kg/t")), card("one"))
    (match,) = result.matches.to_dict("records")
    assert match["value"] == 0.002
    assert (match["argument"], match["device"], match["origin"], match["row"]) == ("emission_factor", "", 0, 0)
    assert not match["earlier"]


@pytest.mark.parametrize("notation", ["NE", "NO", "NA", "IE", "C"])
def test_a_notation_key_in_place_of_a_quantity_stands_in_every_line_of_its_key(tmp_path: Path, notation: str) -> None:
    table = activity_table({"quantity": np.nan, "notation": notation}, {})
    result = run(table, library(tmp_path, ROW), card("one"), card("two", stream="slip"))
    assert result.keys["notation"].astype(str).tolist() == [notation, ""]
    own = result.lines[result.lines["key"] == 0]
    assert set(own["status"]) == {notation}
    assert set(own["reason"]) == {"stated_in_workbook"}
    assert own["emission"].isna().all()
    assert own["ief"].isna().all()
    assert not own["substance"].duplicated().any()
    assert "CO2" in set(own["substance"])
    assert result.lines.loc[(result.lines["key"] == 1) & (result.lines["substance"] == "CO2"), "emission"].tolist() == [
        200.0,
        200.0,
    ]
    of_matches = result.lines["key"].iloc[result.matches["line"].astype(int)]
    assert set(of_matches[result.lines["status"].iloc[result.matches["line"].astype(int)] == "ok"]) == {1}


def test_a_notated_row_does_not_empty_the_quantity_of_another(tmp_path: Path) -> None:
    table = activity_table({"quantity": np.nan, "notation": "C", "facility": "a"}, {"quantity": 7.0, "facility": "b"})
    result = run(table, library(tmp_path, ROW), card("one"))
    assert result.counted["emission"].tolist() == [14.0]


def test_a_table_of_nothing_but_notation_keys_counts_nothing(tmp_path: Path) -> None:
    result = run(activity_table({"quantity": np.nan, "notation": "NO"}), library(tmp_path, ROW), card("one"))
    assert set(result.lines.columns) >= LINE_COLUMNS
    assert set(result.lines["status"]) == {"NO"}
    assert result.counted.empty
    assert result.gaps.empty


def test_an_empty_table_gives_an_empty_run(tmp_path: Path) -> None:
    table = activity_table({})
    result = run(ActivityTable(table.rows.iloc[:0]), library(tmp_path, ROW), card("one"))
    assert len(result.lines) == 0


def test_strict_names_every_gap(tmp_path: Path) -> None:
    complete = card("one", activities=["calcium_carbide"], categories=["IPCC2006:2"], uses=["production"],
                    stream="process", substances=["CO2", "PM10", "PM2.5"])  # fmt: skip
    item = {"activity": "calcium_carbide", "category": "IPCC2006:2B5", "use": "production"}
    rows = [factor(name, 1.0, "t/t", substance=name) for name in ("CO2", "PM10", "PM2.5")]
    run(activity_table(item), library(tmp_path, *rows), complete, strict=True)
    with pytest.raises(GapsNotAllowed) as caught:
        run(activity_table(item), library(tmp_path, rows[0]), complete, strict=True)
    assert {problem.found for problem in caught.value.problems} == {"PM10", "PM2.5"}
    (first, _) = caught.value.problems
    assert first.code == "gap"
    assert first.facts == {
        "activity": "calcium_carbide", "category": "IPCC2006:2B5", "reason": "no_factor:emission_factor",
    }  # fmt: skip


def test_the_metric_is_that_of_the_set_unless_another_is_given(tmp_path: Path) -> None:
    factors = library(tmp_path, ROW)
    assert run(activity_table({}), factors, card("one")).gwp == "AR5GWP100"
    other = run(activity_table({}), factors, card("one"), gwp="AR6GWP100")
    assert (other.gwp, other.manifest["gwp"]) == ("AR6GWP100", "AR6GWP100")


def test_the_manifest_says_what_is_needed_to_compute_the_same_again(tmp_path: Path) -> None:
    factors = library(tmp_path, ROW)
    manifest = run(activity_table({}), factors, card("one")).manifest
    assert manifest["factor_set"] == "small"
    assert manifest["factor_digest"] == factors.digest
    assert set(manifest["packages"]) == {"one@1.0"}
    assert manifest["choices"] == {"feedstock": "carbon_balance"}
    json.dumps(manifest)


def test_the_digest_of_a_library_follows_its_numbers_and_its_set(tmp_path: Path) -> None:
    digests = [
        library(tmp_path / name, *rows, **chosen).digest
        for name, rows, chosen in (
            ("1", [ROW], {}),
            ("2", [ROW], {}),
            ("3", [factor("a", 2.5, "t/t")], {}),
            ("4", [ROW], {"gwp": "AR6GWP100"}),
        )
        if (tmp_path / name).mkdir() is None
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_the_table_that_is_given_is_left_alone(tmp_path: Path) -> None:
    table = activity_table({"activity": "raw_coal"}, {}, strata=[{"control": "none", "share": 1.0}])
    before = table.rows.copy(deep=True)
    run(table, library(tmp_path, ROW), card("one"))
    pd.testing.assert_frame_equal(table.rows, before)


def test_without_other_cards_those_of_the_package_serve(tmp_path: Path) -> None:
    item: dict[str, Any] = {"use": "import", "activity": "purchased_heat", "dimension": "energy"}
    heat = factor("h", 0.11, "t/GJ", parameter="heat_factor", activity="purchased_heat")
    result = calculate(activity_table({**item, "category": "IPCC2006:1A1a"}), library(tmp_path, heat))
    assert "heat_imported" in load_cards()
    assert line(result)["card"] == "heat_imported"
    assert line(result)["emission"] == pytest.approx(100 * 110.0, rel=1e-14)
    assert line(result)["memo"] == "imported_heat"
