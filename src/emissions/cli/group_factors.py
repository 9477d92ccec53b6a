"""``emissions factors``: the group of commands about factors."""

from __future__ import annotations

from emissions.cli.group import LazyGroup, Session, factors_group


def command(session: Session) -> LazyGroup:
    """Return the group."""
    return factors_group(session)
