"""Totals by columns of the user's choice, for the terminal and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console

from emissions.engine import Run
from emissions.inventory import CO2E, co2_equivalent, totals
from emissions.report.console import text
from emissions.report.numbers import Scale
from emissions.report.terminal import simple_table
from emissions.report.tidy import write_table_csv
from emissions.report.words import Words
from emissions.vocabulary import Language, load_vocabulary

FILE = "totals.csv"
_SHOWN = 20
_LABELS = {"region": "regions", "activity": "activities", "use": "uses"}


def totals_by(run: Run, by: Sequence[str]) -> pd.DataFrame:
    """Return emissions by some columns, a column a substance.

    Parameters
    ----------
    by
        Columns as in :func:`emissions.inventory.totals`.

    Returns
    -------
    pandas.DataFrame
        The columns of ``by``, then a column a substance (t; NaN where nothing is counted) in the order of the
        vocabulary, and CO2 equivalents under the metric of the result (t), named with it; sorted by ``by``.
    """
    columns = list(by)
    table = totals(run, [*columns, "substance"])
    weighed = co2_equivalent(table, run.gwp)
    gases = weighed.drop(columns="emission").rename(columns={"co2e": "emission"}).assign(substance=_equivalents(run))
    names = [name for name in load_vocabulary().substances if (table["substance"] == name).any()]
    whole = pd.concat([table, gases], ignore_index=True).astype(dict.fromkeys((*columns, "substance"), str))
    wide = whole.pivot_table(index=columns, columns="substance", values="emission", aggfunc="sum", sort=True)
    order = [*names, *([_equivalents(run)] if len(gases) else [])]
    return wide.reindex(columns=order).rename_axis(columns=None).reset_index()


def write_totals(run: Run, by: Sequence[str], folder: Path) -> Path:
    """Write :func:`totals_by` as ``totals.csv`` (t) and return the path."""
    path = folder / FILE
    write_table_csv(totals_by(run, by), path)
    return path


def print_totals(run: Run, by: Sequence[str], console: Console, language: Language) -> None:
    """Print the first rows of :func:`totals_by`, largest first: CO2 equivalents, or the first substance there is."""
    words = Words(language)
    table = totals_by(run, by)
    substances = [str(name) for name in table.columns if name not in by]
    if not substances:
        return
    main = next((name for name in substances if name.startswith(CO2E)), substances[0])
    others = [name for name in substances if name != main]
    shown = [main, *others[: max(0, (console.width - 30 * len(by)) // 11)]]
    order = table[main].abs().sort_values(ascending=False, kind="stable").index[:_SHOWN]
    scales = {name: Scale.of(table[name].fillna(0.0), language) for name in shown}
    printed = simple_table(words.text("report.totals_by", number=len(table), file=FILE))
    for name in by:
        known = name in load_vocabulary().conditions
        printed.add_column(words.label("conditions", name) if known else words.text(f"heading.{name}"), overflow="fold")
    for name in shown:
        printed.add_column(f"{name}\n{scales[name].unit}", justify="right", no_wrap=True)
    for row in table.loc[order].to_dict("records"):
        cells = [_named(name, str(row[name]), words) for name in by]
        cells += [scales[name].show(row[name]) if pd.notna(row[name]) else "" for name in shown]
        printed.add_row(*map(text, cells))
    console.print(printed)
    if len(table) > _SHOWN:
        console.print(text("  " + words.text("trace.more_rows", number=len(table) - _SHOWN), "quiet"))
    console.print()


def _equivalents(run: Run) -> str:
    return f"{CO2E} ({run.gwp})"


def _named(column: str, value: str, words: Words) -> str:
    return words.category(value) if column == "category" else words.label(_LABELS.get(column, column), value)
