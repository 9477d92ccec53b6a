"""Control strata: a row under several controls becomes a child for each, by the shares of the sheet of controls."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.selectors import sum_facts
from emissions.activity.table import SELECTOR_COLUMNS, ActivityTable, cell_of
from emissions.engine.children import children
from emissions.engine.columns import among, coded_column
from emissions.engine.keys import RATE_COLUMNS
from emissions.engine.measured import fitting, idle_selector
from emissions.errors import AmbiguousFactor, Problem, SharesDoNotSum
from emissions.factors.match import for_greenhouse_gases, split_control
from emissions.vocabulary import Vocabulary

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Chosen:
    """Which strata split which rows.

    Attributes
    ----------
    group_of_line
        Group of each line of the strata: lines with the same selectors are one.
    groups
        First line of each group.
    group_of_row
        Group that splits each row of activity data, -1 where none does.
    """

    group_of_line: Numbers
    groups: pd.DataFrame
    group_of_row: Numbers

    @property
    def used(self) -> Flags:
        """True for the lines of the strata that split a row."""
        flags: Flags = np.isin(self.group_of_line, self.group_of_row)
        return flags


def split_by_control(table: ActivityTable, vocabulary: Vocabulary) -> ActivityTable:
    """Return the table with rows split by the control strata that fit them; a row that states its control stays.

    Capture of CO2 says nothing of the devices for pollutants: such a row is split too and keeps its capture.

    Strata lines with the same selectors are one group; the closest group serves a row.

    Raises
    ------
    SharesDoNotSum
        If the shares of a group do not sum to 1.
    AmbiguousFactor
        If two groups fit a row equally closely.
    """
    chosen = choose_strata(table, vocabulary)
    return table if chosen is None else split_by(chosen, table)


def choose_strata(table: ActivityTable, vocabulary: Vocabulary) -> Chosen | None:
    """Return which strata split which rows, or None where there is nothing to split.

    Raises
    ------
    SharesDoNotSum, AmbiguousFactor
        As :func:`split_by_control`.
    """
    strata = table.strata
    if strata.empty or table.rows.empty:
        return None
    numbers = strata.groupby(list(SELECTOR_COLUMNS), sort=False, dropna=False).ngroup()
    group_of_line = numbers.to_numpy().astype(np.int64)
    groups = strata.drop_duplicates(list(SELECTOR_COLUMNS), ignore_index=True)
    _must_sum_to_one(strata, group_of_line)
    free = _without_devices(table.rows["control"], vocabulary)
    if not free.any():
        return None
    group_of_row = np.full(len(table.rows), -1, dtype=np.int64)
    selectors = [name for name in SELECTOR_COLUMNS if name in table.rows]
    group_of_row[free] = _closest(groups, table.rows[selectors][free], vocabulary)
    return Chosen(group_of_line, groups, group_of_row)


def split_by(chosen: Chosen, table: ActivityTable) -> ActivityTable:
    """Return the table with rows split by the strata chosen for them; a group that serves no row is said."""
    groups = chosen.groups
    idle = np.setdiff1d(np.arange(len(groups)), chosen.group_of_row)
    notes = [idle_selector(groups.iloc[one], "strata") for one in idle]
    position, line = _rows_and_lines(chosen)
    lines = table.strata.iloc[line]
    own = table.rows["control"].astype(str).to_numpy(dtype=object)[position]
    control = [f"{one}+{more}" if more else one for one, more in zip(lines["control"], own, strict=True)]
    columns = {"control": np.array(control, dtype=object)}
    columns |= {name: pd.to_numeric(lines[name]).to_numpy(dtype=np.float64) for name in RATE_COLUMNS}
    share = lines["share"].to_numpy(dtype=np.float64)
    places = [cell_of(one) for one in table.strata[["file", "sheet", "cell"]].to_dict("records")]
    why = [places[one] for one in line]
    return children(replace(table, notes=(*table.notes, *notes)), position, share, columns, "control_strata", why)


def _must_sum_to_one(strata: pd.DataFrame, group_of_line: Numbers) -> None:
    """Raise SharesDoNotSum with every group whose shares do not."""
    problems = [
        Problem(
            "shares_do_not_sum",
            file=str(part["file"].iloc[0]),
            sheet=str(part["sheet"].iloc[0]),
            cell=str(part["cell"].iloc[0]),
            found=f"{part['share'].astype(float).sum():g}",
            facts=sum_facts(part),
        )
        for _, part in strata.groupby(group_of_line, sort=False)
        if abs(part["share"].astype(float).sum() - 1) > _TOLERANCE
    ]
    if problems:
        raise SharesDoNotSum(problems)


def _without_devices(controls: pd.Series, vocabulary: Vocabulary) -> Flags:
    """Tell which rows state no control, or only such as act on greenhouse gases."""
    codes, texts = coded_column(controls)
    return among(codes, [code for code, text in enumerate(texts) if _for_gases_only(str(text), vocabulary)], len(texts))


def _closest(groups: pd.DataFrame, rows: pd.DataFrame, vocabulary: Vocabulary) -> Numbers:
    """Return the group that fits each row most closely, -1 where none fits."""
    closeness, of_row = fitting(groups, rows, vocabulary)
    nearest = closeness.max(axis=1)
    rivals = (closeness == nearest[:, None]) & (closeness >= 0)
    contested = np.flatnonzero(rivals.sum(axis=1) > 1)
    if len(contested):
        raise AmbiguousFactor(dict.fromkeys(_strata_tie(groups, np.flatnonzero(rivals[line])) for line in contested))
    best = np.where(nearest >= 0, closeness.argmax(axis=1), -1)
    return best[of_row]


def _rows_and_lines(chosen: Chosen) -> tuple[Numbers, Numbers]:
    """Return, for each child, the row it is of and the line of the strata it is made by."""
    group_of_row, group_of_line = chosen.group_of_row, chosen.group_of_line
    counts = np.bincount(group_of_line)
    position = np.repeat(np.arange(len(group_of_row)), np.where(group_of_row >= 0, counts[group_of_row], 0))
    lines_of = [np.flatnonzero(group_of_line == group) for group in range(len(counts))]
    lines = [lines_of[group] for group in group_of_row if group >= 0]
    return position, np.concatenate([*lines, np.empty(0, dtype=np.int64)])


def _for_gases_only(control: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a control is blank, or of devices for greenhouse gases only."""
    return "none" not in control.split("+") and all(
        for_greenhouse_gases(one, vocabulary) for one in split_control(control)
    )


def _strata_tie(groups: pd.DataFrame, lines: Numbers) -> Problem:
    first, second = (groups.iloc[int(line)] for line in lines[:2])
    return Problem(
        "strata_twice",
        file=str(second["file"]),
        sheet=str(second["sheet"]),
        cell=str(second["cell"]),
        found=str(second["control"]),
        facts={"other": cell_of(first)},
    )
