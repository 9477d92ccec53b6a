"""Scenarios as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from emissions.report.explanation import finite
from emissions.report.problems import problem_text
from emissions.report.scenario.files import comparison_tables, run_tables
from emissions.report.scenario.outcome import Outcome
from emissions.report.words import Words
from emissions.scenario.mathematics.peak import Peak
from emissions.scenario.outcome.compare import Comparison
from emissions.vocabulary import Language


def run_json(outcome: Outcome, language: Language) -> str:
    """Return a scenario as JSON: paths, peaks, targets, bridge, harmonisation, measures, draws, notes."""
    words = Words(language)
    found = run_tables(outcome)
    notes = dict.fromkeys([*outcome.projection.notes, *outcome.projection.run.notes])
    content: dict[str, Any] = {
        "scenario": outcome.scenario.id,
        "region": outcome.scenario.region,
        "base_year": outcome.scenario.base.year,
        "factors": outcome.projection.run.library.set.name,
        "gwp": outcome.projection.run.gwp,
        "peaks": [{"boundary": where, **_peak(peak)} for where, peak in outcome.peaks.items()],
        **{name: records(found[name]) for name in ("paths", "targets", "bridge", "harmonisation", "measures")},
        "notes": [{**note.record(), "text": problem_text(note, words)} for note in notes],
    }
    draws = outcome.draws
    if draws is not None:
        content["draws"] = {
            "runs": draws.runs,
            "seed": draws.seed,
            "impossible": draws.impossible,
            "bands": records(draws.bands),
            "peaked": {str(year): float(value) for year, value in draws.peaked.items()},
            "targets": records(draws.targets),
        }
    return dumped(content)


def comparison_json(found: Comparison) -> str:
    """Return several scenarios as JSON, table by table."""
    return dumped({name: records(table) for name, table in comparison_tables(found).items()})


def targets_json(targets: pd.DataFrame, conflicts: pd.DataFrame) -> str:
    """Return the status of targets and their conflicts as JSON."""
    return dumped({"targets": records(targets), "conflicts": records(conflicts)})


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries that JSON can hold."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def dumped(content: Any) -> str:
    """Return content as JSON text."""
    return json.dumps(finite(content), ensure_ascii=False, indent=1, default=str)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _peak(peak: Peak) -> dict[str, Any]:
    known = asdict(peak)
    for name in ("years", "emissions", "smoothed"):
        known.pop(name)
    return {**known, "circular": peak.circular}
