"""The one place where errors of commands become reports and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from emissions.cli.group import Session
from emissions.cli.interrupt import INTERRUPTED, prompt_interrupt, say_interrupted

if TYPE_CHECKING:
    from emissions.errors import ProblemsError

DONE, FAILED, PROBLEMS = 0, 1, 2


def run_command(command: click.Command, arguments: Sequence[str], session: Session) -> int:
    """Run a command; report any error on standard error and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        with prompt_interrupt(session):
            result = command.main(args=list(arguments), prog_name="emissions", standalone_mode=False, obj=session)
    except Exception as error:  # noqa: BLE001  here every error ends: none may reach the user as a traceback
        return _code_of(error, session)
    except KeyboardInterrupt:
        say_interrupted(session)
        return INTERRUPTED
    return int(result) if isinstance(result, int) else DONE


def _code_of(error: Exception, session: Session) -> int:
    """Report an error and return the exit code it stands for."""
    if isinstance(error, click.exceptions.Exit):
        return int(error.exit_code)
    if isinstance(error, click.UsageError):
        return _usage(error, session)
    if isinstance(error, click.Abort):
        say_interrupted(session)
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return _failure(error, session)


def _usage(error: click.UsageError, session: Session) -> int:
    """Say what is wrong with the command line; a group without a command shows its help."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and error.ctx is not None:
        click.echo(error.ctx.get_help())
        return DONE
    from emissions.cli.usage import usage_text

    click.echo(usage_text(error, session.language), err=True)
    return PROBLEMS


def _failure(error: Exception, session: Session) -> int:
    from emissions.errors import EmissionsError, ProblemsError

    if session.debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, ProblemsError):
        return _problems(error, session)
    from emissions.vocabulary import message

    code = "cli.failed" if isinstance(error, EmissionsError) else "cli.unexpected"
    click.echo(message(code, session.language, error=type(error).__name__, text=_first_line(error)), err=True)
    return FAILED


def _problems(error: ProblemsError, session: Session) -> int:
    from emissions.report.console import console
    from emissions.report.problems import print_problems, problems_json

    if "--json" in session.arguments:
        click.echo(problems_json(error.problems, session.language))
    else:
        print_problems(error.problems, console(sys.stderr), session.language)
    return PROBLEMS


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0]
