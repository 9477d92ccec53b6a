"""A small workbook and its calculation, for the tests of reports and of the command line."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl

HEADINGS = (
    "地区",
    "年份",
    "类别",
    "活动",
    "用途",
    "数量",
    "单位",
    "工艺",
    "控制措施",
    "单机容量 (MW)",
    "设施",
    "数据来源",
)
CITY = "150600"
ROWS: tuple[tuple[Any, ...], ...] = (
    (CITY, 2020, "IPCC2006:1A1ai", "烟煤", "燃烧", 120, "万吨", "煤粉炉", "石灰石-石膏湿法脱硫", 600, "甲电厂", "统计"),
    (CITY, 2020, "IPCC2006:1A1ai", "褐煤", "燃烧", 30.5, "万吨", "煤粉炉", "无", 300, "=1+1", "统计"),
    (CITY, 2020, "IPCC2006:1A4b", "天然气", "燃烧", 2.5, "亿立方米", "", "", None, "+居民[red]", "@统计"),
    (CITY, 2020, "IPCC2006:2A1", "水泥熟料", "生产", 300, "万吨", "", "", None, "-水泥厂", "统计"),
    (CITY, 2021, "IPCC2006:1A1ai", "烟煤", "燃烧", 130, "万吨", "煤粉炉", "石灰石-石膏湿法脱硫", 600, "甲电厂", "统计"),
)  # fmt: skip
MEASURED_HEADINGS = ("参数", "数值", "单位", "活动", "数据来源")
MEASURED: tuple[tuple[Any, ...], ...] = (
    ("收到基硫分", 0.6, "%", "烟煤", "化验"),
    ("收到基灰分", 18, "%", "烟煤", "化验"),
)


def write_workbook(
    path: Path, rows: tuple[tuple[Any, ...], ...] = ROWS, measured: tuple[tuple[Any, ...], ...] = MEASURED
) -> Path:
    """Write rows of activity data, text cells as text even where they look like formulas."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, headings, content in (("数据", HEADINGS, rows), ("实测参数", MEASURED_HEADINGS, measured)):
        if not content:
            continue
        sheet = book.create_sheet(title)
        for number, row in enumerate((headings, *content), 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


def xml_of(path: Path) -> dict[str, str]:
    """Return the parts of a workbook as text."""
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name).decode("utf-8") for name in parts.namelist() if name.endswith(".xml")}
