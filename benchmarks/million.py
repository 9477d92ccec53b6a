"""A million rows from Parquet, against pandas merge, multiply and group-by doing the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.registry import Benchmark

ROWS = 1_000_000
SUBSTANCES = ("CO2", "CH4", "N2O", "SO2", "NOx", "NMVOC", "CO", "PM10", "PM2.5", "BC")
FUELS = (
    "diesel",
    "coke",
    "lpg",
    "fuel_oil",
    "kerosene",
    "gasoline",
    "crude_oil",
    "petroleum_coke",
    "lignite",
    "anthracite",
)
CATEGORIES = (
    "IPCC2006:1A1ai",
    "IPCC2006:1A1aiii",
    "IPCC2006:1A2a",
    "IPCC2006:1A2c",
    "IPCC2006:1A2e",
    "IPCC2006:1A2f",
    "IPCC2006:1A2m",
    "IPCC2006:1A4a",
    "IPCC2006:1A4b",
    "IPCC2006:1A4c",
)
REGIONS = tuple(f"1506{number}" for number in ("02", "03", "21", "22", "23", "24", "25", "26", "27"))
UNITS = ("t", "kt", "1e4 t")
SCALES = {"t": 1.0, "kt": 1e3, "1e4 t": 1e4}


def write_rows(path: Path, rows: int) -> None:
    """Write a Parquet file of made-up rows, the same for a number of rows every time."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    draw = np.random.default_rng(rows)

    def words(known: tuple[str, ...]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(draw.integers(0, len(known), rows), pa.int32()), pa.array(known))

    table = pa.table(
        {
            "region": words(REGIONS),
            "year": pa.array(draw.integers(2019, 2021, rows)),
            "category": words(CATEGORIES),
            "activity": words(FUELS),
            "quantity": pa.array(draw.lognormal(3, 1, rows)),
            "unit": words(UNITS),
        }
    )
    parquet.write_table(table, path, row_group_size=262_144)


def _prepare(folder: Path, size: int) -> tuple[Callable[[], object], Callable[[], object]]:
    import numpy as np
    import pandas as pd

    import emissions as em

    path = folder / "rows.parquet"
    write_rows(path, size)
    factors = em.load_factors("cn-2026.1")
    by = ("category", "region", "year", "substance")

    def ours() -> pd.DataFrame:
        table = em.totals(em.calculate(em.scan_activity(path), factors), by)
        return table[table["substance"].isin(SUBSTANCES)]

    # what pandas multiplies with: the implied factors, one row a region, year, category, activity and substance
    run = em.calculate(em.scan_activity(path), factors)
    lines = run.counted[run.counted["substance"].isin(SUBSTANCES)]
    keys = (
        run.keys.loc[lines["key"], ["region", "year", "activity"]]
        .reset_index(drop=True)
        .astype({"region": str, "activity": str})
    )
    known = pd.concat([keys, lines[["category", "substance", "ief"]].reset_index(drop=True)], axis=1)
    own = run.keys.loc[lines["key"], "category"].astype(str).to_numpy()
    known = known.assign(reported=known["category"], category=own)

    def theirs() -> pd.DataFrame:
        rows = pd.read_parquet(path).astype({"region": str, "category": str, "activity": str, "unit": str})
        rows["quantity"] = rows["quantity"] * rows["unit"].map(SCALES)
        merged = rows.merge(known, on=["region", "year", "category", "activity"])
        merged["emission"] = merged["quantity"] * merged["ief"]
        groups = merged.groupby(["reported", "region", "year", "substance"])["emission"]
        return groups.sum().reset_index()

    mine = ours().set_index(list(by))["emission"].sort_index()
    other = theirs().rename(columns={"reported": "category"}).set_index(list(by))["emission"].sort_index()
    mine.index = mine.index.set_levels([level.astype(str) for level in mine.index.levels])
    other.index = other.index.set_levels([level.astype(str) for level in other.index.levels])
    np.testing.assert_allclose(mine.reindex(other.index).to_numpy(), other.to_numpy(), rtol=1e-9)
    return ours, theirs


MILLION = Benchmark(
    "million",
    "10^6 rows x 10 substances from Parquet, against pandas merge + multiply + group-by",
    10,
    _prepare,
    ROWS,
    20_000,
    at_least=True,
)
