"""Method cards: which formula serves which activities, substances and stream, with which parameters."""

from __future__ import annotations

from collections.abc import Container, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from emissions.errors import CardError, Problem
from emissions.methods.formulas import FORMULAS
from emissions.vocabulary import Vocabulary, load_vocabulary, read_yaml

Basis = Literal["before_control", "after_control", "as_published"]
Fallback = Literal["earlier_year"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Argument(_Model):
    """Where one argument of a formula comes from.

    Attributes
    ----------
    parameter
        Parameter of the factor rows; the argument's own name if not given.
    substance, stream, activity, category
        Ask for rows of another substance, stream, activity or category than the line's own. A stream named here
        must stand in the row (blank: the row must name none); without it, rows of the card's stream and rows that
        name none serve.
    basis
        Allowed bases of the factor rows.
    where
        Conditions put in place of those of the key, such as ``fraction: PM2.5-10``.
    combine
        ``series``: the parameter is asked for once per control device of the key that acts on the substance,
        and combined as 1 - product(1 - value).
    origin
        ``measured``: only a value of the workbook serves; ``published``: only a factor row.
    """

    parameter: str = ""
    substance: str | None = None
    stream: str | None = None
    activity: str | None = None
    category: str | None = None
    basis: tuple[Basis, ...] = ()
    where: dict[str, str] = Field(default_factory=dict)
    combine: Literal["", "series"] = ""
    origin: Literal["any", "measured", "published"] = "any"


class Example(_Model):
    """A worked example: arguments in their declared units, the result in the declared unit of the formula."""

    per: str = "mass"
    given: dict[str, float]
    gives: float
    kind: Literal["published", "derived by hand"]
    source: str = ""


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("must not be empty")
    return value


Words = Annotated[tuple[str, ...], AfterValidator(_some)]


class Card(_Model):
    """A method: a formula bound to what it applies to.

    Attributes
    ----------
    categories, activities, uses, dimensions
        A key fits if its category and activity are one of these or below one of them, and its use and
        dimension are among these. No ``dimensions``: those of the formula.
    excepted
        Activities (with all below them) that do not fit after all.
    where
        Word conditions a key must state (one of the words, or a word below it).
    unstated
        Conditions a key must not state: the card takes a generic technology in their place.
    controls
        Devices of which the key must have one.
    substances, stream
        What it gives; one line per substance.
    whole_of
        Streams whose emission this card holds as well; never counted together with them.
    output
        Category under which the emission is reported, if not the key's own.
    status
        ``ok``, or ``NE`` for a card that only sizes what cannot be estimated: its emission is shown as the
        size of the gap and counts nowhere.
    sign
        -1 for a term that is subtracted (carbon that leaves with a product).
    """

    id: str
    title: dict[Literal["zh", "en"], str]
    formula: str
    tier: Literal[1, 2, 3]
    categories: Words
    activities: Words
    excepted: tuple[str, ...] = ()
    uses: Words
    dimensions: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    unstated: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    substances: Words
    stream: str
    whole_of: tuple[str, ...] = ()
    output: str = ""
    status: Literal["ok", "NE"] = "ok"
    reason: str = ""
    sign: Literal[1, -1] = 1
    parameters: dict[str, Argument]
    fallback: tuple[Fallback, ...] = ()
    note: dict[Literal["zh", "en"], str] = Field(default_factory=dict)
    example: Example

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        """Allow ``sulphur_content: {}`` and a missing body for an argument named like its parameter."""
        if isinstance(data, dict) and isinstance(data.get("parameters"), dict):
            data = {**data, "parameters": {name: body or {} for name, body in data["parameters"].items()}}
        return data

    @property
    def serves(self) -> tuple[str, ...]:
        """Dimensions of activity the card serves."""
        return self.dimensions or FORMULAS[self.formula].per


@cache
def load_cards() -> dict[str, Card]:
    """Return all cards of the package by id, in file order.

    Raises
    ------
    CardError
        With every card that breaks a rule: unknown word, unknown formula, arguments that differ from the
        formula's, an id given twice.
    """
    vocabulary = load_vocabulary()
    cards: dict[str, Card] = {}
    problems: list[Problem] = []
    folder = files("emissions.methods") / "cards"
    for part in sorted(folder.iterdir(), key=lambda part: part.name):
        if not part.name.endswith(".yaml"):
            continue
        for entry in read_yaml(part.read_text(encoding="utf-8")) or []:
            name = str(entry.get("id", "")) if isinstance(entry, dict) else str(entry)
            try:
                card = Card.model_validate(entry)
            except ValidationError as error:
                problems += [
                    Problem(
                        "card_field",
                        file=part.name,
                        found=name,
                        facts={"field": ".".join(map(str, one["loc"])), "why": one["msg"]},
                    )
                    for one in error.errors()
                ]
                continue
            if card.id in cards:
                problems.append(Problem("card_twice", file=part.name, found=card.id))
            problems += check_card(card, vocabulary, part.name)
            cards[card.id] = card
    if problems:
        raise CardError(problems)
    return cards


def check_card(card: Card, vocabulary: Vocabulary, file: str = "") -> list[Problem]:
    """Return what is wrong with the words of a card (empty list: nothing)."""
    formula = FORMULAS.get(card.formula)
    asked = [
        ("categories", card.categories, vocabulary.category_graph),
        ("activities", (*card.activities, *card.excepted), vocabulary.activity_graph),
        ("uses", card.uses, vocabulary.uses),
        ("substances", card.substances, vocabulary.substances),
        ("output", (card.output,) if card.output else (), vocabulary.category_graph),
        ("where", (*card.where, *card.unstated), vocabulary.conditions),
        ("controls", card.controls, vocabulary.controls),
        ("formula", (card.formula,), FORMULAS),
        ("dimensions", card.dimensions, formula.per if formula else card.dimensions),
        ("reason", () if card.status == "ok" or card.reason else ("",), ()),
        *(words for name, argument in card.parameters.items() for words in _argument_words(name, argument, vocabulary)),
        *_condition_words("where", card.where, vocabulary),
    ]
    problems = [
        Problem("card_word", file=file, found=card.id, facts={"field": field, "word": word})
        for field, words, known in asked
        for word in words
        if word not in known
    ]
    if formula is not None and set(card.parameters) != set(formula.units):
        facts = {"arguments": ", ".join(formula.units), "given": ", ".join(card.parameters)}
        problems.append(Problem("card_arguments", file=file, found=card.id, facts=facts))
    return problems


_Asked = tuple[str, tuple[str, ...], Container[str]]


def _argument_words(name: str, argument: Argument, vocabulary: Vocabulary) -> list[_Asked]:
    place = f"parameters.{name}"
    return [
        (place, (argument.parameter or name,), vocabulary.parameters),
        (f"{place}.where", tuple(argument.where), vocabulary.conditions),
        (f"{place}.activity", (argument.activity,) if argument.activity else (), vocabulary.activity_graph),
        (f"{place}.category", (argument.category,) if argument.category else (), vocabulary.category_graph),
        (f"{place}.substance", (argument.substance,) if argument.substance else (), vocabulary.substances),
        *_condition_words(f"{place}.where", {key: (word,) for key, word in argument.where.items()}, vocabulary),
    ]


def _condition_words(place: str, where: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary) -> list[_Asked]:
    """Ask for the words of word conditions; a number condition takes any number."""
    graphs = vocabulary.condition_graphs
    return [(f"{place}.{name}", words, graphs[name]) for name, words in where.items() if name in graphs]
