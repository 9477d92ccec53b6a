"""A calculation as a folder of files, and back."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emissions.activity.table import ActivityTable
from emissions.engine import Run
from emissions.errors import Problem, ResultError
from emissions.factors import FactorLibrary, FactorSet, load_factors
from emissions.report.folder import KIND, MANIFEST, read_manifest, settle, staged, write_manifest
from emissions.report.formats import DEFAULT_FORMATS, write_formats
from emissions.report.tables import used_factors
from emissions.vocabulary import Language

FORMAT = 1
"""Version of the form of a stored result."""

_MATCH_TYPES = {
    "line": "int64",
    "argument": "str",
    "device": "str",
    "origin": "int64",
    "row": "int64",
    "value": "float64",
    "earlier": "bool",
}
_GIVEN_TABLES = {"rows": "given.parquet", "sources": "given_sources.parquet", "parents": "given_parents.parquet"}
"""Tables of the activity data as given; what selects rows is the same in the expanded table."""
_ACTIVITY_TABLES = ("rows", "sources", "parents", "measured", "strata", "excluded")


def save(
    run: Run,
    folder: str | Path,
    *,
    formats: Sequence[str] = DEFAULT_FORMATS,
    language: Language = "zh",
    command: str = "",
    more: Callable[[Path], None] | None = None,
) -> Path:
    """Write a calculation into a folder: reports for people and ``result/`` for ``explain`` and ``compare``.

    The activity data it began with are stored too, so that it can be computed again under other factors.

    The folder is written beside its place and moved there whole; an older result there is replaced, anything else
    is left alone.

    Parameters
    ----------
    formats
        Of ``xlsx``, ``csv``, ``parquet``, ``netcdf``.
    language
        Language that comes first in the workbook.
    command
        Command line, for the manifest.
    more
        Writes further files into the folder it is given.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ResultError
        If the folder is something else than a result, or cannot be written.
    """
    target = Path(folder).absolute()
    manifest = _manifest(run, command)
    with staged(target) as part:
        write_formats(run, part, formats, language, manifest)
        _write_tables(run, part / MANIFEST.parent)
        if more is not None:
            more(part)
        write_manifest(part, manifest)
    return Path(folder)


def load(folder: str | Path) -> Run:
    """Return a stored calculation.

    Where the installed factor set is not the one it was made with, the stored rows of the factors it used stand in
    and a warning is added to its notes.

    Raises
    ------
    ResultError
        If the folder holds no result, or one that cannot be read.
    """
    target = Path(folder).absolute()
    settle(target)
    manifest = read_manifest(target)
    if manifest is None or manifest["kind"] != KIND:
        raise ResultError([Problem("no_result_here", found=str(folder))])
    if manifest.get("format") != FORMAT:
        raise ResultError([Problem("result_of_other_version", found=str(manifest.get("format")), allowed=str(FORMAT))])
    place = target / MANIFEST.parent
    try:
        return _run(place, manifest)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultError([Problem("result_damaged", found=str(folder), facts={"why": str(error)})]) from error


def load_given(folder: str | Path) -> ActivityTable:
    """Return the activity data of a stored calculation as they were given.

    Raises
    ------
    ResultError
        If the folder holds no result, or the result was stored without them.
    """
    return given_of(load(folder), folder)


def given_of(run: Run, folder: str | Path) -> ActivityTable:
    """Return the activity data a loaded calculation began with.

    Raises
    ------
    ResultError
        If the result was stored without them; names the command that makes it whole.
    """
    if run.given is not None:
        return run.given
    again = ("emissions", "inventory", *run.manifest.get("inputs", {}), "-o", str(folder))
    command = str(run.manifest.get("command", "")) or shlex.join(again)
    facts = {"missing": (MANIFEST.parent / _GIVEN_TABLES["rows"]).as_posix(), "command": command}
    raise ResultError([Problem("result_without_activity", found=str(folder), facts=facts)])


# ---------------------------------------------------------------- writing


def _manifest(run: Run, command: str) -> dict[str, Any]:
    return {
        "kind": KIND,
        "format": FORMAT,
        **run.manifest,
        "command": command,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows_read": run.activity.rows_read,
    }


def _write_tables(run: Run, place: Path) -> None:
    place.mkdir()
    for name in _ACTIVITY_TABLES:
        _write(getattr(run.activity, name), place / f"{name}.parquet")
    if run.given is not None:
        for name, file in _GIVEN_TABLES.items():
            _write(getattr(run.given, name), place / file)
    _write(run.keys, place / "keys.parquet")
    _write(pd.DataFrame({"key": run.key_of_row}), place / "key_of_row.parquet")
    _write(run.lines, place / "lines.parquet")
    _write(run.matches.astype(_MATCH_TYPES), place / "matches.parquet")
    _write(used_factors(run), place / "factors.parquet")
    _write_json(
        {
            "set": json.loads(run.library.set.model_dump_json()),
            "sources": run.library.sources,
            "digests": run.library.digests,
            "measured_sets": run.measured_sets,
            "notes": [note.record() for note in run.notes],
            "files": run.activity.files,
        },
        place / "result.json",
    )


def _write(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, compression="zstd")


def _write_json(content: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, default=dict) + "\n", encoding="utf-8")


# ---------------------------------------------------------------- reading


def _read(path: Path) -> pd.DataFrame:
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.read_table(path).to_pandas()
    return frame


def _run(place: Path, manifest: dict[str, Any]) -> Run:
    known = json.loads((place / "result.json").read_text(encoding="utf-8"))
    tables = {name: _read(place / f"{name}.parquet") for name in _ACTIVITY_TABLES}
    notes = tuple(Problem(**{one.name: note[one.name] for one in fields(Problem)}) for note in known["notes"])
    library, matches, said = _library(place, manifest, known)
    activity = ActivityTable(**tables, notes=notes, files=known["files"], rows_read=int(manifest["rows_read"]))
    return Run(
        activity=activity,
        keys=_read(place / "keys.parquet"),
        key_of_row=_read(place / "key_of_row.parquet")["key"].to_numpy(dtype=np.int64),
        lines=_read(place / "lines.parquet"),
        matches=matches,
        library=library,
        measured_sets=tuple(
            tuple(((pair[0][0], pair[0][1]), int(pair[1])) for pair in one) for one in known["measured_sets"]
        ),
        gwp=str(manifest["gwp"]),
        notes=(*notes, *said),
        manifest=manifest,
        given=_given(place, activity),
    )


def _given(place: Path, activity: ActivityTable) -> ActivityTable | None:
    """Return the activity data as given, None where they were not stored."""
    if not (place / _GIVEN_TABLES["rows"]).is_file():
        return None
    tables: dict[str, Any] = {
        name: _read(place / file) for name, file in _GIVEN_TABLES.items() if (place / file).is_file()
    }
    return ActivityTable(
        **tables,
        measured=activity.measured,
        strata=activity.strata,
        excluded=activity.excluded,
        files=activity.files,
        rows_read=activity.rows_read,
    )


def _library(
    place: Path, manifest: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[FactorLibrary, pd.DataFrame, list[Problem]]:
    """Return the installed library where it is the same, else one of the stored rows with the matches renumbered."""
    from emissions.errors import PackageError

    matches = _read(place / "matches.parquet")
    name = str(manifest["factor_set"])
    try:
        library = load_factors(name)
        if library.digest == manifest["factor_digest"]:
            return library, matches, []
        code = "stored_set_differs"
    except PackageError:
        code = "stored_set_not_installed"
    used = _read(place / "factors.parquet")
    position = pd.Series(np.arange(len(used)), index=used["row"].to_numpy())
    published = (matches["origin"] == 0).to_numpy()
    row = matches["row"].to_numpy(dtype=np.int64).copy()
    row[published] = position.loc[row[published]].to_numpy(dtype=np.int64)
    chosen = FactorSet.model_validate(known["set"])
    library = FactorLibrary(chosen, used.drop(columns="row"), known["sources"], known["digests"])
    return library, matches.assign(row=row), [Problem(code, level="warning", found=name)]
