"""Starting is cheap, help is there in both languages, and the package gives its functions when they are asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import emissions as package
from cli.support import emissions
from emissions.cli.language import language_of

HEAVY = ("pandas", "numpy", "pint", "pydantic", "xarray", "pyarrow", "rich", "yaml", "xlsxwriter", "openpyxl")
COMMANDS = ("template", "check", "inventory", "explain", "compare", "factors", "scenario")
FACTOR_COMMANDS = ("list", "show", "search", "used-by", "conflicts", "check", "seal", "diff")
SCENARIO_COMMANDS = ("new", "check", "run", "compare", "gap", "solve", "decompose", "targets", "export")


def imported(program: str) -> set[str]:
    """Return the top-level modules a program has imported at its end."""
    code = f"import sys\n{program}\nsys.stderr.write('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        [],
        *[[name, "--help"] for name in COMMANDS],
        ["factors", "list", "--help"],
        ["scenario", "run", "--help"],
    ],
)
def test_help_needs_nothing_but_click(arguments: list[str]) -> None:
    found = imported(f"from emissions.cli import main\nassert main({arguments!r}) == 0")
    assert found.isdisjoint(HEAVY)


def test_importing_the_package_is_cheap() -> None:
    assert imported("import emissions").isdisjoint({*HEAVY, "click"})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_of_every_command(tmp_path: Path, language: str) -> None:
    whole = emissions("--help", cwd=tmp_path, language=language)
    assert whole.returncode == 0
    assert ("命令" if language == "zh" else "Commands") in whole.stdout
    for command in (
        *[(name,) for name in COMMANDS],
        *[("factors", name) for name in FACTOR_COMMANDS],
        *[("scenario", name) for name in SCENARIO_COMMANDS],
    ):
        assert command[0] in whole.stdout
        done = emissions(*command, "--help", cwd=tmp_path, language=language)
        assert done.returncode == 0
        assert ("用法：" if language == "zh" else "Usage:") in done.stdout
        assert ("显示帮助" if language == "zh" else "Show this help.") in done.stdout
        if language == "en":
            assert done.stdout.isascii()


def test_without_a_command_there_is_help(tmp_path: Path) -> None:
    done = emissions(cwd=tmp_path)
    assert done.returncode == 0
    assert "inventory" in done.stdout


def test_version(tmp_path: Path) -> None:
    assert emissions("--version", cwd=tmp_path).stdout.strip() == f"emissions {version('emissions')}"


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "C"}, "zh"),
        ([], {"LANG": "C.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "EMISSIONS_LANG": "zh"}, "zh"),
        (["--lang", "en"], {"EMISSIONS_LANG": "zh"}, "en"),
        (["check", "--lang=en"], {}, "en"),
        (["check", "--", "--lang=en"], {}, "zh"),
    ],
)
def test_language(arguments: list[str], environment: dict[str, str], language: str) -> None:
    assert language_of(arguments, environment) == language


def test_the_option_beats_the_environment(tmp_path: Path) -> None:
    assert "Usage:" in emissions("check", "--help", "--lang", "en", cwd=tmp_path).stdout


# ---------------------------------------------------------------- the public functions


def test_public_names_are_sorted_and_there() -> None:
    assert package.__all__ == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) <= set(dir(package))
    assert package.__version__ == version("emissions")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018
