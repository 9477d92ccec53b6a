"""The reference twin: the inventory of a few rows by plain loops, slow and obvious.

It shares no module with the engine. It reads the public files (factor packages and sets, method cards, tables of
words) and follows the rules as they are written: for each row, substance and stream the first card in the order of
the set whose arguments are all found; for each argument the first factor row in the order package, activity,
category, conditions, condition words, region, validity, grade; an equal best pair is a tie and an error.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reference.equations import EQUATIONS
from reference.unit_table import NoUnit, convert
from reference.words import Row, Words, at_or_below, read, split

BASE = {"mass": "t", "energy": "TJ", "volume": "m^3", "distance": "km", "count": "unit", "area": "ha"}
NO_CONDITIONS = {
    "factor_id", "scheme", "category", "activity", "substance", "stream", "parameter", "value", "unit",
    "expressed_as", "low", "high", "confidence", "tier", "basis", "control", "region", "valid_from", "valid_to",
    "bundle", "source", "locator", "grade", "note", "printed", "package",
}  # fmt: skip
SELECTORS = ("region", "year", "category", "activity", "technology", "facility")
RATES = ("collection_efficiency", "operating_rate")
INFINITE = 10**6
"""Rank of what a row leaves open: behind everything that it could state."""

Key = dict[str, Any]


words_of = cache(Words)
"""The tables of words of a folder, read once."""


class Missing(Exception):
    """An argument of a card is not found; the text says why."""


class Tie(Exception):
    """Two factor rows, measured values, strata or cards fit equally well."""


@dataclass
class Ask:
    """What an argument of a card asks of the factor rows."""

    parameter: str
    substance: str
    streams: tuple[str, ...]
    unit: str
    bases: tuple[str, ...] = ("",)
    device: str = ""
    activity: str = ""
    category: str = ""
    where: dict[str, str] = field(default_factory=dict)
    earlier_year: bool = False
    package: str = ""


@dataclass
class Answer:
    """The row that serves, the rows that serve equally well, and the number in the unit asked for."""

    row: Row
    equal: list[Row]
    value: float


@dataclass
class Line:
    """Key x substance x stream."""

    substance: str
    stream: str
    category: str
    card: str = ""
    status: str = "NE"
    reason: str = ""
    implied: float = math.nan
    factors: tuple[str, ...] = ()
    ties: list[tuple[str, ...]] = field(default_factory=list)
    emission: float = math.nan
    memo: str = ""


@dataclass
class Place:
    """A key with its quantity and its lines."""

    key: Key
    quantity: float
    lines: list[Line]


class Twin:
    """The rules over one factor set."""

    def __init__(self, vocabulary: Path, cards: Path, factors: Path, name: str) -> None:
        self.words = words_of(vocabulary)
        self.set = yaml.safe_load((factors / "sets" / f"{name}.yaml").read_text(encoding="utf-8"))
        self.cards = [card for path in sorted(cards.glob("*.yaml")) for card in yaml.safe_load(path.read_text("utf-8"))]
        self.rows = [row for pin in self.set["packages"] for row in _package(factors / "packages", pin)]
        self.conditions = sorted({name for row in self.rows for name in row} - NO_CONDITIONS)
        for row in self.rows:
            row["conditions"] = [(name, row[name]) for name in self.conditions if row.get(name)]
            row["own category"] = f"{row['scheme']}:{row['category']}" if row["category"] else ""
        self.packages = cache(self._packages)
        self._asked = cache(self._rows_asked)

    # ---------------------------------------------------------------- one factor row

    def resolve(self, key: Key, ask: Ask) -> Answer | None:
        """Return the best row for a key, or None."""
        identity = (ask.parameter, ask.substance, ask.streams, ask.unit, ask.bases, ask.device, ask.package)
        ranked = [(self.rank(row, key, ask, earlier=False), row) for row in self._asked(*identity)]
        ranked = [one for one in ranked if one[0] is not None]
        if not ranked and ask.earlier_year:
            ranked = [(self.rank(row, key, ask, earlier=True), row) for row in self._asked(*identity)]
            ranked = [one for one in ranked if one[0] is not None]
        if not ranked:
            return None
        best = min(rank for rank, _ in ranked)  # type: ignore[type-var]
        rows = [row for rank, row in ranked if rank == best]
        return Answer(rows[0], rows[1:], convert(float(rows[0]["value"]), rows[0]["unit"], ask.unit))

    def _rows_asked(
        self, parameter: str, substance: str, streams: tuple[str, ...], unit: str, bases: tuple[str, ...],
        device: str, package: str,
    ) -> list[Row]:  # fmt: skip
        """Return the rows that fit by what they are of, whatever the key."""
        found = []
        for row in self.rows:
            if row["parameter"] != parameter or row["substance"] not in {"", substance} or not row["value"]:
                continue
            if row["stream"] not in streams or row["basis"] not in bases:
                continue
            if (device and row["control"] != device) or (package and row["package"] != package):
                continue
            try:
                convert(1.0, row["unit"], unit)
            except NoUnit:
                continue
            found.append(row)
        return found

    def rank(self, row: Row, key: Key, ask: Ask, *, earlier: bool) -> tuple[float, ...] | None:
        """Return the place of a row in the order for a key, smaller is better; None where it does not fit."""
        category, activity = ask.category or key["category"], ask.activity or key["activity"]
        near = [
            _position(row["package"], self.packages(ask.parameter, ask.substance, category), blank=False),
            _position(row["activity"], self.words.above_activity(activity)),
            _position(row["own category"], self.words.serving(category)),
            _position(row["region"], self.words.above_region(key["region"])),
            _time(row, key["year"], earlier=earlier),
        ]
        if any(one is None for one in near):
            return None
        words = [
            self._condition(name, said, ask.where.get(name) or key.get(name, "")) for name, said in row["conditions"]
        ]
        if any(one is None for one in words):
            return None
        if row["control"] and not ask.device and not self._devices_fit(row["control"], key["control"], ask.substance):
            return None
        package, own_activity, own_category, region, time = near
        stated = len(words) + (row["control"] != "")
        grade = "ABC".index(row["grade"])
        return package, own_activity, own_category, -stated, sum(words), region, time, grade  # type: ignore[return-value,arg-type]

    def _condition(self, name: str, said: str, own: object) -> int | None:
        """Return how far the word of a row is above the key's (0 for a number in its interval), None for no fit."""
        if own == "" or own != own:  # noqa: PLR0124  not a number: nothing is stated
            return None
        if self.words.conditions[name] == "number":
            return 0 if _inside(float(own), said) else None  # type: ignore[arg-type]
        return _position(said, self.words.above_condition(name, str(own)))

    def _devices_fit(self, said: str, control: str, substance: str) -> bool:
        """Tell whether the devices of a row are exactly those of the key that act on the substance."""
        own = self.words.devices(control, substance)
        wanted = self.words.devices(said, substance) or sorted({*said.split("+")} - {"none"})
        return own is not None and own == wanted

    def _packages(self, parameter: str, substance: str, category: str) -> list[str]:
        """Return the order of packages of the first rule of the set that fits."""
        for rule in self.set["prefer"]:
            if parameter not in rule.get("parameters", [parameter]):
                continue
            if substance not in rule.get("substances", [substance]):
                continue
            if at_or_below(rule.get("categories", []), self.words.above_category(category)):
                return list(rule["order"])
        return []

    # ---------------------------------------------------------------- one card

    def card_fits(self, card: dict[str, Any], key: Key) -> bool:
        """Tell whether a card is for a key."""
        activity = self.words.above_activity(key["activity"])
        dimensions = card.get("dimensions") or _SERVES[card["formula"]]
        devices = {one.strip() for one in key["control"].split("+")}
        return (
            at_or_below(card["categories"], self.words.above_category(key["category"]))
            and at_or_below(card["activities"], activity)
            and not any(one in activity for one in card.get("excepted", []))
            and key["use"] in card["uses"]
            and key["dimension"] in dimensions
            and (not card.get("controls") or bool(devices & set(card["controls"])))
            and all(key.get(name, "") == "" or key[name] != key[name] for name in card.get("unstated", []))
            and all(
                bool(key.get(name)) and at_or_below(words, self.words.above_condition(name, key[name]))
                for name, words in card.get("where", {}).items()
            )
        )

    def implied(self, card: dict[str, Any], substance: str, key: Key) -> Line:
        """Return the line of a card; it is missing where an argument is not found."""
        returns, units, function = EQUATIONS[card["formula"]]
        per = f"({BASE[key['dimension']]})"
        units = {name: unit.replace("{per}", per) for name, unit in units.items()}
        bundle = [name for name in units if self._parameter(card, name)["bundle"]]
        values: dict[str, float] = {}
        line = Line(substance, card["stream"], card.get("output") or key["category"], card["id"])
        if len(bundle) > 1:
            self._bundle(card, substance, key, {name: units[name] for name in bundle}, values, line)
        for name, unit in units.items():
            if name not in values:
                series = (card["parameters"][name] or {}).get("combine") == "series"
                values[name] = (self._series if series else self._single)(card, substance, key, name, unit, line)
        target = f"t/({per}*a)" if returns.endswith("*a)") else f"t/{per}"
        line.implied = convert(function(**values), returns.replace("{per}", per), target) * card.get("sign", 1)
        line.status = card.get("status", "ok")
        line.factors = tuple(sorted(line.factors))
        return line

    def _parameter(self, card: dict[str, Any], name: str) -> Row:
        return self.words.parameters[(card["parameters"][name] or {}).get("parameter", name)]

    def ask(self, card: dict[str, Any], substance: str, name: str, unit: str, **more: str) -> Ask:
        """Return what a card asks for an argument."""
        body = card["parameters"][name] or {}
        return Ask(
            parameter=body.get("parameter", name),
            substance=body.get("substance", substance),
            streams=(body["stream"],) if "stream" in body else ("", card["stream"]),
            unit=unit,
            bases=tuple(body.get("basis", [""])),
            activity=body.get("activity", ""),
            category=body.get("category", ""),
            where=body.get("where", {}),
            earlier_year="earlier_year" in card.get("fallback", []),
            **more,
        )

    def _measured(self, card: dict[str, Any], substance: str, key: Key, name: str, unit: str) -> float | None:
        body = card["parameters"][name] or {}
        if body.get("origin") == "published":
            return None
        for of in (body.get("substance", substance), ""):
            for one in key["measured"]:
                if (one["parameter"], one["substance"]) == (body.get("parameter", name), of):
                    try:
                        return convert(float(one["value"]), one["unit"], unit)
                    except NoUnit:
                        continue
        return None

    def _single(self, card: dict[str, Any], substance: str, key: Key, name: str, unit: str, line: Line) -> float:
        measured = self._measured(card, substance, key, name, unit)
        if measured is not None:
            return measured
        if (card["parameters"][name] or {}).get("origin") == "measured":
            raise Missing("nothing measured")
        answer = self.resolve(key, self.ask(card, substance, name, unit))
        if answer is None:
            raise Missing("no factor")
        return _used(answer, line)

    def _series(self, card: dict[str, Any], substance: str, key: Key, name: str, unit: str, line: Line) -> float:
        """Return 1 - product(1 - efficiency x collection x operating rate) over the devices of the key."""
        measured = self._measured(card, substance, key, name, unit)
        of = (card["parameters"][name] or {}).get("substance") or substance
        devices = self.words.devices(key["control"], of)
        acting = None if devices is None else [one for one in devices if self.words.treats(one, card["stream"])]
        if measured is not None and acting != []:
            return measured
        if devices is None:
            anything = any(of in split(row["acts_on"]) for row in self.words.controls.values())
            if anything:
                raise Missing("control")
            return 0.0
        rate = math.prod(key[one] for one in RATES if key[one] == key[one])
        passing = 1.0
        for device in devices:
            if not self.words.treats(device, card["stream"]):
                continue
            answer = self.resolve(key, self.ask(card, substance, name, unit, device=device))
            if answer is None:
                raise Missing("control")
            passing *= 1 - _used(answer, line) * rate
        return 1 - passing

    def _bundle(
        self,
        card: dict[str, Any],
        substance: str,
        key: Key,
        units: dict[str, str],
        values: dict[str, float],
        line: Line,
    ) -> None:
        """Find parameters that belong together in one package and one row family; measured values go first."""
        given = {name: self._measured(card, substance, key, name, unit) for name, unit in units.items()}
        measured = {name: value for name, value in given.items() if value is not None}
        if len(measured) == len(units):
            values.update(measured)
            return
        order: list[str] = []
        for name in units:
            order += self.packages(self._parameter(card, name)["parameter"], substance, key["category"])
        for package in dict.fromkeys(order):
            answers = {
                name: self.resolve(key, self.ask(card, substance, name, unit, package=package))
                for name, unit in units.items()
                if name not in measured
            }
            families = {one.row["bundle"] for one in answers.values() if one is not None} - {""}
            if all(answers.values()) and len(families) <= 1:
                values.update(measured)
                values.update({name: _used(one, line) for name, one in answers.items() if one is not None})
                return
        raise Missing("no bundle")

    # ---------------------------------------------------------------- the lines of a key

    def lines(self, key: Key) -> list[Line]:
        """Return the lines of a key: the first card of each substance and stream that serves, else a gap."""
        groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for card in self.cards:
            if self.card_fits(card, key):
                for substance in card["substances"]:
                    groups.setdefault((substance, card["stream"]), []).append(card)
        return [
            self._served(self._ordered(cards, substance, key), substance, stream, key)
            for (substance, stream), cards in groups.items()
            if self._ordered(cards, substance, key)
        ]

    def _served(self, cards: list[dict[str, Any]], substance: str, stream: str, key: Key) -> Line:
        """Return the line of the first card that serves, else a gap with the reason of the first card.

        That nothing was measured is the reason only where there is no other.
        """
        gap = Line(substance, stream, key["category"])
        for card in cards:
            try:
                return self.implied(card, substance, key)
            except Missing as missing:
                if gap.reason in {"", "nothing measured"}:
                    gap.reason = str(missing)
        return gap

    def _ordered(self, cards: list[dict[str, Any]], substance: str, key: Key) -> list[dict[str, Any]]:
        """Return the cards in the order of the set, without those that must never serve."""
        activity, category = self.words.above_activity(key["activity"]), self.words.above_category(key["category"])
        for rule in self.set["methods"]:
            if substance not in rule.get("substances", [substance]):
                continue
            if at_or_below(rule.get("categories", []), category) and at_or_below(rule.get("activities", []), activity):
                kept = [card for card in cards if card["id"] not in rule.get("never", [])]
                if len(kept) > 1 and any(card["id"] not in rule["order"] for card in kept):
                    raise Tie("cards", *(card["id"] for card in kept))
                return sorted(kept, key=lambda card: rule["order"].index(card["id"])) if len(kept) > 1 else kept
        if len(cards) > 1:
            raise Tie("cards", *(card["id"] for card in cards))
        return cards

    def expected(self, key: Key) -> dict[str, list[str]]:
        """Return substance -> streams of which one must give it."""
        found: dict[str, list[str]] = {}
        activity = self.words.above_activity(key["activity"])
        for rule in self.words.expected:
            if not at_or_below(split(rule["categories"]), self.words.above_category(key["category"])):
                continue
            if not at_or_below(split(rule["activities"]), activity) or key["use"] not in split(rule["uses"]):
                continue
            if any(one in activity for one in split(rule.get("excepted", ""))):
                continue
            devices = {one.strip() for one in key["control"].split("+")}
            if rule["controls"] and not devices & set(split(rule["controls"])):
                continue
            found |= dict.fromkeys(split(rule["substances"]), split(rule["streams"]))
        return found

    def with_gaps(self, key: Key, lines: list[Line]) -> list[Line]:
        """Return the lines with the gaps that matter only."""
        expected = self.expected(key)
        kept = [one for one in lines if one.status == "ok" or not math.isnan(one.implied)]
        for substance in dict.fromkeys([*expected, *(one.substance for one in lines)]):
            own = [one for one in lines if one.substance == substance]
            asked = [one for one in own if one.stream in expected.get(substance, [])]
            if substance in expected and not asked:
                kept.append(Line(substance, "", key["category"]))
            gaps = [one for one in asked if one.status == "NE" and not any(other.status == "ok" for other in asked)]
            if not any(one.status == "ok" for one in own):  # the factor is there, only the control is not
                gaps = [one for one in own if one in gaps or one.reason == "control"]
            kept += [one for one in gaps[:1] if math.isnan(one.implied)]
        return kept

    # ---------------------------------------------------------------- rows to keys

    def keys(self, row: Key, measured: list[Key], strata: list[Key], stated: set[str]) -> list[tuple[Key, float]]:
        """Return the keys a row becomes, each with its quantity: strata, measured values, assumptions, mixes.

        ``stated`` are the columns of the table: a condition counts where the table or a factor row has it.
        """
        conditions = [name for name in self.words.conditions if name in self.conditions or name in stated]
        blank = {name: math.nan if self.words.conditions[name] == "number" else "" for name in conditions}
        key: Key = blank | dict.fromkeys(RATES, math.nan) | {"facility": ""} | row
        if "sector" in key and not key["sector"]:
            key["sector"] = self.words.inherited(key["category"], "sector")
        parts = [(key, float(row["quantity"]))]
        if not key["control"] and strata:
            parts = self._stratified(key, strata)
        found = []
        for part, quantity in parts:
            part["measured"] = self._selected(part, measured)
            self._assume(part)
            found += self._mixed(part, quantity)
        return found

    def _closeness(self, key: Key, selector: Key) -> int | None:
        """Return 100 less the steps up for each selector that is stated, None where one does not fit."""
        total = 0
        walks = {
            "region": self.words.above_region, "category": self.words.above_category,
            "activity": self.words.above_activity,
            "technology": lambda word: self.words.above_condition("technology", word),
        }  # fmt: skip
        for name in SELECTORS:
            wanted = str(selector.get(name, "") or "")
            if wanted:
                own = str(key.get(name, ""))
                above = walks[name](own) if name in walks and own else [own]
                if wanted not in above:
                    return None
                total += 100 - above.index(wanted)
        return total

    def _selected(self, key: Key, measured: list[Key]) -> list[Key]:
        """Return the closest measured value of each parameter and substance."""
        chosen = []
        for name in {(one["parameter"], one["substance"]): None for one in measured}:
            fitting = [
                (self._closeness(key, one), one) for one in measured if (one["parameter"], one["substance"]) == name
            ]
            fitting = [one for one in fitting if one[0] is not None]
            if fitting:
                best = max(one[0] for one in fitting)  # type: ignore[type-var]
                nearest = [one for closeness, one in fitting if closeness == best]
                if len(nearest) > 1:
                    raise Tie("measured", *name)
                chosen += nearest
        return chosen

    def _stratified(self, key: Key, strata: list[Key]) -> list[tuple[Key, float]]:
        """Return the row split by the closest group of strata."""
        groups: dict[tuple[str, ...], list[Key]] = {}
        for one in strata:
            groups.setdefault(tuple(str(one.get(name, "") or "") for name in SELECTORS), []).append(one)
        fitting = [(self._closeness(key, group[0]), group) for group in groups.values()]
        fitting = [one for one in fitting if one[0] is not None]
        if not fitting:
            return [(key, float(key["quantity"]))]
        best = max(one[0] for one in fitting)  # type: ignore[type-var]
        nearest = [group for closeness, group in fitting if closeness == best]
        if len(nearest) > 1:
            raise Tie("strata")
        return [
            (key | {"control": one["control"]} | {name: one.get(name, math.nan) for name in RATES},
             float(key["quantity"]) * one["share"])
            for one in nearest[0]
        ]  # fmt: skip

    def _assume(self, key: Key) -> None:
        """Take conditions from the rules of the set where the key states none."""
        for rule in self.set.get("assume", []):
            if not (
                at_or_below(rule.get("categories", []), self.words.above_category(key["category"]))
                and at_or_below(rule.get("activities", []), self.words.above_activity(key["activity"]))
                and key["use"] in rule.get("uses", [key["use"]])
                and at_or_below(rule.get("regions", []), self.words.above_region(key["region"]))
                and rule.get("valid_from", 0) <= int(key["year"]) <= rule.get("valid_to", 9999)
            ):
                continue
            for name, value in rule["conditions"].items():
                if name in key and (key[name] == "" or key[name] != key[name]):
                    key[name] = value

    def _mixed(self, key: Key, quantity: float) -> list[tuple[Key, float]]:
        """Return a mixed activity split into its published kinds, anything else whole."""
        for mix in self.set.get("mixes", []):
            if key["activity"] != mix["activity"] or key["use"] not in mix["uses"]:
                continue
            if key["dimension"] not in mix["dimensions"] or any(
                one["parameter"] == "carbon_content" for one in key["measured"]
            ):
                continue
            bare = {name: key[name] for name in ("region", "year", "category", "activity", "control")}
            shares: dict[str, float] = {}
            for child in sorted({row.get(mix["child"], "") for row in self.rows} - {""}):
                answer = self.resolve(bare, Ask("share", "", ("",), "1", where={mix["child"]: child}))
                if answer is not None:
                    if answer.equal:
                        raise Tie("share", child)
                    shares[child] = answer.value
            if not shares:
                continue
            if mix.get("remainder"):
                shares[mix["remainder"]] = shares.get(mix["remainder"], 0.0) + 1 - sum(shares.values())
            return [(key | {"activity": child}, quantity * share) for child, share in shares.items()]
        return [(key, quantity)]

    # ---------------------------------------------------------------- all together

    def inventory(self, rows: list[Key], measured: list[Key] = (), strata: list[Key] = ()) -> list[Place]:  # type: ignore[assignment]
        """Return the keys of rows with their lines, counted once and in one place."""
        places: dict[str, Place] = {}
        columns = {name for row in rows for name in row}
        for row in rows:
            for key, quantity in self.keys(row, list(measured), list(strata), columns):
                place = places.setdefault(self.signature(key), Place(key, 0.0, []))
                place.quantity += quantity
        for place in places.values():
            place.lines = self.with_gaps(place.key, self.lines(place.key))
            for line in place.lines:
                line.emission = place.quantity * line.implied
                line.memo = self.words.inherited(line.category, "memo")
            self._parts_or_whole(place)
        self._balances(list(places.values()))
        self._elsewhere(list(places.values()))
        return list(places.values())

    def signature(self, key: Key) -> str:
        """Return what tells a key from another: everything it states."""
        names = {
            "region",
            "year",
            "category",
            "activity",
            "use",
            "dimension",
            "control",
            *RATES,
            *self.words.conditions,
        }
        stated = {
            name: float(value) if isinstance(value, (int, float)) else value
            for name, value in key.items()
            if name in names and value != "" and value == value  # noqa: PLR0124  not a number: not stated
        }
        return json.dumps(stated | {"measured": sorted(one["measured_id"] for one in key["measured"])}, sort_keys=True)

    def _balances(self, places: list[Place]) -> None:
        """A carbon balance that gains carbon is a gap."""
        sums: dict[tuple[str, ...], list[Line]] = {}
        for place in places:
            for line in place.lines:
                if line.stream == "conversion_loss" and line.status == "ok":
                    where = tuple(str(place.key[name]) for name in ("region", "year", "transformation"))
                    sums.setdefault(where, []).append(line)
        for lines in sums.values():
            if sum(line.emission for line in lines) < 0:
                for line in lines:
                    line.status = "NE"

    def _parts_or_whole(self, place: Place) -> None:
        """A card that holds the whole and cards of its parts are never counted together."""
        cards = {card["id"]: card for card in self.cards}
        for whole in [
            one for one in place.lines if one.card and cards[one.card].get("whole_of") and one.status == "ok"
        ]:
            streams = cards[whole.card]["whole_of"]
            parts = [
                one
                for one in place.lines
                if one.substance == whole.substance and one.stream in streams and one.status == "ok"
            ]
            if any(cards[one.card]["tier"] >= cards[whole.card]["tier"] for one in parts):
                whole.status = "IE"
            else:
                for one in parts:
                    one.status = "IE"

    def _elsewhere(self, places: list[Place]) -> None:
        """Apply the rules of what is counted in another place; the first rule that holds decides."""
        counted = {id(line) for place in places for line in place.lines if line.status == "ok" and place.quantity}
        done: set[int] = set()
        for rule in self.set.get("elsewhere", []):
            for place in places:
                if not self._where(rule, place.key):
                    continue
                for line in place.lines:
                    free = line.status in {"ok", "NE"} and id(line) not in done
                    if free and self._of_rule(rule, line) and self._present(rule, place, line, places, counted):
                        line.status = rule.get("status", "IE")
                        done.add(id(line))

    @staticmethod
    def _of_rule(rule: dict[str, Any], line: Line) -> bool:
        return line.substance in rule.get("substances", [line.substance]) and line.stream in rule.get(
            "streams", [line.stream]
        )

    def _where(self, rule: dict[str, Any], key: Key) -> bool:
        return (
            at_or_below(rule.get("categories", []), self.words.above_category(key["category"]))
            and at_or_below(rule.get("activities", []), self.words.above_activity(key["activity"]))
            and key["use"] in rule.get("uses", [key["use"]])
            and key.get("branch", "") in rule.get("branches", [key.get("branch", "")])
        )

    def _present(self, rule: dict[str, Any], place: Place, line: Line, places: list[Place], counted: set[int]) -> bool:
        """Tell whether the region and year has a row the rule names that is counted for the substance."""
        if not rule.get("when"):
            return True
        return any(
            self._where(one, other.key)
            and (other.key["region"], other.key["year"]) == (place.key["region"], place.key["year"])
            and any(id(its) in counted and its.substance == line.substance for its in other.lines)
            for one in rule["when"]
            for other in places
        )


def _used(answer: Answer, line: Line) -> float:
    line.factors = (*line.factors, answer.row["factor_id"])
    if answer.equal:
        line.ties.append(tuple(row["factor_id"] for row in (answer.row, *answer.equal)))
    return answer.value


def _position(word: str, order: list[str], *, blank: bool = True) -> int | None:
    """Return the place of a word in an order; a blank word comes last, another one does not fit."""
    if word == "" and blank:
        return INFINITE
    return order.index(word) if word in order else None


def _time(row: Row, year: int, *, earlier: bool) -> float | None:
    """Return the width of the validity, or, for an earlier row, how many years ago it ended."""
    first = float(row["valid_from"]) if row["valid_from"] else -math.inf
    last = float(row["valid_to"]) if row["valid_to"] else math.inf
    if earlier:
        return year - last if last < year else None
    return last - first if first <= year <= last else None


def _inside(number: float, interval: str) -> bool:
    if not re.search(r"[\[(]", interval):
        return number == float(interval)
    low, high = (float(one) for one in interval.strip()[1:-1].split(","))
    above = number >= low if interval.strip()[0] == "[" else number > low
    below = number <= high if interval.strip()[-1] == "]" else number < high
    return above and below


_SERVES = {
    "direct": ["mass", "volume", "energy", "distance", "count", "area"],
    "controlled": ["mass", "volume", "energy"],
    "captured": ["mass", "volume", "energy"],
    "controlled_coarse": ["mass", "volume", "energy"],
    "share_of_pm25": ["mass", "volume", "energy", "distance"],
    "daily_loss": ["count"],
} | {
    name: ["mass", "volume"]
    for name in (
        "fuel_carbon", "fuel_carbon_not_captured", "fuel_carbon_captured", "fuel_carbon_contained", "energy_factor",
        "energy_factor_share",
    )
} | {
    name: ["energy"]
    for name in (
        "fuel_carbon_per_energy", "fuel_carbon_not_captured_per_energy", "fuel_carbon_captured_per_energy",
        "fuel_carbon_contained_per_energy", "energy_factor_share_per_energy",
    )
} | {"recovered_methane": ["volume"]} | {name: ["distance"] for name in ("running_exhaust", "running_exhaust_share", "running_loss")} | {
    name: ["mass"]
    for name in (
        "sulphur_balance", "ash_balance_fine", "ash_balance_coarse", "ash_balance_share", "limestone_scrubbing",
        "coal_mine_methane", "clinker", "clinker_not_captured", "clinker_captured", "glass", "anode_effect_cf4", "anode_effect_c2f6",
    )
}  # fmt: skip


def _package(folder: Path, pin: dict[str, str]) -> list[Row]:
    """Return the factor rows of a package."""
    place = folder / pin["package"] / pin["version"]
    described = json.loads((place / "datapackage.json").read_text(encoding="utf-8"))
    rows: list[Row] = []
    for resource in described["resources"]:
        table = read(place / resource["path"])
        if table and "parameter" in table[0] and not resource["path"].startswith("excluded"):
            rows += [row | {"package": pin["package"]} for row in table]
    return rows
