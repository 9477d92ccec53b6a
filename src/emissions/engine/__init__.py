"""The engine: activity data x factors, in the steps of :func:`calculate`."""

from emissions.engine.calculate import calculate
from emissions.engine.choices import Choices
from emissions.engine.each import Amounts, calculate_each
from emissions.engine.run import Run

__all__ = ["Amounts", "Choices", "Run", "calculate", "calculate_each"]
