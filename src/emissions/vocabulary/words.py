"""The words of the field and how they are related, as one frozen object."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from emissions.errors import Problem, VocabularyError
from emissions.vocabulary.tables import Row, items, read_table

_SHORT = 3
"""Length up to which Chinese words are near by the number of characters that differ."""
_NEAR, _NEAR_LATIN = 0.6, 0.7
"""Likeness from which a spelling is near; unrelated words in Latin letters share more of them."""


@dataclass(frozen=True)
class UnitWord:
    """A unit an officer may write: our name for it, a pint expression, its dimension."""

    unit: str
    expression: str
    dimension: str


@dataclass(frozen=True)
class Graph:
    """Words and their parents, nearest parent first; a word may have several parents.

    Examples
    --------
    >>> g = Graph({"raw_coal": ("coal",), "coal": ("fuels",), "fuels": ()})
    >>> g.ancestors("raw_coal")
    {'raw_coal': 0, 'coal': 1, 'fuels': 2}
    """

    parents: Mapping[str, tuple[str, ...]]
    _above: dict[str, dict[str, int]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __contains__(self, word: object) -> bool:
        return word in self.parents

    def ancestors(self, word: str) -> Mapping[str, int]:
        """Return the word and all its ancestors with their rank, nearest first (breadth first)."""
        known = self._above.get(word)
        if known is None:
            known = self._above[word] = self._breadth_first(word)
        return known

    def _breadth_first(self, word: str) -> dict[str, int]:
        found: dict[str, int] = {word: 0}
        layer: list[str] = [word]
        while layer:
            following: list[str] = []
            for member in layer:
                for parent in self.parents.get(member, ()):
                    if parent not in found:
                        found[parent] = len(found)
                        following.append(parent)
            layer = following
        return found

    def descendants(self, word: str) -> set[str]:
        """Return the word and everything below it."""
        return {other for other in self.parents if word in self.ancestors(other)}


@dataclass(frozen=True)
class Vocabulary:
    """All tables of words. Made by :func:`load_vocabulary`; read-only."""

    substances: Mapping[str, Row]
    activities: Mapping[str, Row]
    categories: Mapping[str, Row]
    regions: Mapping[str, Row]
    conditions: Mapping[str, Row]
    condition_values: Mapping[str, Mapping[str, Row]]
    controls: Mapping[str, Row]
    uses: Mapping[str, Row]
    parameters: Mapping[str, Row]
    units: Mapping[str, UnitWord]
    crosswalk: Mapping[str, tuple[str, ...]]
    expected: tuple[Row, ...]
    energy_carriers: tuple[Row, ...]
    activity_graph: Graph
    category_graph: Graph
    region_graph: Graph
    condition_graphs: Mapping[str, Graph]
    aliases: Mapping[str, Mapping[str, str]]
    _controls_on: dict[str, Mapping[str, frozenset[str]]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def resolve(self, table: str, text: str) -> str | None:
        """Return our word for a text of a workbook (word, label in either language or alias), or None.

        Parameters
        ----------
        table
            ``activities``, ``regions``, ``categories``, ``substances``, ``controls``, ``uses``, ``parameters``,
            ``units``, ``conditions``, or a word condition such as ``technology``.
        text
            As it stands in the cell; width, case and spaces do not matter.

        Examples
        --------
        >>> load_vocabulary().resolve("activities", "原煤")
        'raw_coal'
        """
        return self.aliases[table].get(normalise(text))

    def nearest(self, table: str, text: str) -> str:
        """Return the known spelling nearest to ``text``, blank where nothing is near.

        In a word of two or three Chinese characters one wrong character is half or a third of it: such a word is
        near to the first of its length that begins alike and differs in one character.

        Examples
        --------
        >>> load_vocabulary().nearest("activities", "褐媒")
        '褐煤'
        """
        known, short = self.aliases[table], normalise(text)
        latin = short.isascii() and len(short) > _SHORT
        close = get_close_matches(short, known, n=1, cutoff=_NEAR_LATIN if latin else _NEAR)
        if close or not 1 < len(short) <= _SHORT or short.isascii():
            return close[0] if close else ""
        alike = (spelling for spelling in known if len(spelling) == len(short) and spelling[0] == short[0])
        return next((spelling for spelling in alike if _letters_that_differ(short, spelling) == 1), "")

    def controls_on(self, substance: str) -> Mapping[str, frozenset[str]]:
        """Return the controls that act on a substance, each with the parts it is a published combination of."""
        known = self._controls_on.get(substance)
        if known is None:
            known = self._controls_on[substance] = {
                word: frozenset(items(row.get("part_of", "")))
                for word, row in self.controls.items()
                if substance in items(row["acts_on"])
            }
        return known

    def serving_categories(self, category: str) -> dict[str, int]:
        """Return every category whose factor rows may serve ``category``, with a rank, nearest first.

        These are the category and its ancestors and, through the crosswalk, those of the other schemes.
        A step up in the tree counts alike in either scheme; the category's own scheme comes first.

        Parameters
        ----------
        category
            With its scheme: ``IPCC2006:1A1ai``.
        """
        steps: dict[str, tuple[int, int]] = {}
        for height, own in enumerate(self.category_graph.ancestors(category)):
            steps.setdefault(own, (2 * height, 0))
            for line, other in enumerate(self.crosswalk.get(own, ())):
                for up, code in enumerate(self.category_graph.ancestors(other)):
                    found = (2 * (height + up) + 1, line)
                    steps[code] = min(steps.get(code, found), found)
        return {code: rank for rank, (code, _) in enumerate(sorted(steps.items(), key=lambda one: one[1]))}

    def sector_of(self, category: str) -> str:
        """Return the word of the condition ``sector`` that a category has or inherits, blank if none."""
        for member in self.category_graph.ancestors(category):
            sector = self.categories[member].get("sector", "")
            if sector:
                return sector
        return ""

    def memo_of(self, category: str) -> str:
        """Return the memo item a category belongs to or inherits, blank for what counts in the totals."""
        for member in self.category_graph.ancestors(category):
            memo = self.categories[member].get("memo", "")
            if memo:
                return memo
        return ""


def _letters_that_differ(first: str, second: str) -> int:
    """Return the number of places at which two texts of one length have different letters."""
    return sum(one != other for one, other in zip(first, second, strict=True))


def normalise(text: str) -> str:
    """Return the text in half-width letters, lower case, without spaces.

    Spaces, underscores and hyphens all vanish, so ``Raw_Coal`` and ``raw coal`` are one word.

    Examples
    --------
    >>> normalise("Ｒaw_Coal　")
    'rawcoal'
    """
    half = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in half if not letter.isspace() and letter not in "_-")


@cache
def load_vocabulary() -> Vocabulary:
    """Return the vocabulary of the installed package (read once).

    Returns
    -------
    Vocabulary

    Raises
    ------
    VocabularyError
        With every inconsistency: a key twice, an unknown parent, one alias for two words.
    """
    tables = {
        name: read_table(name)
        for name in ("substances", "activities", "regions", "controls", "uses", "parameters", "conditions")
    }
    values = _by_condition(read_table("condition_values"))
    categories = [{**row, "category": f"{row['scheme']}:{row['code']}"} for row in read_table("categories")]
    keys = {
        "substances": "substance",
        "activities": "activity",
        "regions": "region",
        "controls": "control",
        "uses": "use",
        "parameters": "parameter",
        "conditions": "condition",
    }
    problems: list[Problem] = []
    indexed = {name: _index(rows, keys[name], name, problems) for name, rows in tables.items()}
    indexed["categories"] = _index(categories, "category", "categories", problems)
    value_tables = {name: _index(rows, "value", name, problems) for name, rows in values.items()}
    units = read_table("units")
    graphs = {
        "activities": _graph(indexed["activities"], "activities", problems),
        "regions": _graph(indexed["regions"], "regions", problems),
        **{name: _graph(rows, name, problems) for name, rows in value_tables.items()},
    }
    category_graph = Graph(
        {
            key: (f"{row['scheme']}:{row['parent']}",) if row.get("parent") else ()
            for key, row in indexed["categories"].items()
        }
    )
    problems += _unknown_parents(category_graph, "categories")
    aliases = {name: _aliases(rows, name, problems) for name, rows in {**indexed, **value_tables}.items()}
    aliases["units"] = _aliases({row["unit"]: row for row in units}, "units", problems)
    if problems:
        raise VocabularyError(problems)
    return Vocabulary(
        **indexed,
        condition_values=value_tables,
        units={row["unit"]: UnitWord(row["unit"], row["expression"], row["dimension"]) for row in units},
        crosswalk=_crosswalk(read_table("crosswalk")),
        expected=tuple(read_table("expected")),
        energy_carriers=tuple(read_table("energy_carriers")),
        activity_graph=graphs["activities"],
        category_graph=category_graph,
        region_graph=graphs["regions"],
        condition_graphs={name: graphs[name] for name in value_tables},
        aliases=aliases,
    )


def _by_condition(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["condition"], []).append(row)
    return grouped


def _index(rows: Iterable[Row], key: str, table: str, problems: list[Problem]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        if row[key] in found:
            problems.append(Problem("word_twice", sheet=table, found=row[key]))
        found[row[key]] = row
    return found


def _graph(rows: Mapping[str, Row], table: str, problems: list[Problem]) -> Graph:
    graph = Graph({word: items(row.get("parents", "")) for word, row in rows.items()})
    problems += _unknown_parents(graph, table)
    return graph


def _unknown_parents(graph: Graph, table: str) -> list[Problem]:
    return [
        Problem("unknown_parent", sheet=table, found=f"{word} -> {parent}")
        for word, parents in graph.parents.items()
        for parent in parents
        if parent not in graph
    ]


def _aliases(rows: Mapping[str, Row], table: str, problems: list[Problem]) -> dict[str, str]:
    """Map every spelling to its word; a word beats a label or alias, two labels alike leave both out."""
    found = {normalise(word): word for word in rows}
    labels: dict[str, set[str]] = {}
    for word, row in rows.items():
        for text in items(row.get("aliases", "")):
            spelling = normalise(text)
            if found.setdefault(spelling, word) != word:
                problems.append(Problem("alias_twice", sheet=table, found=f"{text}: {found[spelling]}, {word}"))
        for text in (row.get("label_zh", ""), row.get("label_en", "")):
            if text:
                labels.setdefault(normalise(text), set()).add(word)
    for spelling, words in labels.items():
        if len(words) == 1:
            found.setdefault(spelling, next(iter(words)))
    return found


def _crosswalk(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["nfr"]:
            found.setdefault(f"IPCC2006:{row['ipcc2006']}", []).append(f"NFR:{row['nfr']}")
    return {key: tuple(dict.fromkeys(value)) for key, value in found.items()}
