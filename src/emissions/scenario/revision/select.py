"""Which rows of the activity data a selector names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.where import Where
from emissions.factors.match import inside
from emissions.scenario.model import Selector
from emissions.vocabulary import Vocabulary

Flags = npt.NDArray[np.bool_]
STAGES = ("pre_I", "I", "II", "III", "IV", "V", "VI")
"""Words of the condition ``stage``, oldest first; the number of a stage is its place."""


def selected(selector: Selector, rows: pd.DataFrame, vocabulary: Vocabulary) -> Flags:
    """Tell which rows fit every field of a selector; a row that does not state a condition does not fit it.

    Examples
    --------
    >>> from emissions.vocabulary import load_vocabulary
    >>> rows = pd.DataFrame(
    ...     {"category": ["IPCC2006:1A4b", "IPCC2006:2B1"], "activity": ["raw_coal", "natural_gas"],
    ...      "use": ["combustion", "feedstock"], "region": ["150600", "150600"]})
    >>> selected(Selector(categories="1A", activities="coal"), rows, load_vocabulary()).tolist()
    [True, False]
    """
    where = Where(rows, vocabulary)
    flags = where.under([code(word) for word in selector.categories], selector.activities, selector.uses)
    flags &= where.below("region", selector.regions)
    if selector.stage_at_most is not None:
        flags &= where.below("stage", STAGES[: selector.stage_at_most + 1]) if "stage" in rows else False
    for name, words in selector.where.items():
        if name not in rows:
            return np.zeros(len(rows), dtype=bool)
        if vocabulary.conditions[name]["kind"] == "number":
            flags &= inside(rows[name].to_numpy(dtype=np.float64), str(words if isinstance(words, str) else words[0]))
        else:
            flags &= where.below(name, (words,) if isinstance(words, str) else words)
    return flags


def code(category: str) -> str:
    """Return a category with its scheme: ``1A1a`` is one of IPCC 2006.

    Examples
    --------
    >>> code("1A1a"), code("NFR:3B1a")
    ('IPCC2006:1A1a', 'NFR:3B1a')
    """
    return category if ":" in category else f"IPCC2006:{category}"
