"""Words a person gives on the command line, looked up in the vocabulary."""

from __future__ import annotations

from emissions.activity.words import find_category, find_word
from emissions.errors import Problem, ResultError


def word(table: str, text: str, problem: str) -> str:
    """Return our word for a text.

    Parameters
    ----------
    problem
        Code of the problem where there is none.

    Raises
    ------
    ResultError
        If no word fits, with the nearest one.
    """
    looked = find_word(table, text)
    if not looked.word:
        raise ResultError([Problem(problem, found=text, nearest=looked.nearest)])
    return looked.word


def category_word(text: str) -> str:
    """Return a category with its scheme for a code, with or without scheme, or a label.

    Raises
    ------
    ResultError
        If there is no such category.
    """
    looked = find_category(text)
    if not looked.word:
        raise ResultError([Problem("unknown_category", found=text, nearest=looked.nearest)])
    return looked.word
