"""Distinct keys: everything about a row except how much."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from emissions.engine.columns import is_same, same
from emissions.engine.keys import complete, distinct_keys, first_places, numbered
from emissions.vocabulary import load_vocabulary
from reference.workbench import frame

WORDS = load_vocabulary()


def keyed(*items: dict[str, object]) -> tuple[pd.DataFrame, list[int]]:
    rows = complete(frame(items), ["technology", "capacity_MW", "sector"], WORDS)
    keys = distinct_keys(rows, ["technology", "capacity_MW", "sector"])
    assert len(keys) == len(keys.frame)
    return keys.frame, keys.of_row.tolist()


def test_rows_that_differ_only_in_how_much_share_a_key() -> None:
    frame, of_row = keyed({"quantity": 1.0}, {"quantity": 2.0, "facility": "a", "low": 1.0, "cell": "Z9"})
    assert of_row == [0, 0]
    assert len(frame) == 1


def test_every_column_of_the_key_tells_rows_apart() -> None:
    others = [
        {"region": "150200"}, {"year": 2021}, {"category": "IPCC2006:1A2a"}, {"activity": "anthracite"},
        {"use": "feedstock"}, {"dimension": "energy"}, {"control": "none"}, {"technology": "boiler"},
        {"capacity_MW": 300.0}, {"collection_efficiency": 0.9}, {"operating_rate": 0.9}, {"measured": 1},
    ]  # fmt: skip
    rows = complete(frame([{}, *others]), ["technology", "capacity_MW", "sector"], WORDS)
    for name in ("collection_efficiency", "operating_rate", "measured"):
        blank = -1 if name == "measured" else np.nan
        rows[name] = [blank, *(other.get(name, blank) for other in others)]
    keys = distinct_keys(rows, ["technology", "capacity_MW", "sector"])
    assert keys.of_row.tolist() == list(range(len(others) + 1))


def test_numbers_that_are_not_stated_are_equal() -> None:
    _, of_row = keyed({"capacity_MW": np.nan}, {"capacity_MW": 300.0}, {"capacity_MW": np.nan})
    assert of_row == [0, 1, 0]


def test_keys_stand_in_order_of_first_appearance() -> None:
    table, of_row = keyed({"region": "150900"}, {"region": "150100"}, {"region": "150500"}, {"region": "150100"})
    assert of_row == [0, 1, 2, 1]
    assert table["region"].astype(str).tolist() == ["150900", "150100", "150500"]


def test_no_rows_give_no_keys() -> None:
    rows = complete(frame([{}]).iloc[:0], ["technology"], WORDS)
    assert len(distinct_keys(rows, ["technology"])) == 0


def test_completing_adds_conditions_rates_and_the_sector_of_the_category() -> None:
    stated = frame([{"category": "IPCC2006:1A1ai"}, {"category": "IPCC2006:1A4b"}, {"category": "IPCC2006:2A1"}])
    rows = complete(stated.assign(sector=["", "residential_own", ""]), ["technology", "capacity_MW", "sector"], WORDS)
    assert rows["technology"].tolist() == ["", "", ""]
    assert rows["capacity_MW"].isna().all()
    assert rows["collection_efficiency"].isna().all()
    assert rows["measured"].tolist() == [-1, -1, -1]
    assert rows["sector"].tolist() == ["power_generation", "residential_own", WORDS.sector_of("IPCC2006:2A1")]


def test_completing_leaves_its_argument_alone() -> None:
    stated = frame([{}])
    complete(stated, ["technology"], WORDS)
    assert "technology" not in stated.columns


ROWS = st.lists(st.tuples(*[st.integers(0, 2)] * 4), max_size=25)
SIZES = st.lists(st.sampled_from([3, 50, 300, 70_000, 2**33]), min_size=4, max_size=4)


@given(rows=ROWS, sizes=SIZES)
def test_rows_are_numbered_in_order_of_first_appearance(rows: list[tuple[int, ...]], sizes: list[int]) -> None:
    seen: dict[tuple[int, ...], int] = {}
    expected = [seen.setdefault(row, len(seen)) for row in rows]
    codes = np.array(rows, dtype=np.int8).reshape(len(rows), 4).T
    found = numbered(len(rows), list(zip(codes, map(range, sizes), strict=True)))
    assert found.tolist() == expected
    assert found.dtype == np.int64
    assert first_places(found).tolist() == [expected.index(number) for number in range(len(seen))]


def test_many_rows_of_many_columns_are_numbered() -> None:
    size = 100_000
    number = np.arange(size)
    columns = [(number // step % 10, range(10)) for step in (1, 10, 100, 1000, 10_000)] + [(number % 7, range(7))] * 3
    assert (numbered(size, columns) == number).all()
    twice = [(np.concatenate([codes, codes[::-1]]), values) for codes, values in columns]
    found = numbered(2 * size, twice)
    assert (found == np.concatenate([number, number[::-1]])).all()
    assert (first_places(found) == number).all()


def test_one_value_of_a_column_tells_no_rows_apart() -> None:
    assert numbered(3, [(same(np.int8(0), 3), ["a"]), (np.array([1, 0, 1]), ["a", "b"])]).tolist() == [0, 1, 0]
    assert numbered(2, []).tolist() == [0, 0]


def test_what_no_row_states_takes_no_memory() -> None:
    rows = complete(frame([{}, {"region": "150900"}, {}]), ["technology", "capacity_MW"], WORDS)
    for table in (rows, distinct_keys(rows, ["technology", "capacity_MW"]).frame):
        assert is_same(table["technology"].array.codes)
        assert is_same(table["capacity_MW"].to_numpy())
        assert is_same(table["measured"].to_numpy())


def test_a_stated_sector_stays_beside_those_of_categories() -> None:
    stated = frame([{"category": "IPCC2006:1A1ai"}, {"category": "IPCC2006:1A4b"}]).assign(sector="residential_own")
    assert complete(stated, ["sector"], WORDS)["sector"].tolist() == ["residential_own"] * 2
    assert complete(stated, [], WORDS)["sector"].tolist() == ["residential_own"] * 2
