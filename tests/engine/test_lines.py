"""Lines of kinds become lines of keys; words stay numbers of words until they are read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emissions.engine.lines import as_texts, marked, spread, spread_matches

LINES = pd.DataFrame(
    {"key": [0, 0, 1], "substance": ["a", "b", "a"], "status": "ok", "reason": "", "ief": [1.0, 2.0, 3.0]}
)
MATCHES = pd.DataFrame({"line": [0, 1, 1, 2], "argument": ["x", "x", "y", "x"], "row": [10, 11, 12, 13]})


def test_lines_of_a_kind_become_lines_of_its_keys() -> None:
    of_key = np.array([1, 0, 0])
    lines, source = spread(LINES, of_key)
    matches = as_texts(spread_matches(LINES, MATCHES, of_key))
    told = {
        (key, substance, ief, tuple(matches.loc[matches["line"] == number, "row"]))
        for number, (key, substance, ief) in enumerate(lines[["key", "substance", "ief"]].itertuples(index=False))
    }
    assert told == {
        (0, "a", 3.0, (13,)),
        (1, "a", 1.0, (10,)),
        (2, "a", 1.0, (10,)),
        (1, "b", 2.0, (11, 12)),
        (2, "b", 2.0, (11, 12)),
    }
    assert LINES["ief"].to_numpy()[source].tolist() == lines["ief"].tolist()
    assert matches["argument"].dtype == "str"


def test_lines_without_matches_and_none_at_all_are_spread_too() -> None:
    of_key = np.array([0, 0])
    assert spread(LINES.iloc[:1], of_key)[0]["key"].tolist() == [0, 1]
    assert spread_matches(LINES.iloc[:1], MATCHES.iloc[:0], of_key).empty
    nothing, source = spread(LINES.iloc[:0], of_key)
    assert nothing.empty
    assert len(source) == 0


def test_words_are_numbers_until_they_are_read() -> None:
    lines, _ = spread(LINES, np.array([0, 1]))
    assert isinstance(lines["substance"].dtype, pd.CategoricalDtype)
    assert as_texts(lines).dtypes["substance"] == "str"
    assert as_texts(lines)["substance"].tolist() == ["a", "b", "a"]


def test_some_lines_get_another_status_and_reason() -> None:
    for lines in (spread(LINES, np.array([0, 1]))[0], LINES):
        found = as_texts(marked(lines, np.array([True, False, True]), "IE", "counted"))
        assert found["status"].tolist() == ["IE", "ok", "IE"]
        assert found["reason"].tolist() == ["counted", "", "counted"]
        assert lines["status"].tolist() == ["ok"] * 3


def test_more_words_than_a_byte_numbers_keep_apart() -> None:
    many = pd.DataFrame({"key": 0, "substance": [f"s{number}" for number in range(300)], "status": "ok"})
    lines, _ = spread(many.assign(reason=many["substance"]), np.array([0]))
    found = as_texts(marked(lines, np.arange(300) == 299, "NE", "new"))
    assert found["reason"].tolist() == [f"s{number}" for number in range(299)] + ["new"]
