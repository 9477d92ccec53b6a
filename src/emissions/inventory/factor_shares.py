"""How much of the change of implied factors each factor row makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Run
from emissions.engine.arguments import MEASURED
from emissions.engine.imply import implied_factor
from emissions.engine.keys import RATE_COLUMNS
from emissions.methods import FORMULAS, Card

Numbers = npt.NDArray[np.float64]
Player = tuple[str, str]
"""Argument of a formula and device; a device only for devices in series."""

ROW_COLUMNS = ("parameter", "device", "before", "value_before", "unit_before", "after", "value_after", "unit_after")
"""Columns that name a pair of factor rows."""
SHARE_COLUMNS = (*ROW_COLUMNS, "lines", "contribution")
_NAMES = {
    "id_1": "before",
    "printed_1": "value_before",
    "unit_1": "unit_before",
    "id_2": "after",
    "printed_2": "value_after",
    "unit_2": "unit_after",
}


def factor_shares(first: Run, second: Run, pairs: pd.DataFrame, cards: Mapping[str, Card]) -> pd.DataFrame:
    """Return the part of each pair of factor rows that differ, over lines that one method serves in both results.

    Parameters
    ----------
    pairs
        One row a line of both: line_1, line_2, key_1, card_1, weight (mean quantity).

    Returns
    -------
    pandas.DataFrame
        :data:`SHARE_COLUMNS`; ``contribution`` in t.
    """
    pairs = pairs.reset_index(drop=True)
    taken = _taken(first, pairs["line_1"]).merge(
        _taken(second, pairs["line_2"]), on=["pair", "argument", "device"], how="outer", suffixes=("_1", "_2")
    )
    for name in ("id", "unit"):
        taken[[f"{name}_1", f"{name}_2"]] = taken[[f"{name}_1", f"{name}_2"]].fillna("")
    differs = (taken["id_1"] != taken["id_2"]) | (taken["value_1"] != taken["value_2"])
    moved = np.zeros(len(pairs), dtype=bool)
    moved[taken.loc[differs, "pair"].to_numpy(dtype=np.int64)] = True
    keys = first.keys.iloc[pairs["key_1"].to_numpy(dtype=np.int64)].reset_index(drop=True)
    groups = keys[["dimension", "control"]].astype(str).assign(card=pairs["card_1"].astype(str))
    found = []
    for _, group in groups[moved].groupby(["card", "dimension", "control"], sort=True):
        numbers = np.sort(group.index.to_numpy(dtype=np.int64))
        card = cards.get(str(group["card"].iloc[0]))
        arguments = taken["pair"].isin(numbers)
        if card is None or not _whole(card, taken[arguments]):
            continue
        dimension = str(group["dimension"].iloc[0])
        shares = _shares(card, dimension, taken[arguments], numbers, _rates(keys.iloc[numbers]))
        here = taken[arguments & differs]
        place = np.searchsorted(numbers, here["pair"].to_numpy(dtype=np.int64))
        players = zip(here["argument"], here["device"], strict=True)
        amounts = np.array([shares[player][at] for player, at in zip(players, place, strict=True)], dtype=np.float64)
        weight = pairs["weight"].to_numpy(dtype=np.float64)[numbers][place]
        parameters = {name: card.parameters[name].parameter or name for name in set(here["argument"])}
        found.append(here.assign(parameter=here["argument"].map(parameters), contribution=amounts * weight))
    if not found:
        return pd.DataFrame(columns=list(SHARE_COLUMNS))
    table = pd.concat(found, ignore_index=True).assign(lines=1).rename(columns=_NAMES)[list(SHARE_COLUMNS)]
    return table.groupby(list(ROW_COLUMNS), sort=False, dropna=False).sum().reset_index()


def _whole(card: Card, arguments: pd.DataFrame) -> bool:
    """Tell whether all arguments are known, which they are not where the method took others when it was stored."""
    needed = {name for name in FORMULAS[card.formula].units if card.parameters[name].combine != "series"}
    return needed <= set(arguments["argument"])


def _taken(run: Run, lines: pd.Series) -> pd.DataFrame:
    """Return what the arguments of some lines came from: pair (position of the line), argument, device, value, row."""
    pair_of = pd.Series(np.arange(len(lines)), index=lines.to_numpy(dtype=np.int64))
    matches = run.matches[run.matches["line"].isin(pair_of.index)]
    row = matches["row"].to_numpy(dtype=np.int64)
    measured = (matches["origin"] == MEASURED).to_numpy()
    names = {"id": ("measured_id", "factor_id"), "printed": ("value", "value"), "unit": ("unit", "unit")}
    columns = {
        new: _either(measured, row, run.activity.measured[own], run.library.rows[published])
        for new, (own, published) in names.items()
    }
    return pd.DataFrame(
        {
            "pair": pair_of.loc[matches["line"]].to_numpy(dtype=np.int64),
            "argument": matches["argument"].astype(str).to_numpy(dtype=object),
            "device": matches["device"].astype(str).to_numpy(dtype=object),
            "value": matches["value"].to_numpy(dtype=np.float64),
            **columns,
        }
    )


def _either(measured: npt.NDArray[np.bool_], row: npt.NDArray[np.int64], own: pd.Series, published: pd.Series) -> Any:
    values = np.empty(len(row), dtype=object)
    values[measured] = own.to_numpy(dtype=object)[row[measured]]
    values[~measured] = published.to_numpy(dtype=object)[row[~measured]]
    return values


def _rates(keys: pd.DataFrame) -> Numbers:
    """Return collection x operating rate of each key; what is not stated leaves an efficiency alone."""
    stated = keys[list(RATE_COLUMNS)].to_numpy(dtype=np.float64)
    rates: Numbers = np.where(np.isfinite(stated), stated, 1.0).prod(axis=1)
    return rates


def _shares(
    card: Card, dimension: str, arguments: pd.DataFrame, pairs: npt.NDArray[np.int64], rates: Numbers
) -> dict[Player, Numbers]:
    """Return how much of the change of the implied factor each argument makes, per pair (Shapley value)."""
    values: dict[Player, tuple[Numbers, Numbers]] = {}
    for _, part in arguments.groupby(["argument", "device"], sort=True):
        place = np.searchsorted(pairs, part["pair"].to_numpy(dtype=np.int64))
        sides = np.full((2, len(pairs)), np.nan)
        sides[:, place] = part[["value_1", "value_2"]].to_numpy(dtype=np.float64).T
        values[str(part["argument"].iloc[0]), str(part["device"].iloc[0])] = sides[0], sides[1]
    moving = [name for name, (one, two) in values.items() if not np.array_equal(one, two, equal_nan=True)]
    implied = {
        chosen: _implied_of(card, dimension, {name: pair[name in chosen] for name, pair in values.items()}, rates)
        for chosen in _subsets(moving)
    }
    shares = {name: np.zeros(len(pairs)) for name in values}
    for name in moving:
        for chosen in _subsets([one for one in moving if one != name]):
            weight = factorial(len(chosen)) * factorial(len(moving) - len(chosen) - 1) / factorial(len(moving))
            shares[name] += weight * (implied[chosen | {name}] - implied[chosen])
    return shares


def _subsets(names: Sequence[Player]) -> Iterator[frozenset[Player]]:
    for size in range(len(names) + 1):
        yield from map(frozenset, combinations(names, size))


def _implied_of(card: Card, dimension: str, values: Mapping[Player, Numbers], rates: Numbers) -> Numbers:
    """Return the implied factor of arguments; devices in series pass on 1 - efficiency x rates each."""
    arguments: dict[str, Numbers] = {}
    for name in FORMULAS[card.formula].units:
        whole = values.get((name, ""))
        if card.parameters[name].combine == "series":
            passing = np.ones(len(rates))
            for (argument, device), value in values.items():
                if argument == name and device:
                    passing = passing * (1 - np.nan_to_num(value) * rates)
            whole = 1 - passing if whole is None else np.where(np.isfinite(whole), whole, 1 - passing)
        arguments[name] = np.full(len(rates), np.nan) if whole is None else whole
    return implied_factor(card, arguments, dimension)
