"""Factor packages read into one table, ready to be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError

from emissions.errors import PackageError, Problem, UnknownUnit
from emissions.factors.match import Column
from emissions.factors.sets import FactorSet, Pin
from emissions.units import scale
from emissions.vocabulary import read_yaml

BASE_COLUMNS = (
    "factor_id",
    "scheme",
    "category",
    "activity",
    "substance",
    "stream",
    "parameter",
    "value",
    "unit",
    "expressed_as",
    "low",
    "high",
    "confidence",
    "tier",
    "basis",
    "control",
    "region",
    "valid_from",
    "valid_to",
    "bundle",
    "source",
    "locator",
    "grade",
    "note",
    "printed",
)
"""Columns of every factor table; the condition columns of the package follow."""

GRADES = ("A", "B", "C")


@dataclass(frozen=True)
class FactorLibrary:
    """The rows of all packages of one factor set.

    Attributes
    ----------
    set
        The set they were loaded for.
    rows
        One row a factor, index 0..n-1: :data:`BASE_COLUMNS` as text except ``value``, ``low``, ``high``
        (float64), the condition columns of all packages (text, blank means any), ``package`` and ``version``.
        ``category`` holds scheme and code (``NFR:1A1a``), blank where the row names none.
    sources
        Source id -> title, publisher, year, url and so on.
    digests
        Package@version -> sha256 of its factor tables.
    """

    set: FactorSet
    rows: pd.DataFrame
    sources: Mapping[str, Mapping[str, str]]
    digests: Mapping[str, str]
    _scales: dict[str, npt.NDArray[np.float64]] = field(init=False, repr=False, compare=False, default_factory=dict)
    _asked: dict[tuple[object, ...], npt.NDArray[np.int64]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    @cached_property
    def condition_columns(self) -> list[str]:
        """Condition columns that occur in some package."""
        return [
            column
            for column in self.rows.columns
            if column not in BASE_COLUMNS and column not in {"package", "version"}
        ]

    @property
    def digest(self) -> str:
        """Sha256 over the set and the digests of its packages."""
        text = self.set.model_dump_json() + json.dumps(dict(sorted(self.digests.items())))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def column(self) -> Mapping[str, npt.NDArray[np.object_]]:
        """Column -> array of text, for matching without pandas."""
        return {name: self.rows[name].to_numpy(dtype=object) for name in self.rows.columns}

    @cached_property
    def coded(self) -> Mapping[str, Column]:
        """Text column -> its distinct words and the code of every row."""
        words = ("activity", "category", "region", "control", "package", "substance", "stream", "basis", "bundle")
        return {name: Column.of(self.column[name]) for name in (*words, *self.condition_columns)}

    @cached_property
    def stated(self) -> npt.NDArray[np.bool_]:
        """Which condition columns each row states, shape (rows, condition columns)."""
        columns = [self.column[name] != "" for name in self.condition_columns]
        return np.column_stack(columns).astype(bool) if columns else np.zeros((len(self.rows), 0), dtype=bool)

    @cached_property
    def condition_count(self) -> npt.NDArray[np.int64]:
        """Number of conditions each row states; a control counts as one."""
        count: npt.NDArray[np.int64] = self.stated.sum(axis=1) + self.controlled
        return count

    @cached_property
    def controlled(self) -> npt.NDArray[np.bool_]:
        """Which rows name control devices."""
        return np.asarray(self.column["control"] != "", dtype=np.bool_)

    @cached_property
    def grade_rank(self) -> npt.NDArray[np.int64]:
        """Rank of the grade of each row, 0 best; a row without a grade comes last."""
        order = {grade: rank for rank, grade in enumerate(GRADES)}
        return np.array([order.get(str(grade), len(GRADES)) for grade in self.column["grade"]], dtype=np.int64)

    @cached_property
    def validity(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """First and last year each row is valid for, infinite where it states none."""
        low = np.array([float(text) if text else -np.inf for text in self.column["valid_from"]])
        high = np.array([float(text) if text else np.inf for text in self.column["valid_to"]])
        return low, high

    @cached_property
    def spans(self) -> Column:
        """Distinct pairs of first and last year, and which each row is valid for."""
        pairs = list(zip(*(each.tolist() for each in self.validity), strict=True))
        number = {pair: code for code, pair in enumerate(dict.fromkeys(pairs))}
        return Column(tuple(number), np.array([number[pair] for pair in pairs], dtype=np.int64))

    @cached_property
    def by_parameter(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """Parameter -> row numbers."""
        groups = self.rows.groupby("parameter", sort=False).indices
        return {str(name): np.sort(index).astype(np.int64) for name, index in groups.items()}

    @cached_property
    def values(self) -> npt.NDArray[np.float64]:
        """Values of the rows in their own units."""
        return self.rows["value"].to_numpy(dtype=np.float64)

    def rows_with(
        self, parameter: str, unit: str, words: tuple[tuple[str, tuple[str, ...]], ...]
    ) -> npt.NDArray[np.int64]:
        """Return the rows of a parameter that have a finite value in a unit and one of some words in each column.

        Parameters
        ----------
        words
            Pairs of a coded column and its words; no words: any.
        """
        asked = parameter, unit, words
        known = self._asked.get(asked)
        if known is not None:
            return known
        rows = self.by_parameter.get(parameter, np.empty(0, dtype=np.int64))
        for name, wanted in words:
            if wanted and len(rows):
                column = self.coded[name]
                good = np.array([value in wanted for value in column.values], dtype=bool)
                rows = rows[good[column.codes[rows]]]
        rows = rows[np.isfinite(self.scales(rows, unit)) & np.isfinite(self.values[rows])]
        self._asked[asked] = rows
        return rows

    @cached_property
    def _units(self) -> Column:
        return Column.of(self.column["unit"])

    def scales(self, rows: npt.NDArray[np.int64], unit: str) -> npt.NDArray[np.float64]:
        """Return per row the number that turns its value into ``unit``, NaN where the dimension differs."""
        known = self._scales.get(unit)
        if known is None:
            known = np.array([_scale_or_nan(str(text), unit) for text in self._units.values], dtype=np.float64)
            self._scales[unit] = known
        found: npt.NDArray[np.float64] = known[self._units.codes[rows]]
        return found


@cache
def _scale_or_nan(unit: str, target: str) -> float:
    try:
        return scale(unit, target)
    except UnknownUnit:
        return float("nan")


def data_root() -> Path:
    """Return the folder ``factors`` of the installed package (``packages`` and ``sets`` below it)."""
    with as_file(files("emissions") / "data" / "factors") as folder:
        return Path(folder)


def set_names(root: Path | None = None) -> list[str]:
    """Return the names of the factor sets there are."""
    return sorted(path.stem for path in ((root or data_root()) / "sets").glob("*.yaml"))


def load_set(name: str | Path, root: Path | None = None) -> FactorSet:
    """Return a factor set by its name (``cn-2026.1``) or by the path of its YAML file.

    Raises
    ------
    PackageError
        If there is no such set, or with every field that breaks the form of a set.
    """
    path = Path(name) if _is_file(name) else (root or data_root()) / "sets" / f"{name}.yaml"
    if not path.is_file():
        raise PackageError([Problem("unknown_set", found=str(name), allowed=", ".join(set_names(root)))])
    try:
        return FactorSet.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise PackageError(
            Problem("set_field", file=path.name, found=".".join(map(str, one["loc"])), facts={"why": one["msg"]})
            for one in error.errors()
        ) from None


def _is_file(name: str | Path) -> bool:
    return str(name).endswith((".yaml", ".yml"))


def load_factors(
    name: str | Path = "cn-2026.1", *, extra: Sequence[Path] = (), root: Path | None = None
) -> FactorLibrary:
    """Return the library of a factor set.

    Parameters
    ----------
    name
        Name of a set of the package, or path of a set file.
    extra
        Folders that hold further packages (``<package>/<version>/``), searched first. For the path of a set file the
        folders ``packages`` and ``../packages`` beside it come next, then the installed packages.
    root
        Folder with ``packages`` and ``sets``; the installed data if not given.

    Raises
    ------
    PackageError
        With every package that is missing, changed since it was sealed, or breaks the form.

    Examples
    --------
    >>> library = load_factors("cn-2026.1")
    >>> library.set.gwp
    'AR5GWP100'
    """
    chosen = load_set(name, root)
    beside = [Path(name).parent / "packages", Path(name).parent.parent / "packages"] if _is_file(name) else []
    folders = [*extra, *beside, (root or data_root()) / "packages"]
    problems: list[Problem] = []
    frames: list[pd.DataFrame] = []
    sources: dict[str, Mapping[str, str]] = {}
    digests: dict[str, str] = {}
    for pin in chosen.packages:
        folder = next(
            (base / pin.package / pin.version for base in folders if (base / pin.package / pin.version).is_dir()),
            None,
        )
        if folder is None:
            problems.append(Problem("unknown_package", found=f"{pin.package}@{pin.version}"))
            continue
        frame, found, digest = _read_package(folder, pin, problems)
        frames.append(frame)
        sources |= found
        digests[f"{pin.package}@{pin.version}"] = digest
    if problems:
        raise PackageError(problems)
    return FactorLibrary(chosen, _join(frames), sources, digests)


def _read_package(
    folder: Path, pin: Pin, problems: list[Problem]
) -> tuple[pd.DataFrame, dict[str, Mapping[str, str]], str]:
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    frames: list[pd.DataFrame] = []
    sources: dict[str, Mapping[str, str]] = {}
    digest = hashlib.sha256()
    for resource in described["resources"]:
        path = folder / resource["path"]
        raw = path.read_bytes()
        sealed = str(resource.get("hash", "")).removeprefix("sha256:")
        if hashlib.sha256(raw).hexdigest() != sealed:
            problems.append(Problem("package_changed", file=f"{pin.package}/{pin.version}/{path.name}"))
        if path.name.startswith("excluded"):
            continue
        try:
            frame = _read_table(path)
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            torn = f"{pin.package}/{pin.version}/{path.name}"
            problems.append(Problem("package_table_torn", file=torn, found=str(error).strip()))
            continue
        if "factor_id" in frame.columns:
            digest.update(raw)
            frames.append(frame)
        elif "source_id" in frame.columns:
            sources |= {row["source_id"]: row for row in frame.to_dict("records")}
    if not frames:
        return pd.DataFrame(columns=list(BASE_COLUMNS)), sources, digest.hexdigest()
    table = pd.concat(frames, ignore_index=True).fillna("")
    missing = [column for column in BASE_COLUMNS if column not in table.columns]
    problems += [Problem("package_column", file=f"{pin.package}/{pin.version}", found=column) for column in missing]
    return table.assign(package=pin.package, version=pin.version), sources, digest.hexdigest()


def _read_table(path: Path) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if not isinstance(frame.index, pd.RangeIndex):
        # pandas takes the first column for names of rows where every row has a field too many
        raise pd.errors.ParserError("every row has more fields than there are headings")
    return frame


def _join(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    rows = pd.concat(frames, ignore_index=True).fillna("")
    for column in ("value", "low", "high"):
        rows[column] = pd.to_numeric(rows[column].mask(rows[column] == "")).astype(np.float64)
    stated = rows["category"] != ""
    rows["category"] = rows["category"].where(~stated, rows["scheme"] + ":" + rows["category"])
    return rows
