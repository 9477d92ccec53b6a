"""Files beside a result that list rows one by one: what a scan has set apart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console

from emissions.activity.table import REFUSED_COLUMNS
from emissions.engine import Run
from emissions.report.console import text
from emissions.report.folder import ROWS
from emissions.report.tidy import write_table_csv
from emissions.vocabulary import Language, message

REFUSED = "refused.parquet"
REFUSED_SHORT = "refused.csv"
SHORT = 1000
"""Rows of the short list."""


def write_refused(refused: pd.DataFrame, folder: Path) -> None:
    """Write the rows that were set apart: all as Parquet, the first :data:`SHORT` as CSV; nothing if there are none."""
    if refused.empty:
        return
    import pyarrow as pa
    from pyarrow import parquet

    columns = refused[list(REFUSED_COLUMNS)]
    parquet.write_table(pa.Table.from_pandas(columns, preserve_index=False), folder / REFUSED, compression="zstd")
    write_table_csv(columns.head(SHORT), folder / REFUSED_SHORT)


def read_refused(folder: Path, nothing: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were set apart, ``nothing`` where no list of them is there."""
    if not (folder / REFUSED).is_file():
        return nothing
    from pyarrow import parquet

    frame: pd.DataFrame = parquet.read_table(folder / REFUSED).to_pandas()
    return frame


def print_side_files(run: Run, folder: Path, console: Console, language: Language) -> None:
    """Say how many rows were set apart and where they are listed, and where the emissions by row are."""
    refused = run.activity.refused
    if len(refused):
        facts = {"number": f"{len(refused):,}", "rows": f"{run.activity.rows_read:,}", "short": SHORT}
        said = message("report.rows_refused", language, **facts, file=folder / REFUSED, list=folder / REFUSED_SHORT)
        console.print(text(said, "doubt"))
    if (folder / ROWS).is_dir():
        console.print(text(message("report.rows_written", language, folder=folder / ROWS)))
