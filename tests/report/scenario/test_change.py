"""The report of what drove a change."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from emissions.report.console import console
from emissions.report.scenario.change_terminal import change_json, effects, factor, print_change
from emissions.report.scenario.outcome import Outcome
from emissions.report.words import Words
from emissions.scenario.outcome.change import Change, between_scenarios, between_years
from emissions.scenario.outcome.compare import Comparison
from emissions.vocabulary import Language


@pytest.fixture(scope="module")
def change(result: Outcome) -> Change:
    return between_years(result.projection, 2020, 2032)


def printed(found: Change, language: Language) -> str:
    screen = console(io.StringIO(), width=100, colour=False)
    print_change(found, screen, language)
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_effects_and_residual_are_printed_with_their_sum(change: Change) -> None:
    zh, en = printed(change, "zh"), printed(change, "en")
    for part in ("地区生产总值", "碳排放强度", "残差", "合计变化", "强脱钩（Tapio）"):
        assert part in zh
    for part in ("GDP", "CO2 per GDP", "residual", "total change", "strong decoupling (Tapio)"):
        assert part in en


def test_the_table_of_effects_ends_with_the_residual(change: Change) -> None:
    table = effects(change)
    assert table["factor"].tolist() == ["gdp", "co2/gdp", "residual"]
    assert table["additive"].sum() == pytest.approx(change.additive.after - change.additive.before)
    assert table["multiplicative"].prod() == pytest.approx(change.additive.after / change.additive.before)
    assert table["chained"].prod() == pytest.approx(change.additive.after / change.additive.before)


def test_json(change: Change) -> None:
    content = json.loads(change_json(change))
    assert content["first"] == {"scenario": "city", "year": 2020}
    assert content["decoupling"]["state"] == "strong_decoupling"
    assert content["effects"][-1]["factor"] == "residual"


def test_two_scenarios_have_no_years_between_them(pair: Comparison) -> None:
    found = between_scenarios(*pair.projections, 2030)
    text = printed(found, "en")
    assert "city-faster 2030" in text
    assert "LMDI-II" not in text
    assert "Tapio" not in text
    assert json.loads(change_json(found))["decoupling"] is None
    assert pd.isna(effects(found)["chained"]).all()


def test_factors_in_words() -> None:
    assert factor("energy/gdp", Words("zh")) == "能源强度（能源/产值）"
    assert factor("population", Words("en")) == "population"
