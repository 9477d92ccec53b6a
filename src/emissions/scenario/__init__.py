"""Scenarios: paths of activity data into the future, and what they mean for the carbon peak.

Rooms, each importing from those before it only: ``mathematics`` (arrays in, arrays out), ``model`` and ``projection``
(what a scenario is and what it gives), ``targets`` (what the plans ask), ``revision`` (a scenario as a revision of the
activity data), ``file`` (its YAML), ``outcome`` (projections, comparisons, draws, solutions).
"""

__all__: list[str] = []
