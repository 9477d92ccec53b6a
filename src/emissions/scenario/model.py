"""The form of a scenario file: a story an officer can read aloud, every number with a source or a why.

Reading files, ``extends`` and places of problems are in :mod:`emissions.scenario.file.read`; what the fields do to
activity data is in :mod:`emissions.scenario.revision.revise`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Boundary = Literal["territorial", "energy_balance"]
Shape = Literal["linear", "step", "logistic", "constant"]

LEVERS: dict[str, str] = {
    "energy_total_base": "Mtce",
    "energy_total": "Mtce",
    "energy_intensity_rate": "percent/year",
    "coal_share": "percent",
    "oil_share": "percent",
    "gas_share": "percent",
    "nonfossil_share": "percent",
    "power_share_of_coal": "percent",
}
"""Levers of the energy envelope, all in the boundary ``energy_balance``, and the unit in which they are used."""

KINDS = (
    "activity_cap",
    "shift",
    "scrap_stock",
    "sales_share",
    "stock_share",
    "efficiency",
    "add_capacity",
    "capacity_total",
    "capacity_share",
    "control_share",
)
"""Kinds of measures in the order in which they apply; measures of one kind apply in file order."""

WITH_THEIR_SECTOR = ("utilisation", "manure", "afforestation", "waste_treatment", "sewage")
"""Kinds that come with farms, land, waste and sinks: refused with that reason."""

WITHOUT_METHOD = ("capture",)
"""Kinds for which no card is there yet: captured, transported and stored CO2 (IPCC 2006 Vol. 2 Ch. 5)."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _listed(value: Any) -> Any:
    """Take a single word for a list of one."""
    return (value,) if isinstance(value, str | int | float) else value


def _titled(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Points = dict[int, float]


class Title(_Model):
    """A title in both languages; a single text serves for both."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


AnyTitle = Annotated[Title, BeforeValidator(_titled)]


class Sourced(_Model):
    """Something that has a source.

    Attributes
    ----------
    source
        ``target:ID``, ``external:ID``, ``baseline:ID``, ``vehicle:ID`` or ``assumption``; several where several were
        used.
    why
        Needed where an assumption is among them.
    """

    source: Words = ()
    why: str = ""


class Selector(_Model):
    """Which rows of the activity data: those that fit every field; a blank field fits all.

    Attributes
    ----------
    categories
        With or without scheme (``1A1a`` is ``IPCC2006:1A1a``); those below count too.
    activities
        Words or groups of the vocabulary; those below count too. ``fuel`` and ``vehicles`` are read as this.
    stage_at_most
        Vehicles of this emission stage or older (0 is before stage I).
    where
        Condition column -> words (those below count too), or an interval such as ``[0,65)`` for a number.
    """

    categories: Words = ()
    activities: Words = ()
    uses: Words = ()
    regions: Words = ()
    stage_at_most: int | None = None
    where: dict[str, str | Words] = Field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stated, so that every row fits."""
        return self == Selector()


class Path(Sourced):
    """A value by year: points, linear between them unless ``shape`` says otherwise, constant after the last."""

    unit: str
    points: Points
    shape: Shape = "linear"


class Driver(Path):
    """What moves activity.

    ``gdp_growth`` (percent/year) is known by name. Any other driver names the rows it ``drives``: its value relative
    to that of the base year scales them (unit ``percent/year``: growth compounded from the base year).
    """

    drives: tuple[Selector, ...] = ()


class Lever(Path):
    """A path of the energy envelope; ``solve_base`` asks for the base level that the stated point implies."""

    solve_base: bool = False


class Term(Sourced):
    """A named term of the bridge from energy balance to territory: coal burnt here that the plans' total nets out."""

    id: str
    title: AnyTitle
    fuel: Literal["coal", "oil", "gas"] = "coal"
    unit: str
    points: Points
    rows: Selector = Selector()
    """Rows that burn it; empty: those of the power balance for exported power, else all rows of the fuel."""


class Technology(Sourced):
    """Generating capacity and full-load hours of a technology other than coal.

    ``new_energy`` is what the plans call 新能源 (wind and solar, not hydro); a measure on ``renewable`` or
    ``new_energy`` acts on all technologies that say so.
    """

    capacity: Points
    capacity_unit: str = "GW"
    hours: Points
    hours_unit: str = "hour/year"
    renewable: bool
    new_energy: bool


class Power(_Model):
    """The power balance; coal is the balancing term.

    ``demand`` and ``export`` (net of imports) and coal generation are net generation; ``supply_coal_rate`` is coal
    per net generation; ``losses`` is the share of net generation that is lost on the way.
    """

    demand: Path
    export: Path
    losses: Path
    supply_coal_rate: Path
    coal_capacity: Path
    technologies: dict[str, Technology] = Field(default_factory=dict)
    rows: Selector = Selector(categories=("IPCC2006:1A1ai",), activities=("coal",), uses=("combustion",))


class Fleet(Sourced):
    """Vehicles by vintage: Weibull survival, and the years in which a stage was registered.

    Attributes
    ----------
    mean_life
        Mean life of a new vehicle (a); the scale of the curve follows from it and the shape.
    shape
        Shape b of the curve: how closely scrapping gathers around the mean life.
    stage_years
        Stage -> first and last year in which its vehicles were registered.
    """

    vehicles: Words
    mean_life: float
    shape: float
    stage_years: dict[str, tuple[int, int]]
    growth: Points = Field(default_factory=dict)
    """Growth of the stock, percent/year."""


class Share(_Model):
    """One destination of a shift."""

    set: dict[str, str | float]
    """Columns of the new row that differ from the row it comes from: category, activity, control, conditions ..."""
    share: float
    ratio: float
    """Units of the new activity for one unit of the old one."""
    unit: str = ""
    """Unit of the new activity where its dimension differs."""


class Do(_Model):
    """What a measure does; which fields a kind needs is checked when the file is read."""

    kind: str
    technology: str = ""
    amount: float | None = None
    unit: str = ""
    amount_is: Literal["level", "change"] = "level"
    base: float | None = None
    """The level in the base year where ``amount`` is a level of a share."""
    to: tuple[Share, ...] = ()
    replaced_by: dict[str, str | float] = Field(default_factory=dict)


class Cost(Sourced):
    """Yearly cost of a measure at its full extent, in CNY of one year; negative: it saves money."""

    investment: float
    operation: float
    fuel: float
    life: float
    interest: float
    year: int


class Measure(Sourced):
    """Who or what it acts on, what it does, from when, full by when."""

    id: str
    title: AnyTitle
    acts_on: Selector
    substances: Words = ()
    """Of which the effect is asked; blank: all."""
    do: Do
    start: int
    full: int
    shape: Shape = "linear"
    cost: Cost | None = None


class Base(_Model):
    """The base year: its boundary and the activity data, files beside the scenario or among the examples."""

    year: int
    boundary: Boundary
    activity: Words = ()
    factors: str = "cn-2026.1"


class Horizon(_Model):
    """First and last year of the results."""

    start: int = Field(alias="from")
    end: int = Field(alias="to")
    step: int = 1


class Until(_Model):
    """What a solution must reach: a target by id, or an indicator with comparator and value."""

    target: str = ""
    indicator: str = ""
    comparator: Literal["<=", ">=", "=="] = "<="
    value: float | None = None


class Bounds(_Model):
    """Lowest and highest factor by which a lever may be scaled."""

    low: float
    high: float


class Solve(_Model):
    """Scale a path after a year until something is reached."""

    lever: str
    scale_after: int
    until: Until
    bounds: Bounds


class Vary(_Model):
    """How a path varies in the draws: one draw for the whole path."""

    path: str
    how: Literal["shift", "scale"]
    distribution: Literal["triangular", "normal", "uniform"]
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None


class Uncertainty(_Model):
    """Draws on drivers and levers; ``correlation`` is a rank correlation between two paths, ``A|B`` -> value."""

    runs: int
    seed: int
    vary: tuple[Vary, ...]
    correlation: dict[str, float] = Field(default_factory=dict)


class Scenario(_Model):
    """A scenario, complete: what it extends is merged in.

    Attributes
    ----------
    id, title, region
        Word, title and six-digit region.
    base, horizon
        Where it starts and which years are shown.
    drivers, levers, bridge, power, fleets, measures
        The story.
    targets
        Ids, or ``all_of_region``.
    solve, uncertainty
        What ``solve`` and the draws do unless the caller says otherwise.
    file, folder
        Name of the file it was read from, and the folder it lies in.
    """

    schema_: Literal["scenario/1"] = Field(alias="schema")
    id: str
    title: AnyTitle
    region: str
    base: Base
    horizon: Horizon
    drivers: dict[str, Driver] = Field(default_factory=dict)
    levers: dict[str, Lever] = Field(default_factory=dict)
    bridge: tuple[Term, ...] = ()
    power: Power | None = None
    fleets: tuple[Fleet, ...] = ()
    measures: tuple[Measure, ...] = ()
    targets: Words = ()
    solve: tuple[Solve, ...] = ()
    uncertainty: Uncertainty | None = None
    file: str = ""
    folder: str = ""

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the results; the base year comes first."""
        wanted = range(self.horizon.start, self.horizon.end + 1, self.horizon.step)
        return tuple(sorted({self.base.year, *wanted, self.horizon.end}))
