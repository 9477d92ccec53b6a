"""What a measure of each kind needs: the table ``kinds.yaml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from emissions.vocabulary import read_yaml

AmountIs = Literal["level", "change"]


class Kind(BaseModel):
    """A kind of measure; the fields are described at the head of ``kinds.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    unit: Literal["percent", "GW", "activity"]
    amount_is: tuple[AmountIs, ...]
    low: dict[AmountIs, float] = {}
    high: float | None = None
    base_above: float | None = None
    amount_below: float | None = None
    technology: str | tuple[str, ...] = ""
    fleet: bool = False
    power: bool = False
    selects: bool = False


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of measure, in the order in which they apply.

    Examples
    --------
    >>> kinds()["control_share"].needs
    ('technology', 'amount', 'unit', 'base')
    """
    text = (files("emissions.scenario.file") / "kinds.yaml").read_text(encoding="utf-8")
    return {name: Kind.model_validate(body) for name, body in read_yaml(text).items()}
