"""What a run says beside its numbers: rows that gave nothing, devices a factor does not know, sizes out of order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.arguments import PUBLISHED
from emissions.engine.columns import coded_column
from emissions.engine.keys import RATE_COLUMNS
from emissions.engine.lines import KindLines
from emissions.errors import Problem
from emissions.factors import FactorLibrary
from emissions.factors.match import devices_on, split_control
from emissions.methods import Card
from emissions.units import BASE_UNITS
from emissions.vocabulary import Vocabulary

_QUIET_USES = ("own_use", "loss", "transformation_output", "stock")
"""Uses for which a row without a line is no surprise."""
_PARTICLES = ("BC", "OC", "PM2.5", "PM10")
_NESTED = ((("BC",), "PM2.5"), (("BC", "OC"), "PM2.5"), (("OC",), "PM2.5"), (("PM2.5",), "PM10"))
"""Substances and the one whose mass holds theirs; the first that does not hold is said."""
_ROUNDING = 1e-9
"""A part that is larger than its whole by less than this share of it is rounding."""


def rows_without_lines(lines: KindLines, keys: pd.DataFrame, cards: Mapping[str, Card]) -> list[Problem]:
    """Return a note for each activity and use that no method serves and no expectation names.

    What a card computes with the quantity of another activity, as post-mining with what the mine produced, is said so.
    """
    without = np.ones(len(lines.chosen), dtype=bool)
    without[lines.kind] = False
    silent = without[lines.of_key]
    if not silent.any():
        return []
    frame = keys.loc[silent, ["activity", "use", "dimension", "year"]].astype(str)
    frame["quantity"] = lines.quantity[silent]
    groups = frame.groupby(["activity", "use", "dimension"], sort=True)
    sums = groups["quantity"].agg(["sum", "size"]).assign(years=groups["year"].agg(_years)).reset_index()
    given_with = _given_with(cards)
    return [
        Problem(
            "given_with_another" if row["activity"] in given_with else "rows_without_lines",
            level="info" if row["use"] in _QUIET_USES else "warning",
            found=str(row["activity"]),
            facts={
                "use": str(row["use"]),
                "quantity": f"{row['sum']:.6g}",
                "unit": BASE_UNITS.get(str(row["dimension"]), ""),
                "keys": str(row["size"]),
                "years": str(row["years"]),
                "activity": given_with.get(str(row["activity"]), ""),
            },
        )
        for row in sums.to_dict("records")
    ]


def _given_with(cards: Mapping[str, Card]) -> dict[str, str]:
    """Return the activities that are asked for in no row of their own -> the one whose quantity gives their lines."""
    served = {activity for card in cards.values() for activity in card.activities}
    return {
        argument.activity: card.activities[0]
        for card in cards.values()
        for argument in card.parameters.values()
        if argument.activity and argument.activity not in served and argument.category
    }


def _years(years: Iterable[str]) -> str:
    """Return years in words of digits: ``2020``, ``2018-2020``, ``2015, 2020``."""
    distinct = sorted({int(year) for year in years})
    runs = [[distinct[0]]] if distinct else []
    for year in distinct[1:]:
        if year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def controls_not_applied(
    lines: KindLines, matches: pd.DataFrame, keys: pd.DataFrame, library: FactorLibrary, vocabulary: Vocabulary
) -> list[Problem]:
    """Return a note for each card and substance whose factor is of a typical plant although the key states devices.

    Parameters
    ----------
    matches
        Of the lines as they were chosen for kinds.
    """
    codes, controls = coded_column(keys["control"])
    # codes are as small as their words are few: products need room
    control = codes[lines.first_key].astype(np.int64)[lines.kind]
    stated = np.array([bool(split_control(str(one))) for one in controls], dtype=bool)[control]
    if not stated.any():
        return []
    typical = np.append(library.column["basis"] == "as_published", [False])
    published = (matches["origin"] == PUBLISHED).to_numpy()
    as_published = _with_match(lines, matches, typical[np.where(published, matches["row"].to_numpy(), -1)])
    chosen = as_published & stated & (lines.table["status"] == "ok").to_numpy()
    substance, substances = coded_column(lines.table["substance"])
    distinct, place = np.unique(control[chosen] * len(substances) + substance[chosen], return_inverse=True)
    acted = [
        bool(devices_on(str(controls[pair // len(substances)]), str(substances[pair % len(substances)]), vocabulary))
        for pair in distinct.tolist()
    ]
    chosen[chosen] = np.array(acted, dtype=bool)[place]
    if not chosen.any():
        return []
    part = lines.of_rows(chosen)
    groups = part.assign(year=keys["year"].to_numpy()[part["key"].to_numpy(dtype=np.int64)]).groupby(
        ["card", "substance"], sort=True, observed=True
    )
    sums = groups["emission"].agg(["sum", "size"]).assign(years=groups["year"].agg(_years)).reset_index()
    return [
        Problem(
            "control_not_applied",
            level="warning",
            found=str(row["substance"]),
            facts={
                "card": str(row["card"]),
                "lines": str(row["size"]),
                "emission": f"{row['sum']:.6g}",
                "years": str(row["years"]),
            },
        )
        for row in sums.to_dict("records")
    ]


def efficiencies_taken_whole(lines: KindLines, matches: pd.DataFrame, keys: pd.DataFrame) -> list[Problem]:
    """Return a note, one at most, where published removal efficiencies are taken as they are.

    That is so for devices whose key states no collection efficiency or no operating rate: nothing is said of gas that
    passes the device by, or of hours in which it stands still. A measured removal is that of the plant.

    Parameters
    ----------
    matches
        Of the lines as they were chosen for kinds.
    """
    devices = (matches["device"] != "").to_numpy() & (matches["origin"] == PUBLISHED).to_numpy()
    devices &= matches["row"].to_numpy(dtype=np.int64) >= 0
    if not devices.any():
        return []
    unstated = keys[list(RATE_COLUMNS)].isna().any(axis=1).to_numpy()[lines.first_key]
    kinds = unstated & (lines.keys_of_kind > 0)
    whole = _with_match(lines, matches, devices) & kinds[lines.kind] & (lines.table["status"] == "ok").to_numpy()
    used = np.bincount(lines.of_key[(lines.quantity != 0) & (lines.of_key >= 0)], minlength=len(kinds))
    number = int(used[lines.kind[whole]].sum())
    if not number:
        return []
    names = lines.table["substance"][whole & (used[lines.kind] > 0)].astype(str).unique()
    facts = {"substances": ", ".join(sorted(names)), "sources": str(used[np.unique(lines.kind[whole])].sum())}
    return [Problem("efficiency_taken_whole", level="info", found=str(number), facts=facts)]


def earlier_years(lines: KindLines, matches: pd.DataFrame, library: FactorLibrary) -> list[Problem]:
    """Return a note for each factor row of an earlier year that stands in.

    Parameters
    ----------
    matches
        Of the lines as they were chosen for kinds.
    """
    late = matches.loc[matches["earlier"].astype(bool), ["row", "line"]].drop_duplicates()
    if late.empty:
        return []
    times = np.where(lines.table["status"] == "ok", lines.keys_of_kind[lines.kind], 0)
    used = np.zeros(int(late["line"].max()) + 1, dtype=np.int64)
    line = lines.table["line"].to_numpy(dtype=np.int64)
    np.add.at(used, line[line < len(used)], times[line < len(used)])
    counts = late.assign(lines=used[late["line"].to_numpy(dtype=np.int64)]).groupby("row", sort=True)["lines"].sum()
    counts = counts[counts > 0]
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


def parts_above_whole(lines: KindLines, keys: pd.DataFrame) -> list[Problem]:
    """Return a note wherever fine particles outweigh the coarser ones that hold them.

    Held to one another are the sums over all streams that count within one key: black and organic carbon with
    PM2.5, PM2.5 with PM10. A substance that was not estimated is held to nothing. The keys of one category and
    activity share a note, at the region and year where the excess is largest.
    """
    table = lines.table
    good = (table["status"] == "ok").to_numpy()
    factors = {name: _by_kind(lines, good & (table["substance"] == name).to_numpy()) for name in _PARTICLES}
    said = {whole: np.zeros(len(lines.chosen), dtype=bool) for _, whole in _NESTED}
    notes: list[Problem] = []
    for parts, whole in _NESTED:
        added = np.sum([factors[part] for part in parts], axis=0)
        above = added > factors[whole] * (1 + _ROUNDING)
        above &= ~said[whole]
        said[whole] |= above
        if not above.any():
            continue
        found = np.flatnonzero(np.append(above, False)[lines.of_key] & (lines.quantity != 0))
        kind, quantity = lines.of_key[found], lines.quantity[found]
        notes += _largest_excess(
            found, " + ".join(parts), whole, (added[kind] * quantity, factors[whole][kind] * quantity), keys
        )
    return notes


def _by_kind(lines: KindLines, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return the sum of the implied factors of some rows by kind, NaN for a kind without any."""
    kind = lines.kind[rows]
    sums = np.bincount(kind, weights=lines.table["ief"].to_numpy(dtype=np.float64)[rows], minlength=len(lines.chosen))
    return np.where(np.bincount(kind, minlength=len(sums)) > 0, sums, np.nan)


def _with_match(lines: KindLines, matches: pd.DataFrame, some: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell which rows of lines have some of the matches."""
    line = lines.table["line"].to_numpy(dtype=np.int64)
    own = matches["line"].to_numpy(dtype=np.int64)[some]
    found = np.zeros(int(max(line.max(initial=-1), own.max(initial=-1))) + 1, dtype=bool)
    found[own] = True
    flags: npt.NDArray[np.bool_] = found[line]
    return flags


def _largest_excess(
    found: npt.NDArray[np.int64], part: str, whole: str, amounts: tuple[Any, Any], keys: pd.DataFrame
) -> list[Problem]:
    """Return one note a category and activity, at the key where the part exceeds the whole by most."""
    if not len(found):
        return []
    names = ["category", "activity", "region", "year"]
    table = keys[names].iloc[found].astype(str).assign(part=amounts[0], whole=amounts[1])
    table["excess"] = (table["part"] - table["whole"]).abs()
    groups = table.groupby(["category", "activity"], sort=True)
    return [
        Problem(
            "part_above_whole",
            level="warning",
            found=part,
            facts={
                **{name: str(row[name]) for name in names},
                "whole": whole,
                "part_emission": f"{row['part']:.6g}",
                "whole_emission": f"{row['whole']:.6g}",
                "keys": str(size),
            },
        )
        for row, size in zip(
            table.loc[groups["excess"].idxmax()].to_dict("records"), groups.size().tolist(), strict=True
        )
    ]
