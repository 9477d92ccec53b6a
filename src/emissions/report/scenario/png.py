"""The chart as PNG, from the same SVG; needs the extra ``emissions[png]``."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from emissions.errors import Problem, ResultError

_RENDERER = "resvg_py"
_ZOOM = 2.0
"""Pixels for one of the SVG, so that the picture is sharp in a document."""


def check_png() -> None:
    """Raise where there is nothing to draw PNG with.

    Raises
    ------
    ResultError
        The extra ``emissions[png]`` is not installed.
    """
    if find_spec(_RENDERER) is None:
        raise ResultError([Problem("png_needs_extra")])


def draw_png(svg: str) -> bytes:
    """Return an SVG as PNG, with the fonts of the machine; Chinese needs one that has it.

    Raises
    ------
    ResultError
        The extra ``emissions[png]`` is not installed.
    """
    check_png()
    return bytes(import_module(_RENDERER).svg_to_bytes(svg_string=svg, zoom=_ZOOM))
