"""``emissions scenario compare``: scenarios side by side."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress
from emissions.cli.run import DONE, FAILED


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
    ) -> int:
        return compare(
            session, files, out, substances, factors=factors or "", model=model or "", strict=strict, as_json=as_json
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
    strict: bool,
    as_json: bool,
) -> int:
    """Compute, write and print scenarios side by side; return the exit code."""
    from emissions.errors import Problem, ScenarioError
    from emissions.report.folder import check_replaceable

    if len(files) < 2:
        raise ScenarioError([Problem("too_few_scenarios")])
    if out is not None:
        check_replaceable(out)
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import Bases, read_scenarios
        from emissions.cli.words import word

        scenarios = read_scenarios(files)
        chosen = tuple(word("substances", one, "unknown_substance") for one in substances)
        doing("cli.projecting")
        from emissions.scenario.outcome import compare as side_by_side

        found = side_by_side.compare(scenarios, Bases(factors))
        if out is not None:
            doing("cli.writing")
            from emissions.report.scenario.files import save_comparison

            words = shlex.join(("emissions", *session.arguments))
            save_comparison(found, out, language=session.language, command=words, model=model)
    from emissions.report.console import console, text
    from emissions.report.scenario.compare_terminal import print_scenarios
    from emissions.report.scenario.records import comparison_json
    from emissions.vocabulary import message

    if as_json:
        click.echo(comparison_json(found))
    else:
        screen = console()
        print_scenarios(found, screen, session.language, substances=chosen)
        if out is not None:
            screen.print(text(message("report.written", session.language, folder=out), "good"))
    missed = len(found.targets) and (found.targets["status"] == "missed").any()
    return FAILED if strict and missed else DONE
