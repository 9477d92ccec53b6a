"""Targets of the plans as data: what is demanded, of what, by when, and where it stands word for word."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from emissions.errors import Problem, ScenarioError

Row = dict[str, str]
Kind = Literal[
    "share", "change", "total", "capacity", "stock", "area", "year", "count", "rate", "concentration"
]  # fmt: skip
Reading = Literal["", "part", "past", "words", "contradictory_baseline"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """What targets are stated for.

    Parameters
    ----------
    name, label_zh, label_en
        Word and labels.
    kind
        share, change, total, capacity, stock, area, year, count, rate or concentration.
    boundary
        ``energy_balance``, ``territorial``, or blank where it has none.
    source
        What evaluates it: ``indicator:NAME``, ``change:NAME``, ``emission_change:SUBSTANCE``, ``peak:CO2``, or blank.
    better
        ``higher`` or ``lower``: the side on which a target that is to be reached is met; blank: neither.
    at_most
        Indicator that this one cannot exceed: where only that is known, a target above it is missed.
    reason_zh, reason_en
        Why it cannot be evaluated, where ``source`` is blank.
    tolerance, tolerance_unit
        Margin of the comparator ``~``, in ``points`` (unit of the target) or ``percent`` of the target; None: none.
    note
        How it is read.
    """

    name: str
    label_zh: str
    label_en: str
    kind: Kind
    boundary: str
    source: str
    better: str
    at_most: str
    reason_zh: str
    reason_en: str
    tolerance: float | None
    tolerance_unit: str
    note: str


@dataclass(frozen=True, slots=True)
class Target:
    """A quantified target, or a past value, of a document.

    Parameters
    ----------
    id, region, label_zh
        Id, six-digit region, name of the indicator in the document.
    indicator
        What it is stated for.
    baseline_year, baseline_value
        Where it starts; None where the document does not say.
    year, value
        When and what; the value is None where a superior body sets it or where there are only words.
    comparator
        ``<=``, ``>=``, ``==`` (to be reached), ``~`` (about), or blank.
    unit, scope, binding
        As stated. Binding: ``binding``, ``expected``, ``plan``, ``unknown`` (a past value), blank for documents
        outside the five plans.
    quote_zh
        The words of the document; blank outside the five plans.
    document, evidence
        Title, and where it can be read.
    grade
        Grade of the evidence outside the five plans.
    note
        Remarks of those who gathered it.
    reading, reading_zh, reading_en
        What is special about it: ``part`` (only a part of the region or of its sectors), ``past`` (no target),
        ``words`` (no number), ``contradictory_baseline``; and why, in words.
    """

    id: str
    region: str
    label_zh: str
    indicator: Indicator
    baseline_year: int | None
    baseline_value: float | None
    year: int | None
    value: float | None
    comparator: str
    unit: str
    scope: str
    binding: str
    quote_zh: str
    document: str
    evidence: str
    grade: str
    note: str
    reading: Reading
    reading_zh: str
    reading_en: str

    @property
    def is_past(self) -> bool:
        """Whether it only states what was."""
        return self.binding == "unknown" or self.reading == "past"

    @property
    def source(self) -> str:
        """What evaluates it; for a part of a region only what a measure states for this very target."""
        found = self.indicator.source
        if self.reading != "part":
            return found
        return f"{found}@{self.id}" if found.startswith("indicator:") else ""

    @property
    def changed(self) -> str:
        """Indicator whose change since the baseline year is meant; blank where the target is no such change."""
        kind, _, name = self.source.partition(":")
        return {"change": name, "emission_change": f"emission:{name}"}.get(kind, "")

    @property
    def start(self) -> float | None:
        """Value in the baseline year: a change starts from 0."""
        if self.indicator.kind == "change":
            return None if self.baseline_year is None else 0.0
        return self.baseline_value

    @property
    def is_before(self) -> bool:
        """Whether the words are "before year", which may be read as that year at the latest or as the year before."""
        return self.indicator.kind == "year" and re.search(r"\d{4}年前", self.quote_zh) is not None


# ---------------------------------------------------------------- reading


def data_root() -> Path:
    """Return the folder ``targets`` of the installed scenarios."""
    with as_file(files("emissions") / "data" / "scenarios" / "targets") as folder:
        return Path(folder)


def read_rows(name: str, root: Path | None = None) -> list[Row]:
    """Return the rows of a table of the folder (``targets``, ``baselines`` ...) as text, blank where the cell is."""
    text = ((root or data_root()) / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


@cache
def load_indicators(root: Path | None = None) -> Mapping[str, Indicator]:
    """Return the indicators that targets are stated for, by name.

    Examples
    --------
    >>> load_indicators()["coal_share_of_energy"].boundary
    'energy_balance'
    """
    return {row["indicator"]: _indicator(row) for row in read_rows("indicators", root)}


@cache
def load_targets(root: Path | None = None) -> tuple[Target, ...]:
    """Return every target and past value of the plans and of the documents beside them, in the order of the files.

    Parameters
    ----------
    root
        Folder with the tables; the installed one if not given.

    Raises
    ------
    ScenarioError
        With every target whose indicator or document is not in the tables.

    Examples
    --------
    >>> found = {one.id: one for one in load_targets()}["nm-coal-share-2025"]
    >>> found.value, found.comparator, found.unit, found.quote_zh
    (75.0, '<=', '%', '煤炭占能源消费总量比重降低到75%以下')
    """
    indicators = load_indicators(root)
    readings = {row["id"]: row for row in read_rows("readings", root)}
    titles = {row["plan_file"]: row["title_zh"] for row in read_rows("documents", root)}
    rows = [*read_rows("targets", root), *read_rows("targets_external", root)]
    unknown = [
        Problem("target_without_words", found=row["id"], facts={"word": word})
        for row in rows
        for word, known in ((row["indicator"], indicators), (row.get("plan_file", ""), {**titles, "": ""}))
        if word not in known
    ]
    if unknown:
        raise ScenarioError(unknown)
    return tuple(_target(row, indicators[row["indicator"]], readings.get(row["id"], {}), titles) for row in rows)


def targets_of(ids: Sequence[str] | str, region: str, root: Path | None = None) -> tuple[Target, ...]:
    """Return targets by id, or all of a region.

    Parameters
    ----------
    ids
        Ids, or ``all_of_region``, as in a scenario file.
    region
        Six-digit region for ``all_of_region``.

    Raises
    ------
    ScenarioError
        With every id that is not known.

    Examples
    --------
    >>> [one.value for one in targets_of(["nm-ext-nonfossil-2030"], "150000")]
    [25.0]
    """
    known = {one.id: one for one in load_targets(root)}
    if ids == "all_of_region" or tuple(ids) == ("all_of_region",):
        return tuple(one for one in known.values() if one.region == region)
    wanted = (ids,) if isinstance(ids, str) else ids
    unknown = [Problem("unknown_target", found=one) for one in wanted if one not in known]
    if unknown:
        raise ScenarioError(unknown)
    return tuple(known[one] for one in wanted)


def _indicator(row: Row) -> Indicator:
    return Indicator(
        name=row["indicator"],
        label_zh=row["label_zh"],
        label_en=row["label_en"],
        kind=row["kind"],  # type: ignore[arg-type]
        boundary=row["boundary"],
        source=row["from"],
        better=row["better"],
        at_most=row["at_most"],
        reason_zh=row["reason_zh"],
        reason_en=row["reason_en"],
        tolerance=_number(row["tolerance"]),
        tolerance_unit=row["tolerance_unit"],
        note=row["note"],
    )


def _target(row: Row, indicator: Indicator, reading: Row, titles: Mapping[str, str]) -> Target:
    plan = row.get("plan_file", "")
    return Target(
        row["id"], row["region_code"], row.get("indicator_zh") or indicator.label_zh, indicator,
        _year(row["baseline_year"]), _number(row.get("baseline_value", "")), _year(row["target_year"]),
        _number(row["target_value"]), row["comparator"], row["unit"], row["scope"], row.get("binding", ""),
        row.get("quote_zh", ""), titles[plan] if plan else row["source_title"], row.get("evidence", ""),
        row.get("evidence_grade", ""), row["note"], reading.get("reading", ""),  # type: ignore[arg-type]
        reading.get("reason_zh", ""), reading.get("reason_en", ""),
    )  # fmt: skip


def _number(text: str) -> float | None:
    return float(text) if text else None


def _year(text: str) -> int | None:
    return int(text) if text else None
