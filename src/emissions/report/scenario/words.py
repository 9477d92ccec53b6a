"""Words for what scenarios show: indicators, boundaries, steps, verdicts as sentences."""

from __future__ import annotations

from emissions.report.scenario.shown import quantity
from emissions.report.words import Words
from emissions.scenario.mathematics.peak import Peak
from emissions.scenario.model import Scenario

_BY_TECHNOLOGY = ("capacity", "generation")


def indicator(name: str, words: Words) -> str:
    """Return the label of an indicator; the name itself where it has none.

    Examples
    --------
    >>> indicator("emission:SO2", Words("en")), indicator("capacity_wind", Words("en"))
    ('SO2', 'capacity: wind')
    """
    kind, _, substance = name.partition(":")
    if kind == "emission":
        return substance
    shown = words.named("indicator", name)
    if shown != name:
        return shown
    group, _, technology = name.partition("_")
    if group in _BY_TECHNOLOGY:
        return words.text(f"indicator.{group}_of", technology=words.named("technology", technology))
    return name


def title(scenario: Scenario, words: Words) -> str:
    """Return the title of a scenario in the language."""
    return scenario.title.zh if words.language == "zh" else scenario.title.en


def boundary(name: str, words: Words) -> str:
    """Return a boundary in words."""
    return words.named("boundary", name)


def step(name: str, scenario: Scenario, words: Words) -> str:
    """Return what a step of the moves is: the title of a measure, a lever or driver in words, or its name."""
    for measure in scenario.measures:
        if measure.id == name:
            return measure.title.zh if words.language == "zh" else measure.title.en
    return words.named("step", name)


def verdict(peak: Peak, where: str, words: Words) -> str:
    """Return the verdict on a peak of CO2 (in Mt) as a sentence."""
    first, last = peak.plateau
    return words.text(
        f"verdict_sentence.{peak.reason}",
        where=boundary(where, words),
        year=peak.peak_year,
        value=quantity(peak.peak_value, "Mt", words.language),
        first=first,
        last=last,
        length=last - first + 1,
        band=f"{100 * peak.band:g}",
        after=peak.years_after,
        end=peak.years[-1],
        p="" if peak.test is None else f"{peak.test.p_value:.2g}",
        n="" if peak.test is None else peak.test.n,
        alternative="" if peak.test is None else words.named("alternative", peak.test.alternative),
    )


def cumulative(peak: Peak, words: Words) -> str:
    """Return the sum of the years after the first one, beside a peak, as a sentence."""
    later = float(peak.emissions[1:].sum())
    total = quantity(later, "Mt", words.language)
    return words.text("scenario.cumulative", first=peak.years[1], last=peak.years[-1], total=total)
