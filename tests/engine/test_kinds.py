"""Keys that no factor row can tell apart are resolved once, and nobody can tell."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.engine.keys import complete, distinct_keys
from emissions.engine.kinds import kinds_of, spread
from emissions.vocabulary import load_vocabulary
from reference.workbench import activity_table, card, factor, frame, library, run

WORDS = load_vocabulary()
PLACES = ["150600", "150200", "130000", "110000"]
YEARS = [2005, 2010, 2015, 2016, 2020]


def kinds(root: Path, *rows: dict[str, str]) -> list[int]:
    """Return the kind of each region and year."""
    table = complete(frame([{"region": place, "year": year} for place, year in product(PLACES, YEARS)]), [], WORDS)
    found = kinds_of(distinct_keys(table, []).frame, library(root, *rows), WORDS)
    assert len(found.frame) == len(set(found.of_key.tolist()))
    return [int(one) for one in found.of_key]


def test_where_no_row_names_a_region_or_year_all_are_alike(tmp_path: Path) -> None:
    assert set(kinds(tmp_path, factor("a", 1.0, "t/t"))) == {0}


def test_regions_are_alike_where_the_same_rows_fit_them(tmp_path: Path) -> None:
    found = kinds(tmp_path, factor("a", 1.0, "t/t", region="150000"), factor("b", 1.0, "t/t", region="CN"))
    by_place = np.array(found).reshape(len(PLACES), len(YEARS))
    assert (by_place[0] == by_place[1]).all()
    assert (by_place[2] == by_place[3]).all()
    assert not np.isin(by_place[0], by_place[2]).any()


@pytest.mark.parametrize(
    ("validity", "groups"),
    [
        ({"valid_from": 2010, "valid_to": 2015}, [[2005], [2010, 2015], [2016, 2020]]),
        ({"valid_from": 2016}, [[2005, 2010, 2015], [2016, 2020]]),
        ({"valid_to": 2015}, [[2005, 2010, 2015], [2016, 2020]]),
        ({"valid_from": 2010, "valid_to": 2010}, [[2005], [2010], [2015, 2016, 2020]]),
    ],
)
def test_years_are_alike_inside_and_behind_the_same_validities(
    tmp_path: Path, validity: dict[str, int], groups: list[list[int]]
) -> None:
    found = kinds(tmp_path, factor("a", 1.0, "t/t", **validity))[: len(YEARS)]
    by_kind: dict[int, list[int]] = {}
    for year, kind in zip(YEARS, found, strict=True):
        by_kind.setdefault(kind, []).append(year)
    assert sorted(by_kind.values()) == groups


def test_lines_of_a_kind_become_lines_of_its_keys() -> None:
    lines = pd.DataFrame({"key": [0, 0, 1], "substance": ["a", "b", "a"], "ief": [1.0, 2.0, 3.0]})
    matches = pd.DataFrame({"line": [0, 1, 1, 2], "row": [10, 11, 12, 13]})
    spread_lines, spread_matches = spread(lines, matches, np.array([1, 0, 0]))
    told = {
        (key, substance, ief, tuple(spread_matches.loc[spread_matches["line"] == number, "row"]))
        for number, (key, substance, ief) in enumerate(
            spread_lines[["key", "substance", "ief"]].itertuples(index=False)
        )
    }
    assert told == {
        (0, "a", 3.0, (13,)),
        (1, "a", 1.0, (10,)),
        (2, "a", 1.0, (10,)),
        (1, "b", 2.0, (11, 12)),
        (2, "b", 2.0, (11, 12)),
    }


def test_lines_without_matches_are_spread_too() -> None:
    lines = pd.DataFrame({"key": [0], "substance": ["a"], "ief": [np.nan]})
    spread_lines, spread_matches = spread(lines, pd.DataFrame({"line": [], "row": []}), np.array([0, 0]))
    assert spread_lines["key"].tolist() == [0, 1]
    assert spread_matches.empty


def test_each_region_and_year_has_its_own_factor_row(tmp_path: Path) -> None:
    rows = [factor(f"{place}-{year}", value, "t/t", region=place, valid_from=year, valid_to=year)
            for value, (place, year) in enumerate(product(PLACES, YEARS), start=1)]  # fmt: skip
    items = [{"region": place, "year": year} for place, year in product(PLACES, YEARS)]
    result = run(activity_table(*items), library(tmp_path, *rows), card("one"))
    own = result.lines[result.lines["substance"] == "CO2"].sort_values("key")
    assert own["ief"].tolist() == [float(one) for one in range(1, len(items) + 1)]
