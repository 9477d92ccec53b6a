"""What a value must be to meet a target, and how that is said."""

from __future__ import annotations

import math
from dataclasses import dataclass

from emissions.scenario.targets.data import Target
from emissions.vocabulary import Language, message

ROUNDING = 1e-9
"""Relative distance that is only the rounding of floating-point numbers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Bounds within which a value meets a target, both included; ``tolerance`` is the margin they hold."""

    low: float = -math.inf
    high: float = math.inf
    tolerance: float = 0.0

    def allows(self, value: float) -> bool:
        """Tell whether a value lies within the bounds."""
        return _at_most(self.low, value) and _at_most(value, self.high)

    def text(self, target: Target, language: Language) -> str:
        """Return the rule in words, blank where there is none; the margin is always said."""
        below, above = math.isfinite(self.high), math.isfinite(self.low)
        if not (below or above):
            return ""
        form = "between" if below and above else "at_most" if below else "at_least"
        unit = "" if target.unit == "1" else target.unit
        rule = message(f"target_rule.{form}", language, low=f"{self.low:g}", high=f"{self.high:g}", unit=unit).strip()
        if not self.tolerance:
            return message("target_rule.exact", language, rule=rule)
        return message("target_rule.about", language, rule=rule, tolerance=_margin(target, language))


def rule_of(target: Target, value: float) -> Rule:
    """Return what a value must be to meet ``value``, be it the target's own or one on the way to it.

    ``<=`` and ``>=`` are bounds. ``==`` (to be reached) and ``~`` (about) are met on the better side too: 19 % of
    non-fossil energy meets 18 %. ``~`` has the margin of the indicator on the other side.

    Examples
    --------
    >>> from emissions.scenario.targets.data import targets_of
    >>> rule_of(targets_of(["nm-re-capacity-share-2025"], "150000")[0], 45.0)
    Rule(low=43.0, high=inf, tolerance=2.0)
    >>> rule_of(targets_of(["mz-bus-stock"], "150781")[0], 198.0)
    Rule(low=188.1, high=207.9, tolerance=9.9)
    """
    margin = _tolerance(target, value) if target.comparator == "~" else 0.0
    better = {"<=": "lower", ">=": "higher"}.get(target.comparator, target.indicator.better)
    low = -math.inf if better == "lower" else value - margin
    high = math.inf if better == "higher" else value + margin
    return Rule(low, high, margin)


def _tolerance(target: Target, value: float) -> float:
    stated = target.indicator.tolerance or 0.0
    return stated if target.indicator.tolerance_unit == "points" else abs(value) * stated / 100


def _margin(target: Target, language: Language) -> str:
    unit = message(f"target_rule.{target.indicator.tolerance_unit}", language)
    return f"{target.indicator.tolerance:g} {unit}"


def _at_most(one: float, other: float) -> bool:
    return one <= other or math.isclose(one, other, rel_tol=ROUNDING, abs_tol=ROUNDING)
