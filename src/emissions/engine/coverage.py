"""What is missing (NE), and where a line is reported."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from emissions.engine.columns import Coded, coded_column
from emissions.engine.reasons import worded
from emissions.engine.where import Where
from emissions.methods import Card
from emissions.vocabulary import Vocabulary

_FACTOR_THERE = ("control_not_stated", "no_removal:")
"""Reasons of gaps for which a factor before control exists."""


def report_under(
    lines: pd.DataFrame, keys: pd.DataFrame, cards: Mapping[str, Card], vocabulary: Vocabulary
) -> pd.DataFrame:
    """Return the lines with ``category`` (output category) and ``memo`` (memo item, blank where it counts)."""
    own, categories = coded_column(keys["category"])
    card, names = coded_column(lines["card"])
    outputs = [cards[str(name)].output if name else "" for name in names]
    instead = np.array([len(categories) + number if text else -1 for number, text in enumerate(outputs)], np.int64)
    category = np.where(instead[card] < 0, own[lines["key"].to_numpy(dtype=np.int64)], instead[card])
    words = [*categories.tolist(), *outputs]
    there = set(np.unique(category).tolist())
    memos = [vocabulary.memo_of(str(word)) if number in there else "" for number, word in enumerate(words)]
    return lines.assign(category=worded(category, words), memo=worded(category, memos))


def keep_expected(lines: pd.DataFrame, keys: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the lines with the gaps that matter: what the vocabulary expects of a key and no stream gives.

    A gap whose factor is there and only the control is not stays as well. A gap of a substance that is not expected,
    or that another stream or card gives, is not applicable (NA) and goes; an expected substance that no card serves
    at all comes in with the reason ``no_method``. A sized gap always stays.
    """
    expected, streams = _expected(Where(keys, vocabulary))
    size = len(vocabulary.substances)
    key, status = lines["key"].to_numpy(dtype=np.int64), lines["status"]
    place = key * size + _numbers_of(lines["substance"], list(vocabulary.substances))
    stream, names = coded_column(lines["stream"])
    # the last line is of what is not expected (-1): no stream
    gives = np.array([[name in one for name in names] for one in [*streams, ()]], dtype=bool)
    asked = gives[expected.ravel()[place], stream]
    ok, gap = (status == "ok").to_numpy(), (status == "NE").to_numpy()
    served, anywhere, tried = (_there(place[which], expected.size) for which in (asked & ok, ok, asked))
    codes, reasons = coded_column(lines["reason"])
    half = np.array([str(reason).startswith(_FACTOR_THERE) for reason in reasons], dtype=bool)[codes]
    wanted = np.flatnonzero(gap & ((asked & ~served[place]) | (half & ~anywhere[place])))
    kept = ~gap | np.isfinite(lines["ief"].to_numpy(dtype=np.float64))
    first = np.unique(place[wanted], return_index=True)[1]
    kept[wanted[first]] = True
    missing = np.flatnonzero((expected.ravel() >= 0) & ~tried)
    found: pd.DataFrame = lines[kept].reset_index(drop=True)
    return _with_no_method(found, *np.divmod(missing, size), keys, vocabulary) if len(missing) else found


def _with_no_method(
    lines: pd.DataFrame,
    key: npt.NDArray[np.int64],
    substance: npt.NDArray[np.int64],
    keys: pd.DataFrame,
    vocabulary: Vocabulary,
) -> pd.DataFrame:
    """Return the lines with one for each of some keys and substances that no card serves."""
    categories, names = coded_column(keys["category"])
    none = np.zeros(len(key), dtype=np.int64)
    added: dict[str, Coded] = {
        "substance": (substance, np.array(list(vocabulary.substances), dtype=object)),
        "status": (none, np.array(["NE"], dtype=object)),
        "reason": (none, np.array(["no_method"], dtype=object)),
        "category": (categories[key], names),
    }
    columns: dict[str, object] = {}
    for name, column in lines.items():
        if name == "key":
            columns["key"] = np.concatenate([column.to_numpy(dtype=np.int64), key])
        elif is_numeric_dtype(column):
            columns[str(name)] = np.concatenate([column.to_numpy(), np.full(len(key), np.nan)])
        else:
            codes, words = coded_column(column)
            more, others = added.get(str(name), (none, np.array([""], dtype=object)))
            both = np.concatenate([codes.astype(np.int64), len(words) + more])
            columns[str(name)] = worded(both, [*words.tolist(), *others.tolist()])
    return pd.DataFrame(columns)


def _numbers_of(column: pd.Series, words: list[str]) -> npt.NDArray[np.int64]:
    """Return the place of each text of a column among some words."""
    codes, texts = coded_column(column)
    place = {word: number for number, word in enumerate(words)}
    return np.array([place[str(text)] for text in texts], dtype=np.int64)[codes]


def _there(places: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.bool_]:
    """Tell of each place whether it is one of some."""
    there = np.zeros(size, dtype=bool)
    there[places] = True
    return there


def keep_notation(lines: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with the notation keys of the workbook: one line a substance, with no emission."""
    codes, notations = coded_column(keys["notation"])
    if not any(notations[np.unique(codes)]):
        return lines
    stated = notations.astype(object)[codes[lines["key"].to_numpy(dtype=np.int64)]]
    notated = stated != ""
    repeated = lines[["key", "substance"]].duplicated().to_numpy()
    kept = lines.assign(
        status=np.where(notated, stated, lines["status"]),
        reason=np.where(notated, "stated_in_workbook", lines["reason"]),
        ief=np.where(notated, np.nan, lines["ief"].to_numpy(dtype=np.float64)),
    )
    single: pd.DataFrame = kept[~(notated & repeated)]
    return single


def _expected(where: Where) -> tuple[npt.NDArray[np.int64], list[tuple[str, ...]]]:
    """Return, per key and substance, which streams must give it (number in the list, -1: not expected)."""
    substances = {name: number for number, name in enumerate(where.vocabulary.substances)}
    found = np.full((len(where.rows), len(substances)), -1, dtype=np.int64)
    streams: list[tuple[str, ...]] = []
    for rule in where.vocabulary.expected:
        names = _items(rule["streams"])
        if names not in streams:
            streams.append(names)
        fits = where.under(_items(rule["categories"]), _items(rule["activities"]), _items(rule["uses"]))
        if rule["excepted"]:
            fits &= ~where.below("activity", _items(rule["excepted"]))
        if rule["controls"]:
            fits &= where.with_device(_items(rule["controls"]))
        for substance in _items(rule["substances"]):
            found[fits, substances[substance]] = streams.index(names)
    return found, streams


def _items(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
