"""The sheets of factors and of implied factors; the second refers to the first by live formulas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from emissions.errors import place_of
from emissions.inventory import measured_as_printed
from emissions.methods import FORMULAS, Card, load_cards
from emissions.report.book.audit import MEASURED, Audit, Implied, Slot
from emissions.report.book.expression import cell_formula, readable
from emissions.report.book.names import Names
from emissions.report.book.style import Styles
from emissions.report.book.table import FIRST_ROW, Cells, TableSheet, write_table
from emissions.report.words import Words
from emissions.units import BASE_UNITS, per, scale

_VALUE_COLUMN = "H"
_IMPLIED_COLUMN = "G"


# ---------------------------------------------------------------- factors


def write_factors(sheet: TableSheet, audit: Audit, names: Names, styles: Styles) -> dict[tuple[int, int], str]:
    """Write every factor row and measured value in use once.

    Returns
    -------
    dict
        (origin, row) -> reference to the cell of its value.
    """
    published = audit.run.library.rows.iloc[audit.factor_rows].to_dict("records")
    records = [_published(audit, row, number, names.words) for number, row in enumerate(published, 1)]
    records += [_measured(audit, row, names.words) for row in audit.measured_rows]
    spec = [
        ("number", 6, "whole"),
        ("factor_id", 30, "wrap"),
        ("parameter", 18, "text"),
        ("substance", 9, "text"),
        ("activity", 16, "text"),
        ("category", 26, "wrap"),
        ("where", 26, "wrap"),
        ("value", 13, "factor"),
        ("unit", 11, "text"),
        ("printed", 13, "text"),
        ("source", 44, "wrap"),
        ("locator", 34, "wrap"),
        ("grade", 7, "whole"),
        ("package", 28, "text"),
        ("note", 70, "wrap"),
    ]
    columns = [
        Cells(names.heading(name), width, style, [record[name] for record in records]) for name, width, style in spec
    ]
    write_table(
        sheet,
        columns,
        styles,
        title=names.words.text("report.sheet_factors"),
        guidance=names.words.text("report.guide_factors"),
        frozen=2,
    )
    keys = [(0, row) for row in audit.factor_rows] + [(MEASURED, row) for row in audit.measured_rows]
    return {
        key: names.reference("factors", f"${_VALUE_COLUMN}${FIRST_ROW + number}") for number, key in enumerate(keys)
    }


def _published(audit: Audit, row: Mapping[Any, Any], number: int, words: Words) -> dict[str, object]:
    source = audit.run.library.sources.get(str(row["source"]), {})
    stated = [words.condition(name, str(row[name])) for name in audit.run.library.condition_columns if row[name]]
    stated += [words.label("regions", str(row["region"]))] if row["region"] else []
    stated += [words.control(str(row["control"]))] if row["control"] else []
    if row["valid_from"] or row["valid_to"]:
        stated.append(f"{row['valid_from']}–{row['valid_to']}")
    return {
        "number": number,
        "factor_id": row["factor_id"],
        "parameter": words.label("parameters", row["parameter"]),
        "substance": row["substance"],
        "activity": words.label("activities", row["activity"]),
        "category": words.category(row["category"]) if row["category"] else "",
        "where": "; ".join(stated),
        "value": float(row["value"]),
        "unit": row["unit"],
        "printed": row["printed"],
        "source": source.get("title", row["source"]),
        "locator": row["locator"],
        "grade": row["grade"],
        "package": f"{row['package']}@{row['version']}",
        "note": row["note"],
    }


def _measured(audit: Audit, number: int, words: Words) -> dict[str, object]:
    row = audit.run.activity.measured.iloc[number]
    selected = [words.label("activities", str(row["activity"])), str(row["facility"])]
    return {
        "number": len(audit.factor_rows) + audit.measured_rows.index(number) + 1,
        "factor_id": str(row["measured_id"]),
        "parameter": words.label("parameters", str(row["parameter"])),
        "substance": str(row["substance"]),
        "activity": selected[0],
        "category": words.category(str(row["category"])) if row["category"] else "",
        "where": selected[1],
        "value": float(row["value"]),
        "unit": str(row["unit"]),
        "printed": measured_as_printed(row),
        "source": str(row["data_source"]),
        "locator": place_of(str(row["file"]), str(row["sheet"]), str(row["cell"])),
        "grade": "",
        "package": words.named("tier", "measured"),
        "note": "",
    }


# ---------------------------------------------------------------- implied factors


def write_implied(
    sheet: TableSheet, audit: Audit, cells: Mapping[tuple[int, int], str], names: Names, styles: Styles
) -> list[str]:
    """Write every distinct implied factor with its arguments and formula.

    Returns
    -------
    list of str
        Reference to the cell of each, in the order of the audit.
    """
    cards = load_cards()
    most = max((len(FORMULAS[cards[one.card].formula].units) for one in audit.implied if one.card in cards), default=0)
    made = [
        _ImpliedRow(audit, one, FIRST_ROW + number, cards.get(one.card), cells, names.words)
        for number, one in enumerate(audit.implied)
    ]
    columns = [*_front_columns(audit, made, names), *_argument_columns(made, most, names)]
    title, guidance = (names.words.text(f"report.{code}_implied") for code in ("sheet", "guide"))
    write_table(sheet, columns, styles, title=title, guidance=guidance, frozen=3)
    return [names.reference("implied", f"${_IMPLIED_COLUMN}${FIRST_ROW + number}") for number in range(len(made))]


def _front_columns(audit: Audit, made: Sequence[_ImpliedRow], names: Names) -> list[Cells]:
    words = names.words
    units = [f"t/{words.unit(BASE_UNITS[one.dimension])}" for one in audit.implied]
    values, formulas = [one.value for one in audit.implied], [row.formula for row in made]
    return [
        Cells(names.heading("number"), 6, "whole", list(range(1, len(made) + 1))),
        Cells(names.heading("substance"), 9, "text", [one.substance for one in audit.implied]),
        Cells(names.heading("stream"), 13, "text", [words.named("stream", one.stream) for one in audit.implied]),
        Cells(names.heading("method"), 34, "text", [row.title for row in made]),
        Cells(names.heading("expression"), 50, "text", [row.text for row in made]),
        Cells(names.heading("unit"), 12, "text", units),
        Cells(names.heading("implied_factor"), 15, "implied", values, formulas),
    ]


def _argument_columns(made: Sequence[_ImpliedRow], most: int, names: Names) -> list[Cells]:
    """Return two columns for each argument: its name, and its value as a formula of the sheet of factors."""
    columns = []
    for place in range(most):
        values, terms = [row.value(place) for row in made], [row.term(place) for row in made]
        columns.append(Cells(names.heading("argument"), 18, "text", [row.argument(place) for row in made]))
        columns.append(Cells(names.heading("value"), 13, "factor", values, terms))
    return columns


class _ImpliedRow:
    """Texts and formulas of one implied factor."""

    def __init__(
        self,
        audit: Audit,
        implied: Implied,
        row: int,
        card: Card | None,
        cells: Mapping[tuple[int, int], str],
        words: Words,
    ) -> None:
        self.title = card.title[words.language] if card else implied.card
        self.formula: str | None = None
        self.text = ""
        self._arguments: list[tuple[str, str, float]] = []
        if card is None:
            return
        formula = FORMULAS[card.formula]
        labels = _labels(card.id, words)
        self.text = _readable(card.id, words)
        slots: dict[str, list[Slot]] = {name: [] for name in formula.units}
        for slot in implied.slots:
            slots[slot.argument].append(slot)
        for name, unit in formula.units.items():
            term, value = _term(audit, slots[name], implied.rate, per(unit, implied.dimension), cells)
            self._arguments.append((labels[name], term, value))
        column = [f"{_letters(8 + 2 * place)}{row}" for place in range(len(formula.units))]
        text = cell_formula(formula, dict(zip(formula.units, column, strict=True)))
        factor = card.sign * scale(
            per(formula.returns, implied.dimension), formula.target(BASE_UNITS[implied.dimension])
        )
        if text is not None:
            self.formula = text if factor == 1 else f"({text})*{factor!r}"

    def argument(self, place: int) -> str:
        """Return the name of an argument."""
        return self._arguments[place][0] if place < len(self._arguments) else ""

    def term(self, place: int) -> str | None:
        """Return the formula of an argument's value."""
        return self._arguments[place][1] or None if place < len(self._arguments) else None

    def value(self, place: int) -> float | None:
        """Return an argument's value."""
        return self._arguments[place][2] if place < len(self._arguments) else None


def _term(
    audit: Audit, slots: list[Slot], rate: float, unit: str, cells: Mapping[tuple[int, int], str]
) -> tuple[str, float]:
    """Return the formula of an argument, from the cells of its factors, and its value."""
    if not slots:
        return "", 0.0
    parts = []
    for slot in slots:
        row = audit.run.activity.measured if slot.origin == MEASURED else audit.run.library.rows
        factor = scale(str(row["unit"].iloc[slot.row]), unit)
        parts.append(cells[slot.origin, slot.row] + ("" if factor == 1 else f"*{factor!r}"))
    if not slots[0].device:
        return parts[0], slots[0].value
    through = "" if rate == 1 else f"*{rate!r}"
    passing = float(np.prod([1 - slot.value * rate for slot in slots]))
    return "1-" + "*".join(f"(1-{part}{through})" for part in parts), 1 - passing


@cache
def _labels(card: str, words: Words) -> dict[str, str]:
    """Return the labels of the arguments of a card; those that share one are numbered."""
    known = load_cards()[card]
    formula = FORMULAS[known.formula]
    labels = {name: words.label("parameters", known.parameters[name].parameter or name) for name in formula.units}
    several = [text for text in labels.values() if list(labels.values()).count(text) > 1]
    seen: Counter[str] = Counter()
    for name, text in labels.items():
        seen[text] += 1
        labels[name] = f"{text} {seen[text]}" if text in several else text
    return labels


@cache
def _readable(card: str, words: Words) -> str:
    return readable(FORMULAS[load_cards()[card].formula], _labels(card, words))


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    letters: str = xl_col_to_name(column)
    return letters
