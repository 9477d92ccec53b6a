"""Which card is tried for which lines, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.assign import NOT_FITTING, Group
from emissions.engine.columns import coded_column, smallest
from emissions.methods import Card

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Trial:
    """Lines of keys of one dimension that a card is tried for, whatever their substance.

    Attributes
    ----------
    substances
        Some of the card's.
    line, key, substance
        Number of each line, of its key, and of its substance among ``substances``.
    """

    card: Card
    dimension: str
    substances: tuple[str, ...]
    line: Rows
    key: Rows
    substance: Rows

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.line)

    def only(self, some: Flags) -> Trial:
        """Return the trial for some of its lines."""
        if some.all():
            return self
        return replace(self, line=self.line[some], key=self.key[some], substance=self.substance[some])


class Lines:
    """Lines of keys and groups of cards: one for each key that some card of a group fits, in the order of groups.

    Attributes
    ----------
    group, key
        Of each line.
    """

    def __init__(self, groups: Sequence[Group], cards: Mapping[str, Card], keys: pd.DataFrame) -> None:
        self.groups = groups
        self._cards = {name: number for number, name in enumerate(cards)}
        self._methods = list(cards.values())
        self._dimension, self._dimensions = coded_column(keys["dimension"])
        fits = np.array([(one.order != NOT_FITTING).any(axis=0) for one in groups]).reshape(len(groups), len(keys))
        self.group, self.key = (each.astype(np.int64) for each in np.nonzero(fits))
        self._line = (np.cumsum(fits) - 1).reshape(fits.shape)

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.key)

    def trials(self) -> Iterator[Trial]:
        """Yield the cards in the order in which they are tried, each with all lines it has at that place."""
        if not len(self):
            return
        orders = np.vstack([one.order for one in self.groups])
        group = np.repeat(np.arange(len(self.groups)), [len(one.cards) for one in self.groups])
        card = np.array([self._cards[name] for one in self.groups for name in one.cards], dtype=np.int64)
        which, key = np.nonzero(orders != NOT_FITTING)
        names = max(1, len(self._dimensions))
        attempt = orders[which, key] * len(self._methods) + card[which]
        attempt = attempt * names + self._dimension[key]
        order = np.argsort(attempt.astype(smallest(int(attempt.max()) + 1)), kind="stable")
        attempt, which, key = attempt[order], which[order], key[order]
        cuts = np.flatnonzero(attempt[1:] != attempt[:-1]) + 1
        for begin, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(attempt)], strict=True):
            of_group, of_key = group[which[begin:end]], key[begin:end]
            # lines stand in the order of groups
            new = np.flatnonzero(np.diff(of_group, prepend=-1))
            groups = of_group[new].tolist()
            substance = np.repeat(np.arange(len(new)), np.diff(new, append=len(of_group)))
            number, dimension = divmod(int(attempt[begin]), names)
            yield Trial(
                self._methods[number % len(self._methods)],
                str(self._dimensions[dimension]),
                tuple(self.groups[one].substance for one in groups),
                self._line[of_group, of_key],
                of_key,
                substance,
            )
