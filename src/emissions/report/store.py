"""A calculation as a folder of files, and back."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from emissions.activity.table import ActivityTable
from emissions.engine import Run
from emissions.engine.lines import KindLines
from emissions.errors import Problem, ResultError
from emissions.factors import FactorLibrary, FactorSet, load_factors
from emissions.report.folder import KIND, MANIFEST, read_manifest, settle, staged, write_manifest
from emissions.report.formats import DEFAULT_FORMATS, write_formats
from emissions.report.side_files import read_refused, write_refused
from emissions.report.tables import used_factors
from emissions.vocabulary import Language

FORMAT = 2
"""Version of the form of a stored result."""

_MATCH_TYPES = {
    "line": "int64",
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
        write_refused(run.activity.refused, part)
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
    place, manifest = _place(folder)
    with _damaged(folder):
        return _run(place, manifest)


def load_given(folder: str | Path) -> ActivityTable:
    """Return the activity data of a stored calculation as they were given, without the calculation itself.

    Raises
    ------
    ResultError
        If the folder holds no result, or the result was stored without them; names the command that makes it whole.
    """
    place, manifest = _place(folder)
    with _damaged(folder):
        found = _given(place, _activity(place, manifest, _known(place)))
    return found if found is not None else _no_activity(manifest, folder)


def given_of(run: Run, folder: str | Path) -> ActivityTable:
    """Return the activity data a loaded calculation began with.

    Raises
    ------
    ResultError
        If the result was stored without them; names the command that makes it whole.
    """
    return run.given if run.given is not None else _no_activity(run.manifest, folder)


def stored_manifest(folder: str | Path) -> dict[str, Any]:
    """Return what a stored calculation says of itself: set, metric, versions, digests.

    Raises
    ------
    ResultError
        If the folder holds no result, or one of another version.
    """
    return _place(folder)[1]


def _no_activity(manifest: Mapping[str, Any], folder: str | Path) -> NoReturn:
    again = ("emissions", "inventory", *manifest.get("inputs", {}), "-o", str(folder))
    command = str(manifest.get("command", "")) or shlex.join(again)
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
    _write(run.kind_lines.table, place / "lines.parquet")
    _write(pd.DataFrame({"chosen": run.kind_lines.chosen}), place / "kinds.parquet")
    _write(
        pd.DataFrame({"kind": run.kind_lines.of_key, "quantity": run.kind_lines.quantity}), place / "amounts.parquet"
    )
    _write(run.kind_matches.astype(_MATCH_TYPES), place / "matches.parquet")
    _write(used_factors(run), place / "factors.parquet")
    _write_json(
        {
            "set": json.loads(run.library.set.model_dump_json()),
            "sources": run.library.sources,
            "digests": run.library.digests,
            "measured_sets": run.measured_sets,
            "notes": [note.record() for note in run.notes],
            "given_notes": len(run.given.notes) if run.given is not None else 0,
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


def _place(folder: str | Path) -> tuple[Path, dict[str, Any]]:
    """Return where the tables of a result are, and its manifest."""
    target = Path(folder).absolute()
    settle(target)
    manifest = read_manifest(target)
    if manifest is None or manifest["kind"] != KIND:
        raise ResultError([Problem("no_result_here", found=str(folder))])
    if manifest.get("format") != FORMAT:
        raise ResultError([Problem("result_of_other_version", found=str(manifest.get("format")), allowed=str(FORMAT))])
    return target / MANIFEST.parent, manifest


@contextmanager
def _damaged(folder: str | Path) -> Iterator[None]:
    """Make what goes wrong while tables are read one error of this package."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultError([Problem("result_damaged", found=str(folder), facts={"why": str(error)})]) from error


def _known(place: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((place / "result.json").read_text(encoding="utf-8"))
    known["notes"] = tuple(Problem(**{one.name: note[one.name] for one in fields(Problem)}) for note in known["notes"])
    return known


def _run(place: Path, manifest: dict[str, Any]) -> Run:
    known = _known(place)
    tables: dict[str, Any] = {name: _read(place / f"{name}.parquet") for name in ("rows", "sources", "parents")}
    activity = replace(_activity(place, manifest, known), **tables, notes=known["notes"])
    library, matches, said = _library(place, manifest, known)
    amounts = _read(place / "amounts.parquet")
    lines = KindLines(
        table=_read(place / "lines.parquet"),
        of_key=amounts["kind"].to_numpy(dtype=np.int64),
        quantity=amounts["quantity"].to_numpy(dtype=np.float64),
        chosen=_read(place / "kinds.parquet")["chosen"].to_numpy(dtype=np.int64),
    )
    return Run(
        activity=activity,
        keys=_read(place / "keys.parquet"),
        key_of_row=_read(place / "key_of_row.parquet")["key"].to_numpy(dtype=np.int64),
        kind_lines=lines,
        kind_matches=matches,
        library=library,
        measured_sets=tuple(
            tuple(((pair[0][0], pair[0][1]), int(pair[1])) for pair in one) for one in known["measured_sets"]
        ),
        gwp=str(manifest["gwp"]),
        notes=(*known["notes"], *said),
        manifest=manifest,
        given=_given(place, _activity(place, manifest, known)),
    )


def _activity(place: Path, manifest: Mapping[str, Any], known: Mapping[str, Any]) -> ActivityTable:
    """Return what the activity data as given and as computed with have in common, without rows."""
    tables: dict[str, Any] = {name: _read(place / f"{name}.parquet") for name in ("measured", "strata", "excluded")}
    nothing = ActivityTable(pd.DataFrame())
    return replace(
        nothing,
        **tables,
        refused=read_refused(place.parent, nothing.refused),
        notes=known["notes"][: known.get("given_notes", 0)],
        files=known["files"],
        rows_read=int(manifest["rows_read"]),
    )


def _given(place: Path, common: ActivityTable) -> ActivityTable | None:
    """Return the activity data as given, None where they were not stored."""
    if not (place / _GIVEN_TABLES["rows"]).is_file():
        return None
    tables: dict[str, Any] = {
        name: _read(place / file) if (place / file).is_file() else getattr(common, name)
        for name, file in _GIVEN_TABLES.items()
    }
    return replace(common, **tables)


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
