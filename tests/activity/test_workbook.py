from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emissions.activity import container, read_activity, workbook
from emissions.errors import ProblemsError, UnreadableWorkbook
from emissions.vocabulary import describe

from .support import GOOD, HEADINGS, codes, refused

Writer = Callable[..., Path]
DATA = Path(__file__).resolve().parents[1] / "data" / "activity"


def _repacked(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_missing_and_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").touch()
    assert codes(refused(tmp_path / "no.xlsx", tmp_path / "empty.xlsx")) == ["file_missing", "file_empty"]


def test_formats_that_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "a.xls").write_text("<html><table></table></html>")
    problems = refused(tmp_path / "a.pdf", tmp_path / "a.xls")
    assert codes(problems) == ["format_not_read", "web_page_as_workbook"]
    assert describe(problems[0], "en") == (
        'a.pdf: files of the format ".pdf" are not read; '
        "allowed: .xlsx, .xlsm, .xls, .csv, .txt, .tsv, .parquet, .feather"
    )


def test_a_truncated_workbook(book: Writer) -> None:
    path = book({"a": [HEADINGS, GOOD]})
    path.write_bytes(path.read_bytes()[:-200])
    assert codes(refused(path)) == ["damaged_workbook"]


def test_a_workbook_with_a_flipped_bit(book: Writer) -> None:
    path = book({"a": [HEADINGS, *([*GOOD[:-1], f"{n}"] for n in range(300))]})
    content = bytearray(path.read_bytes())
    place = content.find(SHEET.encode()) + 200
    content[place] ^= 0xFF
    path.write_bytes(bytes(content))
    assert codes(refused(path)) == ["damaged_workbook"]


def test_text_that_pretends_to_be_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("hello")
    assert codes(refused(tmp_path / "a.xlsx")) == ["damaged_workbook"]


def test_a_password(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook.OLE_MAGIC + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512)
    (problem,) = refused(path)
    assert problem.code == "password_protected"
    assert describe(problem, "zh") == "a.xlsx: 文件设有打开密码；请先去除密码再提交"


def test_a_broken_ole_file(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(workbook.OLE_MAGIC + b"\0" * 600)
    assert codes(refused(tmp_path / "a.xls")) == ["damaged_workbook"]


@pytest.mark.parametrize("declaration", ['<!DOCTYPE x [<!ENTITY a "b">]>', '<!DOCTYPE x SYSTEM "file:///etc/passwd">'])
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_document_types_are_refused(book: Writer, declaration: str, coding: str) -> None:
    def add(content: bytes) -> bytes:
        text = content.decode()
        head, mark, rest = text.partition("<worksheet")
        return (head + declaration + mark + rest).encode(coding)

    (problem,) = refused(_repacked(book({"a": [HEADINGS, GOOD]}), SHEET, add))
    assert (problem.code, problem.found) == ("document_type_refused", SHEET)


def test_a_zip_bomb_is_refused_and_the_bound_named(book: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _repacked(book({"a": [HEADINGS, GOOD]}), SHEET, lambda content: content + b" " * 20_000_000)
    (problem,) = refused(path)
    assert problem.code == "packed_too_densely"
    assert str(container.MAX_PACKING_RATIO) in describe(problem, "en")
    monkeypatch.setattr(container, "MAX_UNPACKED_BYTES", 10 * 2**20)
    (problem,) = refused(path)
    assert (problem.code, problem.facts["bound"]) == ("unpacked_too_large", "10")


def test_a_stray_cell_far_away_is_refused_before_it_fills_the_memory(book: Writer) -> None:
    def stray(workbook: object) -> None:
        workbook["a"]["XFD1048576"] = 1  # type: ignore[index]

    (problem,) = refused(book({"a": [HEADINGS, GOOD]}, change=stray))
    assert problem.code == "too_many_cells"
    assert problem.found == str(16_384 * 1_048_576)


def test_a_long_column_of_two_letters_is_refused_too(book: Writer) -> None:
    def stray(workbook: object) -> None:
        workbook["a"]["ZZ900000"] = 1  # type: ignore[index]

    assert codes(refused(book({"a": [HEADINGS, GOOD]}, change=stray))) == ["too_many_cells"]


def test_too_many_sheets_and_rows(book: Writer, text_file: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_SHEETS", 2)
    monkeypatch.setattr(workbook, "MAX_ROWS", 5)
    assert codes(refused(book({name: [HEADINGS] for name in "abc"}))) == ["too_many_sheets"]
    (problem,) = refused(text_file([HEADINGS, *[GOOD] * 6]))
    assert (problem.code, problem.found, problem.facts["bound"]) == ("too_many_rows", "7", "5")


def test_errors_and_formulas_without_value_are_seen(book: Writer) -> None:
    def add(workbook: object) -> None:
        sheet = workbook["a"]  # type: ignore[index]
        sheet["F2"], sheet["F3"] = "#N/A", "=1+1"
        sheet["F2"].data_type = "e"
        sheet["H3"] = "=A1"

    problems = refused(book({"a": [HEADINGS, GOOD, GOOD]}, change=add))
    assert [(problem.code, problem.cell) for problem in problems] == [
        ("error_value", "F2"),
        ("formula_without_value", "F3"),
        ("formula_without_value", "H3"),
    ]
    assert describe(problems[0], "en").endswith(
        "the cell holds the error #N/A; correct the formula or enter the number"
    )


def test_a_formula_with_its_value_is_read(book: Writer) -> None:
    path = book({"a": [HEADINGS, GOOD]}, change=lambda workbook: workbook["a"].__setitem__("F2", "=5*5"))
    _repacked(
        path,
        SHEET,
        lambda content: (
            content.replace(b"<f>5*5</f><v />", b"<f>5*5</f><v>25</v>")
            .replace(b"<f>5*5</f><v></v>", b"<f>5*5</f><v>25</v>")
            .replace(b"<f>5*5</f><v/>", b"<f>5*5</f><v>25</v>")
        ),
    )
    assert read_activity(path).rows["quantity"].tolist() == [250_000.0]


def test_hidden_sheets_are_read_and_said(book: Writer) -> None:
    def hide(workbook: object) -> None:
        workbook["b"].sheet_state = "hidden"  # type: ignore[index]

    other = (*GOOD[:-1], "乙厂")
    table = read_activity(book({"a": [HEADINGS, GOOD], "b": [HEADINGS, other]}, change=hide))
    assert len(table.rows) == 2
    assert [note.code for note in table.notes] == ["hidden_sheet_read"]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", []), ("utf-8-sig", []), ("gbk", ["GB 18030"]), ("gb18030", ["GB 18030"]), ("utf-16", ["UTF-16"])],
)
def test_text_codings(text_file: Writer, encoding: str, said: list[str]) -> None:
    table = read_activity(text_file([HEADINGS, GOOD], encoding=encoding))
    assert table.rows["facility"].tolist() == ["甲厂"]
    assert [note.found for note in table.notes] == said


def test_text_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xff\x00\x81")
    assert codes(refused(tmp_path / "a.csv")) == ["text_coding_unknown"]


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_other_separators(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(mark.join(map(str, row)) for row in (HEADINGS, GOOD)), encoding="utf-8")
    assert len(read_activity(path).rows) == 1


def test_the_old_binary_format_is_read() -> None:
    table = read_activity(DATA / "old_format.xls")
    assert table.rows["quantity"].tolist() == [125_000.0, 0.0]
    assert [note.code for note in table.notes] == ["errors_invisible_in_xls"]


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes((DATA / "old_format.xls").read_bytes())
    assert "other_format_than_name" in [note.code for note in read_activity(path).notes]


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_columnar_files(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame([GOOD, (*GOOD[:-1], None)], columns=list(HEADINGS))
    path = tmp_path / f"a.{suffix}"
    getattr(frame, f"to_{suffix}")(path)
    assert read_activity(path).rows["quantity"].tolist() == [125_000.0, 125_000.0]


def test_a_broken_columnar_file(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1nonsense")
    with pytest.raises(UnreadableWorkbook):
        read_activity(tmp_path / "a.parquet")


places = st.floats(min_value=0, max_value=1, exclude_max=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=5), places)
def test_a_damaged_workbook_is_read_or_refused_and_never_worse(
    book: Writer, bytes_changed: list[tuple[float, int]], kept: float
) -> None:
    path = book({"a": [HEADINGS, GOOD]})
    content = bytearray(path.read_bytes())
    for place, value in bytes_changed:
        content[int(place * len(content))] = value
    path.write_bytes(bytes(content[: int(kept * len(content))] if kept < 0.5 else content))
    with suppress(ProblemsError):
        read_activity(path)


def test_all_files_are_reported_at_once(tmp_path: Path, one: Writer) -> None:
    (tmp_path / "b.xlsx").touch()
    assert codes(refused(tmp_path / "b.xlsx", one(unit="kx"))) == ["file_empty", "unknown_unit"]


def test_two_files_of_one_name_are_told_apart(tmp_path: Path, one: Writer) -> None:
    first = one()
    (tmp_path / "other").mkdir()
    second = tmp_path / "other" / first.name
    second.write_text(first.read_text(encoding="utf-8").replace("甲厂", "乙厂"), encoding="utf-8")
    table = read_activity(first, second)
    assert sorted(table.files) == sorted([f"{tmp_path.name}/a.csv", "other/a.csv"])
    assert table.rows["activity_id"].is_unique
