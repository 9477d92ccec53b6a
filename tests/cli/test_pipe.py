"""A reader who stops reading is no failure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_closed_pipe_is_no_failure_and_the_result_is_there(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "emissions", "inventory", str(root / "examples" / "2020.xlsx"), "-o", "out"]
    with subprocess.Popen(
        [*command, "--format", "csv"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait() == 0, said
    assert "Traceback" not in said
    assert (tmp_path / "out" / "result" / "manifest.json").is_file() or (tmp_path / "out" / "manifest.json").is_file()
