"""Measured values of the workbook: which rows each is for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.activity.table import SELECTOR_COLUMNS, cell_of
from emissions.engine.columns import Coded, at_places, coded_column, same
from emissions.engine.keys import first_places, numbered
from emissions.errors import AmbiguousFactor, Problem
from emissions.vocabulary import Graph, Vocabulary

MeasuredSet = tuple[tuple[tuple[str, str], int], ...]
"""Sorted pairs of (parameter, substance) and the row of :attr:`ActivityTable.measured` that gives it."""


@dataclass(frozen=True)
class Selection:
    """Result of :func:`select_measured`: the set of each row (-1 none) and the sets."""

    of_row: npt.NDArray[np.int64]
    sets: tuple[MeasuredSet, ...]

    def unused(self, measured: pd.DataFrame) -> list[Problem]:
        """Return a note for each measured value that is for no row."""
        used = {row for pairs in self.sets for _, row in pairs}
        return [idle_selector(measured.iloc[row], "measured") for row in range(len(measured)) if row not in used]


def idle_selector(line: pd.Series, kind: str) -> Problem:
    """Return the note on a line of the workbook whose selectors fit no row of activity data."""
    stated = [str(line[name]) for name in SELECTOR_COLUMNS if name in line and str(line[name]) not in {"", "nan"}]
    return Problem(
        f"{kind}_unused",
        level="warning",
        file=str(line["file"]),
        sheet=str(line["sheet"]),
        cell=str(line["cell"]),
        found=", ".join(stated),
    )


def fitting(
    selectors: pd.DataFrame, rows: pd.DataFrame, vocabulary: Vocabulary
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return how closely selector lines (measured values, control strata) fit the distinct rows.

    Parameters
    ----------
    selectors
        Lines with :data:`emissions.activity.table.SELECTOR_COLUMNS`; blank means any.
    rows
        Activity rows.

    Returns
    -------
    closeness : array of int64, shape (distinct rows, selector lines)
        -1 where a line does not fit; else larger for lines that state more, and state it nearer. Rows are distinct
        by their values of the selector columns.
    of_row : array of int64
        Distinct row that each row is.
    """
    coded = {name: coded_column(rows[name]) for name in SELECTOR_COLUMNS if name in rows}
    of_row = numbered(len(rows), coded.values())
    first = first_places(of_row)
    closeness = np.zeros((len(first), len(selectors)), dtype=np.int64)
    graphs = {
        "region": vocabulary.region_graph,
        "category": vocabulary.category_graph,
        "activity": vocabulary.activity_graph,
        "technology": vocabulary.condition_graphs.get("technology"),
    }
    nothing: Coded = same(np.int8(0), len(rows)), np.array([""], dtype=object)
    for name in SELECTOR_COLUMNS:
        lines = _texts(selectors[name])
        codes, values = coded.get(name, nothing)
        table = np.array(
            [[_near(value, wanted, graphs.get(name)) for wanted in lines] for value in _texts(pd.Series(values))],
            dtype=np.int64,
        )
        part = table.reshape(len(values), len(selectors))[at_places(codes, first)]
        closeness = np.where((part < 0) | (closeness < 0), -1, closeness + part)
    return closeness, of_row


def select_measured(measured: pd.DataFrame, rows: pd.DataFrame, vocabulary: Vocabulary) -> Selection:
    """Return which measured values are for which rows: the closest line of each parameter and substance.

    Raises
    ------
    AmbiguousFactor
        If two measured values of one parameter fit a row equally closely.
    """
    if measured.empty or rows.empty:
        return Selection(np.full(len(rows), -1, dtype=np.int64), ())
    closeness, of_row = fitting(measured, rows, vocabulary)
    names = list(zip(_texts(measured["parameter"]), _texts(measured["substance"]), strict=True))
    sets: dict[MeasuredSet, int] = {}
    number = np.full(len(closeness), -1, dtype=np.int64)
    problems: list[Problem] = []
    for line in range(len(closeness)):
        best: dict[tuple[str, str], list[int]] = {}
        for column in np.flatnonzero(closeness[line] >= 0):
            rivals = best.setdefault(names[column], [])
            if not rivals or closeness[line, column] > closeness[line, rivals[0]]:
                best[names[column]] = [int(column)]
            elif closeness[line, column] == closeness[line, rivals[0]]:
                rivals.append(int(column))
        problems += [_tie(measured, rivals[0], other) for rivals in best.values() for other in rivals[1:]]
        if best:
            chosen = tuple(sorted((name, rivals[0]) for name, rivals in best.items()))
            number[line] = sets.setdefault(chosen, len(sets))
    if problems:
        raise AmbiguousFactor(dict.fromkeys(problems))
    return Selection(number[of_row], tuple(sets))


def _tie(measured: pd.DataFrame, first: int, second: int) -> Problem:
    one, other = measured.iloc[first], measured.iloc[second]
    return Problem(
        "measured_twice",
        file=str(other["file"]),
        sheet=str(other["sheet"]),
        cell=str(other["cell"]),
        found=str(other["parameter"]),
        facts={"other": cell_of(one)},
    )


def _texts(column: pd.Series) -> list[str]:
    return [str(value) for value in column.astype(object).fillna("")]


def _near(value: str, wanted: str, graph: Graph | None) -> int:
    """Return -1 if ``wanted`` does not fit ``value``, 0 if it is blank, else 100 less the steps up."""
    if wanted == "":
        return 0
    if graph is None:
        return 100 if value == wanted else -1
    rank = graph.ancestors(value).get(wanted)
    return -1 if rank is None else 100 - min(rank, 99)
