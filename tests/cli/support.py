"""Running the command line as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def emissions(
    *arguments: object, cwd: Path, language: str = "zh", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line; standard output is no terminal."""
    known = {
        name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL", "LC_MESSAGES", "COLUMNS"}
    }
    return subprocess.run(
        [sys.executable, "-m", "emissions", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300,
        env={**known, "EMISSIONS_LANG": language, "PYTHONUTF8": "1", **environment},
    )  # fmt: skip
