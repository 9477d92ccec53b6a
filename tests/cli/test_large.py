"""Large tables on the command line: which files are scanned, what is said and written, with which workers."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from cli.support import emissions
from emissions.cli.group import Session
from emissions.cli.scanning import files_and_way, folder_name, scan_progress
from emissions.errors import ActivityErrors, ResultError, UnreadableWorkbook
from report.large import ROWS, frame, write_tables
from report.support import write_workbook


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with tables that have bad rows, the same rows without them, and a result of either."""
    folder = tmp_path_factory.mktemp("large")
    data = frame()
    bad = data.copy()
    bad.loc[[5, 1005], "quantity"] = -3.0
    bad.loc[600, "activity"] = "=moonshine"
    write_tables(folder / "bad", bad)
    write_tables(folder / "good", data.drop(index=[5, 600, 1005]))
    for name in ("bad", "good"):
        by = ("--by", "region,category", "--format", "csv")
        done = emissions("inventory", f"{name}/**/*.parquet", *by, cwd=folder, language="en")
        assert done.returncode == 0, done.stderr
        (folder / f"{name}.txt").write_text(done.stdout, encoding="utf-8")
    return folder


# ---------------------------------------------------------------- which files


@pytest.mark.parametrize(
    ("names", "files", "asked", "scanned"),
    [
        (["a.parquet"], ["a.parquet"], False, True),
        (["a.feather"], ["a.feather"], False, True),
        (["a.csv"], ["a.csv"], False, False),
        (["a.csv"], ["a.csv"], True, True),
        (["a.csv"], ["*.csv"], False, False),
        (["a.csv", "b.csv"], ["*.csv"], False, True),
        (["a.csv", "b.csv"], ["a.csv", "b.csv"], False, False),
        (["a.csv", "b.parquet"], ["a.csv", "b.parquet"], False, True),
        (["a.xlsx", "b.xlsx"], ["*.xlsx"], False, False),
        (["a.xlsx", "b.parquet"], ["*"], False, False),
    ],
)
def test_which_files_are_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], files: list[str], asked: bool, scanned: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names:
        (tmp_path / name).touch()
    assert files_and_way(files, asked=asked) == (sorted(names), scanned)


def test_a_workbook_is_never_scanned_and_a_pattern_must_name_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xlsx").touch()
    with pytest.raises(ActivityErrors) as error:
        files_and_way(["a.xlsx"], asked=True)
    assert error.value.problems[0].code == "workbook_not_scanned"
    with pytest.raises(UnreadableWorkbook):
        files_and_way(["*.parquet"], asked=False)


def test_a_result_is_named_after_the_folder_a_pattern_searches() -> None:
    assert folder_name(["x/data/**/*.parquet"]) == "data"
    assert folder_name(["x/2020.parquet"]) == "2020"
    assert folder_name(["./*.csv"]) == "activity"


def test_a_pattern_of_workbooks_reads_them_all(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    write_workbook(tmp_path / "books" / "a.xlsx")
    done = emissions("inventory", "books/*.xlsx", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "books-inventory" / "csv" / "inventory.csv").is_file()


# ---------------------------------------------------------------- bad rows


def test_bad_rows_are_set_apart_counted_and_listed(place: Path) -> None:
    told = (place / "bad.txt").read_text(encoding="utf-8")
    assert f"3 of {ROWS:,} rows were set apart" in told
    for part in (
        "2 rows are set apart",
        "part0.parquet [0] 6",
        "part2.parquet [2] 206",
        "refused.parquet",
        "refused.csv",
    ):
        assert part in " ".join(told.split())
    whole = pd.read_parquet(place / "bad-inventory" / "refused.parquet")
    assert whole["row"].tolist() == [6, 201, 206]
    assert whole["file"].astype(str).tolist() == ["part0.parquet", "part1.parquet", "part2.parquet"]
    assert whole["quantity"].tolist()[::2] == [-3.0, -3.0]
    short = (place / "bad-inventory" / "refused.csv").read_text(encoding="utf-8-sig")
    assert len(short.splitlines()) == 4
    assert ",=moonshine" not in short


def test_the_totals_are_those_of_the_good_rows(place: Path) -> None:
    bad, good = (pd.read_csv(place / f"{name}-inventory" / "totals.csv") for name in ("bad", "good"))
    pd.testing.assert_frame_equal(bad, good, rtol=1e-12)
    assert not (place / "good-inventory" / "refused.csv").exists()
    assert "set apart" not in (place / "good.txt").read_text(encoding="utf-8")


def test_the_list_of_bad_rows_goes_with_the_result(place: Path) -> None:
    done = emissions("recalc", "bad-inventory", "--factors", "ipcc-2006.1", "--format", "csv", cwd=place)
    assert done.returncode == 0, done.stderr
    again = pd.read_parquet(place / "bad-inventory-ipcc-2006.1" / "refused.parquet")
    pd.testing.assert_frame_equal(again, pd.read_parquet(place / "bad-inventory" / "refused.parquet"))


def test_rows_that_repeat_the_key_are_set_apart(place: Path) -> None:
    ask = ("inventory", "good/*.parquet", "--format", "csv", "--key", "facility,activity", "-o", "once")
    assert "set apart" not in emissions(*ask, cwd=place, language="en").stdout
    data = frame(40)
    write_tables(place / "twice", pd.concat([data, data.iloc[:4]], ignore_index=True), files=1)
    ask = ("inventory", "twice/*.parquet", "--format", "csv", "--key", "facility,activity", "-o", "once")
    assert "4 of 44 rows were set apart" in emissions(*ask, cwd=place, language="en").stdout


def test_strict_refuses_bad_rows_and_writes_nothing(place: Path) -> None:
    done = emissions("inventory", "bad/*.parquet", "--strict", "-o", "strict", cwd=place, language="en")
    assert done.returncode == 2
    assert "moonshine" in done.stderr
    assert not (place / "strict").exists()


# ---------------------------------------------------------------- totals, trace, rows, workers


def test_totals_by_the_columns_asked_for(place: Path) -> None:
    table = pd.read_csv(place / "good-inventory" / "totals.csv")
    assert list(table.columns[:3]) == ["region", "category", "CO2"]
    assert "CO2e (AR5GWP100)" in table
    lines = pd.read_csv(place / "good-inventory" / "csv" / "inventory.csv")
    leaves = lines[
        (lines["substance"] == "CO2") & lines["category"].isin(["IPCC2006:1A1ai", "IPCC2006:1A2e", "IPCC2006:1A4a"])
    ]
    assert table["CO2"].sum() == pytest.approx(leaves[~leaves["memo"]]["emission_t"].sum(), rel=1e-9)
    assert "Totals, 9 rows" in (place / "good.txt").read_text(encoding="utf-8")
    done = emissions("inventory", "good/*.parquet", "--by", "colour", "-o", "x", cwd=place)
    assert done.returncode == 2
    assert "没有名为“colour”的列" in done.stderr
    assert not (place / "x").exists()


def test_explain_names_file_first_row_and_number_of_rows(place: Path) -> None:
    told = emissions("explain", "good-inventory", "-c", "1A2e", "-s", "CO2", "--largest", "1", cwd=place, language="en")
    assert told.returncode == 0
    done = emissions("explain", "good-inventory", "-c", "1A2e", "-s", "CO2", "--largest", "1", "--json", cwd=place)
    (row,) = json.loads(done.stdout)["explanations"][0]["rows"]
    assert row["file"].startswith("part")
    assert row["summed"] > 1
    assert f"sum of {row['summed']} rows, the first is row {row['row']}" in " ".join(told.stdout.split())


@pytest.mark.parametrize(("given", "full"), [((), False), (("full",), True), (("view",), False)])
def test_emissions_by_row_are_written_on_request(place: Path, given: tuple[str, ...], full: bool) -> None:
    out = f"rows{''.join(given)}"
    done = emissions("inventory", "good/*.parquet", "-o", out, "--format", "csv", "--rows", *given, cwd=place)
    assert done.returncode == 0, done.stderr
    assert f"{out}/rows" in done.stdout
    parts = sorted((place / out / "rows").glob("part-*.parquet"))
    assert sum(len(pd.read_parquet(part)) for part in parts) == ROWS - 3
    assert ("CO2" in pd.read_parquet(parts[0])) == full
    listed = json.loads((place / out / "result" / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert listed["rows/part-00000.parquet"] == f"{parts[0].stat().st_size} bytes"
    shutil.rmtree(place / out)


def test_the_same_totals_from_threads_and_from_a_cluster(place: Path) -> None:
    pytest.importorskip("distributed")
    expected = (place / "good-inventory" / "totals.csv").read_bytes()
    for number, way in enumerate((("--threads", "1"), ("--threads", "3"), ("--scheduler", "local", "--threads", "2"))):
        by = ("--by", "region,category", "--format", "csv", "-o", f"way{number}")
        done = emissions("inventory", "good/*.parquet", *by, *way, cwd=place)
        assert done.returncode == 0, done.stderr
        assert (place / f"way{number}" / "totals.csv").read_bytes() == expected


@contextmanager
def process(*words: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module of Python in a process of its own until the block ends."""
    with subprocess.Popen([sys.executable, "-m", *words], cwd=cwd, stderr=subprocess.DEVNULL) as running:
        try:
            yield running
        finally:
            running.terminate()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """Start a scheduler and two workers in another folder; return the address."""
    pytest.importorskip("distributed")
    said = tmp_path / "scheduler.json"
    here = ("--host", "127.0.0.1", "--scheduler-file", str(said))
    begin = ("distributed.cli.dask_scheduler", *here, "--port", "0", "--dashboard-address", ":0")
    work = ("distributed.cli.dask_worker", *here, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with process(*begin, cwd=tmp_path) as first, process(*work, cwd=tmp_path), process(*work, cwd=tmp_path):
        while not (said.is_file() and said.read_text(encoding="utf-8").endswith("}")):
            assert first.poll() is None
            time.sleep(0.05)
        yield json.loads(said.read_text(encoding="utf-8"))["address"]


def test_a_scheduler_elsewhere_gives_the_same_and_stays(place: Path, scheduler: str) -> None:
    import distributed

    ask = ("inventory", "bad/*.parquet", "--by", "region", "--key", "region,year,category,activity,unit")
    alone = emissions(*ask, "-o", "alone", "--format", "csv", cwd=place)
    assert alone.returncode == 0, alone.stderr
    with distributed.Client(scheduler) as client:
        client.wait_for_workers(2)

        def done() -> int:
            return int(client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter))

        before = done()
        elsewhere = emissions(*ask, "-o", "elsewhere", "--format", "csv", "--scheduler", scheduler, cwd=place)
        assert elsewhere.returncode == 0, elsewhere.stderr
        assert done() > before + 12  # each of twelve row groups was read there
        assert len(client.scheduler_info()["workers"]) == 2
    for name in ("totals.csv", "refused.parquet"):
        assert (place / "elsewhere" / name).read_bytes() == (place / "alone" / name).read_bytes()


def test_a_scheduler_that_is_not_there_or_needs_a_package_is_said(place: Path, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError('no distributed')\n", encoding="utf-8")
    import os

    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    ask = ("inventory", "good/*.parquet", "-o", "never", "--scheduler")
    done = emissions(*ask, "local", cwd=place, language="en", PYTHONPATH=path)
    assert done.returncode == 2
    assert "pip install 'emissions[distributed]'" in done.stderr
    pytest.importorskip("distributed")
    done = emissions(*ask, "nonsense://1", cwd=place, language="en")
    assert done.returncode == 2
    assert "no Dask scheduler answers" in " ".join(done.stderr.split())
    assert not (place / "never").exists()


def test_options_of_scans_are_refused_with_a_workbook(tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx")
    done = emissions("inventory", "a.xlsx", "--rows", cwd=tmp_path, language="en")
    assert done.returncode == 2
    assert "a workbook cannot be scanned" in done.stderr


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_rows_and_bytes_are_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session("en")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with scan_progress(session, 2_000_000) as told:
        assert told is None
    screen = _Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with scan_progress(session, 2_000_000) as told:
        assert told is not None
        told(1_234_567, 1_000_000)
    shown = screen.getvalue()
    assert "1,234,567 rows" in shown
    assert "/2.0 MB" in shown


def test_a_scheduler_without_workers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    from emissions.cli import scanning

    monkeypatch.setattr(scanning, "_PATIENCE", 1)
    cluster = distributed.LocalCluster(n_workers=0, processes=False, protocol="tcp://", dashboard_address=None)
    with cluster, pytest.raises(ResultError) as caught, scanning.workers(cluster.scheduler_address, None):
        pass
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("scheduler_not_there", cluster.scheduler_address)
    assert "workers" in problem.facts["why"]
