"""Writing beside a place and moving there whole, so that a run that fails leaves the old output as it was."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@contextmanager
def written_in_place(path: Path) -> Iterator[Path]:
    """Give a temporary name in the folder of ``path`` and move the file there when it is complete."""
    with part_beside(path, folder=False) as temporary:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    remove_abandoned(path)


@contextmanager
def part_beside(target: Path, *, folder: bool) -> Iterator[Path]:
    """Give a hidden new file or folder beside ``target``; what is still there at the end is removed.

    While the block runs the part is locked, and the system lets go of the lock when the process ends in whatever way:
    :func:`remove_abandoned` knows by it what nobody writes any more. The part has its name only once it is locked;
    where there are no such locks (Windows, some network drives) it has another one and is never taken for abandoned.
    """
    prefix, suffix = f".{target.name}.new-", "" if folder else target.suffix
    if folder:
        part = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    else:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=target.parent)
        os.close(handle)
        part = Path(name)
    lock = _lock(part)
    try:
        if lock is not None:
            part = part.rename(part.with_name(f".{target.name}.part-{part.name.removeprefix(prefix)}"))
        yield part
    finally:
        _remove(part)
        if lock is not None:
            os.close(lock)


def remove_abandoned(target: Path) -> None:
    """Remove the parts beside ``target`` that processes left which ended while they wrote it."""
    named = re.compile(re.escape(f".{target.name}.part-") + r"[a-z0-9_]{8}" + f"({re.escape(target.suffix)})?")
    for part in [path for path in target.parent.iterdir() if named.fullmatch(path.name)]:
        lock = _lock(part)
        if lock is not None:
            _remove(part)
            os.close(lock)


def _lock(path: Path) -> int | None:
    """Return the handle that holds the lock of a file or folder, None where another holds it or there are no locks."""
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
