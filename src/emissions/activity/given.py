"""What the caller of a reading says beside the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DECIMAL_COMMA = ("refuse", "decimal", "thousands")
"""Choices for what ``1,5`` means."""


@dataclass(frozen=True)
class Given:
    """Region and year for rows that state none, and how to read what has two readings.

    Attributes
    ----------
    region, year
        Word of the region (blank if none) and year.
    choices
        ``decimal_comma``: one of :data:`DECIMAL_COMMA`.
    """

    region: str = ""
    year: int | None = None
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def decimal_comma(self) -> str:
        """What ``1,5`` means."""
        return self.choices.get("decimal_comma", "refuse")
