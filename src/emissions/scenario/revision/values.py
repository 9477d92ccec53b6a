"""Paths of a scenario as arrays over years, with draws on top where there are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from emissions.errors import Problem, ScenarioError
from emissions.scenario.mathematics.paths import path_values
from emissions.scenario.model import Measure, Path, Scenario
from emissions.units import scale

Floats = npt.NDArray[np.float64]


class Values:
    """Evaluates paths over the years of a scenario.

    Parameters
    ----------
    scenario
        Complete.
    years
        Ascending; the base year comes first.
    shifts, factors
        Path name such as ``levers.coal_share`` -> draws, shape (draws, 1): what is added to the path (in its own
        unit), or what it is multiplied with, in every year after the base year; of a measure, its amount. All have
        the same number of draws.

    Attributes
    ----------
    notes
        What the user should know, such as paths that are held after their last point.
    impossible
        Draws that ask for what cannot be, shape (draws,).

    Examples
    --------
    >>> scenario = Scenario.model_validate(
    ...     {"schema": "scenario/1", "id": "a", "title": "A", "region": "150600",
    ...      "base": {"year": 2020, "boundary": "territorial"}, "horizon": {"from": 2020, "to": 2025}})
    >>> share = Path(unit="percent", points={2020: 80, 2025: 70})
    >>> Values(scenario, (2020, 2022, 2025)).path("levers.coal_share", share, "1").round(6).tolist()
    [0.8, 0.76, 0.7]
    >>> drawn = Values(scenario, (2020, 2025), shifts={"levers.coal_share": np.array([[-5.0], [5.0]])})
    >>> drawn.path("levers.coal_share", share, "1").round(6).tolist()
    [[0.8, 0.65], [0.8, 0.75]]
    >>> Values(scenario, (2020, 2022)).growth("g", Path(unit="percent/year", points={2021: 10})).round(6).tolist()
    [1.0, 1.21]
    """

    def __init__(
        self,
        scenario: Scenario,
        years: Sequence[int],
        shifts: Mapping[str, Floats] | None = None,
        factors: Mapping[str, Floats] | None = None,
    ) -> None:
        self.scenario = scenario
        self.years = tuple(years)
        self.shifts = dict(shifts or {})
        self.factors = dict(factors or {})
        self.notes: dict[str, Problem] = {}
        self.impossible: npt.NDArray[np.bool_] = np.zeros(1, dtype=bool)

    def within(self, code: str, value: Floats, unit: str, low: float = 0.0, high: float = np.inf, **facts: str) -> None:
        """Hold values between two bounds: a scenario that leaves them is refused, a draw that does is set apart.

        Parameters
        ----------
        value
            Shape (years,) or (draws, years).

        Raises
        ------
        ScenarioError
            With a problem a year, where there are no draws.
        """
        outside = (value < low - 1e-9) | (value > high + 1e-9)
        if value.ndim > 1:
            self.impossible = self.impossible | outside.any(axis=-1)
        elif outside.any():
            found = {self.years[place]: f"{value[place]:.4g} {unit}" for place in np.flatnonzero(outside).tolist()}
            raise ScenarioError(
                Problem(code, found=text, facts=facts | {"year": str(year)}) for year, text in found.items()
            )

    def path(self, name: str, path: Path, unit: str) -> Floats:
        """Return a path in ``unit``, shape (years,) or (draws, years)."""
        found = path_values(path.points, self.years, path.shape, base=path.points[min(path.points)], cap=ceiling(path))
        if found.held.any() and len(path.points) > 1:
            self.note(Problem("path_held", level="info", found=name, facts={"year": str(max(path.points))}))
        if found.from_base.any():
            year = str(min(path.points))
            self.note(Problem("path_before_first_point", level="info", found=name, facts={"year": year}))
        values: Floats = found.values
        later = np.array(self.years) > self.scenario.base.year
        if name in self.factors:
            values = np.where(later, values * self.factors[name], values)
        if name in self.shifts:
            values = np.where(later, values + self.shifts[name], values)
        return values * scale(path.unit, unit)

    def growth(self, name: str, path: Path) -> Floats:
        """Return the level that a path of yearly rates gives, relative to the base year (1 in the base year).

        The rate of a year is the growth over the year before; years that are not shown count too.
        """
        every = tuple(range(self.years[0], self.years[-1] + 1))
        if len(every) == 1:
            return np.ones(1)
        rates = Values(self.scenario, every[1:], self.shifts, self.factors)
        later = rates.path(name, path, "1/year")
        self.notes |= rates.notes
        yearly = np.concatenate([np.zeros((*later.shape[:-1], 1)), later], axis=-1)
        level: Floats = np.multiply.accumulate(1.0 + yearly, axis=-1)
        return level[..., [every.index(year) for year in self.years]]

    def phase(self, measure: Measure) -> Floats:
        """Return how far a measure is: 0 until its start, 1 from the year in which it is full, shape (years,).

        ``start`` is the first year with an effect: the year before is the last without one. ``step`` is full at once
        in the year in which it is full, ``constant`` in the year of its start.
        """
        before = measure.start - 1
        if measure.shape in {"step", "constant"}:
            begins = measure.full if measure.shape == "step" else measure.start
            return (np.array(self.years) >= begins).astype(np.float64)
        if measure.shape == "logistic":
            # the S-curve runs from 1 to 99 % of the way between the two years, and is scaled to 0 and 1 at its ends
            curve = path_values({before: 0.01, measure.full: 0.99}, self.years, "logistic", base=0.01, cap=1.0).values
            return (curve - 0.01) / 0.98
        return path_values({before: 0.0, measure.full: 1.0}, self.years, "linear", base=0.0).values

    def level(self, measure: Measure, base: float, full: float) -> Floats:
        """Return the level a measure has in each year, from ``base`` to ``full``.

        A draw is one of ``full``: it comes in with the measure, as far as the measure is in a year.
        """
        name = f"measures.{measure.id}"
        drawn = full * self.factors.get(name, np.ones(1)) + self.shifts.get(name, np.zeros(1))
        level: Floats = base + (drawn - base) * self.phase(measure)
        return level

    def note(self, problem: Problem) -> None:
        """Remember what the user should know, once."""
        self.notes.setdefault(f"{problem.code}:{problem.facts.get('measure', problem.found)}", problem)


def ceiling(path: Path) -> float | None:
    """Return the ceiling of a logistic path: all of it, in the unit of the path."""
    return scale("1", path.unit) if path.shape == "logistic" else None
