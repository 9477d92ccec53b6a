"""Global warming potentials, from the package ``globalwarmingpotentials``."""

from __future__ import annotations

from collections.abc import Iterable

from emissions.errors import Problem, ResultError


def metrics() -> list[str]:
    """Return the names of the metrics there are, such as ``AR5GWP100``."""
    import globalwarmingpotentials as gwp  # noqa: PLC0415  reads its table at import

    return sorted(gwp.data)


def gwp_values(metric: str, substances: Iterable[str]) -> dict[str, float]:
    """Return t CO2 equivalent per t of each substance that the metric covers; CO2 is 1 by definition.

    Raises
    ------
    ResultError
        If there is no such metric.

    Examples
    --------
    >>> gwp_values("AR5GWP100", ["CO2", "CH4", "SO2"])
    {'CO2': 1.0, 'CH4': 28.0}
    """
    import globalwarmingpotentials as gwp  # noqa: PLC0415

    table = gwp.data.get(metric)
    if table is None:
        raise ResultError([Problem("unknown_gwp", found=metric, allowed=", ".join(sorted(gwp.data)))])
    known = {"CO2": 1.0, **{_entity(name): float(value) for name, value in table.items()}}
    return {substance: known[_entity(substance)] for substance in substances if _entity(substance) in known}


def _entity(name: str) -> str:
    """Return the name without hyphens: the table writes HFC23, the field HFC-23."""
    return name.replace("-", "")
