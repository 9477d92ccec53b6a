"""Sizes that are hardly right are asked about, with the cell and what is usual."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from emissions.activity import read_activity
from emissions.activity.plausible import bound
from emissions.errors import Problem
from emissions.vocabulary import describe

from .support import GOOD, HEADINGS, codes, refused

Writer = Callable[..., Path]
MEASURED = ("参数", "物质", "参数值", "单位", "活动")
VEHICLES = ("地区", "年份", "车型", "燃料", "排放标准", "保有量（辆）", "年均行驶里程（km）")
CAR = ("内蒙古", 2020, "小型客车", "汽油", "国五", 100)


def warnings(path: Path) -> list[Problem]:
    return [note for note in read_activity(path).notes if note.level == "warning"]


def row(**cells: object) -> tuple[object, ...]:
    names = ("region", "year", "branch", "activity", "use", "quantity", "unit", "facility")
    return tuple({**dict(zip(names, GOOD, strict=True)), **cells}.values())


@pytest.mark.parametrize(("quantity", "asked"), [(12_500, True), (120, False)])
def test_a_year_unlike_the_others_is_asked_about(text_file: Writer, quantity: float, *, asked: bool) -> None:
    years = [row(year=year) for year in (2017, 2018, 2019)]
    found = warnings(text_file([HEADINGS, *years, row(quantity=quantity)]))
    assert [(one.code, one.cell, one.facts["times"]) for one in found] == (
        [("size_unlike_years", "F5", "1000")] if asked else []
    )


def test_the_plants_of_a_year_are_one_sum_and_the_largest_is_named(text_file: Writer) -> None:
    plants = [row(year=2019), row(quantity=1), row(quantity=1300, facility="乙厂")]
    (found,) = warnings(text_file([HEADINGS, *plants]))
    assert (found.cell, found.found, found.facts["usual"]) == ("F4", "1.301e+07", "1.25e+05")


def test_a_region_unlike_the_others_of_its_parent_is_asked_about(text_file: Writer) -> None:
    cities = [row(region=region) for region in ("呼和浩特市", "包头市", "乌海市")]
    large = row(region="赤峰市", quantity=1300)
    (found,) = warnings(text_file([HEADINGS, *cities, large]))
    assert (found.code, found.cell, found.facts["times"]) == ("size_unlike_regions", "F5", "104")
    assert "赤峰市" in describe(found, "zh")
    assert warnings(text_file([HEADINGS, *cities[:2], large])) == []
    province = row(region="山西省", quantity=1300)
    assert warnings(text_file([HEADINGS, *cities, province])) == []


def test_a_row_larger_than_all_others_of_its_year_is_asked_about(text_file: Writer) -> None:
    branches = [row(branch=branch) for branch in ("造纸和纸制品业", "纺织业", "农、林、牧、渔业")]
    (found,) = warnings(text_file([HEADINGS, *branches, row(branch="烟草制品业", quantity=12_500)]))
    assert (found.code, found.cell, found.facts["others"]) == ("size_unlike_rows", "F5", "3")


@pytest.mark.parametrize(
    ("region", "quantity", "asked"),
    [("鄂尔多斯市", 480_000, False), ("鄂尔多斯市", 500_000, True), ("CN", 500_000, False)],
)
def test_more_coal_than_the_whole_country_uses_is_asked_about(
    text_file: Writer, region: str, quantity: float, *, asked: bool
) -> None:
    """A single row of a single year has nothing in the workbook to be held against."""
    found = warnings(text_file([HEADINGS, row(region=region, quantity=quantity)]))
    assert [(one.code, one.cell, one.found) for one in found] == (
        [("more_coal_than_the_country", "F2", "5e+09")] if asked else []
    )
    if asked:
        assert "超过 4.9e+09 吨：全国" in describe(found[0], "zh")
        assert "International Energy Agency" in describe(found[0], "en")


def test_the_coal_of_a_region_is_one_sum_in_tonnes(text_file: Writer) -> None:
    kinds = [row(activity="褐煤", quantity=300_000), row(activity="无烟煤", quantity=200_000)]
    (found,) = warnings(text_file([HEADINGS, *kinds]))
    assert (found.cell, found.found) == ("F2", "5e+09")
    assert warnings(text_file([HEADINGS, kinds[0], row(activity="焦炭", quantity=200_000)])) == []
    assert warnings(text_file([HEADINGS, kinds[0], row(activity="无烟煤", quantity=200_000, year=2019)])) == []


def test_a_cell_that_is_asked_about_already_is_not_asked_about_again(text_file: Writer) -> None:
    years = [row(year=year) for year in (2017, 2018, 2019)]
    assert [one.code for one in warnings(text_file([HEADINGS, *years, row(quantity=600_000)]))] == ["size_unlike_years"]


def test_the_categories_of_one_activity_share_a_warning(text_file: Writer) -> None:
    branches = ("造纸和纸制品业", "纺织业")
    rows = [row(branch=branch, year=2019) for branch in branches]
    rows += [row(branch=branch, quantity=quantity) for branch, quantity in zip(branches, (12_500, 25_000), strict=True)]
    (found,) = warnings(text_file([HEADINGS, *rows]))
    assert (found.cell, found.facts["count"]) == ("F5", "2")
    assert "2 such cases" in describe(found, "en")


@pytest.mark.parametrize(("mileage", "asked"), [(4_500_000, True), (1_000_000, False)])
def test_more_kilometres_than_a_year_has_hours_for(text_file: Writer, mileage: float, *, asked: bool) -> None:
    found = warnings(text_file([VEHICLES, (*CAR, mileage), (*CAR[:4], "国四", 100, 12_000)]))
    assert [(one.code, one.cell, one.found) for one in found] == (
        [("mileage_not_possible", "G2", "4500000 km")] if asked else []
    )
    if asked:
        assert "1051200 km" in describe(found[0], "en")
        assert "8760" in describe(found[0], "zh")


@pytest.mark.parametrize(
    ("cell", "unit", "asked"), [(0.0055, "%", True), (0.55, "%", False), (0.0055, "", False), (0, "%", False)]
)
def test_a_fraction_with_the_unit_percent_is_asked_about(book: Writer, cell: float, unit: str, *, asked: bool) -> None:
    path = book({"a": [HEADINGS, GOOD], "b": [MEASURED, ("收到基硫分", "", cell, unit, "原煤")]})
    found = [one for one in read_activity(path).notes if one.code == "tiny_percent"]
    assert [(one.cell, one.level) for one in found] == ([("C2", "warning")] if asked else [])


@pytest.mark.parametrize(("small", "other", "asked"), [(3, "原煤", True), (1, "原煤", False), (3, "无烟煤", False)])
def test_measured_fine_particles_above_the_coarse_ones(book: Writer, small: float, other: str, *, asked: bool) -> None:
    rows = [("排放因子", "PM2.5", small, "千克/吨", "原煤"), ("排放因子", "PM10", 2, "千克/吨", other)]
    found = [
        one
        for one in read_activity(book({"a": [HEADINGS, GOOD], "b": [MEASURED, *rows]})).notes
        if one.level == "warning"
    ]
    assert [(one.code, one.cell, one.found, one.facts["other"]) for one in found] == (
        [("measured_part_above_whole", "C2", "PM2.5", "b!C3")] if asked else []
    )


def test_one_cell_that_all_rows_take_is_one_problem(book: Writer) -> None:
    rows = [("造纸和纸制品业", fuel, "燃烧", 1, "吨") for fuel in ("原煤", "焦炭", "无烟煤")]
    above = ("地区", "内蒙古", "年份", "二〇二〇")
    path = book({"能源": [above, (), ("行业", "能源品种", "用途", "数量", "单位"), *rows]})
    (found,) = refused(path)
    assert (found.code, found.cell, found.facts["rows_refused"]) == ("year_unreadable", "D1", "3")
    assert describe(found, "zh").endswith("影响 3 行")


def test_cells_of_their_own_are_problems_of_their_own(text_file: Writer) -> None:
    assert codes(refused(text_file([HEADINGS, row(year="x"), row(year="x", facility="b")]))) == ["year_unreadable"] * 2


def test_vehicles_that_agree_are_one_problem_with_their_own_advice(text_file: Writer) -> None:
    (found,) = refused(text_file([VEHICLES, (*CAR, 12_000), (*CAR, 15_000)]))
    assert (found.code, found.cell) == ("identical_vehicles", "F3")
    assert "设施" not in describe(found, "zh")


def test_rows_taken_for_sums_are_said(text_file: Writer) -> None:
    table = read_activity(text_file([HEADINGS, GOOD, row(branch="合计")]))
    (note,) = [note for note in table.notes if note.code == "subtotals_left_out"]
    assert (note.level, note.cell, note.facts["count"]) == ("info", "F3", "1")


@pytest.mark.parametrize(("name", "code"), [("焦炭", "fuel_as_product"), ("汽油", "fuel_produced")])
def test_a_fuel_on_the_sheet_of_products_is_sent_to_the_right_place(book: Writer, name: str, code: str) -> None:
    above = ("地区", "内蒙古", "年份", 2020)
    (found,) = refused(book({"工业 Industry": [above, (), ("产品", "数量", "单位"), (name, 1, "吨")]}))
    assert (found.code, found.cell) == (code, "A4")
    text = describe(found, "zh")
    assert ("焦炭生产" in text) == (name == "焦炭")
    assert "能源" in text


def test_the_bounds_have_reasons_in_both_languages() -> None:
    assert bound("annual_mileage").value == 8760 * 120
    for name in ("annual_mileage", "times_the_others", "percent_in_a_cell", "percent_in_a_scenario"):
        assert bound(name).why_zh
        assert bound(name).why_en
