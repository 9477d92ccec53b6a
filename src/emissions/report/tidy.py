"""The result as long tables for other programs: CSV and Parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from emissions.engine import Run
from emissions.inventory import co2_equivalent, coverage, roll_up, totals
from emissions.inventory.tables import sums
from emissions.report.book.lines import cell_texts
from emissions.report.problems import problem_text
from emissions.report.tables import CO2E, used_factors, used_lines
from emissions.report.words import Words
from emissions.units import BASE_UNITS
from emissions.vocabulary import Language, load_vocabulary

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BY = ["category", "region", "year"]


def write_csv(run: Run, folder: Path, language: Language) -> None:
    """Write the tables as CSV in UTF-8 with a byte order mark, which spreadsheets need to read Chinese.

    A text that begins like a formula gets an apostrophe in front, so that no spreadsheet runs it.
    """
    folder.mkdir()
    for name, table in tidy_tables(run, language).items():
        write_table_csv(table, folder / f"{name}.csv")


def write_table_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as :func:`write_csv` does."""
    texts = [column for column in table if not pd.api.types.is_numeric_dtype(table[column])]
    safe = table.assign(**{str(column): _defused(table[column]) for column in texts})
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def write_parquet(run: Run, folder: Path, language: Language) -> None:
    """Write the tables as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    for name, table in tidy_tables(run, language).items():
        pq.write_table(
            pa.Table.from_pandas(table, preserve_index=False), folder / f"{name}.parquet", compression="zstd"
        )


def tidy_tables(run: Run, language: Language) -> dict[str, pd.DataFrame]:
    """Return the tables by name: ``inventory``, ``lines``, ``coverage``, ``factors``, ``notes``."""
    words = Words(language)
    return {
        "inventory": _inventory(run, words),
        "lines": _lines(run, words),
        "coverage": _coverage(run, words),
        "factors": used_factors(run).drop(columns="row"),
        "notes": pd.DataFrame(
            {"level": note.level, "code": note.code, "place": note.place, "text": problem_text(note, words)}
            for note in run.notes
        ).reindex(columns=["level", "code", "place", "text"]),
    }


def _inventory(run: Run, words: Words) -> pd.DataFrame:
    """Return emissions rolled up over the categories, memo items apart."""
    counted = roll_up(totals(run, [*_BY, "substance"]), load_vocabulary().category_graph)
    memo = totals(run, [*_BY, "substance"], memo=True)
    parts = [part.assign(memo=is_memo) for part, is_memo in ((counted, False), (memo, True)) if len(part)]
    if not parts:
        return pd.DataFrame(columns=[*_BY, "substance", "emission_t", "memo", "category_label", "region_label"])
    table = pd.concat(parts, ignore_index=True)
    gases = co2_equivalent(table, run.gwp)
    if len(gases):
        total = sums(gases.assign(emission=gases["co2e"]), [*_BY, "memo"])
        table = pd.concat([table, total.assign(substance=f"{CO2E} ({run.gwp})")], ignore_index=True)
    return table.rename(columns={"emission": "emission_t"}).assign(
        category_label=_labels(table["category"], words, "categories"),
        region_label=_labels(table["region"], words, "regions"),
    )


def _lines(run: Run, words: Words) -> pd.DataFrame:
    lines = used_lines(run)
    key = lines["key"].to_numpy(dtype=np.int64)
    conditions = [name for name in run.keys.columns if name in load_vocabulary().conditions and _stated(run.keys[name])]
    front = [
        "region",
        "year",
        "category",
        "activity",
        "use",
        *conditions,
        "control",
        "substance",
        "stream",
        "card",
        "status",
        "memo",
        "tier",
    ]
    table = lines[front].assign(
        quantity=lines["quantity"],
        unit=lines["dimension"].astype(str).map(BASE_UNITS),
        implied_factor=lines["ief"],
        emission_t=lines["emission"],
        cells=cell_texts(run, words)[key],
        category_label=_labels(lines["category"], words, "categories"),
        activity_label=_labels(lines["activity"], words, "activities"),
        region_label=_labels(lines["region"], words, "regions"),
    )
    return table.sort_values(["region", "year", "category", "activity", "substance"], kind="stable", ignore_index=True)


def _coverage(run: Run, words: Words) -> pd.DataFrame:
    table = coverage(run)
    return table.assign(
        reason_text=[words.reason(reason, run.library.set) for reason in table["reason"].astype(str)],
        category_label=_labels(table["category"], words, "categories"),
        activity_label=_labels(table["activity"], words, "activities"),
    )


def _stated(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype(object) != "")).any())


def _labels(column: pd.Series, words: Words, table: str) -> pd.Series:
    return column.astype(str).map({word: words.label(table, word) for word in column.astype(str).unique()})


def _defused(column: pd.Series) -> pd.Series:
    """Return a column of texts with an apostrophe before those that begin like a formula."""
    risky = [text for text in column.unique() if isinstance(text, str) and text.startswith(_FORMULA_STARTS)]
    return column.astype(object).replace({text: f"'{text}" for text in risky}) if risky else column
