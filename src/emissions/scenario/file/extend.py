"""Finding scenario files, and merging a file into the one it extends."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import reduce
from importlib.resources import as_file, files
from pathlib import Path

from emissions.errors import Problem, ScenarioError
from emissions.scenario.file.places import Spot, read_places
from emissions.vocabulary import normalise

SUFFIXES = (".yaml", ".yml")
NAMED = {("drivers",), ("levers",), ("power", "technologies")}
"""Mappings whose entries are replaced one by one, each whole: its source and why go with its numbers."""
MERGED = {(), ("base",), ("horizon",), ("power",), ("uncertainty",)}
"""Mappings that are merged key by key; everything else is replaced whole."""

_ID = re.compile(r"^id\s*:\s*[\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", re.MULTILINE)


def scenario_root() -> Path:
    """Return the folder ``scenarios`` of the installed package (regions, and ``targets`` below it)."""
    with as_file(files("emissions") / "data" / "scenarios") as folder:
        return Path(folder)


def find_scenarios(root: Path | None = None) -> list[Path]:
    """Return the scenario files below a folder, in the order of their names.

    Parameters
    ----------
    root
        The installed scenarios if not given.

    Examples
    --------
    >>> all(path.suffix in SUFFIXES for path in find_scenarios())
    True
    """
    folder = root or scenario_root()
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())


def read_tree(path: Path) -> tuple[Spot, list[Problem]]:
    """Return the mapping of a scenario file with everything it extends merged in, and what is wrong so far.

    Raises
    ------
    ScenarioError
        The file, or one it extends, is not there, or is no text of the form.
    """
    trees: list[Spot] = []
    problems: list[Problem] = []
    seen: list[Path] = []
    place: Path | None = path
    while place is not None:
        seen.append(place.resolve())
        tree, wrong = read_places(_text(place), place.name)
        problems += wrong
        trees.append(tree)
        if wrong and not tree.entries:
            raise ScenarioError(problems)
        place = _extended(tree, place, seen, problems)
    merged = reduce(
        lambda below, above: _merge(below, above, (), problems), reversed(trees[:-1]), _alone(trees[-1], problems)
    )
    return merged.having({key: value for key, value in merged.entries.items() if key != "extends"}), problems


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            [Problem("scenario_not_utf8", file=path.name, found=f"0x{error.object[error.start]:02x}")]
        ) from None
    except OSError:
        raise ScenarioError([Problem("file_missing", file=path.name, found=path.name)]) from None


def _extended(tree: Spot, path: Path, seen: list[Path], problems: list[Problem]) -> Path | None:
    """Return the file a tree extends, None where it extends none or that is a problem."""
    spot = tree.entries.get("extends")
    if spot is None:
        return None
    wanted = str(spot.value)
    here = sorted(one for one in path.parent.glob("*") if one.suffix in SUFFIXES)
    installed = find_scenarios()
    found = _with_id(wanted, here) or _with_id(wanted, installed)
    if not found:
        known = sorted({_id_of(one) for one in (*here, *installed) if one.resolve() != seen[0]} - {""})
        problems.append(spot.problem("extends_unknown", nearest=nearest(wanted, known)))
        return None
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        problems.append(spot.problem("extends_ambiguous", facts={"files": names}))
        return None
    if found[0].resolve() in seen:
        chain = [*(one.name for one in seen[seen.index(found[0].resolve()) :]), found[0].name]
        problems.append(spot.problem("extends_circle", facts={"chain": " -> ".join(chain)}))
        return None
    return found[0]


def _with_id(wanted: str, paths: list[Path]) -> list[Path]:
    return [path for path in paths if _id_of(path) == wanted]


def _id_of(path: Path) -> str:
    """Return the id a file states, blank where it states none; only its text is looked at."""
    try:
        found = _ID.search(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, OSError):
        return ""
    return found.group(1).strip() if found else ""


def nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    """Return the known word nearest to a word, blank where nothing is near.

    Examples
    --------
    >>> nearest("pionts", ["points", "source"])
    'points'
    """
    spelled = {normalise(one): one for one in known}
    close = get_close_matches(normalise(word), spelled, n=1, cutoff=0.6)
    return spelled[close[0]] if close else ""


# ---------------------------------------------------------------- merging


def _alone(tree: Spot, problems: list[Problem]) -> Spot:
    """Return the tree of a file that extends none, its measures checked as those of any other."""
    return _merge(tree.having({}), tree, (), problems)


def _merge(below: Spot, above: Spot, loc: tuple[str, ...], problems: list[Problem]) -> Spot:
    """Return ``below`` with what ``above`` states in its place."""
    if loc == ("measures",):
        return _merge_measures(below, above, problems)
    if not isinstance(above.value, dict) or loc not in MERGED | NAMED:
        return above
    merged = dict(below.entries)
    for key, value in above.entries.items():
        if loc in NAMED and _says(value, "remove"):
            if key not in merged:
                problems.append(value.problem("remove_unknown", key, nearest=nearest(key, list(merged))))
            merged.pop(key, None)
            continue
        merged[key] = (
            value if loc in NAMED else _merge(merged.get(key, value.having(None)), value, (*loc, key), problems)
        )
    return above.having(merged)


def _merge_measures(below: Spot, above: Spot, problems: list[Problem]) -> Spot:
    """Replace, remove and add measures by id; a replaced one keeps its place in the order."""
    if not isinstance(above.value, list):
        return above
    merged: dict[str, Spot] = {_name(item): item for item in below.items}
    own: set[str] = set()
    for number, item in enumerate(above.items):
        name = _name(item) or f"#{number}"
        known = name in merged and name not in own
        if name in own:
            problems.append(item.problem("measure_twice", name))
            continue
        own.add(name)
        if _says(item, "remove") or _says(item, "replace"):
            if not known:
                ids = [one for one in merged if one not in own]
                code = "remove_unknown" if _says(item, "remove") else "replace_unknown"
                problems.append(item.problem(code, name, nearest=nearest(name, ids)))
            if _says(item, "remove"):
                merged.pop(name, None)
                continue
        elif known:
            problems.append(item.problem("measure_needs_replace", name))
        merged[name] = item.having(
            {key: value for key, value in item.entries.items() if key != "replace"} or item.value
        )
    return above.having(list(merged.values()))


def _name(item: Spot) -> str:
    spot = item.entries.get("id")
    return "" if spot is None else str(spot.value)


def _says(item: Spot, word: str) -> bool:
    spot = item.entries.get(word)
    return spot is not None and spot.value is True
