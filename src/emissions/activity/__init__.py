"""Activity data: workbooks and text files to one checked table, templates, annotated copies.

Files are opened (``workbook``), each sheet is recognised by a layout that is data (``layouts``), its rows
are read as they stand (``tidy``, ``matrix``) and checked against the vocabulary (``check``), all problems
at once.
"""

from emissions.activity.balance import net_feedstock
from emissions.activity.read import layouts, read_activity
from emissions.activity.table import ActivityTable

__all__ = ["ActivityTable", "layouts", "net_feedstock", "read_activity"]
