"""A city workbook from xlsx to xlsx, against what reading and writing cost alone."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.registry import Benchmark

ROWS = 5_000
FUELS = (("raw_coal", "t"), ("diesel", "t"), ("natural_gas", "m^3"), ("coke", "t"), ("lpg", "t"), ("fuel_oil", "t"))
BRANCHES = (
    "IPCC2006:1A1ai",
    "IPCC2006:1A1aiii",
    "IPCC2006:1A2a",
    "IPCC2006:1A2c",
    "IPCC2006:1A2e",
    "IPCC2006:1A2f",
    "IPCC2006:1A2m",
    "IPCC2006:1A4a",
    "IPCC2006:1A4b",
    "IPCC2006:1A4c",
)
REGIONS = ("150602", "150603", "150621", "150622", "150623", "150624", "150625", "150626", "150627")
CONTROLS = ("none", "fabric_filter", "fgd_wet_limestone_gypsum+fabric_filter")

_FLOOR = """
import json, sys
import numpy, pandas, pint
import xlsxwriter
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_path(sys.argv[1])
for name in book.sheet_names:
    book.get_sheet_by_name(name).to_python()
sheets = json.load(open(sys.argv[2], encoding="utf-8"))
with xlsxwriter.Workbook(sys.argv[3]) as out:
    for name, rows in sheets.items():
        sheet = out.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
"""
"""The floor: import numpy, pandas, pint, reader and writer; read the workbook; write the cells of the result."""


def write_city(path: Path, rows: int) -> None:
    """Write a tidy workbook of made-up plants, the same for a number of rows every time."""
    import xlsxwriter

    draw = random.Random(rows)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("data")
        sheet.write_row(0, 0, ["region", "year", "category", "activity", "quantity", "unit", "control", "facility"])
        for number in range(1, rows + 1):
            fuel, unit = draw.choice(FUELS)
            sheet.write_row(
                number,
                0,
                [
                    draw.choice(REGIONS),
                    draw.choice((2019, 2020)),
                    draw.choice(BRANCHES),
                    fuel,
                    round(draw.lognormvariate(8, 2), 3),
                    unit,
                    draw.choice(CONTROLS),
                    f"plant {number}",
                ],
            )


def _prepare(folder: Path, size: int) -> tuple[Callable[[], object], Callable[[], object]]:
    import json

    from python_calamine import CalamineWorkbook

    workbook, result = folder / "city.xlsx", folder / "result"
    write_city(workbook, size)
    command = [sys.executable, "-m", "emissions", "inventory", str(workbook), "-o", str(result), "--format", "xlsx"]

    def ours() -> None:
        subprocess.run(command, check=True, capture_output=True)

    ours()
    book = CalamineWorkbook.from_path(str(result / "inventory.xlsx"))
    cells = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    texts = folder / "cells.json"
    texts.write_text(json.dumps(cells, default=str), encoding="utf-8")

    def theirs() -> None:
        floor = [sys.executable, "-c", _FLOOR, str(workbook), str(texts), str(folder / "floor.xlsx")]
        subprocess.run(floor, check=True, capture_output=True)

    return ours, theirs


CITY = Benchmark(
    "city", "a city workbook, xlsx to xlsx, against importing, reading and writing alone", 1.5, _prepare, ROWS, 200
)
