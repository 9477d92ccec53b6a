"""What is counted elsewhere (IE), what is missing (NE), and where a line is reported."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from emissions.engine.keys import Coded, coded_column, numbered
from emissions.engine.lines import marked
from emissions.engine.reasons import worded
from emissions.engine.where import Where
from emissions.factors.sets import Elsewhere, FactorSet
from emissions.methods import Card
from emissions.vocabulary import Vocabulary

_FACTOR_THERE = ("control_not_stated", "no_removal:")
"""Reasons of gaps for which a factor before control exists."""
_MINES = "IPCC2006:1B1a"
"""Category of coal mines, whose gas may be recovered."""


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


def count_elsewhere(lines: pd.DataFrame, keys: pd.DataFrame, chosen: FactorSet, vocabulary: Vocabulary) -> pd.DataFrame:
    """Return the lines with status ``IE`` (or ``NA``) where a rule of the set counts them in another place.

    A rule with ``when`` holds for a substance where the very same region and year has another line of that substance
    which one of ``when`` names and which counts: estimated, no memo item, of a quantity that is not 0. A product that
    is absent, zero, stated by a notation key, not estimated for the substance, or of another region or year holds
    nothing, so nothing may be left out for it. How much of the product there is does not matter: the factor per
    product holds the whole of what the rule takes out, and no table says how much of a fuel went into which product.
    What is left out stays computed, as a cross-check for its size; it is in no total.

    Rules apply in their order; the first that fits a line is its reason. A line that an earlier rule found to be
    counted in a third place still holds what is counted in it; one found to be no emission (``NA``) does not.
    """
    where = Where(keys, vocabulary)
    key = lines["key"].to_numpy(dtype=np.int64)
    stated = lines["status"]
    holds = (stated == "ok").to_numpy() & (lines["memo"] == "").to_numpy() & (lines["quantity"] != 0).to_numpy()
    free = (stated == "ok").to_numpy() | (stated == "NE").to_numpy()
    substances, names = coded_column(lines["substance"])
    streams, stream_names = coded_column(lines["stream"])
    for number, rule in enumerate(chosen.elsewhere):
        under = where.under(rule.categories, rule.activities, rule.uses)
        if not under.any():
            continue
        fits = under[key] & free
        if rule.substances:
            fits &= np.isin(names, rule.substances)[substances]
        if rule.streams:
            fits &= np.isin(stream_names, rule.streams)[streams]
        if rule.when and fits.any():
            there = holds & ~fits & _present(rule, where)[key]
            place = numbered(len(keys), [coded_column(keys["region"]), coded_column(keys["year"])])
            pair = place[key] * len(names) + substances
            fits &= np.isin(pair, pair[there])
        free &= ~fits
        if rule.status == "NA":
            holds &= ~fits
        if fits.any():
            reason = f"counted_in:{rule.counted_in}" if rule.counted_in else f"set_rule:{number}"
            lines = marked(lines, fits, rule.status, reason)
    return lines


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


def count_once(lines: pd.DataFrame, cards: Mapping[str, Card]) -> pd.DataFrame:
    """Return the lines with ``IE`` where one card gives the whole of what other streams give in parts.

    A card with ``whole_of`` holds what comes by these streams. Where both are there, the method of the higher tier
    counts (the parts where the tiers are equal); the other stays as a cross-check.
    """
    wholes = [str(name) for name in coded_column(lines["card"])[1] if name and cards[str(name)].whole_of]
    if not wholes:
        return lines
    codes, names = coded_column(lines["card"])
    tier = np.array([cards[str(name)].tier if name else 0 for name in names], dtype=np.int64)[codes]
    good = (lines["status"] == "ok").to_numpy()
    substances, known = coded_column(lines["substance"])
    place = lines["key"].to_numpy(dtype=np.int64) * len(known) + substances
    lost = np.zeros(len(lines), dtype=bool)
    for name in wholes:
        whole = good & (lines["card"] == name).to_numpy()
        part = good & lines["stream"].isin(cards[name].whole_of).to_numpy() & np.isin(place, place[whole])
        better = np.isin(place[part], place[part & (tier >= cards[name].tier)])
        lost |= whole & np.isin(place, place[part][better])
        lost[np.flatnonzero(part)[~better]] = True
    return marked(lines, lost, "IE", "counted_by_better_method") if lost.any() else lines


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
    negative = balance.copy()
    negative[balance] = sums < 0
    return marked(lines, negative, "NE", "conversion_balance_negative") if negative.any() else lines


def check_recovery(lines: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with those of recovered gas set to ``NE`` that take off more than is generated.

    What coal mines of a region and year generate is the sum of the other lines under the same category; recovery
    beyond it says that one of the two is wrong, and lowers no total.
    """
    good = (lines["status"] == "ok").to_numpy()
    taken = good & (lines["stream"] == "recovery").to_numpy()
    if not taken.any():
        return lines
    key = lines["key"].to_numpy(dtype=np.int64)
    where = keys["region"].astype(str) + "|" + keys["year"].astype(str)
    place = where.to_numpy(dtype=object)[key] + "|" + lines["substance"].astype(str).to_numpy(dtype=object)
    mines = good & lines["category"].astype(str).str.startswith(_MINES).to_numpy()
    left = pd.Series(np.where(mines, lines["emission"].to_numpy(dtype=np.float64), 0.0)).groupby(place).transform("sum")
    lost = taken & (left.to_numpy() < 0)
    return marked(lines, lost, "NE", "recovery_exceeds_generation") if lost.any() else lines


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


def _present(rule: Elsewhere, where: Where) -> npt.NDArray[np.bool_]:
    """Tell which keys are such as one of the presences of a rule names."""
    present = np.zeros(len(where.rows), dtype=bool)
    for one in rule.when:
        here = where.under(one.categories, one.activities, one.uses)
        if one.branches:
            here &= where.rows["branch"].isin(one.branches).to_numpy() if "branch" in where.rows else False
        present |= here
    return present


def _items(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
