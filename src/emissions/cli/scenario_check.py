"""``emissions scenario check``: all problems of scenario files at once, and what is implausible in them."""

from __future__ import annotations

import click

from emissions.cli.group import Command, Session, make, option
from emissions.cli.run import DONE, PROBLEMS


def command(session: Session) -> Command:
    """Return the command."""

    def callback(files: tuple[str, ...], as_json: bool) -> int:
        return check(session, files, as_json=as_json)

    return make(
        "scenario check",
        session,
        callback,
        [
            click.Argument(["files"], nargs=-1, required=True, metavar="FILE..."),
            option(session, "--json", "as_json", text="json", is_flag=True),
        ],
    )


def check(session: Session, files: tuple[str, ...], *, as_json: bool) -> int:
    """Print all problems; return 0 where there is no error, else 2."""
    from emissions.errors import Problem, ScenarioError
    from emissions.report.console import console, text
    from emissions.report.problems import print_problems, problems_json
    from emissions.report.scenario.words import title
    from emissions.report.words import Words
    from emissions.scenario.file.lint import lint_scenario
    from emissions.scenario.file.read import missing_base, read_scenario
    from emissions.scenario.outcome.begin import find_scenario
    from emissions.vocabulary import message

    good, problems = [], list[Problem]()
    for file in files:
        try:
            scenario = read_scenario(find_scenario(file))
        except ScenarioError as error:
            problems += error.problems
            continue
        absent = missing_base(scenario)
        problems += [*absent, *lint_scenario(scenario)]
        good += [] if absent else [scenario]
    failed = any(problem.level == "error" for problem in problems)
    if as_json:
        click.echo(problems_json(problems, session.language, scenarios=[one.id for one in good]))
        return PROBLEMS if failed else DONE
    screen = console()
    if problems:
        print_problems(problems, screen, session.language)
    for one in good:
        facts = {
            "title": f"{title(one, Words(session.language))} ({one.id})",
            "measures": len(one.measures),
            "targets": message("scenario.all_of_region", session.language)
            if one.targets == ("all_of_region",)
            else len(one.targets),
            "first": one.years[0],
            "last": one.years[-1],
        }
        screen.print(text(message("cli.scenario_good", session.language, **facts), "good"))
    return PROBLEMS if failed else DONE
