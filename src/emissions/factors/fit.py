"""How every row asked for fits one key: what the trace shows beside the row that was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from emissions.factors.match import NO
from emissions.factors.request import RADIX, Request, weight
from emissions.factors.resolve import Resolver, nearness

_STEP_WORDS = {"time": "validity"}


def fit_report(resolver: Resolver, request: Request, key: int) -> pd.DataFrame:
    """Return every row a request asks for with how it fits one key, best first, for the trace.

    Parameters
    ----------
    key
        Number of the key.

    Returns
    -------
    pandas.DataFrame
        row (number in the library), a rank for each step of the order of preference (0 best), fails (names of the
        columns that do not fit, comma separated).
    """
    rows = resolver.rows_asked(request)
    if not len(rows):
        return pd.DataFrame(columns=["row", *RADIX, "fails"])
    dimensions = resolver.dimensions(request, rows)
    lines = {name: ranks[codes[key]] for name, (codes, ranks) in dimensions.items()}
    fails = [
        ", ".join(_names(name for name, ranks in lines.items() if ranks[column] == NO)) for column in range(len(rows))
    ]
    steps = {name: np.zeros(len(rows), dtype=np.int64) for name in RADIX}
    for name, ranks in lines.items():
        if name in RADIX:
            steps[name] = np.maximum(ranks, 0).astype(np.int64)
        elif name.startswith("condition:"):
            steps["words"] = steps["words"] + nearness(ranks) // weight("words")
    static = resolver.static_score(rows)
    steps["conditions"] = static // weight("conditions")
    steps["grade"] = static % weight("conditions") // weight("grade")
    table = pd.DataFrame({"row": rows, **steps, "fails": fails})
    order = table.assign(count=[0 if not text else text.count(",") + 1 for text in fails])
    return order.sort_values(["count", *RADIX], kind="stable").drop(columns="count").reset_index(drop=True)


def deciding_step(winner: Mapping[Any, Any], other: Mapping[Any, Any]) -> str:
    """Return the step of the order of preference that put one row before another; blank if the other is not behind.

    Parameters
    ----------
    winner, other
        Lines of :func:`fit_report`.
    """
    for name in RADIX:
        first, second = int(str(winner[name])), int(str(other[name]))
        if first != second:
            return _STEP_WORDS.get(name, name) if first < second else ""
    return ""


def _names(names: Iterable[str]) -> list[str]:
    return [name.removeprefix("condition:") for name in names]
