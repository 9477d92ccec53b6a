"""``emissions scenario run``: one scenario, on the screen and as a folder of files."""

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
    from emissions.report.scenario.outcome import Draws, Outcome
    from emissions.scenario.model import Scenario
    from emissions.scenario.outcome.project import Start


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        file: str,
        out: Path | None,
        as_json: bool,
        factors: str | None,
        strict: bool,
        draws: bool,
        runs: int | None,
        seed: int | None,
        substances: tuple[str, ...],
        model: str | None,
        png: bool,
    ) -> int:
        drawn = (runs, seed) if draws or runs is not None or seed is not None else None
        return run(
            session, file, out, drawn, substances, factors=factors or "", model=model or "", strict=strict,
            as_json=as_json, png=png,
        )  # fmt: skip

    return make(
        "scenario run",
        session,
        callback,
        [
            click.Argument(["file"], metavar="FILE"),
            option(session, "-o", "--out", text="scenario_out", type=click.Path(path_type=Path), metavar="DIR"),
            option(session, "--json", "as_json", text="json", is_flag=True),
            option(session, "--factors", text="scenario_factors", metavar="SET"),
            option(session, "--strict", text="strict_targets", is_flag=True),
            option(session, "--draws", text="draws", is_flag=True),
            option(session, "--runs", text="runs", type=click.IntRange(min=2)),
            option(session, "--seed", text="seed", type=click.IntRange(min=0)),
            option(session, "--substance", "-s", "substances", text="substances", multiple=True),
            option(session, "--model", text="model", metavar="NAME"),
            option(session, "--png", text="png", is_flag=True),
        ],
    )


def run(
    session: Session,
    file: str,
    out: Path | None,
    drawn: tuple[int | None, int | None] | None,
    substances: tuple[str, ...],
    *,
    factors: str,
    model: str,
    strict: bool,
    as_json: bool,
    png: bool,
) -> int:
    """Compute, write and print a scenario; return the exit code."""
    check_before_work(out, png=png)
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import read_scenarios
        from emissions.cli.words import word
        from emissions.scenario.outcome.begin import Bases

        (scenario,) = read_scenarios((file,))
        chosen = tuple(word("substances", one, "unknown_substance") for one in substances)
        base = Bases(factors)(scenario)
        doing("cli.projecting")
        from emissions.report.scenario.outcome import outcome
        from emissions.scenario.outcome.compare import evaluate_targets
        from emissions.scenario.outcome.project import project

        projection = project(scenario, base)
        doing("cli.drawing")
        draws = None if drawn is None else _drawn(scenario, base, *drawn)
        found = outcome(projection, evaluate_targets(projection), substances=chosen, draws=draws)
        if out is not None:
            doing("cli.writing")
            from emissions.report.scenario.files import save_run

            words = shlex.join(("emissions", *session.arguments))
            save_run(found, out, language=session.language, command=words, model=model, png=png)
    if as_json:
        from emissions.report.scenario.records import run_json

        click.echo(run_json(found, session.language))
    else:
        _print(session, found, out)
    return FAILED if strict and found.missed else DONE


def _print(session: Session, found: Outcome, out: Path | None) -> None:
    """Print the scenario, and where it was written."""
    from emissions.report.console import console
    from emissions.report.scenario.run_terminal import print_run

    screen = console()
    print_run(found, screen, session.language)
    if out is not None:
        say_written(session, out, screen)


def _drawn(scenario: Scenario, base: Start, runs: int | None, seed: int | None) -> Draws:
    """Return the draws of a scenario."""
    import pandas as pd

    from emissions.report.scenario.outcome import Draws
    from emissions.scenario.outcome.montecarlo import ensemble
    from emissions.scenario.targets.data import targets_of

    found = ensemble(scenario, base, runs=runs, seed=seed)
    peaked = pd.Series(found.share_peaked, index=list(found.years)[: len(found.share_peaked)])
    met = found.targets_met(targets_of(scenario.targets, scenario.region))
    return Draws(found.runs, found.seed, found.bands(), peaked, met, found.impossible)
