"""A stored calculation under other factors or another GWP metric, from what its folder keeps."""

from __future__ import annotations

from pathlib import Path

from emissions.engine import Run, calculate
from emissions.factors import FactorLibrary, load_factors
from emissions.inventory import gwp_values
from emissions.report.store import load_given, stored_manifest


def recalculate(
    result: str | Path, factors: FactorLibrary | str | None = None, *, gwp: str | None = None, strict: bool = False
) -> Run:
    """Return the calculation of a result folder anew, without reading its input files again.

    It is :func:`emissions.calculate` on the activity data that the folder keeps; for a scan of large files these are
    the sums by combination, so the time does not depend on how many rows the files have.

    Parameters
    ----------
    result
        A result folder.
    factors
        Another factor set, or its name; that of the result if not given.
    gwp
        Another GWP metric; that of the result if not given.
    strict
        As in :func:`emissions.calculate`.

    Raises
    ------
    ResultError
        If the folder holds no result, or one stored without its activity data; names the command that makes it whole.
    PackageError
        If there is no such factor set.

    Examples
    --------
    >>> import emissions as em
    >>> run = em.recalculate("2020-inventory", "ipcc-2006.1")  # doctest: +SKIP
    """
    manifest = stored_manifest(result)
    given = load_given(result)
    library = factors if isinstance(factors, FactorLibrary) else load_factors(factors or str(manifest["factor_set"]))
    metric = gwp or str(manifest["gwp"])
    gwp_values(metric, ())
    return calculate(given, library, gwp=metric, strict=strict)
