"""``emissions factors list``: the packages of a set."""

from __future__ import annotations

from emissions.cli.group import Command, Session, make, option


def command(session: Session) -> Command:
    """Return the command."""

    def callback(factors: str) -> int:
        return list_packages(session, factors)

    return make(
        "list",
        session,
        callback,
        [option(session, "--factors", text="factors", default="cn-2026.1", show_default=True, metavar="SET")],
    )


def list_packages(session: Session, factors: str) -> int:
    """Print the packages; return the exit code."""
    from emissions.factors import load_factors, set_names
    from emissions.report.console import console
    from emissions.report.library_tables import package_table
    from emissions.report.library_terminal import print_packages
    from emissions.report.words import Words

    library = load_factors(factors)
    print_packages(package_table(library), library, set_names(), console(), Words(session.language))
    return 0
