"""What a chart of paths shows, apart from how it is drawn: lines with peak and plateau, axes with round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from emissions.report.scenario.outcome import CARBON, Outcome
from emissions.report.scenario.shown import shown_unit
from emissions.report.scenario.words import boundary, indicator, title
from emissions.report.words import Words
from emissions.scenario.mathematics.peak import BAND, Peak

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_LEAST = 0.2
"""Part of the largest value that the axis spans at least."""
_FROM_ZERO = 0.5
"""Below this part of the largest value the smallest one draws the axis down to 0."""


@dataclass(frozen=True)
class Line:
    """A path.

    Attributes
    ----------
    label
        What it is.
    years, values
        Ascending; values in the unit of the picture.
    low, high
        Band of draws around it, or empty.
    peak
        Year and value of the peak, None where there is none to mark.
    plateau
        First and last year within the band around the peak.
    """

    label: str
    years: tuple[int, ...]
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    peak: tuple[int, float] | None = None
    plateau: tuple[int, int] | None = None


@dataclass(frozen=True)
class Picture:
    """A chart: title, unit of the values, base year, lines, and the relative half width of a plateau."""

    title: str
    unit: str
    base_year: int
    lines: tuple[Line, ...]
    band: float = BAND

    @property
    def years(self) -> tuple[int, int]:
        """First and last year of all lines."""
        return min(line.years[0] for line in self.lines), max(line.years[-1] for line in self.lines)

    def values(self) -> Iterable[float]:
        """Give every value that has to find room."""
        for line in self.lines:
            yield from (*line.values, *line.low, *line.high)
            if line.peak and line.plateau:
                yield line.peak[1] * (1 + self.band)


def picture_of_run(outcome: Outcome, words: Words) -> Picture:
    """Return the paths of CO2 in both boundaries and of all greenhouse gases, with the band of the draws."""
    factor, unit = shown_unit("Mt", words.language)
    lines = []
    for name, where in (*CARBON, ("ghg", "")):
        series = outcome.projection.indicator(name)
        if series.empty:
            continue
        low, high = _band(outcome) if name == "co2" else ((), ())
        marks = _marks(outcome.peaks.get(where), factor)
        lines.append(
            Line(
                indicator(name, words),
                _years(series),
                _scaled(series, factor),
                _times(low, factor),
                _times(high, factor),
                *marks,
            )
        )
    heading = words.text("chart.run", title=title(outcome.scenario, words))
    return Picture(heading, unit, outcome.scenario.base.year, tuple(lines))


def picture_of_comparison(
    paths: pd.DataFrame, peaks: pd.DataFrame, titles: Mapping[str, str], base_year: int, words: Words
) -> Picture:
    """Return the paths of territorial CO2 of several scenarios.

    Parameters
    ----------
    paths
        scenario, indicator, year, value (Mt).
    peaks
        scenario, boundary, peak_year, peak_value (Mt), band_from, band_to, verdict.
    titles
        Id of a scenario -> what the legend calls it.
    """
    factor, unit = shown_unit("Mt", words.language)
    where = CARBON[0][1]
    lines = []
    for scenario, label in titles.items():
        own = paths[(paths["scenario"] == scenario) & (paths["indicator"] == "co2")]
        series = own.set_index("year")["value"].sort_index()
        if series.empty:
            continue
        found = peaks[(peaks["scenario"] == scenario) & (peaks["boundary"] == where)].to_dict("records")
        peak = plateau = None
        if found and found[0]["verdict"] != "rising":
            peak = int(found[0]["peak_year"]), float(found[0]["peak_value"]) * factor
            plateau = int(found[0]["band_from"]), int(found[0]["band_to"])
        lines.append(Line(label, _years(series), _scaled(series, factor), peak=peak, plateau=plateau))
    return Picture(words.text("chart.compare", where=boundary(where, words)), unit, base_year, tuple(lines))


def _marks(peak: Peak | None, factor: float) -> tuple[tuple[int, float] | None, tuple[int, int] | None]:
    if peak is None or peak.verdict == "rising":
        return None, None
    return (peak.peak_year, peak.peak_value * factor), peak.plateau


def _band(outcome: Outcome) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the 5 % and 95 % path of CO2 in Mt, empty without draws."""
    if outcome.draws is None:
        return (), ()
    own = outcome.draws.bands[outcome.draws.bands["substance"] == "CO2"].sort_values("year")
    return tuple((own["p5"] / 1e6).tolist()), tuple((own["p95"] / 1e6).tolist())


def _years(series: pd.Series) -> tuple[int, ...]:
    return tuple(int(year) for year in series.index)


def _scaled(series: pd.Series, factor: float) -> tuple[float, ...]:
    return tuple(float(value) * factor for value in series)


def _times(values: Sequence[float], factor: float) -> tuple[float, ...]:
    return tuple(value * factor for value in values)


# ---------------------------------------------------------------- axes


def value_ticks(values: Iterable[float], number: int) -> list[float]:
    """Return about ``number`` round values that enclose all values.

    The axis goes down to 0 where the smallest value is less than half of the largest; it spans a fifth of the largest
    at least, so that a level path looks level.

    Examples
    --------
    >>> value_ticks([602.0, 794.0], 5)
    [600.0, 650.0, 700.0, 750.0, 800.0]
    >>> value_ticks([10.0, 90.0], 5)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    """
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    if 0 < low < _FROM_ZERO * high:
        low = 0.0
    size = max(abs(low), abs(high))
    if high - low < _LEAST * size or size == 0:
        low, high = high - _LEAST * (size or 1.0), high or 1.0
    step = _round_step((high - low) / max(1, number - 1))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def year_ticks(first: int, last: int, number: int) -> list[int]:
    """Return round years between two years, at most ``number`` of them.

    Examples
    --------
    >>> year_ticks(2020, 2040, 6), year_ticks(2020, 2060, 6)
    ([2020, 2025, 2030, 2035, 2040], [2020, 2030, 2040, 2050, 2060])
    """
    for step in (1, 2, 5, 10, 20, 50):
        found = [year for year in range(first, last + 1) if year % step == 0]
        if len(found) <= number:
            return found
    return [first, last]


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """Return a tick with the decimals that all ticks need."""
    places = next((one for one in range(4) if all(abs(round(tick, one) - tick) < 1e-9 for tick in ticks)), 4)
    return f"{value:,.{places}f}"


def _round_step(step: float) -> float:
    size = 10.0 ** math.floor(math.log10(step))
    return size * next(one for one in _ROUND if one * size >= step * (1 - 1e-9))
