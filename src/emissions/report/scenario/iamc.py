"""Scenarios as the table of the Integrated Assessment Modeling Consortium: a row a variable, a column a year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from emissions.report.scenario.tables import inventory_by_year
from emissions.scenario.projection import Projection
from emissions.units import scale
from emissions.vocabulary import Language, label, load_vocabulary
from emissions.vocabulary.tables import read_yaml

COLUMNS = ("model", "scenario", "region", "variable", "unit")
MODEL = "emissions"
"""Name of the model where the caller gives none."""


def iamc_table(projections: Iterable[Projection], *, model: str = "", language: Language = "en") -> pd.DataFrame:
    """Return scenarios in the wide form: :data:`COLUMNS`, then one column a year (int).

    Parameters
    ----------
    model
        Name in the column ``model``; :data:`MODEL` if blank.
    language
        Language of the names of the regions.

    Notes
    -----
    Names of variables and units are those of the common definitions of the consortium (``iamc.yaml`` names the
    version). The territorial inventory is the boundary of all emissions; what belongs to the energy balance carries
    that in its name. A year that a scenario does not have is blank.
    """
    rows: dict[tuple[str, ...], dict[int, float]] = {}
    for one in projections:
        place = (model or MODEL, one.scenario.id, label("regions", one.scenario.region, language))
        for variable, unit, year, value in (*_emissions(one), *_indicators(one)):
            found = rows.setdefault((*place, variable, unit), {})
            found[year] = found.get(year, 0.0) + value
    years = sorted({year for values in rows.values() for year in values})
    table = pd.DataFrame(list(rows), columns=list(COLUMNS))
    for year in years:
        table[year] = [values.get(year, float("nan")) for values in rows.values()]
    return table


def write_iamc(table: pd.DataFrame, path: Path) -> None:
    """Write the table as CSV in UTF-8."""
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def variables_of(category: str) -> tuple[str, ...]:
    """Return what a category counts in behind ``Emissions|SPECIES``, those above included, the total as blank.

    Examples
    --------
    >>> variables_of("IPCC2006:1A1ai")
    ('', 'Energy', 'Energy|Supply', 'Energy|Supply|Electricity', 'Energy|Supply|Combustion')
    >>> variables_of("IPCC2006:2C1")
    ('', 'Industrial Processes')
    """
    known = _definitions()["categories"]
    for above in load_vocabulary().category_graph.ancestors(category):
        parts = known.get(above.partition(":")[2])
        if parts:
            return tuple(dict.fromkeys(["", *(one for part in parts for one in _upwards(part))]))
    return ("",)


def _upwards(variable: str) -> list[str]:
    parts = variable.split("|")
    return ["|".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _emissions(one: Projection) -> Iterable[tuple[str, str, int, float]]:
    species: Mapping[str, Mapping[str, Any]] = _definitions()["species"]
    for row in inventory_by_year(one).to_dict("records"):
        known = species.get(str(row["substance"]))
        if known is None:
            continue
        for part in variables_of(str(row["category"])):
            name = f"Emissions|{known['name']}" + (f"|{part}" if part else "")
            yield name, str(known["unit"]), int(row["year"]), float(row["emission"]) / float(known["tonnes"])


def _indicators(one: Projection) -> Iterable[tuple[str, str, int, float]]:
    definitions = _definitions()
    for name, variable in definitions["indicators"].items():
        table = one.indicators[one.indicators["indicator"] == name]
        for row in table.to_dict("records"):
            unit = str(row["unit"])
            target = str(definitions["units"].get(unit, unit))
            factor = scale("TWh", "EJ") if unit == "TWh" else 1.0
            yield str(variable), target, int(row["year"]), float(row["value"]) * factor


@cache
def _definitions() -> dict[str, Any]:
    text = files("emissions.report.scenario").joinpath("iamc.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = read_yaml(text)
    return found
