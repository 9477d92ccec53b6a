"""The text of a problem: the one place where its facts are put in the words people use."""

from __future__ import annotations

from dataclasses import replace

from emissions.errors import Problem
from emissions.vocabulary.labels import category_label, control_label, label
from emissions.vocabulary.messages import Language, allowed_text, message, named

_TABLES = {
    "activity": "activities",
    "argument": "parameters",
    "category": "categories",
    "condition": "conditions",
    "control": "controls",
    "kind": "activities",
    "parameter": "parameters",
    "region": "regions",
    "substance": "substances",
    "technology": "technology",
    "use": "uses",
}
"""Fact of a problem -> table of the vocabulary its word is from."""
_FOUND = {
    "ambiguous_share": "activities",
    "measured_twice": "parameters",
    "mix_sum": "activities",
    "mix_used": "activities",
    "rows_without_lines": "activities",
    "given_with_another": "activities",
    "strata_twice": "controls",
}
"""Code of a problem whose ``found`` is a word -> table of the word."""
_ALLOWED = {"nothing_to_explain": "categories"}
"""Code of a problem whose ``allowed`` is a list of words -> table of the words."""
_FOR = "for_"
"""What the names of facts begin with that say which rows of activity data something is for."""
_NAMED = ("stream", "unit")
"""Facts whose names are texts of the catalogue."""
_DETAILS = {
    "no_factor": "parameters",
    "no_factor_of_year": "parameters",
    "condition_not_stated": "conditions",
    "measured_missing": "parameters",
    "no_bundle": "parameters",
    "no_removal": "controls",
    "counted_in": "categories",
}
"""Reason code -> table of the vocabulary that names its detail."""


def describe(problem: Problem, language: Language) -> str:
    """Return the whole text of a problem: where, what was found, what is allowed, nearest word, what to do.

    Examples
    --------
    >>> describe(Problem("unknown_unit", sheet="能源", cell="D7", found="kx", nearest="kg"), "en")
    '能源!D7: unknown unit "kx"; did you mean "kg"?'
    """
    problem = labelled(problem, language)
    text = message(
        problem.code,
        language,
        found=problem.found,
        allowed=problem.allowed,
        nearest=problem.nearest,
        **problem.facts,
    )
    parts = [f"{problem.place}: {text}" if problem.place else text]
    if problem.nearest:
        parts.append(message("nearest_word", language, nearest=problem.nearest))
    if problem.allowed:
        parts.append(allowed_text(problem.code, problem.allowed, language))
    if "rows_refused" in problem.facts:
        parts.append(message("rows_refused", language, rows=problem.facts["rows_refused"]))
    return "; ".join(parts) if language == "en" else "；".join(parts)


def labelled(problem: Problem, language: Language) -> Problem:
    """Return a problem with the words of the vocabulary replaced by their labels; categories keep their code.

    Examples
    --------
    >>> labelled(Problem("gap", facts={"activity": "raw_coal", "category": "IPCC2006:1A2a"}), "en").facts
    {'activity': 'raw coal', 'category': '1A2a Iron and Steel'}
    """
    facts = {name: _fact(name, str(value), language) for name, value in problem.facts.items()}
    return replace(
        problem,
        found=_label(_FOUND.get(problem.code, ""), problem.found, language),
        allowed=", ".join(
            _label(_ALLOWED.get(problem.code, ""), word, language) for word in problem.allowed.split(", ")
        ),
        facts=_with_selection(facts, language),
    )


def _with_selection(facts: dict[str, str], language: Language) -> dict[str, str]:
    """Join the facts ``for_region``, ``for_activity`` ... to one, ``selection``: what the rows in question are for."""
    chosen = [value for name, value in facts.items() if name.startswith(_FOR) and value]
    if not any(name.startswith(_FOR) for name in facts):
        return facts
    joined = message("report.list_separator", language).join(chosen)
    return facts | {"selection": joined or message("selection.any", language)}


def reason_text(reason: str, language: Language) -> str:
    """Return a reason code such as ``no_factor:ash_content`` in words; free text stays as it is.

    Examples
    --------
    >>> reason_text("no_factor:ash_content", "en")
    'no value of: ash content'
    """
    code, _, detail = reason.partition(":")
    if code == "measured_missing" and not detail:
        return message("reason.measured_missing_any", language)
    table = _DETAILS.get(code, "")
    parts = [_label(table, part, language) for part in detail.split("+")]
    shown = message(f"reason.{code}", language, detail=message("report.list_separator", language).join(parts))
    return reason if shown.startswith("reason.") else shown


def _fact(name: str, value: str, language: Language) -> str:
    if name == "reason":
        return reason_text(value, language)
    bare = name.removeprefix(_FOR)
    return named(name, value, language) if name in _NAMED else _label(_TABLES.get(bare, ""), value, language)


def _label(table: str, word: str, language: Language) -> str:
    if not table or not word:
        return word
    if table == "categories":
        return category_label(word, language)
    return control_label(word, language) if table == "controls" else label(table, word, language)
