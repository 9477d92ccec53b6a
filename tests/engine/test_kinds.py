"""Keys that no factor row can tell apart are resolved once, and nobody can tell."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.engine.keys import complete, distinct_keys
from emissions.engine.kinds import kinds_of
from emissions.methods import Card
from emissions.vocabulary import load_vocabulary
from reference.workbench import activity_table, card, factor, frame, library, run

WORDS = load_vocabulary()
PLACES = ["150600", "150200", "130000", "110000"]
YEARS = [2005, 2010, 2015, 2016, 2020]


def kinds(root: Path, *rows: dict[str, str]) -> list[int]:
    """Return the kind of each region and year."""
    table = complete(frame([{"region": place, "year": year} for place, year in product(PLACES, YEARS)]), [], WORDS)
    found = kinds_of(distinct_keys(table, []).frame, library(root, *rows), {}, WORDS)
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


def activity_kinds(root: Path, fuels: list[str], rows: list[dict[str, str]], *cards: Card) -> dict[str, int]:
    """Return the number of kinds that the regions and years of each fuel are of."""
    items = [{"region": one, "year": year, "activity": fuel} for one, year, fuel in product(PLACES, YEARS, fuels)]
    keys = distinct_keys(complete(frame(items), [], WORDS), []).frame
    found = kinds_of(keys, library(root, *rows), {one.id: one for one in cards}, WORDS)
    of_key = pd.Series(found.of_key).groupby(keys["activity"].astype(str).to_numpy())
    return {str(fuel): int(count) for fuel, count in of_key.nunique().items()}


def test_rows_of_another_activity_tell_no_regions_or_years_apart(tmp_path: Path) -> None:
    rows = [factor("a", 1.0, "t/t", activity="diesel", region="150000", valid_from=2015), factor("b", 1.0, "t/t")]
    assert activity_kinds(tmp_path, ["diesel", "raw_coal"], rows) == {"diesel": 4, "raw_coal": 1}


def test_rows_of_an_activity_above_or_of_any_tell_them_apart(tmp_path: Path) -> None:
    for number, above in enumerate(("fuels", "")):
        rows = [factor("a", 1.0, "t/t", activity=above, region="150000")]
        assert activity_kinds(tmp_path / str(number), ["diesel", "raw_coal"], rows) == {"diesel": 2, "raw_coal": 2}


def test_rows_of_an_activity_that_a_card_asks_for_instead_tell_them_apart(tmp_path: Path) -> None:
    asked = {"parameters": {"emission_factor": {"activity": "diesel"}}}
    rows = [factor("a", 1.0, "t/t", activity="diesel", region="150000")]
    of_coal = card("one", activities=["raw_coal"], **asked)
    found = activity_kinds(tmp_path, ["diesel", "raw_coal", "gasoline"], rows, of_coal)
    assert found == {"diesel": 2, "raw_coal": 2, "gasoline": 1}


def test_each_region_and_year_has_its_own_factor_row(tmp_path: Path) -> None:
    rows = [factor(f"{place}-{year}", value, "t/t", region=place, valid_from=year, valid_to=year)
            for value, (place, year) in enumerate(product(PLACES, YEARS), start=1)]  # fmt: skip
    items = [{"region": place, "year": year} for place, year in product(PLACES, YEARS)]
    result = run(activity_table(*items), library(tmp_path, *rows), card("one"))
    own = result.lines[result.lines["substance"] == "CO2"].sort_values("key")
    assert own["ief"].tolist() == [float(one) for one in range(1, len(items) + 1)]
