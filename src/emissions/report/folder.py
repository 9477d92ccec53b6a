"""A result folder is written beside its place and moved there whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from emissions.activity.replace_file import part_beside, remove_abandoned
from emissions.errors import Problem, ResultError

KIND = "emissions-result"
"""What the manifest of a result calls itself."""
TABLES_KIND = "emissions-tables"
"""What the manifest of a folder calls itself that holds reports only, such as those of several scenarios."""
ROWS = "rows"
"""Folder of emissions by row."""
MANIFEST = Path("result") / "manifest.json"


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give an empty folder to write into; it takes the place of ``target`` when the block ends without an error.

    What a person has put into an older result at the same place is carried over. An error, or the end of the
    process, leaves ``target`` as it was; what a process left that was killed while it wrote goes with the next
    result.

    Raises
    ------
    ResultError
        If ``target`` is something else than a result or an empty folder, or cannot be written.
    """
    settle(target)
    check_replaceable(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with part_beside(target, folder=True) as part:
            yield part
            part.chmod(0o777 & ~_umask())
            _carry_over(target, part)
            _swap(part, target)
        remove_abandoned(target)
    except OSError as error:
        raise _not_writable(target, error) from error


def settle(target: Path) -> None:
    """Put an older result back if a process ended between the two moves of an exchange."""
    previous = _previous(target)
    if previous.is_dir():
        if target.exists():
            shutil.rmtree(previous, ignore_errors=True)
        else:
            previous.replace(target)


def check_replaceable(target: Path) -> None:
    """Raise ResultError if something stands at ``target`` that is neither a result nor an empty folder."""
    if not target.exists() and not target.is_symlink():
        return
    if target.is_dir() and not target.is_symlink() and (not any(target.iterdir()) or read_manifest(target) is not None):
        return
    raise ResultError([Problem("not_a_result_folder", found=str(target))])


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder that this package wrote, None where it did not write it."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("kind") in {KIND, TABLES_KIND} else None


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a folder whose other files are all there: with their names and hashes.

    Emissions by row are as large as the input and come from it alone: of their files the size is noted.
    """
    own = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {name: _noted(path, name) for path in own for name in [path.relative_to(folder).as_posix()]}
    text = json.dumps({**manifest, "files": files}, ensure_ascii=False, indent=1, default=str)
    (folder / MANIFEST).parent.mkdir(exist_ok=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _noted(path: Path, name: str) -> str:
    return f"{path.stat().st_size} bytes" if name.startswith(f"{ROWS}/") else _digest(path)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


def _carry_over(target: Path, part: Path) -> None:
    """Copy files that an older result does not list as its own."""
    manifest = read_manifest(target)
    if manifest is None:
        return
    own = set(manifest.get("files", {})) | {MANIFEST.as_posix()}
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if path.is_file() and name not in own and not path.name.startswith("~$"):
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, part / name)


def _swap(part: Path, target: Path) -> None:
    previous = _previous(target)
    if target.exists():
        target.replace(previous)
    try:
        part.replace(target)
    except OSError:
        if previous.is_dir():
            previous.replace(target)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _not_writable(target: Path, error: OSError) -> ResultError:
    return ResultError([Problem("result_not_written", found=str(target), facts={"why": error.strerror or str(error)})])
