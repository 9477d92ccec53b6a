"""How well a factor row fits a key, column by column, as small rank tables.

For one column the table has a line per distinct value among the keys and a column per distinct word among the
factor rows; it holds a rank (0 best) or :data:`NO` where the row does not fit. Everything the resolver does is
gathering from these tables, so its cost grows with the distinct values, not with the keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.vocabulary import Vocabulary

NO = -1
"""Rank of a row that does not fit."""

Ranks = npt.NDArray[np.int16]
Codes = npt.NDArray[np.int64]
Number = TypeVar("Number", bound=np.integer[Any])

_INTERVAL = re.compile(r"^\s*([\[(])\s*([^,\s]+)\s*,\s*([^,\s]+)\s*([\])])\s*$")


@dataclass(frozen=True)
class Column:
    """Distinct values of one column and, per element, the code of its value."""

    values: tuple[object, ...]
    codes: Codes

    @classmethod
    def of(cls, elements: Sequence[object] | npt.NDArray[np.object_]) -> Column:
        """Return the column of a sequence; equal elements share a code.

        Examples
        --------
        >>> Column.of(["a", "b", "a"]).codes.tolist()
        [0, 1, 0]
        """
        codes, values = pd.factorize(np.asarray(elements, dtype=object), use_na_sentinel=False)
        return cls(tuple(values), codes.astype(np.int64))

    @classmethod
    def of_series(cls, column: pd.Series) -> Column:
        """Return the column of a series; the words of a categorical keep their codes, so some may not occur."""
        words = column.array
        if isinstance(words, pd.Categorical) and (words.codes >= 0).all():
            return cls(tuple(words.categories.tolist()), words.codes.astype(np.int64))
        return cls.of(column.to_numpy(dtype=object))


def word_ranks(
    keys: Sequence[object], words: Sequence[object], ancestors: Mapping[object, Mapping[str, int]], blank: int
) -> Ranks:
    """Return ranks of factor words for key words by ancestry; a blank factor word fits with rank ``blank``.

    Parameters
    ----------
    keys, words
        Distinct words of the keys and of the factor rows.
    ancestors
        Key word -> word -> rank; what is missing does not fit.

    Returns
    -------
    array of int16, shape (keys, words)
    """
    ranks = np.full((len(keys), len(words)), NO, dtype=np.int16)
    position = {word: number for number, word in enumerate(words)}
    for line, key in enumerate(keys):
        for word, rank in ancestors.get(key, {}).items():
            column = position.get(word)
            if column is not None:
                ranks[line, column] = min(rank, blank - 1)
    if "" in position:
        ranks[:, position[""]] = blank
    return ranks


def interval_ranks(keys: Sequence[object], intervals: Sequence[object], blank: int) -> Ranks:
    """Return 0 where the key's number lies in the row's interval, ``blank`` where it states none, else :data:`NO`.

    A key without a number (NaN) fits only rows that state none.

    Examples
    --------
    >>> interval_ranks([50.0, float("nan")], ["[30,60)", "", "80"], 16).tolist()
    [[0, 16, -1], [-1, 16, -1]]
    """
    numbers = np.array([_number(key) for key in keys], dtype=np.float64)
    ranks = np.full((len(keys), len(intervals)), NO, dtype=np.int16)
    for column, text in enumerate(intervals):
        if text == "":
            ranks[:, column] = blank
            continue
        ranks[inside(numbers, str(text)), column] = 0
    return ranks


def distinct_rows(ranks: npt.NDArray[Number]) -> tuple[npt.NDArray[Number], Codes]:
    """Return the distinct rows of a table and, for each row, which of them it is; for few rows faster than sorting."""
    if len(ranks) == 1:
        return ranks, np.zeros(1, dtype=np.int64)
    ranks = np.ascontiguousarray(ranks)
    seen: dict[bytes, int] = {}
    number = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in ranks], dtype=np.int64)
    first = np.zeros(len(seen), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return ranks[first], number


def inside(numbers: npt.NDArray[np.float64], interval: str) -> npt.NDArray[np.bool_]:
    """Tell which numbers lie in an interval such as ``[100,300)``, ``(-inf,5]`` or ``80`` (exactly 80).

    Raises
    ------
    ValueError
        If the text is neither.

    Examples
    --------
    >>> inside(np.array([100.0, 300.0]), "[100,300)").tolist()
    [True, False]
    """
    match = _INTERVAL.match(interval)
    if match is None:
        exact: npt.NDArray[np.bool_] = numbers == float(interval)
        return exact
    left, low, high, right = match.groups()
    above = numbers >= float(low) if left == "[" else numbers > float(low)
    below = numbers <= float(high) if right == "]" else numbers < float(high)
    both: npt.NDArray[np.bool_] = above & below
    return both


def control_ranks(keys: Sequence[object], words: Sequence[object], substance: str, vocabulary: Vocabulary) -> Ranks:
    """Return 0 where the devices of a factor row are those of the key that act on the substance, 1 where it names none.

    A row that names devices is a factor for exactly that combination; it fits no other.
    """
    stated = [devices_on(str(key), substance, vocabulary) for key in keys]
    ranks = np.full((len(keys), len(words)), NO, dtype=np.int16)
    for column, word in enumerate(words):
        if word == "":
            ranks[:, column] = 1
            continue
        wanted = frozenset(devices_on(str(word), substance, vocabulary) or split_control(str(word)))
        for line, devices in enumerate(stated):
            if devices is not None and frozenset(devices) == wanted:
                ranks[line, column] = 0
    return ranks


def split_control(control: str) -> tuple[str, ...]:
    """Return the devices of a control text such as ``fabric_filter+scr``, without ``none``.

    Examples
    --------
    >>> split_control("scr+fabric_filter"), split_control("none")
    (('fabric_filter', 'scr'), ())
    """
    return tuple(sorted({part.strip() for part in control.split("+")} - {"", "none"}))


def can_be_controlled(substance: str, vocabulary: Vocabulary) -> bool:
    """Tell whether any device of the vocabulary acts on a substance."""
    return bool(vocabulary.controls_on(substance))


def treats(control: str, stream: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a device treats a stream: those of its ``streams``, or all but the fugitive one."""
    streams = vocabulary.controls.get(control, {}).get("streams", "")
    return stream in streams.split("|") if streams else stream != "fugitive"


def for_greenhouse_gases(device: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a device acts on greenhouse gases and on nothing else."""
    acts_on = vocabulary.controls.get(device, {}).get("acts_on", "").split("|")
    return all(vocabulary.substances.get(one, {}).get("group") == "ghg" for one in acts_on)


def devices_on(control: str, substance: str, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    """Return the devices of a key that act on a substance; None where the key states no control of its kind.

    A device for greenhouse gases says nothing of those for pollutants: a plant that captures CO2 may have any.
    Devices that together have a published combination (``part_of``) are replaced by it, so that a combination
    is never composed from its parts.
    """
    if not control.strip():
        return None
    present = set(split_control(control))
    acting = vocabulary.controls_on(substance)
    if present and not acting.keys() & present and all(for_greenhouse_gases(one, vocabulary) for one in present):
        return () if "none" in control.split("+") else None
    for word, parts in acting.items():
        if parts and parts <= present:
            present = (present - parts) | {word}
    return tuple(sorted(present & acting.keys()))


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")
