"""An inventory as indicators that targets can be held against."""

from __future__ import annotations

import pandas as pd

from emissions.engine import Run
from emissions.inventory import co2_equivalent, totals
from emissions.scenario.projection import INDICATOR_COLUMNS


def inventory_indicators(run: Run) -> pd.DataFrame:
    """Return the emissions of a calculation by year as indicators of the boundary ``territorial``.

    Returns
    -------
    pandas.DataFrame
        :data:`~emissions.scenario.projection.INDICATOR_COLUMNS`: ``emission:SUBSTANCE`` in t, ``co2`` and ``ghg`` in
        Mt. An inventory knows nothing of energy totals, GDP or capacity.
    """
    table = totals(run, ("year", "substance")).astype({"substance": str})
    substances = table.assign(
        indicator="emission:" + table["substance"], value=table["emission"].astype(float), unit="t"
    )
    gases = co2_equivalent(table, run.gwp).groupby("year", as_index=False)["co2e"].sum()
    found = [
        substances,
        gases.assign(indicator="ghg", value=gases["co2e"] / 1e6, unit="Mt"),
        substances[substances["substance"] == "CO2"].assign(
            indicator="co2", value=lambda rows: rows["value"] / 1e6, unit="Mt"
        ),
    ]
    joined: pd.DataFrame = pd.concat(
        [one[["indicator", "year", "value", "unit"]] for one in found if len(one)], ignore_index=True
    )
    joined["boundary"] = "territorial"
    return joined.reindex(columns=list(INDICATOR_COLUMNS))
