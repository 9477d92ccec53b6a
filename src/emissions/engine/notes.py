"""What a run says beside its numbers: rows that gave nothing, devices a factor does not know, earlier years."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.arguments import PUBLISHED
from emissions.errors import Problem
from emissions.factors import FactorLibrary
from emissions.factors.match import devices_on
from emissions.units import BASE_UNITS
from emissions.vocabulary import Vocabulary

_QUIET_USES = ("own_use", "loss", "transformation_output", "stock")
"""Uses for which a row without a line is no surprise."""


def rows_without_lines(lines: pd.DataFrame, keys: pd.DataFrame, quantity: npt.NDArray[np.float64]) -> list[Problem]:
    """Return a note for each activity and use that no method serves and no expectation names."""
    silent = ~np.isin(np.arange(len(keys)), lines["key"].to_numpy(dtype=np.int64))
    if not silent.any():
        return []
    frame = keys.loc[silent, ["activity", "use", "dimension"]].astype(str).assign(quantity=quantity[silent])
    sums = frame.groupby(["activity", "use", "dimension"], sort=True)["quantity"].agg(["sum", "size"]).reset_index()
    return [
        Problem(
            "rows_without_lines",
            level="info" if row["use"] in _QUIET_USES else "warning",
            found=str(row["activity"]),
            facts={
                "use": str(row["use"]),
                "quantity": f"{row['sum']:.6g}",
                "unit": BASE_UNITS.get(str(row["dimension"]), ""),
                "keys": str(row["size"]),
            },
        )
        for row in sums.to_dict("records")
    ]


def controls_not_applied(
    lines: pd.DataFrame, matches: pd.DataFrame, keys: pd.DataFrame, library: FactorLibrary, vocabulary: Vocabulary
) -> list[Problem]:
    """Return a note for each card and substance whose factor is of a typical plant although the key states devices."""
    typical = np.append(library.column["basis"] == "as_published", [False])
    published = (matches["origin"] == PUBLISHED).to_numpy()
    row = np.where(published, matches["row"].to_numpy(dtype=np.int64), -1)
    as_published = np.zeros(len(lines), dtype=bool)
    as_published[matches["line"].to_numpy(dtype=np.int64)[typical[row]]] = True
    chosen = lines[as_published & (lines["status"] == "ok").to_numpy()]
    if chosen.empty:
        return []
    control_codes, controls = pd.factorize(keys["control"].astype(str))
    substance_codes, substances = pd.factorize(chosen["substance"])
    pairs = control_codes[chosen["key"].to_numpy(dtype=np.int64)] * len(substances) + substance_codes
    distinct, place = np.unique(pairs, return_inverse=True)
    acted = [
        bool(devices_on(str(controls[pair // len(substances)]), str(substances[pair % len(substances)]), vocabulary))
        for pair in distinct.tolist()
    ]
    part = chosen[np.array(acted, dtype=bool)[place]]
    groups = part.groupby(["card", "substance"], sort=True)["emission"].agg(["sum", "size"]).reset_index()
    return [
        Problem(
            "control_not_applied",
            level="warning",
            found=str(row["substance"]),
            facts={"card": str(row["card"]), "lines": str(row["size"]), "emission": f"{row['sum']:.6g}"},
        )
        for row in groups.to_dict("records")
    ]


def earlier_years(lines: pd.DataFrame, matches: pd.DataFrame, library: FactorLibrary) -> list[Problem]:
    """Return a note for each factor row of an earlier year that stands in."""
    late = matches[matches["earlier"].astype(bool) & matches["line"].isin(lines.index[lines["status"] == "ok"])]
    counts = late.groupby("row", sort=True)["line"].nunique()
    rows = library.rows
    return [
        Problem(
            "earlier_year",
            level="info",
            found=str(rows["factor_id"].iloc[int(str(row))]),
            facts={"year": str(rows["valid_to"].iloc[int(str(row))]), "lines": str(count)},
        )
        for row, count in counts.items()
    ]
