"""What was chosen for a kind of key is not looked for again, and nobody can tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.activity.table import ActivityTable
from emissions.engine import Choices, Run, calculate
from emissions.engine import choices as choosing
from emissions.engine.choices import renumber
from emissions.factors import FactorLibrary, load_factors
from emissions.methods import load_cards
from emissions.vocabulary import load_vocabulary
from reference.workbench import activity_table, factor, library

POWER = {"activity": "lignite"}
HOMES = {"activity": "other_washed_coal", "category": "IPCC2006:1A4b", "control": "none"}
CLEANED = {"activity": "lignite", "control": "fabric_filter"}
OIL = {"activity": "diesel", "category": "IPCC2006:1A3b", "year": 2016}
TOLD = {"activity": "anthracite", "quantity": np.nan, "notation": "C"}
FEW = {name: card for name, card in load_cards().items() if "SO2" not in card.substances}
"""Without those of sulphur dioxide, which the vocabulary expects of fuels: a gap that no card serves."""
MEASURED = {"parameter": "carbon_content", "value": 0.4, "unit": "t/t", "activity": "lignite"}


@pytest.fixture(scope="module")
def factors() -> FactorLibrary:
    return load_factors("cn-2026.1")


def memory(factors: FactorLibrary) -> Choices:
    return Choices(factors, load_cards(), load_vocabulary())


def alike(one: Run, other: Run) -> None:
    """Both runs have the same tables, to the bit."""
    pd.testing.assert_frame_equal(one.lines, other.lines, check_exact=True)
    pd.testing.assert_frame_equal(one.matches, other.matches, check_exact=True)
    assert one.notes == other.notes


@pytest.mark.parametrize(
    "before",
    [[POWER], [HOMES, OIL], [CLEANED, TOLD, HOMES, OIL, POWER], [OIL, TOLD], [{**POWER, "year": 2005}]],
    ids=["one", "two", "all_in_another_order", "the_last", "another_year"],
)
def test_a_calculation_after_others_is_the_calculation_alone(
    before: list[dict[str, object]], factors: FactorLibrary
) -> None:
    table = activity_table(POWER, HOMES, CLEANED, OIL, TOLD, {**HOMES, "year": 2021})
    alone = calculate(table, factors, cards=FEW)
    assert set(alone.lines["status"]) >= {"ok", "NE", "C"}
    assert (alone.lines["reason"] == "no_method").sum() > 3
    assert len(alone.matches) > 10
    shared = Choices(factors, FEW, load_vocabulary())
    for item in before:
        calculate(activity_table(item), factors, cards=FEW, choices=shared)
    alike(calculate(table, factors, cards=FEW, choices=shared), alone)
    alike(calculate(table, factors, cards=FEW, choices=shared), alone)


def test_what_was_met_is_not_looked_for_again(factors: FactorLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(kinds: pd.DataFrame, *others: object) -> object:
        asked.append(kinds["activity"].astype(str).tolist())
        return choose(kinds, *others)  # type: ignore[arg-type]

    choose = choosing.choose
    monkeypatch.setattr(choosing, "choose", counted)
    shared = memory(factors)
    for table in (activity_table(POWER, HOMES), activity_table(HOMES), activity_table(OIL, HOMES, POWER)):
        calculate(table, factors, choices=shared)
    assert asked == [["lignite", "other_washed_coal"], ["diesel"]]


def test_other_measured_values_are_other_choices(factors: FactorLibrary) -> None:
    """The set of measured values has the same number in both tables, and another value in it."""
    tables = [
        activity_table(POWER, HOMES, measured=[{**MEASURED, "value": value}, {**MEASURED, "parameter": parameter}])
        for value, parameter in ((0.4, "oxidation_factor"), (0.5, "oxidation_factor"), (0.4, "sulphur_content"))
    ]
    shared = memory(factors)
    for table in (*tables, tables[0]):
        alike(calculate(table, factors, choices=shared), calculate(table, factors))


def test_choices_of_another_factor_set_are_refused(factors: FactorLibrary, tmp_path: Path) -> None:
    other = library(tmp_path, factor("a", 1.0, "t/t"))
    with pytest.raises(ValueError, match="choices"):
        calculate(activity_table(POWER), other, choices=memory(factors))
    with pytest.raises(ValueError, match="choices"):
        calculate(activity_table(POWER), factors, cards={}, choices=memory(factors))


def test_nothing_is_chosen_for_no_keys(factors: FactorLibrary) -> None:
    shared = memory(factors)
    empty = ActivityTable(activity_table({}).rows.iloc[:0])
    assert calculate(empty, factors, choices=shared).lines.empty
    assert len(calculate(activity_table(POWER), factors, choices=shared).lines)


# ---------------------------------------------------------------- numbers of lines


def numbered(line: list[float], of_matches: list[int]) -> tuple[list[object], list[tuple[int, int]]]:
    lines = pd.DataFrame({"line": line, "name": [f"was {one:g}" for one in line]})
    matches = pd.DataFrame({"line": of_matches, "row": range(len(of_matches))})
    found, kept = renumber(lines, matches)
    assert found.index.tolist() == list(range(len(found)))
    assert kept.index.tolist() == list(range(len(kept)))
    assert "line" not in found
    return found["name"].tolist(), list(zip(kept["line"].tolist(), kept["row"].tolist(), strict=True))


def test_matches_follow_their_lines() -> None:
    """Lines 0, 2 and 3 are left, in another order; line 1 went, and with it two matches."""
    names, matches = numbered([3.0, 0.0, 2.0], [0, 1, 1, 2, 3, 3])
    assert names == ["was 3", "was 0", "was 2"]
    assert matches == [(1, 0), (2, 3), (0, 4), (0, 5)]


def test_a_line_that_came_in_has_no_matches_and_takes_a_number() -> None:
    names, matches = numbered([np.nan, 1.0, np.nan, 0.0], [0, 0, 1])
    assert names == ["was nan", "was 1", "was nan", "was 0"]
    assert matches == [(3, 0), (3, 1), (1, 2)]


def test_without_lines_or_without_matches() -> None:
    assert numbered([], [0, 1]) == ([], [])
    assert numbered([1.0, 0.0], []) == (["was 1", "was 0"], [])
    assert numbered([np.nan], [0, 5]) == (["was nan"], [])
    assert numbered([], []) == ([], [])
