"""Answers of solve as sentences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emissions.report.scenario.solve_terminal import solution_text, solutions_json
from emissions.report.words import Words
from emissions.scenario.outcome.solve import Solution
from scenario.support import story


def answer(**parts: Any) -> Solution:
    known: dict[str, Any] = {
        "lever": "levers.coal_share", "unit": "percent", "year": 2025, "before": 79.0, "after": 75.0, "factor": 0.949,
        "reachable": True, "wanted": "nm-coal-share-2025: coal_share_of_energy <= 75 %", "achieved": 75.0,
        "scenario": story(),
    }  # fmt: skip
    return Solution(**{**known, **parts})


@pytest.mark.parametrize(
    ("parts", "language", "text"),
    [
        ({}, "en", "share of coal in 2025: 79.0 -> 75.0 % (x 0.949) gives share of coal in energy consumption <= 75 %"),
        ({}, "zh", "煤炭占比（2025 年）：79.0 → 75.0 %（× 0.949）"),
        ({"reachable": False, "achieved": 77.0}, "en", "not reachable with share of coal in 2025"),
        ({"reachable": False}, "zh", "达不到"),
        ({"factor": 1.0, "after": 79.0}, "en", "need not change"),
        (
            {"wanted": "co2_peak_year <= 2028", "achieved": 2027.0},
            "en",
            "year of the peak of CO2 <= 2028 (achieved 2027)",
        ),
    ],
)
def test_an_answer_is_a_sentence(parts: dict[str, Any], language: str, text: str) -> None:
    assert text in solution_text(answer(**parts), Words(language))  # type: ignore[arg-type]


def test_json() -> None:
    (record,) = json.loads(solutions_json([answer()]))["solutions"]
    assert record["before"] == 79.0
    assert record["reachable"] is True
    assert "scenario" not in record
