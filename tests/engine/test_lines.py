"""Lines of kinds become lines of keys; words stay numbers of words until they are read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.engine.lines import KindLines, as_texts, coded, distinct, marked

LINES = pd.DataFrame(
    {"key": [0, 0, 1], "substance": ["a", "b", "a"], "status": "ok", "reason": "", "ief": [1.0, 2.0, 3.0]}
)
MATCHES = pd.DataFrame({"line": [0, 1, 1, 2], "argument": ["x", "x", "y", "x"], "row": [10, 11, 12, 13]})


def kinds(of_key: list[int], quantity: list[float] | None = None, lines: pd.DataFrame = LINES) -> KindLines:
    number = np.array(quantity) if quantity else np.ones(len(of_key))
    return KindLines.of(lines, np.array(of_key, dtype=np.int64), number)


def told(lines: pd.DataFrame) -> list[tuple[int, str, str]]:
    return list(as_texts(lines)[["key", "substance", "status"]].itertuples(index=False, name=None))


def test_lines_of_a_kind_become_lines_of_its_keys() -> None:
    lines = kinds([1, 0, 0], [10.0, 20.0, 30.0])
    whole = lines.of_all_keys
    matches = as_texts(lines.matches_of_all(MATCHES))
    rows = [
        (key, substance, ief, quantity, emission, tuple(matches.loc[matches["line"] == number, "row"]))
        for number, (key, substance, ief, quantity, emission) in enumerate(
            whole[["key", "substance", "ief", "quantity", "emission"]].itertuples(index=False)
        )
    ]
    assert rows == [
        (1, "a", 1.0, 20.0, 20.0, (10,)),
        (2, "a", 1.0, 30.0, 30.0, (10,)),
        (1, "b", 2.0, 20.0, 40.0, (11, 12)),
        (2, "b", 2.0, 30.0, 60.0, (11, 12)),
        (0, "a", 3.0, 10.0, 30.0, (13,)),
    ]
    assert len(lines) == len(whole) == 5
    assert matches["argument"].dtype == "str"


def test_lines_without_matches_and_none_at_all_are_spread_too() -> None:
    assert kinds([0, 0], lines=LINES.iloc[:1]).of_all_keys["key"].tolist() == [0, 1]
    assert kinds([0, 0], lines=LINES.iloc[:1]).matches_of_all(MATCHES.iloc[:0]).empty
    nothing = kinds([0, 0], lines=LINES.iloc[:0])
    assert nothing.of_all_keys.empty
    assert len(nothing) == 0


def test_keys_that_are_not_there_have_no_lines() -> None:
    lines = kinds([1, 0, 0]).without_keys(np.array([False, True, False]))
    assert [key for key, *_ in told(lines.of_all_keys)] == [2, 2, 0]
    assert lines.keys_of_kind.tolist() == [1, 1]
    assert lines.first_key.tolist() == [2, 0]
    assert kinds([0]).without_keys(np.array([True])).first_key.tolist() == [-1, -1]


def test_lines_of_some_rows_know_their_row() -> None:
    found = kinds([1, 0, 0]).of_rows(np.array([False, True, True]))
    assert found[["key", "row"]].to_numpy().tolist() == [[1, 1], [2, 1], [0, 2]]


def test_kinds_are_split_where_keys_differ() -> None:
    lines, row = kinds([1, 0, 0, 0]).split(np.array([5, 0, 5, 0]))
    assert row.tolist() == [0, 0, 1, 1, 2]
    later = lines.with_status(np.array([False, True, False, False, True]), "IE", "elsewhere")
    assert told(later.of_all_keys) == [
        (1, "a", "ok"), (2, "a", "IE"), (3, "a", "ok"), (1, "b", "ok"), (2, "b", "ok"), (3, "b", "ok"), (0, "a", "IE"),
    ]  # fmt: skip
    same, row = lines.split(np.array([1, 1, 0, 1]))
    assert same is lines
    assert row.tolist() == [0, 1, 2, 3, 4]


@given(
    keys=st.lists(st.tuples(st.integers(-1, 1), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=9),
)
def test_splitting_moves_no_line(keys: list[tuple[int, int, int]]) -> None:
    of_key, first, second = (np.array(column) for column in zip(*keys, strict=True))
    whole = KindLines.of(LINES, of_key, np.arange(len(keys)) + 1.0)
    once, row = whole.split(first)
    twice, again = once.split(second)
    pd.testing.assert_frame_equal(twice.of_all_keys, whole.of_all_keys)
    pd.testing.assert_frame_equal(twice.matches_of_all(MATCHES), whole.matches_of_all(MATCHES))
    assert whole.table["substance"].iloc[row[again]].tolist() == twice.table["substance"].tolist()
    for lines, codes in ((once, first), (twice, first), (twice, second)):
        for kind in set(lines.of_key[lines.of_key >= 0].tolist()):
            assert len(set(codes[lines.of_key == kind].tolist())) == 1


@pytest.mark.parametrize("span", [10, 1 << 40])
def test_distinct_numbers_and_their_places(span: int) -> None:
    known, place = distinct(np.array([7, -1, 3, 7]), span)
    assert known.tolist() == [3, 7]
    assert place.tolist() == [1, -1, 0, 1]


def test_words_are_numbers_until_they_are_read() -> None:
    lines = kinds([0, 1]).of_all_keys
    assert isinstance(lines["substance"].dtype, pd.CategoricalDtype)
    assert as_texts(lines).dtypes["substance"] == "str"
    assert as_texts(lines)["substance"].tolist() == ["a", "b", "a"]


def test_some_lines_get_another_status_and_reason() -> None:
    for lines in (kinds([0, 1]).of_all_keys, LINES):
        found = as_texts(marked(lines, np.array([True, False, True]), "IE", "counted"))
        assert found["status"].tolist() == ["IE", "ok", "IE"]
        assert found["reason"].tolist() == ["counted", "", "counted"]
        assert lines["status"].tolist() == ["ok"] * 3


def test_more_words_than_a_byte_numbers_keep_apart() -> None:
    many = pd.DataFrame({"key": 0, "substance": [f"s{number}" for number in range(300)], "status": "ok"})
    lines = coded(many.assign(reason=many["substance"]))
    found = as_texts(marked(lines, np.arange(300) == 299, "NE", "new"))
    assert found["reason"].tolist() == [f"s{number}" for number in range(299)] + ["new"]
