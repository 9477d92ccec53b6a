"""The difference of two results as a person reads it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from emissions.engine import Run
from emissions.inventory import factor_changes
from emissions.report.comparison import (
    comparison_json,
    differences,
    factor_changes_json,
    main_substance,
    print_comparison,
    print_factor_changes,
)
from emissions.vocabulary import Language
from reference.workbench import activity_table, card, factor, library, run

CARDS = (card("one", substances=["CO2", "CH4", "SO2"]),)
BY = ("category", "activity")
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Run, Run]:
    """Return two results that differ in activity, factor, GWP and scope."""
    found = []
    for name, co2, coke, metric in (("1", 2.0, 0.0, "AR5GWP100"), ("2", 2.5, 30.0, "AR6GWP100")):
        (tmp_path / name).mkdir()
        rows = (
            factor(f"co2-{name}", co2, "t/t"),
            factor("ch4", 0.5, "kg/t", substance="CH4"),
            factor("so2", 8.0, "kg/t", substance="SO2"),
        )
        items = [{"quantity": 1e4 + 1e3 * co2}, *([{"activity": "coke", "quantity": coke}] if coke else [])]
        found.append(run(activity_table(*items), library(tmp_path / name, *rows), *CARDS, gwp=metric))
    return found[0], found[1]


def printed(pair: tuple[Run, Run], language: Language) -> str:
    screen = Console(file=io.StringIO(), width=120, color_system=None)
    names = ["CO2", "CH4", "SO2"]
    metrics = [one.gwp for one in pair]
    print_comparison(differences(*pair, names, BY), BY, screen, language, metrics)
    table = factor_changes(*pair, "CO2e", cards={one.id: one for one in CARDS})
    print_factor_changes(table, main_substance(*pair, names), 2, screen, language, metrics)
    assert isinstance(screen.file, io.StringIO)
    return "".join(line.rstrip() + "\n" for line in screen.file.getvalue().splitlines())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_text_is_the_one_on_record(
    pair: tuple[Run, Run], language: Language, request: pytest.FixtureRequest
) -> None:
    path = GOLDEN / f"comparison.{language}.txt"
    text = printed(pair, language)
    if request.config.getoption("--update-golden", default=False):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_equivalents_stand_apart_from_masses_in_the_json(pair: tuple[Run, Run]) -> None:
    metrics = [one.gwp for one in pair]
    found = json.loads(comparison_json(differences(*pair, ["CO2", "CH4"], BY), BY, metrics))
    assert found["gwp"] == ["AR5GWP100", "AR6GWP100"]
    assert {row["substance"] for row in found["differences"]} == {"CO2", "CH4"}
    assert {row["substance"] for row in found["co2e"]} == {"CO2e"}
    for row in (*found["differences"], *found["co2e"]):
        parts = sum(row[name] for name in ("quantity", "factor", "gwp", "method", "scope"))
        assert parts == pytest.approx(row["difference"], rel=1e-12)
    assert sum(row["gwp"] for row in found["co2e"]) == pytest.approx(-0.1 * (12000 + 12500) / 2 * 0.0005)


def test_factor_rows_as_json(pair: tuple[Run, Run]) -> None:
    table = factor_changes(*pair, "CO2", cards={one.id: one for one in CARDS})
    found = json.loads(factor_changes_json(table, "CO2", ["AR5GWP100"] * 2))
    assert found["substance"] == "CO2"
    (row,) = [one for one in found["factors"] if one["cause"] == "factor"]
    assert (row["before"], row["after"], row["value_after"]) == ("co2-1", "co2-2", 2.5)
    total = pair[1].counted["emission"][pair[1].counted["substance"] == "CO2"].sum()
    before = pair[0].counted["emission"][pair[0].counted["substance"] == "CO2"].sum()
    assert sum(one["contribution"] for one in found["factors"]) == pytest.approx(total - before, rel=1e-12)


def test_one_number_for_some_substances(pair: tuple[Run, Run]) -> None:
    assert main_substance(*pair, ["CO2", "SO2"]) == "CO2e"
    assert main_substance(*pair, ["SO2"]) == "SO2"
    assert main_substance(*pair, ["CO2"]) == "CO2"


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("zh", ["来源的拆分或假设不同", "原煤", "褐煤 + 无烟煤", "脱硫", "= 0.9"]),
        ("en", ["sources split or assumed otherwise", "raw coal", "lignite + anthracite", "collection", "= 0.9"]),
    ],
)
def test_sources_that_are_split_otherwise_are_named_in_words(language: Language, parts: list[str]) -> None:
    row = {
        "cause": "split", "parameter": "", "device": "", "value_before": np.nan, "value_after": np.nan,
        "unit_before": "", "unit_after": "", "lines": 1, "contribution": 5.0,
        "before": "activity=raw_coal|control=fgd_ammonia|collection_efficiency=0.9",
        "after": "activity=lignite + activity=anthracite|technology=chain_grate",
    }  # fmt: skip
    screen = Console(file=io.StringIO(), width=400, color_system=None)
    print_factor_changes(pd.DataFrame([row]), "CO2", 5, screen, language, ["AR5GWP100"] * 2)
    assert isinstance(screen.file, io.StringIO)
    shown = screen.file.getvalue()
    assert [part for part in parts if part not in shown] == []
    assert "activity=" not in shown
