"""Factor sets: which packages, in which order, with which accounting choices."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(_Model):
    """Why a rule is as it is, in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self, language: Literal["zh", "en"]) -> str:
        """Return the text in a language."""
        return self.zh if language == "zh" else self.en


class Pin(_Model):
    """A package at an exact version."""

    package: str
    version: str


class Preference(_Model):
    """Order of packages for some parameters, categories or substances; the first rule that fits decides."""

    parameters: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    order: tuple[str, ...]
    why: Reason | None = None


class MethodOrder(_Model):
    """Order of cards for some substances, categories or activities; the first rule that fits decides.

    ``never`` names cards that must not serve here even where nothing else does.
    """

    substances: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    order: tuple[str, ...]
    never: tuple[str, ...] = ()
    why: Reason | None = None


class Assumption(_Model):
    """A condition (or control) taken where the activity data state none; reported with the run.

    ``regions`` and the years from ``valid_from`` to ``valid_to`` (both included) limit it to what its reason speaks of.
    """

    categories: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    valid_from: int | None = None
    valid_to: int | None = None
    conditions: dict[str, str | float]
    why: Reason


class Mix(_Model):
    """A mixed activity split into child activities by published shares."""

    activity: str
    child: str
    """Condition column of the share rows that names the child activity."""
    uses: tuple[str, ...]
    dimensions: tuple[str, ...]
    remainder: str = ""
    """Child that takes what the published shares leave; blank: shares must sum to 1."""
    why: Reason


class Presence(_Model):
    """A rule holds only where the same region and year has such a row."""

    activities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()


class Elsewhere(_Model):
    """Lines whose emission is counted in another place (IE), or that are no emission (NA): nothing is counted twice.

    The rule holds always, or only where one of ``when`` is present.
    """

    activities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    substances: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    status: Literal["IE", "NA"] = "IE"
    counted_in: str = ""
    when: tuple[Presence, ...] = ()
    why: Reason


class Choices(_Model):
    """Accounting choices."""

    feedstock: Literal["carbon_balance", "ceads"] = "carbon_balance"


class FactorSet(_Model):
    """A named, dated choice of packages, methods and accounting rules.

    Attributes
    ----------
    gwp
        Default GWP metric, a name of the package ``globalwarmingpotentials``.
    """

    name: str
    date: date
    title: dict[Literal["zh", "en"], str]
    gwp: str
    packages: tuple[Pin, ...]
    prefer: tuple[Preference, ...]
    methods: tuple[MethodOrder, ...]
    assume: tuple[Assumption, ...] = ()
    mixes: tuple[Mix, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    choices: Choices = Field(default_factory=Choices)
