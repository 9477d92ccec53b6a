"""Assumed conditions and mixes: children keep parents, shares sum to 1, nothing is chosen by file order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emissions.activity.table import ActivityTable
from emissions.engine.expand import assume, expand
from emissions.engine.keys import complete
from emissions.engine.where import Where
from emissions.errors import AmbiguousFactor, SharesDoNotSum
from emissions.factors.sets import Assumption, Reason
from emissions.vocabulary import load_vocabulary
from reference.workbench import activity_table, factor, library

WORDS = load_vocabulary()
FGD = {"control": "fgd_wet_limestone_gypsum", "share": 0.75, "activity": "coal"}
BARE = {"control": "none", "share": 0.25, "activity": "coal"}


# ---------------------------------------------------------------- assumed conditions


USUAL = Reason(zh="通常", en="usual")


def assumed(item: dict[str, Any], *conditions: str, **rule: Any) -> tuple[pd.Series, list[str]]:
    table = activity_table(item)
    table = ActivityTable(complete(table.rows, list(conditions), WORDS))
    result = assume(table, [Assumption(why=USUAL, **rule)], Where(table.rows, WORDS))
    return result.rows.iloc[0], [note.found for note in result.notes]


def test_a_condition_is_taken_where_none_is_stated() -> None:
    row, notes = assumed({}, "technology", "capacity_MW", conditions={"technology": "boiler", "capacity_MW": 300})
    assert (row["technology"], row["capacity_MW"]) == ("boiler", 300.0)
    assert [note.split(" = ")[0] for note in notes] == ["technology", "capacity_MW"]


def test_what_is_stated_stays() -> None:
    item = {"technology": "gas_boiler", "capacity_MW": 600.0, "control": "scr"}
    conditions = {"technology": "boiler", "capacity_MW": 300, "control": "none"}
    row, notes = assumed(item, "technology", "capacity_MW", conditions=conditions)
    assert (row["technology"], row["capacity_MW"], row["control"]) == ("gas_boiler", 600.0, "scr")
    assert notes == []


@pytest.mark.parametrize(
    "rule",
    [
        {"categories": ["IPCC2006:1A2"]},
        {"activities": ["anthracite"]},
        {"uses": ["feedstock"]},
        {"regions": ["130000"]},
        {"valid_from": 2021},
        {"valid_to": 2019},
    ],
)
def test_an_assumption_holds_only_where_its_rule_fits(rule: dict[str, Any]) -> None:
    row, notes = assumed({}, "technology", conditions={"technology": "boiler"}, **rule)
    assert (row["technology"], notes) == ("", [])
    fits = {"categories": ["IPCC2006:1A1"], "activities": ["coal"], "uses": ["combustion"]}
    fits |= {"regions": ["150000"], "valid_from": 2020, "valid_to": 2020}
    open_ended = {name: None if name.startswith("valid") else () for name in rule}
    row, _ = assumed({}, "technology", conditions={"technology": "boiler"}, **(fits | open_ended))
    assert row["technology"] == "boiler"


def test_an_assumption_is_said_with_rows_and_reason() -> None:
    table = ActivityTable(complete(activity_table({}, {"technology": "kiln"}, {}).rows, ["technology"], WORDS))
    (note,) = assume(
        table, [Assumption(conditions={"technology": "boiler"}, why=USUAL)], Where(table.rows, WORDS)
    ).notes
    assert (note.code, note.level) == ("assumed", "info")
    assert note.facts == {
        "condition": "technology",
        "value": "boiler",
        "rows": "2",
        "why_zh": "通常",
        "why_en": "usual",
    }


# ---------------------------------------------------------------- mixes


def share(identity: str, child: str, value: float, **fields: Any) -> dict[str, str]:
    fields = {"activity": "raw_coal", "parameter": "share", "substance": "", **fields}
    return factor(identity, value, "1", child=child, **fields)


def mixed(
    root: Path, shares: list[dict[str, str]], *items: dict[str, Any], remainder: str = "", **table: Any
) -> ActivityTable:
    mix = {
        "activity": "raw_coal", "child": "child", "uses": ["combustion"], "dimensions": ["mass"],
        "remainder": remainder, "why": {"zh": "构成", "en": "mix"},
    }  # fmt: skip
    factors = library(root, *shares, mixes=[mix])
    rows = [{"activity": "raw_coal", **item} for item in items or ({},)]
    return expand(activity_table(*rows, **table), factors, WORDS)[0]


HALVES = [share("a", "lignite", 0.5), share("b", "bituminous_coal", 0.5)]


def by_activity(table: ActivityTable) -> dict[str, float]:
    return table.rows.groupby("activity")["quantity"].sum().to_dict()


def test_a_mixed_fuel_becomes_its_kinds(tmp_path: Path) -> None:
    shares = [share("a", "lignite", 0.3), share("b", "bituminous_coal", 0.7)]
    table = mixed(tmp_path, shares, {"control": "none", "facility": "A"})
    assert by_activity(table) == pytest.approx({"lignite": 30.0, "bituminous_coal": 70.0}, rel=1e-15)
    assert set(table.rows["control"]) == {"none"}
    assert set(table.rows["facility"]) == {"A"}
    links = table.parents.set_index("activity_id").join(table.rows.set_index("activity_id")["activity"])
    assert dict(zip(links["activity"], links["coefficient"], strict=True)) == {"lignite": 0.3, "bituminous_coal": 0.7}
    assert dict(zip(links["activity"], links["why"], strict=True)) == {"lignite": "a", "bituminous_coal": "b"}
    assert set(links["parent_id"]) == {"r0"}


def test_the_kind_for_the_remainder_takes_what_the_shares_leave(tmp_path: Path) -> None:
    shares = [share("a", "lignite", 0.3), share("b", "bituminous_coal", 0.6)]
    table = mixed(tmp_path, shares, remainder="bituminous_coal")
    assert by_activity(table) == pytest.approx({"lignite": 30.0, "bituminous_coal": 70.0}, rel=1e-15)


def test_shares_that_leave_something_without_a_kind_for_it_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SharesDoNotSum) as caught:
        mixed(tmp_path, [share("a", "lignite", 0.3), share("b", "bituminous_coal", 0.6)])
    (problem,) = caught.value.problems
    assert (problem.code, problem.found, problem.facts) == (
        "mix_sum",
        "raw_coal",
        {"region": "150600", "year": "2020", "total": "0.9", "shares": "a = 0.3, b = 0.6"},
    )


@pytest.mark.parametrize("remainder", ["", "bituminous_coal"])
def test_shares_above_one_are_an_error(tmp_path: Path, remainder: str) -> None:
    with pytest.raises(SharesDoNotSum) as caught:
        mixed(tmp_path, [share("a", "lignite", 1.1), share("b", "bituminous_coal", 0.1)], remainder=remainder)
    assert caught.value.problems[0].facts["total"] == "1.2"


def test_two_equal_shares_of_one_kind_are_an_error(tmp_path: Path) -> None:
    shares = [share("a", "lignite", 0.5), share("b", "lignite", 0.3), share("c", "bituminous_coal", 0.5)]
    with pytest.raises(AmbiguousFactor) as caught:
        mixed(tmp_path, shares)
    (problem,) = caught.value.problems
    assert (problem.code, problem.allowed, problem.facts) == ("ambiguous_share", "a, b", {"kind": "lignite"})


def test_each_region_has_its_own_shares_and_the_trace_names_them(tmp_path: Path) -> None:
    shares = [
        share("m-lignite", "lignite", 0.4, region="150000"),
        share("m-bituminous", "bituminous_coal", 0.6, region="150000"),
        share("h-lignite", "lignite", 0.1, region="130000"),
        share("h-bituminous", "bituminous_coal", 0.9, region="130000"),
    ]
    table = mixed(tmp_path, shares, {"region": "150600"}, {"region": "130000"})
    found = {
        (row["region"], row["activity"]): (row["quantity"], why)
        for (_, row), why in zip(
            table.rows.iterrows(),
            table.parents.set_index("activity_id")["why"].loc[table.rows["activity_id"]],
            strict=True,
        )
    }
    assert found == {
        ("150600", "lignite"): (40.0, "m-lignite"),
        ("150600", "bituminous_coal"): (60.0, "m-bituminous"),
        ("130000", "lignite"): (10.0, "h-lignite"),
        ("130000", "bituminous_coal"): (90.0, "h-bituminous"),
    }


@pytest.mark.parametrize(
    "item",
    [
        {"activity": "lignite"}, {"use": "feedstock"}, {"dimension": "energy"},
        {"activity": "natural_gas", "dimension": "volume"}, {"region": "110000"},
    ],
)  # fmt: skip
def test_other_rows_stay_whole(tmp_path: Path, item: dict[str, str]) -> None:
    only_here = [share("a", "lignite", 0.5, region="150000"), share("b", "bituminous_coal", 0.5, region="150000")]
    table = mixed(tmp_path, only_here, item, {})
    left = table.rows[table.rows["activity_id"] == "r0"]
    assert left["quantity"].tolist() == [100.0]
    assert len(table.rows) == 3


def test_a_row_with_a_measured_carbon_content_stays_whole(tmp_path: Path) -> None:
    measured = [
        {"parameter": "carbon_content", "value": 25.0, "unit": "t/TJ", "facility": "A"},
        {"parameter": "sulphur_content", "value": 0.01, "unit": "1", "facility": "B"},
    ]
    table = mixed(tmp_path, HALVES, {"facility": "A"}, {"facility": "B"}, measured=measured)
    assert table.rows.groupby("facility")["activity"].agg(list).to_dict() == {
        "A": ["raw_coal"],
        "B": ["lignite", "bituminous_coal"],
    }


def test_a_mix_is_said(tmp_path: Path) -> None:
    table = mixed(tmp_path, [share("a", "lignite", 0.3), share("b", "bituminous_coal", 0.6)], {}, {"year": 2021},
                  remainder="bituminous_coal")  # fmt: skip
    (note,) = [note for note in table.notes if note.code == "mix_used"]
    assert note.facts == {"activity": "raw_coal", "rows": "2", "why_zh": "构成", "why_en": "mix", "left": "10"}


def test_strata_then_mix_give_a_chain_of_parents(tmp_path: Path) -> None:
    table = mixed(tmp_path, HALVES, {}, strata=[FGD, BARE])
    assert table.rows["quantity"].tolist() == [37.5, 37.5, 12.5, 12.5]
    coefficient = {
        child: (parent, one)
        for child, parent, one in zip(
            table.parents["activity_id"], table.parents["parent_id"], table.parents["coefficient"], strict=True
        )
    }
    quantity = table.sources.set_index("activity_id")["quantity"]
    for child, made in zip(table.rows["activity_id"], table.rows["quantity"], strict=True):
        parent, own = coefficient[child]
        grandparent, above = coefficient[parent]
        assert (own * quantity[parent], own * above * quantity[grandparent]) == (made, made)


def test_low_and_high_are_split_with_the_quantity(tmp_path: Path) -> None:
    table = mixed(tmp_path, HALVES, {"low": 80.0, "high": np.nan})
    assert table.rows["low"].tolist() == [40.0, 40.0]
    assert table.rows["high"].isna().all()
