"""The pages say what is so: links lead somewhere, commands and Python do what is shown."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from .pages import Runner, blocks, commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN = [page for page in PAGES if any(block.kind in {"console", "python"} for block in blocks(page))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img[^>]*src=\"([^\"]+)\"")


def _name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _links(page: Path) -> list[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [found[1] or found[2] for found in LINK.finditer(re.sub(r"`[^`\n]*`", "", text))]


def _anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#{1,6} (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _links(page):
        path, _, anchor = unquote(link).partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.skipif(os.name == "nt", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize("page", RUN, ids=_name)
def test_what_the_page_shows_is_what_happens(page: Path, root: Path, tmp_path: Path) -> None:
    wrong = Runner(page, root, tmp_path, "zh" if page.name.endswith(".zh.md") else "en").run()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_first_pages_show_the_main_job(name: str) -> None:
    shown = {
        command.words.split()[1]
        for block in blocks(ROOT / name)
        if block.kind == "console"
        for command in commands(block)
    }
    assert {"template", "check", "inventory", "explain", "factors", "scenario"} <= shown


def test_both_first_pages_have_the_same_commands() -> None:
    both = [
        [command.words for block in blocks(ROOT / name) if block.kind == "console" for command in commands(block)]
        for name in ("README.md", "README.zh.md")
    ]
    assert both[0] == both[1]
