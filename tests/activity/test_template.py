from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from emissions.activity import read_activity, write_template
from emissions.activity.layout import MatrixLayout, TableLayout, load_headings, load_layouts
from emissions.activity.template_model import list_words, load_template, shown, table_of
from emissions.activity.words import find_category, find_controls, find_unit, find_word
from emissions.errors import ActivityErrors
from emissions.vocabulary import Language, describe, load_vocabulary

from .support import GOOD, HEADINGS, codes, refused

Writer = Callable[..., Path]
HEADING_ROW = 6
FIRST_FREE_ROW = 9


def _fill(path: Path, sheet: str, **cells: object) -> None:
    """Fill a row of a sheet of the template by our column names."""
    book = openpyxl.load_workbook(path)
    template = load_template()
    columns = next(each.columns for each in template.sheets if each.name == sheet)
    if book[sheet].cell(HEADING_ROW, len(columns) + 1).value:
        place = next(index for index, column in enumerate(columns) if column in {"quantity", "stock", "value", "share"})
        columns = (*columns[: place + 1], "previous", *columns[place + 1 :])
    row = next(
        row
        for row in range(HEADING_ROW + 1, 200)
        if not any(book[sheet].cell(row, column + 1).value for column in range(len(columns)))
    )
    for name, value in cells.items():
        book[sheet].cell(row, columns.index(name) + 1, value)
    book.save(path)


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    return request.param  # type: ignore[no-any-return]


def test_an_empty_template_is_refused_politely(tmp_path: Path, language: Language) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, "呼和浩特", 2020, language=language)
    (problem,) = refused(path)
    assert problem.code == "no_data_rows"
    assert describe(problem, "zh") == "t.xlsx: 文件中没有数据行；请在模板中填写至少一行（示例行不读取）"
    assert describe(problem, "en").startswith("t.xlsx: the file has no rows of data; fill in at least one row")


def test_a_filled_template_comes_back(tmp_path: Path, language: Language) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, "150100", 2020, language=language)

    def word(column: str, text: str) -> str:
        return shown(column, text, language)

    _fill(
        path,
        "能源 Energy",
        branch=word("branch", "paper"),
        activity=word("activity", "raw_coal"),
        quantity=12,
        unit=word("unit", "1e4 t"),
        control=word("control", "fabric_filter+scr"),
        uncertainty=5,
        facility="甲厂",
    )
    _fill(
        path,
        "电力热力 Power and heat",
        category=word("category", "IPCC2006:1A1ai"),
        activity=word("activity", "grid_electricity"),
        use=word("use", "export"),
        quantity=21,
        unit=word("unit", "1e8 kWh"),
    )
    _fill(
        path,
        "车辆 Vehicles",
        activity=word("activity", "heavy_truck_diesel"),
        stage=word("stage", "IV"),
        stock=8000,
        mileage=60000,
    )
    _fill(path, "工业 Industry", activity=word("activity", "cement_clinker"), quantity=300, unit=word("unit", "1e4 t"))
    _fill(
        path,
        "逃逸 Fugitive",
        activity=word("activity", "underground_coal_mining"),
        quantity=300,
        unit=word("unit", "1e4 t"),
    )
    _fill(
        path,
        "其他 Any",
        category="1A3eii",
        activity=word("activity", "diesel"),
        use=word("use", "combustion"),
        quantity=1,
        unit=word("unit", "t"),
        region="内蒙古",
        year=2019,
    )
    _fill(
        path,
        "实测参数 Measured",
        parameter=word("parameter", "sulphur_content"),
        value=0.6,
        unit="%",
        activity=word("activity", "raw_coal"),
    )
    _fill(path, "控制分层 Controls", control=word("control", "none"), share=100)
    table = read_activity(path)
    rows = table.rows.set_index("sheet")
    assert rows.loc["能源 Energy", ["region", "year", "category", "use", "quantity", "low", "control"]].tolist() == [
        "150100",
        2020,
        "IPCC2006:1A2d",
        "combustion",
        120_000.0,
        114_000.0,
        "fabric_filter+scr",
    ]
    assert rows.loc["电力热力 Power and heat", ["category", "use", "quantity"]].tolist() == [
        "IPCC2006:1A1ai",
        "export",
        7560.0,
    ]
    assert rows.loc["车辆 Vehicles", "quantity"].tolist() == [8000.0, 4.8e8]
    assert rows.loc["工业 Industry", ["category", "use"]].tolist() == ["IPCC2006:2A1", "production"]
    assert rows.loc["逃逸 Fugitive", "category"] == "IPCC2006:1B1ai1"
    assert rows.loc["其他 Any", ["region", "year"]].tolist() == ["150000", 2019]
    assert table.measured[["region", "value"]].iloc[0].tolist() == ["150100", pytest.approx(0.006)]
    assert table.strata["share"].tolist() == [1.0]
    assert set(table.excluded["reason"]) == {"example_row"}
    assert [note for note in table.notes if note.level == "warning"] == []


def test_every_example_of_the_template_is_good_data(tmp_path: Path, language: Language) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, "150100", 2020, language=language)
    book = openpyxl.load_workbook(path)
    for sheet in load_template().sheets:
        for row in range(HEADING_ROW + 1, HEADING_ROW + 1 + len(sheet.examples)):
            book[sheet.name].cell(row, 1).value = None
    book.save(path)
    table = read_activity(path)
    assert len(table.excluded) == 0
    assert [note.code for note in table.notes if note.level == "warning"] == []


def test_rolling_forward_keeps_the_rows_and_shows_last_year(tmp_path: Path) -> None:
    last, path = tmp_path / "2020.xlsx", tmp_path / "2021.xlsx"
    write_template(last, "150100", 2020)
    _fill(last, "能源 Energy", branch="造纸和纸制品业", activity="原煤", quantity=12, unit="万吨", facility="甲厂")
    _fill(last, "车辆 Vehicles", activity="重型货车（柴油）", stage="国四", stock=8000, mileage=60000)
    write_template(path, "150100", 2021, roll_from=last)
    sheet = openpyxl.load_workbook(path)["能源 Energy"]
    assert [sheet.cell(HEADING_ROW, column).value for column in (7, 8, 9)] == [
        "数量\nQuantity",
        "上年数量\nPrevious quantity",
        "单位\nUnit",
    ]
    assert [sheet.cell(FIRST_FREE_ROW, column).value for column in (2, 3, 7, 8, 9)] == [
        "造纸和纸制品业",
        "原煤",
        None,
        12,
        "万吨",
    ]
    problems = refused(path)
    assert codes(problems) == ["no_data_rows"]
    book = openpyxl.load_workbook(path)
    book["能源 Energy"].cell(FIRST_FREE_ROW, 7, 13)
    book.save(path)
    table = read_activity(path)
    assert table.rows[["year", "quantity", "facility"]].iloc[0].tolist() == [2021, 130_000.0, "甲厂"]
    assert sorted(table.excluded["reason"].unique()) == ["example_row", "no_quantity"]


def test_rolling_from_a_long_table_goes_to_the_sheet_for_any_data(tmp_path: Path, text_file: Writer) -> None:
    rows = [HEADINGS, GOOD, ("山西", *GOOD[1:])]
    path = tmp_path / "t.xlsx"
    write_template(path, "内蒙古", 2021, roll_from=text_file(rows))
    sheet = openpyxl.load_workbook(path)["其他 Any"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=8, max_row=10)]
    assert [row for row in values if any(row)] == [values[0]]
    assert {"原煤", 12.5, "万吨", "甲厂"} <= set(values[0])


def test_nothing_to_roll(tmp_path: Path, book: Writer) -> None:
    with pytest.raises(ActivityErrors, match="nothing_to_roll"):
        write_template(tmp_path / "t.xlsx", "内蒙古", 2021, roll_from=book({"a": [HEADINGS]}))


def test_a_refused_template_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_text("old")
    with pytest.raises(ActivityErrors) as caught:
        write_template(path, "火星", 1800)
    assert codes(list(caught.value.problems)) == ["unknown_region", "year_out_of_range"]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_rolled_text_is_never_a_formula(tmp_path: Path) -> None:
    last, path = tmp_path / "2020.xlsx", tmp_path / "2021.xlsx"
    write_template(last, "150100", 2020)
    book = openpyxl.load_workbook(last)
    for column, value in ((2, "造纸和纸制品业"), (3, "原煤"), (7, 12), (8, "万吨"), (10, "=1+1")):
        book["能源 Energy"].cell(FIRST_FREE_ROW, column).value = value
    book["能源 Energy"].cell(FIRST_FREE_ROW, 10).data_type = "s"
    book.save(last)
    write_template(path, "150100", 2021, roll_from=last)
    cell = openpyxl.load_workbook(path)["能源 Energy"].cell(FIRST_FREE_ROW, 11)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_lists_hold_texts_that_are_read_back(language: Language) -> None:
    for sheet in load_template().sheets:
        for column in sheet.columns:
            for word in list_words(sheet, column):
                text = shown(column, word, language)
                if column == "category":
                    assert find_category(text).word == word
                elif column == "unit":
                    assert find_unit(text).unit == find_unit(word).unit != ""
                elif column == "control":
                    assert find_controls(text).word == word
                else:
                    assert find_word(table_of(column), text).word == word, (column, word, text)


def test_lists_fit_what_they_are_for() -> None:
    vocabulary = load_vocabulary()
    for sheet in load_template().sheets:
        for column, chosen in sheet.lists.items():
            if chosen.under:
                assert set(chosen.under) <= set(vocabulary.condition_values[column])
        assert {layout.layout for layout in load_layouts()} >= {sheet.layout}
        assert set(sheet.required) <= set(sheet.columns)
        assert {name for name in sheet.columns if name not in load_headings().columns} <= set(vocabulary.conditions)


def test_layouts_use_known_words() -> None:
    vocabulary = load_vocabulary()
    for layout in load_layouts():
        if isinstance(layout, TableLayout):
            assert set(layout.defaults.get("use", "combustion").split()) <= set(vocabulary.uses)
        if not isinstance(layout, MatrixLayout):
            continue
        for row in layout.rows:
            categories = {row.category, *row.category_by_activity.values()} - {""}
            assert categories <= set(vocabulary.categories), row
            assert {*row.category_by_activity, *row.only} <= set(vocabulary.activities), row
            assert {row.use, row.negative_use} - {""} <= set(vocabulary.uses), row
            for condition, value in row.conditions.items():
                assert value in vocabulary.condition_values[condition], row
        for by_activity in layout.branches.category_by_activity.values():
            assert set(by_activity) <= set(vocabulary.activities)
            assert set(by_activity.values()) <= set(vocabulary.categories)


def test_what_follows_from_an_activity_is_known() -> None:
    from emissions.activity.implied import _table

    vocabulary = load_vocabulary()
    for (activity, use), (category, implied) in _table().items():
        assert activity in vocabulary.activities
        assert category in vocabulary.categories
        assert {use, implied} - {""} <= set(vocabulary.uses)
