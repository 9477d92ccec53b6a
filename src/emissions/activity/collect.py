"""Collecting the problems of a sheet and which of its rows they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from emissions.activity.cells import text_of
from emissions.activity.raw import RawRows
from emissions.activity.words import Looked
from emissions.errors import Level, Problem


class Collector:
    """Problems of the rows of one sheet.

    A row with an error is refused; readings worth saying are joined to one note a column.

    Parameters
    ----------
    raw
        The rows.
    """

    def __init__(self, raw: RawRows) -> None:
        self.raw = raw
        self._problems: dict[tuple[str, str, str, str], list[Problem]] = {}
        self.refused: npt.NDArray[np.bool_] = np.zeros(len(raw.table), dtype=bool)
        self._texts: dict[str, list[str]] = {}
        self._said: dict[tuple[str, str, Level], list[tuple[int, str]]] = {}
        self._facts: dict[str, Mapping[str, str]] = {}

    def add(
        self,
        code: str,
        position: int,
        field: str,
        *,
        found: str = "",
        allowed: str = "",
        nearest: str = "",
        **facts: str,
    ) -> None:
        """Add an error at a field of the row at ``position``."""
        self.refused[position] = True
        problem = self.raw.problem(code, position, field, found=found, allowed=allowed, nearest=nearest, facts=facts)
        place = problem.cell or f"row {problem.row}"
        self._problems.setdefault((code, field, place, found), []).append(problem)

    @property
    def problems(self) -> list[Problem]:
        """Errors in the order in which they were met; one cell that many rows take is one error with their number."""
        return [
            same[0] if len(same) == 1 else replace(same[0], facts={**same[0].facts, "rows_refused": str(len(same))})
            for same in self._problems.values()
        ]

    def say(self, code: str, position: int, field: str, found: str, level: Level = "info", **facts: str) -> None:
        """Remember a reading worth saying; ``facts`` are those of its code."""
        self._facts[code] = facts
        self._said.setdefault((code, field, level), []).append((position, found))

    def notes(self) -> list[Problem]:
        """Return one note for each kind of reading and column, at its first cell; refused rows are left out."""
        read = {kind: [cell for cell in cells if not self.refused[cell[0]]] for kind, cells in self._said.items()}
        return [
            self.raw.problem(
                code,
                cells[0][0],
                field,
                level=level,
                found=cells[0][1],
                facts={**self._facts[code], "count": str(len(cells))},
            )
            for (code, field, level), cells in read.items()
            if cells
        ]

    def texts(self, field: str, default: str = "") -> list[str]:
        """Return a column as texts, ``default`` where it is absent or blank."""
        if field not in self.raw.table.columns:
            return [default] * len(self.raw.table)
        texts = self._texts.get(field)
        if texts is None:
            cells = self.raw.table[field].tolist()
            texts = self._texts[field] = [cell.strip() if type(cell) is str else text_of(cell) for cell in cells]
        return [text or default for text in texts] if default else texts.copy()

    def words(self, field: str, find: Callable[[str], Looked], code: str, **facts: str) -> list[str]:
        """Look up the texts of a column once a distinct text; an unknown text is a problem at its cell.

        Parameters
        ----------
        field
            Column.
        find
            From a text to the word.
        code
            Of the problem.
        """
        texts = self.texts(field)
        looked = {text: find(text) for text in dict.fromkeys(texts)}
        if any(each.problem for each in looked.values()):
            for position, text in enumerate(texts):
                if looked[text].problem:
                    self.add(code, position, field, found=text, nearest=looked[text].nearest, **facts)
        return [looked[text].word for text in texts]

    def require(self, field: str, words: Iterable[str], code: str) -> None:
        """Report rows whose word is blank and which are not refused for that field already."""
        for position, (word, text) in enumerate(zip(words, self.texts(field), strict=True)):
            if not word and not text:
                self.add(code, position, field)
