"""Activity data times factors: the steps, in order."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np

from emissions.activity.pieces.executors import Executor
from emissions.activity.pieces.scan import ActivityScan
from emissions.activity.table import ActivityTable
from emissions.engine.account import account
from emissions.engine.choices import Choices, choose
from emissions.engine.expand import expand
from emissions.engine.keys import distinct_keys
from emissions.engine.kinds import kinds_of
from emissions.engine.lines import KindLines
from emissions.engine.notes import (
    controls_not_applied,
    earlier_years,
    efficiencies_taken_whole,
    parts_above_whole,
    rows_without_lines,
)
from emissions.engine.run import Run
from emissions.engine.total import exact_sums
from emissions.errors import GapsNotAllowed, Problem
from emissions.factors import FactorLibrary
from emissions.methods import Card, load_cards
from emissions.vocabulary import Vocabulary, load_vocabulary


def calculate(
    activity: ActivityTable | ActivityScan,
    factors: FactorLibrary,
    *,
    executor: Executor | None = None,
    gwp: str | None = None,
    strict: bool = False,
    cards: Mapping[str, Card] | None = None,
    vocabulary: Vocabulary | None = None,
    choices: Choices | None = None,
) -> Run:
    """Return the inventory of activity data under a factor set.

    Parameters
    ----------
    activity
        From :func:`emissions.read_activity` or :func:`emissions.scan_activity`.
    factors
        From :func:`emissions.load_factors`.
    executor
        Reads the pieces of a scan, as in :meth:`emissions.ActivityScan.read`; a table needs none.
    gwp
        GWP metric, a table of the package ``globalwarmingpotentials`` such as ``AR5GWP100``; the set's if not given.
    strict
        Raise if anything was not estimated.
    cards, vocabulary
        Others than those of the package.
    choices
        What earlier calculations with this factor set chose, for kinds of keys that come again; takes up what is new.

    Returns
    -------
    Run
        Lines per key, substance and stream with emission in t.

    Raises
    ------
    SharesDoNotSum, AmbiguousMethod, AmbiguousFactor, FormulaError, GapsNotAllowed
        Each with every problem found.

    Examples
    --------
    >>> import emissions as em
    >>> run = em.calculate(em.read_activity("2020.xlsx"), em.load_factors("cn-2026.1"))  # doctest: +SKIP
    """
    words = vocabulary or load_vocabulary()
    methods = load_cards() if cards is None else cards
    if isinstance(activity, ActivityScan):
        activity = activity.read(executor=executor)
    table, selection = expand(activity, factors, words)
    keys = distinct_keys(table.rows, [name for name in table.condition_columns if name in words.conditions])
    quantity = exact_sums(keys.of_row, table.rows["quantity"].fillna(0.0).to_numpy(dtype=np.float64), len(keys))
    kinds = kinds_of(keys.frame, factors, methods, words)
    if choices is None:
        of_kinds, matches = choose(kinds.frame, factors, methods, words, table.measured, selection)
    else:
        choices.must_be_of(factors, methods, words)
        of_kinds, matches = choices.of(kinds.frame, table.measured, selection)
    lines = KindLines.of(of_kinds, kinds.of_key, quantity)
    lines = account(lines, keys.frame, methods, factors.set, words)
    notes = (
        *table.notes,
        *rows_without_lines(lines, keys.frame, methods),
        *controls_not_applied(lines, matches, keys.frame, factors, words),
        *efficiencies_taken_whole(lines, matches, keys.frame),
        *earlier_years(lines, matches, factors),
        *parts_above_whole(lines, keys.frame),
    )
    metric = gwp or factors.set.gwp
    manifest = _manifest(activity, factors, metric)
    run = Run(
        table, keys.frame, keys.of_row, lines, matches, factors, selection.sets, metric, notes, manifest, activity
    )
    if strict and len(run.gaps):
        raise GapsNotAllowed(_gap_problems(run))
    return run


def _gap_problems(run: Run) -> list[Problem]:
    keys = run.keys[["activity", "category"]].astype(str).iloc[run.gaps["key"].to_numpy(dtype=np.int64)]
    return [
        Problem("gap", found=substance, facts={"activity": activity, "category": category, "reason": reason})
        for substance, reason, activity, category in zip(
            run.gaps["substance"].astype(str),
            run.gaps["reason"].astype(str),
            keys["activity"],
            keys["category"],
            strict=True,
        )
    ]


@cache
def _version(package: str) -> str:
    return version(package)


def _manifest(activity: ActivityTable, factors: FactorLibrary, gwp: str) -> dict[str, Any]:
    return {
        "engine": _version("emissions"),
        "factor_set": factors.set.name,
        "factor_digest": factors.digest,
        "packages": dict(factors.digests),
        "gwp": gwp,
        "choices": factors.set.choices.model_dump(),
        "inputs": dict(activity.files),
        "python": ".".join(map(str, sys.version_info[:3])),
        "libraries": {name: _version(name) for name in ("numpy", "pandas", "pint", "globalwarmingpotentials")},
    }
