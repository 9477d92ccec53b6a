"""What is wrong with a command line, in the language of the session."""

from __future__ import annotations

import click

from emissions.cli.language import Language
from emissions.cli.texts import Text

_TEXTS: dict[str, Text] = {
    "option": {"zh": "没有选项 {name}", "en": "there is no option {name}"},
    "command": {"zh": "没有命令 {name}", "en": "there is no command {name}"},
    "missing": {"zh": "缺少 {name}", "en": "{name} is missing"},
    "value": {"zh": "{name} 的值不对：{why}", "en": "{name}: {why}"},
    "near": {"zh": "；是否为 {near}？", "en": "; did you mean {near}?"},
    "choice": {"zh": "；可选：{choices}", "en": "; one of {choices}"},
    "help": {"zh": "用法见 {command} --help", "en": "see {command} --help"},
}


def usage_text(error: click.UsageError, language: Language) -> str:
    """Return the text of an error of usage, with where to find help."""
    where = error.ctx.command_path if error.ctx is not None else "emissions"
    return f"{_what(error, language)}\n{_TEXTS['help'][language].format(command=where)}"


def _what(error: click.UsageError, language: Language) -> str:
    def say(code: str, **facts: str) -> str:
        return _TEXTS[code][language].format(**facts)

    if isinstance(error, click.NoSuchOption):
        near = say("near", near=", ".join(error.possibilities)) if error.possibilities else ""
        return say("option", name=error.option_name) + near
    if isinstance(error, click.MissingParameter):
        choices = (
            error.param.type.choices if error.param is not None and isinstance(error.param.type, click.Choice) else ()
        )
        return say("missing", name=_name(error)) + (
            say("choice", choices=", ".join(map(str, choices))) if choices else ""
        )
    if isinstance(error, click.BadParameter):
        return say("value", name=_name(error), why=error.message)
    if (
        error.ctx is not None
        and isinstance(error.ctx.command, click.Group)
        and error.message.startswith("No such command")
    ):
        return _command(error, error.ctx.command, language)
    return error.message


def _command(error: click.UsageError, command: click.Group, language: Language) -> str:
    from difflib import get_close_matches

    name = error.message.split("'")[1] if "'" in error.message else error.message
    known = command.list_commands(error.ctx) if error.ctx is not None else []
    near = get_close_matches(name, known, n=1)
    text = _TEXTS["command"][language].format(name=name)
    return text + (
        _TEXTS["near"][language].format(near=near[0])
        if near
        else _TEXTS["choice"][language].format(choices=", ".join(known))
    )


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return error.param_hint if isinstance(error.param_hint, str) else ""
    longest = max(error.param.opts, key=len)
    return longest if longest.startswith("-") else longest.upper()
