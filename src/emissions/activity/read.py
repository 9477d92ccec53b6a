"""Files to the activity table: open, recognise, read, check; all problems of all files at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from emissions.activity.check import Checked, check_activity
from emissions.activity.defaults import with_defaults
from emissions.activity.given import DECIMAL_COMMA, Given
from emissions.activity.identical import identical_rows, ids_twice
from emissions.activity.layout import TableLayout, load_layouts
from emissions.activity.plausible import sizes_to_look_at
from emissions.activity.raw import Excluded, RawRows, excluded_table
from emissions.activity.recognise import read_sheet
from emissions.activity.selectors import check_measured, check_strata
from emissions.activity.table import ROW_COLUMNS, ActivityTable
from emissions.activity.vehicles import check_vehicles
from emissions.activity.words import find_word
from emissions.activity.workbook import Opened, open_file
from emissions.errors import ActivityErrors, Problem, UnreadableWorkbook
from emissions.vocabulary import load_vocabulary

PathLike = str | Path


@dataclass
class Gathered:
    """What the files gave so far: rows, problems and notes."""

    rows: list[pd.DataFrame] = field(default_factory=list)
    measured: list[pd.DataFrame] = field(default_factory=list)
    strata: list[pd.DataFrame] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: int = 0
    files: dict[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        """Problems that stop the run."""
        return [problem for problem in self.problems if problem.level == "error"]

    @property
    def notes(self) -> tuple[Problem, ...]:
        """Problems that are reported."""
        return tuple(problem for problem in self.problems if problem.level != "error")


def read_activity(
    *paths: PathLike,
    layout: str | None = None,
    region: str | None = None,
    year: int | None = None,
    choices: Mapping[str, str] | None = None,
) -> ActivityTable:
    """Read workbooks and text files into one activity table.

    Parameters
    ----------
    *paths
        ``.xlsx``, ``.xlsm``, ``.xls``, ``.csv``, ``.parquet`` or ``.feather`` files.
    layout
        Name of the layout of every sheet (:func:`layouts`); recognised by its headings if absent.
    region, year
        For rows that state none: a region in any known spelling, and a year.
    choices
        How to read what has two readings: ``{"decimal_comma": "decimal"}`` reads ``1,5`` as one and a half.

    Returns
    -------
    ActivityTable

    Raises
    ------
    UnreadableWorkbook
        If a file cannot be opened as a table.
    ActivityErrors
        With every problem of every file.
    """
    given = given_of(region, year, choices)
    return gather([(name, partial(open_file, path, name)) for path, name in named_files(paths)], layout, given)


def gather(
    openings: Sequence[tuple[str, Callable[[], Opened]]],
    layout: str | None,
    given: Given,
) -> ActivityTable:
    """Return the activity table of files that are opened one after the other.

    Parameters
    ----------
    openings
        Name of each file, and the call that opens it.

    Raises
    ------
    UnreadableWorkbook, ActivityErrors
        As :func:`read_activity`.
    """
    gathered = Gathered()
    unreadable: list[Problem] = []
    for name, opening in openings:
        try:
            read_file(opening(), name, layout, given, gathered)
        except UnreadableWorkbook as error:
            unreadable += error.problems
    if unreadable:
        raise UnreadableWorkbook([*unreadable, *_in_order(gathered.errors)])
    rows = joined_rows(gathered.rows)
    gathered.problems += [*identical_rows(rows), *ids_twice(rows), *sizes_to_look_at(rows)]
    if not gathered.errors and rows.empty:
        gathered.problems += [Problem("no_data_rows", file=name) for name in gathered.files]
    if gathered.errors:
        raise ActivityErrors(_in_order(gathered.problems))
    used = len(rows.drop_duplicates(["file", "sheet", "cell"])) + sum(map(len, (*gathered.measured, *gathered.strata)))
    table = ActivityTable(
        rows=rows,
        excluded=excluded_table(gathered.excluded),
        notes=gathered.notes,
        files=gathered.files,
        rows_read=used + gathered.refused + len(gathered.excluded),
    )
    return _with_selected(table, gathered)


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Return problems in the order in which a person meets them: file, sheet, row, column."""
    met = dict.fromkeys((problem.file, problem.sheet) for problem in problems)
    sheets = {place: number for number, place in enumerate(met)}

    def place(problem: Problem) -> tuple[int, int, int, str]:
        letters = problem.cell.rstrip("0123456789")
        row = int(problem.cell[len(letters) :]) if problem.cell[len(letters) :] else problem.row or 0
        return sheets[problem.file, problem.sheet], row, len(letters), letters

    return sorted(problems, key=place)


def layouts() -> list[tuple[str, str, str]]:
    """Return every layout as (name, Chinese title, English title), in the order in which they are tried."""
    return [(layout.layout, layout.title.zh, layout.title.en) for layout in load_layouts()]


def given_of(region: str | None, year: int | None, choices: Mapping[str, str] | None) -> Given:
    """Return what the caller says beside the files, the region as our word."""
    word = ""
    if region:
        looked = find_word("regions", region)
        if looked.problem:
            raise ActivityErrors([Problem("unknown_region", found=region, nearest=looked.nearest)])
        word = looked.word
    given = Given(word, year, dict(choices or {}))
    if set(given.choices) - {"decimal_comma"} or given.decimal_comma not in DECIMAL_COMMA:
        raise ActivityErrors(
            [
                Problem(
                    "unknown_choice",
                    found=str(dict(given.choices)),
                    allowed=", ".join(f"decimal_comma={choice}" for choice in DECIMAL_COMMA),
                )
            ]
        )
    return given


def named_files(paths: Iterable[PathLike]) -> list[tuple[Path, str]]:
    """Return the files with their names; two files of one name get the folder in front."""
    found = [Path(path) for path in paths]
    count = Counter(path.name for path in found)
    return [(path, path.name if count[path.name] == 1 else f"{path.parent.name}/{path.name}") for path in found]


def read_file(opened: Opened, name: str, layout: str | None, given: Given, gathered: Gathered) -> None:
    """Add what an opened file gives; its problems are collected, not raised."""
    gathered.files[name] = opened.digest
    gathered.problems += opened.notes
    recognised = 0
    for sheet in opened.sheets:
        taken, found = read_sheet(sheet, layout)
        if taken is None and not found.problems:
            continue
        recognised += taken is not None
        gathered.problems += found.problems
        gathered.excluded += found.excluded
        for raw in found.rows:
            _check(raw, taken if isinstance(taken, TableLayout) else None, given, gathered)
    if not recognised:
        gathered.problems.append(
            Problem(
                "no_sheet_recognised", file=name, found=", ".join(sheet.name for sheet in opened.sheets if sheet.name)
            )
        )


def _check(raw: RawRows, layout: TableLayout | None, given: Given, gathered: Gathered) -> None:
    defaults = layout.defaults if layout else {}
    use, raw = defaults.get("use", ""), with_defaults(raw, defaults, given)
    if raw.content == "measured":
        checked, target = check_measured(raw, given), gathered.measured
    elif raw.content == "strata":
        checked, target = check_strata(raw, given), gathered.strata
    elif raw.content == "vehicles":
        checked, target = check_vehicles(raw, given), gathered.rows
    else:
        checked, target = check_activity(raw, given, use=use), gathered.rows
    _keep(checked, target, gathered)


def _keep(checked: Checked, target: list[pd.DataFrame], gathered: Gathered) -> None:
    target.append(checked.rows)
    gathered.problems += checked.problems
    gathered.problems += checked.notes
    gathered.refused += checked.refused


def joined_rows(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the rows of all sheets as :func:`stated_rows`; rows without an id are named by their cell."""
    joined = stated_rows(parts)
    if joined.empty:
        return joined
    place = joined["file"] + " " + joined["sheet"].where(joined["sheet"] == "", joined["sheet"] + "!") + joined["cell"]
    own = joined["activity_id"].where(joined["activity_id"] != "", place)
    driven = joined["use"].eq("distance") & own.duplicated(keep=False)
    return joined.assign(activity_id=own.where(~driven, own + " distance"))


def stated_rows(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the rows of all sheets; condition columns that occur anywhere, blank or NaN where not stated."""
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(ROW_COLUMNS))
    joined = filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)
    conditions = load_vocabulary().conditions
    numbers = [name for name in joined.columns if name in conditions and conditions[name]["kind"] == "number"]
    words = [name for name in joined.columns if name in conditions and name not in numbers]
    if words:
        joined = joined.assign(**{name: joined[name].fillna("") for name in words})
    stated = {name for name in words if joined[name].ne("").any()}
    stated |= {name for name in numbers if joined[name].notna().any()}
    ordered = [name for name in conditions if name in stated]
    return joined[[*ROW_COLUMNS, *ordered]]


def _with_selected(table: ActivityTable, gathered: Gathered) -> ActivityTable:
    measured = pd.concat(gathered.measured, ignore_index=True) if any(map(len, gathered.measured)) else table.measured
    strata = pd.concat(gathered.strata, ignore_index=True) if any(map(len, gathered.strata)) else table.strata
    return replace(table, measured=measured, strata=strata)
