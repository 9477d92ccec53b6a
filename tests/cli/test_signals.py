"""What a signal leaves behind: the old result whole, no half file under its name, a plain word to the user."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cli.support import emissions
from emissions.report.store import load
from report.large import write_tables

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

HANGS = {
    "reading": "import emissions.activity.pieces.scan as room; name = 'read_piece'",
    "hashing": "import emissions.activity.pieces.digests; room, name = emissions.activity.pieces.digests.Digests, '_digest'",
    "writing": "import emissions.report.row_files as room; name = '_write_part'",
}


def start(place: Path, where: str, *arguments: str, language: str = "en") -> subprocess.Popen[str]:
    """Start the command in a process of its own; it says ``ready`` when it hangs in a thread and stays there."""
    script = f"""
        import sys, threading, time
        import emissions.cli
        {HANGS[where]}
        real = getattr(room, name)
        lock, calls = threading.Lock(), []
        def hang(*arguments, **named):
            result = real(*arguments, **named)
            with lock:
                calls.append(1)
                second = len(calls) == 2
            if second:
                print("ready", flush=True)
            if len(calls) >= 2:
                time.sleep(600)
            return result
        setattr(room, name, hang)
        sys.exit(emissions.cli.main({list(arguments)!r}))
    """
    known = {name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL", "LC_MESSAGES"}}
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**known, "EMISSIONS_LANG": language, "PYTHONUTF8": "1"}, start_new_session=True,
    )  # fmt: skip


def stopped(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    """Send a signal once the process hangs; return exit code and what it said."""
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    process.send_signal(number)
    _, said = process.communicate(timeout=120)
    return process.returncode, said


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with large tables and a result of them with emissions by row."""
    write_tables(tmp_path / "data")
    arguments = ("inventory", "data/*.parquet", "--format", "csv", "--rows", "full", "-o", "out")
    assert emissions(*arguments, cwd=tmp_path).returncode == 0
    return tmp_path


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_result_whole(place: Path) -> None:
    before = files_of(place / "out")
    again = ("inventory", "data/*.parquet", "--format", "csv", "--rows", "full", "-o", "out", "--gwp", "AR6GWP100")
    code, _ = stopped(start(place, "writing", *again), signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert files_of(place / "out") == before
    assert load(place / "out").gwp == "AR5GWP100"
    left = {path.name for path in place.iterdir()} - {"data", "out"}
    assert all(name.startswith(".out.") for name in left)
    assert emissions(*again, cwd=place).returncode == 0
    assert {path.name for path in place.iterdir()} == {"data", "out"}
    assert load(place / "out").gwp == "AR6GWP100"


@pytest.mark.parametrize(
    ("where", "language", "said"),
    [
        ("reading", "en", "interrupted; what was there before is unchanged"),
        ("hashing", "zh", "已中断；原有的结果保持不变"),
        ("writing", "en", "interrupted; what was there before is unchanged"),
    ],
)
def test_an_interrupt_ends_a_command_whose_threads_do_not_end(
    place: Path, where: str, language: str, said: str
) -> None:
    before = files_of(place / "out")
    again = ("inventory", "data/*.parquet", "--format", "csv", "--rows", "full", "-o", "out", "--threads", "2")
    code, text = stopped(start(place, where, *again, language=language), signal.SIGINT)
    assert code == 130
    assert [line for line in text.splitlines() if line.strip()] == [said]
    assert files_of(place / "out") == before


def test_an_interrupt_that_another_thread_is_handed_ends_a_command_that_waits() -> None:
    script = """
        import signal, threading, time
        from emissions.cli.group import Session
        from emissions.cli.interrupt import prompt_interrupt

        def hand():
            time.sleep(0.5)
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            time.sleep(600)

        waiting = threading.Lock()
        with prompt_interrupt(Session("en")), waiting:
            threading.Thread(target=hand, daemon=True).start()
            waiting.acquire()
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr.strip()) == (130, "interrupted; what was there before is unchanged")
