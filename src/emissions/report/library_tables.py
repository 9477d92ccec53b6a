"""Tables about a factor library: packages, rivals of a row, conflicts, uses in a result, differences of two sets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from emissions.engine import Run
from emissions.engine.lines import as_texts
from emissions.errors import Problem, ResultError
from emissions.factors import FactorLibrary
from emissions.factors.common_unit import common_unit
from emissions.factors.library import GRADES, data_root
from emissions.methods import Card, load_cards
from emissions.vocabulary import Graph, load_vocabulary, normalise

_SAME = ("parameter", "substance", "stream", "activity", "category", "control", "basis")
"""Columns in which two rows that are for the same thing agree, beside the conditions."""


def package_table(library: FactorLibrary) -> pd.DataFrame:
    """Return the packages of a set: package, version, rows, rows of each grade, title in both languages."""
    records = []
    for pin in library.set.packages:
        rows = library.rows[(library.rows["package"] == pin.package) & (library.rows["version"] == pin.version)]
        grades = rows["grade"].value_counts()
        titles = package_titles(pin.package, pin.version)
        records.append(
            {
                "package": pin.package,
                "version": pin.version,
                "rows": len(rows),
                **{grade: int(grades.get(grade, 0)) for grade in GRADES},
                **titles,
            }
        )
    return pd.DataFrame(records)


def package_titles(package: str, version: str) -> dict[str, str]:
    """Return the titles of a package of the installation, blank where it is none."""
    path = data_root() / "packages" / package / version / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    title = str(described.get("title", ""))
    return {"title_zh": title, "title_en": str(described.get("title_en", title))}


def find_row(library: FactorLibrary, factor: str) -> int:
    """Return the row number of a factor.

    Raises
    ------
    ResultError
        If there is none of this id, with those whose ids are near.
    """
    found = np.flatnonzero(library.column["factor_id"] == factor)
    if len(found):
        return int(found[0])
    from difflib import get_close_matches

    near = get_close_matches(factor, [str(one) for one in library.column["factor_id"]], n=1, cutoff=0.5)
    raise ResultError([Problem("unknown_factor", found=factor, nearest=near[0] if near else "")])


def cards_using(row: Mapping[str, Any]) -> list[Card]:
    """Return the method cards that may take a factor row: parameter, substance, activity and category can meet."""
    words = load_vocabulary()
    return [card for card in load_cards().values() if _takes(card, row, words.activity_graph, words.category_graph)]


def _takes(card: Card, row: Mapping[str, Any], activities: Graph, categories: Graph) -> bool:
    for name, argument in card.parameters.items():
        substances = card.substances if argument.substance is None else (argument.substance,)
        if (argument.parameter or name) != row["parameter"] or argument.origin == "measured":
            continue
        if row["substance"] and row["substance"] not in substances:
            continue
        if (argument.basis or ("",)) != ("",) and row["basis"] not in argument.basis:
            continue
        wanted = (argument.activity,) if argument.activity else card.activities
        if row["activity"] and not any(_related(str(row["activity"]), one, activities) for one in wanted):
            continue
        places = {other for one in card.categories for other in _served(one)}
        if not row["category"] or any(_related(str(row["category"]), one, categories) for one in places):
            return True
    return False


@cache
def _served(category: str) -> tuple[str, ...]:
    """Return a category and those of other schemes that stand for it or what is below it."""
    words = load_vocabulary()
    below = words.category_graph.descendants(category)
    return (category, *dict.fromkeys(other for one in sorted(below) for other in words.crosswalk.get(one, ())))


def _related(first: str, second: str, graph: Graph) -> bool:
    return second in graph.ancestors(first) or first in graph.ancestors(second)


def rivals(library: FactorLibrary, number: int) -> pd.DataFrame:
    """Return the other rows of the same parameter, substance, stream and activity."""
    row, rows = library.rows.iloc[number], library.rows
    same = np.arange(len(rows)) != number
    for name in ("parameter", "substance", "activity", "stream", "control"):
        same &= (rows[name] == row[name]).to_numpy(dtype=bool)
    found: pd.DataFrame = rows.loc[same]
    return found


def search_rows(library: FactorLibrary, words: Sequence[str]) -> pd.DataFrame:
    """Return the rows that hold all words: in ids, labels in both languages, aliases, source or note."""
    known = load_vocabulary()
    texts = {
        "activity": _spellings(known.activities),
        "parameter": _spellings(known.parameters),
        "substance": _spellings(known.substances),
        "category": _spellings(known.categories),
        "region": _spellings(known.regions),
        "control": _spellings(known.controls),
        "source": {name: source.get("title", "") for name, source in library.sources.items()},
    }
    hay = pd.Series("", index=library.rows.index)
    for name in ("factor_id", "note", "locator", "package", *library.condition_columns, *texts):
        column = library.rows[name].astype(str)
        spelled = {word: normalise(f"{word} {texts.get(name, {}).get(word, '')}") for word in column.unique()}
        hay = hay + " " + column.map(spelled)
    fits = np.ones(len(hay), dtype=bool)
    for word in words:
        fits &= hay.str.contains(normalise(word), regex=False).to_numpy()
    return library.rows[fits]


def _spellings(table: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        word: " ".join((row.get("label_zh", ""), row.get("label_en", ""), row.get("aliases", "")))
        for word, row in table.items()
    }


def uses(run: Run, number: int) -> pd.DataFrame:
    """Return the lines of a result that take a factor row, largest first, with the columns of their key."""
    from emissions.report.tables import used_lines

    taken = run.matches[(run.matches["origin"] == 0) & (run.matches["row"] == number)]["line"]
    lines = as_texts(used_lines(run))
    found = lines[lines["line"].isin(set(taken))]
    return found.loc[found["emission"].abs().sort_values(ascending=False, kind="stable").index]


# ---------------------------------------------------------------- conflicts


def conflicts(library: FactorLibrary, *, parameter: str = "", beyond: float = 0.01) -> pd.DataFrame:
    """Return pairs of rows of two packages that are for the same thing and differ in value.

    Parameters
    ----------
    parameter
        Only this one.
    beyond
        Least relative difference.

    Returns
    -------
    pandas.DataFrame
        parameter, substance, activity, category, unit, and of both rows id, package, value (in that unit), region;
        ``difference`` relative to the smaller; largest first.
    """
    rows = library.rows if not parameter else library.rows[library.rows["parameter"] == parameter]
    rows = rows[np.isfinite(rows["value"])]
    units = {
        (str(unit), str(name)): common_unit(str(unit), str(name))
        for unit, name in set(zip(rows["unit"], rows["parameter"], strict=True))
    }
    pairs = [units[str(unit), str(name)] for unit, name in zip(rows["unit"], rows["parameter"], strict=True)]
    rows = rows.assign(
        _unit=[unit for unit, _ in pairs],
        _value=[value * factor for value, (_, factor) in zip(rows["value"], pairs, strict=True)],
    )
    columns = [*_SAME, *library.condition_columns, "_unit"]
    several = rows.groupby(columns, sort=False, dropna=False)["package"].transform("nunique") > 1
    found = [
        pair
        for _, part in rows[several.to_numpy()].groupby(columns, sort=False, dropna=False)
        for pair in _different(part.to_dict("records"), beyond)
    ]
    table = pd.DataFrame(found)
    return table.sort_values("difference", ascending=False, kind="stable", ignore_index=True) if len(table) else table


def _different(rows: Iterable[Mapping[Any, Any]], beyond: float) -> Iterator[dict[str, Any]]:
    graph = load_vocabulary().region_graph
    for one, other in combinations(rows, 2):
        if one["package"] == other["package"] or not _meet(one, other, graph):
            continue
        least = min(abs(one["_value"]), abs(other["_value"]))
        gap = abs(one["_value"] - other["_value"])
        if gap <= beyond * least or gap == 0:
            continue
        yield {
            **{name: one[name] for name in ("parameter", "substance", "activity", "category")},
            "unit": one["_unit"],
            **{
                f"{name}_{number}": row[column]
                for number, row in ((1, one), (2, other))
                for name, column in (
                    ("id", "factor_id"),
                    ("package", "package"),
                    ("value", "_value"),
                    ("region", "region"),
                )
            },
            "difference": gap / least if least else float("inf"),
        }


def _meet(one: Mapping[Any, Any], other: Mapping[Any, Any], graph: Graph) -> bool:
    """Tell whether two rows can be for one place and year."""
    places = not one["region"] or not other["region"] or _related(str(one["region"]), str(other["region"]), graph)
    start = max(float(row["valid_from"] or -np.inf) for row in (one, other))
    end = min(float(row["valid_to"] or np.inf) for row in (one, other))
    return places and start <= end


# ---------------------------------------------------------------- two sets


def set_difference(first: FactorLibrary, second: FactorLibrary) -> pd.DataFrame:
    """Return rows that only one of two libraries has, or that differ: id, change, both values, unit."""
    one, two = (_indexed(library) for library in (first, second))
    names = list(dict.fromkeys([*one, *two]))
    records = []
    for name in names:
        before, after = one.get(name), two.get(name)
        if before == after:
            continue
        change = "added" if before is None else "removed" if after is None else "changed"
        some: Mapping[str, Any] = after or before or {}
        records.append(
            {
                "package": name[0],
                "factor_id": name[1],
                "change": change,
                "parameter": some["parameter"],
                "substance": some["substance"],
                "activity": some["activity"],
                "value_1": before["value"] if before else np.nan,
                "value_2": after["value"] if after else np.nan,
                "unit": some["unit"],
            }
        )
    return pd.DataFrame(
        records,
        columns=["package", "factor_id", "change", "parameter", "substance", "activity", "value_1", "value_2", "unit"],
    )


def _indexed(library: FactorLibrary) -> dict[tuple[str, str], dict[str, Any]]:
    rows = library.rows.drop(columns=["version"]).astype(object)
    records = rows.where(rows.notna(), None).to_dict("records")
    return {
        (str(row["package"]), str(row["factor_id"])): {
            str(name): value for name, value in row.items() if value not in (None, "")
        }
        | _kept(row)
        for row in records
    }


def _kept(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("parameter", "substance", "activity", "value", "unit")}
