"""Where the terminal output goes: width, colour and language of a :class:`rich.console.Console`."""

from __future__ import annotations

import os
import sys
from typing import IO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from emissions.report.words import plain

PLAIN_WIDTH = 120
"""Columns where the output is no terminal and ``COLUMNS`` is not set."""

THEME = Theme(
    {
        "title": "bold",
        "quiet": "dim",
        "good": "green",
        "doubt": "yellow",
        "bad": "bold red",
        "place": "cyan",
        "number": "default",
        "heading": "bold",
        "bar": "blue",
    }
)


class _Console(Console):
    """A console that treats a reader who stops reading (``| head``) as one who has seen enough, not as a failure."""

    def on_broken_pipe(self) -> None:
        """Pass the closed pipe on to the place where errors of commands end."""
        raise BrokenPipeError


def console(stream: IO[str] | None = None, *, width: int | None = None, colour: bool | None = None) -> Console:
    """Return a console that prints text as it is, without markup or emoji.

    Parameters
    ----------
    stream
        Standard output if not given.
    width, colour
        In place of those of the terminal; ``NO_COLOR`` is respected where ``colour`` is not given.
    """
    target = stream or sys.stdout
    if width is None and not target.isatty() and "COLUMNS" not in os.environ:
        width = PLAIN_WIDTH
    return _Console(
        file=target,
        width=width,
        theme=THEME,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
        no_color=None if colour is None else not colour,
        force_terminal=colour,
    )


def text(content: object, style: str = "") -> Text:
    """Return a text that is printed letter by letter: no markup, no control characters."""
    return Text(plain(content), style=style)


def print_item(screen: Console, lead: Text, body: Text) -> None:
    """Print a text behind a lead; further lines stand under its beginning."""
    indent = cell_len(lead.plain)
    for number, line in enumerate(body.wrap(screen, max(20, screen.width - indent))):
        line.rstrip()
        screen.print((lead if number == 0 else Text(" " * indent)) + line, soft_wrap=True)
