"""The difference of two results by factor row: which rows changed, and how much each of them moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine import Run
from emissions.inventory.compare import CO2E, gases_of, gwps_of
from emissions.inventory.factor_shares import ROW_COLUMNS, SHARE_COLUMNS, factor_shares
from emissions.inventory.paired_lines import Texts, key_texts, paired_lines
from emissions.methods import Card, load_cards

Numbers = npt.NDArray[np.float64]

FACTOR_CHANGE_COLUMNS = ("cause", *SHARE_COLUMNS)
_ROUNDING = 1e-12
"""What no factor row explains is rounding below this part of the masses."""
_PAIRED = ("emission_1", "emission_2", "quantity_1", "quantity_2", "ief_1", "ief_2")


@dataclass(frozen=True)
class _Parts:
    """Parts of the difference of a substance, and the masses that both results count and that one counts only."""

    table: pd.DataFrame
    shared: tuple[float, float]
    alone: tuple[float, float]


def factor_changes(first: Run, second: Run, substance: str, *, cards: Mapping[str, Card] | None = None) -> pd.DataFrame:
    """Return the difference ``second - first`` of a substance by factor row.

    Lines of the two results are set side by side key by key. Of a line that one method serves in both, with quantity
    q and implied factor f, the part of the factors is (f2 - f1)(q1 + q2)/2. It is shared among the arguments of the
    formula that differ by what each changes on average over all orders in which they may be exchanged (Shapley
    value), so the shares sum to the part, also where arguments multiply.

    Parameters
    ----------
    substance
        Of the vocabulary, or ``CO2e`` for all greenhouse gases, each result under its own GWPs.
    cards
        Others than those of the package.

    Returns
    -------
    pandas.DataFrame
        :data:`FACTOR_CHANGE_COLUMNS`, largest first; ``contribution`` in t, summing to the whole difference.
        ``before`` and ``after`` are factor rows (cause ``factor``), methods (``method``) or gases with their GWP
        (``gwp``), with value and unit as the row has them; ``activity`` and ``scope`` (counted in one result only) are
        one row each. A row of cause ``split`` holds sources that the two results split or assume otherwise: ``before``
        and ``after`` say what their lines are (``activity=raw_coal``; several columns joined by ``|``, several kinds
        of lines by `` + ``). A row of cause ``factor`` without ids is what no pair of factor rows explains: a formula
        that changed, or stored values.
    """
    known = load_cards() if cards is None else cards
    texts = key_texts(first, second)
    if substance != CO2E:
        parts = [_of_substance(first, second, substance, known, texts).table]
    else:
        gwps = gwps_of(first, second, gases_of(first, second))
        parts = [_weighed(_of_substance(first, second, gas, known, texts), gas, values) for gas, values in gwps.items()]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(FACTOR_CHANGE_COLUMNS))
    identity = ["cause", *ROW_COLUMNS]
    summed = table.groupby(identity, sort=False, dropna=False)[["lines", "contribution"]].sum().reset_index()
    order = summed["contribution"].abs().sort_values(ascending=False, kind="stable").index
    return summed.loc[order, list(FACTOR_CHANGE_COLUMNS)].reset_index(drop=True)


def _of_substance(
    first: Run, second: Run, substance: str, cards: Mapping[str, Card], texts: tuple[Texts, Texts]
) -> _Parts:
    pairs = paired_lines(first, second, substance, texts)
    both = (pairs["card_1"].notna() & pairs["card_2"].notna()).to_numpy()
    number = {name: pairs[name].fillna(0.0).to_numpy(dtype=np.float64) for name in _PAIRED}
    mean = (_implied(number, "1") + _implied(number, "2")) / 2
    activity = np.where(both, (number["quantity_2"] - number["quantity_1"]) * mean, 0.0)
    rest = number["emission_2"] - number["emission_1"] - activity
    same = both & (pairs["card_1"] == pairs["card_2"]).to_numpy()
    pairs = pairs.assign(rest=rest, weight=(number["quantity_1"] + number["quantity_2"]) / 2)
    exact = same & pairs["line_1"].notna().to_numpy()
    rows = factor_shares(first, second, pairs[exact], cards).assign(cause="factor")
    left = float(rest[exact].sum() - rows["contribution"].sum())
    size = float(np.abs(number["emission_1"]).sum() + np.abs(number["emission_2"]).sum())
    parts = [
        _unnamed("activity", float(activity.sum()), int(np.count_nonzero(activity))),
        _unnamed("scope", float(rest[~both].sum()), int(np.count_nonzero(rest[~both]))),
        _named(pairs[both & ~same], "method", "card"),
        _named(pairs[same & ~exact], "split", "made_of"),
        rows,
        _unnamed("factor", left, int(exact.sum()) if abs(left) > _ROUNDING * size else 0),
    ]
    filled = [part[part["lines"] > 0] for part in parts]
    table = pd.concat([part for part in filled if len(part)] or [filled[0]], ignore_index=True)
    one, two = number["emission_1"], number["emission_2"]
    shared = float(one[both].sum()), float(two[both].sum())
    return _Parts(table, shared, (float(one[~both].sum()), float(two[~both].sum())))


def _implied(number: Mapping[str, Numbers], side: str) -> Numbers:
    """Return emission per quantity, the implied factor of the line where the quantity is zero."""
    quantity = number[f"quantity_{side}"]
    return np.divide(number[f"emission_{side}"], quantity, out=number[f"ief_{side}"].copy(), where=quantity != 0)


def _unnamed(cause: str, contribution: float, lines: int) -> pd.DataFrame:
    """Return a part that no row or method names."""
    blank: dict[str, object] = dict.fromkeys(ROW_COLUMNS, "")
    named = {"cause": cause, "value_before": np.nan, "value_after": np.nan, "lines": lines}
    return pd.DataFrame([blank | named | {"contribution": contribution}])


def _named(pairs: pd.DataFrame, cause: str, column: str) -> pd.DataFrame:
    """Return the part of each pair of methods, or of each pair of what lines that are split otherwise are made of."""
    found = [
        _unnamed(cause, float(part["rest"].sum()), len(part)).assign(
            before=str(part[f"{column}_1"].iloc[0]), after=str(part[f"{column}_2"].iloc[0])
        )
        for _, part in pairs.groupby([f"{column}_1", f"{column}_2"], sort=True)
    ]
    return pd.concat(found, ignore_index=True) if found else _unnamed(cause, 0.0, 0)


def _weighed(parts: _Parts, gas: str, gwps: tuple[float, float]) -> pd.DataFrame:
    """Return the parts of a gas in CO2 equivalents and what another GWP makes of its mass."""
    one, two = gwps
    weighed = parts.table.assign(contribution=parts.table["contribution"] * (one + two) / 2)
    weighed.loc[weighed["cause"] == "scope", "contribution"] = parts.alone[1] * two - parts.alone[0] * one
    mass = sum(parts.shared) / 2
    if one == two or mass == 0:
        return weighed
    gwp = _unnamed("gwp", mass * (two - one), 1)
    named = gwp.assign(before=gas, after=gas, value_before=one, value_after=two, unit_before="t/t", unit_after="t/t")
    return pd.concat([weighed, named], ignore_index=True)
