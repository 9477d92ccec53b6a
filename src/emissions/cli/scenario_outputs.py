"""What commands about scenarios end with: a folder that may be written, and the word that it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from emissions.cli.group import Session


def check_before_work(out: Path | None, *, png: bool) -> None:
    """Raise before anything is computed where the folder or the pictures asked for could not be written.

    Raises
    ------
    ResultError
        The folder holds something else, or what draws pictures is not installed.
    """
    from emissions.report.folder import check_replaceable
    from emissions.report.scenario.png import check_png

    if out is not None:
        check_replaceable(out)
    if png:
        check_png()


def say_written(session: Session, out: Path, screen: Console) -> None:
    """Print where the files were written."""
    from emissions.report.console import text
    from emissions.vocabulary import message

    screen.print(text(message("report.written", session.language, folder=out), "good"))
