"""Inventories of greenhouse gases and air pollutants from activity data, every number traceable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emissions.activity import ActivityScan, ActivityTable, annotate, read_activity, scan_activity, write_template
    from emissions.assurance import Uncertainty, uncertainty
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
    from emissions.inventory import Explanation, compare, coverage, explain, factor_changes, to_dataset, totals
    from emissions.report.recalculate import recalculate
    from emissions.report.store import load, load_given, save

    __version__: str

__all__ = [
    "ActivityErrors",
    "ActivityScan",
    "ActivityTable",
    "AmbiguousFactor",
    "AmbiguousMethod",
    "CardError",
    "EmissionsError",
    "Explanation",
    "FactorLibrary",
    "FormulaError",
    "GapsNotAllowed",
    "PackageError",
    "Problem",
    "ProblemsError",
    "ResultError",
    "Run",
    "ScenarioError",
    "SharesDoNotSum",
    "Uncertainty",
    "UnknownUnit",
    "UnreadableWorkbook",
    "VocabularyError",
    "__version__",
    "annotate",
    "calculate",
    "compare",
    "coverage",
    "explain",
    "factor_changes",
    "load",
    "load_factors",
    "load_given",
    "read_activity",
    "recalculate",
    "save",
    "scan_activity",
    "to_dataset",
    "totals",
    "uncertainty",
    "write_template",
]

_ROOMS = {
    "emissions.activity": (
        "ActivityScan",
        "ActivityTable",
        "annotate",
        "read_activity",
        "scan_activity",
        "write_template",
    ),
    "emissions.assurance": ("Uncertainty", "uncertainty"),
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
    "emissions.inventory": ("Explanation", "compare", "coverage", "explain", "factor_changes", "to_dataset", "totals"),
    "emissions.report.recalculate": ("recalculate",),
    "emissions.report.store": ("load", "load_given", "save"),
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
