"""Whether targets are met: each against the indicator of its own name, year, unit and boundary."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from emissions.scenario.mathematics.peak import Peak
from emissions.scenario.targets.data import Target
from emissions.scenario.targets.indicators import IndicatorTable, Why
from emissions.scenario.targets.observed import published_change
from emissions.scenario.targets.rule import Rule, rule_of
from emissions.vocabulary import Language, message

STATUS_COLUMNS = (
    "id", "region", "indicator", "label_zh", "label_en", "boundary", "scope", "target_year", "comparator",
    "target_value", "unit", "year", "achieved", "gap", "normalised_gap", "way", "status", "reason_zh", "reason_en",
    "tolerance_zh", "tolerance_en", "strict", "binding", "quote_zh", "document",
)  # fmt: skip

STATUSES = (
    "met", "missed", "on_track", "behind", "not_due", "contradictory_baseline", "not_evaluable",
)  # fmt: skip
"""Status words; their texts are the messages ``target_status.*``."""

NAN = math.nan


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Status of a target; ``year`` is the year looked at, ``way`` the value of the straight way in that year."""

    status: str
    why: Why | None = None
    year: int | None = None
    achieved: float = NAN
    way: float = NAN
    rule: Rule = field(default_factory=Rule)
    strict: bool = False


def evaluate(
    indicators: pd.DataFrame,
    peak: Peak | None,
    targets: Iterable[Target],
    year: int | None = None,
    *,
    strict: bool = False,
) -> pd.DataFrame:
    """Return the status of targets.

    A target that is due is ``met`` or ``missed`` in its own year. One that is not yet due is held against the straight
    way from its baseline to its value: ``on_track`` or ``behind``; also ``on_track`` where its final value is reached
    already, else ``not_due`` where the document states no baseline. ``not_evaluable`` and ``contradictory_baseline``
    carry their reason.

    Parameters
    ----------
    indicators
        :data:`~emissions.scenario.projection.INDICATOR_COLUMNS` of the region of the targets; further columns do not
        matter. Only rows of a target's own boundary count. Two different values of one indicator, year and boundary
        make the target not evaluable: the choice is the caller's.
    peak
        Peak of the CO2 of the territory, for targets on the peak year; None: not known.
    targets
        Targets of one region.
    year
        Year of the evaluation, such as 2023 (mid-term) or 2025 (final); None: every target in its own year.
    strict
        Read "before 2030" as 2029 at the latest.

    Returns
    -------
    pandas.DataFrame
        :data:`STATUS_COLUMNS`, a row a target in the order given. ``year`` is the year looked at, ``achieved`` its
        value in the unit of the target, ``gap`` achieved less target, ``normalised_gap`` (achieved - baseline) /
        (target - baseline), ``way`` the value of the straight way (only for a target that is not due), ``strict``
        whether the strict reading made a difference. NaN where undefined.

    Examples
    --------
    >>> from emissions.scenario.targets.data import targets_of
    >>> table = pd.DataFrame(
    ...     [("coal_share_of_energy", 2023, 78.0, "percent", "energy_balance"),
    ...      ("coal_share_of_energy", 2025, 76.0, "percent", "energy_balance")],
    ...     columns=["indicator", "year", "value", "unit", "boundary"],
    ... )
    >>> coal = targets_of(["nm-coal-share-2025"], "150000")
    >>> evaluate(table, None, coal, 2025)[["status", "gap"]].values.tolist()
    [['missed', 1.0]]
    >>> evaluate(table, None, coal, 2023)[["status", "way"]].round(6).values.tolist()
    [['behind', 77.8]]
    """
    values = IndicatorTable(indicators)
    rows = [_row(one, _judge(one, values, peak, year, strict)) for one in targets]
    table = pd.DataFrame(rows, columns=list(STATUS_COLUMNS))
    return table.astype({"target_year": "Int64", "year": "Int64"})


def why_not(target: Target) -> Why | None:
    """Return why a target cannot be evaluated from any result; None where it can.

    Examples
    --------
    >>> from emissions.scenario.targets.data import targets_of
    >>> why_not(targets_of(["or-voc-2025"], "150600")[0]).text("en")
    'the value is set by the superior body and does not stand in the document'
    """
    if target.is_past:
        return Why("target_reason.past")
    if target.reading in {"words", "contradictory_baseline"}:
        return Why.of_words(target.reading_zh, target.reading_en)
    if target.value is None or target.year is None:
        return Why("target_reason.superior_body")
    if not target.indicator.source:
        return Why.of_words(target.indicator.reason_zh, target.indicator.reason_en)
    return None if target.source else Why.of_words(target.reading_zh, target.reading_en)


# ---------------------------------------------------------------- steps


def _judge(one: Target, values: IndicatorTable, peak: Peak | None, year: int | None, strict: bool) -> _Verdict:
    why = why_not(one)
    if one.reading == "contradictory_baseline":
        return _Verdict("contradictory_baseline", why)
    if why or one.year is None or one.value is None:
        return _Verdict("not_evaluable", why)
    if one.indicator.kind == "year":
        return _judge_peak(one, one.value, peak, year, strict)
    if year is not None and year < one.year:
        return _judge_early(one, one.year, one.value, values, year)
    return _judge_due(one, one.year, one.value, values)


def _judge_due(one: Target, due: int, goal: float, values: IndicatorTable) -> _Verdict:
    """Judge a target in its own year; where only an upper bound is known, that may show that it is missed."""
    rule, found = rule_of(one, goal), _achieved(one, values, due)
    if not isinstance(found, Why):
        return _Verdict("met" if rule.allows(found) else "missed", None, due, found, rule=rule)
    limit = _limit(one, values, due)
    if limit is None or limit >= rule.low:
        return _Verdict("not_evaluable", found, due, rule=rule)
    most = Why("target_reason.at_most", {"name": one.indicator.at_most, "value": f"{limit:g}"})
    return _Verdict("missed", most, due, limit, rule=rule)


def _judge_early(one: Target, due: int, goal: float, values: IndicatorTable, year: int) -> _Verdict:
    """Judge a target before it is due, by the straight way from the baseline."""
    rule, found = rule_of(one, goal), _achieved(one, values, year)
    if isinstance(found, Why):
        return _Verdict("not_evaluable", found, year, rule=rule)
    done = rule.allows(found)
    if one.start is None or one.baseline_year is None or not one.baseline_year <= year:
        why = Why("target_reason.reached_already" if done else "target_reason.no_way", {"year": str(due)})
        return _Verdict("on_track" if done else "not_due", why, year, found, rule=rule)
    way = one.start + (goal - one.start) * (year - one.baseline_year) / (due - one.baseline_year)
    on_track = done or rule_of(one, way).allows(found)
    facts = {"year": str(year), "way": f"{way:.4g}", "unit": one.unit}
    return _Verdict("on_track" if on_track else "behind", Why("target_reason.way", facts), year, found, way, rule)


def _judge_peak(one: Target, goal: float, peak: Peak | None, year: int | None, strict: bool) -> _Verdict:
    """Judge a peak year; a series that ends before the year can tell nothing of it."""
    tightened = strict and one.is_before
    limit = int(goal) - tightened
    rule = Rule(high=float(limit))
    if year is not None and year < limit:
        due = Why("target_reason.due", {"year": str(limit)})
        return _Verdict("not_due", due, year, rule=rule, strict=tightened)
    if peak is None:
        return _Verdict("not_evaluable", Why("target_reason.no_peak"), rule=rule, strict=tightened)
    return _judge_found(peak, limit, rule, strict=tightened)


def _judge_found(peak: Peak, limit: int, rule: Rule, *, strict: bool) -> _Verdict:
    """Judge a peak that was looked for; emissions on a plateau have peaked when they leave it."""
    last, rising = peak.years[-1], peak.verdict == "rising"
    facts = {
        "peak_year": str(peak.peak_year), "first": str(peak.plateau[0]), "last": str(peak.plateau[1]),
        "highest": str(peak.highest_year), "end": str(last), "limit": str(limit),
        **{f"verdict_{one}": message(f"verdict.{peak.verdict}", one) for one in ("zh", "en")},
    }  # fmt: skip
    if last < limit or (rising and last == limit):
        return _Verdict("not_evaluable", Why("target_peak.ends", facts), last, rule=rule, strict=strict)
    reached = peak.plateau[1] if peak.verdict == "plateau" else peak.peak_year
    if rising or reached == last:
        reason = "target_peak.rising" if rising else "target_peak.plateau_to_end"
        return _Verdict("missed", Why(reason, facts), last, rule=rule, strict=strict)
    early = reached <= limit
    if early and peak.verdict == "not_testable":
        return _Verdict("not_evaluable", Why("target_peak.too_few", facts), last, rule=rule, strict=strict)
    found = Why("target_peak.left" if peak.verdict == "plateau" else "target_peak.found", facts)
    return _Verdict("met" if early else "missed", found, reached, float(reached), rule=rule, strict=strict)


def _achieved(one: Target, values: IndicatorTable, year: int) -> float | Why:
    """Return what the indicator of a target is in a year, in the unit of the target."""
    boundary = one.indicator.boundary
    if not one.changed:
        return values.get(one.source.removeprefix("indicator:"), boundary, year, one.unit)
    if one.baseline_year is None:
        return Why("target_reason.no_baseline_year")
    found = values.change(one.changed, boundary, one.baseline_year, year)
    published = published_change(one)
    return values.get(published, boundary, year, one.unit) if published in values else found


def _limit(one: Target, values: IndicatorTable, year: int) -> float | None:
    """Return the value that the indicator cannot exceed, in the unit of the target; None where it is not known."""
    if not one.indicator.at_most:
        return None
    found = values.get(one.indicator.at_most, one.indicator.boundary, year, one.unit)
    return None if isinstance(found, Why) else found


def _row(one: Target, found: _Verdict) -> tuple[object, ...]:
    goal = NAN if one.value is None else one.value - found.strict
    gap = found.achieved - goal
    span = NAN if one.start is None else goal - one.start
    normalised = (found.achieved - one.start) / span if one.start is not None and span else NAN
    texts = [found.why.text(language) if found.why else "" for language in _LANGUAGES]
    margins = [found.rule.text(one, language) for language in _LANGUAGES]
    return (
        one.id, one.region, one.indicator.name, one.label_zh, one.indicator.label_en, one.indicator.boundary, one.scope,
        one.year, one.comparator, goal, one.unit, found.year, found.achieved, gap, normalised, found.way, found.status,
        *texts, *margins, found.strict, one.binding, one.quote_zh, one.document,
    )  # fmt: skip


_LANGUAGES: tuple[Language, ...] = ("zh", "en")
