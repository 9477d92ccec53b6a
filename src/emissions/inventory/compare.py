"""The difference of two results, put down to its causes so that the parts sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emissions.engine import Run
from emissions.engine.total import exact_sums
from emissions.inventory.gwp import gwp_values
from emissions.inventory.tables import with_key

CAUSES = ("activity", "factor", "gwp", "method", "scope")
"""Causes of a difference: quantity; implied factor under one method; the GWPs by which the same masses are weighed;
another method; counted in one result only."""
CO2E = "CO2e"
"""What CO2 equivalents are called where a substance is asked for."""


def compare(first: Run, second: Run, substance: str, *, by: Sequence[str] = ("activity",)) -> pd.DataFrame:
    """Return the difference ``second - first`` of a substance by cause.

    For a cell that both results count, with quantity q and emission e, the mean implied factor is f = e / q; the
    part of the activity is (q2 - q1)(f1 + f2)/2 and that of the factor (f2 - f1)(q1 + q2)/2, whose sum is e2 - e1
    exactly in algebra. The second part is put down to ``method`` where the two results use different cards. A
    cell that only one result counts is ``scope``.

    For ``CO2e``, masses m1 and m2 of a gas under GWPs g1 and g2, the causes of the mass are weighed with
    (g1 + g2)/2 and ``gwp`` is (m1 + m2)/2 (g2 - g1); what one result only counts is weighed with its GWP.

    Parameters
    ----------
    substance
        Of the vocabulary, or ``CO2e`` for all greenhouse gases, each result under its own GWPs.
    by
        Columns of a cell: key columns or ``category``.

    Returns
    -------
    pandas.DataFrame
        The columns of ``by``, ``first`` and ``second`` (t), a column a cause (t), ``difference`` (t); the causes
        sum to the difference to rounding. The cause ``activity`` is called ``quantity`` where ``by`` has a column
        ``activity``.
    """
    if substance == CO2E:
        return _weighed(first, second, by)
    one, two = _cells(first, substance, by), _cells(second, substance, by)
    table = one.merge(two, on=[*by, "dimension"], how="outer", suffixes=("_1", "_2"))
    number = {
        name: table[name].fillna(0.0).to_numpy(dtype=np.float64)
        for name in ("emission_1", "emission_2", "quantity_1", "quantity_2")
    }
    both = table["cards_1"].notna().to_numpy() & table["cards_2"].notna().to_numpy()
    usable = both & (number["quantity_1"] != 0) & (number["quantity_2"] != 0)
    factor_1 = np.divide(number["emission_1"], number["quantity_1"], out=np.zeros(len(table)), where=usable)
    factor_2 = np.divide(number["emission_2"], number["quantity_2"], out=np.zeros(len(table)), where=usable)
    activity = np.where(usable, (number["quantity_2"] - number["quantity_1"]) * (factor_1 + factor_2) / 2, 0.0)
    rest = number["emission_2"] - number["emission_1"] - activity
    same = (table["cards_1"] == table["cards_2"]).to_numpy()
    result = table[[*by, "dimension"]].assign(
        first=number["emission_1"],
        second=number["emission_2"],
        activity_part=activity,
        factor=np.where(usable & same, rest, 0.0),
        gwp=0.0,
        method=np.where(usable & ~same, rest, 0.0),
        scope=np.where(usable, 0.0, rest),
        difference=number["emission_2"] - number["emission_1"],
    )
    return result.rename(columns={"activity_part": _quantity_name(by)})


def gases_of(first: Run, second: Run) -> list[str]:
    """Return the substances of either result that have a GWP under its metric."""
    found = [gwp_values(run.gwp, [str(name) for name in run.counted["substance"].unique()]) for run in (first, second)]
    return list(dict.fromkeys(name for values in found for name in values))


def gwps_of(first: Run, second: Run, gases: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Return the GWP of each gas under the metric of either result; 0 where the metric has none: it is not weighed."""
    one, two = (gwp_values(run.gwp, gases) for run in (first, second))
    return {name: (one.get(name, 0.0), two.get(name, 0.0)) for name in gases}


def _quantity_name(by: Sequence[str]) -> str:
    return "activity" if "activity" not in by else "quantity"


def _weighed(first: Run, second: Run, by: Sequence[str]) -> pd.DataFrame:
    """Return the difference of CO2 equivalents: that of every gas, weighed, and what other GWPs make of it."""
    masses = (_quantity_name(by), "factor", "method", "scope")
    parts = []
    for gas, (one, two) in gwps_of(first, second, gases_of(first, second)).items():
        part = compare(first, second, gas, by=by)
        before, after = (part[name].to_numpy(dtype=np.float64) for name in ("first", "second"))
        weight = np.where(before == 0, two, np.where(after == 0, one, (one + two) / 2))
        difference = after * two - before * one
        caused = {name: part[name].to_numpy(dtype=np.float64) * weight for name in masses}
        rest = np.where((before == 0) | (after == 0), 0.0, (before + after) / 2 * (two - one))
        parts.append(part.assign(first=before * one, second=after * two, **caused, gwp=rest, difference=difference))
    columns = [*by, "dimension"]
    if not parts:
        return compare(first, second, "CO2", by=by)
    numbers = [name for name in parts[0].columns if name not in columns]
    groups = pd.concat(parts, ignore_index=True).groupby(columns, sort=True, observed=True, dropna=False)
    return groups[numbers].sum().reset_index()


def _cells(run: Run, substance: str, by: Sequence[str]) -> pd.DataFrame:
    lines = with_key(run, run.counted[run.counted["substance"] == substance], [*by, "dimension"])
    columns = [*by, "dimension"]
    if lines.empty:
        return pd.DataFrame(columns=[*columns, "emission", "quantity", "cards"])
    groups = lines.groupby(columns, sort=True, observed=True, dropna=False)
    codes = groups.ngroup().to_numpy(dtype=np.int64)
    size = int(codes.max()) + 1
    once = ~lines.duplicated([*columns, "key"]).to_numpy()
    frame = groups.agg(cards=("card", lambda names: "+".join(sorted(set(names))))).reset_index()
    return frame.assign(
        emission=exact_sums(codes, lines["emission"].to_numpy(dtype=np.float64), size),
        quantity=exact_sums(codes[once], lines["quantity"].to_numpy(dtype=np.float64)[once], size),
    )
