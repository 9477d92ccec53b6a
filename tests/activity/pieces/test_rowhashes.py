"""The same text has the same hash in every form; other texts have others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emissions.activity.cells import text_of
from emissions.activity.pieces import rowhashes
from emissions.activity.pieces.rowhashes import blanks, column_hashes, mixed


def hashes(*values: Any, kind: Any = None) -> list[tuple[int, int]]:
    """Return the hashes of a column of values."""
    pair, _ = column_hashes(pa.chunked_array([pa.array(values, kind)]))
    return list(zip(pair.one.tolist(), pair.two.tolist(), strict=True))


@given(st.lists(st.text(max_size=40)))
def test_texts_are_told_apart_as_stripped_texts_are(texts: list[str]) -> None:
    found = hashes(*texts, kind=pa.string())
    stripped = [text.strip() for text in texts]
    assert len(set(found)) == len(set(stripped))
    assert len({one for one, _ in found}) == len({two for _, two in found}) == len(set(stripped))
    assert len(set(zip(stripped, found, strict=True))) == len(set(stripped))
    _, stated = column_hashes(pa.chunked_array([pa.array(texts, pa.string())]))
    assert stated.tolist() == [text != "" for text in stripped]


@given(st.lists(st.floats(), min_size=1))
def test_numbers_are_hashed_as_their_texts(values: list[float]) -> None:
    assert hashes(*values, kind=pa.float64()) == hashes(*map(text_of, values), kind=pa.string())


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9), min_size=1))
def test_whole_numbers_are_hashed_as_their_texts(values: list[int]) -> None:
    texts = hashes(*map(str, values), kind=pa.string())
    assert hashes(*values, kind=pa.int64()) == texts
    assert hashes(*values, None, kind=pa.int64()) == [*texts, *hashes("")]


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.uint8(), pa.uint64(), pa.int64()])
def test_the_ends_of_every_range_of_whole_numbers_are_read(kind: pa.DataType) -> None:
    limits = np.iinfo(kind.to_pandas_dtype())
    for values in ([limits.min, limits.max], [limits.max - 1, limits.max], [limits.min + 1, limits.min]):
        assert hashes(*values, kind=kind) == hashes(*map(str, values))


def test_floats_of_ordinary_size_are_written_as_python_writes_them() -> None:
    draw = np.random.default_rng(1)
    values = np.exp(draw.uniform(np.log(1e-6), np.log(1e18), 5000)).tolist()
    assert hashes(*values) == hashes(*map(text_of, values))


@pytest.mark.parametrize(
    "form",
    [
        lambda texts: pa.array(texts, pa.large_string()),
        lambda texts: pa.array(texts, pa.string()).dictionary_encode(),
        lambda texts: pa.array(["x", *texts, "y"], pa.string()).slice(1, len(texts)),
        lambda texts: pa.DictionaryArray.from_arrays(
            pa.array([None if text is None else place for place, text in enumerate(texts)], pa.int8()),
            pa.array([f" {text}" for text in texts]),
        ),
        lambda texts: pa.chunked_array([pa.array(texts[:2], pa.string()), pa.array(texts[2:], pa.string())]),
    ],
    ids=["large", "dictionary", "slice", "null codes", "chunks"],
)
def test_every_form_of_a_text_has_one_hash(form: Any) -> None:
    texts = ["电厂", None, "a", "12345678", "123456789", "", "电厂 二号机组 2020"]
    column = form(texts)
    column = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    pair, stated = column_hashes(column)
    assert list(zip(pair.one.tolist(), pair.two.tolist(), strict=True)) == hashes(*texts)
    assert stated.tolist() == [bool(text) for text in texts]


def test_other_types_are_hashed_as_their_texts() -> None:
    assert hashes(True, False, None) == hashes("True", "False", "")
    decimals = pa.array([1, 2], pa.int64()).cast(pa.decimal128(21, 2))
    pair, _ = column_hashes(pa.chunked_array([decimals]))
    assert list(zip(pair.one.tolist(), pair.two.tolist(), strict=True)) == hashes("1.00", "2.00")


def test_many_similar_names_are_told_apart_by_either_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    names = pa.array(np.char.mod("plant-%d", np.arange(200_000)))
    pair, _ = column_hashes(pa.chunked_array([names]))
    assert len(np.unique(pair.one)) == len(np.unique(pair.two)) == 200_000
    groups = np.bincount((pair.one >> np.uint64(58)).astype(np.int64), minlength=64)
    assert groups.min() > 0.9 * groups.max()
    monkeypatch.setattr(rowhashes, "_BLOCK", 1000)
    again, _ = column_hashes(pa.chunked_array([names]))
    assert (again.one == pair.one).all()
    assert (again.two == pair.two).all()


def test_columns_in_order_make_one_key() -> None:
    one, _ = column_hashes(pa.chunked_array([["ab", "a", "b", "a", ""]]))
    two, _ = column_hashes(pa.chunked_array([["c", "bc", "a", "b", "ab"]]))
    before = one.one.copy()
    both = mixed([one, two])
    assert len(set(both.one.tolist())) == len(set(both.two.tolist())) == 5
    assert (one.one == before).all()  # the columns keep theirs
    assert mixed([one]) is one


def test_a_column_that_is_not_there_is_blank() -> None:
    pair, stated = blanks(3)
    assert list(zip(pair.one.tolist(), pair.two.tolist(), strict=True)) == hashes("", None, " ")
    assert not stated.any()


def test_a_column_without_rows_has_no_hashes() -> None:
    pair, stated = column_hashes(pa.chunked_array([], pa.string()))
    assert len(pair.one) == len(pair.two) == len(stated) == 0
