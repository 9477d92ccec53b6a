"""What can go wrong, as one tree.

::

    EmissionsError
    ├── ProblemsError              carries every problem found, not only the first
    │   ├── UnreadableWorkbook     the file could not be opened as a table
    │   ├── ActivityErrors         the activity data break rules
    │   ├── VocabularyError        a word or a table of the vocabulary is wrong
    │   ├── PackageError           a factor package or set breaks rules
    │   ├── CardError              a method card breaks rules
    │   ├── ScenarioError          a scenario file breaks rules
    │   ├── SharesDoNotSum         shares of a parent do not sum to 1
    │   ├── AmbiguousMethod        two cards fit one key and the set gives no order
    │   ├── AmbiguousFactor        two factor rows fit one parameter equally well
    │   ├── FormulaError           a formula gave no finite number
    │   ├── GapsNotAllowed         ``strict``: something was not estimated
    │   └── ResultError            a stored result cannot be used
    └── UnknownUnit                a unit is not in the registry

A :class:`Problem` is a record. Its text in Chinese or English is made by
:func:`emissions.vocabulary.describe`, from the message catalogue of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, doubtful or was read in a way worth saying.

    Parameters
    ----------
    code
        Name of the message in the catalogue, such as ``unknown_unit``.
    level
        ``error`` stops the run, ``warning`` and ``info`` are reported.
    file, sheet, cell, row
        Where: file name, sheet, cell such as ``D7``, one-based row.
    found, allowed, nearest
        What stood there, what may stand there, the nearest known word.
    facts
        Further fields of the message.

    Examples
    --------
    >>> Problem("unknown_unit", file="a.xlsx", sheet="能源", cell="D7", found="kx").place
    'a.xlsx 能源!D7'
    """

    code: str
    level: Level = "error"
    file: str = ""
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    found: str = ""
    allowed: str = ""
    nearest: str = ""
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def place(self) -> str:
        """File, sheet and cell (or row) in the form ``file sheet!cell``; blank where unknown."""
        spot = self.cell or (f"{self.row}" if self.row is not None else "")
        return place_of(self.file, self.sheet, spot)

    def record(self) -> dict[str, Any]:
        """Return the problem as a plain dictionary, for JSON."""
        return asdict(self)


def place_of(file: str, sheet: str, cell: str) -> str:
    """Return where something stands, in the form ``file sheet!cell``; what is blank is left out.

    Examples
    --------
    >>> place_of("a.xlsx", "能源", "D7"), place_of("a.csv", "", "D7")
    ('a.xlsx 能源!D7', 'a.csv D7')
    """
    inner = "!".join(part for part in (sheet, cell) if part)
    return " ".join(part for part in (file, inner) if part)


class EmissionsError(Exception):
    """Base of all errors of this package."""


class UnknownUnit(EmissionsError):
    """A unit is not in the registry."""


class ProblemsError(EmissionsError):
    """One or more problems; ``problems`` holds all of them.

    Examples
    --------
    >>> str(ActivityErrors([Problem("unknown_unit", cell="D7", found="kx")]))
    'unknown_unit: D7: kx'
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(_line(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


def _line(problem: Problem) -> str:
    facts = ", ".join(f"{name}={value}" for name, value in problem.facts.items())
    return ": ".join(part for part in (problem.code, problem.place, problem.found, facts) if part)


class UnreadableWorkbook(ProblemsError):
    """A file could not be opened as a table (missing, locked, truncated, too large, no format we read)."""


class ActivityErrors(ProblemsError):
    """The activity data break rules; nothing was computed."""


class VocabularyError(ProblemsError):
    """A table of the vocabulary is inconsistent, or a word is not in it."""


class PackageError(ProblemsError):
    """A factor package or a factor set breaks rules."""


class CardError(ProblemsError):
    """A method card breaks rules."""


class ScenarioError(ProblemsError):
    """A scenario file breaks rules."""


class SharesDoNotSum(ProblemsError):
    """Shares of a parent do not sum to 1."""


class AmbiguousMethod(ProblemsError):
    """Two cards serve one key, substance and stream, and the factor set gives no order."""


class AmbiguousFactor(ProblemsError):
    """Two factor rows fit one parameter of one key equally well."""


class FormulaError(ProblemsError):
    """A formula gave a value that is not finite, or parameters do not fit it."""


class GapsNotAllowed(ProblemsError):
    """``strict`` was asked for and something was not estimated."""


class ResultError(ProblemsError):
    """A stored result cannot be read, or does not hold what was asked for."""
