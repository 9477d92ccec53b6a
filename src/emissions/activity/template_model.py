"""The template as data: its sheets, columns, drop-down lists, examples and texts (``template.yaml``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from emissions.vocabulary import Language, load_vocabulary
from emissions.vocabulary.tables import Row, read_table

UNITS_AS_WORDS: Language = "en"
"""Language in which units are shown by their word (``1e4 t``) and not by their label."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Frozen):
    """A text in both languages."""

    zh: str
    en: str

    def other(self, language: Language) -> str:
        """Return the text in the language that is not ``language``."""
        return self.en if language == "zh" else self.zh

    def own(self, language: Language) -> str:
        """Return the text in ``language``."""
        return self.zh if language == "zh" else self.en


class WordList(_Frozen):
    """Words of a drop-down list: activities of some kinds, words below some words, or words one by one."""

    kinds: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class TemplateSheet(_Frozen):
    """A data sheet of the template; ``layout`` is the layout with which it is read back.

    ``headings`` are those that differ from the general ones.
    """

    layout: str
    name: str
    title: Text
    guidance: Text
    headings: dict[str, Text] = Field(default_factory=dict)
    columns: tuple[str, ...]
    required: tuple[str, ...]
    lists: dict[str, WordList] = Field(default_factory=dict)
    examples: tuple[dict[str, str | int | float | Text], ...] = ()


class Guide(_Frozen):
    """The first sheet: region, year, steps and what is on which sheet."""

    name: str
    title: Text
    steps: tuple[Text, ...]
    sheet_heading: Text
    content_heading: Text
    region_heading: Text
    year_heading: Text
    steps_heading: Text


class Notes(_Frozen):
    """The last sheet: free text that is not read."""

    name: str
    title: Text
    guidance: Text


class Template(_Frozen):
    """The whole template."""

    guide: Guide
    example_mark: str
    headings: dict[str, Text]
    widths: dict[str, float]
    sheets: tuple[TemplateSheet, ...]
    notes: Notes
    lists_name: str
    default_lists: tuple[str, ...]


@cache
def load_template() -> Template:
    """Return the template."""
    text = (files("emissions.activity") / "template.yaml").read_text(encoding="utf-8")
    return Template.model_validate(yaml.safe_load(text))


def table_of(column: str) -> str:
    """Return the table of the vocabulary that holds the words of a column."""
    plain = {
        "activity": "activities",
        "use": "uses",
        "control": "controls",
        "unit": "units",
        "category": "categories",
        "parameter": "parameters",
        "substance": "substances",
        "region": "regions",
    }
    return plain.get(column, column)


def shown(column: str, word: str, language: Language) -> str:
    """Return the text by which a word is shown in a cell, one that is read back as the word.

    Examples
    --------
    >>> shown("activity", "raw_coal", "zh"), shown("category", "IPCC2006:1A1ai", "en")
    ('原煤', '1A1ai Electricity Generation')
    """
    vocabulary = load_vocabulary()
    table = table_of(column)
    if column == "control" and "+" in word:
        return "+".join(shown(column, part, language) for part in word.split("+"))
    if column == "category":
        row = vocabulary.categories.get(word)
        return f"{row['code']} {row[f'label_{language}']}" if row else word
    if table == "units":
        return _unit_label(word) if language != UNITS_AS_WORDS else word
    rows = _rows_of(table)
    label = rows.get(word, {}).get(f"label_{language}", "")
    return label if label and vocabulary.resolve(table, label) == word else word


def _rows_of(table: str) -> Mapping[str, Row]:
    vocabulary = load_vocabulary()
    rows: Mapping[str, Row] = vocabulary.condition_values.get(table) or getattr(vocabulary, table, {})
    return rows


@cache
def _unit_label(word: str) -> str:
    """Return the Chinese label of a unit, what stands before its brackets where it lists several."""
    label = next((row["label_zh"] for row in read_table("units") if row["unit"] == word), word)
    short = label.split("（")[0]
    return short if load_vocabulary().resolve("units", short) == word else word


def list_words(sheet: TemplateSheet, column: str) -> Iterator[str]:
    """Yield the words of the drop-down list of a column."""
    vocabulary = load_vocabulary()
    chosen = sheet.lists.get(column)
    if chosen is not None and chosen.words:
        yield from chosen.words
    elif chosen is not None and chosen.under:
        graph = vocabulary.condition_graphs[column]
        yield from (word for word in graph.parents if any(top in graph.ancestors(word) for top in chosen.under))
    elif column == "activity":
        kinds = chosen.kinds if chosen is not None else ()
        yield from (
            word
            for word, row in vocabulary.activities.items()
            if row["dimensions"] and (not kinds or row["kind"] in kinds)
        )
    elif column == "category":
        yield from (word for word, row in vocabulary.categories.items() if row["scheme"] == "IPCC2006")
    elif column in load_template().default_lists:
        yield from _rows_of(table_of(column))
