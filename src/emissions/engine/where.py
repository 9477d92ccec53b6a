"""Which rows of a table lie under which words of the vocabulary."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.columns import Codes, among, any_missing, coded_column, is_number
from emissions.factors.match import split_control
from emissions.vocabulary import Graph, Vocabulary

Flags = npt.NDArray[np.bool_]


@dataclass
class Where:
    """Answers which rows of a table lie under which words; a distinct value is looked at once, and a question once.

    Cards, expectations and rules of a set ask the same few columns hundreds of times. Rows are looked at only where
    each column asked for has a word that fits.

    Attributes
    ----------
    rows
        Activity rows or keys; not to be changed while the object lives.
    vocabulary
        Trees of categories, activities and condition words.
    """

    rows: pd.DataFrame
    vocabulary: Vocabulary
    _columns: dict[str, tuple[Codes, list[str]]] = field(init=False, default_factory=dict)
    _words: dict[tuple[str, tuple[str, ...]], list[int]] = field(init=False, default_factory=dict)
    _answers: dict[tuple[str, tuple[str, ...]], Flags] = field(init=False, default_factory=dict)

    def below(self, column: str, wanted: Collection[str]) -> Flags:
        """Tell which rows have one of the wanted words, or one below it, in a column; all where nothing is wanted.

        The array is shared and cannot be written to.
        """
        asked = (column, tuple(wanted))
        if asked not in self._answers:
            self._answers[asked] = self._below(*asked)
            self._answers[asked].setflags(write=False)
        return self._answers[asked]

    def under(
        self,
        categories: Collection[str],
        activities: Collection[str],
        uses: Collection[str] = (),
        regions: Collection[str] = (),
    ) -> Flags:
        """Tell which rows lie under some categories, activities and regions, and have one of some uses."""
        asked = {"category": categories, "activity": activities, "use": uses, "region": regions}
        wanted = {column: words for column, words in asked.items() if words}
        if not all(self.some_below(column, words) for column, words in wanted.items()):
            return np.zeros(len(self.rows), dtype=np.bool_)
        flags = np.ones(len(self.rows), dtype=np.bool_)
        for column, words in wanted.items():
            flags &= self.below(column, words)
        return flags

    def exactly(self, column: str, word: str) -> Flags:
        """Tell which rows have this very word in a column."""
        codes, texts = self.values(column)
        return among(codes, [code for code, text in enumerate(texts) if text == word], len(texts))

    def some_below(self, column: str, wanted: Collection[str]) -> bool:
        """Tell whether any word of a column is a wanted one or below one; it may be that of no row."""
        return bool(self._good(column, tuple(wanted)))

    def unstated(self, column: str) -> Flags:
        """Tell which rows state nothing in a condition column."""
        return unstated(self.rows[column])

    def with_device(self, devices: Collection[str]) -> Flags:
        """Tell which rows state one of some control devices."""
        codes, texts = self.values("control")
        good = [code for code, text in enumerate(texts) if not set(devices).isdisjoint(split_control(text))]
        return among(codes, good, len(texts))

    def values(self, column: str) -> tuple[Codes, list[str]]:
        """Return the code of every row and the distinct texts of a column."""
        if column not in self._columns:
            codes, words = coded_column(self.rows[column])
            self._columns[column] = codes, [str(word) for word in words]
        return self._columns[column]

    def _below(self, column: str, wanted: tuple[str, ...]) -> Flags:
        if not wanted:
            return np.ones(len(self.rows), dtype=bool)
        codes, texts = self.values(column)
        return among(codes, self._good(column, wanted), len(texts))

    def _good(self, column: str, wanted: tuple[str, ...]) -> list[int]:
        """Return the codes of the words that are wanted ones or below one."""
        asked = (column, wanted)
        if asked not in self._words:
            graph = self._graph(column)
            words = frozenset(wanted)
            self._words[asked] = [
                code
                for code, text in enumerate(self.values(column)[1])
                if not words.isdisjoint(graph.ancestors(text) if graph else (text,))
            ]
        return self._words[asked]

    def _graph(self, column: str) -> Graph | None:
        words = self.vocabulary
        graphs = {"category": words.category_graph, "activity": words.activity_graph, "region": words.region_graph}
        return graphs.get(column) or words.condition_graphs.get(column)


def unstated(column: pd.Series) -> Flags:
    """Tell which elements of a condition column state nothing: blank text, or no number."""
    if is_number(column):
        return column.isna().to_numpy(dtype=np.bool_)
    if isinstance(column.dtype, pd.CategoricalDtype) and not any_missing(column.array.codes):
        words = column.array.categories
        return among(column.array.codes, [words.get_loc("")] if "" in words else [], len(words))
    cells = column.to_numpy(dtype=object)
    return np.asarray((cells == "") | pd.isna(cells), dtype=np.bool_)
