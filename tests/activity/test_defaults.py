"""What a layout says of every row of its sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from emissions.activity import ActivityTable, read_activity, recognise
from emissions.activity.defaults import with_defaults
from emissions.activity.given import Given
from emissions.activity.layout import TableLayout, load_layouts, read_layouts
from emissions.activity.raw import RawRows
from emissions.activity.selectors import check_measured
from emissions.errors import VocabularyError
from emissions.vocabulary import describe

Writer = Callable[..., Path]
LAYOUT = {
    "kind": "table", "layout": "register", "order": 1, "title": {"zh": "台账", "en": "register"}, "content": "activity",
    "needs": ["activity", "quantity"], "required": ["activity", "quantity"],
}  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    "region": "东胜区", "year": 2020, "category": "1A2e", "use": "combustion", "unit": "吨", "control": "袋式除尘",
    "data_source": "台账", "facility": "园区", "technology": "煤粉炉", "capacity_MW": 300,
}  # fmt: skip


def layout(defaults: Mapping[str, Any], **other: Any) -> TableLayout:
    (found,) = read_layouts({"register.yaml": yaml.safe_dump(LAYOUT | other | {"defaults": dict(defaults)})})
    assert isinstance(found, TableLayout)
    return found


@pytest.fixture
def read(text_file: Writer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ActivityTable]:
    """Return a reader of rows in a layout with the defaults."""

    def reader(
        defaults: Mapping[str, Any], headings: tuple[str, ...], *rows: tuple[object, ...], **options: Any
    ) -> ActivityTable:
        other = {name: options.pop(name) for name in ("content", "needs", "required") if name in options}
        monkeypatch.setattr(recognise, "load_layouts", lambda: (layout(defaults, **other),))
        return read_activity(text_file([headings, *rows]), **options)

    return reader


def test_every_column_may_have_a_default(read: Callable[..., ActivityTable]) -> None:
    row = read(DEFAULTS, ("煤种", "数量", "活动"), ("", 5, "烟煤")).rows.iloc[0]
    assert {name: row[name] for name in ("region", "year", "category", "use", "unit", "control", "data_source", "facility",
                                         "technology", "capacity_MW", "quantity", "unit_as_printed", "activity")} == {
        "region": "150602", "year": 2020, "category": "IPCC2006:1A2e", "use": "combustion", "unit": "t",
        "control": "fabric_filter", "data_source": "台账", "facility": "园区", "technology": "pulverised_coal_boiler",
        "capacity_MW": 300.0, "quantity": 5.0, "unit_as_printed": "吨", "activity": "bituminous_coal",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "cell", "column", "stated"),
    [
        ("地区", "内蒙古", "region", "150000"),
        ("年份", 2019, "year", 2019),
        ("类别", "1A4a", "category", "IPCC2006:1A4a"),
        ("行业", "造纸和纸制品业", "category", "IPCC2006:1A2d"),
        ("用途", "原料", "use", "feedstock"),
        ("单位", "万吨", "quantity", 50000.0),
        ("控制措施", "无", "control", "none"),
        ("数据来源", "统计", "data_source", "统计"),
        ("设施", "甲厂", "facility", "甲厂"),
        ("工艺", "循环流化床", "technology", "circulating_fluidised_bed_boiler"),
        ("单机容量", 600, "capacity_MW", 600.0),
    ],
)
def test_a_default_stands_back_where_the_row_says_otherwise(
    read: Callable[..., ActivityTable], heading: str, cell: object, column: str, stated: object
) -> None:
    headings = ("活动", "数量", heading)
    own, blank = (read(DEFAULTS, headings, ("烟煤", 5, value)).rows.iloc[0] for value in (cell, ""))
    assert own[column] == stated
    assert blank[column] != stated
    assert blank["category"] == "IPCC2006:1A2e"


def test_a_default_is_taken_row_by_row(read: Callable[..., ActivityTable]) -> None:
    rows = read(DEFAULTS, ("活动", "数量", "控制措施"), ("烟煤", 5, "无"), ("褐煤", 6, "")).rows
    assert rows["control"].tolist() == ["none", "fabric_filter"]


@pytest.mark.parametrize(
    ("headings", "cell", "quantity"),
    [(("活动", "数量（万吨）"), 5, 50000.0), (("活动", "数量"), "5 千克", 0.005), (("活动", "数量"), 5, 5.0)],
)
def test_a_unit_of_the_heading_or_the_cell_comes_first(
    read: Callable[..., ActivityTable], headings: tuple[str, ...], cell: object, quantity: float
) -> None:
    assert read(DEFAULTS, headings, ("烟煤", cell)).rows["quantity"].tolist() == [quantity]


def test_what_the_caller_gives_comes_before_the_layout(read: Callable[..., ActivityTable]) -> None:
    row = read(DEFAULTS, ("活动", "数量"), ("烟煤", 5), region="康巴什区", year=2018).rows.iloc[0]
    assert (row["region"], row["year"]) == ("150603", 2018)


@pytest.mark.parametrize(
    ("heading", "stock", "quantity"), [("保有量", 2, 20000.0), ("保有量（辆）", 2, 2.0), ("保有量", "2 辆", 2.0)]
)
def test_vehicles_have_defaults_too(
    read: Callable[..., ActivityTable], heading: str, stock: object, quantity: float
) -> None:
    defaults = {"region": "东胜区", "year": 2020, "unit": "万辆", "stage": "国五"}
    there: dict[str, Any] = {"content": "vehicles", "needs": ["activity", "stock"], "required": ["activity", "stock"]}
    (row,) = read(defaults, ("活动", heading), ("重型柴油货车", stock), **there).rows.to_dict("records")
    assert (row["region"], row["stage"], row["quantity"]) == ("150602", "V", quantity)


def test_rows_above_the_headings_count_as_stated(read: Callable[..., ActivityTable]) -> None:
    rows = read(DEFAULTS, ("地区：", "康巴什区"), ("活动", "数量"), ("烟煤", 5)).rows
    assert rows["region"].tolist() == ["150603"]


def test_measured_values_have_defaults_for_what_they_are_for() -> None:
    raw = RawRows("a.csv", "", "measured", pd.DataFrame({"parameter": ["收到基硫分"], "value": ["0.6"], "row": [2]}))
    given = Given(region="150603")
    filled = with_defaults(raw, {"region": "东胜区", "unit": "%", "activity": "烟煤"}, given)
    row = check_measured(filled, given).rows.iloc[0]
    assert (row["region"], row["activity"], row["value"]) == ("150602", "bituminous_coal", pytest.approx(0.006))


# ---------------------------------------------------------------- what a layout may say


@pytest.mark.parametrize(
    ("defaults", "code", "english"),
    [
        ({"uses": "combustion"}, "layout_default_column",
         'the column "uses" cannot stand in defaults of the layout; did you mean "use"?'),
        ({"quantity": "5"}, "layout_default_column", 'the column "quantity" cannot stand in defaults of the layout'),
        ({"use": "combuston"}, "layout_default_value", '"combuston" for use in defaults of the layout is not known; did you mean "combustion"?'),
        ({"category": "9Z"}, "layout_default_value", None),
        ({"region": "月球"}, "layout_default_value", None),
        ({"activity": "月亮"}, "layout_default_value", None),
        ({"control": "风车"}, "layout_default_value", None),
        ({"unit": "mt"}, "layout_default_value", None),
        ({"year": 1066}, "layout_default_value", None),
        ({"year": "last"}, "layout_default_value", None),
        ({"technology": "风车"}, "layout_default_value", None),
        ({"capacity_MW": "big"}, "layout_default_value", None),
        ({"data_source": " "}, "layout_default_value", None),
    ],
)  # fmt: skip
def test_a_default_that_is_not_known_is_refused_when_the_layout_is_loaded(
    defaults: dict[str, Any], code: str, english: str | None
) -> None:
    with pytest.raises(VocabularyError) as caught:
        layout(defaults)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == (code, "register.yaml")
    if english is not None:
        assert describe(problem, "en") == f"register.yaml: {english}"


@pytest.mark.parametrize(("content", "column"), [("strata", "unit"), ("strata", "use"), ("measured", "control")])
def test_what_selects_rows_has_only_columns_that_select(content: str, column: str) -> None:
    with pytest.raises(VocabularyError):
        layout({column: "t"}, content=content)


def test_all_problems_of_all_layouts_are_told_together() -> None:
    texts = {
        f"{name}.yaml": yaml.safe_dump(LAYOUT | {"layout": name, "defaults": {"use": "x", "year": 1}}) for name in "ab"
    }
    with pytest.raises(VocabularyError) as caught:
        read_layouts(texts)
    assert [problem.file for problem in caught.value.problems] == ["a.yaml", "a.yaml", "b.yaml", "b.yaml"]


def test_the_layouts_of_the_package_load() -> None:
    assert len(load_layouts()) > 10
