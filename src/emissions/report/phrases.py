"""Phrases that several reports share."""

from __future__ import annotations

from collections.abc import Sequence

from emissions.report.tables import Gap, Overview
from emissions.report.words import Words

NAMED = 3
"""Names that are listed before the rest is counted."""


def place_and_time(overview: Overview, words: Words) -> str:
    """Return the regions and years in words; many are counted."""
    names = [words.label("regions", region) for region in overview.regions]
    if len(names) > NAMED:
        regions = words.text("report.regions", number=len(names), names=listed(names[:NAMED], words))
    else:
        regions = listed(names, words)
    years = overview.years
    span = "" if not years else f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"
    return f"{regions} {span}".strip()


def listed(names: Sequence[str], words: Words) -> str:
    """Return names as a list in the language."""
    return words.text("report.list_separator").join(names)


def coverage_counts(overview: Overview, words: Words) -> str:
    """Return how many items were estimated, not estimated and included elsewhere."""
    counts = overview.counts()
    parts = [words.text("report.estimated", number=counts.get("ok", 0))]
    parts += [
        words.text(f"report.count_{status}", number=counts[status]) for status in ("NE", "IE") if status in counts
    ]
    return words.text("report.separator").join(parts)


def activities_of(gap: Gap, words: Words, most: int | None = None) -> str:
    """Return the activities of a gap in words; beyond ``most`` they are counted."""
    shown = gap.activities if most is None else gap.activities[:most]
    named = listed([words.label("activities", name) for name in shown], words)
    left = len(gap.activities) - len(shown)
    return named + (words.text("report.and_more", number=left) if left else "")
