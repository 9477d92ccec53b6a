"""Which language the command line speaks: ``--lang``, else ``EMISSIONS_LANG``, else that of the locale."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def language_of(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Language:
    """Return the language of a command line.

    The locale is English where ``LC_ALL``, ``LC_MESSAGES`` or ``LANG`` (the first that is set) names another
    language than Chinese; it is Chinese where it names Chinese, ``C`` or ``POSIX``, or nothing.

    Examples
    --------
    >>> language_of(["check", "--lang", "en"], {})
    'en'
    >>> language_of([], {"LANG": "zh_CN.UTF-8"}), language_of([], {"LANG": "de_DE.UTF-8"})
    ('zh', 'en')
    """
    known = os.environ if environment is None else environment
    asked = _option(arguments) or known.get("EMISSIONS_LANG", "")
    for language in LANGUAGES:
        if asked.lower().startswith(language):
            return language
    locale = known.get("LC_ALL") or known.get("LC_MESSAGES") or known.get("LANG") or ""
    word = locale.split(".")[0].split("_")[0].lower()
    return "zh" if word in {"", "zh", "c", "posix"} else "en"


def _option(arguments: Sequence[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument == "--":
            return ""
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    return ""
