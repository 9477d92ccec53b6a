"""The long tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from emissions.engine import Run
from emissions.inventory import totals
from emissions.report.tidy import tidy_tables, write_csv


def test_csv_opens_in_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    write_csv(run, tmp_path / "csv", "zh")
    raw = (tmp_path / "csv" / "inventory.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "公用电力" in raw.decode("utf-8-sig")


def test_text_that_begins_like_a_formula_is_defused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from emissions.report import tidy

    table = pd.DataFrame({"a": ["=1+1", "-x", "@y", "+z", "plain"], "b": [-1.0, 2.0, 3.0, 4.0, 5.0]})
    monkeypatch.setattr(tidy, "tidy_tables", lambda *_: {"one": table})
    write_csv(run, tmp_path / "csv", "zh")
    lines = (tmp_path / "csv" / "one.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1:] == ['"\'=1+1",-1', '"\'-x",2', '"\'@y",3', '"\'+z",4', '"plain",5']


def test_the_inventory_table_is_rolled_up(run: Run) -> None:
    table = tidy_tables(run, "en")["inventory"]
    top = table[(table["category"] == "IPCC2006:1") & (table["substance"] == "CO2") & ~table["memo"]]
    parts = totals(run, ("category", "year", "substance"))
    below = parts[(parts["substance"] == "CO2") & parts["category"].astype(str).str.startswith("IPCC2006:1")]
    assert top["emission_t"].sum() == pytest.approx(below["emission"].sum(), rel=1e-12)
    assert "CO2e (AR5GWP100)" in set(table["substance"])


def test_lines_multiply_out(run: Run) -> None:
    lines = tidy_tables(run, "en")["lines"]
    assert (lines["quantity"] * lines["implied_factor"]).to_numpy() == pytest.approx(lines["emission_t"].to_numpy())
    assert lines["cells"].str.startswith("数据!F").all()
