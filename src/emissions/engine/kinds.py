"""Keys that no factor row can tell apart: resolved once, whatever the number of regions and years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from emissions.factors import FactorLibrary
from emissions.factors.match import word_ranks
from emissions.vocabulary import Vocabulary


@dataclass(frozen=True)
class Kinds:
    """Keys that differ only in regions and years between which the library does not distinguish.

    Attributes
    ----------
    frame
        One key of each kind, as it stands among the keys.
    of_key
        Kind of each key.
    """

    frame: pd.DataFrame
    of_key: npt.NDArray[np.int64]


def kinds_of(keys: pd.DataFrame, library: FactorLibrary, vocabulary: Vocabulary) -> Kinds:
    """Return the kinds of keys.

    Two regions are alike where the same factor rows fit them, equally near; two years where they lie in the
    same validities and behind the same ones.
    """
    combined = np.zeros(len(keys), dtype=np.int64)
    for name in keys.columns:
        if name == "region":
            codes = _region_classes(keys[name], library, vocabulary)
        elif name == "year":
            codes = _year_classes(keys[name], library)
        else:
            codes = pd.factorize(keys[name], use_na_sentinel=False)[0].astype(np.int64)
        combined = combined * (int(codes.max()) + 1 if len(codes) else 1) + codes
        combined = pd.factorize(combined)[0].astype(np.int64)
    first = np.unique(combined, return_index=True)[1] if len(combined) else combined
    return Kinds(keys.iloc[first].reset_index(drop=True), combined)


def as_texts(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with their words as texts again, as everything that reads a result expects them."""
    words = {
        str(name): pd.Series(column.cat.categories, dtype="str").array.take(column.cat.codes.to_numpy())
        for name, column in lines.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    return lines.assign(**words)


def spread(
    lines: pd.DataFrame, matches: pd.DataFrame, of_key: npt.NDArray[np.int64]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lines and matches of kinds as lines and matches of keys; texts are categoricals then.

    Parameters
    ----------
    lines
        With ``key`` = number of a kind.
    matches
        With ``line`` = position in ``lines``.
    of_key
        Kind of each key.
    """
    if lines.empty:
        return lines, matches
    by_kind = np.argsort(of_key, kind="stable")
    start = np.searchsorted(of_key[by_kind], np.arange(int(of_key.max()) + 2))
    kind = lines["key"].to_numpy(dtype=np.int64)
    count = start[kind + 1] - start[kind]
    offset = np.concatenate([[0], np.cumsum(count)])
    position = np.arange(offset[-1]) - np.repeat(offset[:-1], count)
    key = by_kind[np.repeat(start[kind], count) + position]
    spread_lines = _repeated(lines, np.repeat(np.arange(len(lines)), count)).assign(key=key)
    own = matches["line"].to_numpy(dtype=np.int64)
    times = count[own]
    copies = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    spread_matches = _repeated(matches, np.repeat(np.arange(len(matches)), times))
    return spread_lines, spread_matches.assign(line=np.repeat(offset[own], times) + copies)


def _repeated(table: pd.DataFrame, rows: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return some rows of a table, however often; a text is repeated as the number of a word."""
    columns: dict[str, object] = {}
    for name in table.columns:
        if is_numeric_dtype(table[name]):
            columns[name] = table[name].to_numpy()[rows]
            continue
        codes, words = pd.factorize(table[name], use_na_sentinel=False)
        columns[name] = pd.Categorical.from_codes(
            codes.astype(np.int32)[rows], categories=pd.Index(words), validate=False
        )
    return pd.DataFrame(columns)


def _region_classes(regions: pd.Series, library: FactorLibrary, vocabulary: Vocabulary) -> npt.NDArray[np.int64]:
    codes, values = pd.factorize(regions, use_na_sentinel=False)
    words = sorted(set(library.column["region"]))
    names = [str(value) for value in values]
    ranks = word_ranks(names, words, {name: vocabulary.region_graph.ancestors(name) for name in names}, 31)
    classes = np.unique(ranks, axis=0, return_inverse=True)[1].reshape(-1)
    found: npt.NDArray[np.int64] = classes[codes].astype(np.int64)
    return found


def _year_classes(years: pd.Series, library: FactorLibrary) -> npt.NDArray[np.int64]:
    """Number years by how many validities begin at or before them and how many end before them."""
    column = library.column
    starts = np.unique([float(text) for text in column["valid_from"] if text])
    ends = np.unique([float(text) for text in column["valid_to"] if text])
    number = years.to_numpy(dtype=np.float64)
    begun = np.searchsorted(starts, number, side="right")
    over = np.searchsorted(ends, number, side="left")
    found: npt.NDArray[np.int64] = (begun * (len(ends) + 1) + over).astype(np.int64)
    return found
