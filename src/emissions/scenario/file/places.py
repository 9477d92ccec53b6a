"""YAML with the place of every value, so that a problem can name file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from emissions.errors import Problem

MOST_CHARACTERS = 1_000_000
"""A longer file is refused."""
DEEPEST = 30
"""Deeper nesting is refused."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Key = str | int
Loc = tuple[Key, ...]
"""Keys and positions from the top of the file to a value."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A value of a YAML file and where it stands.

    Parameters
    ----------
    value
        Text, number, truth value or None; or a mapping of keys to spots; or a list of spots.
    file, row
        File name and one-based line; of the key where the value belongs to one.
    """

    value: Any
    file: str
    row: int

    @property
    def entries(self) -> dict[str, Spot]:
        """The mapping it holds; empty where it holds something else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Spot]:
        """The list it holds; itself alone where it holds something else, none where it holds nothing."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    def having(self, value: Any) -> Spot:
        """Return another value at the same place."""
        return Spot(value, self.file, self.row)

    def problem(self, code: str, found: object = None, **more: Any) -> Problem:
        """Return a problem at this place; without ``found`` it shows the value."""
        shown = self.text if found is None else str(found)
        return Problem(code, file=self.file, row=self.row, found=shown, **more)

    @property
    def text(self) -> str:
        """The value as a short text."""
        if isinstance(self.value, dict):
            return "{" + ", ".join(map(str, self.value)) + "}"
        if isinstance(self.value, list):
            return "[" + ", ".join(item.text for item in self.value) + "]"
        return "" if self.value is None else str(self.value)


def read_places(text: str, file: str) -> tuple[Spot, list[Problem]]:
    r"""Return the mapping a YAML text holds, and what is wrong with its form.

    A key that stands twice, an anchor or alias, a second document, too deep nesting and a top that is no mapping are
    problems. Dates stay text; ``yes`` and ``no`` are truth values.

    Examples
    --------
    >>> tree, problems = read_places("id: a\nbase:\n  year: 2020\n", "a.yaml")
    >>> tree.entries["base"].entries["year"].value, tree.entries["base"].entries["year"].row, problems
    (2020, 3, [])
    """
    nothing = Spot({}, file, 1)
    if len(text) > MOST_CHARACTERS:
        return nothing, [nothing.problem("scenario_too_long", len(text), facts={"bound": str(MOST_CHARACTERS)})]
    try:
        refused = list(_refused(text, file))
        node = None if refused else yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row = mark.line + 1 if mark else 1
        return nothing, [Spot(None, file, row).problem("scenario_not_yaml", error.problem or "")]
    except yaml.YAMLError as error:
        return nothing, [nothing.problem("scenario_not_yaml", str(error).splitlines()[0])]
    if refused:
        return nothing, refused
    problems: list[Problem] = []
    tree = _spot(node, file, problems) if node is not None else Spot(None, file, 1)
    if not isinstance(tree.value, dict):
        return nothing, [*problems, tree.problem("scenario_not_a_mapping", facts={"field": ""})]
    return tree, problems


def plain(spot: Spot) -> Any:
    """Return the value without places: dictionaries, lists and scalars."""
    if isinstance(spot.value, dict):
        return {key: plain(value) for key, value in spot.value.items()}
    if isinstance(spot.value, list):
        return [plain(item) for item in spot.value]
    return spot.value


def spot_at(tree: Spot, loc: Loc) -> Spot:
    """Return the spot at a location, or the nearest one above it where there is none."""
    for key in loc:
        if isinstance(tree.value, dict):
            below = tree.value.get(key, tree.value.get(str(key)))
        elif isinstance(tree.value, list) and isinstance(key, int) and key < len(tree.value):
            below = tree.value[key]
        else:
            below = None
        if below is None:
            return tree
        tree = below
    return tree


def _refused(text: str, file: str) -> Iterator[Problem]:
    """Yield what makes a text unfit before it is put together; an alias could make a small file huge."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_LOADER):
        spot = Spot(None, file, (event.start_mark.line if event.start_mark else 0) + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            yield spot.problem("scenario_anchor", getattr(event, "anchor", ""))
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                yield spot.problem("scenario_second_document")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                yield spot.problem("scenario_too_deep", facts={"bound": str(DEEPEST)})
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _spot(node: yaml.Node, file: str, problems: list[Problem], row: int = 0) -> Spot:
    row = row or node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Spot(_mapping(node, file, problems), file, row)
    if isinstance(node, yaml.SequenceNode):
        return Spot([_spot(item, file, problems) for item in node.value], file, row)
    return Spot(_scalar(node, file, row, problems), file, row)


def _mapping(node: yaml.MappingNode, file: str, problems: list[Problem]) -> Mapping[str, Spot]:
    found: dict[str, Spot] = {}
    for key_node, value_node in node.value:
        row = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Spot(None, file, row).problem("scenario_key_no_word"))
            continue
        key = str(key_node.value).strip()
        value = _spot(value_node, file, problems, row)
        if key in found:
            first = str(found[key].row)
            problems.append(value.problem("scenario_key_twice", key, facts={"first": first}))
            continue
        found[key] = value
    return found


_CONSTRUCTED = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float", "null")}


def _scalar(node: yaml.Node, file: str, row: int, problems: list[Problem]) -> Any:
    if node.tag in _CONSTRUCTED:
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            problems.append(Spot(None, file, row).problem("scenario_not_yaml", node.value))
            return None
        finally:
            loader.dispose()
    return str(node.value)
