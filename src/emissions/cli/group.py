"""Groups of commands whose modules are imported when a command is used, with help in two languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from emissions.cli.language import LANGUAGES, Language
from emissions.cli.texts import COMMANDS, FACTOR_COMMANDS, HEADINGS, OPTIONS, SCENARIO_COMMANDS, TEXTS, Text


@dataclass(frozen=True)
class Session:
    """What every command knows: the language, whether errors are shown in full, the words it was called with."""

    language: Language
    debug: bool = False
    arguments: tuple[str, ...] = ()

    def text(self, code: str) -> str:
        """Return a help text."""
        return TEXTS[code][self.language]


class Formatter(click.HelpFormatter):
    """Help with headings in the language of the session."""

    language: Language = "zh"

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix or HEADINGS["Usage"][self.language])

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        super().write_heading(HEADINGS[heading][self.language] if heading in HEADINGS else heading)


class Context(click.Context):
    """A context whose help speaks the language of the session."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return a formatter of the language."""
        formatter = Formatter(width=self.terminal_width, max_width=self.max_content_width)
        formatter.language = self.obj.language if self.obj is not None else "zh"
        return formatter


class _Bilingual(click.Command):
    """Help option and context in the language of the session."""

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option ``--help`` with its text in the language."""
        option = super().get_help_option(ctx)
        if option is not None and ctx.obj is not None:
            option.help = OPTIONS["help"][ctx.obj.language]
        return option


class Command(_Bilingual):
    """A command."""


class LazyGroup(_Bilingual, click.Group):
    """A group that knows the names and short texts of its commands and imports a command's module when it is used.

    Each module has ``command(session)``, which returns the command.
    """

    commands_known: Mapping[str, tuple[str, Text]] = {}
    session: Session

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the signature of click
        """Return the names in the order of the table."""
        return list(self.commands_known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  as above
        """Return a command, importing its module."""
        known = self.commands_known.get(cmd_name)
        if known is None:
            return None
        made = import_module(f"emissions.cli.{known[0]}").command(self.session)
        return made if isinstance(made, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  as above
        """Write the commands from the table, without importing them."""
        rows = [(name, text[self.session.language]) for name, (_, text) in self.commands_known.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def group(name: str, session: Session, known: Mapping[str, tuple[str, Text]]) -> LazyGroup:
    """Return a group of commands."""
    made = LazyGroup(
        name=name,
        help=session.text(name),
        options_metavar=session.text("options"),
        subcommand_metavar=session.text("subcommand"),
        params=common(session),
    )
    made.commands_known = known
    made.session = session
    return made


def root(session: Session) -> LazyGroup:
    """Return the command ``emissions``."""
    made = group("emissions", session, COMMANDS)
    made.params.insert(
        0,
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help=OPTIONS["version"][session.language],
        ),
    )
    return made


def factors_group(session: Session) -> LazyGroup:
    """Return the command ``emissions factors``."""
    return group("factors", session, FACTOR_COMMANDS)


def scenario_group(session: Session) -> LazyGroup:
    """Return the command ``emissions scenario``."""
    return group("scenario", session, SCENARIO_COMMANDS)


def common(session: Session) -> list[click.Parameter]:
    """Return the options every command has; they are read before the command line is parsed."""
    return [
        click.Option(
            ["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=OPTIONS["lang"][session.language]
        ),
        click.Option(["--debug"], is_flag=True, expose_value=False, help=OPTIONS["debug"][session.language]),
    ]


def make(name: str, session: Session, callback: Callable[..., Any], parameters: list[click.Parameter]) -> Command:
    """Return a command with its help and the common options."""
    return Command(
        name=name,
        callback=callback,
        params=[*parameters, *common(session)],
        help=session.text(name),
        options_metavar=session.text("options"),
    )


def option(session: Session, *names: str, text: str, **settings: Any) -> click.Option:
    """Return an option with its help in the language of the session."""
    return click.Option(list(names), help=OPTIONS[text][session.language], **settings)


def _print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"emissions {version('emissions')}")
        ctx.exit()
