"""``emissions factors seal``: schema and hashes of a package folder."""

from __future__ import annotations

from pathlib import Path

import click

from emissions.cli.group import Command, Session, make


def command(session: Session) -> Command:
    """Return the command."""

    def callback(folder: Path) -> int:
        return seal_package(session, folder)

    return make("seal", session, callback, [click.Argument(["folder"], type=click.Path(path_type=Path), metavar="DIR")])


def seal_package(session: Session, folder: Path) -> int:
    """Rewrite the descriptor; return the exit code."""
    from emissions.factors.seal import seal
    from emissions.vocabulary import load_vocabulary, message

    conditions = load_vocabulary().conditions
    seal(folder, {name: (row["label_zh"], row["label_en"]) for name, row in conditions.items()})
    click.echo(message("factors.sealed", session.language, folder=folder))
    return 0
