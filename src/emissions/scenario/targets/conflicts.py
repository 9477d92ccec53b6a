"""Targets of different documents that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from emissions.scenario.targets.data import Target

CONFLICT_COLUMNS = (
    "region", "indicator", "label_zh", "label_en", "target_year", "id", "comparator", "target_value", "unit", "scope",
    "document", "found_by", "note",
)  # fmt: skip


def conflicts(targets: Iterable[Target]) -> pd.DataFrame:
    """Return the targets that contradict each other; which one counts is for the reader to say.

    Parameters
    ----------
    targets
        Targets of any regions; past values are left out.

    Returns
    -------
    pandas.DataFrame
        :data:`CONFLICT_COLUMNS`, one row a target, those that contradict each other together. ``found_by`` is
        ``values`` where documents state different values for one region, indicator and year, ``note`` where only
        the remark on a target names the contradiction (another indicator, or a document without a row).

    Examples
    --------
    >>> from emissions.scenario.targets.data import load_targets
    >>> conflicts(load_targets())["id"].tolist()[:2]
    ['or-energy-intensity-2025', 'or-ext-energy-intensity-2025']
    """
    stated = [one for one in targets if one.value is not None and not one.is_past]
    groups: dict[tuple[str, str, int | None], list[Target]] = {}
    for one in stated:
        if one.reading != "part":
            groups.setdefault((one.region, one.indicator.name, one.year), []).append(one)
    apart = [group for group in groups.values() if len({one.value for one in group}) > 1]
    shown = {one.id for group in apart for one in group}
    noted = [one for one in stated if "CONFLICT" in one.note and one.id not in shown]
    rows = [_conflict(one, "values") for group in apart for one in group]
    return pd.DataFrame([*rows, *(_conflict(one, "note") for one in noted)], columns=list(CONFLICT_COLUMNS))


def _conflict(one: Target, found_by: str) -> tuple[object, ...]:
    return (
        one.region, one.indicator.name, one.label_zh, one.indicator.label_en, one.year, one.id, one.comparator,
        one.value, one.unit, one.scope, one.document, found_by, one.note,
    )  # fmt: skip
