"""A copy of a workbook with every problem at its cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from emissions.activity.replace_file import written_in_place
from emissions.activity.workbook import Opened, open_file
from emissions.errors import Level, Problem
from emissions.vocabulary import Language, describe

PROBLEM_SHEET = {"zh": "问题清单", "en": "Problems"}
"""Name of the sheet that lists all problems."""
_HEADINGS = {"zh": ("级别", "工作表", "单元格", "问题"), "en": ("Level", "Sheet", "Cell", "Problem")}
_LEVELS: Mapping[Level, Mapping[Language, str]] = {
    "error": {"zh": "错误", "en": "error"},
    "warning": {"zh": "警告", "en": "warning"},
    "info": {"zh": "提示", "en": "note"},
}
_COLOURS: Mapping[Level, str] = {"error": "FFF4B6B6", "warning": "FFFFE3A3", "info": "FFD5E8F0"}
_ORDER: Sequence[Level] = ("error", "warning", "info")
_AUTHOR = "emissions"


def annotate(path: str | Path, problems: Iterable[Problem], out: str | Path, *, language: Language = "zh") -> None:
    """Write a copy of a workbook with every problem as a comment on its coloured cell, and a list of all.

    Formulas, formats and other sheets stay as they are. Files that are no ``.xlsx`` or ``.xlsm`` are copied
    as values.

    Parameters
    ----------
    path
        The workbook or text file that was read.
    problems
        Problems as :class:`~emissions.errors.ActivityErrors` or the notes of the table hold them; those of
        other files are left out.
    out
        The copy, ``.xlsx`` (``.xlsm`` keeps its macros, which are never run).
    language
        Language of the texts.

    Raises
    ------
    UnreadableWorkbook
        If the file cannot be opened.
    """
    source, target = Path(path), Path(out)
    opened = open_file(source, source.name)
    own = [problem for problem in problems if not problem.file or Path(problem.file).name == source.name]
    book = _book(source, target, opened)
    for (sheet, cell), there in _by_cell(own).items():
        name = sheet or book.sheetnames[0]
        if name in book.sheetnames:
            _mark(book[name], cell, there, language)
    _list_problems(book, own, language)
    with written_in_place(target) as temporary:
        book.save(temporary)


def _book(source: Path, target: Path, opened: Opened) -> Any:
    if source.suffix.lower() in {".xlsx", ".xlsm"}:
        return openpyxl.load_workbook(
            source, keep_vba=target.suffix.lower() == ".xlsm", keep_links=False, rich_text=True
        )
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in opened.sheets:
        copy = book.create_sheet(sheet.name or "Sheet1")
        for row, cells in enumerate(sheet.rows, 1):
            for column, value in enumerate(cells, 1):
                if value not in {"", None}:
                    _put(copy.cell(row, column), value)
    return book


def _put(cell: Cell | MergedCell, value: object) -> None:
    """Put a value into a cell; text that begins like a formula stays text."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    else:
        cell.value = value  # type: ignore[assignment]


def _by_cell(problems: Iterable[Problem]) -> dict[tuple[str, str], list[Problem]]:
    found: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        cell = problem.cell or (f"A{problem.row}" if problem.row else "")
        if cell:
            found[problem.sheet, cell].append(problem)
    return found


def _mark(sheet: Worksheet, cell: str, problems: Sequence[Problem], language: Language) -> None:
    spot = sheet[cell]
    if isinstance(spot, MergedCell):
        top = next(area for area in sheet.merged_cells.ranges if cell in area)
        spot = sheet.cell(top.min_row, top.min_col)
    worst = min((problem.level for problem in problems), key=_ORDER.index)
    spot.fill = PatternFill("solid", start_color=_COLOURS[worst])
    texts = [f"[{_LEVELS[problem.level][language]}] {_text(problem, language)}" for problem in problems]
    if spot.comment is not None:
        texts.insert(0, spot.comment.text)
    comment = Comment("\n".join(texts), _AUTHOR)
    comment.width, comment.height = 380, 40 + 36 * len(texts)
    spot.comment = comment


def _text(problem: Problem, language: Language) -> str:
    """Return the text of a problem without its place."""
    text = describe(problem, language)
    place = f"{problem.place}: "
    return text.removeprefix(place)


def _list_problems(book: Any, problems: Sequence[Problem], language: Language) -> None:
    for name in PROBLEM_SHEET.values():
        if name in book.sheetnames and book[name]["A1"].value in {headings[0] for headings in _HEADINGS.values()}:
            book.remove(book[name])
    sheet = book.create_sheet(PROBLEM_SHEET[language], 0)
    for column, (heading, width) in enumerate(zip(_HEADINGS[language], (10, 24, 12, 110), strict=True), 1):
        cell = sheet.cell(1, column, heading)
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), PatternFill("solid", start_color="FF1F5C66")
        sheet.column_dimensions[cell.column_letter].width = width
    for row, problem in enumerate(sorted(problems, key=lambda problem: _ORDER.index(problem.level)), 2):
        place = problem.cell or (str(problem.row) if problem.row else "")
        texts = (_LEVELS[problem.level][language], problem.sheet, place, _text(problem, language))
        for column, value in enumerate(texts, 1):
            cell = sheet.cell(row, column)
            _put(cell, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(row, 1).fill = PatternFill("solid", start_color=_COLOURS[problem.level])
        if problem.cell and problem.sheet in book.sheetnames:
            quoted = problem.sheet.replace("'", "''")
            spot = sheet.cell(row, 3)
            spot.hyperlink = Hyperlink(spot.coordinate, location=f"'{quoted}'!{problem.cell}")
            spot.font = Font(color="FF1F5C66", underline="single")
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.active = 0
