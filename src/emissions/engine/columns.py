"""Columns of tables as numbers of words, without looking at rows where all of them say the same.

Such a column is one value that all rows share (:func:`same`): it takes no memory, and its rows are not looked at. It
cannot be written to.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.integer[Any]]
Coded = tuple[Codes, npt.NDArray[Any]]
"""Code of every element of a column, and its distinct values."""
_FIRST = 4096
"""Rows in which one looks for all words first."""
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
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = column.array.codes
        if not any_missing(codes):
            return codes, dtype.categories
    elif isinstance(dtype, np.dtype) and dtype.kind in "if":
        return _coded_numbers(column.to_numpy())
    found, values = pd.factorize(column, use_na_sentinel=False)
    return found, values.to_numpy(dtype=None if is_number(column) else object)


def is_number(column: pd.Series) -> bool:
    """Tell whether a column is one of numbers."""
    return column.dtype.kind in "biuf"


def in_words(column: pd.Series) -> pd.Categorical[str]:
    """Return a column of words as a categorical, in which what is missing is blank."""
    if isinstance(column.dtype, pd.CategoricalDtype) and not any_missing(column.array.codes):
        known: pd.Categorical[str] = column.array
        return known
    word = _only_text(column)
    if word is not None:
        return one_word(word, len(column))
    codes, words = column.array.factorize(use_na_sentinel=True)
    texts = [str(word) for word in np.asarray(words, dtype=object)]
    if codes.min(initial=0) < 0:
        texts += [] if "" in texts else [""]
        codes = np.where(codes < 0, texts.index(""), codes)
    return of_words(*_by_text(codes, texts, np.arange(len(texts)), len(texts)))


def of_words(codes: Codes, words: list[str]) -> pd.Categorical[str]:
    """Return a categorical of words that are distinct."""
    return pd.Categorical.from_codes(
        codes.astype(smallest(len(words)), copy=False), pd.Index(words, dtype=object), validate=False
    )


@lru_cache(maxsize=256)
def one_word(word: str, size: int) -> pd.Categorical[str]:
    """Return a categorical that holds one word throughout; it cannot be written to."""
    return pd.Categorical.from_codes(same(np.int8(0), size), categories=pd.Index([word]), validate=False)


def any_missing(codes: Codes) -> bool:
    """Tell whether codes say of any row that it has no word."""
    return bool((codes[:1] if is_same(codes) else codes).min(initial=0) < 0)


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
    known = np.asarray(words, dtype=object)
    places = np.flatnonzero(occurring(codes, len(known)))
    found, texts = _by_text(codes, [str(word) for word in known[places]], places, len(known))
    return pd.Categorical.from_codes(found, categories=_index(tuple(texts)), validate=False)


def occurring(codes: Codes, size: int) -> npt.NDArray[np.bool_]:
    """Tell which of the codes 0..size-1 occur."""
    there = np.zeros(size, dtype=np.bool_)
    there[codes[: 1 if is_same(codes) else _FIRST]] = True
    if not is_same(codes) and not there.all():
        there[codes[_FIRST:]] = True
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


@lru_cache(maxsize=256)
def _index(words: tuple[str, ...]) -> pd.Index[str]:
    """Return the index of words, which is dear to make beside what it holds."""
    return pd.Index(words)


def _by_text(codes: Codes, texts: list[str], places: npt.NDArray[np.int64], size: int) -> tuple[Codes, list[str]]:
    """Return codes of 0..size-1 numbered anew in the order of texts, and these; ``places`` are the codes of texts."""
    order = sorted(range(len(texts)), key=texts.__getitem__)
    if len(texts) == size and order == list(range(size)):
        return codes, texts
    rank = np.zeros(size, dtype=smallest(size))
    rank[places[order]] = np.arange(len(texts))
    return rank.take(codes), [texts[one] for one in order]


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
