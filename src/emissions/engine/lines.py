"""Lines of kinds as lines of keys: words stay numbers of words until somebody reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from emissions.engine.keys import coded_column


def spread(lines: pd.DataFrame, of_key: npt.NDArray[np.int64]) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Return the lines of kinds as lines of keys, and which line of a kind each of them is; texts are categoricals.

    Parameters
    ----------
    lines
        With ``key`` = number of a kind.
    of_key
        Kind of each key.
    """
    key, source = _placed(lines["key"].to_numpy(dtype=np.int64), of_key)
    return _repeated(lines.drop(columns="key"), source, {"key": key}), source


def spread_matches(lines: pd.DataFrame, matches: pd.DataFrame, of_key: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the matches of lines of kinds as matches of lines of keys, as :func:`spread` numbers and codes them.

    Parameters
    ----------
    lines
        Of kinds.
    matches
        With ``line`` = position in ``lines``.
    """
    kind = lines["key"].to_numpy(dtype=np.int64)
    count = np.bincount(of_key, minlength=int(kind.max(initial=-1)) + 1)[kind]
    offset = np.concatenate([[0], np.cumsum(count)])
    own = matches["line"].to_numpy(dtype=np.int64)
    times = count[own]
    copies = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
    line = np.repeat(offset[own], times) + copies
    return _repeated(matches.drop(columns="line"), np.repeat(np.arange(len(matches)), times), {"line": line})


def as_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its words as texts, as everything that reads a result expects them."""
    words = {
        str(name): pd.Series(column.cat.categories, dtype="str").array.take(column.cat.codes.to_numpy())
        for name, column in table.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    return table.assign(**words) if words else table


def order_of(table: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the places of the rows of a table in the order of some columns, equal rows as they stand."""
    keys = []
    for name in reversed(columns):
        codes, values = coded_column(table[name])
        rank = np.empty(len(values), dtype=smallest(len(values)))
        rank[np.argsort(values, kind="stable")] = np.arange(len(values))
        keys.append(rank[codes])
    return np.lexsort(keys) if len(table) else np.empty(0, dtype=np.int64)


def marked(lines: pd.DataFrame, rows: npt.NDArray[np.bool_], status: str, reason: str) -> pd.DataFrame:
    """Return the lines with another status and reason of some of them."""
    return lines.assign(status=_with(lines["status"], rows, status), reason=_with(lines["reason"], rows, reason))


def _with(column: pd.Series, rows: npt.NDArray[np.bool_], word: str) -> pd.Series | pd.Categorical[str]:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(object).mask(rows, word)
    words = column.cat.categories
    if word not in words:
        words = words.append(pd.Index([word]))
    codes = np.where(rows, words.tolist().index(word), column.cat.codes.to_numpy())
    return pd.Categorical.from_codes(codes.astype(smallest(len(words))), categories=words, validate=False)


def _placed(
    kind: npt.NDArray[np.int64], of_key: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the key of each line of keys, line of a kind by line of a kind, and the line of a kind it is."""
    by_kind = np.argsort(of_key, kind="stable")
    kinds = int(max(of_key.max(initial=-1), kind.max(initial=-1))) + 1
    start = np.concatenate([[0], np.cumsum(np.bincount(of_key, minlength=kinds))])
    count = start[kind + 1] - start[kind]
    offset = np.concatenate([[0], np.cumsum(count)])
    position = np.arange(offset[-1]) - np.repeat(offset[:-1] - start[kind], count)
    return by_kind[position], np.repeat(np.arange(len(kind)), count)


def _repeated(
    table: pd.DataFrame, rows: npt.NDArray[np.int64], first: dict[str, npt.NDArray[np.int64]]
) -> pd.DataFrame:
    """Return some rows of a table, however often; a text is repeated as the number of a word."""
    columns: dict[str, object] = dict(first)
    for name in table.columns:
        if is_numeric_dtype(table[name]):
            columns[name] = table[name].to_numpy()[rows]
            continue
        codes, words = pd.factorize(table[name], use_na_sentinel=False)
        columns[name] = pd.Categorical.from_codes(
            codes.astype(smallest(len(words)))[rows], categories=pd.Index(words, dtype=object), validate=False
        )
    return pd.DataFrame(columns, copy=False)


def smallest(words: int) -> type[np.signedinteger]:
    """Return the smallest type that numbers so many words."""
    return np.int8 if words <= 127 else np.int16 if words <= 32_767 else np.int32
