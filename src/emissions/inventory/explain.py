"""The trace of a number: rows, formula with numbers, factor rows and what they beat; derived from joins, not logged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from emissions.engine import Run
from emissions.engine.arguments import MEASURED, ArgumentFinder
from emissions.engine.keys import RATE_COLUMNS
from emissions.engine.lines import as_texts
from emissions.engine.measured import Selection
from emissions.errors import Problem, ResultError, place_of
from emissions.factors.fit import deciding_step, fit_report
from emissions.inventory.explanation import Explanation, FactorUse, SourceRow
from emissions.methods import FORMULAS, Card, Formula, load_cards
from emissions.units import BASE_UNITS, per
from emissions.vocabulary import Vocabulary, load_vocabulary

_BEATEN = 5
_SUMMED = re.compile(r"sum of (\d+) rows")
"""What a scan prints in place of the quantity of a combination."""


def explain(
    run: Run,
    *,
    category: str,
    substance: str,
    region: str | None = None,
    year: int | None = None,
    largest: int = 5,
    rows: int = 5,
    vocabulary: Vocabulary | None = None,
    cards: Mapping[str, Card] | None = None,
) -> list[Explanation]:
    """Return the largest lines behind a number.

    Parameters
    ----------
    category
        Lines of the category and of all below it are taken (memo items and gaps too). With its scheme, or without
        where the result has it in one scheme only.
    substance
        As in the vocabulary.
    region, year
        Only these.
    largest, rows
        How many lines, and how many activity rows of each line.

    Raises
    ------
    ResultError
        If the result has no such line; names the categories it has for the substance. If the category names no scheme
        and the result has it in several.
    """
    words = vocabulary or load_vocabulary()
    category = _with_scheme(category, run, words)
    tracer = _Tracer(run, words, load_cards() if cards is None else cards)
    lines = tracer.lines(category, substance, region, year)
    if lines.empty:
        known = run.coded_lines
        have = sorted(map(str, known.loc[(known["substance"] == substance).to_numpy(), "category"].unique()))
        asked = {"category": category, "substance": substance}
        raise ResultError([Problem("nothing_to_explain", allowed=", ".join(have), facts=asked)])
    counted = float(lines.loc[(lines["status"] == "ok") & (lines["memo"] == ""), "emission"].sum())
    order = (
        lines.assign(_size=lines["emission"].abs().fillna(-1.0))
        .sort_values("_size", ascending=False, kind="stable")
        .head(largest)
    )
    return [tracer.explanation(int(line), counted, rows) for line in order.index]


def _with_scheme(category: str, run: Run, words: Vocabulary) -> str:
    """Return a category with the one scheme in which the result has it; as it was given where there is none."""
    if category in words.categories:
        return category
    graph = words.category_graph
    above = {one for word in run.coded_lines["category"].unique() for one in graph.ancestors(str(word))}
    found = sorted(one for one in above if one.partition(":")[2] == category)
    if len(found) > 1:
        raise ResultError([Problem("category_ambiguous", found=category, allowed=", ".join(found))])
    return found[0] if found else category


class _Tracer:
    """Joins of one run, made once."""

    def __init__(self, run: Run, vocabulary: Vocabulary, cards: Mapping[str, Card]) -> None:
        self.run = run
        self.vocabulary = vocabulary
        self.cards = cards
        self.finder = ArgumentFinder(
            run.keys,
            run.library,
            vocabulary,
            run.activity.measured,
            Selection(np.empty(0, dtype=np.int64), run.measured_sets),
        )

    def lines(self, category: str, substance: str, region: str | None, year: int | None) -> pd.DataFrame:
        lines = self.run.coded_lines
        ancestors = self.vocabulary.category_graph.ancestors
        below = [word for word in lines["category"].unique() if category in ancestors(str(word))]
        wanted = lines["category"].isin(below).to_numpy() & (lines["substance"] == substance).to_numpy()
        chosen = as_texts(lines[wanted])
        keys = self.run.keys.iloc[chosen["key"].to_numpy(dtype=np.int64)]
        keep = np.ones(len(chosen), dtype=bool)
        if region is not None:
            keep &= np.array(
                [region in self.vocabulary.region_graph.ancestors(str(one)) for one in keys["region"]],
                dtype=bool,
            )
        if year is not None:
            keep &= (keys["year"] == year).to_numpy()
        return chosen[keep]

    def explanation(self, number: int, counted: float, rows: int) -> Explanation:
        line: dict[str, Any] = dict(as_texts(self.run.coded_lines.loc[[number]]).iloc[0])
        key = self.run.keys.iloc[int(line["key"])]
        dimension = str(key["dimension"])
        card = self.cards.get(str(line["card"]))
        arguments = self._arguments(number, line, card, dimension) if card else ()
        of_key = self.run.activity.rows[self.run.key_of_row == int(line["key"])]
        formula = FORMULAS[card.formula] if card else None
        emission = float(line["emission"])
        counts = line["status"] == "ok" and not line["memo"]
        return Explanation(
            category=str(line["category"]),
            region=str(key["region"]),
            year=int(key["year"]),
            substance=str(line["substance"]),
            stream=str(line["stream"]),
            emission=emission,
            share=emission / counted if counts and counted else float("nan"),
            status=str(line["status"]),
            reason=str(line["reason"]),
            memo=str(line["memo"]),
            key=_stated(key),
            quantity=float(line["quantity"]),
            unit=BASE_UNITS[dimension],
            implied_factor=float(line["ief"]),
            implied_unit=f"t/{BASE_UNITS[dimension]}",
            tier=str(line["tier"]),
            card=str(line["card"]),
            card_title={str(name): text for name, text in card.title.items()} if card else {},
            formula=formula.name if formula else "",
            expression=formula.expression if formula else "",
            numbers=_numbers(formula, arguments, _stated(key)) if formula else "",
            arguments=arguments,
            rows=tuple(self._row(row) for _, row in _largest(of_key).head(rows).iterrows()),
            row_count=len(of_key),
            stopped=str(line["stopped"]),
        )

    # ------------------------------------------------------------------ arguments

    def _arguments(self, number: int, line: Mapping[str, Any], card: Card, dimension: str) -> tuple[FactorUse, ...]:
        matches = self.run.coded_matches
        found = as_texts(matches[(matches["line"] == number).to_numpy()])
        formula = FORMULAS[card.formula]
        uses = [
            self._use(match, line, card, per(formula.units[match["argument"]], dimension))
            for _, match in found.iterrows()
        ]
        named = {use.argument for use in uses}
        uses += [
            _no_device(name, card)
            for name in formula.units
            if name not in named and card.parameters[name].combine == "series"
        ]
        order = list(formula.units)
        return tuple(sorted(uses, key=lambda use: order.index(use.argument)))

    def _use(self, match: pd.Series, line: Mapping[str, Any], card: Card, unit: str) -> FactorUse:
        argument = str(match["argument"])
        parameter = card.parameters[argument].parameter or argument
        common: dict[str, Any] = {
            "argument": argument,
            "device": str(match["device"]),
            "parameter": parameter,
            "value": float(match["value"]),
            "unit": unit,
            "earlier_year": bool(match["earlier"]),
        }
        if int(match["origin"]) == MEASURED:
            row = self.run.activity.measured.iloc[int(match["row"])]
            return FactorUse(
                **common,
                origin="measured",
                factor_id=str(row["measured_id"]),
                printed=measured_as_printed(row),
                package="",
                source=str(row["data_source"]),
                source_title="",
                locator=place_of(str(row["file"]), str(row["sheet"]), str(row["cell"])),
                grade="",
                note="",
                how={},
                beaten=(),
            )
        row_number = int(match["row"])
        row = self.run.library.rows.iloc[row_number]
        request = self.finder.request(card, str(line["substance"]), argument, unit, device=str(match["device"]))
        report = fit_report(self.finder.resolver, request, int(line["key"]))
        source = self.run.library.sources.get(str(row["source"]), {})
        return FactorUse(
            **common,
            origin="published",
            factor_id=str(row["factor_id"]),
            printed=f"{row['printed'] or row['value']} {row['unit']}",
            package=f"{row['package']}@{row['version']}",
            source=str(row["source"]),
            source_title=str(source.get("title", "")),
            locator=str(row["locator"]),
            grade=str(row["grade"]),
            note=str(row["note"]),
            how={name: str(row[name]) or "any" for name in ("activity", "category", "region")}
            | {
                name: str(row[name])
                for name in (*self.run.library.condition_columns, "control", "valid_from", "valid_to")
                if row[name]
            },
            beaten=self._beaten(report, row_number),
        )

    def _beaten(self, report: pd.DataFrame, winner: int) -> tuple[Mapping[str, str], ...]:
        """Return the next best rows and why: ``unfit:<columns>``, ``lost:<step>`` or ``incomplete_bundle``."""
        lines: list[dict[Any, Any]] = report.to_dict("records")
        won = next((line for line in lines if line["row"] == winner), None)
        rows = self.run.library.rows
        found: list[Mapping[str, str]] = []
        for other in [line for line in lines if line["row"] != winner][:_BEATEN]:
            row = rows.iloc[int(other["row"])]
            step = "" if won is None else deciding_step(won, other)
            fitting = f"lost:{step}" if step else "incomplete_bundle"
            found.append(
                {
                    "factor_id": str(row["factor_id"]),
                    "package": str(row["package"]),
                    "value": f"{row['value']:g} {row['unit']}",
                    "why": f"unfit:{other['fails']}" if other["fails"] else fitting,
                }
            )
        return tuple(found)

    # ------------------------------------------------------------------ activity rows

    @cached_property
    def _known_rows(self) -> pd.DataFrame:
        both = pd.concat([self.run.activity.rows, self.run.activity.sources], ignore_index=True)
        return both.drop_duplicates("activity_id").set_index("activity_id")

    @cached_property
    def _links(self) -> Mapping[str, pd.DataFrame]:
        return {str(child): part for child, part in self.run.activity.parents.groupby("activity_id", sort=False)}

    def _row(self, row: pd.Series) -> SourceRow:
        summed = _SUMMED.fullmatch(str(row["quantity_as_printed"])) if not row["cell"] else None
        return SourceRow(
            activity_id=str(row["activity_id"]),
            quantity=float(row["quantity"]),
            unit=str(row["unit"]),
            as_printed="" if summed else f"{row['quantity_as_printed']} {row['unit_as_printed']}".strip(),
            file=str(row["file"]),
            sheet=str(row["sheet"]),
            cell=str(row["cell"]),
            row=int(row["row"]),
            summed=int(summed[1]) if summed else 1,
            facility=str(row["facility"]),
            data_source=str(row["data_source"]),
            parents=tuple(self._parents(str(row["activity_id"]))),
        )

    def _parents(self, child: str, depth: int = 0) -> list[Mapping[str, Any]]:
        links = self._links.get(child)
        if links is None or depth > 5:
            return []
        return [self._parent(link, depth) for link in links.to_dict("records")]

    def _parent(self, link: Mapping[Any, Any], depth: int) -> Mapping[str, Any]:
        parent = str(link["parent_id"])
        known = parent in self._known_rows.index
        row: Mapping[Any, Any] = dict(self._known_rows.loc[parent]) if known else {}
        return {
            "activity_id": parent,
            "coefficient": float(link["coefficient"]),
            "why": str(link["why"]),
            "quantity": float(row.get("quantity", float("nan"))),
            **{name: str(row.get(name, "")) for name in ("file", "sheet", "cell")},
            "parents": self._parents(parent, depth + 1),
        }


def measured_as_printed(row: Mapping[Any, Any] | pd.Series) -> str:
    """Return a measured value with its unit as they stand in the workbook, as converted where that was not kept.

    Parameters
    ----------
    row
        A row of :attr:`emissions.activity.ActivityTable.measured`.

    Examples
    --------
    >>> measured_as_printed({"value": 0.09, "unit": "t/(t)", "value_as_printed": "90", "unit_as_printed": "kg/t"})
    '90 kg/t'
    """
    if not row.get("value_as_printed"):
        return f"{row['value']:g} {row['unit']}"
    return f"{row['value_as_printed']} {row['unit_as_printed']}".strip()


def _largest(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.loc[rows["quantity"].abs().sort_values(ascending=False, kind="stable").index]


def _stated(key: pd.Series) -> dict[str, Any]:
    """Return what a key states, as plain Python values."""
    plain = {str(name): value.item() if isinstance(value, np.generic) else value for name, value in key.items()}
    return {name: value for name, value in plain.items() if value not in ("", -1) and not pd.isna(value)}


def _no_device(name: str, card: Card) -> FactorUse:
    return FactorUse(
        argument=name,
        device="",
        parameter=card.parameters[name].parameter or name,
        value=0.0,
        unit="1",
        origin="no device",
        factor_id="",
        printed="0",
        package="",
        source="",
        source_title="",
        locator="",
        grade="",
        note="",
        how={},
        earlier_year=False,
        beaten=(),
    )


def _numbers(formula: Formula, arguments: tuple[FactorUse, ...], key: Mapping[str, Any]) -> str:
    """Put numbers into an expression; devices in series are shown as 1 - product(1 - efficiency x rates)."""
    rates = "".join(f"*{key[name]:.6g}" for name in RATE_COLUMNS if name in key)
    values: dict[str, str] = {name: f"{value:.6g}" for name, value in formula.constants.items()}
    for use in arguments:
        if use.device:
            passing = f"(1 - {use.value:.6g}{rates})"
            values[use.argument] = f"{values[use.argument]}*{passing}" if use.argument in values else passing
        else:
            values[use.argument] = f"{use.value:.6g}"
    for use in arguments:
        if use.device and values[use.argument].startswith("(1"):
            values[use.argument] = f"[1 - {values[use.argument]}]"
    return re.sub(r"[A-Za-z_][A-Za-z_0-9]*", lambda word: values.get(word.group(), word.group()), formula.expression)
