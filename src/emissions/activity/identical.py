"""Rows that cannot be told apart, and ids that are not unique."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from emissions.activity.table import KEY_COLUMNS, ROW_COLUMNS
from emissions.errors import Problem, place_of
from emissions.vocabulary import load_vocabulary


def identical_rows(rows: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for every row that repeats an earlier one.

    Rows of one key add up where facility or data source differ. Two rows that agree in all of them are
    one row entered twice, or two that lack what tells them apart.
    """
    conditions = [name for name in rows.columns if name not in ROW_COLUMNS]
    columns = [*KEY_COLUMNS, *conditions, "facility", "data_source"]
    repeated = rows.duplicated(columns, keep=False) if len(rows) else pd.Series(dtype=bool)
    first: dict[tuple[object, ...], int] = {}
    said: set[tuple[str, str, str]] = set()
    vehicles = load_vocabulary().activities
    for position in repeated.to_numpy().nonzero()[0]:
        row = rows.iloc[position]
        if row["use"] == "distance" and (row["file"], row["sheet"], row["cell"]) in said:
            continue
        key = tuple("" if pd.isna(value) else value for value in row[columns])
        if key not in first:
            first[key] = int(position)
            continue
        other = rows.iloc[first[key]]
        file = other["file"] if other["file"] != row["file"] else ""
        place = place_of(file, other["sheet"], other["cell"])
        said.add((row["file"], row["sheet"], row["cell"]))
        yield Problem(
            "identical_vehicles" if vehicles[row["activity"]]["kind"] == "vehicle" else "identical_row",
            file=row["file"],
            sheet=row["sheet"],
            cell=row["cell"],
            row=int(row["row"]),
            found=str(row["quantity_as_printed"]),
            facts={"other": place, "activity": str(row["activity"])},
        )


def ids_twice(rows: pd.DataFrame) -> Iterator[Problem]:
    """Yield a problem for every id of a row that was given before."""
    repeated = rows["activity_id"].duplicated() if len(rows) else pd.Series(dtype=bool)
    for position in repeated.to_numpy().nonzero()[0]:
        row = rows.iloc[position]
        yield Problem(
            "id_twice",
            file=row["file"],
            sheet=row["sheet"],
            cell=row["cell"],
            row=int(row["row"]),
            found=str(row["activity_id"]),
        )
