"""Friendly spellings of a scenario file, put into the words of the model; words that are unknown are problems."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emissions.activity.words import find_category, find_controls, find_word
from emissions.errors import Problem
from emissions.factors.match import inside
from emissions.scenario.file.extend import nearest
from emissions.scenario.file.kinds import kinds
from emissions.scenario.file.places import Spot
from emissions.vocabulary import load_vocabulary, message

STAGES = ("pre_I", "I", "II", "III", "IV", "V", "VI")
"""Emission stages, oldest first; the number of a stage is its place."""

_LISTS = {
    "category": ("categories", "categories"),
    "categories": ("categories", "categories"),
    "activity": ("activities", "activities"),
    "activities": ("activities", "activities"),
    "fuel": ("activities", "activities"),
    "vehicles": ("activities", "activities"),
    "use": ("uses", "uses"),
    "uses": ("uses", "uses"),
    "region": ("regions", "regions"),
    "regions": ("regions", "regions"),
}
"""Key of a selection -> field of the model, table of the vocabulary."""
_CANNOT_SELECT = ("scope", "mode")
"""Words of the plans that no column of the activity data holds."""
_COLUMNS = {"category": "categories", "activity": "activities", "use": "uses", "control": "controls"}
"""Column of a new row -> table of the vocabulary."""


def spelled(tree: Spot) -> tuple[Spot, list[Problem]]:
    """Return the tree of a scenario file with every selection, word and list in the form of the model.

    Parameters
    ----------
    tree
        As merged by :func:`emissions.scenario.file.extend.read_tree`.
    """
    problems: list[Problem] = []
    change: dict[str, Callable[[Spot], Spot]] = {
        "region": lambda spot: _word(spot, "regions", problems),
        "id": _as_text,
        "drivers": lambda spot: _each_value(spot, lambda one: _driver(one, problems)),
        "bridge": lambda spot: _each_item(spot, lambda one: _rows(one, problems)),
        "power": lambda spot: _rows(spot, problems),
        "fleets": lambda spot: _each_item(spot, lambda one: _fleet(one, problems)),
        "measures": lambda spot: _each_item(spot, lambda one: _measure(one, problems)),
    }
    entries = {key: change[key](value) if key in change else value for key, value in tree.entries.items()}
    return tree.having(entries), problems


def word_of(table: str, text: str) -> tuple[str, str]:
    """Return the word of a text in a table of the vocabulary, and the nearest known one where there is none.

    Examples
    --------
    >>> word_of("categories", "1A3b")
    ('IPCC2006:1A3b', '')
    >>> word_of("activities", "柴油货车")
    ('diesel_truck', '')
    """
    looked = {"categories": find_category, "controls": find_controls}.get(table, lambda one: find_word(table, one))(
        text
    )
    return looked.word, looked.nearest


def kind_facts(table: str) -> dict[str, str]:
    """Return what the words of a table are called, in both languages, as facts of a problem."""
    if table in load_vocabulary().conditions:
        row = load_vocabulary().conditions[table]
        return {"kind_zh": row["label_zh"], "kind_en": row["label_en"]}
    return {"kind_zh": message(f"scenario_kind.{table}", "zh"), "kind_en": message(f"scenario_kind.{table}", "en")}


# ---------------------------------------------------------------- parts


def _driver(spot: Spot, problems: list[Problem]) -> Spot:
    return _changed(spot, "drives", lambda drives: drives.having([_selector(one, problems) for one in drives.items]))


def _rows(spot: Spot, problems: list[Problem]) -> Spot:
    return _changed(spot, "rows", lambda rows: _selector(rows, problems))


def _fleet(spot: Spot, problems: list[Problem]) -> Spot:
    return _changed(spot, "vehicles", lambda words: _words(_vehicles(words), "activities", problems))


def _measure(spot: Spot, problems: list[Problem]) -> Spot:
    entries = dict(spot.entries)
    if not entries:
        return spot
    chosen = entries.get("acts_on")
    if chosen is not None and isinstance(chosen.value, dict):
        rest = dict(chosen.entries)
        substances = rest.pop("substances", None)
        if substances is not None and "substances" in entries:
            problems.append(substances.problem("scenario_said_twice", "substances"))
        elif substances is not None:
            entries["substances"] = substances
        entries["acts_on"] = _selector(chosen.having(rest), problems)
    if "substances" in entries:
        entries["substances"] = _words(entries["substances"], "substances", problems)
    if "do" in entries:
        entries["do"] = _do(entries["do"], problems)
    return _changed(spot.having(entries), "id", _as_text)


def _do(spot: Spot, problems: list[Problem]) -> Spot:
    if "from" in spot.entries:
        problems.append(spot.entries["from"].problem("shift_from"))
        spot = spot.having({key: value for key, value in spot.entries.items() if key != "from"})
    kind = kinds().get(spot.entries["kind"].text) if "kind" in spot.entries else None
    if kind is not None and isinstance(kind.technology, str) and kind.technology in {"controls", "activities"}:
        table = kind.technology
        spot = _changed(spot, "technology", lambda word: _word(word, table, problems))
    if kind is not None and "amount_is" not in spot.entries:
        spot = spot.having({**spot.entries, "amount_is": spot.having(kind.amount_is[0])})
    spot = _changed(spot, "replaced_by", lambda columns: _row(columns, problems))
    return _changed(spot, "to", lambda shares: shares.having([_share(one, problems) for one in shares.items]))


def _share(spot: Spot, problems: list[Problem]) -> Spot:
    return _changed(spot, "set", lambda columns: _row(columns, problems))


def _row(spot: Spot, problems: list[Problem]) -> Spot:
    """Return the columns of a new row with their words."""
    vocabulary = load_vocabulary()
    entries: dict[str, Spot] = {}
    for key, value in spot.entries.items():
        if key in _COLUMNS:
            entries[key] = _word(value, _COLUMNS[key], problems)
        elif key in vocabulary.conditions:
            entries[key] = _condition(key, value, problems, interval=False)
        else:
            entries[key] = value
            known = (*_COLUMNS, *vocabulary.conditions)
            problems.append(value.problem("scenario_no_column", key, nearest=nearest(key, known)))
    return spot.having(entries) if isinstance(spot.value, dict) else spot


def _selector(spot: Spot, problems: list[Problem]) -> Spot:
    """Return a selection with the fields of the model."""
    if not isinstance(spot.value, dict):
        return spot
    vocabulary = load_vocabulary()
    entries: dict[str, Spot] = {}
    where: dict[str, Spot] = {}
    for key, value in spot.entries.items():
        if key in _LISTS:
            field, table = _LISTS[key]
            words = _words(_vehicles(value) if key == "vehicles" else value, table, problems)
            held = entries[field].items if field in entries else []
            entries[field] = words.having([*held, *words.items])
        elif key == "stage_at_most":
            entries[key] = _stage(value, problems)
        elif key == "where":
            where |= _conditions(value, problems)
        elif key in _CANNOT_SELECT:
            problems.append(value.problem("cannot_select", key))
        elif key in vocabulary.conditions:
            where[key] = _condition(key, value, problems)
        else:
            known = (*_LISTS, "stage_at_most", "where", "substances", *vocabulary.conditions)
            near = nearest(key, known)
            problems.append(value.problem("selector_unknown_key", key, nearest=near))
            if near in _LISTS:
                # what is meant is read all the same, so that nothing that follows from its absence is told
                entries.setdefault(_LISTS[near][0], _words(value, _LISTS[near][1], problems))
    if where:
        entries["where"] = spot.having(where)
    return spot.having(entries)


def _vehicles(spot: Spot) -> Spot:
    """Return the group of all vehicles for the word ``all``."""
    return spot.having([item.having("road_vehicle") if item.value == "all" else item for item in spot.items])


def _conditions(spot: Spot, problems: list[Problem]) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for key, value in spot.entries.items():
        if key in load_vocabulary().conditions:
            found[key] = _condition(key, value, problems)
        else:
            known = tuple(load_vocabulary().conditions)
            problems.append(value.problem("scenario_no_column", key, nearest=nearest(key, known)))
    return found


def _condition(name: str, spot: Spot, problems: list[Problem], *, interval: bool = True) -> Spot:
    """Return the words of a condition; a number, or an interval such as ``[0,65)``, where it counts something."""
    vocabulary = load_vocabulary()
    if vocabulary.conditions[name]["kind"] == "word":
        table = name if name in vocabulary.aliases else ""
        return _words(spot, table, problems) if interval else _word(spot, table, problems)
    if not interval:
        return spot
    text = ",".join(item.text for item in spot.items) if isinstance(spot.value, list) else spot.text
    try:
        inside(np.zeros(1), text)
    except ValueError:
        problems.append(spot.problem("not_an_interval", facts={"field": name}))
    return spot.having(text)


def _stage(spot: Spot, problems: list[Problem]) -> Spot:
    """Return the number of an emission stage that is given as a number or a word."""
    if isinstance(spot.value, int) and 0 <= spot.value < len(STAGES):
        return spot
    word, _ = word_of("stage", spot.text)
    if word in STAGES:
        return spot.having(STAGES.index(word))
    problems.append(
        spot.problem("no_stage", allowed=", ".join(f"{number} ({one})" for number, one in enumerate(STAGES)))
    )
    return spot.having(0)


# ---------------------------------------------------------------- words


def _words(spot: Spot, table: str, problems: list[Problem]) -> Spot:
    return spot.having([_word(item, table, problems) for item in spot.items])


def _word(spot: Spot, table: str, problems: list[Problem]) -> Spot:
    """Return the word of the vocabulary for a text; the text itself where the table is blank or does not know it."""
    if isinstance(spot.value, (dict, list, bool)) or spot.value is None:
        problems.append(spot.problem("scenario_word_needed"))
        return spot
    text = spot.text.strip()
    if not table:
        return spot.having(text)
    word, near = word_of(table, text)
    if not word:
        problems.append(spot.problem("scenario_unknown_word", text, nearest=near, facts=kind_facts(table)))
    return spot.having(word or text)


def _as_text(spot: Spot) -> Spot:
    return spot.having(spot.text) if isinstance(spot.value, int) and not isinstance(spot.value, bool) else spot


def _changed(spot: Spot, key: str, change: Callable[[Spot], Spot]) -> Spot:
    """Return a mapping with one entry changed; what is no mapping or has no such entry as it is."""
    if key not in spot.entries:
        return spot
    return spot.having({**spot.entries, key: change(spot.entries[key])})


def _each_value(spot: Spot, change: Callable[[Spot], Spot]) -> Spot:
    return spot.having({key: change(value) for key, value in spot.entries.items()} if spot.entries else spot.value)


def _each_item(spot: Spot, change: Callable[[Spot], Spot]) -> Spot:
    return spot.having([change(item) for item in spot.value]) if isinstance(spot.value, list) else spot
