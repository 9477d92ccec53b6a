"""How every row asked for fits one key: what the trace shows beside the row that was chosen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from emissions.factors.match import NO
from emissions.factors.resolve import RADIX, Request, Resolver, nearness, weight


def fit_report(resolver: Resolver, request: Request, key: int) -> pd.DataFrame:
    """Return every row a request asks for with how it fits one key, best first, for the trace.

    Parameters
    ----------
    key
        Number of the key.

    Returns
    -------
    pandas.DataFrame
        row (number in the library), score (int64, blank rows that do not fit last), fails (names of the columns
        that do not fit, comma separated).
    """
    rows = resolver.rows_asked(request)
    if not len(rows):
        return pd.DataFrame({"row": [], "score": [], "fails": []})
    dimensions = resolver.dimensions(request, rows)
    lines = {name: ranks[codes[key]][None, :] for name, (codes, ranks) in dimensions.items()}
    fails = [
        ", ".join(_names(name for name, ranks in lines.items() if ranks[0, column] == NO))
        for column in range(len(rows))
    ]
    static = resolver.static_score(rows)
    score = static.copy()
    for name, ranks in lines.items():
        if name in RADIX:
            score = score + np.maximum(ranks[0], 0).astype(np.int64) * weight(name)
        elif name.startswith("condition:"):
            score = score + nearness(ranks[0])
    table = pd.DataFrame({"row": rows, "score": score, "fails": fails})
    table["count"] = [0 if not text else text.count(",") + 1 for text in fails]
    return table.sort_values(["count", "score"], kind="stable").drop(columns="count").reset_index(drop=True)


def _names(names: Iterable[str]) -> list[str]:
    return [name.removeprefix("condition:") for name in names]
