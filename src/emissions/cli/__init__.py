"""The command line ``emissions``. Importing it, and its help, needs nothing but click."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from emissions.cli.group import Session, root
from emissions.cli.language import language_of
from emissions.cli.run import run_command

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 2 problems in the input, 1 anything else.

    Parameters
    ----------
    arguments
        Those of the process if not given.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    session = Session(language_of(given), debug="--debug" in given, arguments=tuple(given))
    return run_command(root(session), given, session)
