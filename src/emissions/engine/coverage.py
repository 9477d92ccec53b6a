"""What is counted elsewhere (IE), what is missing (NE), and where a line is reported."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from emissions.engine.expand import below
from emissions.factors.sets import Elsewhere, FactorSet
from emissions.methods import Card
from emissions.vocabulary import Vocabulary


def report_under(lines: pd.DataFrame, keys: pd.DataFrame, cards: Mapping[str, Card], vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the lines with ``category`` (output category) and ``memo`` (memo item, blank where it counts)."""
    own = keys["category"].to_numpy(dtype=object)[lines["key"].to_numpy(dtype=np.int64)]
    output = np.array([cards[name].output if name else "" for name in lines["card"]], dtype=object)
    category = np.where(output == "", own, output)
    memos = {name: vocabulary.memo_of(str(name)) for name in set(category)}
    return lines.assign(category=category, memo=[memos[name] for name in category])


def count_elsewhere(lines: pd.DataFrame, keys: pd.DataFrame, chosen: FactorSet, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the lines with status ``IE`` where a rule of the set counts them in another place.

    Their emission stays computed, as a cross-check; it is in no total.
    """
    lines = lines.copy()
    key = lines["key"].to_numpy(dtype=np.int64)
    for rule in chosen.elsewhere:
        hit = _rule_keys(rule, keys, vocabulary)[key]
        if rule.substances:
            hit &= lines["substance"].isin(rule.substances).to_numpy()
        if rule.streams:
            hit &= lines["stream"].isin(rule.streams).to_numpy()
        hit &= (lines["status"] != "IE").to_numpy()
        lines.loc[hit, "status"] = "IE"
        lines.loc[hit, "reason"] = f"counted_in:{rule.counted_in}"
    return lines


def keep_expected(lines: pd.DataFrame, keys: pd.DataFrame, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the lines with the gaps that matter: what the vocabulary expects of a key and no stream gives.

    A gap of a substance that is not expected, or that another stream or card gives, is not applicable (NA) and goes;
    an expected substance that no card serves at all comes in with the reason ``no_method``. A sized gap always stays.
    """
    expected = _expected(keys, vocabulary)
    pairs = list(zip(lines["key"], lines["substance"], strict=True))
    asked = np.array([stream in expected.get(pair, ()) for pair, stream in zip(pairs, lines["stream"], strict=True)], dtype=bool)
    served = {pair for pair, status, own in zip(pairs, lines["status"], asked, strict=True) if own and status == "ok"}
    gap = (lines["status"] == "NE").to_numpy()
    sized = np.isfinite(lines["ief"].to_numpy(dtype=np.float64))
    wanted = asked & np.array([pair not in served for pair in pairs], dtype=bool)
    first = ~lines.assign(wanted=wanted & gap)[["key", "substance", "wanted"]].duplicated().to_numpy()
    kept = lines[~gap | sized | (wanted & first)]
    tried = {pair for pair, own in zip(pairs, asked, strict=True) if own}
    missing = [pair for pair in expected if pair not in tried]
    if not missing:
        return kept.reset_index(drop=True)
    extra = pd.DataFrame({
        "key": [key for key, _ in missing], "substance": [substance for _, substance in missing], "stream": "", "card": "",
        "status": "NE", "reason": "no_method", "stopped": "", "ief": np.nan, "tier": "",
        "category": [keys["category"].iloc[key] for key, _ in missing], "memo": "",
    })
    return pd.concat([kept, extra], ignore_index=True)


def check_balances(lines: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with those carbon balances set to ``NE`` whose products hold more carbon than their inputs.

    The lines of a balance (stream ``conversion_loss``, one region, year and step of transformation) count together.
    A negative loss says that quantities and carbon contents do not fit one another; it is shown as the size of the
    gap and lowers no total.
    """
    balance = ((lines["stream"] == "conversion_loss") & (lines["status"] == "ok")).to_numpy()
    if not balance.any():
        return lines
    key = lines["key"].to_numpy(dtype=np.int64)[balance]
    places = keys[["region", "year", "transformation"]].iloc[key].astype(str).agg("|".join, axis=1).to_numpy()
    sums = pd.Series(lines["emission"].to_numpy(dtype=np.float64)[balance]).groupby(places).transform("sum").to_numpy()
    negative = np.flatnonzero(balance)[sums < 0]
    lines = lines.copy()
    lines.loc[lines.index[negative], ["status", "reason"]] = ["NE", "conversion_balance_negative"]
    return lines


def _expected(keys: pd.DataFrame, vocabulary: Vocabulary) -> dict[tuple[int, str], tuple[str, ...]]:
    """Return, per key and substance that a complete inventory reports, the streams of which one must give it."""
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    for rule in vocabulary.expected:
        fits = _where(keys, _items(rule["categories"]), _items(rule["activities"]), _items(rule["uses"]), vocabulary)
        for number in np.flatnonzero(fits):
            for substance in _items(rule["substances"]):
                found[int(number), substance] = _items(rule["streams"])
    return found


def _rule_keys(rule: Elsewhere, keys: pd.DataFrame, vocabulary: Vocabulary) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    hit = _where(keys, rule.categories, rule.activities, rule.uses, vocabulary)
    if rule.when is None:
        return hit
    present = _where(keys, rule.when.categories, rule.when.activities, rule.when.uses, vocabulary)
    place = keys["region"].astype(str) + "|" + keys["year"].astype(str)
    return hit & place.isin(set(place[present])).to_numpy()


def _where(
    keys: pd.DataFrame, categories: tuple[str, ...], activities: tuple[str, ...], uses: tuple[str, ...], vocabulary: Vocabulary
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    fits = below(keys["category"], categories, vocabulary.category_graph.ancestors)
    fits &= below(keys["activity"], activities, vocabulary.activity_graph.ancestors)
    return fits & below(keys["use"], uses, lambda word: {word: 0})


def _items(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
