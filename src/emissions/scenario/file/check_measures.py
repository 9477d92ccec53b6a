"""What is wrong with the measures of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from emissions.errors import Problem
from emissions.scenario.file.extend import nearest
from emissions.scenario.file.form import Draft
from emissions.scenario.file.kinds import Kind, kinds
from emissions.scenario.file.places import Loc
from emissions.scenario.model import WITH_THEIR_SECTOR, WITHOUT_METHOD, Measure, Selector, Shape
from emissions.scenario.revision.power import GROUPS
from emissions.vocabulary import load_vocabulary

SECTORS_TO_COME = ("IPCC2006:3", "IPCC2006:4", "NFR:3", "NFR:5")
"""Categories of farms, land and waste: a measure on them is refused until they are accounted for."""
_FIELDS = ("technology", "amount", "unit", "base", "to", "replaced_by")
_MEASURE_SHAPES = tuple(shape for shape in get_args(Shape) if shape != "constant")


def check_measures(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with the measures of a draft."""
    for number, measure in enumerate(draft.scenario.measures):
        loc: Loc = ("measures", number)
        yield from _when(draft, measure, loc)
        yield from _sectors(draft, measure.acts_on, loc)
        name = measure.do.kind
        kind = kinds().get(name)
        if name in WITH_THEIR_SECTOR:
            yield draft.problem("kind_with_its_sector", (*loc, "do", "kind"), name)
        elif name in WITHOUT_METHOD:
            yield draft.problem("kind_without_method", (*loc, "do", "kind"), name)
        elif kind is None:
            yield draft.problem(
                "unknown_kind",
                (*loc, "do", "kind"),
                name,
                nearest=nearest(name, (*kinds(), *WITH_THEIR_SECTOR)),
                allowed=", ".join(kinds()),
            )
        else:
            yield from _of_kind(draft, measure, kind, loc)


def _when(draft: Draft, measure: Measure, loc: Loc) -> Iterator[Problem]:
    if measure.full < measure.start:
        yield draft.problem("full_before_start", (*loc, "full"), f"{measure.full} < {measure.start}")
    if measure.shape not in _MEASURE_SHAPES:
        allowed = ", ".join(_MEASURE_SHAPES)
        yield draft.problem("scenario_not_allowed", (*loc, "shape"), measure.shape, allowed=allowed)
    if draft.has_years:
        first, last = draft.scenario.base.year, draft.scenario.horizon.end
        if not first <= measure.start <= last:
            yield draft.problem("year_outside", (*loc, "start"), measure.start, allowed=f"{first}-{last}")


def _sectors(draft: Draft, selector: Selector, loc: Loc) -> Iterator[Problem]:
    graph = load_vocabulary().category_graph
    for word in selector.categories:
        if word in graph and set(graph.ancestors(word)) & set(SECTORS_TO_COME):
            yield draft.problem("kind_with_its_sector", (*loc, "acts_on"), word)


def _of_kind(draft: Draft, measure: Measure, kind: Kind, loc: Loc) -> Iterator[Problem]:
    do = measure.do
    stated = {name for name in _FIELDS if getattr(do, name) not in (None, "", (), {})}
    for name in kind.needs:
        if name not in stated:
            needs = ", ".join(kind.needs)
            yield draft.problem("kind_needs", (*loc, "do"), do.kind, facts={"needed": name, "needs": needs})
    for name in sorted(stated - {*kind.needs, *kind.may}):
        yield draft.problem("kind_does_not_take", (*loc, "do", name), name, facts={"kind_of": do.kind})
    if do.amount_is not in kind.amount_is:
        allowed = ", ".join(kind.amount_is)
        yield draft.problem("scenario_not_allowed", (*loc, "do", "amount_is"), do.amount_is, allowed=allowed)
    if kind.selects and measure.acts_on.is_empty:
        yield draft.problem("acts_on_nothing", (*loc, "acts_on"), measure.id)
    if (*loc, "do") not in draft.unmeasured:
        yield from _amounts(draft, measure, kind, loc)
    yield from _technology(draft, measure, kind, loc)
    yield from _shares(draft, measure, loc)


def _amounts(draft: Draft, measure: Measure, kind: Kind, loc: Loc) -> Iterator[Problem]:
    """Yield amounts outside the bounds of the kind."""
    do = measure.do
    low = kind.low.get(do.amount_is)
    strict = {"amount": ("<", kind.amount_below), "base": (">", kind.base_above)}
    for name, own in strict.items():
        value = getattr(do, name)
        limits = [(">=", low), ("<=", kind.high), own]
        allowed = ", ".join(f"{sign} {limit:g} {do.unit}" for sign, limit in limits if limit is not None)
        if value is not None and not all(_keeps(value, sign, limit) for sign, limit in limits):
            yield draft.problem("amount_outside", (*loc, "do", name), f"{value:g} {do.unit}", allowed=allowed)


def _keeps(value: float, sign: str, limit: float | None) -> bool:
    """Tell whether a value keeps a limit; there may be none."""
    if limit is None:
        return True
    return {">=": value >= limit, "<=": value <= limit, ">": value > limit, "<": value < limit}[sign]


def _technology(draft: Draft, measure: Measure, kind: Kind, loc: Loc) -> Iterator[Problem]:
    """Yield a technology that the kind or the power balance does not know."""
    word = measure.do.technology
    at = (*loc, "do", "technology")
    power = draft.scenario.power
    if kind.power and power is None and "power" not in draft.wrong:
        yield draft.problem("kind_needs_power", (*loc, "do"), measure.do.kind)
    if not word:
        return
    if isinstance(kind.technology, tuple) and word not in kind.technology:
        near = nearest(word, kind.technology)
        yield draft.problem("scenario_not_allowed", at, word, allowed=", ".join(kind.technology), nearest=near)
    if kind.technology != "power" or power is None:
        return
    groups = [group for group in GROUPS if any(getattr(one, group) for one in power.technologies.values())]
    known = [*power.technologies, *groups]
    if word not in known:
        yield draft.problem("technology_not_of_power", at, word, allowed=", ".join(known), nearest=nearest(word, known))


def _shares(draft: Draft, measure: Measure, loc: Loc) -> Iterator[Problem]:
    """Yield what is wrong with the destinations of a shift."""
    total = 0.0
    for number, one in enumerate(measure.do.to):
        at = (*loc, "do", "to", number)
        total += one.share
        if not 0 <= one.share <= 1:
            yield draft.problem("scenario_share_outside", (*at, "share"), f"{one.share:g}", allowed="0-1")
        if one.ratio <= 0:
            yield draft.problem("not_above_zero", (*at, "ratio"), f"{one.ratio:g}")
        if not one.set:
            yield draft.problem("shift_sets_nothing", at, "to")
    if total > 1 + 1e-9:
        yield draft.problem("shift_over_whole", (*loc, "do", "to"), f"{total:g}", allowed="<= 1")
