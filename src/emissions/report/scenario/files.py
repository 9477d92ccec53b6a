"""The files of scenarios: workbook, CSV, table of the integrated assessment models, chart; whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from emissions.report.folder import TABLES_KIND, staged, write_manifest
from emissions.report.scenario import tables
from emissions.report.scenario.compare_book import write_compare_book
from emissions.report.scenario.compare_terminal import picture
from emissions.report.scenario.iamc import iamc_table, write_iamc
from emissions.report.scenario.outcome import Outcome
from emissions.report.scenario.picture import picture_of_run
from emissions.report.scenario.run_book import write_run_book
from emissions.report.scenario.svg import draw_svg
from emissions.report.store import save
from emissions.report.tidy import write_table_csv
from emissions.report.words import Words
from emissions.scenario.outcome.compare import Comparison
from emissions.vocabulary import Language


def save_run(outcome: Outcome, folder: Path, *, language: Language, command: str, model: str = "") -> Path:
    """Write a scenario into a folder: ``scenario.xlsx``, ``csv/``, ``iamc.csv``, ``paths.svg`` and ``result/``.

    ``result/`` holds the calculation of all years, so that ``explain`` and ``compare`` work on the folder.

    Raises
    ------
    ResultError
        If the folder is something else than a result, or cannot be written.
    """

    def more(part: Path) -> None:
        write_run_book(outcome, part / "scenario.xlsx", language, command)
        _write_csv(run_tables(outcome), part / "csv")
        write_iamc(iamc_table([outcome.projection], model=model), part / "iamc.csv")
        svg = draw_svg(picture_of_run(outcome, Words(language)), Words(language))
        (part / "paths.svg").write_text(svg, encoding="utf-8")

    return save(outcome.projection.run, folder, formats=(), language=language, command=command, more=more)


def save_comparison(found: Comparison, folder: Path, *, language: Language, command: str, model: str = "") -> Path:
    """Write several scenarios into a folder: ``scenarios.xlsx``, ``csv/``, ``iamc.csv``, ``paths.svg``.

    Raises
    ------
    ResultError
        If the folder is something else than a result, or cannot be written.
    """
    with staged(folder.absolute()) as part:
        write_compare_book(found, part / "scenarios.xlsx", language, command)
        _write_csv(comparison_tables(found), part / "csv")
        write_iamc(iamc_table(found.projections, model=model), part / "iamc.csv")
        svg = draw_svg(picture(found, Words(language)), Words(language))
        (part / "paths.svg").write_text(svg, encoding="utf-8")
        known = {
            "kind": TABLES_KIND,
            "command": command,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "scenarios": {one.scenario.id: one.run.manifest for one in found.projections},
        }
        write_manifest(part, known)
    return folder


def run_tables(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of a scenario by name."""
    projection = outcome.projection
    found = {
        "paths": tables.paths(projection),
        "inventory": tables.inventory_by_year(projection),
        "targets": outcome.targets,
        "bridge": projection.bridge,
        "moves": projection.moves,
        "measures": tables.measures([projection]),
        "harmonisation": projection.harmonisation,
    }
    if outcome.draws is not None:
        found["draws"] = outcome.draws.bands
    return found


def comparison_tables(found: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tidy tables of several scenarios by name."""
    return {
        "paths": found.paths,
        "peaks": found.peaks,
        "levels": found.levels,
        "targets": found.targets,
        "differences": found.measures,
        "measures": tables.measures(found.projections),
        "contributions": found.contributions,
        "conflicts": found.conflicts,
        "co_control": found.co_control,
        "costs": found.costs,
    }


def _write_csv(named: Mapping[str, pd.DataFrame], folder: Path) -> None:
    folder.mkdir()
    for name, table in named.items():
        write_table_csv(table, folder / f"{name}.csv")
