"""The documentation pages as blocks that can be run.

A fence tells what a block is: ``console`` holds commands after ``$`` and what they print (lines may be left out by
``…``; ``exit=2`` is the expected exit code), ``csv > PATH`` is a file to write and ``csv >> PATH`` lines to append,
``python`` holds a doctest, ``sh`` is for people only.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emissions.cli import main

FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
IN_A_COPY = "<!-- run in a copy of the repository -->"
WIDTH = "110"


@dataclass(frozen=True)
class Block:
    """A fenced block: the word after the fence, the rest of that line, the text, and where it begins."""

    kind: str
    info: str
    text: str
    line: int


@dataclass(frozen=True)
class Command:
    """A command, what the page says it prints, and its exit code."""

    words: str
    printed: tuple[str, ...]
    code: int


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2].strip(), found[3], text[: found.start()].count("\n") + 1)
        for found in FENCE.finditer(text)
    ]


def commands(block: Block) -> Iterator[Command]:
    """Yield the commands of a console block."""
    code = re.search(r"exit=(\d)", block.info)
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        words, _, printed = part.partition("\n")
        lines = tuple(" ".join(line.split()) for line in printed.splitlines() if line.strip() not in {"", "…"})
        yield Command(words.strip(), lines, int(code[1]) if code else 0)


class Runner:
    """Runs the blocks of one page in a folder that looks like a checkout with examples and factors."""

    def __init__(self, page: Path, root: Path, folder: Path, language: str) -> None:
        self.page = page
        self.folder = folder
        self.in_a_copy = IN_A_COPY in page.read_text(encoding="utf-8")
        self.names: dict[str, Any] = {}
        for name in ("examples", "factors"):
            shutil.copytree(root / name, folder / name)
        self.environment = {"EMISSIONS_LANG": language, "COLUMNS": WIDTH, "NO_COLOR": "1", "PYTHONUTF8": "1"}
        if self.in_a_copy:
            _copy_source(root, folder)
            self.environment["PYTHONPATH"] = str(folder / "src")

    def run(self) -> list[str]:
        """Run every block in order; return what does not hold."""
        wrong: list[str] = []
        for block in blocks(self.page):
            place = f"{self.page.name}:{block.line}"
            if block.info.startswith(">"):
                self._write(block)
            elif block.kind == "console":
                for command in commands(block):
                    wrong += [f"{place}: {text}" for text in self._console(command)]
            elif block.kind == "python" and ">>>" in block.text:
                wrong += [f"{place}: {text}" for text in self._doctest(block)]
        return wrong

    def _write(self, block: Block) -> None:
        sign, path = block.info.split()
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a" if sign == ">>" else "w", encoding="utf-8", newline="\n") as stream:
            stream.write(block.text)

    def _console(self, command: Command) -> list[str]:
        code, output = self._execute(command.words)
        if code != command.code:
            return [f"`{command.words}` gave exit code {code}: {output[-600:]}"]
        lines = iter([" ".join(line.split()) for line in output.splitlines()])
        missing = (expected for expected in command.printed if not any(_holds(expected, line) for line in lines))
        return [f"`{command.words}` does not print (here): {expected}" for expected in missing][:1]

    def _execute(self, words: str) -> tuple[int, str]:
        if words.startswith("emissions ") and not self.in_a_copy:
            return self._in_process(shlex.split(words)[1:])
        shell = re.sub(r"^emissions ", f"{shlex.quote(sys.executable)} -m emissions ", words)
        done = subprocess.run(
            shell, shell=True, cwd=self.folder, env={**os.environ, **self.environment}, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        return done.returncode, done.stdout

    def _in_process(self, arguments: list[str]) -> tuple[int, str]:
        stream = io.StringIO()
        with self._inside(), contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            code = main(arguments)
        return code, stream.getvalue()

    def _doctest(self, block: Block) -> list[str]:
        if self.in_a_copy:
            return ["a Python block on a page that runs in a copy of the repository"]
        test = doctest.DocTestParser().get_doctest(block.text, self.names, self.page.name, None, 0)
        said = io.StringIO()
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        with self._inside():
            runner.run(test, out=said.write, clear_globs=False)
        self.names = test.globs
        return [said.getvalue()] if said.getvalue() else []

    @contextlib.contextmanager
    def _inside(self) -> Iterator[None]:
        before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        try:
            with contextlib.chdir(self.folder):
                yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _holds(expected: str, line: str) -> bool:
    pattern = ".*".join(map(re.escape, expected.split("…")))
    return re.fullmatch(pattern, line) is not None


def _copy_source(root: Path, folder: Path) -> None:
    """Copy the source with the data where an installed package has them."""
    shutil.copytree(root / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
    data = folder / "src" / "emissions" / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    for name in ("examples", "factors"):
        (data / name).symlink_to(folder / name, target_is_directory=True)
