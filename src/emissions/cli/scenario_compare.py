"""``emissions scenario compare``: scenarios side by side."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress
from emissions.cli.run import DONE, FAILED

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
    from emissions.report.folder import check_replaceable
    from emissions.report.scenario.png import check_png

    if len(files) < 2:
        raise ScenarioError([Problem("too_few_scenarios")])
    if out is not None:
        check_replaceable(out)
    if png:
        check_png()
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import read_scenarios
        from emissions.cli.words import word
        from emissions.report.scenario.weights import equivalents_table, print_equivalents, read_weights
        from emissions.scenario.outcome.begin import Bases

        given = None if weights is None else read_weights(weights)
        scenarios = read_scenarios(files)
        chosen = tuple(word("substances", one, "unknown_substance") for one in substances)
        doing("cli.projecting")
        from emissions.scenario.outcome import compare as side_by_side

        found = side_by_side.compare(scenarios, Bases(factors))
        equivalents = None if given is None else equivalents_table(found, given)
        if out is not None:
            doing("cli.writing")
            from emissions.report.scenario.files import save_comparison

            words = shlex.join(("emissions", *session.arguments))
            more = {} if equivalents is None else {"equivalents": equivalents}
            save_comparison(found, out, language=session.language, command=words, model=model, more=more, png=png)
    from emissions.report.console import console, text
    from emissions.report.scenario.compare_terminal import print_scenarios
    from emissions.report.scenario.records import comparison_json
    from emissions.report.words import Words
    from emissions.vocabulary import message

    if as_json:
        click.echo(comparison_json(found))
    else:
        screen = console()
        print_scenarios(found, screen, session.language, substances=chosen)
        if given is not None and equivalents is not None:
            print_equivalents(equivalents, found, given, _YEAR, screen, Words(session.language))
        if out is not None:
            screen.print(text(message("report.written", session.language, folder=out), "good"))
    missed = len(found.targets) and (found.targets["status"] == "missed").any()
    return FAILED if strict and missed else DONE
