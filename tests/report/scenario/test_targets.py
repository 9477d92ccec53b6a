"""Targets: what is demanded, what is reached, in words, with the quote; reasons together."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from emissions.report.console import console
from emissions.report.scenario.targets_terminal import (
    achieved,
    print_conflicts,
    print_gaps,
    print_status_table,
    print_targets,
    wanted,
)
from emissions.report.words import Words
from emissions.scenario.targets.conflicts import conflicts
from emissions.scenario.targets.data import load_targets, targets_of
from emissions.scenario.targets.status import evaluate


@pytest.fixture(scope="module")
def status() -> pd.DataFrame:
    indicators = pd.DataFrame(
        [
            ("coal_share_of_energy", 2025, 76.0, "percent", "energy_balance"),
            ("nonfossil_share_of_energy", 2025, 18.0, "percent", "energy_balance"),
        ],
        columns=["indicator", "year", "value", "unit", "boundary"],
    )
    return evaluate(indicators, None, targets_of("all_of_region", "150000"))


def printed(show: object, *given: object, language: str = "en", **more: object) -> str:
    screen = console(io.StringIO(), width=140, colour=False)
    show(*given, screen, Words(language), **more)  # type: ignore[operator, arg-type]
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_missed_target_says_by_how_much_and_quotes_its_document(status: pd.DataFrame) -> None:
    text = printed(print_targets, status)
    assert "✗ share of coal in energy consumption 2025  ≤75 %  achieved 76 %  off by +1 percentage points" in text
    assert "“煤炭占能源消费总量比重降低到75%以下”" in text
    zh = printed(print_targets, status, language="zh")
    assert "未达到  1" in zh
    assert "差 +1 个百分点" in zh


def test_quotes_can_be_left_out(status: pd.DataFrame) -> None:
    assert "“煤炭占" not in printed(print_targets, status, quotes=False)


def test_what_cannot_be_told_is_grouped_by_reason(status: pd.DataFrame) -> None:
    text = printed(print_targets, status).split("not evaluable")[-1]
    reasons = status.loc[status["status"] == "not_evaluable", "reason_en"]
    assert text.count("  ? ") == reasons.nunique()
    first = text.split("  ? ")[1]
    assert int(first.split()[0]) == reasons.value_counts().iloc[0]


def test_gaps_show_what_is_missed_only(status: pd.DataFrame) -> None:
    text = printed(print_gaps, status, "mine")
    assert "nm-coal-share-2025" in text
    assert "nm-nonfossil-share-2025" not in text
    met = status[status["status"] == "met"]
    assert "no target is missed" in printed(print_gaps, met, "mine")


def test_side_by_side_a_scenario_without_the_target_is_blank(status: pd.DataFrame) -> None:
    coal = status[status["id"] == "nm-coal-share-2025"].assign(scenario="one")
    line = next(row for row in printed(print_status_table, coal, ["one", "two"]).splitlines() if "≤75 %" in row)
    assert line.split("≤75 %")[1].split() == ["✗", "76"]


def test_conflicts_are_shown_and_not_resolved() -> None:
    text = printed(print_conflicts, conflicts(load_targets()))
    assert "≤-15 %" in text
    assert "≤-15.5 %" in text


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"comparator": "~", "target_value": 2030.0, "unit": "1"}, "≈2030"),
        ({"comparator": ">=", "target_value": 200.0, "unit": "GW"}, "≥200 GW"),
        ({"comparator": "<=", "target_value": float("nan"), "unit": "%"}, ""),
    ],
)
def test_what_is_wanted(row: dict[str, object], text: str) -> None:
    assert wanted(row) == text


def test_a_met_target_has_no_gap_to_show() -> None:
    row = {"achieved": 70.0, "gap": -5.0, "unit": "%", "status": "met"}
    assert achieved(row, Words("en")) == "achieved 70 %"
