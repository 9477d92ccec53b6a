"""Write the pictures of ``docs/images``: terminal summary, paths of three scenarios, first sheet of the workbook.

``python docs/scripts/pictures.py [FILE.xlsx]`` computes ``examples/2020.xlsx`` if no file is named. The picture of the
workbook needs ``soffice`` and ``pdftoppm``; without them it is left as it is.
"""  # noqa: INP001

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

import emissions as em
from emissions.report.console import console
from emissions.report.terminal import print_summary
from emissions.vocabulary import Language

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
EXAMPLE = ROOT / "examples" / "2020.xlsx"
WIDTH, LINES = 128, 56
"""Columns and lines of the terminal that are shown."""
FONTS = "'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', Menlo, Consolas, monospace"
RUNS = re.compile(r"[\u2e80-\uffef]+|[^\s\u2e80-\uffef]+")
"""Wide letters, or others: each run gets its own place in the picture, so that columns stand under one another."""
SCENARIOS = ("nm-s1-current", "nm-s2-plan", "nm-s3-deep")
CROP = ("-x", "30", "-y", "40", "-W", "930", "-H", "735", "-r", "120")
"""Part of the page that is shown, in pixels, and pixels an inch."""


def summary_picture(run: em.Run, language: Language) -> str:
    """Return the beginning of the terminal summary as SVG that loads nothing from elsewhere."""
    stream = io.StringIO()
    print_summary(run, console(stream, width=WIDTH, colour=True), language)
    screen = Console(record=True, width=WIDTH, file=io.StringIO())
    screen.print(Text.assemble(("$ ", "green"), f"emissions inventory examples/{EXAMPLE.name}"))
    for line in stream.getvalue().splitlines()[:LINES]:
        shown = Text.from_ansi(line)
        for run_of_letters in RUNS.finditer(shown.plain):
            shown.stylize("not blink", *run_of_letters.span())
        screen.print(shown, no_wrap=True, crop=True)
    form = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
        "Fira Code, monospace", FONTS
    )
    return screen.export_svg(title="emissions", code_format=form, unique_id=f"summary-{language}")


def scenarios_picture(language: Language, target: Path) -> None:
    """Write the chart that comparing the scenarios of Inner Mongolia gives."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "compared"
        command = ("-m", "emissions", "--lang", language, "scenario", "compare", *SCENARIOS, "-o", str(folder))
        _quietly(sys.executable, *command)
        shutil.copyfile(folder / "paths.svg", target)


def workbook_picture(run: em.Run, target: Path) -> bool:
    """Write the first page of the result workbook as PNG; tell whether the programs for it are there."""
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        return False
    with TemporaryDirectory() as name:
        folder = em.save(run, Path(name) / "result", formats=("xlsx",), language="zh")
        _quietly("soffice", "--headless", "--convert-to", "pdf", "--outdir", name, str(folder / "inventory.xlsx"))
        pages = Path(name) / "page"
        _quietly("pdftoppm", "-png", "-f", "1", "-l", "1", *CROP, "-singlefile", f"{name}/inventory.pdf", str(pages))
        shutil.copyfile(pages.with_suffix(".png"), target)
    return True


def _quietly(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  fixed programs, own files


def main(arguments: Sequence[str]) -> int:
    """Write the pictures; return the exit code."""
    activity = em.read_activity(Path(arguments[0]) if arguments else EXAMPLE)
    run = em.calculate(activity, em.load_factors())
    IMAGES.mkdir(exist_ok=True)
    for language in get_args(Language):
        picture = summary_picture(run, language)
        (IMAGES / f"summary.{language}.svg").write_text(picture, encoding="utf-8", newline="\n")
        scenarios_picture(language, IMAGES / f"scenarios.{language}.svg")
    workbook_picture(run, IMAGES / "workbook.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
