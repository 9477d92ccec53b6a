from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from emissions.activity import read_activity
from emissions.activity.words import find_category, find_controls, find_unit, find_word
from emissions.vocabulary import describe

from .support import GOOD, HEADINGS, codes, refused

Writer = Callable[..., Path]


@pytest.mark.parametrize(
    ("cells", "code", "cell", "zh", "en"),
    [
        ({"unit": "万屯"}, "unknown_unit", "G2", "未知单位“万屯”", 'unknown unit "万屯"'),
        ({"unit": ""}, "unit_missing", "G2", "缺少计量单位", "the unit is missing"),
        ({"unit": "ton"}, "unit_ambiguous", "G2", "单位“ton”有多种含义", 'the unit "ton" has several readings'),
        ({"unit": "MT"}, "unit_ambiguous", "G2", "单位“MT”有多种含义", 'the unit "MT" has several readings'),
        ({"unit": "knot"}, "unit_ambiguous", "G2", "单位“knot”有多种含义", 'the unit "knot" has several readings'),
        (
            {"unit": "GJ/t"},
            "unit_not_of_activity",
            "G2",
            "不是活动水平数据的计量单位",
            "is not a unit of activity data",
        ),
        (
            {"unit": "万立方米"},
            "wrong_dimension",
            "G2",
            "“万立方米”不能作为“原煤”的单位；允许：t, TJ",
            '"万立方米" cannot be the unit of raw coal; allowed: t, TJ',
        ),
        ({"unit": "%"}, "wrong_dimension", "G2", "不能作为“原煤”的单位", "cannot be the unit of raw coal"),
        ({"quantity": "3 吨", "unit": "万吨"}, "unit_twice", "F2", "单位写了两次且不一致", "two units that differ"),
        ({"activity": "天燃气"}, "unknown_activity", "D2", "是否为“天然气”？", 'did you mean "天然气"?'),
        ({"activity": "煤炭"}, "activity_is_group", "D2", "请写明具体品种", "name one of its members"),
        ({"activity": ""}, "activity_missing", "D2", "缺少活动", "the activity is missing"),
        ({"region": "内蒙古省"}, "unknown_region", "A2", "未知地区“内蒙古省”", 'unknown region "内蒙古省"'),
        ({"branch": "造纸厂业"}, "unknown_condition", "C2", "“造纸厂业”", '"造纸厂业"'),
        ({"use": "烧掉"}, "unknown_use", "E2", "未知用途“烧掉”", 'unknown use "烧掉"'),
        ({"year": "二〇二〇"}, "year_unreadable", "B2", "无法识别的年份", "is not a year"),
        ({"year": 1949}, "year_out_of_range", "B2", "允许：1950–2100", "allowed: 1950–2100"),
        ({"quantity": "1,5"}, "number_ambiguous", "F2", "有两种读法", "can be read in two ways"),
        ({"quantity": -3}, "negative_quantity", "F2", "数量为负（-3）", "the quantity is negative (-3)"),
        ({"quantity": "#REF!"}, "error_value", "F2", "单元格是错误值 #REF!", "the cell holds the error #REF!"),
        ({"quantity": "很多"}, "not_a_number", "F2", "NE、NO、NA、IE、C", "NE, NO, NA, IE, C"),
        ({"quantity": "nan"}, "not_finite", "F2", "不是有限数值", "is not a finite number"),
        (
            {"branch": "", "use": "燃烧"},
            "category_missing",
            "",
            "无法确定“原煤”的排放源类别",
            'the category of "原煤" is open',
        ),
    ],
)
def test_every_slip_is_named_at_its_cell(
    one: Writer,
    cells: dict[str, object],
    code: str,
    cell: str,
    zh: str,
    en: str,
) -> None:
    (problem,) = refused(one(**cells))
    assert (problem.code, problem.row) == (code, 2)
    assert problem.cell == (cell or problem.cell)
    assert zh in describe(problem, "zh")
    assert en in describe(problem, "en")


def test_all_problems_of_a_file_come_at_once_in_the_order_of_its_cells(text_file: Writer) -> None:
    rows = [HEADINGS, ("火星", 20, "x", "y", "z", "1,5", "kx", ""), (*GOOD[:6], "ton", "丙厂")]
    problems = refused(text_file(rows))
    assert [problem.cell for problem in problems] == ["A2", "B2", "C2", "D2", "E2", "F2", "G2", "G3"]


@pytest.mark.parametrize("cell", [True, dt.time(3, 4), dt.date(2020, 1, 5)])
def test_truth_values_and_dates_in_the_quantity_cell(book: Writer, cell: object) -> None:
    (code,) = codes(refused(book({"a": [HEADINGS, (*GOOD[:5], cell, *GOOD[6:])]})))
    assert code in {"truth_value_as_quantity", "date_as_quantity"}


@pytest.mark.parametrize(
    ("cells", "quantity", "dimension"),
    [
        ({"quantity": "1,234.5", "unit": "吨"}, 1234.5, "mass"),
        ({"quantity": "１２３", "unit": "t"}, 123.0, "mass"),
        ({"quantity": "12.3 万吨", "unit": ""}, 123_000.0, "mass"),
        ({"quantity": "3 万吨", "unit": "10^4 t"}, 30_000.0, "mass"),
        ({"quantity": 1, "unit": "kt"}, 1000.0, "mass"),
        ({"quantity": 1, "unit": "Mt"}, 1e6, "mass"),
        ({"quantity": 1, "unit": "万吨标准煤"}, 293.076, "energy"),
        ({"quantity": 1, "unit": "tce"}, 0.0293076, "energy"),
        ({"quantity": 2, "unit": "亿立方米", "activity": "天然气"}, 2e8, "volume"),
        ({"quantity": 0}, 0.0, "mass"),
        ({"year": "2020年"}, 125_000.0, "mass"),
        ({"region": "150000"}, 125_000.0, "mass"),
        ({"activity": "原煤 / raw coal"}, 125_000.0, "mass"),
        ({"branch": "paper"}, 125_000.0, "mass"),
        ({"use": ""}, 125_000.0, "mass"),
    ],
)
def test_one_reading_is_read(one: Writer, cells: dict[str, object], quantity: float, dimension: str) -> None:
    row = read_activity(one(**cells)).rows.iloc[0]
    assert row["quantity"] == pytest.approx(quantity)
    assert (row["dimension"], row["use"]) == (dimension, "combustion")


@pytest.mark.parametrize("key", ["NE", "NO", "NA", "IE", "C"])
def test_notation_keys_stand_in_the_row(one: Writer, key: str) -> None:
    row = read_activity(one(quantity=key, unit="")).rows.iloc[0]
    assert (row["notation"], row["dimension"], row["unit"]) == (key, "mass", "t")
    assert row["quantity"] != row["quantity"]


def test_numbers_as_text_are_said_once_a_column(text_file: Writer) -> None:
    rows = [HEADINGS, *((*GOOD[:5], f"1,00{n}.5", *GOOD[6:7], f"厂{n}") for n in range(3))]
    (note,) = read_activity(text_file(rows)).notes
    assert (
        describe(note, "en") == 'a.csv F2: 3 numbers are written as text (such as "1,000.5") and were read as numbers'
    )


def test_the_decimal_comma_by_choice(one: Writer) -> None:
    table = read_activity(one(quantity="1,5"), choices={"decimal_comma": "decimal"})
    assert table.rows["quantity"].tolist() == [15_000.0]


def test_choices_that_do_not_exist(one: Writer) -> None:
    assert codes(refused(one(), choices={"decimal_comma": "maybe"})) == ["unknown_choice"]
    assert codes(refused(one(), choices={"comma": "decimal"})) == ["unknown_choice"]


def test_identical_rows_are_refused_and_facilities_add_up(text_file: Writer) -> None:
    (problem,) = refused(text_file([HEADINGS, GOOD, (*GOOD[:5], 99, *GOOD[6:])]))
    assert (problem.code, problem.cell, problem.facts["other"]) == ("identical_row", "F3", "F2")
    assert describe(problem, "zh").startswith("a.csv F3: 与 F2 除数量外完全相同")
    assert len(read_activity(text_file([HEADINGS, GOOD, (*GOOD[:-1], "乙厂")])).rows) == 2


def test_identical_rows_of_two_files(text_file: Writer) -> None:
    (problem,) = refused(text_file([HEADINGS, GOOD], "a.csv"), text_file([HEADINGS, GOOD], "b.csv"))
    assert (problem.file, problem.facts["other"]) == ("b.csv", "a.csv F2")


def test_bounds_and_uncertainty(text_file: Writer) -> None:
    rows = [
        (*HEADINGS, "不确定性（%）", "下限", "上限"),
        (*GOOD, 10, "", ""),
        (*GOOD[:-1], "乙厂", "", 12, 13),
        (*GOOD[:-1], "丙厂", "±5%", "", ""),
    ]
    table = read_activity(text_file(rows)).rows
    assert table["low"].tolist() == pytest.approx([112_500, 120_000, 118_750])
    assert table["high"].tolist() == pytest.approx([137_500, 130_000, 131_250])
    assert codes(refused(text_file([(*HEADINGS, "下限"), (*GOOD, 13)]))) == ["bounds_out_of_order"]


def test_conditions_and_controls(text_file: Writer) -> None:
    rows = [(*HEADINGS, "锅炉吨位 (t/h)", "控制措施"), (*GOOD, 65, "袋式除尘 + 石灰石-石膏湿法脱硫")]
    row = read_activity(text_file(rows)).rows.iloc[0]
    assert (row["boiler_tph"], row["control"]) == (65.0, "fabric_filter+fgd_wet_limestone_gypsum")
    problems = refused(text_file([rows[0], (*GOOD, "很大", "风车")]))
    assert sorted(codes(problems)) == ["condition_not_a_number", "unknown_control"]


def test_recovery_is_taken_off_in_either_sign(text_file: Writer) -> None:
    rows = [
        ("地区", "年份", "活动", "用途", "数量", "单位"),
        ("内蒙古", 2020, "煤矿瓦斯回收利用", "回收利用", 30, "万立方米"),
    ]
    table = read_activity(text_file(rows))
    assert table.rows["quantity"].tolist() == [-300_000.0]
    assert [note.code for note in table.notes] == ["recovery_taken_off"]
    rows[1] = ("内蒙古", 2020, "煤矿瓦斯回收利用", "回收利用", -30, "万立方米")
    assert read_activity(text_file(rows)).rows["quantity"].tolist() == [-300_000.0]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("1A1a", "IPCC2006:1A1a"),
        ("1.A.1.a", "IPCC2006:1A1a"),
        ("IPCC2006:1A1a", "IPCC2006:1A1a"),
        ("1A1a 公用电力和热力生产", "IPCC2006:1A1a"),
        ("NFR:3B1a", "NFR:3B1a"),
        ("3B1", "IPCC2006:3B1"),
    ],
)
def test_categories_with_and_without_scheme(text: str, word: str) -> None:
    assert find_category(text).word == word


def test_words_of_both_languages() -> None:
    assert find_word("activities", "原煤 / raw coal").word == "raw_coal"
    assert find_word("activities", "原煤 / coke").problem == "unknown_word"
    assert find_controls("SCR脱硝、布袋除尘").word == "fabric_filter+scr"
    assert find_unit("万吨 / 1e4 t").unit == "1e4 t"


@pytest.mark.parametrize(
    ("activity", "unit", "category", "use"),
    [
        ("水泥熟料", "万吨", "IPCC2006:2A1", "production"),
        ("井工煤矿开采", "万吨", "IPCC2006:1B1ai1", "production"),
        ("小型客车（汽油）", "万车公里", "IPCC2006:1A3bi", "distance"),
        ("小型客车（汽油）", "辆", "IPCC2006:1A3bi", "stock"),
        ("电力", "亿千瓦时", "IPCC2006:1A1a", "own_use"),
    ],
)
def test_category_and_use_that_follow_from_the_activity(
    text_file: Writer,
    activity: str,
    unit: str,
    category: str,
    use: str,
) -> None:
    rows = [("地区", "年份", "活动", "数量", "单位"), ("内蒙古", 2020, activity, 3, unit)]
    assert read_activity(text_file(rows)).rows[["category", "use"]].iloc[0].tolist() == [category, use]
