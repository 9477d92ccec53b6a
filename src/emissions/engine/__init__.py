"""The engine: activity data x factors, in the steps of :func:`calculate`."""

from emissions.engine.calculate import calculate
from emissions.engine.run import Run

__all__ = ["Run", "calculate"]
