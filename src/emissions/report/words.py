"""Words of a result in a language: labels of the vocabulary, reasons, states, texts for display."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from emissions.factors import FactorSet
from emissions.vocabulary import (
    Language,
    category_label,
    control_label,
    label,
    load_vocabulary,
    message,
    named,
    reason_text,
)


def plain(text: object) -> str:
    r"""Return a text of a user without control characters, safe for a terminal.

    Examples
    --------
    >>> plain("a\x1b[31mb\n")
    'a [31mb '
    """
    return "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in str(text))


@dataclass(frozen=True)
class Words:
    """Labels and texts in one language.

    Parameters
    ----------
    language
        ``zh`` or ``en``.
    """

    language: Language

    def text(self, code: str, **facts: object) -> str:
        """Return a text of the catalogue."""
        return message(code, self.language, **facts)

    def label(self, table: str, word: str) -> str:
        """Return the label of a word of the vocabulary, the word itself where it has none."""
        return _label(table, word, self.language)

    def category(self, category: str) -> str:
        """Return code and label of a category, without the scheme where it is that of inventories.

        Examples
        --------
        >>> Words("en").category("IPCC2006:1A2a")
        '1A2a Iron and Steel'
        """
        return category_label(category, self.language)

    def control(self, control: str) -> str:
        """Return the labels of the devices of a control text, joined by ``+``."""
        return control_label(control, self.language)

    def condition(self, name: str, value: object) -> str:
        """Return a stated condition: a word's label, or name and number."""
        if isinstance(value, str) and value:
            return self.label(name, value) if name != "control" else self.control(value)
        return f"{self.label('conditions', name)} {value:g}" if isinstance(value, float) else str(value)

    def condition_pair(self, name: str, value: str) -> str:
        """Return ``condition = value`` in words."""
        shown = self.control(value) if name == "control" else self.label(name, value.removesuffix(".0"))
        title = self.text("heading.control") if name == "control" else self.label("conditions", name)
        return f"{title} = {shown}"

    def reason(self, reason: str, chosen: FactorSet | None = None) -> str:
        """Return a reason code such as ``no_factor:ash_content`` in words; free text stays as it is.

        Parameters
        ----------
        chosen
            The factor set, whose rules some reasons name by number.
        """
        if not reason:
            return ""
        code, _, detail = reason.partition(":")
        if code == "set_rule" and chosen is not None and detail.isdigit() and int(detail) < len(chosen.elsewhere):
            return self.text("reason.set_rule", detail=chosen.elsewhere[int(detail)].why.text(self.language))
        return reason_text(reason, self.language)

    def hint(self, reason: str) -> str:
        """Return what a user can do about a reason, blank where there is nothing."""
        code = reason.partition(":")[0]
        shown = self.text(f"hint.{code}") if code else ""
        return "" if shown.startswith("hint.") else shown

    def named(self, group: str, word: str) -> str:
        """Return the text ``group.word`` (stream, status, tier, cause ...), the word itself where there is none."""
        return named(group, word, self.language)

    def unit(self, unit: str) -> str:
        """Return a unit for display.

        Examples
        --------
        >>> Words("zh").unit("t")
        '吨'
        """
        return self.named("unit", unit)


@cache
def _label(table: str, word: str, language: Language) -> str:
    vocabulary = load_vocabulary()
    if not word or not (table in vocabulary.condition_values or hasattr(vocabulary, table)):
        return word
    return label(table, word, language)
