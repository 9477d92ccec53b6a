"""Columns of tables as numbers of words, without looking at rows where all of them say the same.

Such a column is one value that all rows share (:func:`same`): it takes no memory, and its rows are not looked at. It
cannot be written to.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.integer[Any]]
Coded = tuple[Codes, npt.NDArray[Any]]
"""Code of every element of a column, and its distinct values."""
_BLANK: pd.Index[str] = pd.Index([""])
_FEW = 8
"""Words up to which comparing every code with each of them is faster than looking every code up."""


def smallest(words: int) -> type[np.signedinteger]:
    """Return the smallest type that numbers so many words."""
    return np.int8 if words <= 127 else np.int16 if words <= 32_767 else np.int32


def same(value: Any, size: int) -> npt.NDArray[Any]:
    """Return a column of one value; it cannot be written to.

    Examples
    --------
    >>> same(0.5, 3)
    array([0.5, 0.5, 0.5])
    """
    return np.broadcast_to(value, (size,))


def is_same(column: npt.NDArray[Any]) -> bool:
    """Tell whether a column is known to hold one value without a look at its rows, as :func:`same` makes it."""
    return column.strides == (0,)


def at_places(column: npt.NDArray[Any], places: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return the elements at distinct places in ascending order; the column itself where these are all."""
    if len(places) == len(column):
        return column
    return same(column[0], len(places)) if is_same(column) else column.take(places)


def coded_column(column: pd.Series) -> Coded:
    """Return the code of every element and the distinct values, of which some may not occur; NaN is a value."""
    codes, values = codes_of(column)
    return codes, np.asarray(values)


def codes_of(column: pd.Series) -> tuple[Codes, Sized]:
    """Return the code of every element, and the distinct values as they are kept."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.array.codes
        if not _any_missing(codes):
            return codes, column.array.categories
    elif isinstance(column.dtype, np.dtype) and column.dtype.kind in "if":
        return _coded_numbers(column.to_numpy())
    found, values = pd.factorize(column, use_na_sentinel=False)
    return found, values.to_numpy(dtype=None if pd.api.types.is_numeric_dtype(column) else object)


def in_words(column: pd.Series) -> pd.Categorical[str]:
    """Return a column of words as a categorical, in which what is missing is blank."""
    if isinstance(column.dtype, pd.CategoricalDtype) and not _any_missing(column.array.codes):
        known: pd.Categorical[str] = column.array
        return known
    word = _only_text(column)
    if word is not None:
        return one_word(word, len(column))
    codes, words = pd.factorize(column, use_na_sentinel=True)
    texts = [str(word) for word in words]
    if (codes < 0).any():
        texts += [] if "" in texts else [""]
        codes = np.where(codes < 0, texts.index(""), codes)
    return of_words(codes, texts)


def of_words(codes: Codes, words: list[str]) -> pd.Categorical[str]:
    """Return a categorical of words that are distinct."""
    return pd.Categorical.from_codes(
        codes.astype(smallest(len(words)), copy=False), pd.Index(words, dtype=object), validate=False
    )


def one_word(word: str, size: int) -> pd.Categorical[str]:
    """Return a categorical that holds one word throughout."""
    categories = pd.Index([word]) if word else _BLANK
    return pd.Categorical.from_codes(same(np.int8(0), size), categories=categories, validate=False)


def with_word(column: pd.Series, rows: npt.NDArray[np.bool_], word: str) -> pd.Categorical[str]:
    """Return a column of words with another word in some rows."""
    old = in_words(column)
    words = [str(one) for one in old.categories]
    if word not in words:
        words.append(word)
    kind = smallest(len(words))
    return of_words(np.where(rows, kind(words.index(word)), old.codes.astype(kind, copy=False)), words)


def with_number(column: pd.Series, rows: npt.NDArray[np.bool_], number: float) -> npt.NDArray[np.float64]:
    """Return a column of numbers with another number in some rows."""
    return np.where(rows, number, pd.to_numeric(column).to_numpy(dtype=np.float64))


def in_order(codes: Codes, words: Any) -> pd.Categorical[str]:
    """Return words as a categorical whose categories are those that occur, in order."""
    if len(codes) and (len(words) == 1 or is_same(codes)):
        return one_word(str(words[codes[0]]), len(codes))
    there = np.flatnonzero(occurring(codes, len(words)))
    texts = [str(words[code]) for code in there]
    order = np.argsort(texts)
    rank = np.zeros(len(words), dtype=smallest(len(words)))
    rank[there[order]] = np.arange(len(texts))
    categories = pd.Index([texts[one] for one in order])
    return pd.Categorical.from_codes(rank.take(codes), categories=categories, validate=False)


def occurring(codes: Codes, size: int) -> npt.NDArray[np.bool_]:
    """Tell which of the codes 0..size-1 occur."""
    there = np.zeros(size, dtype=np.bool_)
    there[codes[:1] if is_same(codes) else codes] = True
    return there


def among(codes: Codes, good: Sequence[int], size: int) -> npt.NDArray[np.bool_]:
    """Tell which codes, of 0..size-1, are among some; the array can be written to.

    Examples
    --------
    >>> among(np.array([0, 2, 1]), [1, 2], 3).tolist()
    [False, True, True]
    """
    if not good or len(good) == size or is_same(codes):
        return np.full(len(codes), bool(len(codes)) and int(codes[0]) in good)
    if len(good) > _FEW:
        flags = np.zeros(size, dtype=np.bool_)
        flags[list(good)] = True
        return flags.take(codes)
    found: npt.NDArray[np.bool_] = codes == good[0]
    for one in good[1:]:
        found |= codes == one
    return found


def _any_missing(codes: Codes) -> bool:
    return bool((codes[:1] if is_same(codes) else codes).min(initial=0) < 0)


def _only_text(column: pd.Series) -> str | None:
    """Return the text that stands in every cell of a column of texts, or None; most columns end at the last cell."""
    if not len(column) or not isinstance(column.dtype, pd.StringDtype):
        return None
    cells = column.array
    first = cells[0]
    if not isinstance(first, str) or cells[-1] != first or not np.asarray(cells == first, dtype=np.bool_).all():
        return None
    return first


def _coded_numbers(column: npt.NDArray[Any]) -> Coded:
    """Return codes and distinct values of numbers."""
    size = len(column)
    if not size or is_same(column):
        return same(np.int8(0), size), column[:1].copy()
    if column.dtype.kind == "i":
        low, high = int(column.min()), int(column.max())
        if high - low < 127:
            return (column - low).astype(np.int8), np.arange(low, high + 1, dtype=column.dtype)
    else:
        stated = np.flatnonzero(~np.isnan(column))
        if not len(stated):
            return same(np.int8(0), size), np.array([np.nan])
        if 2 * len(stated) < size:
            codes, values = pd.factorize(column[stated])
            found = np.zeros(size, dtype=smallest(len(values) + 1))
            found[stated] = codes + 1
            return found, np.concatenate([[np.nan], values])
    return pd.factorize(column, use_na_sentinel=False)
