"""The things that are measured: reading alone, ours, ours in parts."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from emissions.activity import ActivityTable, scan_activity
from emissions.assurance import uncertainty
from emissions.bench.generate import COLUMNS, KEY, SUBSTANCES, UNITS
from emissions.bench.stages import stopwatch
from emissions.engine import calculate
from emissions.factors import load_factors
from emissions.inventory import totals

if TYPE_CHECKING:
    import pandas as pd

BY = ("category", "region", "year", "substance")
"""Columns of the totals that all sides compute."""
DRAWS = 10_000
"""Draws of the uncertainty of the kept cells."""


@dataclass(frozen=True)
class Task:
    """What a side works on.

    Attributes
    ----------
    rows
        Parquet file of activity data.
    wide
        Parquet file of implied factors, one row a cell and one column a substance (t per t): what the other tools
        multiply with, and so do without resolving anything.
    named
        The same rows, each with a name of its own.
    factors
        Name of the factor set.
    threads
        Threads each side may use.
    kernel
        What adds rows on our sides: ``numpy``, ``numba``, or blank for what is chosen for so many rows.
    """

    rows: Path
    wide: Path
    named: Path
    factors: str
    threads: int
    kernel: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one turn of a side gave: totals to compare (or None), and seconds of its parts (or none)."""

    table: pd.DataFrame | None = None
    parts: dict[str, float] | None = None


Turn = Callable[[], Outcome]


def floor(task: Task) -> Turn:
    """Read the columns with the threads, as codes where they are stored so, and throw them away."""
    from pyarrow import parquet

    metadata = parquet.read_metadata(task.rows)
    words = [name for name in COLUMNS if name != "quantity"]

    def read(group: int) -> int:
        with parquet.ParquetFile(task.rows, metadata=metadata, read_dictionary=words) as source:
            return int(source.read_row_group(group, columns=list(COLUMNS), use_threads=False).num_rows)

    def turn() -> Outcome:
        with ThreadPoolExecutor(max_workers=task.threads) as pool:
            for _ in pool.map(read, range(metadata.num_row_groups)):
                pass
        return Outcome()

    return turn


def ours(task: Task) -> Turn:
    """Scan, check, resolve, multiply, total."""
    factors = load_factors(task.factors)

    def turn() -> Outcome:
        table = totals(calculate(_read(task), factors), BY)
        return Outcome(table[table["substance"].isin(SUBSTANCES)])

    return turn


def stages(task: Task) -> Turn:
    """Do the same under a stopwatch, and write the result folder too."""
    engine, tables, store = (
        import_module(name)
        for name in ("emissions.engine.calculate", "emissions.inventory.tables", "emissions.report.store")
    )
    factors = load_factors(task.factors)

    def turn() -> Outcome:
        with tempfile.TemporaryDirectory(dir=task.rows.parent) as folder, stopwatch() as watch:
            # the functions are looked up here, where the stopwatch has taken their places
            run = engine.calculate(_read(task), factors)
            tables.totals(run, BY)
            store.save(run, Path(folder) / "result", formats=("parquet",), language="en")
        return Outcome(parts=watch.seconds)

    return turn


def again(task: Task) -> Turn:
    """Compute once more from the kept sums, no row read again."""
    factors = load_factors(task.factors)
    kept = _read(task)

    def turn() -> Outcome:
        totals(calculate(kept, factors), BY)
        return Outcome()

    return turn


def one_thread(task: Task) -> Turn:
    """Do what :func:`ours` does with one thread: the totals have the same bits."""
    return ours(replace(task, threads=1))


def named(task: Task) -> Turn:
    """Scan the file whose rows have names, without looking at the names."""
    return partial(_scan_named, task, None)


def duplicates(task: Task) -> Turn:
    """Scan the same file and look for rows with the name of another."""
    return partial(_scan_named, task, ("facility",))


def draws(task: Task) -> Turn:
    """Draw the factors of the kept cells: bands of totals by year and substance."""
    run = calculate(_read(task), load_factors(task.factors))

    def turn() -> Outcome:
        uncertainty(run, ("year", "substance"), draws=DRAWS, threads=task.threads)
        return Outcome()

    return turn


def implied_factors(task: Task) -> pd.DataFrame:
    """Return the implied factors of every cell in the rows: columns of the key, then one a substance (t per t).

    Raises
    ------
    AssertionError
        A line is reported under another category than its own: the other tools could not add it up.
    """
    run = calculate(_read(task), load_factors(task.factors))
    lines = run.counted[run.counted["substance"].isin(SUBSTANCES)]
    keys = run.keys.loc[lines["key"], list(KEY)].astype(str).reset_index(drop=True).astype({"year": "int64"})
    if not (keys["category"].to_numpy() == lines["category"].astype(str).to_numpy()).all():
        raise AssertionError("a line is reported under another category than its own")
    long = keys.assign(substance=lines["substance"].astype(str).to_numpy(), ief=lines["ief"].to_numpy())
    wide = long.pivot_table(index=list(KEY), columns="substance", values="ief", aggfunc="sum", fill_value=0.0)
    return wide.reindex(columns=list(SUBSTANCES), fill_value=0.0).reset_index().rename_axis(columns=None)


def _scan_named(task: Task, key: tuple[str, ...] | None) -> Outcome:
    scan_activity(task.named, key=key).read(threads=task.threads)
    return Outcome()


def _read(task: Task) -> ActivityTable:
    return scan_activity(task.rows).read(threads=task.threads)


def unit_table() -> pd.DataFrame:
    """Return unit and its size in t."""
    import pandas as pd

    return pd.DataFrame({"unit": list(UNITS), "size": list(UNITS.values())})
