"""What is going on, on standard error, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from emissions.cli.group import Session


class Progress(Protocol):
    """Takes the code of the text of what comes next."""

    def __call__(self, code: str) -> None:
        """Show a text."""


@contextmanager
def progress(session: Session) -> Iterator[Progress]:
    """Give a function that shows what is being done; it shows nothing where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda code: None  # noqa: ARG005
        return
    from emissions.report.console import console
    from emissions.vocabulary import message

    with console(sys.stderr).status("") as status:
        yield lambda code: status.update(message(code, session.language))
