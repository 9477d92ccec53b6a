"""Texts for people, in Chinese and English, from the message catalogue."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, Literal

from emissions.errors import Problem
from emissions.vocabulary.tables import read_messages
from emissions.vocabulary.words import load_vocabulary

Language = Literal["zh", "en"]


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    return read_messages()


class _Field(str):
    """A value put into a text; ``{rows:row|rows}`` puts the first form where the value is 1, else the second."""

    __slots__ = ()

    def __format__(self, forms: str) -> str:
        one, bar, other = forms.partition("|")
        if not bar:
            return str(self)
        return one if self == "1" else other


def message(code: str, language: Language, **facts: object) -> str:
    """Return the text of a message with its fields put in.

    A text chooses between two forms by a count: ``{rows} {rows:row|rows}``; a form may itself hold fields.

    Parameters
    ----------
    code
        Name in the catalogue. An unknown code is returned as it is, followed by its facts, so that nothing is lost.
    language
        ``zh`` or ``en``.
    facts
        Values of the fields; a field without a value stays blank.

    Examples
    --------
    >>> message("report.count_error", "en", number=1), message("report.count_error", "en", number=2)
    ('1 error', '2 errors')
    """
    entry = _catalogue().get(code)
    if entry is None:
        return " ".join([code, *(f"{name}={value}" for name, value in facts.items())])
    return str(entry[language]).format_map(defaultdict(_Field, {name: _Field(value) for name, value in facts.items()}))


def describe(problem: Problem, language: Language) -> str:
    """Return the whole text of a problem: where, what was found, what is allowed, nearest word, what to do.

    Examples
    --------
    >>> describe(Problem("unknown_unit", sheet="能源", cell="D7", found="kx", nearest="kg"), "en")
    '能源!D7: unknown unit "kx"; did you mean "kg"?'
    """
    text = message(
        problem.code,
        language,
        found=problem.found,
        allowed=problem.allowed,
        nearest=problem.nearest,
        **problem.facts,
    )
    parts = [f"{problem.place}: {text}" if problem.place else text]
    if problem.nearest:
        parts.append(message("nearest_word", language, nearest=problem.nearest))
    if problem.allowed:
        parts.append(message("allowed_words", language, allowed=problem.allowed))
    return "; ".join(parts) if language == "en" else "；".join(parts)


def label(table: str, word: str, language: Language) -> str:
    """Return the label of a word in a language; the other language, then the word itself, where it has none.

    Parameters
    ----------
    table
        As in :meth:`Vocabulary.resolve`.
    """
    vocabulary = load_vocabulary()
    rows = vocabulary.condition_values.get(table) or getattr(vocabulary, table)
    row = rows.get(word)
    if not row:
        return word
    other = "label_en" if language == "zh" else "label_zh"
    return row.get(f"label_{language}") or row.get(other) or word
