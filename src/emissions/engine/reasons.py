"""Texts of reasons by number: a distinct text is made once, whatever the number of lines that have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.int64]


class Reasons:
    """Texts and their numbers; number 0 is the blank.

    Examples
    --------
    >>> reasons = Reasons()
    >>> numbers = np.array([reasons.number("a"), 0])
    >>> more = reasons.joined(numbers, np.array([reasons.number("b")] * 2), lambda one, other: one + other)
    >>> list(reasons.texts(more))
    ['ab', 'b']
    """

    def __init__(self) -> None:
        self._number = {"": 0}

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self._number.setdefault(text, len(self._number))

    def texts(self, numbers: Numbers) -> pd.Categorical[str]:
        """Return the texts of some numbers."""
        return worded(numbers, list(self._number))

    def those(self, holds: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Tell for each number whether something holds for its text."""
        return np.array([holds(text) for text in self._number], dtype=bool)

    def joined(self, first: Numbers, second: Numbers, join: Callable[[str, str], str]) -> Numbers:
        """Return the numbers of the texts made of two; a distinct pair is joined once."""
        size, texts = len(self._number), list(self._number)
        pairs, which = np.unique(first * size + second, return_inverse=True)
        made = [self.number(join(texts[pair // size], texts[pair % size])) for pair in pairs.tolist()]
        return np.array(made, dtype=np.int64)[which]


def worded(codes: npt.NDArray[np.integer[Any]], words: Sequence[str]) -> pd.Categorical[str]:
    """Return codes of words as a categorical; of words that are the same the first stands for all.

    Examples
    --------
    >>> list(worded(np.array([2, 1, 0]), ["a", "b", "a"]))
    ['a', 'b', 'a']
    """
    distinct = {word: number for number, word in enumerate(dict.fromkeys(words))}
    if len(distinct) < len(words):
        codes = np.array([distinct[word] for word in words], dtype=np.int64)[codes]
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(distinct), dtype=object), validate=False)
