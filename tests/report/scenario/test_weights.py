"""Weights of the user: read with their sources, or refused with every problem; the sums are weight x fall."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from emissions.errors import ResultError
from emissions.report.console import console
from emissions.report.scenario.weights import equivalents_table, print_equivalents, read_weights
from emissions.report.words import Words
from emissions.scenario.outcome.compare import Comparison

HEAD = "substance,weight,unit,source\n"


def written(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "w.csv"
    path.write_text(head + "\n".join(lines), encoding="utf-8")
    return path


def codes(path: Path) -> list[tuple[str, int | None]]:
    with pytest.raises(ResultError) as caught:
        read_weights(path)
    return [(one.code, one.row) for one in caught.value.problems]


def test_weights_are_read_with_unit_and_sources(tmp_path: Path) -> None:
    found = read_weights(written(tmp_path, "SO2,2,APeq,mine", "一氧化碳,3,APeq,mine"))
    assert (found.of, found.unit, found.sources) == ({"SO2": 2.0, "CO": 3.0}, "APeq", ("mine",))


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    lines = ("SO3x,1,a,s", "SO2,x,a,s", "NOx,1,b,", "CO,1,a,s", "CO,1,a,s")
    assert codes(written(tmp_path, *lines)) == [
        ("unknown_substance", 2), ("weights_number", 3), ("weights_source", 4), ("weights_number", 6),
        ("weights_units", None),
    ]  # fmt: skip
    assert codes(written(tmp_path, "SO2,1", head="substance,weight\n")) == [("weights_columns", None)]
    assert codes(tmp_path / "none.csv") == [("weights_unreadable", None)]


def test_equivalents_are_weight_times_fall_and_are_printed_with_their_source(pair: Comparison, tmp_path: Path) -> None:
    weights = read_weights(written(tmp_path, "CO2,2,CO2eq,a table of mine"))
    table = equivalents_table(pair, weights)
    alone = pair.contributions.query("substance == 'CO2' and measure != 'interaction'")
    both = table.merge(alone, on=["scenario", "year", "measure"])
    assert len(both) == len(table) > 0
    assert both["equivalent"].tolist() == pytest.approx((-2 * both["alone"]).tolist(), nan_ok=True)
    assert "CO2" not in table["unweighted"].iloc[0].split(", ")
    screen = console(io.StringIO(), width=120, colour=False)
    print_equivalents(table, pair, weights, 2030, screen, Words("en"))
    assert "a table of mine" in screen.file.getvalue()  # type: ignore[attr-defined]
