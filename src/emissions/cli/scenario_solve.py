"""``emissions scenario solve``: how far a path must go to meet a target."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.progress import progress
from emissions.cli.run import DONE, FAILED

if TYPE_CHECKING:
    from emissions.scenario.model import Scenario, Solve


@dataclass(frozen=True)
class Asked:
    """What the options ask for; None where an option is not given."""

    lever: str | None
    target: str | None
    indicator: str | None
    comparator: str
    value: float | None
    after: int | None
    low: float | None
    high: float | None

    @property
    def nothing(self) -> bool:
        """Whether no option was given, so that the file says what to solve."""
        given = (self.lever, self.target, self.indicator, self.value, self.after, self.low, self.high)
        return all(one is None for one in given)


def command(session: Session) -> Command:
    """Return the command."""

    def callback(
        file: str,
        lever: str | None,
        target: str | None,
        indicator: str | None,
        comparator: str,
        value: float | None,
        after: int | None,
        low: float | None,
        high: float | None,
        out: Path | None,
        as_json: bool,
        factors: str | None,
        strict: bool,
    ) -> int:
        asked = Asked(lever, target, indicator, comparator, value, after, low, high)
        return solve(session, file, asked, out, factors=factors or "", strict=strict, as_json=as_json)

    return make("scenario solve", session, callback, _parameters(session))


def _parameters(session: Session) -> list[click.Parameter]:
    """Return the argument and the options of the command."""
    signs = click.Choice(["<=", ">=", "=="])
    return [
        click.Argument(["file"], metavar="FILE"),
        option(session, "--lever", text="lever"),
        option(session, "--target", text="target", metavar="ID"),
        option(session, "--indicator", text="solve_indicator"),
        option(session, "--comparator", text="comparator", type=signs, default="<=", show_default=True),
        option(session, "--value", text="value", type=float),
        option(session, "--after", text="after", type=int, metavar="YEAR"),
        option(session, "--low", text="low", type=float),
        option(session, "--high", text="high", type=float),
        option(session, "-o", "--out", text="solved_out", type=click.Path(path_type=Path), metavar="FILE.yaml"),
        option(session, "--json", "as_json", text="json", is_flag=True),
        option(session, "--factors", text="scenario_factors", metavar="SET"),
        option(session, "--strict", text="strict_targets", is_flag=True),
    ]


def solve(
    session: Session, file: str, asked: Asked, out: Path | None, *, factors: str, strict: bool, as_json: bool
) -> int:
    """Solve and print; return the exit code."""
    from emissions.errors import Problem, ResultError

    if out is not None and out.exists():
        raise ResultError([Problem("file_exists", found=str(out))])
    with progress(session) as doing:
        doing("cli.reading_scenario")
        from emissions.cli.scenario_inputs import read_scenarios
        from emissions.scenario.outcome.begin import Bases
        from emissions.scenario.outcome.solve import solve as solved

        (scenario,) = read_scenarios((file,))
        wanted = requests(scenario, asked)
        base = Bases(factors)(scenario)
        doing("cli.solving")
        found = []
        for one in wanted:
            found.append(solved(scenario, base, one))
            scenario = found[-1].scenario
    from emissions.cli.scenario_new import write_text
    from emissions.report.console import console, text
    from emissions.report.scenario.solve_terminal import print_solutions, solutions_json
    from emissions.scenario.file.write import scenario_text
    from emissions.vocabulary import message

    if out is not None:
        write_text(out, scenario_text(scenario.model_copy(update={"id": out.stem, "solve": ()})))
    if as_json:
        click.echo(solutions_json(found))
    else:
        screen = console()
        print_solutions(found, screen, session.language)
        if out is not None:
            screen.print(text(message("cli.scenario_written", session.language, file=out), "good"))
    return FAILED if strict and not all(one.reachable for one in found) else DONE


def requests(scenario: Scenario, asked: Asked) -> list[Solve]:
    """Return what is to be solved: what the options ask for, else the section ``solve`` of the file.

    Raises
    ------
    ScenarioError
        If neither says it, or the options say it in part.
    """
    from emissions.errors import Problem, ScenarioError
    from emissions.scenario.model import Bounds, Solve, Until

    if asked.nothing:
        if not scenario.solve:
            raise ScenarioError([Problem("solve_nothing_asked", found=scenario.id)])
        return list(scenario.solve)
    needed = {"--lever": asked.lever, "--after": asked.after, "--low": asked.low, "--high": asked.high}
    if asked.target is None:
        needed |= {"--indicator": asked.indicator, "--value": asked.value}
    missing = [name for name, value in needed.items() if value is None]
    if missing or asked.lever is None or asked.after is None or asked.low is None or asked.high is None:
        raise ScenarioError([Problem("solve_incomplete", found=", ".join(missing))])
    room = "" if "." in asked.lever else ("drivers." if asked.lever in scenario.drivers else "levers.")
    until = {"target": asked.target or "", "indicator": asked.indicator or "", "value": asked.value}
    return [
        Solve(
            lever=room + asked.lever,
            scale_after=asked.after,
            until=Until.model_validate({**until, "comparator": asked.comparator}),
            bounds=Bounds(low=asked.low, high=asked.high),
        )
    ]
