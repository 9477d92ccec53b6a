"""From implied factors to emissions: what depends on how much there is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from emissions.engine.balances import check_balances, check_recovery
from emissions.engine.elsewhere import count_elsewhere, count_once
from emissions.engine.lines import KindLines
from emissions.factors.sets import FactorSet
from emissions.methods import Card
from emissions.vocabulary import Vocabulary


def account(
    lines: KindLines, keys: pd.DataFrame, cards: Mapping[str, Card], chosen: FactorSet, vocabulary: Vocabulary
) -> KindLines:
    """Return the lines without what is counted elsewhere or cannot be.

    Parameters
    ----------
    lines
        As methods and factors were chosen for kinds of keys.
    keys
        One row a key.
    """
    lines = check_recovery(check_balances(lines, keys), keys)
    return count_elsewhere(count_once(lines, cards), keys, chosen, vocabulary)
