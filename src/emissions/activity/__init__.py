"""Activity data: workbooks and text files to one checked table, templates, annotated copies.

Files are opened (``workbook``), each sheet is recognised by a layout that is data (``layouts``), its rows
are read as they stand (``tidy``, ``matrix``) and checked against the vocabulary (``check``), all problems
at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emissions.activity.annotated import annotate
    from emissions.activity.balance import net_feedstock
    from emissions.activity.pieces.scan import ActivityScan, scan_activity
    from emissions.activity.read import layouts, read_activity
    from emissions.activity.table import ActivityTable
    from emissions.activity.template import write_template

__all__ = [
    "ActivityScan",
    "ActivityTable",
    "annotate",
    "layouts",
    "net_feedstock",
    "read_activity",
    "scan_activity",
    "write_template",
]

_HOMES = {
    "ActivityScan": "pieces.scan",
    "ActivityTable": "table",
    "annotate": "annotated",
    "layouts": "read",
    "net_feedstock": "balance",
    "read_activity": "read",
    "scan_activity": "pieces.scan",
    "write_template": "template",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: reading does not pay for writing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
