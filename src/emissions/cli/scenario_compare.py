"""``emissions scenario compare``: scenarios side by side."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress
from emissions.cli.run import DONE, FAILED
from emissions.cli.scenario_outputs import check_before_work, say_written

if TYPE_CHECKING:
    import pandas as pd

    from emissions.report.scenario.weights import Weights
    from emissions.scenario.outcome.compare import Comparison

    Equivalents = tuple[pd.DataFrame, Weights]

_YEAR = 2030
"""Year that is printed where there are several; the files have all."""


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        files: tuple[str, ...],
        out: Path | None,
        as_json: bool,
        factors: str | None,
        strict: bool,
        substances: tuple[str, ...],
        model: str | None,
        weights: Path | None,
        png: bool,
    ) -> int:
        shown = {"factors": factors or "", "model": model or ""}
        return compare(
            session, files, out, substances, **shown, weights=weights, png=png, strict=strict, as_json=as_json
        )

    return make(
        "scenario compare",
        session,
        callback,
        [
            click.Argument(["files"], nargs=-1, required=True, metavar="FILE..."),
            option(session, "-o", "--out", text="scenario_out", type=click.Path(path_type=Path), metavar="DIR"),
            option(session, "--json", "as_json", text="json", is_flag=True),
            option(session, "--factors", text="scenario_factors", metavar="SET"),
            option(session, "--strict", text="strict_targets", is_flag=True),
            option(session, "--substance", "-s", "substances", text="substances", multiple=True),
            option(session, "--model", text="model", metavar="NAME"),
            option(session, "--png", text="png", is_flag=True),
            option(session, "--weights", text="weights", type=click.Path(path_type=Path), metavar="FILE.csv"),
        ],
    )


def compare(
    session: Session,
    files: tuple[str, ...],
    out: Path | None,
    substances: tuple[str, ...],
    *,
    factors: str,
    model: str,
    weights: Path | None,
    png: bool,
    strict: bool,
    as_json: bool,
) -> int:
    """Compute, write and print scenarios side by side; return the exit code."""
    from emissions.errors import Problem, ScenarioError

    if len(files) < 2:
        raise ScenarioError([Problem("too_few_scenarios")])
    check_before_work(out, png=png)
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import read_scenarios
        from emissions.cli.words import word
        from emissions.report.scenario.weights import equivalents_table, read_weights
        from emissions.scenario.outcome.begin import Bases

        given = None if weights is None else read_weights(weights)
        scenarios = read_scenarios(files)
        chosen = tuple(word("substances", one, "unknown_substance") for one in substances)
        doing("cli.projecting")
        from emissions.scenario.outcome import compare as side_by_side

        found = side_by_side.compare(scenarios, Bases(factors))
        equivalents = None if given is None else (equivalents_table(found, given), given)
        if out is not None:
            doing("cli.writing")
            _save(session, found, out, equivalents, model=model, png=png)
    if as_json:
        from emissions.report.scenario.records import comparison_json

        click.echo(comparison_json(found))
    else:
        _print(session, found, chosen, equivalents, out)
    missed = len(found.targets) and (found.targets["status"] == "missed").any()
    return FAILED if strict and missed else DONE


def _save(
    session: Session, found: Comparison, out: Path, equivalents: Equivalents | None, *, model: str, png: bool
) -> None:
    """Write the comparison as a folder."""
    from emissions.report.scenario.files import save_comparison

    words = shlex.join(("emissions", *session.arguments))
    more = {} if equivalents is None else {"equivalents": equivalents[0]}
    save_comparison(found, out, language=session.language, command=words, model=model, more=more, png=png)


def _print(
    session: Session, found: Comparison, chosen: tuple[str, ...], equivalents: Equivalents | None, out: Path | None
) -> None:
    """Print the comparison, equivalents by the user's weights, and where it was written."""
    from emissions.report.console import console
    from emissions.report.scenario.compare_terminal import print_scenarios
    from emissions.report.scenario.weights import print_equivalents
    from emissions.report.words import Words

    screen = console()
    print_scenarios(found, screen, session.language, substances=chosen)
    if equivalents is not None:
        table, weights = equivalents
        print_equivalents(table, found, weights, _YEAR, screen, Words(session.language))
    if out is not None:
        say_written(session, out, screen)
