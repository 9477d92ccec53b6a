"""``emissions scenario``: the group of commands about scenarios."""

from __future__ import annotations

from emissions.cli.group import LazyGroup, Session, scenario_group


def command(session: Session) -> LazyGroup:
    """Return the group."""
    return scenario_group(session)
