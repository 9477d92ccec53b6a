"""Tables in several pieces, as large inventories have them, but small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

ROWS = 1_200


def frame(rows: int = ROWS, seed: int = 7) -> pd.DataFrame:
    """Return rows of activity data, without a fault."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "region": draw.choice(["150602", "150603", "150621"], rows),
            "year": draw.choice([2019, 2020], rows),
            "category": draw.choice(["IPCC2006:1A1ai", "IPCC2006:1A2e", "IPCC2006:1A4a"], rows),
            "activity": draw.choice(["diesel", "coke", "lignite", "raw_coal"], rows),
            "unit": draw.choice(["t", "kt", "万吨"], rows),
            "quantity": draw.lognormal(0, 4, rows),
            "facility": [f"plant {number}" for number in range(rows)],
        }
    )


def write_tables(folder: Path, data: pd.DataFrame | None = None, files: int = 3, group: int = 100) -> Path:
    """Write rows as several Parquet files of several row groups."""
    folder.mkdir()
    whole = frame() if data is None else data
    size = -(-len(whole) // files)
    for number in range(files):
        part = pa.Table.from_pandas(whole.iloc[number * size : (number + 1) * size], preserve_index=False)
        parquet.write_table(part, folder / f"part{number}.parquet", row_group_size=group)
    return folder
