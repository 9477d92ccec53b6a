"""Other tools on the same rows, with every check switched off: read, join, convert, multiply, sum.

They are given the implied factor of every cell (``Task.wide``) with one column a substance, so that rows are not
multiplied by substances: the fastest plain form. :func:`pandas_long` is the form that is usually written.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from emissions.bench.generate import COLUMNS, KEY, SUBSTANCES, UNITS
from emissions.bench.sides import BY, Outcome, Task, Turn, unit_table

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ["category", "region", "year"]


def pandas_merge(task: Task) -> Turn:
    """Merge, multiply, group by; words stay categories throughout."""
    import pandas as pd

    known = pd.read_parquet(task.wide)

    def turn() -> Outcome:
        rows = pd.read_parquet(task.rows, columns=list(COLUMNS))
        quantity = rows["quantity"] * rows["unit"].map(UNITS).astype("float64")
        words = {name: rows[name].dtype for name in KEY if name != "year"}
        merged = rows[list(KEY)].merge(known.astype(words), on=list(KEY), how="left", sort=False)
        values = merged[list(SUBSTANCES)].mul(quantity, axis=0)
        groups = pd.concat([merged[GROUPS], values], axis=1).groupby(GROUPS, observed=True)
        return Outcome(_long(groups[list(SUBSTANCES)].sum().reset_index()))

    return turn


def pandas_long(task: Task) -> Turn:
    """Do it as it is usually written: words as texts, one row of factors a substance, one group-by."""
    import pandas as pd

    known = pd.read_parquet(task.wide).melt(list(KEY), list(SUBSTANCES), "substance", "factor")
    known = known[known["factor"] != 0]

    def turn() -> Outcome:
        words = {name: str for name in (*KEY, "unit") if name != "year"}
        rows = pd.read_parquet(task.rows, columns=list(COLUMNS)).astype(words)
        rows["quantity"] = rows["quantity"] * rows["unit"].map(UNITS)
        merged = rows.merge(known, on=list(KEY))
        merged["emission"] = merged["quantity"] * merged["factor"]
        return Outcome(merged.groupby(list(BY))["emission"].sum().reset_index())

    return turn


def duckdb_join(task: Task) -> Turn:
    """Join, multiply and group by in SQL."""
    sums = ", ".join(f'sum(r.quantity * u.size * f."{name}") as "{name}"' for name in SUBSTANCES)
    return _duckdb(
        task,
        f"select r.category, r.region, r.year, {sums} from read_parquet($rows) r "  # noqa: S608  names of our own
        "join known f using (region, year, category, activity) join units u using (unit) group by all",
    )


def duckdb_grouped(task: Task) -> Turn:
    """Group by the key first, then join: the order a reader of the plan would choose."""
    sums = ", ".join(f'sum(r.quantity * u.size * f."{name}") as "{name}"' for name in SUBSTANCES)
    return _duckdb(
        task,
        f"select r.category, r.region, r.year, {sums} from (select region, year, category, activity, unit, "  # noqa: S608
        "sum(quantity) as quantity from read_parquet($rows) group by all) r "
        "join known f using (region, year, category, activity) join units u using (unit) group by all",
    )


def polars_join(task: Task) -> Turn:
    """Join, multiply and group by, with the streaming engine."""
    os.environ["POLARS_MAX_THREADS"] = str(task.threads)
    import pandas as pd
    import polars as pl

    rows = pl.scan_parquet(task.rows)
    types = rows.collect_schema()
    known = pl.read_parquet(task.wide).with_columns(pl.col(name).cast(types[name]) for name in KEY)
    units = pl.DataFrame({"unit": list(UNITS), "size": list(UNITS.values())}).with_columns(
        pl.col("unit").cast(types["unit"])
    )
    converted = pl.col("quantity") * pl.col("size")
    plan = (
        rows.join(known.lazy(), on=list(KEY))
        .join(units.lazy(), on="unit")
        .group_by(GROUPS)
        .agg((pl.col(name) * converted).sum() for name in SUBSTANCES)
    )

    def turn() -> Outcome:
        found = plan.collect(engine="streaming")
        return Outcome(_long(pd.DataFrame(found.to_dict(as_series=False))))

    return turn


def dask_merge(task: Task) -> Turn:
    """Merge with a table that fits memory, multiply, group by, in threads."""
    import dask
    import pandas as pd
    from dask import dataframe

    known = pd.read_parquet(task.wide)

    def part(rows: pd.DataFrame) -> pd.DataFrame:
        texts = rows.astype({name: str for name in KEY if name != "year"})
        quantity = texts["quantity"] * texts["unit"].astype(str).map(UNITS)
        merged = texts[list(KEY)].merge(known, on=list(KEY), how="left", sort=False)
        return pd.concat([merged[GROUPS], merged[list(SUBSTANCES)].mul(quantity.to_numpy(), axis=0)], axis=1)

    def turn() -> Outcome:
        rows = dataframe.read_parquet(task.rows, columns=list(COLUMNS), split_row_groups=True)
        sums = rows.map_partitions(part).groupby(GROUPS)[list(SUBSTANCES)].sum()
        with dask.config.set(scheduler="threads", num_workers=task.threads):
            return Outcome(_long(sums.compute().reset_index()))

    return turn


PEERS: dict[str, tuple[str, Callable[[Task], Turn], int]] = {
    "pandas": ("pandas", pandas_merge, 20_000_000),
    "pandas_long": ("pandas", pandas_long, 2_000_000),
    "duckdb": ("duckdb", duckdb_join, 2_000_000_000),
    "duckdb_grouped": ("duckdb", duckdb_grouped, 2_000_000_000),
    "polars": ("polars", polars_join, 2_000_000_000),
    "dask_dataframe": ("dask", dask_merge, 20_000_000),
}
"""Name -> library it needs, how it begins, and the most rows it is asked to do (memory, patience)."""


def _duckdb(task: Task, query: str) -> Turn:
    import duckdb

    base = duckdb.connect(config={"threads": task.threads})
    base.execute("set preserve_insertion_order = false")
    base.execute("create table known as select * from read_parquet($known)", {"known": str(task.wide)})
    base.register("unit_frame", unit_table())
    base.execute("create table units as select * from unit_frame")

    def turn() -> Outcome:
        return Outcome(_long(base.execute(query, {"rows": str(task.rows)}).df()))

    return turn


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    """Return totals with one row a category, region, year and substance."""
    texts = wide.astype({"category": str, "region": str, "year": "int64"})
    return texts.melt(GROUPS, list(SUBSTANCES), "substance", "emission")[[*BY, "emission"]]
