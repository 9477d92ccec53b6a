"""Which rows of a table lie under which words of the vocabulary."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.factors.match import split_control
from emissions.vocabulary import Graph, Vocabulary

Flags = npt.NDArray[np.bool_]


@dataclass
class Where:
    """Answers which rows of a table lie under which words; a distinct value is looked at once, and a question once.

    Cards, expectations and rules of a set ask the same few columns hundreds of times.

    Attributes
    ----------
    rows
        Activity rows or keys; not to be changed while the object lives.
    vocabulary
        Trees of categories, activities and condition words.
    """

    rows: pd.DataFrame
    vocabulary: Vocabulary
    _columns: dict[str, tuple[npt.NDArray[np.int64], list[str]]] = field(init=False, default_factory=dict)
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

    def under(self, categories: Collection[str], activities: Collection[str], uses: Collection[str] = ()) -> Flags:
        """Tell which rows lie under some categories and activities, and have one of some uses."""
        flags: Flags = self.below("category", categories) & self.below("activity", activities)
        return flags & self.below("use", uses) if uses else flags

    def unstated(self, column: str) -> Flags:
        """Tell which rows state nothing in a condition column."""
        return unstated(self.rows[column])

    def with_device(self, devices: Collection[str]) -> Flags:
        """Tell which rows state one of some control devices."""
        codes, texts = self.values("control")
        return np.array([not set(devices).isdisjoint(split_control(text)) for text in texts], dtype=np.bool_)[codes]

    def values(self, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Return the code of every row and the distinct texts of a column."""
        if column not in self._columns:
            words = self.rows[column].array
            if isinstance(words, pd.Categorical) and (words.codes >= 0).all():
                found, texts = words.codes, words.categories.tolist()
            else:
                found, distinct = pd.factorize(np.asarray(words, dtype=object), use_na_sentinel=False)
                texts = distinct.tolist()
            self._columns[column] = np.asarray(found, dtype=np.int64), [str(text) for text in texts]
        return self._columns[column]

    def _below(self, column: str, wanted: tuple[str, ...]) -> Flags:
        if not wanted:
            return np.ones(len(self.rows), dtype=bool)
        codes, texts = self.values(column)
        graph = self._graph(column)
        words = frozenset(wanted)
        good = [not words.isdisjoint(graph.ancestors(text) if graph else (text,)) for text in texts]
        flags: Flags = np.array(good, dtype=np.bool_)[codes]
        return flags

    def _graph(self, column: str) -> Graph | None:
        words = self.vocabulary
        graphs = {"category": words.category_graph, "activity": words.activity_graph, "region": words.region_graph}
        return graphs.get(column) or words.condition_graphs.get(column)


def unstated(column: pd.Series) -> Flags:
    """Tell which elements of a condition column state nothing: blank text, or no number."""
    if pd.api.types.is_numeric_dtype(column):
        return column.isna().to_numpy(dtype=np.bool_)
    if isinstance(column.dtype, pd.CategoricalDtype) and not column.hasnans:
        return np.asarray(column.array == "", dtype=np.bool_)
    cells = column.to_numpy(dtype=object)
    return np.asarray((cells == "") | pd.isna(cells), dtype=np.bool_)
