"""What statistics and documents say of past years, as indicators that targets can be held against."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from emissions.errors import Problem, ScenarioError
from emissions.scenario.projection import INDICATOR_COLUMNS
from emissions.scenario.targets.data import Target, load_indicators, load_targets, read_rows

OBSERVED_COLUMNS = (*INDICATOR_COLUMNS, "id", "scope", "source", "grade", "note")


def observed_indicators(region: str, choose: Mapping[str, str] | None = None, root: Path | None = None) -> pd.DataFrame:
    """Return the observed values of a region, every vintage and scope of them.

    Parameters
    ----------
    region
        Six-digit region.
    choose
        Indicator -> text that the scope of a row must hold, such as ``{"gdp": "first release"}``: of that indicator
        the other rows are left out. Where several values of one year are left, evaluation refuses to pick one.
    root
        Folder with the tables; the installed one if not given.

    Returns
    -------
    pandas.DataFrame
        :data:`OBSERVED_COLUMNS`. ``id`` is ``baseline:ID`` or ``target:ID``: past values that the plans state are
        among them (grade blank), a published change under the name ``change:NAME:BASELINE_YEAR``. Values and units
        as printed.

    Raises
    ------
    ScenarioError
        A choice that leaves no row of its indicator.

    Examples
    --------
    >>> found = observed_indicators("150600")
    >>> found[found["indicator"] == "capacity_new_energy"][["year", "value", "grade"]].values.tolist()
    [[2018, 2.7, 'C'], [2025, 27.79, 'C']]
    >>> len(observed_indicators("150000", {"gdp": "first release"}).query("indicator == 'gdp'"))
    3
    """
    rows = [*_statistics(region, root), *_plans(region, root)]
    table = pd.DataFrame(rows, columns=list(OBSERVED_COLUMNS))
    for name, text in (choose or {}).items():
        own = table["indicator"] == name
        fits = own & table["scope"].str.contains(text, regex=False)
        if not fits.any():
            scopes = "; ".join(sorted(set(table.loc[own, "scope"])))
            raise ScenarioError([Problem("no_observed_row", found=text, allowed=scopes, facts={"indicator": name})])
        table = table[~own | fits]
    return table.reset_index(drop=True)


def _statistics(region: str, root: Path | None) -> list[tuple[object, ...]]:
    names = {row["indicator"]: row for row in read_rows("observed", root)}
    known = load_indicators(root)
    rows: list[tuple[object, ...]] = []
    for row in read_rows("baselines", root):
        if row["region_code"] != region:
            continue
        own = row["indicator"]
        boundary = known[own].boundary if own in known else ""
        name, boundary = (names[own]["name"], names[own]["boundary"]) if own in names else (own, boundary)
        rows.append(
            (
                name, int(row["year"]), float(row["value"]), row["unit"], boundary, f"baseline:{row['id']}",
                row["scope"], row["source_title"], row["evidence_grade"], row["note"],
            )
        )  # fmt: skip
    return rows


def _plans(region: str, root: Path | None) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for one in load_targets(root):
        found = _past_of(one) if one.region == region and one.reading != "contradictory_baseline" else None
        if found is not None:
            boundary = one.indicator.boundary
            rows.append((*found, one.unit, boundary, f"target:{one.id}", one.scope, one.document, one.grade, one.note))
    return rows


def _past_of(one: Target) -> tuple[str, int, float] | None:
    """Return name, year and value of what a plan says of the past; None where it says nothing."""
    own = one.source.removeprefix("indicator:") or one.indicator.name
    if one.indicator.kind != "change":
        if one.is_past and one.value is not None and one.year is not None:
            return own, one.year, one.value
        if one.baseline_value is None or one.baseline_year is None:
            return None
        return own, one.baseline_year, one.baseline_value
    if not one.is_past or one.value is None or one.year is None:
        return None
    return published_change(one), one.year, one.value


def published_change(one: Target) -> str:
    """Return the name under which a change that somebody published stands: ``change:NAME:BASELINE_YEAR``.

    Examples
    --------
    >>> from emissions.scenario.targets.data import targets_of
    >>> published_change(targets_of(["nm-ext-13fyp-carbon-intensity"], "150000")[0])
    'change:co2_intensity:2015'
    """
    return f"change:{one.changed}:{one.baseline_year}" if one.changed else one.indicator.name
