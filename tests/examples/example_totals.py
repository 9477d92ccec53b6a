"""Totals of the example workbooks by top category and substance; run as a program it writes ``totals.csv`` anew.

A difference is either a fault or a change of an inventory: look at every row of it before writing.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd

from emissions.activity import ActivityTable, read_activity
from emissions.engine import Run, calculate
from emissions.factors import load_factors

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
WORKBOOKS = ("2020.xlsx", "demo-city.xlsx")
TOTALS = Path(__file__).with_name("totals.csv")
FACTOR_SET = "cn-2026.1"


def run_example(name: str) -> tuple[ActivityTable, Run]:
    """Return an example as read and as calculated."""
    read = read_activity(EXAMPLES / name)
    return read, calculate(read, load_factors(FACTOR_SET))


def load_script(name: str) -> ModuleType:
    """Return a program of ``docs/scripts`` as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "scripts" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def top_category(category: str) -> str:
    """Return the category of the first printed level: ``1A1`` of energy, ``2A`` of industry.

    Examples
    --------
    >>> top_category("IPCC2006:1A1ai"), top_category("IPCC2006:2B8a")
    ('IPCC2006:1A1', 'IPCC2006:2B')
    """
    scheme, _, code = category.partition(":")
    return f"{scheme}:{code[:3] if code.startswith('1') else code[:2]}"


def totals_of(name: str, run: Run) -> pd.DataFrame:
    """Return workbook, category, substance and emission (t) of everything that counts."""
    lines = run.lines[run.lines["status"].eq("ok") & run.lines["memo"].eq("")]
    table = lines.assign(category=lines["category"].astype(str).map(top_category), workbook=name)
    sums = table.groupby(["workbook", "category", "substance"], observed=True)["emission"].sum()
    return sums.reset_index()


if __name__ == "__main__":
    parts = [totals_of(name, run_example(name)[1]) for name in WORKBOOKS]
    pd.concat(parts).to_csv(TOTALS, index=False, float_format="%.12g", lineterminator="\n")
