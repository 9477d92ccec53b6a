"""Method and factors of each kind of key: what is chosen for one kind does not depend on the others beside it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from emissions.engine.arguments import ArgumentFinder
from emissions.engine.assign import assign
from emissions.engine.coverage import keep_expected, keep_notation, report_under
from emissions.engine.gaps import name_what_is_missing
from emissions.engine.imply import imply
from emissions.engine.measured import Selection
from emissions.factors import FactorLibrary
from emissions.methods import Card
from emissions.vocabulary import Vocabulary

Chosen = tuple[pd.DataFrame, pd.DataFrame]
"""Lines and matches of kinds."""
_Kind = tuple[object, ...]


def choose(
    kinds: pd.DataFrame,
    library: FactorLibrary,
    cards: Mapping[str, Card],
    vocabulary: Vocabulary,
    measured: pd.DataFrame,
    selection: Selection,
) -> Chosen:
    """Return the lines and matches of kinds of keys.

    Parameters
    ----------
    kinds
        From :func:`~emissions.engine.kinds.kinds_of`.
    measured, selection
        Measured values of the activity table, and which of them are for which set of values that kinds name.

    Returns
    -------
    lines : pandas.DataFrame
        As :func:`~emissions.engine.imply.imply` gives them, with output category, memo and the gaps that matter;
        ``key`` is the number of a kind. In the order of substances and streams among the cards, then of kinds;
        expected substances that no card serves come last.
    matches : pandas.DataFrame
        ``line`` is the position of a line; in the order of lines.

    Raises
    ------
    AmbiguousMethod, AmbiguousFactor, FormulaError
        Each with every problem found.
    """
    finder = ArgumentFinder(kinds, library, vocabulary, measured, selection)
    lines, matches = imply(assign(kinds, cards, library.set, vocabulary), cards, finder)
    lines = report_under(lines, kinds, cards, vocabulary)
    lines, matches = renumber(keep_expected(lines.assign(line=np.arange(len(lines))), kinds, vocabulary), matches)
    lines = name_what_is_missing(lines, cards, finder)
    kept = keep_notation(lines, kinds)
    if kept is not lines:
        lines, matches = renumber(kept.assign(line=kept.index), matches)
    return _by_line(lines, matches)


def renumber(lines: pd.DataFrame, matches: pd.DataFrame) -> Chosen:
    """Number the lines anew after some came or went; matches of lines that went go too.

    Parameters
    ----------
    lines
        With ``line``, the number a line had before; NaN for one that came in.
    matches
        With ``line``, the number before.

    Examples
    --------
    >>> lines = pd.DataFrame({"line": [2.0, np.nan, 0.0], "card": ["c", "", "a"]})
    >>> lines, matches = renumber(lines, pd.DataFrame({"line": [0, 1, 2, 2], "row": [7, 8, 9, 10]}))
    >>> lines["card"].tolist(), matches.to_numpy().tolist()
    (['c', '', 'a'], [[2, 7], [0, 9], [0, 10]])
    """
    old = lines["line"].to_numpy(dtype=np.float64)
    known = np.isfinite(old)
    line = matches["line"].to_numpy(dtype=np.int64)
    highest = max(old[known].max(initial=-1), line.max(initial=-1))
    position = np.full(int(highest) + 1, -1, dtype=np.int64)
    position[old[known].astype(np.int64)] = np.flatnonzero(known)
    numbered = position[line]
    kept = matches.assign(line=numbered)[numbered >= 0]
    return lines.drop(columns="line").reset_index(drop=True), kept.reset_index(drop=True)


def _by_line(lines: pd.DataFrame, matches: pd.DataFrame) -> Chosen:
    place = matches["line"].to_numpy(dtype=np.int64)
    return lines, matches.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


class Choices:
    """Remembers what was chosen for kinds of keys, so that calculations that are much alike share the work.

    Calculations with and without a memory give the same bits.

    Parameters
    ----------
    library, cards, vocabulary
        What the choices are made with; other ones need other choices.
    """

    def __init__(self, library: FactorLibrary, cards: Mapping[str, Card], vocabulary: Vocabulary) -> None:
        self.library = library
        self.cards = cards
        self.vocabulary = vocabulary
        self._known: dict[tuple[object, ...], _Memory] = {}
        pairs = [(substance, card.stream) for card in cards.values() for substance in card.substances]
        self._order = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        self._substances = {name: number for number, name in enumerate(vocabulary.substances)}

    def must_be_of(self, library: FactorLibrary, cards: Mapping[str, Card], vocabulary: Vocabulary) -> None:
        """Raise ValueError if the choices are made with others than these."""
        if self.library is not library or self.cards is not cards or self.vocabulary is not vocabulary:
            raise ValueError("choices made with another factor set, other cards or another vocabulary")

    def of(self, kinds: pd.DataFrame, measured: pd.DataFrame, selection: Selection) -> Chosen:
        """Return the lines and matches of kinds, as :func:`choose` does."""
        if kinds.empty:
            return choose(kinds, self.library, self.cards, self.vocabulary, measured, selection)
        used = sorted({row for pairs in selection.sets for _, row in pairs})
        values = tuple(measured[["value", "unit"]].iloc[used].itertuples(index=False, name=None)) if used else ()
        asked = (tuple(kinds.columns), selection.sets, values)
        memory = self._known.setdefault(asked, _Memory())
        kind = memory.numbers(kinds)
        new = np.flatnonzero(kind < 0)
        if len(new):
            part = kinds.iloc[new].reset_index(drop=True)
            chosen = choose(part, self.library, self.cards, self.vocabulary, measured, selection)
            memory.add(part, *chosen)
            if len(new) == len(kinds):
                return chosen
            kind = memory.numbers(kinds)
        return self._in_order(*memory.lines_of(kind))

    def _in_order(self, lines: pd.DataFrame, matches: pd.DataFrame) -> Chosen:
        """Put lines in the order in which all of them would have been found at once."""
        substance = lines["substance"].to_numpy(dtype=object)
        pairs = zip(substance, lines["stream"].to_numpy(dtype=object), strict=True)
        last = len(self._order)
        group = np.array([self._order.get(pair, last) for pair in pairs], dtype=np.int64)
        within = np.array([self._substances[name] for name in substance], dtype=np.int64)
        order = np.lexsort((within, lines["key"].to_numpy(dtype=np.int64), group))
        return _by_line(*renumber(lines.assign(line=np.arange(len(lines))).iloc[order], matches))


class _Memory:
    """Lines and matches of the kinds that were met."""

    def __init__(self) -> None:
        self._number: dict[_Kind, int] = {}
        self._lines: list[pd.DataFrame] = []
        self._matches: list[pd.DataFrame] = []
        self._size = 0

    def numbers(self, kinds: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Return the number of each kind, -1 where it was not met yet."""
        return np.array([self._number.get(kind, -1) for kind in _kinds(kinds)], dtype=np.int64)

    def add(self, kinds: pd.DataFrame, lines: pd.DataFrame, matches: pd.DataFrame) -> None:
        """Remember the lines and matches of kinds that were not met yet."""
        first = len(self._number)
        self._number |= {kind: first + number for number, kind in enumerate(_kinds(kinds))}
        self._lines.append(lines.assign(key=lines["key"] + first))
        self._matches.append(matches.assign(line=matches["line"] + self._size))
        self._size += len(lines)
        self._lines = [_joined(self._lines)]
        self._matches = [_joined(self._matches)]

    def lines_of(self, kind: npt.NDArray[np.int64]) -> Chosen:
        """Return the lines and matches of some kinds, ``key`` being the position among them."""
        (lines,), (matches,) = self._lines, self._matches
        position = np.full(len(self._number), -1, dtype=np.int64)
        position[kind] = np.arange(len(kind))
        key = position[lines["key"].to_numpy(dtype=np.int64)]
        return renumber(lines.assign(line=np.arange(len(lines)), key=key)[key >= 0], matches)


def _kinds(frame: pd.DataFrame) -> list[_Kind]:
    """Return each row as something that can be looked up; numbers that are missing are alike."""
    return list(zip(*(_elements(frame[name]) for name in frame), strict=True))


def _elements(column: pd.Series) -> list[object]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        words = [*column.cat.categories.tolist(), None]
        return [words[code] for code in column.cat.codes.tolist()]
    return [None if missing else one for one, missing in zip(column.tolist(), column.isna().tolist(), strict=True)]


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if len(filled) > 1 else (filled or frames)[0]
