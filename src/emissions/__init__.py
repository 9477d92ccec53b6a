"""Inventories of greenhouse gases and air pollutants from activity data, every number traceable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emissions.activity import ActivityTable, annotate, read_activity, scan_activity, write_template
    from emissions.engine import Run, calculate
    from emissions.errors import (
        ActivityErrors,
        AmbiguousFactor,
        AmbiguousMethod,
        CardError,
        EmissionsError,
        FormulaError,
        GapsNotAllowed,
        PackageError,
        Problem,
        ProblemsError,
        ResultError,
        ScenarioError,
        SharesDoNotSum,
        UnknownUnit,
        UnreadableWorkbook,
        VocabularyError,
    )
    from emissions.factors import FactorLibrary, load_factors
    from emissions.inventory import Explanation, compare, coverage, explain, to_dataset, totals
    from emissions.report.store import load, save
    from emissions.scenario.model import Scenario
    from emissions.scenario.outcome.begin import compare_scenarios, project_scenario, read_scenario
    from emissions.scenario.outcome.compare import Comparison, evaluate_targets
    from emissions.scenario.projection import Projection

    __version__: str

__all__ = [
    "ActivityErrors",
    "ActivityTable",
    "AmbiguousFactor",
    "AmbiguousMethod",
    "CardError",
    "Comparison",
    "EmissionsError",
    "Explanation",
    "FactorLibrary",
    "FormulaError",
    "GapsNotAllowed",
    "PackageError",
    "Problem",
    "ProblemsError",
    "Projection",
    "ResultError",
    "Run",
    "Scenario",
    "ScenarioError",
    "SharesDoNotSum",
    "UnknownUnit",
    "UnreadableWorkbook",
    "VocabularyError",
    "__version__",
    "annotate",
    "calculate",
    "compare",
    "compare_scenarios",
    "coverage",
    "evaluate_targets",
    "explain",
    "load",
    "load_factors",
    "project_scenario",
    "read_activity",
    "read_scenario",
    "save",
    "scan_activity",
    "to_dataset",
    "totals",
    "write_template",
]

_ROOMS = {
    "emissions.activity": ("ActivityTable", "annotate", "read_activity", "scan_activity", "write_template"),
    "emissions.engine": ("Run", "calculate"),
    "emissions.errors": (
        "ActivityErrors",
        "AmbiguousFactor",
        "AmbiguousMethod",
        "CardError",
        "EmissionsError",
        "FormulaError",
        "GapsNotAllowed",
        "PackageError",
        "Problem",
        "ProblemsError",
        "ResultError",
        "ScenarioError",
        "SharesDoNotSum",
        "UnknownUnit",
        "UnreadableWorkbook",
        "VocabularyError",
    ),
    "emissions.factors": ("FactorLibrary", "load_factors"),
    "emissions.inventory": ("Explanation", "compare", "coverage", "explain", "to_dataset", "totals"),
    "emissions.report.store": ("load", "save"),
    "emissions.scenario.model": ("Scenario",),
    "emissions.scenario.outcome.begin": ("compare_scenarios", "project_scenario", "read_scenario"),
    "emissions.scenario.outcome.compare": ("Comparison", "evaluate_targets"),
    "emissions.scenario.projection": ("Projection",),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("emissions")
    for room, names in _ROOMS.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(room), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
