"""From implied factors to emissions: what depends on how much there is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.coverage import check_balances, check_recovery, count_elsewhere, count_once
from emissions.factors.sets import FactorSet
from emissions.methods import Card
from emissions.vocabulary import Vocabulary


def account(
    lines: pd.DataFrame,
    keys: pd.DataFrame,
    quantity: npt.NDArray[np.float64],
    cards: Mapping[str, Card],
    chosen: FactorSet,
    vocabulary: Vocabulary,
) -> pd.DataFrame:
    """Return the lines with quantity, emission and what is counted elsewhere or cannot be.

    Parameters
    ----------
    lines
        Of keys, with implied factors.
    quantity
        Of each key, in the base unit of its dimension.
    """
    lines = check_recovery(check_balances(total(lines, quantity), keys), keys)
    return count_elsewhere(count_once(lines, cards), keys, chosen, vocabulary)


def total(lines: pd.DataFrame, quantity: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Return the lines with the ``quantity`` of their key and ``emission`` = quantity x implied factor, in t."""
    of_line = quantity[lines["key"].to_numpy(dtype=np.int64)]
    return lines.assign(quantity=of_line, emission=of_line * lines["ief"].to_numpy(dtype=np.float64))
