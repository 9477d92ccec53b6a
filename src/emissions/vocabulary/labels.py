"""Words of the vocabulary as people call them, in Chinese and English."""

from __future__ import annotations

from functools import cache

from emissions.vocabulary.messages import Language
from emissions.vocabulary.words import load_vocabulary


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


@cache
def category_label(category: str, language: Language) -> str:
    """Return code and label of a category, without the scheme where it is that of inventories.

    Examples
    --------
    >>> category_label("IPCC2006:1A2a", "en"), category_label("NFR:2A1", "zh")
    ('1A2a Iron and Steel', 'NFR:2A1 水泥生产')
    """
    scheme, _, code = category.partition(":")
    name = label("categories", category, language)
    if scheme == "MEMO" or name == category:
        return name
    return f"{code if scheme == 'IPCC2006' else category} {name}"


def control_label(control: str, language: Language) -> str:
    """Return the labels of the devices of a control text, joined by ``+``.

    Examples
    --------
    >>> control_label("fabric_filter+scr", "zh")
    '袋式除尘+选择性催化还原（SCR）'
    """
    return "+".join(label("controls", part, language) for part in control.split("+")) if control else ""
