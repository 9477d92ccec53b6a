"""The form of a scenario file: known keys, types, and what of it can be checked further."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from emissions.errors import Problem
from emissions.scenario.file.extend import nearest
from emissions.scenario.file.places import Loc, Spot, plain, spot_at
from emissions.scenario.model import Scenario

_CODES = {
    "missing": "scenario_missing_key",
    "int_parsing": "scenario_not_whole",
    "int_type": "scenario_not_whole",
    "int_from_float": "scenario_not_whole",
    "float_parsing": "scenario_not_number",
    "float_type": "scenario_not_number",
    "string_type": "scenario_not_text",
    "string_too_short": "scenario_blank",
    "bool_parsing": "scenario_not_truth",
    "bool_type": "scenario_not_truth",
    "literal_error": "scenario_not_allowed",
    "model_type": "scenario_not_a_mapping",
    "model_attributes_type": "scenario_not_a_mapping",
    "dict_type": "scenario_not_a_mapping",
    "tuple_type": "scenario_not_a_list",
}
"""Type of an error of the model -> code of the problem."""
_NOT_OF_THE_FILE = ("file", "folder")
"""Fields of a scenario that are not written in its file."""
_STAND_INS: Mapping[str, Any] = {
    "schema": "scenario/1",
    "id": "?",
    "title": "?",
    "region": "",
    "base": {"year": 0, "boundary": "territorial"},
    "horizon": {"from": 0, "to": 0},
}
"""What stands in for a needed part that is wrong, so that the others can be checked too."""


@dataclass(frozen=True)
class Draft:
    """A scenario of which some parts may be wrong.

    Attributes
    ----------
    scenario
        The parts that have the right form; stand-ins for needed parts that have not.
    tree
        The same parts with their places: lists have the same positions.
    wrong
        Names of the top parts that are stand-ins or lack an entry that was wrong.
    unmeasured
        Where a unit is wrong, so that the numbers say nothing.
    """

    scenario: Scenario
    tree: Spot
    wrong: frozenset[str]
    unmeasured: frozenset[Loc] = frozenset()

    def problem(self, code: str, loc: Loc, found: object = None, **more: Any) -> Problem:
        """Return a problem at a location; its fact ``field`` names it as an officer would (``measures.nev.do``)."""
        facts = {"field": field_name(self.tree, loc), **more.pop("facts", {})}
        return spot_at(self.tree, loc).problem(code, found, facts=facts, **more)

    @property
    def has_years(self) -> bool:
        """Whether base year and horizon are known."""
        return not self.wrong & {"base", "horizon"}


def field_name(tree: Spot, loc: Loc) -> str:
    """Return a location in words: the id of a measure for its position.

    Examples
    --------
    >>> nev = Spot({"id": Spot("nev", "a.yaml", 2)}, "a.yaml", 2)
    >>> field_name(Spot({"measures": Spot([nev], "a.yaml", 1)}, "a.yaml", 1), ("measures", 0, "do"))
    'measures.nev.do'
    """
    words = [str(key) for key in loc] or ["scenario"]
    if len(loc) > 1 and loc[0] in {"measures", "bridge"}:
        name = spot_at(tree, (*loc[:2], "id"))
        words[1] = name.value if isinstance(name.value, str) else words[1]
    return ".".join(words)


def formed(tree: Spot) -> tuple[Draft, list[Problem]]:
    """Return what of a tree has the form of the model, and everything that has not.

    Parameters
    ----------
    tree
        As spelled by :func:`emissions.scenario.file.spell.spelled`.
    """
    problems: list[Problem] = []
    known = _known(tree, Scenario, (), tree, problems)
    wrong: dict[Loc, None] = {}
    for loc, problem in _errors(known):
        wrong[_part(loc, known)] = None
        if problem is not None:
            problems.append(problem)
    kept = _without(known, list(wrong))
    stand_ins = {name: value for name, value in _STAND_INS.items() if name not in kept.entries}
    names = frozenset({*stand_ins, *(str(loc[0]) for loc in wrong)})
    return Draft(Scenario.model_validate({**plain(kept), **stand_ins}), kept, names), problems


# ---------------------------------------------------------------- keys and scalars


def _known(spot: Spot, annotation: Any, loc: Loc, tree: Spot, problems: list[Problem]) -> Spot:
    """Return a value without unknown keys and with numbers as text where text is asked for."""
    kind = _plain_type(annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _known_keys(spot, kind, loc, tree, problems)
    inner = get_args(kind)
    if get_origin(kind) is dict and isinstance(spot.value, dict):
        return spot.having({key: _known(one, inner[1], (*loc, key), tree, problems) for key, one in spot.value.items()})
    if get_origin(kind) is tuple and isinstance(spot.value, list):
        each = [inner[min(number, len(inner) - 1)] for number in range(len(spot.value))]
        each = [inner[0] if one is Ellipsis else one for one in each]
        return spot.having(
            [
                _known(one, what, (*loc, number), tree, problems)
                for number, (one, what) in enumerate(zip(spot.value, each, strict=True))
            ]
        )
    return _scalar(spot, kind)


def _known_keys(spot: Spot, model: type[BaseModel], loc: Loc, tree: Spot, problems: list[Problem]) -> Spot:
    if not isinstance(spot.value, dict):
        return spot
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    if model is Scenario:
        fields = {name: one for name, one in fields.items() if name not in _NOT_OF_THE_FILE}
    entries: dict[str, Spot] = {}
    for key, value in spot.value.items():
        if key in fields:
            entries[key] = _known(value, fields[key], (*loc, key), tree, problems)
            continue
        facts = {"field": field_name(tree, loc)}
        if " " in key and value.value is None:
            problems.append(value.problem("scenario_comma_in_text", key, facts=facts))
            continue
        near = nearest(key, list(fields))
        if near and near not in spot.value:
            # what is meant is read all the same, so that nothing that follows from its absence is told
            entries[near] = _known(value, fields[near], (*loc, near), tree, problems)
        allowed = "" if near else ", ".join(fields)
        problems.append(value.problem("scenario_unknown_key", key, nearest=near, allowed=allowed, facts=facts))
    return spot.having(entries)


def _scalar(spot: Spot, kind: Any) -> Spot:
    number = isinstance(spot.value, (int, float)) and not isinstance(spot.value, bool)
    if kind is str and number:
        return spot.having(str(spot.value))
    if kind in {int, float} and isinstance(spot.value, bool):
        return spot.having("true" if spot.value else "false")  # a truth value is no number
    return spot


def _plain_type(annotation: Any) -> Any:
    """Return the type behind ``Annotated``; of several the one that is a model, else the only one beside None."""
    if get_origin(annotation) is Annotated:
        return _plain_type(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        parts = [_plain_type(one) for one in get_args(annotation) if one is not type(None)]
        models = [one for one in parts if isinstance(one, type) and issubclass(one, BaseModel)]
        return models[0] if models else parts[0] if len(parts) == 1 else None
    return annotation


# ---------------------------------------------------------------- types


def _errors(tree: Spot) -> Iterator[tuple[Loc, Problem | None]]:
    """Yield where the model refuses a value and the problem; None where the same place has one already."""
    yield from _not_finite(tree, (), tree)
    try:
        Scenario.model_validate(plain(tree))
    except ValidationError as error:
        seen: set[Loc] = set()
        for one in error.errors():
            loc = _real(tree, tuple(key for key in one["loc"] if key != "[key]"))
            if one["type"] == "missing":
                loc = tuple(one["loc"])
            yield loc, None if loc in seen else _type_problem(tree, loc, one)
            seen.add(loc)


def _type_problem(tree: Spot, loc: Loc, error: Any) -> Problem:
    code = _CODES.get(error["type"], "scenario_field_wrong")
    facts = {"field": field_name(tree, loc)}
    spot = spot_at(tree, loc)
    if code == "scenario_not_a_mapping" and loc[-2:-1] == ("to",):
        code = "shift_to"
    if code == "scenario_field_wrong":
        facts["why"] = error["msg"]
    if code == "scenario_missing_key":
        return spot.problem(code, loc[-1], facts={"field": field_name(tree, loc[:-1])})
    if code == "scenario_not_allowed":
        words = [word.strip().strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return spot.problem(code, facts=facts, allowed=", ".join(words), nearest=nearest(spot.text, words))
    if "[key]" in error["loc"]:
        return spot.problem(code, loc[-1], facts=facts)
    return spot.problem(code, facts=facts)


def _not_finite(spot: Spot, loc: Loc, tree: Spot) -> Iterator[tuple[Loc, Problem]]:
    if isinstance(spot.value, float) and not math.isfinite(spot.value):
        yield loc, spot.problem("scenario_not_number", facts={"field": field_name(tree, loc)})
    for key, value in spot.entries.items():
        yield from _not_finite(value, (*loc, key), tree)
    for number, value in enumerate(spot.value if isinstance(spot.value, list) else ()):
        yield from _not_finite(value, (*loc, number), tree)


def _real(tree: Spot, loc: Loc) -> Loc:
    """Return the part of a location that is in the tree; the model adds words of its own."""
    for length in range(len(loc)):
        spot = spot_at(tree, loc[:length])
        key = loc[length]
        held = spot.value
        if isinstance(held, dict) and str(key) not in held:
            return loc[:length]
        if not isinstance(held, (dict, list)):
            return loc[:length]
    return loc


def _part(loc: Loc, tree: Spot) -> Loc:
    """Return the part to leave out for an error: an entry of a list or of a mapping of entries, else the whole part."""
    many = {"drivers", "levers", "bridge", "fleets", "measures", "solve"}
    inside = len(loc) > 1 and loc[0] in many and isinstance(spot_at(tree, loc[:1]).value, (dict, list))
    return loc[:2] if inside else loc[:1]


def _without(tree: Spot, parts: list[Loc]) -> Spot:
    entries = dict(tree.entries)
    for name in {loc[0] for loc in parts if len(loc) == 1}:
        entries.pop(str(name), None)
    for name in {str(loc[0]) for loc in parts if len(loc) == 2} & set(entries):
        left_out = {loc[1] for loc in parts if len(loc) == 2 and loc[0] == name}
        spot = entries[name]
        if isinstance(spot.value, list):
            entries[name] = spot.having([one for number, one in enumerate(spot.value) if number not in left_out])
        else:
            entries[name] = spot.having({key: one for key, one in spot.entries.items() if key not in left_out})
    return tree.having(entries)
