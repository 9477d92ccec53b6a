"""The factor rows and implied factors that the released sets give for a list of keys.

``keys.csv`` lists the keys, ``lines-<set>.csv`` what each set makes of them. Every key has a region of its own, so
that no rule about what is counted once joins them; keys whose names begin with ``together`` share one on purpose.
A difference is either a fault or a change of an inventory: look at every row of it, then write the tables anew with
``pytest tests/golden --update-golden``.
"""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emissions.activity import ActivityTable
from emissions.engine import Run, calculate
from emissions.engine.arguments import MEASURED
from emissions.factors import load_factors, set_names
from emissions.methods import FORMULAS, load_cards
from emissions.units import BASE_UNITS
from emissions.vocabulary import load_vocabulary

HERE = Path(__file__).parent
COLUMNS = (
    "key", "substance", "stream", "category", "status", "reason", "card", "implied_factor", "unit", "factors",
)  # fmt: skip
IDENTITY = COLUMNS[:3]
CONDITIONS = ("technology", "capacity_MW", "boiler_tph", "stove", "coal_form", "stage", "feedstock")

each_set = pytest.mark.parametrize("chosen", set_names())

Line = dict[str, str]
Identity = tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A run over the keys of a set, and the golden key of each line."""

    run: Run
    keys: list[str]


# ---------------------------------------------------------------- keys and runs


@cache
def keys(chosen: str) -> tuple[Line, ...]:
    with (HERE / "keys.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(row for row in csv.DictReader(stream) if chosen in row["sets"].split("|"))


def activity(chosen: str) -> ActivityTable:
    """Return one base unit of activity of every key; its name stands in the column ``facility``."""
    rows = pd.DataFrame([_row(number, key) for number, key in enumerate(keys(chosen))])
    measured = [one for key in keys(chosen) for one in _measured(key)]
    for column in ("capacity_MW", "boiler_tph"):
        rows[column] = pd.to_numeric(rows[column].mask(rows[column] == ""))
    return ActivityTable(rows, measured=pd.DataFrame(measured))


def _row(number: int, key: Mapping[str, str]) -> dict[str, object]:
    return {
        "activity_id": key["key"], "region": key["region"], "year": int(key["year"]), "category": key["category"],
        "activity": key["activity"], "use": key["use"], "dimension": key["dimension"], "control": key["control"],
        "quantity": 1.0, "unit": BASE_UNITS[key["dimension"]], "quantity_as_printed": "1",
        "unit_as_printed": BASE_UNITS[key["dimension"]], "low": np.nan, "high": np.nan, "facility": key["key"],
        "data_source": "", "file": "keys.csv", "sheet": "", "row": number + 2, "cell": f"A{number + 2}",
        "notation": "", **{name: key[name] for name in CONDITIONS},
    }  # fmt: skip


def _measured(key: Mapping[str, str]) -> Iterator[dict[str, object]]:
    for text in filter(None, key["measured"].split("; ")):
        parameter, amount = text.split("=")
        value, unit = amount.split(" ", 1)
        yield {
            "measured_id": f"{key['key']} {parameter}", "parameter": parameter, "substance": "",
            "value": float(value), "unit": unit, "low": np.nan, "high": np.nan, "data_source": "",
            "file": "keys.csv", "sheet": "", "row": 1, "cell": "A1", "region": "", "year": "", "category": "",
            "activity": "", "technology": "", "facility": key["key"],
        }  # fmt: skip


@cache
def found(chosen: str) -> Found:
    run = calculate(activity(chosen), load_factors(chosen))
    stated = {key["key"]: key["activity"] for key in keys(chosen)}
    names: dict[int, str] = {}
    for number, facility, own in zip(
        run.key_of_row, run.activity.rows["facility"], run.activity.rows["activity"], strict=True
    ):
        name = facility if own == stated[facility] else f"{facility}/{own}"
        assert names.setdefault(int(number), name) == name, f"{name} and {names[int(number)]} are one key"
    return Found(run, [names[int(number)] for number in run.lines["key"]])


def golden(chosen: str) -> dict[Identity, Line]:
    path = HERE / f"lines-{chosen}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {tuple(row[name] for name in IDENTITY): row for row in csv.DictReader(stream)}


def lines(chosen: str) -> dict[Identity, Line]:
    """Return what the set gives now, sorted by key, substance and stream."""
    one = found(chosen)
    origins = _origins(one.run)
    order = {key["key"]: number for number, key in enumerate(keys(chosen))}
    table = {}
    for number, (name, line) in enumerate(zip(one.keys, one.run.lines.to_dict("records"), strict=True)):
        identity = (name, line["substance"], line["stream"])
        dimension = one.run.keys["dimension"].iloc[line["key"]]
        values = (
            line["category"], line["status"], line["reason"], line["card"],
            "" if math.isnan(line["ief"]) else repr(float(line["ief"])), f"t/{BASE_UNITS[dimension]}",
            "; ".join(origins.get(number, [])),
        )  # fmt: skip
        assert identity not in table, f"{identity} stands twice"
        table[identity] = dict(zip(COLUMNS, (*identity, *values), strict=True))
    for name in order.keys() - {identity[0].split("/")[0] for identity in table}:
        table[name, "", ""] = dict.fromkeys(COLUMNS, "") | {"key": name, "reason": "no line"}
    substances = ["", *load_vocabulary().substances]
    place = {
        identity: (order[identity[0].split("/")[0]], identity[0], substances.index(identity[1]), identity[2])
        for identity in table
    }
    return {identity: table[identity] for identity in sorted(table, key=place.__getitem__)}


def _origins(run: Run) -> dict[int, list[str]]:
    """Return, per line, ``argument=factor_id`` in the order of the formula; ``argument(device)`` in series."""
    texts: dict[int, list[str]] = defaultdict(list)
    for match in _in_order(run).to_dict("records"):
        argument = f"{match['argument']}({match['device']})" if match["device"] else match["argument"]
        if match["origin"] == MEASURED:
            given = run.activity.measured.iloc[match["row"]]
            origin = f"measured {given['value']:g} {given['unit']}"
        else:
            origin = run.library.rows["factor_id"].iloc[match["row"]]
        earlier = " (earlier year)" if match["earlier"] else ""
        texts[match["line"]].append(f"{argument}={origin}{earlier}")
    return texts


def _in_order(run: Run) -> pd.DataFrame:
    cards = load_cards()
    arguments = {name: list(FORMULAS[card.formula].units) for name, card in cards.items()}
    card_of = run.lines["card"].to_numpy()
    pairs = zip(run.matches["line"], run.matches["argument"], strict=True)
    place = [arguments[card_of[line]].index(argument) for line, argument in pairs]
    return run.matches.assign(place=place).sort_values(["line", "place", "device"], kind="stable")


# ---------------------------------------------------------------- the tables


@each_set
def test_lines_are_the_golden_ones(chosen: str, update: bool) -> None:
    now = lines(chosen)
    if update:
        with (HERE / f"lines-{chosen}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(now.values())
    differences = difference(golden(chosen), now)
    assert not differences, "\n" + "\n".join(differences)


def difference(old: Mapping[Identity, Line], new: Mapping[Identity, Line]) -> list[str]:
    """Return a text for each row that came, went or changed; implied factors differ above 1e-12."""
    texts = [f"- {' '.join(one)}: {_short(old[one])}" for one in old if one not in new]
    texts += [f"+ {' '.join(one)}: {_short(new[one])}" for one in new if one not in old]
    for one in old:
        if one in new:
            changes = [
                f"    {name}: {old[one][name]} -> {new[one][name]}"
                for name in COLUMNS[len(IDENTITY) :]
                if not _same(name, old[one][name], new[one][name])
            ]
            texts += [f"~ {' '.join(one)}", *changes] if changes else []
    return texts


def _short(line: Line) -> str:
    return " | ".join(line[name] for name in ("status", "card", "implied_factor", "unit", "factors"))


def _same(name: str, old: str, new: str) -> bool:
    if name != "implied_factor" or not old or not new:
        return old == new
    return math.isclose(float(old), float(new), rel_tol=1e-12)


def test_a_difference_names_what_came_went_and_changed() -> None:
    first = dict.fromkeys(COLUMNS, "") | {"key": "a", "implied_factor": "1.0", "factors": "emission_factor=x"}
    second = first | {"implied_factor": "1.0000000000001"}
    third = first | {"implied_factor": "1.1", "factors": "emission_factor=y"}
    one, other = ("a", "", ""), ("b", "", "")
    assert difference({one: first}, {one: second}) == []
    assert difference({one: first}, {one: third}) == [
        "~ a  ", "    implied_factor: 1.0 -> 1.1", "    factors: emission_factor=x -> emission_factor=y",
    ]  # fmt: skip
    assert [text[0] for text in difference({one: first}, {other: first})] == ["-", "+"]


# ---------------------------------------------------------------- one row a parameter, one bundle a line


@each_set
def test_an_argument_has_one_row_except_devices_in_series(chosen: str) -> None:
    matches = found(chosen).run.matches
    count = Counter(zip(matches["line"], matches["argument"], matches["device"], strict=True))
    assert [one for one, times in count.items() if times > 1] == []
    plain = {(line, argument) for line, argument, device in count if not device}
    assert [one for one in count if one[2] and one[:2] in plain] == []


@each_set
def test_an_estimated_line_has_a_row_for_every_argument(chosen: str) -> None:
    run, cards = found(chosen).run, load_cards()
    by_line = run.matches.groupby("line")["argument"].agg(set).to_dict()
    without = []
    for number, line in enumerate(run.lines.itertuples()):
        if not line.card:
            assert line.status != "ok"
            continue
        card = cards[line.card]
        needed = {name for name, argument in card.parameters.items() if argument.combine != "series"}
        if not needed <= by_line.get(number, set()) <= set(card.parameters):
            without.append((found(chosen).keys[number], line.card))
    assert without == []


@each_set
def test_rows_of_a_bundle_come_from_one_bundle(chosen: str) -> None:
    run, parameters, cards = found(chosen).run, load_vocabulary().parameters, load_cards()
    published = run.matches[run.matches["origin"] != MEASURED]
    rows = run.library.rows.iloc[published["row"]]
    card_of = run.lines["card"].to_numpy()[published["line"].to_numpy(dtype=int)]
    bundled: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for line, argument, card, package, bundle in zip(
        published["line"], published["argument"], card_of, rows["package"], rows["bundle"], strict=True
    ):
        parameter = cards[card].parameters[argument].parameter or argument
        if parameters[parameter]["bundle"]:
            bundled[line].add((package, bundle))
    assert len(bundled) > 10
    mixed = {}
    for line, families in bundled.items():
        packages, names = {package for package, _ in families}, {name for _, name in families} - {""}
        if len(packages) > 1 or len(names) > 1:
            mixed[found(chosen).keys[line]] = families
    assert mixed == {}


@each_set
def test_particles_nest(chosen: str) -> None:
    """Black and organic carbon lie within PM2.5, PM2.5 within PM10, for every key."""
    run = found(chosen).run
    estimated = run.lines.assign(key=found(chosen).keys)[(run.lines["status"] == "ok").to_numpy()]
    sums = estimated.pivot_table(index="key", columns="substance", values="ief", aggfunc="sum")
    carbon = sums.reindex(columns=["BC", "OC"]).sum(axis=1)
    known = sums[sums["PM2.5"].notna() & sums["PM10"].notna()]
    assert len(known) > 10
    wide = (carbon > (1 + 1e-12) * sums["PM2.5"]) | (sums["PM2.5"] > (1 + 1e-12) * sums["PM10"])
    assert sorted(sums.index[wide]) == []
