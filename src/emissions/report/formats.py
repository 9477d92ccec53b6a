"""The files a result folder holds for people and other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emissions.engine import Run
from emissions.vocabulary import Language

FORMATS = ("xlsx", "csv", "parquet", "netcdf")
WORKBOOK_LINES = 1_000_000
"""Lines of a calculation above which there is no workbook: Excel has 1,048,576 rows a sheet."""
DEFAULT_FORMATS = ("xlsx", "csv", "netcdf")
"""Formats written where the caller names none."""


def write_formats(
    run: Run, folder: Path, formats: Sequence[str], language: Language, manifest: Mapping[str, Any]
) -> None:
    """Write the files of some formats into a folder.

    Parameters
    ----------
    manifest
        What the workbook shows about the calculation.
    """
    if "xlsx" in formats and has_workbook(run):
        from emissions.report.book import write_workbook

        write_workbook(run, folder / "inventory.xlsx", language, manifest)
    if "csv" in formats or "parquet" in formats:
        from emissions.report.tidy import write_csv, write_parquet

        if "csv" in formats:
            write_csv(run, folder / "csv", language)
        if "parquet" in formats:
            write_parquet(run, folder / "parquet", language)
    if "netcdf" in formats:
        write_netcdf(run, folder / "inventory.nc")


def has_workbook(run: Run) -> bool:
    """Tell whether the lines of a calculation fit a workbook that people can open."""
    return len(run.kind_lines) <= WORKBOOK_LINES


def write_netcdf(run: Run, path: Path) -> None:
    """Write the inventory as NetCDF: :func:`emissions.inventory.to_dataset` with names that the format allows."""
    from emissions.inventory import to_dataset

    data = to_dataset(run)
    names = {str(name): str(name).replace("/", "") for name in (*data.dims, *data.data_vars) if "/" in str(name)}
    attributes = {name: names.get(str(value), value) for name, value in data.attrs.items()}
    data.rename(names).assign_attrs(attributes).to_netcdf(path, engine="h5netcdf", invalid_netcdf=False)
