"""The result as long tables for other programs: CSV and Parquet."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype

from emissions.engine import Run
from emissions.engine.columns import coded_column, smallest
from emissions.engine.lines import order_of
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
_ROWS = 1 << 19
"""Rows that are turned into text at a time."""


def write_csv(run: Run, folder: Path, language: Language) -> None:
    """Write the tables as CSV in UTF-8 with a byte order mark, which spreadsheets need to read Chinese.

    A text that begins like a formula gets an apostrophe in front, so that no spreadsheet runs it.
    """
    folder.mkdir()
    for name, table in tidy_tables(run, language).items():
        write_table_csv(table, folder / f"{name}.csv")


def write_table_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as :func:`write_csv` does: texts in quotes, numbers bare, nothing where a cell is blank."""
    import pyarrow as pa
    from pyarrow import csv

    texts = [str(name) for name in table if is_bool_dtype(table[name]) or not is_numeric_dtype(table[name])]
    safe = table.assign(**{column: _defused(table[column]) for column in texts})
    numbers = {str(name): pa.int64() if is_integer_dtype(table[name]) else pa.float64() for name in table}
    schema = pa.schema([(name, pa.string() if name in texts else kind) for name, kind in numbers.items()])
    with path.open("wb") as stream:
        stream.write(BOM_UTF8)
        with csv.CSVWriter(_Lines(stream), schema) as writer:
            for start in range(0, len(safe), _ROWS):
                part = pa.Table.from_pandas(safe.iloc[start : start + _ROWS], preserve_index=False)
                writer.write_table(part.cast(schema))


class _Lines:
    """A stream in which lines end as spreadsheets on Windows expect them."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, content: bytes) -> int:
        """Write some lines."""
        return self._stream.write(bytes(content).replace(b"\n", b"\r\n"))

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()

    def close(self) -> None:
        """Leave the stream to who opened it."""


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
    lines = used_lines(run, [*front, "dimension"])
    key = lines["key"].to_numpy(dtype=np.int64)
    cells, of_key = np.unique(cell_texts(run, words), return_inverse=True)
    table = lines[front].assign(
        quantity=lines["quantity"],
        unit=lines["dimension"].map({name: BASE_UNITS[str(name)] for name in lines["dimension"].unique()}),
        implied_factor=lines["ief"],
        emission_t=lines["emission"],
        cells=pd.Categorical.from_codes(of_key[key], categories=pd.Index(cells)),
        category_label=_labels(lines["category"], words, "categories"),
        activity_label=_labels(lines["activity"], words, "activities"),
        region_label=_labels(lines["region"], words, "regions"),
    )
    order = order_of(table, ["region", "year", "category", "activity", "substance"])
    return table.iloc[order].reset_index(drop=True)


def _coverage(run: Run, words: Words) -> pd.DataFrame:
    table = coverage(run)
    return table.assign(
        reason_text=[words.reason(reason, run.library.set) for reason in table["reason"].astype(str)],
        category_label=_labels(table["category"], words, "categories"),
        activity_label=_labels(table["activity"], words, "activities"),
    )


def _stated(column: pd.Series) -> bool:
    return any(word != "" for word in column.dropna().unique())


def _labels(column: pd.Series, words: Words, table: str) -> pd.Series:
    """Return the label of each word of a column."""
    codes, values = coded_column(column)
    place: dict[str, int] = {}
    of_value = [place.setdefault(words.label(table, str(word)), len(place)) for word in values]
    codes = np.array(of_value, dtype=smallest(len(place)))[codes]
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(list(place), dtype=object)), column.index)


def _defused(column: pd.Series) -> pd.Series:
    """Return a column as texts, with an apostrophe before those that begin like a formula; blanks are missing."""
    codes, values = coded_column(column)
    texts = [None if pd.isna(value) or value == "" else _safe(str(value)) for value in values]
    number = {text: number for number, text in enumerate(dict.fromkeys(text for text in texts if text is not None))}
    of_value = np.array([-1 if text is None else number[text] for text in texts], dtype=np.int32)
    words = pd.Index(list(number), dtype=object)
    return pd.Series(pd.Categorical.from_codes(of_value[codes], categories=words), column.index)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
