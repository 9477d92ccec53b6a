"""A result comes back as it was stored, and storing never harms what is there."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from emissions.activity import ActivityTable, scan_activity
from emissions.activity.replace_file import remove_abandoned, written_in_place
from emissions.activity.table import REFUSED_COLUMNS
from emissions.engine import Run, calculate
from emissions.errors import ResultError
from emissions.factors import FactorLibrary
from emissions.inventory import compare, explain, totals
from emissions.report import formats, store
from emissions.report.folder import staged
from emissions.report.store import load, load_given, save
from emissions.vocabulary import Language, describe
from report.large import ROWS, frame, write_tables
from report.support import write_workbook


def copied(stored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "copy"))


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def code_of(error: pytest.ExceptionInfo[ResultError]) -> str:
    return error.value.problems[0].code


# ---------------------------------------------------------------- round trip


def test_totals_notes_and_manifest_come_back(stored: Path, run: Run) -> None:
    back = load(stored)
    pd.testing.assert_frame_equal(totals(back), totals(run))
    assert back.notes == run.notes
    assert back.gwp == run.gwp
    assert back.measured_sets == run.measured_sets
    assert np.array_equal(back.key_of_row, run.key_of_row)
    assert back.manifest["factor_digest"] == run.manifest["factor_digest"]
    assert back.manifest["command"] == "emissions inventory city.xlsx"
    assert back.manifest["inputs"] == dict(run.activity.files)


def test_a_stored_result_explains_like_the_calculation(stored: Path, run: Run) -> None:
    asked = {"category": "IPCC2006:1A1ai", "substance": "SO2", "year": 2020}
    first, second = (explain(one, **asked) for one in (run, load(stored)))  # type: ignore[arg-type]
    assert [str(one.record()) for one in first] == [str(one.record()) for one in second]


def test_a_stored_result_differs_in_nothing(stored: Path, run: Run) -> None:
    found = compare(run, load(stored), "CO2")
    assert (found["difference"] == 0).all()
    assert len(found)


def test_the_activity_data_compute_to_the_same_again(stored: Path, run: Run, library: FactorLibrary) -> None:
    again = calculate(load_given(stored), library)
    pd.testing.assert_frame_equal(again.lines, run.lines)


@pytest.mark.parametrize(
    ("command", "named"),
    [("", "emissions inventory city.xlsx -o {folder}"), ("emissions x 'a b'", "emissions x 'a b'")],
)
def test_without_the_activity_data_it_says_what_is_missing_and_what_to_do(
    run: Run, tmp_path: Path, command: str, named: str
) -> None:
    folder = save(run, tmp_path / "short", formats=(), command=command)
    (folder / "result" / "given.parquet").unlink()
    with pytest.raises(ResultError) as error:
        load_given(folder)
    (problem,) = error.value.problems
    assert problem.code == "result_without_activity"
    assert problem.facts == {"missing": "result/given.parquet", "command": named.format(folder=folder)}
    for language in get_args(Language):
        assert "given.parquet" in describe(problem, language)
        assert named.format(folder=folder) in describe(problem, language)


def test_a_loaded_result_stored_again_computes_to_the_same(stored: Path, run: Run, tmp_path: Path) -> None:
    again = save(load(stored), tmp_path / "again", formats=())
    pd.testing.assert_frame_equal(calculate(load_given(again), run.library).lines, run.lines)


def test_rows_that_were_derived_before_the_calculation_keep_their_parents(run: Run, tmp_path: Path) -> None:
    assert run.given is not None
    links = pd.DataFrame({"activity_id": ["a"], "parent_id": ["b"], "coefficient": [1.0], "why": ["mix"]})
    table = run.given.with_rows(run.given.rows, parents=links, sources=run.given.rows.iloc[:1])
    back = load_given(save(replace(run, given=table), tmp_path / "derived", formats=()))
    pd.testing.assert_frame_equal(back.parents, links)
    assert len(back.sources) == 1


def test_the_manifest_lists_every_file_with_its_hash(stored: Path) -> None:
    manifest = json.loads((stored / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == names(stored) - {"result/manifest.json"}
    assert all(len(digest) == 64 for digest in manifest["files"].values())


def test_formats_are_those_asked_for(run: Run, tmp_path: Path) -> None:
    folder = save(run, tmp_path / "some", formats=("csv", "parquet"))
    assert {path.name for path in folder.iterdir()} == {"csv", "parquet", "result"}
    tables = {"inventory", "lines", "coverage", "factors", "notes"}
    assert {path.stem for path in (folder / "csv").iterdir()} == tables
    assert {path.stem for path in (folder / "parquet").iterdir()} == tables


def test_netcdf_holds_the_totals(stored: Path, run: Run) -> None:
    xr = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")
    with xr.open_dataset(stored / "inventory.nc", engine="h5netcdf") as data:
        whole = data["CO2"].sel({"category (IPCC2006)": "IPCC2006:1A1"}).sum()
    expected = totals(run, ("category", "substance"))
    part = expected[(expected["substance"] == "CO2") & expected["category"].astype(str).str.startswith("IPCC2006:1A1")]
    assert float(whole) == pytest.approx(part["emission"].sum(), rel=1e-12)


# ---------------------------------------------------------------- another factor set installed


def test_stored_factors_stand_in_for_a_set_that_differs(stored: Path, run: Run, tmp_path: Path) -> None:
    folder = copied(stored, tmp_path)
    path = folder / "result" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace(run.manifest["factor_digest"], "0" * 64), encoding="utf-8")
    back = load(folder)
    assert [note.code for note in back.notes if note.level == "warning"][-1:] == ["stored_set_differs"]
    assert len(back.library.rows) < len(run.library.rows)
    (told,) = explain(back, category="IPCC2006:1A1ai", substance="SO2", year=2020, largest=1)
    (expected,) = explain(run, category="IPCC2006:1A1ai", substance="SO2", year=2020, largest=1)
    assert told.emission == expected.emission
    assert [(use.factor_id, use.value) for use in told.arguments] == [
        (use.factor_id, use.value) for use in expected.arguments
    ]


def test_a_set_that_is_not_installed_is_said(stored: Path, tmp_path: Path) -> None:
    folder = copied(stored, tmp_path)
    path = folder / "result" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"cn-2026.1"', '"gone-1.0"'), encoding="utf-8")
    assert load(folder).notes[-1].code == "stored_set_not_installed"


# ---------------------------------------------------------------- what cannot be read


def test_no_result(tmp_path: Path) -> None:
    with pytest.raises(ResultError) as error:
        load(tmp_path)
    assert code_of(error) == "no_result_here"


def test_damaged_result(stored: Path, tmp_path: Path) -> None:
    folder = copied(stored, tmp_path)
    (folder / "result" / "lines.parquet").write_bytes(b"PAR1")
    with pytest.raises(ResultError) as error:
        load(folder)
    assert code_of(error) == "result_damaged"


def test_result_of_another_form(stored: Path, tmp_path: Path) -> None:
    folder = copied(stored, tmp_path)
    path = folder / "result" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8")
    with pytest.raises(ResultError) as error:
        load(folder)
    assert code_of(error) == "result_of_other_version"


# ---------------------------------------------------------------- storing harms nothing


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_no_result_is_left_alone(run: Run, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "mine"
    if kind == "folder":
        target.mkdir()
        (target / "letter.txt").write_text("dear", encoding="utf-8")
    else:
        target.write_text("dear", encoding="utf-8")
    with pytest.raises(ResultError) as error:
        save(run, target, formats=())
    assert code_of(error) == "not_a_result_folder"
    assert (target if kind == "file" else target / "letter.txt").read_text(encoding="utf-8") == "dear"
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_link_to_a_folder_is_left_alone(run: Run, stored: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(copied(stored, tmp_path))
    with pytest.raises(ResultError):
        save(run, link, formats=())


def test_an_empty_folder_is_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert load(save(run, tmp_path / "new", formats=())).gwp == run.gwp


def test_a_result_is_replaced_and_a_persons_files_stay(run: Run, tmp_path: Path) -> None:
    folder = save(run, tmp_path / "city", formats=("csv",))
    (folder / "notes of the officer.txt").write_text("mine", encoding="utf-8")
    (folder / "csv" / "chart.png").write_bytes(b"png")
    save(run, folder, formats=())
    assert "csv/inventory.csv" not in names(folder)
    assert {"notes of the officer.txt", "csv/chart.png"} <= names(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


@pytest.mark.parametrize("error", [RuntimeError("a bug"), OSError(28, "No space left on device")])
def test_a_writer_that_fails_leaves_the_old_result(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    folder = save(run, tmp_path / "city", formats=())
    before = {name: (folder / name).read_bytes() for name in names(folder)}

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(formats, "write_netcdf", fail)
    with pytest.raises((RuntimeError, ResultError)):
        save(run, folder, formats=("csv", "netcdf"))
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before
    assert [path.name for path in tmp_path.iterdir()] == ["city"]


def test_a_full_disk_is_a_problem_with_its_reason(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write_formats", fail)
    with pytest.raises(ResultError) as error:
        save(run, tmp_path / "city")
    assert code_of(error) == "result_not_written"
    assert "No space left" in error.value.problems[0].facts["why"]


def test_a_process_killed_in_the_middle_leaves_the_old_result(run: Run, tmp_path: Path) -> None:
    book = write_workbook(tmp_path / "city.xlsx")
    folder = save(run, tmp_path / "city", formats=())
    before = {name: (folder / name).read_bytes() for name in names(folder)}
    program = textwrap.dedent("""
        import os, signal, sys
        from emissions.activity import read_activity
        from emissions.engine import calculate
        from emissions.factors import load_factors
        from emissions.report import store
        store._write_tables = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        store.save(calculate(read_activity(sys.argv[1]), load_factors()), sys.argv[2], formats=("csv",))
    """)
    done = subprocess.run([sys.executable, "-c", program, str(book), str(folder)], check=False, capture_output=True)
    assert done.returncode != 0
    assert {name: (folder / name).read_bytes() for name in names(folder)} == before
    load(folder)


WRITER = """
import sys, time
from pathlib import Path
from emissions.activity.replace_file import written_in_place
from emissions.report.folder import staged
with (staged if sys.argv[2] == "folder" else written_in_place)(Path(sys.argv[1])) as part:
    (part / "half.csv" if sys.argv[2] == "folder" else part).write_text("half")
    print("writing", flush=True)
    time.sleep(600)
"""


@contextmanager
def writing(target: Path, kind: str) -> Iterator[subprocess.Popen[str]]:
    """Give a process in the middle of writing ``target``."""
    command = [sys.executable, "-c", WRITER, str(target), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.kill()


def written(target: Path, kind: str) -> None:
    with (staged if kind == "folder" else written_in_place)(target) as part:
        (part / "whole.csv" if kind == "folder" else part).write_text("whole")


@pytest.mark.skipif(sys.platform == "win32", reason="no locks of files and folders")
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_a_killed_process_left_goes_with_the_next_output_there(tmp_path: Path, kind: str) -> None:
    target, other = tmp_path / "city.xlsx", tmp_path / "city"
    with writing(target, kind) as killed:
        killed.send_signal(signal.SIGKILL)
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".city.xlsx.part-")
    written(other, kind)
    assert set(tmp_path.iterdir()) == {left, other}
    written(target, kind)
    assert set(tmp_path.iterdir()) == {target, other}


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_a_process_is_writing_stays(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "city"
    with writing(target, kind):
        (part,) = tmp_path.iterdir()
        with staged(tmp_path / "warm") if kind == "folder" else written_in_place(tmp_path / "warm") as own:
            remove_abandoned(tmp_path / "warm")
            assert own.exists()
        remove_abandoned(target)
        assert part.exists()


def test_only_parts_of_this_output_go(tmp_path: Path) -> None:
    kept = [
        ".city.previous",
        ".city.part-x.previous",
        ".city.part-notours1.txt",
        ".town.part-abcdefgh",
        ".city.new-abcdefgh",
    ]
    for name in (*kept, ".city.part-abcdefgh"):
        (tmp_path / name).mkdir()
    remove_abandoned(tmp_path / "city")
    assert {path.name for path in tmp_path.iterdir()} == set(kept)


def test_a_process_killed_between_the_two_moves_loses_nothing(run: Run, tmp_path: Path) -> None:
    folder = save(run, tmp_path / "city", formats=())
    folder.rename(tmp_path / ".city.previous")
    assert load(folder).gwp == run.gwp
    assert folder.is_dir()


def test_given_rows_are_those_read(stored: Path, given: ActivityTable) -> None:
    pd.testing.assert_frame_equal(load_given(stored).rows, given.rows)


def test_a_result_of_too_many_lines_has_no_workbook(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "WORKBOOK_LINES", len(run.lines) - 1)
    folder = save(run, tmp_path / "many", formats=("xlsx", "csv"))
    assert {path.name for path in folder.iterdir()} == {"csv", "result"}
    monkeypatch.setattr(formats, "WORKBOOK_LINES", len(run.lines))
    folder = save(run, tmp_path / "few", formats=("xlsx",))
    assert (folder / "inventory.xlsx").is_file()


@pytest.mark.parametrize("bad", [{}, {10: ("quantity", -1.0), 20: ("activity", "moonshine"), 700: ("region", "火星")}])
def test_rows_that_were_set_apart_come_back(
    tmp_path: Path, library: FactorLibrary, bad: dict[int, tuple[str, object]]
) -> None:
    data = frame()
    for row, (column, value) in bad.items():
        data.loc[row, column] = value
    write_tables(tmp_path / "data", data)
    run = calculate(scan_activity(tmp_path / "data" / "*.parquet").read(), library)
    save(run, tmp_path / "result", formats=("csv",))
    for table in (load(tmp_path / "result").activity, load_given(tmp_path / "result")):
        pd.testing.assert_frame_equal(table.refused, run.activity.refused[list(REFUSED_COLUMNS)])
        assert len(table.refused) == len(bad)
        assert table.rows_read == ROWS
