"""Write the pages of ``docs/reference`` from cards, formulas, factor packages, vocabulary, sets and the scenario model.

``python docs/scripts/reference.py`` rewrites the pages; with ``--check`` the exit code is 1 where one is out of date.
"""  # noqa: INP001

from __future__ import annotations

import ast
import csv
import inspect
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from emissions.factors import FactorSet, load_set, set_names
from emissions.factors.library import data_root
from emissions.methods import FORMULAS, load_cards
from emissions.methods.card import Argument, Card
from emissions.methods.formula import Formula
from emissions.scenario import model
from emissions.scenario.file.kinds import Kind, kinds
from emissions.scenario.targets.data import Indicator, load_targets
from emissions.vocabulary import Language, Vocabulary, load_vocabulary, message, read_yaml
from emissions.vocabulary.tables import read_table

FOLDER = Path(__file__).resolve().parents[1] / "reference"
TEXTS: Mapping[str, Any] = read_yaml(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
MADE_BY = "<!-- Made by docs/scripts/reference.py. Do not edit: change the data and run the script. -->"
SCOPES = ("categories", "activities", "uses", "regions", "branches", "parameters", "substances", "streams")
REASONS = 8
"""Reasons of rows left out that are shown of a package."""
LANGUAGES: tuple[Language, ...] = ("zh", "en")
FROM_READING = ("file", "folder")
"""Fields of a scenario that reading fills in; a file does not state them."""

# ---------------------------------------------------------------- Markdown


def table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def code(words: Iterable[object]) -> str:
    """Return words as code, separated by commas."""
    return ", ".join(f"`{word}`" for word in words)


def page(name: str, parts: Iterable[str], **facts: int) -> str:
    """Return a whole page."""
    texts = TEXTS["pages"][name]
    return "\n\n".join([f"# {texts['title']}", MADE_BY, texts["text"].format(**facts).strip(), *parts]) + "\n"


def both(entry: Mapping[Any, str]) -> str:
    """Return the Chinese and the English text of an entry."""
    return f"{entry['zh']} / {entry['en']}"


# ---------------------------------------------------------------- methods


def methods_page() -> str:
    """Return the page of formulas and method cards."""
    cards, words = load_cards(), load_vocabulary()
    folder = files("emissions.methods") / "cards"
    names = sorted(part.name.removesuffix(".yaml") for part in folder.iterdir() if part.name.endswith(".yaml"))
    order = list(TEXTS["card_files"])
    parts = ["## 公式 Formulas", formulas_table(cards)]
    for name in sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name)):
        parts.append(f"## {TEXTS['card_files'].get(name, name)}")
        entries = read_yaml((folder / f"{name}.yaml").read_text(encoding="utf-8"))
        parts += [card_section(cards[entry["id"]], words) for entry in entries]
    return page("methods", parts, formulas=len(FORMULAS), cards=len(cards))


def formulas_table(cards: Mapping[str, Card]) -> str:
    """Return the table of formulas."""
    used = Counter(card.formula for card in cards.values())
    rows = [
        [f"`{name}`", one.summary, _expression(one), _units(one), one.returns, ": ".join(one.reference), used[name]]
        for name, one in FORMULAS.items()
    ]
    return table(TEXTS["tables"]["formulas"], rows)


def _units(formula: Formula) -> str:
    return "; ".join(f"`{name}` [{unit}]" for name, unit in formula.units.items())


def _expression(formula: Formula) -> str:
    constants = ", ".join(f"{name} = {value:.6g}" for name, value in formula.constants.items())
    return f"`{formula.expression}`" + (f" ({constants})" if constants else "")


def card_section(card: Card, words: Vocabulary) -> str:
    """Return the section of a card."""
    facts = {
        "formula": f"`{card.formula}`: `{FORMULAS[card.formula].expression}`",
        "substances": f"{code(card.substances)}; `{card.stream}`",
        "categories": "; ".join(_labelled(words.categories, name) for name in card.categories),
        "activities": "; ".join(_labelled(words.activities, name) for name in card.activities),
        "excepted": code(card.excepted),
        "uses": f"{code(card.uses)}; {code(card.serves)}",
        "where": "; ".join(f"`{name}`: {code(values)}" for name, values in card.where.items()),
        "unstated": code(card.unstated),
        "controls": code(card.controls),
        "parameters": "<br>".join(_argument(name, argument) for name, argument in card.parameters.items()),
        "output": _labelled(words.categories, card.output) if card.output else "",
        "whole_of": code(card.whole_of),
        "sign": "−" if card.sign < 0 else "",
        "status": "" if card.status == "ok" else f"`{card.status}` (`{card.reason}`): {TEXTS['size_only']}",
        "fallback": code(card.fallback),
        "note": both(card.note) if card.note else "",
        "example": _example(card),
    }
    rows = [(TEXTS["card"][name], text) for name, text in facts.items() if text]
    return f"### {card.id}\n\n{both(card.title)} (tier {card.tier})\n\n{table(TEXTS['tables']['card'], rows)}"


def _labelled(rows: Mapping[str, Mapping[str, str]], name: str) -> str:
    labels = [text for text in (rows[name]["label_zh"], rows[name]["label_en"]) if text]
    return " ".join([f"`{name}`", " / ".join(labels)]).strip()


def _argument(name: str, argument: Argument) -> str:
    """Return where an argument of a card comes from."""
    asked = {field: getattr(argument, field) for field in ("substance", "stream", "activity", "category")}
    facts = {field: f"`{word}`" if word else "none" for field, word in asked.items() if word is not None}
    facts |= {field: f"`{word}`" for field, word in argument.where.items()}
    for field, text in (
        ("parameter", argument.parameter),
        ("basis", ", ".join(argument.basis)),
        ("combine", argument.combine),
    ):
        facts |= {field: f"`{text}`"} if text else {}
    facts |= {} if argument.origin == "any" else {"origin": argument.origin}
    stated = ", ".join(f"{field} {text}" for field, text in facts.items())
    return f"`{name}`" + (f" ({stated})" if stated else "")


def _example(card: Card) -> str:
    given = ", ".join(f"{name} = {value:g}" for name, value in card.example.given.items())
    source = f"; {card.example.source}" if card.example.source else ""
    return f"{given} → {card.example.gives:.6g} ({card.example.kind}{source})"


# ---------------------------------------------------------------- factors


class Package:
    """One version of a factor package as it lies in its folder."""

    def __init__(self, descriptor: Path) -> None:
        self.described: dict[str, Any] = json.loads(descriptor.read_text(encoding="utf-8"))
        self.name, self.version = str(self.described["name"]), str(self.described["version"])
        tables = {path.name: _read_csv(path) for path in sorted(descriptor.parent.glob("*.csv"))}
        self.sources = tables.pop("sources.csv", [])
        self.excluded = [row for name, rows in tables.items() if name.startswith("excluded") for row in rows]
        self.rows = [row for name, rows in tables.items() if not name.startswith("excluded") for row in rows]

    @property
    def anchor(self) -> str:
        """Anchor of the section."""
        return f"{self.name}-{self.version}".replace(".", "")

    def line(self, sets: Mapping[str, set[tuple[str, str]]]) -> list[object]:
        """Return the line of the table of packages."""
        grades = Counter(row["grade"] for row in self.rows)
        used = ", ".join(name for name, pins in sets.items() if (self.name, self.version) in pins)
        return [
            f"[{self.name}](#{self.anchor})",
            self.version,
            len(self.rows),
            *(grades[grade] for grade in "ABC"),
            len(self.excluded),
            self.described["title_en"],
            used,
        ]


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def factors_page() -> str:
    """Return the page of factor packages."""
    sets = {name: {(pin.package, pin.version) for pin in load_set(name).packages} for name in set_names()}
    packages = [Package(path) for path in sorted((data_root() / "packages").glob("*/*/datapackage.json"))]
    overview = table(TEXTS["tables"]["packages"], [one.line(sets) for one in packages])
    facts = {"packages": len(packages), "rows": sum(len(one.rows) for one in packages)}
    out = sum(len(one.excluded) for one in packages)
    return page("factors", [overview, *map(package_section, packages)], excluded=out, **facts)


def package_section(package: Package) -> str:
    """Return the section of a package."""
    described, headings = package.described, TEXTS["tables"]
    parameters: dict[tuple[str, str], list[str]] = {}
    counts = Counter((row["parameter"], row["basis"], row["substance"]) for row in package.rows)
    for (parameter, basis, substance), number in sorted(counts.items()):
        parameters.setdefault((parameter, basis), []).append(f"{substance} {number}".strip())
    fields = ("title", "publisher", "year", "document_number", "url")
    parts = [
        f"## {package.name} {package.version}",
        str(described["title"]),
        f"{described['title_en']}. {described.get('description', '')}".strip(),
        "; ".join(str(licence["title"]) for licence in described["licenses"]),
        table(
            headings["sources"], [[f"`{row['source_id']}`", *(row[name] for name in fields)] for row in package.sources]
        ),
        table(
            headings["parameters"],
            [[f"`{name}`", basis, ", ".join(found)] for (name, basis), found in parameters.items()],
        ),
    ]
    reasons = Counter(row["reason"] for row in package.excluded)
    if reasons:
        common = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))[:REASONS]
        parts.append(table(headings["excluded"], [[number, reason] for reason, number in common]))
    if len(reasons) > REASONS:
        parts.append(TEXTS["more_reasons"].format(number=len(reasons) - REASONS))
    return "\n\n".join(parts)


# ---------------------------------------------------------------- vocabulary


def vocabulary_page() -> str:
    """Return the page of words."""
    return page("vocabulary", [part for entry in TEXTS["vocabulary"] for part in words_section(entry)])


def words_section(entry: Mapping[str, Any]) -> list[str]:
    """Return the parts of a table of the vocabulary, split by a column where the entry names one."""
    rows = [
        row
        for row in read_table(entry["table"])
        if all(row[name] in words for name, words in entry.get("only", {}).items())
    ]
    parts = [f"## {entry['heading']}", *([entry["text"]] if "text" in entry else [])]
    if "by" not in entry:
        return [*parts, words_table(rows, entry)]
    for group in dict.fromkeys(row[entry["by"]] for row in rows):
        parts += [f"### {group}", words_table([row for row in rows if row[entry["by"]] == group], entry)]
    return parts


def words_table(rows: Sequence[Mapping[str, str]], entry: Mapping[str, Any]) -> str:
    """Return a table of words with labels and columns; a column that is blank throughout is left out."""
    names = {"label_zh": "中文", "label_en": "English", **{name: name for name in entry["columns"]}}
    filled = [name for name in names if any(row.get(name) for row in rows)]
    lines = [
        [f"`{row[entry['key']].replace('|', '`, `')}`", *(row.get(name, "").replace("|", ", ") for name in filled)]
        for row in rows
    ]
    return table([entry["key"], *(names[name] for name in filled)], lines)


# ---------------------------------------------------------------- sets


def sets_page() -> str:
    """Return the page of factor sets."""
    return page("sets", [part for name in set_names() for part in set_parts(load_set(name))])


def set_parts(chosen: FactorSet) -> list[str]:
    """Return the parts of a set."""
    pins = ", ".join(f"`{pin.package}` {pin.version}" for pin in chosen.packages)
    choices = ", ".join(f"`{name}`: `{value}`" for name, value in chosen.choices.model_dump().items())
    parts = [
        f"## {chosen.name}",
        f"{both(chosen.title)}. {chosen.date.isoformat()}. GWP: `{chosen.gwp}`. {choices}.",
        f"{pins}.",
    ]
    for name, line in RULE_LINES.items():
        rules = getattr(chosen, name)
        if rules:
            parts += [f"### {chosen.name}: {TEXTS['set_parts'][name]}", table(TEXTS["tables"][name], map(line, rules))]
    return parts


def scope(rule: Any) -> str:
    """Return what a rule is for."""
    found = [f"{name} {code(getattr(rule, name))}" for name in SCOPES if getattr(rule, name, ())]
    found += [f"{name} `{year}`" for name in ("valid_from", "valid_to") if (year := getattr(rule, name, None))]
    return "; ".join(found) or str(TEXTS["all_the_rest"])


def _assumed(rule: Any) -> str:
    return ", ".join(f"`{name}` = `{value}`" for name, value in rule.conditions.items())


def _why(rule: Any) -> str:
    return f"{rule.why.zh}<br>{rule.why.en}" if rule.why else ""


RULE_LINES: Mapping[str, Callable[[Any], Sequence[object]]] = {
    "prefer": lambda rule: [scope(rule), code(rule.order), _why(rule)],
    "methods": lambda rule: [scope(rule), code(rule.order), code(rule.never), _why(rule)],
    "assume": lambda rule: [scope(rule), _assumed(rule), _why(rule)],
    "mixes": lambda mix: [f"`{mix.activity}`", code(mix.uses), code(mix.dimensions), f"`{mix.remainder}`", _why(mix)],
    "elsewhere": lambda rule: [
        scope(rule),
        rule.status,
        rule.counted_in,
        "<br>".join(map(scope, rule.when)),
        _why(rule),
    ],
}
"""Part of a set -> the line of a rule."""

# ---------------------------------------------------------------- scenario file


def scenario_page() -> str:
    """Return the page of the form of a scenario file."""
    levers = [
        [
            f"`{name}`",
            f"`{unit}`",
            both({language: message(f"lever.{name}", language) for language in LANGUAGES}),
            both(TEXTS["scenario"]["levers"][name]),
        ]
        for name, unit in model.LEVERS.items()
    ]
    parts = [
        f"## {TEXTS['scenario']['parts']['kinds']}",
        TEXTS["scenario"]["order"].strip(),
        table(TEXTS["tables"]["kinds"], [kind_line(*entry) for entry in enumerate(kinds().items(), start=1)]),
        TEXTS["scenario"]["refused"]
        .format(sectors=code(model.WITH_THEIR_SECTOR), without=code(model.WITHOUT_METHOD))
        .strip(),
        f"## {TEXTS['scenario']['parts']['levers']}",
        table(TEXTS["tables"]["levers"], levers),
        f"## {TEXTS['scenario']['parts']['fields']}",
        *(model_section(one) for one in models_of(model.Scenario)),
    ]
    return page("scenario-file", parts)


def kind_line(place: int, entry: tuple[str, Kind]) -> list[object]:
    """Return the line of a kind of measure."""
    name, kind = entry
    texts = TEXTS["scenario"]
    words = {language: message(f"measure_kind.{name}", language) for language in LANGUAGES}
    before = [texts["before"][field] for field in ("selects", "fleet", "power") if getattr(kind, field)]
    may = f"<br>{texts['may']} {code(kind.may)}" if kind.may else ""
    what = both(texts["kinds"][name])
    return [
        place,
        f"`{name}`<br>{both(words)}",
        what,
        code(kind.needs) + may,
        f"`{kind.unit}`: {' | '.join(f'`{word}`' for word in kind.amount_is)}",
        _bounds(kind),
        _technology(kind),
        "<br>".join(before),
    ]


def _bounds(kind: Kind) -> str:
    limits = [f"`{word}` ≥ {low:g}" for word, low in kind.low.items()]
    if kind.amount_below is not None:
        limits.append(f"< {kind.amount_below:g}")
    elif kind.high is not None:
        limits.append(f"≤ {kind.high:g}")
    limits += [f"`base` > {kind.base_above:g}"] if kind.base_above is not None else []
    return ", ".join(limits)


def _technology(kind: Kind) -> str:
    if isinstance(kind.technology, tuple):
        return code(kind.technology)
    return str(TEXTS["scenario"]["technology"][kind.technology]) if kind.technology else ""


def models_of(first: type[BaseModel]) -> list[type[BaseModel]]:
    """Return a model and every model its fields lead to, each once, in the order of the fields."""
    found = [first]
    for one in found:
        for field in one.model_fields.values():
            found += [inner for inner in _models_in(field.annotation) if inner not in found]
    return found


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [inner for part in get_args(annotation) for inner in _models_in(part)]


def model_section(one: type[BaseModel]) -> str:
    """Return the section of a model: what it is, and its fields with types and defaults."""
    texts = {base: TEXTS["scenario"]["fields"].get(base.__name__, {}) for base in one.__mro__}
    described = {name: text for base in reversed(one.__mro__) for name, text in field_texts(base).items()}
    rows = []
    for name, field in one.model_fields.items():
        if name in FROM_READING:
            continue
        zh, en = next(words[name] for words in texts.values() if name in words)
        rows.append([f"`{field.alias or name}`", _type(field.annotation), _default(field), zh, described.get(name, en)])
    words = TEXTS["scenario"]["models"][one.__name__]
    text = re.split(r"\n\nAttributes\n", inspect.cleandoc(one.__doc__ or ""))[0]
    return "\n\n".join([f"### {one.__name__}", words, _plain(text), table(TEXTS["tables"]["fields"], rows)])


def field_texts(one: type) -> dict[str, str]:
    """Return what the source says of each field: the section Attributes, and the text below a field.

    A text that is there for several fields at once describes none of them well enough.
    """
    if not issubclass(one, BaseModel) or one is BaseModel:
        return {}
    found: dict[str, str] = {}
    _, _, attributes = inspect.cleandoc(one.__doc__ or "").partition("\n\nAttributes\n----------\n")
    for names, text in re.findall(r"^(\S.*)\n((?: +.*\n?)+)", attributes, re.MULTILINE):
        found |= {} if "," in names else {names: _plain(text)}
    body = ast.parse(inspect.getsource(one)).body[0]
    lines = body.body if isinstance(body, ast.ClassDef) else []
    for field, below in pairwise(lines):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = _plain(text)
    return found


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return str(TEXTS["scenario"]["required"])
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        value = {name: list(words) for name, words in value.model_dump(exclude_defaults=True).items()}
    return "" if value in (None, "", (), {}) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _type(annotation: Any) -> str:
    """Return a type in words; a model is a link to its section."""
    texts, parts = TEXTS["scenario"]["types"], get_args(annotation)
    match get_origin(annotation):
        case None:
            shown = str(texts.get(annotation.__name__, f"[{annotation.__name__}](#{annotation.__name__.lower()})"))
        case origin if origin is Literal:
            shown = " | ".join(f"`{word}`" for word in parts)
        case origin if origin is Annotated:
            shown = _type(parts[0])
        case origin if origin is dict:
            shown = texts["points"] if annotation == model.Points else texts["named"].format(of=_type(parts[1]))
        case origin if origin is tuple:
            name = "words" if parts[0] is str else "list" if ... in parts else "pair"
            shown = texts[name].format(of=_type(parts[0]))
        case _:
            shown = " / ".join(_type(part) for part in parts if part is not type(None))
    return str(shown)


# ---------------------------------------------------------------- targets


def targets_page() -> str:
    """Return the page of the indicators of targets, and of what evaluates each."""
    targets = load_targets()
    count = Counter(one.indicator.name for one in targets if not one.is_past)
    past = Counter(one.indicator.name for one in targets if one.is_past)
    known = {one.indicator.name: one.indicator for one in targets}
    kept = sorted(known.values(), key=lambda one: (not one.source, one.name))
    evaluated = [indicator_line(one, count, past) for one in kept if one.source]
    left = [indicator_line(one, count, past) for one in kept if not one.source]
    parts = TEXTS["targets"]
    return page(
        "targets",
        [
            f"## {parts['evaluated']}",
            table(TEXTS["tables"]["indicators"], evaluated),
            f"## {parts['not_evaluated']}",
            table(TEXTS["tables"]["indicators_left"], left),
        ],
        targets=len(targets),
        past=sum(past.values()),
        indicators=len(known),
        evaluated=len(evaluated),
    )


def indicator_line(one: Indicator, count: Mapping[str, int], past: Mapping[str, int]) -> list[object]:
    """Return the line of an indicator: from what it is evaluated, or why it is not."""
    start = [f"`{one.name}`", one.label_zh, one.label_en]
    number = f"{count[one.name]} + {past[one.name]}"
    if not one.source:
        return [*start, number, one.reason_zh, one.reason_en]
    margin = "" if one.tolerance is None else f"{one.tolerance:g} {TEXTS['targets'][one.tolerance_unit]}"
    side = TEXTS["targets"][one.better] if one.better else ""
    return [*start, one.kind, one.boundary, f"`{one.source}`", side, margin, number, one.note]


# ---------------------------------------------------------------- command


def pages() -> dict[str, str]:
    """Return the pages by file name."""
    made = {
        "methods": methods_page,
        "factors": factors_page,
        "vocabulary": vocabulary_page,
        "sets": sets_page,
        "scenario-file": scenario_page,
        "targets": targets_page,
    }
    return {f"{name}.md": make() for name, make in made.items()}


def out_of_date(folder: Path = FOLDER) -> list[str]:
    """Return the names of the pages whose file is not what the data give now."""
    return [name for name, text in pages().items() if _text_of(folder / name) != text]


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def main(arguments: Sequence[str]) -> int:
    """Write or check the pages; return the exit code."""
    if "--check" in arguments:
        late = out_of_date()
        sys.stderr.writelines(
            f"docs/reference/{name} is out of date: run python docs/scripts/reference.py\n" for name in late
        )
        return 1 if late else 0
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
