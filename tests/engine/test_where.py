"""Which rows lie under which words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emissions.engine.where import Where, unstated
from emissions.vocabulary import load_vocabulary

WORDS = load_vocabulary()


def where(kind: str = "object", **columns: list[object]) -> Where:
    return Where(pd.DataFrame({name: pd.Series(cells).astype(kind) for name, cells in columns.items()}), WORDS)


@pytest.mark.parametrize("kind", ["object", "category"])
def test_below_tells_words_at_or_under_the_wanted_ones(kind: str) -> None:
    rows = where(kind, activity=["lignite", "natural_gas", "coal", "fuels"])
    assert rows.below("activity", ("coal",)).tolist() == [True, False, True, False]
    assert rows.below("activity", ()).tolist() == [True] * 4
    assert rows.below("activity", ("coal", "gaseous_fuel")).tolist() == [True, True, True, False]


def test_a_column_without_a_tree_is_compared_word_by_word() -> None:
    rows = where(use=["combustion", "feedstock", ""])
    assert rows.below("use", ["feedstock", "stock"]).tolist() == [False, True, False]


def test_under_asks_category_activity_and_use_together() -> None:
    rows = where(
        category=["IPCC2006:1A1ai", "IPCC2006:1A1ai", "IPCC2006:1A4b", "IPCC2006:1A1ai"],
        activity=["lignite", "diesel", "lignite", "lignite"],
        use=["combustion", "combustion", "combustion", "feedstock"],
    )
    assert rows.under(["IPCC2006:1A1"], ["coal"]).tolist() == [True, False, False, True]
    assert rows.under(["IPCC2006:1A1"], ["coal"], ["combustion"]).tolist() == [True, False, False, False]


def test_an_answer_cannot_be_written_to_and_what_is_under_can() -> None:
    rows = where(category=["IPCC2006:1A1"], activity=["coal"], use=["combustion"])
    with pytest.raises(ValueError, match="read-only"):
        rows.below("activity", ("coal",))[0] = False
    rows.under(("IPCC2006:1A1",), ("coal",))[0] = False
    assert rows.under(("IPCC2006:1A1",), ("coal",)).tolist() == [True]


def test_under_a_region_and_this_very_word() -> None:
    rows = where(
        category=["IPCC2006:1A1"] * 3,
        activity=["coal", "lignite", "coal"],
        use=[""] * 3,
        region=["150600", "150600", "CN"],
    )
    assert rows.under((), ("coal",), (), ("150000",)).tolist() == [True, True, False]
    assert rows.exactly("activity", "coal").tolist() == [True, False, True]
    assert rows.exactly("activity", "diesel").tolist() == [False] * 3


def test_some_are_below_where_a_word_is_one_wanted_or_under_it() -> None:
    rows = where(activity=["lignite", "diesel"], category=["IPCC2006:1A1", "IPCC2006:1A4b"])
    assert rows.some_below("activity", ("coal",))
    assert not rows.some_below("activity", ("gaseous_fuel",))
    assert rows.under(("IPCC2006:1A4b",), ("coal",)).tolist() == [False, False]
    assert rows.under(("IPCC2006:1A4b",), ("gaseous_fuel",)).tolist() == [False, False]


def test_blank_missing_and_no_number_are_unstated() -> None:
    assert unstated(pd.Series(["", "boiler", None], dtype=object)).tolist() == [True, False, True]
    assert unstated(pd.Series(["", "boiler"], dtype="category")).tolist() == [True, False]
    assert unstated(pd.Series([np.nan, 0.0])).tolist() == [True, False]
