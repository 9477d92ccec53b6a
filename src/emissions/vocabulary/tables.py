"""Reading the tables of the vocabulary: CSV files and folders of CSV files inside the package."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

Row = dict[str, str]


def data_folder() -> Traversable:
    """Return the folder of the vocabulary inside the installed package."""
    return files("emissions.vocabulary") / "data"


def read_table(name: str) -> list[Row]:
    """Return the rows of ``name.csv``, or of every CSV file of the folder ``name`` in name order.

    Parameters
    ----------
    name
        Table name such as ``substances`` or ``activities``.

    Returns
    -------
    list of dict
        Column -> text, blank where the cell is blank.

    Raises
    ------
    FileNotFoundError
        If there is neither such a file nor such a folder.
    """
    single = data_folder() / f"{name}.csv"
    if single.is_file():
        return _rows(single)
    folder = data_folder() / name
    parts = sorted((part for part in folder.iterdir() if part.name.endswith(".csv")), key=lambda part: part.name)
    return [row for part in parts for row in _rows(part)]


def read_messages() -> dict[str, dict[str, Any]]:
    """Return all message catalogues of ``messages/*.yaml`` as code -> language -> text."""
    merged: dict[str, dict[str, Any]] = {}
    folder = data_folder() / "messages"
    for part in sorted(folder.iterdir(), key=lambda part: part.name):
        if part.name.endswith(".yaml"):
            merged.update(read_yaml(part.read_text(encoding="utf-8")) or {})
    return merged


def read_yaml(text: str) -> Any:
    """Return what a YAML text holds; the safe loader, the fast one where there is one."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders


def items(cell: str) -> tuple[str, ...]:
    """Split a ``|`` list cell.

    Examples
    --------
    >>> items("coal|solid_fuel"), items("")
    (('coal', 'solid_fuel'), ())
    """
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _rows(part: Traversable) -> list[Row]:
    text = part.read_text(encoding="utf-8-sig")
    return [{key: (value or "").strip() for key, value in row.items()} for row in csv.DictReader(io.StringIO(text))]
