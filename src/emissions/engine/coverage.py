"""What is missing (NE), and where a line is reported."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.where import Where
from emissions.methods import Card
from emissions.vocabulary import Vocabulary

_FACTOR_THERE = ("control_not_stated", "no_removal:")
"""Reasons of gaps for which a factor before control exists."""


def report_under(
    lines: pd.DataFrame, keys: pd.DataFrame, cards: Mapping[str, Card], vocabulary: Vocabulary
) -> pd.DataFrame:
    """Return the lines with ``category`` (output category) and ``memo`` (memo item, blank where it counts)."""
    own = keys["category"].to_numpy(dtype=object)[lines["key"].to_numpy(dtype=np.int64)]
    output = np.array([cards[name].output if name else "" for name in lines["card"]], dtype=object)
    category = np.where(output == "", own, output)
    memos = {name: vocabulary.memo_of(str(name)) for name in set(category)}
    return lines.assign(category=category, memo=[memos[name] for name in category])


def keep_expected(lines: pd.DataFrame, keys: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the lines with the gaps that matter: what the vocabulary expects of a key and no stream gives.

    A gap whose factor is there and only the control is not stays as well. A gap of a substance that is not expected,
    or that another stream or card gives, is not applicable (NA) and goes; an expected substance that no card serves
    at all comes in with the reason ``no_method``. A sized gap always stays.
    """
    expected, streams = _expected(Where(keys, vocabulary))
    substances = {name: number for number, name in enumerate(vocabulary.substances)}
    key = lines["key"].to_numpy(dtype=np.int64)
    substance = lines["substance"].map(substances).to_numpy(dtype=np.int64)
    asked = np.zeros(len(lines), dtype=bool)
    for number, names in enumerate(streams):
        asked |= (expected[key, substance] == number) & lines["stream"].isin(names).to_numpy()
    served = np.zeros(expected.shape, dtype=bool)
    good = asked & (lines["status"] == "ok").to_numpy()
    served[key[good], substance[good]] = True
    gap = (lines["status"] == "NE").to_numpy()
    sized = np.isfinite(lines["ief"].to_numpy(dtype=np.float64))
    anywhere = np.zeros(expected.shape, dtype=bool)
    ok = (lines["status"] == "ok").to_numpy()
    anywhere[key[ok], substance[ok]] = True
    half = lines["reason"].astype(str).str.startswith(_FACTOR_THERE).to_numpy() & ~anywhere[key, substance]
    wanted = gap & ((asked & ~served[key, substance]) | half)
    place = np.where(wanted, key * len(substances) + substance, -1 - np.arange(len(lines)))
    wanted &= ~pd.Series(place).duplicated().to_numpy()
    kept: pd.DataFrame = lines[~gap | sized | wanted]
    tried = np.zeros(expected.shape, dtype=bool)
    tried[key[asked], substance[asked]] = True
    missing_key, missing_substance = np.nonzero((expected >= 0) & ~tried)
    if not len(missing_key):
        return kept.reset_index(drop=True)
    extra = pd.DataFrame(
        {
            "key": missing_key,
            "substance": np.array(list(substances), dtype=object)[missing_substance],
            "stream": "",
            "card": "",
            "status": "NE",
            "reason": "no_method",
            "stopped": "",
            "ief": np.nan,
            "tier": "",
            "category": keys["category"].to_numpy(dtype=object)[missing_key],
            "memo": "",
        }
    )
    both: pd.DataFrame = pd.concat([kept, extra], ignore_index=True)
    return both


def keep_notation(lines: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with the notation keys of the workbook: one line a substance, with no emission."""
    stated = keys["notation"].astype(str).to_numpy(dtype=object)[lines["key"].to_numpy(dtype=np.int64)]
    notated = stated != ""
    if not notated.any():
        return lines
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
