"""The result: inventories, roll-ups, CO2 equivalents, the trace of a number, the difference of two results."""

from emissions.inventory.compare import CO2E, compare, gases_of
from emissions.inventory.explain import explain, measured_as_printed
from emissions.inventory.explanation import Explanation
from emissions.inventory.factor_changes import factor_changes
from emissions.inventory.gwp import gwp_values, metrics
from emissions.inventory.tables import co2_equivalent, coverage, roll_up, row_emissions, to_dataset, totals

__all__ = [
    "CO2E",
    "Explanation",
    "co2_equivalent",
    "compare",
    "coverage",
    "explain",
    "factor_changes",
    "gases_of",
    "gwp_values",
    "measured_as_printed",
    "metrics",
    "roll_up",
    "row_emissions",
    "to_dataset",
    "totals",
]
