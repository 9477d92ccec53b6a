"""How fast it is, measured where it runs: seeded data, the stages apart, and other tools on the same data.

Each thing that is measured is a *side* and runs in a process of its own, so that its peak memory is its own; sides
take turns, so that a drift of the machine touches all of them.
"""

from emissions.bench.rounds import Figures, Plan, measure
from emissions.bench.targets import verdicts

__all__ = ["Figures", "Plan", "measure", "verdicts"]
