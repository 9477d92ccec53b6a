"""Columns as numbers of words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.engine.columns import (
    among,
    at_places,
    coded_column,
    in_order,
    in_words,
    is_same,
    occurring,
    of_words,
    one_word,
    same,
    smallest,
    with_number,
    with_word,
)

WORDS = st.lists(st.sampled_from(["coal", "", "diesel", "b"]), max_size=12)
NUMBERS = st.lists(st.sampled_from([np.nan, 0.0, -1.5, 300.0, 1e9]), max_size=12)
YEARS = st.lists(st.sampled_from([2005, 2020, 2021, 2400, -(2**62)]), max_size=12)


def told(column: pd.Series) -> list[object]:
    codes, values = coded_column(column)
    return values[codes].tolist()


def test_a_column_of_one_value_takes_no_memory_and_cannot_be_written_to() -> None:
    column = same(0.5, 4)
    assert column.tolist() == [0.5] * 4
    assert is_same(column)
    assert not is_same(np.full(4, 0.5))
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1.0


def test_a_frame_keeps_such_a_column_as_it_is() -> None:
    frame = pd.DataFrame({"number": same(np.nan, 5), "word": one_word("a", 5)}, copy=False)
    frame = pd.concat([pd.DataFrame({"other": range(5)}), frame], axis=1).assign(more=1)
    assert is_same(frame["number"].to_numpy())
    assert is_same(frame["word"].array.codes)


@given(words=WORDS, kind=st.sampled_from(["object", "str", "category"]))
def test_codes_tell_words(words: list[str], kind: str) -> None:
    column = pd.Series(words, dtype=object).astype(kind)  # type: ignore[call-overload]
    assert told(column) == words
    assert in_words(column).tolist() == words


@given(numbers=NUMBERS)
def test_codes_tell_numbers_and_no_number(numbers: list[float]) -> None:
    np.testing.assert_array_equal(np.array(told(pd.Series(numbers, dtype=np.float64)), dtype=float), numbers)
    codes, values = coded_column(pd.Series(numbers, dtype=np.float64))
    assert len(set(map(str, values))) == len(values)
    assert len(codes) == len(numbers)


@given(years=YEARS)
def test_codes_tell_whole_numbers_however_far_apart(years: list[int]) -> None:
    column = pd.Series(years, dtype=np.int64)
    assert told(column) == years
    assert coded_column(column)[1].dtype == np.int64


def test_what_all_rows_share_has_one_code_and_its_rows_are_not_numbered() -> None:
    for column in (same(np.nan, 6), same(7, 6), np.full(6, np.nan)):
        codes, values = coded_column(pd.Series(column, copy=False))
        assert is_same(codes)
        assert len(values) == 1
    for word in ("", "coal"):
        assert is_same(in_words(pd.Series([word] * 6, dtype="str")).codes)


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_a_missing_word_is_blank(kind: str) -> None:
    column = pd.Series(["a", None, "b", None], dtype=object).astype(kind)  # type: ignore[call-overload]
    assert in_words(column).tolist() == ["a", "", "b", ""]
    assert in_words(column[1:2]).tolist() == [""]
    assert in_words(column[:2]).tolist() == ["a", ""]


def test_a_word_between_others_is_not_overlooked() -> None:
    assert in_words(pd.Series(["a", "b", "a"], dtype="str")).tolist() == ["a", "b", "a"]


@given(words=WORDS, unused=st.booleans())
def test_words_in_order_are_those_that_occur(words: list[str], unused: bool) -> None:
    known = sorted({*words, *(["x", "a"] if unused else [])}, reverse=True)
    codes = np.array([known.index(word) for word in words], dtype=np.int8)
    found = in_order(codes, known)
    assert found.tolist() == words
    assert found.categories.tolist() == sorted(set(words))


def test_places_are_taken_from_one_value_without_rows() -> None:
    places = np.array([0, 2])
    assert at_places(np.array([5, 6, 7]), places).tolist() == [5, 7]
    assert is_same(at_places(same(5, 3), places))
    assert at_places(same(5, 3), places).tolist() == [5, 5]
    column = np.array([5, 6])
    assert at_places(column, np.array([0, 1])) is column


@given(codes=st.lists(st.integers(0, 19), max_size=30), good=st.sets(st.integers(0, 19)))
def test_among_tells_codes_of_a_set(codes: list[int], good: set[int]) -> None:
    found = among(np.array(codes, dtype=np.int8), sorted(good), 20)
    assert found.tolist() == [code in good for code in codes]


def test_among_looks_at_one_row_of_one_value() -> None:
    assert among(same(np.int8(1), 3), [1, 2], 4).tolist() == [True] * 3
    assert among(same(np.int8(0), 3), [1, 2], 4).tolist() == [False] * 3
    assert among(same(np.int8(0), 0), [0], 1).tolist() == []


def test_occurring_tells_which_codes_there_are() -> None:
    assert occurring(np.array([0, 2, 2]), 4).tolist() == [True, False, True, False]
    assert occurring(same(np.int8(1), 3), 2).tolist() == [False, True]
    assert occurring(np.empty(0, dtype=np.int8), 1).tolist() == [False]


@pytest.mark.parametrize("word", ["b", "new"])
def test_some_rows_get_another_word(word: str) -> None:
    column = pd.Series(pd.Categorical(["a", "b", "a"]))
    assert with_word(column, np.array([True, False, False]), word).tolist() == [word, "b", "a"]
    assert column.tolist() == ["a", "b", "a"]


def test_a_word_more_than_the_smallest_type_numbers() -> None:
    for count in (126, 127, 128):
        words = [f"w{number}" for number in range(count)]
        found = with_word(pd.Series(of_words(np.arange(count), words)), np.arange(count) == 3, "new")
        assert found.tolist() == [*words[:3], "new", *words[4:]]


def test_some_rows_get_another_number() -> None:
    column = pd.Series([np.nan, 2.0])
    assert with_number(column, np.array([True, False]), 3.0).tolist() == [3.0, 2.0]
    assert np.isnan(column[0])


def test_the_smallest_type_holds_the_number_of_each_word() -> None:
    for words in (127, 128, 32_767, 32_768):
        assert np.iinfo(smallest(words)).max >= words - 1
    assert smallest(127) is np.int8
    assert smallest(32_767) is np.int16
