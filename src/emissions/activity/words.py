"""Looking up the words of a workbook in the vocabulary, once a distinct text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from emissions.units import BASE_UNITS, scale
from emissions.vocabulary import load_vocabulary, normalise
from emissions.vocabulary.tables import Row, read_table

_SIDES = re.compile(r"\s*[/|／\n]\s*")
_AND = re.compile(r"\s*[+＋、,，;；&]\s*")
_SCHEMES = ("IPCC2006", "NFR")


@dataclass(frozen=True, slots=True)
class Looked:
    """A word found, or what to say where there is none."""

    word: str = ""
    problem: str = ""
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class LookedUnit:
    """A unit found: its name, dimension and the number that turns it into the base unit of the dimension."""

    unit: str = ""
    dimension: str = ""
    factor: float = 1.0
    problem: str = ""
    nearest: str = ""
    readings: str = ""
    hint_zh: str = ""
    hint_en: str = ""


@cache
def find_word(table: str, text: str) -> Looked:
    """Return the word of a text; a bilingual text (``原煤 / raw coal``) counts where its sides agree.

    Parameters
    ----------
    table
        Table of the vocabulary as in :meth:`emissions.vocabulary.Vocabulary.resolve`.
    text
        As it stands in the cell.

    Examples
    --------
    >>> find_word("activities", "原煤 / raw coal").word
    'raw_coal'
    """
    if not text:
        return Looked()
    if table not in load_vocabulary().aliases:
        return Looked(problem="condition_without_words")
    word = known_word(table, text)
    return Looked(word) if word else Looked(problem="unknown_word", nearest=nearest_label(table, text))


@cache
def known_word(table: str, text: str) -> str:
    """Return the word of a text as :func:`find_word`, blank where there is none; nothing near is looked for."""
    vocabulary = load_vocabulary()
    word = vocabulary.resolve(table, text)
    if word is None:
        sides = {vocabulary.resolve(table, side) for side in _SIDES.split(text)} - {None}
        word = sides.pop() if len(sides) == 1 else None
    return word or ""


def nearest_label(table: str, text: str) -> str:
    """Return the nearest known word with the spelling a person would write, blank where nothing is near."""
    vocabulary = load_vocabulary()
    spelling = vocabulary.nearest(table, text) or _containing(table, text)
    if not spelling:
        return ""
    word = vocabulary.aliases[table][spelling]
    if table == "units":
        return spelling
    row = (vocabulary.condition_values.get(table) or getattr(vocabulary, table))[word]
    if unicodedata.normalize("NFKC", text).isascii():
        return row.get("label_en") or word
    return row.get("label_zh") or word


def _containing(table: str, text: str) -> str:
    """Return the shortest known spelling that holds the text or stands in it, blank if none does."""
    short = normalise(text)
    known = [spelling for spelling in load_vocabulary().aliases[table] if len(spelling) > 1 and len(short) > 1]
    longer = [spelling for spelling in known if short in spelling]
    near = longer or [spelling for spelling in known if spelling in short]
    return min(near, key=lambda spelling: (abs(len(spelling) - len(short)), spelling), default="")


@cache
def find_category(text: str) -> Looked:
    """Return a category with its scheme; a bare code is of IPCC 2006, or of the NFR where only that has it.

    Examples
    --------
    >>> find_category("1.A.1.a").word
    'IPCC2006:1A1a'
    """
    looked = find_word("categories", text)
    if looked.word or not text:
        return looked
    known = load_vocabulary().aliases["categories"]
    for side in (text, *_SIDES.split(text)):
        code = re.split(r"[\s　]", side.strip())[0].replace(".", "")
        for spelling in (code, *(f"{scheme}:{code}" for scheme in _SCHEMES)):
            word = known.get(unicodedata.normalize("NFKC", spelling).casefold())
            if word:
                return Looked(word)
    return Looked(problem="unknown_word", nearest=looked.nearest)


@cache
def find_controls(text: str) -> Looked:
    """Return the devices of a cell joined by ``+`` in alphabetical order."""
    if not text:
        return Looked()
    whole = find_word("controls", text)
    if whole.word:
        return whole
    parts = [find_word("controls", part) for part in _AND.split(text) if part]
    failed = next((part for part in parts if part.problem), None)
    if failed is not None:
        return failed
    return Looked("+".join(sorted({part.word for part in parts})))


@cache
def _refused_units() -> dict[str, Row]:
    """Return the units with two readings by their spelling; here the case of letters matters (``mt``, ``Mt``)."""
    return {_unit_spelling(row["alias"]): row for row in read_table("units_refused")}


def _unit_spelling(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@cache
def find_unit(text: str) -> LookedUnit:
    """Return the unit of a text, its dimension and factor to the base unit.

    Examples
    --------
    >>> find_unit("万吨").dimension, find_unit("万吨").factor
    ('mass', 10000.0)
    """
    if not text:
        return LookedUnit(problem="unit_missing")
    refused = _refused_units().get(_unit_spelling(text))
    if refused is not None:
        return LookedUnit(
            problem="unit_ambiguous",
            readings=refused["readings"].replace("|", " / "),
            hint_zh=refused["hint_zh"],
            hint_en=refused["hint_en"],
        )
    vocabulary = load_vocabulary()
    name = vocabulary.resolve("units", text)
    if name is None:
        sides = {vocabulary.resolve("units", side) for side in _SIDES.split(text)} - {None}
        name = sides.pop() if len(sides) == 1 else None
    if name is None:
        return LookedUnit(problem="unknown_unit", nearest=nearest_label("units", text))
    unit = vocabulary.units[name]
    if unit.dimension not in BASE_UNITS:
        return LookedUnit(unit=name, dimension=unit.dimension, problem="unit_not_of_activity")
    return LookedUnit(name, unit.dimension, scale(unit.expression, BASE_UNITS[unit.dimension]))
