"""Texts for people, in Chinese and English, from the message catalogue."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any, Literal

from emissions.vocabulary.tables import read_messages

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


def named(group: str, word: str, language: Language) -> str:
    """Return the text ``group.word`` (stream, status, tier, unit ...), the word itself where there is none.

    Examples
    --------
    >>> named("stream", "process", "zh"), named("stream", "a_new_one", "zh")
    ('生产过程', 'a_new_one')
    """
    shown = message(f"{group}.{word}", language) if word else word
    return word if shown == f"{group}.{word}" else shown


def allowed_text(code: str, allowed: str, language: Language) -> str:
    """Return how a problem introduces what may stand in the place of what it found, as its entry says."""
    introduction = _catalogue().get(code, {}).get("allowed", "allowed_words")
    return message(introduction, language, allowed=allowed)
